//! Aggregators against a plain look at all their items.
#![cfg(feature = "alloc")]

#[path = "common/aggregators.rs"]
mod aggregators;

use aggregators::*;
use proptest::prelude::*;
use rs2_core::aggregate::*;

fn ints() -> impl Strategy<Value = Vec<Timed<i32>>> {
    prop::collection::vec((-9_i64..9, prop_oneof![-9..9, any::<i32>()]), 1..24)
}

fn floats() -> impl Strategy<Value = Vec<Timed<f64>>> {
    let value = prop_oneof![-9.0..9.0, Just(0.5), 1e6..1e6 + 1.0];
    prop::collection::vec((-9_i64..9, value), 1..24)
}

fn values<T: Copy>(items: &[Timed<T>]) -> impl DoubleEndedIterator<Item = T> + Clone + '_ {
    items.iter().map(|item| item.1)
}

fn mean(items: &[Timed<f64>]) -> f64 {
    values(items).sum::<f64>() / items.len() as f64
}

/// The sum of the squared distances from the mean, in two passes.
fn squares(items: &[Timed<f64>]) -> f64 {
    let mean = mean(items);
    values(items).map(|value| (value - mean).powi(2)).sum()
}

fn population(items: &[Timed<f64>]) -> f64 {
    squares(items) / items.len() as f64
}

fn sample(items: &[Timed<f64>]) -> f64 {
    if items.len() < 2 { f64::NAN } else { squares(items) / (items.len() - 1) as f64 }
}

/// Where the standard library takes the last of equal ones, this takes the first.
fn greatest(items: &[Timed<i32>], key: impl Fn(i32) -> i32) -> i32 {
    values(items).rev().max_by_key(|item| key(*item)).expect("not empty")
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn counts_sums_and_extremes(items in ints()) {
        let sum = |items: &[Timed<i32>]| values(items).map(i64::from).sum::<i64>();
        holds_for(&Count, &items, |items| items.len() as u64);
        holds_for(&Sum, &items, sum);
        holds_for(&Min, &items, |items| values(items).min().unwrap());
        holds_for(&Max, &items, |items| values(items).max().unwrap());
        let nearest = |item: &i32| item.rem_euclid(3);
        holds_for(&MinBy(nearest), &items, |items| values(items).min_by_key(nearest).unwrap());
        holds_for(&MaxBy(nearest), &items, |items| greatest(items, |item| nearest(&item)));
        holds_for(&(Count, Sum), &items, |items| (items.len() as u64, sum(items)));
        holds_for(&of(|item: &i32| *item as u8, Max), &items, |items| {
            values(items).map(|item| item as u8).max().unwrap()
        });
        runs((Count, Sum), &items, |items| (items.len() as u64, sum(items)));
    }

    #[test]
    fn the_ends_go_by_time_and_then_by_arrival(items in ints()) {
        holds_for(&First, &items, |items| items.iter().min_by_key(|item| item.0).unwrap().1);
        holds_for(&Last, &items, |items| items.iter().max_by_key(|item| item.0).unwrap().1);
    }

    #[test]
    fn means_and_spreads(items in floats()) {
        holds_for(&Mean, &items, mean);
        holds_for(&Sum, &items, |items| values(items).sum());
        // Relative to the square of the mean, which is what is lost in cancellation.
        let scaled: Vec<_> = items.iter().map(|(ts, value)| (*ts, value % 10.0)).collect();
        holds_for(&Variance::Population, &scaled, population);
        holds_for(&Variance::Sample, &scaled, sample);
        holds_for(&StdDev(Variance::Population), &scaled, |items| population(items).sqrt());
        runs((Mean, Variance::Sample), &scaled, |items| (mean(items), sample(items)));
    }

    #[test]
    fn what_is_no_number_gives_way(items in prop::collection::vec(any::<Option<i8>>(), 1..12)) {
        let float = |item: &Option<i8>| item.map_or(f64::NAN, f64::from);
        let floats: Vec<_> = items.iter().map(|item| (0, float(item))).collect();
        holds_for(&Min, &floats, |items| values(items).fold(f64::NAN, f64::min));
        holds_for(&Max, &floats, |items| values(items).fold(f64::NAN, f64::max));
    }
}

/// The sum of many small terms beside a large one, where plain addition loses every small one.
#[test]
fn a_sum_does_not_lose_what_is_small() {
    let mut sum = Running::of(Sum);
    sum.push(1e16);
    for _ in 0..1_000 {
        sum.push(1.0);
    }
    assert_eq!(sum.push(-1e16), 1_000.0);
    assert_eq!(Running::of(Sum).push(f64::INFINITY), f64::INFINITY);
}

#[test]
fn a_spread_far_from_zero_keeps_its_digits() {
    let mut spread = Running::of(Variance::Population);
    let mut last = f64::NAN;
    for n in 0..10_000 {
        last = spread.push(1e9 + f64::from(n % 2));
    }
    assert!((last - 0.25).abs() < 1e-9, "{last}");
}

#[test]
#[should_panic(expected = "without an inverse")]
fn what_has_no_inverse_says_so() {
    let mut whole = 1;
    Max.subtract(&mut whole, &1);
}
