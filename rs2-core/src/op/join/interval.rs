//! How far apart in time two items may be that belong together.

use crate::error::ConfigError;
use crate::state::OnFull;
use crate::time::EventTime;
use crate::watermark::WhenIdle;
use core::ops::{Bound, RangeBounds};
use core::time::Duration;

/// How much later than an item of the left an item of the right may be to match it; negative when
/// it may be earlier. In microseconds, both ends included.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::join::Interval;
/// let minute = Duration::from_secs(60);
/// assert_eq!(Interval::within(minute), Interval::from_micros(-60_000_000..=60_000_000)?);
/// assert_eq!(Interval::after(minute), Interval::from_micros(0..60_000_001)?);
/// assert!(Interval::from_micros(5..5).is_err());
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    // Neither is `i64::MIN`, so that both can be negated.
    lo: i64,
    hi: i64,
}

impl Interval {
    /// Any distance that can be told: 292,000 years either way.
    pub const ANY: Self = Self { lo: -i64::MAX, hi: i64::MAX };

    /// The right is at most so much earlier or later than the left.
    pub const fn within(distance: Duration) -> Self {
        let hi = micros(distance);
        Self { lo: -hi, hi }
    }

    /// The right is as late as the left, or at most so much later.
    pub const fn after(distance: Duration) -> Self {
        Self { lo: 0, hi: micros(distance) }
    }

    /// The right is as late as the left, or at most so much earlier.
    pub const fn before(distance: Duration) -> Self {
        Self { lo: -micros(distance), hi: 0 }
    }

    /// The right is later than the left by a number of microseconds in this range; an end that is
    /// left open is at 292,000 years.
    ///
    /// # Errors
    /// When no number is in the range.
    pub fn from_micros(range: impl RangeBounds<i64>) -> Result<Self, ConfigError> {
        let empty = ConfigError::OutOfRange("interval");
        let lo = match range.start_bound() {
            Bound::Included(lo) => *lo,
            Bound::Excluded(lo) => lo.checked_add(1).ok_or(empty)?,
            Bound::Unbounded => i64::MIN,
        };
        let hi = match range.end_bound() {
            Bound::Included(hi) => *hi,
            Bound::Excluded(hi) => hi.checked_sub(1).ok_or(empty)?,
            Bound::Unbounded => i64::MAX,
        };
        if lo > hi {
            return Err(empty);
        }
        Ok(Self { lo: lo.max(-i64::MAX), hi: hi.max(-i64::MAX) })
    }

    /// The same, seen from the right.
    pub(super) const fn mirrored(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }

    /// From when to when a match of an item at `ts` can be; nothing when that is out of time.
    #[inline]
    pub(super) fn around(self, ts: EventTime) -> Option<(EventTime, EventTime)> {
        let ts = ts.as_micros();
        let first = match ts.checked_add(self.lo) {
            Some(first) => first,
            None if self.lo < 0 => i64::MIN,
            None => return None,
        };
        let last = match ts.checked_add(self.hi) {
            Some(last) => last,
            None if self.hi > 0 => i64::MAX,
            None => return None,
        };
        Some((EventTime::from_micros(first), EventTime::from_micros(last)))
    }

    /// The first time whose matches reach until `ts`; nothing when that is behind the end of time.
    #[inline]
    pub(super) fn first_reaching(self, ts: EventTime) -> Option<EventTime> {
        let first = match ts.as_micros().checked_sub(self.hi) {
            Some(first) => first,
            None if self.hi > 0 => i64::MIN,
            None => return None,
        };
        Some(EventTime::from_micros(first))
    }
}

/// In microseconds, rounded down, and saturating.
const fn micros(distance: Duration) -> i64 {
    let micros = distance.as_micros();
    if micros > i64::MAX as u128 { i64::MAX } else { micros as i64 }
}

/// How many items of one side an interval join keeps for one key, unless told otherwise.
pub const DEFAULT_MAX_PER_KEY: usize = 10_000;

/// How [`interval_join_rs2`](super::JoinExt::interval_join_in_rs2) finds what belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalJoinConfig {
    /// How much later the right may be than the left.
    pub interval: Interval,
    /// How far the watermark of the left stays behind its latest item.
    pub left_delay: Duration,
    /// How far the watermark of the right stays behind its latest item.
    pub right_delay: Duration,
    /// How many items of one side are kept for one key.
    pub max_per_key: usize,
    /// At which of its two times a pair stands; between signals only.
    pub pair_time: PairTime,
    /// What becomes of the items that are kept for a side while that is idle; between signals only.
    pub when_idle: WhenIdle,
}

impl IntervalJoinConfig {
    /// Items this far apart, one delay for both sides, pairs at the time of the later one, and
    /// items that stay while the other side is idle.
    pub const fn new(interval: Interval, delay: Duration) -> Self {
        Self {
            interval,
            left_delay: delay,
            right_delay: delay,
            max_per_key: DEFAULT_MAX_PER_KEY,
            pair_time: PairTime::Later,
            when_idle: WhenIdle::Keep,
        }
    }
}

/// At which of its two times a pair stands between signals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PairTime {
    /// That of the later one: no watermark waits for it.
    #[default]
    Later,
    /// That of the earlier one: the watermark waits for the items that are kept.
    Earlier,
}

impl PairTime {
    #[inline]
    pub(super) fn of(self, one: EventTime, other: EventTime) -> EventTime {
        match self {
            Self::Later => one.max(other),
            Self::Earlier => one.min(other),
        }
    }
}

/// How [`join_with_time_window_rs2`](super::JoinExt::join_with_time_window_in_rs2) finds what
/// belongs together, and what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeJoinConfig {
    /// How far apart two items may be, in either direction.
    pub window_size: Duration,
    /// How far the watermark of each side stays behind its latest item.
    pub watermark_delay: Duration,
    /// How many items are kept, both sides together. Under the plain name only: elsewhere the
    /// memory says it.
    pub max_items: usize,
    /// How many items of one side are kept for one key.
    pub max_per_key: usize,
    /// What happens when there is no room. Under the plain name only, for the whole; the limits of
    /// a memory say it elsewhere.
    pub on_full: OnFull,
}

impl Default for TimeJoinConfig {
    /// A window of 60 seconds and a delay of 10, with at most 1,000,000 items.
    fn default() -> Self {
        Self {
            window_size: Duration::from_secs(60),
            watermark_delay: Duration::from_secs(10),
            max_items: 1_000_000,
            max_per_key: DEFAULT_MAX_PER_KEY,
            on_full: OnFull::Evict,
        }
    }
}

impl From<TimeJoinConfig> for IntervalJoinConfig {
    fn from(config: TimeJoinConfig) -> Self {
        let interval = Interval::within(config.window_size);
        let max_per_key = config.max_per_key;
        Self { max_per_key, ..Self::new(interval, config.watermark_delay) }
    }
}
