//! A queue in a `static` between tasks of embassy, of which one waits for embassy's time as well.

use embassy_executor::{Executor, Spawner};
use embassy_time::{Duration, MockDriver};
use rs2_core::metrics::Counters;
use rs2_core::prelude::*;
use rs2_core::queue::QueueIn;
use rs2_core::state::OnFull;
use rs2_core::store::Inline;
use rs2_embassy::EmbassyTimer;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;

static LOST: Counters = Counters::new();
static READINGS: QueueIn<u32, Inline<2>, Inline<2>> = QueueIn::in_static(OnFull::Reject, &LOST);

/// Waits for room, which there is only when the other task has been at it.
#[embassy_executor::task(pool_size = 2)]
async fn produce(first: u32) {
    for n in 0..20 {
        READINGS.enqueue(first + n).await.expect("nobody closes it");
    }
}

#[embassy_executor::task]
async fn consume(seen: Sender<Vec<u32>>) {
    let spaced = READINGS.dequeue().pace_on_rs2(EmbassyTimer, 100, 1);
    let _ = seen.send(spaced.take_rs2(40).collect_rs2().await);
}

fn spawn_all(spawner: Spawner, seen: Sender<Vec<u32>>) {
    spawner.spawn(consume(seen).expect("one task"));
    spawner.spawn(produce(0).expect("the first of two"));
    spawner.spawn(produce(100).expect("the second of two"));
}

#[test]
fn tasks_wait_for_items_and_room_and_time() {
    let (sender, receiver) = channel();
    // The executor never returns: it ends with the process.
    thread::spawn(move || {
        let executor = Box::leak(Box::new(Executor::new()));
        executor.run(|spawner| spawn_all(spawner, sender));
    });
    let step = std::time::Duration::from_millis(1);
    let seen = (0..60_000).find_map(|_| match receiver.recv_timeout(step) {
        Err(RecvTimeoutError::Timeout) => {
            MockDriver::get().advance(Duration::from_millis(10));
            None
        }
        seen => Some(seen.expect("the task lives")),
    });
    let seen = seen.expect("it ends");
    let of = |first| seen.iter().copied().filter(move |n| (first..first + 20).contains(n));
    assert_eq!(seen.len(), 40);
    assert!(of(0).eq(0..20) && of(100).eq(100..120), "{seen:?}");
}
