//! The first of equal items, against a few lines over a `Vec` of what was seen.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use by_time::{cases, collected, counts, is_beginning, limits, run, size_of};
use drain::drain;
use patchy::Patchy;
use proptest::prelude::*;
use rs2_core::op::select::DistinctBy;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use std::cell::Cell;
use std::hash::{Hash, Hasher};

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn key_of(item: &u32) -> u32 {
    item / 2
}

fn items() -> impl Strategy<Value = Vec<u32>> {
    let few = prop::collection::vec(0..20_u32, 0..60);
    let many = prop::collection::vec(0..200_u32, 0..200);
    prop_oneof![few, many]
}

/// The definition: what comes out, the repetitions, and what found no room or was forgotten to make
/// some, a sixteenth of all keys at a time.
fn naive(items: &[u32], capacity: usize, on_full: OnFull) -> (Vec<u32>, [u64; 5]) {
    let (mut seen, mut outs) = (Vec::new(), Vec::new());
    let (mut repeated, mut left_out, mut forgotten) = (0, 0, 0);
    for &item in items {
        if seen.contains(&key_of(&item)) {
            repeated += 1;
            continue;
        }
        if seen.len() == capacity {
            if on_full == OnFull::Reject {
                left_out += 1;
                continue;
            }
            let oldest = (capacity / 16).max(1);
            seen.drain(..oldest);
            forgotten += oldest as u64;
        }
        seen.push(key_of(&item));
        outs.push(item);
    }
    (outs, [0, repeated, 0, left_out, forgotten])
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn only_the_first_of_equal_items_comes_out(
        steps in prop::collection::vec((0..3_u8, 0..20_u32), 0..60),
    ) {
        let all: Vec<u32> = steps.iter().map(|(_, item)| item / 2).collect();
        let first = |(at, item): (usize, &u32)| (!all[..at].contains(item)).then_some(*item);
        let expected: Vec<u32> = all.iter().enumerate().filter_map(first).collect();
        let patchy = || Patchy::new(steps.iter().map(|&(stalls, item)| (stalls, item / 2)));
        prop_assert_eq!(drain(|| patchy().distinct_in_rs2(heap(99))), expected.clone());
        let by = || Patchy::new(steps.clone()).distinct_by_in_rs2(heap(99), key_of);
        let keys: Vec<u32> = drain(by).iter().map(key_of).collect();
        prop_assert_eq!(keys, expected);
    }

    #[test]
    fn a_full_memory_forgets_what_it_saw_first_or_takes_nothing_new(
        items in items(), capacity in 1_usize..40,
        on_full in prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject)],
    ) {
        let (limits, losses) = limits(heap(capacity), on_full);
        let mut machine = DistinctBy::new(limits, key_of);
        let found = run(&mut machine, items.clone(), |machine| {
            assert!(size_of(machine, "keys") <= capacity);
        });
        let (expected, lost) = naive(&items, capacity, on_full);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), lost);
    }

    #[test]
    fn equal_items_and_equal_keys_are_treated_alike(
        items in items(), capacity in 1_usize..40,
        on_full in prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject), Just(OnFull::Stop)],
    ) {
        let (of_items, item_losses) = limits(heap(capacity), on_full);
        let (of_keys, key_losses) = limits(heap(capacity), on_full);
        let plain = collected(from_iter(items.clone()).distinct_in_rs2(of_items));
        let by_key = collected(from_iter(items).distinct_by_in_rs2(of_keys, |item| *item));
        prop_assert_eq!(plain, by_key);
        prop_assert_eq!(counts(&item_losses), counts(&key_losses));
    }

    #[test]
    fn stopping_lets_no_repetition_out(items in items(), capacity in 1_usize..40) {
        let (limits, losses) = limits(heap(capacity), OnFull::Stop);
        let found = collected(from_iter(items.clone()).distinct_by_in_rs2(limits, key_of));
        let (whole, _) = naive(&items, 999, OnFull::Stop);
        is_beginning(&found, &whole, &losses);
        prop_assert_eq!(losses.is_stopped(), whole.len() > capacity);
    }
}

/// Counts its clones.
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

impl Eq for Counted<'_> {}

impl Hash for Counted<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[test]
fn what_comes_out_is_cloned_and_nothing_else() {
    let clones = Cell::new(0);
    let items = from_iter([1, 1, 2, 1, 2]).map_rs2(|n| Counted(n, &clones));
    assert_eq!(collected(items.distinct_in_rs2(heap(9))).len(), 2);
    assert_eq!(clones.get(), 2);
}
