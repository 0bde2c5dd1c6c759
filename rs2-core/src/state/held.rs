//! Items waiting for their time.

use super::entry::Entry;
use super::ties::{ByArrival, Ties};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Full, Priority, Queue, Storage};
use crate::time::EventTime;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Items of which the earliest goes first.
///
/// Most items come in the order of their time, or a few places late: those stand in a queue, and
/// most cost no comparison but with the last. Only those that are later go through a heap.
pub(crate) struct Held<T, St: Storage, C: Ties<T> = ByArrival> {
    in_order: St::Queue<Entry<T, C>>,
    stragglers: St::Priority<Entry<T, C>>,
    capacity: usize,
    ties: C,
}

impl<T, St: Storage> Held<T, St> {
    /// Items of one time in the order in which they come.
    pub(crate) fn new(storage: &St) -> Self {
        Self::tied(storage, ByArrival)
    }
}

impl<T, St: Storage, C: Ties<T>> Held<T, St, C> {
    /// How many places late an item may be to be put among those in order: as many as are moved in
    /// less time than a heap takes.
    const FEW: usize = 1_024 / (size_of::<Entry<T, C>>() + 1);

    /// Items of one time in the order of `ties`.
    pub(crate) fn tied(storage: &St, ties: C) -> Self {
        Self {
            in_order: storage.queue(),
            stragglers: storage.priority(),
            capacity: storage.capacity(),
            ties,
        }
    }

    #[inline]
    pub(crate) fn entry(&self, ts: EventTime, arrival: u64, item: T) -> Entry<T, C> {
        Entry { ts, arrival, item, ties: self.ties.clone() }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.in_order.len() + self.stragglers.len()
    }

    /// Adds an item, or gives it back.
    #[inline(always)]
    pub(crate) fn push(&mut self, entry: Entry<T, C>) -> Result<(), Full<Entry<T, C>>> {
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
    fn push_late(&mut self, entry: Entry<T, C>) -> Result<(), Full<Entry<T, C>>> {
        let is_later = |other: &&Entry<T, C>| {
            if C::WAITS {
                return **other > entry;
            }
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
    pub(crate) fn peek(&self) -> Option<&Entry<T, C>> {
        let first = self.in_order.front();
        match self.stragglers.peek() {
            Some(straggler) if first.is_none_or(|first| straggler < first) => Some(straggler),
            _ => first,
        }
    }

    /// Takes the earliest.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Entry<T, C>> {
        self.pop_if(|_| true)
    }

    /// Takes the earliest if `may_go` says so.
    #[inline]
    pub(crate) fn pop_if(
        &mut self,
        may_go: impl FnOnce(&Entry<T, C>) -> bool,
    ) -> Option<Entry<T, C>> {
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
impl<T, St, C> Snapshot for Held<T, St, C>
where
    T: Serialize + DeserializeOwned,
    St: Storage,
    C: Ties<T>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put_all(self.in_order.len(), self.in_order.iter().map(Entry::saved))?;
        to.put_all(self.stragglers.len(), self.stragglers.iter().map(Entry::saved))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let full = |_| SnapshotError::Full("sort_by_time");
        // Each finds its place by its time and arrival, wherever it stood before.
        let mut push = |(ts, arrival, item)| self.push(self.entry(ts, arrival, item)).map_err(full);
        from.take_all(&mut push)?;
        from.take_all(push)
    }
}
