//! A state for each key, against a few lines over a `Vec` of states.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::{cases, collected, counts, is_beginning, limits, run, size_of};
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::metrics::Reports;
use rs2_core::op::keyed::{KeyedMap, KeyedRule};
use rs2_core::prelude::*;
use rs2_core::state::{Keys, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::collections::BTreeSet;

/// Key and number.
type Item = (u8, u32);
/// What comes out: the item and all numbers of its key so far.
type Seen = (Item, Vec<u32>);

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn note(item: Item, seen: &mut Vec<u32>) -> Seen {
    seen.push(item.1);
    (item, seen.clone())
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let few = prop::collection::vec((0_u8..5, any::<u32>()), 0..60);
    let many = prop::collection::vec((any::<u8>(), any::<u32>()), 0..200);
    prop_oneof![few, many]
}

/// What to do with an item whose key finds no room.
#[derive(Clone, Copy, PartialEq)]
enum Full {
    Evict,
    Reject,
}

/// The definition, with the number of states forgotten: the sixteenth part, one at least, that was
/// not used for longest.
fn naive(items: &[Item], capacity: usize, full: Full) -> (Vec<Seen>, u64) {
    let mut states: Vec<(u8, Vec<u32>, i64)> = Vec::new();
    let (mut outs, mut evicted) = (Vec::new(), 0);
    for (&item, now) in items.iter().zip(1..) {
        let known = states.iter().position(|state| state.0 == item.0);
        if known.is_none() && states.len() == capacity {
            if full == Full::Reject {
                continue;
            }
            states.sort_by_key(|state| state.2);
            states.drain(..(capacity / 16).max(1));
            evicted += (capacity - states.len()) as u64;
        }
        let place = states.iter().position(|state| state.0 == item.0).unwrap_or_else(|| {
            states.push((item.0, Vec::new(), 0));
            states.len() - 1
        });
        states[place].2 = now;
        outs.push(note(item, &mut states[place].1));
    }
    (outs, evicted)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn every_item_meets_the_state_of_its_key(items in items()) {
        let stream = from_iter(items.clone()).keyed_map_in_rs2(heap(256), |item| item.0, note);
        let losses = stream.losses().clone();
        prop_assert_eq!(collected(stream), naive(&items, 256, Full::Evict).0);
        prop_assert_eq!(losses.total(), 0);
    }

    #[test]
    fn a_full_table_forgets_the_states_not_used_for_longest(
        items in items(), capacity in 1_usize..40,
    ) {
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let map = KeyedMap::new(note);
        let mut machine = KeyedRule::new(Keys::of(limits), |item: &Item| item.0, map);
        let found = run(&mut machine, items.clone(), |machine| {
            assert!(size_of(machine, "keys") <= capacity);
        });
        let (expected, evicted) = naive(&items, capacity, Full::Evict);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, evicted]);
    }

    #[test]
    fn a_table_that_rejects_loses_the_items_of_new_keys(
        items in items(), capacity in 1_usize..40,
    ) {
        let (limits, losses) = limits(heap(capacity), OnFull::Reject);
        let map = KeyedMap::new(note);
        let mut machine = KeyedRule::new(Keys::of(limits), |item: &Item| item.0, map);
        let found = run(&mut machine, items.clone(), |_| ());
        let (expected, _) = naive(&items, capacity, Full::Reject);
        let full = (items.len() - expected.len()) as u64;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [0, 0, 0, full, 0]);
    }

    #[test]
    fn stopping_lets_no_wrong_item_out(items in items(), capacity in 1_usize..40) {
        let (limits, losses) = limits(heap(capacity), OnFull::Stop);
        let stream = from_iter(items.clone()).keyed_map_in_rs2(limits, |item| item.0, note);
        let found = collected(stream);
        is_beginning(&found, &naive(&items, 256, Full::Evict).0, &losses);
        let keys: BTreeSet<u8> = items.iter().map(|item| item.0).collect();
        prop_assert_eq!(losses.is_stopped(), keys.len() > capacity);
    }

    #[test]
    fn the_size_hint_holds(
        items in items(), capacity in 1_usize..40,
        on_full in prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject), Just(OnFull::Stop)],
    ) {
        let (limits, _) = limits(heap(capacity), on_full);
        let mut stream = from_iter(items).keyed_map_in_rs2(limits, |item| item.0, note);
        let mut hints = Vec::new();
        loop {
            hints.push(stream.size_hint());
            if block_on(stream.next()).is_none() {
                break;
            }
        }
        let came = hints.len() - 1;
        for (before, (low, high)) in hints.into_iter().enumerate() {
            let left = came - before;
            prop_assert!(low <= left && high.is_none_or(|high| left <= high));
        }
    }
}

#[test]
fn nothing_in_nothing_out() {
    let none: Vec<Item> = Vec::new();
    let stream = from_iter(none).keyed_map_in_rs2(heap(1), |item| item.0, note);
    assert!(collected(stream).is_empty());
}
