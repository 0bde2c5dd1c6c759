//! The states that the steps of one operator work on.

use super::remote::Remote;
use super::{Kept, Left, StateAccess, StateBackend, StateCell, StateConfig, Value};
use crate::metrics::Losses;
use crate::time::Instant;
use core::hash::Hash;

/// The states of all keys, and the one that a step is working on.
pub(crate) struct States<K: Hash + Eq> {
    kept: Kept<K, Value>,
    cell: StateCell,
    // The key of the running step, and the place its state was lent from.
    current: Option<(K, Option<u32>)>,
    // Where the states are instead, when they are in a storage.
    remote: Option<Remote<K>>,
}

impl<K: Hash + Eq + Clone> States<K> {
    pub(crate) fn new<B: StateBackend<K>>(config: &StateConfig<B>) -> Self {
        Self {
            kept: Kept::like_states(config),
            cell: StateCell::new(),
            current: None,
            remote: Remote::new(config),
        }
    }

    /// Begins a step on the state of `key`.
    pub(crate) fn begin<B>(&mut self, key: K, now: Instant) -> StateAccess<B> {
        if let Some(remote) = &self.remote {
            return self.cell.begin_at(remote.shelf(&key, now));
        }
        let (place, value) = self.kept.lend(&key, now).unzip();
        self.current = Some((key, place));
        self.cell.begin(value)
    }

    /// Ends the step, and keeps what it left.
    pub(crate) fn end(&mut self, now: Instant) {
        let Left { value, written } = self.cell.end();
        let Some((key, place)) = self.current.take() else { return };
        match (place, value) {
            (Some(place), Some(value)) if written => self.kept.put_back(place, value, now),
            (Some(place), Some(value)) => self.kept.put_back_unwritten(place, value, now),
            (Some(place), None) => drop(self.kept.remove(place)),
            (None, Some(_)) if !self.kept.make_room(now, |_| 1) => self.kept.refuse(false),
            (None, Some(value)) => drop(self.kept.insert(key, value, now)),
            (None, None) => {}
        }
    }

    /// Gives back the states that have expired.
    pub(crate) fn expire(&mut self, now: Instant) {
        if let Some(remote) = &self.remote {
            remote.expire(now);
        }
        self.kept.expire(now);
    }

    /// Whether a step on `key` could keep new state: there is some already, or room for it, or room
    /// is made for it.
    pub(crate) fn admits(&mut self, key: &K, now: Instant) -> bool {
        if self.remote.is_some() || self.kept.place_of(key).is_some() || self.kept.has_room() {
            return true;
        }
        self.kept.expire(now);
        self.kept.has_room() || self.kept.evicts()
    }

    /// A step was not begun, for want of room.
    pub(crate) fn refuse(&mut self) {
        self.kept.refuse(true);
    }

    /// Gives everything back.
    pub(crate) fn clear(&mut self) {
        // What is in a storage stays there, and what a memory over it has goes.
        self.remote = None;
        self.kept.clear();
    }

    /// How many keys have state in the memory of the operator.
    pub(crate) fn len(&self) -> usize {
        self.kept.len() + self.remote.as_ref().map_or(0, Remote::len)
    }

    /// Whether a state found no room and the stream must end.
    pub(crate) fn stopped(&self) -> bool {
        self.kept.stopped()
    }

    /// Ends the stream.
    #[cfg(feature = "snapshot")]
    pub(crate) fn stop(&mut self) {
        self.kept.stop();
    }

    /// Whether that can happen.
    pub(crate) fn may_stop(&self) -> bool {
        self.kept.may_stop()
    }

    pub(crate) fn losses(&self) -> &Losses {
        self.kept.losses()
    }
}
