//! Batches by size, weight and time, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use drain::poll;
use futures_core::Stream;
use futures_executor::block_on;
use patchy::{ByHand, Patchy};
use proptest::prelude::*;
use rs2_core::op::group::Batching;
use rs2_core::prelude::*;
use rs2_core::time::NoTimer;
use std::collections::VecDeque;
use std::mem::take;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use ticking::Ticking;

/// Takes `item` into `batch`, and returns the batches that this completes.
fn batched(batch: &mut Vec<usize>, item: usize, size: usize, most: usize) -> Vec<Vec<usize>> {
    let mut complete = Vec::new();
    if !batch.is_empty() && batch.iter().sum::<usize>() + item > most {
        complete.push(take(batch));
    }
    batch.push(item);
    if batch.len() == size || batch.iter().sum::<usize>() >= most {
        complete.push(take(batch));
    }
    complete
}

fn batches(items: &[usize], size: usize, most: usize) -> Vec<Vec<usize>> {
    let mut open = Vec::new();
    let mut complete: Vec<Vec<usize>> =
        items.iter().flat_map(|&item| batched(&mut open, item, size, most)).collect();
    complete.extend((!open.is_empty()).then_some(open));
    complete
}

fn steps() -> impl Strategy<Value = Vec<(u8, usize)>> {
    prop::collection::vec((0..3_u8, 0..12_usize), 0..60)
}

fn weight(item: &usize) -> usize {
    *item
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn no_chunk_weighs_too_much_but_for_an_item_that_does_so_alone(
        steps in steps(), most in 1..30_usize,
    ) {
        let items: Vec<usize> = steps.iter().map(|(_, item)| *item).collect();
        let chunks = Patchy::new(steps).chunk_by_weight_rs2(most, weight);
        let chunks: Vec<Vec<usize>> = block_on(chunks.collect_rs2());
        for chunk in &chunks {
            prop_assert!(chunk.len() == 1 || chunk.iter().sum::<usize>() <= most);
        }
        prop_assert_eq!(chunks, batches(&items, usize::MAX, most));
    }

    #[test]
    fn batches_by_size_and_weight_are_processed_in_order(
        steps in steps(), size in 1..6_usize, most in 1..30_usize, results in 0..3_usize,
    ) {
        let items: Vec<usize> = steps.iter().map(|(_, item)| *item).collect();
        let batching = Batching::of(size).weighing(most, weight);
        let process = |batch: Vec<usize>| vec![batch; results];
        let seen = Patchy::new(steps).batch_process_with_on_rs2(NoTimer, batching, process);
        let seen: Vec<Vec<usize>> = block_on(seen.collect_rs2());
        let expected = batches(&items, size, most).into_iter().flat_map(process);
        prop_assert!(seen.into_iter().eq(expected));
    }

    // Time goes on by one at each step; what comes is there before the time is looked at.
    #[test]
    fn no_batch_waits_longer_than_it_may(
        arrivals in prop::collection::vec(prop::collection::vec(0..12_usize, 0..4), 0..40),
        size in 1..6_usize, most in 1..30_usize, longest in 0..6_u64,
    ) {
        let (clock, source) = (Ticking::default(), ByHand::default());
        let batching =
            Batching::of(size).weighing(most, weight).within(Duration::from_nanos(longest));
        let batches =
            source.clone().batch_process_with_on_rs2(clock.clone(), batching, |batch| [batch]);
        let mut batches = pin!(batches);
        let (mut open, mut due) = (Vec::new(), u64::MAX);
        for (now, items) in (0_u64..).zip(arrivals) {
            clock.now.set(now);
            items.iter().for_each(|&item| source.give(item));
            let mut expected = VecDeque::new();
            for item in items {
                let was_empty = open.is_empty();
                let complete = batched(&mut open, item, size, most);
                if was_empty || !complete.is_empty() {
                    due = now + longest;
                }
                expected.extend(complete);
            }
            if !open.is_empty() && due <= now {
                expected.push_back(take(&mut open));
            }
            while let Poll::Ready(Some(batch)) = poll(batches.as_mut(), &Arc::default()) {
                prop_assert_eq!(Some(batch), expected.pop_front(), "at {}", now);
            }
            prop_assert_eq!(expected.len(), 0, "at {}", now);
        }
        source.end();
        let rest = poll(batches.as_mut(), &Arc::default());
        prop_assert_eq!(rest, Poll::Ready((!open.is_empty()).then_some(open)));
    }

    #[test]
    fn a_chunk_by_weight_never_lies_about_what_is_left(
        items in prop::collection::vec(0..12_usize, 0..40), most in 1..30_usize,
    ) {
        let total = batches(&items, usize::MAX, most).len();
        let mut chunks = pin!(from_iter(items).chunk_by_weight_rs2(most, weight));
        for came in 0..=total {
            let (low, high) = chunks.size_hint();
            prop_assert!(low <= total - came && high.is_none_or(|high| high >= total - came));
            let _ = poll(chunks.as_mut(), &Arc::default());
        }
        prop_assert_eq!(chunks.size_hint(), (0, Some(0)));
    }
}

#[test]
fn a_weight_beyond_all_numbers_makes_batches_of_one() {
    let chunks = from_iter([1, usize::MAX, usize::MAX, 1]).chunk_by_weight_rs2(usize::MAX, weight);
    let chunks: Vec<Vec<usize>> = block_on(chunks.collect_rs2());
    assert_eq!(chunks, [vec![1], vec![usize::MAX], vec![usize::MAX], vec![1]]);
}

#[test]
fn items_without_weight_do_not_pile_up() {
    let chunks = from_iter(0..25_000).chunk_by_weight_rs2(9, |_| 0);
    let sizes = chunks.map_rs2(|chunk| chunk.len());
    assert_eq!(block_on(sizes.collect_rs2::<Vec<usize>>()), [10_000, 10_000, 5_000]);
}

#[test]
fn a_batch_without_a_time_limit_asks_for_no_timer() {
    let clock = Ticking::default();
    let (source, batching) = (ByHand::default(), Batching::of(2));
    source.give(1);
    let batches =
        source.clone().batch_process_with_on_rs2(clock.clone(), batching, |batch| [batch]);
    let mut batches = pin!(batches);
    assert!(poll(batches.as_mut(), &Arc::default()).is_pending());
    assert_eq!(clock.armed.get(), 0);
}

#[test]
fn limits_of_zero_panic_where_they_are_set() {
    assert!(catch_unwind(|| Batching::<u32>::of(0)).is_err());
    assert!(catch_unwind(|| Batching::of(1).weighing(0, |_: &u32| 1)).is_err());
    assert!(catch_unwind(|| from_iter([1]).chunk_by_weight_rs2(0, |_| 1)).is_err());
}
