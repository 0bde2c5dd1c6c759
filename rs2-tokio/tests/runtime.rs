//! The timer under paused time, tasks on real threads.

use futures_util::StreamExt;
use rs2_core::task::{SpawnBlocking, Spawner, spawn};
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use rs2_tokio::prelude::*;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Barrier;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test(start_paused = true)]
async fn a_timer_counts_from_when_it_was_made() {
    tokio::time::advance(ms(40)).await;
    let timer = TokioTimer::new();
    assert_eq!(timer.now(), Instant::ORIGIN);
    tokio::time::advance(ms(70)).await;
    assert_eq!(timer.now(), Instant::from_origin(ms(70)));
    assert_eq!(timer.clone().now(), timer.now());
}

#[tokio::test(start_paused = true)]
async fn a_sleep_is_ready_at_its_deadline_and_can_be_armed_again() {
    let timer = TokioTimer::new();
    let mut sleep = pin!(timer.sleep_until(Instant::from_origin(ms(30))));
    sleep.as_mut().await;
    assert_eq!(timer.now(), Instant::from_origin(ms(30)));
    sleep.as_mut().reset(Instant::from_origin(ms(50)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    sleep.as_mut().await;
    assert_eq!(timer.now(), Instant::from_origin(ms(50)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_past_is_ready_at_once() {
    let timer = TokioTimer::new();
    tokio::time::advance(ms(9)).await;
    timer.sleep_until(Instant::ORIGIN).await;
    assert_eq!(timer.now(), Instant::from_origin(ms(9)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_far_future_waits_and_can_be_moved_up() {
    let timer = TokioTimer::new();
    let mut sleep = pin!(timer.sleep_until(Instant::FAR_FUTURE));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    tokio::time::advance(Duration::from_secs(60 * 60 * 24 * 365)).await;
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    sleep.as_mut().reset(timer.now().saturating_add(ms(5)));
    sleep.as_mut().await;
    sleep.as_mut().reset(Instant::FAR_FUTURE);
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
}

#[tokio::test(start_paused = true)]
async fn outputs_keep_the_order_of_the_items_whatever_they_take() {
    let takes = |n: u64| async move {
        tokio::time::sleep(ms(10 * (8 - n))).await;
        n
    };
    let outputs: Vec<u64> = from_iter(0..8).par_eval_map_rs2(4, takes).collect().await;
    assert!(outputs.into_iter().eq(0..8));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_run_at_once_even_while_the_stream_is_not_polled() {
    let together = Arc::new(Barrier::new(4));
    let meets = together.clone();
    let mut outputs = from_iter(0..3).par_eval_map_rs2(3, move |n: u32| {
        let together = meets.clone();
        async move {
            together.wait().await;
            n
        }
    });
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.poll_next_unpin(&mut cx).is_pending());
    // All three must reach the barrier without another poll of the stream.
    together.wait().await;
    assert_eq!(outputs.collect::<Vec<_>>().await, [0, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_run_on_several_threads() {
    // Each blocks its thread until the other has arrived: one thread alone would never finish.
    let together = Arc::new(std::sync::Barrier::new(2));
    let outputs = from_iter(0..2).par_eval_map_rs2(2, move |n: u32| {
        let together = together.clone();
        async move {
            together.wait();
            n
        }
    });
    let outputs = tokio::spawn(outputs.collect::<Vec<_>>());
    assert_eq!(outputs.await.unwrap(), [0, 1]);
}

#[tokio::test]
async fn a_panic_of_a_task_arrives_in_its_place() {
    let mut outputs = from_iter(0..5).par_eval_map_rs2(2, |n: u32| async move {
        assert!(n != 1, "one");
        n
    });
    assert_eq!(outputs.next().await, Some(0));
    let rest = tokio::spawn(async move { outputs.next().await });
    assert!(rest.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn dropping_a_handle_drops_the_future_on_the_runtime() {
    let (held, mut dropped) = tokio::sync::oneshot::channel::<()>();
    let handle = spawn(&TokioSpawner, async move {
        let _held = held;
        pending::<()>().await;
    });
    tokio::task::yield_now().await;
    assert!(
        dropped.try_recv().is_err_and(|e| e == tokio::sync::oneshot::error::TryRecvError::Empty)
    );
    drop(handle);
    assert!(dropped.await.is_err(), "the sender was dropped with the future");
}

#[tokio::test]
async fn blocking_work_runs_away_from_the_task() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let work = move || tell.send(std::thread::current().id()).unwrap();
    assert!(TokioSpawner.spawn_blocking(work).is_ok());
    assert_ne!(told.await.unwrap(), std::thread::current().id());
}

#[test]
fn without_a_runtime_what_was_to_be_spawned_comes_back() {
    let (tell, told) = mpsc::channel();
    let work = move || tell.send(7).unwrap();
    let rejected = TokioSpawner.spawn_blocking(work).expect_err("there is no runtime");
    rejected.0();
    assert_eq!(told.recv(), Ok(7));
    assert!(Spawner::spawn(&TokioSpawner, async {}).is_err());
}

#[test]
fn without_a_runtime_futures_run_within_the_stream() {
    let mut outputs = from_iter(1..=2).par_eval_map_rs2(2, async |n: u32| n * 2);
    let mut cx = Context::from_waker(Waker::noop());
    let mut next = || outputs.poll_next_unpin(&mut cx);
    assert_eq!([next(), next(), next()], [Some(2), Some(4), None].map(Poll::Ready));
}

#[test]
fn a_stream_of_tasks_is_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let outputs = from_iter(0..3).par_eval_map_rs2(2, |n: u32| async move { n });
    drop(is_send(outputs));
    is_send(TokioTimer::new().now());
}
