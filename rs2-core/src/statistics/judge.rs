//! A detector beside its items.

use super::{Detector, Judged, Statistic};

/// Judges the value that `value_of` takes from each item.
#[derive(Clone, Copy, Debug)]
pub struct Judge<F, D> {
    value_of: F,
    detector: D,
}

impl<F, D> Judge<F, D> {
    /// `detector` on what `value_of` takes from each item.
    pub const fn new(value_of: F, detector: D) -> Self {
        Self { value_of, detector }
    }
}

impl<T, F: FnMut(&T) -> f64, D: Detector> Statistic<T> for Judge<F, D> {
    type Output = Judged<T>;

    #[inline]
    fn push(&mut self, item: T) -> Judged<T> {
        let verdict = self.detector.judge((self.value_of)(&item));
        Judged { item, verdict }
    }

    fn clear(&mut self) {
        self.detector.clear();
    }
}

#[cfg(feature = "snapshot")]
impl<F, D: crate::snapshot::Snapshot> crate::snapshot::Snapshot for Judge<F, D> {
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        self.detector.save(to)
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        self.detector.restore(from)
    }
}
