//! Windows of event time, tumbling and sliding, over shared slices.

use super::sums::{InMap, Sums};
use super::timeline::{Arrival, Timeline};
use super::window_types::{TimeWindows, Timing, WindowValue};
use crate::aggregate::Aggregator;
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::{Full, Ordered, Storage};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

type SumsOf<P, St> = Sums<P, <St as Storage>::Queue<(i64, P)>>;

/// The rule of [`window_by_time_rs2`](super::EventTimeExt::window_by_time_rs2): yields `W`, made of
/// what the aggregator makes of each window.
///
/// Time is cut into slices as long as the greatest common divisor of window and slide. An item is
/// added to one slice; a window that goes out combines the slices it covers, and shares most of
/// that work with the one before it. Slices go as soon as the last window over them is past its
/// lateness.
///
/// Source: Carbone, Traub, Katsifodimos, Haridi, Markl, "Cutty", CIKM 2016, section 3.
pub struct WindowByTime<T, A: Aggregator<T>, St: Storage, W> {
    time: Timeline,
    aggregator: A,
    slices: St::Ordered<i64, A::Partial>,
    // Of the windows that go out on time, and of those that go out again.
    sums: SumsOf<A::Partial, St>,
    late_sums: SumsOf<A::Partial, St>,
    // An item that waits while windows go out to make room for it.
    waiting: Option<(EventTime, T)>,
    left_out: LeftOut<T>,
    windows: PhantomData<fn() -> W>,
}

impl<T, A: Aggregator<T>, St: Storage, W> WindowByTime<T, A, St, W> {
    /// Windows as the settings lay them. The storage holds the open slices.
    ///
    /// # Panics
    /// When the settings cannot work: see
    /// [`TimeWindowConfig::validate`](super::TimeWindowConfig::validate).
    #[track_caller]
    pub fn new(limits: Limits<St>, windows: impl Into<TimeWindows>, aggregator: A) -> Self {
        Self {
            time: Timeline::new(&windows.into()),
            aggregator,
            slices: limits.storage.ordered(),
            sums: Sums::new(limits.storage.queue()),
            late_sums: Sums::new(limits.storage.queue()),
            waiting: None,
            left_out: LeftOut::new(limits.on_full, limits.losses),
            windows: PhantomData,
        }
    }

    /// Takes an item, and gives a window that goes out again or early because of it.
    #[inline(never)]
    fn take(&mut self, ts: EventTime, item: T) -> Option<WindowValue<A::Output>> {
        match self.time.arrival(ts.as_micros()) {
            Arrival::InTime => match self.add(ts, item) {
                Ok(_) => None,
                Err(Full(item)) => self.make_room(ts, item),
            },
            Arrival::Behind => self.take_behind(ts, item),
            Arrival::TooLate => {
                self.left_out.late(ts, item);
                None
            }
            Arrival::Forced => {
                self.left_out.full(ts, item);
                None
            }
        }
    }

    #[cold]
    fn take_behind(&mut self, ts: EventTime, item: T) -> Option<WindowValue<A::Output>> {
        self.sums.changed(self.time.grid.slice_start);
        match self.add(ts, item) {
            Ok(true) => {
                self.late_sums.clear();
                self.time.mark_late();
                self.fire_late()
            }
            Ok(false) => None,
            Err(Full(item)) => self.make_room(ts, item),
        }
    }

    /// Adds an item to its slice, and tells whether the slice had room for it; gives it back when
    /// there is no room for another slice.
    #[inline]
    fn add(&mut self, ts: EventTime, item: T) -> Result<bool, Full<T>> {
        let aggregator = &self.aggregator;
        let mut item = Some(item);
        let slice = self.slices.get_or_insert_with(self.time.grid.slice_start, || {
            let first = item.take().expect("a slice is made of the item");
            aggregator.lift(ts, first)
        });
        let Some(item) = item else { return Ok(true) };
        let Ok(part) = slice else { return Err(Full(item)) };
        let Err(Full(item)) = aggregator.add(part, ts, item) else { return Ok(true) };
        self.left_out.full(ts, item);
        Ok(false)
    }

