//! Items of one key one after the other, different keys at once, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/tasks.rs"]
mod tasks;

use cases::cases;
use futures_core::Stream;
use futures_executor::{LocalPool, block_on};
use futures_util::stream::StreamExt;
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::op::parallel::{KeyedConcurrency, KeyedOrder};
use rs2_core::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tasks::{Loses, OWED, Pool, RUNNING, Watch, read_all};

const KEYS: u32 = 4;

fn key_of(item: &u32) -> u32 {
    item % KEYS
}

/// For each item: how often the source stalls before it, and how long the work on it takes.
fn steps() -> impl Strategy<Value = Vec<(u8, (u32, u8))>> {
    prop::collection::vec((0..3_u8, (0..1_000_u32, 0..6_u8)), 0..60)
}

fn limits() -> impl Strategy<Value = KeyedConcurrency> {
    (1..6_usize, 1..4_usize, 1..8_usize, 1..5_usize).prop_map(|(all, each, waiting, of_one)| {
        KeyedConcurrency::of(all)
            .per_key(each)
            .max_waiting(waiting)
            .max_waiting_per_key(of_one)
            .seeded(7)
    })
}

/// How many items of a key run now, how many did at most, and in which order they began.
type OfKey = (usize, usize, Vec<u32>);

/// What was started, by key.
#[derive(Clone, Default)]
struct Keys(Rc<RefCell<BTreeMap<u32, OfKey>>>);

impl Keys {
    fn begin(&self, item: u32) {
        let mut keys = self.0.borrow_mut();
        let (now, most, begun) = keys.entry(key_of(&item)).or_default();
        *now += 1;
        *most = (*most).max(*now);
        begun.push(item);
    }
    fn end(&self, item: u32) {
        self.0.borrow_mut().entry(key_of(&item)).or_default().0 -= 1;
    }
    fn most(&self) -> usize {
        self.0.borrow().values().map(|(_, most, _)| *most).max().unwrap_or_default()
    }
    /// Items of a key began in the order in which they came.
    fn began_in_order(&self, items: &[u32]) -> bool {
        let keys = self.0.borrow();
        keys.iter()
            .all(|(key, (_, _, begun))| items.iter().filter(|item| key_of(item) == *key).eq(begun))
    }
}

/// The outputs of each key, in the order they came.
fn by_key(items: &[u32]) -> BTreeMap<u32, Vec<u32>> {
    let mut keys: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    items.iter().for_each(|item| keys.entry(key_of(item)).or_default().push(*item));
    keys
}

struct Ran {
    seen: Vec<u32>,
    ended: bool,
    watch: Watch,
    keys: Keys,
}

/// Runs all in tasks of one pool; spawned when `refuses` is given.
fn run(
    steps: Vec<(u8, (u32, u8))>,
    limits: KeyedConcurrency,
    pauses: u8,
    refuses: Option<usize>,
) -> Ran {
    let (mut pool, watch, keys) = (LocalPool::new(), Watch::default(), Keys::default());
    let (works, begun) = (watch.clone(), keys.clone());
    let work = move |(item, takes): (u32, u8)| {
        begun.begin(item);
        let (work, begun) = (works.work(item, takes), begun.clone());
        async move {
            let item = work.await;
            begun.end(item);
            item
        }
    };
    let (source, key) = (Patchy::new(steps), |(item, _): &(u32, u8)| key_of(item));
    let seen = match refuses {
        None => {
            let outputs = source.par_eval_map_keyed_inline_rs2(limits, key, work);
            read_all(&pool, &watch, pauses, outputs)
        }
        Some(refuses) => {
            let spawner = Pool::new(&pool, refuses);
            let outputs = source.par_eval_map_keyed_on_rs2(spawner, limits, key, work);
            read_all(&pool, &watch, pauses, outputs)
        }
    };
    pool.run_until_stalled();
    let (seen, ended) = seen.take();
    Ran { seen, ended, watch, keys }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn items_of_a_key_run_in_their_order_within_all_limits(
        steps in steps(), all in 1..6_usize, each in 1..4_usize, waiting in 1..8_usize,
        of_one in 1..5_usize, pauses in 0..4_u8, refuses in prop::option::of(0..4_usize),
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let limits = KeyedConcurrency::of(all)
            .per_key(each)
            .max_waiting(waiting)
            .max_waiting_per_key(of_one);
        let mut ran = run(steps, limits, pauses, refuses);
        prop_assert!(ran.ended);
        prop_assert!(ran.watch.most(RUNNING) <= all);
        prop_assert!(ran.watch.most(OWED) <= all + waiting);
        prop_assert!(ran.keys.most() <= each);
        prop_assert!(ran.keys.began_in_order(&items));
        if each == 1 {
            prop_assert_eq!(by_key(&ran.seen), by_key(&items));
        }
        let mut items = items;
        ran.seen.sort_unstable();
        items.sort_unstable();
        prop_assert_eq!(ran.seen, items);
    }

    #[test]
    fn in_global_order_the_outputs_come_in_the_order_of_the_items(
        steps in steps(), limits in limits(), pauses in 0..4_u8,
        refuses in prop::option::of(0..4_usize),
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, (item, _))| *item).collect();
        let ran = run(steps, limits.order(KeyedOrder::Global), pauses, refuses);
        prop_assert_eq!((&ran.seen, ran.ended), (&items, true));
        prop_assert!(ran.keys.began_in_order(&items));
    }

    #[test]
    fn what_is_left_is_told_exactly_at_every_moment(steps in steps(), limits in limits()) {
        let mut left = steps.len();
        let outputs = Patchy::new(steps).par_eval_map_keyed_inline_rs2(
            limits,
            |(item, _)| key_of(item),
            async |(item, takes)| {
                yield_times(takes).await;
                item
            },
        );
        let mut outputs = pin!(outputs);
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            prop_assert_eq!(outputs.size_hint(), (left, Some(left)));
            match outputs.as_mut().poll_next(&mut cx) {
                Poll::Ready(Some(_)) => left -= 1,
                Poll::Ready(None) => break,
                Poll::Pending => {}
            }
        }
        prop_assert_eq!(left, 0);
    }
}

