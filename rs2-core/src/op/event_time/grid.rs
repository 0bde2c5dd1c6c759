//! Where windows and their slices lie.

use super::window_types::{TimeWindows, micros};

/// The layout of slices and windows, all in microseconds.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) size: i64,
    pub(super) slide: i64,
    pub(super) slice: i64,
    // The start of the first window there is: those before would begin before all time. Windows and
    // slices are counted from here, so nothing that is a place in time is before it.
    pub(super) origin: i64,
    // The slice of the latest item, from its first to its last moment, and the last window over it:
    // most items fall there, and need no division.
    pub(super) slice_start: i64,
    slice_last: i64,
    pub(super) last_window: i64,
    // One window over all time, which is one slice.
    is_global: bool,
}

impl Grid {
    pub(super) fn new(windows: &TimeWindows) -> Self {
        let config = &windows.config;
        let (size, slide) = (micros(config.window_size), micros(config.slide_interval));
        let slice = gcd(size.unsigned_abs(), slide.unsigned_abs()).cast_signed();
        let begin = windows.offset.abs_diff(i64::MIN);
        let origin = i64::MIN.saturating_add_unsigned(begin % slide.unsigned_abs());
        let (slice_start, slice_last, last_window) = (origin, origin + (slice - 1), origin);
        let is_global = false;
        Self { size, slide, slice, origin, slice_start, slice_last, last_window, is_global }
    }

    /// One window over all time.
    pub(super) fn global() -> Self {
        let (length, start) = (i64::MAX, i64::MIN);
        Self {
            size: length,
            slide: length,
            slice: length,
            origin: start,
            slice_start: start,
            slice_last: length,
            last_window: start,
            is_global: true,
        }
    }

    /// Whether the slice of the latest item holds `ts` too.
    #[inline]
    pub(super) fn is_at(&self, ts: i64) -> bool {
        self.slice_start <= ts && ts <= self.slice_last
    }

    /// Moves to the slice that holds `ts`.
    #[inline]
    pub(super) fn locate(&mut self, ts: i64) {
        if !self.is_at(ts) {
            self.slice_start = self.floor(ts, self.slice);
            self.slice_last = self.slice_start.saturating_add(self.slice - 1);
            self.last_window = self.last_window_over(self.slice_start);
        }
    }

    pub(super) fn last_window_over(&self, slice: i64) -> i64 {
        if self.is_global { i64::MIN } else { self.floor(slice, self.slide) }
    }

    /// The start of the first window that ends after `at`.
    pub(super) fn first_window_over(&self, at: i64) -> i64 {
        match at.checked_sub(self.size) {
            Some(before) if before >= self.origin && !self.is_global => {
                self.floor(before, self.slide) + self.slide
            }
            _ => self.origin,
        }
    }

    /// The last place so many steps from the origin that is not after `value`.
    #[inline]
    fn floor(&self, value: i64, step: i64) -> i64 {
        value.saturating_sub_unsigned(value.abs_diff(self.origin) % step.unsigned_abs())
    }

    /// Whether a slice that is not before `window` lies in it.
    #[inline]
    pub(super) fn covers(&self, window: i64, slice: i64) -> bool {
        slice.abs_diff(window) < self.size.unsigned_abs()
    }

    /// Whether no slice lies in more than one window.
    pub(super) fn is_tumbling(&self) -> bool {
        self.size == self.slide
    }

    pub(super) fn end(&self, window: i64) -> i64 {
        if self.is_global { i64::MAX } else { window.saturating_add(self.size) }
    }

    /// The start of the next window, if time is long enough.
    pub(super) fn after(&self, window: i64) -> Option<i64> {
        if self.is_global { None } else { window.checked_add(self.slide) }
    }

    /// The start of the next window, or the end of time.
    pub(super) fn after_or_max(&self, window: i64) -> i64 {
        self.after(window).unwrap_or(i64::MAX)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
