//! Outputs as they finish, and blocking jobs with a limit, against a few lines of `Vec` code.
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
use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use tasks::{Later, Loses, OWED, Pool, RUNNING, Threads, Watch, read_all, width};

/// For each item: how often the source stalls before it, and how long the work on it takes.
fn steps() -> impl Strategy<Value = Vec<(u8, (u32, u8))>> {
    prop::collection::vec((0..3_u8, (0..1_000_u32, 0..6_u8)), 0..50)
}

fn sorted(mut items: Vec<u32>) -> Vec<u32> {
    items.sort_unstable();
    items
}

proptest! {
    #[test]
    fn inline_no_output_is_lost_or_doubled_within_both_limits(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let (mut pool, watch) = (LocalPool::new(), Watch::default());
        let works = watch.clone();
        let outputs = Patchy::new(steps).par_eval_map_unordered_inline_rs2(
            concurrency,
            move |(item, takes)| works.work(item, takes),
        );
        let seen = read_all(&pool, &watch, pauses, outputs);
        pool.run_until_stalled();
        let (seen, ended) = seen.take();
        prop_assert!(ended);
        prop_assert_eq!(sorted(seen), sorted(items));
        prop_assert!(watch.most(RUNNING) <= concurrency);
        prop_assert!(watch.most(OWED) <= width(concurrency));
    }

    #[test]
    fn spawned_no_output_is_lost_or_doubled_even_when_tasks_are_refused(
        steps in steps(), concurrency in 1..6_usize, pauses in 0..4_u8, refuses in 0..4_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let (mut pool, watch) = (LocalPool::new(), Watch::default());
        let (works, spawner) = (watch.clone(), Pool::new(&pool, refuses));
        let outputs = Patchy::new(steps).par_eval_map_unordered_on_rs2(
            spawner,
            concurrency,
            move |(item, takes)| works.work(item, takes),
        );
        let seen = read_all(&pool, &watch, pauses, outputs);
        pool.run_until_stalled();
        let (seen, ended) = seen.take();
        prop_assert!(ended);
        prop_assert_eq!(sorted(seen), sorted(items));
        prop_assert!(watch.most(RUNNING) <= concurrency);
        prop_assert!(watch.most(OWED) <= width(concurrency));
    }

    #[test]
    fn outputs_come_as_their_futures_are_finished_by_hand(
        order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let gates: Vec<ByHand<()>> = order.iter().map(|_| ByHand::default()).collect();
        let open = gates.clone();
        let outputs = from_iter(0..order.len()).par_eval_map_unordered_inline_rs2(12, |n| {
            let mut gate = open[n].clone();
            async move {
                gate.next().await;
                n
            }
        });
        let mut outputs = pin!(outputs);
        let mut cx = Context::from_waker(Waker::noop());
        prop_assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
        for n in order {
            gates[n].give(());
            prop_assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
        }
        prop_assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(None));
    }

    #[test]
    fn what_is_left_is_told_exactly_at_every_moment(
        steps in steps(), concurrency in 1..6_usize,
    ) {
        let mut left = steps.len();
        let watch = Watch::default();
        let mut outputs = Patchy::new(steps)
            .par_eval_map_unordered_inline_rs2(concurrency, |(item, n)| watch.work(item, n));
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

    #[test]
    fn blocking_jobs_give_their_outputs_in_order_even_when_some_are_refused(
        items in prop::collection::vec(0..1_000_u32, 0..30),
        concurrency in 1..5_usize,
        refuses in 0..4_usize,
    ) {
        let doubled: Vec<u32> = items.iter().map(|n| 2 * n).collect();
        let jobs = Threads::refusing(refuses);
        let outputs = from_iter(items)
            .map_parallel_with_concurrency_on_rs2(jobs, concurrency, |n: u32| 2 * n);
        prop_assert_eq!(block_on(outputs.collect_rs2::<Vec<u32>>()), doubled);
    }
}

#[test]
fn a_slow_item_holds_up_no_other() {
    let source = ByHand::default();
    (0..4).for_each(|n| source.give(n));
    let mut outputs = pin!(source.par_eval_map_unordered_inline_rs2(2, |n: u32| async move {
        if n == 0 {
            pending::<()>().await;
        }
        n
    }));
    let mut cx = Context::from_waker(Waker::noop());
    for n in 1..4 {
        assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
    }
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
}

