//! Joins go on from a snapshot at any point, and let go of everything at the end.

use super::by_time::{cases, disorder};
use super::snapshots::{
    Later, Pausing, goes_on_between_polls, goes_on_from_anywhere, keeps_nothing_at_the_end,
};
use super::ticking::Ticking;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::metrics::Holds;
use rs2_core::op::join::{
    EmitWhen, Interval, LookupConfig, OuterSide, TemporalJoinConfig, Version,
};
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot};
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use rs2_core::time::NoTimer;
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
    (capacity, max_versions, on_full): (usize, usize, OnFull),
) -> impl Stream<Item = (Item, Option<i64>)> + Snapshot + Holds {
    let version = |(key, ts): Item| match ts % 3 {
        0 => Version::deleted(key, EventTime::from_micros(ts)),
        _ => Version::new(key, EventTime::from_micros(ts), ts),
    };
    let versions = from_iter(versions).replayable_rs2().map_rs2(version);
    let config = TemporalJoinConfig::new(Duration::from_micros(9));
    let config = TemporalJoinConfig { emit, max_versions, ..config };
    let memory = Limits::of(Heap::bounded(capacity).seeded(7)).on_full(on_full);
    let items = from_iter(items).replayable_rs2();
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
        items in disorder(20),
        versions in disorder(20),
        latest in any::<bool>(),
        room in (
            prop_oneof![1_usize..12, Just(99)],
            1_usize..4,
            prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject)],
        ),
    ) {
        let emit = if latest { EmitWhen::Latest } else { EmitWhen::Known };
        goes_on_from_anywhere(|| temporal(items.clone(), versions.clone(), emit, room));
        keeps_nothing_at_the_end(temporal(items, versions, emit, room));
    }

    /// Items that wait for an answer are saved, and it is asked for again.
    #[test]
    fn a_lookup_join_goes_on_between_any_two_polls(
        items in prop::collection::vec(0_u8..6, 0..9),
        pauses in 0_u32..3,
        runs in 0_u32..9,
        (in_flight, waiting) in (1_usize..4, 1_usize..6),
    ) {
        let config = LookupConfig {
            max_in_flight: in_flight,
            max_waiting: waiting,
            ..LookupConfig::default()
        };
        let source = || Pausing::new(from_iter(items.clone()).replayable_rs2(), pauses);
        // The greater the key, the longer it takes.
        let fetch = |key: u8| {
            let found = if key == 0 { None } else { Some(key * 10) };
            Later::new(runs * u32::from(key), Ok::<_, u8>(found))
        };
        let found = |item, found: Result<Option<&u8>, &u8>| (item, found.ok().flatten().copied());
        let in_order = || source().lookup_join_on_rs2(NoTimer, 7, |n| *n, config, fetch, found);
        prop_assert_eq!(goes_on_between_polls(in_order).busy, 0);
        keeps_nothing_at_the_end(in_order());
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

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn joins_of_what_belongs_together_go_on_from_anywhere(
        left in disorder(3), right in disorder(3),
    ) {
        let memory = || Heap::bounded(99).seeded(7);
        let side = |items: &[Item]| from_iter(items.to_vec()).replayable_rs2();
        let sides = || (side(&left), side(&right));
        let interval = Interval::from_micros(-9..=5).expect("not empty");
        let config = IntervalJoinConfig::new(interval, Duration::from_micros(12));
        goes_on_from_anywhere(|| {
            let ((left, right), pair) = (sides(), |a: &Item, b: &Item| (*a, *b));
            left.interval_join_in_rs2(memory(), right, config, keys(), (time, time), pair)
        });
        let (window_size, watermark_delay) = (Duration::from_micros(7), Duration::from_micros(12));
        let config = TimeJoinConfig { window_size, watermark_delay, ..TimeJoinConfig::default() };
        goes_on_from_anywhere(|| {
            let ((left, right), pair) = (sides(), |a: Item, b: Item| (a, b));
            let keys = Some(keys());
            left.join_with_time_window_in_rs2(memory(), right, config, time, time, pair, keys)
        });
        let version = |(key, ts): Item| Version::new(key, EventTime::from_micros(ts), ts);
        let config = TemporalJoinConfig::new(Duration::from_micros(9));
        goes_on_from_anywhere(|| {
            let (items, versions) = sides();
            let versions = versions.map_rs2(version);
            let found = |item: Item, found: &i64| (item, *found);
            items.temporal_join_in_rs2(memory(), versions, config, |item| item.0, time, found)
        });
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

/// Without an order, what was answered before comes first, and then the rest, each once.
#[test]
fn a_lookup_join_without_an_order_loses_nobody_who_waits() {
    let answers = |key: u8| match key {
        1 => Later::new(0, Ok::<_, u8>(Some(10_u8))),
        _ => Later::new(u32::MAX, Ok(None)),
    };
    let later = |key: u8| Later::new(0, Ok::<_, u8>(Some(key * 10)));
    let build = |fetch: fn(u8) -> Later<Result<Option<u8>, u8>>| {
        let found = |item, found: Result<Option<&u8>, &u8>| (item, found.ok().flatten().copied());
        let config = LookupConfig { max_in_flight: 3, ..LookupConfig::default() };
        from_iter([2_u8, 1, 3, 2, 1]).replayable_rs2().lookup_join_unordered_on_rs2(
            NoTimer,
            7,
            |n| *n,
            config,
            fetch,
            found,
        )
    };
    let mut first = Box::pin(build(answers));
    assert_eq!(block_on(first.next()), Some((1, Some(10))));
    assert_eq!(first.held(), 7, "four outputs to come, two questions, one answer");
    let bytes = snapshot::save(&*first).expect("what waits can be saved");
    let mut second = build(later);
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    let mut rest: Vec<_> = block_on(second.collect());
    assert_eq!(rest.remove(0), (1, Some(10)));
    rest.sort_unstable();
    assert_eq!(rest, [(2, Some(20)), (2, Some(20)), (3, Some(30))]);

    let few = LookupConfig { max_in_flight: 1, ..LookupConfig::default() };
    let mut narrow = from_iter([0_u8; 5]).replayable_rs2().lookup_join_unordered_on_rs2(
        NoTimer,
        7,
        |n| *n,
        few,
        later,
        |item, _: Result<Option<&u8>, &u8>| (item, None::<u8>),
    );
    let full = snapshot::SnapshotError::Full("lookup_join");
    assert_eq!(snapshot::restore(&mut narrow, &bytes), Err(full));
}
