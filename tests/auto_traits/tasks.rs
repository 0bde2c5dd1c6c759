//! Operators that hold futures or tasks, and what must be given back.

use super::{all, now, numbers, results, sends, shares};
use rs2_stream::metrics::{MetricsConfig, ResourceConfig, ResourceManager};
use rs2_stream::op::flow::{BackpressureConfig, BackpressureStrategy};
use rs2_stream::op::parallel::KeyedConcurrency;
use rs2_stream::op::resource::{Scope, bracket_case_sync, bracket_sync};
use rs2_stream::prelude::*;
use rs2_stream::queue::{PriorityQueue, QueueIn, spsc};
use rs2_stream::store::Inline;
use rs2_stream::time::NoTimer;

/// What a task panicked with, which they may hold, can be sent and no more.
#[test]
fn parallel() {
    let limits = KeyedConcurrency::of(1).seeded(7);
    sends(numbers().par_eval_map_inline_rs2(1, now));
    sends(numbers().par_eval_map_inline_in_rs2(Inline::<1>::new(), now));
    sends(numbers().par_eval_map_unordered_inline_in_rs2(Inline::<1>::new(), now));
    sends(numbers().par_eval_map_unordered_inline_rs2(1, now));
    sends(numbers().par_eval_map_keyed_inline_rs2(limits, |n| *n, now));
    sends(numbers().par_eval_map_on_rs2(TokioSpawner, 1, now));
    sends(numbers().par_eval_map_unordered_on_rs2(TokioSpawner, 1, now));
    sends(numbers().par_eval_map_keyed_on_rs2(TokioSpawner, limits, |n| *n, now));
    sends(numbers().map_rs2(emit).par_join_rs2(1));
    sends(numbers().map_parallel_on_rs2(NoTimer, TokioSpawner, 1, |n| n));
    sends(numbers().map_parallel_with_concurrency_on_rs2(TokioSpawner, 1, |n| n));
}

#[test]
fn buffers() {
    let config = BackpressureConfig::new(BackpressureStrategy::Block, 1);
    all(numbers().prefetch_on_rs2(TokioSpawner, 1));
    all(results().try_prefetch_on_rs2(TokioSpawner, 1));
    all(numbers().auto_backpressure_on_rs2(TokioSpawner, config));
    all(results().try_auto_backpressure_on_rs2(TokioSpawner, config));
}

/// A release that was handed on is a box of what can be sent.
#[test]
fn resources() {
    let release = |_: u32| now(());
    let (acquire, open) = (now(1), |_: u32| numbers());
    sends(numbers().bracket_on_rs2(TokioSpawner, acquire.clone(), open, release));
    sends(bracket_on(TokioSpawner, acquire.clone(), open, release));
    all(bracket_sync(acquire, open, |_, _| ()));
    let release = |_: u32, _: ExitCase<u32>| now(());
    let (acquire, open) = (now(1), |_: u32| results());
    sends(results().bracket_case_on_rs2(TokioSpawner, acquire.clone(), open, release));
    sends(bracket_case_on(TokioSpawner, acquire.clone(), open, release));
    all(bracket_case_sync(acquire, open, |_, _: ExitCase<u32>| ()));
    let scope = Scope::new(1);
    sends(scope.run());
    sends(scope.shutdown(now(())));
}

#[test]
fn observe() {
    let config = MetricsConfig::default;
    let (stream, handle) = numbers().with_metrics_on_rs2(NoTimer, "name", config());
    all(stream);
    all(numbers().with_metrics_by_on_rs2(NoTimer, "name", config(), |_| 1));
    all(results().try_with_metrics_on_rs2(NoTimer, "name", config()));
    all(numbers().observe_rs2(&handle));
    all(numbers().observe_by_rs2(&handle, |_| 1));
    all(results().try_observe_rs2(&handle));
    let manager = ResourceManager::on(NoTimer, ResourceConfig::default());
    let manager = manager.expect("the default settings work");
    all(numbers().guarded_by_on_rs2(NoTimer, &manager));
}

#[test]
fn queues() {
    let queue = Queue::bounded(1);
    // They wait in a list of the channel, where they must not move.
    shares(queue.clone());
    shares(queue.enqueue(1));
    all(queue.dequeue());
    let queue = PriorityQueue::bounded(1);
    all(queue.clone());
    all(queue.enqueue(1, 1));
    all(queue.dequeue());
    let queue = QueueIn::new(Inline::<1>::new(), Inline::<1>::new());
    all(queue.enqueue(1));
    all(queue.dequeue());
    all(queue);
    let (mut sender, mut receiver) = spsc::<u32>(1);
    sends(sender.send(1));
    sends(sender.send_batch([1]));
    sends(receiver.recv_batch(&mut Vec::new(), 1));
    sends((sender, receiver));
}
