//! Count, mean and spread.

/// How many values there were, their mean, and how far they lie from it.
///
/// Source: Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4(3), 1962, for a further value; Chan, Golub, LeVeque, "Updating formulae and a
/// pairwise algorithm for computing sample variances", COMPSTAT 1982, for two of them.
///
/// ```
/// use rs2_core::statistics::Moments;
/// let mut readings = Moments::new();
/// for reading in [1.0, 5.0] {
///     readings.push(reading);
/// }
/// assert_eq!((readings.mean(), readings.std_dev()), (3.0, 2.0));
/// ```
#[doc(alias = "welford")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Moments {
    count: u64,
    mean: f64,
    /// The sum of the squared distances from the mean.
    squares: f64,
}

impl Moments {
    /// Of nothing.
    pub const fn new() -> Self {
        Self { count: 0, mean: 0.0, squares: 0.0 }
    }

    /// Of one value.
    #[inline]
    pub const fn of(value: f64) -> Self {
        Self { count: 1, mean: value, squares: 0.0 }
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let distance = value - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (value - self.mean);
    }

    /// Takes a value away that was added; the error that this leaves is of the size of the largest
    /// square's last digit.
    pub fn pop(&mut self, value: f64) {
        if self.count <= 1 {
            *self = Self::new();
            return;
        }
        self.count -= 1;
        let distance = value - self.mean;
        self.mean -= distance / self.count as f64;
        self.squares = (self.squares - distance * (value - self.mean)).max(0.0);
    }

    /// Adds the values that another one has seen.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (here, there) = (self.count as f64, other.count as f64);
        let distance = other.mean - self.mean;
        self.count += other.count;
        let share = there / (here + there);
        self.mean += distance * share;
        self.squares += other.squares + distance * distance * here * share;
    }

    /// How many values there were.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; no number when there were none.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// Their variance, as all there are; no number when there were none.
    pub fn variance(&self) -> f64 {
        self.squares / self.count as f64
    }

    /// The variance of what they are a sample of; no number for less than two.
    pub fn sample_variance(&self) -> f64 {
        if self.count < 2 { f64::NAN } else { self.squares / (self.count - 1) as f64 }
    }

    /// The square root of [`variance`](Self::variance).
    pub fn std_dev(&self) -> f64 {
        libm::sqrt(self.variance())
    }
}
