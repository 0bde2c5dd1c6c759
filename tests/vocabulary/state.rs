//! State for each key: the quick example of the product's document, and all its operators.

use super::all;
use crate::rs2::state::{CustomKeyExtractor, StateConfigs, StatefulStreamExt};
use crate::{rs2::prelude::*, run};
use futures_util::StreamExt;
use std::sync::Mutex;
use std::time::Duration;

struct UserEvent {
    user_id: String,
    amount: f64,
}

#[derive(Clone, Default)]
struct UserState {
    total_events: u64,
    total_amount: f64,
}

fn create_user_events() -> RS2Stream<UserEvent> {
    let event = |(user, amount): (&str, f64)| UserEvent { user_id: user.to_owned(), amount };
    from_iter([("ann", 2.0), ("bob", 3.0), ("ann", 4.5)]).map_rs2(event).boxed_rs2()
}

#[test]
fn state_quick_example() {
    let seen = Mutex::new(Vec::new());
    let seen = &seen;
    run(async {
        let events = create_user_events();
        let config = StateConfigs::session();
        events
            .stateful_map_rs2(
                config,
                CustomKeyExtractor::new(|event: &UserEvent| event.user_id.clone()),
                |event, state_access| async move {
                    let mut state: UserState = state_access.get().await.unwrap_or_default();
                    state.total_events += 1;
                    state.total_amount += event.amount;
                    state_access.set(&state).await.unwrap();
                    (event.user_id, state.total_amount, state.total_events)
                },
            )
            .for_each(|(user_id, total, count)| async move {
                println!("User {}: ${:.2} total, {} events", user_id, total, count);
                seen.lock().unwrap().push((user_id, count));
            })
            .await;
    });
    let counts = seen.lock().unwrap().clone();
    let owned = |(user, count): (&str, u64)| (user.to_owned(), count);
    assert_eq!(counts, [("ann", 1), ("bob", 1), ("ann", 2)].map(owned));
}

/// Who it was, and how much.
type Event = (&'static str, u32);

const MINUTE: Duration = Duration::from_secs(60);

fn events() -> RS2Stream<Event> {
    from_iter([("ann", 1), ("bob", 2), ("ann", 3), ("ann", 1)]).boxed_rs2()
}

fn user(event: &Event) -> &'static str {
    event.0
}

#[test]
fn state_one_output_for_each_item() {
    run(async {
        let config = StateConfigs::session();
        let above_average = events().stateful_filter_rs2(config, user, |event, state| {
            let amount = event.1;
            async move {
                let highest = state.get::<u32>().await.unwrap_or_default();
                state.set(&highest.max(amount)).await.unwrap();
                amount > highest
            }
        });
        assert_eq!(all(above_average).await, [("ann", 1), ("bob", 2), ("ann", 3)]);

        let config = StateConfigs::high_performance();
        let totals =
            events().stateful_fold_rs2(config, user, 0, |total, event, _state| async move {
                total + event.1
            });
        assert_eq!(all(totals).await, [1, 2, 4, 5]);

        let config = StateConfigs::short_lived();
        let highest = events().stateful_reduce_rs2(config, user, 0, |most, event, _| async move {
            event.1.max(most)
        });
        assert_eq!(all(highest).await, [1, 2, 3, 3]);

        let config = StateConfigs::session();
        let clicks =
            events().stateful_session_rs2(config, user, MINUTE, |event, state| async move {
                let clicks = state.get::<u32>().await.unwrap_or_default() + 1;
                state.set(&clicks).await.unwrap();
                (event.0, clicks)
            });
        assert_eq!(all(clicks).await, [("ann", 1), ("bob", 1), ("ann", 2), ("ann", 3)]);
    });
}

#[test]
fn state_of_several_items_together() {
    run(async {
        let config = StateConfigs::long_lived();
        let sums = events().stateful_window_rs2(config, user, 2, |window, _state| async move {
            window.iter().map(|event| event.1).sum::<u32>()
        });
        assert_eq!(all(sums).await, [4, 4]);

        let config = StateConfigs::long_lived();
        let groups = events().stateful_group_by_rs2(config, user, |user, events, _| async move {
            (user, events.len())
        });
        assert_eq!(all(groups).await, [("bob", 1), ("ann", 3)]);

        let config = StateConfigs::session();
        let peaks = events().stateful_pattern_rs2(config, user, |events, _state| async move {
            let is_peak = events.windows(3).any(|three| three[0] < three[1] && three[1] > three[2]);
            is_peak.then(|| events[0].0)
        });
        assert_eq!(all(peaks).await, ["ann"]);

        let names = from_iter([("ann", "Ann Lee"), ("bob", "Bob Ray")]).boxed_rs2();
        let name_key = CustomKeyExtractor::new(|name: &(&'static str, &'static str)| name.0);
        let config = StateConfigs::session();
        let named = events().stateful_join_rs2(
            names,
            config,
            user,
            name_key,
            |event, name, _| async move { (name.1, event.1) },
        );
        let mut named = all(named).await;
        named.sort_unstable();
        let due = [("Ann Lee", 1), ("Ann Lee", 1), ("Ann Lee", 3), ("Bob Ray", 2)];
        assert_eq!(named, due);
    });
}

