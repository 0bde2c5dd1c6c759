//! The time that the data carries.

use core::error::Error;
use core::fmt;
use core::time::Duration;

/// When something happened, as the data says: microseconds since the Unix epoch, negative before.
///
/// Arithmetic saturates, so that the watermark of a stream can never wrap. The `checked_*` forms
/// tell when a value is out of range.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::time::EventTime;
/// let t = EventTime::from_millis(-1_500);
/// assert_eq!(t.floor_to(Duration::from_secs(1)), EventTime::from_millis(-2_000));
/// assert_eq!(t.saturating_add(Duration::from_secs(2)).as_millis(), 500);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct EventTime {
    micros: i64,
}

/// A time that does not fit into [`EventTime`], or not into the type asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOutOfRange;

impl EventTime {
    /// Earlier than everything: the watermark before the first event.
    pub const MIN: Self = Self { micros: i64::MIN };
    /// Later than everything: the watermark once all inputs have ended.
    pub const MAX: Self = Self { micros: i64::MAX };
    /// 1970-01-01 00:00:00 UTC.
    pub const EPOCH: Self = Self { micros: 0 };
    /// The smallest step between two times.
    pub const RESOLUTION: Duration = Duration::from_micros(1);

    /// The time `micros` microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// The time `millis` milliseconds after the epoch, saturating.
    pub const fn from_millis(millis: i64) -> Self {
        Self { micros: millis.saturating_mul(1_000) }
    }

    /// The time `secs` seconds after the epoch, saturating.
    pub const fn from_secs(secs: i64) -> Self {
        Self { micros: secs.saturating_mul(1_000_000) }
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.micros
    }

    /// Whole milliseconds since the epoch, rounded down, below zero too.
    pub const fn as_millis(self) -> i64 {
        self.micros.div_euclid(1_000)
    }

    /// This time and `duration` later, at most [`MAX`](Self::MAX).
    #[must_use]
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self { micros: self.micros.saturating_add(micros(duration)) }
    }

    /// This time and `duration` earlier, at least [`MIN`](Self::MIN).
    #[must_use]
    pub const fn saturating_sub(self, duration: Duration) -> Self {
        Self { micros: self.micros.saturating_sub(micros(duration)) }
    }

    /// This time and `duration` later, or nothing when that is out of range.
    pub const fn checked_add(self, duration: Duration) -> Option<Self> {
        match self.micros.checked_add(micros(duration)) {
            Some(micros) => Some(Self { micros }),
            None => None,
        }
    }

    /// The time from `earlier` to this one, zero when it is not earlier.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        if self.micros <= earlier.micros {
            return Duration::ZERO;
        }
        Duration::from_micros(self.micros.abs_diff(earlier.micros))
    }

    /// The largest multiple of `step` that is not later, counted from the epoch, below zero too.
    ///
    /// # Panics
    /// When `step` is shorter than a microsecond.
    #[must_use]
    #[track_caller]
    pub const fn floor_to(self, step: Duration) -> Self {
        let step = micros(step);
        assert!(step > 0, "a step of time must be at least a microsecond");
        Self { micros: self.micros.saturating_sub(self.micros.rem_euclid(step)) }
    }
}

/// A duration in microseconds, rounded down, saturating.
const fn micros(duration: Duration) -> i64 {
    let micros = duration.as_micros();
    if micros > i64::MAX as u128 { i64::MAX } else { micros as i64 }
}

impl fmt::Debug for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::MIN => f.write_str("-inf"),
            Self::MAX => f.write_str("+inf"),
            Self { micros } => write!(f, "{micros}us"),
        }
    }
}

impl fmt::Display for TimeOutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time out of range")
    }
}

impl Error for TimeOutOfRange {}

#[cfg(feature = "std")]
mod system_time {
    use super::{EventTime, TimeOutOfRange, micros};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    /// Saturates: a `SystemTime` can hold more than 292,000 years.
    impl From<SystemTime> for EventTime {
        fn from(time: SystemTime) -> Self {
            match time.duration_since(UNIX_EPOCH) {
                Ok(after) => Self::from_micros(micros(after)),
                Err(before) => {
                    let before = before.duration();
                    let whole = micros(before);
                    let part = before.subsec_nanos() % 1_000 != 0;
                    Self::from_micros(whole.saturating_neg().saturating_sub(i64::from(part)))
                }
            }
        }
    }

    impl TryFrom<EventTime> for SystemTime {
        type Error = TimeOutOfRange;
        fn try_from(time: EventTime) -> Result<Self, TimeOutOfRange> {
            let distance = Duration::from_micros(time.as_micros().unsigned_abs());
            let found = if time < EventTime::EPOCH {
                UNIX_EPOCH.checked_sub(distance)
            } else {
                UNIX_EPOCH.checked_add(distance)
            };
            found.ok_or(TimeOutOfRange)
        }
    }
}
