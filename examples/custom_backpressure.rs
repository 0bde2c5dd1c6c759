//! A weather station sends readings faster than its readers take them. Each reader gets a buffer
//! that does with the surplus what suits it.

use rs2_stream::metrics::Loss;
use rs2_stream::prelude::*;
use std::time::Duration;
use tokio::time::sleep;

const READINGS: u32 = 200;

/// The station: a reading is there whenever it is asked for.
fn readings() -> impl Progress<Item = u32> + Send + 'static {
    from_iter(1..=READINGS)
}

/// A reader that takes its time over each reading.
async fn slowly(_reading: u32) {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::main]
async fn main() {
    archive().await;
    display().await;
    backlog().await;
    alarm().await;
    measurements_with_errors().await;
}

/// The archive wants every reading: the station waits for it.
async fn archive() {
    let buffer = readings().auto_backpressure_rs2();
    let (pressure, losses) = (buffer.pressure(), buffer.losses());
    let mut stored = 0;
    buffer
        .for_each_rs2(|reading| {
            stored += 1;
            assert!(pressure.depth() <= 75, "it pauses at its high watermark");
            slowly(reading)
        })
        .await;
    assert_eq!((stored, losses.total()), (READINGS, 0));
    assert!(pressure.events() > 0);
    println!("archive: {stored} stored, the station paused {} times", pressure.events());
}

/// The display shows the latest readings: older ones make room.
async fn display() {
    let config = BackpressureConfig {
        strategy: BackpressureStrategy::DropOldest,
        buffer_size: 10,
        low_watermark: Some(3),
        high_watermark: Some(8),
    };
    let buffer = readings().auto_backpressure_with_rs2(config);
    let losses = buffer.losses();
    let mut shown = Vec::new();
    buffer
        .for_each_rs2(|reading| {
            shown.push(reading);
            slowly(reading)
        })
        .await;
    assert_eq!(shown.last(), Some(&READINGS), "the latest is never dropped");
    assert_eq!(shown.len() as u64 + losses.of(Loss::Full), u64::from(READINGS));
    println!("display: {} shown, {} dropped", shown.len(), losses.total());
}

/// The backlog works off what came first, and takes no more than it can hold.
async fn backlog() {
    let config = BackpressureConfig::new(BackpressureStrategy::DropNewest, 10);
    let buffer = readings().auto_backpressure_with_rs2(config);
    let losses = buffer.losses();
    let mut worked_off = Vec::new();
    buffer
        .for_each_rs2(|reading| {
            worked_off.push(reading);
            slowly(reading)
        })
        .await;
    assert!((1..=10).eq(worked_off.iter().take(10).copied()), "the first are kept");
    assert_eq!(worked_off.len() as u64 + losses.of(Loss::Full), u64::from(READINGS));
    println!("backlog: {} worked off, {} refused", worked_off.len(), losses.total());
}

/// For the alarm it is an error not to keep up.
async fn alarm() {
    let config = BackpressureConfig::new(BackpressureStrategy::Error, 10);
    let results = readings().map_rs2(Ok::<u32, String>);
    let mut checked = Vec::new();
    results
        .try_auto_backpressure_with_rs2(config)
        .for_each_rs2(|result| {
            checked.push(result);
            slowly(0)
        })
        .await;
    assert_eq!(checked.pop(), Some(Err(Overflow::Full { capacity: 10 })));
    assert!(checked.iter().all(Result::is_ok), "what waited came before the error");
    println!("alarm: gave up after {} readings", checked.len());
}

/// Some readings are errors. They take no room of the others, and a modem that sends 500 a second
/// gets no more than that.
async fn measurements_with_errors() {
    let results = readings().map_rs2(|n| if n % 50 == 0 { Err(n) } else { Ok(n) });
    let sent: Vec<Result<u32, u32>> =
        results.rate_limit_backpressure(16).rate_limit_backpressure_rs2(500).collect_rs2().await;
    assert_eq!(sent.iter().filter(|result| result.is_err()).count(), 4);
    println!("modem: {} sent", sent.len());
}
