//! Transformations that wait: for a lookup, or for a verdict.

use rs2_stream::prelude::*;
use std::time::Duration;

async fn price_of(item: &'static str) -> (&'static str, u32) {
    tokio::time::sleep(Duration::from_millis(5)).await;
    let cents = match item {
        "tea" => 250,
        "coffee" => 320,
        _ => 1_000,
    };
    (item, cents)
}

async fn is_available(cents: u32) -> bool {
    tokio::time::sleep(Duration::from_millis(5)).await;
    cents < 500
}

#[tokio::main]
async fn main() {
    // One at a time, in order: the second lookup begins when the first has been consumed.
    let priced: Vec<(&str, u32)> =
        from_iter(["tea", "truffles", "coffee"]).eval_map_rs2(price_of).collect_rs2().await;
    println!("eval_map: {priced:?}");
    assert_eq!(priced, [("tea", 250), ("truffles", 1_000), ("coffee", 320)]);

    let available: Vec<(&str, u32)> =
        from_iter(priced).eval_filter_rs2(|(_, cents)| is_available(*cents)).collect_rs2().await;
    println!("eval_filter: {available:?}");
    assert_eq!(available, [("tea", 250), ("coffee", 320)]);
}
