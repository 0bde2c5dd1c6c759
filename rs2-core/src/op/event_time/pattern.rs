//! Sequences of items of one key.

use super::pattern_types::{Pattern, PatternMatch, Skip, Steps};
use super::sort::SortBuffer;
use crate::machine::EventMachine;
use crate::metrics::{Loss, Losses, Reports};
use crate::state::{Limits, OnFull, Sweep, forget_oldest};
use crate::store::{Full, KeyStorage, Table};
use crate::time::{EventTime, Instant};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;

/// Attempts that one key may have open at once.
pub const MAX_ATTEMPTS: usize = 1_000;

/// Sorted items that are looked at before the driver may give the task back.
const AT_ONCE: usize = 8;

/// The rule of [`pattern_by_time_rs2`](super::EventTimeExt::pattern_by_time_in_rs2).
///
/// A nondeterministic automaton without branches: each attempt stands at one step. Items are sorted
/// first, so an attempt sees them in the order of their time. A key has an entry only while it has
/// an attempt.
///
/// Source: Agrawal, Diao, Gyllstrom, Immerman, "Efficient pattern matching over event streams",
/// SIGMOD 2008, section 3.
pub struct PatternByTime<T, K: Hash + Eq, F, L, St: KeyStorage> {
    key_of: F,
    steps: L,
    within: Option<Duration>,
    skip: Skip,
    sorted: SortBuffer<T, St>,
    attempts: St::Table<K, Vec<Attempt<T>>>,
    sweep: Sweep,
    latest: EventTime,
    // There may be sorted items whose turn has come.
    behind: bool,
    // Further matches that one item completed.
    found: VecDeque<PatternMatch<K, T>>,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
}

struct Attempt<T> {
    step: usize,
    taken: u32,
    first: EventTime,
    events: Vec<T>,
}

/// What an item did to an attempt.
enum Fate {
    Open,
    Failed,
    Complete,
}

impl<T: Clone> Attempt<T> {
    fn new(ts: EventTime) -> Self {
        Self { step: 0, taken: 0, first: ts, events: Vec::new() }
    }

    #[inline]
    fn advance<L: Steps<T>>(&mut self, steps: &L, item: &T) -> Fate {
        if !steps.accepts(self.step, item) {
            let strict = steps.is_strict(self.step, self.taken);
            return if strict { Fate::Failed } else { Fate::Open };
        }
        self.events.push(item.clone());
        self.taken += 1;
        if self.taken == steps.times(self.step) {
            self.step += 1;
            self.taken = 0;
        }
        if self.step == L::LEN { Fate::Complete } else { Fate::Open }
    }

    fn finish<K>(self, key: K, end_time: EventTime) -> PatternMatch<K, T> {
        PatternMatch { key, start_time: self.first, end_time, events: self.events }
    }
}

