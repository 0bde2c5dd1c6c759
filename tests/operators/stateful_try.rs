//! The forms of operators with state that give back what they cannot take.

use super::stateful::{
    DAY, WINDOW, adding, counting, every_second, handing_on, judged, key, keys, pairs, place_of,
};
use rs2_core::op::stateful::{Side, Windowing};
use rs2_core::prelude::*;
use rs2_core::state::{OnFull, StateAccess, StateConfig, StateConfigs, StateError};
use rs2_core::time::Instant;
use rs2_test::sim::Tok;
use rs2_test::{Given, Order, Row};
use std::time::Duration;

fn one_key() -> StateConfig {
    StateConfigs::session().max_size(1).on_full(OnFull::Reject)
}

/// Each number by itself; items of a further key than the first come back.
fn numbered_or_back(given: &[Given]) -> Vec<(u64, u64)> {
    let mut first = None;
    let mut count = 0;
    let number = |(id, key)| {
        let taken = *first.get_or_insert(key) == key;
        count += u64::from(taken);
        (id, if taken { count } else { 0 })
    };
    keys(&given[0]).map(number).collect()
}

/// For each item the last three of its key, if there are so many; items of a further key than the
/// first come back.
fn threes_or_back(given: &[Given]) -> Vec<Vec<u64>> {
    let mut seen: Vec<u64> = Vec::new();
    let window = |(id, count)| {
        if count == 0 {
            return Some(vec![id]);
        }
        seen.push(id);
        seen.last_chunk::<3>().map(|window| window.to_vec())
    };
    numbered_or_back(given).into_iter().filter_map(window).collect()
}

/// Runs of `size` items of one key at a time; those of another key come back meanwhile.
fn runs_or_back(given: &[Given], size: usize, tail: bool) -> Vec<Vec<u64>> {
    let mut open: Option<(u64, Vec<u64>)> = None;
    let mut out = Vec::new();
    for (id, key) in keys(&given[0]) {
        let (of, run) = open.get_or_insert((key, Vec::new()));
        if *of != key {
            out.push(vec![id]);
            continue;
        }
        run.push(id);
        if run.len() == size {
            out.extend(open.take().map(|(_, run)| run));
        }
    }
    if tail && given[0].ended {
        out.extend(open.map(|(_, run)| run));
    }
    out
}

/// Each item with its number in its session; those that would begin another meanwhile come back.
fn in_session_or_back(given: &[Given]) -> Vec<(u64, u64)> {
    let mut open: Option<(u64, Instant, u64)> = None;
    let number = |((id, key), now): ((u64, u64), &Instant)| {
        open = open.filter(|(_, last, _)| last.saturating_add(WINDOW) > *now);
        let (of, last, count) = open.get_or_insert((key, *now, 0));
        if *of != key {
            return (id, 0);
        }
        (*last, *count) = (*now, *count + 1);
        (id, *count)
    };
    keys(&given[0]).zip(&given[0].taken_at).map(number).collect()
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = mapping();
    rows.extend(folding());
    rows.extend(collecting());
    rows.extend(matching());
    rows.extend(limiting());
    rows.into_iter().map(Row::needs_time).collect()
}

fn mapping() -> Vec<Row> {
    vec![
        Row::new("try_stateful_map_on_rs2", |sim, [source]| {
            let stream =
                source.try_stateful_map_on_rs2(sim.timer(), one_key(), key(), counting!(sim));
            stream.map_rs2(|taken| taken.unwrap_or_else(|error| (error.into_item(), 0)))
        })
        .model(numbered_or_back)
        .read_ahead(1)
        .in_flight(1),
        Row::new("try_stateful_session_on_rs2", |sim, [source]| {
            let (config, step) = (one_key(), counting!(sim));
            let stream =
                source.try_stateful_session_on_rs2(sim.timer(), config, key(), WINDOW, step);
            stream.map_rs2(|taken| taken.unwrap_or_else(|error| (error.into_item(), 0)))
        })
        .model(in_session_or_back)
        .read_ahead(1)
        .in_flight(1)
        .timed(),
        Row::new("try_stateful_filter_on_rs2", |sim, [source]| {
            let stream = source.try_stateful_filter_on_rs2(
                sim.timer(),
                one_key(),
                key(),
                every_second!(sim),
            );
            stream.map_rs2(|taken| taken.unwrap_or_else(StateError::into_item))
        })
        .model(|given| {
            let numbered = numbered_or_back(given).into_iter();
            numbered.filter(|(_, count)| count % 2 == 0).map(|(id, _)| id).collect::<Vec<u64>>()
        })
        .read_ahead(1)
        .in_flight(1),
    ]
}

