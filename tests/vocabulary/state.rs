//! State for each key: the quick example of the product's document.

use crate::{rs2::prelude::*, run};
use futures_util::StreamExt;
use std::sync::Mutex;

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
    use crate::rs2::state::{CustomKeyExtractor, StateConfigs, StatefulStreamExt};
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
