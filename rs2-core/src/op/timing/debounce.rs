//! The last item of each burst.

use crate::machine::{Machine, holds};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`debounce_rs2`](super::TimingExt::debounce_on_rs2).
pub struct Debounce<T> {
    quiet: Duration,
    max_wait: Duration,
    held: Option<Held<T>>,
    losses: Losses,
}

struct Held<T> {
    item: T,
    due: Instant,
    // When it must go out even if further items come.
    latest: Instant,
}

impl<T> Debounce<T> {
    /// The last item of each burst, once `quiet` has passed; the others are counted in `losses`.
    pub fn new(quiet: Duration, losses: Losses) -> Self {
        Self { quiet, max_wait: Duration::MAX, held: None, losses }
    }

    /// Lets no burst last longer than `max_wait`.
    #[must_use]
    pub fn with_max_wait(self, max_wait: Duration) -> Self {
        Self { max_wait, ..self }
    }

    fn release(&mut self) -> Option<T> {
        self.held.take().map(|held| held.item)
    }
}

impl<T> Machine for Debounce<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if self.quiet.is_zero() {
            return Some(item);
        }
        let latest = match &self.held {
            Some(held) => {
                self.losses.count(Loss::Suppressed);
                held.latest
            }
            None => now.saturating_add(self.max_wait),
        };
        let due = now.saturating_add(self.quiet).min(latest);
        self.held = Some(Held { item, due, latest });
        None
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<T> {
        self.release()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.release()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.held.as_ref().map(|held| held.due)
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = usize::from(self.held.is_some());
        (low.saturating_add(held).min(1), high.and_then(|high| high.checked_add(held)))
    }
}

impl<T> Reports for Debounce<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T] Debounce<T>, this => usize::from(this.held.is_some()));

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned> Snapshot for Debounce<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("debounce", 1)?;
        let held = self.held.as_ref();
        to.put(&held.map(|held| (&held.item, to.until(held.due), to.until(held.latest))))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("debounce", 1)?;
        let held: Option<(T, i64, i64)> = from.take()?;
        self.held = held.map(|(item, due, latest)| Held {
            item,
            due: from.after(due),
            latest: from.after(latest),
        });
        Ok(())
    }
}

impl<T> fmt::Debug for Debounce<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Debounce")
            .field("quiet", &self.quiet)
            .field("max_wait", &self.max_wait)
            .field("due", &self.held.as_ref().map(|held| held.due))
            .field("losses", &self.losses)
            .finish()
    }
}
