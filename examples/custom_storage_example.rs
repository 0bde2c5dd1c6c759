//! State in storages of one's own: a map with atomic updates, and a server some time away that
//! speaks as Redis does.

#[path = "custom_storage_example/atomic_map.rs"]
mod atomic_map;
#[path = "custom_storage_example/redis_like.rs"]
mod redis_like;

use atomic_map::AtomicMap;
use redis_like::RedisLike;
use rs2_stream::prelude::*;
use rs2_stream::state::{
    CustomKeyExtractor, SharedStorage, StateConfigBuilder, StateConfigs, StateStorage,
    StatefulStreamExt,
};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

struct Purchase {
    user: &'static str,
    cents: u64,
}

/// What we know of a user; whatever serde can write may be state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Account {
    purchases: u32,
    cents: u64,
}

fn purchases() -> Vec<Purchase> {
    let purchase = |(user, cents)| Purchase { user, cents };
    [("ann", 500), ("bob", 300), ("ann", 250), ("ann", 50), ("bob", 1_000)].map(purchase).into()
}

// The time of tokio's tests: it jumps to the next deadline instead of waiting for it.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    a_map_that_others_share().await?;
    a_server_far_away().await?;
    Ok(())
}

/// Adds up what each user buys. Knows nothing of where the sums are kept.
async fn totals(storage: SharedStorage) -> Result<Vec<Account>, Box<dyn Error>> {
    let config = StateConfigs::session().with_custom_storage(storage).named("accounts");
    config.validate()?;
    let accounts = from_iter(purchases())
        .stateful_map_rs2(
            config,
            CustomKeyExtractor::new(|purchase: &Purchase| purchase.user),
            |purchase, state_access| async move {
                let mut account: Account = state_access.try_get().await?.unwrap_or_default();
                account.purchases += 1;
                account.cents += purchase.cents;
                state_access.set(&account).await?;
                Ok::<_, rs2_stream::state::AccessError>(account)
            },
        )
        .collect_rs2::<Vec<_>>()
        .await;
    Ok(accounts.into_iter().collect::<Result<_, _>>()?)
}

async fn a_map_that_others_share() -> Result<(), Box<dyn Error>> {
    let map = Arc::new(AtomicMap::default());
    let accounts = totals(map.clone()).await?;
    println!("map: {accounts:?}");
    assert_eq!(accounts[3], Account { purchases: 3, cents: 800 });

    // The operator's keys begin with its name; others may use the map beside it.
    for _ in 0..3 {
        map.update("visits", |before| vec![before.map_or(1, |bytes| bytes[0] + 1)]);
    }
    let page = map.scan("", None, 10).await?;
    let keys: Vec<&str> = page.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["accounts:ann", "accounts:bob", "visits"]);
    assert_eq!(page[2].1, [3]);

    // What the first pipeline has left, a later one goes on from.
    let accounts = totals(map).await?;
    assert_eq!(accounts[4], Account { purchases: 4, cents: 2_600 });
    Ok(())
}

async fn a_server_far_away() -> Result<(), Box<dyn Error>> {
    let redis = RedisLike::connect(TokioTimer::new(), Duration::from_millis(5));
    let begun = tokio::time::Instant::now();
    let accounts = totals(Arc::new(redis.clone())).await?;
    let took = begun.elapsed();
    println!("server: {} commands in {took:?}, {accounts:?}", redis.commands());
    assert_eq!(accounts[3], Account { purchases: 3, cents: 800 });
    // A read and a write for each purchase, each there and back.
    assert_eq!((redis.commands(), took), (10, Duration::from_millis(100)));

    // The state of a session goes with it; the server sees to that.
    assert!(redis.exists("accounts:ann").await?);
    tokio::time::sleep(Duration::from_secs(1_800)).await;
    assert!(!redis.exists("accounts:ann").await?);

    // Two operators on one storage have two sets of keys.
    let config = || {
        let builder = StateConfigBuilder::new().custom_storage(Arc::new(redis.clone()));
        builder.ttl(Duration::from_secs(60)).cleanup_interval(Duration::from_secs(10))
    };
    let counted = from_iter(purchases())
        .stateful_map_rs2(
            config().named("counts").build()?,
            CustomKeyExtractor::new(|purchase: &Purchase| purchase.user),
            |purchase, state| async move {
                let one_more = |count: &mut u32| {
                    *count += 1;
                    *count
                };
                (purchase.user, state.update(one_more).await)
            },
        )
        .stateful_map_rs2(
            config().named("names").build()?,
            |counted: &(&'static str, _)| counted.0,
            |(user, count), state| async move {
                let known = state.exists().await;
                state.set(&user.to_owned()).await.map(|()| (user, count, known))
            },
        );
    let seen: Vec<_> = counted.collect_rs2().await;
    assert_eq!(seen[4], Ok(("bob", Ok(2), true)));
    println!("two operators: {seen:?}");
    Ok(())
}
