//! Counters that a running stream and its operators write, and anybody reads.

use super::{Contribute, HealthThresholds, MetricsConfig, StreamMetrics};
use crate::sync::flaw::{self, Flaw};
use crate::sync::{Arc, AtomicU64, Lock, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use crate::time::Instant;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// A handle on the counts of one stream. Clones share them; any operator can be given one, and
/// several may report to the same. Recording takes no lock.
///
/// It holds no clock: [`snapshot`](Self::snapshot) counts the time up to the last moment that an
/// observed stream noted. A [`MetricsHandle`](super::MetricsHandle) has the clock as well.
///
/// ```
/// use rs2_core::metrics::Metrics;
/// let metrics = Metrics::new("orders");
/// metrics.clone().record_item(100);
/// metrics.record_error();
/// let snapshot = metrics.snapshot();
/// assert_eq!((snapshot.items_processed, snapshot.errors, snapshot.error_rate), (1, 1, 0.5));
/// ```
#[derive(Clone)]
pub struct Metrics {
    shared: Arc<Shared>,
    thresholds: HealthThresholds,
}

struct Shared {
    name: Option<String>,
    config: MetricsConfig,
    items: AtomicU64,
    bytes: AtomicU64,
    errors: AtomicU64,
    consecutive_errors: AtomicU64,
    retries: AtomicU64,
    drops: AtomicU64,
    backpressure_events: AtomicU64,
    queue_depth: AtomicU64,
    processing_nanos: AtomicU64,
    peak_nanos: AtomicU64,
    /// Streams that report here and have begun but not ended.
    running: AtomicU64,
    /// When the first of them began; `u64::MAX` before.
    begun_nanos: AtomicU64,
    /// The latest moment that one of them noted.
    seen_nanos: AtomicU64,
    included: Lock<Vec<Arc<dyn Contribute + Send + Sync>>>,
}

impl Metrics {
    /// New counts, all zero, under a name.
    pub fn new(name: impl Into<String>) -> Self {
        Self::from_parts(Some(name.into()), MetricsConfig::default())
    }

    /// New counts with settings of the caller's own.
    ///
    /// # Panics
    /// When the settings cannot work: [`MetricsConfig::validate`] tells without a panic.
    #[track_caller]
    pub fn with_config(name: impl Into<String>, config: MetricsConfig) -> Self {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        Self::from_parts(Some(name.into()), config)
    }

    fn from_parts(name: Option<String>, config: MetricsConfig) -> Self {
        let shared = Shared {
            name,
            config,
            items: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            consecutive_errors: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            drops: AtomicU64::new(0),
            backpressure_events: AtomicU64::new(0),
            queue_depth: AtomicU64::new(0),
            processing_nanos: AtomicU64::new(0),
            peak_nanos: AtomicU64::new(0),
            running: AtomicU64::new(0),
            begun_nanos: AtomicU64::new(u64::MAX),
            seen_nanos: AtomicU64::new(0),
            included: Lock::new(Vec::new()),
        };
        Self { shared: Arc::new(shared), thresholds: HealthThresholds::default() }
    }

    /// This handle with limits of health for the snapshots it takes; other clones keep theirs.
    #[must_use]
    pub fn with_health_thresholds(mut self, thresholds: HealthThresholds) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// The settings.
    pub fn config(&self) -> &MetricsConfig {
        &self.shared.config
    }

    /// Whether anything is counted.
    #[inline]
    pub fn is_enabled(&self) -> bool {
        self.shared.config.enabled
    }

    #[inline]
    fn count(&self, counter: impl FnOnce(&Shared) -> &AtomicU64, n: u64) {
        if self.is_enabled() {
            counter(&self.shared).fetch_add(n, Relaxed);
        }
    }

    /// Counts an item that came through.
    #[inline]
    pub fn record_item(&self, size_bytes: u64) {
        self.record_items(1, size_bytes);
    }

    /// Counts several items that came through, and the size of all of them.
    #[inline]
    pub fn record_items(&self, items: u64, bytes: u64) {
        if !self.is_enabled() || items == 0 {
            return;
        }
        self.shared.items.fetch_add(items, Relaxed);
        self.shared.bytes.fetch_add(bytes, Relaxed);
        // Read before it is written, so that a healthy stream shares the line without writing it.
        if self.shared.consecutive_errors.load(Relaxed) != 0 {
            self.shared.consecutive_errors.store(0, Relaxed);
        }
    }

    /// Counts an error.
    pub fn record_error(&self) {
        self.count(|shared| &shared.errors, 1);
        self.count(|shared| &shared.consecutive_errors, 1);
    }

    /// Counts a further attempt after a failed one.
    pub fn record_retry(&self) {
        self.count(|shared| &shared.retries, 1);
    }

    /// Counts items that did not come through.
    pub fn record_drops(&self, items: u64) {
        self.count(|shared| &shared.drops, items);
    }

    /// Counts that somebody had to wait, or lost an item, because there was no room.
    pub fn record_backpressure(&self) {
        self.count(|shared| &shared.backpressure_events, 1);
    }

    /// Sets how many items wait now.
    pub fn update_queue_depth(&self, depth: u64) {
        if self.is_enabled() {
            self.shared.queue_depth.store(depth, Relaxed);
        }
    }

    /// Adds the time spent on one item.
    pub fn record_processing_time(&self, spent: Duration) {
        self.add_processing_time(spent);
        self.note_peak(spent);
    }

    pub(crate) fn add_processing_time(&self, spent: Duration) {
        self.count(|shared| &shared.processing_nanos, nanos(spent));
    }

    pub(crate) fn note_peak(&self, spent: Duration) {
        if self.is_enabled() {
            self.shared.peak_nanos.fetch_max(nanos(spent), Relaxed);
        }
    }

    /// Adds to each snapshot what an operator's own handle counts: its
    /// [`Losses`](super::Losses) become drops, the
    /// [`Pressure`](crate::op::flow::Pressure) of a buffer the queue depth and the backpressure
    /// events.
    ///
    /// It costs the operator nothing, and is read when a snapshot is taken.
    pub fn include(&self, handle: impl Contribute + Send + Sync + 'static) {
        if self.is_enabled() {
            // Boxed first: the `Arc` of a processor without compare-and-swap does not unsize.
            let handle: Box<dyn Contribute + Send + Sync> = Box::new(handle);
            self.shared.included.with(|included| included.push(Arc::from(handle)));
        }
    }

    /// Notes that a stream which reports here begins: the time of the rates runs from the first.
    /// All such times must be of one clock.
    pub fn begin(&self, now: Instant) {
        self.shared.begun_nanos.fetch_min(nanos(now.since_origin()), Relaxed);
        self.note_time(now);
        self.shared.running.fetch_add(1, Release);
    }

    /// Notes that a stream which began has ended or was dropped. The time of the rates stops with
    /// the last.
    pub fn end(&self, now: Instant) {
        self.note_time(now);
        // Who sees that nothing runs any more sees when that was.
        self.shared.running.fetch_sub(1, flaw::order(Flaw::EndsUnordered, Release));
    }

    pub(crate) fn note_time(&self, now: Instant) {
        self.shared.seen_nanos.fetch_max(nanos(now.since_origin()), Relaxed);
    }

    /// The numbers as they are; the time counts up to the last moment that a stream noted.
    pub fn snapshot(&self) -> StreamMetrics {
        self.numbers(self.shared.seen_nanos.load(Relaxed))
    }

    /// The numbers as they are; the time counts up to `now` while a stream runs that reports here,
    /// and otherwise to the end of the last.
    pub fn snapshot_at(&self, now: Instant) -> StreamMetrics {
        let runs = self.shared.running.load(Acquire) > 0;
        let now = if runs { nanos(now.since_origin()) } else { 0 };
        self.numbers(now.max(self.shared.seen_nanos.load(Relaxed)))
    }

    fn numbers(&self, until_nanos: u64) -> StreamMetrics {
        let shared = &*self.shared;
        let begun = shared.begun_nanos.load(Relaxed);
        let mut metrics = StreamMetrics {
            name: shared.name.clone(),
            items_processed: shared.items.load(Relaxed),
            bytes_processed: shared.bytes.load(Relaxed),
            processing_time: Duration::from_nanos(shared.processing_nanos.load(Relaxed)),
            errors: shared.errors.load(Relaxed),
            retries: shared.retries.load(Relaxed),
            peak_processing_time: Duration::from_nanos(shared.peak_nanos.load(Relaxed)),
            consecutive_errors: shared.consecutive_errors.load(Relaxed),
            backpressure_events: shared.backpressure_events.load(Relaxed),
            queue_depth: shared.queue_depth.load(Relaxed),
            health_thresholds: self.thresholds,
            elapsed: Duration::from_nanos(until_nanos.saturating_sub(begun)),
            drops: shared.drops.load(Relaxed),
            labels: shared.config.labels.clone(),
            ..StreamMetrics::new()
        };
        // Asked without the lock: a handle may come back here.
        let included = shared.included.with(|included| included.clone());
        included.iter().for_each(|handle| handle.contribute(&mut metrics));
        metrics.derive();
        metrics
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::from_parts(None, MetricsConfig::default())
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metrics").field(&self.snapshot()).finish()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
