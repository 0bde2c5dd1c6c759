//! Operators that keep a table, for each key or by the time of the items.

use super::{all, now, numbers, sends, shares};
use rs2_stream::aggregate::{Mean, Running};
use rs2_stream::analytics::{BucketConfig, FixedBuckets};
use rs2_stream::event_time::{
    Count, DedupConfig, Panes, Pattern, SessionConfig, SessionRules, ThrottleConfig,
    TimeWindowConfig,
};
use rs2_stream::op::group::{Batching, Grouping};
use rs2_stream::op::join::{Interval, LookupConfig, OuterSide, TemporalJoinConfig, Version};
use rs2_stream::op::keyed::{CountWindow, KeyedReduce};
use rs2_stream::op::stateful::Windowing;
use rs2_stream::prelude::*;
use rs2_stream::state::{
    ApproxKeys, Custom, CustomKeyExtractor, InMemoryStorage, Namespaced, StateAccess, StateConfigs,
    TtlFrom,
};
use rs2_stream::statistics::Cusum;
use rs2_stream::store::{Heap, SeededHeap};
use rs2_stream::time::NoTimer;
use rs2_stream::watermark::{AllIdle, BoundedDisorder, Silence};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn time(n: &u32) -> EventTime {
    EventTime::from_micros(i64::from(*n))
}

fn keys() -> SeededHeap {
    Heap::bounded(1).seeded(7)
}

fn windows() -> TimeWindowConfig {
    TimeWindowConfig::tumbling(SECOND, SECOND).expect("a size and a slide that work")
}

#[test]
fn group() {
    all(numbers().chunk_rs2(1));
    all(numbers().chunks_rs2(1));
    all(numbers().chunk_in_rs2(Heap::bounded(1)));
    all(numbers().chunk_within_on_rs2(NoTimer, 1, SECOND));
    all(numbers().chunk_by_weight_rs2(1, |_| 1));
    all(numbers().sliding_window_rs2(1));
    all(numbers().sliding_window_in_rs2(Heap::bounded(1)));
    all(numbers().chunk_within_in_rs2(NoTimer, Heap::bounded(1), SECOND));
    all(numbers().sliding_window_with_rs2(1, |window: &[u32]| window.len()));
    all(numbers().sliding_window_with_in_rs2(Heap::bounded(2), 1, |window: &[u32]| window.len()));
    all(numbers().batch_process_rs2(1, |batch| batch));
    let batching = Batching::of(1);
    all(numbers().batch_process_with_on_rs2(NoTimer, batching, |batch: Vec<u32>| batch));
    all(numbers().group_adjacent_by_rs2(|n| *n));
    all(numbers().group_by_rs2(|n| *n));
    all(numbers().group_by_with_rs2(|n| *n, |_, _| now(())));
    let (timer, grouping) = (NoTimer, Grouping::of(1));
    all(numbers().group_by_with_config_on_rs2(timer, keys(), grouping, |n| *n, |_, _| now(())));
    let tried = numbers();
    all(tried.try_group_by_with_config_on_rs2(timer, keys(), grouping, |n| *n, |_, _| now(())));
}

#[test]
fn analytics() {
    all(numbers().running_rs2(Mean));
    all(numbers().track_rs2(Running::of(Mean)));
    all(numbers().aggregate_window_rs2(2, 1, Mean));
    all(numbers().detect_outliers_rs2(|n| f64::from(*n), Cusum::learning(2)));
    all(numbers().track_by_key_rs2(|n: &u32| *n, Running::of(Mean)));
    let days = FixedBuckets::of(SECOND);
    all(numbers().buckets_by_time_rs2(days, BucketConfig::default(), time, Mean));
    let marked = numbers().with_watermarks_rs2(BoundedDisorder::new(SECOND), time);
    all(marked.bucket_events_rs2(days, Mean));
    let value = |n: &u32| f64::from(*n);
    all(numbers().detect_outliers_by_key_rs2(|n: &u32| *n, value, Cusum::learning(2)));
}

