//! Windows for each key, and what triggers let out of them, against their definition.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/layouts.rs"]
mod layouts;

use by_time::*;
use layouts::{Layout, layouts};
use proptest::prelude::*;
use rs2_core::machine::{ByTime, Machine};
use rs2_core::metrics::{Holds, Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
#[cfg(feature = "snapshot")]
use rs2_core::snapshot;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Instant, NoTimer};
use std::collections::{BTreeMap, BTreeSet};

const KEYS: u8 = 3;

/// Key, start, items, why, whether they are taken back.
type Pane = (u8, i64, Vec<usize>, Timing, bool);

fn accumulations() -> impl Strategy<Value = Accumulation> {
    use Accumulation::{Accumulating, Discarding, Retracting};
    prop_oneof![Just(Accumulating), Just(Discarding), Just(Retracting)]
}

fn panes(layout: Layout, accumulation: Accumulation) -> Panes {
    let panes = Panes::of(layout.windows());
    match accumulation {
        Accumulation::Accumulating => panes,
        Accumulation::Discarding => panes.discarding(),
        Accumulation::Retracting => panes.retracting(),
    }
}

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn pane(window: KeyedWindow<u8, Vec<Event>>) -> Pane {
    let items = window.value.iter().map(|event| event.0).collect();
    (window.key, window.start_time.as_micros(), items, window.timing, window.is_retraction)
}

type Rule<G> = KeyedWindows<Event, u8, G, Collect, SeededHeap>;

fn key_of(event: &Event) -> u8 {
    event.1
}

type Ticked = ByTime<Rule<fn(&Event) -> u8>, fn(&Event) -> EventTime>;

fn ticked(panes: Panes, delay: u64) -> Ticked {
    let limits = limits(heap(1_000), OnFull::Evict).0;
    let key: fn(&Event) -> u8 = key_of;
    let rule = KeyedWindows::new(limits, panes, key, Collect::default());
    ByTime::new(rule, us(delay), time_of)
}

/// Lets the deadline pass after every so many items.
fn feed_with_ticks(machine: &mut Ticked, events: &[Event], tick: usize) -> Vec<Pane> {
    let mut outs = Vec::new();
    for event in events {
        outs.extend(feed(machine, *event));
        if machine.deadline().is_some() && event.0 % tick == tick - 1 {
            let mut out = machine.on_deadline(Instant::ORIGIN);
            while let Some(next) = out {
                outs.push(next);
                out = machine.more();
            }
        }
    }
    outs.into_iter().map(pane).collect()
}

fn run_with_ticks(panes: Panes, delay: u64, events: &[Event], tick: usize) -> Vec<Pane> {
    let mut machine = ticked(panes, delay);
    let mut outs = feed_with_ticks(&mut machine, events, tick);
    outs.extend(finish(&mut machine).into_iter().map(pane));
    outs
}

/// The state of one window of one key, as the definition has it.
#[derive(Default)]
struct Open {
    items: Vec<Event>,
    fresh: Vec<Event>,
    out: Option<Vec<Event>>,
    gone: bool,
}

#[derive(Default)]
struct Model {
    open: BTreeMap<i64, Vec<(u8, Open)>>,
    panes: Vec<Pane>,
    late: u64,
}

impl Model {
    fn fire(&mut self, start: i64, nth: usize, timing: Timing, accumulation: Accumulation) {
        let (key, open) = &mut self.open.get_mut(&start).expect("it is open")[nth];
        let (whole, fresh) = (open.items.clone(), std::mem::take(&mut open.fresh));
        let mut put = |mut items: Vec<Event>, is_retraction| {
            items.sort_by_key(|event| event.2);
            let ids = items.iter().map(|event| event.0).collect();
            self.panes.push((*key, start, ids, timing, is_retraction));
        };
        match accumulation {
            Accumulation::Accumulating => put(whole, false),
            Accumulation::Discarding if fresh.is_empty() => {}
            Accumulation::Discarding => put(fresh, false),
            Accumulation::Retracting if fresh.is_empty() => {}
            Accumulation::Retracting => {
                if let Some(out) = open.out.replace(whole.clone()) {
                    put(out, true);
                }
                put(whole, false);
            }
        }
    }
}

