//! A shop counts its orders at several places of a pipeline, compares what it sees there, and asks
//! whether all is well.

use rs2_stream::metrics::{HealthThresholds, MetricsConfig, Reports, StreamMetrics};
use rs2_stream::prelude::*;
use std::time::Duration;
use tokio::time::sleep;

#[derive(Clone, Debug)]
struct Order {
    id: u64,
    note: String,
}

/// Orders with longer and longer notes.
fn orders(count: u64) -> impl Progress<Item = Order> {
    from_iter(1..=count).map_rs2(|id| Order { id, note: "x".repeat(id as usize) })
}

#[tokio::main]
async fn main() {
    throughput_and_processing_time().await;
    before_and_after_a_filter().await;
    calls_that_wait().await;
    calls_that_fail().await;
    one_handle_for_a_whole_pipeline().await;
    one_in_ten().await;
}

fn print(metrics: &StreamMetrics) {
    let name = metrics.name.as_deref().unwrap_or("?");
    let (items, busy) = (metrics.items_processed, metrics.processing_time);
    println!("{name}: {items} items, {}, busy {busy:?}", metrics.throughput_summary());
}

/// Something for the processor to do.
fn checksum(order: &Order) -> u64 {
    order
        .note
        .bytes()
        .cycle()
        .take(20_000)
        .fold(order.id, |sum, b| sum.rotate_left(5) ^ u64::from(b))
}

async fn throughput_and_processing_time() {
    let checked = orders(200).map_rs2(|order| (checksum(&order), order));
    let (stream, handle) = checked.with_metrics_by_rs2("checked", |(_, order)| order.note.len());
    stream.for_each_rs2(async |_| ()).await;

    let metrics = handle.snapshot();
    print(&metrics);
    assert_eq!((metrics.items_processed, metrics.bytes_processed), (200, 200 * 201 / 2));
    assert_eq!(metrics.average_item_size, 100.5);
    assert!(metrics.processing_time >= metrics.peak_processing_time);
    assert!(metrics.processing_time <= metrics.elapsed());
    assert!(metrics.items_per_second > 0.0 && metrics.is_healthy());
}

async fn before_and_after_a_filter() {
    let (all, before) = orders(100).with_metrics_rs2("all orders");
    let (large, after) = all.filter_rs2(|order| order.id > 75).with_metrics_rs2("large orders");
    large.for_each_rs2(async |_| ()).await;

    let (before, after) = (before.snapshot(), after.snapshot());
    print(&before);
    print(&after);
    assert_eq!((before.items_processed, after.items_processed), (100, 25));
    assert!(after.processing_time >= before.processing_time, "it includes what is before it");
}

/// A call that waits keeps no processor busy: the rates show it, the processing time does not.
async fn calls_that_wait() {
    let calls = orders(20).eval_map_rs2(async |order| {
        sleep(Duration::from_millis(2)).await;
        order.id
    });
    let (stream, handle) = calls.with_metrics_rs2("calls");
    stream.for_each_rs2(async |_| ()).await;

    let metrics = handle.snapshot();
    print(&metrics);
    assert!(metrics.elapsed() >= Duration::from_millis(40));
    assert!(metrics.processing_time < metrics.elapsed());
    assert!(metrics.items_per_second <= 500.0);
}

async fn calls_that_fail() {
    let payments = orders(10).map_rs2(|order| match order.id {
        4 | 5 => Err("card refused"),
        id => Ok(id),
    });
    let (stream, handle) = payments.try_with_metrics_rs2("payments");
    let mut worst = 0;
    stream
        .for_each_rs2(|_| {
            worst = worst.max(handle.snapshot().consecutive_errors);
            async {}
        })
        .await;

    let mut metrics = handle.snapshot();
    print(&metrics);
    assert_eq!((metrics.items_processed, metrics.errors, worst), (8, 2, 2));
    assert!(!metrics.is_healthy(), "20 % are more than the usual 10 %");
    metrics.set_health_thresholds(HealthThresholds::relaxed());
    assert!(metrics.is_healthy(), "20 % are just what is allowed here");
    println!("payments: error rate {}, healthy where that is relaxed", metrics.error_rate);
}

/// Errors, retries and drops of the operators before it reach the same numbers.
async fn one_handle_for_a_whole_pipeline() {
    let handle = metrics_handle("readings", MetricsConfig::default());
    let mut connections = [vec![Ok(1), Err("reset")], vec![Ok(2), Ok(2), Ok(3)]].into_iter();
    let mut connect = || from_iter(connections.next().unwrap_or_default());
    let policy = RetryPolicy::Immediate { max_retries: 3 };
    let readings = connect()
        .retry_with_policy_rs2(RetryConfig::new(policy).with_metrics(handle.metrics()), connect)
        .filter_map_rs2(Result::ok)
        .distinct_rs2();
    handle.metrics().include(readings.losses().clone());
    let seen: Vec<u32> = readings.observe_rs2(&handle).collect_rs2().await;

    let metrics = handle.snapshot();
    print(&metrics);
    assert_eq!(seen, [1, 2, 3]);
    assert_eq!((metrics.items_processed, metrics.errors), (3, 1));
    assert_eq!((metrics.retries, metrics.drops()), (1, 1));
}

/// Counts are exact; only the clock is read less often.
async fn one_in_ten() {
    let config = MetricsConfig {
        enabled: true,
        sample_rate: 0.1,
        labels: vec![("shop".to_owned(), "north".to_owned())],
    };
    let handle = metrics_handle("sampled", config);
    let checked = orders(500).map_rs2(|order| checksum(&order)).observe_rs2(&handle);
    checked.for_each_rs2(async |_| ()).await;

    let metrics = handle.snapshot();
    print(&metrics);
    assert_eq!(metrics.items_processed, 500);
    assert!(metrics.processing_time > Duration::ZERO, "an estimate from every tenth order");
    assert_eq!(metrics.labels()[0].1, "north");
}
