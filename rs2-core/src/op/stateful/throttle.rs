//! At most so many items of each key in any stretch of time.

use super::answer::{Answer, no_key, refuse};
use super::reports::reports;
use super::steps::Cleaning;
use crate::machine::Machine;
use crate::metrics::Loss;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateConfig, StateError};
use crate::time::Instant;
use alloc::collections::VecDeque;
use core::marker::PhantomData;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`stateful_throttle_rs2`](super::StatefulExt::stateful_throttle_on_rs2).
///
/// A log without an entry within the window is as good as none, so a log lives for as long as the
/// window after the last item that passed, and nothing is lost with it.
pub struct StatefulThrottle<T, X: KeyExtractor<T>, A> {
    key: X,
    limit: usize,
    window: Duration,
    // When each item that passed leaves the window, oldest first.
    logs: Kept<X::Key, VecDeque<Instant>>,
    cleaning: Cleaning,
    shape: PhantomData<fn(T) -> A>,
}

impl<T, X: KeyExtractor<T>, A> StatefulThrottle<T, X, A> {
    /// At most `limit` items of each key in any `window`.
    ///
    /// # Panics
    /// When the settings cannot work, or `limit` is zero.
    #[track_caller]
    pub fn new<B>(config: &StateConfig<B>, key: X, limit: u32, window: Duration) -> Self {
        assert!(limit > 0, "the limit must be greater than zero");
        let cleaning = Cleaning::new(config, window);
        let logs = Kept::for_time(config, window);
        Self { key, limit: limit as usize, window, logs, cleaning, shape: PhantomData }
    }

    /// Notes an item, if one may pass.
    fn pass(&mut self, place: u32, now: Instant) -> bool {
        let Some(log) = self.logs.at_mut(place) else { return false };
        while log.front().is_some_and(|leaves| *leaves <= now) {
            log.pop_front();
        }
        if log.len() >= self.limit {
            return false;
        }
        log.push_back(now.saturating_add(self.window));
        self.logs.renew(place, now);
        true
    }
}

impl<T, X: KeyExtractor<T>, A: Answer<T, T>> Machine for StatefulThrottle<T, X, A> {
    type In = T;
    type Out = A::Out;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<A::Out> {
        let key = match self.key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return no_key::<A, _, _>(item, error, self.logs.losses()),
        };
        if let Some(place) = self.logs.find(&key, now) {
            if self.pass(place, now) {
                return Some(A::output(item));
            }
            self.logs.touch(place, now);
            let over = u64::from(!A::GIVES_BACK);
            self.logs.losses().count_many(Loss::Suppressed, over);
            return A::give_back(StateError::Exceeded(item));
        }
        if !self.logs.make_room(now, |_| 1) {
            return refuse::<A, _, _, _, _>(&mut self.logs, item);
        }
        let log = VecDeque::from([now.saturating_add(self.window)]);
        self.logs.insert(key, log, now);
        self.cleaning.note(now, self.logs.len());
        Some(A::output(item))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<A::Out> {
        self.logs.expire(now);
        self.cleaning.done(now, self.logs.len());
        None
    }

    fn on_end(&mut self, now: Instant) -> Option<A::Out> {
        self.logs.clear();
        self.cleaning.done(now, 0);
        None
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.cleaning.due()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.logs.stopped()
    }

    fn close(&mut self) {
        self.logs.clear();
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // Where items come back, each of them gives an output; the last one before a stop too.
        let low = if A::GIVES_BACK && !self.logs.may_stop() { low } else { 0 };
        (low, high)
    }
}

reports!(StatefulThrottle<T, X, A>, |this| this.logs.losses(), |this| this.logs.len());

#[cfg(feature = "snapshot")]
impl<T, X, A> Snapshot for StatefulThrottle<T, X, A>
where
    X: KeyExtractor<T, Key: Serialize + DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_throttle", 2)?;
        self.cleaning.save(to)?;
        self.logs.save(to, |to, log| {
            let until: VecDeque<i64> = log.iter().map(|leaves| to.until(*leaves)).collect();
            to.put(&until)
        })
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_throttle", 2)?;
        self.cleaning.restore(from)?;
        self.logs.restore(from, |from| {
            let until: VecDeque<i64> = from.take()?;
            Ok(until.into_iter().map(|until| from.after(until)).collect())
        })
    }
}
