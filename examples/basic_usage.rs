//! The shortest pipeline: a source, a filter, a map, and a collection at the end.

use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let squares: Vec<u32> =
        from_iter(1..=10).filter_rs2(|n| n % 2 == 0).map_rs2(|n| n * n).collect_rs2().await;

    println!("squares of the even numbers up to ten: {squares:?}");
    assert_eq!(squares, [4, 16, 36, 64, 100]);
}
