//! Operators whose asynchronous steps have a handle on the state of a key.

use rs2_core::op::stateful::Windowing;
use rs2_core::prelude::*;
use rs2_core::state::{CustomKeyExtractor, KeyExtractor, StateAccess, StateConfig, StateConfigs};
use rs2_core::time::Instant;
use rs2_test::sim::Tok;
use rs2_test::{Given, Order, Row, index_of, ms};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(super) const WINDOW: Duration = ms(25);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn key_of(data: u64) -> u64 {
    data % 3
}

pub(super) fn key() -> impl KeyExtractor<Tok, Key = u64> {
    CustomKeyExtractor::new(|item: &Tok| key_of(item.data()))
}

pub(super) fn keys(given: &Given) -> impl Iterator<Item = (u64, u64)> {
    given.ids.iter().map(|&id| (id, key_of(given.data(id))))
}

/// Each item with its number among those of its key.
pub(super) fn numbered(given: &[Given]) -> Vec<(u64, u64)> {
    let mut counts = BTreeMap::new();
    let number = |(id, key)| {
        let count = counts.entry(key).or_insert(0);
        *count += 1;
        (id, *count)
    };
    keys(&given[0]).map(number).collect()
}

/// Every second item of each key.
fn seconds(given: &[Given]) -> Vec<u64> {
    let even = numbered(given).into_iter().filter(|(_, count)| count % 2 == 0);
    even.map(|(id, _)| id).collect()
}

/// For each item the last three of its key, if there are so many.
fn threes(given: &[Given]) -> Vec<Vec<u64>> {
    let mut seen: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let window = |(id, key)| {
        let seen = seen.entry(key).or_default();
        seen.push(id);
        seen.last_chunk::<3>().map(|window| window.to_vec())
    };
    keys(&given[0]).filter_map(window).collect()
}

/// Twos of each key, and the single ones at the end, oldest first.
fn twos_and_tails(given: &[Given]) -> Vec<Vec<u64>> {
    let mut open: Vec<(u64, u64)> = Vec::new();
    let mut out = Vec::new();
    for (id, key) in keys(&given[0]) {
        match open.iter().position(|(other, _)| *other == key) {
            Some(place) => out.push(vec![open.remove(place).1, id]),
            None => open.push((key, id)),
        }
    }
    if given[0].ended {
        out.extend(open.into_iter().map(|(_, id)| vec![id]));
    }
    out
}

/// Groups of at most three items for at most two keys at once; the idle one gives way.
fn groups(given: &[Given]) -> Vec<(u64, Vec<u64>)> {
    let mut open: Vec<(u64, Vec<u64>)> = Vec::new();
    let mut out = Vec::new();
    for (id, key) in keys(&given[0]) {
        let known = open.iter().position(|(other, _)| *other == key);
        let mut group = known.map_or((key, Vec::new()), |place| open.remove(place));
        if known.is_none() && open.len() == 2 {
            out.push(open.remove(0));
        }
        group.1.push(id);
        if group.1.len() == 3 {
            out.push(group);
        } else {
            open.push(group);
        }
    }
    if given[0].ended {
        out.append(&mut open);
    }
    out
}

/// Two items of a side, one after the other, have the same key.
pub(super) fn place_of(id: u64) -> usize {
    index_of(id) / 2
}

/// Every item of one side with each of the other that has its key.
pub(super) fn pairs(given: &[Given]) -> Vec<(u64, u64)> {
    let right: Vec<&[u64]> = given[1].ids.chunks(2).collect();
    let of_left = |&left: &u64| {
        let same = right.get(place_of(left)).copied().unwrap_or_default();
        same.iter().map(move |&right| (left, right))
    };
    given[0].ids.iter().flat_map(of_left).collect()
}

fn firsts(given: &[Given]) -> Vec<u64> {
    let mut seen = BTreeSet::new();
    let first = keys(&given[0]).filter(|(_, key)| seen.insert(*key));
    first.map(|(id, _)| id).collect()
}

