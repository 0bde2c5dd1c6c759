//! The operators that let items through, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use cases::cases;
use drain::{Wakes, drain, poll};
use futures_core::{FusedStream, Stream};
use patchy::{ByHand, Patchy};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::cell::Cell;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

/// Few different items, so that equal ones meet.
fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..6_u32), 0..40)
}

fn items(steps: &[(u8, u32)]) -> Vec<u32> {
    steps.iter().map(|(_, item)| *item).collect()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn filter_yields_what_satisfies_the_predicate(steps in steps(), least in 0..7_u32) {
        let expected: Vec<u32> = items(&steps).into_iter().filter(|n| *n >= least).collect();
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).filter_rs2(|n| *n >= least)), expected);
    }

    #[test]
    fn take_yields_the_first_items(steps in steps(), count in 0..50_usize) {
        let expected: Vec<u32> = items(&steps).into_iter().take(count).collect();
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).take_rs2(count)), expected);
    }

    #[test]
    fn skip_yields_all_but_the_first_items(steps in steps(), count in 0..50_usize) {
        let expected: Vec<u32> = items(&steps).into_iter().skip(count).collect();
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).skip_rs2(count)), expected);
    }

    #[test]
    fn take_while_yields_what_comes_before_the_first_failure(steps in steps(), fails in 0..7_u32) {
        let expected: Vec<u32> = items(&steps).into_iter().take_while(|n| *n != fails).collect();
        let got = drain(|| Patchy::new(steps.clone()).take_while_rs2(|n| *n != fails));
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn skip_while_yields_everything_from_the_first_failure(steps in steps(), fails in 0..7_u32) {
        let expected: Vec<u32> = items(&steps).into_iter().skip_while(|n| *n != fails).collect();
        let got = drain(|| Patchy::new(steps.clone()).skip_while_rs2(|n| *n != fails));
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn distinct_until_changed_yields_the_first_of_each_run(steps in steps()) {
        let mut expected = items(&steps);
        expected.dedup();
        let got = drain(|| Patchy::new(steps.clone()).distinct_until_changed_rs2());
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn distinct_until_changed_by_yields_the_first_of_each_run_of_keys(steps in steps()) {
        let mut expected = items(&steps);
        expected.dedup_by_key(|n| *n / 2);
        let got = drain(|| Patchy::new(steps.clone()).distinct_until_changed_by_rs2(|n| *n / 2));
        prop_assert_eq!(got, expected);
    }
}

#[test]
fn take_polls_its_source_once_for_each_item_it_yields() {
    let source = ByHand::default();
    (0..5).for_each(|n| source.give(n));
    let mut first = pin!(source.clone().take_rs2(2));
    assert_eq!(poll(first.as_mut(), &Arc::default()), Poll::Ready(Some(0)));
    assert_eq!(poll(first.as_mut(), &Arc::default()), Poll::Ready(Some(1)));
    assert!(first.is_terminated());
    assert_eq!(poll(first.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(source.polls(), 2);
}

#[test]
fn a_take_of_none_has_ended_from_the_start() {
    let source = ByHand::<u32>::default();
    let mut none = pin!(source.clone().take_rs2(0));
    assert!(none.is_terminated());
    assert_eq!(poll(none.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(source.polls(), 0);
}

#[test]
fn take_while_does_not_come_back_to_its_source() {
    let source = ByHand::default();
    [1, 9, 2].into_iter().for_each(|n| source.give(n));
    let mut small = pin!(source.clone().take_while_rs2(|n| *n < 5));
    assert_eq!(poll(small.as_mut(), &Arc::default()), Poll::Ready(Some(1)));
    assert_eq!(poll(small.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(poll(small.as_mut(), &Arc::default()), Poll::Ready(None));
    assert_eq!(source.polls(), 2);
}

#[test]
fn skip_while_asks_its_predicate_no_more_after_the_first_failure() {
    let asked = Cell::new(0);
    let small = |n: &u32| {
        asked.set(asked.get() + 1);
        *n < 5
    };
    let mut rest = pin!(from_iter([1, 9, 2, 3]).skip_while_rs2(small));
    while let Poll::Ready(Some(_)) = poll(rest.as_mut(), &Arc::default()) {}
    assert_eq!(asked.get(), 2);
}

#[test]
fn a_number_that_is_not_equal_to_itself_is_always_a_change() {
    let readings = [f64::NAN, f64::NAN, 1.0, 1.0];
    let mut changes = pin!(from_iter(readings).distinct_until_changed_rs2());
    let mut count = 0;
    while let Poll::Ready(Some(_)) = poll(changes.as_mut(), &Arc::default()) {
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn distinct_until_changed_clones_what_it_yields_and_nothing_else() {
    #[derive(Debug)]
    struct Counted<'a>(u32, &'a Cell<u32>);
    impl Clone for Counted<'_> {
        fn clone(&self) -> Self {
            self.1.set(self.1.get() + 1);
            Self(self.0, self.1)
        }
    }
    impl PartialEq for Counted<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    let clones = Cell::new(0);
    let source = from_iter([1, 1, 1, 2, 2]).map_rs2(|n| Counted(n, &clones));
    let mut changes = pin!(source.distinct_until_changed_rs2());
    while let Poll::Ready(Some(_)) = poll(changes.as_mut(), &Arc::default()) {}
    assert_eq!(clones.get(), 2);
}

/// One poll of a stream that drops all it takes from `taken`.
fn swallows<S: Stream<Item: PartialEq>>(stream: Pin<&mut S>, taken: &Cell<u32>) {
    let wakes = Arc::<Wakes>::default();
    assert!(poll(stream, &wakes).is_pending());
    assert_eq!((taken.get(), wakes.count()), (1_024, 1));
}

#[test]
fn after_1_024_dropped_items_the_task_is_given_back() {
    let taken = &Cell::new(0);
    let endless = || {
        taken.set(0);
        from_iter((0..).inspect(|_: &u32| taken.set(taken.get() + 1)))
    };
    swallows(pin!(endless().filter_rs2(|_| false)), taken);
    swallows(pin!(endless().skip_rs2(usize::MAX)), taken);
    swallows(pin!(endless().skip_while_rs2(|_| true)), taken);

    let mut same = pin!(endless().map_rs2(|_| 7).distinct_until_changed_rs2());
    assert_eq!(poll(same.as_mut(), &Arc::default()), Poll::Ready(Some(7)));
    taken.set(0);
    swallows(same, taken);

    let mut same = pin!(endless().distinct_until_changed_by_rs2(|_| 7));
    assert_eq!(poll(same.as_mut(), &Arc::default()), Poll::Ready(Some(0)));
    taken.set(0);
    swallows(same, taken);
}
