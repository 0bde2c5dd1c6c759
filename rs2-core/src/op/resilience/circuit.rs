//! The rule of a circuit breaker.

use super::circuit_config::CircuitBreakerConfig;
use crate::error::ConfigError;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Queue, Storage};
use crate::time::Instant;
use core::error::Error;
use core::fmt;

/// Stops calls to something that fails, and tries again after a while.
///
/// Closed, it lets all calls through and judges the last of them; open, none; half open, so many
/// trial calls, whose results close or open it. It owns no clock and no lock:
/// [`CircuitBreaker`](super::CircuitBreaker) is one to share.
pub struct Circuit<St: Storage> {
    config: CircuitBreakerConfig,
    phase: Phase,
    // The calls judged while it is closed, oldest first, and what they count.
    calls: St::Queue<Judged>,
    counted: Counts,
    // Counts the phases. What a call of an earlier phase came to says nothing about this one.
    generation: u64,
    // Openings since it was last closed, and since the beginning.
    in_a_row: u32,
    trips: u64,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed,
    Open { until: Instant },
    HalfOpen { since: Instant, free: usize, results: Counts },
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
struct Judged {
    failed: bool,
    slow: bool,
}

#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
struct Counts {
    calls: usize,
    failed: usize,
    slow: usize,
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It worked.
    Success,
    /// It failed, and speaks against what was called.
    Failure,
    /// It says nothing about what was called, like a wrong argument.
    Ignore,
}

/// A call that was let through. Whoever holds it tells what the call came to, or gives it back.
#[derive(Debug)]
#[must_use = "a call that is not recorded or released is lost to the breaker"]
pub struct Pass {
    generation: u64,
    began: Instant,
}

/// The breaker lets no call through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// When to ask again; nothing while the results of trial calls are awaited, however long they
    /// take.
    pub retry_at: Option<Instant>,
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the circuit breaker is open")
    }
}

impl Error for Open {}

/// Whether a breaker lets calls through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// All of them.
    Closed,
    /// None before that instant.
    Open {
        /// When trial calls begin.
        until: Instant,
    },
    /// Trial calls only.
    HalfOpen,
}

impl Counts {
    fn add(&mut self, call: Judged) {
        self.calls += 1;
        self.failed += usize::from(call.failed);
        self.slow += usize::from(call.slow);
    }

    fn subtract(&mut self, call: Judged) {
        self.calls -= 1;
        self.failed -= usize::from(call.failed);
        self.slow -= usize::from(call.slow);
    }

    fn are_bad(&self, config: &CircuitBreakerConfig) -> bool {
        let reaches = |count: usize, percent: u8| {
            count as u128 * 100 >= u128::from(percent) * self.calls as u128
        };
        reaches(self.failed, config.failure_percent) || reaches(self.slow, config.slow_percent)
    }
}

impl<St: Storage> Circuit<St> {
    /// A closed circuit. The window is kept in `storage`.
    ///
    /// # Errors
    /// The setting that cannot work, or a window larger than the storage.
    pub fn new(config: CircuitBreakerConfig, storage: &St) -> Result<Self, ConfigError> {
        config.validate()?;
        if config.window > storage.capacity() {
            return Err(ConfigError::Exceeds("window", "the storage's capacity"));
        }
        Ok(Self {
            config,
            phase: Phase::Closed,
            calls: storage.queue(),
            counted: Counts::default(),
            generation: 0,
            in_a_row: 0,
            trips: 0,
        })
    }

    /// Lets a call through that begins at `now`.
    ///
    /// # Errors
    /// [`Open`] when it must not be made.
    pub fn acquire(&mut self, now: Instant) -> Result<Pass, Open> {
        self.ready(now)?;
        if let Phase::Open { .. } = self.phase {
            let free = self.config.half_open_calls;
            self.enter(Phase::HalfOpen { since: now, free, results: Counts::default() });
        }
        if let Phase::HalfOpen { free, .. } = &mut self.phase {
            *free -= 1;
        }
        Ok(Pass { generation: self.generation, began: now })
    }

    /// Whether a call would be let through at `now`. It changes nothing but that trial calls which
    /// took too long are given up.
    ///
    /// # Errors
    /// [`Open`] when it would not.
    pub fn ready(&mut self, now: Instant) -> Result<(), Open> {
        if let Some(until) = self.half_open_until().filter(|until| *until <= now) {
            // As if somebody had looked at that very moment.
            self.open(until);
        }
        match self.phase {
            Phase::Open { until } if now < until => Err(Open { retry_at: Some(until) }),
            Phase::HalfOpen { free: 0, .. } => Err(Open { retry_at: self.half_open_until() }),
            _ => Ok(()),
        }
    }

