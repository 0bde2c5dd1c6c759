//! A pool of embassy's tasks as the spawner of an operator, on embassy's executor.
#![cfg(feature = "alloc")]

use embassy_executor::{Executor, Spawner};
use rs2_core::prelude::*;
use rs2_core::task::spawn;
use std::future::pending;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

rs2_embassy::task_pool! {
    /// Two tasks.
    struct Workers: 2;
}

/// What the executor's thread found: outputs in order, and whether a third task was given back.
type Found = (Vec<u32>, bool);

#[embassy_executor::task]
async fn look(spawner: Spawner, found: Sender<Found>) {
    let workers = Workers::new(spawner);
    // More than there are tasks: the others run in place.
    let slow_square = |n: u32| async move {
        for _ in 0..n % 3 {
            futures_util::future::ready(()).await;
            yield_once().await;
        }
        n * n
    };
    let squares = from_iter(0..20).par_eval_map_on_rs2(workers, 5, slow_square);
    let squares = squares.collect_rs2().await;
    let busy = [spawn(&workers, pending::<()>()), spawn(&workers, pending::<()>())];
    let is_refused = busy.iter().all(Result::is_ok) && spawn(&workers, pending::<()>()).is_err();
    let _ = found.send((squares, is_refused));
}

/// Gives the task back once.
async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if yielded {
            return std::task::Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[test]
fn a_pool_runs_what_fits_and_gives_back_the_rest() {
    let (sender, receiver) = channel();
    // The executor never returns: it ends with the process.
    thread::spawn(move || {
        let executor = Box::leak(Box::new(Executor::new()));
        executor.run(|spawner| spawner.spawn(look(spawner, sender).expect("its first task")));
    });
    let (squares, is_refused) = receiver.recv_timeout(Duration::from_secs(60)).expect("it ends");
    assert_eq!(squares, (0..20).map(|n| n * n).collect::<Vec<u32>>());
    assert!(is_refused, "a third task for a pool of two");
}
