//! The first item of each key, and again when that was long enough ago.

use super::answer::{Answer, no_key, refuse};
use super::reports::reports;
use super::steps::Cleaning;
use crate::machine::Machine;
use crate::metrics::Loss;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateConfig};
use crate::time::Instant;
use core::marker::PhantomData;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`stateful_deduplicate_rs2`](super::StatefulExt::stateful_deduplicate_on_rs2).
pub struct StatefulDeduplicate<T, X: KeyExtractor<T>, A> {
    key: X,
    seen: Kept<X::Key, ()>,
    ttl: Duration,
    /// Until then a key may be missed that made room for another.
    missing_until: Instant,
    cleaning: Cleaning,
    shape: PhantomData<fn(T) -> A>,
}

impl<T, X: KeyExtractor<T>, A> StatefulDeduplicate<T, X, A> {
    /// The items whose key was not seen within `ttl`.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new<B>(config: &StateConfig<B>, key: X, ttl: Duration) -> Self {
        let cleaning = Cleaning::new(config, ttl);
        let (seen, missing_until) = (Kept::for_time(config, ttl), Instant::ORIGIN);
        Self { key, seen, ttl, missing_until, cleaning, shape: PhantomData }
    }
}

impl<T, X: KeyExtractor<T>, A: Answer<T, T>> Machine for StatefulDeduplicate<T, X, A> {
    type In = T;
    type Out = A::Out;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<A::Out> {
        let key = match self.key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return no_key::<A, _, _>(item, error, self.seen.losses()),
        };
        if let Some(place) = self.seen.find(&key, now) {
            self.seen.touch(place, now);
            self.seen.losses().count(Loss::Duplicate);
            return None;
        }
        let is_missing = now < self.missing_until;
        let mut evicts = false;
        let room = self.seen.make_room(now, |()| {
            evicts = true;
            1
        });
        if !room {
            return refuse::<A, _, _, _, _>(&mut self.seen, item);
        }
        if evicts {
            self.missing_until = now.saturating_add(self.ttl);
        }
        if is_missing {
            self.seen.losses().count(Loss::DuplicateRisk);
        }
        self.seen.insert(key, (), now);
        self.cleaning.note(now, self.seen.len());
        Some(A::output(item))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<A::Out> {
        self.seen.expire(now);
        self.cleaning.done(now, self.seen.len());
        None
    }

    fn on_end(&mut self, now: Instant) -> Option<A::Out> {
        self.seen.clear();
        self.cleaning.done(now, 0);
        None
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.cleaning.due()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.seen.stopped()
    }

    fn close(&mut self) {
        self.seen.clear();
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, high)
    }
}

reports!(StatefulDeduplicate<T, X, A>, |this| this.seen.losses(), |this| this.seen.len());

#[cfg(feature = "snapshot")]
impl<T, X, A> Snapshot for StatefulDeduplicate<T, X, A>
where
    X: KeyExtractor<T, Key: Serialize + DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_deduplicate", 3)?;
        to.put_instant(self.missing_until)?;
        self.cleaning.save(to)?;
        self.seen.save(to, |_, ()| Ok(()))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_deduplicate", 3)?;
        self.missing_until = from.take_instant()?;
        self.cleaning.restore(from)?;
        self.seen.restore(from, |_| Ok(()))
    }
}
