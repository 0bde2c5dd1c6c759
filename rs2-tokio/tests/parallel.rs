//! The parallel names on tokio's own threads.

use rs2_core::op::parallel::{KeyedConcurrency, KeyedOrder};
use rs2_tokio::prelude::*;
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;
use tokio::sync::Barrier;

/// Two who wait for one another, and no longer than it takes to be sure that nobody comes.
#[derive(Debug, Default)]
struct Meeting {
    here: Mutex<usize>,
    came: Condvar,
}

impl Meeting {
    fn wait_for_two(&self) -> bool {
        let mut here = self.here.lock().unwrap();
        *here += 1;
        self.came.notify_all();
        let patience = Duration::from_secs(20);
        let (here, _) = self.came.wait_timeout_while(here, patience, |here| *here < 2).unwrap();
        *here >= 2
    }
}

/// Whether both calls met, on which threads they ran.
type Met = Vec<(bool, thread::ThreadId)>;

fn met_on_two_other_threads(met: Met) -> bool {
    let threads: HashSet<_> = met.iter().map(|(_, thread)| *thread).collect();
    met.iter().all(|(met, _)| *met)
        && threads.len() == 2
        && !threads.contains(&thread::current().id())
}

// Defect 23 of the peer: it used one thread.
#[tokio::test(flavor = "current_thread")]
async fn map_parallel_uses_several_threads_also_where_the_runtime_has_one() {
    let meeting = Meeting::default();
    let meet = move |_| (meeting.wait_for_two(), thread::current().id());
    let outputs = from_iter(0..2).map_parallel_on_rs2(TokioTimer::new(), TokioSpawner, 2, meet);
    assert!(met_on_two_other_threads(outputs.collect_rs2().await));
}

#[tokio::test(flavor = "current_thread")]
async fn the_plain_map_parallel_has_a_thread_for_each_processor() {
    if thread::available_parallelism().map_or(1, usize::from) < 2 {
        return;
    }
    let meeting = Meeting::default();
    let meet = move |_| (meeting.wait_for_two(), thread::current().id());
    assert!(met_on_two_other_threads(from_iter(0..2).map_parallel_rs2(meet).collect_rs2().await));
}

// Defect 23 of the peer: a call that blocks blocked the executor.
#[tokio::test(flavor = "current_thread")]
async fn blocking_calls_run_at_the_same_time_and_off_the_executor() {
    let meeting = Arc::new(Meeting::default());
    let meet = move |_| (meeting.wait_for_two(), thread::current().id());
    let outputs = from_iter(0..2).map_parallel_with_concurrency_rs2(2, meet);
    assert!(met_on_two_other_threads(outputs.collect_rs2().await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_is_that_of_the_items_whatever_the_threads_do() {
    let squares: Vec<u64> = (0..20_000).map(|n| n * n).collect();
    let parallel = from_iter(0..20_000).map_parallel_rs2(|n: u64| n * n);
    assert_eq!(parallel.collect_rs2::<Vec<u64>>().await, squares);
    let blocking = from_iter(0..200).map_parallel_with_concurrency_rs2(4, |n: u64| n * n);
    assert_eq!(blocking.collect_rs2::<Vec<u64>>().await, squares[..200]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unordered_tasks_run_at_the_same_time_and_none_is_lost() {
    let barrier = Arc::new(Barrier::new(2));
    let outputs = from_iter(0..100).par_eval_map_unordered_rs2(2, move |n: u32| {
        let barrier = barrier.clone();
        async move {
            barrier.wait().await;
            n
        }
    });
    let mut outputs: Vec<u32> = outputs.collect_rs2().await;
    outputs.sort_unstable();
    assert_eq!(outputs, (0..100).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keyed_tasks_keep_the_order_of_each_key() {
    let work = async |n: u32| {
        tokio::task::yield_now().await;
        n
    };
    let outputs = from_iter(0..1_000).par_eval_map_keyed_rs2(8, |n| n % 7, work);
    let outputs: Vec<u32> = outputs.collect_rs2().await;
    for key in 0..7 {
        let of_key = outputs.iter().copied().filter(|n| n % 7 == key);
        assert!(of_key.eq((0..1_000).filter(|n| n % 7 == key)));
    }
    let limits = KeyedConcurrency::of(8).order(KeyedOrder::Global);
    let outputs = from_iter(0..1_000).par_eval_map_keyed_rs2(limits, |n| n % 7, work);
    assert_eq!(outputs.collect_rs2::<Vec<u32>>().await, (0..1_000).collect::<Vec<_>>());
}

// Defect 33 of the peer: building a stream outside a runtime panicked.
#[test]
fn streams_can_be_built_where_there_is_no_runtime() {
    let blocking = from_iter([1]).map_parallel_with_concurrency_rs2(2, |n: u32| n);
    let parallel = from_iter([1]).map_parallel_rs2(|n: u32| n);
    let keyed = from_iter([1]).par_eval_map_keyed_rs2(2, |n| *n, async |n: u32| n);
    let unordered = from_iter([1]).par_eval_map_unordered_rs2(2, async |n: u32| n);
    let all = blocking.concat_rs2(parallel).concat_rs2(keyed).concat_rs2(unordered);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    assert_eq!(runtime.block_on(all.collect_rs2::<Vec<u32>>()), [1, 1, 1, 1]);
}
