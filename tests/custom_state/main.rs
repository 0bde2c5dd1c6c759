//! State in a storage of the user's: what steps read and write there, and what becomes of failures.

#[path = "../common/arriving.rs"]
mod arriving;
#[path = "../../rs2-core/tests/common/cases.rs"]
mod cases;
mod every;
mod map;
#[cfg(feature = "snapshot")]
mod saved;
mod turns;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use map::{Map, count, steps};
use rs2_core::metrics::{Loss, Losses};
use rs2_core::prelude::*;
use rs2_core::state::{
    AccessError, Custom, CustomKeyExtractor, InMemoryStorage, OnStateFull, SharedStorage,
    StateAccess, StateConfig, StateConfigs, TtlFrom,
};
use rs2_test::ManualTimer;
use serde::{Deserialize, Serialize};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_quick_example_is_the_same_on_a_storage() {
    #[derive(Clone, Default, Serialize, Deserialize)]
    struct UserState {
        total_events: u64,
        total_amount: f64,
    }
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let events = from_iter([("ann", 2.0), ("bob", 3.0), ("ann", 4.5)]);
    let totals = events.stateful_map_on_rs2(
        timer.clone(),
        StateConfigs::session().with_custom_storage(map.clone()).named("totals"),
        CustomKeyExtractor::new(|event: &(&str, f64)| event.0.to_owned()),
        |event, state_access| async move {
            let mut state: UserState = state_access.get().await.unwrap_or_default();
            state.total_events += 1;
            state.total_amount += event.1;
            state_access.set(&state).await.unwrap();
            (event.0, state.total_amount, state.total_events)
        },
    );
    let totals: Vec<_> = timer.run(totals.collect_rs2());
    assert_eq!(totals, [("ann", 2.0, 1), ("bob", 3.0, 1), ("ann", 6.5, 2)]);
    assert_eq!(map.keys(), ["totals:ann", "totals:bob"]);
}

#[test]
fn two_operators_on_one_storage_share_no_state() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    for named in [false, true] {
        // The same settings for both, which nobody told of each other.
        let config = || {
            let config = StateConfig::new().with_custom_storage(map.clone());
            if named { config.named("n") } else { config }
        };
        let by_key = |item: &char| *item;
        let first = from_iter(['a', 'b', 'a']).stateful_map_on_rs2(
            timer.clone(),
            config(),
            by_key,
            |key, state| async move { (key, count(state).await) },
        );
        let second = first.stateful_map_on_rs2(
            timer.clone(),
            config(),
            |item: &(char, u32)| item.0,
            |item, state: StateAccess<Custom>| async move {
                let texts: Vec<String> = state.get().await.unwrap_or_default();
                state.set(&[texts.clone(), vec!["seen".to_owned()]].concat()).await.unwrap();
                (item, texts.len())
            },
        );
        let seen: Vec<_> = timer.run(second.collect_rs2());
        assert_eq!(seen, [(('a', 1), 0), (('b', 1), 0), (('a', 2), 1)]);
    }
    assert_eq!(
        map.keys(),
        ["n#1:a", "n#1:b", "n:a", "n:b", "rs2#1:a", "rs2#1:b", "rs2:a", "rs2:b"]
    );
}

/// Peer defect 18: the session's flag took the place of what deduplication had noted.
#[test]
fn deduplication_and_sessions_on_one_storage_do_not_disturb_each_other() {
    let timer = ManualTimer::new();
    let storage: SharedStorage = Arc::new(InMemoryStorage::bounded(timer.clone(), 100));
    let config = StateConfig::new().with_custom_storage(storage);
    let by_user = |user: &&'static str| *user;
    let first_seen = from_iter(["ann", "bob", "ann", "ann", "bob"]).stateful_filter_on_rs2(
        timer.clone(),
        config.clone(),
        by_user,
        |_, state| async move {
            let is_first = !state.exists().await;
            state.set(&(1_u64, 2_u64)).await.expect("room");
            is_first
        },
    );
    let sessions = first_seen.stateful_session_on_rs2(
        timer.clone(),
        config,
        by_user,
        60 * SECOND,
        |user, state| async move {
            let is_new = state.try_get::<bool>().await.expect("its own state").is_none();
            state.set(&true).await.expect("room");
            (user, is_new)
        },
    );
    let sessions: Vec<_> = timer.run(sessions.collect_rs2());
    assert_eq!(sessions, [("ann", true), ("bob", true)]);
}

