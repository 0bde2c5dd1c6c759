//! The groups of a stream, by key and in the order of use.

use super::group_items::{Lane, Rest, Unsent};
use crate::state::Expiring;
use crate::store::{KeyStorage, Table};
use crate::sync::Arc;
use crate::time::Instant;
use core::hash::Hash;
use core::task::Waker;
use core::time::Duration;

/// Every group whose consumer has not finished: those that take items, and those on their way out.
pub(super) struct OpenGroups<K: Hash + Eq, T, St: KeyStorage> {
    // The one that had no item for longest is the first.
    open: Expiring<K, OpenLane<T>, St>,
    // They get no further item, and their keys begin no group before their consumers have finished.
    closing: St::Table<K, Arc<Lane<T>>>,
    // How many of the closing ones were told so. Whoever reads no more was not, and may stay for
    // ever.
    told: usize,
    closes_idle: bool,
}

/// Closed when it is dropped, so that a consumer in another task comes to its end.
struct OpenLane<T>(Arc<Lane<T>>);

impl<T> Drop for OpenLane<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<K: Hash + Eq + Clone, T, St: KeyStorage> OpenGroups<K, T, St> {
    /// Groups that are idle when they had no item for so long.
    pub(super) fn new(storage: &St, idle: Option<Duration>) -> Self {
        Self {
            open: Expiring::new(storage, idle.unwrap_or(Duration::MAX)),
            closing: storage.table(),
            told: 0,
            closes_idle: idle.is_some(),
        }
    }

    /// Adds a group. There must be room, and none with this key.
    pub(super) fn add(&mut self, key: K, lane: Arc<Lane<T>>, now: Instant) {
        let added = self.open.insert(key, OpenLane(lane), now);
        debug_assert!(added.is_ok(), "there was room");
    }

    /// Gives an item to the group of its key. `waker` is woken when a full one has room.
    pub(super) fn send(
        &mut self,
        key: &K,
        item: T,
        now: Instant,
        waker: Option<&Waker>,
    ) -> Result<(), Unsent<T>> {
        let open = self.open.place_of(key).and_then(|place| Some((place, self.open.at(place)?)));
        let Some((place, lane)) = open else {
            let is_closing = self.closing.get(key).is_some();
            return Err(if is_closing { Unsent::Over(item) } else { Unsent::New(item) });
        };
        let sent = lane.0.send(item, waker);
        self.open.renew(place, now);
        sent
    }

    /// Removes the group of a consumer that has finished.
    pub(super) fn finish(&mut self, key: &K) -> Option<Rest<T>> {
        let rest = match self.open.place_of(key) {
            Some(place) => self.open.take_at(place)?.0.finish(),
            None => self.closing.remove(key)?.finish(),
        };
        self.told -= usize::from(rest.was_closed);
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
    pub(super) fn next_idle(&self) -> Option<Instant> {
        self.open.next_expiry().filter(|_| self.closes_idle)
    }

    /// Closes the group that had no item for longest. Tells whether there was one.
    fn close_first(&mut self) -> bool {
        let Some((key, open)) = self.open.pop_oldest_entry() else { return false };
        self.told += usize::from(open.0.close());
        let added = self.closing.get_or_insert_with(key, || open.0.clone());
        debug_assert!(added.is_ok(), "it has room for all groups");
        true
    }
}
