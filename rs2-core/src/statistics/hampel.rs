//! Outliers by the median.

use super::{Detector, Ring, Verdict};

/// Judges each value by the median of the `N` values before it and their median distance from it
/// (MAD), which up to half of them being outliers cannot move far. The score is the distance from
/// the median in standard deviations, as far as the MAD tells them: times 1.4826, which is right
/// for normally distributed values. Nothing is judged before `N` values.
///
/// O(`N`) for each value, and twice `N` values of memory.
///
/// Source: Hampel, "The influence curve and its role in robust estimation", Journal of the American
/// Statistical Association 69, 1974; the filter: Davies, Gather, "The identification of multiple
/// outliers", JASA 88, 1993.
///
/// ```
/// use rs2_core::statistics::{Detector, Hampel};
/// let mut detector = Hampel::<5>::beyond(3.0);
/// for usual in [9.0, 10.0, 500.0, 11.0, 10.0] {
///     detector.judge(usual);
/// }
/// assert!(!detector.judge(12.0).is_outlier);
/// assert!(detector.judge(20.0).is_outlier);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Hampel<const N: usize> {
    most: f64,
    least_spread: f64,
    last: Ring<N>,
    /// The values of `last`, smallest first.
    sorted: [f64; N],
}

/// The standard deviation of a normal distribution in units of its MAD.
const DEVIATIONS_PER_MAD: f64 = 1.4826;

impl<const N: usize> Hampel<N> {
    /// An outlier is more than `most` standard deviations from the median.
    pub const fn beyond(most: f64) -> Self {
        Self { most, least_spread: 0.0, last: Ring::new(), sorted: [0.0; N] }
    }

    /// Takes the standard deviation to be at least `spread`: the resolution of a sensor whose value
    /// may stand still for long.
    #[must_use]
    pub const fn at_least(mut self, spread: f64) -> Self {
        self.least_spread = spread;
        self
    }

    /// The median of the last values; nothing before there is one.
    pub fn median(&self) -> Option<f64> {
        let len = self.last.len();
        (len > 0).then(|| middle(|index| self.sorted[index], len))
    }

    /// The median distance of the values from `median`. The distances grow from the middle of the
    /// sorted values to both sides, so the smallest ones come by merging the two.
    fn median_distance(&self, median: f64) -> f64 {
        let values = &self.sorted[..self.last.len()];
        let mut right = values.partition_point(|value| *value < median);
        let mut left = right;
        let (mut distance, mut previous) = (0.0, 0.0);
        for _ in 0..=values.len() / 2 {
            previous = distance;
            let below = left.checked_sub(1).map(|index| median - values[index]);
            let above = values.get(right).map(|value| value - median);
            match (below, above) {
                (Some(below), above) if above.is_none_or(|above| below <= above) => {
                    distance = below;
                    left -= 1;
                }
                (_, Some(above)) => {
                    distance = above;
                    right += 1;
                }
                (_, None) => break,
            }
        }
        if values.len().is_multiple_of(2) { f64::midpoint(previous, distance) } else { distance }
    }

    fn learn(&mut self, value: f64) {
        let mut len = self.last.len();
        if let Some(oldest) = self.last.push(value) {
            let place = self.sorted[..len].partition_point(|other| *other < oldest);
            self.sorted.copy_within(place + 1..len, place);
            len -= 1;
        }
        let place = self.sorted[..len].partition_point(|other| *other < value);
        self.sorted.copy_within(place..len, place + 1);
        self.sorted[place] = value;
    }
}

/// The middle one of `len` sorted values, or the mean of the two in the middle.
fn middle(value: impl Fn(usize) -> f64, len: usize) -> f64 {
    let upper = value(len / 2);
    if len.is_multiple_of(2) { f64::midpoint(value(len / 2 - 1), upper) } else { upper }
}

impl<const N: usize> Detector for Hampel<N> {
    fn judge(&mut self, value: f64) -> Verdict {
        if !value.is_finite() {
            return Verdict::NO_NUMBER;
        }
        let verdict = match self.median() {
            Some(median) if self.last.is_full() => {
                let spread = DEVIATIONS_PER_MAD * self.median_distance(median);
                Verdict::of(value, median, spread.max(self.least_spread), self.most)
            }
            _ => Verdict::LEARNING,
        };
        self.learn(value);
        verdict
    }

    fn clear(&mut self) {
        *self = Self::beyond(self.most).at_least(self.least_spread);
    }
}

#[cfg(feature = "snapshot")]
impl<const N: usize> crate::snapshot::Snapshot for Hampel<N> {
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        self.last.save(to)
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        let mut last = Ring::<N>::new();
        last.restore(from)?;
        self.clear();
        last.iter().for_each(|value| self.learn(value));
        Ok(())
    }
}
