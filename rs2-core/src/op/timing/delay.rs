//! Every item later than it came.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Queue, Storage};
use crate::time::Instant;
#[cfg(feature = "snapshot")]
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`delay_rs2`](super::TimingExt::delay_on_rs2). What goes in is an item, or `None` at
/// the end of the source.
pub struct Delay<T, St: Storage> {
    by: Duration,
    // With when each is due.
    held: St::Queue<(Instant, T)>,
    source_ended: bool,
}

impl<T, St: Storage> Delay<T, St> {
    /// Every item `by` later, with as many on the way as the storage's capacity.
    pub fn new(storage: St, by: Duration) -> Self {
        Self { by, held: storage.queue(), source_ended: false }
    }
}

impl<T, St: Storage> Machine for Delay<T, St> {
    type In = Option<T>;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: Option<T>) -> Option<T> {
        let Some(item) = item else {
            self.source_ended = true;
            return None;
        };
        let pushed = self.held.push((now.saturating_add(self.by), item));
        debug_assert!(pushed.is_ok(), "a full queue takes no item");
        None
    }

    #[inline]
    fn on_deadline(&mut self, _now: Instant) -> Option<T> {
        self.held.pop().map(|(_, item)| item)
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.held.front().map(|(due, _)| *due)
    }

    #[inline]
    fn wants_item(&self) -> bool {
        !self.source_ended && !self.held.is_full()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.source_ended && self.held.is_empty()
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // One of those to come is the end.
        let end = usize::from(!self.source_ended);
        let held = self.held.len();
        let all = |left: usize| left.saturating_sub(end).checked_add(held);
        (all(low).unwrap_or(usize::MAX), high.and_then(all))
    }
}

holds!([T, St: Storage] Delay<T, St>, this => this.held.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for Delay<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("delay", 1)?;
        to.put(&self.source_ended)?;
        let until: Vec<i64> = self.held.iter().map(|(due, _)| to.until(*due)).collect();
        to.put_all(until.len(), until.into_iter().zip(self.held.iter().map(|(_, item)| item)))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("delay", 1)?;
        self.source_ended = from.take()?;
        let mut held: Vec<(i64, T)> = Vec::new();
        from.take_all(|item| {
            held.push(item);
            Ok(())
        })?;
        for (until, item) in held {
            let pushed = self.held.push((from.after(until), item));
            pushed.map_err(|_| SnapshotError::Full("delay"))?;
        }
        Ok(())
    }
}

impl<T, St: Storage> fmt::Debug for Delay<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delay")
            .field("by", &self.by)
            .field("held", &self.held.len())
            .field("capacity", &self.held.capacity())
            .field("source_ended", &self.source_ended)
            .finish()
    }
}
