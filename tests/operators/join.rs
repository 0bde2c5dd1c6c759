//! Operators that join two streams, against all pairs that there are.

use super::event_time::millis;
use rs2_core::op::join::{Interval, LookupConfig, OuterSide, TemporalJoinConfig, Version};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Clock, Timer};
use rs2_core::watermark::{BoundedDisorder, Punctuated};
use rs2_test::sim::{Source, Tok};
use rs2_test::{Given, Order, Row, index_of};
use std::rc::Rc;
use std::time::Duration;

const REACH: i64 = 3_000;
/// Longer than any source goes on: no item is late, and none is given up while they do.
const DELAY: i64 = 1_000_000_000;

fn memory() -> SeededHeap {
    Heap::bounded(100_000).seeded(7)
}

/// One item a second, up to four seconds late.
fn time_of(id: u64, data: u64) -> i64 {
    index_of(id) as i64 * 1_000 - (data % 4_000) as i64
}

fn key_of(data: u64) -> u64 {
    data / 4_000 % 2
}

fn time(item: &Tok) -> EventTime {
    EventTime::from_millis(time_of(item.id(), item.data()))
}

fn key(item: &Tok) -> u64 {
    key_of(item.data())
}

fn config() -> IntervalJoinConfig {
    IntervalJoinConfig::new(Interval::within(millis(REACH)), millis(DELAY))
}

fn numbers(left: &Tok, right: &Tok) -> Vec<u64> {
    vec![left.id(), right.id()]
}

/// The pairs of those items that `belong` together, and that have the same key.
fn matching(given: &[Given], belong: impl Fn(i64, i64) -> bool) -> Vec<Vec<u64>> {
    let events = |side: &Given| -> Vec<(u64, u64, i64)> {
        let event = |&id: &u64| (id, key_of(side.data(id)), time_of(id, side.data(id)));
        side.ids.iter().map(event).collect()
    };
    let right = events(&given[1]);
    let of_one = |left: (u64, u64, i64)| {
        let fits = |other: &&(u64, u64, i64)| left.1 == other.1 && belong(left.2, other.2);
        right.iter().filter(fits).map(|other| vec![left.0, other.0]).collect::<Vec<_>>()
    };
    events(&given[0]).into_iter().flat_map(of_one).collect()
}

fn near(given: &[Given]) -> Vec<Vec<u64>> {
    matching(given, |left, right| left.abs_diff(right) <= REACH as u64)
}

/// Neighbours within their source.
fn neighbours(item: &Tok) -> usize {
    index_of(item.id()) as usize / 3
}

fn of_one_key(given: &[Given]) -> Vec<Vec<u64>> {
    let fits = |left: u64, right: u64| index_of(left) as usize / 3 == index_of(right) as usize / 3;
    let of_one = |&left: &u64| {
        let others = given[1].ids.iter().filter(move |&&right| fits(left, right));
        others.map(move |&right| vec![left, right])
    };
    given[0].ids.iter().flat_map(of_one).collect()
}

/// The pairs, and what is left of each side once nothing can come from the other.
fn near_and_alone(given: &[Given]) -> Vec<Vec<u64>> {
    let mut outs = near(given);
    let paired: Vec<u64> = outs.iter().flatten().copied().collect();
    for (side, other) in [(0, 1), (1, 0)] {
        if given[other].ended {
            let alone = given[side].ids.iter().filter(|id| !paired.contains(id));
            outs.extend(alone.map(|&id| vec![id]));
        }
    }
    outs
}

fn temporal() -> TemporalJoinConfig {
    TemporalJoinConfig { max_versions: 100_000, ..TemporalJoinConfig::new(millis(DELAY)) }
}

/// A version of one of three keys, valid since ever.
fn since_ever(item: Tok) -> Version<u64, u64> {
    Version::new(item.data() % 3, EventTime::MIN, item.id())
}

/// Once the versions have ended, the items for whose key there is one.
fn known(given: &[Given]) -> Vec<u64> {
    let keys: Vec<u64> = given[1].ids.iter().map(|&id| given[1].data(id) % 3).collect();
    let mut ids = by_time(given);
    ids.retain(|&id| keys.contains(&key_of(given[0].data(id))));
    ids
}

/// Once the versions have ended, all items in the order of their time; before, none.
fn by_time(given: &[Given]) -> Vec<u64> {
    if !given[1].ended {
        return Vec::new();
    }
    let mut ids = given[0].ids.clone();
    ids.sort_by_key(|&id| time_of(id, given[0].data(id)));
    ids
}

fn asking() -> LookupConfig {
    LookupConfig { max_waiting: 4, max_in_flight: 2, max_entries: 2, ..LookupConfig::default() }
}

fn never<T>(_: &T) -> Option<EventTime> {
    None
}

