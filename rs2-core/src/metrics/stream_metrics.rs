//! The numbers of one stream.

use super::{HealthThresholds, Losses};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// The numbers of one stream at one moment, or kept by hand.
///
/// A stream's own come from the handle that `with_metrics_rs2` returns. It holds no clock: rates
/// are about the time that was given to [`set_elapsed`](Self::set_elapsed), which a stream's handle
/// does, and otherwise about the processing time.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::metrics::{HealthThresholds, StreamMetrics};
///
/// // Create metrics with strict health thresholds
/// let mut metrics = StreamMetrics::new()
///     .with_name("critical_stream".to_string())
///     .with_health_thresholds(HealthThresholds::strict());
///
/// // Or update thresholds on existing metrics
/// metrics.set_health_thresholds(HealthThresholds::custom(0.05, 3));
///
/// metrics.record_item(100);
/// metrics.record_processing_time(Duration::from_millis(500));
/// assert_eq!(metrics.throughput_items_per_sec(), 2.0);
///
/// metrics.record_error();
/// // Check if the stream is healthy
/// if !metrics.is_healthy() {
///     println!("Stream health check failed: error rate = {}, consecutive errors = {}",
///         metrics.error_rate, metrics.consecutive_errors);
/// }
/// assert!(!metrics.is_healthy());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StreamMetrics {
    /// Whose numbers these are.
    pub name: Option<String>,
    /// Items that came through; errors are not among them.
    pub items_processed: u64,
    /// The size of those items.
    pub bytes_processed: u64,
    /// The time spent working on items. Where only a part was measured, an estimate.
    pub processing_time: Duration,
    /// Errors.
    pub errors: u64,
    /// Further attempts after a failed one.
    pub retries: u64,
    /// Items per second of wall-clock time.
    pub items_per_second: f64,
    /// Bytes per second of wall-clock time.
    pub bytes_per_second: f64,
    /// Bytes per item.
    pub average_item_size: f64,
    /// The longest time spent on one item, of those that were measured.
    pub peak_processing_time: Duration,
    /// Errors since the last item that came through.
    pub consecutive_errors: u64,
    /// Errors per operation; an operation yields either an item or an error.
    pub error_rate: f64,
    /// How often somebody had to wait, or lost an item, because there was no room.
    pub backpressure_events: u64,
    /// Items that wait now.
    pub queue_depth: u64,
    /// What counts as healthy.
    pub health_thresholds: HealthThresholds,
    pub(super) elapsed: Duration,
    pub(super) drops: u64,
    pub(super) labels: Vec<(String, String)>,
}

impl StreamMetrics {
    /// All zero, without a name.
    pub fn new() -> Self {
        Self::default()
    }

    /// These metrics under a name.
    #[must_use]
    pub fn with_name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// Changes the name.
    pub fn set_name(&mut self, name: String) {
        self.name = Some(name);
    }

    /// These metrics with other limits of health.
    #[must_use]
    pub fn with_health_thresholds(mut self, thresholds: HealthThresholds) -> Self {
        self.health_thresholds = thresholds;
        self
    }

    /// Changes the limits of health.
    pub fn set_health_thresholds(&mut self, thresholds: HealthThresholds) {
        self.health_thresholds = thresholds;
    }

    /// Counts an item that came through.
    pub fn record_item(&mut self, size_bytes: u64) {
        self.items_processed = self.items_processed.saturating_add(1);
        self.bytes_processed = self.bytes_processed.saturating_add(size_bytes);
        self.consecutive_errors = 0;
        self.derive();
    }

    /// Counts an error.
    pub fn record_error(&mut self) {
        self.errors = self.errors.saturating_add(1);
        self.consecutive_errors = self.consecutive_errors.saturating_add(1);
        self.derive();
    }

    /// Counts a further attempt.
    pub fn record_retry(&mut self) {
        self.retries = self.retries.saturating_add(1);
    }

    /// Adds the time spent on one item.
    pub fn record_processing_time(&mut self, spent: Duration) {
        self.processing_time = self.processing_time.saturating_add(spent);
        self.peak_processing_time = self.peak_processing_time.max(spent);
        self.derive();
    }

    /// Counts that somebody had to wait, or lost an item, because there was no room.
    pub fn record_backpressure(&mut self) {
        self.backpressure_events = self.backpressure_events.saturating_add(1);
    }

    /// Sets how many items wait now.
    pub fn update_queue_depth(&mut self, depth: u64) {
        self.queue_depth = depth;
    }

    /// Counts items that did not come through.
    pub fn record_drops(&mut self, items: u64) {
        self.drops = self.drops.saturating_add(items);
    }

    /// Sets the wall-clock time that the rates are about.
    pub fn set_elapsed(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
        self.derive();
    }

    /// The wall-clock time the rates are about: of a stream, from its first poll to its end, its
    /// drop, or now. Zero when nobody said.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Items that did not come through, of the operators that report to the stream's handle.
    pub fn drops(&self) -> u64 {
        self.drops
    }

    /// The labels of the stream.
    pub fn labels(&self) -> &[(String, String)] {
        &self.labels
    }

    /// Whether the errors are within the thresholds. Without an error it always is.
    pub fn is_healthy(&self) -> bool {
        self.errors == 0 || self.health_thresholds.allows(self.error_rate, self.consecutive_errors)
    }

    /// Items per second of wall-clock time, or of processing time while no other is known.
    pub fn throughput_items_per_sec(&self) -> f64 {
        ratio(self.items_processed as f64, self.seconds())
    }

    /// Bytes per second of wall-clock time, or of processing time while no other is known.
    pub fn throughput_bytes_per_sec(&self) -> f64 {
        ratio(self.bytes_processed as f64, self.seconds())
    }

    /// Both rates in words: `"120.00 items/sec, 3.50 KB/sec"`, with 1,024 bytes to the KB.
    pub fn throughput_summary(&self) -> String {
        let (items, bytes) = (self.throughput_items_per_sec(), self.throughput_bytes_per_sec());
        format!("{items:.2} items/sec, {:.2} KB/sec", bytes / 1_024.0)
    }

    fn seconds(&self) -> f64 {
        let known = if self.elapsed.is_zero() { self.processing_time } else { self.elapsed };
        known.as_secs_f64()
    }

    /// The fields that follow from others.
    pub(super) fn derive(&mut self) {
        let (items, errors) = (self.items_processed as f64, self.errors as f64);
        self.items_per_second = self.throughput_items_per_sec();
        self.bytes_per_second = self.throughput_bytes_per_sec();
        self.average_item_size = ratio(self.bytes_processed as f64, items);
        self.error_rate = ratio(errors, items + errors);
    }
}

/// What an operator's own handle adds to the numbers of its stream.
pub trait Contribute {
    /// Adds what the handle counts.
    fn contribute(&self, totals: &mut StreamMetrics);
}

impl Contribute for Losses {
    fn contribute(&self, totals: &mut StreamMetrics) {
        totals.record_drops(self.total());
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
