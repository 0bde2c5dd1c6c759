//! Windows of event time against the evaluation of the whole input by their definition.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/layouts.rs"]
mod layouts;

use by_time::*;
use layouts::{Layout, layouts, offsets};
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Start, items, why.
type Pane = (i64, Vec<usize>, Timing);

fn pane(window: TimeWindow<Event>) -> Pane {
    let items = window.events.iter().map(|event| event.0).collect();
    (window.start_time.as_micros(), items, window.timing)
}

/// The definition: what each item does to each of its windows, one after the other.
fn naive(events: &[Event], layout: Layout) -> (Vec<Pane>, u64) {
    let mut open: BTreeMap<i64, (Vec<Event>, bool)> = BTreeMap::new();
    let (mut panes, mut late, mut watermark) = (Vec::new(), 0, i64::MIN);
    for &event in events {
        let mut mine = layout.windows_over(event.2);
        mine.retain(|&start| layout.closes(start) > watermark);
        late += u64::from(mine.is_empty());
        for &start in &mine {
            let window = open.entry(start).or_default();
            window.0.push(event);
            if layout.end(start) <= watermark {
                window.1 = true;
                panes.push(out(start, &window.0, Timing::Late));
            }
        }
        watermark = watermark.max(layout.watermark(event.2));
        panes.extend(due(&mut open, |start| layout.end(start) <= watermark));
        open.retain(|&start, _| layout.closes(start) > watermark);
    }
    panes.extend(due(&mut open, |_| true));
    (panes, late)
}

fn due(open: &mut BTreeMap<i64, (Vec<Event>, bool)>, past: impl Fn(i64) -> bool) -> Vec<Pane> {
    let fresh = open.iter_mut().filter(|(start, window)| !window.1 && past(**start));
    fresh
        .map(|(start, window)| {
            window.1 = true;
            out(*start, &window.0, Timing::OnTime)
        })
        .collect()
}

fn out(start: i64, events: &[Event], timing: Timing) -> Pane {
    let mut sorted = events.to_vec();
    sorted.sort_by_key(|event| event.2);
    (start, sorted.iter().map(|event| event.0).collect(), timing)
}

/// Joins numbers, so that the order of parts shows.
#[derive(Clone, Copy, Debug)]
struct Trace;

impl Aggregator<Event> for Trace {
    type Partial = Vec<usize>;
    type Output = Vec<usize>;
    fn lift(&self, _ts: EventTime, event: Event) -> Vec<usize> {
        vec![event.0]
    }
    fn combine(&self, left: &mut Vec<usize>, right: &Vec<usize>) {
        left.extend(right);
    }
    fn lower(&self, whole: Vec<usize>) -> Vec<usize> {
        whole
    }
}

