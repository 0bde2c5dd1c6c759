//! By hand: a loop, and the same with futures-util, over a map with the same hasher.

use crate::event::{Event, Totals, mix};
use foldhash::fast::FixedState;
use futures_util::{StreamExt, stream};
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::future::ready;
use std::time::{Duration, Instant};

/// More than any key has events: see `by_published::throttle`.
pub(crate) const LIMIT: u32 = 1_000_000;
const HOUR: Duration = Duration::from_secs(3_600);

type States<E, V> = HashMap<<E as Event>::Key, V, FixedState>;

fn states<E: Event, V>() -> States<E, V> {
    HashMap::with_hasher(FixedState::with_seed(7))
}

/// A loop over all events, with what a rule puts out.
fn looped<E: Event>(events: &[E], mut rule: impl FnMut(E) -> Option<u64>) -> u64 {
    events.iter().cloned().filter_map(|event| rule(event)).fold(0, mix)
}

/// The same as a stream of futures-util.
fn streamed<E: Event>(events: &[E], mut rule: impl FnMut(E) -> Option<u64>) -> u64 {
    let outputs = stream::iter(events.iter().cloned()).filter_map(|event| ready(rule(event)));
    futures_executor::block_on(outputs.fold(0, |answer, output| ready(mix(answer, output))))
}

fn mapping<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut states = states::<E, Totals>();
    move |event: E| Some(states.entry(event.key()).or_default().add(event.amount()))
}

fn filtering<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut states = states::<E, Totals>();
    move |event: E| {
        let totals = states.entry(event.key()).or_default();
        totals.add(event.amount());
        (totals.events % 8 != 0).then(|| event.amount())
    }
}

fn folding<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut sums = states::<E, u64>();
    move |event: E| {
        let sum = sums.entry(event.key()).or_default();
        *sum += event.amount();
        Some(*sum)
    }
}

fn deduplicating<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut seen = states::<E, Instant>();
    let now = Instant::now();
    move |event: E| {
        let fresh = match seen.entry(event.key()) {
            hashbrown::hash_map::Entry::Occupied(mut seen) => {
                let is_over = *seen.get() <= now;
                if is_over {
                    seen.insert(now + HOUR);
                }
                is_over
            }
            hashbrown::hash_map::Entry::Vacant(place) => {
                place.insert(now + HOUR);
                true
            }
        };
        fresh.then(|| event.amount())
    }
}

fn throttling<E: Event>() -> impl FnMut(E) -> Option<u64> {
    let mut logs = states::<E, VecDeque<Instant>>();
    let now = Instant::now();
    move |event: E| {
        let log = logs.entry(event.key()).or_default();
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
        let (last, totals) = states.entry(event.key()).or_default();
        if last.is_none_or(|last| last + HOUR <= now) {
            *totals = Totals::default();
        }
        *last = Some(now);
        totals.add(event.amount());
        Some(event.amount())
    }
}

macro_rules! both {
    ($($looped:ident, $streamed:ident: $rule:ident;)*) => {$(
        pub(crate) fn $looped<E: Event>(events: &'static [E]) -> u64 {
            looped(events, $rule::<E>())
        }
        pub(crate) fn $streamed<E: Event>(events: &'static [E]) -> u64 {
            streamed(events, $rule::<E>())
        }
    )*};
}

both! {
    map, map_streamed: mapping;
    filter, filter_streamed: filtering;
    fold, fold_streamed: folding;
    deduplicate, deduplicate_streamed: deduplicating;
    throttle, throttle_streamed: throttling;
    session, session_streamed: sessions;
}
