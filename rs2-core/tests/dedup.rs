//! The first of equal items, against all that were kept before.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use proptest::prelude::*;
use rs2_core::machine::{ByTime, Machine};
use rs2_core::metrics::{Holds, Loss, Losses, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::time::Duration;

const KEYS: u8 = 4;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn dedup(events: &[Event], within: Duration, watermark_delay: Duration) -> (Vec<Event>, Losses) {
    let stream = from_iter(events.to_vec()).deduplicate_by_time_in_rs2(
        heap(1_000),
        DedupConfig { within, watermark_delay },
        |event| event.1,
        time_of,
    );
    let losses = stream.losses().clone();
    (collected(stream), losses)
}

fn are_near(a: &Event, b: &Event, within: u64) -> bool {
    a.1 == b.1 && a.2.abs_diff(b.2) < within
}

/// The definition: an item passes unless one that passed is of its key and less than `within` away.
fn naive(kept: &[Event], within: u64) -> Vec<Event> {
    let mut passed: Vec<Event> = Vec::new();
    for event in kept {
        if !passed.iter().any(|other| are_near(event, other, within)) {
            passed.push(*event);
        }
    }
    passed
}

/// The same with room for so many items that passed: each takes up its place until the watermark is
/// `within` past it. What finds no room is left out.
fn naive_bounded(events: &[Event], within: u64, delay: i64, capacity: usize) -> (Vec<Event>, u64) {
    let (mut passed, mut full, mut watermark) = (Vec::<Event>::new(), 0, i64::MIN);
    for &event in &without_late(events, delay).0 {
        let is_kept = |other: &&Event| watermark.saturating_sub(other.2) < within as i64;
        if passed.iter().any(|other| are_near(&event, other, within)) {
            // It needs no room.
        } else if passed.iter().filter(is_kept).count() < capacity {
            passed.push(event);
        } else {
            full += 1;
        }
        watermark = watermark.max(event.2 - delay);
    }
    (passed, full)
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn the_first_of_equal_items_passes(
        times in disorder(KEYS), within in 1_u64..12, delay in 0_i64..20,
    ) {
        let events = events(&times);
        let (found, losses) = dedup(&events, us(within), us(delay as u64));
        let (kept, late) = without_late(&events, delay);
        let expected = naive(&kept, within);
        let duplicates = (kept.len() - expected.len()) as u64;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [late, duplicates, 0, 0, 0]);
    }

    #[test]
    fn a_table_that_evicts_keeps_its_bound_and_drops_only_duplicates(
        times in disorder(KEYS), within in 1_u64..12, delay in 0_i64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let rule = DedupByTime::new(limits, us(within), |event: &Event| event.1);
        let mut machine = ByTime::new(rule, us(delay as u64), time_of);
        let passed = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "kept") <= capacity);
        });
        let [late, duplicates, _, full, evicted] = counts(&losses);
        prop_assert_eq!(passed.len() as u64 + late + duplicates, events.len() as u64);
        prop_assert_eq!(full, 0);
        let (kept, _) = without_late(&events, delay);
        for event in kept.iter().filter(|event| !passed.contains(event)) {
            let mut before = passed.iter().filter(|other| other.0 < event.0);
            prop_assert!(before.any(|other| are_near(event, other, within)));
        }
        // What passes although it should not is among what is told to be at risk.
        let is_again = |(n, event): &(usize, &Event)| {
            passed[..*n].iter().any(|other| are_near(event, other, within))
        };
        let again = passed.iter().enumerate().filter(is_again).count();
        prop_assert!(again as u64 <= losses.of(Loss::DuplicateRisk));
        if evicted == 0 {
            prop_assert_eq!(losses.of(Loss::DuplicateRisk), 0);
            prop_assert_eq!(passed, naive(&kept, within));
        }
    }

    #[test]
    fn a_table_that_rejects_lets_no_duplicate_through(
        times in disorder(KEYS), within in 1_u64..12, delay in 0_i64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(heap(capacity), OnFull::Reject);
        let rule = DedupByTime::new(limits, us(within), |event: &Event| event.1);
        let mut machine = ByTime::new(rule, us(delay as u64), time_of);
        let passed = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "kept") <= capacity);
        });
        let [late, duplicates, _, full, evicted] = counts(&losses);
        prop_assert_eq!(passed.len() as u64 + late + duplicates + full, events.len() as u64);
        prop_assert_eq!(evicted, 0);
        prop_assert_eq!(&naive(&passed, within), &passed);
        let (expected, no_room) = naive_bounded(&events, within, delay, capacity);
        prop_assert_eq!((passed, full), (expected, no_room));
    }

    #[test]
    fn stopping_lets_no_wrong_item_out(
        times in disorder(KEYS), within in 1_u64..12, delay in 0_i64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(heap(capacity), OnFull::Stop);
        let rule = DedupByTime::new(limits, us(within), |event: &Event| event.1);
        let mut machine = ByTime::new(rule, us(delay as u64), time_of);
        let passed = run(&mut machine, events.clone(), |_| ());
        is_beginning(&passed, &naive(&without_late(&events, delay).0, within), &losses);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others(
        times in extremes(2), within in extreme_spans(), delay in extreme_spans(),
        zero in any::<bool>(),
    ) {
        let events = events(&times);
        let delay = if zero { Duration::ZERO } else { delay };
        let (found, losses) = dedup(&events, within, delay);
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        let (kept, late) = without_late(&events, micros(delay));
        let expected = naive(&kept, micros(within) as u64);
        let duplicates = (kept.len() - expected.len()) as u64;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [late, duplicates, 0, 0, 0]);
    }
}

