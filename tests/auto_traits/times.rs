//! Operators that decide by the clock.

use super::{all, now, numbers, results, shares};
use rs2_stream::op::resilience::{
    Bulkhead, CircuitBreaker, CircuitBreakerConfig, Fail, KeyedLimit, KeyedRateLimiter, Open,
    Quota, RateLimiter,
};
use rs2_stream::op::timing::{Edge, KeyedPace};
use rs2_stream::prelude::*;
use rs2_stream::store::Heap;
use rs2_stream::time::NoTimer;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A call that a breaker may refuse.
fn call(n: u32) -> std::future::Ready<Result<u32, Refused>> {
    now(Ok(n))
}

struct Refused;

impl From<Open> for Refused {
    fn from(_: Open) -> Self {
        Self
    }
}

#[test]
fn sources() {
    all(emit_after_on(NoTimer, 1, SECOND));
    all(tick_on(NoTimer, SECOND, 1));
    all(tick_with_on(NoTimer, SECOND, MissedTick::Skip, 1));
}

#[test]
fn dropping() {
    all(numbers().debounce_on_rs2(NoTimer, SECOND));
    all(numbers().debounce_within_on_rs2(NoTimer, SECOND, SECOND));
    all(numbers().debounce_edge_on_rs2(NoTimer, SECOND, Edge::Trailing));
    let keys = Heap::bounded(1).seeded(7);
    all(numbers().debounce_by_key_on_rs2(NoTimer, keys, |n| *n, SECOND));
    all(numbers().throttle_on_rs2(NoTimer, SECOND));
    all(numbers().throttle_first_on_rs2(NoTimer, SECOND));
    all(numbers().throttle_latest_on_rs2(NoTimer, SECOND));
    all(numbers().sample_on_rs2(NoTimer, SECOND));
    all(numbers().sample_hold_on_rs2(NoTimer, SECOND));
    all(numbers().sample_when_rs2(numbers()));
}

#[test]
fn waiting() {
    all(numbers().pace_on_rs2(NoTimer, 1, 1));
    let (keys, pace) = (Heap::bounded(1).seeded(7), KeyedPace::per_sec(1));
    all(numbers().pace_by_key_on_rs2(NoTimer, keys, |n| *n, pace));
    all(numbers().spaced_on_rs2(NoTimer, SECOND));
    all(numbers().spaced_in_on_rs2(Heap::bounded(1), NoTimer, SECOND));
    all(numbers().delay_on_rs2(NoTimer, SECOND, 1));
    all(numbers().delay_in_on_rs2(Heap::bounded(1), NoTimer, SECOND));
    all(numbers().timeout_on_rs2(NoTimer, SECOND));
    all(numbers().timeout_repeat_on_rs2(NoTimer, SECOND));
    all(numbers().timeout_fallback_on_rs2(NoTimer, SECOND, numbers()));
    all(numbers().timeout_each_on_rs2(NoTimer, SECOND, now));
    all(numbers().heartbeat_on_rs2(NoTimer, SECOND, 1));
    all(numbers().initial_timeout_on_rs2(NoTimer, SECOND));
    all(numbers().completion_timeout_on_rs2(NoTimer, SECOND));
    all(numbers().demand_timeout_on_rs2(NoTimer, SECOND));
}

#[test]
fn resilience() {
    let breaker = CircuitBreaker::new(CircuitBreakerConfig::new()).expect("the default works");
    all(numbers().circuit_breaker_on_rs2(NoTimer, breaker.clone(), call));
    all(numbers().circuit_breaker_with_on_rs2(NoTimer, breaker.clone(), Fail, call));
    all(breaker.ready_on(&NoTimer));
    let quota = Quota::per_second(1).expect("one is a quota");
    let limiter = RateLimiter::new(quota);
    all(numbers().rate_limit_on_rs2(NoTimer, limiter.clone()));
    all(limiter.until_ready_on(&NoTimer));
    let rule = KeyedLimit::new(&Heap::bounded(1).seeded(7), quota);
    let limiter = KeyedRateLimiter::new(rule);
    all(numbers().rate_limit_by_key_on_rs2(NoTimer, limiter.clone(), |n| *n));
    all(numbers().try_rate_limit_by_key_on_rs2(NoTimer, limiter, |n| *n));
    all(Bulkhead::new(1, 1).enter());
}

#[test]
fn retry() {
    let policy = RetryPolicy::Fixed { max_retries: 1, delay: SECOND };
    all(results().retry_with_policy_on_rs2(NoTimer, 7, policy, results));
    all(results().retry_from_on_rs2(NoTimer, 7, policy, |_| results()));
    all(retry_on(NoTimer, 7, policy, || now(Err::<u32, u32>(1))));
}

/// With the timer of a runtime: its sleep stays where it is, and so does the stream.
#[test]
fn on_tokio() {
    shares(numbers().debounce_rs2(SECOND));
    shares(numbers().timeout_rs2(SECOND));
    shares(numbers().throttle_latest_rs2(SECOND));
    shares(tick(SECOND, 1));
}
