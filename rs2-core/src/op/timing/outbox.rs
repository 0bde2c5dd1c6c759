//! Items at a distance from each other, the newest of those that wait.

use crate::machine::{Machine, holds};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, OnFull};
use crate::store::{Full, Queue, Storage};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`spaced_in_on_rs2`](super::TimingExt::spaced_in_on_rs2). What goes in is an item,
/// or `None` at the end of the source.
pub struct Outbox<T, St: Storage> {
    gap: Duration,
    waiting: St::Queue<T>,
    on_full: OnFull,
    losses: Losses,
    // From when on an item may go out.
    open_at: Instant,
    // The source has ended, or nothing of it is wanted any more.
    source_ended: bool,
}

impl<T, St: Storage> Outbox<T, St> {
    /// One item for each `gap`. As many wait as the storage's capacity.
    pub fn new(limits: Limits<St>, gap: Duration) -> Self {
        let Limits { storage, on_full, losses } = limits;
        let (waiting, open_at) = (storage.queue(), Instant::ORIGIN);
        Self { gap, waiting, on_full, losses, open_at, source_ended: false }
    }

    /// There is no room for an item.
    #[cold]
    fn overflow(&mut self, item: T) {
        match self.on_full {
            OnFull::Evict => {
                self.losses.count(Loss::Evicted);
                self.waiting.pop();
                let pushed = self.waiting.push(item);
                debug_assert!(pushed.is_ok(), "there is room now");
            }
            OnFull::Reject => self.losses.count(Loss::Full),
            OnFull::Stop => {
                self.losses.stop();
                self.waiting.clear();
                self.source_ended = true;
            }
        }
    }
}

impl<T, St: Storage> Machine for Outbox<T, St> {
    type In = Option<T>;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: Option<T>) -> Option<T> {
        let Some(item) = item else {
            self.source_ended = true;
            return None;
        };
        // The deadline is for what waits, and comes up after what arrives at the same instant.
        let next = if now >= self.open_at { self.on_deadline(now) } else { None };
        if now >= self.open_at && next.is_none() {
            self.open_at = now.saturating_add(self.gap);
            return Some(item);
        }
        if let Err(Full(item)) = self.waiting.push(item) {
            self.overflow(item);
        }
        next
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        let next = self.waiting.pop()?;
        self.open_at = now.saturating_add(self.gap);
        Some(next)
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.waiting.front().map(|_| self.open_at)
    }

    #[inline]
    fn wants_item(&self) -> bool {
        !self.source_ended
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.source_ended && self.waiting.is_empty()
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // One of those to come is the end.
        let end = usize::from(!self.source_ended);
        let waiting = self.waiting.len();
        let low = if self.on_full == OnFull::Stop && !self.source_ended { 0 } else { waiting };
        (low, high.and_then(|high| high.saturating_sub(end).checked_add(waiting)))
    }
}

impl<T, St: Storage> Reports for Outbox<T, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T, St: Storage] Outbox<T, St>, this => this.waiting.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for Outbox<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("outbox", 1)?;
        to.put(&self.source_ended)?;
        to.put_instant(self.open_at)?;
        to.put_all(self.waiting.len(), self.waiting.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("outbox", 1)?;
        self.source_ended = from.take()?;
        self.open_at = from.take_instant()?;
        from.take_all(|item| {
            let pushed = self.waiting.push(item);
            pushed.map_err(|_| SnapshotError::Full("outbox"))
        })
    }
}

impl<T, St: Storage> fmt::Debug for Outbox<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("gap", &self.gap)
            .field("waiting", &self.waiting.len())
            .field("capacity", &self.waiting.capacity())
            .field("open_at", &self.open_at)
            .field("source_ended", &self.source_ended)
            .field("losses", &self.losses)
            .finish()
    }
}
