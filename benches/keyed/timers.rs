//! What do the timers of sessions cost for each event?
//!
//! The floor is a table of the last time of each key: sessions that nobody is told of when they are
//! over. A contender adds timers, and counts the sessions that end. 30 events come for each key
//! within the gap with 1,000 keys, and 3 with 100,000.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use futures_executor::block_on;
use rs2_stream::prelude::*;
use rs2_stream::store::{Heap, Wheel};
use rs2_stream::time::Instant;

use super::events::{Event, EventClock, STEP, events};
use super::turns::{Contender, take_turns};
use super::{key, nanos, timed};

/// One array, no table: what the timers cost alone.
fn last_times(events: &[Event], keys: usize) -> u64 {
    let mut last = vec![0; keys];
    for event in events {
        last[event.key as usize] = event.at;
    }
    last.iter().fold(0, |a, b| a ^ b)
}

/// One timer for each key on a wheel, asked when it comes up.
fn on_wheel(events: &[Event], keys: usize, gap: u64) -> u64 {
    let (mut last, mut is_set) = (vec![0; keys], vec![false; keys]);
    let mut wheel = Wheel::new();
    let mut ended = 0;
    let mut next = u64::MAX;
    for event in events {
        let now = Instant::from_nanos(event.at);
        if next <= event.at {
            let due = |key: &u32| (Instant::from_nanos(last[*key as usize] + gap), 0);
            while let Some(key) = wheel.pop(now, due) {
                is_set[key as usize] = false;
                ended += 1;
            }
            next = wheel.next().map_or(u64::MAX, |at| at.since_origin().as_nanos() as u64);
        }
        let key = event.key as usize;
        last[key] = event.at;
        if !is_set[key] {
            is_set[key] = true;
            wheel.set(Instant::from_nanos(event.at + gap), key as u32);
            next = next.min(event.at + gap);
        }
    }
    ended
}

/// The same in a heap of deadlines.
fn in_heap(events: &[Event], keys: usize, gap: u64) -> u64 {
    let (mut last, mut is_set) = (vec![0; keys], vec![false; keys]);
    let mut heap = BinaryHeap::new();
    let mut ended = 0;
    for event in events {
        while let Some(&Reverse((due, key))) = heap.peek() {
            if due > event.at {
                break;
            }
            heap.pop();
            let later = last[key as usize] + gap;
            if later > event.at {
                heap.push(Reverse((later, key)));
            } else {
                is_set[key as usize] = false;
                ended += 1;
            }
        }
        let key = event.key as usize;
        last[key] = event.at;
        if !is_set[key] {
            is_set[key] = true;
            heap.push(Reverse((event.at + gap, key as u32)));
        }
    }
    ended
}

/// A full look at all keys whenever the gap has passed: what ends is told up to a gap late.
fn by_sweeps(events: &[Event], keys: usize, gap: u64) -> u64 {
    let mut last = vec![u64::MAX; keys];
    let mut sweep_at = gap;
    let mut ended = 0;
    for event in events {
        if event.at >= sweep_at {
            for last in &mut last {
                if *last != u64::MAX && *last + gap <= event.at {
                    *last = u64::MAX;
                    ended += 1;
                }
            }
            sweep_at = event.at + gap;
        }
        last[event.key as usize] = event.at;
    }
    ended
}

fn count(_event: Event, events: &mut (u64, u64)) {
    events.0 += 1;
}

/// The operators: a state for each session, and the same with a timer that tells its end. Both
/// count the events.
fn operators(events: &[Event], gap: u64) -> Vec<Contender<'_>> {
    let without = move || {
        let clock = EventClock::default();
        let step = |event, events: &mut (u64, u64)| {
            count(event, events);
            1
        };
        let memory = Heap::bounded(super::ROOM).seeded(7);
        let sessions =
            timed(events, &clock).keyed_session_on_rs2(clock, memory, nanos(gap), key, step);
        block_on(sessions.fold_sync_rs2(0, |events, one| events + one))
    };
    let with = move || {
        let clock = EventClock::default();
        let memory = Heap::bounded(super::ROOM).seeded(7);
        let sessions =
            timed(events, &clock).keyed_session_fold_on_rs2(clock, memory, nanos(gap), key, count);
        block_on(sessions.fold_sync_rs2(0, |events, (_, session)| events + session.0))
    };
    vec![("without", Box::new(without)), ("with", Box::new(with))]
}

pub fn measure(is_test: bool) {
    println!("\ntimers of sessions, ns per event, least and median");
    let sizes = if is_test {
        [(100, 30, 2.0), (1_000, 3, 8.0)]
    } else {
        [(1_000, 30, 2.0), (100_000, 3, 8.0)]
    };
    for (keys, often, target) in sizes {
        let (items, rounds) = if is_test { (5_000, 1) } else { (1_000_000, 15) };
        let mut numbered = events(items, keys);
        let gap = often * keys * STEP;
        let found = take_turns(items, rounds, &operators(&numbered, gap));
        let [without, with] = [0, 1].map(|which| found[which].per_item());
        let cost = with[0] - without[0];
        println!(
            "{keys:>9} keys, in the operator: {:6.2} {:6.2}, without {:6.2} {:6.2}: {cost:5.2} \
             more | {target:3.1} {}",
            with[0],
            with[1],
            without[0],
            without[1],
            if cost <= target { "met" } else { "MISSED" },
        );
        number(&mut numbered, keys);
        let (events, keys) = (&numbered, keys as usize);
        let floor: Vec<Contender<'_>> = vec![("floor", Box::new(|| last_times(events, keys)))];
        let floor = take_turns(items, rounds, &floor)[0].per_item()[0];
        let timers: Vec<Contender<'_>> = vec![
            ("wheel", Box::new(|| on_wheel(events, keys, gap))),
            ("heap of deadlines", Box::new(|| in_heap(events, keys, gap))),
        ];
        let found = take_turns(items, rounds, &timers);
        let sweeps: Vec<Contender<'_>> =
            vec![("sweeps", Box::new(|| by_sweeps(events, keys, gap)))];
        let swept = take_turns(items, rounds, &sweeps)[0].per_item()[0];
        println!(
            "{keys:>9} keys, alone: wheel {:5.2}, heap of deadlines {:5.2}, sweeps {swept:5.2}, \
             last time only {floor:5.2}",
            found[0].per_item()[0],
            found[1].per_item()[0],
        );
    }
}

/// Keys from zero on, so that an array can hold them.
fn number(events: &mut [Event], keys: u64) {
    for event in events {
        event.key = event.value.wrapping_mul(7_919).wrapping_add(event.at / STEP * 31) % keys;
    }
}
