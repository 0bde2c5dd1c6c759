//! Items in the order of their time.

use super::DriveByTime;
use super::entry::Entry;
use super::held::Held;
use super::signals::DriveInBand;
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{ByArrival, ByOrder, Limits, Ties};
use crate::store::{Full, Storage};
use crate::time::{EventTime, Instant};
use core::cmp::Ordering;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sort_by_time_rs2`](super::EventTimeExt::sort_by_time_rs2).
pub struct SortByTime<T, St: Storage, C: Ties<T> = ByArrival> {
    buffer: SortBuffer<T, St, C>,
    /// The time of the item that has gone out last.
    pub(super) passed: EventTime,
}

impl<T, St: Storage> SortByTime<T, St> {
    /// Sorts within the given bounds.
    pub fn new(limits: Limits<St>) -> Self {
        Self { buffer: SortBuffer::new(limits, ByArrival), passed: EventTime::MIN }
    }
}

impl<T, St: Storage, C: Ties<T>> SortByTime<T, St, C> {
    /// Puts items of one time in the order of `compare`, and only those that it does not tell apart
    /// in the order in which they come.
    pub fn ties_by<D>(self, compare: D) -> SortByTime<T, St, ByOrder<D>>
    where
        D: Fn(&T, &T) -> Ordering + Clone,
    {
        SortByTime { buffer: self.buffer.tied(ByOrder(compare)), passed: self.passed }
    }

    #[inline]
    fn pass(&mut self, (ts, item): (EventTime, T)) -> T {
        self.passed = ts;
        item
    }
}

impl<T, St: Storage, C: Ties<T>> EventMachine for SortByTime<T, St, C> {
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

    fn close(&mut self) {
        self.buffer.clear();
    }
}

/// A sort of items.
impl<S, T, St: Storage, C: Ties<T>, F> DriveByTime<S, SortByTime<T, St, C>, F> {
    /// Puts items of one time in the order of `compare`: see
    /// [`sort_by_time_rs2`](super::EventTimeExt::sort_by_time_rs2). A copy of it stands with each
    /// item held, so it is best a function or a closure that captures nothing.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// // Second and sequence number.
    /// let sorted: Vec<(i64, u32)> = from_iter([(1, 3), (2, 5), (1, 1), (2, 4)])
    ///     .sort_by_time_rs2(|event| EventTime::from_secs(event.0), Duration::from_secs(9))
    ///     .ties_by(|one, other| one.1.cmp(&other.1))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [(1, 1), (1, 3), (2, 4), (2, 5)]);
    /// # })
    /// ```
    pub fn ties_by<D>(self, compare: D) -> DriveByTime<S, SortByTime<T, St, ByOrder<D>>, F>
    where
        D: Fn(&T, &T) -> Ordering + Clone,
    {
        self.with_machine(|by_time| by_time.with_rule(|sort| sort.ties_by(compare)))
    }
}

/// A sort between signals.
impl<S, T, St: Storage, C: Ties<T>> DriveInBand<S, SortByTime<T, St, C>> {
    /// Puts items of one time in the order of `compare`: see
    /// [`sort_by_time_rs2`](super::EventTimeExt::sort_by_time_rs2).
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, watermark::BoundedDisorder};
    /// # futures_executor::block_on(async {
    /// // Second and sequence number.
    /// let policy = BoundedDisorder::new(Duration::from_secs(9));
    /// let sorted: Vec<(i64, u32)> = from_iter([(1, 3), (2, 5), (1, 1), (2, 4)])
    ///     .with_watermarks_rs2(policy, |event| EventTime::from_secs(event.0))
    ///     .sort_events_rs2()
    ///     .ties_by(|one, other| one.1.cmp(&other.1))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [(1, 1), (1, 3), (2, 4), (2, 5)]);
    /// # })
    /// ```
    pub fn ties_by<D>(self, compare: D) -> DriveInBand<S, SortByTime<T, St, ByOrder<D>>>
    where
        D: Fn(&T, &T) -> Ordering + Clone,
    {
        self.with_machine(|in_band| in_band.with_rule(|sort| sort.ties_by(compare)))
    }
}

#[cfg(feature = "alloc")]
impl<T, St: Storage, C: Ties<T>> LateTo for SortByTime<T, St, C> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.buffer.late_to(outlet);
        self
    }
}

