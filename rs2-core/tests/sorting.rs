//! Sorting and throttling by event time, against the whole input.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use proptest::prelude::*;
use rs2_core::machine::{ByTime, EventMachine};
use rs2_core::metrics::{Losses, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use rs2_core::time::Instant;
use std::cmp::Ordering;
use std::time::Duration;

type Sorter = ByTime<SortByTime<Event, Heap>, fn(&Event) -> EventTime>;

fn sorter(capacity: usize, on_full: OnFull, delay: u64) -> (Sorter, Losses) {
    let (limits, losses) = limits(Heap::bounded(capacity), on_full);
    (ByTime::new(SortByTime::new(limits), us(delay), time_of), losses)
}

/// In the order of time, equal times in the order of arrival.
fn sorted(mut kept: Vec<Event>) -> Vec<Event> {
    kept.sort_by_key(|event| event.2);
    kept
}

fn is_sorted(events: &[Event]) -> bool {
    events.windows(2).all(|pair| (pair[0].2, pair[0].0) < (pair[1].2, pair[1].0))
}

/// Equal times in the order of their keys, and only equal keys in the order of arrival.
fn tied(mut kept: Vec<Event>) -> Vec<Event> {
    kept.sort_by_key(|event| (event.2, event.1));
    kept
}

fn by_key(one: &Event, other: &Event) -> Ordering {
    one.1.cmp(&other.1)
}

/// An item passes when it is `period` or more after the last that passed.
fn throttled(events: &[Event], period: i64) -> Vec<Event> {
    let mut passed: Vec<Event> = Vec::new();
    for event in events {
        let last = passed.last().map(|last| last.2.saturating_add(period));
        if last.is_none_or(|next| event.2 >= next) {
            passed.push(*event);
        }
    }
    passed
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn items_come_in_the_order_of_their_time(times in disorder(1), delay in 0_i64..20) {
        let events = events(&times);
        let stream = from_iter(events.clone()).sort_by_time_rs2(time_of, us(delay as u64));
        let losses = stream.losses().clone();
        let found = collected(stream);
        let (kept, late) = without_late(&events, delay);
        prop_assert_eq!(found, sorted(kept));
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn an_item_goes_out_as_soon_as_the_watermark_has_reached_it(
        times in disorder(1), delay in 0_i64..20,
    ) {
        let events = events(&times);
        let (mut machine, _) = sorter(1_000, OnFull::Evict, delay as u64);
        let mut found = Vec::new();
        for (n, event) in events.iter().enumerate() {
            found.extend(feed(&mut machine, *event));
            let (kept, _) = without_late(&events[..=n], delay);
            let latest = kept.iter().map(|event| event.2).max().unwrap_or(i64::MIN);
            let due = kept.iter().filter(|event| event.2 <= latest - delay).copied().collect();
            prop_assert_eq!(&found, &sorted(due));
        }
    }

    #[test]
    fn a_full_buffer_keeps_its_bound_its_order_and_every_item(
        times in disorder(1), delay in 0_u64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (mut machine, losses) = sorter(capacity, OnFull::Evict, delay);
        let found = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "held") <= capacity);
        });
        prop_assert!(is_sorted(&found), "{:?}", found);
        let [late, _, _, full, evicted] = counts(&losses);
        prop_assert_eq!(found.len() as u64 + late, events.len() as u64);
        prop_assert_eq!(full, 0);
        if evicted == 0 {
            prop_assert_eq!(found, sorted(without_late(&events, delay as i64).0));
        }
    }

    #[test]
    fn a_buffer_that_rejects_loses_what_does_not_fit(
        times in disorder(1), delay in 0_i64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (mut machine, losses) = sorter(capacity, OnFull::Reject, delay as u64);
        let found = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "held") <= capacity);
        });
        let (kept, late) = without_late(&events, delay);
        let full = (kept.len() - found.len()) as u64;
        prop_assert_eq!(counts(&losses), [late, 0, 0, full, 0]);
        let kept = kept.into_iter().filter(|event| found.contains(event)).collect();
        prop_assert_eq!(&found, &sorted(kept));
    }

    #[test]
    fn stopping_lets_no_item_out_of_its_turn(
        times in disorder(1), delay in 0_i64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (mut machine, losses) = sorter(capacity, OnFull::Stop, delay as u64);
        let found = run(&mut machine, events.clone(), |_| ());
        is_beginning(&found, &sorted(without_late(&events, delay).0), &losses);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others(
        times in extremes(1), span in extreme_spans(), zero in any::<bool>(),
    ) {
        let events = events(&times);
        let span = if zero { Duration::ZERO } else { span };
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        let stream = from_iter(events.clone()).sort_by_time_rs2(time_of, span);
        prop_assert_eq!(collected(stream), sorted(without_late(&events, micros).0));
        let stream = from_iter(events.clone()).throttle_by_time_rs2(span, time_of);
        prop_assert_eq!(collected(stream), throttled(&events, micros));
    }

    #[test]
    fn at_most_one_item_passes_in_a_period(times in disorder(1), period in 0_i64..20) {
        let events = events(&times);
        let stream = from_iter(events.clone()).throttle_by_time_rs2(us(period as u64), time_of);
        let losses = stream.losses().clone();
        let found = collected(stream);
        let expected = throttled(&events, period);
        let suppressed = (events.len() - expected.len()) as u64;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [0, 0, suppressed, 0, 0]);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn items_of_one_time_come_in_the_order_that_is_asked_for(
        (times, delay) in prop_oneof![
            4 => (disorder(4), (0_u64..20).prop_map(us)),
            // With a delay, an item at the very end of time is not the end.
            1 => (extremes(4), extreme_spans()),
        ],
    ) {
        let events = events(&times);
        let micros = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        let stream = from_iter(events.clone()).sort_by_time_rs2(time_of, delay).ties_by(by_key);
        let losses = stream.losses().clone();
        let (kept, late) = without_late(&events, micros);
        prop_assert_eq!(collected(stream), tied(kept));
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn an_item_waits_for_others_of_its_time_and_no_longer(
        times in disorder(4), delay in 0_i64..20,
    ) {
        let events = events(&times);
        let sort = SortByTime::new(Heap::bounded(1_000).into()).ties_by(by_key);
        let mut machine = ByTime::new(sort, us(delay as u64), time_of);
        let mut found = Vec::new();
        for (n, event) in events.iter().enumerate() {
            found.extend(feed(&mut machine, *event));
            let (kept, _) = without_late(&events[..=n], delay);
            let latest = kept.iter().map(|event| event.2).max().unwrap_or(i64::MIN);
            let over = kept.iter().filter(|event| event.2 < latest - delay).copied().collect();
            prop_assert_eq!(&found, &tied(over));
        }
    }

    #[test]
    fn a_full_buffer_breaks_ties_as_well_as_it_can(
        times in disorder(4), delay in 0_u64..20, capacity in 1_usize..6,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(Heap::bounded(capacity), OnFull::Evict);
        let sort = SortByTime::new(limits).ties_by(by_key);
        let mut machine = ByTime::new(sort, us(delay), time_of);
        let found = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "held") <= capacity);
        });
        prop_assert!(found.is_sorted_by_key(|event| event.2), "{:?}", found);
        let [late, _, _, full, evicted] = counts(&losses);
        prop_assert_eq!((found.len() as u64 + late, full), (events.len() as u64, 0));
        if evicted == 0 {
            prop_assert_eq!(found, tied(without_late(&events, delay as i64).0));
        }
    }

    /// Also when the order is asked for after items have come.
    #[test]
    fn what_is_held_is_put_in_the_new_order(times in disorder(4), until in 0_usize..40) {
        let events = events(&times);
        let delay = us(enough_delay(&events) + 1);
        let mut held = SortByTime::new(Heap::bounded(1_000).into());
        for event in events.iter().take(until) {
            prop_assert_eq!(held.on_event(Instant::ORIGIN, time_of(event), *event), None);
        }
        let mut machine = ByTime::new(held.ties_by(by_key), delay, time_of);
        let found = run(&mut machine, events.iter().skip(until).copied(), |_| ());
        prop_assert_eq!(found, tied(events));
    }
}

