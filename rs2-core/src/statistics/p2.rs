//! One quantile without keeping the values.

use super::Statistic;

/// An estimate of one quantile of all values so far, in five numbers. It makes no promise about its
/// error, which is small for distributions without gaps; exact below five values. With a
/// promise there is `aggregate::Quantiles`.
///
/// Source: Jain, Chlamtac, "The P² algorithm for dynamic calculation of quantiles and histograms
/// without storing observations", Communications of the ACM 28(10), 1985.
///
/// ```
/// use rs2_core::statistics::{P2Quantile, Statistic};
/// let mut median = P2Quantile::of(0.5);
/// let last = (0..1_001).map(|n| median.push(f64::from(n * 577 % 1_001))).last();
/// assert!((last.unwrap() - 500.0).abs() < 10.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct P2Quantile {
    quantile: f64,
    state: Markers,
}

/// Heights and positions of the smallest value, the quantile, the largest, and two between.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Markers {
    heights: [f64; 5],
    positions: [f64; 5],
    count: u64,
}

impl P2Quantile {
    /// The quantile of this share of the values: 0.5 is the median.
    ///
    /// # Panics
    /// When it is not between 0 and 1.
    #[track_caller]
    pub fn of(quantile: f64) -> Self {
        assert!((0.0..=1.0).contains(&quantile), "a quantile must be between 0 and 1");
        Self { quantile, state: Markers::default() }
    }

    /// The estimate; no number before the first value.
    pub fn value(&self) -> f64 {
        let Markers { heights, count, .. } = &self.state;
        match *count {
            0 => f64::NAN,
            count @ 1..5 => heights[nearest_rank(self.quantile, count) as usize],
            _ => heights[2],
        }
    }

    /// Where each marker should stand among `count` values.
    fn desired(&self, count: u64) -> [f64; 5] {
        let p = self.quantile;
        [0.0, p / 2.0, p, f64::midpoint(p, 1.0), 1.0].map(|share| share * (count - 1) as f64)
    }
}

/// The place, from 0, of the quantile among so many sorted values.
fn nearest_rank(quantile: f64, count: u64) -> u64 {
    libm::ceil(quantile * count as f64).max(1.0) as u64 - 1
}

impl Markers {
    fn begin(&mut self, value: f64) {
        let count = self.count as usize;
        self.heights[count] = value;
        self.heights[..=count].sort_unstable_by(f64::total_cmp);
        self.positions = [0.0, 1.0, 2.0, 3.0, 4.0];
        self.count += 1;
    }

    /// Finds the cell of the value, and moves the markers above it on by one.
    fn count_in(&mut self, value: f64) {
        self.heights[0] = self.heights[0].min(value);
        self.heights[4] = self.heights[4].max(value);
        let below = self.heights[1..4].iter().filter(|height| **height <= value).count();
        self.positions[below + 1..].iter_mut().for_each(|position| *position += 1.0);
        self.count += 1;
    }

    /// Moves a marker by one place when it is as far as that from where it should stand.
    fn adjust(&mut self, index: usize, desired: f64) {
        let [before, here, after] = [index - 1, index, index + 1].map(|i| self.positions[i]);
        let off = desired - here;
        let step = if off >= 1.0 && after - here > 1.0 {
            1.0
        } else if off <= -1.0 && here - before > 1.0 {
            -1.0
        } else {
            return;
        };
        let [low, height, high] = [index - 1, index, index + 1].map(|i| self.heights[i]);
        let parabola = height
            + step / (after - before)
                * ((here - before + step) * (high - height) / (after - here)
                    + (after - here - step) * (height - low) / (here - before));
        self.heights[index] = if low < parabola && parabola < high {
            parabola
        } else if step > 0.0 {
            height + (high - height) / (after - here)
        } else {
            height - (low - height) / (before - here)
        };
        self.positions[index] += step;
    }
}

impl Statistic<f64> for P2Quantile {
    type Output = f64;

    fn push(&mut self, value: f64) -> f64 {
        // One that is no number has no place among the others.
        if value.is_nan() {
            return self.value();
        }
        if self.state.count < 5 {
            self.state.begin(value);
            return self.value();
        }
        self.state.count_in(value);
        let desired = self.desired(self.state.count);
        for (index, desired) in desired.into_iter().enumerate().take(4).skip(1) {
            self.state.adjust(index, desired);
        }
        self.value()
    }

    fn clear(&mut self) {
        self.state = Markers::default();
    }
}

#[cfg(feature = "snapshot")]
super::saves_state!(P2Quantile);
