//! Patterns, against a walk over the sorted items.

use super::event_time::{DELAY, Event, in_time, key, memory, millis, time};
use rs2_core::op::event_time::{Begin, Pattern, PatternOutput, Skip, Step};
use rs2_core::prelude::*;
use rs2_test::sim::{Sim, Tok};
use rs2_test::{Given, Row};

const WITHIN: i64 = 6_000;

fn kind_of(data: u64) -> u64 {
    data / 8_000 % 3
}

fn is_opening(item: &Tok) -> bool {
    kind_of(item.data()) == 0
}

fn is_closing(item: &Tok) -> bool {
    kind_of(item.data()) == 1
}

pub(super) type Accepts = fn(&Tok) -> bool;

fn pattern(skip: Skip) -> Pattern<Step<Step<Begin, Accepts>, Accepts>> {
    let opening = Pattern::begin(is_opening as Accepts);
    opening.followed_by(is_closing as Accepts).within(millis(WITHIN)).skip(skip)
}

/// The key of an item, by a closure that may panic.
fn key_of(sim: &Sim) -> impl FnMut(&Tok) -> u64 + use<> {
    let sim = sim.clone();
    move |item| {
        sim.point();
        key(item)
    }
}

/// Each closing item with the opening ones before it that it is the first to close: the oldest of
/// them, or every one.
fn matches(given: &[Given], skip: Skip) -> Vec<Vec<u64>> {
    let (mut events, watermark) = in_time(&given[0]);
    events.sort_by_key(|event| event.ts);
    events.retain(|event| event.ts <= watermark);
    let mut open: Vec<Event> = Vec::new();
    let mut found = Vec::new();
    for event in events {
        match kind_of(given[0].data(event.id)) {
            0 => open.push(event),
            1 => {
                let (mine, others): (Vec<_>, Vec<_>) =
                    open.into_iter().partition(|first| first.key == event.key);
                open = others;
                let most = if skip == Skip::Nothing { usize::MAX } else { 1 };
                let young = mine.iter().filter(|first| event.ts - first.ts < WITHIN);
                found.extend(young.take(most).map(|first| vec![first.id, event.id]));
            }
            _ => {}
        }
    }
    found
}

/// Those of them that are the first of their match, and the opening items that nothing closes in
/// time, in the order in which that is known.
pub(super) fn outcomes(given: &[Given]) -> Vec<Vec<u64>> {
    let (mut events, watermark) = in_time(&given[0]);
    events.sort_by_key(|event| event.ts);
    events.retain(|event| event.ts <= watermark);
    let mut open: Vec<Event> = Vec::new();
    let mut told = Vec::new();
    let time_out = |open: &mut Vec<Event>, told: &mut Vec<Vec<u64>>, now: i64| {
        let over = open.iter().filter(|first| first.ts.saturating_add(WITHIN) <= now);
        told.extend(over.map(|first| vec![first.id]));
        open.retain(|first| first.ts.saturating_add(WITHIN) > now);
    };
    for event in events {
        time_out(&mut open, &mut told, event.ts);
        match kind_of(given[0].data(event.id)) {
            0 => open.push(event),
            1 => {
                let first = open.iter().find(|first| first.key == event.key);
                told.extend(first.map(|first| vec![first.id, event.id]));
                open.retain(|first| first.key != event.key);
            }
            _ => {}
        }
    }
    time_out(&mut open, &mut told, watermark);
    told
}

pub(super) fn events_of(outcome: PatternOutput<u64, Tok>) -> Vec<Tok> {
    match outcome {
        PatternOutput::Match(found) | PatternOutput::TimedOut(found) => found.events,
    }
}

pub(super) fn opening_then_closing() -> Pattern<Step<Step<Begin, Accepts>, Accepts>> {
    pattern(Skip::PastLast)
}

pub(super) fn found_first(given: &[Given]) -> Vec<Vec<u64>> {
    matches(given, Skip::PastLast)
}

pub(super) fn rows() -> Vec<Row> {
    let row = |name: &str, skip: Skip| {
        Row::new(name, move |sim, [source]| {
            source
                .pattern_by_time_in_rs2(memory(), pattern(skip), millis(DELAY), key_of(sim), time)
                .map_rs2(|found| found.events)
        })
        .model(move |given| matches(given, skip))
        .keeps_all()
    };
    let timeouts = Row::new("pattern_or_timeout_by_time_in_rs2", |sim, [source]| {
        let pattern = pattern(Skip::PastLast);
        source
            .pattern_or_timeout_by_time_in_rs2(memory(), pattern, millis(DELAY), key_of(sim), time)
            .map_rs2(events_of)
    });
    vec![
        timeouts.model(outcomes).keeps_all(),
        row("pattern_by_time_in_rs2", Skip::PastLast),
        row("pattern_by_time_in_rs2, nothing skipped", Skip::Nothing),
    ]
}
