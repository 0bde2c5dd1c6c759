//! How much may pass, and what is said to what may not.

use crate::error::ConfigError;
use crate::time::Instant;
use core::error::Error;
use core::fmt;
use core::time::Duration;

/// So many for each period, and how many of them at once after a pause.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::resilience::Quota;
/// let quota = Quota::new(600, Duration::from_secs(60))?.with_burst(20)?;
/// assert_eq!(quota.gap(), Duration::from_millis(100));
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    gap: Duration,
    burst: u32,
}

impl Quota {
    /// `limit` for each `period`, all of them at once after a pause.
    ///
    /// Where the period is no multiple of the limit, the gap between two is rounded up to the next
    /// nanosecond, so that the limit is never exceeded.
    ///
    /// # Errors
    /// When `limit` or `period` is zero.
    pub fn new(limit: u32, period: Duration) -> Result<Self, ConfigError> {
        if limit == 0 {
            return Err(ConfigError::Zero("limit"));
        }
        if period.is_zero() {
            return Err(ConfigError::Zero("period"));
        }
        let gap = period.as_nanos().div_ceil(u128::from(limit));
        let gap = Duration::from_nanos(u64::try_from(gap).unwrap_or(u64::MAX));
        Ok(Self { gap, burst: limit })
    }

    /// `limit` for each second, all of them at once after a pause.
    ///
    /// # Errors
    /// When `limit` is zero.
    pub fn per_second(limit: u32) -> Result<Self, ConfigError> {
        Self::new(limit, Duration::from_secs(1))
    }

    /// At most `burst` at once.
    ///
    /// # Errors
    /// When `burst` is zero.
    pub fn with_burst(self, burst: u32) -> Result<Self, ConfigError> {
        if burst == 0 {
            return Err(ConfigError::Zero("burst"));
        }
        Ok(Self { burst, ..self })
    }

    /// The time for which one that passes is paid off.
    pub fn gap(&self) -> Duration {
        self.gap
    }

    /// How many may pass at once.
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// Whether `n` may pass at `now` where the theoretical arrival time, at which everything that
    /// passed is paid off, is `tat`; the arrival time after them if so.
    ///
    /// Allowed when `now >= tat + (n - 1) gap - (burst - 1) gap`. Compared with the subtraction on
    /// the other side, so that nothing wraps.
    #[inline]
    pub(super) fn admit(&self, tat: Arrival, n: u32, now: Instant) -> Result<Arrival, Denied> {
        if n == 0 {
            return Ok(tat);
        }
        if n > self.burst {
            return Err(Denied::InsufficientCapacity { capacity: self.burst });
        }
        let gap = self.gap.as_nanos();
        let early = gap * u128::from(self.burst - n);
        let now = now.since_origin().as_nanos();
        if now + early >= tat {
            return Ok(tat.max(now) + gap * u128::from(n));
        }
        Err(Denied::NotYet { retry_at: instant(tat - early) })
    }
}

/// Nanoseconds after the origin. More bits than an instant has: what a burst of long gaps owes can
/// lie beyond the end of time, and must count there too.
pub(super) type Arrival = u128;

/// The instant, or the end of time where it lies beyond.
pub(super) fn instant(arrival: Arrival) -> Instant {
    u64::try_from(arrival).map_or(Instant::FAR_FUTURE, Instant::from_nanos)
}

/// Why something may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denied {
    /// Not before that instant, and then only if nothing else passes in between.
    NotYet {
        /// When to ask again.
        retry_at: Instant,
    },
    /// Never: so many do not pass at once.
    InsufficientCapacity {
        /// How many do.
        capacity: u32,
    },
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet { .. } => f.write_str("over the limit for now"),
            Self::InsufficientCapacity { capacity } => {
                write!(f, "at most {capacity} may pass at once")
            }
        }
    }
}

impl Error for Denied {}

/// A rule that says what may pass now.
pub trait Limit {
    /// Lets `n` pass at `now`, all or none.
    ///
    /// # Errors
    /// [`Denied`] when they may not; nothing has then changed. The instant it names is later than
    /// `now`. [`Denied::InsufficientCapacity`] is the answer when `n` is above the
    /// [`capacity`](Self::capacity), and only then: who waits for fewer than that would panic.
    fn check(&mut self, n: u32, now: Instant) -> Result<(), Denied>;

    /// How many may pass at once. It does not change.
    fn capacity(&self) -> u32;
}
