//! How much memory is a key, and what is left of it after its state has expired?

use std::alloc::System;
use std::time::Duration;

use cap::Cap;
use futures_executor::block_on;
use futures_util::StreamExt;
use rs2_stream::metrics::{Holds, Loss, Reports};
use rs2_stream::prelude::*;
use rs2_stream::state::{ApproxKeys, TtlFrom};
use rs2_stream::store::Heap;

use super::events::{Event, EventClock, STEP};
use super::hand::Total;
use super::{digest, key, keys, nanos};

/// Counts what is allocated.
#[global_allocator]
static ALLOCATED: Cap<System> = Cap::new(System, usize::MAX);

/// Each key once, one that comes when all of them have expired, and another after that.
fn once_each(count: u64, ttl: u64) -> Vec<Event> {
    let event = |key: u64, at: u64| Event { key, value: 1, at };
    let mut events: Vec<Event> = (0..count).map(|n| event(n, n * STEP)).collect();
    let end = count * STEP + 5 * ttl;
    events.extend([event(0, end), event(0, end + 5 * ttl)]);
    events
}

/// The events, each of which sets the clock to its own time.
fn by_their_time<'a>(
    events: &'a [Event],
    clock: &EventClock,
) -> impl Stream<Item = Event> + use<'a> {
    let clock = clock.clone();
    from_iter(events.iter().copied()).map_rs2(move |event| {
        clock.set(event.at);
        event
    })
}

fn report<S>(name: &str, count: u64, events: &[Event], build: impl FnOnce(EventClock) -> S)
where
    S: Stream + Holds,
{
    let before = ALLOCATED.allocated();
    let mut stream = Box::pin(build(EventClock::default()));
    block_on(stream.by_ref().take(events.len() - 2).for_each(|_| async {}));
    let (held, full) = (stream.held(), ALLOCATED.allocated() - before);
    block_on(stream.by_ref().take(2).for_each(|_| async {}));
    let (kept, left) = (stream.held(), ALLOCATED.allocated() - before);
    println!(
        "{name:14} {:6.1} bytes per key with {held} keys; {left} bytes with {kept} later",
        full as f64 / count as f64
    );
    assert!(left * 20 < full, "expired states are given back");
}

/// A memory that errs is taken at once, and stays as it is.
fn approximate(count: u64, events: &[Event], ttl: Duration, fpp: f64) {
    let before = ALLOCATED.allocated();
    let clock = EventClock::default();
    let expected = ApproxKeys::new(count as usize, fpp).expect("a share below one");
    let seen = expected.seeded(7);
    let items = by_their_time(&events[..events.len() - 2], &clock);
    let mut stream = Box::pin(items.keyed_deduplicate_approx_on_rs2(clock, seen, ttl, key));
    let losses = stream.losses().clone();
    let passed = block_on(stream.by_ref().count()) as u64;
    let full = ALLOCATED.allocated() - before;
    println!(
        "dedup, {fpp:<7} {:6.1} bytes per key with {passed} keys; {} dropped, {} expected",
        full as f64 / count as f64,
        losses.of(Loss::Duplicate),
        losses.of(Loss::UniqueRisk),
    );
    assert_eq!(passed + losses.of(Loss::Duplicate), count);
    assert_eq!(losses.of(Loss::DuplicateRisk), 0, "no key is forgotten before its time");
}

pub fn measure(is_test: bool) {
    let count = if is_test { 10_000 } else { 1_000_000 };
    println!("\nmemory: u64 keys, states of {} bytes", size_of::<Total>());
    let ttl = 2 * count * STEP;
    let events = once_each(count, ttl);
    report("session", count, &events, |clock| {
        by_their_time(&events, &clock).keyed_session_on_rs2(clock, keys(), nanos(ttl), key, digest)
    });
    report("dedup", count, &events, |clock| {
        let from = TtlFrom::Creation;
        by_their_time(&events, &clock).keyed_deduplicate_on_rs2(
            clock,
            keys(),
            nanos(ttl),
            from,
            key,
        )
    });
    for fpp in [0.01, 0.001] {
        approximate(count, &events, nanos(ttl), fpp);
    }
    report("throttle", count, &events, |clock| {
        let log = Heap::bounded(super::LIMIT);
        by_their_time(&events, &clock).keyed_throttle_on_rs2(clock, keys(), log, nanos(ttl), key)
    });
}
