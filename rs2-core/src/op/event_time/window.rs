//! Windows of event time, tumbling and sliding, over shared slices.

use super::aggregate::Aggregator;
use super::window_types::{TimeWindowConfig, Timing, WindowValue};
use crate::machine::EventMachine;
use crate::metrics::{Loss, Losses, Reports};
use crate::state::{Limits, OnFull};
use crate::store::{Full, Ordered, Storage};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::marker::PhantomData;

/// The rule of [`window_by_time_rs2`](super::EventTimeExt::window_by_time_rs2): yields `W`, made of
/// what the aggregator makes of each window.
///
/// Time is cut into slices as long as the greatest common divisor of window and slide. An item is
/// added to one slice; a window that goes out combines the slices it covers. Slices go as soon as
/// the last window over them is past its lateness.
///
/// Source: Carbone, Traub, Katsifodimos, Haridi, Markl, "Cutty", CIKM 2016, section 3.
pub struct WindowByTime<T, A: Aggregator<T>, St: Storage, W> {
    grid: Grid,
    lateness: i64,
    aggregator: A,
    slices: St::Ordered<i64, A::Partial>,
    watermark: i64,
    // The start of the first window that has not gone out on time.
    next: i64,
    // The windows that go out again because of a late item: the next, the last; none when the next
    // is greater.
    late: (i64, i64),
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
    windows: PhantomData<fn() -> W>,
}

/// The layout of slices and windows, all in microseconds.
#[derive(Debug)]
struct Grid {
    size: i64,
    slide: i64,
    slice: i64,
    // The slice of the latest item and the last window over it: most items fall there, and need no
    // division.
    slice_start: i64,
    last_window: i64,
}

impl Grid {
    fn new(config: &TimeWindowConfig) -> Self {
        let micros =
            |length: core::time::Duration| i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
        let (size, slide) = (micros(config.window_size), micros(config.slide_interval));
        let slice = gcd(size, slide);
        Self { size, slide, slice, slice_start: 0, last_window: 0 }
    }

    /// Moves to the slice that holds `ts`.
    #[inline]
    fn locate(&mut self, ts: i64) {
        if ts < self.slice_start || ts - self.slice_start >= self.slice {
            self.slice_start = floor(ts, self.slice);
            self.last_window = self.last_window_over(self.slice_start);
        }
    }

    fn last_window_over(&self, slice: i64) -> i64 {
        floor(slice, self.slide)
    }

    fn first_window_over(&self, slice: i64) -> i64 {
        floor(slice.saturating_sub(self.size), self.slide).saturating_add(self.slide)
    }