fn naive(
    events: &[Event],
    layout: Layout,
    accumulation: Accumulation,
    each: usize,
    tick: usize,
) -> Model {
    let (mut model, mut watermark) = (Model::default(), i64::MIN);
    for (n, &event) in events.iter().enumerate() {
        let mut mine = layout.windows_over(event.2);
        mine.retain(|start| layout.closes(*start) > watermark);
        model.late += u64::from(mine.is_empty());
        let mut nths = Vec::new();
        for &start in &mine {
            let keys = model.open.entry(start).or_default();
            let nth = keys.iter().position(|(key, _)| *key == event.1).unwrap_or_else(|| {
                keys.push((
                    event.1,
                    Open { gone: layout.end(start) <= watermark, ..Open::default() },
                ));
                keys.len() - 1
            });
            keys[nth].1.items.push(event);
            keys[nth].1.fresh.push(event);
            nths.push((start, nth));
        }
        for &(start, nth) in nths.iter().filter(|(start, _)| layout.end(*start) <= watermark) {
            model.fire(start, nth, Timing::Late, accumulation);
        }
        for &(start, nth) in nths.iter().filter(|(start, _)| layout.end(*start) > watermark) {
            if model.open[&start][nth].1.fresh.len() >= each {
                model.fire(start, nth, Timing::Early, accumulation);
            }
        }
        watermark = watermark.max(layout.watermark(event.2));
        due(&mut model, accumulation, |start| layout.end(start) <= watermark);
        model.open.retain(|start, _| layout.closes(*start) > watermark);
        if n % tick == tick - 1 {
            let changed: Vec<(i64, usize)> = model
                .open
                .iter()
                .filter(|(start, _)| layout.end(**start) > watermark)
                .flat_map(|(start, keys)| (0..keys.len()).map(|nth| (*start, nth)))
                .filter(|(start, nth)| !model.open[start][*nth].1.fresh.is_empty())
                .collect();
            for (start, nth) in changed {
                model.fire(start, nth, Timing::Early, accumulation);
            }
        }
    }
    due(&mut model, accumulation, |_| true);
    model
}

