//! Metrics and monitoring.

use super::all;
use crate::{rs2::prelude::*, run};
use std::time::Duration;

#[test]
fn metrics_and_monitoring() {
    run(async {
        let (stream, handle) = from_iter([1u32, 2, 3]).with_metrics_rs2("numbers");
        assert_eq!(all(stream).await, [1, 2, 3]);
        let metrics = handle.snapshot();
        assert_eq!(metrics.name.as_deref(), Some("numbers"));
        assert_eq!((metrics.items_processed, metrics.bytes_processed), (3, 12));
        assert!(metrics.is_healthy());
    });
}

#[test]
fn every_metric_of_the_table_is_a_field() {
    let mut metrics = StreamMetrics::new();
    metrics.record_item(100);
    metrics.record_item(300);
    metrics.record_error();
    metrics.record_error();
    metrics.record_retry();
    metrics.record_processing_time(Duration::from_secs(1));
    metrics.record_processing_time(Duration::from_secs(3));
    metrics.record_backpressure();
    metrics.update_queue_depth(7);
    metrics.set_name("table".to_string());
    assert_eq!(metrics.name.as_deref(), Some("table"));
    assert_eq!((metrics.items_processed, metrics.bytes_processed), (2, 400));
    assert_eq!(metrics.processing_time, Duration::from_secs(4));
    assert_eq!((metrics.errors, metrics.retries), (2, 1));
    assert_eq!((metrics.items_per_second, metrics.bytes_per_second), (0.5, 100.0));
    assert_eq!(metrics.average_item_size, 200.0);
    assert_eq!(metrics.peak_processing_time, Duration::from_secs(3));
    assert_eq!((metrics.consecutive_errors, metrics.error_rate), (2, 0.5));
    assert_eq!((metrics.backpressure_events, metrics.queue_depth), (1, 7));
    assert_eq!(metrics.health_thresholds, HealthThresholds::default());
    assert_eq!(metrics.throughput_items_per_sec(), 0.5);
    assert_eq!(metrics.throughput_bytes_per_sec(), 100.0);
    assert_eq!(metrics.throughput_summary(), "0.50 items/sec, 0.10 KB/sec");
}

#[test]
fn health_monitoring() {
    // Create metrics with strict health thresholds
    let mut metrics = StreamMetrics::new()
        .with_name("critical_stream".to_string())
        .with_health_thresholds(HealthThresholds::strict());

    // Or update thresholds on existing metrics
    metrics.set_health_thresholds(HealthThresholds::custom(0.05, 3));

    assert!(metrics.is_healthy());
    metrics.record_error();
    // Check if the stream is healthy
    if !metrics.is_healthy() {
        println!(
            "Stream health check failed: error rate = {}, consecutive errors = {}",
            metrics.error_rate, metrics.consecutive_errors
        );
    }
    assert!(!metrics.is_healthy());
}

#[test]
fn health_thresholds() {
    let limits = |of: HealthThresholds| (of.max_error_rate, of.max_consecutive_errors);
    assert_eq!(limits(HealthThresholds::default()), (0.1, 5));
    assert_eq!(limits(HealthThresholds::strict()), (0.01, 2));
    assert_eq!(limits(HealthThresholds::relaxed()), (0.2, 20));
    assert_eq!(limits(HealthThresholds::custom(0.05, 3)), (0.05, 3));
}
