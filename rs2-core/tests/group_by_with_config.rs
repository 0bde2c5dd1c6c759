//! What happens at the bounds of groups that have a consumer of their own: who makes room, what is
//! left out, and when a group is idle.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::group::{GroupItems, Grouping, OnGroupFull, OnMaxGroups};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Instant, NoTimer, Timer};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use ticking::{Ticking, Wakes};

/// A key, and its place in the input.
type Item = (u32, usize);
/// A key, and what its group was given.
type Group = (u32, Vec<usize>);

fn heap(groups: usize) -> SeededHeap {
    Heap::bounded(groups).seeded(1)
}

fn key_of(item: &Item) -> u32 {
    item.0
}

/// Waits for so many polls, so that others go first.
async fn give_way(mut polls: usize) {
    poll_fn(|cx| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Opens once, for all who wait.
#[derive(Default)]
struct Gate {
    is_open: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Gate {
    fn open(&self) {
        self.is_open.set(true);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    async fn pass(&self) {
        poll_fn(|cx| {
            if self.is_open.get() {
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Reads until the group ends, or so many items.
async fn read(items: GroupItems<Item>, most: usize) -> Vec<usize> {
    items.take(most).map(|(_, number)| number).collect().await
}

fn numbered(keys: &[u32]) -> Vec<Item> {
    keys.iter().copied().zip(0..).collect()
}

/// The items, one after each so many polls.
fn source(items: Vec<Item>, pause: usize) -> impl Progress<Item = Item> {
    from_iter(items).eval_map_rs2(move |item| async move {
        give_way(pause).await;
        item
    })
}

/// All outputs, each with the time at which it came. Time passes when there is nothing to do.
fn run<S: Stream>(clock: &Ticking, mut stream: Pin<&mut S>) -> Vec<(S::Item, u64)> {
    let (wakes, waker) = Wakes::new();
    let mut outs = Vec::new();
    for _ in 0..100_000 {
        let before = wakes.count();
        match stream.as_mut().poll_next(&mut Context::from_waker(&waker)) {
            Poll::Ready(Some(out)) => outs.push((out, clock.now.get())),
            Poll::Ready(None) => return outs,
            Poll::Pending if wakes.count() > before => {}
            Poll::Pending => clock.now.set(clock.now.get() + 1),
        }
    }
    panic!("it does not come to an end");
}

fn outputs<S: Stream>(stream: Pin<&mut S>) -> Vec<S::Item> {
    run(&Ticking::default(), stream).into_iter().map(|(out, _)| out).collect()
}

/// The groups that were open at the end come in any order.
fn sorted_from(mut groups: Vec<Group>, open_at_the_end: usize) -> Vec<Group> {
    groups[open_at_the_end..].sort();
    groups
}

fn keys() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0_u32..6, 0..60)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_group_that_had_no_item_for_longest_makes_room(
        keys in keys(), groups in 1_usize..5, capacity in 1_usize..4, pause in 0_usize..2,
    ) {
        let consume = |_, items| read(items, usize::MAX);
        let source = source(numbered(&keys), pause);
        let stream = source.group_by_with_in_rs2(heap(groups), capacity, key_of, consume);
        let losses = stream.losses().clone();

        let (mut closed, mut open): (Vec<Group>, Vec<Group>) = Default::default();
        for (key, number) in numbered(&keys) {
            let known = open.iter().position(|group| group.0 == key);
            if known.is_none() && open.len() == groups {
                closed.push(open.remove(0));
            }
            let mut group = known.map_or((key, Vec::new()), |place| open.remove(place));
            group.1.push(number);
            open.push(group);
        }
        let ended = closed.len();
        closed.extend(open);
        prop_assert_eq!(sorted_from(outputs(pin!(stream)), ended), sorted_from(closed, ended));
        prop_assert_eq!(losses.total(), 0);
    }

    #[test]
    fn items_of_new_keys_are_left_out_while_there_is_no_room(
        keys in keys(),
        groups in 1_usize..5,
        capacity in 1_usize..4,
        pause in 0_usize..2,
        patience in 1_usize..6,
    ) {
        // With room for more than one, what a consumer has left unread opens a group at once.
        let pause = if capacity > 1 { 1 } else { pause };
        let grouping = Grouping::of(capacity).on_max_groups(OnMaxGroups::Reject);
        let stream = source(numbered(&keys), pause).group_by_with_config_on_rs2(
            NoTimer,
            heap(groups),
            grouping,
            key_of,
            |_, items| read(items, patience),
        );
        let losses = stream.losses().clone();

        let (mut finished, mut open): (Vec<Group>, Vec<Group>) = Default::default();
        let mut lost = 0;
        for (key, number) in numbered(&keys) {
            let known = open.iter().position(|group| group.0 == key);
            if known.is_none() && open.len() == groups {
                lost += 1;
                continue;
            }
            let place = known.unwrap_or_else(|| {
                open.push((key, Vec::new()));
                open.len() - 1
            });
            open[place].1.push(number);
            if open[place].1.len() == patience {
                finished.push(open.remove(place));
            }
        }
        finished.extend(open);
        prop_assert_eq!(sorted_from(outputs(pin!(stream)), 0), sorted_from(finished, 0));
        prop_assert_eq!((losses.of(Loss::Full), losses.total()), (lost, lost));
    }

    #[test]
    fn a_full_group_loses_its_newest_and_holds_up_no_other(
        keys in keys(), capacity in 1_usize..4, pause in 0_usize..2, reads in 0_usize..4,
    ) {
        // Consumers read a few items, and the others once the source has given all.
        let all_given = Gate::default();
        let end = eval(async { all_given.open() }).map_rs2(|()| (0, 0)).filter_rs2(|_| false);
        let grouping = Grouping::of(capacity).on_group_full(OnGroupFull::DropNewest);
        let stream = source(numbered(&keys), pause).concat_rs2(end).group_by_with_config_on_rs2(
            NoTimer,
            heap(6),
            grouping,
            key_of,
            |_, mut items| {
                let all_given = &all_given;
                async move {
                    let mut seen = Vec::new();
                    while seen.len() < reads {
                        let Some((_, number)) = items.next().await else { return seen };
                        seen.push(number);
                    }
                    all_given.pass().await;
                    seen.extend(read(items, usize::MAX).await);
                    seen
                }
            },
        );
        let losses = stream.losses().clone();

        let mut kept: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut lost = 0;
        for (key, number) in numbered(&keys) {
            let group = kept.entry(key).or_default();
            if group.len() == reads + capacity {
                lost += 1;
            } else {
                group.push(number);
            }
        }
        let groups: BTreeMap<u32, Vec<usize>> = outputs(pin!(stream)).into_iter().collect();
        prop_assert_eq!(groups, kept);
        prop_assert_eq!((losses.of(Loss::Full), losses.total()), (lost, lost));
    }

    #[test]
    fn a_group_ends_when_it_is_idle(
        steps in prop::collection::vec((0_u32..4, 0_u64..9), 0..40), idle in 1_u64..12,
    ) {
        let mut now = 0;
        let times: Vec<u64> = steps.iter().map(|(_, gap)| { now += gap; now }).collect();
        let clock = Ticking::default();
        let keys: Vec<u32> = steps.iter().map(|(key, _)| *key).collect();
        let timed = from_iter(numbered(&keys)).eval_map_rs2(|item: Item| {
            let sleep = clock.sleep_until(Instant::from_nanos(times[item.1]));
            sleep.map(move |()| item)
        });
        let grouping = Grouping::of(2).close_idle(Duration::from_nanos(idle));
        let consume = |_, items| read(items, usize::MAX);
        let timer = clock.clone();
        let stream = timed.group_by_with_config_on_rs2(timer, heap(4), grouping, key_of, consume);
        let mut stream = Box::pin(stream);

        let mut expected = Vec::new();
        for key in 0..4 {
            let mut own = (0..keys.len()).filter(|number| keys[*number] == key).peekable();
            let mut group = Vec::new();
            while let Some(number) = own.next() {
                group.push(number);
                let over = times[number] + idle;
                if own.peek().is_none_or(|next| times[*next] > over) {
                    // The source ends with its last item.
                    expected.push(((key, std::mem::take(&mut group)), over.min(now)));
                }
            }
        }
        let mut groups = run(&clock, stream.as_mut());
        groups.sort();
        prop_assert_eq!(groups, expected);
        prop_assert_eq!(clock.held.get(), 0, "a sleep is left");
    }

    #[test]
    fn what_is_not_counted_as_lost_comes_out_in_order_and_nothing_is_kept(
        keys in keys(),
        groups in 1_usize..4,
        capacity in 1_usize..4,
        pauses in (0_usize..3, 0_usize..3),
        patience in 1_usize..6,
        idle in prop::option::of(1_u64..20),
        answers in (0_usize..3, any::<bool>()),
    ) {
        let grouping = grouping(capacity, answers, idle);
        let (clock, running, most) = (Ticking::default(), Cell::new(0), Cell::new(0));
        let token = Rc::new(());
        let tokens = keys.iter().map(|key| (*key, token.clone()));
        let tokens = tokens.zip(0..).collect::<Vec<((u32, Rc<()>), usize)>>();
        let given = from_iter(tokens).eval_map_rs2(|item| async move {
            give_way(pauses.0).await;
            item
        });
        let stream = given.group_by_with_config_on_rs2(
            clock.clone(),
            heap(groups),
            grouping,
            |((key, _), _)| *key,
            |key, mut items| {
                let (running, most) = (&running, &most);
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                async move {
                    let mut seen = Vec::new();
                    while seen.len() < patience {
                        let Some(((of, _), number)) = items.next().await else { break };
                        assert_eq!(of, key);
                        seen.push(number);
                        give_way(pauses.1).await;
                    }
                    running.set(running.get() - 1);
                    seen
                }
            },
        );
        let losses = stream.losses().clone();
        let mut stream = Box::pin(stream);
        let mut by_key: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for ((key, seen), _) in run(&clock, stream.as_mut()) {
            prop_assert!((1..=patience).contains(&seen.len()));
            by_key.entry(key).or_default().extend(seen);
        }
        let came: usize = by_key.values().map(Vec::len).sum();
        prop_assert_eq!(came as u64 + losses.of(Loss::Full), keys.len() as u64);
        prop_assert_eq!(losses.of(Loss::Full), losses.total());
        for (key, seen) in by_key {
            prop_assert!(seen.is_sorted_by(|a, b| a < b), "out of order: {:?}", seen);
            prop_assert!(seen.iter().all(|number| keys[*number] == key));
        }
        prop_assert!(answers.0 == 2 || answers.1 || losses.total() == 0);
        prop_assert!(most.get() <= groups);
        prop_assert_eq!(Rc::strong_count(&token), 1, "an item is kept after the end");
        prop_assert_eq!(clock.held.get(), 0, "a sleep is left");
    }
}

/// Who never closes a group must close those that are idle, or readers would wait for ever.
fn grouping(capacity: usize, answers: (usize, bool), idle: Option<u64>) -> Grouping {
    let on_max_groups =
        [OnMaxGroups::CloseLeastRecentlyUsed, OnMaxGroups::Backpressure, OnMaxGroups::Reject];
    let on_max_groups = on_max_groups[answers.0];
    let on_group_full = if answers.1 { OnGroupFull::DropNewest } else { OnGroupFull::Backpressure };
    let grouping = Grouping::of(capacity).on_max_groups(on_max_groups).on_group_full(on_group_full);
    match idle {
        None if on_max_groups != OnMaxGroups::Backpressure => grouping,
        idle => grouping.close_idle(Duration::from_nanos(idle.unwrap_or(3))),
    }
}

fn silence() -> impl Progress<Item = Item> {
    eval(pending())
}

#[test]
fn a_new_key_may_wait_without_closing_anyone() {
    let finish = Cell::new(false);
    let keys = from_iter(numbered(&[1, 0, 2])).concat_rs2(silence());
    let grouping = Grouping::of(2).on_max_groups(OnMaxGroups::Backpressure);
    let stream =
        keys.group_by_with_config_on_rs2(NoTimer, heap(2), grouping, key_of, |key, mut items| {
            let finish = &finish;
            async move {
                items.next().await;
                if key == 0 {
                    poll_fn(|cx| {
                        cx.waker().wake_by_ref();
                        if finish.get() { Poll::Ready(()) } else { Poll::Pending }
                    })
                    .await;
                    return key;
                }
                assert_eq!(items.next().await, None);
                panic!("its group was closed");
            }
        });
    let losses = stream.losses().clone();
    let mut stream = pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..5 {
        assert!(stream.next().poll_unpin(&mut cx).is_pending());
    }
    finish.set(true);
    assert_eq!(stream.next().poll_unpin(&mut cx), Poll::Ready(Some((0, 0))));
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    assert_eq!((stream.size_hint().0, losses.total()), (2, 0), "the third key has its group");
}

#[test]
fn a_key_waits_for_the_consumer_of_its_closed_group_whatever_else_is_left_out() {
    let (clock, opened, finish) = (Ticking::default(), Cell::new(0), Cell::new(false));
    let late = eval(clock.sleep_until(Instant::from_nanos(50))).map_rs2(|()| (0, 1));
    let items = from_iter([(0, 0)]).concat_rs2(late).concat_rs2(silence());
    let grouping = grouping(1, (2, true), Some(10));
    let consume = |_, items| {
        let (finish, opened) = (&finish, &opened);
        opened.set(opened.get() + 1);
        async move {
            let seen = read(items, usize::MAX).await;
            while !finish.get() {
                give_way(1).await;
            }
            seen
        }
    };
    let timer = clock.clone();
    let stream = items.group_by_with_config_on_rs2(timer, heap(1), grouping, key_of, consume);
    let losses = stream.losses().clone();
    let mut stream = pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    for now in 0..100 {
        clock.now.set(now);
        assert!(stream.next().poll_unpin(&mut cx).is_pending());
    }
    assert_eq!(opened.get(), 1);
    finish.set(true);
    assert_eq!(stream.next().poll_unpin(&mut cx), Poll::Ready(Some((0, vec![0]))));
    assert!(stream.next().poll_unpin(&mut cx).is_pending());
    assert_eq!((opened.get(), losses.total()), (2, 0));
    clock.now.set(200);
    assert_eq!(stream.next().poll_unpin(&mut cx), Poll::Ready(Some((0, vec![1]))));
}

#[test]
fn a_source_that_is_always_ready_keeps_no_idle_group_open() {
    let clock = Ticking::default();
    let keys = from_iter([(1, 0)]).concat_rs2(from_iter((1..100_000).map(|number| (0, number))));
    let grouping = Grouping::of(2_000).close_idle(Duration::from_nanos(10));
    let consume = |_, items| read(items, usize::MAX);
    let timer = clock.clone();
    let mut stream =
        pin!(keys.group_by_with_config_on_rs2(timer, heap(2), grouping, key_of, consume));
    let mut cx = Context::from_waker(Waker::noop());
    let mut polls = 0;
    let first = loop {
        match stream.next().poll_unpin(&mut cx) {
            Poll::Ready(first) => break first,
            Poll::Pending => clock.now.set(clock.now.get() + 5),
        }
        polls += 1;
    };
    assert_eq!(first, Some((1, vec![0])));
    assert!(polls <= 4, "only after {polls} polls");
}
