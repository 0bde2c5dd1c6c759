//! Snapshots between any two polls of streams that wait: for their sources, or for a future or a
//! stream of the user's. Those cannot be written, so with them the stream is busy, and can be saved
//! at the next quiet moment.
#![cfg(all(feature = "snapshot", feature = "std"))]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use futures_executor::block_on;
use futures_sink::Sink;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::error::{Elapsed, Rejected};
use rs2_core::metrics::{Metrics, MetricsConfig, MetricsHandle, ResourceConfig, ResourceManager};
use rs2_core::op::group::{GroupItems, Grouping, OnMaxGroups};
use rs2_core::op::parallel::KeyedConcurrency;
use rs2_core::op::recover::Attempt;
use rs2_core::op::resilience::{
    BreakerError, CircuitBreaker, CircuitBreakerConfig, Divert, Fail, Outcome,
};
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot, SnapshotError};
use rs2_core::store::Heap;
use rs2_core::task::{Job, SpawnBlocking, Spawner};
use rs2_core::time::{Instant, NoTimer};
use snapshots::{Later, Moments, Pausing, goes_on_between_polls};
use std::convert::Infallible;
use std::fmt::Debug;
use std::future::pending;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use ticking::Ticking;

const MINUTE: Duration = Duration::from_secs(60);

fn source(items: &[u8], polls: u32) -> impl Stream<Item = u8> + Snapshot + Unpin + use<> {
    Pausing::new(from_iter(items.to_vec()).replayable_rs2(), polls)
}

fn items() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..9, 0..8)
}

/// Whether an item is one that fails.
fn result(n: u8) -> Result<u8, u8> {
    if n.is_multiple_of(3) { Err(n) } else { Ok(n) }
}

/// A sink that is ready for an item after so many polls.
#[derive(Default)]
struct Slow<T> {
    polls: u32,
    left: u32,
    got: Vec<T>,
}

impl<T> Slow<T> {
    fn new(polls: u32) -> Self {
        Self { polls, left: polls, got: Vec::new() }
    }
}

impl<T: Unpin> Sink<T> for Slow<T> {
    type Error = Infallible;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.left == 0 {
            return Poll::Ready(Ok(()));
        }
        self.left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn start_send(mut self: Pin<&mut Self>, item: T) -> Result<(), Infallible> {
        self.left = self.polls;
        self.got.push(item);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

/// Does what it is given at once.
#[derive(Clone, Copy)]
struct AtOnce;

impl<F: Future<Output = ()>> Spawner<F> for AtOnce {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        future.now_or_never().expect("it waits for nothing");
        Ok(())
    }
}

impl<W: Job> SpawnBlocking<W> for AtOnce {
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        work.run();
        Ok(())
    }
}