impl<T, K, F, L, St> PatternByTime<T, K, F, L, St>
where
    T: Clone,
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    L: Steps<T>,
    St: KeyStorage,
{
    /// Looks for `pattern` among the items of each key.
    pub fn new(limits: Limits<St>, pattern: Pattern<L>, key_of: F) -> Self {
        let (steps, within, skip) = pattern.parts();
        Self {
            key_of,
            steps,
            within,
            skip,
            attempts: limits.storage.table(),
            sweep: Sweep::new(),
            latest: EventTime::MIN,
            behind: false,
            found: VecDeque::new(),
            on_full: limits.on_full,
            losses: limits.losses.clone(),
            stopped: false,
            sorted: SortBuffer::new(limits),
        }
    }

    fn is_over(&self, attempt: &Attempt<T>, now: EventTime) -> bool {
        self.within.is_some_and(|within| now.saturating_since(attempt.first) >= within)
    }

    /// Shows one item, in its turn, to the attempts of its key.
    fn step(&mut self, ts: EventTime, item: &T) {
        self.latest = ts;
        let key = (self.key_of)(item);
        let begins = self.steps.accepts(0, item);
        let Some(open) = self.attempts.get_mut(&key) else {
            if begins {
                self.begin_first(key, ts, item);
            }
            return;
        };
        let mut open = core::mem::take(open);
        let matched = self.advance_all(&key, &mut open, ts, item);
        if begins && !(matched && self.skip == Skip::PastLast) {
            self.begin(&key, &mut open, ts, item);
        }
        if open.is_empty() {
            self.attempts.remove(&key);
        } else if let Some(place) = self.attempts.get_mut(&key) {
            *place = open;
        }
    }

    /// Advances the attempts of one key, the oldest first. Tells whether one was completed.
    fn advance_all(
        &mut self,
        key: &K,
        open: &mut Vec<Attempt<T>>,
        ts: EventTime,
        item: &T,
    ) -> bool {
        let mut matched = false;
        let mut index = 0;
        while index < open.len() {
            let fate = if self.is_over(&open[index], ts) {
                Fate::Failed
            } else {
                open[index].advance(&self.steps, item)
            };
            match fate {
                Fate::Open => index += 1,
                Fate::Failed => drop(open.remove(index)),
                Fate::Complete => {
                    matched = true;
                    let attempt = open.remove(index);
                    self.found.push_back(attempt.finish(key.clone(), ts));
                    if self.skip == Skip::PastLast {
                        open.clear();
                    }
                }
            }
        }
        matched
    }

    /// Begins an attempt of a key that has others.
    fn begin(&mut self, key: &K, open: &mut Vec<Attempt<T>>, ts: EventTime, item: &T) {
        if open.len() >= MAX_ATTEMPTS {
            match self.on_full {
                OnFull::Evict => {
                    open.remove(0);
                    self.losses.count(Loss::Evicted);
                }
                OnFull::Reject | OnFull::Stop => return self.lose(),
            }
        }
        let mut attempt = Attempt::new(ts);
        match attempt.advance(&self.steps, item) {
            Fate::Complete => self.found.push_back(attempt.finish(key.clone(), ts)),
            Fate::Open | Fate::Failed => open.push(attempt),
        }
    }

    /// Begins the first attempt of a key.
    fn begin_first(&mut self, key: K, ts: EventTime, item: &T) {
        let mut open = Vec::new();
        self.begin(&key, &mut open, ts, item);
        if open.is_empty() {
            return;
        }
        let Err((key, open)) = self.store(key, open) else { return };
        self.forget_over(ts);
        let Err((key, open)) = self.store(key, open) else { return };
        if self.on_full != OnFull::Evict {
            return self.lose();
        }
        let born = |open: &Vec<Attempt<T>>| open.last().map_or(i64::MIN, |a| a.first.as_micros());
        let forgotten = forget_oldest(&mut self.attempts, born);
        self.losses.count_many(Loss::Evicted, forgotten);
        if self.store(key, open).is_err() {
            self.lose();
        }
    }

    fn store(&mut self, key: K, open: Vec<Attempt<T>>) -> Result<(), (K, Vec<Attempt<T>>)> {
        let mut open = Some(open);
        let made = self.attempts.get_or_insert_with(key, || open.take().unwrap_or_default());
        match (made, open) {
            (Err(Full(key)), Some(open)) => Err((key, open)),
            _ => Ok(()),
        }
    }

    /// Forgets the attempts that no item at `now` or later can complete.
    fn forget_over(&mut self, now: EventTime) {
        let Some(within) = self.within else {
            return self.sweep.done(self.attempts.len(), EventTime::MAX);
        };
        self.attempts.retain(|_, open| {
            open.retain(|attempt| now.saturating_since(attempt.first) < within);
            !open.is_empty()
        });
        self.sweep.done(self.attempts.len(), self.latest.saturating_add(within));
    }

    fn lose(&mut self) {
        match self.on_full {
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
            }
            OnFull::Evict | OnFull::Reject => self.losses.count(Loss::Full),
        }
    }

    /// Takes a few sorted items, until one completes a match. A watermark that leaps lets any
    /// number of items go, and they are not gone through in one breath. None once an attempt was
    /// lost and the stream is to end: a match that stands in its place would be wrong.
    #[inline]
    fn search(&mut self) -> Option<PatternMatch<K, T>> {
        for _ in 0..AT_ONCE {
            if self.stopped || !self.found.is_empty() {
                break;
            }
            let Some((ts, item)) = self.sorted.pop() else {
                self.behind = false;
                return None;
            };
            self.step(ts, &item);
        }
        self.behind = !self.stopped;
        self.found.pop_front()
    }
}

impl<T, K, F, L, St> EventMachine for PatternByTime<T, K, F, L, St>
where
    T: Clone,
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    L: Steps<T>,
    St: KeyStorage,
{
    type In = T;
    type Out = PatternMatch<K, T>;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<Self::Out> {
        if let Some((ts, oldest)) = self.sorted.push(ts, item) {
            self.step(ts, &oldest);
        }
        self.search()
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<Self::Out> {
        self.sorted.open_until(watermark);
        let found = self.search();
        if !self.behind && self.sweep.is_due(self.attempts.len(), watermark) {
            self.forget_over(watermark);
        }
        found
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.behind
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        self.search()
    }

    fn is_finished(&self) -> bool {
        self.stopped || self.sorted.is_stopped()
    }
}

impl<T, K: Hash + Eq, F, L, St: KeyStorage> Reports for PatternByTime<T, K, F, L, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, F, L, St: KeyStorage> fmt::Debug for PatternByTime<T, K, F, L, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatternByTime")
            .field("sorted", &self.sorted)
            .field("keys", &self.attempts.len())
            .finish_non_exhaustive()
    }
}
