//! Operators of event time between signals: the models are those of the same rules over items.

use super::event_time::{
    DELAY, GAP, SLIDE, WINDOW, deduplicated, gaps, key, keyed_windows, memory, millis, sessions,
    sliding, sorted, throttled, throttled_keys, time, tumbling, two_a_gap, windows,
};
use super::pattern::{events_of, found_first, opening_then_closing, outcomes};
use rs2_core::machine::Progress;
use rs2_core::op::event_time::{Collect, Count, Panes};
use rs2_core::prelude::*;
use rs2_core::watermark::{AllIdle, BoundedDisorder, Signal, Silence};
use rs2_test::sim::{Source, Tok};
use rs2_test::{Order, Row};

fn marked(source: Source) -> impl Progress<Item = Signal<Tok>> {
    source.with_watermarks_rs2(BoundedDisorder::new(millis(DELAY)), time)
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = items();
    rows.extend(results());
    rows
}

fn items() -> Vec<Row> {
    vec![
        Row::new("with_watermarks_rs2, without_watermarks_rs2", |_, [source]| {
            marked(source).without_watermarks_rs2()
        }),
        Row::new("with_live_watermarks_on_rs2", |sim, [source]| {
            let policy = BoundedDisorder::new(millis(DELAY));
            let silence = Silence::wait().follow_clock(millis(2), millis(3)).idle_after(millis(20));
            source
                .with_live_watermarks_on_rs2(sim.timer(), policy, silence, time)
                .without_watermarks_rs2()
        })
        .read_ahead(1)
        .hold(1)
        .needs_time(),
        Row::new("map_events_rs2", |_, [source]| {
            marked(source).map_events_rs2(|item| item).without_watermarks_rs2()
        }),
        Row::new("filter_events_rs2", |_, [source]| {
            marked(source).filter_events_rs2(|item| key(item) == 0).without_watermarks_rs2()
        })
        .model(|given| {
            let passes = |id: &u64| super::event_time::key_of(given[0].data(*id)) == 0;
            given[0].ids.iter().copied().filter(passes).collect()
        }),
        Row::new("merge_events_rs2", |_, [first, second, third]| {
            let others = vec![marked(second), marked(third)];
            marked(first).merge_events_rs2(others).without_watermarks_rs2()
        })
        .order(Order::PerSource),
        Row::new("merge_events_with_rs2", |_, [first, second]| {
            marked(first)
                .merge_events_with_rs2(vec![marked(second)], AllIdle::Advance)
                .without_watermarks_rs2()
        })
        .order(Order::PerSource),
        Row::new("sort_events_rs2", |_, [source]| {
            marked(source).sort_events_rs2().without_watermarks_rs2()
        })
        .model(sorted)
        .keeps_all(),
        Row::new("throttle_events_rs2", |_, [source]| {
            marked(source).throttle_events_rs2(millis(GAP)).without_watermarks_rs2()
        })
        .model(throttled),
        Row::new("throttle_keyed_events_in_rs2", |_, [source]| {
            marked(source)
                .throttle_keyed_events_in_rs2(memory(), two_a_gap(), key)
                .without_watermarks_rs2()
        })
        .model(throttled_keys),
        Row::new("deduplicate_events_in_rs2", |_, [source]| {
            marked(source)
                .deduplicate_events_in_rs2(memory(), millis(GAP), key)
                .without_watermarks_rs2()
        })
        .model(deduplicated),
    ]
}

fn results() -> Vec<Row> {
    vec![
        Row::new("window_events_rs2", |_, [source]| {
            let windows = marked(source).window_events_rs2(tumbling()).without_watermarks_rs2();
            windows.map_rs2(|window| window.events)
        })
        .model(|given| windows(given, WINDOW))
        .keeps_all(),
        Row::new("aggregate_events_rs2", |_, [source]| {
            let windows = marked(source).aggregate_events_rs2(sliding(), Count);
            windows.without_watermarks_rs2().map_rs2(|window| window.value)
        })
        .model(|given| windows(given, SLIDE).iter().map(Vec::len).collect()),
        Row::new("window_keyed_events_in_rs2", |_, [source]| {
            let windows = marked(source).window_keyed_events_in_rs2(memory(), tumbling(), key);
            windows.without_watermarks_rs2().map_rs2(|window| window.value)
        })
        .model(|given| keyed_windows(given, WINDOW))
        .keeps_all(),
        Row::new("aggregate_keyed_events_in_rs2", |_, [source]| {
            marked(source)
                .aggregate_keyed_events_in_rs2(memory(), sliding(), key, Count)
                .without_watermarks_rs2()
                .map_rs2(|window| window.value)
        })
        .model(|given| keyed_windows(given, SLIDE).iter().map(Vec::len).collect()),
        Row::new("pane_events_on_rs2", |sim, [source]| {
            let panes = Panes::of(tumbling()).discarding();
            marked(source)
                .pane_events_on_rs2(sim.timer(), memory(), panes, key, Collect::default())
                .without_watermarks_rs2()
                .map_rs2(|window| window.value)
        })
        .model(|given| keyed_windows(given, WINDOW))
        .needs_time()
        .keeps_all(),
        Row::new("session_events_in_rs2", |_, [source]| {
            let sessions = marked(source).session_events_in_rs2(memory(), gaps().gap, key);
            sessions.without_watermarks_rs2().map_rs2(|session| session.value)
        })
        .model(sessions)
        .keeps_all(),
        Row::new("aggregate_session_events_in_rs2", |_, [source]| {
            marked(source)
                .aggregate_session_events_in_rs2(memory(), gaps().gap, key, Count)
                .without_watermarks_rs2()
                .map_rs2(|session| session.value)
        })
        .model(|given| sessions(given).iter().map(Vec::len).collect()),
        Row::new("pattern_events_in_rs2", |_, [source]| {
            marked(source)
                .pattern_events_in_rs2(memory(), opening_then_closing(), key)
                .without_watermarks_rs2()
                .map_rs2(|found| found.events)
        })
        .model(found_first)
        .keeps_all(),
        Row::new("pattern_or_timeout_events_in_rs2", |_, [source]| {
            marked(source)
                .pattern_or_timeout_events_in_rs2(memory(), opening_then_closing(), key)
                .without_watermarks_rs2()
                .map_rs2(events_of)
        })
        .model(outcomes)
        .keeps_all(),
    ]
}
