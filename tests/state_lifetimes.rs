//! How long state lives, and which of it goes for want of room: beside plain lists, in virtual
//! time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_executor::block_on;
use futures_util::{StreamExt, future::poll_immediate};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::prelude::*;
use rs2_core::state::{
    Custom, InMemoryStorage, OnFull, OnStateFull, SharedStorage, StateAccess, StateConfig,
    StateConfigs, StateStorage, StorageErrorKind, TtlFrom,
};
use rs2_core::time::{Clock, Timer};
use rs2_test::ManualTimer;

const SECOND: Duration = Duration::from_secs(1);
const TTL: u64 = 5;

/// What a step does: after so many seconds, on the state of this key.
#[derive(Clone, Copy, Debug)]
struct Event {
    wait: u64,
    key: u8,
    act: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Read,
    Write,
    Delete,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let act = prop_oneof![2 => Just(Act::Read), 5 => Just(Act::Write), 1 => Just(Act::Delete)];
    let event = (prop_oneof![3 => Just(0), 2 => 0..3_u64, 1 => 0..8_u64], 0..6_u8, act);
    prop::collection::vec(event.prop_map(|(wait, key, act)| Event { wait, key, act }), 0..60)
}

struct Held {
    key: u8,
    count: u32,
    since: u64,
    used: usize,
}

/// The counts that the steps see, and how many states were evicted and refused, by the rules.
fn by_the_rules(
    events: &[Event],
    capacity: usize,
    from: TtlFrom,
    on_full: OnStateFull,
) -> (Vec<u32>, u64, u64) {
    let (mut held, mut now): (Vec<Held>, u64) = (Vec::new(), 0);
    let (mut seen, mut evicted, mut refused) = (Vec::new(), 0, 0);
    for (step, event) in events.iter().enumerate() {
        now += event.wait;
        held.retain(|state| state.since + TTL > now);
        // What was renewed later stands behind, also at one time.
        let found = held.iter().position(|state| state.key == event.key);
        let before = found.map(|at| held.remove(at));
        seen.push(before.as_ref().map_or(0, |state| state.count));
        let (count, since) = match (event.act, &before) {
            (Act::Delete, _) | (Act::Read, None) => continue,
            (Act::Read, Some(state)) => (state.count, state.since),
            (Act::Write, Some(state)) => (state.count + 1, state.since),
            (Act::Write, None) => (1, now),
        };
        let renews = match from {
            TtlFrom::LastWrite => event.act == Act::Write,
            TtlFrom::LastUse => true,
            TtlFrom::Creation => before.is_none(),
        };
        let state = Held { key: event.key, count, since, used: step };
        if !renews {
            held.insert(found.unwrap_or_default(), state);
            continue;
        }
        if before.is_none() && held.len() == capacity {
            if on_full == OnStateFull::Reject {
                refused += 1;
                continue;
            }
            let unused = (0..held.len()).min_by_key(|at| held[*at].used);
            held.remove(if on_full == OnStateFull::EvictUnused { unused.unwrap_or(0) } else { 0 });
            evicted += 1;
        }
        held.push(Held { since: now, ..state });
    }
    (seen, evicted, refused)
}

async fn in_memory(act: Act, state: StateAccess) -> u32 {
    let count = state.get::<u32>().await.unwrap_or_default();
    match act {
        Act::Read => {}
        Act::Write => state.set(&(count + 1)).await.expect("the step is not over"),
        Act::Delete => drop(state.delete().await),
    }
    count
}

async fn in_a_storage(act: Act, state: StateAccess<Custom>) -> u32 {
    let count = state.try_get::<u32>().await.expect("it works").unwrap_or_default();
    match act {
        Act::Read => {}
        Act::Write => state.set(&(count + 1)).await.expect("it works"),
        Act::Delete => drop(state.delete().await.expect("it works")),
    }
    count
}

fn five_seconds() -> StateConfig {
    StateConfigs::ttl(TTL as u32 * SECOND)
}

/// The events, each after its wait.
fn in_time(timer: &ManualTimer, events: Vec<Event>) -> impl Stream<Item = Event> {
    let timer = timer.clone();
    from_iter(events).eval_map_rs2(move |event| {
        let wait = timer.sleep_until(timer.now().saturating_add(event.wait as u32 * SECOND));
        async move {
            wait.await;
            event
        }
    })
}

