//! Sessions whose gaps the items tell, against all intervals at once.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Holds, Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::watermark::{BoundedDisorder, Signal};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const KEYS: u8 = 2;
const GAPS: u8 = 12;

/// The byte of an item says both its key and its gap, so that both go where the item goes.
fn inputs() -> impl Strategy<Value = Vec<(u8, i64)>> {
    disorder(KEYS * GAPS)
}

fn key_of(event: &Event) -> u8 {
    event.1 % KEYS
}

/// No gap at all is among them, and some that reach over several others.
fn gap_of(event: &Event) -> Duration {
    let gap = u64::from(event.1 / KEYS);
    us(if gap == u64::from(GAPS) - 1 { 40 } else { gap })
}

fn reach(event: &Event) -> i64 {
    event.2.saturating_add(gap_of(event).as_micros().max(1) as i64)
}

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

type Gap = fn(&Event) -> Duration;

fn rules(delay: u64) -> SessionRules<GapOf<Gap>> {
    SessionRules::gap_of(gap_of as Gap).watermark_delay(us(delay))
}

/// Key, first time, last time, items in the order of their time.
type Run = (u8, i64, i64, Vec<usize>);

fn run_of(session: Session<u8, Vec<Event>>) -> Run {
    let items = session.value.iter().map(|event| event.0).collect();
    (session.key, session.start_time.as_micros(), session.end_time.as_micros(), items)
}

/// The definition: an item reaches from its time to its gap after it, and items whose reaches
/// overlap belong together. In the order of their ends, equal ends in that of first arrivals.
fn naive(kept: &[Event]) -> Vec<(Run, i64)> {
    let mut sorted = kept.to_vec();
    sorted.sort_by_key(|event| (key_of(event), event.2, event.0));
    let mut runs: Vec<(Vec<Event>, i64)> = Vec::new();
    for event in sorted {
        match runs.last_mut() {
            Some((run, end)) if key_of(&run[0]) == key_of(&event) && event.2 < *end => {
                *end = reach(&event).max(*end);
                run.push(event);
            }
            _ => runs.push((vec![event], reach(&event))),
        }
    }
    runs.sort_by_key(|(run, end)| (*end, run.iter().map(|event| event.0).min()));
    let run = |(run, end): (Vec<Event>, i64)| {
        let (first, last) = (run[0].2, run[run.len() - 1].2);
        ((key_of(&run[0]), first, last, run.iter().map(|event| event.0).collect()), end)
    };
    runs.into_iter().map(run).collect()
}

fn naive_runs(kept: &[Event]) -> Vec<Run> {
    naive(kept).into_iter().map(|(run, _)| run).collect()
}

