//! broadcast and split against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/patchy.rs"]
mod patchy;

use cases::cases;
use futures_core::Stream;
use futures_executor::{LocalPool, block_on};
use futures_util::stream::StreamExt;
use futures_util::task::LocalSpawnExt;
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::metrics::Loss;
use rs2_core::prelude::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

type Seen<T> = Rc<RefCell<Vec<T>>>;

/// Reads `stream` in a task of its own: so many yields after each item, and away after `until`.
fn read<T: 'static>(
    pool: &LocalPool,
    stream: impl Stream<Item = T> + 'static,
    pauses: u8,
    until: usize,
) -> Seen<T> {
    let seen: Seen<T> = Rc::default();
    let into = seen.clone();
    let task = async move {
        let mut stream = pin!(stream);
        for _ in 0..until {
            let Some(item) = stream.next().await else { return };
            into.borrow_mut().push(item);
            yield_times(pauses).await;
        }
    };
    pool.spawner().spawn_local(task).unwrap();
    seen
}

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..1_000_u32), 0..60)
}

/// How a branch is read: pauses after each item, and after how many items it leaves.
fn readers() -> impl Strategy<Value = Vec<(u8, usize)>> {
    let leaves = prop_oneof![Just(usize::MAX), 0..40_usize];
    prop::collection::vec((0..4_u8, leaves), 1..6)
}

proptest! {
    #![proptest_config(cases(256))]

    // One task per branch, each with a waker of its own: a task left over is a lost wakeup.
    #[test]
    fn every_branch_yields_every_item_until_it_leaves(
        steps in steps(), readers in readers(), capacity in 1..9_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let mut broadcast = Patchy::new(steps).broadcast_rs2(capacity);
        let mut pool = LocalPool::new();
        let seen: Vec<_> = readers
            .iter()
            .map(|(pauses, until)| read(&pool, broadcast.branch(), *pauses, *until))
            .collect();
        drop(broadcast);
        pool.run_until_stalled();
        for (seen, (_, until)) in seen.iter().zip(&readers) {
            let expected = &items[..items.len().min(*until)];
            prop_assert_eq!(&seen.borrow()[..], expected);
            prop_assert_eq!(Rc::strong_count(seen), 1, "its task has finished");
        }
    }

    #[test]
    fn branches_joined_in_one_task_do_not_wait_for_each_other_for_ever(
        steps in steps(), pauses in prop::collection::vec(0..4_u8, 1..6), capacity in 1..9_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let mut broadcast = Patchy::new(steps).broadcast_rs2(capacity);
        let reads: Vec<_> = pauses.iter().map(|pauses| {
            broadcast.branch().then(move |item| async move { yield_times(*pauses).await; item })
                .collect::<Vec<_>>()
        }).collect();
        let seen = block_on(futures_util::future::join_all(reads));
        prop_assert!(seen.iter().all(|seen| *seen == items));
    }

    #[test]
    fn each_side_of_a_split_yields_its_items_and_what_a_gone_side_misses_is_counted(
        steps in steps(), one in (0..4_u8, prop_oneof![Just(usize::MAX), 0..20_usize]),
        other in (0..4_u8, prop_oneof![Just(usize::MAX), 0..20_usize]), capacity in 1..9_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let (even, odd) = Patchy::new(steps).split_rs2(|n| n % 2 == 0, capacity);
        let losses = even.losses();
        let mut pool = LocalPool::new();
        let (seen_even, seen_odd) =
            (read(&pool, even, one.0, one.1), read(&pool, odd, other.0, other.1));
        pool.run_until_stalled();
        let (evens, odds): (Vec<u32>, Vec<u32>) = items.iter().partition(|n| *n % 2 == 0);
        let sides = [(&seen_even, evens, one.1), (&seen_odd, odds, other.1)];
        let whole = sides.iter().any(|(_, _, until)| *until == usize::MAX);
        let mut missed = 0;
        for (seen, of_side, until) in sides {
            let expected = &of_side[..of_side.len().min(until)];
            prop_assert_eq!(&seen.borrow()[..], expected);
            prop_assert_eq!(Rc::strong_count(seen), 1, "its task has finished");
            missed += of_side.len() - expected.len();
        }
        if whole {
            prop_assert_eq!(losses.of(Loss::Abandoned), missed as u64);
        } else {
            prop_assert!(losses.of(Loss::Abandoned) <= missed as u64);
        }
    }

    #[test]
    fn each_part_has_the_items_with_its_remainder(
        steps in steps(), pauses in prop::collection::vec(0..4_u8, 1..6), capacity in 1..9_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let count = pauses.len();
        let parts = Patchy::new(steps).partition_rs2(count, capacity, |n| u64::from(n / 2));
        let reads = parts.into_iter().zip(&pauses).map(|(part, pauses)| {
            part.then(move |item| async move { yield_times(*pauses).await; item })
                .collect::<Vec<_>>()
        });
        let seen = block_on(futures_util::future::join_all(reads));
        for (part, seen) in seen.iter().enumerate() {
            let of_part = |item: &&u32| **item as usize / 2 % count == part;
            prop_assert!(seen.iter().eq(items.iter().filter(of_part)));
        }
    }

    #[test]
    fn a_branch_never_lies_about_what_is_left(
        steps in steps(),
        order in prop::collection::vec(0..3_usize, 0..200),
        capacity in 1..9_usize,
    ) {
        let total = steps.len();
        let mut broadcast = Patchy::new(steps).broadcast_rs2(capacity);
        let mut branches = [broadcast.branch(), broadcast.branch(), broadcast.branch()];
        let mut taken = [0; 3];
        let mut cx = Context::from_waker(Waker::noop());
        for at in order {
            let left = total - taken[at];
            prop_assert_eq!(branches[at].size_hint(), (left, Some(left)));
            if let Poll::Ready(Some(_)) = branches[at].poll_next_unpin(&mut cx) {
                taken[at] += 1;
            }
            let (fast, slow) = (taken.iter().max().unwrap(), taken.iter().min().unwrap());
            // The slow one has a full queue, and may have taken one over before.
            prop_assert!(fast - slow <= 2 * capacity);
        }
    }
}

