//! Loops that advance what their source has in flight, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;

use futures_core::FusedFuture;
use futures_executor::block_on;
use futures_util::lock::Mutex;
use patchy::{Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// For each item: how often the source stalls before it, and how long the work on it takes.
fn steps() -> impl Strategy<Value = Vec<(u8, (u32, u8))>> {
    prop::collection::vec((0..3_u8, (0..1_000_u32, 0..6_u8)), 0..50)
}

fn mix(sum: u64, n: u32) -> u64 {
    sum.wrapping_mul(31).wrapping_add(u64::from(n))
}

async fn work((item, takes): (u32, u8)) -> u32 {
    yield_times(takes).await;
    item
}

proptest! {
    #[test]
    fn drive_each_runs_one_future_for_each_item_in_order(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let (seen, running) = (RefCell::new(Vec::new()), Cell::new(0));
        let outputs = Patchy::new(steps).par_eval_map_inline_rs2(concurrency, work);
        block_on(outputs.drive_each_rs2(async |item| {
            running.set(running.get() + 1);
            assert_eq!(running.get(), 1);
            yield_times(pauses).await;
            running.set(0);
            seen.borrow_mut().push(item);
        }));
        prop_assert_eq!(seen.into_inner(), items);
    }

    #[test]
    fn drive_fold_makes_one_value_of_all_items(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8, init in 0..9_u64,
    ) {
        let expected = steps.iter().map(|(_, (item, _))| *item).fold(init, mix);
        let outputs = Patchy::new(steps).par_eval_map_inline_rs2(concurrency, work);
        let fold = outputs.drive_fold_rs2(init, |sum, n| async move {
            yield_times(pauses).await;
            mix(sum, n)
        });
        prop_assert_eq!(block_on(fold), expected);
    }

    #[test]
    fn a_body_that_needs_what_is_in_flight_always_gets_it(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let permit = Mutex::new(Vec::new());
        let outputs = Patchy::new(steps).par_eval_map_inline_rs2(concurrency, async |step| {
            let held = permit.lock().await;
            let item = work(step).await;
            drop(held);
            yield_times(pauses).await;
            item
        });
        block_on(outputs.drive_each_rs2(async |item| permit.lock().await.push(item)));
        prop_assert_eq!(permit.into_inner(), items);
    }
}

#[test]
fn what_is_in_flight_finishes_while_the_body_waits_for_ever() {
    let finished = Cell::new(0);
    let outputs = from_iter(0..3_u8).par_eval_map_inline_rs2(3, |n| {
        let finished = &finished;
        async move {
            yield_times(n).await;
            finished.set(finished.get() + 1);
        }
    });
    let mut each = pin!(outputs.drive_each_rs2(|()| pending()));
    let mut cx = Context::from_waker(Waker::noop());
    (0..9).for_each(|_| assert!(each.as_mut().poll(&mut cx).is_pending()));
    assert_eq!(finished.get(), 3);
}

#[test]
fn an_endless_source_gives_the_task_back_after_the_budget() {
    let mut cx = Context::from_waker(Waker::noop());
    let seen = Cell::new(0);
    let mut each = pin!(repeat(1).drive_each_rs2(async |n: u32| seen.set(seen.get() + n)));
    assert!(each.as_mut().poll(&mut cx).is_pending());
    assert_eq!(seen.get(), 1_024);
    let mut fold = pin!(repeat(1).drive_fold_rs2(0, |sum: u32, n: u32| ready(sum + n)));
    assert!(fold.as_mut().poll(&mut cx).is_pending());
}

#[test]
fn after_a_panic_nothing_goes_on() {
    let mut each = pin!(from_iter(0..3).drive_each_rs2(async |n: u32| assert!(n != 1, "one")));
    let mut poll = || {
        let mut cx = Context::from_waker(Waker::noop());
        catch_unwind(AssertUnwindSafe(|| each.as_mut().poll(&mut cx)))
    };
    assert!(poll().is_err());
    assert!(poll().is_err());
    assert!(each.is_terminated());
}

#[test]
fn they_are_terminated_once_they_were_ready() {
    let mut cx = Context::from_waker(Waker::noop());
    let mut fold = pin!(empty().drive_fold_rs2(7, |sum: u32, n: u32| ready(sum + n)));
    assert!(!fold.is_terminated());
    assert_eq!(fold.as_mut().poll(&mut cx), Poll::Ready(7));
    assert!(fold.is_terminated());
}
