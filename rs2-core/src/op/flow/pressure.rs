//! How full a buffer is, for those who look at it from outside.

use crate::metrics::{Contribute, StreamMetrics};
use crate::sync::flaw::{self, Flaw};
use crate::sync::{Arc, AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use core::fmt;

/// A handle on how full a buffer is. It can be read while the stream runs, and after.
#[derive(Clone)]
pub struct Pressure(Arc<Gauge>);

/// Everything but taking an item off is done under the lock of the buffer, which orders it, and the
/// one step that is not adds up in any order. So no order of memory is asked for here.
struct Gauge {
    depth: AtomicUsize,
    low: usize,
    high: usize,
    is_high: AtomicBool,
    events: AtomicU64,
}

impl Pressure {
    pub(super) fn new(low: usize, high: usize) -> Self {
        Self(Arc::new(Gauge {
            depth: AtomicUsize::new(0),
            low,
            high,
            is_high: AtomicBool::new(false),
            events: AtomicU64::new(0),
        }))
    }

    /// Items taken from the source and not yet yielded.
    pub fn depth(&self) -> usize {
        self.0.depth.load(Relaxed)
    }

    /// Whether the depth has reached the high watermark, and not yet the low one again.
    pub fn is_high(&self) -> bool {
        self.0.is_high.load(Relaxed)
    }

    /// How often the depth has become high: with
    /// [`Block`](super::BackpressureStrategy::Block), how often the source was paused.
    pub fn events(&self) -> u64 {
        self.0.events.load(Relaxed)
    }

    /// Adds an item; under the lock of the buffer.
    #[inline]
    pub(super) fn add(&self) {
        let depth = self.0.depth.fetch_add(1, Relaxed) + 1;
        if depth >= self.0.high && !self.is_high() {
            self.0.is_high.store(true, Relaxed);
            self.0.events.fetch_add(1, Relaxed);
        }
    }

    /// Takes an item off, without the lock. When this returns true the depth has come down to the
    /// low watermark, and [`lower`](Self::lower) must be called: only one item is taken off at a
    /// time, so that depth is never passed by.
    #[inline]
    pub(super) fn take_off(&self) -> bool {
        self.0.depth.fetch_sub(1, Relaxed) - 1 == self.0.low
    }

    /// Ends the time of high depth, if it is still low; under the lock of the buffer. Returns
    /// whether it has ended.
    ///
    /// Between [`take_off`](Self::take_off) and the lock the depth may have become high: that is
    /// another time, which ends when the depth comes down again.
    pub(super) fn lower(&self) -> bool {
        let is_low = self.depth() <= self.0.low || flaw::has(Flaw::LowersBlindly);
        is_low && self.0.is_high.swap(false, Relaxed)
    }

    /// Takes off what is dropped with the buffer.
    pub(super) fn clear(&self) {
        self.0.depth.store(0, Relaxed);
        self.lower();
    }
}

/// The depth is that of a queue, and each time it became high an event of backpressure.
impl Contribute for Pressure {
    fn contribute(&self, totals: &mut StreamMetrics) {
        totals.queue_depth = totals.queue_depth.saturating_add(self.depth() as u64);
        totals.backpressure_events = totals.backpressure_events.saturating_add(self.events());
    }
}

impl fmt::Debug for Pressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pressure")
            .field("depth", &self.depth())
            .field("is_high", &self.is_high())
            .field("events", &self.events())
            .field("low", &self.0.low)
            .field("high", &self.0.high)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Pressure;

    #[test]
    fn a_depth_that_became_high_before_it_was_lowered_stays_high() {
        let pressure = Pressure::new(1, 3);
        (0..2).for_each(|_| pressure.add());
        assert!(pressure.take_off(), "it is at its low watermark");
        (0..2).for_each(|_| pressure.add());
        assert!(!pressure.lower() && pressure.is_high());
        assert!(!pressure.take_off() && pressure.take_off());
        assert!(pressure.lower() && !pressure.is_high());
        assert_eq!((pressure.depth(), pressure.events()), (1, 1));
    }
}
