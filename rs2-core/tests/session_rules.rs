//! Sessions with lateness, inclusive gaps and a longest length, against their definition.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[cfg(feature = "snapshot")]
#[path = "common/snapshots.rs"]
mod snapshots;

use by_time::*;
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Holds, Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use std::collections::{BTreeMap, BTreeSet};

const KEYS: u8 = 2;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn rules(gap: u64, delay: u64) -> SessionRules {
    SessionRules::from(SessionConfig { gap: us(gap), watermark_delay: us(delay) })
}

fn sessions(events: &[Event], rules: SessionRules) -> (Vec<Session<u8, Vec<Event>>>, u64) {
    let stream = from_iter(events.to_vec()).session_by_time_in_rs2(
        heap(1_000),
        rules,
        |event| event.1,
        time_of,
    );
    let losses = stream.losses().clone();
    let sessions = collected(stream);
    (sessions, losses.of(Loss::Late))
}

/// Key, first item, items.
type Run = (u8, i64, BTreeSet<usize>);

/// What is left when each session takes the place of those that it replaces.
fn standing(sessions: Vec<Session<u8, Vec<Event>>>) -> BTreeSet<Run> {
    let mut standing: BTreeMap<(u8, i64), BTreeSet<usize>> = BTreeMap::new();
    for session in sessions {
        let ids: BTreeSet<usize> = session.value.iter().map(|event| event.0).collect();
        assert_eq!(session.timing == Timing::OnTime, session.merged_from.is_empty());
        for start in session.merged_from {
            let before = standing.remove(&(session.key, start.as_micros()));
            assert!(before.expect("it went out before").is_subset(&ids), "nothing gets lost");
        }
        let start = (session.key, session.start_time.as_micros());
        assert!(standing.insert(start, ids).is_none(), "one of them is replaced");
    }
    standing.into_iter().map(|((key, start), ids)| (key, start, ids)).collect()
}

fn naive(kept: &[Event], gap: i64) -> BTreeSet<Run> {
    let mut sorted = kept.to_vec();
    sorted.sort_by_key(|event| (event.1, event.2));
    let together = |a: &Event, b: &Event| a.1 == b.1 && b.2 - a.2 < gap;
    let runs = sorted.chunk_by(together);
    runs.map(|run| (run[0].1, run[0].2, run.iter().map(|event| event.0).collect())).collect()
}

/// Those that are not more than `lateness` behind the watermark.
fn kept(events: &[Event], delay: i64, lateness: i64) -> Vec<Event> {
    let mut watermark = i64::MIN;
    let in_time = |event: &&Event| {
        let is_kept = event.2 >= watermark || event.2 >= watermark.saturating_sub(lateness);
        watermark = watermark.max(event.2 - delay);
        is_kept
    };
    events.iter().filter(in_time).copied().collect()
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn late_items_refine_the_sessions_that_went_out(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..9, lateness in 1_u64..30,
    ) {
        let events = events(&times);
        let late = rules(gap, delay).allowed_lateness(us(lateness));
        // A session that a late item begins is late without replacing one.
        let (mut found, lost) = sessions(&events, late);
        for session in &mut found {
            if session.merged_from.is_empty() {
                session.timing = Timing::OnTime;
            }
        }
        let kept = kept(&events, delay as i64, lateness as i64);
        prop_assert_eq!(lost, (events.len() - kept.len()) as u64);
        prop_assert_eq!(standing(found), naive(&kept, gap as i64));
    }

    #[test]
    fn what_is_taken_back_is_what_went_out(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..9, lateness in 1_u64..30,
    ) {
        let events = events(&times);
        let late = rules(gap, delay).allowed_lateness(us(lateness));
        let (found, _) = sessions(&events, late.retracting());
        let mut standing: Vec<(i64, i64, u8, Vec<Event>)> = Vec::new();
        let mut taken_back = BTreeSet::new();
        for session in &found {
            let (start, end) = (session.start_time.as_micros(), session.end_time.as_micros());
            let whole = (start, end, session.key, session.value.clone());
            if session.is_retraction {
                let place = standing.iter().position(|other| *other == whole);
                standing.remove(place.expect("it went out before, and was not taken back"));
                taken_back.insert(session.start_time);
                prop_assert!(!session.is_final && session.merged_from.is_empty());
            } else {
                standing.push(whole);
                let replaced: BTreeSet<_> = session.merged_from.iter().copied().collect();
                prop_assert_eq!(std::mem::take(&mut taken_back), replaced);
            }
        }
        let ids = |items: Vec<Event>| items.into_iter().map(|event| event.0).collect();
        let left: BTreeSet<Run> =
            standing.into_iter().map(|(start, _, key, items)| (key, start, ids(items))).collect();
        prop_assert_eq!(left, naive(&kept(&events, delay as i64, lateness as i64), gap as i64));
        // Without it the sessions are the same.
        let told: Vec<_> = found.into_iter().filter(|session| !session.is_retraction).collect();
        prop_assert_eq!(told, sessions(&events, late).0);
    }

    #[test]
    fn an_inclusive_gap_joins_items_exactly_that_far_apart(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..9,
    ) {
        let events = events(&times);
        let (found, _) = sessions(&events, rules(gap, delay).gap_inclusive());
        let kept = without_late(&events, delay as i64).0;
        prop_assert_eq!(standing(found), naive(&kept, gap as i64 + 1));
    }

    #[test]
    fn no_session_is_longer_than_it_may_be(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..9, longest in 0_u64..12,
        lateness in 0_u64..12, capacity in 1_usize..9,
    ) {
        let events = events(&times);
        let rules =
            rules(gap, delay).at_most(us(longest)).allowed_lateness(us(lateness));
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let rule = SessionByTime::new(limits, rules, |event: &Event| event.1, Collect::default());
        let mut machine = ByTime::new(rule, us(delay), time_of);
        let outs = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "open") <= capacity);
        });
        prop_assert_eq!(machine.held(), 0);
        let mut seen = BTreeSet::new();
        for session in &outs {
            let length = session.end_time.saturating_since(session.start_time);
            prop_assert!(length <= us(longest));
            seen.extend(session.value.iter().map(|event| event.0));
        }
        let lost = losses.of(Loss::Late) + losses.of(Loss::Full);
        prop_assert_eq!(seen.len() as u64 + lost, events.len() as u64);
    }
}

