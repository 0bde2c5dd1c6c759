//! The states behind the handles of an operator, and when what has expired is given back.

use super::answer::{Answer, no_key};
use crate::error::ConfigError;
use crate::metrics::Losses;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, SnapshotError, Writer};
use crate::state::{
    KeyExtractor, StateAccess, StateBackend, StateConfig, StateError, States, TtlFrom,
};
use crate::time::Instant;
#[cfg(feature = "snapshot")]
use alloc::string::ToString;
use core::hash::Hash;
use core::marker::PhantomData;
use core::time::Duration;

/// The states that the steps of one operator work on.
pub(super) struct Steps<K: Hash + Eq, B> {
    states: States<K>,
    cleaning: Cleaning,
    // When the item of the last step came, where a state's time runs from that and not from the
    // end of the step.
    arrived: Option<Instant>,
    backend: PhantomData<fn() -> B>,
}

impl<K: Hash + Eq + Clone, B> Steps<K, B> {
    /// States under `config`.
    #[track_caller]
    pub(super) fn new(config: &StateConfig<B>) -> Self
    where
        B: StateBackend<K>,
    {
        let cleaning = Cleaning::new(config, config.ttl);
        Self { states: States::new(config), cleaning, arrived: None, backend: PhantomData }
    }

    /// States that live for `timeout` after the last item of their key.
    #[track_caller]
    pub(super) fn of_sessions(config: StateConfig<B>, timeout: Duration) -> Self
    where
        B: StateBackend<K>,
    {
        let cleaning = Cleaning::new(&config, timeout);
        let states = States::new(&config.ttl(timeout).ttl_from(TtlFrom::LastUse));
        let arrived = Some(Instant::ORIGIN);
        Self { states, cleaning, arrived, backend: PhantomData }
    }

    #[inline]
    pub(super) fn begin(&mut self, key: K, now: Instant) -> StateAccess<B> {
        if let Some(arrived) = &mut self.arrived {
            *arrived = now;
        }
        self.states.begin(key, now)
    }

    /// Begins the step of an item; or what is put out instead, where it has no key, or where it
    /// comes back for want of room for its state.
    #[inline]
    pub(super) fn begin_for<A, T, R, X>(
        &mut self,
        key: &X,
        item: T,
        now: Instant,
    ) -> Result<(T, StateAccess<B>), Option<A::Out>>
    where
        A: Answer<T, R>,
        X: KeyExtractor<T, Key = K>,
    {
        let key = match key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return Err(no_key::<A, _, _>(item, error, self.losses())),
        };
        if A::GIVES_BACK && !self.states.admits(&key, now) {
            self.states.refuse();
            return Err(A::give_back(StateError::Full(item)));
        }
        Ok((item, self.begin(key, now)))
    }

    /// Ends the step. `others` is how much the operator itself holds that is cleaned with the
    /// states.
    #[inline]
    pub(super) fn end(&mut self, now: Instant, others: usize) {
        self.states.end(self.arrived.unwrap_or(now));
        self.keep_clean(now, others);
    }

    /// Sees to it that what there is now is cleaned in time.
    #[inline]
    pub(super) fn keep_clean(&mut self, now: Instant, others: usize) {
        self.cleaning.note(now, self.states.len() + others);
    }

    /// Gives expired states back. The operator has cleaned its own before.
    pub(super) fn clean(&mut self, now: Instant, others: usize) {
        self.states.expire(now);
        self.cleaning.done(now, self.states.len() + others);
    }

    #[inline]
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.cleaning.due
    }

    pub(super) fn clear(&mut self) {
        self.states.clear();
        self.cleaning.due = None;
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    #[inline]
    pub(super) fn stopped(&self) -> bool {
        self.states.stopped()
    }

    pub(super) fn may_stop(&self) -> bool {
        self.states.may_stop()
    }

    pub(super) fn losses(&self) -> &Losses {
        self.states.losses()
    }
}

#[cfg(feature = "snapshot")]
impl<K: Hash + Eq + Clone, B> Steps<K, B> {
    /// Writes when to clean. A state behind a handle is of any type and cannot be written.
    pub(super) fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        if self.states.len() > 0 {
            let why = "what handles keep in memory is of any type";
            return Err(SnapshotError::Refused(why.to_string()));
        }
        to.put(&self.states.stopped())?;
        self.cleaning.save(to)
    }

    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        if from.take()? {
            self.states.stop();
        }
        self.cleaning.restore(from)
    }
}

/// When expired entries are given back next, if there are any entries.
pub(super) struct Cleaning {
    interval: Duration,
    due: Option<Instant>,
}

impl Cleaning {
    /// As often as `config` says, and no less often than entries that live for `ttl` expire.
    #[track_caller]
    pub(super) fn new<B>(config: &StateConfig<B>, ttl: Duration) -> Self {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        if ttl.is_zero() {
            panic!("{}", ConfigError::Zero("the length of time"));
        }
        Self { interval: config.cleanup_interval.min(ttl), due: None }
    }

    /// There are so many entries now.
    #[inline]
    pub(super) fn note(&mut self, now: Instant, entries: usize) {
        if entries == 0 {
            self.due = None;
        } else if self.due.is_none() {
            self.due = Some(now.saturating_add(self.interval));
        }
    }

    /// So many entries were left by the cleaning that was due.
    pub(super) fn done(&mut self, now: Instant, entries: usize) {
        self.due = None;
        self.note(now, entries);
    }

    #[inline]
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put_deadline(self.due)
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.due = from.take_deadline()?;
        Ok(())
    }
}
