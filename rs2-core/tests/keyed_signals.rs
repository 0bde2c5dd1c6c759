//! Windows of keys between signals: the same as over plain items, and what stands behind them.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/in_band.rs"]
mod in_band;
#[path = "common/layouts.rs"]
mod layouts;

use by_time::*;
use in_band::{agrees, full, placed, signals};
use layouts::{Layout, offsets, often_strict_layouts};
use proptest::prelude::*;
use rs2_core::late::{Late, LateTo};
use rs2_core::machine::{ByTime, Machine};
use rs2_core::metrics::{Holds, Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::Limits;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Instant, NoTimer};
use rs2_core::watermark::{InBand, Signal};

const KEYS: u8 = 3;

fn keys(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn key_of(event: &Event) -> u8 {
    event.1
}

/// Watermarks come from elsewhere.
fn in_any_place() -> impl Strategy<Value = Layout> {
    often_strict_layouts().prop_map(|layout| Layout { delay: 0, ..layout })
}

/// Windows that go out at their end, or before it by count; with all items, new ones, or corrected.
fn panes() -> impl Strategy<Value = Panes> {
    let windows = in_any_place().prop_map(|layout| Panes::of(layout.windows()));
    let windows = prop_oneof![4 => windows, 1 => Just(Panes::global())];
    let each = prop_oneof![Just(None), (1_u64..4).prop_map(Some)];
    (windows, each, 0..3).prop_map(|(panes, each, kind)| {
        let panes = each.map_or(panes, |items| panes.each_items(items));
        match kind {
            0 => panes,
            1 => panes.discarding(),
            _ => panes.retracting(),
        }
    })
}

/// All that comes out of a machine after `first`.
fn all_of<M: Machine>(machine: &mut M, first: Option<M::Out>) -> Vec<M::Out> {
    let mut outs = Vec::new();
    let mut next = first;
    while let Some(out) = next {
        outs.push(out);
        next = machine.more();
    }
    outs
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn panes_are_the_same_in_band(
        times in disorder(KEYS), delay in 0_u64..20, panes in panes(),
        (capacity, on_full) in full(),
    ) {
        let found = agrees(&events(&times), delay, || {
            let limits = Limits::of(keys(capacity)).on_full(on_full);
            KeyedWindows::new(limits, panes, key_of, Collect::default())
        });
        for (watermark, ts, pane) in placed(found) {
            prop_assert_eq!(ts.as_micros(), pane.end_time.as_micros() - 1);
            prop_assert!(pane.timing == Timing::Late || ts.as_micros() >= watermark);
        }
    }

    #[test]
    fn panes_by_processing_time_are_the_same_in_band(
        times in disorder(KEYS), delay in 0_u64..20, panes in panes(), tick in 1_usize..6,
    ) {
        let rule = || {
            let limits = Limits::of(keys(1_000));
            KeyedWindows::new(limits, panes.every(us(1)), key_of, Collect::default())
        };
        let mut over_items = ByTime::new(rule(), us(delay), time_of);
        let mut in_band = InBand::new(rule());
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        let mut watermark = i64::MIN;
        for (n, event) in events(&times).into_iter().enumerate() {
            expected.extend(feed(&mut over_items, event));
            found.extend(feed(&mut in_band, Signal::Item(time_of(&event), event)));
            watermark = watermark.max(event.2 - delay as i64);
            let risen = Signal::Watermark(EventTime::from_micros(watermark));
            found.extend(feed(&mut in_band, risen));
            prop_assert_eq!(over_items.deadline(), in_band.deadline());
            if n % tick == 0 && in_band.deadline().is_some() {
                let first = over_items.on_deadline(Instant::ORIGIN);
                expected.extend(all_of(&mut over_items, first));
                let first = in_band.on_deadline(Instant::ORIGIN);
                found.extend(all_of(&mut in_band, first));
            }
        }
        expected.extend(finish(&mut over_items));
        found.extend(finish(&mut in_band));
        let found: Vec<_> = found.into_iter().filter_map(Signal::into_item).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_methods_yield_what_those_over_items_do(
        times in disorder(KEYS), delay in 0_u64..20, layout in in_any_place(),
    ) {
        let events = events(&times);
        let config = layout.windows();
        let over_items = Layout { delay, ..layout }.windows();
        let source = || from_iter(events.clone());
        let in_band = signals(&events, delay).window_keyed_events_in_rs2(keys(99), config, key_of);
        prop_assert_eq!(
            collected(in_band.without_watermarks_rs2()),
            collected(source().window_keyed_by_time_in_rs2(keys(99), over_items, key_of, time_of))
        );
        let in_band =
            signals(&events, delay).aggregate_keyed_events_in_rs2(keys(99), config, key_of, Count);
        let over_items = source()
            .aggregate_keyed_by_time_in_rs2(keys(99), over_items, key_of, time_of, Count);
        prop_assert_eq!(collected(in_band.without_watermarks_rs2()), collected(over_items));
    }

    /// What a window of keys puts out is in time for the operator behind it.
    #[test]
    fn a_window_behind_loses_no_window_of_a_key(
        times in disorder(KEYS), delay in 0_u64..20, layout in in_any_place(), long in 1_u64..30,
    ) {
        let events = events(&times);
        let layout = Layout { lateness: 0, ..layout };
        let config = layout.windows();
        let alone = signals(&events, delay).window_keyed_events_in_rs2(keys(99), config, key_of);
        let windows = collected(alone.without_watermarks_rs2()).len();
        let (outlet, late_items) = Late::bounded(1_000);
        let long = TimeWindowConfig::tumbling(us(long), us(0)).expect("it is not zero");
        let behind = signals(&events, delay)
            .window_keyed_events_in_rs2(keys(99), config, key_of)
            .late_to(outlet)
            .window_events_rs2(long);
        let losses = behind.losses().clone();
        let all: usize =
            collected(behind.without_watermarks_rs2()).iter().map(|long| long.events.len()).sum();
        prop_assert_eq!(all, windows);
        prop_assert_eq!(losses.total(), 0);
        // And what was late for the first came to its outlet.
        let mut watermark = i64::MIN;
        let late: Vec<Event> = events
            .into_iter()
            .filter(|event| {
                let last = layout.windows_over(event.2).pop();
                let is_late = last.is_none_or(|start| layout.end(start) <= watermark);
                watermark = watermark.max(event.2 - delay as i64);
                is_late
            })
            .collect();
        let found = collected(late_items);
        prop_assert!(found.iter().all(|late| late.why == Loss::Late));
        prop_assert_eq!(found.into_iter().map(|late| late.item).collect::<Vec<_>>(), late);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others_in_band(
        times in extremes(KEYS), delay in extreme_spans(), span in extreme_spans(),
        offset in offsets(),
    ) {
        let delay = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        agrees(&events(&times), delay, || {
            let config = TimeWindowConfig::tumbling(span, us(0)).expect("it is not zero");
            let panes = Panes::of(config.offset(us(offset)));
            KeyedWindows::new(Limits::of(keys(99)), panes, key_of, Count)
        });
    }
}

#[cfg(feature = "snapshot")]
#[path = "common/snapshots.rs"]
mod snapshots;

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn windows_of_windows_of_keys_go_on_from_anywhere(
        times in disorder(KEYS), delay in 0_u64..20, panes in panes(), capacity in 1_usize..9,
        long in 1_u64..30,
    ) {
        let long = TimeWindowConfig::tumbling(us(long), us(0)).expect("it is not zero");
        let build = || {
            from_iter(events(&times))
                .replayable_rs2()
                .with_watermarks_rs2(rs2_core::watermark::BoundedDisorder::new(us(delay)), time_of)
                .pane_events_on_rs2(NoTimer, keys(capacity), panes, key_of, Collect::default())
                .map_events_rs2(|pane| (pane.key, pane.value, pane.timing))
                .window_events_rs2(long)
        };
        snapshots::goes_on_from_anywhere(build);
        snapshots::keeps_nothing_at_the_end(build());
    }
}

#[test]
fn nothing_is_held_once_the_signals_have_ended() {
    let limits = Limits::of(keys(99));
    let panes = Panes::global().every(us(5)).retracting();
    let mut machine = InBand::new(KeyedWindows::new(limits, panes, key_of, Count));
    feed(&mut machine, Signal::Item(EventTime::EPOCH, (0, 0, 0)));
    assert!(machine.held() > 0);
    assert!(machine.deadline().is_some());
    finish(&mut machine);
    assert_eq!(machine.held(), 0);
    assert_eq!(machine.deadline(), None);
}
