//! The timer on the real clock, with wide margins, and tasks on smol's executors.

use async_executor::{Executor, LocalExecutor};
use futures_util::StreamExt;
use rs2_core::state::{CustomKeyExtractor, StateConfigs};
use rs2_core::task::{SpawnBlocking, spawn};
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use rs2_smol::prelude::*;
use std::future::{Future, pending};
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::task::{Context, Waker};
use std::time::Duration;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn sleeps_end_in_the_order_of_their_deadlines_and_never_early() {
    let timer = SmolTimer::new();
    let ended: Vec<u64> = smol::block_on(async {
        let sleeps = futures_util::stream::FuturesUnordered::new();
        for millis in [90, 10, 50] {
            let sleep = timer.sleep_until(Instant::from_origin(ms(millis)));
            sleeps.push(async move {
                sleep.await;
                assert!(timer.now() >= Instant::from_origin(ms(millis)));
                millis
            });
        }
        sleeps.collect().await
    });
    assert_eq!(ended, [10, 50, 90]);
}

#[test]
fn a_sleep_can_be_armed_again_and_the_far_future_never_comes() {
    let timer = SmolTimer::new();
    let mut sleep = pin!(timer.sleep_until(Instant::FAR_FUTURE));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    let deadline = timer.now().saturating_add(ms(5));
    sleep.as_mut().reset(deadline);
    smol::block_on(sleep.as_mut());
    assert!(timer.now() >= deadline);
    sleep.as_mut().reset(Instant::FAR_FUTURE);
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
}

#[test]
fn outputs_keep_the_order_of_the_items_whatever_they_take() {
    let takes = |n: u64| async move {
        smol::Timer::after(ms(5 * (8 - n))).await;
        n
    };
    let outputs: Vec<u64> = smol::block_on(from_iter(0..8).par_eval_map_rs2(4, takes).collect());
    assert!(outputs.into_iter().eq(0..8));
}

#[test]
fn tasks_and_blocking_work_run_on_threads_of_their_own() {
    // The stream's thread waits at the barrier: only another thread can let it go on.
    let together = Arc::new(Barrier::new(2));
    let meets = together.clone();
    let meet = move || {
        meets.wait();
    };
    assert!(SmolSpawner.spawn_blocking(meet).is_ok());
    together.wait();
    let handle = spawn(&SmolSpawner, async { 7 }).expect("smol takes every task");
    assert_eq!(smol::block_on(handle).expect("it finishes"), 7);
}

#[test]
fn dropping_a_handle_drops_the_future_on_the_executor() {
    let executor = Executor::new();
    let (held, dropped) = smol::channel::bounded::<()>(1);
    let spawner = ExecutorSpawner(&executor);
    let task = async move {
        let _held = held;
        pending::<()>().await;
    };
    let handle = spawn(&spawner, task).expect("it takes every task");
    smol::block_on(executor.run(async {
        smol::future::yield_now().await;
        drop(handle);
        assert!(dropped.recv().await.is_err(), "the sender went with the future");
    }));
}

#[test]
fn a_local_executor_takes_futures_that_stay_on_their_thread() {
    let executor = LocalExecutor::new();
    let shared = Rc::new(5);
    let outputs: Vec<u32> = smol::block_on(executor.run(async {
        from_iter(0..3)
            .par_eval_map_on_rs2(LocalSpawner(&executor), 2, move |n| {
                let shared = shared.clone();
                async move { n + *shared }
            })
            .collect()
            .await
    }));
    assert_eq!(outputs, [5, 6, 7]);
}

#[test]
fn state_is_kept_for_each_key() {
    let by_parity = CustomKeyExtractor::new(|n: &u32| n % 2);
    let sums: Vec<u32> = smol::block_on(
        from_iter(1..=4)
            .stateful_map_rs2(StateConfigs::session(), by_parity, |n, state| async move {
                let sum = n + state.get::<u32>().await.unwrap_or_default();
                state.set(&sum).await.expect("the step is not over");
                sum
            })
            .collect(),
    );
    assert_eq!(sums, [1, 2, 4, 6]);
}

#[test]
fn the_plain_timed_names_use_the_clock_of_smol() {
    smol::block_on(async {
        let begun = std::time::Instant::now();
        let beats: Vec<char> = tick(ms(20), 'x').take_rs2(3).collect().await;
        assert_eq!((beats.len(), begun.elapsed() >= ms(60)), (3, true));
        let bursts: Vec<u32> = from_iter(1..=3)
            .concat_rs2(emit_after(4, ms(100)))
            .debounce_rs2(ms(40))
            .collect()
            .await;
        assert_eq!(bursts, [3, 4]);
        let slow = emit_after('a', ms(60_000)).timeout_rs2(ms(10));
        let outcome: Vec<Result<char, _>> = slow.collect().await;
        assert!(matches!(outcome[..], [Err(_)]));
    });
}

#[test]
fn plain_names_read_one_clock() {
    let config = CircuitBreakerConfig::new().window(1).min_calls(1);
    let config = config.open_wait(ms(30)).half_open_calls(1);
    let breaker = CircuitBreaker::new(config).unwrap();
    let (refused, served) = smol::block_on(async {
        let _ = call_through(&breaker, async { Err::<(), _>("down") }).await;
        let refused = call_through(&breaker, async { Ok::<_, &str>(()) }).await;
        smol::Timer::after(ms(60)).await;
        (refused, call_through(&breaker, async { Ok::<_, &str>(()) }).await)
    });
    assert!(refused.is_err() && served.is_ok());
}
