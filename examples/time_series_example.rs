//! A week of readings of a boiler: hourly means with gaps shown, a moving average, percentiles,
//! and the one reading that cannot be true.
//!
//! With the feature `calendar` also by days of a time zone, one of which has 23 hours.

use std::time::Duration;

use rs2_stream::aggregate::{Count, ExactQuantiles, Max, Mean, Min, of};
use rs2_stream::analytics::{BucketConfig, FixedBuckets};
use rs2_stream::prelude::*;
use rs2_stream::statistics::Hampel;

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: EventTime,
    celsius: f64,
}

/// 2024-03-28 00:00 UTC, three days before Berlin puts its clocks forward.
const BEGIN: i64 = 1_711_584_000;
const MINUTES: i64 = 7 * 24 * 60;

/// A reading a minute, warmer by day than by night; none for three hours of the second day; one
/// that the sensor made up.
fn readings() -> impl Stream<Item = Reading> {
    let silent = 24 * 60 + 300..24 * 60 + 480;
    from_iter((0..MINUTES).filter(move |minute| !silent.contains(minute))).map_rs2(|minute| {
        let of_day = minute % (24 * 60);
        let usual = 60.0 + (720 - (of_day - 720).abs()) as f64 / 72.0 + (minute % 7) as f64 * 0.1;
        let celsius = if minute == 4_000 { 350.0 } else { usual };
        Reading { at: EventTime::from_secs(BEGIN + 60 * minute), celsius }
    })
}

fn celsius(reading: &Reading) -> f64 {
    reading.celsius
}

#[tokio::main]
async fn main() {
    // Each reading with a verdict; what is judged true goes on.
    let detector = || Hampel::<61>::beyond(6.0).at_least(2.0);
    let odd: Vec<Reading> = readings()
        .detect_outliers_rs2(celsius, detector())
        .filter_map_rs2(|judged| judged.verdict.is_outlier.then_some(judged.item))
        .collect_rs2()
        .await;
    println!("outliers: {odd:?}");
    assert_eq!(odd.iter().map(|reading| reading.celsius).collect::<Vec<_>>(), [350.0]);
    let sound = || {
        readings()
            .detect_outliers_rs2(celsius, detector())
            .filter_map_rs2(|judged| (!judged.verdict.is_outlier).then_some(judged.item))
    };

    // Hours, those without readings too.
    let hourly = FixedBuckets::of(Duration::from_secs(3_600));
    let config = BucketConfig { most_empty: 24, ..BucketConfig::default() };
    let summary = of(celsius, (Count, Min, Mean, Max));
    let hours: Vec<_> = sound()
        .buckets_by_time_rs2(hourly, config, |reading| reading.at, summary)
        .collect_rs2()
        .await;
    for hour in hours.iter().take(32) {
        match hour.value {
            Some((n, min, mean, max)) => {
                println!(
                    "{:?}: {n} readings, {min:.1} to {max:.1}, mean {mean:.2}",
                    hour.start_time
                );
            }
            None => println!("{:?}: no readings", hour.start_time),
        }
    }
    assert_eq!(hours.len(), 7 * 24);
    assert_eq!(hours.iter().filter(|hour| hour.value.is_none()).count(), 3);

    // The last hour after each reading: its mean and its 95th percentile.
    let last_hour = of(celsius, (Mean, ExactQuantiles::bounded(60, [0.95])));
    let moving: Vec<(f64, [f64; 1])> =
        sound().aggregate_window_rs2(60, 1, last_hour).collect_rs2().await;
    let warmest = moving.iter().map(|hour| hour.0).fold(f64::NEG_INFINITY, f64::max);
    println!("warmest hour {warmest:.2}");
    assert!((69.0..71.0).contains(&warmest));
    assert!(moving.iter().all(|(mean, [p95])| mean <= p95));

    by_day(sound()).await;
}

#[cfg(feature = "calendar")]
async fn by_day(readings: impl Stream<Item = Reading>) {
    use rs2_stream::calendar::{CalendarBuckets, CalendarUnit};
    let days = CalendarBuckets::new("Europe/Berlin", CalendarUnit::Day).expect("it is bundled");
    let counts: Vec<(Duration, u64)> = readings
        .buckets_by_time_rs2(days, BucketConfig::default(), |reading| reading.at, Count)
        .map_rs2(|day| {
            let length = day.end_time.saturating_since(day.start_time);
            (length, day.value.expect("no empty ones were asked for"))
        })
        .collect_rs2()
        .await;
    println!("days: {counts:?}");
    let short = counts.iter().find(|day| day.0 < Duration::from_secs(24 * 3_600));
    assert_eq!(short, Some(&(Duration::from_secs(23 * 3_600), 23 * 60)));
}

#[cfg(not(feature = "calendar"))]
async fn by_day(_readings: impl Stream<Item = Reading>) {
    println!("days: with the feature `calendar`");
}
