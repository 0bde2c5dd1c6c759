//! Operators that protect what is called.

use rs2_core::metrics::Reports;
use rs2_core::op::resilience::{
    Bulkhead, CircuitBreaker, CircuitBreakerConfig, Divert, Fail, KeyedLimit, KeyedRateLimiter,
    Open, Quota, RateLimiter,
};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{Given, Order, Row, ms};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

const WAIT: Duration = ms(30);
const GAP: Duration = ms(25);
const BURST: u32 = 2;

fn bad(data: u64) -> bool {
    data.is_multiple_of(3)
}

/// A breaker that every run trips.
fn breaker() -> CircuitBreaker {
    let config = CircuitBreakerConfig::new().window(4).min_calls(2).failure_percent(40);
    CircuitBreaker::new(config.open_wait(WAIT).half_open_calls(2)).expect("settings that work")
}

/// A call that fails for bad items; either way the item is in what it comes to.
fn call(sim: &Sim) -> impl Fn(Tok) -> CallFuture + use<> {
    let work = sim.work();
    move |item| {
        let work = work(item);
        Box::pin(async move {
            let item = work.await;
            if bad(item.data()) { Err(Failed(Some(item))) } else { Ok(item) }
        })
    }
}

type CallFuture = std::pin::Pin<Box<dyn Future<Output = Result<Tok, Failed>>>>;

/// The item whose call failed; none when the call was not made.
struct Failed(Option<Tok>);

impl From<Open> for Failed {
    fn from(_: Open) -> Self {
        Self(None)
    }
}

fn item(result: Result<Tok, Failed>) -> Option<Tok> {
    result.map_or_else(|failed| failed.0, Some)
}

fn quota() -> Quota {
    let quota = Quota::new(1, GAP).and_then(|quota| quota.with_burst(BURST));
    quota.expect("a quota that works")
}

fn key_of(data: u64) -> u64 {
    data % 3
}

/// What passes when each key has a bucket of its own.
fn within_limits(given: &[Given]) -> Vec<u64> {
    let mut paid_off = BTreeMap::new();
    let items = given[0].ids.iter().zip(&given[0].taken_at);
    let passing = items.filter(|&(&id, taken)| {
        let debt = paid_off.entry(key_of(given[0].data(id))).or_insert(*taken);
        let passes = taken.saturating_add(GAP * (BURST - 1)) >= *debt;
        if passes {
            *debt = (*debt).max(*taken).saturating_add(GAP);
        }
        passes
    });
    passing.map(|(id, _)| *id).collect()
}

fn by_key(sim: &Sim, source: Source, room: usize) -> impl Progress<Item = Tok> + Reports + use<> {
    let rule = KeyedLimit::new(&Heap::bounded(room).seeded(7), quota());
    let key = |item: &Tok| key_of(item.data());
    source.rate_limit_by_key_on_rs2(sim.timer(), KeyedRateLimiter::new(rule), key)
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = breakers();
    rows.extend(limits());
    rows
}

fn breakers() -> Vec<Row> {
    vec![
        Row::new("circuit_breaker_on_rs2", |sim, [source]| {
            let calls = source.circuit_breaker_on_rs2(sim.timer(), breaker(), call(sim));
            calls.filter_map_rs2(item)
        })
        .read_ahead(1)
        .in_flight(1)
        .needs_time(),
        Row::new("circuit_breaker_on_rs2, one breaker for two streams", |sim, [left, right]| {
            let breaker = breaker();
            let left = left.circuit_breaker_on_rs2(sim.timer(), breaker.clone(), call(sim));
            let right = right.circuit_breaker_on_rs2(sim.timer(), breaker, call(sim));
            left.merge_rs2(right).filter_map_rs2(item)
        })
        .order(Order::PerSource)
        .read_ahead(2)
        .in_flight(2)
        .needs_time(),
        Row::new("circuit_breaker_with_on_rs2, fail", |sim, [source]| {
            let calls = source.circuit_breaker_with_on_rs2(sim.timer(), breaker(), Fail, call(sim));
            let refused = calls.losses().clone();
            sim.count_losses(move || refused.total());
            calls.filter_map_rs2(item)
        })
        .may_lose("an item", "while the breaker is open")
        .read_ahead(1)
        .in_flight(1)
        .needs_time(),
        Row::new("circuit_breaker_with_on_rs2, divert", |sim, [source]| {
            let pass = sim.pass();
            let pass = Divert(move |item, _: Open| Ok::<_, Failed>(pass(item)));
            let calls = source.circuit_breaker_with_on_rs2(sim.timer(), breaker(), pass, call(sim));
            calls.filter_map_rs2(item)
        })
        .read_ahead(1)
        .in_flight(1)
        .needs_time(),
        Row::new("par_eval_map_inline_rs2, in a bulkhead", |sim, [source]| {
            let (bulkhead, work) = (Bulkhead::new(2, 4), sim.work());
            let calls = source.par_eval_map_inline_rs2(4, move |item| {
                let (bulkhead, work) = (bulkhead.clone(), work.clone());
                async move { bulkhead.call(async { work(item).await }).await.ok() }
            });
            calls.filter_map_rs2(|item| item)
        })
        .read_ahead(8)
        .in_flight(2),
    ]
}

fn limits() -> Vec<Row> {
    vec![
        Row::new("rate_limit_on_rs2", |sim, [source]| {
            source.rate_limit_on_rs2(sim.timer(), RateLimiter::new(quota()))
        })
        .read_ahead(1)
        .needs_time(),
        Row::new("rate_limit_on_rs2, one limiter for two streams", |sim, [left, right]| {
            let limiter = RateLimiter::new(quota());
            let left = left.rate_limit_on_rs2(sim.timer(), limiter.clone());
            left.merge_rs2(right.rate_limit_on_rs2(sim.timer(), limiter))
        })
        .order(Order::PerSource)
        .read_ahead(2)
        .needs_time(),
        Row::new("rate_limit_by_key_on_rs2", |sim, [source]| by_key(sim, source, 9))
            .model(within_limits)
            .timed(),
        Row::new("try_rate_limit_by_key_on_rs2", |sim, [source]| {
            let rule = KeyedLimit::new(&Heap::bounded(9).seeded(7), quota());
            let key = |item: &Tok| key_of(item.data());
            let limited = source.try_rate_limit_by_key_on_rs2(sim.timer(), rule, key);
            limited.map_rs2(|answer| answer.unwrap_or_else(|over| over.item))
        })
        .needs_time(),
        Row::new("rate_limit_by_key_on_rs2, with room for one key", |sim, [source]| {
            let stream = by_key(sim, source, 1);
            let losses = stream.losses().clone();
            sim.count_losses(move || losses.total());
            stream
        })
        .may_lose("an item over the limit of its key", "at once")
        .needs_time(),
    ]
}
