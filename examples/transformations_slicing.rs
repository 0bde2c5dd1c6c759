//! The beginning of a stream, and what comes after it.

use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let first: Vec<u32> = from_iter(1..).take_rs2(3).collect_rs2().await;
    println!("take: {first:?}");
    assert_eq!(first, [1, 2, 3]);

    let rest: Vec<u32> = from_iter(1..=5).skip_rs2(3).collect_rs2().await;
    println!("skip: {rest:?}");
    assert_eq!(rest, [4, 5]);

    // A page of a long list: `skip`, then `take`.
    let page: Vec<u32> = from_iter(1..=100).skip_rs2(20).take_rs2(5).collect_rs2().await;
    println!("third page of ten, its first half: {page:?}");
    assert_eq!(page, [21, 22, 23, 24, 25]);

    let readings = [1, 4, 9, 2, 16];
    let rising: Vec<u32> = from_iter(readings).take_while_rs2(|n| *n < 9).collect_rs2().await;
    println!("take_while: {rising:?}");
    assert_eq!(rising, [1, 4]);

    let after: Vec<u32> = from_iter(readings).skip_while_rs2(|n| *n < 9).collect_rs2().await;
    println!("skip_while: {after:?}");
    assert_eq!(after, [9, 2, 16]);
}
