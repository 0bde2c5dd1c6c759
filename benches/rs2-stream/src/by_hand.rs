//! By hand: a loop, and the same with futures-util, over a map with the same hasher.

use crate::event::{Event, States, Totals, mix};
use foldhash::fast::FixedState;
use futures_util::{StreamExt, stream};
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::future::ready;
use std::time::{Duration, Instant};

/// More than any key has events: see `by_published::throttle`.
pub(crate) const LIMIT: u32 = 1_000_000;
const HOUR: Duration = Duration::from_secs(3_600);

fn states<E: Event, V>() -> States<E, V> {
    HashMap::with_hasher(FixedState::with_seed(7))
}

/// A loop over all events, with what a rule puts out.
fn looped<E: Event>(events: Vec<E>, rule: impl FnMut(E) -> Option<u64>) -> u64 {
    events.into_iter().filter_map(rule).fold(0, mix)
}

/// The same as a stream of futures-util.
fn streamed<E: Event>(events: Vec<E>, mut rule: impl FnMut(E) -> Option<u64>) -> u64 {
    let outputs = stream::iter(events).filter_map(|event| ready(rule(event)));
    futures_executor::block_on(outputs.fold(0, |answer, output| ready(mix(answer, output))))
}

fn mapping<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut states = states::<E, Totals>();
    move |event: E| Some(event.state(&mut states).add(event.amount()))
}

/// Drops one event in so many of each key.
fn filtering<E: Event, const ONE_IN: u64>() -> impl FnMut(E) -> Option<u64> {
    let mut states = states::<E, Totals>();
    move |event: E| {
        let totals = event.state(&mut states);
        totals.add(event.amount());
        (!totals.events.is_multiple_of(ONE_IN)).then(|| event.amount())
    }
}

fn folding<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut sums = states::<E, u64>();
    move |event: E| {
        let sum = event.state(&mut sums);
        *sum += event.amount();
        Some(*sum)
    }
}

fn deduplicating<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut seen = states::<E, Option<Instant>>();
    let now = Instant::now();
    move |event: E| {
        let until = event.state(&mut seen);
        let fresh = until.is_none_or(|until| until <= now);
        if fresh {
            *until = Some(now + HOUR);
        }
        fresh.then(|| event.amount())
    }
}

fn throttling<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut logs = states::<E, VecDeque<Instant>>();
    let now = Instant::now();
    move |event: E| {
        let log = event.state(&mut logs);
        while log.front().is_some_and(|oldest| *oldest + HOUR <= now) {
            log.pop_front();
        }
        let passes = log.len() < LIMIT as usize;
        if passes {
            log.push_back(now);
        }
        passes.then(|| event.amount())
    }
}

fn sessions<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut states = states::<E, (Option<Instant>, Totals)>();
    let now = Instant::now();
    move |event: E| {
        let (last, totals) = event.state(&mut states);
        if last.is_none_or(|last| last + HOUR <= now) {
            *totals = Totals::default();
        }
        *last = Some(now);
        totals.add(event.amount());
        Some(event.amount())
    }
}

macro_rules! both {
    ($($looped:ident, $streamed:ident $([$one_in:ident])?: $rule:ident;)*) => {$(
        pub(crate) fn $looped<E: Event $(, const $one_in: u64)?>(events: Vec<E>) -> u64 {
            looped(events, $rule::<E $(, $one_in)?>())
        }
        pub(crate) fn $streamed<E: Event $(, const $one_in: u64)?>(events: Vec<E>) -> u64 {
            streamed(events, $rule::<E $(, $one_in)?>())
        }
    )*};
}

both! {
    map, map_streamed: mapping;
    filter, filter_streamed [ONE_IN]: filtering;
    fold, fold_streamed: folding;
    deduplicate, deduplicate_streamed: deduplicating;
    throttle, throttle_streamed: throttling;
    session, session_streamed: sessions;
}
