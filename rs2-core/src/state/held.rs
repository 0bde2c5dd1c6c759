//! Items waiting for their time.

use super::entry::Entry;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Full, Priority, Queue, Storage};
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Items of which the earliest goes first.
///
/// Most items come in the order of their time, or a few places late: those stand in a queue, and
/// most cost no comparison but with the last. Only those that are later go through a heap.
pub(crate) struct Held<T, St: Storage> {
    in_order: St::Queue<Entry<T>>,
    stragglers: St::Priority<Entry<T>>,
    capacity: usize,
}

impl<T, St: Storage> Held<T, St> {
    /// How many places late an item may be to be put among those in order: as many as are moved in
    /// less time than a heap takes.
    const FEW: usize = 1_024 / (size_of::<Entry<T>>() + 1);

    pub(crate) fn new(storage: &St) -> Self {
        Self {
            in_order: storage.queue(),
            stragglers: storage.priority(),
            capacity: storage.capacity(),
        }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.in_order.len() + self.stragglers.len()
    }

    /// Adds an item, or gives it back.
    #[inline(always)]
    pub(crate) fn push(&mut self, entry: Entry<T>) -> Result<(), Full<Entry<T>>> {
        if self.len() >= self.capacity {
            return Err(Full(entry));
        }
        match self.in_order.back() {
            Some(last) if *last > entry => self.push_late(entry),
            _ => self.in_order.push(entry),
        }
    }

    /// Adds an item that does not belong at the back of the queue. Apart, so that the way of the
    /// others stays short.
    #[inline(never)]
    fn push_late(&mut self, entry: Entry<T>) -> Result<(), Full<Entry<T>>> {
        let is_later = |other: &&Entry<T>| {
            other.ts > entry.ts || other.ts == entry.ts && other.arrival > entry.arrival
        };
        let furthest = self.in_order.len().checked_sub(Self::FEW + 1);
        if furthest.and_then(|place| self.in_order.get(place)).as_ref().is_some_and(is_later) {
            return self.stragglers.push(entry);
        }
        let behind = self.in_order.iter().rev().take_while(is_later).count();
        self.in_order.insert(self.in_order.len() - behind, entry)
    }

    /// The earliest.
    #[inline]
    pub(crate) fn peek(&self) -> Option<&Entry<T>> {
        let first = self.in_order.front();
        match self.stragglers.peek() {
            Some(straggler) if first.is_none_or(|first| straggler < first) => Some(straggler),
            _ => first,
        }
    }

    /// Takes the earliest.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Entry<T>> {
        self.pop_if(|_| true)
    }

    /// Takes the earliest if `may_go` says so.
    #[inline]
    pub(crate) fn pop_if(&mut self, may_go: impl FnOnce(&Entry<T>) -> bool) -> Option<Entry<T>> {
        let first = self.in_order.front();
        match self.stragglers.peek() {
            Some(straggler) if first.is_none_or(|first| straggler < first) => {
                if may_go(straggler) {
                    self.stragglers.pop()
                } else {
                    None
                }
            }
            _ if may_go(first?) => self.in_order.pop(),
            _ => None,
        }
    }

    /// Drops all of them.
    pub(crate) fn clear(&mut self) {
        self.in_order.clear();
        while self.stragglers.pop().is_some() {}
    }
}

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for Held<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put_all(self.in_order.len(), self.in_order.iter())?;
        to.put_all(self.stragglers.len(), self.stragglers.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let full = |_| SnapshotError::Full("sort_by_time");
        // Each finds its place by its time and arrival, wherever it stood before.
        from.take_all(|entry| self.push(entry).map_err(full))?;
        from.take_all(|entry| self.push(entry).map_err(full))
    }
}