/// A session that may be no longer than `longest`, as it is written: its key, what happened when
/// in it, and its end.
struct Short(u8, Vec<(i64, usize)>, i64);

impl Short {
    /// How long it is with another one, from its beginning on.
    fn with(&self, other: &[(i64, usize)]) -> i64 {
        let all = || self.1.iter().chain(other).map(|item| item.0);
        all().max().unwrap_or_default() - all().min().unwrap_or_default()
    }

    fn out(self, timing: Timing) -> (u8, Vec<usize>, Timing) {
        let mut ids: Vec<usize> = self.1.into_iter().map(|item| item.1).collect();
        ids.sort_unstable();
        (self.0, ids, timing)
    }
}

/// An item goes to the session before it, or else to the one after it, and joins the two, as far as
/// that makes none too long; one before it that would be too long goes out early.
fn naive_short(
    events: &[Event],
    (gap, delay, longest): (i64, i64, i64),
) -> Vec<(u8, Vec<usize>, Timing)> {
    let (mut open, mut outs): (Vec<Short>, Vec<_>) = (Vec::new(), Vec::new());
    let mut watermark = i64::MIN;
    for &(id, key, ts) in &without_late(events, delay).0 {
        let item = [(ts, id)];
        let first = |run: &Short| run.1.iter().map(|item| item.0).min();
        open.sort_by_key(first);
        let near = |run: &Short| run.0 == key && first(run) <= Some(ts) && ts < run.2;
        // The latest beginning; none that began earlier reaches further.
        let before = open.iter().rposition(near);
        let is_after = |run: &Short| run.0 == key && first(run) > Some(ts);
        let after = open.iter().position(is_after).filter(|at| first(&open[*at]) < Some(ts + gap));
        let after = after.filter(|at| open[*at].with(&item) <= longest);
        let mut mine = Short(key, item.to_vec(), ts + gap);
        let mut join = |open: &mut Vec<Short>, at: usize| {
            let Short(_, items, end) = open.remove(at);
            mine.1.extend(items);
            mine.2 = mine.2.max(end);
        };
        match before {
            Some(at) if open[at].with(&item) > longest => {
                after.into_iter().for_each(|after| join(&mut open, after));
                outs.push(open.remove(at).out(Timing::Forced));
            }
            Some(at) => {
                let after = after.filter(|after| open[at].with(&open[*after].1) <= longest);
                after.into_iter().for_each(|after| join(&mut open, after));
                join(&mut open, at);
            }
            None => after.into_iter().for_each(|after| join(&mut open, after)),
        }
        open.push(mine);
        watermark = watermark.max(ts - delay);
        let due = open.extract_if(.., |run| run.2 <= watermark);
        outs.extend(due.map(|run| run.out(Timing::OnTime)));
    }
    outs.extend(open.into_iter().map(|run| run.out(Timing::OnTime)));
    outs
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn sessions_are_as_long_as_they_may_be(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..20, longest in 0_u64..30,
    ) {
        let events = events(&times);
        let (found, _) = sessions(&events, rules(gap, delay).at_most(us(longest)));
        let told = |session: Session<u8, Vec<Event>>| {
            let mut ids: Vec<usize> = session.value.iter().map(|event| event.0).collect();
            ids.sort_unstable();
            (session.key, ids, session.timing)
        };
        let sorted = |mut all: Vec<(u8, Vec<usize>, Timing)>| {
            all.sort_unstable_by(|one, other| one.1.cmp(&other.1));
            all
        };
        let wanted = naive_short(&events, (gap as i64, delay as i64, longest as i64));
        prop_assert_eq!(sorted(found.into_iter().map(told).collect()), sorted(wanted));
    }
}

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(300))]

    /// Also between what is taken back and what takes its place.
    #[test]
    fn what_is_taken_back_goes_on_from_anywhere(
        times in disorder(KEYS), gap in 1_u64..12, delay in 0_u64..9, lateness in 1_u64..30,
        capacity in 1_usize..9,
    ) {
        let rules = rules(gap, delay).allowed_lateness(us(lateness)).retracting();
        let build = || {
            from_iter(events(&times)).replayable_rs2().session_by_time_in_rs2(
                heap(capacity), rules, |event| event.1, time_of,
            )
        };
        snapshots::goes_on_counting(build);
        snapshots::keeps_nothing_at_the_end(build());
    }
}

