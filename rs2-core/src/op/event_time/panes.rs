//! When windows go out, and with what.

use super::window_types::{TimeWindows, Timing};
use crate::time::EventTime;
use core::num::NonZeroU64;
use core::time::Duration;

/// What a window that goes out more than once goes out with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accumulation {
    /// All items so far, each time: the last pane is the result.
    #[default]
    Accumulating,
    /// The items that came since it last went out: all panes together are the result. A window
    /// without new items does not go out again.
    Discarding,
    /// All items so far, and before that what went out last, marked `is_retraction`: a sum over
    /// the panes stays right when those are subtracted. A window without new items does not go out
    /// again.
    Retracting,
}

/// When the windows of [`panes_by_time_rs2`](super::EventTimeExt::panes_by_time_on_rs2) go out, and
/// with what.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::event_time::{Panes, TimeWindowConfig};
/// let minute = Duration::from_secs(60);
/// let hourly = TimeWindowConfig::tumbling(60 * minute, minute)?;
/// // Results as they stand every ten seconds, then the final one.
/// let panes = Panes::of(hourly).every(Duration::from_secs(10));
/// // For each thousand items, the items themselves no more than once.
/// let batches = Panes::global().each_items(1_000).discarding();
/// # let _ = (panes, batches);
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Panes {
    pub(super) windows: Option<TimeWindows>,
    pub(super) each: Option<NonZeroU64>,
    pub(super) every: Option<Duration>,
    pub(super) accumulation: Accumulation,
}

impl Panes {
    /// Windows of event time, each of which goes out once the watermark has passed its end, and
    /// again for each late item within the allowed lateness.
    pub fn of(windows: impl Into<TimeWindows>) -> Self {
        Self { windows: Some(windows.into()), ..Self::global() }
    }

    /// One window over all time, which goes out at the end.
    pub const fn global() -> Self {
        let accumulation = Accumulation::Accumulating;
        Self { windows: None, each: None, every: None, accumulation }
    }

    /// Before its end, a window also goes out each time that it has got `items` more.
    ///
    /// # Panics
    /// When `items` is zero.
    #[cfg(feature = "alloc")]
    #[track_caller]
    pub const fn each_items(mut self, items: u64) -> Self {
        self.each = NonZeroU64::new(items);
        assert!(self.each.is_some(), "a pane needs at least one item");
        self
    }

    /// Before their end, windows with new items also go out once `period` of processing time has
    /// passed since the first of those.
    ///
    /// # Panics
    /// When `period` is zero.
    #[cfg(feature = "alloc")]
    #[track_caller]
    pub const fn every(mut self, period: Duration) -> Self {
        assert!(!period.is_zero(), "a period must be greater than zero");
        self.every = Some(period);
        self
    }

    /// Each pane has the new items only: [`Accumulation::Discarding`].
    #[cfg(feature = "alloc")]
    pub const fn discarding(mut self) -> Self {
        self.accumulation = Accumulation::Discarding;
        self
    }

    /// Each pane takes the one before it back: [`Accumulation::Retracting`].
    #[cfg(feature = "alloc")]
    pub const fn retracting(mut self) -> Self {
        self.accumulation = Accumulation::Retracting;
        self
    }

    pub(super) fn delay(&self) -> Duration {
        self.windows.map_or(Duration::ZERO, |windows| windows.config.watermark_delay)
    }

    /// Whether something has to be known of each window between its panes.
    pub(super) fn has_marks(&self) -> bool {
        let only_whole = self.accumulation == Accumulation::Accumulating;
        self.each.is_some() || self.every.is_some() || !only_whole
    }
}

/// A window of one key, and what was made of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyedWindow<K, V> {
    /// Whose it is.
    pub key: K,
    /// The first moment of the window; [`EventTime::MIN`] for a window over all time.
    pub start_time: EventTime,
    /// The first moment after it; [`EventTime::MAX`] for a window over all time.
    pub end_time: EventTime,
    /// What the aggregator made of its items.
    pub value: V,
    /// Why it went out when it did.
    pub timing: Timing,
    /// Whether it does not go out again.
    pub is_final: bool,
    /// Whether it takes back what went out before, instead of saying what is.
    pub is_retraction: bool,
}
