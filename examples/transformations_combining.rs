//! Two streams become one.

use rs2_stream::prelude::*;
use std::time::Duration;

fn at(millis: u64, item: &'static str) -> impl Progress<Item = &'static str> {
    emit_after(item, Duration::from_millis(millis))
}

#[tokio::main]
async fn main() {
    // One after the other.
    let letters: String =
        from_iter("ab".chars()).concat_rs2(from_iter("cd".chars())).collect_rs2().await;
    println!("concat: {letters}");
    assert_eq!(letters, "abcd");

    // Both at once: whoever has an item gives it.
    let slow = at(60, "slow, second").concat_rs2(at(40, "slow, fourth"));
    let fast = at(20, "fast, first").concat_rs2(at(60, "fast, third"));
    let merged: Vec<&str> = slow.merge_rs2(fast).collect_rs2().await;
    println!("merge: {merged:?}");
    assert_eq!(merged, ["fast, first", "slow, second", "fast, third", "slow, fourth"]);

    // In pairs, for as long as both have items.
    let pairs: Vec<(u32, char)> =
        from_iter(1..).zip_rs2(from_iter("xyz".chars())).collect_rs2().await;
    println!("zip: {pairs:?}");
    assert_eq!(pairs, [(1, 'x'), (2, 'y'), (3, 'z')]);

    let sums: Vec<u32> = from_iter([1, 2, 3])
        .zip_with_rs2(from_iter([10, 20, 30]), |a, b| a + b)
        .collect_rs2()
        .await;
    println!("zip_with: {sums:?}");
    assert_eq!(sums, [11, 22, 33]);

    // Whichever has something first, and from then on only that one.
    let first = at(80, "the slow one").either_rs2(at(10, "the fast one"));
    let first: Vec<&str> = first.collect_rs2().await;
    println!("either: {first:?}");
    assert_eq!(first, ["the fast one"]);
}