/// All orders of `items`.
fn orders(items: &[i64]) -> Vec<Vec<i64>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |nth: usize| {
        let mut others = items.to_vec();
        let first = others.remove(nth);
        let behind = |order: Vec<i64>| [vec![first], order].concat();
        orders(&others).into_iter().map(behind).collect::<Vec<_>>()
    };
    (0..items.len()).flat_map(with_first).collect()
}

#[test]
fn every_order_of_arrival_leaves_the_same_sessions() {
    let times = [0, 3, 6, 11, 13, 40];
    let late = rules(5, 0).allowed_lateness(us(100));
    for order in orders(&times) {
        let events: Vec<Event> = order.iter().map(|&ts| (ts as usize, 0, ts)).collect();
        let (mut found, lost) = sessions(&events, late);
        found.iter_mut().filter(|session| session.merged_from.is_empty()).for_each(|session| {
            session.timing = Timing::OnTime;
        });
        let ids = |ids: &[usize]| ids.iter().copied().collect::<BTreeSet<usize>>();
        let expected = [(0, 0, ids(&[0, 3, 6])), (0, 11, ids(&[11, 13])), (0, 40, ids(&[40]))];
        assert_eq!(lost, 0);
        assert_eq!(standing(found), expected.into_iter().collect(), "{order:?}");
    }
}

#[test]
fn a_late_item_that_bridges_two_sessions_says_which_it_replaces() {
    let late = rules(5, 0).allowed_lateness(us(100));
    let events: Vec<Event> = [0, 8, 20, 4].iter().map(|&ts| (ts as usize, 0, ts)).collect();
    let (found, _) = sessions(&events, late);
    let told: Vec<_> = found
        .iter()
        .map(|session| {
            let items: Vec<usize> = session.value.iter().map(|event| event.0).collect();
            let from: Vec<i64> =
                session.merged_from.iter().map(|start| start.as_micros()).collect();
            (items, session.timing, from)
        })
        .collect();
    assert_eq!(
        told,
        [
            (vec![0], Timing::OnTime, vec![]),
            (vec![8], Timing::OnTime, vec![]),
            (vec![0, 4, 8], Timing::Late, vec![0, 8]),
            (vec![20], Timing::OnTime, vec![]),
        ]
    );
}

#[test]
fn a_session_that_ends_at_the_watermark_has_ended() {
    let late = rules(5, 0).allowed_lateness(us(20));
    let (found, _) = sessions(&[(0, 0, 10), (1, 1, 5)], late);
    let told: Vec<_> = found.iter().map(|session| (session.key, session.timing)).collect();
    assert_eq!(told, [(1, Timing::Late), (0, Timing::OnTime)]);
}

#[test]
fn a_session_is_final_when_no_item_for_it_would_be_taken() {
    let late = rules(5, 0).allowed_lateness(us(5));
    for (watermark, is_final) in [(9, false), (10, true)] {
        let (found, _) = sessions(&[(0, 0, 0), (1, 1, watermark)], late);
        assert_eq!((found[0].key, found[0].is_final), (0, is_final), "at {watermark}");
        let (_, lost) = sessions(&[(0, 0, 0), (1, 1, watermark), (2, 0, 4)], late);
        assert_eq!(lost, u64::from(is_final), "at {watermark}");
    }
}

#[test]
fn a_session_of_a_bot_goes_out_at_its_longest() {
    let events: Vec<Event> = (0..25).map(|n| (n, 0, n as i64)).collect();
    let source = from_iter(events);
    let rules = rules(5, 0).at_most(us(9));
    let stream = source.session_by_time_in_rs2(heap(9), rules, |event| event.1, time_of);
    let losses = stream.losses().clone();
    let found = collected(stream);
    assert_eq!(counts(&losses), [0, 0, 0, 0, 2]);
    let lengths: Vec<_> =
        found.iter().map(|session| (session.value.len(), session.timing)).collect();
    assert_eq!(lengths, [(10, Timing::Forced), (10, Timing::Forced), (5, Timing::OnTime)]);
}
