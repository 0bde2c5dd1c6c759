//! The names that stand beside the product's own, where that leaves a choice.

use super::{LONG, MOMENT, all};
use crate::{rs2::prelude::*, run};
use futures_util::StreamExt;
use futures_util::future::join;
use rs2_stream::op::group::{GroupItems, Grouping, OnMaxGroups};
use std::time::Duration;

#[test]
fn transformations_and_accumulation() {
    run(async {
        assert_eq!(from_iter(1..=3).fold_sync_rs2(0, |sum, n| sum + n).await, 6);
        assert_eq!(all(from_iter([1, 9, 2]).skip_while_rs2(|n| *n < 5)).await, [9, 2]);
        let mut seen = 0;
        assert_eq!(all(from_iter([1, 2]).inspect_rs2(|n| seen += n)).await, [1, 2]);
        assert_eq!(seen, 3);
        assert_eq!(all(from_iter(0..3).yield_every_rs2(1)).await, [0, 1, 2]);
        let foreign = futures_util::stream::iter([1, 2]).foreign_rs2();
        assert_eq!(foreign.drive_fold_rs2(0, |sum, n| async move { sum + n }).await, 3);
        let mut rest = 3;
        from_iter(0..3)
            .drive_each_rs2(|_| {
                rest -= 1;
                async {}
            })
            .await;
        assert_eq!(rest, 0);
    });
}

#[test]
fn combining_and_grouping() {
    run(async {
        let strict = emit(1).interleave_strict_rs2(vec![emit_after(10, MOMENT)]);
        assert_eq!(all(strict).await, [1, 10]);
        let largest = from_iter([1, 3, 2]).sliding_window_with_rs2(2, |w| w[0].max(w[1]));
        assert_eq!(all(largest).await, [3, 3]);
        let heavy = from_iter([3, 3, 9]).chunk_by_weight_rs2(6, |n| *n);
        assert_eq!(all(heavy).await, [vec![3, 3], vec![9]]);
        let at_the_end = from_iter(0..3).chunk_within_rs2(9, LONG);
        assert_eq!(all(at_the_end).await, [[0, 1, 2]]);
        let sizes = |batch: Vec<u32>| [batch.len()];
        let batches = from_iter(0..3).batch_process_with_rs2(Batching::of(2).within(LONG), sizes);
        assert_eq!(all(batches).await, [2, 1]);
        let parity = |n: &u32| n % 2;
        let sum = |_key, items: GroupItems<u32>| items.fold_sync_rs2(0, |sum, n| sum + n);
        let mut sums = all(from_iter(0..5).group_by_with_rs2(parity, sum)).await;
        sums.sort();
        assert_eq!(sums, [(0, 6), (1, 4)]);
        let even = Grouping::of(8).on_max_groups(OnMaxGroups::Reject);
        let sums = all(from_iter(0..5).group_by_with_config_rs2(1, even, parity, sum)).await;
        assert_eq!(sums, [(0, 6)]);
    });
}

#[test]
fn second_outputs() {
    run(async {
        let (odd, even) = from_iter(0..4).split_rs2(|n| n % 2 == 1, 4);
        assert_eq!(join(all(odd), all(even)).await, (vec![1, 3], vec![0, 2]));
        let mut negative = Vec::new();
        let rest = from_iter([1, -2]).divert_rs2(|n| *n < 0, &mut negative);
        assert_eq!((all(rest).await, negative), (vec![1], vec![-2]));
        let mut letters = Vec::new();
        let good = from_iter([Ok(1), Err("torn")]).dead_letters_rs2(&mut letters);
        assert_eq!((all(good).await, letters), (vec![1], vec!["torn"]));
        let mut shared = from_iter([1, 2]).broadcast_rs2(4);
        let branches = (shared.branch(), shared.branch());
        drop(shared);
        assert_eq!(join(all(branches.0), all(branches.1)).await, (vec![1, 2], vec![1, 2]));
        let config = BackpressureConfig::new(BackpressureStrategy::Error, 9);
        let pass = from_iter([Ok(1), Err("torn")]).try_auto_backpressure_with_rs2(config);
        assert_eq!(all(pass).await.len(), 2);
    });
}