proptest! {
    #[test]
    fn states_in_memory_follow_the_rules(
        events in events(),
        capacity in 1..6_usize,
        from in prop::sample::select(vec![TtlFrom::LastWrite, TtlFrom::LastUse, TtlFrom::Creation]),
        on_full in prop::sample::select(
            vec![OnStateFull::Evict, OnStateFull::EvictUnused, OnStateFull::Reject],
        ),
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let config = five_seconds().ttl_from(from).max_size(capacity).on_full(on_full);
        let config = config.report_to(&losses);
        let source = in_time(&timer, events.clone());
        let seen = source.stateful_map_on_rs2(
            timer.clone(),
            config,
            |event: &Event| event.key,
            |event, state| in_memory(event.act, state),
        );
        let seen: Vec<u32> = timer.run(seen.collect_rs2());
        let (expected, evicted, refused) = by_the_rules(&events, capacity, from, on_full);
        prop_assert_eq!(seen, expected);
        prop_assert_eq!((losses.of(Loss::Evicted), losses.of(Loss::Full)), (evicted, refused));
        prop_assert_eq!(losses.total(), evicted + refused);
    }

    #[test]
    fn spilled_states_are_those_of_a_memory_without_a_bound(
        events in events(),
        capacity in 1..4_usize,
        from in prop::sample::select(vec![TtlFrom::LastWrite, TtlFrom::LastUse]),
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let below = Arc::new(InMemoryStorage::bounded(timer.clone(), 1_000));
        let config = five_seconds().ttl_from(from).max_size(capacity).report_to(&losses);
        let source = in_time(&timer, events.clone());
        let seen = source.stateful_map_on_rs2(
            timer.clone(),
            config.spill_to(below.clone()),
            |event: &Event| event.key,
            // Of a storage only what finds something is a use.
            |event, state| in_a_storage(event.act, state),
        );
        let seen: Vec<u32> = timer.run(seen.collect_rs2());
        let (expected, ..) = by_the_rules(&events, 99, from, OnStateFull::Evict);
        prop_assert_eq!(seen, expected);
        prop_assert_eq!(losses.total(), 0);
    }

    #[test]
    fn a_storage_in_memory_is_a_bounded_list(
        calls in prop::collection::vec((0..4_u64, 0..5_u8, 0..7_u8), 0..80),
        capacity in 1..5_usize,
        evicts in any::<bool>(),
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let on_full = if evicts { OnFull::Evict } else { OnFull::Reject };
        let storage = InMemoryStorage::bounded(timer.clone(), capacity);
        let storage = storage.on_full(on_full).report_to(&losses);
        // Key, value and end, in the order in which they go; without an end last.
        let mut list: Vec<(String, u8, u64)> = Vec::new();
        let (mut now, mut evicted, mut refused) = (0, 0, 0);
        for (call, (wait, key, act)) in calls.into_iter().enumerate() {
            timer.advance(wait as u32 * SECOND);
            now += wait;
            list.retain(|entry| entry.2 > now);
            let (key, value) = (format!("k{key}"), call as u8);
            let at = list.iter().position(|entry| entry.0 == key);
            if act < 4 {
                let (ttl, end) = if act == 3 { (None, u64::MAX) } else {
                    (Some((u32::from(act) + 1) * SECOND), now + u64::from(act) + 1)
                };
                let written = block_on(async {
                    match ttl {
                        Some(ttl) => storage.set_with_ttl(&key, &[value], ttl).await,
                        None => storage.set(&key, &[value]).await,
                    }
                });
                match at {
                    Some(at) => drop(list.remove(at)),
                    None if list.len() == capacity && evicts => {
                        list.remove(0);
                        evicted += 1;
                    }
                    None if list.len() == capacity => {
                        refused += 1;
                        let kind = written.map_err(|error| error.kind());
                        prop_assert_eq!(kind, Err(StorageErrorKind::Full));
                        continue;
                    }
                    None => {}
                }
                prop_assert_eq!(written, Ok(()));
                let place = list.iter().position(|entry| entry.2 > end).unwrap_or(list.len());
                list.insert(place, (key, value, end));
            } else if act == 4 {
                let removed = block_on(storage.delete(&key));
                prop_assert_eq!(removed, Ok(at.is_some()));
                at.map(|at| list.remove(at));
            } else {
                let found = block_on(storage.get(&key)).expect("a memory works");
                prop_assert_eq!(found, at.map(|at| vec![list[at].1]));
            }
            prop_assert_eq!(storage.len(), list.len());
        }
        prop_assert_eq!((losses.of(Loss::Evicted), losses.of(Loss::Full)), (evicted, refused));
        let page = block_on(storage.scan("", None, 99)).expect("a memory works");
        let sorted: BTreeMap<_, _> = list.into_iter().map(|(key, v, _)| (key, vec![v])).collect();
        prop_assert_eq!(page, Vec::from_iter(sorted));
    }
}

