//! At most so many in any stretch of time.

use super::quota::{Denied, Limit};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Log;
use crate::store::Storage;
use crate::time::{Instant, Span};
#[cfg(feature = "snapshot")]
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// The exact limit: in no stretch of time as long as `window` more than the storage's capacity.
///
/// It remembers when each of the last ones passed. [`Gcra`](super::Gcra) needs one instant instead,
/// but lets up to a burst more pass in a window.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::resilience::{Denied, Limit, SlidingLog};
/// use rs2_core::{store::Heap, time::Instant};
/// let at = |secs| Instant::from_origin(Duration::from_secs(secs));
/// let mut limit = SlidingLog::new(&Heap::bounded(2), Duration::from_secs(60));
/// assert!(limit.check(1, at(0)).is_ok() && limit.check(1, at(50)).is_ok());
/// assert_eq!(limit.check(1, at(59)), Err(Denied::NotYet { retry_at: at(60) }));
/// assert_eq!(limit.check(2, at(60)), Err(Denied::NotYet { retry_at: at(110) }));
/// ```
pub struct SlidingLog<St: Storage> {
    window: Span,
    // When each that passed within the window did, oldest first.
    passed: Log<St::Queue<Instant>>,
    last: Instant,
}

impl<St: Storage> SlidingLog<St> {
    /// At most as many as the storage's capacity in any `window`.
    pub fn new(storage: &St, window: Duration) -> Self {
        Self { window: Span::of(window), passed: Log::new(storage.queue()), last: Instant::ORIGIN }
    }
}

impl<St: Storage> Limit for SlidingLog<St> {
    fn check(&mut self, n: u32, now: Instant) -> Result<(), Denied> {
        self.last = self.last.max(now);
        let now = self.last;
        let capacity = self.capacity();
        if n > capacity {
            return Err(Denied::InsufficientCapacity { capacity });
        }
        let admitted = self.passed.admit(n as usize, self.window, now);
        admitted.map_err(|retry_at| Denied::NotYet { retry_at })
    }

    fn capacity(&self) -> u32 {
        u32::try_from(self.passed.capacity()).unwrap_or(u32::MAX)
    }
}

#[cfg(feature = "snapshot")]
impl<St: Storage> Snapshot for SlidingLog<St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sliding_log", 1)?;
        to.put_instant(self.last)?;
        let passed: Vec<i64> = self.passed.iter().map(|at| to.until(at)).collect();
        to.put_all(passed.len(), passed)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sliding_log", 1)?;
        self.last = from.take_instant()?;
        let mut passed: Vec<i64> = Vec::new();
        from.take_all(|until| {
            passed.push(until);
            Ok(())
        })?;
        for until in passed {
            let pushed = self.passed.add(from.after(until));
            pushed.map_err(|_| SnapshotError::Full("sliding_log"))?;
        }
        Ok(())
    }
}

impl<St: Storage> fmt::Debug for SlidingLog<St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlidingLog")
            .field("window", &self.window)
            .field("passed", &self.passed.len())
            .field("capacity", &self.passed.capacity())
            .finish()
    }
}
