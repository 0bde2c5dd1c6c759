//! What the time join of rs2-stream 0.3.3 got wrong.

use super::by_time::collected;
use futures_executor::block_on;
use futures_util::{StreamExt, stream};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use std::time::Duration;

fn memory() -> SeededHeap {
    Heap::bounded(10_000).seeded(7)
}

fn config() -> TimeJoinConfig {
    TimeJoinConfig { window_size: Duration::from_secs(5), ..TimeJoinConfig::default() }
}

fn time(event: &(i64, u32)) -> EventTime {
    EventTime::from_secs(event.0)
}

type Event = (i64, u32);

type Number = fn(&Event) -> u32;

fn by_number() -> Option<(Number, Number)> {
    Some((|event| event.1, |event| event.1))
}

/// Two identical streams of 100 events 10 s apart: each has its match, where there was 1 pair.
#[test]
fn every_event_finds_its_match() {
    let events = || from_iter((0..100).map(|n| (i64::from(n) * 10, n)));
    let pairs = collected(events().join_with_time_window_in_rs2(
        memory(),
        events(),
        config(),
        time,
        time,
        |a, b| (a, b),
        by_number(),
    ));
    assert_eq!(pairs.len(), 100);
    assert!(pairs.iter().all(|(a, b)| a == b));
}

/// 50 events a side at one time: there is no deduplication by time.
#[test]
fn events_at_one_time_are_different_events() {
    let events = || from_iter((0..50).map(|n| (7, n)));
    let keyed = events().join_with_time_window_in_rs2(
        memory(),
        events(),
        config(),
        time,
        time,
        |a, b| (a, b),
        by_number(),
    );
    assert_eq!(collected(keyed).len(), 50);
    let all = events().join_with_time_window_in_rs2(
        memory(),
        events(),
        config(),
        time,
        time,
        |a, b| (a.1, b.1),
        no_key(),
    );
    assert_eq!(collected(all).len(), 2_500);
}

/// A left side that always has an item does not keep the right one unread, even when the right is
/// ahead in event time.
#[test]
fn a_live_left_side_does_not_starve_the_right_one() {
    let left = stream::iter((0_u32..).map(|_| (0_i64, 1_u32)));
    let right = stream::iter([(3, 1), (4, 1)]);
    let mut joined = left.join_with_time_window_in_rs2(
        memory(),
        right,
        config(),
        time,
        time,
        |a, b| (a.0, b.0),
        by_number(),
    );
    assert_eq!(block_on(joined.next()), Some((0, 3)));
}

/// The product's join ended with the first side that ended, and lost pairs at random.
#[test]
fn a_join_ends_when_both_sides_have_ended() {
    let many = || from_iter((0..1_000).map(|n| (n, 1)));
    let one = || from_iter([(0, 1)]);
    let keys = || (|event: &Event| event.1, |event: &Event| event.1);
    let of_all = |a: &Event, b: &Event| (a.0, b.0);
    let one_by_many = one().keyed_join_in_rs2(memory(), many(), 1_000, keys(), of_all);
    assert_eq!(collected(one_by_many).len(), 1_000);
    let many_by_one = many().keyed_join_in_rs2(memory(), one(), 1_000, keys(), of_all);
    assert_eq!(collected(many_by_one).len(), 1_000);
    let own = || (|event: &Event| event.0, |event: &Event| event.0);
    let each_with_itself = many().keyed_join_in_rs2(memory(), many(), 1_000, own(), of_all);
    assert_eq!(collected(each_with_itself).len(), 1_000);
}
