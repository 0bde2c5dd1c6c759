//! An item at a fixed rate, whatever the consumer takes.

use rs2_stream::prelude::*;
use std::time::{Duration, Instant};

#[tokio::main]
async fn main() {
    let period = Duration::from_millis(20);
    let begun = Instant::now();
    let beats: Vec<u128> = tick_rs(period, ())
        .map_rs2(|()| begun.elapsed().as_millis())
        .take_rs2(5)
        .collect_rs2()
        .await;
    println!("five ticks of 20 ms, at {beats:?} ms");
    assert!(beats.iter().zip(1..).all(|(at, beat)| *at >= 20 * beat), "none comes early");

    // The time of the consumer is not added to the period: ten ticks of 20 ms take 200 ms, though
    // half of each is spent on the item.
    let begun = Instant::now();
    let mut ticks = 0;
    tick_rs(period, "poll")
        .take_rs2(10)
        .for_each_rs2(|_| {
            ticks += 1;
            tokio::time::sleep(period / 2)
        })
        .await;
    println!("ten ticks with a busy consumer: {:?}", begun.elapsed());
    assert_eq!(ticks, 10);
    assert!(begun.elapsed() >= 10 * period);

    // A rate for items that have none.
    let paced: Vec<(u32, ())> = from_iter(1..=3).zip_rs2(tick_rs(period, ())).collect_rs2().await;
    println!(
        "three items, one for each tick: {:?}",
        paced.iter().map(|(n, ())| n).collect::<Vec<_>>()
    );
    assert_eq!(paced.len(), 3);
}