    /// Adds an item that is in time to the latest slice, if that is its own; gives it back where
    /// there is more to do. No window that has gone out is touched by it.
    #[inline]
    fn add_to_latest(&mut self, ts: EventTime, item: T) -> Result<(), T> {
        match self.slices.last_mut() {
            Some((latest, part)) if *latest == self.time.grid.slice_start => {
                if let Err(Full(item)) = self.aggregator.add(part, ts, item) {
                    self.left_out.full(ts, item);
                }
                Ok(())
            }
            _ => Err(item),
        }
    }

    /// There is no room for another slice. What would have gone soonest goes now, if it may; an
    /// item before all slices would itself have gone soonest.
    #[cold]
    fn make_room(&mut self, ts: EventTime, item: T) -> Option<WindowValue<A::Output>> {
        let is_first =
            self.slices.first().is_none_or(|(first, _)| self.time.grid.slice_start < *first);
        if is_first || !self.left_out.evicts() {
            self.left_out.full(ts, item);
            return None;
        }
        let forced = self.evict();
        if forced.is_none() {
            return self.take(ts, item);
        }
        // Several windows may have to go out before the first slice is free.
        self.waiting = Some((ts, item));
        forced
    }

    /// Drops a slice that was only kept for late items; where there is none, the oldest window
    /// goes out before its time.
    fn evict(&mut self) -> Option<WindowValue<A::Output>> {
        let (&slice, _) = self.slices.first()?;
        self.left_out.losses().count(Loss::Evicted);
        if slice < self.time.next {
            self.slices.pop_first();
            let last = self.time.grid.last_window_over(slice);
            self.time.force_before(self.time.grid.after_or_max(last));
            return None;
        }
        let window = self.time.next_filled(&self.slices)?;
        self.time.force_before(self.time.grid.after_or_max(window));
        let forced = self.fire(window, Timing::Forced);
        // It may lack items that are still to come, so the windows after it begin anew.
        self.sums.clear();
        while self.slices.first().is_some_and(|(slice, _)| *slice < self.time.next) {
            self.slices.pop_first();
        }
        forced
    }

    /// The next window that the watermark has passed.
    #[inline]
    fn fire_due(&mut self) -> Option<WindowValue<A::Output>> {
        if self.time.is_quiet() { None } else { self.fire_next() }
    }

    /// As above, where there may be one.
    #[inline(never)]
    fn fire_next(&mut self) -> Option<WindowValue<A::Output>> {
        if let Some(window) = self.time.due(&self.slices) {
            let value = self.fire(window, Timing::OnTime);
            // Without them the next window begins with the first slice, and need not be looked for.
            self.drop_done(self.time.next);
            return value;
        }
        self.drop_done(i64::MAX);
        if self.slices.is_empty() {
            self.sums.clear();
        }
        self.time.settle(&self.slices);
        None
    }

    /// Drops the first slices, as long as they are before `end` and no window needs them any more.
    fn drop_done(&mut self, end: i64) {
        while let Some((slice, _)) = self.slices.first()
            && *slice < end
            && self.time.is_done(*slice)
        {
            self.slices.pop_first();
        }
    }

    fn fire(&mut self, window: i64, timing: Timing) -> Option<WindowValue<A::Output>> {
        let value = self.value(window, timing);
        if !self.time.fired(window) {
            while self.slices.pop_first().is_some() {}
        }
        value
    }

    /// The next window that goes out again.
    #[inline]
    fn fire_late(&mut self) -> Option<WindowValue<A::Output>> {
        let Some(window) = self.time.next_late() else {
            self.late_sums.clear();
            return None;
        };
        self.value(window, Timing::Late)
    }

    fn value(&mut self, window: i64, timing: Timing) -> Option<WindowValue<A::Output>> {
        let (grid, slices) = (&self.time.grid, InMap(&self.slices));
        let whole = match timing {
            _ if !A::COMPACT || self.time.grid.is_tumbling() => self.combine(window),
            Timing::OnTime => self.sums.whole(&self.aggregator, &slices, grid, window),
            Timing::Late => self.late_sums.whole(&self.aggregator, &slices, grid, window),
            _ => self.combine(window),
        };
        Some(WindowValue {
            start_time: EventTime::from_micros(window),
            end_time: EventTime::from_micros(self.time.grid.end(window)),
            value: self.aggregator.lower(whole?),
            timing,
            is_final: self.time.is_final(window),
        })
    }

