//! Where windows and their slices lie.

use super::window_types::TimeWindowConfig;

/// The layout of slices and windows, all in microseconds.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) size: i64,
    pub(super) slide: i64,
    pub(super) slice: i64,
    // The start of the first window there is: those before would begin before all time.
    pub(super) origin: i64,
    // The slice of the latest item and the last window over it: most items fall there, and need no
    // division.
    pub(super) slice_start: i64,
    pub(super) last_window: i64,
}

impl Grid {
    pub(super) fn new(config: &TimeWindowConfig) -> Self {
        let micros =
            |length: core::time::Duration| i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
        let (size, slide) = (micros(config.window_size), micros(config.slide_interval));
        let (slice, into_window) = (gcd(size, slide), i64::MIN.rem_euclid(slide));
        let origin = i64::MIN + if into_window == 0 { 0 } else { slide - into_window };
        Self { size, slide, slice, origin, slice_start: 0, last_window: 0 }
    }

    /// Moves to the slice that holds `ts`.
    #[inline]
    pub(super) fn locate(&mut self, ts: i64) {
        if ts < self.slice_start || ts.abs_diff(self.slice_start) >= self.slice.unsigned_abs() {
            self.slice_start = floor(ts, self.slice);
            self.last_window = self.last_window_over(self.slice_start);
        }
    }

    pub(super) fn last_window_over(&self, slice: i64) -> i64 {
        floor(slice, self.slide)
    }

    /// The start of the first window that ends after `at`.
    pub(super) fn first_window_over(&self, at: i64) -> i64 {
        match at.checked_sub(self.size) {
            Some(before) if before >= self.origin => floor(before, self.slide) + self.slide,
            _ => self.origin,
        }
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
