//! What a snapshot is written to.

use super::SnapshotError;
use crate::time::Instant;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::mem;
use serde::Serialize;

/// Takes the state of one operator after the other.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    now: Instant,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Begins the state of an operator of this kind, in this version of its layout.
    ///
    /// # Errors
    /// None of its own.
    pub fn begin(&mut self, kind: &'static str, version: u16) -> Result<(), SnapshotError> {
        self.put(kind)?;
        self.put(&version)
    }

    /// Sets the time that instants are written relative to: that of the operator's own clock.
    pub fn at(&mut self, now: Instant) {
        self.now = now;
    }

    /// The time that instants are written relative to.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Writes a value.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] when it does not let itself be serialised.
    pub fn put<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), SnapshotError> {
        let before = mem::take(&mut self.bytes);
        let bytes = postcard::to_extend(value, before);
        self.bytes = bytes.map_err(|error| SnapshotError::Refused(error.to_string()))?;
        Ok(())
    }

    /// Writes how many values there are, and each of them.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] when one does not let itself be serialised.
    pub fn put_all<V: Serialize>(
        &mut self,
        len: usize,
        values: impl IntoIterator<Item = V>,
    ) -> Result<(), SnapshotError> {
        self.put(&(len as u64))?;
        let mut written = 0;
        for value in values {
            self.put(&value)?;
            written += 1;
        }
        debug_assert_eq!(written, len, "as many values as were announced");
        Ok(())
    }

    /// Writes an instant as the time from now until it.
    ///
    /// # Errors
    /// None of its own.
    pub fn put_instant(&mut self, instant: Instant) -> Result<(), SnapshotError> {
        self.put(&self.until(instant))
    }

    /// Writes an instant, if there is one.
    ///
    /// # Errors
    /// None of its own.
    pub fn put_deadline(&mut self, deadline: Option<Instant>) -> Result<(), SnapshotError> {
        self.put(&deadline.map(|deadline| self.until(deadline)))
    }

    /// Nanoseconds from now, negative when it has passed. For ever stays for ever.
    pub fn until(&self, instant: Instant) -> i64 {
        if instant == Instant::FAR_FUTURE {
            return i64::MAX;
        }
        let nanos = |from: Instant, to: Instant| {
            i64::try_from(to.saturating_since(from).as_nanos()).unwrap_or(i64::MAX)
        };
        if instant >= self.now { nanos(self.now, instant) } else { -nanos(instant, self.now) }
    }
}
