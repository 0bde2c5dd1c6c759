//! Streams of what is already there: one item, none, or those of an iterator.

use rs2_stream::prelude::*;
use std::collections::BTreeMap;

#[tokio::main]
async fn main() {
    let one: Vec<&str> = emit("hello").collect_rs2().await;
    println!("emit: {one:?}");
    assert_eq!(one, ["hello"]);

    let none: Vec<u32> = empty::<u32>().collect_rs2().await;
    println!("empty: {none:?}");
    assert!(none.is_empty());

    let numbers: Vec<u32> = from_iter(1..=5).collect_rs2().await;
    println!("from_iter of a range: {numbers:?}");
    assert_eq!(numbers, [1, 2, 3, 4, 5]);

    // Anything that can be iterated over is a source, a map as well.
    let stock = BTreeMap::from([("apples", 3), ("pears", 0), ("plums", 7)]);
    let in_stock: Vec<&str> = from_iter(stock)
        .filter_rs2(|(_, count)| *count > 0)
        .map_rs2(|(fruit, _)| fruit)
        .collect_rs2()
        .await;
    println!("in stock: {in_stock:?}");
    assert_eq!(in_stock, ["apples", "plums"]);
}
