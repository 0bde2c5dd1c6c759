//! Operators of event time, against a look at everything at once.

use rs2_core::op::event_time::{
    Collect, Count, DedupConfig, DedupRules, Panes, SessionConfig, SessionRules, ThrottleConfig,
    TimeWindowConfig,
};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use rs2_test::sim::Tok;
use rs2_test::{Given, Row, index_of};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const DELAY: i64 = 2_000;
pub(super) const WINDOW: i64 = 6_000;
pub(super) const SLIDE: i64 = 2_000;
pub(super) const GAP: i64 = 3_000;

pub(super) fn millis(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}

/// One item a second, up to four seconds late: some beyond the delay.
fn time_of(id: u64, data: u64) -> i64 {
    index_of(id) as i64 * 1_000 - (data % 4_000) as i64
}

pub(super) fn key_of(data: u64) -> u64 {
    data / 4_000 % 2
}

pub(super) fn time(item: &Tok) -> EventTime {
    EventTime::from_millis(time_of(item.id(), item.data()))
}

pub(super) fn key(item: &Tok) -> u64 {
    key_of(item.data())
}

/// What an item is to a model.
#[derive(Clone, Copy)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) ts: i64,
    pub(super) key: u64,
    /// The watermark just before it.
    watermark: i64,
}

/// The events, and the watermark after the last of them.
fn events(given: &Given) -> (Vec<Event>, i64) {
    let mut watermark = i64::MIN;
    let event = |&id: &u64| {
        let data = given.data(id);
        let event = Event { id, ts: time_of(id, data), key: key_of(data), watermark };
        watermark = watermark.max(event.ts - DELAY);
        event
    };
    let events = given.ids.iter().map(event).collect();
    (events, if given.ended { i64::MAX } else { watermark })
}

pub(super) fn in_time(given: &Given) -> (Vec<Event>, i64) {
    let (mut events, watermark) = events(given);
    events.retain(|event| event.ts >= event.watermark);
    (events, watermark)
}

pub(super) fn sorted(given: &[Given]) -> Vec<u64> {
    let (mut events, watermark) = in_time(&given[0]);
    events.sort_by_key(|event| event.ts);
    events.iter().filter(|event| event.ts <= watermark).map(|event| event.id).collect()
}

pub(super) fn throttled(given: &[Given]) -> Vec<u64> {
    let (mut events, _) = events(&given[0]);
    let mut next = i64::MIN;
    events.retain(|event| {
        let passes = event.ts >= next;
        next = if passes { event.ts + GAP } else { next };
        passes
    });
    events.iter().map(|event| event.id).collect()
}

pub(super) fn two_a_gap() -> ThrottleConfig {
    ThrottleConfig { limit: 2, window: millis(GAP), watermark_delay: millis(DELAY) }
}

pub(super) fn throttled_keys(given: &[Given]) -> Vec<u64> {
    let (events, _) = in_time(&given[0]);
    let mut passed: Vec<Event> = Vec::new();
    for event in events {
        let of_key = passed.iter().chain([&event]).filter(|other| other.key == event.key);
        let mut times: Vec<i64> = of_key.map(|other| other.ts).collect();
        times.sort_unstable();
        if times.windows(3).all(|three| three[2] - three[0] >= GAP) {
            passed.push(event);
        }
    }
    passed.iter().map(|event| event.id).collect()
}

pub(super) fn deduplicated(given: &[Given]) -> Vec<u64> {
    let (events, _) = in_time(&given[0]);
    let mut passed: Vec<Event> = Vec::new();
    for event in events {
        let near =
            |other: &Event| other.key == event.key && other.ts.abs_diff(event.ts) < GAP as u64;
        if !passed.iter().any(near) {
            passed.push(event);
        }
    }
    passed.iter().map(|event| event.id).collect()
}

