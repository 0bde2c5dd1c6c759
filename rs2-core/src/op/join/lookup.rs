//! How a lookup join asks, what it remembers, and for how long.

use crate::error::ConfigError;
use crate::state::Expiring;
use crate::store::{Heap, SeededHeap};
use crate::time::Instant;
use core::fmt;
use core::future::Future;
use core::hash::Hash;
use core::time::Duration;

/// How [`lookup_join_rs2`](super::JoinExt::lookup_join_on_rs2) asks, and what it remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupConfig {
    /// How many answers are remembered; the one not used for longest goes. One that is too old
    /// counts until its key is asked for, or the longest of the times to live is over.
    pub max_entries: usize,
    /// How long an answer is remembered.
    pub ttl: Duration,
    /// How long it is remembered that there is nothing; zero for not at all.
    pub negative_ttl: Duration,
    /// How long an error is remembered; zero for not at all.
    pub error_ttl: Duration,
    /// How many keys are asked for at once.
    pub max_in_flight: usize,
    /// How many items may wait for an answer, or behind one that does.
    pub max_waiting: usize,
}

impl Default for LookupConfig {
    /// 10,000 answers, a minute each, also of nothing, but not of errors; 8 at once, and 1,024
    /// items waiting.
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self {
            max_entries: 10_000,
            ttl: minute,
            negative_ttl: minute,
            error_ttl: Duration::ZERO,
            max_in_flight: 8,
            max_waiting: 1_024,
        }
    }
}

impl LookupConfig {
    /// Whether it can work.
    ///
    /// # Errors
    /// [`ConfigError::Zero`] when one of the numbers is.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let numbers = [
            ("max_entries", self.max_entries),
            ("max_in_flight", self.max_in_flight),
            ("max_waiting", self.max_waiting),
        ];
        match numbers.iter().find(|(_, number)| *number == 0) {
            Some((name, _)) => Err(ConfigError::Zero(name)),
            None => Ok(()),
        }
    }

    /// How long this answer is remembered.
    fn ttl_of<V, E>(&self, answer: &Result<Option<V>, E>) -> Duration {
        match answer {
            Ok(Some(_)) => self.ttl,
            Ok(None) => self.negative_ttl,
            Err(_) => self.error_ttl,
        }
    }
}

/// What is asked for an item, and what comes of the item and the answer.
pub trait Lookup<T> {
    /// What is asked for.
    type Key: Hash + Eq + Clone;
    /// What there may be.
    type Value;
    /// Why there was no answer.
    type Error;
    /// The question under way.
    type Future: Future<Output = Result<Option<Self::Value>, Self::Error>>;
    /// What comes out.
    type Out;
    /// The key of an item.
    fn key(&mut self, item: &T) -> Self::Key;
    /// Asks.
    fn fetch(&mut self, key: Self::Key) -> Self::Future;
    /// Of an item and the answer.
    fn enrich(&mut self, item: T, found: Result<Option<&Self::Value>, &Self::Error>) -> Self::Out;
}

/// A [`Lookup`] out of three functions.
#[derive(Clone, Copy)]
pub struct LookupBy<G, F, H> {
    key: G,
    fetch: F,
    f: H,
}

impl<G, F, H> LookupBy<G, F, H> {
    /// The key of an item, the question, and what comes of the item and the answer.
    pub const fn new(key: G, fetch: F, f: H) -> Self {
        Self { key, fetch, f }
    }
}

impl<T, K, V, E, Fut, R, G, F, H> Lookup<T> for LookupBy<G, F, H>
where
    K: Hash + Eq + Clone,
    Fut: Future<Output = Result<Option<V>, E>>,
    G: FnMut(&T) -> K,
    F: FnMut(K) -> Fut,
    H: FnMut(T, Result<Option<&V>, &E>) -> R,
{
    type Key = K;
    type Value = V;
    type Error = E;
    type Future = Fut;
    type Out = R;

    #[inline]
    fn key(&mut self, item: &T) -> K {
        (self.key)(item)
    }
    #[inline]
    fn fetch(&mut self, key: K) -> Fut {
        (self.fetch)(key)
    }
    #[inline]
    fn enrich(&mut self, item: T, found: Result<Option<&V>, &E>) -> R {
        (self.f)(item, found)
    }
}

impl<G, F, H> fmt::Debug for LookupBy<G, F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupBy(..)")
    }
}

/// What was answered, and until when it holds.
struct Remembered<A> {
    answer: A,
    until: Instant,
}

/// The answers of a while.
pub(super) struct Cache<K: Hash + Eq, V, E> {
    config: LookupConfig,
    answers: Expiring<K, Remembered<Result<Option<V>, E>>, SeededHeap>,
}

impl<K: Hash + Eq + Clone, V, E> Cache<K, V, E> {
    pub(super) fn new(config: LookupConfig, seed: u64) -> Self {
        let longest = config.ttl.max(config.negative_ttl).max(config.error_ttl);
        let memory = Heap::bounded(config.max_entries).seeded(seed);
        Self { config, answers: Expiring::new(&memory, longest).evicting_unused() }
    }

    pub(super) fn len(&self) -> usize {
        self.answers.len()
    }

    /// What `with` makes of the answer that is remembered, if there is one.
    #[inline]
    pub(super) fn with<R>(
        &mut self,
        key: &K,
        now: Instant,
        with: impl FnOnce(Result<Option<&V>, &E>) -> R,
    ) -> Option<R> {
        let (place, remembered) = self.answers.lend(key, now)?;
        if remembered.until <= now {
            self.answers.remove(place);
            return None;
        }
        let out = with(remembered.answer.as_ref().map(Option::as_ref));
        self.answers.keep(place, remembered, now);
        Some(out)
    }

    /// Remembers an answer to a question whose answer was not remembered.
    pub(super) fn remember(&mut self, key: K, answer: Result<Option<V>, E>, now: Instant) {
        let ttl = self.config.ttl_of(&answer);
        if ttl.is_zero() {
            return;
        }
        self.answers.expire(now);
        if self.answers.is_full() {
            self.answers.remove_oldest();
        }
        let remembered = Remembered { answer, until: now.saturating_add(ttl) };
        let inserted = self.answers.insert(key, remembered, now);
        debug_assert!(inserted.is_ok(), "one has just left");
    }

    pub(super) fn clear(&mut self) {
        self.answers.clear();
    }
}