#[test]
fn the_wake_of_a_branch_that_left_goes_to_the_others() {
    let source = ByHand::default();
    let mut broadcast = source.clone().broadcast_rs2(4);
    let (stays, mut leaves) = (broadcast.branch(), broadcast.branch());
    let mut pool = LocalPool::new();
    let seen = read(&pool, stays, 0, usize::MAX);
    pool.run_until_stalled();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(leaves.poll_next_unpin(&mut cx).is_pending(), "it polled the source last");
    drop(leaves);
    source.give(7);
    pool.run_until_stalled();
    assert_eq!(&seen.borrow()[..], [7]);
}

#[test]
fn the_wake_goes_to_all_when_the_branch_that_polled_last_is_busy() {
    let source = ByHand::default();
    let (even, mut odd) = source.clone().split_rs2(|n| n % 2 == 0, 4);
    let mut pool = LocalPool::new();
    let seen = read(&pool, even, 0, usize::MAX);
    pool.run_until_stalled();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(odd.poll_next_unpin(&mut cx).is_pending(), "it polled the source last");
    source.give(1);
    source.give(2);
    pool.run_until_stalled();
    assert_eq!(&seen.borrow()[..], [2]);
}

#[test]
fn an_item_and_the_end_wake_the_branches_that_did_not_poll_for_them() {
    let source = ByHand::default();
    let mut broadcast = source.clone().broadcast_rs2(4);
    let (waits, mut polls) = (broadcast.branch(), broadcast.branch());
    let mut pool = LocalPool::new();
    let seen = read(&pool, waits, 0, usize::MAX);
    pool.run_until_stalled();
    source.give_silently(7);
    assert_eq!(block_on(polls.next()), Some(7));
    pool.run_until_stalled();
    assert_eq!(&seen.borrow()[..], [7]);
    source.end_silently();
    assert_eq!(block_on(polls.next()), None);
    pool.run_until_stalled();
    assert_eq!(Rc::strong_count(&seen), 1, "its task has finished");
}

#[test]
fn a_branch_that_leaves_with_a_full_queue_lets_the_others_go_on() {
    let mut broadcast = from_iter(0..9).broadcast_rs2(2);
    let (stays, leaves) = (broadcast.branch(), broadcast.branch());
    let mut pool = LocalPool::new();
    let seen = read(&pool, stays, 0, usize::MAX);
    pool.run_until_stalled();
    assert_eq!(seen.borrow().len(), 2, "held back by the other");
    drop(leaves);
    pool.run_until_stalled();
    assert_eq!(seen.borrow().len(), 9);
}

#[test]
fn a_late_branch_sees_what_comes_from_then_on() {
    let mut broadcast = from_iter(1..=3).broadcast_rs2(8);
    let mut early = broadcast.branch();
    assert_eq!(block_on(early.next()), Some(1));
    let late = broadcast.branch();
    let (early, late) = (early.collect::<Vec<_>>(), late.collect::<Vec<_>>());
    let seen = block_on(futures_util::future::join(early, late));
    assert_eq!(seen, (vec![2, 3], vec![2, 3]));
}

#[test]
fn the_source_is_dropped_with_the_last_branch() {
    let source = ByHand::<u32>::default();
    let mut broadcast = source.clone().broadcast_rs2(4);
    let mut branch = broadcast.branch();
    drop(broadcast);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(branch.poll_next_unpin(&mut cx).is_pending());
    assert_eq!(source.handles(), 2);
    drop(branch);
    assert_eq!(source.handles(), 1);
}

