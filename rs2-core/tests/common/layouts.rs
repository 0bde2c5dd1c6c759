//! How windows lie, by the definition: for every integer `k` one that begins at
//! `k * slide + offset` and is `size` long.
#![allow(dead_code, unreachable_pub)]

use super::by_time::us;
use proptest::prelude::*;
use rs2_core::op::event_time::{TimeWindowConfig, TimeWindows};

/// All in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub size: u64,
    pub slide: u64,
    pub delay: u64,
    pub lateness: u64,
    pub offset: u64,
}

impl Layout {
    /// Windows that are counted from the epoch.
    pub fn new(size: u64, slide: u64, delay: u64, lateness: u64) -> Self {
        Self { size, slide, delay, lateness, offset: 0 }
    }

    pub fn config(self) -> TimeWindowConfig {
        TimeWindowConfig {
            window_size: us(self.size),
            slide_interval: us(self.slide),
            watermark_delay: us(self.delay),
            allowed_lateness: us(self.lateness),
        }
    }

    pub fn windows(self) -> TimeWindows {
        self.config().offset(us(self.offset))
    }

    /// The windows of an item by trying: all starts that are not after it, and whose end is. Those
    /// that would begin before the beginning of time do not exist.
    pub fn windows_over(self, ts: i64) -> Vec<i64> {
        let mut start = self.last_before(ts, self.slide);
        let mut found = Vec::new();
        while start + length(self.size) > ts.into()
            && start >= i64::MIN.into()
            && found.len() < 1_000
        {
            found.push(start as i64);
            start -= length(self.slide);
        }
        found.reverse();
        found
    }

    pub fn end(self, start: i64) -> i64 {
        clamped(i128::from(start) + length(self.size))
    }

    /// When a window that has gone out is not kept any more.
    pub fn closes(self, start: i64) -> i64 {
        clamped(i128::from(self.end(start)) + length(self.lateness))
    }

    /// Where the slice of an item begins.
    pub fn slice_of(self, ts: i64) -> i64 {
        clamped(self.last_before(ts, gcd(self.size, self.slide)))
    }

    /// The watermark that an item raises it to.
    pub fn watermark(self, ts: i64) -> i64 {
        clamped(i128::from(ts) - length(self.delay))
    }

    /// The last one not after `ts` of the moments so many steps from the offset.
    fn last_before(self, ts: i64, step: u64) -> i128 {
        let ts = i128::from(ts);
        ts - (ts - i128::from(self.offset)).rem_euclid(length(step))
    }
}

/// Every small size and slide, multiples of each other or not.
pub fn layouts(most_late: u64) -> impl Strategy<Value = Layout> {
    let shape = (1_u64..13).prop_flat_map(|size| (Just(size), 1..=size));
    (shape, 0_u64..12, 0..=most_late, offsets()).prop_map(
        |((size, slide), delay, lateness, offset)| Layout { size, slide, delay, lateness, offset },
    )
}

/// Windows of every shape, often without allowed lateness.
pub fn often_strict_layouts() -> impl Strategy<Value = Layout> {
    let late = prop_oneof![Just(0_u64), 0_u64..12];
    (layouts(0), late).prop_map(|(layout, lateness)| Layout { lateness, ..layout })
}

/// Often nothing, within the window, or any number of windows away.
pub fn offsets() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0), 2 => 1_u64..13, 1 => any::<u64>()]
}

/// No length is longer than this.
fn length(micros: u64) -> i128 {
    i128::from(micros.min(i64::MAX as u64))
}

fn clamped(micros: i128) -> i64 {
    micros.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
