//! Which readings are unusual.

use rs2_core::prelude::*;
use rs2_core::statistics::{Cusum, Detector, Hampel, Judged, Verdict};
use rs2_core::store::SeededInline;

/// Two detectors for one series: a level that moved, and a value unlike the `N` before it.
#[derive(Clone, Copy, Debug)]
pub struct Watch<const N: usize> {
    level: Cusum,
    last: Hampel<N>,
}

impl<const N: usize> Watch<N> {
    /// Learns the level from `learning` values. Differences smaller than `spread` are noise.
    pub fn new(learning: u64, spread: f64) -> Self {
        Self {
            level: Cusum::learning(learning).slack(1.0).beyond(20.0).at_least(spread),
            last: Hampel::beyond(8.0).at_least(spread),
        }
    }
}

/// Both learn from each value, and the one that finds it more unusual is heard.
impl<const N: usize> Detector for Watch<N> {
    fn judge(&mut self, value: f64) -> Verdict {
        let (level, last) = (self.level.judge(value), self.last.judge(value));
        if level.is_outlier { level } else { last }
    }

    fn clear(&mut self) {
        self.level.clear();
        self.last.clear();
    }
}

/// Judges the items of each of at most `KEYS` series by those before them.
pub fn judged<S, const KEYS: usize, const N: usize>(
    items: S,
    keys: SeededInline<KEYS>,
    key: impl FnMut(&S::Item) -> u8,
    value: impl FnMut(&S::Item) -> f64 + Clone,
    watch: Watch<N>,
) -> impl Stream<Item = Judged<S::Item>>
where
    S: Stream,
{
    items.detect_outliers_by_key_in_rs2(keys, key, value, watch)
}
