//! A stream's counts together with the clock that its rates are about.

use super::{HealthThresholds, Metrics, StreamMetrics};
use crate::time::Clock;
use core::fmt;

/// [`Metrics`] with the clock of the streams that they are about. Streams that share a handle share
/// its clock, so a snapshot is right while they run, while they wait, and after they were dropped.
///
/// ```
/// use rs2_core::metrics::{Metrics, MetricsHandle};
/// use rs2_core::time::NoTimer;
/// let handle = MetricsHandle::new(NoTimer, Metrics::new("orders"));
/// handle.metrics().record_retry();
/// assert_eq!(handle.snapshot().retries, 1);
/// ```
#[derive(Clone)]
pub struct MetricsHandle<C> {
    clock: C,
    metrics: Metrics,
}

impl<C: Clock> MetricsHandle<C> {
    /// These counts by this clock.
    pub fn new(clock: C, metrics: Metrics) -> Self {
        Self { clock, metrics }
    }

    /// The counts, to be given to operators that report to them.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// The numbers now.
    pub fn snapshot(&self) -> StreamMetrics {
        self.metrics.snapshot_at(self.clock.now())
    }

    /// This handle with limits of health for the snapshots it takes; other clones keep theirs.
    #[must_use]
    pub fn with_health_thresholds(mut self, thresholds: HealthThresholds) -> Self {
        self.metrics = self.metrics.with_health_thresholds(thresholds);
        self
    }
}

impl<C> fmt::Debug for MetricsHandle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MetricsHandle").field(&self.metrics).finish()
    }
}
