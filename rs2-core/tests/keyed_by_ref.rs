//! Keys lent by the items, beside keys made for each item.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::op::keyed::{CountWindow, KeyedByRef};
use rs2_core::prelude::*;
use rs2_core::state::{TtlFrom, Unlimited};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Clock, Forever, Instant, NoTimer, Timer};
use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// A key that counts its copies.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Name(u8);

thread_local! {
    static COPIES: Cell<usize> = const { Cell::new(0) };
}

impl Clone for Name {
    fn clone(&self) -> Self {
        COPIES.set(COPIES.get() + 1);
        Self(self.0)
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Event {
    name: Name,
    value: u32,
}

fn events(items: &[(u8, u32)]) -> impl Stream<Item = Event> {
    from_iter(items.to_vec()).map_rs2(|(name, value)| Event { name: Name(name), value })
}

fn memory(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn name(event: &Event) -> &Name {
    &event.name
}

type Lent<S> = KeyedByRef<S, fn(&Event) -> &Name, Name, SeededHeap, Unlimited, NoTimer, NoTimer>;

fn lent(items: &[(u8, u32)], capacity: usize) -> Lent<impl Stream<Item = Event>> {
    events(items).key_by_ref_on_rs2(NoTimer, memory(capacity), name)
}

fn all<S: Stream>(outs: S) -> Vec<S::Item> {
    block_on(outs.collect())
}

fn add(event: Event, sum: &mut u32) -> u32 {
    *sum = sum.wrapping_mul(3).wrapping_add(event.value);
    *sum
}

fn fold(event: Event, sum: &mut u32) {
    add(event, sum);
}

fn is_record(event: &Event, best: &mut u32) -> bool {
    let is_record = event.value > *best;
    *best = event.value.max(*best);
    is_record
}

fn three(run: &[Event]) -> Option<u32> {
    (run.len() == 3).then(|| run[0].value)
}

fn total(run: &[Event]) -> u32 {
    run.iter().map(|event| event.value).sum()
}

/// What each operator makes of the events, with keys that are lent and with keys that are made.
fn both(items: &[(u8, u32)], capacity: usize) -> [(String, String); 10] {
    let own = |event: &Event| event.name.0;
    let (made, lent, memory) = (|| events(items), || lent(items, capacity), || memory(capacity));
    let pairs = CountWindow::sliding(2, 1).partial_last();
    let group = |name: u8, events: Vec<Event>, groups: &mut u32| {
        *groups += 1;
        (name, events, *groups)
    };
    let say = |outs: &dyn std::fmt::Debug| format!("{outs:?}");
    [
        (
            say(&all(lent().keyed_map_rs2(add))),
            say(&all(made().keyed_map_in_rs2(memory(), own, add))),
        ),
        (
            say(&all(lent().keyed_filter_rs2(is_record))),
            say(&all(made().keyed_filter_in_rs2(memory(), own, is_record))),
        ),
        (
            say(&all(lent().keyed_fold_rs2(1, fold))),
            say(&all(made().keyed_fold_in_rs2(memory(), own, 1, fold))),
        ),
        (
            say(&all(lent().keyed_reduce_rs2(|event, last| *last = event))),
            say(&all(made().keyed_reduce_in_rs2(memory(), own, |event, last| *last = event))),
        ),
        (
            say(&all(lent().keyed_pattern_rs2(three))),
            say(&all(made().keyed_pattern_in_rs2(memory(), Heap::bounded(1_000), own, three))),
        ),
        (
            say(&all(lent().keyed_window_rs2(pairs, total))),
            say(&all(made().keyed_window_in_rs2(memory(), Heap::bounded(4), pairs, own, total))),
        ),
        (
            say(&all(lent()
                .keyed_group_by_rs2(|name: Name, events, groups| group(name.0, events, groups)))),
            say(&all(made().keyed_group_by_in_rs2(memory(), Heap::bounded(10_000), own, group))),
        ),
        (
            say(&all(lent().keyed_deduplicate_rs2(HOUR, TtlFrom::Creation))),
            say(&all(made().keyed_deduplicate_on_rs2(
                NoTimer,
                memory(),
                HOUR,
                TtlFrom::Creation,
                own,
            ))),
        ),
        (
            say(&all(lent().keyed_throttle_rs2(2, HOUR))),
            say(&all(made().keyed_throttle_on_rs2(NoTimer, memory(), Heap::bounded(2), HOUR, own))),
        ),
        (
            say(&all(lent().keyed_session_rs2(HOUR, add))),
            say(&all(made().keyed_session_on_rs2(NoTimer, memory(), HOUR, own, add))),
        ),
    ]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_comes_out_is_the_same(
        items in prop::collection::vec((0_u8..6, 0_u32..100), 0..60), capacity in 1_usize..8,
    ) {
        for (lent, made) in both(&items, capacity) {
            prop_assert_eq!(lent, made);
        }
        let sessions = all(lent(&items, capacity).keyed_session_fold_rs2(HOUR, fold));
        let sessions: Vec<_> = sessions.into_iter().map(|(name, sum)| (name.0, sum)).collect();
        let own = |event: &Event| event.name.0;
        let made = events(&items);
        let expected = made.keyed_session_fold_on_rs2(NoTimer, memory(capacity), HOUR, own, fold);
        prop_assert_eq!(sessions, all(expected));
    }
}

/// How often a key was copied while the stream ran.
fn copies<S: Stream>(outs: S) -> usize {
    COPIES.set(0);
    drop(all(outs));
    COPIES.get()
}

#[test]
fn a_key_is_copied_when_its_state_begins_and_not_for_each_item() {
    let items: Vec<(u8, u32)> = (0..1_000).map(|n| ((n % 10) as u8, n)).collect();
    let lent = || lent(&items, 100);
    assert_eq!(copies(lent().keyed_map_rs2(add)), 10);
    assert_eq!(copies(lent().keyed_filter_rs2(is_record)), 10);
    assert_eq!(copies(lent().keyed_fold_rs2(0, fold)), 10);
    assert_eq!(copies(lent().keyed_pattern_rs2(three)), 10);
    assert_eq!(copies(lent().keyed_window_rs2(CountWindow::tumbling(2), total)), 10);
    assert_eq!(copies(lent().keyed_deduplicate_rs2(HOUR, TtlFrom::Creation)), 10);
    assert_eq!(copies(lent().keyed_throttle_rs2(2, HOUR)), 10);
    assert_eq!(copies(lent().keyed_session_rs2(HOUR, add)), 10);
    // One for the table, one for the timer or the group.
    assert_eq!(copies(lent().keyed_session_fold_rs2(HOUR, fold)), 20);
    assert_eq!(copies(lent().keyed_group_by_rs2(|_, _, _: &mut ()| ())), 20);
}

/// A `&str` for a `String`: what is lent need not be what is kept.
#[test]
fn a_slice_stands_for_its_owner() {
    let words = from_iter(["to", "be", "or", "to", "be"].map(String::from));
    let firsts = words
        .key_by_ref_on_rs2(NoTimer, memory(9), |word| &word[..1])
        .keyed_deduplicate_rs2(HOUR, TtlFrom::Creation);
    assert_eq!(all(firsts), ["to", "be", "or"]);
}

/// Seconds that the items set.
#[derive(Clone, Default)]
struct ItemClock(Rc<Cell<u64>>);

impl Clock for ItemClock {
    fn now(&self) -> Instant {
        Instant::from_origin(Duration::from_secs(self.0.get()))
    }
}

impl Timer for ItemClock {
    type Sleep = Forever;
    fn sleep_until(&self, _deadline: Instant) -> Forever {
        Forever
    }
}

type Timed<S> = KeyedByRef<S, fn(&(u8, u64)) -> &u8, u8, SeededHeap, Unlimited, NoTimer, ItemClock>;

fn own(item: &(u8, u64)) -> &u8 {
    &item.0
}

/// What an operator makes of items of one key that come at these seconds.
fn at<O: Stream>(
    seconds: &[u64],
    operator: impl FnOnce(Timed<Box<dyn Stream<Item = (u8, u64)> + Unpin>>) -> O,
) -> Vec<O::Item> {
    let (clock, next) = (ItemClock::default(), Rc::new(Cell::new(None)));
    let given = next.clone();
    let items: Box<dyn Stream<Item = (u8, u64)> + Unpin> =
        Box::new(futures_util::stream::poll_fn(move |_| match given.take() {
            Some(second) => Poll::Ready(Some((7, second))),
            None => Poll::Pending,
        }));
    let lent = items.key_by_ref_on_rs2(clock.clone(), memory(9), own as fn(&(u8, u64)) -> &u8);
    let mut outs = Box::pin(operator(lent));
    let mut cx = Context::from_waker(Waker::noop());
    let mut all = Vec::new();
    for &second in seconds {
        clock.0.set(second);
        next.set(Some(second));
        while let Poll::Ready(Some(out)) = outs.as_mut().poll_next(&mut cx) {
            all.push(out);
        }
    }
    all
}

#[test]
fn what_has_a_time_of_its_own_goes_by_the_timer_that_was_given() {
    let (seconds, ten) = ([0, 6, 12, 30], Duration::from_secs(10));
    let firsts = |from| at(&seconds, |items| items.keyed_deduplicate_rs2(ten, from));
    assert_eq!(firsts(TtlFrom::Creation), [(7, 0), (7, 12), (7, 30)]);
    assert_eq!(firsts(TtlFrom::LastUse), [(7, 0), (7, 30)]);
    let passed = |n| at(&seconds, |items| items.keyed_throttle_rs2(n, ten));
    assert_eq!(passed(1), [(7, 0), (7, 12), (7, 30)]);
    assert_eq!(passed(2).len(), 4);
    let number = |_, count: &mut u32| {
        *count += 1;
        *count
    };
    assert_eq!(at(&seconds, |items| items.keyed_session_rs2(ten, number)), [1, 2, 3, 1]);
}
