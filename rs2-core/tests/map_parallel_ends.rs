//! What becomes of the chunks of a parallel map that no worker has begun.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/tasks.rs"]
mod tasks;

use futures_executor::block_on;
use futures_util::stream::StreamExt;
use rs2_core::prelude::*;
use rs2_core::time::NoTimer;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::{Context, Waker};
use tasks::Later;

#[test]
fn a_worker_that_is_lost_leaves_what_it_has_not_begun_to_the_others() {
    let jobs = Later::default();
    let mut outputs = from_iter(0..4).map_parallel_on_rs2(NoTimer, jobs.clone(), 2, |n: u8| n);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
    assert_eq!(jobs.waiting(), 2);
    jobs.lose_one();
    jobs.run_one();
    assert_eq!(block_on(outputs.collect_rs2::<Vec<u8>>()), [0, 1, 2, 3]);
}

#[test]
fn after_a_panic_nothing_more_is_begun() {
    let (jobs, calls) = (Later::default(), Rc::new(Cell::new(0)));
    let counted = calls.clone();
    let call = move |n: u8| {
        counted.set(counted.get() + 1);
        assert!(n > 0, "the first one fails");
    };
    let mut outputs = from_iter(0..9).map_parallel_on_rs2(NoTimer, jobs.clone(), 1, call);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
    jobs.run_one();
    let before = calls.get();
    assert!(catch_unwind(AssertUnwindSafe(|| outputs.poll_next_unpin(&mut cx))).is_err());
    assert_eq!(jobs.waiting(), 1);
    jobs.run_one();
    assert_eq!(calls.get(), before);
}
