//! The operators that make one item of several, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/ticking.rs"]
mod ticking;

use by_time::{cases, collected, counts, feed, is_beginning, limits, run};
use drain::{drain, poll};
use futures_core::Stream;
use patchy::{ByHand, Patchy};
use proptest::prelude::*;
use rs2_core::op::group::GroupBy;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use std::collections::VecDeque;
use std::mem::take;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use ticking::Ticking;

/// A key and its items.
type Group = (u32, Vec<u32>);

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..40_u32), 0..60)
}

fn items(steps: &[(u8, u32)]) -> Vec<u32> {
    steps.iter().map(|(_, item)| *item).collect()
}

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn key_of(item: &u32) -> u32 {
    item / 10
}

/// Groups of at most `size` items for at most `most` keys, and how many went out before the end.
fn groups(items: &[u32], most: usize, size: usize) -> (Vec<Group>, u64) {
    let (mut open, mut out): (Vec<Group>, Vec<Group>) = Default::default();
    for &item in items {
        let place = open.iter().position(|(key, _)| *key == item).unwrap_or_else(|| {
            if open.len() == most {
                out.push(open.remove(0));
            }
            open.push((item, Vec::new()));
            open.len() - 1
        });
        open[place].1.push(item);
        if open[place].1.len() == size {
            out.push((item, take(&mut open[place].1)));
        }
    }
    out.retain(|(_, items)| !items.is_empty());
    let early = out.len() as u64;
    open.retain(|(_, items)| !items.is_empty());
    out.extend(open);
    (out, early)
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn sliding_window_shows_every_full_window(steps in steps(), size in 1..9_usize) {
        let expected: Vec<Vec<u32>> = items(&steps).windows(size).map(<[u32]>::to_vec).collect();
        let got = drain(|| Patchy::new(steps.clone()).sliding_window_rs2(size));
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn sliding_window_with_lends_every_full_window(steps in steps(), size in 1..9_usize) {
        let expected: Vec<Vec<u32>> = items(&steps).windows(size).map(<[u32]>::to_vec).collect();
        let got = drain(|| {
            Patchy::new(steps.clone()).sliding_window_with_rs2(size, <[u32]>::to_vec)
        });
        prop_assert_eq!(got, expected);
    }

    // Each batch comes out from its end, an item as often as it says.
    #[test]
    fn batch_process_yields_what_is_made_of_each_batch(steps in steps(), size in 1..9_usize) {
        let process = |batch: Vec<u32>| -> Vec<u32> {
            let from_end = batch.into_iter().rev();
            from_end.flat_map(|item| vec![item; item as usize % 3]).collect()
        };
        let all = items(&steps);
        let expected: Vec<u32> = all.chunks(size).flat_map(|b| process(b.to_vec())).collect();
        let got = drain(|| Patchy::new(steps.clone()).batch_process_rs2(size, process));
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn group_adjacent_by_yields_runs(steps in steps(), size in 1..9_usize) {
        let all = items(&steps);
        let runs = all.chunk_by(|left, right| key_of(left) == key_of(right));
        let expected: Vec<Group> = runs
            .flat_map(|run| run.chunks(size).map(|part| (key_of(&part[0]), part.to_vec())))
            .collect();
        let got = drain(|| {
            Patchy::new(steps.clone()).group_adjacent_by_in_rs2(Heap::bounded(size), key_of)
        });
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn group_by_collects_by_key_in_the_order_of_the_keys(steps in steps()) {
        let all = items(&steps);
        let mut keys: Vec<u32> = Vec::new();
        for key in all.iter().map(key_of) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let of = |key: u32| all.iter().copied().filter(|item| key_of(item) == key).collect();
        let expected: Vec<Group> = keys.into_iter().map(|key| (key, of(key))).collect();
        let got = drain(|| {
            Patchy::new(steps.clone()).group_by_in_rs2(heap(9), Heap::bounded(99), key_of)
        });
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn groups_are_split_where_there_is_no_room_and_nothing_is_lost(
        steps in steps(), most in 1..30_usize, size in 1..6_usize,
    ) {
        let all = items(&steps);
        let (expected, early) = groups(&all, most, size);
        let got = drain(|| {
            let items = Patchy::new(steps.clone());
            items.group_by_in_rs2(heap(most), Heap::bounded(size), |item| *item)
        });
        prop_assert_eq!(&got, &expected);
        let (limits, losses) = limits(heap(most), OnFull::Evict);
        let mut machine = GroupBy::new(limits, Heap::bounded(size), |item: &u32| *item);
        run(&mut machine, all.clone(), |machine| {
            assert!(by_time::size_of(machine, "keys") <= most);
        });
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, early]);
        let mut came: Vec<u32> = got.into_iter().flat_map(|(_, items)| items).collect();
        let mut all = all;
        came.sort_unstable();
        all.sort_unstable();
        prop_assert_eq!(came, all);
    }

    #[test]
    fn groups_that_reject_leave_out_the_items_of_new_keys(
        steps in steps(), most in 1..30_usize,
    ) {
        let all = items(&steps);
        let mut keys: Vec<u32> = Vec::new();
        let taken: Vec<u32> = all.iter().copied().filter(|item| {
            if !keys.contains(item) && keys.len() < most {
                keys.push(*item);
            }
            keys.contains(item)
        }).collect();
        let (limits, losses) = limits(heap(most), OnFull::Reject);
        let grouped = from_iter(all.clone()).group_by_in_rs2(limits, Heap::bounded(99), |n| *n);
        prop_assert_eq!(collected(grouped), groups(&taken, 99, 99).0);
        prop_assert_eq!(counts(&losses), [0, 0, 0, (all.len() - taken.len()) as u64, 0]);
    }

    #[test]
    fn groups_that_stop_let_no_part_of_a_group_out(steps in steps(), most in 1..30_usize) {
        let all = items(&steps);
        let (whole, _) = groups(&all, 99, 99);
        let (limits, losses) = limits(heap(most), OnFull::Stop);
        let stream = from_iter(all).group_by_in_rs2(limits, Heap::bounded(99), |n| *n);
        let found = collected(stream);
        is_beginning(&found, &whole, &losses);
        prop_assert_eq!(losses.is_stopped(), whole.len() > most);
        prop_assert!(found.is_empty() || !losses.is_stopped());
    }

    // Time goes on by one at each step; what comes is there before the time is looked at, unless
    // nobody asks at that step.
    #[test]
    fn chunk_within_keeps_no_chunk_for_longer_than_it_may(
        arrivals in prop::collection::vec((0..4_usize, prop::bool::weighted(0.8)), 0..40),
        size in 1..6_usize, longest in 0..6_u64,
    ) {
        let (clock, source) = (Ticking::default(), ByHand::default());
        let wait = Duration::from_nanos(longest);
        let mut chunks = pin!(source.clone().chunk_within_on_rs2(clock.clone(), size, wait));
        let (mut ready, mut chunk, mut due) = (VecDeque::new(), Vec::new(), u64::MAX);
        for (now, (count, asks)) in (0_u64..).zip(arrivals) {
            clock.now.set(now);
            for item in (0..count as u64).map(|item| 10 * now + item) {
                source.give(item);
                ready.push_back(item);
            }
            if !asks {
                continue;
            }
            let mut expected = Vec::new();
            if due < now {
                expected.push(take(&mut chunk));
            }
            for item in ready.drain(..) {
                if chunk.is_empty() {
                    due = now + longest;
                }
                chunk.push(item);
                if chunk.len() == size {
                    expected.push(take(&mut chunk));
                }
            }
            if !chunk.is_empty() && due <= now {
                expected.push(take(&mut chunk));
            }
            if chunk.is_empty() {
                due = u64::MAX;
            }
            let mut found = Vec::new();
            while let Poll::Ready(Some(chunk)) = poll(chunks.as_mut(), &Arc::default()) {
                found.push(chunk);
            }
            prop_assert_eq!(found, expected, "at {}", now);
        }
        source.end();
        chunk.extend(ready);
        let mut rest = Vec::new();
        while let Poll::Ready(Some(chunk)) = poll(chunks.as_mut(), &Arc::default()) {
            rest.extend(chunk);
        }
        prop_assert_eq!(rest, chunk);
        prop_assert_eq!(chunks.size_hint(), (0, Some(0)));
    }
}

#[test]
fn sizes_of_zero_panic_where_the_operator_is_made() {
    let source = || from_iter([1_u32]);
    assert!(catch_unwind(|| source().sliding_window_rs2(0)).is_err());
    assert!(catch_unwind(|| source().batch_process_rs2(0, |batch| batch)).is_err());
    let wait = Duration::from_secs(1);
    let made = catch_unwind(|| {
        let _ = source().chunk_within_on_rs2(Ticking::default(), 0, wait);
    });
    assert!(made.is_err());
}

#[test]
fn a_group_that_went_out_full_keeps_the_place_of_its_key() {
    let all = [1, 2, 1, 1];
    let groups = from_iter(all).group_by_in_rs2(heap(9), Heap::bounded(2), |item| *item);
    assert_eq!(collected(groups), [(1, vec![1, 1]), (1, vec![1]), (2, vec![2])]);
}

/// The published crate groups consecutive items only.
// The peer grouped neighbours only, under both names.
#[test]
fn group_by_brings_items_together_that_are_far_apart() {
    let groups = from_iter([1, 2, 1]).group_by_in_rs2(heap(9), Heap::bounded(9), |item| *item);
    assert_eq!(collected(groups), [(1, vec![1, 1]), (2, vec![2])]);
}

#[test]
fn a_key_whose_group_is_empty_makes_room_without_a_loss() {
    let (limits, losses) = limits(heap(1), OnFull::Evict);
    let mut machine = GroupBy::new(limits, Heap::bounded(2), |item: &u32| *item);
    assert_eq!(feed(&mut machine, 1), []);
    assert_eq!(feed(&mut machine, 1), [(1, vec![1, 1])]);
    assert_eq!(feed(&mut machine, 2), []);
    assert_eq!(losses.total(), 1, "the full group alone");
    assert_eq!(feed(&mut machine, 1), [(2, vec![2])]);
}
