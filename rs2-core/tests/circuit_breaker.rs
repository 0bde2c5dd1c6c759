//! Circuit breakers, against a list of everything that ever came of a call.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/ticking.rs"]
mod ticking;

use futures_core::{FusedStream, Stream};
use patchy::ByHand;
use proptest::prelude::*;
use rs2_core::error::ConfigError;
use rs2_core::op::resilience::{
    BreakerError, Circuit, CircuitBreaker, CircuitBreakerConfig, CircuitState, Divert, Fail, Open,
    Outcome, Pass,
};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_core::time::{Clock, Instant};
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use ticking::{Ticking, Wakes};

fn at(nanos: u64) -> Instant {
    Instant::from_nanos(nanos)
}

const fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn next<S: Stream + ?Sized>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
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

/// Opens for 10 ns after one failure; one trial call.
fn touchy() -> CircuitBreaker {
    breaker(CircuitBreakerConfig::new().window(1).min_calls(1))
}

fn breaker(config: CircuitBreakerConfig) -> CircuitBreaker {
    CircuitBreaker::new(config.open_wait(ns(10)).half_open_calls(1)).unwrap()
}

#[test]
fn a_call_is_not_made_while_the_breaker_is_open() {
    let (breaker, clock) = (touchy(), Ticking::default());
    let called = Cell::new(0);
    let call = |result: Result<u8, char>| {
        breaker.call_on(&clock, {
            let called = &called;
            async move {
                called.set(called.get() + 1);
                result
            }
        })
    };
    let failed = Poll::Ready(Err(BreakerError::Failed('x')));
    assert_eq!(poll(pin!(call(Err('x')))), failed);
    let open = Poll::Ready(Err(BreakerError::Open(Open { retry_at: Some(at(10)) })));
    clock.now.set(9);
    assert_eq!(poll(pin!(call(Ok(1)))), open);
    assert_eq!(called.get(), 1);
    clock.now.set(10);
    assert_eq!(poll(pin!(call(Ok(2)))), Poll::Ready(Ok(2)));
    assert_eq!(breaker.state(), CircuitState::Closed);
    assert_eq!(breaker.trips(), 1);
}

#[test]
fn a_panic_is_a_failure_and_a_dropped_call_is_nothing() {
    let (breaker, clock) = (touchy(), Ticking::default());
    let mut dropped = Box::pin(breaker.call_on::<_, _, (), ()>(&clock, std::future::pending()));
    assert!(poll(dropped.as_mut()).is_pending());
    drop(dropped);
    assert_eq!(breaker.state(), CircuitState::Closed);
    let mut panics = Box::pin(breaker.call_on::<_, _, (), ()>(&clock, async { panic!("no") }));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(panics.as_mut()))).is_err());
    assert_eq!(breaker.state(), CircuitState::Open { until: at(10) });
    // The trial call that is dropped leaves its place to another.
    clock.now.set(10);
    let mut dropped = Box::pin(breaker.call_on::<_, _, (), ()>(&clock, std::future::pending()));
    assert!(poll(dropped.as_mut()).is_pending());
    let second = breaker.acquire(clock.now());
    assert_eq!(second.err(), Some(Open { retry_at: None }), "there is one trial call");
    drop(dropped);
    assert!(breaker.acquire(clock.now()).is_ok());
}

#[test]
fn a_late_result_of_an_earlier_phase_says_nothing() {
    let clock = Ticking::default();
    let breaker = breaker(CircuitBreakerConfig::new().window(2).min_calls(2));
    let late = breaker.acquire(clock.now()).unwrap();
    for _ in 0..2 {
        breaker.acquire(clock.now()).unwrap().record(Outcome::Failure, clock.now());
    }
    clock.now.set(10);
    let trial = breaker.acquire(clock.now()).unwrap();
    late.record(Outcome::Success, clock.now());
    assert_eq!(breaker.state(), CircuitState::HalfOpen, "it does not close it");
    trial.record(Outcome::Failure, clock.now());
    assert_eq!(breaker.state(), CircuitState::Open { until: at(20) });
}