#[test]
fn keyed() {
    all(numbers().keyed_map_rs2(|n: &u32| *n, |n, sum: &mut u32| n + *sum));
    all(numbers().key_by_ref_on_rs2(NoTimer, keys(), |n| n));
    all(numbers().keyed_in_rs2(keys(), |n| *n, KeyedReduce::new(|n, sum| *sum += n)));
    all(numbers().keyed_filter_rs2(|n| *n, |_, seen: &mut bool| *seen));
    all(numbers().keyed_fold_rs2(|n| *n, 0, |n, sum| *sum += n));
    all(numbers().keyed_reduce_rs2(|n| *n, |n, sum| *sum += n));
    all(numbers().keyed_window_rs2(CountWindow::tumbling(1), |n| *n, |window| window.len()));
    all(numbers().keyed_group_by_rs2(|n| *n, |key, _, _: &mut ()| key));
    let group = |key, _: Vec<u32>, _: &mut ()| key;
    shares(numbers().keyed_group_by_within_rs2(SECOND, |n| *n, group));
    all(numbers().keyed_pattern_rs2(|n| *n, |run| run.first().copied()));
    let (creation, timer) = (TtlFrom::Creation, NoTimer);
    all(numbers().keyed_deduplicate_on_rs2(timer, keys(), SECOND, creation, |n| *n));
    let few = ApproxKeys::new(9, 0.1).expect("a share below one").seeded(7);
    all(numbers().keyed_deduplicate_approx_on_rs2(timer, few, SECOND, |n| *n));
    all(numbers().keyed_throttle_on_rs2(timer, keys(), Heap::bounded(1), SECOND, |n| *n));
    all(numbers().keyed_session_on_rs2(timer, keys(), SECOND, |n| *n, |n, _: &mut u32| n));
    all(numbers().keyed_session_fold_on_rs2(
        timer,
        keys(),
        SECOND,
        |n| *n,
        |n, s: &mut u32| *s += n,
    ));
}

/// A state is a box of what can be sent.
#[test]
fn stateful() {
    let key = || CustomKeyExtractor::new(|n: &u32| *n);
    let (timer, config) = (NoTimer, StateConfigs::session);
    let step = |n: u32, _: StateAccess| now(n);
    sends(numbers().stateful_map_on_rs2(timer, config(), key(), step));
    sends(numbers().try_stateful_map_on_rs2(timer, config(), key(), step));
    sends(numbers().stateful_session_on_rs2(timer, config(), key(), SECOND, step));
    sends(numbers().try_stateful_session_on_rs2(timer, config(), key(), SECOND, step));
    let judge = |_: &u32, _: StateAccess| now(true);
    sends(numbers().stateful_filter_on_rs2(timer, config(), key(), judge));
    sends(numbers().try_stateful_filter_on_rs2(timer, config(), key(), judge));
    let add = |sum: u32, n: u32, _: StateAccess| now(sum + n);
    sends(numbers().stateful_fold_on_rs2(timer, config(), key(), 0, add));
    sends(numbers().try_stateful_fold_on_rs2(timer, config(), key(), 0, add));
    sends(numbers().stateful_reduce_on_rs2(timer, config(), key(), 0, add));
    sends(numbers().try_stateful_reduce_on_rs2(timer, config(), key(), 0, add));
    let count = |items: Vec<u32>, _: StateAccess| now(items.len());
    sends(numbers().stateful_window_on_rs2(timer, config(), key(), 1, count));
    let twos = Windowing::of(2);
    sends(numbers().stateful_window_with_on_rs2(timer, config(), key(), twos, count));
    sends(numbers().try_stateful_window_on_rs2(timer, config(), key(), 1, count));
    sends(numbers().try_stateful_window_with_on_rs2(timer, config(), key(), twos, count));
    let both = |left: u32, right: u32, _: StateAccess| now(left + right);
    sends(numbers().stateful_join_on_rs2(timer, numbers(), config(), key(), key(), both));
    sends(numbers().try_stateful_join_on_rs2(timer, numbers(), config(), key(), key(), both));
    let group = |_, items: Vec<u32>, _: StateAccess| now(items.len());
    sends(numbers().stateful_group_by_on_rs2(timer, config(), key(), group));
    sends(numbers().try_stateful_group_by_on_rs2(timer, config(), key(), group));
    let find = |items: Vec<u32>, _: StateAccess| now(items.first().copied());
    sends(numbers().stateful_pattern_on_rs2(timer, config(), key(), find));
    sends(numbers().try_stateful_pattern_on_rs2(timer, config(), key(), find));
    sends(numbers().stateful_deduplicate_on_rs2(timer, config(), key(), SECOND));
    sends(numbers().try_stateful_deduplicate_on_rs2(timer, config(), key(), SECOND));
    sends(numbers().stateful_throttle_on_rs2(timer, config(), key(), 1, SECOND));
    sends(numbers().try_stateful_throttle_on_rs2(timer, config(), key(), 1, SECOND));
}

