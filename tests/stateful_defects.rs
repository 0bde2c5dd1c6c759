//! Mistakes that another library makes with state, by their numbers in its list: each of these
//! tests fails on what that one does.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use rs2_core::metrics::{Loss, Losses, Reports};
use rs2_core::op::stateful::Windowing;
use rs2_core::prelude::*;
use rs2_core::state::{StateConfig, StateConfigs};
use rs2_core::time::{Clock, Instant, NoTimer, Timer};
use rs2_test::ManualTimer;

const MINUTE: Duration = Duration::from_secs(60);

fn collected<S: Stream>(stream: S) -> Vec<S::Item> {
    ManualTimer::new().run(stream.collect_rs2())
}

#[test]
fn defect_1_a_key_in_use_keeps_its_state_among_many_others() {
    // Every second item is of key 0, the others are of keys that come once.
    let keys = (1..=20_000_u32).flat_map(|once| [0, once]);
    for config in [StateConfig::new(), StateConfigs::high_performance()] {
        let losses = Losses::new();
        let config = config.report_to(&losses);
        let counts = from_iter(keys.clone()).stateful_fold_on_rs2(
            NoTimer,
            config.clone(),
            |key: &u32| *key,
            (0, 0),
            async |(_, count), key, _| (key, count + 1),
        );
        let last = collected(counts).into_iter().rfind(|(key, _)| *key == 0);
        assert_eq!(last, Some((0, 20_000)));
        let forgotten = if losses.total() == 0 { 0 } else { 20_001 - 10_000 };
        assert_eq!((losses.of(Loss::Evicted), losses.total()), (forgotten, forgotten));
    }
}

#[test]
fn defect_2_no_item_of_a_group_is_lost() {
    let items = (0..30_000_u32).map(|n| (n % 15_000, n));
    let groups = collected(from_iter(items).stateful_group_by_on_rs2(
        NoTimer,
        StateConfigs::high_performance(),
        |item: &(u32, u32)| item.0,
        async |key, items: Vec<(u32, u32)>, _| (key, items),
    ));
    let all: BTreeSet<u32> =
        groups.iter().flat_map(|(_, items)| items).map(|item| item.1).collect();
    assert_eq!(all.len(), 30_000);
    assert!(groups.iter().all(|(key, items)| items.iter().all(|item| item.0 == *key)));
}

#[test]
fn defect_2_an_idle_group_goes_out_while_its_source_is_silent() {
    let timer = ManualTimer::new();
    let idle = Duration::from_millis(50);
    let config = StateConfig::new().ttl(idle).cleanup_interval(idle);
    let source = from_iter(['a', 'b']).concat_rs2(futures_util::stream::pending());
    let groups = source.stateful_group_by_on_rs2(
        timer.clone(),
        config,
        |c: &char| *c,
        async |key, items: Vec<char>, _| (key, items.len()),
    );
    let seen: Vec<_> = timer.run(groups.take(2).collect());
    assert_eq!(seen, [('a', 1), ('b', 1)]);
    assert_eq!(timer.now().since_origin(), idle);
}

#[test]
fn defect_3_a_join_has_every_pair_whichever_side_ends_first() {
    let pairs = |left: Vec<u32>, right: Vec<u32>, key: fn(&u32) -> u32| {
        let config = StateConfigs::high_performance();
        collected(from_iter(left).stateful_join_on_rs2(
            NoTimer,
            from_iter(right),
            config,
            key,
            key,
            async |left, right, _| (left, right),
        ))
    };
    assert_eq!(pairs(vec![7], (0..1_000).collect(), |_| 0).len(), 1_000);
    assert_eq!(pairs((0..1_000).collect(), vec![7], |_| 0).len(), 1_000);
    let mut all = pairs((0..1_000).collect(), (0..1_000).rev().collect(), |n| *n);
    all.sort_unstable();
    assert_eq!(all, (0..1_000).map(|n| (n, n)).collect::<Vec<_>>());
}

#[test]
fn defect_3_a_join_reads_its_sides_in_turns() {
    let taken = Cell::new((0_u32, 0_u32));
    let left = repeat(0_u8).inspect_rs2(|_| taken.set((taken.get().0 + 1, taken.get().1)));
    let right = repeat(1_u8).inspect_rs2(|_| taken.set((taken.get().0, taken.get().1 + 1)));
    let joined = left.stateful_join_on_rs2(
        NoTimer,
        right,
        StateConfigs::session(),
        |n: &u8| *n,
        |n: &u8| *n,
        async |left, right, _| (left, right),
    );
    let mut joined = std::pin::pin!(joined);
    assert_eq!(joined.next().now_or_never(), None);
    let (left, right) = taken.get();
    assert!(left > 100 && left.abs_diff(right) <= 1, "{left} and {right}");
}

#[test]
fn defect_7_the_limit_holds_for_a_long_window_and_is_counted() {
    let source = from_iter([0_u8; 1_000]);
    let key = |n: &u8| *n;
    let few = source.stateful_throttle_on_rs2(NoTimer, StateConfigs::session(), key, 1, MINUTE);
    let losses = few.losses().clone();
    assert_eq!(collected(few), [0]);
    assert_eq!(losses.of(Loss::Suppressed), 999);
}

#[test]
fn defect_7_another_key_waits_for_nobody() {
    let timer = ManualTimer::new();
    let source = from_iter(['a', 'a', 'b']);
    let key = |c: &char| *c;
    let window = Duration::from_millis(900);
    let config = StateConfigs::session();
    let few = source.stateful_throttle_on_rs2(timer.clone(), config, key, 1, window);
    assert_eq!(timer.run(few.collect_rs2::<Vec<_>>()), ['a', 'b']);
    assert_eq!(timer.now().since_origin(), Duration::ZERO);
}

