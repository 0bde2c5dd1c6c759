//! Patterns by example: the vectors of Flink's documentation, and one test for each thing that a
//! pattern can say.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Holds, Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::time::Duration;

/// An item: its name, and its place, which is its time in microseconds too.
type Letter = (&'static str, i64);

fn heap() -> SeededHeap {
    Heap::bounded(10_000).seeded(7)
}

fn time(letter: &Letter) -> EventTime {
    EventTime::from_micros(letter.1)
}

/// Letters of this kind: `a` is that of `a`, `a1` and `a2`.
fn is(kind: &'static str) -> impl Fn(&Letter) -> bool + Clone {
    move |letter| letter.0.starts_with(kind)
}

fn letters(text: &'static str) -> Vec<Letter> {
    text.split(' ').zip(0..).filter(|letter| letter.0 != ".").collect()
}

fn words(events: &[Letter]) -> String {
    events.iter().map(|letter| letter.0).collect::<Vec<_>>().join(" ")
}

/// All matches, and with a question mark what timed out.
fn outcomes<L: Steps<Letter>>(pattern: Pattern<L>, text: &'static str) -> Vec<String> {
    let found = from_iter(letters(text)).pattern_or_timeout_by_time_in_rs2(
        heap(),
        pattern,
        Duration::ZERO,
        |_| (),
        time,
    );
    let plain = |outcome| match outcome {
        PatternOutput::Match(found) => words(&found.events),
        PatternOutput::TimedOut(begun) => words(&begun.events) + "?",
    };
    collected(found).into_iter().map(plain).collect()
}

/// The matches when nothing is skipped, in the order of the alphabet.
fn every<L: Steps<Letter>>(pattern: Pattern<L>, text: &'static str) -> Vec<String> {
    let mut all = outcomes(pattern.skip(Skip::Nothing), text);
    all.sort();
    all
}

#[test]
fn contiguity_between_steps() {
    let text = "a c b1 b2";
    let a = || Pattern::begin(is("a"));
    assert!(every(a().next(is("b")), text).is_empty());
    assert_eq!(every(a().followed_by(is("b")), text), ["a b1"]);
    assert_eq!(every(a().followed_by_any(is("b")), text), ["a b1", "a b2"]);
}

#[test]
fn contiguity_between_repetitions() {
    let text = "c d a1 a2 a3 d a4 b";
    let few = ["c a1 a2 a3 b", "c a1 a2 b", "c a1 b"];
    let some = ["c a1 a2 a3 a4 b", "c a1 a2 a3 b", "c a1 a2 b", "c a1 b"];
    let more = [
        "c a1 a2 a3 a4 b",
        "c a1 a2 a3 b",
        "c a1 a2 a4 b",
        "c a1 a2 b",
        "c a1 a3 a4 b",
        "c a1 a3 b",
        "c a1 a4 b",
        "c a1 b",
    ];
    let loops = || Pattern::begin(is("c")).followed_by(is("a")).one_or_more();
    assert_eq!(every(loops().consecutive().followed_by(is("b")), text), few);
    assert_eq!(every(loops().followed_by(is("b")), text), some);
    assert_eq!(every(loops().allow_combinations().followed_by(is("b")), text), more);

    // From any `a` on, every set of them that is not empty.
    let any = Pattern::begin(is("c")).followed_by_any(is("a")).one_or_more().allow_combinations();
    let all = every(any.followed_by(is("b")), text);
    assert_eq!(all.len(), 15);
    assert!(more.iter().all(|found| all.iter().any(|its| its == found)));
    assert!(all.iter().any(|found| found == "c a2 a4 b"));
}

#[test]
fn loops_begin_at_every_item_that_may_begin_them() {
    let text = "a b1 d1 b2 d2 b3 c";
    let loops = || Pattern::begin(is("a")).followed_by_any(is("b")).one_or_more();
    let strict = every(loops().consecutive().followed_by(is("c")), text);
    assert_eq!(strict, ["a b1 c", "a b2 c", "a b3 c"]);
    let relaxed = every(loops().followed_by(is("c")), text);
    let six = ["a b1 b2 b3 c", "a b1 b2 c", "a b1 c", "a b2 b3 c", "a b2 c", "a b3 c"];
    assert_eq!(relaxed, six);
    let any = every(loops().allow_combinations().followed_by(is("c")), text);
    assert_eq!(any.len(), 7);
    assert!(any.iter().any(|found| found == "a b1 b3 c"));
}

#[test]
fn counts() {
    let a = |times: Times| Pattern::begin(is("a")).times(times).consecutive();
    assert_eq!(every(a(2.into()), "a1 a2 a3"), ["a1 a2", "a2 a3"]);
    let two_or_three = every(a((2..=3).into()), "a1 a2 a3");
    assert_eq!(two_or_three, ["a1 a2", "a1 a2 a3", "a2 a3"]);
    assert_eq!(every(a((3..).into()), "a1 a2 a3 a4").len(), 3);
    let optional = Pattern::begin(is("a")).next(is("b")).times(0..=1).next(is("c"));
    assert_eq!(every(optional, "a b c a c"), ["a b c", "a c"]);
}

#[test]
fn a_greedy_step_leaves_nothing_that_it_can_take() {
    let loops = || Pattern::begin(is("c")).followed_by(is("a")).one_or_more();
    let text = "c a1 a2 d a3 b";
    assert_eq!(every(loops().greedy().followed_by(is("b")), text), ["c a1 a2 a3 b"]);
    // A later step goes without what an earlier one takes.
    let any = || Pattern::begin(is("c")).next(|_: &Letter| true).optional();
    assert_eq!(every(any().followed_by(is("b")), "c b x"), ["c b"]);
    assert!(every(any().greedy().followed_by(is("b")), "c b x").is_empty());
}

#[test]
fn until_ends_a_repetition() {
    let loops = Pattern::begin(is("a")).one_or_more().until(is("x"));
    assert_eq!(every(loops.clone(), "a1 a2 x a3"), ["a1", "a1 a2", "a2", "a3"]);
    let after = loops.followed_by(is("x"));
    assert_eq!(every(after, "a1 a2 x a3 x"), ["a1 a2 x", "a1 x", "a2 x", "a3 x"]);
}

#[test]
fn what_was_captured_decides() {
    let rises = |letter: &Letter, before: &Captured<'_, Letter>| {
        assert_eq!(before.first().map(|first| first.0), Some("low"));
        assert_eq!(before.named().last().map(|(name, _)| name), Some("start"));
        assert!(before.iter().count() > 0 && !before.is_empty());
        before.last().is_some_and(|last| last.0.len() < letter.0.len())
    };
    let back = |letter: &Letter, before: &Captured<'_, Letter>| {
        before.of("start").any(|start| start.0.len() == letter.0.len())
    };
    let pattern = Pattern::begin(is("low"))
        .named("start")
        .next(|_: &Letter| true)
        .given(rises)
        .named("rise")
        .one_or_more()
        .consecutive()
        .next(|_: &Letter| true)
        .given(back);
    let found = from_iter(letters("low four fives sixsix end four low"));
    let found = found.pattern_by_time_in_rs2(heap(), pattern, Duration::ZERO, |_| (), time);
    let found = collected(found);
    assert_eq!(found.len(), 1);
    assert_eq!(words(&found[0].events), "low four fives sixsix end");
    let named: Vec<_> = found[0].of("rise").map(|letter| letter.0).collect();
    assert_eq!(named, ["four", "fives", "sixsix"]);
    assert_eq!(found[0].named().next(), Some(("start", &("low", 0))));
}

