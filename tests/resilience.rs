//! The rules that protect what is called, in virtual time: what their documentation draws, and what
//! a service would do with them.

use futures_util::future::join_all;
use rs2_core::op::resilience::{BreakerError, Divert, Fail, KeyedLimit, Open};
use rs2_core::op::timing::KeyedPace;
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_core::time::{Clock, Timer};
use rs2_test::marbles::check;
use rs2_test::{ManualTimer, ms};
use std::time::Duration;

/// So many columns of a diagram.
const fn columns(count: u32) -> Duration {
    ms(10 * count as u64)
}

/// Opens for so many columns after two calls of which one failed; one trial call.
fn breaker(wait: u32) -> CircuitBreaker {
    let config = CircuitBreakerConfig::new().window(2).min_calls(2).half_open_calls(1);
    CircuitBreaker::new(config.open_wait(columns(wait))).unwrap()
}

/// Fails for capitals.
async fn call(item: char) -> Result<char, char> {
    if item.is_ascii_uppercase() { Err(item) } else { Ok(item) }
}

fn either(result: Result<char, char>) -> char {
    result.unwrap_or_else(|failed| failed)
}

#[test]
fn an_open_breaker_pauses_its_source() {
    let calls = |source: rs2_test::marbles::MarbleSource, timer| {
        source.circuit_breaker_on_rs2(timer, breaker(3), call).map_rs2(either)
    };
    check("ABcd|", calls, "AB--(cd|)");
    check("ABCd---|", calls, "AB--C--(d|)");
    check("aBc---|", calls, "aB--c-|");
    check("AB|", calls, "AB--|");
    check("AB", calls, "AB");
}

#[test]
fn an_open_breaker_fails_or_diverts_items() {
    let failing = |source: rs2_test::marbles::MarbleSource, timer| {
        let call = async |item| call(item).await.map_err(BreakerError::Failed);
        let calls = source.circuit_breaker_with_on_rs2(timer, breaker(3), Fail, call);
        calls.map_rs2(|result| match result {
            Ok(item) | Err(BreakerError::Failed(item)) => item,
            Err(BreakerError::Open(_)) => '#',
        })
    };
    check("ABcdef|", failing, "AB##ef|");
    let diverting = |source: rs2_test::marbles::MarbleSource, timer| {
        let other = Divert(|_, _: Open| Ok('o'));
        source.circuit_breaker_with_on_rs2(timer, breaker(3), other, call).map_rs2(either)
    };
    check("ABcdef|", diverting, "ABooef|");
}

#[test]
fn each_opening_in_a_row_lasts_longer() {
    let config = CircuitBreakerConfig::new().window(1).min_calls(1).half_open_calls(1);
    let config = config.open_wait(columns(1)).backoff(2, columns(4));
    let breaker = CircuitBreaker::new(config).unwrap();
    let calls = |source: rs2_test::marbles::MarbleSource, timer| {
        source.circuit_breaker_on_rs2(timer, breaker, call).map_rs2(either)
    };
    check("(ABCDEfGh|)", calls, "AB-C---D---E---(fG)(h|)");
}

#[test]
fn a_shared_limit_is_kept_by_all_together() {
    let quota = Quota::new(1, columns(2)).unwrap().with_burst(2).unwrap();
    check(
        "(abcd|)",
        |source, timer| source.rate_limit_on_rs2(timer, RateLimiter::new(quota)),
        "(ab)-c-(d|)",
    );
    let limiter = RateLimiter::new(quota);
    check(
        ["(ab|)", "(xy|)"],
        |[left, right], timer: ManualTimer| {
            let left = left.rate_limit_on_rs2(timer.clone(), limiter.clone());
            left.merge_rs2(right.rate_limit_on_rs2(timer, limiter.clone()))
        },
        "(ax)-b-(y|)",
    );
}

#[test]
fn a_key_over_its_limit_does_not_hold_back_others() {
    let quota = Quota::new(1, columns(3)).unwrap().with_burst(1).unwrap();
    check(
        "aabab|",
        |source, timer| {
            let rule = KeyedLimit::new(&Heap::bounded(9).seeded(7), quota);
            source.rate_limit_by_key_on_rs2(timer, KeyedRateLimiter::new(rule), |item| *item)
        },
        "a-ba-|",
    );
    // What is over the limit can be told apart, or wait for its turn.
    check(
        "aabab|",
        |source, timer| {
            let rule = KeyedLimit::new(&Heap::bounded(9).seeded(7), quota);
            source
                .try_rate_limit_by_key_on_rs2(timer, rule, |item| *item)
                .map_rs2(|item| item.unwrap_or_else(|over| over.item.to_ascii_uppercase()))
        },
        "aAbaB|",
    );
    check(
        "aabab|",
        |source, timer| {
            let keys = Heap::bounded(9).seeded(7);
            source.pace_by_key_on_rs2(timer, keys, |item| *item, KeyedPace::spaced(columns(3)))
        },
        "a-ba-b(a|)",
    );
}

#[test]
fn futures_that_share_a_limiter_pass_in_the_order_in_which_they_came() {
    let timer = ManualTimer::new();
    let limiter = RateLimiter::new(Quota::new(1, ms(10)).unwrap());
    let passed = timer.run(join_all((0..5).map(|_| async {
        limiter.until_ready_on(&timer).await;
        timer.now().since_origin()
    })));
    assert_eq!(passed, [0, 10, 20, 30, 40].map(ms));
}

#[test]
fn calls_in_a_bulkhead_take_turns() {
    let timer = ManualTimer::new();
    let bulkhead = Bulkhead::new(2, 2);
    let job = async || timer.sleep_until(timer.now().saturating_add(ms(10))).await;
    let ended = timer.run(join_all((0..5).map(|_| async {
        let done = bulkhead.call(async { job().await }).await;
        done.ok().map(|()| timer.now().since_origin())
    })));
    assert_eq!(ended, [Some(ms(10)), Some(ms(10)), Some(ms(20)), Some(ms(20)), None]);
}
