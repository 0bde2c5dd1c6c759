//! Outliers by the number of standard deviations.

use super::{Detector, Moments, Ring, Verdict};

/// Judges each value by the mean and the standard deviation of the `N` values before it. The score
/// is the distance from the mean in standard deviations. Nothing is judged before `N` values.
///
/// An outlier belongs to what later values are judged by, so a new level is accepted in time. For
/// values with many outliers [`Hampel`](super::Hampel) is the more robust one.
///
/// O(1) for each value. The sums are made anew once in `N` values, so that errors do not pile up.
///
/// ```
/// use rs2_core::statistics::{Detector, ZScore};
/// let mut detector = ZScore::<4>::beyond(3.0);
/// for usual in [9.0, 11.0, 9.0, 11.0] {
///     assert!(!detector.judge(usual).is_outlier);
/// }
/// let verdict = detector.judge(14.0);
/// assert_eq!((verdict.score, verdict.high, verdict.is_outlier), (4.0, 13.0, true));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ZScore<const N: usize> {
    most: f64,
    least_spread: f64,
    last: Ring<N>,
    moments: Moments,
    // Values until the moments are made anew.
    trusted: usize,
}

impl<const N: usize> ZScore<N> {
    /// An outlier is more than `most` standard deviations from the mean.
    pub const fn beyond(most: f64) -> Self {
        Self { most, least_spread: 0.0, last: Ring::new(), moments: Moments::new(), trusted: N }
    }

    /// Takes the standard deviation to be at least `spread`: the resolution of a sensor whose value
    /// may stand still for long.
    #[must_use]
    pub const fn at_least(mut self, spread: f64) -> Self {
        self.least_spread = spread;
        self
    }

    fn learn(&mut self, value: f64) {
        let oldest = self.last.push(value);
        self.trusted -= 1;
        if self.trusted == 0 {
            self.trusted = N;
            self.moments = Moments::new();
            self.last.iter().for_each(|value| self.moments.push(value));
            return;
        }
        if let Some(oldest) = oldest {
            self.moments.pop(oldest);
        }
        self.moments.push(value);
    }
}

impl<const N: usize> Detector for ZScore<N> {
    fn judge(&mut self, value: f64) -> Verdict {
        if !value.is_finite() {
            return Verdict::NO_NUMBER;
        }
        let verdict = if self.last.is_full() {
            let spread = self.moments.std_dev().max(self.least_spread);
            Verdict::of(value, self.moments.mean(), spread, self.most)
        } else {
            Verdict::LEARNING
        };
        self.learn(value);
        verdict
    }

    fn clear(&mut self) {
        *self = Self::beyond(self.most).at_least(self.least_spread);
    }
}

#[cfg(feature = "snapshot")]
impl<const N: usize> crate::snapshot::Snapshot for ZScore<N> {
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        to.put(&(self.moments, self.trusted as u64))?;
        self.last.save(to)
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        let trusted: u64;
        (self.moments, trusted) = from.take()?;
        self.trusted = usize::try_from(trusted).unwrap_or(N).clamp(1, N);
        self.last.restore(from)
    }
}