#[test]
fn state_fewer_items() {
    run(async {
        let config = StateConfigs::session();
        let once = events().stateful_deduplicate_rs2(config, user, MINUTE);
        assert_eq!(all(once).await, [("ann", 1), ("bob", 2)]);

        let config = StateConfigs::session();
        let few = events().stateful_throttle_rs2(config, user, 2, MINUTE);
        assert_eq!(all(few).await, [("ann", 1), ("bob", 2), ("ann", 3)]);
    });
}

/// Peer defect 36: each on a boxed stream, and one after the other.
#[test]
fn state_operators_chain_on_boxed_streams() {
    run(async {
        let config = StateConfigs::session;
        let chained = events()
            .stateful_deduplicate_rs2(config(), |event: &Event| *event, MINUTE)
            .boxed_rs2()
            .stateful_map_rs2(config(), user, |event, _state| async move { event })
            .stateful_filter_rs2(config(), user, |_, _state| async { true })
            .stateful_throttle_rs2(config(), user, 9, MINUTE)
            .boxed_rs2()
            .stateful_session_rs2(config(), user, MINUTE, |event, _state| async move { event })
            .stateful_fold_rs2(config(), user, 0, |sum, event, _| async move { sum + event.1 })
            .boxed_rs2()
            .stateful_window_rs2(config(), |_: &u32| (), 2, |sums, _| async move { sums[1] })
            .stateful_pattern_rs2(
                config(),
                |_: &u32| (),
                |sums, _| async move { sums.last().copied() },
            )
            .stateful_group_by_rs2(config(), |_: &u32| (), |(), sums, _| async move { sums });
        assert_eq!(all(chained.boxed_rs2()).await, [[2, 4]]);
    });
}

/// Custom State Backends: `with_custom_storage`, and `custom_storage` on the builder.
#[test]
fn state_in_a_custom_storage() {
    use crate::rs2::state::{
        InMemoryStorage, SharedStorage, StateConfigBuilder, StateStorage, StorageError,
    };
    use async_trait::async_trait;
    use std::collections::HashMap;
    use std::sync::Arc;

    #[derive(Default)]
    struct Backend(Mutex<HashMap<String, Vec<u8>>>);

    #[async_trait]
    impl StateStorage for Backend {
        async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
            Ok(self.0.lock().unwrap().get(key).cloned())
        }
        async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
            self.0.lock().unwrap().insert(key.to_owned(), value.to_owned());
            Ok(())
        }
        async fn delete(&self, key: &str) -> Result<bool, StorageError> {
            Ok(self.0.lock().unwrap().remove(key).is_some())
        }
        async fn exists(&self, key: &str) -> Result<bool, StorageError> {
            Ok(self.0.lock().unwrap().contains_key(key))
        }
        async fn clear(&self) -> Result<(), StorageError> {
            self.0.lock().unwrap().clear();
            Ok(())
        }
    }

    run(async {
        let backend: Arc<dyn StateStorage + Send + Sync> = Arc::new(Backend::default());
        let memory: SharedStorage =
            Arc::new(InMemoryStorage::bounded(rs2_stream::time::NoTimer, 100));
        let configs = [
            StateConfigs::session().with_custom_storage(backend.clone()),
            StateConfigBuilder::new().custom_storage(backend).build().unwrap(),
            StateConfigs::long_lived().spill_to(memory),
        ];
        for config in configs {
            let sums = events().stateful_map_rs2(
                config.named("sums"),
                CustomKeyExtractor::new(|event: &Event| event.0),
                |event, state_access| async move {
                    // What an earlier pipeline left is not to be seen here.
                    let mut sum: u32 = state_access.get().await.unwrap_or_default();
                    sum += event.1;
                    state_access.set(&sum).await.unwrap();
                    if sum == 5 {
                        state_access.delete().await.unwrap();
                    }
                    (event.0, sum, state_access.exists().await)
                },
            );
            let sums = all(sums).await;
            assert_eq!((sums[2], sums[3]), (("ann", 4, true), ("ann", 5, false)));
        }
    });
}

#[test]
fn state_by_the_path_to_a_field() {
    use crate::rs2::state::FieldKeyExtractor;
    run(async {
        let by_user = FieldKeyExtractor::new("0");
        let once = events().stateful_deduplicate_rs2(StateConfigs::session(), by_user, MINUTE);
        assert_eq!(all(once).await, [("ann", 1), ("bob", 2)]);
    });
}

#[test]
fn state_presets() {
    let presets = [
        StateConfigs::high_performance(),
        StateConfigs::session(),
        StateConfigs::short_lived(),
        StateConfigs::long_lived(),
        StateConfigs::persistent(),
        StateConfigs::ttl(MINUTE),
    ];
    assert!(presets.iter().all(|preset| preset.validate().is_ok()));
}
