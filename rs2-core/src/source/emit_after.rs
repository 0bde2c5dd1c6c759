//! One item after a time.

use super::{Empty, empty};
use crate::machine::{Drive, Machine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{Instant, Timer};
use core::convert::Infallible;
use core::fmt;
use core::time::Duration;

/// The stream of [`emit_after_on`].
pub type EmittedAfter<T, Ti> = Drive<Empty<Infallible>, EmitAfter<T>, Ti>;

/// The rule of [`emit_after_on`].
pub struct EmitAfter<T> {
    item: Option<T>,
    after: Duration,
    // None before the first poll.
    due: Option<Instant>,
}

/// Yields one item, `after` the first poll.
///
/// ```text
/// out  - - (x|)        after = 2 columns
/// ```
/// # Shape
/// Exactly one item.
/// # Cancel safety
/// A dropped `next()` loses nothing. Dropping the stream drops the item.
/// # Cost
/// One timer. Reads the clock once per poll.
/// # Examples
/// ```
/// # use rs2_core::{prelude::*, time::NoTimer};
/// # use std::time::Duration;
/// # futures_executor::block_on(async {
/// let word: String = emit_after_on(NoTimer, 'a', Duration::ZERO).collect_rs2().await;
/// assert_eq!(word, "a");
/// # })
/// ```
#[doc(alias = "timer")]
pub fn emit_after_on<T, Ti: Timer>(timer: Ti, item: T, after: Duration) -> EmittedAfter<T, Ti> {
    Drive::new(empty(), EmitAfter { item: Some(item), after, due: None }, timer)
}

impl<T> Machine for EmitAfter<T> {
    type In = Infallible;
    type Out = T;

    fn on_item(&mut self, _now: Instant, item: Infallible) -> Option<T> {
        match item {}
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        if self.due.is_some() {
            return self.item.take();
        }
        self.due = Some(now.saturating_add(self.after));
        None
    }

    /// Before the start a deadline that has always passed: it is met at the first poll.
    fn deadline(&self) -> Option<Instant> {
        Some(self.due.unwrap_or(Instant::ORIGIN))
    }

    /// There is nothing in the source, and its end is not that of the item.
    fn wants_item(&self) -> bool {
        false
    }

    fn is_finished(&self) -> bool {
        self.item.is_none()
    }

    fn size_hint(&self, _source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        let left = usize::from(self.item.is_some());
        (left, Some(left))
    }
}

#[cfg(feature = "snapshot")]
impl<T> Snapshot for EmitAfter<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("emit_after", 1)?;
        to.put(&self.item.is_some())?;
        to.put_deadline(self.due)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("emit_after", 1)?;
        if !from.take()? {
            self.item = None;
        }
        self.due = from.take_deadline()?;
        Ok(())
    }
}

impl<T> fmt::Debug for EmitAfter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitAfter")
            .field("after", &self.after)
            .field("due", &self.due)
            .field("is_left", &self.item.is_some())
            .finish()
    }
}
