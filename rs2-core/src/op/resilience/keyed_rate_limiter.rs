//! A rate limit for each key, for whoever shares it.

use super::keyed_limit::KeyedLimit;
use super::quota::Denied;
use super::rate_limit_by_key::LimitKeys;
use crate::metrics::{Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{KeyStorage, SeededHeap};
use crate::sync::{Arc, Lock};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;

/// A [`KeyedLimit`] shared by its clones: streams and plain calls.
///
/// ```
/// use rs2_core::op::resilience::{KeyedLimit, KeyedRateLimiter, Quota};
/// use rs2_core::{store::Heap, time::Instant};
/// let rule = KeyedLimit::new(&Heap::bounded(10_000).seeded(7), Quota::per_second(5)?);
/// let per_client = KeyedRateLimiter::new(rule);
/// let passed = (0..9).filter(|_| per_client.check(&"ann", 1, Instant::ORIGIN).is_ok()).count();
/// assert_eq!(passed, 5);
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
pub struct KeyedRateLimiter<K: Hash + Eq, St: KeyStorage = SeededHeap> {
    rule: Arc<Lock<KeyedLimit<K, St>>>,
    losses: Losses,
}

impl<K: Hash + Eq + Clone, St: KeyStorage> KeyedRateLimiter<K, St> {
    /// The limit of `rule`.
    pub fn new(rule: KeyedLimit<K, St>) -> Self {
        Self { losses: rule.losses().clone(), rule: Arc::new(Lock::new(rule)) }
    }

    /// Lets `n` of `key` pass now, all or none.
    ///
    /// # Errors
    /// [`Denied`] when they may not; the key's limit has then not changed.
    pub fn check(&self, key: &K, n: u32, now: Instant) -> Result<(), Denied> {
        self.rule.with(|rule| rule.check(key, n, now))
    }

    /// How many keys are not paid off at `now`.
    pub fn keys(&self, now: Instant) -> usize {
        self.rule.with(|rule| rule.keys(now))
    }
}

impl<K: Hash + Eq + Clone, St: KeyStorage> LimitKeys<K> for KeyedRateLimiter<K, St> {
    #[inline]
    fn check(&mut self, key: &K, n: u32, now: Instant) -> Result<(), Denied> {
        Self::check(self, key, n, now)
    }
}

/// What each key has let through. Who shares the limit saves it with each stream.
#[cfg(feature = "snapshot")]
impl<K: Hash + Eq, St: KeyStorage> Snapshot for KeyedRateLimiter<K, St>
where
    KeyedLimit<K, St>: Snapshot,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.rule.with(|rule| rule.save(to))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.rule.with(|rule| rule.restore(from))
    }
}

impl<K: Hash + Eq, St: KeyStorage> Clone for KeyedRateLimiter<K, St> {
    fn clone(&self) -> Self {
        Self { rule: self.rule.clone(), losses: self.losses.clone() }
    }
}

impl<K: Hash + Eq, St: KeyStorage> Reports for KeyedRateLimiter<K, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<K: Hash + Eq, St: KeyStorage> fmt::Debug for KeyedRateLimiter<K, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.with(|rule| f.debug_tuple("KeyedRateLimiter").field(rule).finish())
    }
}
