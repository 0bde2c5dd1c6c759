//! Items that wait for their turn, by key.

use super::keyed_concurrency::KeyedConcurrency;
use crate::store::{Arena, HeapArena, HeapTable, KeyStorage, Table};
use alloc::collections::VecDeque;
use core::fmt;
use core::hash::Hash;

/// A lane for each key that has items in flight or waiting.
pub(super) struct Lanes<K, T> {
    lanes: HeapArena<Lane<K, T>>,
    by_key: HeapTable<K, u32>,
    // Each lane that has an item waiting and may start one, once: who has waited longest first.
    runnable: VecDeque<u32>,
    // Lanes in which no further item may wait.
    full: usize,
    per_key: usize,
    waiting_per_key: usize,
}

struct Lane<K, T> {
    key: K,
    running: usize,
    // Each with its place in the order of all items.
    waiting: VecDeque<(u64, T)>,
}

/// An item whose turn it is.
pub(super) struct Next<T> {
    pub(super) lane: u32,
    pub(super) place: u64,
    pub(super) item: T,
}

impl<K: Hash + Eq + Clone, T> Lanes<K, T> {
    pub(super) fn new(limits: &KeyedConcurrency) -> Self {
        let keys = limits.keys();
        Self {
            lanes: keys.arena(),
            by_key: keys.table(),
            runnable: VecDeque::new(),
            full: 0,
            per_key: limits.per_key,
            waiting_per_key: limits.max_waiting_per_key,
        }
    }

    /// Whether a lane has as many items waiting as it may.
    pub(super) fn is_full(&self) -> bool {
        self.full > 0
    }

    /// Adds an item at the end of its key's lane.
    pub(super) fn push(&mut self, key: K, place: u64, item: T) {
        let number = self.number_of(key);
        let lane = self.lanes.get_mut(number).expect("a number in the table is that of a lane");
        if lane.waiting.is_empty() && lane.running < self.per_key {
            self.runnable.push_back(number);
        }
        lane.waiting.push_back((place, item));
        self.full += usize::from(lane.waiting.len() == self.waiting_per_key);
    }

    /// The number of the lane of `key`, which is made if there is none.
    fn number_of(&mut self, key: K) -> u32 {
        if let Some(number) = self.by_key.get(&key) {
            return *number;
        }
        let lane = Lane { key: key.clone(), running: 0, waiting: VecDeque::new() };
        let number = self.lanes.insert(lane).expect("there are never more lanes than items");
        let added = self.by_key.get_or_insert_with(key, || number).is_ok();
        debug_assert!(added, "there are as many entries as lanes");
        number
    }

    /// The next item that may start, from the lane whose turn it is.
    pub(super) fn next(&mut self) -> Option<Next<T>> {
        let number = self.runnable.pop_front()?;
        let lane = self.lanes.get_mut(number)?;
        self.full -= usize::from(lane.waiting.len() == self.waiting_per_key);
        let (place, item) = lane.waiting.pop_front()?;
        lane.running += 1;
        if !lane.waiting.is_empty() && lane.running < self.per_key {
            self.runnable.push_back(number);
        }
        Some(Next { lane: number, place, item })
    }

    /// An item of this lane has finished.
    pub(super) fn finish(&mut self, number: u32) {
        let Some(lane) = self.lanes.get_mut(number) else { return };
        let was_busy = lane.running == self.per_key;
        lane.running -= 1;
        if !lane.waiting.is_empty() {
            if was_busy {
                self.runnable.push_back(number);
            }
        } else if lane.running == 0
            && let Some(lane) = self.lanes.remove(number)
        {
            self.by_key.remove(&lane.key);
        }
    }

    pub(super) fn clear(&mut self) {
        self.by_key.retain(|_, number| {
            self.lanes.remove(*number);
            false
        });
        self.runnable.clear();
        self.full = 0;
    }
}

impl<K, T> fmt::Debug for Lanes<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes")
            .field("open", &self.lanes.len())
            .field("runnable", &self.runnable.len())
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}
