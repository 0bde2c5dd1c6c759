//! What an aggregator makes of the last items.

use crate::aggregate::{Aggregator, LastParts};
use crate::machine::Machine;
use crate::metrics::Holds;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::Storage;
use crate::time::{EventTime, Instant};
use core::fmt;

/// The rule of [`aggregate_window_rs2`](super::AnalyticsExt::aggregate_window_in_rs2).
pub struct AggregateWindow<T, A: Aggregator<T>, St: Storage> {
    aggregator: A,
    parts: LastParts<A::Partial, St::Batch<A::Partial>>,
    step: usize,
    // Items until the next window after the first goes out; never zero.
    missing: usize,
}

impl<T, A: Aggregator<T>, St: Storage> AggregateWindow<T, A, St> {
    /// Windows of as many items as the memory can hold, one after every `step` items.
    ///
    /// # Panics
    /// When `step` is zero.
    #[track_caller]
    pub fn new(window: &St, step: usize, aggregator: A) -> Self {
        assert!(step > 0, "a step must be greater than zero");
        Self { aggregator, parts: LastParts::new(window.batch()), step, missing: step }
    }

    /// Whether a window goes out with the next item, once there are items for one.
    #[inline]
    fn is_due(&mut self) -> bool {
        if !self.parts.is_full() {
            return true;
        }
        self.missing -= 1;
        if self.missing > 0 {
            return false;
        }
        self.missing = self.step;
        true
    }
}

impl<T, A: Aggregator<T>, St: Storage> Machine for AggregateWindow<T, A, St> {
    type In = T;
    type Out = A::Output;
    const ONE_OUTPUT: bool = true;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<A::Output> {
        let part = self.aggregator.lift(EventTime::EPOCH, item);
        if self.step > 1 && !self.is_due() {
            self.parts.push(&self.aggregator, part);
            return None;
        }
        self.parts.slide(&self.aggregator, part)
    }

    fn on_end(&mut self, _now: Instant) -> Option<A::Output> {
        self.parts.clear();
        None
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let absent = self.parts.capacity() - self.parts.len();
        let missing = if absent > 0 { absent } else { self.missing };
        let windows =
            |items: usize| items.checked_sub(missing).map_or(0, |more| 1 + more / self.step);
        (windows(low), high.map(windows))
    }
}

impl<T, A: Aggregator<T>, St: Storage> Holds for AggregateWindow<T, A, St> {
    fn held(&self) -> usize {
        self.parts.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, A, St: Storage> Snapshot for AggregateWindow<T, A, St>
where
    A: Aggregator<T, Partial: serde::Serialize + serde::de::DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("aggregate_window", 2)?;
        to.put(&(self.missing as u64))?;
        self.parts.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("aggregate_window", 2)?;
        // Bytes may say anything; zero would be counted below itself.
        self.missing = usize::try_from(from.take::<u64>()?).unwrap_or(usize::MAX).max(1);
        self.parts.restore(from)
    }
}

impl<T, A: Aggregator<T>, St: Storage> fmt::Debug for AggregateWindow<T, A, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateWindow")
            .field("parts", &self.parts)
            .field("step", &self.step)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}