/// A key that never finishes, among others that do at once.
async fn stuck_on_zero(item: u32) -> u32 {
    if key_of(&item) == 0 {
        pending::<()>().await;
    }
    item
}

#[test]
fn a_stuck_key_holds_up_no_other_until_as_many_of_its_items_wait_as_may() {
    let source = ByHand::default();
    let limits = KeyedConcurrency::of(2).max_waiting_per_key(3);
    let mut outputs =
        pin!(source.clone().par_eval_map_keyed_inline_rs2(limits, key_of, stuck_on_zero));
    let mut cx = Context::from_waker(Waker::noop());
    let mut ask = || outputs.as_mut().poll_next(&mut cx);
    // One of the stuck key runs, two wait, and the others go on.
    for round in 0..3 {
        source.give(KEYS * round);
        source.give(KEYS * round + 1);
        source.give(KEYS * round + 2);
        assert_eq!(ask(), Poll::Ready(Some(KEYS * round + 1)));
        assert_eq!(ask(), Poll::Ready(Some(KEYS * round + 2)));
        assert!(ask().is_pending());
    }
    // With three waiting, what the source has next might be of that key.
    source.give(0);
    assert!(ask().is_pending());
    let polls = source.polls();
    source.give(1);
    assert!(ask().is_pending());
    assert_eq!(source.polls(), polls, "the source is not polled");
}

#[test]
fn a_hot_key_gets_one_turn_and_then_another_key_has_its_own() {
    let order = RefCell::new(Vec::new());
    let items = [0, 4, 8, 12, 1, 5, 2];
    let outputs = from_iter(items).par_eval_map_keyed_inline_rs2(1, key_of, |item| {
        order.borrow_mut().push(item);
        async move {
            yield_times(1).await;
            item
        }
    });
    block_on(outputs.collect_rs2::<Vec<u32>>());
    assert_eq!(order.into_inner(), [0, 1, 2, 4, 5, 8, 12]);
}

#[test]
fn the_source_is_not_polled_while_as_many_items_wait_as_may() {
    let source = ByHand::default();
    (0..100).for_each(|n| source.give(n));
    let limits = KeyedConcurrency::of(2).max_waiting(5);
    let mut outputs =
        pin!(source.clone().par_eval_map_keyed_inline_rs2(limits, |n| *n, |_| pending::<()>()));
    let mut cx = Context::from_waker(Waker::noop());
    (0..9).for_each(|_| assert!(outputs.as_mut().poll_next(&mut cx).is_pending()));
    assert_eq!(source.polls(), 2 + 5);
}

