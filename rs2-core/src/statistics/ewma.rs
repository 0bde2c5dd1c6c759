//! Averages that forget.

use super::Statistic;
use crate::time::EventTime;
use core::time::Duration;

/// The exponentially weighted moving average: each value has a share of `weight`, and what was
/// before it the rest. Its first value is the first average.
///
/// Source: Finch, "Incremental calculation of weighted mean and variance", University of Cambridge,
/// 2009, section 9.
///
/// ```
/// use rs2_core::statistics::{Ewma, Statistic};
/// let mut smooth = Ewma::weighing(0.5);
/// smooth.push(8.0);
/// assert_eq!(smooth.push(4.0), 6.0);
/// assert_eq!(smooth.std_dev(), 2.0);
/// ```
#[doc(alias = "exponential_moving_average")]
#[derive(Clone, Copy, Debug)]
pub struct Ewma {
    weight: f64,
    state: Option<Level>,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Level {
    mean: f64,
    variance: f64,
}

impl Ewma {
    /// Each value has a share of `weight`, between 0 and 1.
    pub const fn weighing(weight: f64) -> Self {
        Self { weight, state: None }
    }

    /// As smooth as the mean of the last `values`: a share of 2 / (`values` + 1).
    pub fn spanning(values: u32) -> Self {
        Self::weighing(2.0 / (f64::from(values) + 1.0))
    }

    /// The average; no number before the first value.
    pub fn mean(&self) -> f64 {
        self.state.map_or(f64::NAN, |level| level.mean)
    }

    /// The standard deviation around it, weighted alike; no number before the first value.
    pub fn std_dev(&self) -> f64 {
        self.state.map_or(f64::NAN, |level| libm::sqrt(level.variance))
    }
}

impl Statistic<f64> for Ewma {
    type Output = f64;

    fn push(&mut self, value: f64) -> f64 {
        let level = self.state.get_or_insert(Level { mean: value, variance: 0.0 });
        let distance = value - level.mean;
        let step = self.weight * distance;
        level.mean += step;
        level.variance = (1.0 - self.weight) * (level.variance + distance * step);
        level.mean
    }

    fn clear(&mut self) {
        self.state = None;
    }
}

#[cfg(feature = "snapshot")]
super::saves_state!(Ewma);

/// An average of values at uneven times: the weight of a value halves with every `half_life` that
/// passes. The order of the values does not matter.
///
/// Source: Cormode, Shkapenyuk, Srivastava, Xu, "Forward decay: a practical time decay model for
/// streaming systems", ICDE 2009.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::{statistics::{DecayingMean, Statistic}, time::EventTime};
/// let mut load = DecayingMean::half_life(Duration::from_secs(60));
/// load.push((EventTime::from_secs(0), 2.0));
/// // The first has half the weight of the second.
/// assert_eq!(load.push((EventTime::from_secs(60), 5.0)), 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DecayingMean {
    half_life: f64,
    state: Option<Weights>,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Weights {
    /// The latest time; a value then has a weight of one.
    at: EventTime,
    sum: f64,
    weight: f64,
}

impl DecayingMean {
    /// The weight of a value halves with every `half_life`.
    ///
    /// # Panics
    /// When `half_life` is shorter than a microsecond.
    #[track_caller]
    pub fn half_life(half_life: Duration) -> Self {
        assert!(half_life >= EventTime::RESOLUTION, "a half-life must be a microsecond or more");
        Self { half_life: half_life.as_micros() as f64, state: None }
    }

    /// What is left of a weight after the time from `earlier` to `later`.
    fn decay(&self, earlier: EventTime, later: EventTime) -> f64 {
        libm::exp2(-(later.as_micros().abs_diff(earlier.as_micros()) as f64) / self.half_life)
    }
}

impl Statistic<(EventTime, f64)> for DecayingMean {
    type Output = f64;

    fn push(&mut self, (ts, value): (EventTime, f64)) -> f64 {
        let new = match self.state {
            None => Weights { at: ts, sum: value, weight: 1.0 },
            Some(old) if ts >= old.at => {
                let left = self.decay(old.at, ts);
                Weights { at: ts, sum: old.sum * left + value, weight: old.weight * left + 1.0 }
            }
            Some(old) => {
                let left = self.decay(ts, old.at);
                Weights { at: old.at, sum: old.sum + value * left, weight: old.weight + left }
            }
        };
        self.state = Some(new);
        new.sum / new.weight
    }

    fn clear(&mut self) {
        self.state = None;
    }
}

#[cfg(feature = "snapshot")]
super::saves_state!(DecayingMean);
