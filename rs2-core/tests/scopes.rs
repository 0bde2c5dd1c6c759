//! Scopes: which brackets they end, what they finish, and in what order.
#![cfg(feature = "std")]

#[path = "common/resource.rs"]
mod common;

use common::{Host, Log, told};
use futures_core::Stream;
use futures_executor::{LocalPool, block_on};
use futures_util::StreamExt;
use futures_util::future::{join, poll_immediate};
use futures_util::stream::pending;
use futures_util::task::LocalSpawnExt;
use proptest::prelude::*;
use rs2_core::metrics::Loss;
use rs2_core::op::resource::{Cause, ExitCase, Scope, Unreleased, bracket_case_on, bracket_on};
use rs2_core::prelude::*;
use std::future::{self, Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

type Row = Result<u8, &'static str>;
type Order = Arc<Mutex<Vec<(usize, &'static str)>>>;

fn canceled(cause: Cause) -> [ExitCase<&'static str>; 1] {
    [ExitCase::Canceled { cause }]
}

/// An endless bracket that has been polled once.
fn open(scope: &Scope, log: &Log, polls: u8) -> Pin<Box<dyn Stream<Item = Row>>> {
    let bracket =
        bracket_case_on(scope.clone(), ready(log.clone()), |_| pending(), told(polls)).named("db");
    let mut bracket: Pin<Box<dyn Stream<Item = Row>>> = Box::pin(bracket);
    assert_eq!(block_on(poll_immediate(bracket.next())), None);
    bracket
}

#[test]
fn an_interrupted_bracket_ends_and_releases_and_later_ones_are_not_concerned() {
    let (scope, log, later) = (Scope::new(1), Log::default(), Log::default());
    let mut pool = LocalPool::new();
    let rows = open(&scope, &log, 2);
    pool.spawner().spawn_local(rows.for_each(|_| ready(()))).unwrap();
    pool.run_until_stalled();
    assert_eq!((log.releases().len(), scope.open()), (0, 1));
    scope.interrupt();
    let _later = open(&scope, &later, 0);
    // The task is woken: it would not be polled otherwise.
    pool.run_until_stalled();
    assert_eq!((&log.releases()[..], log.finished()), (&canceled(Cause::Interrupted)[..], 1));
    assert_eq!((later.releases().len(), scope.open()), (0, 1));
}

#[test]
fn a_shutdown_ends_open_brackets_awaits_their_releases_and_lets_none_open() {
    let (scope, one, other) = (Scope::new(1), Log::default(), Log::default());
    let mut pool = LocalPool::new();
    for log in [&one, &other] {
        let rows = open(&scope, log, 3).for_each(|_| ready(()));
        pool.spawner().spawn_local(rows).unwrap();
    }
    let down = pool.run_until(scope.shutdown(future::pending::<()>()));
    assert_eq!(down, Ok(()));
    for log in [one, other] {
        assert_eq!((&log.releases()[..], log.finished()), (&canceled(Cause::Shutdown)[..], 1));
    }
    let late = bracket_on(scope, poll_fn(|_| panic!("it acquires")), |()| empty::<u8>(), ready);
    assert_eq!(block_on(late.count()), 0);
}

#[test]
fn each_cause_has_its_exit_case() {
    let scope = Scope::new(4);
    let [dropped, interrupted, shut] = [(); 3].map(|()| Log::default());
    drop(open(&scope, &dropped, 0));
    let mut rows = open(&scope, &interrupted, 0);
    scope.interrupt();
    assert_eq!(block_on(rows.next()), None);
    let mut rows = open(&scope, &shut, 0);
    let down = scope.shutdown(future::pending::<()>());
    assert_eq!(block_on(join(down, rows.next())), (Ok(()), None));
    assert_eq!(dropped.releases(), canceled(Cause::Dropped));
    assert_eq!(interrupted.releases(), canceled(Cause::Interrupted));
    assert_eq!(shut.releases(), canceled(Cause::Shutdown));
    // Panicked: see resource.rs.
}

#[test]
fn a_shutdown_names_what_was_not_released_in_time_and_can_be_waited_for_again() {
    let (scope, left, held) = (Scope::new(4), Log::default(), Log::default());
    drop(open(&scope, &left, 2));
    let mut rows = open(&scope, &held, 0);
    let late = block_on(scope.shutdown(ready(())));
    let unreleased = Unreleased { names: vec!["db", "db"] };
    assert_eq!(late, Err(unreleased.clone()));
    assert_eq!(unreleased.to_string(), "2 resources were not released in time: db, db");
    let down = scope.shutdown(future::pending::<()>());
    assert_eq!(block_on(join(down, rows.next())), (Ok(()), None));
    assert_eq!((left.finished(), held.finished(), scope.losses().total()), (1, 1, 0));
}

#[test]
fn a_full_scope_counts_what_it_does_not_take() {
    let (scope, one, other) = (Scope::new(1), Log::default(), Log::default());
    drop(open(&scope, &one, 2));
    drop(open(&scope, &other, 2));
    assert_eq!((scope.unfinished(), scope.losses().of(Loss::Abandoned)), (1, 1));
    assert_eq!(block_on(scope.shutdown(future::pending::<()>())), Ok(()));
    assert_eq!((one.finished(), other.finished()), (1, 0));
}

#[test]
fn what_is_left_with_the_last_handle_is_counted() {
    let (scope, log) = (Scope::new(1), Log::default());
    drop(open(&scope, &log, 2));
    let losses = scope.losses();
    drop(scope);
    assert_eq!((log.finished(), losses.of(Loss::Abandoned)), (0, 1));
}

#[test]
fn a_task_of_a_spawner_finishes_what_comes_and_ends_with_the_last_handle() {
    let host = Host::queueing();
    let (scope, log) = (Scope::on(&host, 8).unwrap(), Log::default());
    drop(open(&scope, &log, 4));
    drop(scope);
    // Polls its task until that has ended.
    host.run();
    assert_eq!(log.finished(), 1);
    assert!(Scope::on(&Host::refusing(), 8).is_err());
}

#[test]
fn a_task_that_runs_a_scope_is_woken_for_each_release_and_by_the_last_handle() {
    let (scope, log) = (Scope::new(8), Log::default());
    let mut pool = LocalPool::new();
    pool.spawner().spawn_local(scope.run()).unwrap();
    pool.run_until_stalled();
    drop(open(&scope, &log, 4));
    pool.run_until_stalled();
    assert_eq!(log.finished(), 1);
    drop(scope);
    // Nothing is left to run, and nothing waits: `run` would not return.
    pool.run();
}

#[test]
fn a_release_that_panics_does_not_stop_the_others() {
    let (scope, log) = (Scope::new(2), Log::default());
    let mut fails = pin!(Some(bracket_on(
        scope.clone(),
        ready(()),
        |()| from_iter([1]),
        |()| async {
            yield_once().await;
            std::panic::resume_unwind(Box::new(()))
        }
    )));
    let stream = fails.as_mut().as_pin_mut().unwrap();
    assert_eq!(block_on(stream.take(1).count()), 1);
    fails.set(None);
    drop(open(&scope, &log, 2));
    assert_eq!(block_on(scope.shutdown(future::pending::<()>())), Ok(()));
    assert_eq!((log.finished(), scope.losses().of(Loss::Failed)), (1, 1));
}

#[test]
fn a_run_that_is_dropped_leaves_its_releases_to_the_next() {
    let (scope, log) = (Scope::new(2), Log::default());
    drop(open(&scope, &log, 3));
    let mut run = Box::pin(scope.run());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut cx).is_pending());
    drop(run);
    assert_eq!((log.finished(), scope.unfinished()), (0, 1));
    assert_eq!(block_on(scope.shutdown(future::pending::<()>())), Ok(()));
    assert_eq!(log.finished(), 1);
}