#[test]
fn exactly_a_period_later_passes() {
    let events = events(&[(0, -5), (0, 4), (0, 5), (0, 14), (0, 15)]);
    let stream = from_iter(events.clone()).throttle_by_time_rs2(us(10), time_of);
    assert_eq!(collected(stream), [events[0], events[2], events[4]]);
}

#[test]
fn equal_times_keep_their_order_however_many() {
    let events: Vec<Event> = (0..2_000).map(|n| (n, 0, (n % 2) as i64)).collect();
    let found = collected(from_iter(events).sort_by_time_rs2(time_of, us(5)));
    assert!(is_sorted(&found));
    assert_eq!(found.len(), 2_000);
}

#[test]
fn nothing_in_nothing_out() {
    let none: Vec<Event> = Vec::new();
    assert!(collected(from_iter(none.clone()).sort_by_time_rs2(time_of, us(5))).is_empty());
    assert!(collected(from_iter(none).throttle_by_time_rs2(us(5), time_of)).is_empty());
}

#[test]
fn nothing_is_held_behind_the_watermark() {
    let (mut machine, _) = sorter(1_000_000, OnFull::Evict, 100);
    for n in 0..5_000 {
        feed(&mut machine, (n, 0, n as i64));
        assert!(size_of(&machine, "held") <= 100);
    }
    finish(&mut machine);
    assert_eq!(size_of(&machine, "held"), 0);
}

proptest! {
    #![proptest_config(cases(200))]

    /// A few places late are told from many, and many hundreds from those.
    #[test]
    fn an_item_finds_its_place_however_late_it_is(
        lateness in proptest::collection::vec((0..4_u32, 0..1_000_i64), 1..600),
    ) {
        let mut items = Vec::new();
        for (n, (reach, late)) in lateness.into_iter().enumerate() {
            items.push((n, n as i64 - late % 10_i64.pow(reach)));
        }
        let stream = from_iter(items.clone())
            .sort_by_time_rs2(|item| EventTime::from_micros(item.1), us(1_000));
        items.sort_by_key(|item| item.1);
        prop_assert_eq!(collected(stream), items);
    }
}
