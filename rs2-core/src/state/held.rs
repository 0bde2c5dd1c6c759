//! Items waiting for their time.

use super::entry::Entry;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Full, Priority, Queue, Storage};
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Items of which the earliest goes first.
///
/// Most items come in the order of their time: those stand in a queue and cost no comparison but
/// with the last. Only stragglers go through a heap.
pub(crate) struct Held<T, St: Storage> {
    in_order: St::Queue<Entry<T>>,
    stragglers: St::Priority<Entry<T>>,
    capacity: usize,
}

impl<T, St: Storage> Held<T, St> {
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
            Some(last) if *last > entry => self.stragglers.push(entry),
            _ => self.in_order.push(entry),
        }
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
