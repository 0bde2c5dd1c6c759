//! What a circuit breaker does to streams and to plain futures.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/ticking.rs"]
mod ticking;

use futures_core::{FusedStream, Stream};
use patchy::ByHand;
use rs2_core::error::ConfigError;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::resilience::{
    BreakerError, CircuitBreaker, CircuitBreakerConfig, CircuitState, Divert, Fail, OnOpen, Open,
    Outcome,
};
use rs2_core::prelude::*;
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
fn a_timer_that_wakes_before_the_clock_shows_it_does_not_spin() {
    let (breaker, clock) = (touchy(), Ticking::default());
    breaker.acquire(clock.now()).unwrap().record(Outcome::Failure, clock.now());
    let call = async |item: char| Ok::<_, ()>(item);
    let source = from_iter("a".chars());
    let mut stream = Box::pin(source.circuit_breaker_on_rs2(clock.clone(), breaker, call));
    assert!(next(stream.as_mut()).is_pending());
    clock.lag.set(1);
    clock.now.set(10);
    assert_eq!(next(stream.as_mut()), Poll::Ready(Some(Ok('a'))));
    assert_eq!(next(stream.as_mut()), Poll::Ready(None));
}

/// Takes items while the breaker is open, and wants to try them again.
struct Insist;

impl<T, O> OnOpen<T, O> for Insist {
    const PAUSES: bool = false;
    fn refuse(&mut self, item: T, _open: Open) -> Result<O, T> {
        Err(item)
    }
}

#[test]
fn an_item_that_is_tried_again_waits_for_the_breaker() {
    let (breaker, clock) = (touchy(), Ticking::default());
    breaker.acquire(clock.now()).unwrap().record(Outcome::Failure, clock.now());
    let call = async |item: char| Ok::<_, ()>(item);
    let source = from_iter("a".chars());
    let mut stream =
        Box::pin(source.circuit_breaker_with_on_rs2(clock.clone(), breaker, Insist, call));
    assert!(next(stream.as_mut()).is_pending());
    clock.now.set(10);
    assert_eq!(next(stream.as_mut()), Poll::Ready(Some(Ok('a'))));
}

#[test]
fn a_failed_call_names_the_cause_of_its_error_and_not_the_error() {
    let cause = Open { retry_at: None };
    let failed = BreakerError::Failed(Caused(cause));
    let source = std::error::Error::source(&failed).unwrap();
    assert_eq!(source.to_string(), cause.to_string());
}

#[derive(Debug)]
struct Caused(Open);

impl std::fmt::Display for Caused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Caused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_open_breaker_fails_or_diverts_items_where_it_is_told_to() {
    let clock = Ticking::default();
    let call = |item: char| async move { Err::<char, _>(BreakerError::Failed(item)) };
    let open = Open { retry_at: Some(at(10)) };
    let failing =
        from_iter(['a', 'b']).circuit_breaker_with_on_rs2(clock.clone(), touchy(), Fail, call);
    let refused = failing.losses().clone();
    let seen: Vec<_> = futures_executor::block_on(failing.collect_rs2());
    assert_eq!((refused.of(Loss::Failed), refused.total()), (1, 1));
    assert_eq!(seen, [Err(BreakerError::Failed('a')), Err(BreakerError::Open(open))]);
    let cached = Divert(|item: char, _: Open| Ok(item.to_ascii_uppercase()));
    let diverting =
        from_iter(['a', 'b']).circuit_breaker_with_on_rs2(clock.clone(), touchy(), cached, call);
    let refused = diverting.losses().clone();
    let seen: Vec<_> = futures_executor::block_on(diverting.collect_rs2());
    assert_eq!(refused.total(), 0);
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
