//! Several streams in turns: of different lengths, of different speeds.

use rs2_stream::prelude::*;
use std::time::Duration;

#[tokio::main]
async fn main() {
    let small = from_iter(1..=3);
    let large: Vec<u32> =
        small.interleave_rs2(vec![from_iter(11..=13), from_iter(101..=103)]).collect_rs2().await;
    println!("three of one length: {large:?}");
    assert_eq!(large, [1, 11, 101, 2, 12, 102, 3, 13, 103]);

    // Who has ended is left out of the round.
    let uneven: Vec<u32> =
        from_iter(1..=4).interleave_rs2(vec![from_iter(11..=12)]).collect_rs2().await;
    println!("of different lengths: {uneven:?}");
    assert_eq!(uneven, [1, 11, 2, 12, 3, 4]);

    // A slow stream holds up nobody: whose turn it is and has nothing is passed over.
    let sensor = |name: &'static str, millis| tick(Duration::from_millis(millis), name).take_rs2(3);
    let readings: Vec<&str> =
        sensor("fast", 10).interleave_rs2(vec![sensor("slow", 100)]).collect_rs2().await;
    println!("of different speeds: {readings:?}");
    assert_eq!(readings[..3], ["fast"; 3]);

    // The strict form waits for whose turn it is.
    let strict: Vec<&str> =
        sensor("fast", 10).interleave_strict_rs2(vec![sensor("slow", 30)]).collect_rs2().await;
    println!("strictly in turns: {strict:?}");
    assert_eq!(strict, ["fast", "slow", "fast", "slow", "fast", "slow"]);

    // Frames of several sources on one line, each marked with where it came from.
    let frames = |source: char| from_iter(1..=2).map_rs2(move |frame| format!("{source}{frame}"));
    let line: Vec<String> =
        frames('a').interleave_rs2(vec![frames('b'), frames('c')]).collect_rs2().await;
    println!("multiplexed: {line:?}");
    assert_eq!(line, ["a1", "b1", "c1", "a2", "b2", "c2"]);
}
