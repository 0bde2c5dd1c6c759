//! The operators that make one item of another, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use drain::{Wakes, drain, poll};
use futures_core::{FusedStream, Stream};
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..1_000_u32), 0..40)
}

fn items(steps: &[(u8, u32)]) -> Vec<u32> {
    steps.iter().map(|(_, item)| *item).collect()
}

/// Runs `f`, which must panic.
fn panics<R>(f: impl FnOnce() -> R) {
    assert!(catch_unwind(AssertUnwindSafe(f)).is_err(), "the panic must come through");
}

proptest! {
    #[test]
    fn map_yields_f_of_each_item(steps in steps()) {
        let expected: Vec<u64> = items(&steps).into_iter().map(|n| 2 * u64::from(n)).collect();
        let got = drain(|| Patchy::new(steps.clone()).map_rs2(|n| 2 * u64::from(n)));
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn filter_map_yields_what_f_makes(steps in steps(), every in 1..4_u32) {
        let f = |n: u32| n.is_multiple_of(every).then(|| n.to_string());
        let expected: Vec<String> = items(&steps).into_iter().filter_map(f).collect();
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).filter_map_rs2(f)), expected);
    }

    #[test]
    fn flat_map_yields_the_streams_one_after_the_other(
        outer in prop::collection::vec((0..3_u8, steps()), 0..8),
    ) {
        let expected: Vec<u32> = outer.iter().flat_map(|(_, inner)| items(inner)).collect();
        prop_assert_eq!(drain(|| Patchy::new(outer.clone()).flat_map_rs2(Patchy::new)), expected);
    }

    #[test]
    fn eval_map_runs_one_future_at_a_time(steps in steps(), pauses in 0..4_u8) {
        let running = Cell::new(0);
        let work = |n: u32| {
            let running = &running;
            async move {
                assert_eq!(running.replace(1), 0, "one future at a time");
                yield_times(pauses).await;
                running.set(0);
                n + 1
            }
        };
        let expected: Vec<u32> = items(&steps).into_iter().map(|n| n + 1).collect();
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).eval_map_rs2(work)), expected);
    }

    #[test]
    fn eval_filter_yields_what_its_futures_let_through(steps in steps(), pauses in 0..4_u8) {
        let judge = |n: &u32| {
            let odd = n % 2 == 1;
            async move {
                yield_times(pauses).await;
                odd
            }
        };
        let expected: Vec<u32> = items(&steps).into_iter().filter(|n| n % 2 == 1).collect();
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).eval_filter_rs2(judge)), expected);
    }

    #[test]
    fn inspect_shows_each_item_once_and_in_order(steps in steps()) {
        let seen = RefCell::new(Vec::new());
        let got = drain(|| {
            seen.borrow_mut().clear();
            Patchy::new(steps.clone()).inspect_rs2(|n| seen.borrow_mut().push(*n))
        });
        prop_assert_eq!(&got, &items(&steps));
        prop_assert_eq!(seen.into_inner(), got);
    }

    #[test]
    fn scan_yields_each_value_but_not_the_first(steps in steps(), init in 0..9_u32) {
        let sum = |sum: u32, n: u32| 3 * (sum % 1_000) + n;
        let mut value = init;
        let mut expected = Vec::new();
        for n in items(&steps) {
            value = sum(value, n);
            expected.push(value);
        }
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).scan_rs2(init, sum)), expected);
    }
}

#[test]
fn filter_map_gives_the_task_back_after_1_024_dropped_items() {
    let mut seen = 0;
    let mut stream = pin!(from_iter(0..).filter_map_rs2(|_: u32| {
        seen += 1;
        None::<u32>
    }));
    let wakes = Arc::<Wakes>::default();
    assert!(poll(stream.as_mut(), &wakes).is_pending());
    assert_eq!((seen, wakes.count()), (1_024, 1));
}

#[test]
fn flat_map_gives_the_task_back_after_1_024_empty_streams() {
    let mut made = 0;
    let mut stream = pin!(from_iter(0..).flat_map_rs2(|_: u32| {
        made += 1;
        from_iter([0_u32; 0])
    }));
    let wakes = Arc::<Wakes>::default();
    assert!(poll(stream.as_mut(), &wakes).is_pending());
    assert_eq!((made, wakes.count()), (1_024, 1));
}

