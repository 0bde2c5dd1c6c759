//! A limit on one wait for the source.

#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Instant;
use core::time::Duration;

/// Counts the time for which a source is waited for.
///
/// The source is asked once more when the time is over: a consumer that comes late finds an item
/// that has come in time.
#[derive(Debug)]
pub(super) struct Wait {
    limit: Duration,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The source has not been asked yet.
    Ahead,
    Until(Instant),
    Over,
}

impl Wait {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, state: State::Ahead }
    }

    /// From the next time the source is asked.
    #[inline]
    pub(super) fn restart(&mut self) {
        self.state = State::Ahead;
    }

    pub(super) fn stop(&mut self) {
        self.state = State::Over;
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// A wait that is ahead begins at a deadline that has always passed, and so when the stream is
    /// polled.
    #[inline]
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Ahead => Some(Instant::ORIGIN),
            State::Until(due) => Some(due),
            State::Over => None,
        }
    }

    /// Meets the deadline; whether the time is over.
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        self.state = match self.state {
            State::Ahead => State::Until(now.saturating_add(self.limit)),
            // A deadline that is due just now fires after the source was asked.
            State::Until(due) if due < now => State::Until(now),
            State::Until(_) | State::Over => State::Over,
        };
        matches!(self.state, State::Over)
    }
}

#[cfg(feature = "snapshot")]
impl Snapshot for Wait {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        let (phase, due) = match self.state {
            State::Ahead => (0_u8, None),
            State::Until(due) => (1, Some(due)),
            State::Over => (2, None),
        };
        to.put(&phase)?;
        to.put_deadline(due)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.state = match (from.take::<u8>()?, from.take_deadline()?) {
            (0, None) => State::Ahead,
            (1, Some(due)) => State::Until(due),
            (2, None) => State::Over,
            _ => return Err(from.corrupt()),
        };
        Ok(())
    }
}
