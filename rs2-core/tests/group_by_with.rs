//! Each key's items go to a consumer of their own: all of them, in order, in bounded memory, and
//! without a deadlock.
#![cfg(feature = "std")]

use futures_executor::block_on;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::pending;
use std::task::{Context, Poll, Waker};

/// Polled once with its waker and then again, so that others go first.
async fn give_way() {
    let mut waited = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

proptest! {
    #[test]
    fn every_item_reaches_its_group_once_and_in_order(
        items in prop::collection::vec(0_u32..6, 0..60),
        groups in 1_usize..5,
        capacity in 1_usize..4,
        patience in 1_usize..6,
        pauses in 0_usize..3,
    ) {
        let numbered: Vec<(u32, usize)> = items.iter().copied().zip(0..).collect();
        let stream = from_iter(numbered.clone()).group_by_with_in_rs2(
            Heap::bounded(groups).seeded(1),
            capacity,
            |(key, _)| *key,
            |key, mut items| async move {
                let mut seen = Vec::new();
                while seen.len() < patience {
                    let Some((of, number)) = items.next().await else { break };
                    assert_eq!(of, key);
                    seen.push(number);
                    for _ in 0..pauses {
                        give_way().await;
                    }
                }
                seen
            },
        );
        let losses = stream.losses().clone();
        let outputs: Vec<(u32, Vec<usize>)> = block_on(stream.collect_rs2());
        prop_assert_eq!(losses.total(), 0);
        prop_assert!(outputs.iter().all(|(_, seen)| (1..=patience).contains(&seen.len())));
        let mut by_key: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (key, seen) in outputs {
            by_key.entry(key).or_default().extend(seen);
        }
        let mut expected: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (key, number) in numbered {
            expected.entry(key).or_default().push(number);
        }
        prop_assert_eq!(by_key, expected);
    }
}

#[test]
fn more_keys_than_groups_end_in_more_groups_and_not_in_a_deadlock() {
    let counts: Vec<(u32, usize)> = block_on(
        from_iter((0..30).map(|n| n % 10))
            .group_by_with_in_rs2(
                Heap::bounded(2).seeded(1),
                1,
                |n| *n,
                |_, items| items.fold_sync_rs2(0, |count, _| count + 1),
            )
            .collect_rs2(),
    );
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<usize>(), 30);
    assert_eq!(counts.len(), 30, "no group was open when its key came again");
}

#[test]
fn a_full_group_holds_up_its_own_items_only_until_the_source_waits() {
    let taken = RefCell::new(0);
    let source = from_iter(0..100).inspect_rs2(|_| *taken.borrow_mut() += 1);
    let mut stream = std::pin::pin!(source.group_by_with_in_rs2(
        Heap::bounded(4).seeded(1),
        5,
        |n| n % 2,
        |key, items| async move {
            if key == 0 {
                pending::<()>().await;
            }
            items.count().await
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    // Five even numbers wait in their group, the sixth in front of it; the odd ones have gone.
    assert_eq!(*taken.borrow(), 11);
}

#[test]
fn a_consumer_that_reads_nothing_ends_and_its_items_are_counted() {
    let stream = from_iter(0..10).group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        4,
        |_| (),
        |(), _| async { "nothing" },
    );
    let losses = stream.losses().clone();
    let outputs: Vec<((), &str)> = block_on(stream.collect_rs2());
    assert!(!outputs.is_empty());
    assert_eq!(losses.of(Loss::Abandoned), 10);
}

#[test]
fn a_group_in_another_task_ends_with_the_stream() {
    let sent = RefCell::new(None);
    let mut stream =
        Box::pin(from_iter([1, 1]).concat_rs2(stream_of_silence()).group_by_with_in_rs2(
            Heap::bounded(2).seeded(1),
            4,
            |n| *n,
            |_, items| {
                *sent.borrow_mut() = Some(items);
                pending::<()>()
            },
        ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    drop(stream);
    let items = sent.take().expect("the group was opened");
    assert_eq!(block_on(items.collect_rs2::<Vec<u32>>()), [1, 1]);
}

fn stream_of_silence() -> impl Progress<Item = u32> {
    eval(pending())
}
