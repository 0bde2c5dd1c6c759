//! Sessions against the whole input, sorted and cut at its gaps.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Loss, Losses, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::time::Duration;

/// Key, first time, last time, items in the order of their time.
type Run = (u8, i64, i64, Vec<usize>);

const KEYS: u8 = 3;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn config(gap: Duration, delay: Duration) -> SessionConfig {
    SessionConfig { gap, watermark_delay: delay }
}

fn run_of(session: Session<u8, Vec<Event>>) -> Run {
    let items = session.value.iter().map(|event| event.0).collect();
    (session.key, session.start_time.as_micros(), session.end_time.as_micros(), items)
}

fn sessions(events: &[Event], gap: Duration, delay: Duration) -> (Vec<Run>, Losses) {
    let stream = from_iter(events.to_vec()).session_by_time_in_rs2(
        heap(1_000),
        config(gap, delay),
        |event| event.1,
        time_of,
    );
    let losses = stream.losses().clone();
    (collected(stream).into_iter().map(run_of).collect(), losses)
}

/// The definition: items in the order of their time, cut where two are `gap` or more apart. In the
/// order of their ends, equal ends in the order of their first arrivals.
fn naive(kept: &[Event], gap: i64) -> Vec<Run> {
    let mut sorted = kept.to_vec();
    sorted.sort_by_key(|event| (event.1, event.2, event.0));
    let together = |a: &Event, b: &Event| a.1 == b.1 && b.2 < a.2.saturating_add(gap);
    let mut runs: Vec<&[Event]> = sorted.chunk_by(together).collect();
    let last = |run: &[Event]| run.last().map_or(0, |event| event.2);
    runs.sort_by_key(|run| (last(run).saturating_add(gap), run.iter().map(|event| event.0).min()));
    let run =
        |run: &[Event]| (run[0].1, run[0].2, last(run), run.iter().map(|event| event.0).collect());
    runs.into_iter().map(run).collect()
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn sessions_are_those_of_the_definition(
        times in disorder(KEYS), gap in 1_i64..12, delay in 0_i64..20,
    ) {
        let events = events(&times);
        let (found, losses) = sessions(&events, us(gap as u64), us(delay as u64));
        let (kept, late) = without_late(&events, delay);
        prop_assert_eq!(found, naive(&kept, gap));
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn the_order_of_arrival_makes_no_difference(
        (times, shuffled) in disorder(KEYS)
            .prop_flat_map(|times| (Just(times.clone()), Just(times).prop_shuffle())),
        gap in 1_u64..12,
        more in 0_u64..9,
    ) {
        let result = |times: &[(u8, i64)], more: u64| {
            let events = events(times);
            let (runs, losses) = sessions(&events, us(gap), us(enough_delay(&events) + more));
            assert_eq!(losses.total(), 0);
            let times = |ids: &[usize]| ids.iter().map(|&id| events[id].2).collect::<Vec<_>>();
            let mut runs: Vec<_> =
                runs.iter().map(|run| (run.0, run.1, run.2, times(&run.3))).collect();
            runs.sort();
            runs
        };
        prop_assert_eq!(result(&times, 0), result(&shuffled, more));
    }

    #[test]
    fn an_aggregate_is_made_of_the_items_of_the_session(
        times in disorder(KEYS), gap in 1_i64..12, delay in 0_i64..20,
    ) {
        let events = events(&times);
        let stream = from_iter(events.clone()).aggregate_sessions_by_time_in_rs2(
            heap(1_000),
            config(us(gap as u64), us(delay as u64)),
            |event| event.1,
            time_of,
            Count,
        );
        let found: Vec<_> = collected(stream)
            .into_iter()
            .map(|run| (run.key, run.start_time.as_micros(), run.end_time.as_micros(), run.value))
            .collect();
        let expected: Vec<_> = naive(&without_late(&events, delay).0, gap)
            .into_iter()
            .map(|run| (run.0, run.1, run.2, run.3.len() as u64))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_full_table_keeps_its_bound_and_counts_what_is_lost(
        times in disorder(KEYS), gap in 1_i64..12, delay in 0_i64..20, capacity in 1_usize..5,
        evict in any::<bool>(),
    ) {
        let events = events(&times);
        let on_full = if evict { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(heap(capacity), on_full);
        let key = |event: &Event| event.1;
        let rule = SessionByTime::new(limits, us(gap as u64), key, Collect::default());
        let mut machine = ByTime::new(rule, us(delay as u64), time_of);
        let runs: Vec<Run> = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "open") <= capacity);
            assert!(size_of(machine, "keys") <= capacity);
        })
        .into_iter()
        .map(run_of)
        .collect();
        prop_assert_eq!(size_of(&machine, "open") + size_of(&machine, "keys"), 0);
        let mut seen: Vec<usize> = runs.iter().flat_map(|run| run.3.clone()).collect();
        let emitted = seen.len() as u64;
        seen.sort();
        seen.dedup();
        prop_assert_eq!(seen.len() as u64, emitted, "an item in two sessions");
        let [late, _, _, full, evicted] = counts(&losses);
        prop_assert_eq!(emitted + late + full, events.len() as u64);
        prop_assert_eq!(if evict { full } else { evicted }, 0);
        for run in &runs {
            let times: Vec<i64> = run.3.iter().map(|&id| events[id].2).collect();
            prop_assert!(times.windows(2).all(|pair| pair[1] - pair[0] < gap), "{:?}", run);
            prop_assert_eq!((run.1, run.2), (times[0], *times.last().unwrap()));
        }
        if full + evicted == 0 {
            prop_assert_eq!(runs, naive(&without_late(&events, delay).0, gap));
        }
    }

    #[test]
    fn stopping_lets_no_wrong_session_out(
        times in disorder(KEYS), gap in 1_i64..12, delay in 0_i64..20, capacity in 1_usize..6,
        items in 1_usize..6,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(heap(capacity), OnFull::Stop);
        let key = |event: &Event| event.1;
        let rule = SessionByTime::new(limits, us(gap as u64), key, Collect::bounded(items));
        let mut machine = ByTime::new(rule, us(delay as u64), time_of);
        let runs = run(&mut machine, events.clone(), |_| ());
        let runs: Vec<Run> = runs.into_iter().map(run_of).collect();
        is_beginning(&runs, &naive(&without_late(&events, delay).0, gap), &losses);
    }

    #[test]
    fn a_session_keeps_no_more_items_than_it_may_unless_it_joins_others(
        times in disorder(1), gap in 1_u64..12, items in 1_usize..4,
    ) {
        let mut events = events(&times);
        events.sort_by_key(|event| event.2);
        let (limits, losses) = limits(heap(1_000), OnFull::Evict);
        let rule =
            SessionByTime::new(limits, us(gap), |event: &Event| event.1, Collect::bounded(items));
        let mut machine = ByTime::new(rule, Duration::ZERO, time_of);
        let runs = run(&mut machine, events.clone(), |_| ());
        let emitted: usize = runs.iter().map(|run| run.value.len()).sum();
        prop_assert!(runs.iter().all(|run| run.value.len() <= items));
        prop_assert_eq!(emitted as u64 + losses.of(Loss::Full), events.len() as u64);
    }

    #[test]
    fn the_ends_of_time_lose_nothing_uncounted(
        times in extremes(KEYS), gap in extreme_spans(), delay in extreme_spans(),
        zero in any::<bool>(), capacity in 1_usize..20,
    ) {
        let events = events(&times);
        let gap = if zero { Duration::ZERO } else { gap };
        let stream = from_iter(events.clone()).session_by_time_in_rs2(
            heap(capacity),
            config(gap, delay),
            |event| event.1,
            time_of,
        );
        let losses = stream.losses().clone();
        let runs: Vec<Run> = collected(stream).into_iter().map(run_of).collect();
        let delay = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        let (kept, late) = without_late(&events, delay);
        let emitted: usize = runs.iter().map(|run| run.3.len()).sum();
        prop_assert_eq!(emitted, kept.len());
        prop_assert_eq!(losses.of(Loss::Late), late);
        prop_assert_eq!(losses.of(Loss::Full), 0);
        // At the very last moment sums of times are cut off, and with them the gap.
        if kept.iter().all(|event| event.2 < i64::MAX - 100) && losses.of(Loss::Evicted) == 0 {
            let gap = i64::try_from(gap.as_micros()).unwrap_or(i64::MAX);
            let mut runs = runs;
            runs.sort();
            let mut expected = naive(&kept, gap);
            expected.sort();
            prop_assert_eq!(runs, expected);
        }
    }
}