#[test]
fn the_source_is_dropped_as_soon_as_it_ends() {
    let source = ByHand::default();
    let mut broadcast = source.clone().broadcast_rs2(4);
    let (mut one, mut other) = (broadcast.branch(), broadcast.branch());
    source.give(5);
    source.end();
    assert_eq!(block_on(one.by_ref().collect::<Vec<_>>()), [5]);
    assert_eq!(source.handles(), 1);
    assert_eq!(block_on(other.by_ref().collect::<Vec<_>>()), [5]);
    assert_eq!(block_on(other.next()), None);
}

#[test]
fn nothing_is_polled_before_a_branch_is() {
    let source = ByHand::<u32>::default();
    let mut broadcast = source.clone().broadcast_rs2(4);
    let _branches = (broadcast.branch(), broadcast.branch());
    assert_eq!(source.polls(), 0);
}

#[test]
fn a_panic_of_the_source_is_no_end_for_the_other_branches() {
    let panics = from_iter(0..3).map_rs2(|n| if n < 2 { n } else { panic!("at two") });
    let mut broadcast = panics.broadcast_rs2(4);
    let (mut one, mut other) = (broadcast.branch(), broadcast.branch());
    let mut pool = LocalPool::new();
    let told = Rc::new(RefCell::new(false));
    let tell = told.clone();
    assert_eq!((block_on(one.next()), block_on(other.next())), (Some(0), Some(0)));
    assert_eq!((block_on(one.next()), block_on(other.next())), (Some(1), Some(1)));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(one.next()))).is_err());
    let task = async move {
        let next = AssertUnwindSafe(other.next());
        *tell.borrow_mut() = futures_util::FutureExt::catch_unwind(next).await.is_err();
    };
    pool.spawner().spawn_local(task).unwrap();
    pool.run_until_stalled();
    assert!(*told.borrow());
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(one.next()))).is_err());
}

#[test]
fn a_waiting_branch_is_woken_by_a_panic_in_another() {
    let source = ByHand::default();
    let panics = source.clone().map_rs2(|n: u32| if n < 2 { n } else { panic!("at two") });
    let mut broadcast = panics.broadcast_rs2(4);
    let (mut one, mut other) = (broadcast.branch(), broadcast.branch());
    let mut pool = LocalPool::new();
    let told = Rc::new(RefCell::new(false));
    let tell = told.clone();
    let task = async move {
        let next = AssertUnwindSafe(other.next());
        *tell.borrow_mut() = futures_util::FutureExt::catch_unwind(next).await.is_err();
    };
    pool.spawner().spawn_local(task).unwrap();
    pool.run_until_stalled();
    source.give_silently(2);
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(one.next()))).is_err());
    pool.run_until_stalled();
    assert!(*told.borrow());
}

#[test]
fn a_gone_side_gives_the_task_back_after_the_budget() {
    let (mut even, odd) = from_iter((0..5_000).map(|n| n * 2 + 1)).split_rs2(|n| n % 2 == 0, 4);
    drop(odd);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(even.poll_next_unpin(&mut cx).is_pending());
    assert!(even.losses().of(Loss::Abandoned) <= 1_024);
    assert_eq!(block_on(even.next()), None);
    assert_eq!(even.losses().of(Loss::Abandoned), 5_000);
}

#[test]
fn branches_on_several_threads_all_see_everything() {
    for capacity in [1, 2, 64] {
        let source = ByHand::default();
        let mut broadcast = source.clone().broadcast_rs2(capacity);
        std::thread::scope(|threads| {
            for _ in 0..4 {
                let branch = broadcast.branch();
                threads.spawn(move || {
                    let seen: Vec<u32> = block_on(branch.collect());
                    assert!(seen.into_iter().eq(0..20_000));
                });
            }
            (0..20_000).for_each(|n| source.give(n));
            source.end();
        });
    }
}

#[test]
fn sides_on_two_threads_share_out_everything() {
    for capacity in [1, 3, 64] {
        let source = ByHand::default();
        let (even, odd) = source.clone().split_rs2(|n| n % 2 == 0, capacity);
        std::thread::scope(|threads| {
            for (first, side) in [(0, even), (1, odd)] {
                threads.spawn(move || {
                    let seen: Vec<u32> = block_on(side.collect());
                    assert!(seen.into_iter().eq((first..20_000).step_by(2)));
                });
            }
            (0..20_000).for_each(|n| source.give(n));
            source.end();
        });
    }
}

#[test]
#[should_panic(expected = "room for at least one item")]
fn a_broadcast_without_room_is_a_mistake() {
    let _ = from_iter([1]).broadcast_rs2(0);
}

#[test]
#[should_panic(expected = "room for at least one item")]
fn a_split_without_room_is_a_mistake() {
    let _ = from_iter([1]).split_rs2(|_| true, 0);
}
