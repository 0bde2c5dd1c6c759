//! The collections of each memory, against those of the standard library.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rs2_core::error::Full;
use rs2_core::store::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// What is done to a collection: which operation, and with what.
fn steps() -> impl Strategy<Value = Vec<(u8, u8)>> {
    let small = prop::collection::vec((any::<u8>(), 0..16_u8), 0..80);
    let filling = prop::collection::vec((0..4_u8, any::<u8>()), 0..400);
    prop_oneof![small, filling]
}

fn capacity() -> impl Strategy<Value = usize> {
    prop_oneof![1..6_usize, Just(100), Just(1_000)]
}

/// What a batch of a memory hands on.
type Done<St> = <<St as Storage>::Batch<u8> as Batch<u8>>::Done;

fn a_queue_is_a_bounded_deque<St: Storage>(storage: &St, steps: Vec<(u8, u8)>) -> TestCaseResult {
    let capacity = storage.capacity();
    let mut queue = storage.queue();
    let mut model = VecDeque::new();
    for (step, value) in steps {
        match step % 8 {
            0..=3 if model.len() < capacity => {
                prop_assert_eq!(queue.push(value), Ok(()));
                model.push_back(value);
            }
            0..=3 => prop_assert_eq!(queue.push(value), Err(Full(value))),
            4 | 5 => prop_assert_eq!(queue.pop(), model.pop_front()),
            6 => {
                let place = usize::from(value % 8);
                prop_assert_eq!(queue.get_mut(place), model.get_mut(place));
                let inserted = queue.insert(place, value);
                prop_assert_eq!(inserted.is_ok(), model.len() < capacity);
                if inserted.is_ok() {
                    model.insert(place.min(model.len()), value);
                }
                prop_assert_eq!(queue.get(place), model.get(place));
                queue.rotate();
                model.rotate_left(usize::from(!model.is_empty()));
                if value < 64 {
                    prop_assert_eq!(queue.remove(place), model.remove(place));
                }
                prop_assert!(queue.iter().eq(&model));
            }
            _ if value == 0 => {
                queue.clear();
                model.clear();
            }
            _ => prop_assert_eq!(queue.front(), model.front()),
        }
        prop_assert_eq!(queue.back(), model.back());
        prop_assert_eq!((queue.len(), queue.is_empty()), (model.len(), model.is_empty()));
        prop_assert_eq!(queue.is_full(), model.len() == capacity);
    }
    Ok(())
}

fn a_batch_is_a_bounded_vec<St: Storage>(
    storage: &St,
    steps: Vec<(u8, u8)>,
    items_of: fn(Done<St>) -> Vec<u8>,
) -> TestCaseResult {
    let capacity = storage.capacity();
    let mut batch = storage.batch();
    let mut model = Vec::new();
    for (step, value) in steps {
        match step % 8 {
            0 => prop_assert_eq!(items_of(batch.finish()), std::mem::take(&mut model)),
            1 => prop_assert_eq!(batch.pop(), model.pop()),
            _ if model.len() < capacity => {
                prop_assert_eq!(batch.push(value), Ok(()));
                model.push(value);
            }
            _ => prop_assert_eq!(batch.push(value), Err(Full(value))),
        }
        prop_assert_eq!((batch.len(), batch.is_empty()), (model.len(), model.is_empty()));
        prop_assert_eq!(batch.is_full(), model.len() == capacity);
    }
    Ok(())
}

fn an_ordered_map_is_a_bounded_btree<St: Storage>(
    storage: &St,
    steps: impl IntoIterator<Item = (u8, u16)>,
) -> TestCaseResult {
    let capacity = storage.capacity();
    let mut ordered = storage.ordered();
    let mut model: BTreeMap<u16, u32> = BTreeMap::new();
    for ((step, key), number) in steps.into_iter().zip(0_u32..) {
        match step % 8 {
            0..=4 if model.contains_key(&key) || model.len() < capacity => {
                let found = ordered.get_or_insert_with(key, || number);
                prop_assert_eq!(found, Ok(model.entry(key).or_insert(number)));
            }
            0..=4 => {
                prop_assert_eq!(ordered.get_or_insert_with(key, || number), Err(Full(key)));
            }
            5 => prop_assert_eq!(ordered.pop_first(), model.pop_first()),
            6 => {
                prop_assert_eq!(ordered.at_or_before(&key), model.range(..=key).next_back());
                prop_assert_eq!(ordered.after(&key), model.range(key..).find(|e| *e.0 > key));
            }
            _ if key % 2 == 0 => prop_assert_eq!(ordered.remove(&key), model.remove(&key)),
            _ => prop_assert!(ordered.range_from(&key).eq(model.range(key..))),
        }
        prop_assert_eq!(ordered.first(), model.first_key_value());
        prop_assert_eq!(ordered.last(), model.last_key_value());
        if let (Some((_, value)), Some(mut entry)) = (ordered.last_mut(), model.last_entry()) {
            *value += 1;
            *entry.get_mut() += 1;
        }
        prop_assert_eq!((ordered.len(), ordered.is_empty()), (model.len(), model.is_empty()));
    }
    prop_assert!(ordered.iter().eq(model.iter()));
    Ok(())
}

