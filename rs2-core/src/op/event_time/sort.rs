//! Items in the order of their time.

use super::entry::Entry;
use super::held::Held;
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::{Full, Storage};
use crate::time::{EventTime, Instant};
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sort_by_time_rs2`](super::EventTimeExt::sort_by_time_rs2).
pub struct SortByTime<T, St: Storage> {
    buffer: SortBuffer<T, St>,
    /// The time of the item that has gone out last.
    pub(super) passed: EventTime,
}

impl<T, St: Storage> SortByTime<T, St> {
    /// Sorts within the given bounds.
    pub fn new(limits: Limits<St>) -> Self {
        Self { buffer: SortBuffer::new(limits), passed: EventTime::MIN }
    }

    #[inline]
    fn pass(&mut self, (ts, item): (EventTime, T)) -> T {
        self.passed = ts;
        item
    }
}

impl<T, St: Storage> EventMachine for SortByTime<T, St> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<T> {
        self.buffer.push(ts, item).map(|entry| self.pass(entry))
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<T> {
        self.buffer.open_until(watermark);
        self.more()
    }

    fn on_end(&mut self) {
        self.buffer.end();
    }

    #[inline]
    fn more(&mut self) -> Option<T> {
        self.buffer.pop().map(|entry| self.pass(entry))
    }

    fn is_finished(&self) -> bool {
        self.buffer.is_stopped()
    }
}

#[cfg(feature = "alloc")]
impl<T, St: Storage> LateTo for SortByTime<T, St> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.buffer.late_to(outlet);
        self
    }
}

impl<T, St: Storage> Reports for SortByTime<T, St> {
    fn losses(&self) -> &Losses {
        self.buffer.losses()
    }
}

impl<T, St: Storage> Holds for SortByTime<T, St> {
    fn held(&self) -> usize {
        self.buffer.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for SortByTime<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.buffer.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.buffer.restore(from)
    }
}

impl<T, St: Storage> fmt::Debug for SortByTime<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SortByTime").field(&self.buffer).finish()
    }
}

/// Holds items until the watermark has reached them, then gives them in the order of their time,
/// equal times in the order of arrival.
pub(super) struct SortBuffer<T, St: Storage> {
    held: Held<T, St>,
    left_out: LeftOut<T>,
    arrivals: u64,
    // Nothing before it is taken: it is the watermark, or the last item evicted.
    floor: EventTime,
}

impl<T, St: Storage> SortBuffer<T, St> {
    pub(super) fn new(limits: Limits<St>) -> Self {
        Self {
            held: Held::new(&limits.storage),
            left_out: LeftOut::new(limits.on_full, limits.losses),
            arrivals: 0,
            floor: EventTime::MIN,
        }
    }

    /// Takes an item, and gives one that goes out: the item itself when the watermark stands at
    /// it, or the oldest one when it had to make room. Who calls it empties `pop` before the next.
    pub(super) fn push(&mut self, ts: EventTime, item: T) -> Option<(EventTime, T)> {
        if ts < self.floor {
            self.left_out.late(ts, item);
            return None;
        }
        if ts == self.floor {
            return Some((ts, item));
        }
        let entry = Entry { ts, arrival: self.arrivals, item };
        self.arrivals += 1;
        let Err(Full(entry)) = self.held.push(entry) else { return None };
        if self.left_out.evicts() {
            return self.make_room(entry);
        }
        self.left_out.full(entry.ts, entry.item);
        None
    }

    fn make_room(&mut self, entry: Entry<T>) -> Option<(EventTime, T)> {
        self.losses().count(Loss::Evicted);
        let oldest = match self.held.peek() {
            Some(held) if *held < entry => {
                let oldest = self.held.pop()?;
                let pushed = self.held.push(entry);
                debug_assert!(pushed.is_ok(), "a place was freed");
                oldest
            }
            _ => entry,
        };
        self.floor = self.floor.max(oldest.ts);
        Some((oldest.ts, oldest.item))
    }

    /// The watermark has risen: what is not after it may go.
    #[inline]
    pub(super) fn open_until(&mut self, watermark: EventTime) {
        self.floor = self.floor.max(watermark);
    }

    /// The next item that may go. An item at the watermark may: later arrivals with the same time
    /// come after it anyway.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<(EventTime, T)> {
        if self.held.peek()?.ts > self.floor {
            return None;
        }
        let entry = self.held.pop()?;
        Some((entry.ts, entry.item))
    }

    /// When the next item happened that may go.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(super) fn next_time(&self) -> Option<EventTime> {
        self.held.peek().map(|entry| entry.ts).filter(|ts| *ts <= self.floor)
    }

    /// Hands late items to `outlet` from now on.
    #[cfg(feature = "alloc")]
    pub(super) fn late_to(&mut self, outlet: Late<T>) {
        self.left_out.to(outlet);
    }

    /// No further item comes.
    pub(super) fn end(&mut self) {
        self.left_out.close();
    }

    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.left_out.is_stopped()
    }

    pub(super) fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for SortBuffer<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sort_by_time", 1)?;
        to.put(&(self.arrivals, self.floor, self.is_stopped()))?;
        self.held.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sort_by_time", 1)?;
        let (arrivals, floor, stopped) = from.take()?;
        (self.arrivals, self.floor) = (arrivals, floor);
        self.left_out.restore(stopped);
        self.held.restore(from)
    }
}

impl<T, St: Storage> fmt::Debug for SortBuffer<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SortBuffer")
            .field("held", &self.held.len())
            .field("floor", &self.floor)
            .field("losses", self.losses())
            .finish()
    }
}