/// The items of each window that has gone out, in order of time; windows begin at every multiple
/// of `slide`.
pub(super) fn windows(given: &[Given], slide: i64) -> Vec<Vec<u64>> {
    let (events, watermark) = events(&given[0]);
    let mut windows: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
    for event in events {
        let last = event.ts.div_euclid(slide) * slide;
        for start in (0..WINDOW / slide).map(|back| last - back * slide) {
            if start + WINDOW > event.watermark {
                windows.entry(start).or_default().push(event);
            }
        }
    }
    windows.retain(|start, _| start + WINDOW <= watermark);
    let in_order = |mut window: Vec<Event>| {
        window.sort_by_key(|event| event.ts);
        window.iter().map(|event| event.id).collect()
    };
    windows.into_values().map(in_order).collect()
}

/// The same for each key, in the order of their first arrivals.
pub(super) fn keyed_windows(given: &[Given], slide: i64) -> Vec<Vec<u64>> {
    let of_key = |id: &u64| key_of(given[0].data(*id));
    let by_key = |window: Vec<u64>| {
        let mut arrivals = window.clone();
        arrivals.sort_by_key(|id| index_of(*id));
        let mut keys: Vec<u64> = Vec::new();
        for key in arrivals.iter().map(of_key) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mine = |key: u64| window.iter().copied().filter(|id| of_key(id) == key).collect();
        keys.into_iter().map(mine).collect::<Vec<Vec<u64>>>()
    };
    windows(given, slide).into_iter().flat_map(by_key).collect()
}

/// The items of each session that has gone out, in order of its end.
pub(super) fn sessions(given: &[Given]) -> Vec<Vec<u64>> {
    sessions_with(given, |_| GAP)
}

/// The gap after an item where items tell it: some reach over several others.
fn gap_of(data: u64) -> i64 {
    1_000 + (data / 8_000 % 6) as i64 * 1_000
}

/// The same where each item has a gap of its own.
fn sessions_with(given: &[Given], gap: impl Fn(u64) -> i64) -> Vec<Vec<u64>> {
    let (mut events, watermark) = in_time(&given[0]);
    events.sort_by_key(|event| (event.key, event.ts));
    let mut sessions: Vec<(Vec<Event>, i64)> = Vec::new();
    for event in events {
        let end = event.ts + gap(given[0].data(event.id));
        match sessions.last_mut() {
            Some((session, until)) if session[0].key == event.key && event.ts < *until => {
                *until = end.max(*until);
                session.push(event);
            }
            _ => sessions.push((vec![event], end)),
        }
    }
    sessions.retain(|(_, end)| *end <= watermark);
    sessions.sort_by_key(|(session, end)| (*end, session.iter().map(|event| event.id).min()));
    let ids = |session: Vec<Event>| session.iter().map(|event| event.id).collect();
    sessions.into_iter().map(|(session, _)| ids(session)).collect()
}

pub(super) fn tumbling() -> TimeWindowConfig {
    TimeWindowConfig::tumbling(millis(WINDOW), millis(DELAY)).expect("valid")
}

pub(super) fn sliding() -> TimeWindowConfig {
    TimeWindowConfig::new(millis(WINDOW), millis(SLIDE), millis(DELAY)).expect("valid")
}

pub(super) fn gaps() -> SessionConfig {
    SessionConfig { gap: millis(GAP), watermark_delay: millis(DELAY) }
}

pub(super) fn memory() -> SeededHeap {
    Heap::bounded(99).seeded(7)
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = of_all();
    rows.extend(of_keys());
    rows
}