#[test]
fn expired_states_are_dropped_while_no_item_comes() {
    let timer = ManualTimer::new();
    let payload = Arc::new([0_u8; 1_000]);
    let config = five_seconds().cleanup_interval(2 * SECOND);
    let kept = payload.clone();
    let source = from_iter(0..1_000_u32).concat_rs2(futures_util::stream::pending());
    let mut steps = std::pin::pin!(source.stateful_map_on_rs2(
        timer.clone(),
        config,
        |n: &u32| *n,
        move |_, state: StateAccess| {
            let payload = kept.clone();
            async move { state.set(&payload).await }
        },
    ));
    timer.run(async {
        for _ in 0..1_000 {
            assert_eq!(steps.next().await, Some(Ok(())));
        }
        assert_eq!(Arc::strong_count(&payload), 1_002);
        // Polled as a task would be, whenever its timer wakes it.
        for _ in 0..8 {
            assert_eq!(poll_immediate(steps.next()).await, None);
            timer.advance(SECOND);
        }
        assert_eq!(poll_immediate(steps.next()).await, None);
        assert_eq!(Arc::strong_count(&payload), 2, "of all states none is left");
    });
}

#[test]
fn a_storage_gives_back_what_has_expired() {
    let timer = ManualTimer::new();
    let storage = InMemoryStorage::bounded(timer.clone(), 100_000);
    block_on(async {
        for n in 0..50_000 {
            let value = vec![7; 1_000];
            let ttl = Duration::from_millis(5);
            storage.set_with_ttl(&n.to_string(), &value, ttl).await.expect("room");
        }
    });
    assert_eq!(storage.len(), 50_000);
    timer.advance(Duration::from_millis(500));
    storage.expire();
    assert_eq!((storage.len(), storage.is_empty()), (0, true));
}

/// Passes an item on when its key has no state yet.
fn firsts(config: StateConfig, keys: &[u32]) -> usize {
    let timer = ManualTimer::new();
    let firsts = from_iter(keys.to_vec()).stateful_map_on_rs2(
        timer.clone(),
        config,
        |key: &u32| *key,
        |_, state: StateAccess| async move {
            let is_first = !state.exists().await;
            state.set(&()).await.expect("the step is not over");
            is_first
        },
    );
    let firsts: Vec<bool> = timer.run(firsts.collect_rs2());
    firsts.into_iter().filter(|is_first| *is_first).count()
}

#[test]
fn what_a_preset_is_too_small_for_is_counted_and_no_more_than_that_is_wrong() {
    let cycled: Vec<u32> = (0..5).flat_map(|_| 0..1_001).collect();
    let losses = Losses::new();
    let emitted = firsts(StateConfigs::session().report_to(&losses), &cycled);
    let evicted = losses.of(Loss::Evicted) as usize;
    // Every one too many is one that was evicted before; one at least is out at the end.
    assert!(evicted > 0 && emitted - 1_001 < evicted, "{emitted} of 1001, {evicted} evicted");
    assert_eq!(emitted, 1_000 + evicted, "what is still there, and what was evicted");

    let losses = Losses::new();
    let large_enough = StateConfigs::session().max_size(1_001).report_to(&losses);
    assert_eq!((firsts(large_enough, &cycled), losses.total()), (1_001, 0));
}

#[test]
fn the_longest_time_to_live_is_for_ever() {
    let ten: Vec<u32> = (0..10).chain(0..10).collect();
    assert_eq!(firsts(StateConfig::new().ttl(Duration::MAX), &ten), 10);
    assert_eq!(firsts(StateConfigs::persistent(), &ten), 10);
    let timer = ManualTimer::new();
    let storage: SharedStorage = Arc::new(InMemoryStorage::bounded(timer.clone(), 9));
    let config = StateConfigs::persistent().with_custom_storage(storage);
    let waits = timer.clone();
    let seen = from_iter(0..3).stateful_map_on_rs2(
        timer.clone(),
        config,
        |_: &u32| (),
        move |_, state| {
            waits.advance(1_000_000_000 * SECOND);
            in_a_storage(Act::Write, state)
        },
    );
    assert_eq!(timer.run(seen.collect_rs2::<Vec<u32>>()), [0, 1, 2]);
}
