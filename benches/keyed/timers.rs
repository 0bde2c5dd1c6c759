//! What do the timers of sessions cost for each event?
//!
//! An operator that keeps a state for each session, and tells nobody when one is over, is beside
//! the same with timers. So the difference is what timers add: to keep them, to find the sessions
//! that are over, to take those out of the table and to hand them on. Two loops by hand do what
//! the latter does: one is told beforehand which sessions are over, so that it pays for their end
//! alone; the other finds them in a heap of deadlines, one for each session, asked when it comes
//! up.
//!
//! Sessions of a key with 30 items in a gap do not end; with 3, one event in 30 ends one. The
//! clock stops when the source has ended: that all sessions end then is not part of it.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::iter;
use std::time::{Duration, Instant};

use foldhash::fast::FixedState;
use futures_executor::block_on;
use hashbrown::HashMap;
use rs2_stream::prelude::*;
use rs2_stream::store::Heap;

use super::events::{Event, EventClock, STEP, events};
use super::{key, nanos};

/// How many events there were in all sessions, and how long it took to the end of the source.
type Run<'a> = Box<dyn Fn() -> (u64, Duration) + 'a>;

#[derive(Default)]
struct Session {
    events: u64,
    last: u64,
}

type Sessions = HashMap<u64, Session, FixedState>;

/// A session that is over before an event, by the number of that, and its key.
type End = (usize, u64);

fn sessions() -> Sessions {
    HashMap::with_hasher(FixedState::with_seed(7))
}

fn add(sessions: &mut Sessions, event: &Event) -> bool {
    let session = sessions.entry(event.key).or_default();
    session.events += 1;
    session.last = event.at;
    session.events == 1
}

fn ends_known(events: &[Event], ends: &[End]) -> (u64, Duration) {
    let began = Instant::now();
    let (mut sessions, mut ends, mut in_all) = (sessions(), ends.iter().peekable(), 0);
    for (n, event) in events.iter().enumerate() {
        while let Some((_, key)) = ends.next_if(|end| end.0 == n) {
            in_all += sessions.remove(key).map_or(0, |session| session.events);
        }
        add(&mut sessions, event);
    }
    let took = began.elapsed();
    (sessions.values().fold(in_all, |all, session| all + session.events), took)
}

fn with_heap(events: &[Event], gap: u64, mut end: impl FnMut(End)) -> (u64, Duration) {
    let began = Instant::now();
    let (mut sessions, mut heap, mut in_all) = (sessions(), BinaryHeap::new(), 0);
    for (n, event) in events.iter().enumerate() {
        while let Some(&Reverse((due, key))) = heap.peek() {
            if due > event.at {
                break;
            }
            heap.pop();
            let later = sessions[&key].last + gap;
            if later > due {
                heap.push(Reverse((later, key)));
            } else {
                in_all += sessions.remove(&key).map_or(0, |session| session.events);
                end((n, key));
            }
        }
        if add(&mut sessions, event) {
            heap.push(Reverse((event.at + gap, event.key)));
        }
    }
    let took = began.elapsed();
    (sessions.values().fold(in_all, |all, session| all + session.events), took)
}

/// The events, each of which sets the clock for the next, and when the last of them has come.
fn timed<'a>(
    events: &'a [Event],
    clock: &EventClock,
    ended: &'a Cell<Option<Instant>>,
) -> impl Stream<Item = Event> + use<'a> {
    let clock = clock.clone();
    let mut now = 0;
    let end = iter::from_fn(|| {
        ended.set(Some(Instant::now()));
        None
    });
    from_iter(events.iter().copied().chain(end)).map_rs2(move |event| {
        now += STEP;
        clock.set(now);
        event
    })
}

fn count(_event: Event, events: &mut (u64, u64)) {
    events.0 += 1;
}

fn without_timers(events: &[Event], gap: u64) -> (u64, Duration) {
    let (clock, ended, began) = (EventClock::default(), Cell::new(None), Instant::now());
    let memory = Heap::bounded(super::ROOM).seeded(7);
    let step = |event, events: &mut (u64, u64)| {
        count(event, events);
        1
    };
    let each =
        timed(events, &clock, &ended).keyed_session_on_rs2(clock, memory, nanos(gap), key, step);
    let in_all = block_on(each.fold_sync_rs2(0, |events, one| events + one));
    (in_all, ended.get().expect("the source has ended") - began)
}

fn with_timers(events: &[Event], gap: u64) -> (u64, Duration) {
    let (clock, ended, began) = (EventClock::default(), Cell::new(None), Instant::now());
    let memory = Heap::bounded(super::ROOM).seeded(7);
    let over = timed(events, &clock, &ended).keyed_session_fold_on_rs2(
        clock,
        memory,
        nanos(gap),
        key,
        count,
    );
    let in_all = block_on(over.fold_sync_rs2(0, |events, (_, session)| events + session.0));
    (in_all, ended.get().expect("the source has ended") - began)
}

/// The least nanoseconds for each event, of each in turns.
fn take_turns<const N: usize>(events: u64, rounds: usize, runs: [Run<'_>; N]) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..rounds {
        for (run, least) in runs.iter().zip(&mut least) {
            let (in_all, took) = black_box(run());
            assert_eq!(in_all, events, "every event is in a session");
            *least = least.min(took.as_nanos() as f64 / events as f64);
        }
    }
    least
}

pub fn measure(is_test: bool) {
    println!("\ntimers of sessions, least ns per event");
    let rounds = if is_test { 1 } else { 15 };
    for (keys, often, target) in [(1_000, 30, 2.0), (100_000, 30, 8.0), (100_000, 3, 8.0)] {
        let keys = if is_test { keys / 50 } else { keys };
        let events = events(if is_test { 20_000 } else { 4_000_000 }, keys);
        let (events, gap) = (events.as_slice(), often * keys * STEP);
        let mut ends = Vec::new();
        with_heap(events, gap, |end| ends.push(end));
        let runs: [Run<'_>; 4] = [
            Box::new(|| without_timers(events, gap)),
            Box::new(|| with_timers(events, gap)),
            Box::new(|| ends_known(events, &ends)),
            Box::new(|| with_heap(events, gap, |_| ())),
        ];
        let [without, with, known, heap] = take_turns(events.len() as u64, rounds, runs);
        let cost = with - without;
        println!(
            "{keys:>7} keys, {often:>2} events in a gap, {:4.1} % end one: with {with:6.2}, \
             without {without:6.2}: {cost:5.2} more | {target:3.1} {}; by hand: ends known \
             {known:6.2}, heap {heap:6.2}: {:5.2} more",
            ends.len() as f64 * 100.0 / events.len() as f64,
            if cost <= target { "met" } else { "MISSED" },
            heap - known,
        );
    }
}