fn of_all() -> Vec<Row> {
    vec![
        Row::new("sort_by_time_rs2", |_, [source]| source.sort_by_time_rs2(time, millis(DELAY)))
            .model(sorted)
            .keeps_all(),
        Row::new("throttle_by_time_rs2", |_, [source]| {
            source.throttle_by_time_rs2(millis(GAP), time)
        })
        .model(throttled),
        Row::new("throttle_keyed_by_time_in_rs2", |_, [source]| {
            source.throttle_keyed_by_time_in_rs2(memory(), two_a_gap(), key, time)
        })
        .model(throttled_keys),
        Row::new("deduplicate_by_time_in_rs2", |_, [source]| {
            let config = DedupConfig { within: millis(GAP), watermark_delay: millis(DELAY) };
            source.deduplicate_by_time_in_rs2(memory(), config, key, time)
        })
        .model(deduplicated),
        Row::new("deduplicate_by_time_in_rs2, sliding", |_, [source]| {
            let config = DedupConfig { within: millis(GAP), watermark_delay: millis(DELAY) };
            let rules = DedupRules::from(config).sliding();
            source.deduplicate_by_time_in_rs2(memory(), rules, key, time)
        })
        .model(|given| {
            let (events, _) = in_time(&given[0]);
            let near = |a: &Event, b: &Event| a.key == b.key && a.ts.abs_diff(b.ts) < GAP as u64;
            let is_first = |n: &usize| !events[..*n].iter().any(|other| near(&events[*n], other));
            (0..events.len()).filter(is_first).map(|n| events[n].id).collect()
        }),
        Row::new("window_by_time_rs2", |_, [source]| {
            source.window_by_time_rs2(tumbling(), time).map_rs2(|window| window.events)
        })
        .model(|given| windows(given, WINDOW))
        .keeps_all(),
        Row::new("window_by_time_rs2, sliding", |_, [source]| {
            source.window_by_time_rs2(sliding(), time).map_rs2(|window| window.events)
        })
        .model(|given| windows(given, SLIDE))
        .keeps_all(),
        Row::new("aggregate_by_time_rs2", |_, [source]| {
            source.aggregate_by_time_rs2(sliding(), time, Count).map_rs2(|window| window.value)
        })
        .model(|given| windows(given, SLIDE).iter().map(Vec::len).collect()),
    ]
}

fn of_keys() -> Vec<Row> {
    vec![
        Row::new("window_keyed_by_time_in_rs2", |_, [source]| {
            let windows = source.window_keyed_by_time_in_rs2(memory(), tumbling(), key, time);
            windows.map_rs2(|window| window.value)
        })
        .model(|given| keyed_windows(given, WINDOW))
        .keeps_all(),
        Row::new("aggregate_keyed_by_time_in_rs2", |_, [source]| {
            let memory = memory();
            source
                .aggregate_keyed_by_time_in_rs2(memory, sliding(), key, time, Count)
                .map_rs2(|window| window.value)
        })
        .model(|given| keyed_windows(given, SLIDE).iter().map(Vec::len).collect()),
        Row::new("panes_by_time_on_rs2", |sim, [source]| {
            let panes = Panes::of(tumbling()).discarding();
            let (memory, timer) = (memory(), sim.timer());
            source
                .panes_by_time_on_rs2(timer, memory, panes, key, time, Collect::default())
                .map_rs2(|window| window.value)
        })
        .model(|given| keyed_windows(given, WINDOW))
        .needs_time()
        .keeps_all(),
        Row::new("session_by_time_in_rs2", |_, [source]| {
            let sessions = source.session_by_time_in_rs2(memory(), gaps(), key, time);
            sessions.map_rs2(|session| session.value)
        })
        .model(sessions)
        .keeps_all(),
        Row::new("session_by_time_in_rs2, gaps of items", |_, [source]| {
            let rules = SessionRules::gap_of(|item: &Tok| millis(gap_of(item.data())));
            source
                .session_by_time_in_rs2(memory(), rules.watermark_delay(millis(DELAY)), key, time)
                .map_rs2(|session| session.value)
        })
        .model(|given| sessions_with(given, gap_of))
        .keeps_all(),
        Row::new("aggregate_sessions_by_time_in_rs2", |_, [source]| {
            let memory = memory();
            source
                .aggregate_sessions_by_time_in_rs2(memory, gaps(), key, time, Count)
                .map_rs2(|session| session.value)
        })
        .model(|given| sessions(given).iter().map(Vec::len).collect()),
    ]
}