#[test]
fn absences() {
    let a = || Pattern::begin(is("a"));
    let not_next = a().not_next(is("b")).followed_by(is("c"));
    assert_eq!(every(not_next, "a1 b c a2 d b c"), ["a2 c"]);
    let never = a().not_followed_by(is("b")).followed_by(is("c"));
    assert_eq!(every(never, "a1 b c a2 d c"), ["a2 c"]);
    // What was captured can say what must not come.
    let longer = |letter: &Letter, before: &Captured<'_, Letter>| {
        before.last().is_some_and(|last| last.0.len() < letter.0.len())
    };
    let never = a().not_followed_by(|_: &Letter| true).given(longer).followed_by(is("c"));
    assert_eq!(every(never, "a xx c a x c"), ["a c"]);
}

#[test]
fn an_absence_at_the_end_is_proved_by_the_watermark() {
    let pattern = || Pattern::begin(is("a")).not_followed_by(is("b")).within(us(5));
    assert_eq!(outcomes(pattern(), "a1 . b a2 . . . . b"), ["a2"]);
    // At the end all time is over.
    assert_eq!(outcomes(pattern(), "a1 c"), ["a1"]);

    let rule = PatternByTime::new(Limits::of(heap()), pattern(), |_: &Letter| ());
    let mut machine = ByTime::new(rule, Duration::ZERO, time);
    assert!(feed(&mut machine, ("a", 0)).is_empty());
    assert!(feed(&mut machine, ("c", 4)).is_empty());
    assert_eq!(feed(&mut machine, ("c", 5)).len(), 1);
    assert_eq!(machine.held(), 0);

    let next = Pattern::begin(is("a")).not_next(is("b"));
    assert_eq!(outcomes(next, "a1 b a2 c b"), ["a2"]);
}