/// At each moment at which nothing of the user's runs it can be saved.
fn is_never_busy<S>(build: impl Fn() -> S)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot,
{
    assert_eq!(goes_on_between_polls(build).busy, 0);
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn several_streams(left in items(), right in items(), pauses in (0_u32..3, 0_u32..3)) {
        let sides = || (source(&left, pauses.0), source(&right, pauses.1));
        is_never_busy(|| { let (left, right) = sides(); left.concat_rs2(right) });
        is_never_busy(|| { let (left, right) = sides(); left.merge_rs2(right) });
        is_never_busy(|| { let (left, right) = sides(); left.either_rs2(right) });
        is_never_busy(|| { let (left, right) = sides(); left.zip_rs2(right) });
        is_never_busy(|| { let (left, right) = sides(); left.zip_with_rs2(right, |a, b| a + b) });
        is_never_busy(|| { let (left, right) = sides(); left.sample_when_rs2(right) });
        let others = || vec![source(&right, pauses.1), source(&left, 1)];
        is_never_busy(|| source(&left, pauses.0).interleave_rs2(others()));
        is_never_busy(|| source(&left, pauses.0).interleave_strict_rs2(others()));
        is_never_busy(|| source(&left, pauses.0).interrupt_when_rs2(pending()));
    }

    #[test]
    fn results(items in items(), pauses in 0_u32..3) {
        let results = || source(&items, pauses).map_rs2(result);
        is_never_busy(|| results().map_error_rs2(|error| error + 1));
        is_never_busy(|| results().or_else_rs2(|error| error + 1));
        is_never_busy(|| results().skip_errors_rs2());
        is_never_busy(|| results().on_error_resume_next_rs2());
        is_never_busy(|| results().stop_on_error_rs2());
        is_never_busy(|| results().dead_letters_rs2(Slow::new(pauses)));
        is_never_busy(|| source(&items, pauses).divert_rs2(|n| n % 3 == 0, Slow::new(pauses)));
        is_never_busy(|| source(&items, pauses).prefetch_inline_rs2(3));
    }

    #[test]
    fn what_looks_on(items in items(), pauses in 0_u32..3) {
        let source = || source(&items, pauses);
        let results = || source().map_rs2(result);
        let settings = MetricsConfig::default;
        let handle = || MetricsHandle::new(NoTimer, Metrics::with_config("it", settings()));
        is_never_busy(|| source().with_metrics_on_rs2(NoTimer, "it", settings()).0);
        is_never_busy(|| source().with_metrics_by_on_rs2(NoTimer, "it", settings(), |_| 3).0);
        is_never_busy(|| results().try_with_metrics_on_rs2(NoTimer, "it", settings()).0);
        is_never_busy(|| source().observe_rs2(&handle()));
        is_never_busy(|| source().observe_by_rs2(&handle(), |_| 3));
        is_never_busy(|| results().try_observe_rs2(&handle()));
        let manager = ResourceManager::on(NoTimer, ResourceConfig::default());
        let manager = manager.expect("the settings work");
        is_never_busy(|| source().guarded_by_on_rs2(NoTimer, &manager));
        is_never_busy(|| source().foreign_rs2());
        is_never_busy(|| source().foreign_rs2().inspect_rs2(|_| {}).yield_every_rs2(2));
    }

    /// A step for each item is busy exactly while it runs.
    #[test]
    fn one_future_at_a_time(items in items(), pauses in 1_u32..3, runs in 0_u32..3) {
        let busy = items.len() * runs as usize;
        let failed = items.iter().filter(|n| *n % 3 == 0).count() * runs as usize;
        let eval = || source(&items, pauses).eval_map_rs2(|n| Later::new(runs, n + 1));
        prop_assert_eq!(goes_on_between_polls(eval).busy, busy);
        let filter =
            || source(&items, pauses).eval_filter_rs2(|n| Later::new(runs, n % 3 == 0));
        prop_assert_eq!(goes_on_between_polls(filter).busy, busy);
        let recover = || {
            let results = source(&items, pauses).map_rs2(result);
            results.recover_rs2(|error| Later::new(runs, error))
        };
        prop_assert_eq!(goes_on_between_polls(recover).busy, failed);
        let each = || {
            let run = |n| Later::new(runs, n);
            source(&items, pauses).timeout_each_on_rs2(NoTimer, MINUTE, run).map_rs2(within)
        };
        prop_assert_eq!(goes_on_between_polls(each).busy, busy);
        let from = || unfold(0_u8, |n| Later::new(runs, (n < 4).then_some((n, n + 1))));
        let expected = 5 * runs as usize;
        prop_assert_eq!(goes_on_between_polls(from).busy, expected);
    }

    /// As many futures as there is room for: quiet while nothing was taken that is not yet out.
    #[test]
    fn several_futures_at_once(
        items in items(), pauses in 1_u32..4, runs in 0_u32..3, n in 1_usize..4,
    ) {
        let run = |n: u8| Later::new(runs, n);
        let source = || source(&items, pauses);
        let limits = KeyedConcurrency::of(n);
        let all: Vec<Moments> = vec![
            goes_on_between_polls(|| source().par_eval_map_inline_rs2(n, run)),
            goes_on_between_polls(|| source().par_eval_map_unordered_inline_rs2(n, run)),
            goes_on_between_polls(|| {
                source().par_eval_map_keyed_inline_rs2(limits, |n| n % 2, run)
            }),
            goes_on_between_polls(|| {
                source().map_rs2(|n| Pausing::new(from_iter([n, n + 1]), runs)).par_join_rs2(n)
            }),
            goes_on_between_polls(|| {
                let consume = async |_, items: GroupItems<u8>| items.collect_rs2::<Vec<u8>>().await;
                let groups = Heap::bounded(n).seeded(7);
                source().group_by_with_in_rs2(groups, 2, |n| n % 2, consume)
            }),
            goes_on_between_polls(|| {
                let consume = async |_, items: GroupItems<u8>| items.collect_rs2::<Vec<u8>>().await;
                let grouping = Grouping::of(2).close_idle(MINUTE);
                let groups = Heap::bounded(n).seeded(7);
                source().group_by_with_config_on_rs2(NoTimer, groups, grouping, |n| n % 2, consume)
            }),
            goes_on_between_polls(|| {
                let consume = async |_, items: GroupItems<u8>| items.collect_rs2::<Vec<u8>>().await;
                let grouping = Grouping::of(2).on_max_groups(OnMaxGroups::Reject);
                let (groups, key) = (Heap::bounded(n).seeded(7), |n: &u8| n % 2);
                source().try_group_by_with_config_on_rs2(NoTimer, groups, grouping, key, consume)
            }),
        ];
        for moments in all {
            // Before the first item and after the end.
            prop_assert!(moments.quiet >= 2, "{:?}", moments);
        }
    }

    #[test]
    fn tasks_and_threads(items in items(), pauses in 1_u32..4, n in 1_usize..4) {
        let source = || source(&items, pauses);
        let (run, twice) = (|n: u8| Later::new(0, n), |n: u8| n * 2);
        let limits = KeyedConcurrency::of(n);
        let all: Vec<Moments> = vec![
            goes_on_between_polls(|| source().par_eval_map_on_rs2(AtOnce, n, run)),
            goes_on_between_polls(|| source().par_eval_map_unordered_on_rs2(AtOnce, n, run)),
            goes_on_between_polls(|| {
                source().par_eval_map_keyed_on_rs2(AtOnce, limits, |n| n % 2, run)
            }),
            goes_on_between_polls(|| source().map_parallel_on_rs2(NoTimer, AtOnce, n, twice)),
            goes_on_between_polls(|| {
                source().map_parallel_with_concurrency_on_rs2(AtOnce, n, twice)
            }),
        ];
        for moments in all {
            prop_assert!(moments.quiet >= 2, "{:?}", moments);
        }
    }

    /// A stream of the user's is quiet once it says that nothing more comes of it.
    #[test]
    fn streams_made_of_items(items in items(), pauses in 0_u32..3, inner in 0_u8..4) {
        let several = || source(&items, pauses).flat_map_rs2(|n| from_iter(n..n + inner));
        let within = items.len() * usize::from(inner.saturating_sub(1));
        prop_assert_eq!(goes_on_between_polls(several).busy, within);
        let switch = || {
            let results = source(&items, pauses).map_rs2(result);
            results.switch_on_error_rs2(|error| from_iter([Ok::<_, u8>(error), Ok(9)]))
        };
        let switches = items.iter().any(|n| n % 3 == 0);
        prop_assert_eq!(goes_on_between_polls(switch).busy, if switches { 2 } else { 0 });
    }

    /// One that is made afresh is saved in each try; one that goes on from an error in the first.
    #[test]
    fn tries(items in items(), pauses in 0_u32..3, times in 0_u32..4) {
        let afresh = || source(&items, pauses).map_rs2(result as fn(u8) -> _);
        is_never_busy(|| afresh().retry_rs2(times, afresh));
        let policy = RetryPolicy::Immediate { max_retries: times };
        is_never_busy(|| afresh().retry_with_policy_on_rs2(NoTimer, 7, policy, afresh));
        let from = |attempt: Attempt<u8>| {
            let taken = (attempt.yielded + attempt.number - 1) as usize;
            source(&items[taken..], pauses).map_rs2(result as fn(u8) -> _)
        };
        let moments =
            goes_on_between_polls(|| afresh().retry_from_on_rs2(NoTimer, 7, policy, from));
        prop_assert!(moments.quiet >= 1);
    }

    #[test]
    fn calls_through_a_breaker(
        items in items(), pauses in 0_u32..3, runs in 0_u32..3, window in 1_usize..4,
    ) {
        let config = CircuitBreakerConfig::new().window(window).min_calls(window);
        let breaker = || CircuitBreaker::new(config).expect("the settings work");
        let call = |n| Later::new(runs, result(n).map_err(BreakerError::Failed));
        let fails = goes_on_between_polls(|| {
            source(&items, pauses).circuit_breaker_with_on_rs2(NoTimer, breaker(), Fail, call)
        });
        let instead = Divert(|n, _open| Ok(100 + n));
        let diverts = goes_on_between_polls(|| {
            source(&items, pauses).circuit_breaker_with_on_rs2(NoTimer, breaker(), instead, call)
        });
        prop_assert_eq!(fails, diverts);
        prop_assert!(fails.busy <= items.len() * runs as usize);
    }

    #[test]
    fn batches(items in items(), pauses in 0_u32..3, size in 1_usize..4) {
        let each = |batch: Vec<u8>| batch.iter().map(|n| n + 1).collect::<Vec<u8>>();
        is_never_busy(|| source(&items, pauses).batch_process_rs2(size, each));
        let batching = || Batching::of(size).weighing(9, |n: &u8| usize::from(*n));
        is_never_busy(|| {
            source(&items, pauses).batch_process_with_on_rs2(NoTimer, batching(), each)
        });
    }
}