// Defect 24 of the peer: what had finished waited for the next item.
#[test]
fn a_finished_output_is_delivered_while_the_source_is_silent() {
    let source = ByHand::default();
    let mut outputs = source.clone().par_eval_map_unordered_inline_rs2(4, |n: u32| ready(n + 1));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
    source.give(1);
    assert_eq!(outputs.poll_next_unpin(&mut cx), Poll::Ready(Some(2)));
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
}

#[test]
fn a_free_slot_is_filled_before_an_item_is_yielded() {
    let started = Cell::new(0);
    let mut outputs = pin!(from_iter(0..10).par_eval_map_unordered_inline_rs2(2, |n: u8| {
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

// Defect 33 of the peer: a stream that nobody had polled had pulled items.
#[test]
fn nothing_is_taken_before_the_first_poll() {
    let source = ByHand::default();
    source.give(1);
    let outputs = source.clone().par_eval_map_unordered_inline_rs2(4, ready);
    assert_eq!((source.polls(), outputs.size_hint()), (0, (0, None)));
}

#[test]
fn a_panic_of_a_task_is_resumed_in_its_turn_and_cancels_the_others() {
    let (mut pool, watch) = (LocalPool::new(), Watch::default());
    let works = watch.clone();
    let spawner = Pool::new(&pool, 0);
    let outputs = from_iter(0..20).par_eval_map_unordered_on_rs2(spawner, 4, move |n: u8| {
        let work = works.work(n, n);
        async move {
            let n = work.await;
            assert!(n != 2, "two");
            if n > 2 {
                pending::<()>().await;
            }
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
fn a_lost_task_or_job_is_a_panic_and_never_an_end() {
    let mut outputs = pin!(from_iter(0..3).par_eval_map_unordered_on_rs2(Loses, 2, ready::<u8>));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(outputs.next()))).is_err());
    let jobs = from_iter(0..3).map_parallel_with_concurrency_on_rs2(Loses, 2, |n: u8| n);
    let mut jobs = pin!(jobs);
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(jobs.next()))).is_err());
    assert_eq!(block_on(jobs.next()), None);
}

#[test]
fn at_most_so_many_jobs_are_with_the_spawner_and_a_dropped_stream_takes_back_what_has_not_begun() {
    let (jobs, called) = (Later::default(), RefCell::new(Vec::new()));
    // A job may outlive the test as far as the compiler knows.
    let called: &'static RefCell<Vec<u32>> = Box::leak(Box::new(called));
    let call = |n: u32| {
        called.borrow_mut().push(n);
        n
    };
    let outputs = from_iter(0..100).map_parallel_with_concurrency_on_rs2(jobs.clone(), 3, call);
    let mut outputs = Box::pin(outputs);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!(jobs.waiting(), 3);
    jobs.run_one();
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(0)));
    assert_eq!(jobs.waiting(), 3, "a free place is filled before an item is yielded");
    drop(outputs);
    (0..3).for_each(|_| jobs.run_one());
    assert_eq!(*called.borrow(), [0], "the others had not begun");
}

#[test]
fn a_panic_of_a_job_is_resumed_in_its_place_also_when_the_stream_had_to_do_the_job() {
    for jobs in [Threads::default(), Threads::refusing(1)] {
        let outputs = from_iter(0..9).map_parallel_with_concurrency_on_rs2(jobs, 3, |n: u32| {
            assert!(n != 2, "two");
            n
        });
        let mut outputs = pin!(outputs);
        let mut next = || catch_unwind(AssertUnwindSafe(|| block_on(outputs.next())));
        assert_eq!((next().unwrap(), next().unwrap()), (Some(0), Some(1)));
        let panic = next().expect_err("it was resumed here");
        assert!(panic.downcast_ref::<&str>().is_some_and(|text| *text == "two"));
        assert_eq!(next().unwrap(), None);
    }
}

// Defect 34 of the peer: an unordered concurrency of zero hung.
#[test]
#[should_panic(expected = "never start anything")]
fn a_concurrency_of_zero_is_a_mistake() {
    let _ = from_iter([1]).par_eval_map_unordered_inline_rs2(0, ready);
}

// Defect 34 of the peer: it was documented to panic, and did not.
#[test]
#[should_panic(expected = "never start anything")]
fn no_jobs_at_once_is_a_mistake() {
    let _ = from_iter([1]).map_parallel_with_concurrency_on_rs2(Later::default(), 0, |n: u8| n);
}