fn a_priority_queue_gives_the_smallest_first<St: Storage>(
    storage: &St,
    steps: Vec<(u8, u8)>,
) -> TestCaseResult {
    let capacity = storage.capacity();
    let mut queue = storage.priority();
    let mut model = BinaryHeap::new();
    for (step, value) in steps {
        match step % 8 {
            0..=4 if model.len() < capacity => {
                prop_assert_eq!(queue.push(value), Ok(()));
                model.push(Reverse(value));
            }
            0..=4 => prop_assert_eq!(queue.push(value), Err(Full(value))),
            _ => prop_assert_eq!(queue.pop(), model.pop().map(|Reverse(value)| value)),
        }
        prop_assert_eq!(queue.peek(), model.peek().map(|Reverse(value)| value));
        prop_assert_eq!((queue.len(), queue.is_empty()), (model.len(), model.is_empty()));
    }
    Ok(())
}

fn a_table_is_a_bounded_hash_map<St: KeyStorage>(
    storage: &St,
    steps: Vec<(u8, u8)>,
) -> TestCaseResult {
    let capacity = storage.capacity();
    let mut table = storage.table();
    let mut model: BTreeMap<u8, u32> = BTreeMap::new();
    for ((step, key), number) in steps.into_iter().zip(0_u32..) {
        match step % 16 {
            0..=7 if model.contains_key(&key) || model.len() < capacity => {
                let found = table.get_or_insert_with(key, || number);
                prop_assert_eq!(found, Ok(model.entry(key).or_insert(number)));
            }
            0..=7 => {
                prop_assert_eq!(table.get_or_insert_with(key, || number), Err(Full(key)));
            }
            8..=10 => prop_assert_eq!(table.remove(&key), model.remove(&key)),
            11 => prop_assert_eq!(table.get(&key), model.get(&key)),
            12..=14 => {
                prop_assert_eq!(table.get_mut(&key), model.get_mut(&key));
                table.get_mut(&key).into_iter().for_each(|value| *value += 1);
                model.get_mut(&key).into_iter().for_each(|value| *value += 1);
            }
            _ => {
                table.retain(|other, _| *other % 3 != key % 3);
                model.retain(|other, _| *other % 3 != key % 3);
            }
        }
        prop_assert_eq!((table.len(), table.is_empty()), (model.len(), model.is_empty()));
    }
    let mut rest: Vec<(u8, u32)> = Vec::new();
    table.retain(|key, value| {
        rest.push((*key, *value));
        true
    });
    rest.sort();
    let mut expected: Vec<(u8, u32)> = model.into_iter().collect();
    expected.sort();
    prop_assert_eq!(rest, expected);
    Ok(())
}

fn an_arena_gives_each_item_a_place_of_its_own<St: KeyStorage>(
    storage: &St,
    steps: Vec<(u8, u8)>,
) -> TestCaseResult {
    let capacity = storage.capacity();
    let mut arena = storage.arena();
    let mut model: BTreeMap<u32, u8> = BTreeMap::new();
    for (step, value) in steps {
        let place = u32::from(value % 40);
        match step % 8 {
            0..=3 if model.len() < capacity => {
                let place = arena.insert(value);
                let place = place.expect("there is room");
                prop_assert_eq!(model.insert(place, value), None, "a place given twice");
                prop_assert!((place as usize) < capacity);
            }
            0..=3 => prop_assert_eq!(arena.insert(value), Err(Full(value))),
            4 | 5 => prop_assert_eq!(arena.remove(place), model.remove(&place)),
            6 => prop_assert_eq!(arena.get(place), model.get(&place)),
            _ => prop_assert_eq!(arena.get_mut(place), model.get_mut(&place)),
        }
        prop_assert_eq!((arena.len(), arena.is_empty()), (model.len(), model.is_empty()));
    }
    Ok(())
}

