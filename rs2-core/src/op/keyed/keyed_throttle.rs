//! At most so many items of each key in any stretch of time.

#[cfg(feature = "snapshot")]
use super::key_states::SavedState;
use super::step::{Step, Visit};
use crate::metrics::{LocalLosses, Loss};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, SnapshotError, Writer};
use crate::state::Log;
#[cfg(feature = "snapshot")]
use crate::store::Queue;
use crate::store::Storage;
use crate::time::{Instant, Span};
use core::fmt;
use core::time::Duration;

/// The step of [`keyed_throttle_rs2`](super::KeyedExt::keyed_throttle_on_rs2).
pub struct KeyedThrottle<St> {
    log: St,
    window: Span,
}

impl<St: Storage> KeyedThrottle<St> {
    /// At most as many items of a key as the capacity of `log`, in any `window`.
    pub fn new(log: St, window: Duration) -> Self {
        Self { log, window: Span::of(window) }
    }
}

/// When the last items of a key passed.
#[derive(Debug)]
pub struct Passed<Q>(Log<Q>);

impl<T, St: Storage> Step<T> for KeyedThrottle<St> {
    type State = Passed<St::Queue<Instant>>;
    type Out = T;
    const NAME: &'static str = "keyed_throttle";
    const ONE_EACH: bool = false;
    const DROPS: Option<Loss> = Some(Loss::Suppressed);

    #[inline]
    fn begin(&self) -> Self::State {
        Passed(Log::new(self.log.queue()))
    }

    #[inline]
    fn step(
        &mut self,
        item: T,
        passed: &mut Self::State,
        visit: Visit,
        losses: &mut LocalLosses,
    ) -> Option<T> {
        if passed.0.admit(1, self.window, visit.now).is_ok() {
            return Some(item);
        }
        losses.count();
        None
    }
}

#[cfg(feature = "snapshot")]
impl<Q: Queue<Instant>> SavedState for Passed<Q> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        let ages: alloc::vec::Vec<i64> = self.0.iter().map(|at| to.until(at)).collect();
        to.put(&ages)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let ages: alloc::vec::Vec<i64> = from.take()?;
        for age in ages {
            self.0.add(from.after(age)).map_err(|_| SnapshotError::Full("keyed_throttle"))?;
        }
        Ok(())
    }
}

impl<St> fmt::Debug for KeyedThrottle<St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedThrottle").field("window", &self.window).finish_non_exhaustive()
    }
}
