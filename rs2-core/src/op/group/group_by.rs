//! Items collected by key.

use crate::machine::Machine;
use crate::metrics::{Loss, Losses, Reports};
use crate::state::{Limits, OnFull};
use crate::store::{Heap, KeyStorage, Storage, Table};
use crate::time::Instant;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::hash::Hash;
use core::{fmt, mem};

/// The rule of [`group_by_rs2`](super::GroupExt::group_by_in_rs2).
///
/// A key keeps its place among the groups when its group goes out full. So each key has one place,
/// and its number minus that of the front is where it stands.
pub struct GroupBy<T, K: Hash + Eq, G, St: KeyStorage> {
    key_of: G,
    numbers: St::Table<K, u64>,
    // In the order in which the keys came.
    groups: VecDeque<(K, Vec<T>)>,
    // The number of the group at the front.
    front: u64,
    // Groups that have items.
    filled: usize,
    capacity: usize,
    source_ended: bool,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
}

impl<T, K: Hash + Eq, G, St: KeyStorage> GroupBy<T, K, G, St> {
    /// A group for each key that `keys` has room for, with at most as many items as `groups` has
    /// capacity.
    pub fn new(keys: Limits<St>, groups: Heap, key_of: G) -> Self {
        Self {
            key_of,
            numbers: keys.storage.table(),
            groups: VecDeque::new(),
            front: 0,
            filled: 0,
            capacity: groups.capacity(),
            source_ended: false,
            on_full: keys.on_full,
            losses: keys.losses,
            stopped: false,
        }
    }
}

impl<T, K: Hash + Eq + Clone, G, St: KeyStorage> GroupBy<T, K, G, St> {
    /// Adds to a group, which goes out when it is full.
    fn add(&mut self, number: u64, item: T) -> Option<(K, Vec<T>)> {
        let place = usize::try_from(number - self.front).ok()?;
        let (key, items) = self.groups.get_mut(place)?;
        self.filled += usize::from(items.is_empty());
        items.push(item);
        if items.len() < self.capacity {
            return None;
        }
        self.filled -= 1;
        self.losses.count(Loss::Evicted);
        Some((key.clone(), mem::take(items)))
    }

    /// Takes the group of the key that came first. It has no items if it went out full and none
    /// came since.
    fn pop(&mut self) -> Option<(K, Vec<T>)> {
        let (key, items) = self.groups.pop_front()?;
        self.front += 1;
        self.numbers.remove(&key);
        self.filled -= usize::from(!items.is_empty());
        Some((key, items))
    }

    /// Begins the group of a new key. What goes out is that group, if it is full with one item, or
    /// the one that had to make room; in memories for single items no group ever has any.
    fn begin(&mut self, key: K, item: T) -> Option<(K, Vec<T>)> {
        let mut out = None;
        if self.numbers.len() >= self.numbers.capacity() {
            match self.on_full {
                OnFull::Evict => out = self.pop().filter(|(_, items)| !items.is_empty()),
                OnFull::Reject => {
                    self.losses.count(Loss::Full);
                    return None;
                }
                OnFull::Stop => {
                    self.losses.stop();
                    self.stopped = true;
                    return None;
                }
            }
            self.losses.count_many(Loss::Evicted, u64::from(out.is_some()));
        }
        let number = self.front + self.groups.len() as u64;
        self.groups.push_back((key.clone(), Vec::new()));
        let known = self.numbers.get_or_insert_with(key, || number);
        debug_assert!(known.is_ok(), "there was room or some was made");
        let full = self.add(number, item);
        debug_assert!(out.is_none() || full.is_none(), "full groups have gone out before");
        out.or(full)
    }
}

impl<T, K, G, St> Machine for GroupBy<T, K, G, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = (K, Vec<T>);

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<(K, Vec<T>)> {
        let key = (self.key_of)(&item);
        match self.numbers.get(&key) {
            Some(&number) => self.add(number, item),
            None => self.begin(key, item),
        }
    }

    fn on_end(&mut self, _now: Instant) -> Option<(K, Vec<T>)> {
        self.source_ended = true;
        self.more()
    }

    fn more(&mut self) -> Option<(K, Vec<T>)> {
        if !self.source_ended {
            return None;
        }
        while let Some((key, items)) = self.pop() {
            if !items.is_empty() {
                return Some((key, items));
            }
        }
        None
    }

    fn is_finished(&self) -> bool {
        self.stopped
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // A stream that stops when it is full may stop before its groups go out.
        let sure = self.source_ended || self.on_full != OnFull::Stop;
        let fewest = if sure { self.filled } else { 0 };
        (fewest, high.and_then(|high| high.checked_add(self.filled)))
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage> Reports for GroupBy<T, K, G, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage> fmt::Debug for GroupBy<T, K, G, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBy")
            .field("keys", &self.groups.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