/// For each item whether at most one of its key passed less than a window before.
pub(super) fn judged(given: &[Given]) -> Vec<(u64, bool)> {
    let mut passed: BTreeMap<u64, Vec<Instant>> = BTreeMap::new();
    let judge = |((id, key), now): ((u64, u64), &Instant)| {
        let passed = passed.entry(key).or_default();
        let recent = passed.iter().filter(|at| at.saturating_add(WINDOW) > *now).count();
        if recent < 2 {
            passed.push(*now);
        }
        (id, recent < 2)
    };
    keys(&given[0]).zip(&given[0].taken_at).map(judge).collect()
}

fn passing(given: &[Given]) -> Vec<u64> {
    judged(given).into_iter().filter(|(_, passes)| *passes).map(|(id, _)| id).collect()
}

/// Each item with its number in its session.
fn in_session(given: &[Given]) -> Vec<(u64, u64)> {
    let mut sessions: BTreeMap<u64, (Instant, u64)> = BTreeMap::new();
    let number = |((id, key), now): ((u64, u64), &Instant)| {
        let (last, count) = sessions.entry(key).or_insert((*now, 0));
        let lasts = *count > 0 && last.saturating_add(WINDOW) > *now;
        (*last, *count) = (*now, if lasts { *count + 1 } else { 1 });
        (id, *count)
    };
    keys(&given[0]).zip(&given[0].taken_at).map(number).collect()
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = mapping();
    rows.extend(filtering());
    rows.extend(folding());
    rows.extend(collecting());
    rows.extend(grouping());
    rows.extend(matching());
    rows.extend(limiting());
    rows.into_iter().map(Row::needs_time).collect()
}

/// A step that works on its item and counts it.
macro_rules! counting {
    ($sim:ident) => {{
        let work = $sim.work();
        move |item, state: StateAccess| {
            let work = work(item);
            async move {
                let item = work.await;
                let count = state.get::<u64>().await.unwrap_or_default() + 1;
                state.set(&count).await.expect("the step is running");
                (item, count)
            }
        }
    }};
}
pub(super) use counting;

fn mapping() -> Vec<Row> {
    vec![
        Row::new("stateful_map_on_rs2", |sim, [source]| {
            source.stateful_map_on_rs2(sim.timer(), StateConfigs::session(), key(), counting!(sim))
        })
        .model(numbered)
        .read_ahead(1)
        .in_flight(1),
        Row::new("stateful_session_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            source.stateful_session_on_rs2(sim.timer(), config, key(), WINDOW, counting!(sim))
        })
        .model(in_session)
        .read_ahead(1)
        .in_flight(1)
        .timed(),
    ]
}

/// A step that works for a while and says yes to every second item.
macro_rules! every_second {
    ($sim:ident) => {{
        let sim = $sim.clone();
        move |_: &Tok, state: StateAccess| {
            let work = sim.task(|| ());
            async move {
                work.await;
                state
                    .update(|odd: &mut bool| {
                        *odd = !*odd;
                        !*odd
                    })
                    .await
                    .expect("the step is running")
            }
        }
    }};
}
pub(super) use every_second;

fn filtering() -> Vec<Row> {
    vec![
        Row::new("stateful_filter_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            source.stateful_filter_on_rs2(sim.timer(), config, key(), every_second!(sim))
        })
        .model(seconds)
        .read_ahead(1)
        .in_flight(1),
    ]
}

/// A step that works on its item and counts it in the accumulator.
macro_rules! adding {
    ($sim:ident) => {{
        let work = $sim.work();
        move |count: u64, item, _| {
            let work = work(item);
            async move {
                work.await;
                count + 1
            }
        }
    }};
}
pub(super) use adding;