/// Counts how often it wakes.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn a_bracket_that_acquires_is_woken_to_end() {
    let (scope, wakes) = (Scope::new(1), Arc::<Wakes>::default());
    let waker = Waker::from(wakes.clone());
    let mut cx = Context::from_waker(&waker);
    let never = future::pending::<()>();
    let mut rows =
        pin!(bracket_on(scope.clone(), never, |()| pending::<u8>(), async |()| unreachable!()));
    assert!(rows.as_mut().poll_next(&mut cx).is_pending());
    let mut down = pin!(scope.shutdown(future::pending::<()>()));
    assert!(down.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(wakes.0.load(SeqCst), 1);
    assert_eq!(rows.as_mut().poll_next(&mut cx), Poll::Ready(None));
    assert_eq!(block_on(down), Ok(()));
}

#[test]
fn a_shutdown_is_woken_for_what_a_dropped_run_leaves() {
    let (scope, log, wakes) = (Scope::new(2), Log::default(), Arc::<Wakes>::default());
    drop(open(&scope, &log, 3));
    let mut run = Box::pin(scope.run());
    assert!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let waker = Waker::from(wakes.clone());
    let mut down = pin!(scope.shutdown(future::pending::<()>()));
    assert!(down.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(run);
    assert_eq!((log.finished(), wakes.0.load(SeqCst)), (0, 1));
    assert_eq!((block_on(down), log.finished()), (Ok(()), 1));
}

async fn yield_once() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Brackets within each other, the outermost first; each release writes when it begins and ends.
fn nested(
    scope: &Scope,
    order: &Order,
    level: usize,
    waits: &[u8],
) -> Pin<Box<dyn Stream<Item = Row>>> {
    let Some((&polls, inner)) = waits.split_first() else {
        return Box::pin(from_iter([Ok(1), Err("bad")]).chain(pending()));
    };
    let (within, inner) = (scope.clone(), inner.to_vec());
    let logs = order.clone();
    Box::pin(bracket_case_on(
        scope.clone(),
        ready(order.clone()),
        move |order| nested(&within, &order, level + 1, &inner),
        move |_, _| async move {
            logs.lock().unwrap().push((level, "begins"));
            for _ in 0..polls {
                yield_once().await;
            }
            logs.lock().unwrap().push((level, "ends"));
        },
    ))
}

proptest! {
    // However they end, each is released after all within it.
    #[test]
    fn nested_brackets_release_from_the_innermost_out(
        waits in prop::collection::vec(0..3_u8, 1..5), way in 0..4_u8,
    ) {
        let (scope, order) = (Scope::new(8), Order::default());
        let mut rows = nested(&scope, &order, 0, &waits);
        prop_assert_eq!(block_on(rows.next()), Some(Ok(1)));
        match way {
            // Dropped.
            0 => drop(rows),
            // Ended by an error.
            1 => {
                prop_assert_eq!(block_on(rows.next()), Some(Err("bad")));
                prop_assert_eq!(block_on(rows.next()), None);
            }
            2 => {
                scope.interrupt();
                prop_assert_eq!(block_on(rows.next()), None);
            }
            // Shut down while open, in one task with the shutdown.
            _ => {
                let down = scope.shutdown(future::pending::<()>());
                prop_assert_eq!(block_on(join(down, rows.next())), (Ok(()), None));
            }
        }
        prop_assert_eq!(block_on(scope.shutdown(future::pending::<()>())), Ok(()));
        let expected: Vec<_> =
            (0..waits.len()).rev().flat_map(|level| [(level, "begins"), (level, "ends")]).collect();
        prop_assert_eq!(&*order.lock().unwrap(), &expected);
        prop_assert_eq!(scope.losses().total(), 0);
    }
}

#[test]
fn a_scope_can_be_used_from_several_threads() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    let scope = Scope::new(1_000);
    is_shared(&scope);
    let finished = Arc::new(Mutex::new(0));
    std::thread::scope(|threads| {
        for _ in 0..4 {
            let (scope, finished) = (scope.clone(), finished.clone());
            threads.spawn(move || {
                for _ in 0..50 {
                    let rows = bracket_on(
                        scope.clone(),
                        ready(finished.clone()),
                        |_| from_iter([1, 2]),
                        |finished: Arc<Mutex<u32>>| async move {
                            yield_once().await;
                            *finished.lock().unwrap() += 1;
                        },
                    );
                    assert_eq!(block_on(rows.take_rs2(1).count()), 1);
                }
            });
        }
        let run = scope.run();
        // Until the shutdown, which may begin at any time after the four.
        threads.spawn(move || block_on(run));
        while *finished.lock().unwrap() < 200 {
            std::thread::yield_now();
        }
        assert_eq!(block_on(scope.shutdown(future::pending::<()>())), Ok(()));
    });
    assert_eq!((scope.unfinished(), scope.losses().total()), (0, 0));
}