fn within(result: Result<u8, Elapsed>) -> u8 {
    result.expect("nothing takes a minute of no time")
}

/// Keeps what it is given and does nothing with it.
#[derive(Clone, Copy)]
struct Never;

impl<W> SpawnBlocking<W> for Never {
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        std::mem::forget(work);
        Ok(())
    }
}

/// Busy as long as something is in flight, and not before.
fn is_busy_with_an_item<S: Stream + Snapshot>(stream: S) {
    let mut stream = Box::pin(stream);
    assert!(snapshot::save(&*stream).is_ok());
    assert!(stream.next().now_or_never().is_none());
    assert_eq!(snapshot::save(&*stream), Err(SnapshotError::Busy));
}

#[test]
fn what_is_in_flight_cannot_be_saved() {
    let one = || source(&[1], 0);
    is_busy_with_an_item(one().par_eval_map_inline_rs2(2, |_| pending::<u8>()));
    is_busy_with_an_item(one().par_eval_map_unordered_inline_rs2(2, |_| pending::<u8>()));
    let limits = KeyedConcurrency::of(2);
    is_busy_with_an_item(one().par_eval_map_keyed_inline_rs2(limits, |n| *n, |_| pending::<u8>()));
    is_busy_with_an_item(one().map_rs2(|_| Pausing::new(source(&[1], 0), 9)).par_join_rs2(2));
    let groups = Heap::bounded(2).seeded(7);
    let jobs = Never;
    is_busy_with_an_item(one().map_parallel_on_rs2(NoTimer, jobs, 2, |n| n));
    is_busy_with_an_item(one().map_parallel_with_concurrency_on_rs2(jobs, 2, |n| n));
    let consume = |_, _items: GroupItems<u8>| pending::<u8>();
    is_busy_with_an_item(one().group_by_with_in_rs2(groups, 2, |n| *n, consume));
}