fn folding() -> Vec<Row> {
    vec![
        Row::new("stateful_fold_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            source.stateful_fold_on_rs2(sim.timer(), config, key(), 0, adding!(sim))
        })
        .model(|given| numbered(given).into_iter().map(|(_, count)| count).collect::<Vec<u64>>())
        .read_ahead(1)
        .in_flight(1),
        Row::new("stateful_reduce_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            source.stateful_reduce_on_rs2(sim.timer(), config, key(), 0, adding!(sim))
        })
        .model(|given| numbered(given).into_iter().map(|(_, count)| count).collect::<Vec<u64>>())
        .read_ahead(1)
        .in_flight(1),
    ]
}

/// A step that works for a while and hands on what it was given.
macro_rules! handing_on {
    ($sim:ident) => {{
        let sim = $sim.clone();
        move |items: Vec<Tok>, _| sim.task(move || items)
    }};
}
pub(super) use handing_on;

fn collecting() -> Vec<Row> {
    vec![
        Row::new("stateful_window_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            source.stateful_window_on_rs2(sim.timer(), config, key(), 3, handing_on!(sim))
        })
        .model(threes)
        // Two of each key, and three that the step has.
        .read_ahead(9)
        .hold(6)
        .in_flight(1),
        Row::new("stateful_window_with_on_rs2", |sim, [source]| {
            let twos = Windowing::of(2).slide(2).with_tail();
            let config = StateConfigs::session();
            source.stateful_window_with_on_rs2(sim.timer(), config, key(), twos, handing_on!(sim))
        })
        .model(twos_and_tails)
        .read_ahead(5)
        .hold(3)
        .in_flight(1),
    ]
}

fn grouping() -> Vec<Row> {
    vec![
        Row::new("stateful_group_by_on_rs2", |sim, [source]| {
            let config = StateConfig::new().ttl(Duration::MAX).max_size(2).max_per_key(3);
            let sim = sim.clone();
            source.stateful_group_by_on_rs2(
                sim.timer(),
                config,
                key(),
                move |key, items: Vec<Tok>, _| sim.task(move || (key, items)),
            )
        })
        .model(groups)
        .read_ahead(7)
        .hold(4)
        .in_flight(1),
        Row::new("stateful_group_by_on_rs2, idle", |sim, [source]| {
            let config = StateConfig::new().ttl(WINDOW).cleanup_interval(WINDOW);
            let sim = sim.clone();
            source.stateful_group_by_on_rs2(
                sim.timer(),
                config,
                key(),
                move |_, items: Vec<Tok>, _| sim.task(move || items),
            )
        })
        .flat()
        .order(Order::Any)
        .keeps_all()
        .in_flight(1),
    ]
}

fn matching() -> Vec<Row> {
    vec![
        Row::new("stateful_join_on_rs2", |sim, [left, right]| {
            let sim = sim.clone();
            left.stateful_join_on_rs2(
                sim.timer(),
                right,
                StateConfig::new(),
                |left: &Tok| place_of(left.id()),
                |right: &Tok| place_of(right.id()),
                move |left: Tok, right: Tok, _| sim.task(move || (left, right)),
            )
        })
        .model(pairs)
        .order(Order::Any)
        .keeps_all()
        .in_flight(1),
        Row::new("stateful_pattern_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            let sim = sim.clone();
            source.stateful_pattern_on_rs2(sim.timer(), config, key(), move |items: Vec<Tok>, _| {
                sim.task(move || (items.len() == 2).then_some(items))
            })
        })
        .model(|given| {
            let mut twos = twos_and_tails(given);
            twos.retain(|two| two.len() == 2);
            twos
        })
        // One of each key, the second one, and both again in the step.
        .read_ahead(6)
        .hold(3)
        .in_flight(1),
    ]
}

fn limiting() -> Vec<Row> {
    vec![
        Row::new("stateful_deduplicate_on_rs2", |sim, [source]| {
            source.stateful_deduplicate_on_rs2(sim.timer(), StateConfigs::session(), key(), DAY)
        })
        .model(firsts),
        Row::new("stateful_throttle_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            source.stateful_throttle_on_rs2(sim.timer(), config, key(), 2, WINDOW)
        })
        .model(passing)
        .timed(),
    ]
}
