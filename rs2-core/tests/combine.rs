//! Streams joined with others, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use drain::{Wakes, drain, poll};
use futures_core::{FusedStream, Stream};
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::machine::Progress;
use rs2_core::prelude::*;
use std::future::{pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..1_000_u32), 0..40)
}

fn items(steps: &[(u8, u32)]) -> Vec<u32> {
    steps.iter().map(|(_, item)| *item).collect()
}

/// One item of each in turn; those that have ended are left out.
fn rounds<T: Copy>(all: &[Vec<T>]) -> Vec<T> {
    let longest = all.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest)
        .flat_map(|round| all.iter().filter_map(move |one| one.get(round).copied()))
        .collect()
}

proptest! {
    #[test]
    fn merge_yields_both_sides_each_in_its_order(left in steps(), right in steps()) {
        let tagged = |side: bool, steps: &[(u8, u32)]| {
            Patchy::new(steps.iter().map(|&(stalls, item)| (stalls, (side, item))))
        };
        let merged = drain(|| tagged(false, &left).merge_rs2(tagged(true, &right)));
        let of = |side: bool| -> Vec<u32> {
            merged.iter().filter(|(of, _)| *of == side).map(|(_, item)| *item).collect()
        };
        prop_assert_eq!(of(false), items(&left));
        prop_assert_eq!(of(true), items(&right));
    }

    // While neither side waits, no side is left out twice in a row.
    #[test]
    fn merge_lets_ready_sides_take_turns(left in 0..30_usize, right in 0..30_usize) {
        let sides = from_iter(vec!['l'; left]).merge_rs2(from_iter(vec!['r'; right]));
        let sides: String = futures_executor::block_on(sides.collect_rs2());
        let both = left.min(right);
        let expected = "lr".repeat(both) + &"l".repeat(left - both) + &"r".repeat(right - both);
        prop_assert_eq!(sides, expected);
    }

    #[test]
    fn concat_yields_one_after_the_other(first in steps(), second in steps()) {
        let expected = [items(&first), items(&second)].concat();
        let whole = || Patchy::new(first.clone()).concat_rs2(Patchy::new(second.clone()));
        prop_assert_eq!(drain(whole), expected);
    }

    #[test]
    fn zip_pairs_items_by_their_places(left in steps(), right in steps()) {
        let pairs: Vec<(u32, u32)> = items(&left).into_iter().zip(items(&right)).collect();
        let zip = || Patchy::new(left.clone()).zip_rs2(Patchy::new(right.clone()));
        prop_assert_eq!(drain(zip), pairs.clone());
        let differences: Vec<u32> = pairs.into_iter().map(|(left, right)| left ^ right).collect();
        let zip_with = || {
            let right = Patchy::new(right.clone());
            Patchy::new(left.clone()).zip_with_rs2(right, |left, right| left ^ right)
        };
        prop_assert_eq!(drain(zip_with), differences);
    }

    // While no stream waits, each yields one item a round.
    #[test]
    fn interleaved_streams_that_are_ready_take_strict_turns(
        lengths in prop::collection::vec(0..20_usize, 1..6),
    ) {
        let all: Vec<Vec<(usize, usize)>> = lengths.iter().enumerate()
            .map(|(stream, &length)| (0..length).map(|item| (stream, item)).collect())
            .collect();
        let expected = rounds(&all);
        let streams = || {
            let mut streams = all.iter().cloned().map(from_iter);
            (streams.next().expect("there is one"), streams.collect::<Vec<_>>())
        };
        let ready = drain(|| {
            let (first, others) = streams();
            first.interleave_rs2(others)
        });
        prop_assert_eq!(ready, expected.clone());
        let strict = drain(|| {
            let (first, others) = streams();
            first.interleave_strict_rs2(others)
        });
        prop_assert_eq!(strict, expected);
    }

    #[test]
    fn interleave_strict_does_not_care_when_items_come(
        all in prop::collection::vec(steps(), 1..6),
    ) {
        let expected = rounds(&all.iter().map(|steps| items(steps)).collect::<Vec<_>>());
        let strict = drain(|| {
            let mut streams = all.iter().cloned().map(Patchy::new);
            let first = streams.next().expect("there is one");
            first.interleave_strict_rs2(streams.collect())
        });
        prop_assert_eq!(strict, expected);
    }

    #[test]
    fn interleave_yields_all_streams_each_in_its_order(
        all in prop::collection::vec(steps(), 1..6),
    ) {
        let mixed = drain(|| {
            let mut streams = all.iter().enumerate().map(|(stream, steps)| {
                Patchy::new(steps.iter().map(move |&(stalls, item)| (stalls, (stream, item))))
            });
            let first = streams.next().expect("there is one");
            first.interleave_rs2(streams.collect())
        });
        for (stream, steps) in all.iter().enumerate() {
            let of_stream = mixed.iter().filter(|(of, _)| *of == stream);
            let of_stream: Vec<u32> = of_stream.map(|(_, item)| *item).collect();
            prop_assert_eq!(of_stream, items(steps));
        }
        prop_assert_eq!(mixed.len(), all.iter().map(Vec::len).sum::<usize>());
    }

    // Each poll makes both sides one stall shorter, and the left one is asked first.
    #[test]
    fn either_is_the_side_that_has_an_item_first(left in steps(), right in steps()) {
        let stalls = |steps: &[(u8, u32)]| steps.first().map_or(u8::MAX, |(stalls, _)| *stalls);
        let wins = if stalls(&left) <= stalls(&right) { &left } else { &right };
        let first = || Patchy::new(left.clone()).either_rs2(Patchy::new(right.clone()));
        prop_assert_eq!(drain(first), items(wins));
    }

    #[test]
    fn interrupt_when_yields_a_prefix_and_nothing_after_its_signal(
        steps in steps(), pauses in 0..60_u8,
    ) {
        // Each poll of the stream is one of the signal, so the signal counts the polls.
        let polls = steps.iter().map(|(stalls, _)| usize::from(*stalls) + 1);
        let mut last = 0;
        let all = steps.iter().zip(polls);
        let before_signal = all.take_while(|(_, polls)| {
            last += polls;
            last <= usize::from(pauses)
        });
        let expected: Vec<u32> = before_signal.map(|((_, item), _)| *item).collect();
        let stream = Patchy::new(steps.clone()).interrupt_when_rs2(yield_times(pauses));
        let got: Vec<u32> = futures_executor::block_on(stream.collect_rs2());
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn interrupt_when_without_a_signal_yields_everything(steps in steps()) {
        // A signal that only ever says "not yet", with a wake each time.
        let never = || std::future::poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        let got = drain(|| Patchy::new(steps.clone()).interrupt_when_rs2(never()));
        prop_assert_eq!(got, items(&steps));
    }
}

fn progress<S: Progress>(stream: std::pin::Pin<&mut S>) -> Poll<()> {
    stream.poll_progress(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn either_side_of_a_merge_wakes_its_task() {
    let (left, right) = (ByHand::default(), ByHand::default());
    let mut merged = pin!(left.clone().merge_rs2(right.clone()));
    for (turn, side) in [&left, &right, &right, &left].into_iter().enumerate() {
        let wakes = Arc::<Wakes>::default();
        assert!(poll(merged.as_mut(), &wakes).is_pending());
        side.give(turn);
        assert_eq!(wakes.count(), 1);
        assert_eq!(poll(merged.as_mut(), &wakes), Poll::Ready(Some(turn)));
    }
}

#[test]
fn a_merge_goes_on_with_the_side_that_is_left_and_leaves_the_other_alone() {
    let (left, right) = (ByHand::default(), ByHand::<u32>::default());
    let mut merged = pin!(left.clone().merge_rs2(right.clone()));
    right.end();
    assert!(poll(merged.as_mut(), &Arc::default()).is_pending());
    let polls = right.polls();
    left.give(1);
    assert_eq!(poll(merged.as_mut(), &Arc::default()), Poll::Ready(Some(1)));
    assert!(!merged.is_terminated());
    left.end();
    assert_eq!(poll(merged.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(poll(merged.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!((right.polls(), left.polls()), (polls, 3));
}

// Defect 22 of the peer: the second stream was polled only when the first had ended.
#[test]
fn a_merge_of_one_busy_side_does_not_starve_the_other() {
    let right = ByHand::default();
    let mut merged = pin!(from_iter(std::iter::repeat('l')).merge_rs2(right.clone()));
    for _ in 0..5 {
        assert_eq!(poll(merged.as_mut(), &Arc::default()), Poll::Ready(Some('l')));
    }
    right.give('r');
    let next = [(); 2].map(|()| poll(merged.as_mut(), &Arc::default()));
    assert!(next.contains(&Poll::Ready(Some('r'))), "{next:?}");
}

#[test]
fn the_second_of_a_concat_is_left_alone_until_the_first_has_ended() {
    let (first, second) = (ByHand::default(), ByHand::default());
    let mut whole = pin!(first.clone().concat_rs2(second.clone()));
    second.give(2);
    assert!(poll(whole.as_mut(), &Arc::default()).is_pending());
    assert_eq!(second.polls(), 0);
    first.end();
    assert_eq!(poll(whole.as_mut(), &Arc::default()), Poll::Ready(Some(2)));
    assert_eq!(first.handles(), 1, "what has ended is dropped");
    second.end();
    assert_eq!(poll(whole.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(second.handles(), 1);
}

#[test]
fn both_sides_of_a_zip_are_asked_at_once_and_no_further() {
    let (left, right) = (ByHand::default(), ByHand::default());
    let mut pairs = pin!(left.clone().zip_rs2(right.clone()));
    assert!(poll(pairs.as_mut(), &Arc::default()).is_pending());
    right.give('x');
    right.give('y');
    assert!(poll(pairs.as_mut(), &Arc::default()).is_pending());
    assert!(poll(pairs.as_mut(), &Arc::default()).is_pending());
    assert_eq!((left.polls(), right.polls()), (3, 2));
    left.give(1);
    assert_eq!(poll(pairs.as_mut(), &Arc::default()), Poll::Ready(Some((1, 'x'))));
}

/// The published crate's `zip_with` waits for the other side for ever.
// Defect 22 of the peer: the side that had not ended was waited for.
#[test]
fn a_zip_ends_when_either_side_has_ended_whatever_the_other_does() {
    let (left, right) = (ByHand::<u32>::default(), ByHand::<u32>::default());
    let mut pairs = pin!(left.clone().zip_with_rs2(right.clone(), |left, right| left + right));
    assert!(poll(pairs.as_mut(), &Arc::default()).is_pending());
    right.end();
    assert_eq!(poll(pairs.as_mut(), &Arc::default()), Poll::Ready(None));

    let item = Rc::new(());
    let (left, right) = (ByHand::default(), ByHand::<u32>::default());
    let mut pairs = pin!(left.clone().zip_rs2(right.clone()));
    left.give(item.clone());
    assert!(poll(pairs.as_mut(), &Arc::default()).is_pending());
    right.end();
    assert_eq!(poll(pairs.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(Rc::strong_count(&item), 1, "the item without a partner is dropped");
    assert!(poll(pairs.as_mut(), &Arc::default()).is_ready());
    assert_eq!(left.polls(), 1);
}

#[test]
fn a_silent_stream_holds_back_strict_turns_only() {
    let (quiet, busy) = (ByHand::default(), ByHand::default());
    (0..3).for_each(|item| busy.give(item));
    let mut ready = pin!(quiet.clone().interleave_rs2(vec![busy.clone()]));
    assert_eq!(poll(ready.as_mut(), &Arc::default()), Poll::Ready(Some(0)));
    assert_eq!(poll(ready.as_mut(), &Arc::default()), Poll::Ready(Some(1)));
    let mut strict = pin!(quiet.clone().interleave_strict_rs2(vec![busy.clone()]));
    let polls = busy.polls();
    assert!(poll(strict.as_mut(), &Arc::default()).is_pending());
    assert_eq!(busy.polls(), polls);
    quiet.give(9);
    assert_eq!(poll(strict.as_mut(), &Arc::default()), Poll::Ready(Some(9)));
    assert_eq!(poll(strict.as_mut(), &Arc::default()), Poll::Ready(Some(2)));
}

#[test]
fn a_busy_stream_does_not_keep_others_from_their_turn() {
    let others: Vec<ByHand<usize>> = vec![ByHand::default(), ByHand::default()];
    let mut mixed = pin!(repeat(0).interleave_rs2(others.clone()));
    for _ in 0..5 {
        assert_eq!(poll(mixed.as_mut(), &Arc::default()), Poll::Ready(Some(0)));
    }
    others[0].give(1);
    others[1].give(2);
    let mut next = [(); 3].map(|()| match poll(mixed.as_mut(), &Arc::default()) {
        Poll::Ready(Some(item)) => item,
        other => panic!("{other:?}"),
    });
    next.sort_unstable();
    assert_eq!(next, [0, 1, 2]);
}

#[test]
fn every_stream_of_an_interleave_wakes_its_task() {
    let streams: Vec<ByHand<usize>> = (0..3).map(|_| ByHand::default()).collect();
    let mut mixed = pin!(streams[0].clone().interleave_rs2(streams[1..].to_vec()));
    for turn in [0, 2, 1, 1, 0, 2] {
        let wakes = Arc::<Wakes>::default();
        assert!(poll(mixed.as_mut(), &wakes).is_pending());
        streams[turn].give(turn);
        assert_eq!(wakes.count(), 1);
        assert_eq!(poll(mixed.as_mut(), &wakes), Poll::Ready(Some(turn)));
    }
}

#[test]
fn streams_of_an_interleave_are_dropped_as_they_end() {
    let streams: Vec<ByHand<usize>> = (0..3).map(|_| ByHand::default()).collect();
    let mut mixed = pin!(streams[0].clone().interleave_rs2(streams[1..].to_vec()));
    streams[1].end();
    assert!(poll(mixed.as_mut(), &Arc::default()).is_pending());
    assert_eq!([0, 1, 2].map(|at| streams[at].handles()), [2, 1, 2]);
}

/// The published crate's `either` waits for its first stream before it looks at the second.
// Defect 22 of the peer: a silent side blocked the other, and ended streams were polled again.
#[test]
fn a_silent_side_does_not_hold_back_the_other_of_an_either() {
    for wins in [0, 1] {
        let sides = [ByHand::default(), ByHand::default()];
        let mut first = pin!(sides[0].clone().either_rs2(sides[1].clone()));
        let wakes = Arc::<Wakes>::default();
        assert!(poll(first.as_mut(), &wakes).is_pending());
        sides[wins].give(7);
        assert_eq!(wakes.count(), 1);
        assert_eq!(poll(first.as_mut(), &wakes), Poll::Ready(Some(7)));
        assert_eq!([sides[wins].handles(), sides[1 - wins].handles()], [2, 1]);
        sides[1 - wins].give(8);
        assert!(poll(first.as_mut(), &wakes).is_pending());
        sides[wins].end();
        assert_eq!(poll(first.as_mut(), &wakes), Poll::Ready(None));
    }
}

#[test]
fn a_side_that_ends_without_an_item_has_not_won() {
    for ends in [0, 1] {
        let sides = [ByHand::default(), ByHand::default()];
        let mut first = pin!(sides[0].clone().either_rs2(sides[1].clone()));
        sides[ends].end();
        assert!(poll(first.as_mut(), &Arc::default()).is_pending());
        assert!(!first.is_terminated());
        sides[1 - ends].give(7);
        assert_eq!(poll(first.as_mut(), &Arc::default()), Poll::Ready(Some(7)));
    }
}

#[test]
fn a_signal_that_is_ready_leaves_the_source_alone() {
    let source = ByHand::default();
    source.give(1);
    let mut stream = pin!(source.clone().interrupt_when_rs2(ready(())));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!((source.polls(), stream.size_hint()), (0, (0, Some(0))));
}

#[test]
fn a_signal_wakes_a_stream_whose_source_is_silent() {
    let (source, signal) = (ByHand::<u32>::default(), ByHand::default());
    let ends = signal.clone().for_each_rs2(|()| ready(()));
    let mut stream = pin!(source.interrupt_when_rs2(ends));
    let wakes = Arc::<Wakes>::default();
    assert!(poll(stream.as_mut(), &wakes).is_pending());
    signal.end();
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(stream.as_mut(), &wakes), Poll::Ready(None));
}

#[test]
fn the_signal_is_dropped_as_soon_as_the_source_has_ended() {
    let held = Rc::new(());
    let signal = {
        let held = held.clone();
        async move {
            pending::<()>().await;
            drop(held);
        }
    };
    let mut stream = pin!(from_iter([1]).interrupt_when_rs2(signal));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(Some(1)));
    assert_eq!(Rc::strong_count(&held), 2);
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn progress_moves_the_signal_too() {
    let source = ByHand::default();
    source.give(1);
    let mut stream = pin!(source.clone().interrupt_when_rs2(yield_times(1)));
    assert!(progress(stream.as_mut()).is_pending());
    assert!(progress(stream.as_mut()).is_ready());
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(source.polls(), 0);
}