/// Six rows, of which an entry goes where the capacity is reached. Whether there is room for a new
/// one is the owner's to know.
fn rows_are_ordered_maps_of_one_bound<St: KeyStorage>(
    storage: &St,
    steps: Vec<(u8, u8)>,
) -> TestCaseResult {
    let mut rows = storage.rows::<u8, u8>();
    let mut own: [_; 6] = std::array::from_fn(|_| rows.row());
    let mut model: [BTreeMap<u8, u8>; 6] = Default::default();
    for (step, key) in steps {
        let number = usize::from(step / 8) % 6;
        let len = model.iter().map(BTreeMap::len).sum::<usize>();
        match step % 8 {
            0..=3 if len < storage.capacity() || model[number].contains_key(&key) => {
                let found = rows.get_or_insert_with(&mut own[number], key, || step);
                prop_assert_eq!(found, Ok(model[number].entry(key).or_insert(step)));
            }
            0..=3 => {
                let fullest = (0..6).max_by_key(|row| model[*row].len()).expect("there are six");
                let (first, value) = model[fullest].pop_first().expect("they are full");
                prop_assert_eq!(rows.remove(&mut own[fullest], &first), Some(value));
            }
            4 => prop_assert_eq!(rows.remove(&mut own[number], &key), model[number].remove(&key)),
            5 => {
                let key = *model[number].keys().next().unwrap_or(&key);
                prop_assert_eq!(rows.remove(&mut own[number], &key), model[number].remove(&key));
            }
            6 => {
                let before = model[number].range(..=key).next_back();
                prop_assert_eq!(rows.at_or_before(&own[number], &key), before);
                prop_assert!(rows.range_from(&own[number], &key).eq(model[number].range(key..)));
            }
            7 if key % 2 == 0 => {
                prop_assert_eq!(rows.pop_first(&mut own[number]), model[number].pop_first());
            }
            _ => {
                let after = model[number].range(key..).find(|(other, _)| **other > key);
                prop_assert_eq!(rows.after(&own[number], &key), after);
            }
        }
        prop_assert_eq!(rows.is_empty(&own[number]), model[number].is_empty());
        prop_assert_eq!(rows.len(&own[number]), model[number].len());
        prop_assert_eq!(rows.first(&own[number]), model[number].first_key_value());
        prop_assert!(rows.iter(&own[number]).eq(&model[number]));
        if let Some((_, value)) = rows.last_mut(&mut own[number]) {
            *value = value.wrapping_add(1);
        }
        if let Some(mut last) = model[number].last_entry() {
            *last.get_mut() = last.get().wrapping_add(1);
        }
    }
    Ok(())
}

/// The collections of a memory, in the sizes that a strategy chooses.
macro_rules! collections_of {
    ($memory:ident, $storages:expr) => {
        mod $memory {
            use super::*;

            proptest! {
                #![proptest_config(cases(2_000))]

                #[test]
                fn a_queue_is_a_bounded_deque(steps in steps(), storage in $storages) {
                    super::a_queue_is_a_bounded_deque(&storage, steps)?;
                }

                #[test]
                fn a_batch_is_a_bounded_vec(steps in steps(), storage in $storages) {
                    super::a_batch_is_a_bounded_vec(&storage, steps, Vec::from_iter)?;
                }

                #[test]
                fn an_ordered_map_is_a_bounded_btree(steps in steps(), storage in $storages) {
                    let steps = steps.into_iter().map(|(step, key)| (step, key.into()));
                    super::an_ordered_map_is_a_bounded_btree(&storage, steps)?;
                }

                #[test]
                fn a_priority_queue_gives_the_smallest_first(
                    steps in steps(), storage in $storages,
                ) {
                    super::a_priority_queue_gives_the_smallest_first(&storage, steps)?;
                }

                #[test]
                fn a_table_is_a_bounded_hash_map(
                    steps in steps(), storage in $storages,
                ) {
                    super::a_table_is_a_bounded_hash_map(&storage, steps)?;
                }

                #[test]
                fn rows_are_ordered_maps_of_one_bound(steps in steps(), storage in $storages) {
                    super::rows_are_ordered_maps_of_one_bound(&storage, steps)?;
                }

                #[test]
                fn an_arena_gives_each_item_a_place_of_its_own(
                    steps in steps(), storage in $storages,
                ) {
                    super::an_arena_gives_each_item_a_place_of_its_own(&storage, steps)?;
                }
            }
        }
    };
}

fn heaps() -> impl Strategy<Value = SeededHeap> {
    (capacity(), any::<u64>()).prop_map(|(capacity, seed)| Heap::bounded(capacity).seeded(seed))
}

