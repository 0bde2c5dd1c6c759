//! Patterns, against a walk over the sorted items.

use super::event_time::{DELAY, Event, in_time, key, memory, millis, time};
use rs2_core::op::event_time::{Begin, Pattern, Skip, Step};
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

type Accepts = fn(&Tok) -> bool;

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
    vec![
        row("pattern_by_time_in_rs2", Skip::PastLast),
        row("pattern_by_time_in_rs2, nothing skipped", Skip::Nothing),
    ]
}