fn due(model: &mut Model, accumulation: Accumulation, is_past: impl Fn(i64) -> bool) {
    let open = model.open.iter().filter(|(start, _)| is_past(**start));
    let fresh: Vec<(i64, usize)> = open
        .flat_map(|(start, keys)| (0..keys.len()).map(|nth| (*start, nth)))
        .filter(|(start, nth)| !model.open[start][*nth].1.gone)
        .collect();
    for (start, nth) in fresh {
        model.open.get_mut(&start).expect("it is open")[nth].1.gone = true;
        model.fire(start, nth, Timing::OnTime, accumulation);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn windows_of_keys_are_those_of_the_definition(
        times in disorder(KEYS), layout in layouts(12),
    ) {
        let events = events(&times);
        let config = panes(layout, Accumulation::Accumulating);
        let stream = from_iter(events.clone()).panes_by_time_on_rs2(
            NoTimer, heap(1_000), config, key_of, time_of, Collect::default(),
        );
        let losses = stream.losses().clone();
        let found: Vec<Pane> = collected(stream).into_iter().map(pane).collect();
        let model = naive(&events, layout, Accumulation::Accumulating, usize::MAX, usize::MAX);
        prop_assert_eq!(found, model.panes);
        prop_assert_eq!(counts(&losses), [model.late, 0, 0, 0, 0]);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others(
        times in extremes(KEYS), layout in layouts(9), delay in extreme_spans(),
    ) {
        let delay = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        let layout = Layout { delay, ..layout };
        let events = events(&times);
        let stream = from_iter(events.clone()).window_keyed_by_time_in_rs2(
            heap(1_000), layout.windows(), key_of, time_of,
        );
        let losses = stream.losses().clone();
        let found: Vec<Pane> = collected(stream).into_iter().map(pane).collect();
        let model = naive(&events, layout, Accumulation::Accumulating, usize::MAX, usize::MAX);
        prop_assert_eq!(found, model.panes);
        prop_assert_eq!(counts(&losses), [model.late, 0, 0, 0, 0]);
    }

    #[test]
    fn aggregates_of_keys_are_made_of_their_items(times in disorder(KEYS), layout in layouts(12)) {
        let events = events(&times);
        let config = panes(layout, Accumulation::Accumulating);
        let counted = from_iter(events.clone()).panes_by_time_on_rs2(
            NoTimer, heap(1_000), config, key_of, time_of, Count,
        );
        let counted: Vec<_> = collected(counted)
            .into_iter()
            .map(|window| (window.key, window.start_time.as_micros(), window.value))
            .collect();
        let model = naive(&events, layout, Accumulation::Accumulating, usize::MAX, usize::MAX);
        let sizes: Vec<_> =
            model.panes.iter().map(|pane| (pane.0, pane.1, pane.2.len() as u64)).collect();
        prop_assert_eq!(counted, sizes);
    }

    #[test]
    fn panes_are_those_of_the_definition(
        times in disorder(KEYS), layout in layouts(12), accumulation in accumulations(),
        each in 1_u64..5, tick in 1_usize..6,
    ) {
        let events = events(&times);
        let config = panes(layout, accumulation).each_items(each).every(us(1));
        let found = run_with_ticks(config, layout.delay, &events, tick);
        prop_assert_eq!(found, naive(&events, layout, accumulation, each as usize, tick).panes);
    }

    #[test]
    fn all_panes_of_a_window_together_have_its_items_however_little_room_there_is(
        times in disorder(KEYS), layout in layouts(0), capacity in 1_usize..5, each in 1_u64..5,
        take_back in any::<bool>(),
    ) {
        let accumulation =
            if take_back { Accumulation::Retracting } else { Accumulation::Discarding };
        let events = events(&times);
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let config = panes(layout, accumulation).each_items(each);
        let rule: Rule<_> = KeyedWindows::new(limits, config, key_of, Collect::default());
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let outs = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "parts") <= capacity);
        });
        prop_assert_eq!(machine.held(), 0);
        let mut found: BTreeMap<(u8, i64), BTreeMap<usize, i64>> = BTreeMap::new();
        for (key, start, ids, _, is_retraction) in outs.into_iter().map(pane) {
            for id in ids {
                *found.entry((key, start)).or_default().entry(id).or_default() +=
                    if is_retraction { -1 } else { 1 };
            }
        }
        let found: BTreeSet<(u8, i64, usize, i64)> = found
            .into_iter()
            .flat_map(|((key, start), ids)| ids.into_iter().map(move |(id, n)| (key, start, id, n)))
            .filter(|entry| entry.3 != 0)
            .collect();
        let model = naive(&events, layout, Accumulation::Accumulating, usize::MAX, usize::MAX);
        let expected: BTreeSet<(u8, i64, usize, i64)> = model
            .panes
            .iter()
            .flat_map(|pane| pane.2.iter().map(|id| (pane.0, pane.1, *id, 1)))
            .collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!((losses.of(Loss::Late), losses.of(Loss::Full)), (model.late, 0));
    }

    /// Each part that makes room goes out in each window over it, so only without overlap there are
    /// as many of both.
    #[test]
    fn parts_that_make_room_are_counted_as_evicted(
        times in disorder(KEYS), layout in layouts(0), capacity in 1_usize..5,
    ) {
        let layout = Layout { slide: layout.size, ..layout };
        let config = panes(layout, Accumulation::Accumulating);
        let stream = from_iter(events(&times)).panes_by_time_on_rs2(
            NoTimer, heap(capacity), config, key_of, time_of, Count,
        );
        let losses = stream.losses().clone();
        let found = collected(stream);
        let early = found.iter().filter(|window| window.timing == Timing::Forced);
        prop_assert_eq!(losses.of(Loss::Evicted), early.count() as u64);
    }

    #[test]
    fn one_window_over_all_time_goes_out_by_count_and_at_the_end(
        times in extremes(KEYS), each in 1_u64..4,
    ) {
        // An item at the very end of time would be the end.
        let times: Vec<_> = times.iter().map(|&(key, ts)| (key, ts.min(i64::MAX - 1))).collect();
        let events = events(&times);
        let stream = from_iter(events.clone()).panes_by_time_on_rs2(
            NoTimer, heap(9), Panes::global().each_items(each).discarding(), key_of, time_of,
            Collect::default(),
        );
        let found: Vec<_> = collected(stream).into_iter().map(pane).collect();
        for key in 0..KEYS {
            let mine: Vec<usize> =
                events.iter().filter(|event| event.1 == key).map(|event| event.0).collect();
            let chunks: Vec<BTreeSet<usize>> =
                mine.chunks(each as usize).map(|chunk| chunk.iter().copied().collect()).collect();
            let panes: Vec<BTreeSet<usize>> = found
                .iter()
                .filter(|pane| pane.0 == key)
                .map(|pane| pane.2.iter().copied().collect())
                .collect();
            prop_assert_eq!(panes, chunks);
        }
    }
}

