//! Brackets on a runtime: releases that have to wait, of streams that are gone.

use futures_util::StreamExt;
use rs2_core::metrics::Loss;
use rs2_core::op::resource::{Cause, Unreleased};
use rs2_tokio::prelude::*;
use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::sleep;

type Exits = Arc<Mutex<Vec<ExitCase<&'static str>>>>;

const SECOND: Duration = Duration::from_secs(1);

/// Takes a second, and then writes down how it came to that.
async fn write_later(exits: Exits, exit: ExitCase<&'static str>) {
    sleep(SECOND).await;
    exits.lock().unwrap().push(exit);
}

// Peer defect 26: a dropped stream did not release.
#[tokio::test(start_paused = true)]
async fn a_task_of_the_runtime_finishes_the_release_of_a_dropped_stream() {
    let exits = Exits::default();
    let held = exits.clone();
    let task = tokio::spawn(async move {
        let items = from_iter([Ok::<u8, &str>(1), Ok(2)]);
        let mut rows = pin!(bracket_case(async { held }, |_| items, write_later));
        assert_eq!(rows.next().await, Some(Ok(1)));
        // The stream goes with the task.
    });
    task.await.unwrap();
    assert!(exits.lock().unwrap().is_empty());
    sleep(2 * SECOND).await;
    assert_eq!(*exits.lock().unwrap(), [ExitCase::Canceled { cause: Cause::Dropped }]);
}

#[tokio::test(start_paused = true)]
async fn an_aborted_task_releases() {
    let exits = Exits::default();
    let held = exits.clone();
    let (tell, told) = oneshot::channel();
    let task = tokio::spawn(async move {
        let tick = tick(SECOND, Ok::<u8, &str>(1));
        let mut rows = Box::pin(bracket_case(async { held }, |_| tick, write_later));
        rows.next().await;
        tell.send(()).unwrap();
        while rows.next().await.is_some() {}
    });
    told.await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    sleep(2 * SECOND).await;
    assert_eq!(*exits.lock().unwrap(), [ExitCase::Canceled { cause: Cause::Dropped }]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panicking_task_releases_and_says_so() {
    let (tell, told) = oneshot::channel();
    let task = tokio::spawn(async move {
        let rows = bracket_case(
            async {},
            |()| from_iter([Ok::<u8, &str>(1)]).map_rs2(|_| -> Result<u8, &str> { panic!("use") }),
            |(), exit| async move {
                tokio::task::yield_now().await;
                tell.send(exit).unwrap();
            },
        );
        rows.collect_rs2::<Vec<_>>().await
    });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(told.await, Ok(ExitCase::Canceled { cause: Cause::Panicked }));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_what_is_open_in_other_tasks_and_waits_for_the_releases() {
    let scope = Scope::on(&TokioSpawner, 16).unwrap();
    let exits = Exits::default();
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (scope, held) = (scope.clone(), exits.clone());
            let tick = tick(SECOND, Ok::<u8, &str>(1));
            let rows = bracket_case_on(scope, async { held }, |_| tick, write_later);
            tokio::spawn(async move { rows.collect_rs2::<Vec<_>>().await.len() })
        })
        .collect();
    sleep(SECOND * 5 / 2).await;
    assert_eq!(scope.open(), 3);
    assert_eq!(scope.shutdown(sleep(60 * SECOND)).await, Ok(()));
    assert_eq!(*exits.lock().unwrap(), [ExitCase::Canceled { cause: Cause::Shutdown }; 3]);
    for reader in readers {
        assert_eq!(reader.await.unwrap(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_no_longer_than_its_deadline() {
    let scope = Scope::new(16);
    let rows = bracket_on(
        scope.clone(),
        async {},
        |()| from_iter([1, 2]),
        |()| async { pending::<()>().await },
    );
    assert_eq!(rows.named("stuck").take_rs2(1).collect_rs2::<Vec<_>>().await, [1]);
    let begun = tokio::time::Instant::now();
    let late = Unreleased { names: vec!["stuck"] };
    assert_eq!(scope.shutdown(sleep(3 * SECOND)).await, Err(late));
    assert_eq!(begun.elapsed(), 3 * SECOND);
}

#[test]
fn without_a_runtime_a_release_that_waits_goes_to_the_fallback_and_is_counted() {
    let exits = Exits::default();
    let held = exits.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let release = |exits: Exits| async move {
        tokio::task::yield_now().await;
        exits.lock().unwrap().push(ExitCase::Completed);
    };
    let rows = bracket(async { held }, |_| from_iter([1, 2]), release);
    let rows = rows.on_orphan(|release| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(release);
    });
    let losses = rows.losses();
    let mut rows = Box::pin(rows);
    assert_eq!(runtime.block_on(rows.next()), Some(1));
    drop(rows);
    assert_eq!((exits.lock().unwrap().len(), losses.of(Loss::Abandoned)), (1, 1));
}

#[test]
fn what_a_runtime_drops_when_it_goes_is_counted() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let rows = bracket(async {}, |()| from_iter([1, 2]), |()| async { pending::<()>().await });
    let losses = rows.losses();
    let mut rows = Box::pin(rows);
    runtime.block_on(async {
        rows.next().await;
        drop(rows);
    });
    assert_eq!(losses.total(), 0);
    drop(runtime);
    assert_eq!(losses.of(Loss::Abandoned), 1);
}

#[tokio::test]
async fn the_plain_names_of_one_operator_are_one_operator() {
    let exits = Exits::default();
    let acquire = || {
        let exits = exits.clone();
        async { exits }
    };
    let rows = from_iter([1]).bracket_rs(acquire(), |_| from_iter([2]), |_| async {});
    assert_eq!(rows.collect_rs2::<Vec<_>>().await, [1, 2]);
    let items = || from_iter([Ok(1), Err("bad")]);
    let note = |exits: Exits, exit| async move { exits.lock().unwrap().push(exit) };
    let rows = items().bracket_case(acquire(), |_| items(), note);
    assert_eq!(rows.collect_rs2::<Vec<_>>().await, [Ok(1), Err("bad")]);
    assert_eq!(*exits.lock().unwrap(), [ExitCase::Errored("bad")]);
}

#[test]
fn a_bracket_is_send_when_its_parts_are() {
    fn is_send<T: Send>(_: &T) {}
    let rows = bracket(async { 1 }, |_| from_iter([1]), |_| async {});
    is_send(&rows);
    let failed = bracket_case(async { 1 }, |_| from_iter([Err::<(), _>(1)]), |_, _| async {});
    is_send(&failed);
    is_send(&Scope::new(1));
}