    fn end(&self, window: i64) -> i64 {
        window.saturating_add(self.size)
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The largest multiple of `step` that is not greater.
fn floor(value: i64, step: i64) -> i64 {
    value.saturating_sub(value.rem_euclid(step))
}

impl<T, A: Aggregator<T>, St: Storage, W> WindowByTime<T, A, St, W> {
    /// Windows as `config` lays them. The storage holds the open slices.
    ///
    /// # Panics
    /// When the settings cannot work: see [`TimeWindowConfig::validate`].
    #[track_caller]
    pub fn new(limits: Limits<St>, config: &TimeWindowConfig, aggregator: A) -> Self {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        Self {
            grid: Grid::new(config),
            lateness: i64::try_from(config.allowed_lateness.as_micros()).unwrap_or(i64::MAX),
            aggregator,
            slices: limits.storage.ordered(),
            watermark: i64::MIN,
            next: i64::MIN,
            late: (0, -1),
            on_full: limits.on_full,
            losses: limits.losses,
            stopped: false,
            windows: PhantomData,
        }
    }

    /// Whether `window` went out and is not kept for late items any more.
    #[inline]
    fn is_closed(&self, window: i64) -> bool {
        self.grid.end(window).saturating_add(self.lateness) <= self.watermark
    }

    /// Whether `window` had to go out before its time, and its slices with it.
    fn was_forced(&self, window: i64) -> bool {
        window < self.next && self.grid.end(window) > self.watermark
    }

    /// Adds an item to its slice; gives it back when there is no room for another slice.
    #[inline]
    fn add(&mut self, ts: EventTime, item: T) -> Result<(), Full<T>> {
        let aggregator = &self.aggregator;
        let mut item = Some(item);
        let slice = self.slices.get_or_insert_with(self.grid.slice_start, || {
            let first = item.take().expect("a slice is made of the item");
            aggregator.lift(ts, first)
        });
        let Some(item) = item else { return Ok(()) };
        let Ok(part) = slice else { return Err(Full(item)) };
        if aggregator.add(part, ts, item).is_err() {
            self.lose();
        }
        Ok(())
    }

    /// An item finds no room, and none can be made.
    fn lose(&mut self) {
        match self.on_full {
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
            }
            OnFull::Evict | OnFull::Reject => self.losses.count(Loss::Full),
        }
    }

    /// There was no room for another slice: the oldest window may go out to make some.
    fn make_room(&mut self, ts: EventTime, item: T) -> Option<WindowValue<A::Output>> {
        if self.on_full != OnFull::Evict {
            self.lose();
            return None;
        }
        let forced = self.fire_early();
        if self.was_forced(self.grid.last_window) || self.add(ts, item).is_err() {
            self.lose();
        }
        forced
    }

    /// The oldest window goes out before its time.
    fn fire_early(&mut self) -> Option<WindowValue<A::Output>> {
        let window = self.next_filled()?;
        self.losses.count(Loss::Evicted);
        let forced = self.fire(window, Timing::Forced);
        while self.slices.first().is_some_and(|(slice, _)| *slice < self.next) {
            self.slices.pop_first();
        }
        forced
    }

    /// The first window that has not gone out and has an item.
    #[inline]
    fn next_filled(&self) -> Option<i64> {
        let kept_for_late = self.slices.first().is_some_and(|(slice, _)| *slice < self.next);
        let rank = if kept_for_late { self.slices.rank(&self.next) } else { 0 };
        let (slice, _) = self.slices.at(rank)?;
        Some(self.grid.first_window_over(*slice).max(self.next))
    }

    /// The next window that the watermark has passed.
    #[inline]
    fn fire_due(&mut self) -> Option<WindowValue<A::Output>> {
        if let Some(window) = self.next_filled() {
            if self.grid.end(window) <= self.watermark {
                return self.fire(window, Timing::OnTime);
            }
        }
        // Empty windows that the watermark has passed do not go out any more either.
        self.next = self.next.max(self.grid.first_window_over(self.watermark));
        while self
            .slices
            .first()
            .is_some_and(|(slice, _)| self.is_closed(self.grid.last_window_over(*slice)))
        {
            self.slices.pop_first();
        }
        None
    }

    fn fire(&mut self, window: i64, timing: Timing) -> Option<WindowValue<A::Output>> {
        self.next = window.saturating_add(self.grid.slide);
        self.value(window, timing)
    }

    /// The windows over the slice of a late item that have gone out and are still kept.
    fn mark_late(&mut self) {
        let kept_since = self.watermark.saturating_sub(self.lateness);
        let first = self.grid.first_window_over(self.grid.slice_start);
        let first = first.max(self.grid.first_window_over(kept_since));
        let gone = self.grid.first_window_over(self.watermark).saturating_sub(self.grid.slide);
        self.late = (first, self.grid.last_window.min(gone));
    }

    /// The next window that goes out again.
    #[inline]
    fn fire_late(&mut self) -> Option<WindowValue<A::Output>> {
        let (window, last) = self.late;
        if window > last {
            return None;
        }
        self.late.0 = window.saturating_add(self.grid.slide);
        self.value(window, Timing::Late)
    }

    fn value(&mut self, window: i64, timing: Timing) -> Option<WindowValue<A::Output>> {
        let whole = self.combine(window)?;
        Some(WindowValue {
            start_time: EventTime::from_micros(window),
            end_time: EventTime::from_micros(self.grid.end(window)),
            value: self.aggregator.lower(whole),
            timing,
        })
    }

    /// The part that stands for all items of `window`. Slices that no other window needs move out
    /// of the table, so a tumbling window copies nothing.
    fn combine(&mut self, window: i64) -> Option<A::Partial> {
        let mut whole: Option<A::Partial> = None;
        while let Some((slice, _)) = self.slices.first() {
            let last = self.grid.last_window_over(*slice);
            if last > window || !self.is_closed(last) {
                break;
            }
            let (slice, part) = self.slices.pop_first()?;
            match &mut whole {
                _ if slice < window => {}
                Some(whole) => self.aggregator.combine(whole, &part),
                None => whole = Some(part),
            }
        }
        let mut rank = self.slices.rank(&window);
        while let Some((slice, part)) = self.slices.at(rank) {
            if *slice >= self.grid.end(window) {
                break;
            }
            match &mut whole {
                Some(whole) => self.aggregator.combine(whole, part),
                None => whole = Some(part.clone()),
            }
            rank += 1;
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
        self.grid.locate(ts.as_micros());
        if self.is_closed(self.grid.last_window) {
            self.losses.count(Loss::Late);
            return None;
        }
        if self.was_forced(self.grid.last_window) {
            self.lose();
            return None;
        }
        if let Err(Full(item)) = self.add(ts, item) {
            return self.make_room(ts, item).map(W::from);
        }
        if self.lateness > 0 && ts.as_micros() < self.watermark {
            self.mark_late();
            return self.fire_late().map(W::from);
        }
        None
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<W> {
        self.watermark = watermark.as_micros();
        self.fire_due().map(W::from)
    }

    #[inline]
    fn more(&mut self) -> Option<W> {
        self.fire_late().or_else(|| self.fire_due()).map(W::from)
    }

    fn is_finished(&self) -> bool {
        self.stopped
    }
}

impl<T, A: Aggregator<T>, St: Storage, W> Reports for WindowByTime<T, A, St, W> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, A: Aggregator<T>, St: Storage, W> fmt::Debug for WindowByTime<T, A, St, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowByTime")
            .field("grid", &self.grid)
            .field("slices", &self.slices.len())
            .field("watermark", &EventTime::from_micros(self.watermark))
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