/// Each session takes the place of those that it replaces: what is left in the end.
fn standing(sessions: Vec<Session<u8, Vec<Event>>>) -> BTreeMap<(u8, i64), BTreeSet<usize>> {
    let mut standing: BTreeMap<(u8, i64), BTreeSet<usize>> = BTreeMap::new();
    for session in sessions {
        let ids: BTreeSet<usize> = session.value.iter().map(|event| event.0).collect();
        for start in session.merged_from {
            let before = standing.remove(&(session.key, start.as_micros()));
            assert!(before.expect("it went out before").is_subset(&ids), "nothing gets lost");
        }
        let start = (session.key, session.start_time.as_micros());
        assert!(standing.insert(start, ids).is_none(), "one of them is replaced");
    }
    standing
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn sessions_are_what_the_reaches_of_items_join(times in inputs(), delay in 0_u64..60) {
        let events = events(&times);
        let stream = from_iter(events.clone())
            .session_by_time_in_rs2(heap(1_000), rules(delay), key_of, time_of);
        let losses = stream.losses().clone();
        let found: Vec<Run> = collected(stream).into_iter().map(run_of).collect();
        let (kept, late) = without_late(&events, delay as i64);
        prop_assert_eq!(found, naive_runs(&kept));
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn an_inclusive_gap_reaches_one_moment_further(times in inputs(), delay in 0_u64..60) {
        let events = events(&times);
        let longer = |event: &Event| gap_of(event).max(us(1)) + us(1);
        let runs = |rules| {
            let source = from_iter(events.clone());
            collected(source.session_by_time_in_rs2(heap(1_000), rules, key_of, time_of))
        };
        let longer = SessionRules::gap_of(longer as Gap).watermark_delay(us(delay));
        prop_assert_eq!(runs(rules(delay).gap_inclusive()), runs(longer));
    }

    #[test]
    fn the_order_of_arrival_makes_no_difference(
        (times, shuffled) in inputs()
            .prop_flat_map(|times| (Just(times.clone()), Just(times).prop_shuffle())),
        more in 0_u64..9,
    ) {
        let result = |times: &[(u8, i64)], more: u64| {
            let events = events(times);
            let stream = from_iter(events.clone()).session_by_time_in_rs2(
                heap(1_000), rules(enough_delay(&events) + more), key_of, time_of,
            );
            let losses = stream.losses().clone();
            let mut runs: Vec<_> = collected(stream)
                .into_iter()
                .map(|session| {
                    let mut items: Vec<(u8, i64)> =
                        session.value.iter().map(|event| (event.1, event.2)).collect();
                    items.sort();
                    (session.key, session.start_time, session.end_time, items)
                })
                .collect();
            assert_eq!(losses.total(), 0);
            runs.sort();
            runs
        };
        prop_assert_eq!(result(&times, 0), result(&shuffled, more));
    }

    #[test]
    fn late_items_refine_the_sessions_that_went_out(
        times in inputs(), delay in 0_u64..9, lateness in 1_u64..60,
    ) {
        let events = events(&times);
        let stream = from_iter(events.clone()).session_by_time_in_rs2(
            heap(1_000), rules(delay).allowed_lateness(us(lateness)), key_of, time_of,
        );
        let mut watermark = i64::MIN;
        let mut kept = events.clone();
        kept.retain(|event| {
            let is_kept = event.2 >= watermark.saturating_sub(lateness as i64);
            watermark = watermark.max(event.2 - delay as i64);
            is_kept
        });
        let losses = stream.losses().clone();
        let expected: BTreeMap<(u8, i64), BTreeSet<usize>> = naive_runs(&kept)
            .into_iter()
            .map(|(key, first, _, items)| ((key, first), items.into_iter().collect()))
            .collect();
        prop_assert_eq!(standing(collected(stream)), expected);
        prop_assert_eq!(losses.of(Loss::Late), (events.len() - kept.len()) as u64);
    }

    #[test]
    fn they_are_the_same_between_signals_and_stand_at_their_ends(
        times in inputs(), delay in 0_u64..60,
    ) {
        let events = events(&times);
        let in_band = from_iter(events.clone())
            .with_watermarks_rs2(BoundedDisorder::new(us(delay)), time_of)
            .session_events_in_rs2(heap(1_000), rules(0), key_of);
        let (mut watermark, mut found) = (EventTime::MIN, Vec::new());
        for signal in collected(in_band) {
            match signal {
                Signal::Watermark(risen) => watermark = risen,
                Signal::Item(ts, session) => {
                    prop_assert!(ts >= watermark);
                    found.push((run_of(session), ts.as_micros() + 1));
                }
                Signal::Idle | Signal::Active => prop_assert!(false, "nobody was idle"),
            }
        }
        prop_assert_eq!(found, naive(&without_late(&events, delay as i64).0));
    }

    #[test]
    fn a_full_table_and_a_longest_session_keep_their_bounds_and_lose_nothing_uncounted(
        times in inputs(), delay in 0_u64..60, capacity in 1_usize..5, evict in any::<bool>(),
        longest in prop_oneof![0_u64..30, Just(u64::MAX)], lateness in 0_u64..12,
    ) {
        let events = events(&times);
        let on_full = if evict { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(heap(capacity), on_full);
        let rules = rules(delay).at_most(us(longest)).allowed_lateness(us(lateness));
        let rule = SessionByTime::new(limits, rules, key_of, Collect::default());
        let mut machine = ByTime::new(rule, us(delay), time_of);
        let sessions = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "open") <= capacity);
            assert!(size_of(machine, "keys") <= capacity);
        });
        prop_assert_eq!(machine.held(), 0);
        let mut seen = BTreeSet::new();
        for session in &sessions {
            prop_assert!(session.end_time.saturating_since(session.start_time) <= us(longest));
            seen.extend(session.value.iter().map(|event| event.0));
        }
        let lost = losses.of(Loss::Late) + losses.of(Loss::Full);
        prop_assert_eq!(seen.len() as u64 + lost, events.len() as u64);
    }

    #[test]
    fn the_ends_of_time_lose_nothing_uncounted(
        times in extremes(KEYS), gaps in prop::collection::vec(extreme_spans(), 1..5),
        delay in extreme_spans(),
    ) {
        let events = events(&times);
        let gap = |event: &Event| gaps[event.0 % gaps.len()];
        let rules = SessionRules::gap_of(gap).watermark_delay(delay);
        let stream =
            from_iter(events.clone()).session_by_time_in_rs2(heap(99), rules, key_of, time_of);
        let losses = stream.losses().clone();
        let found: usize = collected(stream).iter().map(|session| session.value.len()).sum();
        prop_assert_eq!(found as u64 + losses.of(Loss::Late), events.len() as u64);
        prop_assert_eq!(losses.of(Loss::Late), losses.total());
    }
}

#[cfg(feature = "snapshot")]
#[path = "common/snapshots.rs"]
mod snapshots;

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn sessions_go_on_from_anywhere(
        times in inputs(), delay in 0_u64..40, lateness in 0_u64..12, capacity in 1_usize..9,
    ) {
        let build = || {
            let rules = rules(delay).allowed_lateness(us(lateness));
            let source = from_iter(events(&times)).replayable_rs2();
            source.session_by_time_in_rs2(heap(capacity), rules, key_of, time_of)
        };
        snapshots::goes_on_from_anywhere(build);
        snapshots::keeps_nothing_at_the_end(build());
    }
}

#[test]
fn an_item_with_a_long_gap_joins_all_that_it_reaches() {
    // Three that stand alone, and then one before them that reaches the second.
    let byte = |gap: u8| gap * KEYS;
    let events = events(&[(byte(2), 10), (byte(2), 30), (byte(2), 60), (byte(11), 5)]);
    let stream = from_iter(events).session_by_time_in_rs2(heap(9), rules(100), key_of, time_of);
    let found: Vec<Run> = collected(stream).into_iter().map(run_of).collect();
    assert_eq!(found, [(0, 5, 30, vec![3, 0, 1]), (0, 60, 60, vec![2])]);
}
