//! The `par_eval_map` family against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/tasks.rs"]
mod tasks;

use futures_core::Stream;
use futures_executor::{LocalPool, block_on};
use futures_util::stream::StreamExt;
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::slots::{HeapSlots, Slots};
use std::cell::Cell;
use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use tasks::{Loses, OWED, Pool, RUNNING, Watch, read_all, width};

/// For each item: how often the source stalls before it, and how long the work on it takes.
fn steps() -> impl Strategy<Value = Vec<(u8, (u32, u8))>> {
    prop::collection::vec((0..3_u8, (0..1_000_u32, 0..6_u8)), 0..50)
}

proptest! {
    #[test]
    fn inline_outputs_come_in_order_within_both_limits(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let (mut pool, watch) = (LocalPool::new(), Watch::default());
        let works = watch.clone();
        let outputs = Patchy::new(steps)
            .par_eval_map_inline_rs2(concurrency, move |(item, takes)| works.work(item, takes));
        let seen = read_all(&pool, &watch, pauses, outputs);
        pool.run_until_stalled();
        prop_assert_eq!(&*seen.borrow(), &(items, true));
        prop_assert!(watch.most(RUNNING) <= concurrency);
        prop_assert!(watch.most(OWED) <= width(concurrency));
    }

    #[test]
    fn spawned_outputs_come_in_order_within_both_limits_even_when_tasks_are_refused(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8, refuses in 0..4_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let (mut pool, watch) = (LocalPool::new(), Watch::default());
        let (works, spawner) = (watch.clone(), Pool::new(&pool, refuses));
        let outputs = Patchy::new(steps)
            .par_eval_map_on_rs2(spawner, concurrency, move |(item, n)| works.work(item, n));
        let seen = read_all(&pool, &watch, pauses, outputs);
        pool.run_until_stalled();
        prop_assert_eq!(&*seen.borrow(), &(items, true));
        prop_assert!(watch.most(RUNNING) <= concurrency);
        prop_assert!(watch.most(OWED) <= width(concurrency));
    }

    #[test]
    fn what_is_left_is_told_exactly_at_every_moment(
        steps in steps(), concurrency in 1..6_usize,
    ) {
        let mut left = steps.len();
        let watch = Watch::default();
        let mut outputs = Patchy::new(steps)
            .par_eval_map_inline_rs2(concurrency, |(item, takes)| watch.work(item, takes));
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            prop_assert_eq!(outputs.size_hint(), (left, Some(left)));
            match Pin::new(&mut outputs).poll_next(&mut cx) {
                Poll::Ready(Some(_)) => left -= 1,
                Poll::Ready(None) => break,
                Poll::Pending => {}
            }
        }
        prop_assert_eq!(left, 0);
    }
}

// Defect 6 of the peer: the faster of two neighbours overtook.
#[test]
fn later_items_that_finish_first_wait_their_turn() {
    let mut pool = LocalPool::new();
    let takes = |n: u8| async move {
        yield_times(8 - n).await;
        n
    };
    let inline = block_on(from_iter(0..8).par_eval_map_inline_rs2(8, takes).collect::<Vec<_>>());
    let spawner = Pool::new(&pool, 0);
    let spawned = from_iter(0..8).par_eval_map_on_rs2(spawner, 8, takes).collect::<Vec<_>>();
    assert_eq!((inline, pool.run_until(spawned)), ((0..8).collect(), (0..8).collect()));
}

// Defect 24 of the peer: what had finished waited for the next item.
#[test]
fn a_finished_output_is_delivered_while_the_source_is_silent() {
    let source = ByHand::default();
    let mut outputs = source.clone().par_eval_map_inline_rs2(4, |n: u32| ready(n + 1));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
    source.give(1);
    assert_eq!(outputs.poll_next_unpin(&mut cx), Poll::Ready(Some(2)));

    let mut pool = LocalPool::new();
    let source = ByHand::default();
    let watch = Watch::default();
    let takes = |n: u32| async move {
        yield_times(3).await;
        n
    };
    let spawned = source.clone().par_eval_map_on_rs2(Pool::new(&pool, 0), 4, takes);
    watch.add(OWED);
    let seen = read_all(&pool, &watch, 0, spawned);
    source.give(5);
    pool.run_until_stalled();
    assert_eq!(*seen.borrow(), (vec![5], false));
}

