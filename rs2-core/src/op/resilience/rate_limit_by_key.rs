//! Items within the limit of their key.

use super::keyed_limit::KeyedLimit;
use super::quota::Denied;
use crate::machine::{Machine, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::store::KeyStorage;
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;

/// A limit for each key: a [`KeyedLimit`] of one's own, which needs neither a lock nor a heap, or a
/// `KeyedRateLimiter` that others share.
pub trait LimitKeys<K> {
    /// Lets `n` of `key` pass at `now`, all or none.
    ///
    /// # Errors
    /// [`Denied`] when they may not; the key's limit has then not changed.
    fn check(&mut self, key: &K, n: u32, now: Instant) -> Result<(), Denied>;
}

impl<K: Hash + Eq + Clone, St: KeyStorage> LimitKeys<K> for KeyedLimit<K, St> {
    #[inline]
    fn check(&mut self, key: &K, n: u32, now: Instant) -> Result<(), Denied> {
        self.check(key, n, now)
    }
}

/// The rule of [`rate_limit_by_key_on_rs2`](super::ResilienceExt::rate_limit_by_key_on_rs2).
pub struct RateLimitByKey<T, F, L> {
    limiter: L,
    key: F,
    losses: Losses,
    items: PhantomData<fn(T)>,
}

impl<T, F, L> RateLimitByKey<T, F, L> {
    /// The items that `limiter` lets pass; the others are counted in `losses`.
    pub const fn new(limiter: L, key: F, losses: Losses) -> Self {
        Self { limiter, key, losses, items: PhantomData }
    }
}

impl<T, K, F, L> Machine for RateLimitByKey<T, F, L>
where
    F: FnMut(&T) -> K,
    L: LimitKeys<K>,
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

impl<T, F, L> Reports for RateLimitByKey<T, F, L> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

snapshot_fields!(
    [T, F, L: Snapshot] RateLimitByKey<T, F, L>,
    "rate_limit_by_key",
    { part limiter }
);

impl<T, F, L: fmt::Debug> fmt::Debug for RateLimitByKey<T, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitByKey")
            .field("limiter", &self.limiter)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