    /// The part that stands for all items of `window`. Slices that no other window needs move out
    /// of the table, so a tumbling window copies nothing.
    fn combine(&mut self, window: i64) -> Option<A::Partial> {
        let mut whole: Option<A::Partial> = None;
        while let Some((slice, _)) = self.slices.first() {
            let last = self.time.grid.last_window_over(*slice);
            if last > window || !self.time.is_closed(last) {
                break;
            }
            let (slice, part) = self.slices.pop_first()?;
            match &mut whole {
                _ if slice < window => {}
                Some(whole) => self.aggregator.combine(whole, &part),
                None => whole = Some(part),
            }
        }
        for (slice, part) in self.slices.range_from(&window) {
            if !self.time.grid.covers(window, *slice) {
                break;
            }
            match &mut whole {
                Some(whole) => self.aggregator.combine(whole, part),
                None => whole = Some(part.clone()),
            }
        }
        whole
    }
}

impl<T, A, St, W> EventMachine for WindowByTime<T, A, St, W>
where
    A: Aggregator<T>,
    St: Storage,
    W: From<WindowValue<A::Output>>,
{
    type In = T;
    type Out = W;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<W> {
        let added = match self.time.goes_on(ts.as_micros()) {
            true => self.add_to_latest(ts, item),
            false => Err(item),
        };
        let Err(item) = added else { return None };
        self.take(ts, item).map(W::from)
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<W> {
        self.time.watermark = watermark.as_micros();
        self.fire_due().map(W::from)
    }

    #[inline]
    fn more(&mut self) -> Option<W> {
        if self.waiting.is_some() {
            let (ts, item) = self.waiting.take()?;
            if let Some(window) = self.take(ts, item) {
                return Some(window.into());
            }
        }
        self.fire_late().or_else(|| self.fire_due()).map(W::from)
    }

    fn on_end(&mut self) {
        self.left_out.close();
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }

    fn close(&mut self) {
        while self.slices.pop_first().is_some() {}
        self.sums.clear();
        self.late_sums.clear();
        self.waiting = None;
    }
}

#[cfg(feature = "alloc")]
impl<T, A: Aggregator<T>, St: Storage, W> LateTo for WindowByTime<T, A, St, W> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<T, A: Aggregator<T>, St: Storage, W> Reports for WindowByTime<T, A, St, W> {
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

impl<T, A: Aggregator<T>, St: Storage, W> Holds for WindowByTime<T, A, St, W> {
    fn held(&self) -> usize {
        let sums = self.sums.len() + self.late_sums.len();
        self.slices.len() + sums + usize::from(self.waiting.is_some())
    }
}

#[cfg(feature = "snapshot")]
impl<T, A, St, W> Snapshot for WindowByTime<T, A, St, W>
where
    T: Serialize + DeserializeOwned,
    A: Aggregator<T, Partial: Serialize + DeserializeOwned>,
    St: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("window_by_time", 1)?;
        to.put(&(self.time.saved(), &self.waiting, self.left_out.is_stopped()))?;
        to.put_all(self.slices.len(), self.slices.iter())?;
        self.sums.save(to)?;
        self.late_sums.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("window_by_time", 1)?;
        let (time, stopped);
        (time, self.waiting, stopped) = from.take()?;
        self.time.restore(time);
        self.left_out.restore(stopped);
        from.take_all(|(slice, part)| {
            let restored = self.slices.get_or_insert_with(slice, || part);
            restored.map(|_| ()).map_err(|_| SnapshotError::Full("window_by_time"))
        })?;
        self.sums.restore(from)?;
        self.late_sums.restore(from)
    }
}

impl<T, A: Aggregator<T>, St: Storage, W> fmt::Debug for WindowByTime<T, A, St, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowByTime")
            .field("time", &self.time)
            .field("slices", &self.slices.len())
            .field("watermark", &EventTime::from_micros(self.time.watermark))
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}
