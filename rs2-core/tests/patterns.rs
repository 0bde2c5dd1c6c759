//! Patterns against every subsequence there is.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use futures_core::Stream;
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Loss, Losses, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

/// An item: its place in the input, its key, its time, and what kind it is: one of four bits.
type Sign = (usize, u8, i64, u8);
/// Key, first time, last time, the items.
type Match = (u8, i64, i64, Vec<usize>);

/// One condition: the kinds that meet it, how often, whether directly after the one before, and
/// whether its items follow each other directly.
#[derive(Clone, Copy, Debug)]
struct Part {
    kinds: u8,
    times: u32,
    next: bool,
    consecutive: bool,
}

#[derive(Clone, Debug)]
struct Wanted {
    parts: Vec<Part>,
    within: Option<u64>,
    skip: Skip,
}

fn accepts(kinds: u8) -> impl Fn(&Sign) -> bool {
    move |sign| sign.3 & kinds != 0
}

/// Adds what one part says about the condition just made.
macro_rules! repeated {
    ($pattern:expr, $part:expr) => {{
        let pattern = $pattern.times($part.times);
        if $part.consecutive { pattern.consecutive() } else { pattern }
    }};
}

macro_rules! then {
    ($pattern:expr, $part:expr) => {{
        let accepts = accepts($part.kinds);
        let pattern =
            if $part.next { $pattern.next(accepts) } else { $pattern.followed_by(accepts) };
        repeated!(pattern, $part)
    }};
}

/// Everything a pattern does to the signs, with the memory and the delay given.
fn found(
    signs: &[Sign],
    wanted: &Wanted,
    limits: Limits<SeededHeap>,
    delay: u64,
    look: impl Fn(&dyn std::fmt::Debug),
) -> Vec<Match> {
    macro_rules! search {
        ($pattern:expr) => {{
            let pattern = $pattern.skip(wanted.skip);
            let pattern = match wanted.within {
                Some(span) => pattern.within(us(span)),
                None => pattern,
            };
            let rule = PatternByTime::new(limits, pattern, |sign: &Sign| sign.1);
            let time = |sign: &Sign| EventTime::from_micros(sign.2);
            let mut machine = ByTime::new(rule, us(delay), time);
            run(&mut machine, signs.to_vec(), |machine| look(machine))
        }};
    }
    let parts = &wanted.parts;
    let one = repeated!(Pattern::begin(accepts(parts[0].kinds)), parts[0]);
    let matches = match parts.len() {
        1 => search!(one),
        2 => search!(then!(one, parts[1])),
        _ => search!(then!(then!(one, parts[1]), parts[2])),
    };
    let ids = |events: &[Sign]| events.iter().map(|sign| sign.0).collect();
    let plain = |found: PatternMatch<u8, Sign>| {
        let (start, end) = (found.start_time.as_micros(), found.end_time.as_micros());
        (found.key, start, end, ids(&found.events))
    };
    matches.into_iter().map(plain).collect()
}

/// Whether an item takes part in condition `kinds`, and whether it must follow the one before
/// directly: one entry for each item of a match.
fn slots(parts: &[Part]) -> Vec<(u8, bool)> {
    let of = |part: &Part| {
        let strict = |n| if n == 0 { part.next } else { part.consecutive };
        (0..part.times).map(|n| (part.kinds, strict(n))).collect::<Vec<_>>()
    };
    parts.iter().flat_map(of).collect()
}

/// The places of all subsequences of one key's signs that the definition calls a match: each item
/// meets its condition, a strict one follows directly, a relaxed one is the first that fits, and
/// less than `within` passes from first to last.
fn subsequences(
    signs: &[Sign],
    slots: &[(u8, bool)],
    within: Option<u64>,
    taken: &mut Vec<usize>,
    all: &mut Vec<Vec<usize>>,
) {
    if taken.len() == slots.len() {
        let span = signs[taken[taken.len() - 1]].2.abs_diff(signs[taken[0]].2);
        if within.is_none_or(|within| span < within) {
            all.push(taken.clone());
        }
        return;
    }
    let (kinds, strict) = slots[taken.len()];
    let from = taken.last().map_or(0, |last| last + 1);
    for place in from..signs.len() {
        let passed_over = &signs[from..place];
        let fits = match (taken.is_empty(), strict) {
            (true, _) => true,
            (false, true) => passed_over.is_empty(),
            (false, false) => passed_over.iter().all(|sign| sign.3 & kinds == 0),
        };
        if fits && signs[place].3 & kinds != 0 {
            taken.push(place);
            subsequences(signs, slots, within, taken, all);
            taken.pop();
        }
    }
}

