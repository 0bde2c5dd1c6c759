//! Items within the limit of their key.

use super::keyed_rate_limiter::KeyedRateLimiter;
use crate::machine::{Machine, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
use crate::store::KeyStorage;
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`rate_limit_by_key_on_rs2`](super::ResilienceExt::rate_limit_by_key_on_rs2).
pub struct RateLimitByKey<T, K: Hash + Eq, F, St: KeyStorage> {
    limiter: KeyedRateLimiter<K, St>,
    key: F,
    losses: Losses,
    items: PhantomData<fn(T)>,
}

impl<T, K: Hash + Eq, F, St: KeyStorage> RateLimitByKey<T, K, F, St> {
    /// The items that `limiter` lets pass; the others are counted in `losses`.
    pub fn new(limiter: KeyedRateLimiter<K, St>, key: F, losses: Losses) -> Self {
        Self { limiter, key, losses, items: PhantomData }
    }
}

impl<T, K, F, St> Machine for RateLimitByKey<T, K, F, St>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        let key = (self.key)(&item);
        if self.limiter.check(&key, 1, now).is_err() {
            self.losses.count(Loss::Suppressed);
            return None;
        }
        Some(item)
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, high)
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> Reports for RateLimitByKey<T, K, F, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

snapshot_fields!(
    [T, K: Hash + Eq + Clone + Serialize + DeserializeOwned, F, St: KeyStorage]
    RateLimitByKey<T, K, F, St>,
    "rate_limit_by_key",
    { part limiter }
);

impl<T, K: Hash + Eq, F, St: KeyStorage> fmt::Debug for RateLimitByKey<T, K, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitByKey")
            .field("limiter", &self.limiter)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
