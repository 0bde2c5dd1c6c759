//! Where retries are counted, if anywhere.

#[cfg(feature = "alloc")]
use crate::metrics::Metrics;

/// The counts that a retry is reported to. Without a heap there are none.
#[derive(Clone, Debug)]
pub(super) struct Report {
    #[cfg(feature = "alloc")]
    pub(super) metrics: Option<Metrics>,
}

impl Report {
    pub(super) const NONE: Self = Self {
        #[cfg(feature = "alloc")]
        metrics: None,
    };

    /// A try failed and is followed by another.
    #[inline]
    pub(super) fn count_retry(&self) {
        #[cfg(feature = "alloc")]
        if let Some(metrics) = &self.metrics {
            metrics.record_error();
            metrics.record_retry();
        }
    }
}
