//! Items within the limit of their key.

use super::keyed_limit::KeyedLimit;
use super::quota::Denied;
use crate::machine::{Machine, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::store::KeyStorage;
use crate::time::Instant;
use core::error::Error;
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

impl<T, F, L> RateLimitByKey<T, F, L> {
    #[inline]
    fn check<K>(&mut self, item: T, now: Instant) -> Result<T, OverLimit<T>>
    where
        F: FnMut(&T) -> K,
        L: LimitKeys<K>,
    {
        let key = (self.key)(&item);
        match self.limiter.check(&key, 1, now) {
            Ok(()) => Ok(item),
            Err(denied) => {
                self.losses.count(Loss::Suppressed);
                Err(OverLimit { item, denied })
            }
        }
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
        self.check(item, now).ok()
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

/// An item beyond the limit of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverLimit<T> {
    /// The item.
    pub item: T,
    /// Why it may not pass, and when one may.
    pub denied: Denied,
}

impl<T> fmt::Display for OverLimit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.denied.fmt(f)
    }
}

impl<T: fmt::Debug> Error for OverLimit<T> {}

/// The rule of
/// [`try_rate_limit_by_key_on_rs2`](super::ResilienceExt::try_rate_limit_by_key_on_rs2).
pub struct TryRateLimitByKey<T, F, L> {
    limit: RateLimitByKey<T, F, L>,
}

impl<T, F, L> TryRateLimitByKey<T, F, L> {
    /// The items that `limiter` lets pass, and the others as errors, counted in `losses`.
    pub const fn new(limiter: L, key: F, losses: Losses) -> Self {
        Self { limit: RateLimitByKey::new(limiter, key, losses) }
    }
}

impl<T, K, F, L> Machine for TryRateLimitByKey<T, F, L>
where
    F: FnMut(&T) -> K,
    L: LimitKeys<K>,
{
    type In = T;
    type Out = Result<T, OverLimit<T>>;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<Self::Out> {
        Some(self.limit.check(item, now))
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        source
    }
}

impl<T, F, L> Reports for TryRateLimitByKey<T, F, L> {
    fn losses(&self) -> &Losses {
        self.limit.losses()
    }
}

snapshot_fields!(
    [T, F, L: Snapshot] TryRateLimitByKey<T, F, L>,
    "try_rate_limit_by_key",
    { part limit }
);

impl<T, F, L: fmt::Debug> fmt::Debug for RateLimitByKey<T, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitByKey")
            .field("limiter", &self.limiter)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

impl<T, F, L: fmt::Debug> fmt::Debug for TryRateLimitByKey<T, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryRateLimitByKey").field("limit", &self.limit).finish()
    }
}
