//! Streams in place yield what they do on a heap of the same capacity, and lose the same.
#![cfg(all(feature = "std", feature = "heapless"))]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "common/ticking.rs"]
mod ticking;

use by_time::{cases, counts};
use futures_core::{FusedStream, Stream};
use futures_executor::block_on;
use futures_util::StreamExt;
use patchy::ByHand;
use proptest::prelude::*;
use recorder::{At, arrivals, ns, record};
use rs2_core::aggregate::{Max, Sum};
use rs2_core::metrics::Reports;
use rs2_core::op::join::{Interval, TemporalJoinConfig, Version};
use rs2_core::op::resilience::{
    Circuit, CircuitBreakerConfig, KeyedLimit, Limit, OnFullKeys, Outcome, Quota, SlidingLog,
};
use rs2_core::prelude::*;
use rs2_core::slots::SlotStorage;
use rs2_core::state::{Limits, OnFull};
use rs2_core::statistics::{Cusum, Ewma, Hampel, P2Quantile, ZScore};
use rs2_core::store::{Batch, Heap, Inline, KeyStorage, Storage};
use rs2_core::time::{EventTime, Instant};
use std::fmt::Debug;
use std::task::Poll;
use std::time::Duration;
use ticking::Ticking;

/// Its place in the input and its key.
type Item = (usize, u8);

fn key(item: &Item) -> u8 {
    item.1
}

fn value(item: &Item) -> f64 {
    f64::from(item.1) + if item.0.is_multiple_of(7) { 50.0 } else { 0.0 }
}

fn time(item: &Item) -> EventTime {
    EventTime::from_micros(item.0 as i64)
}

fn answers(answer: u8) -> OnFull {
    [OnFull::Evict, OnFull::Reject, OnFull::Stop][usize::from(answer % 3)]
}

/// Outputs as text, so that a `Vec` and its twin in place compare.
fn all<S: Stream<Item: Debug>>(stream: S) -> String {
    format!("{:?}", block_on(stream.collect::<Vec<_>>()))
}

/// And what was lost.
fn counted<S: Stream<Item: Debug> + Reports>(stream: S) -> String {
    let losses = stream.losses().clone();
    format!("{} {:?}", all(stream), counts(&losses))
}

/// Operators with a table, in one memory.
fn by_key<St: KeyStorage + Clone>(keys: &St, items: &[Item], answer: u8) -> Vec<String> {
    let limits = || Limits::of(keys.clone()).on_full(answers(answer));
    let source = || from_iter(items.to_vec());
    let values = || from_iter(items.iter().map(value).collect::<Vec<_>>());
    let whole = |value: &f64| *value as u8;
    let (level, usual) = (Cusum::learning(3).beyond(4.0), ZScore::<4>::beyond(2.0));
    let last = Hampel::<3>::beyond(3.0);
    vec![
        counted(from_iter(items.iter().map(key).collect::<Vec<_>>()).distinct_in_rs2(limits())),
        counted(source().distinct_by_in_rs2(limits(), key)),
        counted(source().keyed_filter_in_rs2(limits(), key, |_, seen: &mut u32| {
            *seen += 1;
            *seen % 2 == 1
        })),
        counted(source().keyed_fold_in_rs2(limits(), key, 0, |item, sum| *sum += item.0)),
        counted(source().keyed_reduce_in_rs2(limits(), key, |item, last| last.0 += item.0)),
        counted(values().track_by_key_in_rs2(limits(), whole, Ewma::weighing(0.5))),
        counted(values().track_by_key_in_rs2(limits(), whole, P2Quantile::of(0.5))),
        counted(source().detect_outliers_by_key_in_rs2(limits(), key, value, level)),
        counted(source().detect_outliers_by_key_in_rs2(limits(), key, value, last)),
        counted(source().detect_outliers_by_key_in_rs2(limits(), key, value, usual)),
    ]
}