#[test]
fn an_operator_that_is_built_again_finds_its_state() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let config = StateConfig::new().with_custom_storage(map.clone()).named("visits");
    let run = |expected: [u32; 2]| {
        let counts = steps(&timer, config.clone(), vec![1_u8, 2], |n| *n, |_, state| count(state));
        assert_eq!(counts, expected);
    };
    run([1, 1]);
    run([2, 2]);
    assert_eq!(map.keys(), ["visits:1", "visits:2"]);
}

#[test]
fn a_storage_that_fails_tells_the_caller_and_is_counted() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let losses = Losses::new();
    let config = StateConfig::new().with_custom_storage(map.clone()).report_to(&losses);
    let fails = map.clone();
    let outputs = steps(
        &timer,
        config,
        vec![false, true, false],
        |_| (),
        |failing, state| {
            fails.fails.store(failing, Relaxed);
            async move {
                let before = state.try_get::<u32>().await;
                let written = state.set(&7_u32).await;
                let updated = state.update(|n: &mut u32| *n += 1).await;
                let deleted = state.delete().await;
                (before.is_err(), written.is_err(), updated.is_err(), deleted.is_err())
            }
        },
    );
    let (works, fails) = ((false, false, false, false), (true, true, true, true));
    assert_eq!(outputs, [works, fails, works]);
    assert_eq!((losses.of(Loss::Failed), losses.total()), (4, 4));
}

/// Who is only told yes or no does not take a failure for a no, when it writes.
#[test]
fn what_could_not_be_found_is_not_written_over() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let config = StateConfig::new().with_custom_storage(map.clone());
    let fails = map.clone();
    let outputs = steps(
        &timer,
        config,
        vec![false, true, false],
        |_| (),
        |failing, state| {
            let fails = fails.clone();
            async move {
                fails.fails.store(failing, Relaxed);
                let (found, tried) = (state.exists().await, state.try_exists().await.ok());
                fails.fails.store(false, Relaxed);
                (found, tried, state.set(&1_u8).await.is_ok())
            }
        },
    );
    let expected = [(false, Some(false), true), (false, None, false), (true, Some(true), true)];
    assert_eq!(outputs, expected);
}

/// A name is given back by itself, and leaves those of other operators and storages alone.
#[test]
fn an_operator_that_goes_leaves_the_names_of_others_alone() {
    let timer = ManualTimer::new();
    let (map, other) = (Arc::new(Map::on(&timer)), Arc::new(Map::on(&timer)));
    let begin = |map: &Arc<Map>, name: &str| {
        let config = StateConfig::new().with_custom_storage(map.clone()).named(name);
        let step = async |_, state| {
            count(state).await;
        };
        from_iter([()]).stateful_map_on_rs2(timer.clone(), config, |_: &()| 1_u8, step)
    };
    let first = begin(&map, "n");
    let _second = begin(&map, "n");
    let _named = begin(&map, "m");
    let _elsewhere = begin(&other, "n");
    drop(first);
    let again = [begin(&map, "n"), begin(&map, "n"), begin(&map, "m"), begin(&other, "n")];
    for stream in again {
        timer.run(stream.collect_rs2::<Vec<()>>());
    }
    assert_eq!(map.keys(), ["m#1:1", "n#2:1", "n:1"]);
    assert_eq!(other.keys(), ["n#1:1"]);
}

#[test]
fn what_could_not_be_read_is_not_written_over() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let losses = Losses::new();
    let config = StateConfig::new().with_custom_storage(map.clone()).report_to(&losses);
    let fails = map.clone();
    let outputs = steps(
        &timer,
        config,
        vec![false, true, false],
        |_| (),
        |failing, state| {
            let fails = fails.clone();
            async move {
                // The storage works again before the step writes what it made up.
                fails.fails.store(failing, Relaxed);
                let count: u32 = state.get().await.unwrap_or_default();
                fails.fails.store(false, Relaxed);
                (count, state.set(&(count + 1)).await.is_ok())
            }
        },
    );
    assert_eq!(outputs, [(0, true), (0, false), (1, true)]);
    assert_eq!(losses.of(Loss::Failed), 2);
}