#[test]
fn what_times_out_is_told_by_the_watermark_and_once() {
    let pattern = Pattern::begin(is("a")).followed_by(is("b")).within(us(5));
    assert_eq!(outcomes(pattern.clone(), "a1 . . b a2 . . . . b"), ["a1 b", "a2?"]);
    assert_eq!(outcomes(pattern.clone(), "a1 a2 c"), ["a1?", "a2?"]);

    // The item that brings the watermark is of another key, and of no step.
    let key = |letter: &Letter| letter.0 == "other";
    let rule = PatternByTime::with_timeouts(Limits::of(heap()), pattern, key);
    let mut machine = ByTime::new(rule, us(2), time);
    assert!(feed(&mut machine, ("a", 0)).is_empty());
    assert!(feed(&mut machine, ("other", 6)).is_empty());
    assert_eq!(feed(&mut machine, ("other", 7)).len(), 1);
}

#[test]
fn a_span_for_each_step() {
    let pattern = Pattern::begin(is("a")).followed_by(is("b")).followed_by(is("c"));
    let pattern = pattern.within_each(us(3));
    assert_eq!(outcomes(pattern.clone(), "a . b . c"), ["a b c"]);
    assert_eq!(outcomes(pattern.clone(), "a . b . . c"), ["a b?"]);
    assert_eq!(outcomes(pattern, "a . . b c"), ["a?"]);
}

#[test]
fn groups() {
    let pair = || Pattern::begin(is("a")).next(is("b"));
    let pairs = Pattern::begin_group(pair()).times(2).consecutive().next(is("c"));
    assert_eq!(every(pairs, "a1 b1 a2 b2 a3 b3 c"), ["a2 b2 a3 b3 c"]);
    let pairs = Pattern::begin(is("s")).followed_by_group(pair()).one_or_more();
    assert_eq!(
        every(pairs.followed_by(is("c")), "s a1 b1 x a2 b2 c"),
        ["s a1 b1 a2 b2 c", "s a1 b1 c"]
    );
    let maybe = Pattern::begin(is("s")).next_group(pair()).optional().next(is("c"));
    assert_eq!(every(maybe, "s a b c s c s a c"), ["s a b c", "s c"]);
    let any = Pattern::begin(is("s")).followed_by_any_group(pair());
    assert_eq!(every(any, "s a1 b1 a2 b2"), ["s a1 b1", "s a2 b2"]);
}

#[test]
fn skipping() {
    let text = "b1 b2 b3 c";
    let pattern = || Pattern::begin(is("b")).one_or_more().named("b").next(is("c"));
    let found = |skip| outcomes(pattern().skip(skip), text);
    assert_eq!(found(Skip::Nothing), ["b1 b2 b3 c", "b2 b3 c", "b3 c"]);
    assert_eq!(found(Skip::ToNext), ["b1 b2 b3 c", "b2 b3 c", "b3 c"]);
    assert_eq!(found(Skip::PastLast), ["b1 b2 b3 c"]);
    assert_eq!(found(Skip::ToFirst("b")), ["b1 b2 b3 c", "b2 b3 c", "b3 c"]);
    assert_eq!(found(Skip::ToLast("b")), ["b1 b2 b3 c", "b3 c"]);

    let pattern = || Pattern::begin(is("a")).followed_by_any(is("b"));
    assert_eq!(outcomes(pattern().skip(Skip::ToNext), "a1 a2 b1 b2"), ["a1 b1", "a2 b1"]);
    assert_eq!(outcomes(pattern(), "a1 a2 b1 b2 a3 b3"), ["a1 b1", "a3 b3"]);
}

#[test]
fn a_longer_match_goes_before_a_shorter_one_that_began_with_it() {
    let pattern = Pattern::begin(is("c")).followed_by(is("a")).one_or_more();
    assert_eq!(outcomes(pattern.followed_by(is("b")), "c a1 a2 b"), ["c a1 a2 b"]);
}

