//! The rule of a circuit breaker, against a list of everything that ever came of a call.
#![cfg(feature = "std")]

use proptest::prelude::*;
use rs2_core::op::resilience::{Circuit, CircuitBreakerConfig, CircuitState, Open, Outcome, Pass};
use rs2_core::store::Heap;
use rs2_core::time::Instant;
use std::time::Duration;

fn at(nanos: u64) -> Instant {
    Instant::from_nanos(nanos)
}

const fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    window: usize,
    min_calls: usize,
    failure_percent: u8,
    slow_percent: u8,
    slow_after: u64,
    wait: u64,
    factor: u64,
    longest: u64,
    trials: usize,
    patience: Option<u64>,
}

fn settings() -> impl Strategy<Value = Settings> {
    let judged = (1..7_usize, 1..7_usize, 1..=100_u8, 1..=100_u8, 0..12_u64);
    let waits = (1..20_u64, 1..4_u64, 20..60_u64, 1..4_usize, prop::option::of(1..30_u64));
    (judged, waits).prop_map(|(judged, waits)| {
        let (window, min_calls, failure_percent, slow_percent, slow_after) = judged;
        let (wait, factor, longest, trials, patience) = waits;
        let min_calls = min_calls.min(window);
        Settings {
            window,
            min_calls,
            failure_percent,
            slow_percent,
            slow_after,
            wait,
            factor,
            longest,
            trials,
            patience,
        }
    })
}

