//! Operators and queues that are given a meter, in virtual time.

use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses, Meter, ResourceConfig, ResourceError, ResourceManager};
use rs2_core::prelude::*;
use rs2_core::queue::{MeteredError, MeteredQueue};
use rs2_core::state::{CustomKeyExtractor, OnFull, StateAccess, StateConfig};
use rs2_core::time::{Clock, Timer};
use rs2_test::{ManualTimer, ms};
use std::collections::VecDeque;
use std::time::Duration;

const INTERVAL: Duration = ms(30);

/// Five keys.
fn manager(timer: &ManualTimer, max_memory_bytes: u64) -> ResourceManager {
    let (max_keys, cleanup_interval) = (5, INTERVAL);
    let default = ResourceConfig::default();
    let config = ResourceConfig { max_memory_bytes, max_keys, cleanup_interval, ..default };
    ResourceManager::on(timer.clone(), config).unwrap()
}

proptest! {
    /// Peer defect 27: what the keys of a dropped operator had taken stayed taken.
    #[test]
    fn a_dropped_operator_gives_all_back(
        items in prop::collection::vec((0u8..9, 0u64..20), 0..60),
        taken in 0usize..60,
        on_full in prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject), Just(OnFull::Stop)],
    ) {
        let timer = ManualTimer::new();
        let (shared, losses) = (manager(&timer, 1_000_000), Losses::new());
        let state = StateConfig::new().ttl(ms(40)).cleanup_interval(ms(10)).on_full(on_full);
        let state = state.max_size(7).report_to(&losses).with_meter(shared.clone());
        let clock = timer.clone();
        let source = from_iter(items).eval_map_rs2(move |(key, wait)| {
            let clock = clock.clone();
            async move {
                clock.sleep_until(clock.now().saturating_add(ms(wait))).await;
                key
            }
        });
        let step = async |key: u8, state: StateAccess| {
            let seen = state.get::<u32>().await.unwrap_or_default() + 1;
            // Every third time the state is given up.
            let gives_up = seen % 3 == 0;
            if gives_up {
                assert_eq!(state.delete().await, Ok(true));
            } else {
                state.set(&seen).await.unwrap();
            }
            key
        };
        let by_key = CustomKeyExtractor::new(|key: &u8| *key);
        let stream = source.stateful_map_on_rs2(timer.clone(), state, by_key, step);
        let mut stream = Box::pin(stream.take_rs2(taken));
        timer.run(async {
            while stream.next().await.is_some() {
                assert!(shared.metrics().active_keys <= 5);
            }
        });
        drop(stream);
        let metrics = shared.metrics();
        prop_assert_eq!((metrics.active_keys, metrics.current_memory_bytes), (0, 0));
    }

    #[test]
    fn a_metered_queue_counts_what_is_pending(
        steps in prop::collection::vec(prop::option::of(0u8..9), 0..60),
        pending in 0u8..9,
    ) {
        let manager = manager(&ManualTimer::new(), 1_000_000);
        let queue = MeteredQueue::bounded(4, manager.clone());
        let queue = queue.sized_by(|text: &String| length(text));
        let (mut items, mut full) = (VecDeque::new(), 0);
        let mut out = queue.dequeue();
        for step in steps.into_iter().chain([Some(pending)]) {
            match step {
                Some(size) if items.len() == 4 => {
                    full += 1;
                    let refused = Err(MeteredError::Full(text(size)));
                    prop_assert_eq!(queue.try_enqueue(text(size)), refused);
                }
                Some(size) => {
                    items.push_back(u64::from(size));
                    prop_assert_eq!(queue.try_enqueue(text(size)), Ok(()));
                }
                None => {
                    let taken = out.next().now_or_never().flatten();
                    prop_assert_eq!(taken.map(|text| length(&text)), items.pop_front());
                }
            }
            let metrics = manager.metrics();
            prop_assert_eq!(metrics.current_memory_bytes, items.iter().sum::<u64>());
            prop_assert_eq!((metrics.buffer_overflow_count, queue.len()), (full, items.len()));
        }
        drop((queue, out));
        prop_assert_eq!(manager.metrics().current_memory_bytes, 0);
    }
}

