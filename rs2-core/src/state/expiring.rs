//! A table whose entries expire a fixed time after they were last written.

use crate::store::{Arena, Full, KeyStorage, Table};
use crate::time::Instant;
use core::hash::Hash;
use core::time::Duration;

/// Entries in the order of their last write, which is the order in which they expire: a list
/// through the arena, oldest first. Every operation is O(1).
pub(crate) struct Expiring<K: Hash + Eq, V, St: KeyStorage> {
    ttl: Duration,
    places: St::Table<K, u32>,
    nodes: St::Arena<Node<K, V>>,
    ends: Option<Ends>,
}

#[derive(Clone, Copy)]
struct Ends {
    oldest: u32,
    newest: u32,
}

struct Node<K, V> {
    key: K,
    /// Nothing while it is lent.
    value: Option<V>,
    written: Instant,
    older: Option<u32>,
    newer: Option<u32>,
}

// What lends values needs an allocator itself.
#[cfg_attr(not(feature = "alloc"), allow(dead_code))]
impl<K: Hash + Eq + Clone, V, St: KeyStorage> Expiring<K, V, St> {
    pub(crate) fn new(storage: &St, ttl: Duration) -> Self {
        Self { ttl, places: storage.table(), nodes: storage.arena(), ends: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.places.len() >= self.places.capacity()
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
    pub(crate) fn keep(&mut self, place: u32, value: V) {
        if let Some(node) = self.nodes.get_mut(place) {
            node.value = Some(value);
        }
    }

    /// Takes a value back that was written: it will expire last.
    pub(crate) fn rewrite(&mut self, place: u32, value: V, now: Instant) {
        let Some(node) = self.nodes.get_mut(place) else { return };
        node.value = Some(value);
        node.written = now;
        let (older, newer) = (node.older, node.newer);
        self.unlink(place, older, newer);
        self.link_newest(place);
    }

    /// Adds a key that has no entry, or gives it back when there is no room.
    pub(crate) fn insert(&mut self, key: K, value: V, now: Instant) -> Result<(), Full<(K, V)>> {
        if self.is_full() {
            return Err(Full((key, value)));
        }
        let copy = key.clone();
        let node = Node { key: copy, value: Some(value), written: now, older: None, newer: None };
        let Ok(place) = self.nodes.insert(node) else { unreachable!("as many places as keys") };
        let held = self.places.get_or_insert_with(key, || place);
        debug_assert!(held.is_ok_and(|held| *held == place), "the key had no entry");
        self.link_newest(place);
        Ok(())
    }

    /// Removes an entry, lent or not. Tells whether there was one.
    pub(crate) fn remove(&mut self, place: u32) -> bool {
        let Some(node) = self.nodes.remove(place) else { return false };
        self.unlink(place, node.older, node.newer);
        self.places.remove(&node.key);
        true
    }

    /// Removes the entry that would expire soonest. Tells whether there was one.
    pub(crate) fn remove_oldest(&mut self) -> bool {
        self.ends.is_some_and(|ends| self.remove(ends.oldest))
    }

    /// Where the entry of `key` is, expired or not.
    pub(crate) fn place_of(&self, key: &K) -> Option<u32> {
        self.places.get(key).copied()
    }

    /// When the entry that expires soonest does.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        let node = self.ends.and_then(|ends| self.nodes.get(ends.oldest))?;
        Some(node.written.saturating_add(self.ttl))
    }

    /// Takes the value that expires soonest.
    pub(crate) fn pop_oldest(&mut self) -> Option<V> {
        let oldest = self.ends?.oldest;
        let value = self.nodes.get_mut(oldest)?.value.take();
        self.remove(oldest);
        value
    }

    /// Removes the entries that have expired.
    pub(crate) fn expire(&mut self, now: Instant) {
        while self.ends.is_some_and(|ends| self.is_expired(ends.oldest, now)) {
            self.remove_oldest();
        }
    }

    /// Removes all entries.
    pub(crate) fn clear(&mut self) {
        while self.remove_oldest() {}
    }

    fn is_expired(&self, place: u32, now: Instant) -> bool {
        let written = self.nodes.get(place).map(|node| node.written);
        written.is_some_and(|written| written.saturating_add(self.ttl) <= now)
    }

    fn link_newest(&mut self, place: u32) {
        let before = self.ends.map(|ends| ends.newest);
        if let Some(node) = self.nodes.get_mut(place) {
            (node.older, node.newer) = (before, None);
        }
        if let Some(node) = before.and_then(|before| self.nodes.get_mut(before)) {
            node.newer = Some(place);
        }
        let oldest = self.ends.map_or(place, |ends| ends.oldest);
        self.ends = Some(Ends { oldest, newest: place });
    }

    /// Joins the neighbours of a place.
    fn unlink(&mut self, place: u32, older: Option<u32>, newer: Option<u32>) {
        if let Some(node) = older.and_then(|older| self.nodes.get_mut(older)) {
            node.newer = newer;
        }
        if let Some(node) = newer.and_then(|newer| self.nodes.get_mut(newer)) {
            node.older = older;
        }
        let Some(ends) = self.ends else { return };
        let oldest = if ends.oldest == place { newer } else { Some(ends.oldest) };
        let newest = if ends.newest == place { older } else { Some(ends.newest) };
        self.ends = oldest.zip(newest).map(|(oldest, newest)| Ends { oldest, newest });
    }
}
