//! Joins go on from a snapshot at any point, and let go of everything at the end.

use super::by_time::{cases, disorder};
use super::snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
use super::ticking::Ticking;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::metrics::Holds;
use rs2_core::op::join::{EmitWhen, Interval, OuterSide, TemporalJoinConfig, Version};
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot};
use rs2_core::store::Heap;
use std::time::Duration;

type Item = (u8, i64);

fn time(item: &Item) -> EventTime {
    EventTime::from_micros(item.1)
}

type Key = fn(&Item) -> u8;

fn keys() -> (Key, Key) {
    (|item| item.0, |item| item.0)
}

fn outer(
    left: Vec<Item>,
    right: Vec<Item>,
    capacity: usize,
) -> impl Stream<Item = (Option<Item>, Option<Item>)> + Snapshot + Holds {
    let interval = Interval::from_micros(-9..=5).expect("not empty");
    let config = IntervalJoinConfig {
        max_per_key: 3,
        ..IntervalJoinConfig::new(interval, Duration::from_micros(12))
    };
    let (left, right) = (from_iter(left).replayable_rs2(), from_iter(right).replayable_rs2());
    let both = |left: Option<&Item>, right: Option<&Item>| (left.copied(), right.copied());
    let memory = Heap::bounded(capacity).seeded(7);
    let times = (time, time);
    left.interval_join_outer_in_rs2(memory, right, config, keys(), times, OuterSide::Full, both)
}

fn keyed(
    left: Vec<Item>,
    right: Vec<Item>,
    max_per_key: usize,
) -> impl Stream<Item = (Item, Item)> + Snapshot + Holds {
    let (left, right) = (from_iter(left).replayable_rs2(), from_iter(right).replayable_rs2());
    let memory = Heap::bounded(9).seeded(7);
    left.keyed_join_in_rs2(memory, right, max_per_key, keys(), |a, b| (*a, *b))
}

fn temporal(
    items: Vec<Item>,
    versions: Vec<Item>,
    emit: EmitWhen,
) -> impl Stream<Item = (Item, Option<i64>)> + Snapshot + Holds {
    let version = |(key, ts): Item| match ts % 3 {
        0 => Version::deleted(key, EventTime::from_micros(ts)),
        _ => Version::new(key, EventTime::from_micros(ts), ts),
    };
    let versions = from_iter(versions).replayable_rs2().map_rs2(version);
    let config = TemporalJoinConfig { emit, ..TemporalJoinConfig::new(Duration::from_micros(9)) };
    let (items, memory) = (from_iter(items).replayable_rs2(), Heap::bounded(99).seeded(7));
    let found = |item: Item, found: Option<&i64>| (item, found.copied());
    items.temporal_join_left_in_rs2(memory, versions, config, |item| item.0, time, found)
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn an_interval_join_goes_on_from_anywhere(
        left in disorder(3),
        right in disorder(3),
        capacity in prop_oneof![1_usize..9, Just(99)],
    ) {
        goes_on_from_anywhere(|| outer(left.clone(), right.clone(), capacity));
        keeps_nothing_at_the_end(outer(left, right, capacity));
    }

    #[test]
    fn a_temporal_join_goes_on_from_anywhere(
        items in disorder(3),
        versions in disorder(3),
        latest in any::<bool>(),
    ) {
        let emit = if latest { EmitWhen::Latest } else { EmitWhen::Known };
        goes_on_from_anywhere(|| temporal(items.clone(), versions.clone(), emit));
        keeps_nothing_at_the_end(temporal(items, versions, emit));
    }

    #[test]
    fn a_keyed_join_goes_on_from_anywhere(
        left in disorder(3),
        right in disorder(3),
        max_per_key in 1_usize..4,
    ) {
        goes_on_from_anywhere(|| keyed(left.clone(), right.clone(), max_per_key));
        keeps_nothing_at_the_end(keyed(left, right, max_per_key));
    }
}

/// What came a while ago by one clock came as long ago by the next.
#[test]
fn what_is_kept_lives_on_by_another_clock() {
    let build = |clock: &Ticking, left: Vec<Item>, right: Vec<Item>| {
        let (left, right) = (from_iter(left).replayable_rs2(), from_iter(right).replayable_rs2());
        let memory = Heap::bounded(9).seeded(7);
        let ttl = Duration::from_nanos(100);
        let pair = |a: &Item, b: &Item| (a.1, b.1);
        left.keyed_join_within_on_rs2(clock.clone(), memory, right, ttl, keys(), pair)
    };
    let items = || (vec![(1, 1), (9, 9)], vec![(2, 5), (1, 2), (1, 3)]);
    let saved = {
        let clock = Ticking::default();
        clock.now.set(5_000);
        let (left, right) = items();
        let mut joined = build(&clock, left, right);
        assert_eq!(block_on(joined.next()), Some((1, 2)));
        clock.now.set(5_060);
        snapshot::save(&joined).expect("nothing runs")
    };
    for (later, expected) in [(39, Some((1, 3))), (40, None)] {
        let clock = Ticking::default();
        clock.now.set(10);
        let (left, right) = items();
        let mut joined = build(&clock, left, right);
        snapshot::restore(&mut joined, &saved).expect("the bytes are whole");
        clock.now.set(10 + later);
        assert_eq!(block_on(joined.next()), expected, "{later} ns later");
    }
}
