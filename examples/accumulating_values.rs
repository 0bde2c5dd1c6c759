//! Many items, one result: at the end, or after each item.

use rs2_stream::prelude::*;
use std::collections::{BTreeSet, HashMap};

#[tokio::main]
async fn main() {
    // The step is asynchronous; `fold_sync_rs2` is the one that is not.
    let sum = from_iter(1..=5).fold_rs2(0, |sum, n| async move { sum + n }).await;
    println!("fold: {sum}");
    assert_eq!(sum, 15);

    let sentence = from_iter(["streams", "of", "words"])
        .fold_sync_rs2(String::new(), |text, word| text + word + " ")
        .await;
    println!("fold_sync: {sentence:?}");
    assert_eq!(sentence, "streams of words ");

    // Each value on the way; the first is already the first item's.
    let balances: Vec<i32> = from_iter([100, -30, 50])
        .scan_rs2(0, |balance, change| balance + change)
        .collect_rs2()
        .await;
    println!("scan: {balances:?}");
    assert_eq!(balances, [100, 70, 120]);

    let mut seen = Vec::new();
    from_iter(1..=3)
        .for_each_rs2(|n| {
            seen.push(n);
            async {}
        })
        .await;
    println!("for_each saw {seen:?}");
    assert_eq!(seen, [1, 2, 3]);

    // Any collection that can be extended.
    let letters = || from_iter("mississippi".chars());
    let set: BTreeSet<char> = letters().collect_rs2().await;
    let text: String = letters().collect_rs2().await;
    println!("collect: {set:?} and {text}");
    assert_eq!((set.len(), text.as_str()), (4, "mississippi"));
    let counts = letters()
        .fold_sync_rs2(HashMap::new(), |mut counts, letter| {
            *counts.entry(letter).or_insert(0) += 1;
            counts
        })
        .await;
    assert_eq!((counts[&'s'], counts[&'p']), (4, 2));

    let longest = from_iter(["pear", "fig", "banana"])
        .reduce_rs2(|a, b| async move { if b.len() > a.len() { b } else { a } })
        .await;
    println!("reduce: {longest:?}");
    assert_eq!(longest, Some("banana"));
}