/// What an aggregator makes of each window in a memory of so many slices.
fn aggregated<A: Aggregator<Event>>(
    events: &[Event],
    (layout, capacity, on_full): (Layout, usize, OnFull),
    aggregator: A,
) -> Vec<A::Output> {
    let limits = Limits::of(Heap::bounded(capacity)).on_full(on_full);
    let stream = from_iter(events.to_vec());
    let windows = stream.aggregate_by_time_in_rs2(limits, layout.windows(), time_of, aggregator);
    collected(windows).into_iter().map(|window| window.value).collect()
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn windows_are_those_of_the_definition(times in disorder(1), layout in layouts(0)) {
        let events = events(&times);
        let stream = from_iter(events.clone()).window_by_time_rs2(layout.windows(), time_of);
        let losses = stream.losses().clone();
        let found: Vec<Pane> = collected(stream).into_iter().map(pane).collect();
        let (expected, late) = naive(&events, layout);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn a_late_item_lets_its_windows_go_out_again_in_full(
        times in disorder(1), layout in layouts(15),
    ) {
        let events = events(&times);
        let stream = from_iter(events.clone()).window_by_time_rs2(layout.windows(), time_of);
        let losses = stream.losses().clone();
        let found: Vec<Pane> = collected(stream).into_iter().map(pane).collect();
        let (expected, late) = naive(&events, layout);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn an_aggregate_is_made_of_the_items_of_the_window(
        times in disorder(1), layout in layouts(10),
    ) {
        let events = events(&times);
        let (expected, _) = naive(&events, layout);
        let counted: Vec<u64> = collected(
            from_iter(events.clone()).aggregate_by_time_rs2(layout.windows(), time_of, Count),
        )
        .into_iter()
        .map(|window| window.value)
        .collect();
        let sizes: Vec<u64> = expected.iter().map(|(_, ids, _)| ids.len() as u64).collect();
        prop_assert_eq!(counted, sizes);
        // Parts in the order of their time, items of a part in the order of arrival.
        let traced: Vec<Vec<usize>> = collected(
            from_iter(events.clone()).aggregate_by_time_rs2(layout.windows(), time_of, Trace),
        )
        .into_iter()
        .map(|window| window.value)
        .collect();
        let by_slice = |ids: &Vec<usize>| {
            let mut ids = ids.clone();
            ids.sort_by_key(|&id| (layout.slice_of(events[id].2), id));
            ids
        };
        let sorted: Vec<Vec<usize>> = expected.iter().map(|(_, ids, _)| by_slice(ids)).collect();
        prop_assert_eq!(traced, sorted);
    }

    #[test]
    fn a_full_table_keeps_its_bound_and_counts_what_is_lost(
        times in disorder(1), layout in layouts(10), capacity in 1_usize..5,
        evict in any::<bool>(),
    ) {
        let events = events(&times);
        let on_full = if evict { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(Heap::bounded(capacity), on_full);
        let rule: WindowByTime<_, _, _, TimeWindow<Event>> =
            WindowByTime::new(limits, layout.windows(), Collect::default());
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let panes: Vec<Pane> = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "slices") <= capacity);
        })
        .into_iter()
        .map(pane)
        .collect();
        let seen: BTreeSet<usize> = panes.iter().flat_map(|(_, ids, _)| ids.clone()).collect();
        let [late, _, _, full, evicted] = counts(&losses);
        prop_assert_eq!(seen.len() as u64 + late + full, events.len() as u64);
        let forced = panes.iter().filter(|pane| pane.2 == Timing::Forced).count() as u64;
        prop_assert!(forced <= evicted && (evict || evicted == 0));
        let fresh: Vec<i64> =
            panes.iter().filter(|pane| pane.2 != Timing::Late).map(|pane| pane.0).collect();
        prop_assert!(fresh.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", panes);
        // An aggregate is made of the same items, however its parts are put together.
        let counted = aggregated(&events, (layout, capacity, on_full), Count);
        let sizes: Vec<u64> = panes.iter().map(|pane| pane.1.len() as u64).collect();
        prop_assert_eq!(counted, sizes);
        let sorted = |mut ids: Vec<usize>| { ids.sort_unstable(); ids };
        let traced = aggregated(&events, (layout, capacity, on_full), Trace).into_iter();
        let items = panes.iter().map(|pane| sorted(pane.1.clone()));
        prop_assert_eq!(traced.map(sorted).collect::<Vec<_>>(), items.collect::<Vec<_>>());
        if full + evicted == 0 {
            prop_assert_eq!((panes, late), naive(&events, layout));
        }
    }

    #[test]
    fn what_goes_out_again_late_holds_what_went_out_before(
        times in disorder(1), layout in layouts(15), capacity in 1_usize..5,
    ) {
        let (limits, _) = limits(Heap::bounded(capacity), OnFull::Evict);
        let events = from_iter(events(&times));
        let stream = events.window_by_time_in_rs2(limits, layout.windows(), time_of);
        let mut before: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (start, ids, timing) in collected(stream).into_iter().map(pane) {
            if let Some(before) = before.get(&start) {
                prop_assert!(timing == Timing::Late);
                prop_assert!(before.iter().all(|id| ids.contains(id)), "{:?} {:?}", before, ids);
                prop_assert!(before.len() < ids.len(), "nothing new: {:?}", ids);
            }
            before.insert(start, ids);
        }
    }

    #[test]
    fn stopping_lets_no_wrong_window_out(
        times in disorder(1), layout in layouts(10), capacity in 1_usize..6, items in 1_usize..5,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(Heap::bounded(capacity), OnFull::Stop);
        let rule: WindowByTime<_, _, _, TimeWindow<Event>> =
            WindowByTime::new(limits, layout.windows(), Collect::bounded(items));
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let panes = run(&mut machine, events.clone(), |_| ());
        let panes: Vec<Pane> = panes.into_iter().map(pane).collect();
        is_beginning(&panes, &naive(&events, layout).0, &losses);
    }

    #[test]
    fn a_slice_keeps_no_more_items_than_it_may(
        times in disorder(1), layout in layouts(10), items in 1_usize..4,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(Heap::bounded(1_000), OnFull::Evict);
        let rule: WindowByTime<_, _, _, TimeWindow<Event>> =
            WindowByTime::new(limits, layout.windows(), Collect::bounded(items));
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let panes = run(&mut machine, events.clone(), |_| ());
        let seen: BTreeSet<usize> =
            panes.iter().flat_map(|pane| pane.events.iter().map(|event| event.0)).collect();
        let slice = |id: usize| layout.slice_of(events[id].2);
        for start in seen.iter().map(|&id| slice(id)) {
            let there = seen.iter().filter(|&&id| slice(id) == start).count();
            prop_assert!(there <= items);
        }
        let [late, _, _, full, _] = counts(&losses);
        prop_assert_eq!(seen.len() as u64 + late + full, events.len() as u64);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others(
        times in extremes(1), layout in layouts(9), delay in extreme_spans(),
    ) {
        let events = events(&times);
        let delay = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        let layout = Layout { delay, ..layout };
        let stream = from_iter(events.clone()).window_by_time_rs2(layout.windows(), time_of);
        let losses = stream.losses().clone();
        let found: Vec<Pane> = collected(stream).into_iter().map(pane).collect();
        let (expected, late) = naive(&events, layout);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn the_longest_windows_are_windows_like_others(
        times in extremes(1), size in extreme_spans(), parts in 1_u64..4,
        delay in extreme_spans(), late in extreme_spans(), offset in offsets(),
    ) {
        let micros = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        let size = micros(size).min(i64::MAX as u64);
        let slide = (size / parts).max(1);
        let (delay, lateness) = (micros(delay), micros(late));
        let layout = Layout { size, slide, delay, lateness, offset };
        let events = events(&times);
        let stream = from_iter(events.clone()).window_by_time_rs2(layout.windows(), time_of);
        let losses = stream.losses().clone();
        let found: Vec<Pane> = collected(stream).into_iter().map(pane).collect();
        let (expected, late) = naive(&events, layout);
        let sizes: Vec<u64> = expected.iter().map(|(_, ids, _)| ids.len() as u64).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
        let counted = from_iter(events).aggregate_by_time_rs2(layout.windows(), time_of, Count);
        let counted: Vec<u64> = collected(counted).iter().map(|window| window.value).collect();
        prop_assert_eq!(counted, sizes);
    }

    #[test]
    fn just_the_slices_that_open_windows_need_are_kept(
        times in disorder(1), layout in layouts(15),
    ) {
        let limits = Limits::of(Heap::bounded(1_000));
        let rule: WindowByTime<_, _, _, WindowValue<u64>> =
            WindowByTime::new(limits, layout.windows(), Count);
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let closes = |slice: i64| layout.closes(*layout.windows_over(slice).last().unwrap());
        let (mut kept, mut watermark) = (BTreeSet::new(), i64::MIN);
        for event in events(&times) {
            feed(&mut machine, event);
            kept.insert(layout.slice_of(event.2));
            kept.retain(|slice| closes(*slice) > watermark);
            watermark = watermark.max(layout.watermark(event.2));
            kept.retain(|slice| closes(*slice) > watermark);
            prop_assert_eq!(size_of(&machine, "slices"), kept.len());
        }
    }
}

#[test]
fn the_golden_vector_of_late_panes() {
    let stream = from_iter([1_i64, 9, 12, 5, 17, 3])
        .window_by_time_rs2(Layout::new(10, 10, 2, 5).windows(), |ts| EventTime::from_micros(*ts));
    let losses = stream.losses().clone();
    let panes: Vec<_> = collected(stream)
        .into_iter()
        .map(|pane| (pane.start_time.as_micros(), pane.events, pane.timing))
        .collect();
    assert_eq!(
        panes,
        [
            (0, vec![1, 9], Timing::OnTime),
            (0, vec![1, 5, 9], Timing::Late),
            (10, vec![12, 17], Timing::OnTime),
        ]
    );
    assert_eq!(losses.of(Loss::Late), 1);
}

#[test]
fn nothing_in_nothing_out() {
    let none: Vec<Event> = Vec::new();
    let stream = from_iter(none).window_by_time_rs2(Layout::new(10, 3, 2, 5).windows(), time_of);
    assert!(collected(stream).is_empty());
}

#[test]
fn an_item_at_the_end_of_a_window_belongs_to_the_next() {
    let panes: Vec<Pane> = collected(
        from_iter(events(&[(0, -10), (0, -1), (0, 0), (0, 9), (0, 10)]))
            .window_by_time_rs2(Layout::new(10, 10, 0, 0).windows(), time_of),
    )
    .into_iter()
    .map(pane)
    .collect();
    let on_time = |start, ids: &[usize]| (start, ids.to_vec(), Timing::OnTime);
    assert_eq!(panes, [on_time(-10, &[0, 1]), on_time(0, &[2, 3]), on_time(10, &[4])]);
}

#[test]
fn slices_go_once_no_window_needs_them() {
    for (size, slide, delay, lateness) in
        [(10, 10, 5, 0), (10, 3, 5, 0), (10, 4, 0, 20), (7, 7, 30, 100)]
    {
        let layout = Layout::new(size, slide, delay, lateness);
        let limits = Limits::of(Heap::bounded(1_000_000));
        let rule: WindowByTime<_, _, _, WindowValue<u64>> =
            WindowByTime::new(limits, layout.windows(), Count);
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let span = (size + delay + lateness) as i64;
        for n in 0..10_000 {
            feed(&mut machine, (n, 0, n as i64));
            let kept = size_of(&machine, "slices") as i64;
            assert!(kept <= span + slide as i64 + 1, "{kept} slices kept by {layout:?}");
        }
        feed(&mut machine, (0, 0, 1_000_000));
        assert_eq!(size_of(&machine, "slices"), 1);
        finish(&mut machine);
        assert_eq!(size_of(&machine, "slices"), 0);
    }
}

#[test]
fn a_long_gap_of_time_costs_nothing() {
    let config = TimeWindowConfig::new(us(1), us(1), Duration::ZERO).unwrap();
    let stream = from_iter([0_i64, i64::MAX / 2, i64::MAX - 1])
        .window_by_time_rs2(config, |ts| EventTime::from_micros(*ts));
    assert_eq!(collected(stream).len(), 3);
}

#[test]
#[should_panic(expected = "window_size must be greater than zero")]
fn a_window_of_nothing_is_a_mistake() {
    let config = TimeWindowConfig { window_size: Duration::ZERO, ..TimeWindowConfig::default() };
    let _ = from_iter([0_i64]).window_by_time_rs2(config, |ts| EventTime::from_micros(*ts));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    assert!(TimeWindowConfig::new(us(5), us(0), us(0)).is_err());
    assert!(TimeWindowConfig::new(us(5), us(6), us(0)).is_err());
    assert!(TimeWindowConfig::new(Duration::from_nanos(999), us(1), us(0)).is_err());
    assert!(TimeWindowConfig::new(us(5), us(5), Duration::MAX).is_ok());
}
