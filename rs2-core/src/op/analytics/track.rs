//! A statistic after every item.

use crate::machine::Machine;
use crate::metrics::Holds;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::statistics::Statistic;
use crate::time::Instant;
use core::marker::PhantomData;

/// The rule of [`track_rs2`](super::AnalyticsExt::track_rs2) and of
/// [`running_rs2`](super::AnalyticsExt::running_rs2).
#[derive(Debug)]
pub struct Track<T, C> {
    statistic: C,
    has_begun: bool,
    items: PhantomData<fn(T)>,
}

impl<T, C> Track<T, C> {
    /// What `statistic` tells after each item.
    pub const fn new(statistic: C) -> Self {
        Self { statistic, has_begun: false, items: PhantomData }
    }
}

impl<T, C: Statistic<T>> Machine for Track<T, C> {
    type In = T;
    type Out = C::Output;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<C::Output> {
        self.has_begun = true;
        Some(self.statistic.push(item))
    }

    fn on_end(&mut self, _now: Instant) -> Option<C::Output> {
        self.statistic.clear();
        self.has_begun = false;
        None
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        source
    }
}

impl<T, C> Holds for Track<T, C> {
    fn held(&self) -> usize {
        usize::from(self.has_begun)
    }
}

#[cfg(feature = "snapshot")]
impl<T, C: Snapshot> Snapshot for Track<T, C> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("track", 1)?;
        to.put(&self.has_begun)?;
        self.statistic.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("track", 1)?;
        self.has_begun = from.take()?;
        self.statistic.restore(from)
    }
}
