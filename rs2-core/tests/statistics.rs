//! Statistics of constant size against a plain look at all values.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::statistics::*;
use std::time::Duration;

fn values() -> impl Strategy<Value = Vec<f64>> {
    // Few different values too, so that ties and spreads of zero come.
    let value = prop_oneof![-50.0..50.0, (-2_i8..3).prop_map(f64::from)];
    prop::collection::vec(value, 0..40)
}

fn near(left: f64, right: f64) -> bool {
    left == right || (left - right).abs() <= 1e-7 * left.abs().max(right.abs()).max(1.0)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn std_dev(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len() as f64).sqrt()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

/// What a detector must say that goes by a centre and a spread of the `N` values before.
fn says_of<const N: usize>(
    mut detector: impl Detector,
    values: &[f64],
    least: f64,
    usual: impl Fn(&[f64]) -> (f64, f64),
) {
    for (n, &value) in values.iter().enumerate() {
        let verdict = detector.judge(value);
        if n < N {
            assert_eq!(verdict, Verdict::LEARNING);
            continue;
        }
        let (centre, spread) = usual(&values[n - N..n]);
        let (most, spread) = (2.0, spread.max(least));
        assert!(near(verdict.low, centre - most * spread), "{verdict:?} at {n}");
        assert!(near(verdict.high, centre + most * spread), "{verdict:?} at {n}");
        let outside = (value - centre).abs() - most * spread;
        // At the very bound rounding decides.
        if outside.abs() > 1e-7 {
            assert_eq!(verdict.is_outlier, outside > 0.0, "{verdict:?} at {n}");
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn moments_come_and_go(values in values(), gone in 0_usize..40) {
        let mut all = Moments::new();
        values.iter().for_each(|value| all.push(*value));
        let gone = gone.min(values.len());
        values[..gone].iter().for_each(|value| all.pop(*value));
        let left = &values[gone..];
        prop_assert_eq!(all.count(), left.len() as u64);
        if !left.is_empty() {
            prop_assert!(near(all.mean(), mean(left)));
            prop_assert!((all.std_dev() - std_dev(left)).abs() < 1e-5);
        }
    }

    #[test]
    fn a_ring_keeps_the_last(values in values()) {
        let mut ring = Ring::<7>::new();
        for (n, value) in values.iter().enumerate() {
            prop_assert_eq!(ring.push(*value), n.checked_sub(7).map(|old| values[old]));
            let last = &values[(n + 1).saturating_sub(7)..=n];
            prop_assert!(ring.iter().eq(last.iter().copied()));
        }
    }

    #[test]
    fn rolling_scores_go_by_the_values_before(values in values()) {
        let usual = |last: &[f64]| (mean(last), std_dev(last));
        says_of::<5>(ZScore::<5>::beyond(2.0).at_least(0.01), &values, 0.01, usual);
    }

    #[test]
    fn hampel_goes_by_medians(values in values()) {
        let usual = |last: &[f64]| {
            let centre = median(last);
            let distances: Vec<f64> = last.iter().map(|value| (value - centre).abs()).collect();
            (centre, 1.4826 * median(&distances))
        };
        says_of::<5>(Hampel::<5>::beyond(2.0), &values, 0.0, usual);
        says_of::<6>(Hampel::<6>::beyond(2.0).at_least(0.5), &values, 0.5, usual);
        says_of::<1>(Hampel::<1>::beyond(2.0), &values, 0.0, usual);
    }

    #[test]
    fn an_average_that_forgets_is_a_weighted_sum(values in values(), weight in 0.05_f64..0.95) {
        let mut smooth = Ewma::weighing(weight);
        for n in 0..values.len() {
            let share = |at: usize| {
                let left = (1.0 - weight).powi((n - at) as i32);
                if at == 0 { left } else { weight * left }
            };
            let expected: f64 = (0..=n).map(|at| share(at) * values[at]).sum();
            prop_assert!(near(smooth.push(values[n]), expected));
            let around = |at: usize| share(at) * (values[at] - expected).powi(2);
            let variance: f64 = (0..=n).map(around).sum();
            prop_assert!((smooth.std_dev().powi(2) - variance).abs() < 1e-6 * variance.max(1.0));
        }
    }

    #[test]
    fn a_decaying_mean_does_not_mind_the_order(
        items in prop::collection::vec((0_i64..60, -9.0_f64..9.0), 1..20),
    ) {
        let mut mean = DecayingMean::half_life(Duration::from_secs(10));
        let mut last = f64::NAN;
        for (second, value) in &items {
            last = mean.push((EventTime::from_secs(*second), *value));
        }
        let latest = items.iter().map(|item| item.0).max().unwrap();
        let weight = |second: i64| 0.5_f64.powf((latest - second) as f64 / 10.0);
        let sum: f64 = items.iter().map(|item| weight(item.0) * item.1).sum();
        let weights: f64 = items.iter().map(|item| weight(item.0)).sum();
        prop_assert!((last - sum / weights).abs() < 1e-9);
    }

    #[test]
    fn cusum_adds_up_what_lies_off(values in values()) {
        let mut detector = Cusum::learning(4).slack(0.25).beyond(3.0).at_least(0.1);
        let (mut learnt, mut above, mut below) = (Vec::new(), 0.0_f64, 0.0_f64);
        for value in values {
            let verdict = detector.judge(value);
            if learnt.len() < 4 {
                learnt.push(value);
                prop_assert_eq!(verdict, Verdict::LEARNING);
                continue;
            }
            let deviation = (value - mean(&learnt)) / std_dev(&learnt).max(0.1);
            above = (above + deviation - 0.25).max(0.0);
            below = (below - deviation - 0.25).max(0.0);
            prop_assert!(near(verdict.score, above.max(below)));
            prop_assert_eq!(verdict.is_outlier, verdict.score > 3.0);
            prop_assert_eq!(verdict.is_outlier, value > verdict.high || value < verdict.low
                || (verdict.is_outlier && (near(value, verdict.high) || near(value, verdict.low))));
            if verdict.is_outlier {
                (learnt, above, below) = (Vec::new(), 0.0, 0.0);
            }
        }
    }

    /// The promise is none in general; for these distributions it is close.
    #[test]
    fn a_quantile_in_five_numbers_is_close(seed in any::<u64>(), percent in 1_u8..100) {
        let p = f64::from(percent) / 100.0;
        let mut state = seed | 1;
        let uniform = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        });
        let mut quantile = P2Quantile::of(p);
        let values: Vec<f64> = uniform.take(2_000).collect();
        let found = values.iter().map(|value| quantile.push(*value)).last().unwrap();
        let rank = values.iter().filter(|value| **value < found).count() as f64 / 2_000.0;
        prop_assert!((rank - p).abs() < 0.05, "rank {} for {}", rank, p);
    }
}

#[test]
fn a_quantile_of_few_values_is_exact() {
    let mut quantile = P2Quantile::of(0.5);
    let told: Vec<f64> = [5.0, f64::NAN, 1.0, 3.0].map(|value| quantile.push(value)).to_vec();
    assert_eq!(told, [5.0, 5.0, 1.0, 3.0]);
}

#[test]
fn what_is_no_number_is_an_outlier_and_leaves_no_trace() {
    let mut detector = Hampel::<3>::beyond(3.0);
    for value in [1.0, 2.0, 3.0] {
        detector.judge(value);
    }
    assert!(detector.judge(f64::NAN).is_outlier);
    assert_eq!(detector.median(), Some(2.0));
}
