//! Sessions that end when their time is over, against sorting each key by itself.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "common/ticking.rs"]
mod ticking;
#[path = "common/timed.rs"]
mod timed;

use by_time::{cases, counts, limits};
use proptest::prelude::*;
use recorder::{arrivals, record};
use rs2_core::machine::Machine;
use rs2_core::op::keyed::KeyedSessionFold;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use std::time::Duration;
use timed::{ByHand, Item, items, run_at};

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn key(item: &Item) -> u8 {
    item.1
}

type Session = (u8, Vec<Item>);

/// The sessions by definition, each with the time at which it ends, in the order of their ends.
fn sessions(items: &[Item], gap: u64, end: u64) -> Vec<(Session, u64)> {
    let mut sessions: Vec<Session> = Vec::new();
    for item in items {
        let same = |session: &&mut Session| {
            let (_, last) = (session.0, session.1[session.1.len() - 1]);
            session.0 == item.1 && item.2 - last.2 < gap
        };
        match sessions.iter_mut().find(same) {
            Some(session) => session.1.push(*item),
            None => sessions.push((item.1, vec![*item])),
        }
    }
    let last = |session: &Session| session.1[session.1.len() - 1];
    sessions.sort_by_key(|session| (last(session).2, last(session).0));
    let with_end = |session: Session| {
        let over = (last(&session).2 + gap).min(end);
        (session, over)
    };
    sessions.into_iter().map(with_end).collect()
}

fn add(item: Item, seen: &mut Vec<Item>) {
    seen.push(item);
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_session_ends_when_its_time_is_over(
        items in items(5, 80), gap in 1_u64..30, rest in 0_u64..40,
    ) {
        let end = items.last().map_or(0, |item| item.2) + rest;
        let (limits, losses) = limits(heap(256), OnFull::Stop);
        let mut found = run_at(KeyedSessionFold::new(limits, ns(gap), key, add), &items, end);
        let mut expected = sessions(&items, gap, end);
        // An item exactly at the end of a session of its key ends it before others that are due.
        let order = |(session, at): &(Session, u64)| (*at, session.1[0].0);
        found.sort_by_key(order);
        expected.sort_by_key(order);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(losses.total(), 0);
    }

    #[test]
    fn a_full_table_ends_a_session_early_and_loses_no_item(
        items in items(6, 60), gap in 1_u64..30, capacity in 1_usize..5,
    ) {
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let mut rule = ByHand::new(KeyedSessionFold::new(limits, ns(gap), key, add));
        // What is open: key, time and place of the last item.
        let mut open: Vec<(u8, u64, usize)> = Vec::new();
        let mut early = 0;
        for item in &items {
            open.retain(|session| session.1 + gap > item.2);
            let known = open.iter().position(|session| session.0 == item.1);
            if known.is_none() && open.len() == capacity {
                open.sort_by_key(|session| (session.1, session.2));
                open.remove(0);
                early += 1;
            }
            open.retain(|session| session.0 != item.1);
            open.push((item.1, item.2, item.0));
            rule.feed(*item);
            prop_assert!(by_time::size_of(&rule.machine, "open") <= capacity);
        }
        let (outs, _) = rule.end(1_000_000);
        let mut came: Vec<Item> = outs.into_iter().flat_map(|((_, items), _)| items).collect();
        came.sort();
        prop_assert_eq!(came, items);
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, early]);
    }

    #[test]
    fn a_full_table_that_rejects_counts_what_it_leaves_out(
        items in items(6, 60), gap in 1_u64..30, capacity in 1_usize..5,
    ) {
        let (limits, losses) = limits(heap(capacity), OnFull::Reject);
        let outs = run_at(KeyedSessionFold::new(limits, ns(gap), key, add), &items, 1_000_000);
        let came: usize = outs.iter().map(|((_, items), _)| items.len()).sum();
        prop_assert_eq!(counts(&losses), [0, 0, 0, (items.len() - came) as u64, 0]);
        prop_assert_eq!(losses.total(), (items.len() - came) as u64);
    }

    /// The same by the driver, polled at every instant: no item is needed for a session to end.
    #[test]
    fn the_timer_ends_a_session((arrivals, end) in arrivals(), gap in 1_u64..20) {
        let key = |item: &usize| (item % 3) as u8;
        let (found, _) = record(&arrivals, end, |source, clock| {
            let add = |item, all: &mut Vec<usize>| all.push(item);
            source.keyed_session_fold_on_rs2(clock, heap(9), ns(gap), key, add)
        });
        let items: Vec<Item> = arrivals.iter().map(|(n, at)| (*n, (n % 3) as u8, *at)).collect();
        let numbers = |items: Vec<Item>| items.into_iter().map(|item| item.0).collect::<Vec<_>>();
        let mut expected: Vec<_> = sessions(&items, gap, end)
            .into_iter()
            .map(|((key, items), at)| ((key, numbers(items)), at))
            .collect();
        let mut found = found;
        found.sort_by_key(|((_, items), at)| (*at, items[0]));
        expected.sort_by_key(|((_, items), at)| (*at, items[0]));
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn all_sessions_end_with_the_source_the_oldest_first() {
    let items: Vec<Item> = vec![(0, 0, 0), (1, 1, 0), (2, 2, 1), (3, 0, 1)];
    let outs = run_at(KeyedSessionFold::new(heap(9).into(), ns(100), key, add), &items, 5);
    let keys: Vec<u8> = outs.iter().map(|((key, _), _)| *key).collect();
    assert_eq!(keys, [1, 2, 0]);
}

#[test]
fn a_session_costs_one_timer() {
    let mut rule = KeyedSessionFold::new(heap(9).into(), ns(100), key, add);
    for n in 0..50 {
        rule.on_item(timed::at(n), (n as usize, 0, n));
    }
    assert_eq!(rs2_core::metrics::Holds::held(&rule), 2, "a session and its timer");
    assert_eq!(rule.deadline(), Some(timed::at(100)), "as it was set by the first item");
    assert_eq!(rule.on_deadline(timed::at(100)), None);
    assert_eq!(rule.deadline(), Some(timed::at(149)), "put off when it came up");
}

#[test]
#[should_panic(expected = "the gap between two sessions must be greater than zero")]
fn no_gap_is_a_mistake() {
    run_at(KeyedSessionFold::new(heap(1).into(), Duration::ZERO, key, add), &[], 0);
}
