//! Changes beside each other within a step, and what becomes of them when it is over.

use std::sync::{Arc, Mutex};

use rs2_core::metrics::Losses;
use rs2_core::state::{AccessError, Custom, StateAccess, StateConfig};
use rs2_test::ManualTimer;

use super::map::{Map, count, steps};

#[test]
fn updates_beside_each_other_do_not_lose_one() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let config = StateConfig::new().with_custom_storage(map);
    let sums = steps(
        &timer,
        config,
        vec![(), ()],
        |_| (),
        |_, state| async move {
            let add = |n: u32| {
                let state = state.clone();
                async move { state.update(move |sum: &mut u32| *sum += n).await.unwrap() }
            };
            futures_util::future::join3(add(1), add(10), add(100)).await;
            state.get::<u32>().await
        },
    );
    assert_eq!(sums, [Some(111), Some(222)]);
}

#[test]
fn a_handle_on_a_storage_is_detached_after_its_step() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let losses = Losses::new();
    let config = StateConfig::new().with_custom_storage(map).report_to(&losses);
    let kept = Mutex::new(None::<StateAccess<Custom>>);
    let counts = steps(
        &timer,
        config,
        vec![(), ()],
        |_| (),
        |_, state| {
            let old = kept.lock().unwrap().replace(state.clone());
            async move {
                if let Some(old) = old {
                    assert_eq!(old.set(&9_u32).await, Err(AccessError::Detached));
                    assert_eq!((old.get::<u32>().await, old.exists().await), (None, false));
                    assert_eq!(old.try_get::<u32>().await, Err(AccessError::Detached));
                    assert_eq!(old.delete().await, Err(AccessError::Detached));
                    assert_eq!(old.update(|_: &mut u32| ()).await, Err(AccessError::Detached));
                }
                count(state).await
            }
        },
    );
    assert_eq!((counts, losses.total()), (vec![1, 2], 0));
}

#[test]
fn an_update_that_outlives_its_step_writes_nothing() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let config = StateConfig::new().with_custom_storage(map.clone());
    let kept = Mutex::new(None);
    let answers = steps(
        &timer,
        config,
        vec![(), ()],
        |_| (),
        |_, state| {
            let begun = kept.lock().unwrap().take();
            let kept = &kept;
            async move {
                if let Some(begun) = begun {
                    return Some(begun.await);
                }
                let mut update =
                    Box::pin(async move { state.update(|text: &mut String| text.push('x')).await });
                // It has asked the storage, and has no answer yet.
                assert!(futures_util::future::poll_immediate(&mut update).await.is_none());
                *kept.lock().unwrap() = Some(update);
                None
            }
        },
    );
    assert_eq!(answers, [None, Some(Err(AccessError::Detached))]);
    assert_eq!(map.keys(), [""; 0]);
}

/// Who waits for a turn when the step ends does not get it afterwards.
#[test]
fn changes_that_waited_for_their_turn_are_detached_after_the_step() {
    let timer = ManualTimer::new();
    let map = Arc::new(Map::on(&timer));
    let config = StateConfig::new().with_custom_storage(map.clone());
    let kept = Mutex::new(None);
    let answers = steps(
        &timer,
        config,
        vec![(), ()],
        |_| (),
        |_, state: StateAccess<Custom>| {
            let begun = kept.lock().unwrap().take();
            let kept = &kept;
            async move {
                if let Some(begun) = begun {
                    return Some(begun.await);
                }
                let mut changes = Box::pin(async move {
                    let (second, third) = (state.clone(), state.clone());
                    futures_util::future::join3(
                        state.set(&1_u32),
                        second.set(&2_u32),
                        third.delete(),
                    )
                    .await
                });
                assert!(futures_util::future::poll_immediate(&mut changes).await.is_none());
                *kept.lock().unwrap() = Some(changes);
                None
            }
        },
    );
    let detached = (Ok(()), Err(AccessError::Detached), Err(AccessError::Detached));
    assert_eq!(answers, [None, Some(detached)]);
    assert_eq!(map.keys(), ["rs2:"]);
}
