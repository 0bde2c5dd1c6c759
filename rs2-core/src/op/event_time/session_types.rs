//! How sessions are told apart, and what they yield.

use super::session_gap::{GapOf, SameGap};
use super::window_types::{Timing, micros};
use crate::time::EventTime;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::time::Duration;

/// How [`session_by_time_rs2`](super::EventTimeExt::session_by_time_in_rs2) separates sessions;
/// [`SessionRules`] has further settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionConfig {
    /// Items of one key less than this apart belong together; exactly this far apart they do not.
    pub gap: Duration,
    /// How far the watermark stays behind the latest item.
    pub watermark_delay: Duration,
}

/// A [`SessionConfig`] with allowed lateness, with a longest session, or with gaps that the items
/// tell.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::event_time::{SessionConfig, SessionRules};
/// let minute = Duration::from_secs(60);
/// let config = SessionConfig { gap: 30 * minute, watermark_delay: minute };
/// let rules = SessionRules::from(config).allowed_lateness(10 * minute).at_most(24 * 60 * minute);
/// # let _ = rules;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct SessionRules<P = SameGap> {
    pub(super) gaps: P,
    pub(super) delay: Duration,
    lateness: Duration,
    is_inclusive: bool,
    max_length: Option<Duration>,
    pub(super) is_retracting: bool,
}

impl From<SessionConfig> for SessionRules {
    fn from(config: SessionConfig) -> Self {
        Self::new(SameGap::new(config.gap), config.watermark_delay)
    }
}

/// Sessions with this gap, where watermarks come from elsewhere.
impl From<Duration> for SessionRules {
    fn from(gap: Duration) -> Self {
        SessionConfig { gap, watermark_delay: Duration::ZERO }.into()
    }
}

impl<F> SessionRules<GapOf<F>> {
    /// Sessions that stay open after an item for as long as that item says: the next one belongs to
    /// it when it is less than that later. What an item reaches is one session, also where others
    /// stand between. A gap shorter than a microsecond counts as one.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::SessionRules, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// // A film may be watched for long without a click.
    /// let patience = |click: &(&str, i64)| match click.0 {
    ///     "film" => Duration::from_secs(7_200),
    ///     _ => Duration::from_secs(60),
    /// };
    /// let clicks = [("page", 0), ("film", 30), ("page", 4_000), ("page", 9_000)];
    /// let visits: Vec<usize> = from_iter(clicks)
    ///     .session_by_time_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         SessionRules::gap_of(patience),
    ///         |_| "ann",
    ///         |click| EventTime::from_secs(click.1),
    ///     )
    ///     .map_rs2(|visit| visit.value.len())
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(visits, [3, 1]);
    /// # })
    /// ```
    pub const fn gap_of<T>(gap: F) -> Self
    where
        F: FnMut(&T) -> Duration,
    {
        Self::new(GapOf(gap), Duration::ZERO)
    }

    /// Lets the watermark stay so far behind the latest item.
    pub const fn watermark_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

impl<P> SessionRules<P> {
    const fn new(gaps: P, delay: Duration) -> Self {
        Self {
            gaps,
            delay,
            lateness: Duration::ZERO,
            is_inclusive: false,
            max_length: None,
            is_retracting: false,
        }
    }

    /// Takes items that are up to `lateness` behind the watermark, and keeps sessions as long. A
    /// session that went out goes out again, in full, with each item that joins it, marked
    /// [`Timing::Late`]; [`Session::merged_from`] tells what it replaces, and
    /// `retracting` takes that back.
    pub const fn allowed_lateness(mut self, lateness: Duration) -> Self {
        self.lateness = lateness;
        self
    }

    /// Takes sessions back that a late item changes: each of those that went out before goes out
    /// once more, as it was, marked [`is_retraction`](Session::is_retraction), and then the one
    /// that replaces them. A sum over the sessions stays right when what is taken back is
    /// subtracted. What went out is kept for as long as it may change.
    #[cfg(feature = "alloc")]
    pub const fn retracting(mut self) -> Self {
        self.is_retracting = true;
        self
    }

    /// Items that are exactly the gap apart belong together as well.
    pub const fn gap_inclusive(mut self) -> Self {
        self.is_inclusive = true;
        self
    }

    /// Lets no session become longer, from its first item to its last: one that an item would
    /// continue beyond that goes out at once, marked [`Timing::Forced`] and counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted), and the item begins another. Two that an
    /// item would join to a longer one stay apart. What sessions there are then depends on the
    /// order in which items come.
    pub const fn at_most(mut self, length: Duration) -> Self {
        self.max_length = Some(length);
        self
    }

    /// What an inclusive gap is longer by than one that is not, in microseconds.
    pub(super) fn inclusion(&self) -> i64 {
        i64::from(self.is_inclusive)
    }

    pub(super) fn lateness_micros(&self) -> i64 {
        micros(self.lateness)
    }

    pub(super) fn max_length_micros(&self) -> u64 {
        let longest = |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        self.max_length.map_or(u64::MAX, longest)
    }
}

/// A run of activity of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session<K, V> {
    /// Whose it is.
    pub key: K,
    /// The time of its first item.
    pub start_time: EventTime,
    /// The time of its last item.
    pub end_time: EventTime,
    /// What the aggregator made of its items.
    pub value: V,
    /// Why it went out when it did.
    pub timing: Timing,
    /// Whether it does not go out again.
    pub is_final: bool,
    /// Whether it takes back what went out before, instead of saying what is: see
    /// `SessionRules::retracting`.
    pub is_retraction: bool,
    /// The start times of the sessions of this key that went out before and that this one replaces:
    /// a late item continued it, or joined it to another. In no particular order.
    #[cfg(feature = "alloc")]
    pub merged_from: Vec<EventTime>,
}
