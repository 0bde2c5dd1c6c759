//! The groups of a stream, by key and in the order of use.

use super::group_items::{Closed, GroupItems, Lane, Listening, Rest, Unsent, Use};
use crate::store::{KeyStorage, Table};
use crate::sync::{Arc, Weak};
use crate::time::Instant;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::hash::Hash;
use core::task::Waker;
use core::time::Duration;

/// Every group whose consumer has not finished: those that take items, and those that are closed
/// and on their way out, whose keys begin no group before that.
pub(super) struct OpenGroups<K: Hash + Eq, T, St: KeyStorage> {
    lanes: St::Table<K, OwnLane<T>>,
    // How many take items.
    open: usize,
    // How many of the closed ones were told so. Whoever reads no more was not, and may stay for
    // ever.
    told: usize,
    idle: Option<Duration>,
    uses: u64,
    // The order of use, as it was when it was last asked for; see `first`.
    line: VecDeque<(Use, Weak<Lane<T>>)>,
}

/// Closed when it is dropped, so that a consumer in another task comes to its end.
struct OwnLane<T>(Arc<Lane<T>>);

impl<T> Drop for OwnLane<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<K: Hash + Eq, T, St: KeyStorage> OpenGroups<K, T, St> {
    /// Groups that are idle when they had no item for so long.
    pub(super) fn new(storage: &St, idle: Option<Duration>) -> Self {
        Self { lanes: storage.table(), open: 0, told: 0, idle, uses: 0, line: VecDeque::new() }
    }

    fn use_at(&mut self, at: Instant) -> Use {
        self.uses += 1;
        Use { number: self.uses, at }
    }

    /// Adds a group that begins with these items. There must be room, and none with this key.
    pub(super) fn add(
        &mut self,
        key: K,
        items: VecDeque<T>,
        capacity: usize,
        listening: Listening,
        now: Instant,
    ) -> GroupItems<T> {
        let (lane, stream) = Lane::open(items, capacity, self.use_at(now), listening);
        let added = self.lanes.get_or_insert_with(key, || OwnLane(lane));
        debug_assert!(added.is_ok(), "there was room");
        self.open += 1;
        stream
    }

    /// Gives an item to the group of its key. `waker` is woken when a full one has room.
    pub(super) fn send(
        &mut self,
        key: &K,
        item: T,
        now: Instant,
        waker: Option<&Waker>,
    ) -> Result<(), Unsent<T>> {
        let used = self.use_at(now);
        match self.lanes.get(key) {
            Some(lane) => lane.0.send(item, used, waker),
            None => Err(Unsent::New(item)),
        }
    }

    /// Removes the group of a consumer that has finished.
    pub(super) fn finish(&mut self, key: &K) -> Option<Rest<T>> {
        let rest = self.lanes.remove(key)?.0.finish();
        self.open -= usize::from(rest.was_open);
        self.told -= usize::from(rest.was_told);
        Some(rest)
    }

    /// Closes the group that had no item for longest, unless one that was closed is about to
    /// finish.
    pub(super) fn make_room(&mut self) {
        while self.told == 0 && self.close_first() {}
    }

    pub(super) fn close_all(&mut self) {
        while self.close_first() {}
    }

    /// Closes the groups that are idle at this time. Tells whether there was one.
    pub(super) fn close_idle(&mut self, now: Instant) -> bool {
        let mut any = false;
        while self.next_idle().is_some_and(|due| due <= now) {
            any |= self.close_first();
        }
        any
    }

    /// When a group will be idle.
    pub(super) fn next_idle(&mut self) -> Option<Instant> {
        let idle = self.idle?;
        Some(self.first()?.0.at.saturating_add(idle))
    }

    /// Closes the group that had no item for longest. Tells whether there was one.
    fn close_first(&mut self) -> bool {
        let Some((_, lane)) = self.first() else { return false };
        let closed = lane.close();
        self.open -= usize::from(closed != Closed::Before);
        self.told += usize::from(closed == Closed::Told);
        true
    }

    /// The group that had no item for longest, of those that take items, and its last use.
    ///
    /// To know the order at every item would cost each of them. So the groups line up when it is
    /// asked for, and not again before the line is used up: who stands in it and was not used since
    /// comes before all others, in this order. Each place is paid for by a use or by the end of its
    /// group, so this is O(log n) for each item, amortised.
    fn first(&mut self) -> Option<(Use, Arc<Lane<T>>)> {
        while self.open > 0 {
            while let Some((used, lane)) = self.line.front() {
                let lane = lane.upgrade().filter(|lane| lane.used() == Some(*used));
                if let Some(lane) = lane {
                    return Some((*used, lane));
                }
                self.line.pop_front();
            }
            self.line_up();
        }
        None
    }

    #[cold]
    fn line_up(&mut self) {
        let lanes = self.lanes.iter().map(|(_, lane)| &lane.0);
        let mut line: Vec<_> =
            lanes.filter_map(|lane| Some((lane.used()?, Arc::downgrade(lane)))).collect();
        line.sort_unstable_by_key(|(used, _)| used.number);
        self.line = line.into();
    }
}
