//! By RS2: state lent to a closure, and behind a handle that an asynchronous step works with.

use crate::by_hand::LIMIT;
use crate::event::{Event, Totals, mix};
use futures_executor::block_on;
use rs2_stream::op::keyed::KeyedByRef;
use rs2_stream::prelude::*;
use rs2_stream::state::{CustomKeyExtractor, StateConfig, TtlFrom, Unlimited};
use rs2_stream::store::{Heap, SeededHeap};
use rs2_stream::time::{NoTimer, Timer};
use rs2_stream::tokio::TokioTimer;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn source<E: Event>(events: Vec<E>) -> impl Stream<Item = E> {
    from_iter(events)
}

fn keys() -> SeededHeap {
    Heap::bounded(1_000_000).seeded(7)
}

/// The events with what they lend of their keys.
fn lent<E: Event, C: Timer>(
    timer: C,
    events: Vec<E>,
) -> KeyedByRef<
    impl Stream<Item = E>,
    impl FnMut(&E) -> &E::Lent,
    E::Lent,
    SeededHeap,
    Unlimited,
    NoTimer,
    C,
> {
    source(events).key_by_ref_on_rs2(timer, keys(), |event: &E| event.lent())
}

fn answer(outputs: impl Stream<Item = u64>) -> u64 {
    block_on(outputs.fold_sync_rs2(0, mix))
}

pub(crate) fn map<E: Event>(events: Vec<E>) -> u64 {
    let add = |event: E, totals: &mut Totals| totals.add(event.amount());
    answer(lent(NoTimer, events).keyed_map_rs2(add))
}

pub(crate) fn filter<E: Event, const ONE_IN: u64>(events: Vec<E>) -> u64 {
    let odd = |event: &E, totals: &mut Totals| {
        totals.add(event.amount());
        !totals.events.is_multiple_of(ONE_IN)
    };
    answer(lent(NoTimer, events).keyed_filter_rs2(odd).map_rs2(|event| event.amount()))
}

pub(crate) fn fold<E: Event>(events: Vec<E>) -> u64 {
    let add = |event: E, sum: &mut u64| *sum += event.amount();
    answer(lent(NoTimer, events).keyed_fold_rs2(0, add))
}

fn deduplicate_on<E: Event>(timer: impl Timer, events: Vec<E>) -> u64 {
    let firsts = lent(timer, events).keyed_deduplicate_rs2(HOUR, TtlFrom::Creation);
    answer(firsts.map_rs2(|event| event.amount()))
}

fn throttle_on<E: Event>(timer: impl Timer, events: Vec<E>) -> u64 {
    let passed = lent(timer, events).keyed_throttle_rs2(LIMIT as usize, HOUR);
    answer(passed.map_rs2(|event| event.amount()))
}

fn session_on<E: Event>(timer: impl Timer, events: Vec<E>) -> u64 {
    let add = |event: E, totals: &mut Totals| {
        totals.add(event.amount());
        event.amount()
    };
    answer(lent(timer, events).keyed_session_rs2(HOUR, add))
}

/// The time as the loop by hand has it, which reads no clock, and the clock of tokio.
macro_rules! on_both_clocks {
    ($($still:ident, $ticking:ident: $on:ident;)*) => {$(
        pub(crate) fn $still<E: Event>(events: Vec<E>) -> u64 {
            $on(NoTimer, events)
        }
        pub(crate) fn $ticking<E: Event>(events: Vec<E>) -> u64 {
            $on(TokioTimer::shared(), events)
        }
    )*};
}

on_both_clocks! {
    deduplicate, deduplicate_timed: deduplicate_on;
    throttle, throttle_timed: throttle_on;
    session, session_timed: session_on;
}

fn config() -> StateConfig {
    StateConfig::new().ttl(HOUR).cleanup_interval(HOUR / 6).max_size(1_000_000).seeded(7)
}

pub(crate) fn map_async<E: Event>(events: Vec<E>) -> u64 {
    let key = CustomKeyExtractor::new(E::key);
    answer(source(events).stateful_map_rs2(config(), key, async |event, state| {
        let mut totals: Totals = state.get().await.unwrap_or_default();
        let sum = totals.add(event.amount());
        state.set(&totals).await.expect("the step is running");
        sum
    }))
}

pub(crate) fn filter_async<E: Event, const ONE_IN: u64>(events: Vec<E>) -> u64 {
    let key = CustomKeyExtractor::new(E::key);
    let odd = source(events).stateful_filter_rs2(config(), key, |event: &E, state| {
        let amount = event.amount();
        async move {
            let mut totals: Totals = state.get().await.unwrap_or_default();
            totals.add(amount);
            state.set(&totals).await.expect("the step is running");
            !totals.events.is_multiple_of(ONE_IN)
        }
    });
    answer(odd.map_rs2(|event| event.amount()))
}

pub(crate) fn fold_async<E: Event>(events: Vec<E>) -> u64 {
    let key = CustomKeyExtractor::new(E::key);
    let add = async |sum: u64, event: E, _| sum + event.amount();
    answer(source(events).stateful_fold_rs2(config(), key, 0, add))
}

pub(crate) fn deduplicate_async<E: Event>(events: Vec<E>) -> u64 {
    let key = CustomKeyExtractor::new(E::key);
    let firsts = source(events).stateful_deduplicate_rs2(config(), key, HOUR);
    answer(firsts.map_rs2(|event| event.amount()))
}

pub(crate) fn throttle_async<E: Event>(events: Vec<E>) -> u64 {
    let key = CustomKeyExtractor::new(E::key);
    let passed = source(events).stateful_throttle_rs2(config(), key, LIMIT, HOUR);
    answer(passed.map_rs2(|event| event.amount()))
}

pub(crate) fn session_async<E: Event>(events: Vec<E>) -> u64 {
    let key = CustomKeyExtractor::new(E::key);
    answer(source(events).stateful_session_rs2(config(), key, HOUR, async |event, state| {
        let mut totals: Totals = state.get().await.unwrap_or_default();
        totals.add(event.amount());
        state.set(&totals).await.expect("the step is running");
        event.amount()
    }))
}