#[cfg(feature = "snapshot")]
#[path = "common/snapshots.rs"]
mod snapshots;

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn panes_go_on_from_anywhere(
        times in disorder(KEYS), layout in layouts(9), accumulation in accumulations(),
        each in 1_u64..4, capacity in 1_usize..9,
    ) {
        let panes = panes(layout, accumulation).each_items(each);
        let build = || {
            from_iter(events(&times)).replayable_rs2().panes_by_time_on_rs2(
                NoTimer, heap(capacity), panes, key_of, time_of, Collect::default(),
            )
        };
        snapshots::goes_on_from_anywhere(build);
        snapshots::keeps_nothing_at_the_end(build());
    }

    /// The deadline is where it was.
    #[test]
    fn panes_by_the_clock_go_on_from_anywhere(
        times in disorder(KEYS), layout in layouts(9), accumulation in accumulations(),
        tick in 1_usize..6,
    ) {
        let events = events(&times);
        let panes = panes(layout, accumulation).every(us(1));
        let whole = run_with_ticks(panes, layout.delay, &events, tick);
        for taken in 0..=events.len() {
            let mut first = ticked(panes, layout.delay);
            let mut outs = feed_with_ticks(&mut first, &events[..taken], tick);
            let bytes = snapshot::save(&first).expect("a rule is not busy");
            let mut second = ticked(panes, layout.delay);
            snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
            prop_assert_eq!(second.deadline(), first.deadline());
            outs.extend(feed_with_ticks(&mut second, &events[taken..], tick));
            outs.extend(finish(&mut second).into_iter().map(pane));
            prop_assert_eq!(&outs, &whole, "saved after {} items", taken);
        }
    }

    /// Also while windows go out, one key after the other.
    #[test]
    fn whole_windows_go_on_from_anywhere(
        times in disorder(KEYS), layout in layouts(9), capacity in 1_usize..9,
    ) {
        let build = || {
            from_iter(events(&times)).replayable_rs2().panes_by_time_on_rs2(
                NoTimer, heap(capacity), panes(layout, Accumulation::default()), key_of, time_of,
                Collect::default(),
            )
        };
        snapshots::goes_on_from_anywhere(build);
        snapshots::keeps_nothing_at_the_end(build());
    }
}

#[test]
fn the_golden_vector_of_late_panes_holds_for_each_accumulation() {
    let found = |accumulation| {
        let stream = from_iter([1_i64, 9, 12, 5, 17, 3]).panes_by_time_on_rs2(
            NoTimer,
            heap(9),
            panes(Layout::new(10, 10, 2, 5), accumulation),
            |_| (),
            |ts| EventTime::from_micros(*ts),
            Collect::default(),
        );
        let losses = stream.losses().clone();
        let panes = collected(stream);
        assert_eq!(losses.of(Loss::Late), 1);
        panes
            .into_iter()
            .map(|pane| (pane.value, pane.timing, pane.is_final, pane.is_retraction))
            .collect::<Vec<_>>()
    };
    let first = (vec![1, 9], Timing::OnTime, false, false);
    let last = (vec![12, 17], Timing::OnTime, true, false);
    let late = |items: &[i64]| (items.to_vec(), Timing::Late, false, false);
    assert_eq!(found(Accumulation::Accumulating), [first.clone(), late(&[1, 5, 9]), last.clone()]);
    assert_eq!(found(Accumulation::Discarding), [first.clone(), late(&[5]), last.clone()]);
    let back = (vec![1, 9], Timing::Late, false, true);
    assert_eq!(found(Accumulation::Retracting), [first, back, late(&[1, 5, 9]), last]);
}

#[test]
#[should_panic(expected = "a pane needs at least one item")]
fn a_pane_of_nothing_is_a_mistake() {
    let _ = Panes::global().each_items(0);
}