#[test]
fn bytes_of_something_else_are_an_error_and_not_a_beginning() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    map.put("rs2:", &[0xff]);
    let losses = Losses::new();
    let config = StateConfig::new().with_custom_storage(map.clone()).report_to(&losses);
    let answers = steps(
        &timer,
        config,
        vec![()],
        |_| (),
        |_, state| async move {
            let read = state.try_get::<String>().await;
            let guessed = state.get::<String>().await;
            let written = state.set(&"new".to_owned()).await;
            let updated = state.update(|text: &mut String| text.push('x')).await;
            let too_long = state.try_get::<()>().await;
            let deleted = state.delete().await;
            (read, guessed, written, updated, too_long, deleted, state.set(&1_u8).await)
        },
    );
    let [(read, guessed, written, updated, too_long, deleted, anew)] = &answers[..] else {
        panic!("one item")
    };
    assert!(matches!(read, Err(AccessError::Decode(_))), "{read:?}");
    assert_eq!(*guessed, None);
    assert!(matches!(written, Err(AccessError::Decode(_))), "{written:?}");
    assert!(matches!(updated, Err(AccessError::Decode(_))), "{updated:?}");
    assert!(matches!(too_long, Err(AccessError::Decode(_))), "{too_long:?}");
    assert_eq!((deleted, anew), (&Ok(true), &Ok(())));
    assert_eq!(losses.of(Loss::Failed), 5);
}

/// Counts of the steps of one key, some time apart, in a memory with the clock of the operator.
fn counts_apart(ttl_from: TtlFrom, steps_at: &[(u64, bool)]) -> Vec<u32> {
    let timer = ManualTimer::new();
    let storage: SharedStorage = Arc::new(InMemoryStorage::bounded(timer.clone(), 9));
    let config = StateConfigs::ttl(10 * SECOND).ttl_from(ttl_from).with_custom_storage(storage);
    let waits = timer.clone();
    steps(
        &timer,
        config,
        steps_at.to_vec(),
        |_| (),
        move |(wait, writes), state| {
            waits.advance(Duration::from_secs(wait));
            async move {
                let count = state.get::<u32>().await.unwrap_or_default();
                if writes {
                    state.set(&(count + 1)).await.unwrap();
                }
                count
            }
        },
    )
}

#[test]
fn the_time_to_live_is_passed_on_to_the_storage() {
    let items = [(0, true), (9, true), (9, false), (1, false)];
    assert_eq!(counts_apart(TtlFrom::LastWrite, &items), [0, 1, 2, 0]);
    assert_eq!(counts_apart(TtlFrom::LastUse, &items), [0, 1, 2, 2]);
}

#[test]
fn what_finds_no_room_is_spilled_and_found_again() {
    let timer = ManualTimer::new();
    let below = Arc::new(Map::on(&timer));
    let losses = Losses::new();
    let config = StateConfigs::short_lived().max_size(10).report_to(&losses);
    let config = config.spill_to(below.clone()).named("s");
    let items: Vec<u32> = (0..300).map(|n| n % 30).collect();
    let counts = steps(&timer, config, items, |n| *n, |_, state| count(state));
    let expected: Vec<u32> = (0..300).map(|n| n / 30 + 1).collect();
    assert_eq!(counts, expected);
    assert_eq!((losses.total(), below.keys().len()), (0, 20));
    assert!(below.keys().iter().all(|key| key.starts_with("s:")));
}

#[test]
fn a_spill_that_fails_keeps_what_is_in_the_memory() {
    let timer = ManualTimer::new();
    let below = Arc::new(Map::on(&timer));
    let config = StateConfigs::short_lived().max_size(1).spill_to(below.clone());
    let fails = below.clone();
    // The write of `b` needs room, so `a` would have to go to what fails.
    let items = vec![('a', false), ('b', true), ('a', true), ('b', false), ('a', false)];
    let outputs = steps(
        &timer,
        config,
        items,
        |item| item.0,
        |(key, failing), state| {
            fails.fails.store(failing, Relaxed);
            async move {
                if key == 'b' {
                    return state.set(&10_u32).await.map(|()| 10).ok();
                }
                let add = |n: &mut u32| {
                    *n += 1;
                    *n
                };
                state.update(add).await.ok()
            }
        },
    );
    assert_eq!(outputs, [Some(1), None, Some(2), Some(10), Some(3)]);
}

#[test]
fn settings_that_cannot_work_are_told() {
    let storage = || -> SharedStorage { Arc::new(Map::default()) };
    let spill = StateConfig::new().on_full(OnStateFull::Spill).validate();
    assert!(spill.unwrap_err().to_string().contains("needs spill_to"));
    assert!(StateConfig::new().spill_to(storage()).validate().is_ok());
    let rejects = StateConfig::new().spill_to(storage()).on_full(OnStateFull::Reject).validate();
    assert!(rejects.is_err());
    let created = StateConfig::new().ttl_from(TtlFrom::Creation);
    assert!(created.validate().is_ok());
    assert!(created.with_custom_storage(storage()).validate().is_err());
    for name in ["", "a:b", "a#1", "a b"] {
        let named = StateConfig::new().with_custom_storage(storage()).named(name);
        assert!(named.validate().is_err(), "{name}");
    }
}
