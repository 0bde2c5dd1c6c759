//! Items collected by key.

use super::{KeyOf, Limits, OnFull};
use crate::metrics::{Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Batch, KeyStorage, Lookup, Queue, Storage, Table};
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The items of each key since its last group, and what else is kept of it.
///
/// A key keeps its place among the groups when its group goes out full. So each key has one place,
/// and its number minus that of the front is where it stands.
pub(crate) struct Groups<K: Hash + Eq, T, V, St: KeyStorage, Gs: Storage> {
    numbers: St::Table<K, u64>,
    // In the order in which the keys came.
    groups: St::Queue<Group<K, V, Gs::Batch<T>>>,
    // The number of the group at the front.
    front: u64,
    // Groups that have items.
    filled: usize,
    memory: Gs,
    source_ended: bool,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
}

struct Group<K, V, B> {
    key: K,
    items: B,
    kept: V,
}

/// What a group goes out as.
pub(crate) type Done<Gs, T> = <<Gs as Storage>::Batch<T> as Batch<T>>::Done;

impl<K: Hash + Eq, T, V, St: KeyStorage, Gs: Storage> Groups<K, T, V, St, Gs> {
    /// A group for each key that `keys` have room for, of as many items as `groups` have capacity.
    pub(crate) fn new(keys: Limits<St>, groups: Gs) -> Self {
        Self {
            numbers: keys.storage.table(),
            groups: keys.storage.queue(),
            front: 0,
            filled: 0,
            memory: groups,
            source_ended: false,
            on_full: keys.on_full,
            losses: keys.losses,
            stopped: false,
        }
    }

    pub(crate) fn keys(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn losses(&self) -> &Losses {
        &self.losses
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(crate) fn size_hint(&self, high: Option<usize>) -> (usize, Option<usize>) {
        // A stream that stops when it is full may stop before its groups go out.
        let sure = self.source_ended || self.on_full != OnFull::Stop;
        let fewest = if sure { self.filled } else { 0 };
        (fewest, high.and_then(|high| high.checked_add(self.filled)))
    }
}

impl<K, T, V, St, Gs> Groups<K, T, V, St, Gs>
where
    K: Hash + Eq + Clone,
    V: Default,
    St: KeyStorage,
    Gs: Storage,
{
    /// Adds an item to the group of its key, and yields what `finish` makes of a group that goes
    /// out: this one, if it is full now, or the one that had to make room; in memories for single
    /// items no group ever has any.
    #[inline]
    pub(crate) fn add<R>(
        &mut self,
        key_of: &mut impl KeyOf<T, Key = K>,
        item: T,
        finish: &mut impl FnMut(K, Done<Gs, T>, &mut V) -> R,
    ) -> Option<R> {
        let key = key_of.of(&item);
        if let Some(&mut number) = self.numbers.find_mut(&key) {
            drop(key);
            return self.add_to(number, item, finish);
        }
        let key = key.into_key();
        self.begin(key, item, finish)
    }

    fn add_to<R>(
        &mut self,
        number: u64,
        item: T,
        finish: &mut impl FnMut(K, Done<Gs, T>, &mut V) -> R,
    ) -> Option<R> {
        let place = usize::try_from(number - self.front).ok()?;
        let group = self.groups.get_mut(place)?;
        self.filled += usize::from(group.items.is_empty());
        let pushed = group.items.push(item);
        debug_assert!(pushed.is_ok(), "a full group has gone out");
        if !group.items.is_full() {
            return None;
        }
        self.filled -= 1;
        self.losses.count(Loss::Evicted);
        Some(finish(group.key.clone(), group.items.finish(), &mut group.kept))
    }

    /// Begins the group of a new key.
    fn begin<R>(
        &mut self,
        key: K,
        item: T,
        finish: &mut impl FnMut(K, Done<Gs, T>, &mut V) -> R,
    ) -> Option<R> {
        let mut out = None;
        if self.numbers.len() >= self.numbers.capacity() {
            match self.on_full {
                OnFull::Evict => out = self.pop_first(finish),
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
        let items = self.memory.small_batch();
        let pushed = self.groups.push(Group { key: key.clone(), items, kept: V::default() });
        debug_assert!(pushed.is_ok(), "there are not more groups than keys");
        let known = self.numbers.get_or_insert_with(key, || number);
        debug_assert!(known.is_ok(), "there was room or some was made");
        let full = self.add_to(number, item, finish);
        debug_assert!(out.is_none() || full.is_none(), "full groups have gone out before");
        out.or(full)
    }

    /// Takes the key that came first. Its group has no items if it went out full and none came
    /// since; then nothing goes out.
    fn pop_first<R>(&mut self, finish: &mut impl FnMut(K, Done<Gs, T>, &mut V) -> R) -> Option<R> {
        let Group { key, mut items, mut kept } = self.groups.pop()?;
        self.front += 1;
        self.numbers.remove(&key);
        if items.is_empty() {
            return None;
        }
        self.filled -= 1;
        Some(finish(key, items.finish(), &mut kept))
    }

    /// Lets go of all groups, and nothing is made of them.
    pub(crate) fn clear(&mut self) {
        while self.groups.pop().is_some() {}
        self.numbers.clear();
        self.filled = 0;
    }

    /// The source has ended: the groups go out, in the order in which their keys came.
    pub(crate) fn end(&mut self) {
        self.source_ended = true;
    }

    /// The next group that goes out at the end.
    pub(crate) fn next<R>(
        &mut self,
        finish: &mut impl FnMut(K, Done<Gs, T>, &mut V) -> R,
    ) -> Option<R> {
        while self.source_ended && !self.groups.is_empty() {
            let out = self.pop_first(finish);
            if out.is_some() {
                return out;
            }
        }
        None
    }
}

#[cfg(feature = "snapshot")]
impl<K, T, V, St, Gs> Snapshot for Groups<K, T, V, St, Gs>
where
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    T: Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
    Gs: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("groups", 1)?;
        to.put(&(self.source_ended, self.stopped))?;
        let groups =
            self.groups.iter().map(|group| (&group.key, group.items.as_slice(), &group.kept));
        to.put_all(self.groups.len(), groups)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("groups", 1)?;
        (self.source_ended, self.stopped) = from.take()?;
        from.take_all(|(key, restored, kept): (K, alloc::vec::Vec<T>, V)| {
            let mut items = self.memory.small_batch();
            for item in restored {
                items.push(item).map_err(|_| SnapshotError::Full("groups"))?;
            }
            let number = self.groups.len() as u64;
            let known = self.numbers.get_or_insert_with(key.clone(), || number);
            known.map_err(|_| SnapshotError::Full("groups"))?;
            self.filled += usize::from(!items.is_empty());
            let pushed = self.groups.push(Group { key, items, kept });
            pushed.map_err(|_| SnapshotError::Full("groups"))
        })
    }
}

impl<K: Hash + Eq, T, V, St: KeyStorage, Gs: Storage> fmt::Debug for Groups<K, T, V, St, Gs> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups")
            .field("keys", &self.groups.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
