//! Collections with a bound.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;

use futures_executor::block_on;
use patchy::Patchy;
use proptest::prelude::*;
use rs2_core::error::ConfigError;
use rs2_core::op::consume::{BufferConfig, GrowthStrategy, TooMany};
use rs2_core::prelude::*;
use std::panic::catch_unwind;

use GrowthStrategy::{Exponential, Fixed, Linear};

fn growth() -> impl Strategy<Value = GrowthStrategy> {
    prop_oneof![(1..9_usize).prop_map(Linear), (1.01..4.0_f64).prop_map(Exponential), Just(Fixed)]
}

fn config(
    initial_capacity: usize,
    max_capacity: Option<usize>,
    growth_strategy: GrowthStrategy,
) -> BufferConfig {
    BufferConfig { initial_capacity, max_capacity, growth_strategy }
}

proptest! {
    #[test]
    fn all_items_are_collected_or_one_too_many_is_given_back(
        steps in prop::collection::vec((0..3_u8, 0..1_000_u32), 0..60),
        initial in 1..20_usize, more in 0..50_usize, growth in growth(),
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let most = if growth == Fixed { initial } else { initial + more };
        let config = config(initial, Some(initial + more), growth);
        match block_on(Patchy::new(steps).collect_with_config_rs2(config)) {
            Ok(collected) => {
                prop_assert!(collected.capacity() <= most.max(items.len()));
                prop_assert!(items.len() <= most);
                prop_assert_eq!(collected, items);
            }
            Err(TooMany { collected, next }) => {
                prop_assert_eq!(&collected[..], &items[..most]);
                prop_assert_eq!(next, items[most]);
            }
        }
    }
}

// Peer defect 5.
#[test]
fn more_items_than_fit_are_an_error_and_not_a_shorter_answer() {
    let collected = block_on(from_iter(0..1_200_000).collect_rs2::<Vec<u32>>());
    assert_eq!(collected.len(), 1_200_000);
    let config = BufferConfig::default();
    let too_many = block_on(from_iter(0..1_200_000_u32).collect_with_config_rs2(config));
    let TooMany { collected, next } = too_many.unwrap_err();
    assert_eq!((collected.len(), next), (1_048_576, 1_048_576));
}

#[test]
fn room_is_made_as_told() {
    let collected =
        |config| block_on(from_iter(0..100_u8).collect_with_config_rs2(config)).unwrap();
    assert_eq!(collected(config(10, None, Linear(25))).capacity(), 110);
    assert_eq!(collected(config(10, None, Exponential(3.0))).capacity(), 270);
    assert_eq!(collected(config(100, None, Fixed)).capacity(), 100);
    assert_eq!(collected(config(10, Some(105), Exponential(3.0))).capacity(), 105);
    assert_eq!(collected(config(0, None, Exponential(1.1))).len(), 100);
    let empty = block_on(empty::<u8>().collect_with_config_rs2(config(10, None, Fixed)));
    assert_eq!(empty.unwrap().capacity(), 0, "nothing before the first item");
}

#[test]
fn room_that_no_memory_has_is_not_asked_for() {
    let huge = config(usize::MAX, None, Exponential(1e300));
    let collected = block_on(from_iter(0..10_u64).collect_with_config_rs2(huge));
    assert_eq!(collected.unwrap().len(), 10);
}

#[test]
fn what_comes_after_one_too_many_stays_in_the_source() {
    let mut numbers = from_iter(1..=5);
    let few = config(2, Some(2), Fixed);
    let too_many = block_on((&mut numbers).collect_with_config_rs2(few));
    assert_eq!(too_many, Err(TooMany { collected: vec![1, 2], next: 3 }));
    assert_eq!(block_on(numbers.collect_rs2::<Vec<u32>>()), [4, 5]);
}

#[test]
fn a_configuration_is_checked() {
    let zero = |name| Err(ConfigError::Zero(name));
    let growth = Err(ConfigError::OutOfRange("growth_strategy"));
    let exceeds = Err(ConfigError::Exceeds("initial_capacity", "max_capacity"));
    assert_eq!(config(1, Some(9), Linear(0)).validate(), zero("growth_strategy"));
    for factor in [1.0, 0.5, -2.0, f64::NAN, f64::INFINITY] {
        assert_eq!(config(1, Some(9), Exponential(factor)).validate(), growth);
    }
    assert_eq!(config(0, Some(9), Fixed).validate(), zero("initial_capacity"));
    assert_eq!(config(0, Some(0), Linear(1)).validate(), zero("max_capacity"));
    assert_eq!(config(10, Some(9), Linear(1)).validate(), exceeds);
    assert_eq!(BufferConfig::default().validate(), Ok(()));
    assert_eq!(BufferConfig::performance().validate(), Ok(()));
    let mistake = || from_iter([1]).collect_with_config_rs2(config(10, Some(9), Fixed));
    assert!(catch_unwind(mistake).is_err());
}
