//! Small changes of the level that last.

use super::{Detector, Moments, Verdict};

/// Adds up how far the values lie above their usual level, and how far below, less a slack; an
/// outlier is where one of the sums exceeds a threshold. It finds a change of the level that is too
/// small for any single value to stand out. All in standard deviations.
///
/// It learns the level and the standard deviation from its first values, and anew after each
/// outlier, since the level is then another one.
///
/// Source: Page, "Continuous inspection schemes", Biometrika 41, 1954. A slack of 0.5 and a
/// threshold of 5 find a change by one standard deviation after some ten values, and raise a false
/// alarm after some 470 for each side, when the values are independent and normally distributed
/// (Montgomery, "Introduction to statistical quality control", chapter 9).
///
/// ```
/// use rs2_core::statistics::{Cusum, Detector};
/// let mut detector = Cusum::learning(4).slack(0.5).beyond(5.0);
/// for usual in [9.0, 11.0, 9.0, 11.0] {
///     detector.judge(usual);
/// }
/// // One and a half standard deviations, again and again.
/// let found = (1..=9).find(|_| detector.judge(11.5).is_outlier);
/// assert_eq!(found, Some(6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cusum {
    learns: u64,
    slack: f64,
    most: f64,
    least_spread: f64,
    state: State,
}

#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct State {
    usual: Moments,
    above: f64,
    below: f64,
}

impl Cusum {
    /// Learns from so many values, at least two, with a slack of 0.5 and a threshold of 5.
    pub fn learning(values: u64) -> Self {
        Self {
            learns: values.max(2),
            slack: 0.5,
            most: 5.0,
            least_spread: 0.0,
            state: State::default(),
        }
    }

    /// How far from the level a value may lie without adding to the sums: half the change that is
    /// to be found.
    #[must_use]
    pub const fn slack(mut self, deviations: f64) -> Self {
        self.slack = deviations;
        self
    }

    /// How large a sum may become.
    #[must_use]
    pub const fn beyond(mut self, deviations: f64) -> Self {
        self.most = deviations;
        self
    }

    /// Takes the standard deviation to be at least `spread`.
    #[must_use]
    pub const fn at_least(mut self, spread: f64) -> Self {
        self.least_spread = spread;
        self
    }
}

impl Detector for Cusum {
    fn judge(&mut self, value: f64) -> Verdict {
        if !value.is_finite() {
            return Verdict::NO_NUMBER;
        }
        let state = &mut self.state;
        if state.usual.count() < self.learns {
            state.usual.push(value);
            return Verdict::LEARNING;
        }
        let (mean, spread) = (state.usual.mean(), state.usual.std_dev().max(self.least_spread));
        let deviation = if value == mean { 0.0 } else { (value - mean) / spread };
        let room = |sum: f64| (self.most + self.slack - sum) * spread;
        let (low, high) = (mean - room(state.below), mean + room(state.above));
        state.above = (state.above + deviation - self.slack).max(0.0);
        state.below = (state.below - deviation - self.slack).max(0.0);
        let score = state.above.max(state.below);
        let is_outlier = score > self.most;
        if is_outlier {
            self.clear();
        }
        Verdict { score, low, high, is_outlier }
    }

    fn clear(&mut self) {
        self.state = State::default();
    }
}

#[cfg(feature = "snapshot")]
super::saves_state!(Cusum);