/// Operators on two sources, in one memory.
fn of_two<St: KeyStorage + Clone>(items: &St, left: &[Item], right: &[Item]) -> Vec<String> {
    let limits = || Limits::of(items.clone()).on_full(OnFull::Reject);
    let (left, right) = (|| from_iter(left.to_vec()), || from_iter(right.to_vec()));
    let delay = Duration::from_micros(2);
    let both = |a: &Item, b: &Item| (*a, *b);
    let versions = right().map_rs2(|item| Version::new(item.1, time(&item), item.0));
    let near = IntervalJoinConfig::new(Interval::within(3 * delay), delay);
    let newest = TemporalJoinConfig::new(delay);
    let (keys, times) = ((key, key), (time, time));
    vec![
        counted(left().interval_join_in_rs2(limits(), right(), near, keys, times, both)),
        counted(left().temporal_join_in_rs2(limits(), versions, newest, key, time, |a, b| (a, *b))),
        counted(left().keyed_join_in_rs2(limits(), right(), 2, (key, key), both)),
        all(left().merge_rs2(right())),
        all(left().zip_rs2(right())),
    ]
}

/// Operators without a table, in one memory.
fn of_items<M: Storage + Clone>(memory: &M, items: &[Item]) -> Vec<String>
where
    M::Batch<Item>: Batch<Item, Done: Debug + IntoIterator<Item = Item>>,
{
    let source = || from_iter(items.to_vec());
    let values = || from_iter(items.iter().map(|item| i64::from(item.1)).collect::<Vec<_>>());
    let one_of_two = |batch: <M::Batch<Item> as Batch<Item>>::Done| batch.into_iter().step_by(2);
    vec![
        all(source().chunk_by_weight_in_rs2(memory.clone(), 6, |item| usize::from(item.1))),
        all(source().group_adjacent_by_in_rs2(memory.clone(), key)),
        all(source().batch_process_in_rs2(memory.clone(), one_of_two)),
        all(values().aggregate_window_in_rs2(memory.clone(), 2, (Max, Sum))),
    ]
}

/// Calls in flight, each pending as often as its item says. The outputs in order, and sorted those
/// of calls that may overtake each other.
fn in_flight<M: SlotStorage + Clone>(slots: &M, items: &[Item]) -> (Vec<Item>, Vec<Item>) {
    let call = async |item: Item| {
        for _ in 0..item.1 {
            let mut is_first = true;
            std::future::poll_fn(|cx| {
                cx.waker().wake_by_ref();
                let polled = if is_first { Poll::Pending } else { Poll::Ready(()) };
                is_first = false;
                polled
            })
            .await;
        }
        item
    };
    let source = || from_iter(items.to_vec());
    let ordered = source().par_eval_map_inline_in_rs2(slots.clone(), call);
    let mut unordered: Vec<Item> =
        block_on(source().par_eval_map_unordered_inline_in_rs2(slots.clone(), call).collect());
    unordered.sort_unstable();
    (block_on(ordered.collect()), unordered)
}

/// Operators that wait, in one memory: what comes out, when, and when they end.
fn in_time<St>(memory: &St, arrivals: &[At<usize>], end: u64, wait: u64, answer: u8) -> Vec<String>
where
    St: KeyStorage + Clone,
    St::Batch<usize>: Batch<usize, Done: Debug>,
{
    fn text<S: Stream<Item: Debug> + FusedStream>(
        arrivals: &[At<usize>],
        end: u64,
        build: impl FnOnce(ByHand<usize>, Ticking) -> S,
    ) -> String {
        format!("{:?}", record(arrivals, end, build))
    }
    let limits = || Limits::of(memory.clone()).on_full(answers(answer));
    let wait = ns(wait);
    vec![
        text(arrivals, end, |s, t| s.delay_in_on_rs2(memory.clone(), t, wait)),
        text(arrivals, end, |s, t| s.spaced_in_on_rs2(limits(), t, wait)),
        text(arrivals, end, |s, t| s.chunk_within_in_rs2(t, memory.clone(), wait)),
        text(arrivals, end, |s, t| s.debounce_by_key_on_rs2(t, limits(), |n| n % 5, wait)),
    ]
}