fn folding() -> Vec<Row> {
    vec![
        Row::new("try_stateful_fold_on_rs2", |sim, [source]| {
            source.try_stateful_fold_on_rs2(sim.timer(), one_key(), key(), 0, adding!(sim)).map_rs2(
                |taken| match taken {
                    Ok(count) => vec![count],
                    Err(error) => vec![error.into_item().id(), 0],
                },
            )
        })
        .model(|given| {
            let numbered = numbered_or_back(given).into_iter();
            let out = numbered.map(|(id, n)| if n > 0 { vec![n] } else { vec![id, 0] });
            out.collect::<Vec<_>>()
        })
        .read_ahead(1)
        .in_flight(1),
        Row::new("try_stateful_reduce_on_rs2", |sim, [source]| {
            source
                .try_stateful_reduce_on_rs2(sim.timer(), one_key(), key(), 0, adding!(sim))
                .map_rs2(|taken| match taken {
                    Ok(count) => vec![count],
                    Err(error) => vec![error.into_item().id(), 0],
                })
        })
        .model(|given| {
            let numbered = numbered_or_back(given).into_iter();
            let out = numbered.map(|(id, n)| if n > 0 { vec![n] } else { vec![id, 0] });
            out.collect::<Vec<_>>()
        })
        .read_ahead(1)
        .in_flight(1),
    ]
}

/// What a step handed on, or what came back.
fn or_back(taken: Result<Vec<Tok>, StateError<Tok>>) -> Vec<Tok> {
    taken.unwrap_or_else(|error| vec![error.into_item()])
}

fn collecting() -> Vec<Row> {
    vec![
        Row::new("try_stateful_window_on_rs2", |sim, [source]| {
            let (config, step) = (one_key(), handing_on!(sim));
            source.try_stateful_window_on_rs2(sim.timer(), config, key(), 3, step).map_rs2(or_back)
        })
        .model(threes_or_back)
        // Two of the key, and three that the step has.
        .read_ahead(5)
        .hold(2)
        .in_flight(1),
        Row::new("try_stateful_window_with_on_rs2", |sim, [source]| {
            let twos = Windowing::of(2).slide(2).with_tail();
            let (timer, step) = (sim.timer(), handing_on!(sim));
            let stream =
                source.try_stateful_window_with_on_rs2(timer, one_key(), key(), twos, step);
            stream.map_rs2(or_back)
        })
        .model(|given| runs_or_back(given, 2, true))
        .read_ahead(3)
        .hold(1)
        .in_flight(1),
        Row::new("try_stateful_group_by_on_rs2", |sim, [source]| {
            let config = one_key().ttl(Duration::MAX).max_per_key(3);
            let (timer, sim) = (sim.timer(), sim.clone());
            let step = move |_, items: Vec<Tok>, _| sim.task(move || items);
            source.try_stateful_group_by_on_rs2(timer, config, key(), step).map_rs2(or_back)
        })
        .model(|given| runs_or_back(given, 3, true))
        .read_ahead(4)
        .hold(2)
        .in_flight(1),
    ]
}

fn matching() -> Vec<Row> {
    vec![
        Row::new("try_stateful_join_on_rs2", |sim, [left, right]| {
            let sim = sim.clone();
            let joined = left.try_stateful_join_on_rs2(
                sim.timer(),
                right,
                StateConfig::new(),
                |left: &Tok| place_of(left.id()),
                |right: &Tok| place_of(right.id()),
                move |left: Tok, right: Tok, _| sim.task(move || (left, right)),
            );
            joined.filter_map_rs2(|taken: Result<_, StateError<Side<Tok, Tok>>>| taken.ok())
        })
        .model(pairs)
        .order(Order::Any)
        .keeps_all()
        .in_flight(1),
        Row::new("try_stateful_pattern_on_rs2", |sim, [source]| {
            let (timer, sim) = (sim.timer(), sim.clone());
            let find =
                move |items: Vec<Tok>, _| sim.task(move || (items.len() == 2).then_some(items));
            let stream = source.try_stateful_pattern_on_rs2(timer, one_key(), key(), find);
            stream.map_rs2(or_back)
        })
        .model(|given| runs_or_back(given, 2, false))
        // One of the key, the second one, and both again in the step.
        .read_ahead(4)
        .hold(1)
        .in_flight(1),
    ]
}

fn limiting() -> Vec<Row> {
    vec![
        Row::new("try_stateful_deduplicate_on_rs2", |sim, [source]| {
            let stream = source.try_stateful_deduplicate_on_rs2(sim.timer(), one_key(), key(), DAY);
            stream.map_rs2(|taken| taken.unwrap_or_else(StateError::into_item))
        })
        .model(|given| {
            let numbered = numbered_or_back(given).into_iter();
            numbered.filter(|(_, count)| *count < 2).map(|(id, _)| id).collect::<Vec<u64>>()
        }),
        Row::new("try_stateful_throttle_on_rs2", |sim, [source]| {
            let config = StateConfigs::session();
            let stream = source.try_stateful_throttle_on_rs2(sim.timer(), config, key(), 2, WINDOW);
            stream.map_rs2(|taken| match taken {
                Ok(item) => (item, 1_u64),
                Err(error) => (error.into_item(), 0),
            })
        })
        .model(|given| {
            let judged = judged(given).into_iter();
            judged.map(|(id, passes)| (id, u64::from(passes))).collect::<Vec<_>>()
        })
        .timed(),
    ]
}