// Defect 24 of the peer: what had finished waited for the next item.
#[test]
fn a_finished_output_is_delivered_while_the_source_is_silent() {
    let source = ByHand::default();
    let mut outputs =
        pin!(source.clone().par_eval_map_keyed_inline_rs2(4, key_of, |n| ready(n + 1)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    source.give(1);
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(2)));
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
}

#[test]
fn progress_starts_what_waits_for_its_key_without_asking_the_source() {
    let source = ByHand::default();
    [0, 4, 8].into_iter().for_each(|n| source.give(n));
    let done = Cell::new(0);
    let mut outputs = pin!(source.clone().par_eval_map_keyed_inline_rs2(2, key_of, |n: u32| {
        let done = &done;
        async move {
            yield_times(2).await;
            done.set(done.get() + 1);
            n
        }
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    let polls = source.polls();
    while outputs.as_mut().poll_progress(&mut cx).is_pending() {}
    assert_eq!((done.get(), source.polls()), (3, polls));
    for n in [0, 4, 8] {
        assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
    }
}

#[test]
fn many_waiting_items_give_the_task_back_after_the_budget() {
    let started = Cell::new(0);
    let limits = KeyedConcurrency::of(5_000).max_waiting(5_000);
    let mut outputs = pin!(from_iter(0..9_000).par_eval_map_keyed_inline_rs2(
        limits,
        |n| *n,
        |_| {
            started.set(started.get() + 1);
            pending::<()>()
        }
    ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert!((400..=1_024).contains(&started.get()));
}

#[test]
fn a_panic_of_a_task_is_resumed_in_its_turn_and_drops_what_waits() {
    let (mut pool, watch) = (LocalPool::new(), Watch::default());
    let works = watch.clone();
    let spawner = Pool::new(&pool, 0);
    let limits = KeyedConcurrency::of(4).order(KeyedOrder::Global);
    let items: Rc<Vec<u32>> = Rc::new((0..20).collect());
    let source = from_iter(0..20).map_rs2({
        let items = items.clone();
        move |n| (n, items.clone())
    });
    let outputs = source.par_eval_map_keyed_on_rs2(
        spawner,
        limits,
        |(n, _)| key_of(n),
        move |(n, items)| {
            let work = works.work(n, 1);
            async move {
                let n = work.await;
                assert!(n != 2, "two");
                drop(items);
                n
            }
        },
    );
    let mut outputs = Box::pin(outputs);
    let mut next = || catch_unwind(AssertUnwindSafe(|| pool.run_until(outputs.next())));
    assert_eq!((next().unwrap(), next().unwrap()), (Some(0), Some(1)));
    let panic = next().expect_err("it was resumed here");
    assert!(panic.downcast_ref::<&str>().is_some_and(|text| *text == "two"));
    assert_eq!(next().unwrap(), None);
    pool.run_until_stalled();
    assert_eq!(watch.running(), 0, "cancelled");
    // The two handles left are the test's and the source's.
    assert_eq!(Rc::strong_count(&items), 2);
}

#[test]
fn a_panic_in_the_key_goes_through_and_ends_the_stream() {
    let mut outputs = pin!(from_iter(0..9).par_eval_map_keyed_inline_rs2(
        2,
        |n: &u32| {
            assert!(*n != 1, "one");
            *n
        },
        ready,
    ));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(outputs.next()))).is_err());
    assert_eq!(block_on(outputs.next()), None);
}

#[test]
fn a_lost_task_is_a_panic_and_never_an_end() {
    let outputs = from_iter(0..3).par_eval_map_keyed_on_rs2(Loses, 2, key_of, ready::<u32>);
    let mut outputs = pin!(outputs);
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(outputs.next()))).is_err());
}

#[test]
fn settings_that_cannot_work_are_told_by_name() {
    let of = KeyedConcurrency::of;
    let told = |limits: KeyedConcurrency| limits.validate().map_err(|error| error.to_string());
    assert_eq!(told(of(1)), Ok(()));
    let zero = |name| Err(format!("{name} must be greater than zero"));
    assert_eq!(told(of(0)), zero("concurrency"));
    assert_eq!(told(of(1).per_key(0)), zero("per_key"));
    assert_eq!(told(of(1).max_waiting(0)), zero("max_waiting"));
    assert_eq!(told(of(1).max_waiting_per_key(0)), zero("max_waiting_per_key"));
}

#[test]
#[should_panic(expected = "concurrency must be greater than zero")]
fn a_concurrency_of_zero_is_a_mistake() {
    let _ = from_iter([1]).par_eval_map_keyed_inline_rs2(0, key_of, ready);
}
