//! Items that find no room in a group come back, and nothing else is different.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;

use cases::cases;
use futures_executor::block_on;
use futures_util::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::group::{GroupItems, Grouping, OnGroupFull, OnMaxGroups, Ungrouped};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::NoTimer;
use snapshots::Later;
use std::error::Error;

/// A key, and its place in the input.
type Item = (u32, usize);

fn heap(groups: usize) -> SeededHeap {
    Heap::bounded(groups).seeded(1)
}

/// The items, one after each so many polls.
fn source(keys: &[u32], pause: u32) -> impl Stream<Item = Item> {
    from_iter(numbered(keys)).eval_map_rs2(move |item| Later::new(pause, item))
}

fn numbered(keys: &[u32]) -> Vec<Item> {
    keys.iter().copied().zip(0..).collect()
}

fn key_of(item: &Item) -> u32 {
    item.0
}

/// Waits, and reads until the group ends, or so many items.
async fn read(items: GroupItems<Item>, waits: u32, most: usize) -> Vec<usize> {
    Later::new(waits, ()).await;
    items.take(most).map(|(_, number)| number).collect().await
}

fn keys() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0_u32..6, 0..60)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_item_is_in_a_group_or_comes_back(
        keys in keys(),
        groups in 1_usize..5,
        capacity in 1_usize..4,
        (pause, waits) in (0_u32..2, 0_u32..6),
        most in 1_usize..6,
        full in prop::sample::select(vec![OnGroupFull::DropNewest, OnGroupFull::Backpressure]),
    ) {
        let answer = OnMaxGroups::Reject;
        let grouping = Grouping::of(capacity).on_max_groups(answer).on_group_full(full);
        let consume = |_, items| read(items, waits, most);
        let stream = source(&keys, pause)
            .try_group_by_with_config_on_rs2(NoTimer, heap(groups), grouping, key_of, consume);
        let (mut all, mut left) = (Vec::new(), Vec::new());
        for output in block_on(stream.collect::<Vec<_>>()) {
            match output {
                Ok((key, group)) => all.extend(group.into_iter().map(|number| (key, number))),
                Err(other) => {
                    let is_full = matches!(other, Ungrouped::GroupFull(_));
                    prop_assert!(!is_full || full == OnGroupFull::DropNewest);
                    left.push(other.into_item());
                }
            }
        }
        prop_assert!(left.is_sorted_by_key(|item| item.1), "{left:?}");
        all.extend(left);
        all.sort_unstable_by_key(|item| item.1);
        prop_assert_eq!(all, numbered(&keys));
    }

    #[test]
    fn what_comes_back_is_what_else_would_be_counted(
        keys in keys(), groups in 1_usize..5, capacity in 1_usize..4, most in 1_usize..6,
    ) {
        let grouping = Grouping::of(capacity).on_max_groups(OnMaxGroups::Reject);
        let consume = |_, items| read(items, 0, most);
        let counted = source(&keys, 1)
            .group_by_with_config_on_rs2(NoTimer, heap(groups), grouping, key_of, consume);
        let losses = counted.losses().clone();
        let counted = block_on(counted.collect::<Vec<_>>());
        let tried = source(&keys, 1)
            .try_group_by_with_config_on_rs2(NoTimer, heap(groups), grouping, key_of, consume);
        let tried = block_on(tried.collect::<Vec<_>>());
        let (done, left): (Vec<_>, Vec<_>) = tried.into_iter().partition(Result::is_ok);
        prop_assert_eq!(done.into_iter().flatten().collect::<Vec<_>>(), counted);
        prop_assert_eq!(left.len() as u64, losses.of(Loss::Full));
        prop_assert!(left.iter().all(|left| matches!(left, Err(Ungrouped::NoGroup(_)))));
    }
}

/// As an error of the whole stream.
#[test]
fn the_first_item_without_a_group_can_end_the_stream() {
    let grouping = Grouping::of(9).on_max_groups(OnMaxGroups::Reject);
    let stream = source(&[1, 1, 2, 1], 1).try_group_by_with_config_on_rs2(
        NoTimer,
        heap(1),
        grouping,
        key_of,
        |_, items| read(items, 0, 9),
    );
    let all: Result<Vec<(u32, Vec<usize>)>, _> = block_on(stream.try_collect());
    let error = all.expect_err("the second key finds no room");
    assert_eq!(error, Ungrouped::NoGroup((2, 2)));
    let error: &dyn Error = &error;
    assert_eq!(error.to_string(), "as many groups are open as may be");
}