fn lossy<L: Steps<Letter>>(
    pattern: Pattern<L>,
    text: &'static str,
    on_full: OnFull,
) -> (Vec<String>, u64, bool) {
    let limits = Limits::of(heap()).on_full(on_full);
    let found = from_iter(letters(text));
    let found = found.pattern_by_time_in_rs2(limits, pattern, Duration::ZERO, |_| (), time);
    let losses = found.losses().clone();
    let found = collected(found).into_iter().map(|found| words(&found.events)).collect();
    let why = if on_full == OnFull::Evict { Loss::Evicted } else { Loss::Full };
    assert_eq!(losses.total(), losses.of(why));
    (found, losses.total(), losses.is_stopped())
}

#[test]
fn too_many_runs_of_a_key() {
    let pattern = || {
        let pair = Pattern::begin(is("a")).followed_by(is("b"));
        pair.skip(Skip::Nothing).max_runs(2)
    };
    let text = "a1 a2 a3 b";
    let (found, lost, _) = lossy(pattern(), text, OnFull::Evict);
    assert_eq!((found, lost), (vec!["a2 b".to_owned(), "a3 b".to_owned()], 1));
    let (found, lost, _) = lossy(pattern(), text, OnFull::Reject);
    assert_eq!((found, lost), (vec!["a1 b".to_owned(), "a2 b".to_owned()], 1));
    assert_eq!(lossy(pattern(), text, OnFull::Stop), (vec![], 0, true));
}

#[test]
fn too_many_items_of_a_run() {
    let pattern = || {
        let loops = Pattern::begin(is("a")).one_or_more().followed_by(is("b"));
        loops.skip(Skip::Nothing).max_events(2)
    };
    let (found, lost, _) = lossy(pattern(), "a1 a2 b", OnFull::Evict);
    assert_eq!((found, lost), (vec!["a1 b".to_owned(), "a2 b".to_owned()], 1));
    assert_eq!(lossy(pattern(), "a1 a2 b", OnFull::Stop), (vec![], 0, true));
}

#[test]
fn combinations_without_end_keep_their_bounds() {
    let any = Pattern::begin(|_: &Event| true).one_or_more().allow_combinations();
    let pattern = any.followed_by(|_: &Event| false).skip(Skip::Nothing).max_runs(100);
    let rule = PatternByTime::new(Limits::of(heap()), pattern, |_: &Event| ());
    let mut machine = ByTime::new(rule, Duration::ZERO, time_of);
    for n in 0..1_000 {
        feed(&mut machine, (n, 0, n as i64));
        assert!(size_of(&machine, "events") <= 1_001, "{machine:?}");
    }
    assert!(machine.losses().of(Loss::Evicted) > 10_000);
    finish(&mut machine);
    assert_eq!(machine.held(), 0);
}

fn refused<L: Steps<Letter>>(pattern: Pattern<L>) -> String {
    let build = || {
        let found = from_iter(letters("a"));
        drop(found.pattern_by_time_in_rs2(heap(), pattern, Duration::ZERO, |_| (), time));
    };
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(build));
    let panic = panic.expect_err("it is a mistake");
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("it has a message")
}

#[test]
fn patterns_that_cannot_be_are_mistakes() {
    let a = || Pattern::begin(is("a"));
    assert!(refused(a().not_followed_by(is("b"))).contains("needs a span"));
    assert!(refused(a().one_or_more().greedy()).contains("greedy"));
    assert!(refused(a().skip(Skip::ToLast("nobody"))).contains("nobody"));
    let empty = Pattern::begin_group(a().optional()).one_or_more();
    assert!(refused(empty).contains("must take an item"));
    assert!(refused(a().times(u32::MAX)).contains("65,534"));
}

#[test]
#[should_panic(expected = "only the whole pattern")]
fn a_group_has_no_span_of_its_own() {
    let _ = Pattern::begin_group(Pattern::begin(is("a")).within(us(1)));
}

#[test]
fn a_group_has_no_order_of_its_own() {
    let group = Pattern::begin(is("a")).ties_by(|one: &Letter, other: &Letter| one.cmp(other));
    let why = refused(Pattern::begin_group(group));
    assert!(why.contains("only the whole pattern"), "{why}");
}

#[test]
#[should_panic(expected = "longer than nothing")]
fn no_span_is_zero() {
    let _ = Pattern::begin(is("a")).within(Duration::ZERO);
}