#[test]
fn a_stream_that_has_given_way_to_another_stays_away() {
    let build = || source(&[1, 2], 0).timeout_fallback_on_rs2(NoTimer, MINUTE, source(&[3], 0));
    is_never_busy(build);
}

#[test]
fn an_item_that_waits_for_a_sink_goes_to_the_next_one() {
    let (mut before, mut after) = (Slow::new(9), Slow::new(0));
    let bytes = {
        let mut first = source(&[3, 1], 0).divert_rs2(|n| n % 3 == 0, &mut before);
        assert_eq!(first.next().now_or_never(), None);
        snapshot::save(&first).expect("nothing of the user's runs")
    };
    let mut second = source(&[3, 1], 0).divert_rs2(|n| n % 3 == 0, &mut after);
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    assert_eq!(block_on(second.collect::<Vec<u8>>()), [1]);
    assert_eq!((before.got, after.got), (vec![], vec![3]));
}

#[test]
fn what_was_taken_ahead_is_not_taken_again() {
    let build = |room| from_iter(1..5).replayable_rs2().prefetch_inline_rs2(room);
    let mut first = build(2);
    assert_eq!(block_on(first.next()), Some(1));
    let polled = Pin::new(&mut first).poll_progress(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready());
    let bytes = snapshot::save(&first).expect("nothing of the user's runs");
    let mut second = build(2);
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    assert_eq!(second.size_hint(), (3, Some(3)));
    assert_eq!(block_on(second.collect::<Vec<i32>>()), [2, 3, 4]);
    let full = Err(SnapshotError::Full("prefetch_inline"));
    assert_eq!(snapshot::restore(&mut build(1), &bytes), full);
}

/// An item that came while somebody else made the breaker open waits with it for its time.
#[test]
fn an_item_that_waits_for_a_breaker_waits_by_another_clock() {
    let config = CircuitBreakerConfig::new().window(1).min_calls(1).open_wait(MINUTE);
    let breaker = || CircuitBreaker::new(config).expect("the settings work");
    let at = |secs: u64| {
        let clock = Ticking::default();
        clock.now.set(secs * 1_000_000_000);
        clock
    };
    let build = |clock: Ticking, breaker: CircuitBreaker, trips: bool| {
        let other = breaker.clone();
        let trip = move |_: &u8| {
            if trips {
                let permit = other.acquire(Instant::ORIGIN).expect("it is closed");
                permit.record(Outcome::Failure, Instant::from_nanos(1_000_000_000));
            }
        };
        let call = |n| Later::new(0, Ok::<_, BreakerError<u8>>(n));
        source(&[1], 0).inspect_rs2(trip).circuit_breaker_on_rs2(clock, breaker, call)
    };
    let clock = at(1);
    let mut first = build(clock.clone(), breaker(), true);
    assert_eq!(first.next().now_or_never(), None);
    clock.now.set(21_000_000_000);
    let bytes = snapshot::save(&first).expect("nothing of the user's runs");

    let clock = at(500);
    let mut second = build(clock.clone(), breaker(), false);
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    assert_eq!(second.next().now_or_never(), None);
    clock.now.set(539_000_000_000);
    assert_eq!(second.next().now_or_never(), None);
    clock.now.set(540_000_000_000);
    assert_eq!(second.next().now_or_never(), Some(Some(Ok(1))));
}