#[test]
fn eval_filter_gives_the_task_back_after_1_024_dropped_items() {
    let mut seen = 0;
    let mut stream = pin!(from_iter(0..).eval_filter_rs2(|_: &u32| {
        seen += 1;
        ready(false)
    }));
    let wakes = Arc::<Wakes>::default();
    assert!(poll(stream.as_mut(), &wakes).is_pending());
    assert_eq!((seen, wakes.count()), (1_024, 1));
}

#[test]
fn eval_map_takes_nothing_while_a_future_runs() {
    let source = ByHand::default();
    source.give(1);
    source.give(2);
    let mut stream = pin!(source.clone().eval_map_rs2(|_: u32| pending::<()>()));
    for _ in 0..3 {
        assert!(poll(stream.as_mut(), &Arc::default()).is_pending());
    }
    assert_eq!((source.polls(), stream.size_hint()), (1, (1, None)));
}

#[test]
fn an_output_that_progress_brought_waits_to_be_asked_for() {
    let source = ByHand::default();
    source.give(7);
    let work = |n: u32| async move {
        yield_times(1).await;
        n
    };
    let mut stream = pin!(source.clone().eval_map_rs2(work));
    assert!(poll(stream.as_mut(), &Arc::default()).is_pending());
    let waker = std::task::Waker::noop();
    let moved = stream.as_mut().poll_progress(&mut std::task::Context::from_waker(waker));
    assert_eq!((moved, source.polls()), (Poll::Ready(()), 1));
    assert_eq!(stream.size_hint(), (1, None));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(Some(7)));
    assert_eq!(source.polls(), 1);
}

#[test]
fn a_panic_of_a_future_comes_through_and_ends_the_stream() {
    let mut mapped = pin!(from_iter([1, 2]).eval_map_rs2(async |_: u32| panic!("a test")));
    panics(|| poll(mapped.as_mut(), &Arc::default()));
    assert!(mapped.is_terminated());
    assert_eq!(poll(mapped.as_mut(), &Arc::default()), Poll::<Option<()>>::Ready(None));

    let filtered = from_iter([1, 2]).eval_filter_rs2(|_: &u32| async { panic!("a test") });
    let mut filtered = pin!(filtered);
    panics(|| poll(filtered.as_mut(), &Arc::default()));
    assert!(filtered.is_terminated());
    assert_eq!(poll(filtered.as_mut(), &Arc::default()), Poll::Ready(None));
}

#[test]
fn a_panic_in_scan_comes_through_and_ends_the_stream() {
    let mut stream = pin!(from_iter([1, 2]).scan_rs2(0, |_: u32, _: u32| panic!("a test")));
    panics(|| poll(stream.as_mut(), &Arc::default()));
    assert_eq!(stream.size_hint(), (0, Some(0)));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));
}

proptest! {
    #[test]
    fn a_task_is_given_back_after_so_many_items_in_a_row(
        items in 0_usize..40,
        most in 1_usize..6,
    ) {
        let mut stream = pin!(from_iter(0..items).yield_every_rs2(most));
        let mut cx = Context::from_waker(Waker::noop());
        let (mut seen, mut row) = (0, 0);
        loop {
            match stream.as_mut().poll_next(&mut cx) {
                Poll::Ready(Some(item)) => {
                    prop_assert_eq!(item, seen);
                    seen += 1;
                    row += 1;
                    prop_assert!(row <= most);
                }
                Poll::Ready(None) => break,
                Poll::Pending => {
                    prop_assert_eq!(row, most);
                    row = 0;
                }
            }
        }
        prop_assert_eq!(seen, items);
    }
}

#[test]
fn when_the_source_waits_the_count_of_items_in_a_row_begins_anew() {
    let mut polls = 0;
    let source = futures_util::stream::poll_fn(|_| {
        polls += 1;
        if polls == 2 { Poll::Pending } else { Poll::Ready(Some(polls)) }
    });
    let mut stream = pin!(source.yield_every_rs2(2));
    let mut cx = Context::from_waker(Waker::noop());
    let answers: Vec<_> = (0..5).map(|_| stream.as_mut().poll_next(&mut cx)).collect();
    let item = |n| Poll::Ready(Some(n));
    assert_eq!(answers, [item(1), Poll::Pending, item(3), item(4), Poll::Pending]);
}