    /// Takes what a call came to at `now`.
    pub fn record(&mut self, pass: Pass, outcome: Outcome, now: Instant) {
        if outcome == Outcome::Ignore {
            return self.release(pass);
        }
        if pass.generation != self.generation {
            return;
        }
        let slow = now.saturating_since(pass.began) > self.config.slow_after;
        let call = Judged { failed: outcome == Outcome::Failure, slow };
        match &mut self.phase {
            Phase::Closed => self.judge(call, now),
            Phase::HalfOpen { results, .. } => {
                results.add(call);
                let decided = results.calls >= self.config.half_open_calls;
                match results.are_bad(&self.config) {
                    _ if !decided => {}
                    true => self.open(now),
                    false => self.close(),
                }
            }
            Phase::Open { .. } => {}
        }
    }

    /// Takes back a call that came to nothing: it was cancelled.
    pub fn release(&mut self, pass: Pass) {
        if let Phase::HalfOpen { free, .. } = &mut self.phase
            && pass.generation == self.generation
        {
            *free += 1;
        }
    }

    /// Whether calls are let through.
    pub fn state(&self) -> CircuitState {
        match self.phase {
            Phase::Closed => CircuitState::Closed,
            Phase::Open { until } => CircuitState::Open { until },
            Phase::HalfOpen { .. } => CircuitState::HalfOpen,
        }
    }

    /// How often it has opened.
    pub fn trips(&self) -> u64 {
        self.trips
    }

    /// Counts the phases it has been in: as long as it stays the same, so does the phase.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    fn judge(&mut self, call: Judged, now: Instant) {
        if self.counted.calls == self.config.window
            && let Some(oldest) = self.calls.pop()
        {
            self.counted.subtract(oldest);
        }
        let pushed = self.calls.push(call);
        debug_assert!(pushed.is_ok(), "the storage holds the window");
        self.counted.add(call);
        if self.counted.calls >= self.config.min_calls && self.counted.are_bad(&self.config) {
            self.open(now);
        }
    }

    fn half_open_until(&self) -> Option<Instant> {
        let Phase::HalfOpen { since, .. } = self.phase else { return None };
        self.config.half_open_max_wait.map(|wait| since.saturating_add(wait))
    }

    fn open(&mut self, now: Instant) {
        let until = now.saturating_add(self.config.wait(self.in_a_row));
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.trips += 1;
        self.enter(Phase::Open { until });
    }

    fn close(&mut self) {
        self.in_a_row = 0;
        self.enter(Phase::Closed);
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation += 1;
        self.calls.clear();
        self.counted = Counts::default();
    }
}

/// Calls under way are not saved: to the restored one they were cancelled.
#[cfg(feature = "snapshot")]
impl<St: Storage> Snapshot for Circuit<St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("circuit", 1)?;
        to.put(&(self.in_a_row, self.trips))?;
        let (open_until, half_open) = match self.phase {
            Phase::Closed => (None, None),
            Phase::Open { until } => (Some(until), None),
            Phase::HalfOpen { since, results, .. } => (None, Some((since, results))),
        };
        to.put_deadline(open_until)?;
        to.put_deadline(half_open.map(|(since, _)| since))?;
        to.put(&half_open.map(|(_, results)| results).unwrap_or_default())?;
        to.put_all(self.calls.len(), self.calls.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("circuit", 1)?;
        (self.in_a_row, self.trips) = from.take()?;
        let (open_until, half_open_since) = (from.take_deadline()?, from.take_deadline()?);
        let results: Counts = from.take()?;
        let free = self.config.half_open_calls.saturating_sub(results.calls);
        self.enter(match (open_until, half_open_since) {
            (Some(until), _) => Phase::Open { until },
            (None, Some(since)) => Phase::HalfOpen { since, free, results },
            (None, None) => Phase::Closed,
        });
        from.take_all(|call| {
            self.counted.add(call);
            self.calls.push(call).map_err(|_| SnapshotError::Full("circuit"))
        })
    }
}

impl<St: Storage> fmt::Debug for Circuit<St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Circuit")
            .field("phase", &self.phase)
            .field("counted", &self.counted)
            .field("generation", &self.generation)
            .field("trips", &self.trips)
            .finish_non_exhaustive()
    }
}
