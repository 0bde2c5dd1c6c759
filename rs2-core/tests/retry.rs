//! Streams and futures that are tried again.
#![cfg(feature = "std")]

#[path = "common/ticking.rs"]
mod ticking;

use futures_core::{FusedFuture, FusedStream, Stream};
use futures_executor::block_on;
use proptest::prelude::*;
use rs2_core::error::GaveUp;
use rs2_core::metrics::{Metrics, MetricsHandle};
use rs2_core::prelude::*;
use rs2_core::time::NoTimer;
use std::cell::Cell;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use ticking::Ticking;

/// A source that breaks after each `run` items of `0..all`, `offset` being the first.
fn breaking(run: u64, all: u64, offset: u64) -> impl FusedStream<Item = Result<u64, &'static str>> {
    let end = all.min(offset + run);
    from_iter((offset..end).map(Ok).chain((end < all).then_some(Err("broken"))))
}

proptest! {
    #[test]
    fn a_source_that_goes_on_where_it_broke_yields_each_item_once(
        run in 1..5_u64,
        all in 0..30_u64,
        max_retries in 0..12_u32,
    ) {
        let policy = RetryPolicy::Immediate { max_retries };
        let attempts = Cell::new(1);
        let stream = breaking(run, all, 0).retry_from_on_rs2(NoTimer, 0, policy, |attempt| {
            attempts.set(attempts.get() + 1);
            assert_eq!((attempt.number, attempt.error), (attempts.get(), "broken"));
            breaking(run, all, attempt.yielded)
        });
        let got: Vec<Result<u64, GaveUp<&str>>> = block_on(stream.collect_rs2());
        let tries = all.div_ceil(run).max(1);
        let allowed = u64::from(max_retries) + 1;
        let mut expected: Vec<_> = (0..all.min(run * allowed)).map(Ok).collect();
        if tries > allowed {
            let elapsed = Duration::ZERO;
            expected.push(Err(GaveUp { attempts: max_retries + 1, last: "broken", elapsed }));
        }
        prop_assert_eq!(got, expected);
        prop_assert_eq!(attempts.get(), tries.min(allowed));
    }
}

// Peer defect 19: recovered errors came out, and a source that could have gone on began anew.
#[test]
fn a_recovered_error_does_not_come_out_nor_does_an_item_twice() {
    let offset = |from: u64| {
        let breaks = from == 0;
        let items = if breaks { vec![Ok(1), Ok(2), Err("tmp")] } else { vec![Ok(3)] };
        from_iter(items)
    };
    let resumed = offset(0).retry_from_on_rs2(NoTimer, 0, RetryPolicy::default(), |attempt| {
        assert_eq!((attempt.number, attempt.yielded, attempt.error), (2, 2, "tmp"));
        offset(attempt.yielded)
    });
    let resumed = resumed.collect_rs2::<Vec<_>>();
    // The default policy waits, and this timer never wakes.
    assert!(pin!(resumed).poll(&mut Context::from_waker(Waker::noop())).is_pending());

    let now = RetryPolicy::Immediate { max_retries: 1 };
    let resumed = offset(0).retry_from_on_rs2(NoTimer, 0, now, |attempt| offset(attempt.yielded));
    assert_eq!(block_on(resumed.collect_rs2::<Vec<_>>()), [Ok(1), Ok(2), Ok(3)]);

    // From the beginning: what went out cannot be taken back, but no error comes between.
    let mut later = Some(vec![Ok(1), Ok(2), Ok(3)]);
    let again = offset(0).retry_rs2(1, || from_iter(later.take().expect("one more")));
    let again = block_on(again.collect_rs2::<Vec<_>>());
    assert_eq!(again, [Ok(1), Ok(2), Ok(1), Ok(2), Ok(3)]);
}

#[test]
fn a_failed_stream_is_gone_before_the_wait() {
    let clock = Ticking::default();
    let alive = std::rc::Rc::new(());
    let open = || {
        let held = alive.clone();
        from_iter([Err::<u32, ()>(())]).inspect_rs2(move |_| {
            let _ = &held;
        })
    };
    let policy = RetryPolicy::Fixed { max_retries: 1, delay: Duration::from_nanos(50) };
    let mut stream = pin!(open().retry_with_policy_on_rs2(clock.clone(), 0, policy, open));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!(std::rc::Rc::strong_count(&alive), 1);
    clock.now.set(49);
    assert!(stream.as_mut().poll_next(&mut cx).is_pending());
    clock.now.set(50);
    let gave_up = GaveUp { attempts: 2, last: (), elapsed: Duration::from_nanos(50) };
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Ready(Some(Err(gave_up))));
    assert!(stream.is_terminated());
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Ready(None));
}

#[test]
fn a_stream_that_does_not_fail_reads_the_clock_once_and_arms_nothing() {
    let clock = Ticking::default();
    let stream = from_iter((0..9).map(Ok::<u32, ()>));
    let stream = stream.retry_with_policy_on_rs2(clock.clone(), 0, RetryPolicy::default(), || {
        unreachable!("it does not fail")
    });
    assert_eq!(block_on(stream.collect_ok_rs2::<Vec<u32>>()).len(), 9);
    assert_eq!((clock.readings.get(), clock.armed.get()), (1, 0));
}

