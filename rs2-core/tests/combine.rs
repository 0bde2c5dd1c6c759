//! merge and interrupt_when against a few lines of `Vec` code.
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