#[test]
fn operators_that_share_a_meter_share_its_keys() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 1_000_000);
    let losses = Losses::new();
    let counts = |keys: std::ops::Range<u32>| {
        let state = StateConfig::new().report_to(&losses).with_meter(manager.clone());
        let by_key = CustomKeyExtractor::new(|key: &u32| *key);
        let step = async |_, state: StateAccess| state.set(&1u8).await.unwrap();
        Box::pin(from_iter(keys).stateful_map_on_rs2(timer.clone(), state, by_key, step))
    };
    let (mut left, mut right) = (counts(0..4), counts(0..3));
    timer.run(async { left.by_ref().take(4).collect::<Vec<()>>().await });
    assert_eq!(manager.metrics().active_keys, 4);
    timer.run(async { right.by_ref().take(3).collect::<Vec<()>>().await });
    assert_eq!(manager.metrics().active_keys, 5);
    // The other operator has the rest: its second key took the place of its first, and so on.
    assert_eq!(losses.of(Loss::Evicted), 2);
    drop(left);
    assert_eq!(manager.metrics().active_keys, 1);
}

#[test]
fn an_open_breaker_costs_an_operator_no_state() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 1_000_000);
    let losses = Losses::new();
    let state = StateConfig::new().report_to(&losses).with_meter(manager.clone());
    let by_key = CustomKeyExtractor::new(|key: &u32| *key);
    let step = async |key, state: StateAccess| {
        let seen = state.get::<u32>().await.unwrap_or_default() + 1;
        state.set(&seen).await.unwrap();
        (key, seen)
    };
    let opens = manager.clone();
    let keys = from_iter([1, 2, 9, 3, 4, 1, 2]).inspect_rs2(move |key| {
        if *key == 9 {
            let _ = opens.allocate(u64::MAX);
        }
    });
    let stream = keys.stateful_map_on_rs2(timer.clone(), state, by_key, step);
    let seen: Vec<(u32, u32)> = timer.run(stream.collect_rs2());
    assert_eq!(seen, [(1, 1), (2, 1), (9, 1), (3, 1), (4, 1), (1, 2), (2, 2)]);
    assert_eq!((losses.of(Loss::Full), losses.of(Loss::Evicted)), (3, 0));
}

fn text(length: u8) -> String {
    "x".repeat(length.into())
}

fn length(text: &str) -> u64 {
    text.len() as u64
}

/// Peer defect 28: nobody looked at the breaker.
#[test]
fn a_push_is_refused_while_the_breaker_is_open() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 100);
    let queue = MeteredQueue::unbounded(manager.clone());
    assert_eq!(queue.try_enqueue([0u8; 80]), Ok(()));
    let refused = |why| Err(MeteredError::Refused([1; 80], why));
    let open = ResourceError::CircuitBreakerOpen;
    assert_eq!(queue.try_enqueue([1; 80]), refused(open));
    assert_eq!(timer.run(queue.enqueue([1; 80])), refused(open));
    assert_eq!(queue.len(), 1);

    assert_eq!(timer.run(queue.dequeue().next()), Some([0; 80]));
    timer.advance(INTERVAL);
    assert_eq!(queue.try_enqueue([1; 80]), refused(open), "half-open, and again too much");
    manager.close_breaker();
    assert_eq!(queue.try_enqueue([1; 80]), Ok(()));
    manager.close_breaker();
    assert_eq!(queue.try_enqueue([2; 80]), Err(MeteredError::Refused([2; 80], MAX)));
    queue.close();
    manager.close_breaker();
    assert_eq!(queue.try_enqueue([2; 80]), Err(MeteredError::Closed([2; 80])));
    assert!(!manager.is_open(), "the meter was not asked");
}

const MAX: ResourceError = ResourceError::MaxMemoryExceeded;

#[test]
fn a_push_that_is_given_up_gives_its_memory_back() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 1_000);
    let queue = MeteredQueue::bounded(1, manager.clone());
    timer.run(queue.enqueue([0u8; 10])).unwrap();
    let mut waits = Box::pin(queue.enqueue([1; 10]));
    assert!(waits.as_mut().now_or_never().is_none());
    assert_eq!(manager.metrics().current_memory_bytes, 20);
    drop(waits);
    assert_eq!(manager.metrics().current_memory_bytes, 10);
    queue.close();
    assert_eq!(timer.run(queue.enqueue([2; 10])), Err(MeteredError::Closed([2; 10])));
    drop(queue);
    assert_eq!(manager.metrics().current_memory_bytes, 0);
}