collections_of!(heap, heaps());
#[cfg(feature = "heapless")]
collections_of!(inline_one, any::<u64>().prop_map(|seed| Inline::<1>::new().seeded(seed)));
#[cfg(feature = "heapless")]
collections_of!(inline_few, any::<u64>().prop_map(|seed| Inline::<5>::new().seeded(seed)));
#[cfg(feature = "heapless")]
collections_of!(inline_many, any::<u64>().prop_map(|seed| Inline::<100>::new().seeded(seed)));

/// Keys come and go in a table that stays full, so that many are far from home.
#[cfg(feature = "heapless")]
fn keys_come_and_go<const N: usize>(seed: u64) -> TestCaseResult {
    let mut table = Inline::<N>::new().seeded(seed).table();
    let mut model = BTreeMap::new();
    let mut mixed = seed;
    for step in 0..40 * N {
        mixed = (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9).wrapping_add(step as u64);
        let key = (mixed >> 32) as usize % (2 * N);
        if model.len() == N {
            prop_assert_eq!(table.remove(&key), model.remove(&key));
        } else {
            let found = table.get_or_insert_with(key, || step);
            prop_assert_eq!(found, Ok(model.entry(key).or_insert(step)));
        }
        for key in (0..2 * N).filter(|_| step % 8 == 0) {
            prop_assert_eq!(table.get(&key), model.get(&key), "key {} of {}", key, N);
        }
    }
    Ok(())
}

#[cfg(feature = "heapless")]
#[test]
fn there_is_no_room_to_spare_in_place() {
    let mut spare = Inline::<4>::new().seeded(7).spare();
    assert_eq!((spare.push(1), spare.capacity(), spare.len()), (Err(Full(1)), 0, 0));
    assert_eq!((spare.front(), spare.back(), spare.get(0)), (None, None, None));
    assert_eq!(spare.pop(), None);
    assert_eq!(size_of_val(&spare), 0);
    let mut spare = Heap::bounded(1).seeded(7).spare();
    assert_eq!((spare.push(1), spare.push(2), spare.pop()), (Ok(()), Err(Full(2)), Some(1)));
}

#[cfg(feature = "heapless")]
proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_full_table_in_place_finds_each_key_after_any_removal(seed in any::<u64>()) {
        keys_come_and_go::<2>(seed)?;
        keys_come_and_go::<4>(seed)?;
        keys_come_and_go::<7>(seed)?;
        keys_come_and_go::<9>(seed)?;
        keys_come_and_go::<16>(seed)?;
        keys_come_and_go::<61>(seed)?;
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// First many entries in order, then keys anywhere between them or near their ends, then all
    /// go but a few, and again.
    #[test]
    fn an_ordered_map_on_the_heap_takes_keys_in_order_and_anywhere(
        count in 0..400_u16,
        anywhere in prop::collection::vec((any::<u8>(), 0..900_u16), 0..100),
        near_end in prop::collection::vec((any::<u8>(), 700..900_u16), 0..100),
        gone in 0..500_u16,
        capacity in prop_oneof![Just(150_usize), Just(1_000)],
    ) {
        let in_order = (0..count).map(|key| (0, 2 * key));
        let pops = (0..gone).map(|_| (5, 0));
        let once = in_order.chain(anywhere).chain(near_end).chain(pops);
        an_ordered_map_is_a_bounded_btree(&Heap::bounded(capacity), once.clone().chain(once))?;
    }
}

#[test]
fn a_full_collection_makes_no_value() {
    let mut table = Heap::bounded(1).seeded(1).table();
    assert_eq!(table.get_or_insert_with('a', || 1), Ok(&mut 1));
    assert_eq!(table.get_or_insert_with('b', || panic!("made for nothing")), Err(Full('b')));
    let mut ordered = Heap::bounded(1).ordered();
    assert_eq!(ordered.get_or_insert_with('a', || 1), Ok(&mut 1));
    assert_eq!(ordered.get_or_insert_with('b', || panic!("made for nothing")), Err(Full('b')));
    assert_eq!(ordered.get_or_insert_with('A', || panic!("made for nothing")), Err(Full('A')));
}

#[test]
fn the_capacity_is_that_of_the_storage() {
    let heap = Heap::bounded(7).seeded(1);
    assert_eq!((heap.capacity(), Heap::bounded(7).capacity()), (7, 7));
    assert_eq!(heap.table::<u8, u8>().capacity(), 7);
    assert_eq!(heap.queue::<u8>().capacity(), 7);
    assert_eq!(heap.batch::<u8>().capacity(), 7);
}

#[test]
#[should_panic(expected = "greater than zero")]
fn a_capacity_of_nothing_is_a_mistake() {
    let _ = Heap::bounded(0);
}