impl<T, St: Storage, C: Ties<T>> Reports for SortByTime<T, St, C> {
    fn losses(&self) -> &Losses {
        self.buffer.losses()
    }
}

impl<T, St: Storage, C: Ties<T>> Holds for SortByTime<T, St, C> {
    fn held(&self) -> usize {
        self.buffer.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, St, C> Snapshot for SortByTime<T, St, C>
where
    T: Serialize + DeserializeOwned,
    St: Storage,
    C: Ties<T>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.buffer.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.buffer.restore(from)
    }
}

impl<T, St: Storage, C: Ties<T>> fmt::Debug for SortByTime<T, St, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SortByTime").field(&self.buffer).finish()
    }
}

/// Holds items until the watermark has reached them, then gives them in the order of their time,
/// equal times in the order of arrival. Where there is another order of equal times, the watermark
/// has to pass them first.
pub(super) struct SortBuffer<T, St: Storage, C: Ties<T> = ByArrival> {
    storage: St,
    held: Held<T, St, C>,
    left_out: LeftOut<T>,
    arrivals: u64,
    // Nothing before it is taken: it is the watermark, or the last item evicted.
    floor: EventTime,
}

impl<T, St: Storage, C: Ties<T>> SortBuffer<T, St, C> {
    pub(super) fn new(limits: Limits<St>, ties: C) -> Self {
        Self {
            held: Held::tied(&limits.storage, ties),
            storage: limits.storage,
            left_out: LeftOut::new(limits.on_full, limits.losses),
            arrivals: 0,
            floor: EventTime::MIN,
        }
    }

    /// The same with another order of equal times, also for what is held.
    fn tied<D: Ties<T>>(mut self, ties: D) -> SortBuffer<T, St, D> {
        let mut held = Held::tied(&self.storage, ties);
        while let Some(Entry { ts, arrival, item, .. }) = self.held.pop() {
            let pushed = held.push(held.entry(ts, arrival, item));
            debug_assert!(pushed.is_ok(), "there is as much room");
        }
        let Self { storage, left_out, arrivals, floor, .. } = self;
        SortBuffer { storage, held, left_out, arrivals, floor }
    }

    /// Takes an item, and gives one that goes out: the item itself when the watermark stands at
    /// it, or the oldest one when it had to make room. Who calls it empties `pop` before the next.
    pub(super) fn push(&mut self, ts: EventTime, item: T) -> Option<(EventTime, T)> {
        if ts < self.floor {
            self.left_out.late(ts, item);
            return None;
        }
        if ts == self.floor && !C::WAITS {
            return Some((ts, item));
        }
        let entry = self.held.entry(ts, self.arrivals, item);
        self.arrivals += 1;
        let Err(Full(entry)) = self.held.push(entry) else { return None };
        if self.left_out.evicts() {
            return self.make_room(entry);
        }
        self.left_out.full(entry.ts, entry.item);
        None
    }

    fn make_room(&mut self, entry: Entry<T, C>) -> Option<(EventTime, T)> {
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

    /// Whether an item may go. One at the watermark may if later arrivals with the same time come
    /// after it anyway; at the end of time there are none.
    #[inline]
    fn may_go(&self, ts: EventTime) -> bool {
        ts <= self.floor && (!C::WAITS || ts < self.floor || ts == EventTime::MAX)
    }

    /// The next item that may go.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<(EventTime, T)> {
        if !self.may_go(self.held.peek()?.ts) {
            return None;
        }
        let entry = self.held.pop()?;
        Some((entry.ts, entry.item))
    }

    /// When the next item happened that may go.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(super) fn next_time(&self) -> Option<EventTime> {
        self.held.peek().map(|entry| entry.ts).filter(|ts| self.may_go(*ts))
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

    pub(super) fn clear(&mut self) {
        self.held.clear();
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
impl<T, St, C> Snapshot for SortBuffer<T, St, C>
where
    T: Serialize + DeserializeOwned,
    St: Storage,
    C: Ties<T>,
{
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

impl<T, St: Storage, C: Ties<T>> fmt::Debug for SortBuffer<T, St, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SortBuffer")
            .field("held", &self.held.len())
            .field("floor", &self.floor)
            .field("losses", self.losses())
            .finish()
    }
}