#[test]
fn defect_7_no_stretch_of_time_has_more_than_the_limit() {
    let timer = ManualTimer::new();
    let (clock, window) = (timer.clone(), Duration::from_millis(400));
    let source = from_iter(0..500_u32).eval_map_rs2(move |n| {
        let at = Instant::from_origin(n * Duration::from_millis(7));
        clock.sleep_until(at).map(move |()| at)
    });
    let key = |_: &Instant| ();
    let config = StateConfigs::session();
    let few = source.stateful_throttle_on_rs2(timer.clone(), config, key, 5, window);
    let passed: Vec<Instant> = timer.run(few.collect_rs2());
    assert!(passed.len() > 40);
    for six in passed.windows(6) {
        assert!(six[0].saturating_add(window) <= six[5], "{six:?}");
    }
}

#[test]
fn defect_8_the_first_item_of_a_key_begins_a_session() {
    let sessions = from_iter(['a', 'b', 'a']).stateful_session_on_rs2(
        NoTimer,
        StateConfigs::session(),
        |c: &char| *c,
        MINUTE,
        async |_, state| {
            let begins = !state.exists().await;
            state.set(&()).await.expect("the step is running");
            begins
        },
    );
    assert_eq!(collected(sessions), [true, true, false]);
}

#[test]
fn defect_9_a_key_may_be_remembered_for_ever() {
    let once = from_iter((0..10_u32).chain(0..10)).stateful_deduplicate_on_rs2(
        NoTimer,
        StateConfigs::session(),
        |n: &u32| *n,
        Duration::MAX,
    );
    assert_eq!(collected(once), (0..10).collect::<Vec<_>>());
}

#[test]
fn defect_9_each_duplicate_that_passes_was_risked_and_counted() {
    let cycled = || from_iter((0..5_005_u32).map(|n| n % 1_001));
    let hour = Duration::from_secs(3_600);
    let key = |n: &u32| *n;
    let passed = |config: StateConfig| {
        let losses = Losses::new();
        let config = config.report_to(&losses);
        let once = cycled().stateful_deduplicate_on_rs2(NoTimer, config, key, hour);
        let emitted = collected(once).len() as u64;
        (emitted, losses.of(Loss::DuplicateRisk), losses.of(Loss::Evicted))
    };
    let (emitted, risked, forgotten) = passed(StateConfigs::session());
    assert_eq!(emitted, 1_001 + risked);
    // The last key forgotten has not come again.
    assert_eq!(risked, forgotten - 1);
    assert_eq!(passed(StateConfigs::session().max_size(1_001)), (1_001, 0, 0));
}

#[test]
fn defect_32_windows_slide_and_have_their_tail() {
    let windows = |windowing| {
        collected(from_iter(1..=5_u32).stateful_window_with_on_rs2(
            NoTimer,
            StateConfigs::session(),
            |_: &u32| (),
            windowing,
            async |window: Vec<u32>, _| window,
        ))
    };
    assert_eq!(windows(Windowing::of(3)), [[1, 2, 3], [2, 3, 4], [3, 4, 5]]);
    let twos = Windowing::of(2).slide(2).with_tail();
    assert_eq!(windows(twos), [vec![1, 2], vec![3, 4], vec![5]]);
}

#[test]
fn defect_32_a_pattern_may_be_longer_than_the_bound_of_old() {
    let found = |config: StateConfig, length: usize| {
        collected(from_iter(0..5_000_u32).stateful_pattern_on_rs2(
            NoTimer,
            config,
            |_: &u32| (),
            async |items: Vec<u32>, _| (items.len() == length).then(|| items[0]),
        ))
    };
    assert_eq!(found(StateConfigs::session().max_per_key(1_001), 1_001), [0, 1_001, 2_002, 3_003]);
    assert_eq!(found(StateConfigs::session(), 1_000), [0, 1_000, 2_000, 3_000, 4_000]);
}

#[test]
fn defect_32_patterns_overlap_what_was_not_found_in() {
    // Each item is looked at with all before it, and not in batches.
    let looked: Vec<_> = collected(from_iter([1, 2, 3]).stateful_pattern_on_rs2(
        NoTimer,
        StateConfigs::session(),
        |_: &u32| (),
        async |items: Vec<u32>, _| {
            (items[items.len() - 2.min(items.len())..] == [2, 3]).then_some(items)
        },
    ));
    assert_eq!(looked, [[1, 2, 3]]);
}

#[test]
fn a_step_that_panics_ends_the_stream_and_runs_no_other() {
    let ran = Cell::new(BTreeMap::new());
    let mapped = from_iter([1, 2, 3]).stateful_map_on_rs2(
        NoTimer,
        StateConfigs::session(),
        |_: &u32| (),
        async |n, _| {
            let mut counts = ran.take();
            *counts.entry(n).or_insert(0) += 1;
            ran.set(counts);
            assert_ne!(n, 2, "as it was told to");
            n
        },
    );
    let mut mapped = Box::pin(mapped);
    assert_eq!(mapped.next().now_or_never(), Some(Some(1)));
    let panicked =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| mapped.next().now_or_never()));
    assert!(panicked.is_err());
    assert_eq!(mapped.next().now_or_never(), Some(None));
    assert_eq!(mapped.size_hint(), (0, Some(0)));
    assert_eq!(ran.take(), BTreeMap::from([(1, 1), (2, 1)]));
}