/// All matches of the signs that are not late, ordered by their last item and then their first;
/// unless nothing is skipped, only those that begin after the end of the one before.
fn naive(kept: &[Sign], wanted: &Wanted) -> Vec<Match> {
    let mut sorted = kept.to_vec();
    sorted.sort_by_key(|sign| (sign.2, sign.0));
    let mut keys: BTreeMap<u8, Vec<Sign>> = BTreeMap::new();
    for sign in &sorted {
        keys.entry(sign.1).or_default().push(*sign);
    }
    let mut matches = Vec::new();
    for signs in keys.values() {
        let mut all = Vec::new();
        subsequences(signs, &slots(&wanted.parts), wanted.within, &mut Vec::new(), &mut all);
        all.sort_by_key(|places| (places[places.len() - 1], places[0]));
        let mut free_from = 0;
        for places in all {
            if wanted.skip == Skip::PastLast && places[0] < free_from {
                continue;
            }
            free_from = places[places.len() - 1] + 1;
            matches.push(places.iter().map(|&place| signs[place]).collect::<Vec<_>>());
        }
    }
    let rank = |sign: &Sign| (sign.2, sign.0);
    matches.sort_by_key(|found| (rank(&found[found.len() - 1]), rank(&found[0])));
    let plain = |found: Vec<Sign>| {
        let (first, last) = (found[0], found[found.len() - 1]);
        (first.1, first.2, last.2, found.iter().map(|sign| sign.0).collect())
    };
    matches.into_iter().map(plain).collect()
}

fn not_late(signs: &[Sign], delay: i64) -> (Vec<Sign>, u64) {
    let events: Vec<Event> = signs.iter().map(|sign| (sign.0, sign.1, sign.2)).collect();
    let (kept, late) = without_late(&events, delay);
    (kept.iter().map(|event| signs[event.0]).collect(), late)
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part = (1_u8..8, 1_u32..4, any::<bool>(), any::<bool>());
    let part =
        part.prop_map(|(kinds, times, next, consecutive)| Part { kinds, times, next, consecutive });
    prop::collection::vec(part, 1..4)
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let skip = prop_oneof![Just(Skip::PastLast), Just(Skip::Nothing)];
    (parts(), prop::option::of(1_u64..30), skip).prop_map(|(parts, within, skip)| Wanted {
        parts,
        within,
        skip,
    })
}

/// Signs of a few keys; kind 8 meets no condition.
fn signs(keys: u8) -> impl Strategy<Value = Vec<Sign>> {
    let kind = prop_oneof![Just(1_u8), Just(2), Just(4), Just(8)];
    let kinds = prop::collection::vec(kind, 40);
    (disorder(keys), kinds).prop_map(|(times, kinds)| number(times.into_iter().zip(kinds)))
}