/// The definition: an item passes unless one that came before, late ones aside, is of its key and
/// less than `within` away.
fn naive_sliding(kept: &[Event], within: u64) -> Vec<Event> {
    let came_near = |n: usize| kept[..n].iter().any(|other| are_near(&kept[n], other, within));
    (0..kept.len()).filter(|n| !came_near(*n)).map(|n| kept[n]).collect()
}

fn sliding(
    limits: Limits<SeededHeap>,
    within: Duration,
    delay: Duration,
) -> impl Machine<In = Event, Out = Event> + Holds + std::fmt::Debug {
    let rules = DedupRules::from(within).sliding();
    ByTime::new(DedupByTime::new(limits, rules, |event: &Event| event.1), delay, time_of)
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn a_key_passes_again_once_it_was_quiet(
        times in disorder(KEYS), within in 1_u64..12, delay in 0_i64..20,
    ) {
        let events = events(&times);
        let config = DedupConfig { within: us(within), watermark_delay: us(delay as u64) };
        let rules = DedupRules::from(config).sliding();
        let stream = from_iter(events.clone())
            .deduplicate_by_time_in_rs2(heap(1_000), rules, |event| event.1, time_of);
        let losses = stream.losses().clone();
        let (kept, late) = without_late(&events, delay);
        let expected = naive_sliding(&kept, within);
        let duplicates = (kept.len() - expected.len()) as u64;
        prop_assert_eq!(collected(stream), expected);
        prop_assert_eq!(counts(&losses), [late, duplicates, 0, 0, 0]);
    }

    #[test]
    fn a_full_table_of_what_came_keeps_its_bound(
        times in disorder(KEYS), within in 1_u64..12, delay in 0_i64..20, capacity in 1_usize..6,
        evicts in any::<bool>(),
    ) {
        let events = events(&times);
        let answer = if evicts { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(heap(capacity), answer);
        let mut machine = sliding(limits, us(within), us(delay as u64));
        let passed = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "kept") <= capacity);
        });
        prop_assert_eq!(machine.held(), 0);
        let [late, duplicates, _, full, evicted] = counts(&losses);
        prop_assert_eq!(passed.len() as u64 + late + duplicates + full, events.len() as u64);
        prop_assert_eq!(if evicts { full } else { evicted }, 0);
        // What passes although it should not is among what is told to be at risk.
        let (kept, _) = without_late(&events, delay);
        let wanted = naive_sliding(&kept, within);
        let again = passed.iter().filter(|event| !wanted.contains(event)).count() as u64;
        // An item that found no room is as if it had not come.
        if full == 0 {
            prop_assert!(again <= losses.of(Loss::DuplicateRisk));
        }
    }

    #[test]
    fn the_ends_of_time_are_times_like_others_for_what_came(
        times in extremes(2), within in extreme_spans(), delay in extreme_spans(),
    ) {
        let events = events(&times);
        let (limits, losses) = limits(heap(1_000), OnFull::Evict);
        let passed = run(&mut sliding(limits, within, delay), events.clone(), |_| ());
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        let (kept, late) = without_late(&events, micros(delay));
        let expected = naive_sliding(&kept, micros(within) as u64);
        let duplicates = (kept.len() - expected.len()) as u64;
        prop_assert_eq!(passed, expected);
        prop_assert_eq!(counts(&losses), [late, duplicates, 0, 0, 0]);
    }
}

