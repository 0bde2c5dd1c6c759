//! What is said of a value.

/// Whether a value is unusual, and by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Verdict {
    /// How far it lies from what is usual, in the unit of the detector; zero while it learns.
    pub score: f64,
    /// A value below it would have been an outlier.
    pub low: f64,
    /// A value above it would have been an outlier.
    pub high: f64,
    /// Whether it is one.
    pub is_outlier: bool,
}

impl Verdict {
    /// Too little is known to judge.
    pub const LEARNING: Self =
        Self { score: 0.0, low: f64::NEG_INFINITY, high: f64::INFINITY, is_outlier: false };

    /// What is no number is an outlier, whatever is known.
    pub(super) const NO_NUMBER: Self =
        Self { score: f64::INFINITY, is_outlier: true, ..Self::LEARNING };

    /// Of a value `distance` from what is usual, where one `spread` is usual and `most` of them
    /// are allowed.
    pub(super) fn of(value: f64, usual: f64, spread: f64, most: f64) -> Self {
        let distance = (value - usual).abs();
        // Where nothing has ever varied, anything else is far away.
        let score = if distance == 0.0 { 0.0 } else { distance / spread };
        let (low, high) = (usual - most * spread, usual + most * spread);
        Self { score, low, high, is_outlier: score > most }
    }
}

/// What judges values by those before them.
///
/// What is no number is an outlier and leaves no trace.
pub trait Detector {
    /// Judges a value by those before it, and learns from it.
    fn judge(&mut self, value: f64) -> Verdict;
    /// Begins anew.
    fn clear(&mut self);
}

/// An item and what is said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged<T> {
    /// The item.
    pub item: T,
    /// What is said of it.
    pub verdict: Verdict,
}
