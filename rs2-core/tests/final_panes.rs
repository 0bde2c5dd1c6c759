//! What is marked as final does not go out again, and at the end everything is; what goes out late
//! is late for the operator behind.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/layouts.rs"]
mod layouts;

use by_time::*;
use layouts::often_strict_layouts;
use proptest::prelude::*;
use rs2_core::machine::{ByTime, Machine};
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::watermark::BoundedDisorder;
use std::collections::BTreeSet;

const KEYS: u8 = 2;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn key_of(event: &Event) -> u8 {
    event.1
}

/// What goes out, and after that what goes out at the end.
fn before_and_at_the_end<M: Machine<In = Event>>(
    machine: &mut M,
    events: &[Event],
) -> (Vec<M::Out>, Vec<M::Out>) {
    let before = events.iter().flat_map(|event| feed(machine, *event)).collect();
    (before, finish(machine))
}

/// Each thing that goes out with what it is, and whether that was its last time.
fn none_goes_again(outs: impl IntoIterator<Item = ((u8, i64), bool)>) {
    let mut over = BTreeSet::new();
    for (what, is_final) in outs {
        assert!(!over.contains(&what), "{what:?} had gone out for the last time");
        over.extend(is_final.then_some(what));
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_final_window_does_not_go_out_again(
        times in disorder(1), layout in often_strict_layouts(),
        capacity in prop_oneof![1_usize..4, Just(999)],
    ) {
        let limits = limits(heap(capacity), OnFull::Evict).0;
        let rule = WindowByTime::<_, _, _, WindowValue<u64>>::new(limits, layout.windows(), Count);
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let (before, at_end) = before_and_at_the_end(&mut machine, &events(&times));
        prop_assert!(at_end.iter().all(|window| window.is_final));
        let without_lateness = layout.lateness == 0;
        let mut before_end = before.iter().filter(|window| window.timing == Timing::OnTime);
        prop_assert!(!without_lateness || before_end.all(|window| window.is_final));
        let all = before.iter().chain(&at_end);
        none_goes_again(all.map(|window| ((0, window.start_time.as_micros()), window.is_final)));
    }

    #[test]
    fn a_final_pane_of_a_key_does_not_go_out_again(
        times in disorder(KEYS), layout in often_strict_layouts(), each in 1_u64..4, kind in 0..3,
        capacity in prop_oneof![1_usize..4, Just(999)],
    ) {
        let limits = limits(heap(capacity), OnFull::Evict).0;
        let panes = Panes::of(layout.windows()).each_items(each);
        let panes = match kind {
            0 => panes,
            1 => panes.discarding(),
            _ => panes.retracting(),
        };
        let rule = KeyedWindows::new(limits, panes, key_of, Count);
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let (before, at_end) = before_and_at_the_end(&mut machine, &events(&times));
        prop_assert!(at_end.iter().all(|pane| pane.is_final || pane.is_retraction));
        let all = before.iter().chain(&at_end);
        none_goes_again(
            all.map(|pane| ((pane.key, pane.start_time.as_micros()), pane.is_final)),
        );
    }

    #[test]
    fn a_final_session_does_not_go_out_again(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..12, lateness in 0_u64..12,
        capacity in prop_oneof![1_usize..4, Just(999)],
    ) {
        let limits = limits(heap(capacity), OnFull::Evict).0;
        let config = SessionConfig { gap: us(gap), watermark_delay: us(delay) };
        let rules = SessionRules::from(config).allowed_lateness(us(lateness));
        let rule = SessionByTime::new(limits, rules, key_of, Collect::default());
        let mut machine = ByTime::new(rule, us(delay), time_of);
        let (before, at_end) = before_and_at_the_end(&mut machine, &events(&times));
        prop_assert!(at_end.iter().all(|session| session.is_final));
        let all = before.iter().chain(&at_end);
        // A session goes out again when an item of it does.
        let items = all.flat_map(|session| {
            session.value.iter().map(|event| ((0, event.0 as i64), session.is_final))
        });
        none_goes_again(items);
    }

    /// A window that goes out again is as late as its items: for the next operator too, unless
    /// that allows for it.
    #[test]
    fn what_goes_out_late_is_late_for_the_operator_behind(
        times in disorder(1), size in 1_u64..12, delay in 0_u64..9, lateness in 1_u64..20,
    ) {
        let first = TimeWindowConfig {
            allowed_lateness: us(lateness),
            ..TimeWindowConfig::tumbling(us(size), us(0)).expect("it is not zero")
        };
        let behind = |allowed_lateness| TimeWindowConfig { allowed_lateness, ..first };
        let windows = || {
            from_iter(events(&times))
                .with_watermarks_rs2(BoundedDisorder::new(us(delay)), time_of)
                .aggregate_events_rs2(first, Count)
        };
        let late = collected(windows().without_watermarks_rs2())
            .iter()
            .filter(|window| window.timing == Timing::Late)
            .count() as u64;
        let strict = windows().aggregate_events_rs2(behind(us(0)), Count);
        let losses = strict.losses().clone();
        let on_time = collected(strict.without_watermarks_rs2());
        prop_assert_eq!(losses.of(Loss::Late), late);
        prop_assert!(on_time.iter().all(|window| window.timing == Timing::OnTime));
        let lenient = windows().aggregate_events_rs2(behind(us(lateness)), Count);
        let losses = lenient.losses().clone();
        let again = collected(lenient.without_watermarks_rs2());
        prop_assert_eq!(losses.total(), 0);
        prop_assert_eq!(again.iter().filter(|w| w.timing == Timing::Late).count() as u64, late);
    }
}
