//! Windows that move on by one item.

use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let windows: Vec<Vec<u32>> = from_iter(1..=5).sliding_window_rs2(3).collect_rs2().await;
    println!("three of five: {windows:?}");
    assert_eq!(windows, [vec![1, 2, 3], vec![2, 3, 4], vec![3, 4, 5]]);

    // A moving average takes the noise out of a series.
    let temperatures = [20.0, 22.0, 21.0, 35.0, 22.0, 23.0];
    let averages: Vec<f64> = from_iter(temperatures)
        .sliding_window_rs2(3)
        .map_rs2(|window| window.iter().sum::<f64>() / 3.0)
        .collect_rs2()
        .await;
    println!("moving average of {temperatures:?}: {averages:.1?}");
    assert_eq!(averages.len(), 4);
    assert!(averages.iter().all(|average| (20.0..30.0).contains(average)));

    let words = "the quick brown fox jumps".split(' ');
    let phrases: Vec<String> =
        from_iter(words).sliding_window_rs2(2).map_rs2(|pair| pair.join(" ")).collect_rs2().await;
    println!("phrases of two words: {phrases:?}");
    assert_eq!(phrases, ["the quick", "quick brown", "brown fox", "fox jumps"]);
}
