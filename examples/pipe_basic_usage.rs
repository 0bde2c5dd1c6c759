//! A pipe is a part of a pipeline that has a name and can be used again.

use rs2_stream::pipe::{self, Pipe};
use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let double = Pipe::new(|numbers: RS2Stream<i32>| numbers.map_rs2(|n| n * 2));

    let doubled: Vec<i32> = double.apply(from_iter(1..=5)).collect_rs2().await;
    println!("doubled: {doubled:?}");
    assert_eq!(doubled, [2, 4, 6, 8, 10]);

    // The same pipe on a stream of another making, and what it yields is a stream like any other.
    let countdown = unfold(3, |n| async move { (n > 0).then_some((n, n - 1)) });
    let sum = double.apply(countdown).fold_sync_rs2(0, |sum, n| sum + n).await;
    println!("sum of the doubled countdown: {sum}");
    assert_eq!(sum, 12);

    // The short way for a closure. What it changes begins anew with each stream.
    let mut total = 0;
    let running_total = pipe::map(move |n: i32| {
        total += n;
        total
    });
    for _ in 0..2 {
        let totals: Vec<i32> = running_total.apply(from_iter([5, 7])).collect_rs2().await;
        println!("running total: {totals:?}");
        assert_eq!(totals, [5, 12]);
    }
}
