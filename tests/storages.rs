//! The storages of the example keep their word.

#[path = "../examples/custom_storage_example/atomic_map.rs"]
#[expect(dead_code, reason = "the example uses all of it")]
mod atomic_map;
#[path = "../examples/custom_storage_example/redis_like.rs"]
#[expect(dead_code, reason = "the example uses all of it")]
mod redis_like;

use rs2_test::{ms, storage};
use std::time::Duration;

#[test]
fn the_map_with_atomic_updates() {
    storage::check(|_| atomic_map::AtomicMap::default());
}

#[test]
fn the_server_some_time_away() {
    storage::check(|timer| redis_like::RedisLike::connect(timer, ms(3)));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn on_the_timer_of_a_runtime() {
    let make = || {
        let timer = rs2_stream::prelude::TokioTimer::new();
        redis_like::RedisLike::connect(timer, ms(3))
    };
    let checked = storage::check_on(make, tokio::time::sleep, Duration::from_secs(1)).await;
    assert_eq!(checked, Ok(()));
}
