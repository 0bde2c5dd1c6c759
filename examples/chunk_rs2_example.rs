//! Items in chunks of a given size.

use rs2_stream::prelude::*;
use std::time::Duration;

#[tokio::main]
async fn main() {
    let even: Vec<Vec<u32>> = from_iter(1..=6).chunk_rs2(3).collect_rs2().await;
    println!("six in threes: {even:?}");
    assert_eq!(even, [vec![1, 2, 3], vec![4, 5, 6]]);

    // The last chunk may be shorter; nothing is left behind.
    let uneven: Vec<Vec<u32>> = from_iter(1..=7).chunk_rs2(3).collect_rs2().await;
    println!("seven in threes: {uneven:?}");
    assert_eq!(uneven, [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);

    let sums: Vec<u32> = from_iter(1..=7)
        .chunk_rs2(3)
        .map_rs2(|chunk| chunk.iter().sum::<u32>())
        .collect_rs2()
        .await;
    println!("their sums: {sums:?}");
    assert_eq!(sums, [6, 15, 7]);

    // With a limit on the wait, a slow source does not keep items back.
    let slow = from_iter(1..=2).concat_rs2(emit_after(3, Duration::from_millis(200)));
    let timely: Vec<Vec<u32>> =
        slow.chunk_within_rs2(3, Duration::from_millis(20)).collect_rs2().await;
    println!("two at once, one much later: {timely:?}");
    assert_eq!(timely, [vec![1, 2], vec![3]]);
}
