//! A shop's events by user: all eleven operations with state for each key, one after the other.

use std::time::Duration;

use rs2_stream::prelude::*;
use rs2_stream::state::{CustomKeyExtractor, KeyExtractor, StateConfigs};

#[derive(Clone, Debug, PartialEq)]
struct Order {
    id: u32,
    user: &'static str,
    cents: u32,
}

const ORDERS: [(u32, &str, u32); 8] = [
    (1, "ann", 500),
    (2, "bob", 900),
    (3, "ann", 700),
    (3, "ann", 700), // sent twice
    (4, "ann", 20_000),
    (5, "bob", 100),
    (6, "ann", 300),
    (7, "bob", 800),
];

fn orders() -> impl Stream<Item = Order> {
    from_iter(ORDERS).map_rs2(|(id, user, cents)| Order { id, user, cents })
}

fn by_user() -> impl KeyExtractor<Order, Key = &'static str> {
    CustomKeyExtractor::new(|order: &Order| order.user)
}

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::main]
async fn main() {
    each_order_alone().await;
    orders_together().await;
    orders_over_time().await;
}

/// Map, filter, fold and reduce: one answer for each event.
async fn each_order_alone() {
    let numbered: Vec<(&str, u32)> = orders()
        .stateful_map_rs2(StateConfigs::session(), by_user(), |order, state| async move {
            let number = state.get::<u32>().await.unwrap_or_default() + 1;
            state.set(&number).await.expect("the step is running");
            (order.user, number)
        })
        .collect_rs2()
        .await;
    println!("map: {numbered:?}");
    assert_eq!(numbered.last(), Some(&("bob", 3)));

    // An order ten times as large as the largest before it is not let through.
    let usual: Vec<u32> = orders()
        .stateful_filter_rs2(StateConfigs::session(), by_user(), |order, state| {
            let cents = order.cents;
            async move {
                let largest = state.get::<u32>().await.unwrap_or(cents);
                let is_usual = cents < 10 * largest;
                if is_usual {
                    state.set(&largest.max(cents)).await.expect("the step is running");
                }
                is_usual
            }
        })
        .map_rs2(|order| order.id)
        .collect_rs2()
        .await;
    println!("filter: {usual:?}");
    assert_eq!(usual, [1, 2, 3, 3, 5, 6, 7]);

    let config = StateConfigs::long_lived();
    let spent = orders()
        .stateful_fold_rs2(config, by_user(), 0, |sum, order, _| async move { sum + order.cents });
    let spent: Vec<u32> = spent.collect_rs2().await;
    println!("fold: {spent:?}");
    assert_eq!(spent.last(), Some(&1_800));

    let config = StateConfigs::long_lived();
    let largest = orders().stateful_reduce_rs2(config, by_user(), 0, |most: u32, order, _| {
        let cents = order.cents;
        async move { most.max(cents) }
    });
    let largest: Vec<u32> = largest.collect_rs2().await;
    println!("reduce: {largest:?}");
    assert_eq!(largest[4..], [20_000, 900, 20_000, 900]);
}

/// Window, group, join and pattern: one answer for several events.
async fn orders_together() {
    let config = StateConfigs::high_performance();
    let means = orders().stateful_window_rs2(config, by_user(), 3, |last, _| async move {
        last.iter().map(|order| order.cents).sum::<u32>() / 3
    });
    let means: Vec<u32> = means.collect_rs2().await;
    println!("window: {means:?}");
    assert_eq!(means, [633, 7_133, 7_000, 600]);

    let config = StateConfigs::high_performance();
    let groups = orders().stateful_group_by_rs2(config, by_user(), |user, orders, _| async move {
        (user, orders.len())
    });
    let mut groups: Vec<(&str, usize)> = groups.collect_rs2().await;
    groups.sort_unstable();
    println!("group by: {groups:?}");
    assert_eq!(groups, [("ann", 5), ("bob", 3)]);

    let towns = from_iter([("ann", "Oslo"), ("bob", "Rome")]);
    let by_name = CustomKeyExtractor::new(|entry: &(&'static str, &'static str)| entry.0);
    let config = StateConfigs::high_performance();
    let shipped = orders().stateful_join_rs2(
        towns,
        config,
        by_user(),
        by_name,
        |order, town, _| async move { (order.id, town.1) },
    );
    let mut shipped: Vec<(u32, &str)> = shipped.collect_rs2().await;
    shipped.sort_unstable();
    println!("join: {shipped:?}");
    assert_eq!(shipped.len(), ORDERS.len());
    assert_eq!(shipped[0], (1, "Oslo"));

    // A small order and then one that is twenty times as large.
    let config = StateConfigs::high_performance();
    let probes = orders().stateful_pattern_rs2(config, by_user(), |events, _| async move {
        let [.., before, last] = events.as_slice() else { return None };
        (last.cents > 20 * before.cents).then_some((last.user, last.id))
    });
    let probes: Vec<(&str, u32)> = probes.collect_rs2().await;
    println!("pattern: {probes:?}");
    assert_eq!(probes, [("ann", 4)]);
}

/// Deduplicate, throttle and session: what the clock says.
async fn orders_over_time() {
    let by_id = CustomKeyExtractor::new(|order: &Order| order.id);
    let once = orders().stateful_deduplicate_rs2(StateConfigs::session(), by_id, HOUR);
    let once: Vec<Order> = once.collect_rs2().await;
    println!("deduplicate: {} of {}", once.len(), ORDERS.len());
    assert_eq!(once.len(), 7);

    let two_an_hour = orders().stateful_throttle_rs2(StateConfigs::session(), by_user(), 2, HOUR);
    let two_an_hour: Vec<Order> = two_an_hour.collect_rs2().await;
    println!("throttle: {:?}", two_an_hour.iter().map(|order| order.id).collect::<Vec<_>>());
    assert_eq!(two_an_hour.len(), 4);

    let config = StateConfigs::session();
    let visits =
        orders().stateful_session_rs2(config, by_user(), HOUR / 2, |order, state| async move {
            let is_new = !state.exists().await;
            state.set(&order.id).await.expect("the step is running");
            (order.user, is_new)
        });
    let visits: Vec<(&str, bool)> = visits.collect_rs2().await;
    println!("session: {visits:?}");
    assert_eq!(visits.iter().filter(|visit| visit.1).count(), 2);
}