#[test]
fn event_time() {
    all(numbers().window_by_time_rs2(windows(), time));
    all(numbers().aggregate_by_time_rs2(windows(), time, Count));
    let keys = || Heap::bounded(1).seeded(7);
    all(numbers().window_keyed_by_time_rs2(windows(), |n| *n, time));
    all(numbers().window_keyed_by_time_in_rs2(keys(), windows(), |n| *n, time));
    all(numbers().aggregate_keyed_by_time_rs2(windows(), |n| *n, time, Count));
    all(numbers().aggregate_keyed_by_time_in_rs2(keys(), windows(), |n| *n, time, Count));
    shares(numbers().panes_by_time_rs2(Panes::global(), |n| *n, time, Count));
    all(numbers().panes_by_time_on_rs2(NoTimer, keys(), Panes::global(), |n| *n, time, Count));
    all(numbers().throttle_by_time_rs2(SECOND, time));
    let limit = ThrottleConfig { limit: 1, window: SECOND, watermark_delay: SECOND };
    all(numbers().throttle_keyed_by_time_rs2(limit, |n| *n, time));
    all(numbers().sort_by_time_rs2(time, SECOND));
    let sessions = SessionConfig { gap: SECOND, watermark_delay: SECOND };
    all(numbers().session_by_time_rs2(sessions, |n| *n, time));
    let gaps = SessionRules::gap_of(|_: &u32| SECOND);
    all(numbers().session_by_time_rs2(gaps, |n| *n, time));
    all(numbers().aggregate_sessions_by_time_rs2(sessions, |n| *n, time, Count));
    let config = DedupConfig { within: SECOND, watermark_delay: SECOND };
    all(numbers().deduplicate_by_time_rs2(config, |n| *n, time));
    let pattern = Pattern::begin(|n: &u32| *n > 0).next(|n: &u32| *n > 1);
    all(numbers().pattern_by_time_rs2(pattern.clone(), SECOND, |n| *n, time));
    all(numbers().pattern_or_timeout_by_time_rs2(pattern, SECOND, |n| *n, time));
}

#[test]
fn signals() {
    let marked = || numbers().with_watermarks_rs2(BoundedDisorder::new(SECOND), time);
    all(marked());
    all(numbers().with_live_watermarks_on_rs2(
        NoTimer,
        BoundedDisorder::new(SECOND),
        Silence::wait().idle_after(SECOND),
        time,
    ));
    all(marked().map_events_rs2(|n| n));
    all(marked().filter_events_rs2(|n| *n > 0));
    all(marked().without_watermarks_rs2());
    all(marked().merge_events_rs2(vec![marked()]));
    all(marked().merge_events_with_rs2(vec![marked()], AllIdle::Advance));
    all(marked().window_events_rs2(windows()));
    all(marked().aggregate_events_rs2(windows(), Count));
    all(marked().window_keyed_events_rs2(windows(), |n| *n));
    all(marked().aggregate_keyed_events_rs2(windows(), |n| *n, Count));
    shares(marked().pane_events_rs2(Panes::global(), |n| *n, Count));
    all(marked().session_events_rs2(SECOND, |n| *n));
    all(marked().aggregate_session_events_rs2(SECOND, |n| *n, Count));
    all(marked().deduplicate_events_rs2(SECOND, |n| *n));
    all(marked().throttle_events_rs2(SECOND));
    let limit = ThrottleConfig { limit: 1, window: SECOND, watermark_delay: SECOND };
    all(marked().throttle_keyed_events_rs2(limit, |n| *n));
    all(marked().sort_events_rs2());
    let pattern = Pattern::begin(|n: &u32| *n > 0).next(|n: &u32| *n > 1);
    all(marked().pattern_events_rs2(pattern.clone(), |n| *n));
    all(marked().pattern_or_timeout_events_rs2(pattern, |n| *n));
}