#[test]
fn exactly_within_apart_is_new() {
    let events = events(&[(0, 0), (0, 9), (0, 10), (0, 19), (0, 20), (0, -9), (0, -10)]);
    let (passed, _) = dedup(&events, us(10), us(100));
    let times: Vec<i64> = passed.iter().map(|event| event.2).collect();
    assert_eq!(times, [0, 10, 20, -10]);
}

#[test]
fn with_the_resolution_only_items_at_one_time_are_duplicates() {
    let events = events(&[(0, 5), (0, 6), (0, 4), (0, 5), (1, 5), (0, 6)]);
    let (passed, losses) = dedup(&events, EventTime::RESOLUTION, us(100));
    assert_eq!(passed, events[..3].iter().chain(&events[4..5]).copied().collect::<Vec<_>>());
    assert_eq!(losses.of(Loss::Duplicate), 2);
}

#[test]
fn an_item_at_the_watermark_is_remembered() {
    // The watermark stands at 10: what happened then is still known, what happened before is late.
    let events = events(&[(0, 10), (0, 9), (1, 20), (0, 10), (0, 9)]);
    let (passed, losses) = dedup(&events, EventTime::RESOLUTION, us(10));
    assert_eq!(passed, events[..3]);
    assert_eq!((losses.of(Loss::Duplicate), losses.of(Loss::Late)), (1, 1));
}

#[test]
fn only_what_comes_near_a_forgotten_item_is_at_risk() {
    // 0 makes room for another, and comes again; what is 10 after all that was forgotten is safe.
    let events = events(&[(0, 0), (1, 5), (0, 9), (2, 14), (2, 30)]);
    let (limits, losses) = limits(heap(1), OnFull::Evict);
    let rule = DedupByTime::new(limits, us(10), |event: &Event| event.1);
    let passed = run(&mut ByTime::new(rule, us(50), time_of), events.clone(), |_| ());
    assert_eq!(passed, events);
    assert_eq!(losses.of(Loss::DuplicateRisk), 2, "at 9, and at 14 because of that at 5");
}

/// A duplicate that a full memory cannot note does not prolong the time of its key.
#[test]
fn what_comes_near_a_duplicate_that_was_not_noted_is_at_risk() {
    let events = events(&[(0, 4), (0, 10), (1, 13), (0, 17)]);
    let (limits, losses) = limits(heap(1), OnFull::Reject);
    let passed = run(&mut sliding(limits, us(8), us(0)), events.clone(), |_| ());
    assert_eq!(passed, [events[0], events[3]]);
    assert_eq!(counts(&losses), [0, 1, 0, 1, 0]);
    assert_eq!(losses.of(Loss::DuplicateRisk), 1, "at 17, because of that at 10");
}

#[test]
fn nothing_in_nothing_out() {
    assert!(dedup(&[], us(1), us(1)).0.is_empty());
}

#[test]
fn memory_is_given_back_when_the_watermark_has_passed() {
    let (limits, losses) = limits(heap(1_000_000), OnFull::Evict);
    let rule = DedupByTime::new(limits, us(50), |event: &Event| event.0);
    let mut machine = ByTime::new(rule, us(50), time_of);
    for n in 0..20_000 {
        feed(&mut machine, (n, 0, n as i64));
        // A hundred are alive; a table is at most twice that before it is swept.
        assert!(size_of(&machine, "kept") <= 300, "{machine:?}");
    }
    feed(&mut machine, (0, 0, 1_000_000));
    assert!(size_of(&machine, "kept") <= 1, "{machine:?}");
    finish(&mut machine);
    assert_eq!(size_of(&machine, "kept"), 0);
    assert_eq!(losses.total(), 0);
}

#[test]
#[should_panic(expected = "at least a microsecond")]
fn to_remember_for_no_time_is_a_mistake() {
    let (limits, _) = limits(heap(1), OnFull::Evict);
    let _ = DedupByTime::new(limits, Duration::from_nanos(999), |event: &Event| event.1);
}
