//! The states that the steps of one operator work on.

use super::remote::Remote;
use super::{
    Expiring, Left, OnStateFull, StateAccess, StateBackend, StateCell, StateConfig, Tally, Value,
};
use crate::metrics::{Loss, Losses};
use crate::store::{Full, SeededHeap};
use crate::time::Instant;
use core::hash::Hash;

/// The states of all keys, and the one that a step is working on.
pub(crate) struct States<K: Hash + Eq> {
    table: Expiring<K, Value, SeededHeap>,
    tally: Tally,
    cell: StateCell,
    // The key of the running step, and the place its state was lent from.
    current: Option<(K, Option<u32>)>,
    // Where the states are instead, when they are in a storage.
    remote: Option<Remote<K>>,
    on_full: OnStateFull,
    losses: Losses,
    stopped: bool,
}

impl<K: Hash + Eq + Clone> States<K> {
    pub(crate) fn new<B: StateBackend<K>>(config: &StateConfig<B>) -> Self {
        let table = Expiring::new(&config.keys(), config.ttl).ttl_from(config.ttl_from);
        let evicts_unused = config.on_full == OnStateFull::EvictUnused;
        Self {
            table: if evicts_unused { table.evicting_unused() } else { table },
            tally: config.tally(size_of::<(K, Value)>()),
            cell: StateCell::new(),
            current: None,
            remote: Remote::new(config),
            on_full: config.on_full,
            losses: config.losses.clone(),
            stopped: false,
        }
    }

    /// Begins a step on the state of `key`.
    pub(crate) fn begin<B>(&mut self, key: K, now: Instant) -> StateAccess<B> {
        if let Some(remote) = &self.remote {
            return self.cell.begin_at(remote.shelf(&key, now));
        }
        let (place, value) = self.table.lend(&key, now).unzip();
        self.tally.settle(self.table.len());
        self.current = Some((key, place));
        self.cell.begin(value)
    }

    /// Ends the step, and keeps what it left.
    pub(crate) fn end(&mut self, now: Instant) {
        let Left { value, written } = self.cell.end();
        let Some((key, place)) = self.current.take() else { return };
        match (place, value) {
            (Some(place), Some(value)) if written => self.table.rewrite(place, value, now),
            (Some(place), Some(value)) => self.table.keep(place, value, now),
            (Some(place), None) => {
                self.table.remove(place);
                self.tally.settle(self.table.len());
            }
            (None, Some(value)) => self.insert(key, value, now),
            (None, None) => {}
        }
    }

    fn insert(&mut self, key: K, value: Value, now: Instant) {
        let Err(Full((key, value))) = self.try_insert(key, value, now) else { return };
        self.expire(now);
        let Err(Full((key, value))) = self.try_insert(key, value, now) else { return };
        match self.on_full {
            OnStateFull::Reject => self.losses.count(Loss::Full),
            OnStateFull::Stop => self.stop(),
            // To make room would not help.
            _ if self.tally.is_open() => self.losses.count(Loss::Full),
            _ => {
                if self.table.remove_oldest() {
                    self.losses.count(Loss::Evicted);
                    self.tally.settle(self.table.len());
                }
                // A meter may still refuse, when it is others who have all there is.
                if self.try_insert(key, value, now).is_err() {
                    self.losses.count(Loss::Full);
                }
            }
        }
    }

    fn try_insert(&mut self, key: K, value: Value, now: Instant) -> Result<(), Full<(K, Value)>> {
        if self.tally.admit().is_err() {
            return Err(Full((key, value)));
        }
        let inserted = self.table.insert(key, value, now);
        self.tally.settle(self.table.len());
        inserted
    }

    /// Gives back the states that have expired.
    pub(crate) fn expire(&mut self, now: Instant) {
        if let Some(remote) = &self.remote {
            remote.expire(now);
        }
        self.table.expire(now);
        self.tally.settle(self.table.len());
    }

    fn evicts(&self) -> bool {
        !matches!(self.on_full, OnStateFull::Reject | OnStateFull::Stop)
    }

    /// Whether a step on `key` could keep new state: there is some already, or room for it, or room
    /// is made for it.
    pub(crate) fn admits(&mut self, key: &K, now: Instant) -> bool {
        if self.remote.is_some() || self.table.place_of(key).is_some() || self.has_room() {
            return true;
        }
        self.expire(now);
        self.has_room() || (self.evicts() && !self.tally.is_open())
    }

    fn has_room(&mut self) -> bool {
        let admitted = !self.table.is_full() && self.tally.admit().is_ok();
        self.tally.settle(self.table.len());
        admitted
    }

    /// Gives everything back.
    pub(crate) fn clear(&mut self) {
        // What is in a storage stays there, and what a memory over it has goes.
        self.remote = None;
        self.table.clear();
        self.tally.settle(0);
    }

    /// How many keys have state in the memory of the operator.
    pub(crate) fn len(&self) -> usize {
        self.table.len() + self.remote.as_ref().map_or(0, Remote::len)
    }

    /// Whether a state found no room and the stream must end.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Ends the stream.
    pub(crate) fn stop(&mut self) {
        self.losses.stop();
        self.stopped = true;
    }

    /// Whether that can happen.
    pub(crate) fn may_stop(&self) -> bool {
        self.on_full == OnStateFull::Stop
    }

    pub(crate) fn losses(&self) -> &Losses {
        &self.losses
    }
}
