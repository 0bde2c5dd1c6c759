//! What a snapshot is read from.

use super::SnapshotError;
use crate::time::Instant;
use alloc::string::ToString;
use serde::Deserialize;

/// Values that take no bytes, such as `()`, are read at most so often in a row.
const MOST_WITHOUT_BYTES: u32 = 1 << 20;

/// Gives the state of one operator after the other.
#[derive(Debug)]
pub struct Reader<'a> {
    left: &'a [u8],
    now: Instant,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, now: Instant::ORIGIN }
    }

    pub(super) fn finish(self) -> Result<(), SnapshotError> {
        if self.left.is_empty() { Ok(()) } else { Err(self.corrupt()) }
    }

    /// What to answer when a value can be read but makes no sense.
    pub fn corrupt(&self) -> SnapshotError {
        SnapshotError::Corrupt { left: self.left.len() }
    }

    /// Checks that the state of an operator of this kind begins here, in this version.
    ///
    /// # Errors
    /// [`SnapshotError::Kind`] and [`SnapshotError::Version`] when another one does.
    pub fn begin(&mut self, kind: &'static str, version: u16) -> Result<(), SnapshotError> {
        let found: &str = self.take()?;
        if found != kind {
            return Err(SnapshotError::Kind { found: found.to_string(), expected: kind });
        }
        match self.take::<u16>()? {
            found if found == version => Ok(()),
            found => Err(SnapshotError::Version { of: kind, found, known: version }),
        }
    }

    /// Sets the time that instants are read relative to: that of the operator's own clock.
    pub fn at(&mut self, now: Instant) {
        self.now = now;
    }

    /// Reads a value.
    ///
    /// # Errors
    /// [`SnapshotError::Corrupt`] when none of this type stands here.
    pub fn take<V: Deserialize<'a>>(&mut self) -> Result<V, SnapshotError> {
        let (value, left) = postcard::take_from_bytes(self.left).map_err(|_| self.corrupt())?;
        self.left = left;
        Ok(value)
    }

    /// Reads each of the values that [`Writer::put_all`](super::Writer::put_all) has written.
    ///
    /// # Errors
    /// [`SnapshotError::Corrupt`] when there are fewer, and whatever `each` answers.
    pub fn take_all<V: Deserialize<'a>>(
        &mut self,
        mut each: impl FnMut(V) -> Result<(), SnapshotError>,
    ) -> Result<(), SnapshotError> {
        let mut without_bytes = 0;
        for _ in 0..self.take::<u64>()? {
            let left = self.left.len();
            each(self.take()?)?;
            // Their number is all that there is of such values, and a broken one has no end.
            without_bytes += u32::from(self.left.len() == left);
            if without_bytes > MOST_WITHOUT_BYTES {
                return Err(self.corrupt());
            }
        }
        Ok(())
    }

    /// Reads an instant; one before the origin of this clock becomes the origin.
    ///
    /// # Errors
    /// [`SnapshotError::Corrupt`] when none stands here.
    pub fn take_instant(&mut self) -> Result<Instant, SnapshotError> {
        let until = self.take()?;
        Ok(self.after(until))
    }

    /// Reads an instant, if one was written.
    ///
    /// # Errors
    /// [`SnapshotError::Corrupt`] when none stands here.
    pub fn take_deadline(&mut self) -> Result<Option<Instant>, SnapshotError> {
        let until: Option<i64> = self.take()?;
        Ok(until.map(|until| self.after(until)))
    }

    /// The instant so many nanoseconds from now: what [`Writer::until`](super::Writer::until) told.
    pub fn after(&self, until: i64) -> Instant {
        if until == i64::MAX {
            return Instant::FAR_FUTURE;
        }
        let now = self.now.since_origin().as_nanos() as u64;
        Instant::from_nanos(now.saturating_add_signed(until))
    }
}
