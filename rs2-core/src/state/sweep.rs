//! When to look for expired entries.

#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::EventTime;

/// Tells when a table whose entries expire is worth going through.
///
/// It is swept when it has doubled since the last time, and when time has passed the end of all
/// that was in it then. Each entry is thus looked at a constant number of times, no order of expiry
/// is kept, and a table is never more than twice its live size plus [`FLOOR`](Self::FLOOR).
#[derive(Debug)]
pub(crate) struct Sweep {
    at_len: usize,
    at_time: EventTime,
}

impl Sweep {
    const FLOOR: usize = 64;

    /// For entries that expire with the watermark.
    pub(crate) const fn new() -> Self {
        Self { at_len: Self::FLOOR, at_time: EventTime::MIN }
    }

    /// Whether a table of `len` entries is to be swept now.
    #[inline]
    pub(crate) fn is_due(&self, len: usize, now: EventTime) -> bool {
        len >= self.at_len || (now >= self.at_time && len > 0)
    }

    /// Notes a sweep that left `len` entries, all of them expired at `all_expired`.
    pub(crate) fn done(&mut self, len: usize, all_expired: EventTime) {
        self.at_len = (2 * len).max(Self::FLOOR);
        self.at_time = all_expired;
    }
}

#[cfg(feature = "snapshot")]
impl Snapshot for Sweep {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&(self.at_len as u64, self.at_time))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let (at_len, at_time): (u64, EventTime) = from.take()?;
        self.at_len = usize::try_from(at_len).unwrap_or(usize::MAX);
        self.at_time = at_time;
        Ok(())
    }
}
