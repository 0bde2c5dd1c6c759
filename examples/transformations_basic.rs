//! One item in: one out, none out, or several.

use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let doubled: Vec<u32> = from_iter(1..=4).map_rs2(|n| n * 2).collect_rs2().await;
    println!("map: {doubled:?}");
    assert_eq!(doubled, [2, 4, 6, 8]);

    let odd: Vec<u32> = from_iter(1..=6).filter_rs2(|n| n % 2 == 1).collect_rs2().await;
    println!("filter: {odd:?}");
    assert_eq!(odd, [1, 3, 5]);

    let lines = ["to be or", "not to be"];
    let words: Vec<&str> =
        from_iter(lines).flat_map_rs2(|line| from_iter(line.split(' '))).collect_rs2().await;
    println!("flat_map: {words:?}");
    assert_eq!(words, ["to", "be", "or", "not", "to", "be"]);

    let numbers: Vec<i32> = from_iter(["1", "two", "3"])
        .filter_map_rs2(|text| text.parse::<i32>().ok())
        .collect_rs2()
        .await;
    println!("filter_map: {numbers:?}");
    assert_eq!(numbers, [1, 3]);
}