impl Settings {
    fn config(&self) -> CircuitBreakerConfig {
        let config = CircuitBreakerConfig::new()
            .window(self.window)
            .min_calls(self.min_calls)
            .failure_percent(self.failure_percent)
            .slow_percent(self.slow_percent, ns(self.slow_after))
            .open_wait(ns(self.wait))
            .backoff(self.factor as u32, ns(self.longest))
            .half_open_calls(self.trials);
        match self.patience {
            Some(patience) => config.half_open_max_wait(ns(patience)),
            None => config,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Closed,
    Open { until: u64 },
    Trial { since: u64 },
}

/// Everything that happened in one phase of the breaker.
#[derive(Clone, Debug)]
struct Era {
    kind: Kind,
    /// Let through, and not cancelled.
    let_through: usize,
    /// Whether each call that came back failed, and whether it was slow.
    results: Vec<(bool, bool)>,
}

struct Naive {
    settings: Settings,
    eras: Vec<Era>,
}

impl Naive {
    fn new(settings: Settings) -> Self {
        let mut naive = Self { settings, eras: Vec::new() };
        naive.begin(Kind::Closed);
        naive
    }

    fn begin(&mut self, kind: Kind) {
        self.eras.push(Era { kind, let_through: 0, results: Vec::new() });
    }

    fn era(&mut self) -> &mut Era {
        self.eras.last_mut().unwrap()
    }

    /// It opens: for longer the more often it did so since it was last closed.
    fn open(&mut self, now: u64) {
        let since_closed = self.eras.iter().rev().take_while(|era| era.kind != Kind::Closed);
        let before = since_closed.filter(|era| matches!(era.kind, Kind::Open { .. })).count();
        let Settings { wait, factor, longest, .. } = self.settings;
        let wait = (0..before).fold(wait, |wait, _| (wait * factor).min(longest));
        self.begin(Kind::Open { until: now + wait });
    }

    fn acquire(&mut self, now: u64) -> Result<usize, Option<u64>> {
        self.look(now);
        let Settings { trials, patience, .. } = self.settings;
        let Era { kind, let_through, .. } = self.era().clone();
        match kind {
            Kind::Open { until } if now < until => return Err(Some(until)),
            Kind::Open { .. } => self.begin(Kind::Trial { since: now }),
            Kind::Trial { since } if let_through == trials => {
                return Err(patience.map(|patience| since + patience));
            }
            _ => {}
        }
        self.era().let_through += 1;
        Ok(self.eras.len())
    }

    fn look(&mut self, now: u64) {
        if let (Kind::Trial { since }, Some(patience)) = (self.era().kind, self.settings.patience)
            && since + patience <= now
        {
            self.open(since + patience);
        }
    }

    fn finish(&mut self, era: usize, outcome: Outcome, took: u64, now: u64) {
        if era != self.eras.len() {
            return;
        }
        if outcome == Outcome::Ignore {
            self.era().let_through -= 1;
            return;
        }
        let Settings { window, min_calls, trials, slow_after, .. } = self.settings;
        self.era().results.push((outcome == Outcome::Failure, took > slow_after));
        let Era { kind, results, .. } = self.era().clone();
        let judged = &results[results.len().saturating_sub(window)..];
        match kind {
            Kind::Closed if results.len() >= min_calls && self.are_bad(judged) => self.open(now),
            Kind::Trial { .. } if results.len() == trials => {
                if self.are_bad(&results) {
                    self.open(now)
                } else {
                    self.begin(Kind::Closed)
                }
            }
            _ => {}
        }
    }

    fn are_bad(&self, results: &[(bool, bool)]) -> bool {
        let percent = |count: usize| count as f64 * 100.0 / results.len() as f64;
        let failed = results.iter().filter(|(failed, _)| *failed).count();
        let slow = results.iter().filter(|(_, slow)| *slow).count();
        percent(failed) >= f64::from(self.settings.failure_percent)
            || percent(slow) >= f64::from(self.settings.slow_percent)
    }
}

#[derive(Clone, Debug)]
enum Step {
    Call,
    Finish(usize, Outcome),
    Cancel(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let outcome = prop_oneof![
        3 => Just(Outcome::Failure), 3 => Just(Outcome::Success), 1 => Just(Outcome::Ignore)
    ];
    let step = prop_oneof![
        4 => Just(Step::Call),
        4 => (0..9_usize, outcome).prop_map(|(call, outcome)| Step::Finish(call, outcome)),
        1 => (0..9_usize).prop_map(Step::Cancel),
        2 => (0..25_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..120)
}

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_circuit_does_what_the_list_of_all_outcomes_says(
        settings in settings(), steps in steps(),
    ) {
        let storage = Heap::bounded(settings.window);
        let mut circuit = Circuit::new(settings.config(), &storage).unwrap();
        let mut naive = Naive::new(settings);
        let mut now = 0;
        let mut running: Vec<(Pass, usize, u64)> = Vec::new();
        for step in steps {
            match step {
                Step::Call => {
                    let (got, expected) = (circuit.acquire(at(now)), naive.acquire(now));
                    match (got, expected) {
                        (Ok(pass), Ok(era)) => running.push((pass, era, now)),
                        (Err(open), Err(retry_at)) => {
                            prop_assert_eq!(open, Open { retry_at: retry_at.map(at) });
                        }
                        (got, expected) => prop_assert!(false, "{:?}, not {:?}", got, expected),
                    }
                }
                Step::Finish(call, outcome) if !running.is_empty() => {
                    let (pass, era, began) = running.swap_remove(call % running.len());
                    circuit.record(pass, outcome, at(now));
                    naive.finish(era, outcome, now - began, now);
                }
                Step::Cancel(call) if !running.is_empty() => {
                    let (pass, era, _) = running.swap_remove(call % running.len());
                    circuit.release(pass);
                    naive.finish(era, Outcome::Ignore, 0, now);
                }
                Step::Wait(nanos) => now += nanos,
                Step::Finish(..) | Step::Cancel(_) => {}
            }
            let state = match naive.era().kind {
                Kind::Closed => CircuitState::Closed,
                Kind::Open { until } => CircuitState::Open { until: at(until) },
                Kind::Trial { .. } => CircuitState::HalfOpen,
            };
            prop_assert_eq!(circuit.state(), state);
            let trips = naive.eras.iter().filter(|era| matches!(era.kind, Kind::Open { .. }));
            prop_assert_eq!(circuit.trips(), trips.count() as u64);
        }
    }
}