#[test]
fn parallel_processing() {
    run(async {
        let twice = |n: u32| async move { n * 2 };
        assert_eq!(all(from_iter(0..3).par_eval_map_inline_rs2(2, twice)).await, [0, 2, 4]);
        let mut any = all(from_iter(0..3).par_eval_map_unordered_inline_rs2(2, twice)).await;
        any.sort();
        assert_eq!(any, [0, 2, 4]);
        let keyed = from_iter([0, 2, 4]).par_eval_map_keyed_rs2(4, |n| n % 2, twice);
        assert_eq!(all(keyed).await, [0, 4, 8]);
    });
}

#[test]
fn time() {
    run(async {
        let burst = || from_iter([1, 2, 3]);
        assert_eq!(all(burst().throttle_first_rs2(LONG)).await, [1]);
        assert_eq!(all(burst().throttle_latest_rs2(LONG)).await, [1, 3]);
        assert_eq!(all(burst().pace_rs2(1_000, 3)).await, [1, 2, 3]);
        assert_eq!(all(burst().spaced_rs2(Duration::from_millis(1))).await, [1, 2, 3]);
        assert_eq!(all(burst().debounce_within_rs2(LONG, LONG)).await, [3]);
        assert_eq!(all(burst().delay_rs2(MOMENT, 3)).await, [1, 2, 3]);
        assert_eq!(all(tick_with(MOMENT, MissedTick::Skip, 't').take_rs2(2)).await, ['t', 't']);
        let stuck = || emit_after(1, LONG);
        assert!(all(stuck().initial_timeout_rs2(MOMENT)).await[0].is_err());
        assert!(all(stuck().completion_timeout_rs2(MOMENT)).await[0].is_err());
        assert_eq!(all(burst().demand_timeout_rs2(LONG)).await, [Ok(1), Ok(2), Ok(3)]);
    });
}

#[test]
fn errors() {
    run(async {
        let mut answers = [Err("busy"), Ok(42)].into_iter();
        let ask = || std::future::ready(answers.next().unwrap());
        let policy = RetryPolicy::Immediate { max_retries: 1 };
        assert_eq!(retry(policy, ask).await, Ok(42));
        let live = from_iter([Ok(1), Err("lost"), Ok(2)]);
        let switched = live.switch_on_error_rs2(|_| emit(Ok::<_, &str>(7)));
        assert_eq!(all(switched).await, [Ok(1), Ok(7)]);
        let first = from_iter([Ok(1), Err("lost"), Ok(2)]).stop_on_error_rs2();
        assert_eq!(all(first).await, [Ok(1), Err("lost")]);
        assert_eq!(all(from_iter([Ok(1), Err("lost")]).skip_errors_rs2()).await, [1]);
    });
}

#[test]
fn rules_for_streams_and_for_plain_futures() {
    run(async {
        let breaker = CircuitBreaker::new(CircuitBreakerConfig::new()).unwrap();
        let call = |n: u32| async move { Ok::<_, ()>(n) };
        let called = from_iter([1, 2]).circuit_breaker_rs2(breaker.clone(), call);
        assert_eq!(all(called).await, [Ok(1), Ok(2)]);
        assert_eq!(call_through(&breaker, call(3)).await.unwrap(), 3);
        let limiter = RateLimiter::new(Quota::per_second(1_000).unwrap());
        assert_eq!(all(from_iter([1, 2]).rate_limit_rs2(limiter.clone())).await, [1, 2]);
        until_ready(&limiter).await;
        let bulkhead = Bulkhead::new(1, 0);
        assert_eq!(bulkhead.call(call(4)).await.unwrap(), Ok(4));
    });
}

#[test]
fn pipes_and_queues() {
    use rs2_stream::queue::{PriorityQueue, spsc};
    run(async {
        let mut applied = 0;
        let count = Pipe::from_fn_mut(move |stream: RS2Stream<u32>| {
            applied += 1;
            stream.map_rs2(move |n| n + applied)
        });
        assert_eq!(all(count.apply(emit(0))).await, [1]);
        assert_eq!(all(count.apply(emit(0))).await, [2]);
        let urgent = PriorityQueue::bounded(4);
        urgent.try_enqueue(1, "later").unwrap();
        urgent.try_enqueue(2, "now").unwrap();
        urgent.close();
        assert_eq!(all(urgent.dequeue()).await, ["now", "later"]);
        let (mut sender, receiver) = spsc(2);
        sender.try_send(1).unwrap();
        drop(sender);
        assert_eq!(receiver.collect::<Vec<_>>().await, [1]);
    });
}