#[test]
fn what_counts_as_a_failure_is_for_the_caller_to_say() {
    let (breaker, clock) = (touchy(), Ticking::default());
    let not_found = |result: &Result<(), u16>| match result {
        Err(404) => Outcome::Ignore,
        Err(_) => Outcome::Failure,
        Ok(()) => Outcome::Success,
    };
    for (status, state) in
        [(404, CircuitState::Closed), (500, CircuitState::Open { until: at(10) })]
    {
        let call = breaker.call_with_on(&clock, not_found, async move { Err(status) });
        assert!(matches!(poll(pin!(call)), Poll::Ready(Err(BreakerError::Failed(_)))));
        assert_eq!(breaker.state(), state);
    }
}

#[test]
fn who_waits_for_a_trial_call_is_woken_when_it_decides() {
    let (breaker, clock) = (touchy(), Ticking::default());
    breaker.acquire(clock.now()).unwrap().record(Outcome::Failure, clock.now());
    clock.now.set(10);
    for outcome in [Outcome::Ignore, Outcome::Success] {
        let trial = breaker.acquire(clock.now()).unwrap();
        let (wakes, waker) = Wakes::new();
        let mut ready = pin!(breaker.ready_on(&clock));
        assert!(ready.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        trial.record(outcome, clock.now());
        assert_eq!(wakes.count(), 1);
        assert!(poll(ready.as_mut()).is_ready());
    }
    assert_eq!(breaker.state(), CircuitState::Closed);
}

/// A source, and a stream of calls that fail for `'x'`.
fn calls(
    breaker: &CircuitBreaker,
    clock: &Ticking,
) -> (ByHand<char>, impl FusedStream<Item = Result<char, char>> + Unpin + use<>) {
    let source = ByHand::default();
    let call = |item| async move { if item == 'x' { Err(item) } else { Ok(item) } };
    let stream = source.clone().circuit_breaker_on_rs2(clock.clone(), breaker.clone(), call);
    (source, Box::pin(stream))
}

// Defect 28 of the peer: its breaker had no effect on any stream, and never closed by itself.
#[test]
fn a_tripped_breaker_pauses_the_source_and_lets_it_go_on() {
    let (breaker, clock) = (touchy(), Ticking::default());
    let (source, mut stream) = calls(&breaker, &clock);
    "xab".chars().for_each(|item| source.give(item));
    assert_eq!(next(Pin::new(&mut stream)), Poll::Ready(Some(Err('x'))));
    for now in 0..10 {
        clock.now.set(now);
        assert!(next(Pin::new(&mut stream)).is_pending());
        assert_eq!(source.polls(), 1, "the source is not even asked");
    }
    clock.now.set(10);
    assert_eq!(next(Pin::new(&mut stream)), Poll::Ready(Some(Ok('a'))));
    assert_eq!(next(Pin::new(&mut stream)), Poll::Ready(Some(Ok('b'))));
    assert_eq!(breaker.state(), CircuitState::Closed);
    source.end();
    assert_eq!(next(Pin::new(&mut stream)), Poll::Ready(None));
    assert!(stream.is_terminated());
}

#[test]
fn a_breaker_tripped_elsewhere_pauses_the_stream() {
    let (breaker, clock) = (touchy(), Ticking::default());
    let (source, mut stream) = calls(&breaker, &clock);
    assert!(next(Pin::new(&mut stream)).is_pending());
    breaker.acquire(clock.now()).unwrap().record(Outcome::Failure, clock.now());
    source.give('a');
    assert!(next(Pin::new(&mut stream)).is_pending());
    assert_eq!(source.polls(), 1);
    // A trial call of somebody else is under way; what it comes to wakes the stream.
    clock.now.set(10);
    let trial = breaker.acquire(clock.now()).unwrap();
    let (wakes, waker) = Wakes::new();
    let polled = Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    trial.record(Outcome::Success, clock.now());
    assert_eq!(wakes.count(), 1);
    assert_eq!(next(Pin::new(&mut stream)), Poll::Ready(Some(Ok('a'))));
}

#[test]
fn an_item_that_comes_just_as_the_breaker_trips_is_held() {
    let (breaker, clock) = (touchy(), Ticking::default());
    let (elsewhere, timer) = (breaker.clone(), clock.clone());
    let source = from_iter("a".chars()).inspect_rs2(move |_| {
        elsewhere.acquire(timer.now()).unwrap().record(Outcome::Failure, timer.now());
    });
    let call = async |item: char| Ok::<_, ()>(item);
    let mut stream = Box::pin(source.circuit_breaker_on_rs2(clock.clone(), breaker, call));
    assert!(next(stream.as_mut()).is_pending());
    assert_eq!(stream.size_hint(), (1, Some(1)));
    clock.now.set(10);
    assert_eq!(next(stream.as_mut()), Poll::Ready(Some(Ok('a'))));
    assert_eq!(next(stream.as_mut()), Poll::Ready(None));
}

#[test]
fn an_open_breaker_fails_or_diverts_items_where_it_is_told_to() {
    let clock = Ticking::default();
    let call = |item: char| async move { Err::<char, _>(BreakerError::Failed(item)) };
    let open = Open { retry_at: Some(at(10)) };
    let failing =
        from_iter(['a', 'b']).circuit_breaker_with_on_rs2(clock.clone(), touchy(), Fail, call);
    let seen: Vec<_> = futures_executor::block_on(failing.collect_rs2());
    assert_eq!(seen, [Err(BreakerError::Failed('a')), Err(BreakerError::Open(open))]);
    let cached = Divert(|item: char, _: Open| Ok(item.to_ascii_uppercase()));
    let diverting =
        from_iter(['a', 'b']).circuit_breaker_with_on_rs2(clock.clone(), touchy(), cached, call);
    let seen: Vec<_> = futures_executor::block_on(diverting.collect_rs2());
    assert_eq!(seen, [Err(BreakerError::Failed('a')), Ok('B')]);
}

#[test]
fn a_panic_in_the_closure_or_its_future_ends_the_stream_and_counts() {
    for in_closure in [true, false] {
        let (breaker, clock) = (touchy(), Ticking::default());
        let call = move |item: char| {
            assert!(!in_closure, "no");
            async move {
                assert!(item == 'b', "no");
                Ok::<_, ()>(item)
            }
        };
        let stream = from_iter("ab".chars());
        let mut stream =
            Box::pin(stream.circuit_breaker_on_rs2(clock.clone(), breaker.clone(), call));
        assert!(catch_unwind(AssertUnwindSafe(|| next(stream.as_mut()))).is_err());
        assert_eq!(next(stream.as_mut()), Poll::Ready(None));
        assert_eq!(breaker.state(), CircuitState::Open { until: at(10) });
    }
}

#[test]
fn settings_that_cannot_work_are_errors() {
    let config = CircuitBreakerConfig::new;
    let refused = |config: CircuitBreakerConfig| CircuitBreaker::new(config).unwrap_err();
    assert!(CircuitBreaker::new(config()).is_ok());
    assert_eq!(refused(config().window(0)), ConfigError::Zero("window"));
    assert_eq!(refused(config().min_calls(0)), ConfigError::Zero("min_calls"));
    assert_eq!(refused(config().min_calls(101)), ConfigError::Exceeds("min_calls", "window"));
    assert_eq!(refused(config().failure_percent(0)), ConfigError::Zero("failure_percent"));
    let over = config().failure_percent(101);
    assert_eq!(refused(over), ConfigError::Exceeds("failure_percent", "100"));
    let over = config().slow_percent(101, ns(1));
    assert_eq!(refused(over), ConfigError::Exceeds("slow_percent", "100"));
    assert_eq!(refused(config().open_wait(ns(0))), ConfigError::Zero("open_wait"));
    assert_eq!(refused(config().half_open_calls(0)), ConfigError::Zero("half_open_calls"));
    assert_eq!(
        refused(config().half_open_max_wait(ns(0))),
        ConfigError::Zero("half_open_max_wait")
    );
    assert_eq!(refused(config().backoff(0, ns(1))), ConfigError::Zero("backoff factor"));
    let shorter = config().backoff(2, ns(1));
    assert_eq!(refused(shorter), ConfigError::Exceeds("open_wait", "the longest wait"));
}
