//! Rules of event time between signals: the same as over plain items, and one after the other.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/in_band.rs"]
mod in_band;
#[path = "common/layouts.rs"]
mod layouts;

use by_time::*;
use futures_core::Stream;
use in_band::*;
use layouts::{Layout, offsets};
use proptest::prelude::*;
use rs2_core::late::{Late, LateItems};
use rs2_core::metrics::Reports;
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::Limits;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::watermark::{BoundedDisorder, Punctuated, Signal};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn keys(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn config(size: u64, slide: u64, lateness: u64) -> TimeWindowConfig {
    Layout::new(size, slide, 0, lateness).config()
}

/// Windows without lateness. Watermarks come from elsewhere.
fn window_lengths() -> impl Strategy<Value = Layout> {
    let shape = (1_u64..24).prop_flat_map(|size| (Just(size), 1..=size));
    (shape, offsets())
        .prop_map(|((size, slide), offset)| Layout { offset, ..Layout::new(size, slide, 0, 0) })
}

/// Events with the watermark before each of them, and the one after all.
fn with_watermarks(events: &[Event], delay: i64) -> (Vec<(Event, i64)>, i64) {
    let mut watermark = i64::MIN;
    let with = events.iter().map(|event| {
        let before = watermark;
        watermark = watermark.max(event.2 - delay);
        (*event, before)
    });
    (with.collect(), watermark)
}

/// The start of a window, and the windows in it with their starts and items.
type Nested = (i64, Vec<(i64, Vec<Event>)>);
type Level = BTreeMap<i64, Vec<Event>>;

/// Both levels by the definition: each item in every window over it that had not gone out when the
/// item came, and each of those windows in every longer one over its last moment.
fn two_levels(
    events: &[Event],
    delay: i64,
    short: Layout,
    long: Layout,
    ended: bool,
) -> Vec<Nested> {
    let (events, watermark) = with_watermarks(events, delay);
    let watermark = if ended { i64::MAX } else { watermark };
    let mut shorts = Level::new();
    for (event, before) in events {
        for start in short.windows_over(event.2) {
            if short.end(start) > before {
                shorts.entry(start).or_default().push(event);
            }
        }
    }
    let mut longs: BTreeMap<i64, Vec<(i64, Vec<Event>)>> = BTreeMap::new();
    for (start, mut items) in shorts {
        items.sort_by_key(|event| event.2);
        for outer in long.windows_over(short.end(start) - 1) {
            longs.entry(outer).or_default().push((start, items.clone()));
        }
    }
    longs.into_iter().filter(|(start, _)| long.end(*start) <= watermark).collect()
}

/// What a stream has to say before it waits.
fn ready<S: Stream>(stream: S) -> Vec<S::Item> {
    let mut stream = pin!(stream);
    let mut outs = Vec::new();
    while let Poll::Ready(Some(out)) =
        stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()))
    {
        outs.push(out);
    }
    outs
}

