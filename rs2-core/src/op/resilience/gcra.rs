//! The generic cell rate algorithm.

use super::quota::{Arrival, Denied, Limit, Quota};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Instant;

/// The usual rate limit: a token bucket in one number, by the generic cell rate algorithm.
///
/// It needs no memory but itself, no clock and no lock. In any stretch of time it lets no more pass
/// than the burst and what the rate gives in that time.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::resilience::{Denied, Gcra, Limit, Quota};
/// use rs2_core::time::Instant;
/// let at = |millis| Instant::from_origin(Duration::from_millis(millis));
/// let mut limit = Gcra::new(Quota::per_second(10)?.with_burst(2)?);
/// assert_eq!(limit.check(2, at(0)), Ok(()));
/// assert_eq!(limit.check(1, at(1)), Err(Denied::NotYet { retry_at: at(100) }));
/// assert_eq!(limit.check(1, at(100)), Ok(()));
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
#[doc(alias = "TokenBucket")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gcra {
    quota: Quota,
    // The theoretical arrival time: when everything that has passed is paid off.
    tat: Arrival,
    // The latest time seen. A clock that steps back gives nothing for a second time.
    last: Instant,
}

impl Gcra {
    /// A limit of `quota`, with the whole burst to spend.
    pub const fn new(quota: Quota) -> Self {
        Self { quota, tat: 0, last: Instant::ORIGIN }
    }
}

impl Limit for Gcra {
    #[inline]
    fn check(&mut self, n: u32, now: Instant) -> Result<(), Denied> {
        self.last = self.last.max(now);
        self.tat = self.quota.admit(self.tat, n, self.last)?;
        Ok(())
    }

    fn capacity(&self) -> u32 {
        self.quota.burst()
    }
}

#[cfg(feature = "snapshot")]
impl Snapshot for Gcra {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("gcra", 1)?;
        // What is owed beyond the end of time is paid off at it.
        to.put_instant(super::quota::instant(self.tat))?;
        to.put_instant(self.last)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("gcra", 1)?;
        self.tat = from.take_instant()?.since_origin().as_nanos();
        self.last = from.take_instant()?;
        Ok(())
    }
}