/// Calls through a breaker and items within limits: those of the stream's own, in one memory, do
/// what shared ones do.
fn guarded<St: KeyStorage + Clone>(memory: &St, arrivals: &[At<usize>], end: u64, wait: u64) {
    let call = async |n: usize| if n.is_multiple_of(3) { Err(n) } else { Ok(n) };
    let config = CircuitBreakerConfig::new().window(memory.capacity()).min_calls(1);
    let config = config.failure_percent(40).open_wait(ns(wait)).half_open_calls(1);
    let own = Circuit::new(config, memory).expect("the window fits");
    let shared = CircuitBreaker::new(config).expect("it works");
    let own = record(arrivals, end, |s, t| s.circuit_breaker_on_rs2(t, own, call));
    let shared = record(arrivals, end, |s, t| s.circuit_breaker_on_rs2(t, shared, call));
    assert_eq!(own, shared);

    let quota = Quota::new(1, ns(wait)).and_then(|quota| quota.with_burst(2)).expect("it works");
    let limit = || KeyedLimit::new(memory, quota);
    let shared = KeyedRateLimiter::new(limit());
    let key = |n: &usize| n % 5;
    let own = record(arrivals, end, |s, t| s.rate_limit_by_key_on_rs2(t, limit(), key));
    let shared = record(arrivals, end, |s, t| s.rate_limit_by_key_on_rs2(t, shared, key));
    assert_eq!(own, shared);
}

/// Rules of limits and breakers, in one memory.
fn rules<St: KeyStorage + Clone>(memory: &St, steps: &[(u8, u64)]) -> String {
    let quota = Quota::new(1, ns(7)).and_then(|quota| quota.with_burst(2)).expect("it works");
    let config = CircuitBreakerConfig::new().window(memory.capacity()).min_calls(1);
    let config = config.open_wait(ns(9)).half_open_calls(1);
    let mut keyed = [OnFullKeys::EvictLeastDebt, OnFullKeys::FailOpen, OnFullKeys::FailClosed]
        .map(|answer| KeyedLimit::new(memory, quota).on_full(answer));
    let mut log = SlidingLog::new(memory, ns(11));
    let mut circuit = Circuit::new(config, memory).expect("the window fits");
    let mut now = 0;
    let answers = steps.iter().map(|&(key, gap)| {
        now += gap;
        let now = Instant::from_nanos(now);
        let call = circuit.acquire(now).map(|pass| {
            let outcome = if key % 2 == 0 { Outcome::Success } else { Outcome::Failure };
            circuit.record(pass, outcome, now);
        });
        let keyed = keyed.each_mut().map(|limit| (limit.check(&key, 1, now), limit.keys(now)));
        (keyed, log.check(1, now), call, circuit.state())
    });
    format!("{:?}", answers.collect::<Vec<_>>())
}

macro_rules! each_capacity {
    ($($n:literal),*) => {
        proptest! {
            #![proptest_config(cases(300))]

            #[test]
            fn without_time(
                left in prop::collection::vec(0_u8..6, 0..40),
                right in prop::collection::vec(0_u8..6, 0..20),
                answer in 0_u8..3,
            ) {
                let numbered = |keys: Vec<u8>| keys.into_iter().enumerate().collect::<Vec<Item>>();
                let (left, right) = (numbered(left), numbered(right));
                $({
                    let heap = Heap::bounded($n).seeded(7);
                    let inline = Inline::<$n>.seeded(7);
                    prop_assert_eq!(by_key(&heap, &left, answer), by_key(&inline, &left, answer));
                    prop_assert_eq!(of_two(&heap, &left, &right), of_two(&inline, &left, &right));
                    prop_assert_eq!(of_items(&heap, &left), of_items(&inline, &left));
                    let (heap, inline) = (Heap::bounded($n), Inline::<$n>);
                    prop_assert_eq!(in_flight(&heap, &left), in_flight(&inline, &left));
                })*
            }

            #[test]
            fn by_the_clock((arrivals, end) in arrivals(), wait in 0_u64..15, answer in 0_u8..3) {
                $({
                    let heap = in_time(&Heap::bounded($n).seeded(7), &arrivals, end, wait, answer);
                    let inline = in_time(&Inline::<$n>.seeded(7), &arrivals, end, wait, answer);
                    prop_assert_eq!(heap, inline);
                })*
            }

            #[test]
            fn of_ones_own_or_shared((arrivals, end) in arrivals(), wait in 1_u64..15) {
                $({
                    guarded(&Heap::bounded($n).seeded(7), &arrivals, end, wait);
                    guarded(&Inline::<$n>.seeded(7), &arrivals, end, wait);
                })*
            }

            #[test]
            fn limits_and_breakers(steps in prop::collection::vec((0_u8..6, 0_u64..9), 0..60)) {
                $({
                    let heap = rules(&Heap::bounded($n).seeded(7), &steps);
                    prop_assert_eq!(heap, rules(&Inline::<$n>.seeded(7), &steps));
                })*
            }
        }
    };
}

each_capacity!(1, 2, 5, 16);