#[test]
fn join() {
    let pair = |left: &u32, right: &u32| left + right;
    let keys = (|n: &u32| *n, |n: &u32| *n);
    let config = TimeJoinConfig::default();
    let add = |left, right| left + right;
    all(numbers().join_with_time_window_rs2(numbers(), config, time, time, add, no_key()));
    let config = IntervalJoinConfig::new(Interval::within(SECOND), SECOND);
    all(numbers().interval_join_rs2(numbers(), config, keys, (time, time), pair));
    let outer = |left: Option<&u32>, _: Option<&u32>| left.copied();
    let (times, side) = ((time, time), OuterSide::Full);
    all(numbers().interval_join_outer_rs2(numbers(), config, keys, times, side, outer));
    let marked = || numbers().with_watermarks_rs2(BoundedDisorder::new(SECOND), time);
    all(marked().interval_join_events_rs2(marked(), config, keys, pair));
    all(marked().interval_join_outer_events_rs2(marked(), config, keys, side, outer));
    all(numbers().keyed_join_rs2(numbers(), keys, pair));
    let memory = Heap::bounded(1).seeded(7);
    all(numbers().keyed_join_within_on_rs2(NoTimer, memory, numbers(), SECOND, keys, pair));
    let versions = || numbers().map_rs2(|n| Version::new(n, EventTime::EPOCH, n));
    let config = TemporalJoinConfig::new(SECOND);
    let key = |n: &u32| *n;
    all(numbers().temporal_join_rs2(versions(), config, key, time, |n, version: &u32| n + version));
    let either = |n, _: Option<&u32>| n;
    all(numbers().temporal_join_left_rs2(versions(), config, key, time, either));
    let dated = || {
        versions().with_watermarks_rs2(BoundedDisorder::new(SECOND), |version| version.valid_from)
    };
    all(marked().temporal_join_events_rs2(dated(), config, key, |n, version: &u32| n + version));
    all(marked().temporal_join_left_events_rs2(dated(), config, key, either));
    let fetch = |n: u32| now(Ok::<_, u32>(Some(n)));
    let found = |n: u32, _: Result<Option<&u32>, &u32>| n;
    let config = LookupConfig::default();
    all(numbers().lookup_join_on_rs2(NoTimer, 7, key, config, fetch, found));
    all(numbers().lookup_join_unordered_on_rs2(NoTimer, 7, key, config, fetch, found));
}

#[test]
fn storages() {
    let storage = || std::sync::Arc::new(InMemoryStorage::bounded(NoTimer, 1));
    all(storage());
    all(Namespaced::new(storage(), "part").expect("a name"));
    let config = StateConfigs::session().with_custom_storage(storage());
    all(config.clone());
    let step = |n: u32, state: StateAccess<Custom>| async move {
        let before: Option<u32> = state.get().await;
        let set = state.set(&n).await;
        let updated = state.update(|sum: &mut u32| *sum += n).await;
        (before, set, updated, state.delete().await, state.exists().await)
    };
    let key = CustomKeyExtractor::new(|n: &u32| *n);
    let steps = numbers().stateful_map_on_rs2(NoTimer, config, key, step);
    // A step with boxed futures in it stays where it is, and moves between threads before.
    fn moves(_: impl Send) {}
    moves(steps);
}