#[test]
fn one_sleep_serves_all_waits() {
    let clock = Ticking::default();
    let policy = RetryPolicy::Fixed { max_retries: 3, delay: Duration::from_nanos(10) };
    let mut future = pin!(retry_on(clock.clone(), 0, policy, || ready(Err::<(), _>("down"))));
    let mut cx = Context::from_waker(Waker::noop());
    for wait in 0..3 {
        clock.now.set(10 * wait);
        assert!(future.as_mut().poll(&mut cx).is_pending());
    }
    clock.now.set(30);
    let elapsed = Duration::from_nanos(30);
    let gave_up = GaveUp { attempts: 4, last: "down", elapsed };
    assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(Err(gave_up)));
    assert_eq!(clock.armed.get(), 3);
    assert!(future.is_terminated());
    assert_eq!(gave_up.to_string(), "gave up after 4 attempts in 30ns: down");
}

#[test]
fn each_stream_must_run_for_its_own_time_to_count_anew() {
    let clock = Ticking::default();
    let open = |runs: u64| {
        let clock = clock.clone();
        from_iter([Ok(()), Err("reset")]).inspect_rs2(move |result| {
            if result.is_err() {
                clock.now.set(clock.now.get() + runs);
            }
        })
    };
    let policy = RetryPolicy::Immediate { max_retries: 1 };
    let config = RetryConfig::new(policy).reset_after(Duration::from_nanos(50));
    // The first two run long enough. The third does not, and the one retry has been made.
    let mut runs = [60, 9].into_iter();
    let stream = open(60).retry_with_policy_on_rs2(clock.clone(), 0, config, || {
        open(runs.next().expect("two retries"))
    });
    let items = block_on(stream.collect_rs2::<Vec<_>>());
    let gave_up = GaveUp { attempts: 2, last: "reset", elapsed: Duration::from_nanos(9) };
    assert_eq!(items, [Ok(()), Ok(()), Ok(()), Err(gave_up)]);
}

#[test]
fn the_first_try_of_a_future_is_part_of_the_time() {
    let clock = Ticking::default();
    let slow = || {
        clock.now.set(clock.now.get() + 10);
        ready(Err::<(), _>("down"))
    };
    let policy = RetryPolicy::Immediate { max_retries: 1 };
    let gave_up = block_on(retry_on(clock.clone(), 0, policy, slow)).expect_err("it is down");
    assert_eq!(gave_up.elapsed, Duration::from_nanos(20));
    assert_eq!(clock.armed.get(), 0, "it did not wait");
}

#[test]
fn a_stream_that_has_ended_is_gone() {
    let alive = std::rc::Rc::new(());
    let held = alive.clone();
    let source = from_iter([Ok::<u32, ()>(1)]).inspect_rs2(move |_| {
        let _ = &held;
    });
    let mut stream = pin!(source.retry_with_policy_on_rs2(NoTimer, 0, RetryPolicy::None, || {
        unreachable!("it does not fail")
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Ready(Some(Ok(1))));
    assert_eq!(std::rc::Rc::strong_count(&alive), 2);
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Ready(None));
    assert_eq!(std::rc::Rc::strong_count(&alive), 1);
}

#[test]
fn tries_without_end_leave_the_task_to_others() {
    let policy = RetryPolicy::Immediate { max_retries: u32::MAX };
    let tries = Cell::new(0);
    let future = pin!(retry_on(NoTimer, 0, policy, || {
        tries.set(tries.get() + 1);
        ready(Err::<(), _>("down"))
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(future.poll(&mut cx).is_pending());
    assert_eq!(tries.get(), 1_024);

    let streams = Cell::new(0);
    let fail = || from_iter([Err::<(), _>("down")]);
    let stream = pin!(fail().retry_rs2(u32::MAX, || {
        streams.set(streams.get() + 1);
        fail()
    }));
    assert!(stream.poll_next(&mut cx).is_pending());
    assert!((1_000..1_100).contains(&streams.get()), "{} streams", streams.get());
}

#[test]
fn a_panic_in_a_try_is_not_tried_again() {
    let policy = RetryPolicy::Immediate { max_retries: 9 };
    let tries = Cell::new(0);
    let mut future = pin!(retry_on(NoTimer, 0, policy, || {
        tries.set(tries.get() + 1);
        async { panic!("in the future") as Result<(), ()> }
    }));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        assert!(catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx))).is_err());
    }
    assert_eq!(tries.get(), 1);
}

#[test]
fn metrics_see_each_retry_and_each_error_once() {
    let metrics = Metrics::new("calls");
    let handle = MetricsHandle::new(NoTimer, metrics.clone());
    let policy = RetryPolicy::Immediate { max_retries: 2 };
    let config = RetryConfig::new(policy).with_metrics(&metrics);
    // 0 to 2 are found at the first, second and third try, 3 never.
    let answers = from_iter(0..4).eval_map_rs2(|needs| {
        let mut tries = 0;
        retry_on(NoTimer, 0, config.clone(), move || {
            tries += 1;
            ready(if tries > needs { Ok(needs) } else { Err("busy") })
        })
    });
    let answers: Vec<_> = block_on(answers.try_observe_rs2(&handle).collect_rs2());
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    let counts = handle.snapshot();
    assert_eq!((counts.items_processed, counts.retries, counts.errors), (3, 5, 6));
}
