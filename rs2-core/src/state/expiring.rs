//! A table whose entries expire a fixed time after they were last written.

use super::TtlFrom;
use crate::store::{Arena, Full, KeyStorage, Table};
use crate::time::Instant;
use core::hash::Hash;
use core::time::Duration;

/// Entries in the order in which they expire, which is the order of what their time runs from: a
/// list through the arena, soonest first. Where the entry not used for longest is the one to make
/// room, a second list has them in that order. Every operation is O(1).
pub(crate) struct Expiring<K: Hash + Eq, V, St: KeyStorage> {
    ttl: Duration,
    from: TtlFrom,
    tracks_use: bool,
    places: St::Table<K, u32>,
    nodes: St::Arena<Node<K, V>>,
    lists: [Ends; 2],
}

struct Node<K, V> {
    key: K,
    /// Nothing while it is lent.
    value: Option<V>,
    expires: Instant,
    links: [Links; 2],
}

/// The neighbours in one list; [`NONE`] beyond its ends.
#[derive(Clone, Copy)]
struct Links {
    before: u32,
    after: u32,
}

/// The two ends of one list; both [`NONE`] when it is empty.
#[derive(Clone, Copy)]
struct Ends {
    first: u32,
    last: u32,
}

const NONE: u32 = u32::MAX;
const UNLINKED: Links = Links { before: NONE, after: NONE };

/// The list of what expires, soonest first.
const EXPIRY: usize = 0;
/// The list of what is used, the longest unused first.
const USE: usize = 1;

// What lends values needs an allocator itself.
#[cfg_attr(not(feature = "alloc"), allow(dead_code))]
impl<K: Hash + Eq + Clone, V, St: KeyStorage> Expiring<K, V, St> {
    pub(crate) fn new(storage: &St, ttl: Duration) -> Self {
        let (places, nodes) = (storage.table(), storage.arena());
        let lists = [Ends { first: NONE, last: NONE }; 2];
        Self { ttl, from: TtlFrom::LastWrite, tracks_use: false, places, nodes, lists }
    }

    /// Lets the time to live run from something else.
    pub(crate) fn ttl_from(mut self, from: TtlFrom) -> Self {
        self.from = from;
        self
    }

    /// Lets the entry not used for longest make room, and not the one that expires soonest.
    pub(crate) fn evicting_unused(mut self) -> Self {
        // With a time to live from the last use the two are the same.
        self.tracks_use = self.from != TtlFrom::LastUse;
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Lends the value of `key`, with the place to bring it back to; nothing if it has expired.
    pub(crate) fn lend(&mut self, key: &K, now: Instant) -> Option<(u32, V)> {
        let place = *self.places.get(key)?;
        if self.is_expired(place, now) {
            self.remove(place);
            return None;
        }
        let value = self.nodes.get_mut(place)?.value.take()?;
        Some((place, value))
    }

    /// Takes a value back that was not written.
    pub(crate) fn keep(&mut self, place: u32, value: V, now: Instant) {
        self.restore(place, value);
        self.touch(place, now);
    }

    /// Takes a value back that was written.
    pub(crate) fn rewrite(&mut self, place: u32, value: V, now: Instant) {
        self.restore(place, value);
        self.renew(place, now);
    }

    fn restore(&mut self, place: u32, value: V) {
        if let Some(node) = self.nodes.get_mut(place) {
            node.value = Some(value);
        }
    }

    /// The entry at a place was used and not written.
    pub(crate) fn touch(&mut self, place: u32, now: Instant) {
        self.used(place, now, self.from == TtlFrom::LastUse);
    }

    /// The entry at a place was written.
    pub(crate) fn renew(&mut self, place: u32, now: Instant) {
        self.used(place, now, self.from != TtlFrom::Creation);
    }

    fn used(&mut self, place: u32, now: Instant, renews: bool) {
        let Some(node) = self.nodes.get_mut(place) else { return };
        if renews {
            node.expires = now.saturating_add(self.ttl);
            self.move_to_end(EXPIRY, place);
        }
        if self.tracks_use {
            self.move_to_end(USE, place);
        }
    }

    /// What stands at a place, unless it is lent.
    #[cfg(feature = "alloc")]
    pub(crate) fn at(&self, place: u32) -> Option<&V> {
        self.nodes.get(place)?.value.as_ref()
    }

    /// What stands at a place, to change; when it expires stays as it is.
    pub(crate) fn at_mut(&mut self, place: u32) -> Option<&mut V> {
        self.nodes.get_mut(place)?.value.as_mut()
    }

    /// The entries that are not lent, each with when it expires, the one that does soonest first.
    #[cfg(feature = "snapshot")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V, Instant)> {
        self.places(EXPIRY)
            .filter_map(|place| self.nodes.get(place))
            .filter_map(|node| Some((&node.key, node.value.as_ref()?, node.expires)))
    }

    /// The places in the order of a list.
    #[cfg(feature = "snapshot")]
    fn places(&self, list: usize) -> impl Iterator<Item = u32> {
        let there = |place: u32| Some(place).filter(|place| *place != NONE);
        core::iter::successors(there(self.lists[list].first), move |place| {
            there(self.nodes.get(*place)?.links[list].after)
        })
    }

    /// The order of use, the longest unused first, each entry as its number among all in the order
    /// in which they expire; nothing where that is the same.
    #[cfg(feature = "snapshot")]
    pub(crate) fn order_of_use(&self) -> alloc::vec::Vec<u32> {
        let numbers: alloc::collections::BTreeMap<u32, u32> =
            self.places(EXPIRY).zip(0..).collect();
        self.places(USE).filter_map(|place| numbers.get(&place).copied()).collect()
    }