fn number(signs: impl IntoIterator<Item = ((u8, i64), u8)>) -> Vec<Sign> {
    let numbered = signs.into_iter().enumerate();
    numbered.map(|(n, ((key, ts), kind))| (n, key, ts, kind)).collect()
}

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn matches_are_those_of_the_definition(
        signs in signs(2), wanted in wanted(), delay in 0_u64..20,
    ) {
        let (limits, losses) = limits(heap(1_000), OnFull::Evict);
        let matches = found(&signs, &wanted, limits, delay, |_| ());
        let (kept, late) = not_late(&signs, delay as i64);
        prop_assert_eq!(matches, naive(&kept, &wanted));
        prop_assert_eq!(counts(&losses), [late, 0, 0, 0, 0]);
    }

    #[test]
    fn a_full_memory_keeps_its_bounds(
        signs in signs(4), wanted in wanted(), delay in 0_u64..20, capacity in 1_usize..5,
        evict in any::<bool>(),
    ) {
        let on_full = if evict { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(heap(capacity), on_full);
        let matches = found(&signs, &wanted, limits, delay, |machine| {
            assert!(size_of(&machine, "held") <= capacity);
            assert!(size_of(&machine, "keys") <= capacity);
        });
        let expected = naive(&not_late(&signs, delay as i64).0, &wanted);
        let [_, _, _, full, evicted] = counts(&losses);
        if full + evicted == 0 {
            prop_assert_eq!(matches, expected);
        } else {
            let pattern = slots(&wanted.parts);
            for (_, start, end, ids) in &matches {
                let fits = |(&id, &(kinds, _)): (&usize, &(u8, bool))| signs[id].3 & kinds != 0;
                prop_assert!(ids.len() == pattern.len() && ids.iter().zip(&pattern).all(fits));
                let span = end.abs_diff(*start);
                prop_assert!(wanted.within.is_none_or(|within| span < within));
            }
        }
    }

    #[test]
    fn stopping_lets_no_wrong_match_out(
        signs in signs(4), wanted in wanted(), delay in 0_u64..20, capacity in 1_usize..8,
    ) {
        let (limits, losses) = limits(heap(capacity), OnFull::Stop);
        let matches = found(&signs, &wanted, limits, delay, |_| ());
        is_beginning(&matches, &naive(&not_late(&signs, delay as i64).0, &wanted), &losses);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others(
        times in extremes(2), wanted in wanted(), delay in extreme_spans(),
        within in extreme_spans(),
    ) {
        let micros = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        let (delay, within) = (micros(delay), Some(micros(within)));
        let kinds = [1, 2, 4].into_iter().cycle();
        let signs = number(times.into_iter().zip(kinds));
        let wanted = Wanted { within, ..wanted };
        let (limits, _) = limits(heap(1_000), OnFull::Evict);
        let matches = found(&signs, &wanted, limits, delay, |_| ());
        let (kept, _) = not_late(&signs, delay.min(i64::MAX as u64) as i64);
        prop_assert_eq!(matches, naive(&kept, &wanted));
    }
}

/// `a b` on `a c b1 b2`, as in the book.
fn golden(second: fn(&char) -> bool, strict: bool, skip: Skip) -> Vec<Vec<usize>> {
    let first = Pattern::begin(|sign: &(usize, char)| sign.1 == 'a');
    let accepts = move |sign: &(usize, char)| second(&sign.1);
    let pattern = if strict { first.next(accepts) } else { first.followed_by(accepts) };
    let stream = from_iter("acbb".chars().enumerate()).pattern_by_time_in_rs2(
        heap(9),
        pattern.skip(skip),
        Duration::ZERO,
        |_| (),
        |sign| EventTime::from_micros(sign.0 as i64),
    );
    collected(stream).iter().map(|found| found.events.iter().map(|sign| sign.0).collect()).collect()
}

#[test]
fn the_golden_vectors_of_contiguity() {
    for skip in [Skip::PastLast, Skip::Nothing] {
        assert!(golden(|kind| *kind == 'b', true, skip).is_empty());
        assert_eq!(golden(|kind| *kind == 'b', false, skip), [[0, 2]]);
        assert_eq!(golden(|kind| *kind == 'c', true, skip), [[0, 1]]);
    }
}

fn times_of_matches(within: u64, times: &[i64], skip: Skip) -> (Vec<(i64, i64)>, Losses) {
    let pattern = Pattern::begin(|_: &i64| true).times(3).consecutive().within(us(within));
    let stream = from_iter(times.to_vec()).pattern_by_time_in_rs2(
        heap(1_000),
        pattern.skip(skip),
        us(10),
        |_| (),
        |ts| EventTime::from_micros(*ts),
    );
    let losses = stream.losses().clone();
    let span =
        |found: PatternMatch<(), i64>| (found.start_time.as_micros(), found.end_time.as_micros());
    (collected(stream).into_iter().map(span).collect(), losses)
}

#[test]
fn exactly_within_apart_is_no_match() {
    assert_eq!(times_of_matches(10, &[0, 5, 10], Skip::PastLast).0, []);
    assert_eq!(times_of_matches(11, &[0, 5, 10], Skip::PastLast).0, [(0, 10)]);
    // The latest three count: the first is passed over when it is too old.
    assert_eq!(times_of_matches(10, &[0, 5, 10, 13], Skip::PastLast).0, [(5, 13)]);
}

#[test]
fn an_item_of_a_match_is_not_used_again_unless_nothing_is_skipped() {
    let times: Vec<i64> = (0..7).collect();
    assert_eq!(times_of_matches(10, &times, Skip::PastLast).0, [(0, 2), (3, 5)]);
    let every: Vec<(i64, i64)> = (0..5).map(|first| (first, first + 2)).collect();
    assert_eq!(times_of_matches(10, &times, Skip::Nothing).0, every);
}

#[test]
fn late_items_are_counted_and_take_no_part() {
    let (matches, losses) = times_of_matches(100, &[0, 50, 39, 40, 60], Skip::PastLast);
    assert_eq!(matches, [(0, 50)]);
    assert_eq!(losses.of(Loss::Late), 1);
}

#[test]
fn more_attempts_than_allowed_lose_the_oldest() {
    let pattern = Pattern::begin(|sign: &Event| sign.1 == 0)
        .followed_by(|sign: &Event| sign.1 == 1)
        .skip(Skip::Nothing);
    let mut input: Vec<Event> = (0..MAX_ATTEMPTS + 5).map(|n| (n, 0, n as i64)).collect();
    input.push((input.len(), 1, input.len() as i64));
    let stream = from_iter(input).pattern_by_time_in_rs2(
        heap(2 * MAX_ATTEMPTS),
        pattern,
        Duration::ZERO,
        |_| (),
        time_of,
    );
    let losses = stream.losses().clone();
    let matches = collected(stream);
    assert_eq!((matches.len(), losses.of(Loss::Evicted)), (MAX_ATTEMPTS, 5));
    assert_eq!(matches[0].start_time.as_micros(), 5);
}

#[test]
fn a_key_has_no_entry_once_its_attempts_are_over() {
    let pattern = Pattern::begin(|_: &Event| true).times(3).within(us(20));
    let rule = PatternByTime::new(Limits::of(heap(1_000_000)), pattern, |event: &Event| event.0);
    let mut machine = ByTime::new(rule, us(10), time_of);
    for n in 0..10_000 {
        feed(&mut machine, (n, 0, n as i64));
        assert!(size_of(&machine, "keys") <= 200 && size_of(&machine, "held") <= 10);
    }
    feed(&mut machine, (0, 0, 1_000_000));
    finish(&mut machine);
    assert_eq!((size_of(&machine, "keys"), size_of(&machine, "held")), (0, 0));
}

#[test]
fn without_a_span_a_key_has_no_entry_once_it_has_matched() {
    let first = Pattern::begin(|event: &Event| event.1 == 0);
    let pattern = first.next(|event: &Event| event.1 == 1);
    let rule = PatternByTime::new(Limits::of(heap(1_000)), pattern, |event: &Event| event.0);
    let mut machine = ByTime::new(rule, Duration::ZERO, time_of);
    for key in 0..100 {
        feed(&mut machine, (key, 0, 2 * key as i64));
        assert_eq!(size_of(&machine, "keys"), 1);
        // Every other key matches, the others fail.
        let matches = feed(&mut machine, (key, (key % 2) as u8 * 7 + 1, 2 * key as i64 + 1));
        assert_eq!(matches.len(), 1 - key % 2);
        assert_eq!(size_of(&machine, "keys"), 0);
    }
}

#[test]
fn stopping_lets_no_later_match_out_in_place_of_the_lost_one() {
    let signs = number([
        // Five keys fill the table, the last when the watermark stands at it.
        ((0, 0), 1),
        ((1, 0), 1),
        ((2, 0), 1),
        ((3, 0), 1),
        ((9, 10), 8),
        ((4, 0), 1),
        // These wait for the watermark; the match of the sixth key would come first.
        ((5, 11), 1),
        ((5, 12), 2),
        ((0, 13), 2),
        ((9, 90), 8),
    ]);
    let once = |kinds| Part { kinds, times: 1, next: false, consecutive: false };
    let wanted = Wanted { parts: vec![once(1), once(2)], within: None, skip: Skip::PastLast };
    let (limits, losses) = limits(heap(5), OnFull::Stop);
    assert_eq!(found(&signs, &wanted, limits, 10, |_| ()), []);
    assert!(losses.is_stopped());
    assert_eq!(naive(&signs, &wanted).len(), 2);
}

#[test]
#[should_panic(expected = "at least once")]
fn a_step_taken_never_is_a_mistake() {
    let _ = Pattern::begin(|_: &i64| true).times(0);
}

#[test]
fn what_was_held_until_the_end_is_gone_through_in_turns() {
    const ITEMS: i64 = 100 * 1_024;
    let limits = Limits::of(heap(ITEMS as usize));
    let pattern = Pattern::begin(|_: &i64| false);
    let time = |item: &i64| EventTime::from_micros(*item);
    let mut found = pin!(from_iter(0..ITEMS).pattern_by_time_in_rs2(
        limits,
        pattern,
        Duration::MAX,
        |_| (),
        time
    ));
    let mut turns = 0;
    let mut cx = Context::from_waker(Waker::noop());
    while found.as_mut().poll_next(&mut cx).is_pending() {
        turns += 1;
    }
    // A hundred turns to take the items in, and some more to look at them.
    assert!((105..=200).contains(&turns), "{turns} turns");
}
