//! How windows are laid, and what they yield.

use crate::error::ConfigError;
use crate::time::EventTime;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::time::Duration;

/// How windows are laid over event time: each `slide_interval`, counted from the epoch, one of
/// length `window_size` begins. Equal lengths give tumbling windows. [`offset`](Self::offset)
/// counts them from another moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindowConfig {
    /// The length of a window. Its start belongs to it, its end does not.
    pub window_size: Duration,
    /// From one window's start to the next.
    pub slide_interval: Duration,
    /// How far the watermark stays behind the latest item.
    pub watermark_delay: Duration,
    /// How long a window is kept after it went out. An item that comes within it lets the window
    /// go out again, marked [`Timing::Late`].
    pub allowed_lateness: Duration,
}

impl TimeWindowConfig {
    /// Windows without allowed lateness.
    ///
    /// # Errors
    /// When a length is shorter than a microsecond, or `slide_interval` is longer than
    /// `window_size`, which would leave items that belong to no window.
    pub fn new(
        window_size: Duration,
        slide_interval: Duration,
        watermark_delay: Duration,
    ) -> Result<Self, ConfigError> {
        let config =
            Self { window_size, slide_interval, watermark_delay, allowed_lateness: Duration::ZERO };
        config.validate()?;
        Ok(config)
    }

    /// Windows of one length, one after the other.
    ///
    /// # Errors
    /// When the length is shorter than a microsecond.
    pub fn tumbling(size: Duration, watermark_delay: Duration) -> Result<Self, ConfigError> {
        Self::new(size, size, watermark_delay)
    }

    /// Windows that are counted from so much after the epoch: one begins there. As the windows
    /// repeat each `slide_interval`, an offset of any length is one shorter than that.
    ///
    /// It is for days, or weeks, of a zone that has the same time all year. Days with summer time,
    /// and months, are buckets of the calendar (`CalendarBuckets` of rs2-std, for
    /// [`buckets_by_time_rs2`](crate::op::AnalyticsExt::buckets_by_time_in_rs2)).
    ///
    /// ```
    /// use core::time::Duration;
    /// use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*};
    /// # futures_executor::block_on(async {
    /// // Days in India, five and a half hours before those of UTC: they begin at 18:30.
    /// let hour = Duration::from_secs(3_600);
    /// let begin = 24 * hour - (5 * hour + hour / 2);
    /// let days = TimeWindowConfig::tumbling(24 * hour, Duration::ZERO)?.offset(begin);
    /// let counts: Vec<(EventTime, u64)> = from_iter([18, 19, 20])
    ///     .aggregate_by_time_rs2(days, |hours| EventTime::from_secs(hours * 3_600), Count)
    ///     .map_rs2(|day| (day.start_time, day.value))
    ///     .collect_rs2()
    ///     .await;
    /// let half_past_six = EventTime::EPOCH.saturating_add(begin);
    /// assert_eq!(counts, [(half_past_six.saturating_sub(24 * hour), 1), (half_past_six, 2)]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    pub fn offset(self, offset: Duration) -> TimeWindows {
        // A slide of nothing is refused where an operator is made of it.
        let slide = micros(self.slide_interval).max(1).unsigned_abs();
        let offset = i64::try_from(offset.as_micros() % u128::from(slide));
        TimeWindows { config: self, offset: offset.expect("it is less than the slide") }
    }

    /// Whether the settings can work, as [`new`](Self::new) says.
    ///
    /// # Errors
    /// The setting that cannot.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.window_size < EventTime::RESOLUTION {
            return Err(ConfigError::Zero("window_size"));
        }
        if self.slide_interval < EventTime::RESOLUTION {
            return Err(ConfigError::Zero("slide_interval"));
        }
        if self.slide_interval > self.window_size {
            return Err(ConfigError::Exceeds("slide_interval", "window_size"));
        }
        Ok(())
    }
}

/// A [`TimeWindowConfig`], and where the windows begin: at the epoch, or
/// [an offset](TimeWindowConfig::offset) after it. What takes windows takes either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct TimeWindows {
    pub(super) config: TimeWindowConfig,
    // In microseconds, less than the slide.
    pub(super) offset: i64,
}

impl From<TimeWindowConfig> for TimeWindows {
    fn from(config: TimeWindowConfig) -> Self {
        Self { config, offset: 0 }
    }
}

/// A length of event time; one that is longer than that is as long.
pub(super) fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

/// One minute, tumbling, ten seconds of delay, no lateness.
impl Default for TimeWindowConfig {
    fn default() -> Self {
        Self {
            window_size: Duration::from_secs(60),
            slide_interval: Duration::from_secs(60),
            watermark_delay: Duration::from_secs(10),
            allowed_lateness: Duration::ZERO,
        }
    }
}

/// Why a window went out when it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Timing {
    /// Before its end, because a trigger said so.
    Early,
    /// The watermark reached its end, or all inputs ended.
    OnTime,
    /// It had gone out before; an item came within the allowed lateness.
    Late,
    /// It had to make room.
    Forced,
}

/// A window and its items, in the order of their time, equal times in the order of arrival.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeWindow<T> {
    /// The first moment of the window.
    pub start_time: EventTime,
    /// The first moment after it.
    pub end_time: EventTime,
    /// Its items; an operator yields no empty window.
    pub events: Vec<T>,
    /// Why it went out when it did.
    pub timing: Timing,
    /// Whether it does not go out again.
    pub is_final: bool,
}

#[cfg(feature = "alloc")]
impl<T> TimeWindow<T> {
    /// An empty window, for code that fills windows of its own.
    pub fn new(start_time: impl Into<EventTime>, end_time: impl Into<EventTime>) -> Self {
        Self {
            start_time: start_time.into(),
            end_time: end_time.into(),
            events: Vec::new(),
            timing: Timing::OnTime,
            is_final: false,
        }
    }

    /// Adds an item at the end.
    pub fn add_event(&mut self, event: T) {
        self.events.push(event);
    }

    /// Whether `watermark` has reached the end of the window: no item of it is waited for.
    pub fn is_complete(&self, watermark: impl Into<EventTime>) -> bool {
        self.end_time <= watermark.into()
    }
}

/// A window and what was made of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowValue<V> {
    /// The first moment of the window.
    pub start_time: EventTime,
    /// The first moment after it.
    pub end_time: EventTime,
    /// What the aggregator made of its items.
    pub value: V,
    /// Why it went out when it did.
    pub timing: Timing,
    /// Whether it does not go out again.
    pub is_final: bool,
}

#[cfg(feature = "alloc")]
impl<T> From<WindowValue<Vec<T>>> for TimeWindow<T> {
    fn from(window: WindowValue<Vec<T>>) -> Self {
        Self {
            start_time: window.start_time,
            end_time: window.end_time,
            events: window.value,
            timing: window.timing,
            is_final: window.is_final,
        }
    }
}
