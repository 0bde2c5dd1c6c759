//! Which windows are open, due and closed as the watermark rises.

use super::grid::Grid;
use super::window_types::{TimeWindows, micros};
use crate::store::Ordered;

/// What an item is to the windows over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// None of them has gone out.
    InTime,
    /// Some may have gone out, and at least the last is still kept.
    Behind,
    /// All are closed.
    TooLate,
    /// They went out before their time, to make room.
    Forced,
}

/// The windows of one operator. It knows nothing of what is in them but which slices there are.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) grid: Grid,
    lateness: i64,
    pub(super) watermark: i64,
    // The start of the first window that has not gone out on time.
    pub(super) next: i64,
    // No window ends and no slice goes before the watermark is there.
    quiet_until: i64,
    // The windows that go out again because of a late item: the next, the last; none when the next
    // is greater.
    late: (i64, i64),
    // Windows that begin before it have lost slices to make room, and do not go out any more.
    forced: i64,
}

/// What of a timeline goes into a snapshot; the rest is made from the settings.
#[cfg(feature = "snapshot")]
pub(super) type Saved = (i64, i64, i64, (i64, i64), i64);

impl Timeline {
    #[track_caller]
    pub(super) fn new(windows: &TimeWindows) -> Self {
        if let Err(error) = windows.config.validate() {
            panic!("{error}");
        }
        Self::of(Grid::new(windows), micros(windows.config.allowed_lateness))
    }

    /// One window over all time.
    pub(super) fn global() -> Self {
        Self::of(Grid::global(), 0)
    }

    fn of(grid: Grid, lateness: i64) -> Self {
        Self {
            grid,
            lateness,
            watermark: i64::MIN,
            next: i64::MIN,
            quiet_until: i64::MIN,
            late: (0, -1),
            forced: i64::MIN,
        }
    }

    /// Whether an item is in time and in the slice of the item before: most are, and need no more
    /// than this.
    #[inline]
    pub(super) fn goes_on(&self, ts: i64) -> bool {
        ts >= self.watermark && self.grid.is_at(ts) && self.grid.last_window >= self.forced
    }

    /// Moves the grid to an item, and tells what that is to the windows over it.
    pub(super) fn arrival(&mut self, ts: i64) -> Arrival {
        if ts < self.grid.origin {
            return Arrival::TooLate;
        }
        self.grid.locate(ts);
        if self.grid.last_window < self.forced {
            let is_closed = ts < self.watermark && self.is_closed(self.grid.last_window);
            return if is_closed { Arrival::TooLate } else { Arrival::Forced };
        }
        // A window over an item that is not late has not even gone out.
        if ts >= self.watermark {
            return Arrival::InTime;
        }
        if self.is_closed(self.grid.last_window) { Arrival::TooLate } else { Arrival::Behind }
    }

    /// Whether `window` went out and is not kept for late items any more.
    #[inline]
    pub(super) fn is_closed(&self, window: i64) -> bool {
        self.grid.end(window).saturating_add(self.lateness) <= self.watermark
    }

    /// Whether `window` has gone out, or would have if it had items.
    #[inline]
    pub(super) fn is_past(&self, window: i64) -> bool {
        self.grid.end(window) <= self.watermark
    }

    /// Whether no window that is still to go out needs the slice.
    pub(super) fn is_done(&self, slice: i64) -> bool {
        self.is_closed(self.grid.last_window_over(slice))
    }

    /// Whether `window` does not go out again.
    pub(super) fn is_final(&self, window: i64) -> bool {
        window < self.forced || self.is_closed(window)
    }

    /// The first window that has not gone out and has an item.
    #[inline]
    pub(super) fn next_filled<V>(&self, slices: &impl Ordered<i64, V>) -> Option<i64> {
        let (first, _) = slices.first()?;
        let kept_for_late = *first < self.next;
        let slice = if kept_for_late { slices.range_from(&self.next).next()?.0 } else { first };
        Some(self.grid.first_window_over(*slice).max(self.next))
    }

    /// The next window that the watermark has passed.
    #[inline]
    pub(super) fn due<V>(&self, slices: &impl Ordered<i64, V>) -> Option<i64> {
        self.next_filled(slices).filter(|window| self.is_past(*window))
    }

    /// `window` has gone out, on time or before; tells whether another one can follow.
    pub(super) fn fired(&mut self, window: i64) -> bool {
        self.next = self.grid.after_or_max(window);
        self.grid.after(window).is_some()
    }

    /// Windows that begin before `start` have lost slices, and do not go out any more.
    pub(super) fn force_before(&mut self, start: i64) {
        self.forced = self.forced.max(start);
    }

    #[inline]
    pub(super) fn is_quiet(&self) -> bool {
        self.watermark < self.quiet_until
    }

    /// No window is due any more and slices that are done have gone: there is nothing to do until
    /// the watermark has reached the next end.
    pub(super) fn settle<V>(&mut self, slices: &impl Ordered<i64, V>) {
        let following = self.grid.first_window_over(self.watermark);
        // Empty windows that the watermark has passed do not go out any more either.
        self.next = self.next.max(following);
        self.quiet_until = self.grid.end(following);
        if let Some((slice, _)) = slices.first() {
            let closes = self.grid.end(self.grid.last_window_over(*slice));
            self.quiet_until = self.quiet_until.min(closes.saturating_add(self.lateness));
        }
    }

    /// An item came behind the watermark: windows over it that have gone out and are still kept go
    /// out again.
    pub(super) fn mark_late(&mut self) {
        // A new slice may close before those that were there.
        self.quiet_until = self.watermark;
        if self.lateness == 0 {
            return;
        }
        let kept_since = self.watermark.saturating_sub(self.lateness);
        let first = self.grid.first_window_over(self.grid.slice_start.max(kept_since));
        let not_gone = self.grid.first_window_over(self.watermark);
        // None has gone where the first one there is has not.
        let Some(gone) = not_gone.checked_sub(self.grid.slide) else { return };
        self.late = (first.max(self.forced), self.grid.last_window.min(gone));
    }

    /// The next window that goes out again.
    #[inline]
    pub(super) fn next_late(&mut self) -> Option<i64> {
        let (window, last) = self.late;
        if window > last {
            return None;
        }
        self.late.0 = window.saturating_add(self.grid.slide);
        Some(window)
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn saved(&self) -> Saved {
        (self.watermark, self.next, self.quiet_until, self.late, self.forced)
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn restore(&mut self, saved: Saved) {
        (self.watermark, self.next, self.quiet_until, self.late, self.forced) = saved;
    }
}
