//! The futures that use a stream up, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use drain::Wakes;
use futures_core::{FusedFuture, Stream};
use futures_executor::block_on;
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..1_000_u32), 0..60)
}

fn items(steps: &[(u8, u32)]) -> Vec<u32> {
    steps.iter().map(|(_, item)| *item).collect()
}

/// A sum that depends on the order.
fn mix(sum: u64, n: u32) -> u64 {
    sum.wrapping_mul(31).wrapping_add(u64::from(n))
}

proptest! {
    #[test]
    fn fold_makes_one_value_of_all_items(steps in steps(), pauses in 0..3_u8, init in 0..9_u64) {
        let expected = items(&steps).into_iter().fold(init, mix);
        let fold = Patchy::new(steps).fold_rs2(init, |sum, n| async move {
            yield_times(pauses).await;
            mix(sum, n)
        });
        prop_assert_eq!(block_on(fold), expected);
    }

    #[test]
    fn fold_sync_makes_one_value_of_all_items(steps in steps(), init in 0..9_u64) {
        let expected = items(&steps).into_iter().fold(init, mix);
        prop_assert_eq!(block_on(Patchy::new(steps).fold_sync_rs2(init, mix)), expected);
    }

    #[test]
    fn reduce_makes_one_item_of_all(steps in steps(), pauses in 0..3_u8) {
        let wide = |n: u32| u64::from(n);
        let mixed = |sum: u64, n: u64| sum.wrapping_mul(31).wrapping_add(n);
        let expected = items(&steps).into_iter().map(wide).reduce(mixed);
        let reduce = Patchy::new(steps).map_rs2(wide).reduce_rs2(|sum, n| async move {
            yield_times(pauses).await;
            mixed(sum, n)
        });
        prop_assert_eq!(block_on(reduce), expected);
    }

    #[test]
    fn for_each_finishes_one_future_before_the_next(steps in steps(), pauses in 0..3_u8) {
        let expected: Vec<u32> = items(&steps).into_iter().flat_map(|n| [n, n]).collect();
        let log = &RefCell::new(Vec::new());
        block_on(Patchy::new(steps).for_each_rs2(|n| async move {
            log.borrow_mut().push(n);
            yield_times(pauses).await;
            log.borrow_mut().push(n);
        }));
        prop_assert_eq!(log.take(), expected);
    }

    #[test]
    fn collect_keeps_every_item(steps in steps()) {
        let expected = items(&steps);
        let list: VecDeque<u32> = block_on(Patchy::new(steps.clone()).collect_rs2());
        prop_assert_eq!(&list, &expected);
        let set: BTreeSet<u32> = block_on(Patchy::new(steps).collect_rs2());
        prop_assert_eq!(set, expected.into_iter().collect());
    }

    // What lies between two polls is neither lost nor counted twice, wherever the budget ends.
    #[test]
    fn long_streams_come_through_whole(length in 1_000..5_000_u64) {
        let sum = length * (length - 1) / 2;
        prop_assert_eq!(block_on(from_iter(0..length).fold_sync_rs2(0, |a, n| a + n)), sum);
        prop_assert_eq!(block_on(from_iter(0..length).fold_rs2(0, |a, n| ready(a + n))), sum);
        let reduce = from_iter(0..length).reduce_rs2(|a, n| ready(a + n));
        prop_assert_eq!(block_on(reduce), Some(sum));
        let all: Vec<u64> = block_on(from_iter(0..length).collect_rs2());
        prop_assert_eq!(all, (0..length).collect::<Vec<u64>>());
    }
}

fn poll<F: Future>(future: Pin<&mut F>, wakes: &Arc<Wakes>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&wakes.waker()))
}

/// One poll over a source that is always ready takes 1,024 items, and then wakes its task.
fn gives_the_task_back<F: Future>(mut future: Pin<&mut F>, taken: &Cell<u32>) {
    for polls in 1..=3 {
        let wakes = Arc::<Wakes>::default();
        assert!(poll(future.as_mut(), &wakes).is_pending());
        assert_eq!((taken.get(), wakes.count()), (1_024 * polls, 1));
    }
    taken.set(0);
}

fn endless(taken: &Cell<u32>) -> impl Stream<Item = u32> {
    from_iter((0..).inspect(|_: &u32| taken.set(taken.get() + 1)))
}

#[test]
fn every_one_of_them_gives_the_task_back_after_1_024_items() {
    let taken = &Cell::new(0);
    gives_the_task_back(pin!(endless(taken).fold_rs2(0, |_, n| ready(n))), taken);
    gives_the_task_back(pin!(endless(taken).fold_sync_rs2(0, |_, n| n)), taken);
    gives_the_task_back(pin!(endless(taken).for_each_rs2(|_| ready(()))), taken);
    gives_the_task_back(pin!(endless(taken).collect_rs2::<Vec<u32>>()), taken);
}

#[test]
fn nothing_is_taken_while_a_future_of_the_closure_runs() {
    let source = ByHand::default();
    source.give(1);
    source.give(2);
    let mut busy = pin!(source.clone().for_each_rs2(async |_: u32| std::future::pending().await));
    for _ in 0..3 {
        assert!(poll(busy.as_mut(), &Arc::default()).is_pending());
    }
    assert_eq!(source.polls(), 1);
}

/// Polling it now panics, and it says that it is done.
fn is_over<F: FusedFuture>(mut future: Pin<&mut F>) {
    assert!(future.is_terminated());
    for _ in 0..2 {
        let again = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut(), &Arc::default())));
        assert!(again.is_err(), "it is polled after its end");
    }
}

fn ends<F: FusedFuture>(mut future: Pin<&mut F>) {
    assert!(!future.is_terminated());
    assert!(poll(future.as_mut(), &Arc::default()).is_ready());
    is_over(future);
}

#[test]
fn polling_after_the_end_panics() {
    ends(pin!(from_iter([1]).fold_rs2(0, |a, n| ready(a + n))));
    ends(pin!(from_iter([1]).fold_sync_rs2(0, |a, n| a + n)));
    ends(pin!(from_iter([1]).reduce_rs2(|a, n| ready(a + n))));
    ends(pin!(from_iter([1]).for_each_rs2(|_| ready(()))));
    ends(pin!(from_iter([1]).collect_rs2::<Vec<u32>>()));
}

fn breaks<F: FusedFuture>(mut future: Pin<&mut F>) {
    let first = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut(), &Arc::default())));
    assert!(first.is_err(), "the panic must come through");
    is_over(future);
}

#[test]
fn nothing_goes_on_after_a_panic() {
    let source = || from_iter([1, 2, 3]);
    breaks(pin!(source().fold_rs2(0, async |_: u32, _: u32| panic!("a test"))));
    breaks(pin!(source().fold_sync_rs2(0, |_: u32, _: u32| panic!("a test"))));
    breaks(pin!(source().reduce_rs2(async |_: u32, _: u32| panic!("a test"))));
    breaks(pin!(source().for_each_rs2(async |_: u32| panic!("a test"))));
    let fails = |n: u32| assert!(n < 2, "a test");
    breaks(pin!(source().map_rs2(fails).collect_rs2::<Vec<()>>()));
}