fn nested(found: Vec<TimeWindow<TimeWindow<Event>>>) -> Vec<Nested> {
    let inner = |window: TimeWindow<Event>| (window.start_time.as_micros(), window.events);
    let outer = |window: TimeWindow<TimeWindow<Event>>| {
        (window.start_time.as_micros(), window.events.into_iter().map(inner).collect())
    };
    found.into_iter().map(outer).collect()
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn windows_are_the_same_in_band(
        times in disorder(1), delay in 0_u64..20, lengths in window_lengths(),
        lateness in prop_oneof![Just(0_u64), 0_u64..30], (capacity, on_full) in full(),
    ) {
        let (events, windows) = (events(&times), Layout { lateness, ..lengths }.windows());
        let slices = || Limits::of(Heap::bounded(capacity)).on_full(on_full);
        let found = agrees(&events, delay, || {
            WindowByTime::<_, _, _, TimeWindow<Event>>::new(slices(), windows, Collect::default())
        });
        for (watermark, ts, window) in placed(found) {
            prop_assert_eq!(ts.as_micros(), window.end_time.as_micros() - 1);
            prop_assert!(window.timing == Timing::Late || ts.as_micros() >= watermark);
        }
        agrees(&events, delay, || {
            WindowByTime::<_, _, _, WindowValue<u64>>::new(slices(), windows, Count)
        });
    }

    #[test]
    fn sessions_are_the_same_in_band(
        times in disorder(3), delay in 0_u64..20, gap in 0_u64..20, (capacity, on_full) in full(),
    ) {
        let found = agrees(&events(&times), delay, || {
            let limits = Limits::of(keys(capacity)).on_full(on_full);
            SessionByTime::new(limits, us(gap), |event: &Event| event.1, Collect::default())
        });
        for (watermark, ts, session) in placed(found) {
            let behind_last = (gap as i64 - 1).max(0);
            prop_assert_eq!(ts.as_micros(), session.end_time.as_micros() + behind_last);
            prop_assert!(ts.as_micros() >= watermark);
        }
    }

    #[test]
    fn sessions_that_are_taken_back_are_the_same_in_band(
        times in disorder(3), delay in 0_u64..9, gap in 1_u64..12, lateness in 1_u64..30,
    ) {
        let found = agrees(&events(&times), delay, || {
            let rules = SessionRules::from(us(gap)).allowed_lateness(us(lateness)).retracting();
            SessionByTime::new(keys(99).into(), rules, |event: &Event| event.1, Count)
        });
        for (_, ts, session) in placed(found) {
            prop_assert_eq!(ts.as_micros(), session.end_time.as_micros() + gap as i64 - 1);
        }
    }

    #[test]
    fn items_that_pass_are_the_same_in_band_and_keep_their_times(
        times in disorder(3), delay in 0_u64..20, span in 1_u64..20, (capacity, on_full) in full(),
    ) {
        let events = events(&times);
        let limits = || Limits::of(keys(capacity)).on_full(on_full);
        let key = |event: &Event| event.1;
        let deduplicated = agrees(&events, delay, || DedupByTime::new(limits(), us(span), key));
        let slid = agrees(&events, delay, || {
            DedupByTime::new(limits(), DedupRules::from(us(span)).sliding(), key)
        });
        let limit = ThrottleConfig { limit: 2, window: us(span), watermark_delay: us(0) };
        let few = agrees(&events, delay, || ThrottleKeyedByTime::new(limits(), &limit, key));
        let called = signals(&events, delay).throttle_keyed_events_in_rs2(limits(), limit, key);
        prop_assert_eq!(collected(called), &few[..]);
        let throttled = agrees(&events, delay, || {
            ThrottleByTime::new(us(span), rs2_core::metrics::Losses::new())
        });
        let sorted = agrees(&events, delay, || SortByTime::new(limits()));
        let by_key = |one: &Event, other: &Event| one.1.cmp(&other.1);
        let tied = agrees(&events, delay, || SortByTime::new(limits()).ties_by(by_key));
        let sorts = [placed(sorted), placed(tied)].concat();
        let on_time = [placed(deduplicated), placed(slid), placed(few), sorts].concat();
        for (watermark, ts, event) in &on_time {
            prop_assert_eq!(*ts, time_of(event));
            prop_assert!(ts.as_micros() >= *watermark);
        }
        // A rule that knows no late items passes them on.
        prop_assert!(placed(throttled).iter().all(|(_, ts, event)| *ts == time_of(event)));
    }

    #[test]
    fn patterns_are_the_same_in_band(
        times in disorder(2), delay in 0_u64..20, within in 1_u64..40,
        (capacity, on_full) in full(),
    ) {
        let events = events(&times);
        let limits = || Limits::of(keys(capacity)).on_full(on_full);
        let key = |event: &Event| event.1;
        let begin = || Pattern::begin(|event: &Event| event.2 % 2 == 0);
        let found = agrees(&events, delay, || {
            let pattern = begin().followed_by(|event: &Event| event.2 % 3 == 0);
            PatternByTime::with_timeouts(limits(), pattern.within(us(within)), key)
        });
        for (watermark, ts, outcome) in placed(found) {
            prop_assert!(ts.as_micros() >= watermark);
            let known = match outcome {
                PatternOutput::Match(found) => found.end_time.as_micros(),
                PatternOutput::TimedOut(begun) => begun.start_time.as_micros() + within as i64 - 1,
            };
            prop_assert_eq!(ts.as_micros(), known);
        }
        // What is known by an item that does not come is known at the end of the span.
        let found = agrees(&events, delay, || {
            let pattern = begin().not_followed_by(|event: &Event| event.2 % 3 == 0);
            PatternByTime::new(limits(), pattern.within(us(within)), key)
        });
        for (watermark, ts, found) in placed(found) {
            prop_assert!(ts.as_micros() >= watermark);
            prop_assert_eq!(ts.as_micros(), found.start_time.as_micros() + within as i64 - 1);
        }
    }

    #[test]
    fn windows_of_windows_are_what_the_definition_says(
        times in disorder(1), delay in 0_u64..20,
        short in window_lengths(), long in window_lengths(), until in 0_usize..40,
    ) {
        let events = events(&times);
        let both = |source| {
            SignalExt::window_events_rs2(source, short.windows())
                .window_events_rs2(long.windows())
                .without_watermarks_rs2()
        };
        let found = nested(collected(both(signals(&events, delay).boxed_local_rs2())));
        prop_assert_eq!(found, two_levels(&events, delay as i64, short, long, true));
        // And they go out as soon as the watermark allows.
        let silence = futures_util::stream::pending().foreign_rs2();
        let begun = &events[..until.min(events.len())];
        let pending = from_iter(begun.to_vec()).concat_rs2(silence);
        let policy = BoundedDisorder::new(us(delay));
        let found = ready(both(pending.with_watermarks_rs2(policy, time_of).boxed_local_rs2()));
        prop_assert_eq!(nested(found), two_levels(begun, delay as i64, short, long, false));
    }

    #[test]
    fn a_chain_loses_no_item_that_was_in_time(times in disorder(3), delay in 0_u64..20) {
        let events = events(&times);
        let sorted = signals(&events, delay).sort_events_rs2();
        let (kept, late) = without_late(&events, delay as i64);
        let sort_losses = sorted.losses().clone();
        let sessions = sorted
            .filter_events_rs2(|_| true)
            .map_events_rs2(|event| event)
            .session_events_in_rs2(keys(100), us(9), |event| event.1);
        let losses = sessions.losses().clone();
        let counted = sessions.aggregate_events_rs2(config(50, 50, 0), Items);
        let window_losses = counted.losses().clone();
        let found: u64 = collected(counted.without_watermarks_rs2()).iter().map(|w| w.value).sum();
        prop_assert_eq!(found, kept.len() as u64);
        prop_assert_eq!(counts(&sort_losses), [late, 0, 0, 0, 0]);
        prop_assert_eq!((losses.total(), window_losses.total()), (0, 0));
    }

    #[test]
    fn late_items_are_handed_over_in_band_too(times in disorder(2), delay in 0_u64..20) {
        let events = events(&times);
        let (kept, _) = without_late(&events, delay as i64);
        let is_late = |event: &&Event| !kept.contains(event);
        let late: Vec<Event> = events.iter().filter(is_late).copied().collect();
        let handed = |found: LateItems<Event>| -> Vec<Event> {
            collected(found).into_iter().map(|late| late.item).collect()
        };
        let (outlet, found) = Late::bounded(1_000);
        collected(signals(&events, delay).sort_events_rs2().late_to(outlet));
        prop_assert_eq!(handed(found), late.clone());
        let (outlet, found) = Late::bounded(1_000);
        let key = |event: &Event| event.1;
        let sessions = signals(&events, delay).session_events_in_rs2(keys(100), us(9), key);
        collected(sessions.late_to(outlet).window_events_rs2(config(9, 9, 0)));
        prop_assert_eq!(handed(found), late);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others_in_band(
        times in extremes(2), delay in extreme_spans(), span in extreme_spans(),
        offset in offsets(),
    ) {
        let events = events(&times);
        let delay = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        agrees(&events, delay, || SortByTime::new(Limits::of(Heap::bounded(100))));
        agrees(&events, delay, || {
            let key = |event: &Event| event.1;
            SessionByTime::new(Limits::of(keys(100)), span, key, Collect::default())
        });
        agrees(&events, delay, || {
            let config = TimeWindowConfig::tumbling(span, us(0)).expect("it is not zero");
            let slices = Limits::of(Heap::bounded(100));
            WindowByTime::<_, _, _, WindowValue<u64>>::new(slices, config.offset(us(offset)), Count)
        });
    }
}

/// How many items the sessions of a window have.
#[derive(Clone, Copy, Debug)]
struct Items;

impl rs2_core::aggregate::Aggregator<Session<u8, Vec<Event>>> for Items {
    type Partial = u64;
    type Output = u64;
    fn lift(&self, _ts: EventTime, session: Session<u8, Vec<Event>>) -> u64 {
        session.value.len() as u64
    }
    fn combine(&self, left: &mut u64, right: &u64) {
        *left += right;
    }
    fn lower(&self, whole: u64) -> u64 {
        whole
    }
}

#[test]
fn what_a_watermark_brings_out_goes_before_it() {
    let events = events(&[(0, 1), (0, 12), (0, 25)]);
    let found = collected(signals(&events, 0).window_events_rs2(config(10, 10, 0)));
    let found: Vec<String> = found
        .into_iter()
        .map(|signal| match signal {
            Signal::Item(ts, window) => format!("{}@{ts:?}", window.events.len()),
            other => format!("{:?}", other.map(|_| ())),
        })
        .collect();
    let watermark = |at: i64| format!("Watermark({at}us)");
    let item = |at: i64| format!("1@{at}us");
    let expected = [watermark(1), item(9), watermark(12), item(19), watermark(25), item(29)];
    assert_eq!(found, expected);
}

#[test]
fn idle_and_active_and_nothing_new_pass_through_a_rule() {
    let at = EventTime::from_micros;
    let given: Vec<Signal<u8>> = vec![
        Signal::Watermark(at(5)),
        Signal::Idle,
        Signal::Active,
        Signal::Watermark(at(5)),
        Signal::Watermark(at(4)),
        Signal::Item(at(5), 1),
    ];
    let found = collected(from_iter(given.clone()).sort_events_rs2());
    let expected = [given[0], given[1], given[2], given[5]];
    assert_eq!(found, expected);
}

#[test]
fn an_item_says_how_far_the_source_has_come() {
    let at = EventTime::from_micros;
    let mark = Punctuated::new(|n: &i64| (n % 10 == 0).then(|| EventTime::from_micros(*n)));
    let time = |n: &i64| EventTime::from_micros(*n);
    let found = collected(from_iter([3, 10, 7, 10, 5, 20]).with_watermarks_rs2(mark, time));
    let item = |n| Signal::Item(at(n), n);
    let expected = [
        item(3),
        item(10),
        Signal::Watermark(at(10)),
        item(7),
        item(10),
        item(5),
        item(20),
        Signal::Watermark(at(20)),
    ];
    assert_eq!(found, expected);
}