#[test]
fn a_free_slot_is_filled_before_an_item_is_yielded() {
    let started = Cell::new(0);
    let mut outputs = pin!(from_iter(0..10).par_eval_map_inline_rs2(2, |n: u8| {
        started.set(started.get() + 1);
        let takes = if n == 0 { 0 } else { u8::MAX };
        async move {
            yield_times(takes).await;
            n
        }
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(0)));
    assert_eq!(started.get(), 3, "one finished, two in flight");
}

#[test]
fn one_at_a_time_starts_nothing_before_the_last_output_is_yielded() {
    let started = Cell::new(0);
    let mut outputs = pin!(from_iter(0..10).par_eval_map_inline_rs2(1, |n: u8| {
        started.set(started.get() + 1);
        ready(n)
    }));
    let mut cx = Context::from_waker(Waker::noop());
    for n in 0..10 {
        assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
        assert_eq!(started.get(), n + 1);
    }
}

#[test]
fn a_slow_head_stops_the_source_at_twice_the_concurrency() {
    let source = ByHand::default();
    (0..100).for_each(|n| source.give(n));
    let mut outputs = pin!(source.clone().par_eval_map_inline_rs2(3, |n: u32| async move {
        if n == 0 {
            pending::<()>().await;
        }
        n
    }));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..9 {
        assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    }
    assert_eq!(source.polls(), 6);
}

#[test]
fn a_large_window_gives_the_task_back_after_the_budget() {
    let started = Cell::new(0);
    let mut outputs = pin!(from_iter(0..5_000).par_eval_map_inline_rs2(5_000, |_: u32| {
        started.set(started.get() + 1);
        pending::<()>()
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!(started.get(), 1_024);
}

#[test]
fn progress_advances_what_is_in_flight_without_asking_the_source() {
    let source = ByHand::default();
    (0..4).for_each(|n| source.give(n));
    let watch = Watch::default();
    let mut outputs =
        pin!(source.clone().par_eval_map_inline_rs2(2, |n: u8| watch.work(n, 2 * n + 1)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!((watch.running(), source.polls()), (2, 2));
    while outputs.as_mut().poll_progress(&mut cx).is_pending() {}
    assert_eq!((watch.running(), source.polls()), (0, 2));
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(0)));
}

#[test]
fn a_panic_of_a_task_is_resumed_in_its_place_and_cancels_what_came_after() {
    let (mut pool, watch) = (LocalPool::new(), Watch::default());
    let works = watch.clone();
    let outputs = from_iter(0..20).par_eval_map_on_rs2(Pool::new(&pool, 0), 4, move |n: u8| {
        let work = works.work(n, if n < 2 { 9 } else { 0 });
        async move {
            if n > 2 {
                pending::<()>().await;
            }
            let n = work.await;
            assert!(n != 2, "two");
            n
        }
    });
    let mut outputs = Box::pin(outputs);
    let mut next = || catch_unwind(AssertUnwindSafe(|| pool.run_until(outputs.next())));
    assert_eq!((next().unwrap(), next().unwrap()), (Some(0), Some(1)));
    let panic = next().expect_err("it was resumed here");
    assert!(panic.downcast_ref::<&str>().is_some_and(|text| *text == "two"));
    assert_eq!(next().unwrap(), None);
    assert_eq!(outputs.size_hint(), (0, Some(0)));
    pool.run_until_stalled();
    assert_eq!(watch.running(), 0, "cancelled");
}

#[test]
fn a_lost_task_is_a_panic_and_never_an_end() {
    let mut outputs = pin!(from_iter(0..3).par_eval_map_on_rs2(Loses, 2, ready::<u8>));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(outputs.next()))).is_err());
}

#[test]
fn a_panic_inline_goes_through_and_ends_the_stream() {
    let mut outputs = pin!(from_iter(0..9).par_eval_map_inline_rs2(2, |n: u8| async move {
        assert!(n != 1, "one");
        n
    }));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(outputs.next()))).is_err());
    assert_eq!(block_on(outputs.next()), None);
}

#[test]
fn dropping_the_stream_cancels_its_tasks() {
    let (mut pool, watch) = (LocalPool::new(), Watch::default());
    let works = watch.clone();
    let outputs = from_iter(0..9).par_eval_map_on_rs2(Pool::new(&pool, 0), 3, move |n: u8| {
        let work = works.work(n, 0);
        async move {
            pending::<()>().await;
            work.await
        }
    });
    let mut outputs = Box::pin(outputs);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
    pool.run_until_stalled();
    assert_eq!(watch.running(), 3);
    drop(outputs);
    pool.run_until_stalled();
    assert_eq!(watch.running(), 0);
}

#[test]
fn full_slots_give_the_future_back() {
    let mut slots = pin!(HeapSlots::bounded(1));
    assert!(slots.as_mut().insert(ready(1)).is_ok());
    let full = slots.as_mut().insert(ready(2)).expect_err("one slot");
    assert_eq!((block_on(full.0), slots.len(), slots.is_full()), (2, 1, true));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(slots.as_mut().poll_next(&mut cx), Poll::Ready(Some(1)));
    assert_eq!(slots.as_mut().poll_next(&mut cx), Poll::Ready(None));
}

#[test]
#[should_panic(expected = "never start anything")]
fn a_concurrency_of_zero_is_a_mistake() {
    let _ = from_iter([1]).par_eval_map_inline_rs2(0, ready);
}
