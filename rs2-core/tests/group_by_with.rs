//! Each key's items go to a consumer of their own: all of them, in order, in bounded memory, and
//! without a deadlock.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use futures_executor::block_on;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::group::GroupItems;
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

/// Polled once with its waker and then again, so that others go first.
async fn give_way() {
    let mut waited = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

proptest! {
    #![proptest_config(cases(256))]

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
    let mut stream = pin!(source.group_by_with_in_rs2(
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

#[test]
fn items_moved_elsewhere_outlive_their_consumer() {
    let moved = RefCell::new(Vec::new());
    let stream = from_iter(0..6).group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        4,
        |n| n % 2,
        |_, items| {
            moved.borrow_mut().push(items);
            ready(())
        },
    );
    let losses = stream.losses().clone();
    block_on(stream.collect_rs2::<Vec<_>>());
    let all = moved.take().into_iter().map(|items| block_on(items.collect_rs2::<Vec<u32>>()));
    let mut all = all.flatten().collect::<Vec<u32>>();
    all.sort();
    assert_eq!((all, losses.total()), ((0..6).collect(), 0));
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

#[test]
fn the_end_of_a_consumer_wakes_who_reads_its_items_elsewhere() {
    let moved = RefCell::new(None);
    let finish = Cell::new(false);
    let mut stream = pin!(from_iter([1]).concat_rs2(stream_of_silence()).group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        4,
        |n| *n,
        |_, items| {
            *moved.borrow_mut() = Some(items);
            poll_fn(|cx| {
                cx.waker().wake_by_ref();
                if finish.get() { Poll::Ready(()) } else { Poll::Pending }
            })
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    let mut items = moved.take().expect("the group was opened");
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut elsewhere = Context::from_waker(&waker);
    assert_eq!(items.next().poll_unpin(&mut elsewhere), Poll::Ready(Some(1)));
    assert!(items.next().poll_unpin(&mut elsewhere).is_pending());
    finish.set(true);
    assert_eq!(stream.next().poll_unpin(&mut cx), Poll::Ready(Some((1, ()))));
    assert!(woken.0.load(SeqCst));
    assert_eq!(items.next().poll_unpin(&mut elsewhere), Poll::Ready(None));
}

#[test]
fn a_reader_elsewhere_wakes_the_stream_that_waits_for_room() {
    let moved = RefCell::new(None);
    let source = from_iter([1, 1]).concat_rs2(stream_of_silence());
    let mut stream = pin!(source.group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        1,
        |n| *n,
        |_, items| {
            *moved.borrow_mut() = Some(items);
            pending::<()>()
        },
    ));
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut cx = Context::from_waker(&waker);
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    woken.0.store(false, SeqCst);
    let mut items = moved.take().expect("the group was opened");
    let mut elsewhere = Context::from_waker(Waker::noop());
    assert_eq!(items.next().poll_unpin(&mut elsewhere), Poll::Ready(Some(1)));
    assert!(woken.0.load(SeqCst));
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    assert_eq!(items.next().poll_unpin(&mut elsewhere), Poll::Ready(Some(1)));
}

#[test]
fn nothing_is_sent_to_who_reads_no_more() {
    let (taken, finish) = (Cell::new(0), Cell::new(false));
    let source = from_iter(0..9).inspect_rs2(|_| taken.set(taken.get() + 1));
    let stream = source.group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        4,
        |_| (),
        |(), items| {
            drop(items);
            poll_fn(|_| if finish.get() { Poll::Ready(()) } else { Poll::Pending })
        },
    );
    let losses = stream.losses().clone();
    let mut stream = Box::pin(stream);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    // One for which the group was opened, and one that waits for the next group.
    assert_eq!(taken.get(), 2);
    drop(stream);
    assert_eq!(losses.total(), 0);
}

#[test]
fn a_group_that_was_closed_stays_closed() {
    let ends = Cell::new(0);
    // The third key closes the first group, whose consumer goes on; the second finishes after one
    // item, and makes room for the third. Then an item comes for the group that is closed.
    let keys = from_iter([0, 1, 2, 0]).concat_rs2(stream_of_silence());
    let mut stream = pin!(keys.group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        2,
        |n| *n,
        |key, mut items| {
            let ends = &ends;
            async move {
                if key == 1 {
                    give_way().await;
                    give_way().await;
                    return;
                }
                while items.next().await.is_some() {}
                loop {
                    assert_eq!(items.next().await, None);
                    ends.set(ends.get() + 1);
                    give_way().await;
                }
            }
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    let outputs = (0..20).filter(|_| stream.next().poll_unpin(&mut cx).is_ready());
    assert_eq!(outputs.count(), 1);
    assert!(ends.get() > 10, "it was asked {} times", ends.get());
}

#[test]
fn a_group_that_nobody_reads_is_not_closed_to_make_room() {
    let later = eval(async {
        give_way().await;
        2
    });
    let keys = from_iter([0, 1]).concat_rs2(later).concat_rs2(stream_of_silence());
    let mut stream = pin!(keys.group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        2,
        |n| *n,
        |key, items| async move {
            if key == 0 {
                drop(items);
                return pending().await;
            }
            items.count().await
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    // The first would not see its end, and so not finish any sooner.
    assert_eq!(stream.next().poll_unpin(&mut cx), Poll::Ready(Some((1, 1))));
}

#[test]
fn who_asks_twice_for_an_item_waits_once() {
    let source = from_iter([0, 1]).concat_rs2(stream_of_silence()).foreign_rs2();
    let mut stream = pin!(source.group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        2,
        |n| *n,
        |key, mut items| async move {
            items.next().await;
            if key == 0 {
                // In flight, for all that the stream knows.
                return pending::<()>().await;
            }
            for _ in 0..4 {
                assert!(poll_fn(|cx| Poll::Ready(items.next().poll_unpin(cx))).await.is_pending());
            }
            items.next().await;
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    assert!(stream.as_mut().poll_progress(&mut cx).is_pending());
}

#[test]
fn one_group_at_a_time_is_closed_to_make_room() {
    let keys = from_iter([0, 1, 2]).concat_rs2(stream_of_silence());
    let mut stream = pin!(keys.group_by_with_in_rs2(
        Heap::bounded(2).seeded(1),
        2,
        |n| *n,
        |key, items| async move {
            let count = items.count().await;
            if key == 0 { pending().await } else { count }
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..5 {
        assert!(stream.next().poll_unpin(&mut cx).is_pending(), "a second one was closed");
    }
}

#[test]
fn progress_sees_a_consumer_that_goes_on_after_its_end() {
    let finish = Cell::new(false);
    // The end comes when the consumers wait for an item.
    let end = eval(give_way()).map_rs2(|()| 0).filter_rs2(|_| false);
    let mut stream = pin!(from_iter([1, 2]).concat_rs2(end).group_by_with_in_rs2(
        Heap::bounded(4).seeded(1),
        2,
        |n| *n,
        |_, mut items| {
            let finish = &finish;
            async move {
                while items.next().await.is_some() {}
                while !finish.get() {
                    give_way().await;
                }
            }
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(stream.next().poll_unpin(&mut cx).is_pending());
    }
    assert!(stream.as_mut().poll_progress(&mut cx).is_pending());
    finish.set(true);
    assert!(stream.as_mut().poll_progress(&mut cx).is_ready());
    assert_eq!(block_on(stream.count()), 2);
}

#[test]
fn consumers_without_end_leave_the_task_to_others() {
    let (finish, opened) = (Cell::new(false), Cell::new(0));
    let mut stream = pin!(from_iter(0..10_000).group_by_with_in_rs2(
        Heap::bounded(1).seeded(1),
        20_000,
        |_| (),
        |(), mut items| {
            opened.set(opened.get() + 1);
            let finish = &finish;
            async move {
                let first = items.next().await;
                while !finish.get() {
                    give_way().await;
                }
                first
            }
        },
    ));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..20 {
        assert!(stream.next().poll_unpin(&mut cx).is_pending());
    }
    finish.set(true);
    // Each of them takes one of the items that wait, and leaves the others to the next.
    assert!(stream.next().poll_unpin(&mut cx).is_ready());
    assert!(opened.get() <= 1_025, "{} in one poll", opened.get());
    let _ = stream.as_mut().poll_progress(&mut cx);
    assert!(opened.get() <= 2_049, "{} in two polls", opened.get());
    assert_eq!(block_on(stream.count()), 9_999);
}

#[test]
#[should_panic(expected = "a group needs room for at least one item")]
fn groups_without_room_are_refused() {
    let count = |_, items: GroupItems<u32>| items.count();
    let _ = from_iter([1]).group_by_with_in_rs2(Heap::bounded(2).seeded(1), 0, |n| *n, count);
}

fn stream_of_silence() -> impl Progress<Item = u32> {
    eval(pending())
}
