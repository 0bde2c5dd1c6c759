//! The parallel names on smol's own threads.

use rs2_smol::prelude::*;
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

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

fn met_on_two_other_threads(met: Vec<(bool, thread::ThreadId)>) -> bool {
    let threads: HashSet<_> = met.iter().map(|(_, thread)| *thread).collect();
    met.iter().all(|(met, _)| *met)
        && threads.len() == 2
        && !threads.contains(&thread::current().id())
}

// Defect 23 of the peer: it used one thread.
#[test]
fn map_parallel_uses_several_threads() {
    let meeting = Meeting::default();
    let meet = move |_| (meeting.wait_for_two(), thread::current().id());
    let outputs = from_iter(0..2).map_parallel_on_rs2(SmolTimer::new(), SmolSpawner, 2, meet);
    assert!(met_on_two_other_threads(smol::block_on(outputs.collect_rs2())));
}

#[test]
fn blocking_calls_run_at_the_same_time_and_off_the_executor() {
    let meeting = Arc::new(Meeting::default());
    let meet = move |_| (meeting.wait_for_two(), thread::current().id());
    let outputs = from_iter(0..2).map_parallel_with_concurrency_rs2(2, meet);
    assert!(met_on_two_other_threads(smol::block_on(outputs.collect_rs2())));
}

#[test]
fn order_is_that_of_the_items_whatever_the_threads_do() {
    let squares: Vec<u64> = (0..20_000).map(|n| n * n).collect();
    let parallel = from_iter(0..20_000).map_parallel_rs2(|n: u64| n * n);
    assert_eq!(smol::block_on(parallel.collect_rs2::<Vec<u64>>()), squares);
}

#[test]
fn keyed_tasks_keep_the_order_of_each_key() {
    let outputs = from_iter(0..1_000).par_eval_map_keyed_rs2(
        8,
        |n| n % 7,
        async |n: u32| {
            smol::future::yield_now().await;
            n
        },
    );
    let outputs: Vec<u32> = smol::block_on(outputs.collect_rs2());
    for key in 0..7 {
        let of_key = outputs.iter().copied().filter(|n| n % 7 == key);
        assert!(of_key.eq((0..1_000).filter(|n| n % 7 == key)));
    }
}
