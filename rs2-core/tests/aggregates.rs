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

/// The sorted item at a share of the places.
fn quantile(items: &[Timed<f64>], share: f64) -> f64 {
    let mut sorted: Vec<f64> = values(items).collect();
    sorted.sort_by(f64::total_cmp);
    sorted[(share * (sorted.len() - 1) as f64) as usize]
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn what_keeps_its_items_is_exact(items in ints(), k in 1_usize..5) {
        let few: Vec<_> = items.iter().map(|(ts, item)| (*ts, item % 5)).collect();
        holds_for(&CountDistinct::bounded(99), &few, |items| {
            values(items).collect::<std::collections::BTreeSet<_>>().len()
        });
        holds_for(&TopK::by(k, |item: &i32| item / 2), &few, |items| {
            let mut sorted: Vec<i32> = values(items).collect();
            sorted.sort_by_key(|item| std::cmp::Reverse(item / 2));
            sorted.truncate(k);
            sorted
        });
        holds_for(&Histogram::bounded_by([2.0, -1.0]), &few, |items| {
            let within = |low: i32, high: i32| {
                values(items).filter(|item| low < *item && *item <= high).count() as u64
            };
            vec![within(i32::MIN, -1), within(-1, 2), within(2, i32::MAX)]
        });
        // With a counter for each, no error.
        holds_for(&OftenOf(9), &few, |items| {
            let mut counts: Vec<(u64, i32)> = (-4..5)
                .map(|item| (values(items).filter(|other| *other == item).count() as u64, item))
                .filter(|(count, _)| *count > 0)
                .collect();
            counts.sort_by_key(|(count, item)| (std::cmp::Reverse(*count), *item));
            counts.into_iter().map(|(count, item)| (item, count)).collect()
        });
    }

    #[test]
    fn quantiles_are_exact_or_within_their_error(items in floats()) {
        let shares = [0.0, 0.5, 0.9, 1.0];
        let exact = |items: &[Timed<f64>]| shares.map(|share| quantile(items, share));
        holds_for(&ExactQuantiles::bounded(99, shares), &items, exact);
        for error in [0.01, 0.1] {
            let sketch = Quantiles::within(error, shares);
            let found = Aggregator::<f64>::lower(&sketch, part_of(&sketch, &items));
            for (found, exact) in found.into_iter().zip(exact(&items)) {
                prop_assert!((found - exact).abs() <= error * exact.abs() * (1.0 + 1e-9));
            }
            // The same to the last bit, however the parts are made and taken apart.
            let whole = |items: &[Timed<f64>]| {
                Aggregator::<f64>::lower(&sketch, part_of(&sketch, items))
            };
            holds_for(&sketch, &items, whole);
        }
    }

    #[test]
    fn frequent_items_are_found(
        items in prop::collection::vec(0_u8..20, 1..200),
        at in 0_usize..200,
    ) {
        // A few items come often.
        let items: Vec<_> = items.iter().map(|n| (0, if *n < 12 { n % 2 } else { *n })).collect();
        let counters = Frequent::bounded(5);
        let (head, tail) = items.split_at(at.clamp(1, items.len()));
        let mut part = part_of(&counters, head);
        if !tail.is_empty() {
            Aggregator::<u8>::combine(&counters, &mut part, &part_of(&counters, tail));
        }
        let found = Aggregator::<u8>::lower(&counters, part);
        prop_assert!(found.len() <= 5);
        let count = |item: u8| values(&items).filter(|other| *other == item).count() as u64;
        for often in &found {
            let real = count(often.item);
            prop_assert!(often.count - often.error <= real && real <= often.count);
            prop_assert!(often.error <= items.len() as u64 / 5);
        }
        for item in 0..20 {
            let must = count(item) > items.len() as u64 / 5;
            prop_assert!(!must || found.iter().any(|often| often.item == item), "no {}", item);
        }
    }
}

/// [`Frequent`] with an order among equal counts, so that answers can be compared.
struct OftenOf(usize);

impl Aggregator<i32> for OftenOf {
    type Partial = <Frequent as Aggregator<i32>>::Partial;
    type Output = Vec<(i32, u64)>;
    fn lift(&self, ts: rs2_core::time::EventTime, item: i32) -> Self::Partial {
        Frequent::bounded(self.0).lift(ts, item)
    }
    fn combine(&self, left: &mut Self::Partial, right: &Self::Partial) {
        Aggregator::<i32>::combine(&Frequent::bounded(self.0), left, right);
    }
    fn lower(&self, whole: Self::Partial) -> Self::Output {
        let often = Aggregator::<i32>::lower(&Frequent::bounded(self.0), whole);
        often.into_iter().map(|often| (often.item, often.count)).collect()
    }
}

/// The standard error is what the documentation says, over many seeds and numbers of items, and
/// parts combine to what one of all would be.
#[test]
fn distinct_items_are_estimated_within_the_standard_error() {
    for precision in [6, 10, 12] {
        let promised = 1.04 / f64::from(1 << precision).sqrt();
        for distinct in [1_u32, 10, 300, 5_000, 40_000] {
            let errors = (0..20_u64).map(|seed| {
                let sketch = HyperLogLog::seeded(precision, seed);
                let items = |range: std::ops::Range<u32>| range.map(|n| (0, n)).collect::<Vec<_>>();
                let half = distinct.div_ceil(2);
                let (all, head, tail) =
                    (items(0..distinct), items(0..half), items(half / 2..distinct.max(1)));
                let whole = part_of(&sketch, &all);
                let mut joined = part_of(&sketch, &head);
                Aggregator::<u32>::combine(&sketch, &mut joined, &part_of(&sketch, &tail));
                assert_eq!(joined, whole);
                Aggregator::<u32>::lower(&sketch, whole) / f64::from(distinct) - 1.0
            });
            let squares: f64 = errors.map(|error| error * error).sum();
            let error = (squares / 20.0).sqrt();
            assert!(error < 1.6 * promised, "{error} for {promised} with {distinct}");
        }
    }
}

#[test]
fn what_is_bounded_gives_back_what_it_has_no_room_for() {
    let mut names = Running::of(CountDistinct::bounded(2));
    assert_eq!(["a", "b", "c", "a"].map(|name| names.push(name)), [1, 2, 2, 2]);
    let mut both = Running::of((Count, ExactQuantiles::bounded(1, [0.5])));
    both.push(1);
    assert!(both.add(rs2_core::time::EventTime::EPOCH, 2).is_err());
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