fn between_signals() -> Vec<Row> {
    let marked =
        |source: Source| source.with_watermarks_rs2(BoundedDisorder::new(millis(DELAY)), time);
    // Without watermarks nothing comes out of a temporal join before the versions have ended, and
    // the join has to give way by itself.
    let unmarked = |source: Source| source.with_watermarks_rs2(Punctuated::new(never), time);
    let dated = |source: Source| {
        let versions = source.map_rs2(since_ever);
        versions.with_watermarks_rs2(Punctuated::new(never), |version| version.valid_from)
    };
    vec![
        Row::new("interval_join_events_in_rs2", move |_, [left, right]| {
            marked(left)
                .interval_join_events_in_rs2(memory(), marked(right), config(), (key, key), numbers)
                .without_watermarks_rs2()
        })
        .model(near)
        .order(Order::Any)
        .keeps_all(),
        Row::new("interval_join_outer_events_in_rs2", move |_, [left, right]| {
            let (right, outer) = (marked(right), OuterSide::Full);
            let ids = |left: Option<&Tok>, right: Option<&Tok>| {
                left.into_iter().chain(right).map(Tok::id).collect::<Vec<_>>()
            };
            marked(left)
                .interval_join_outer_events_in_rs2(
                    memory(),
                    right,
                    config(),
                    (key, key),
                    outer,
                    ids,
                )
                .without_watermarks_rs2()
        })
        .model(near_and_alone)
        .order(Order::Any)
        .keeps_all(),
        Row::new("temporal_join_events_in_rs2", move |_, [items, versions]| {
            let each = |item: Tok, _: &u64| item;
            unmarked(items)
                .temporal_join_events_in_rs2(memory(), dated(versions), temporal(), key, each)
                .without_watermarks_rs2()
        })
        .model(known)
        .order(Order::Any)
        .keeps_all(),
        Row::new("temporal_join_left_events_in_rs2", move |_, [items, versions]| {
            let each = |item: Tok, _: Option<&u64>| item;
            unmarked(items)
                .temporal_join_left_events_in_rs2(memory(), dated(versions), temporal(), key, each)
                .without_watermarks_rs2()
        })
        .model(by_time)
        .order(Order::Any)
        .keeps_all(),
    ]
}

fn lookups() -> Vec<Row> {
    vec![
        Row::new("temporal_join_in_rs2", |_, [items, versions]| {
            let versions = versions.map_rs2(since_ever);
            let each = |item: Tok, _: &u64| item;
            items.temporal_join_in_rs2(memory(), versions, temporal(), key, time, each)
        })
        .model(known)
        .order(Order::Any)
        .keeps_all(),
        Row::new("temporal_join_left_in_rs2", |_, [items, versions]| {
            let versions = versions.map_rs2(since_ever);
            let each = |item: Tok, _: Option<&u64>| item;
            items.temporal_join_left_in_rs2(memory(), versions, temporal(), key, time, each)
        })
        .model(by_time)
        .order(Order::Any)
        .keeps_all(),
        Row::new("lookup_join_on_rs2", |sim, [source]| {
            let timer = sim.timer();
            let fetch = move |key: u64| {
                let timer = timer.clone();
                async move {
                    let later = timer.now().saturating_add(Duration::from_millis(key));
                    timer.sleep_until(later).await;
                    Ok::<_, ()>(Some(key))
                }
            };
            let key = |item: &Tok| item.data() % 5;
            source.lookup_join_on_rs2(sim.timer(), 7, key, asking(), fetch, |item, _| item)
        })
        .read_ahead(4)
        .needs_time(),
        Row::new("lookup_join_unordered_on_rs2", |sim, [source]| {
            let timer = sim.timer();
            let fetch = move |key: u64| {
                let timer = timer.clone();
                async move {
                    let later = timer.now().saturating_add(Duration::from_millis(key));
                    timer.sleep_until(later).await;
                    Err::<Option<u64>, _>(key)
                }
            };
            let key = |item: &Tok| item.data() % 5;
            source
                .lookup_join_unordered_on_rs2(sim.timer(), 7, key, asking(), fetch, |item, _| item)
        })
        .order(Order::Any)
        .read_ahead(4)
        .needs_time(),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::new("join_with_time_window_in_rs2", |_, [left, right]| {
            let (left, right) = (left.map_rs2(Rc::new), right.map_rs2(Rc::new));
            let config = TimeJoinConfig {
                window_size: millis(REACH),
                watermark_delay: millis(DELAY),
                ..TimeJoinConfig::default()
            };
            let time = |item: &Rc<Tok>| time(item);
            let key = |item: &Rc<Tok>| key(item);
            let pair = |left: Rc<Tok>, right: Rc<Tok>| numbers(&left, &right);
            let keys = Some((key, key));
            left.join_with_time_window_in_rs2(memory(), right, config, time, time, pair, keys)
        })
        .model(near)
        .order(Order::Any)
        .keeps_all(),
        Row::new("interval_join_in_rs2", |_, [left, right]| {
            let (keys, times) = ((key, key), (time, time));
            left.interval_join_in_rs2(memory(), right, config(), keys, times, numbers)
        })
        .model(near)
        .order(Order::Any)
        .keeps_all(),
        Row::new("interval_join_outer_in_rs2", |_, [left, right]| {
            let (keys, times) = ((key, key), (time, time));
            let outer = OuterSide::Full;
            let ids = |left: Option<&Tok>, right: Option<&Tok>| {
                left.into_iter().chain(right).map(Tok::id).collect::<Vec<_>>()
            };
            left.interval_join_outer_in_rs2(memory(), right, config(), keys, times, outer, ids)
        })
        .model(near_and_alone)
        .order(Order::Any)
        .keeps_all(),
        Row::new("keyed_join_in_rs2", |_, [left, right]| {
            left.keyed_join_in_rs2(memory(), right, 99, (neighbours, neighbours), numbers)
        })
        .model(of_one_key)
        .order(Order::Any)
        .keeps_all(),
        Row::new("keyed_join_within_on_rs2", |sim, [left, right]| {
            let ttl = Duration::from_secs(1_000_000);
            let keys = (neighbours, neighbours);
            left.keyed_join_within_on_rs2(sim.timer(), memory(), right, ttl, keys, numbers)
        })
        .model(of_one_key)
        .order(Order::Any)
        .keeps_all()
        .needs_time(),
    ];
    rows.extend(lookups());
    rows.extend(between_signals());
    rows
}
