//! When an item is a duplicate of another one.

use crate::time::EventTime;
use core::time::Duration;

/// How [`deduplicate_by_time_rs2`](super::EventTimeExt::deduplicate_by_time_in_rs2) judges;
/// [`DedupRules`] can judge by all that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DedupConfig {
    /// Items with equal keys less than this apart are duplicates. With
    /// [`EventTime::RESOLUTION`], only those at the same time are.
    pub within: Duration,
    /// How far the watermark stays behind the latest item.
    pub watermark_delay: Duration,
}

/// A [`DedupConfig`], and which items make others duplicates: those that went out, or all.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::event_time::{DedupConfig, DedupRules};
/// let minute = Duration::from_secs(60);
/// let config = DedupConfig { within: 5 * minute, watermark_delay: minute };
/// // An alarm that goes on goes out once, however long it does.
/// let rules = DedupRules::from(config).sliding();
/// # let _ = rules;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct DedupRules<M = FirstSeen> {
    pub(super) within: Duration,
    pub(super) delay: Duration,
    mode: M,
}

impl DedupRules {
    /// Judges by all that came, those too that did not go out: a key has to be quiet for `within`
    /// before its next item goes out.
    pub const fn sliding(self) -> DedupRules<Sliding> {
        DedupRules { within: self.within, delay: self.delay, mode: Sliding }
    }
}

impl From<DedupConfig> for DedupRules {
    fn from(config: DedupConfig) -> Self {
        Self { within: config.within, delay: config.watermark_delay, mode: FirstSeen }
    }
}

/// Items less than this apart, where watermarks come from elsewhere.
impl From<Duration> for DedupRules {
    fn from(within: Duration) -> Self {
        DedupConfig { within, watermark_delay: Duration::ZERO }.into()
    }
}

/// Which items make others duplicates.
pub trait DedupMode {
    /// What is remembered of the items of one key that are less than `within` apart.
    type Seen: Seen;
    /// Whether an item that does not go out is remembered as well.
    const SLIDES: bool;
    /// What a snapshot calls it.
    const NAME: &'static str;
}

/// Those that went out: each key goes out again once `within` has passed since it last did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstSeen;

/// All that came: a key goes out again once it was quiet for `within`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliding;

impl DedupMode for FirstSeen {
    type Seen = EventTime;
    const SLIDES: bool = false;
    const NAME: &'static str = "dedup_by_time";
}

impl DedupMode for Sliding {
    type Seen = (EventTime, EventTime);
    const SLIDES: bool = true;
    const NAME: &'static str = "sliding_dedup_by_time";
}

/// The times of items that came near each other.
pub trait Seen: Copy {
    /// Of one item.
    fn of(ts: EventTime) -> Self;
    /// The latest.
    fn last(self) -> EventTime;
    /// How far the nearest is from `ts`, in microseconds.
    fn distance(self, ts: i64) -> u64;
    /// With one more.
    fn add(&mut self, ts: EventTime);
}

/// One time.
impl Seen for EventTime {
    #[inline]
    fn of(ts: EventTime) -> Self {
        ts
    }

    #[inline]
    fn last(self) -> EventTime {
        self
    }

    #[inline]
    fn distance(self, ts: i64) -> u64 {
        self.as_micros().abs_diff(ts)
    }

    fn add(&mut self, _ts: EventTime) {}
}

/// The first and the last.
impl Seen for (EventTime, EventTime) {
    fn of(ts: EventTime) -> Self {
        (ts, ts)
    }

    fn last(self) -> EventTime {
        self.1
    }

    fn distance(self, ts: i64) -> u64 {
        let nearest = ts.clamp(self.0.as_micros(), self.1.as_micros());
        nearest.abs_diff(ts)
    }

    fn add(&mut self, ts: EventTime) {
        *self = (self.0.min(ts), self.1.max(ts));
    }
}