    /// Brings all entries into this order of use. Tells whether it was one.
    #[cfg(feature = "snapshot")]
    pub(crate) fn set_order_of_use(&mut self, order: &[u32]) -> bool {
        let places: alloc::vec::Vec<u32> = self.places(EXPIRY).collect();
        for number in order {
            let Some(place) = places.get(*number as usize) else { return false };
            self.move_to_end(USE, *place);
        }
        order.len() == if self.tracks_use { places.len() } else { 0 }
    }

    /// Adds a key that has no entry, or gives it back when there is no room.
    pub(crate) fn insert(&mut self, key: K, value: V, now: Instant) -> Result<(), Full<(K, V)>> {
        self.insert_until(key, value, now.saturating_add(self.ttl)).map(|_place| ())
    }

    /// Adds a key that has no entry, to expire then and no sooner than all that there are.
    pub(crate) fn insert_until(
        &mut self,
        key: K,
        value: V,
        expires: Instant,
    ) -> Result<u32, Full<(K, V)>> {
        if self.is_full() {
            return Err(Full((key, value)));
        }
        let node = Node { key: key.clone(), value: Some(value), expires, links: [UNLINKED; 2] };
        let Ok(place) = self.nodes.insert(node) else { unreachable!("as many places as keys") };
        let held = self.places.get_or_insert_with(key, || place);
        debug_assert!(held.is_ok_and(|held| *held == place), "the key had no entry");
        self.link_last(EXPIRY, place);
        if self.tracks_use {
            self.link_last(USE, place);
        }
        Ok(place)
    }

    /// Whether no further key fits.
    pub(crate) fn is_full(&self) -> bool {
        self.places.len() >= self.places.capacity()
    }

    /// Removes an entry, lent or not. Tells whether there was one.
    pub(crate) fn remove(&mut self, place: u32) -> bool {
        self.take(place).is_some()
    }

    fn take(&mut self, place: u32) -> Option<Node<K, V>> {
        self.nodes.get(place)?;
        self.unlink(EXPIRY, place);
        if self.tracks_use {
            self.unlink(USE, place);
        }
        let node = self.nodes.remove(place)?;
        self.places.remove(&node.key);
        Some(node)
    }

    /// Takes the entry at a place, expired or not.
    pub(crate) fn take_at(&mut self, place: u32) -> Option<V> {
        self.take(place)?.value
    }

    /// Removes the entry that is to make room. Tells whether there was one.
    pub(crate) fn remove_oldest(&mut self) -> bool {
        self.evict().is_some()
    }

    /// Takes the entry that is to make room.
    pub(crate) fn evict(&mut self) -> Option<(K, Option<V>)> {
        let node = self.take(self.lists[if self.tracks_use { USE } else { EXPIRY }].first)?;
        Some((node.key, node.value))
    }

    /// Where the entry of `key` is, expired or not.
    pub(crate) fn place_of(&self, key: &K) -> Option<u32> {
        self.places.get(key).copied()
    }

    /// When the entry that expires soonest does.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        Some(self.nodes.get(self.lists[EXPIRY].first)?.expires)
    }

    /// Takes the value that expires soonest.
    pub(crate) fn pop_oldest(&mut self) -> Option<V> {
        self.pop_oldest_entry().map(|(_, value)| value)
    }

    /// Takes the entry that expires soonest, with its key.
    pub(crate) fn pop_oldest_entry(&mut self) -> Option<(K, V)> {
        let node = self.take(self.lists[EXPIRY].first)?;
        Some((node.key, node.value?))
    }

    /// Removes the entries that have expired.
    pub(crate) fn expire(&mut self, now: Instant) {
        while self.is_expired(self.lists[EXPIRY].first, now) {
            self.remove(self.lists[EXPIRY].first);
        }
    }

    /// Removes all entries.
    pub(crate) fn clear(&mut self) {
        while self.remove_oldest() {}
    }

    pub(crate) fn is_expired(&self, place: u32, now: Instant) -> bool {
        self.nodes.get(place).is_some_and(|node| node.expires <= now)
    }

    fn move_to_end(&mut self, list: usize, place: u32) {
        self.unlink(list, place);
        self.link_last(list, place);
    }

    fn link_last(&mut self, list: usize, place: u32) {
        let before = self.lists[list].last;
        self.set_links(list, place, Links { before, after: NONE });
        match self.nodes.get_mut(before) {
            Some(node) => node.links[list].after = place,
            None => self.lists[list].first = place,
        }
        self.lists[list].last = place;
    }

    /// Joins the neighbours of a place.
    fn unlink(&mut self, list: usize, place: u32) {
        let Some(Links { before, after }) = self.nodes.get(place).map(|node| node.links[list])
        else {
            return;
        };
        match self.nodes.get_mut(before) {
            Some(node) => node.links[list].after = after,
            None => self.lists[list].first = after,
        }
        match self.nodes.get_mut(after) {
            Some(node) => node.links[list].before = before,
            None => self.lists[list].last = before,
        }
        self.set_links(list, place, UNLINKED);
    }

    fn set_links(&mut self, list: usize, place: u32, links: Links) {
        if let Some(node) = self.nodes.get_mut(place) {
            node.links[list] = links;
        }
    }
}