#[test]
fn exactly_the_gap_apart_are_two_sessions() {
    let events = events(&[(0, 0), (0, 9), (0, 19), (0, 29)]);
    let (runs, _) = sessions(&events, us(10), us(5));
    assert_eq!(runs, [(0, 0, 9, vec![0, 1]), (0, 19, 19, vec![2]), (0, 29, 29, vec![3])]);
}

#[test]
fn an_item_between_two_sessions_joins_them() {
    let events = events(&[(0, 0), (1, 0), (0, 18), (0, 9)]);
    let (runs, _) = sessions(&events, us(10), us(50));
    assert_eq!(runs, [(1, 0, 0, vec![1]), (0, 0, 18, vec![0, 3, 2])]);
}

#[test]
fn an_item_exactly_the_gap_from_both_joins_neither() {
    let events = events(&[(0, 0), (0, 20), (0, 10)]);
    assert_eq!(sessions(&events, us(10), us(50)).0.len(), 3);
}

#[test]
fn an_item_at_the_watermark_still_joins() {
    // The watermark stands at 20; the session would end at 29.
    let events = events(&[(0, 19), (1, 30), (0, 20), (0, 19)]);
    let (runs, losses) = sessions(&events, us(10), us(10));
    assert_eq!(runs, [(0, 19, 20, vec![0, 2]), (1, 30, 30, vec![1])]);
    assert_eq!(losses.of(Loss::Late), 1);
}

#[test]
fn nothing_in_nothing_out() {
    assert!(sessions(&[], us(1), us(1)).0.is_empty());
}

#[test]
fn memory_is_given_back_when_the_watermark_has_passed() {
    let limits = Limits::of(heap(1_000_000));
    let rule = SessionByTime::new(limits, us(10), |event: &Event| event.0 % 5_000, Count);
    let mut machine = ByTime::new(rule, us(20), time_of);
    for n in 0..5_000 {
        // Each key twice, and a third item between that joins the two.
        for ts in [n, n + 14, n + 7] {
            feed(&mut machine, (n, 0, ts as i64));
        }
        assert!(size_of(&machine, "open") < 200);
        assert!(size_of(&machine, "keys") < 100);
    }
    feed(&mut machine, (0, 0, 1_000_000));
    assert_eq!((size_of(&machine, "open"), size_of(&machine, "keys")), (1, 1));
    finish(&mut machine);
    assert_eq!((size_of(&machine, "open"), size_of(&machine, "keys")), (0, 0));
}
