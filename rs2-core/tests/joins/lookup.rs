//! The lookup join: one question at a time for each key, answers remembered for a while.

use super::by_time::{cases, collected};
use super::ticking::Ticking;
use futures_channel::oneshot;
use futures_executor::block_on;
use futures_util::{FutureExt, StreamExt, future, stream};
use proptest::prelude::*;
use rs2_core::metrics::Holds;
use rs2_core::op::join::LookupConfig;
use rs2_core::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

type Answer = Result<Option<u32>, &'static str>;

fn config() -> LookupConfig {
    let nanos = Duration::from_nanos;
    LookupConfig {
        ttl: nanos(100),
        negative_ttl: nanos(30),
        error_ttl: nanos(10),
        ..LookupConfig::default()
    }
}

/// What there is for a key: a value, nothing, or an error.
fn answer(key: u32) -> Answer {
    match key % 4 {
        0..=1 => Ok(Some(key * 10)),
        2 => Ok(None),
        _ => Err("gone"),
    }
}

fn owned(item: u32, found: Result<Option<&u32>, &&'static str>) -> (u32, Answer) {
    (item, found.map(Option::<&u32>::copied).map_err(|error| *error))
}

/// Questions that are answered when the test says so.
#[derive(Clone, Default)]
struct Asked(Rc<RefCell<Vec<Question>>>);

/// What was asked for, and where the answer goes.
type Question = (u32, oneshot::Sender<Answer>);

impl Asked {
    fn ask(&self, key: u32) -> impl Future<Output = Answer> + use<> {
        let (tell, told) = oneshot::channel();
        self.0.borrow_mut().push((key, tell));
        told.map(|answer| answer.expect("the test answers"))
    }

    fn keys(&self) -> Vec<u32> {
        self.0.borrow().iter().map(|(key, _)| *key).collect()
    }

    fn tell(&self, key: u32) {
        let mut asked = self.0.borrow_mut();
        let at = asked.iter().position(|(of, _)| *of == key).expect("it was asked for");
        asked.remove(at).1.send(answer(key)).expect("somebody waits");
    }
}

/// What is remembered, the least recently used first: the key, until when its answer holds, and
/// when it came.
#[derive(Default)]
struct Memory(Vec<(u32, u64, u64)>);

impl Memory {
    /// Whether an item of the key at this time finds an answer.
    fn knows(&mut self, key: u32, now: u64) -> bool {
        let Some(at) = self.0.iter().position(|(of, ..)| *of == key) else { return false };
        let used = self.0.remove(at);
        let holds = used.1 > now;
        self.0.extend(holds.then_some(used));
        holds
    }

    /// The longest of the times to live is how long any answer may take up room.
    fn remember(&mut self, key: u32, now: u64, max_entries: usize) {
        let ttl = [100, 100, 30, 10][key as usize % 4];
        self.0.retain(|(.., came)| came + 100 > now);
        if self.0.len() == max_entries {
            self.0.remove(0);
        }
        self.0.push((key, now + ttl, now));
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// Time passes between the items; the model remembers what the settings say, and forgets the
    /// answer that was not used for longest.
    #[test]
    fn a_key_is_asked_for_once_and_again_when_its_answer_is_old_or_made_room(
        items in prop::collection::vec((0_u32..8, 0_u64..40), 0..60),
        max_entries in prop_oneof![3 => 1_usize..6, 1 => Just(100)],
    ) {
        let clock = Ticking::default();
        let asked = Rc::new(RefCell::new(Vec::new()));
        let (times, log) = (clock.clone(), asked.clone());
        let source = stream::iter(items.clone()).map(move |(key, later)| {
            times.now.set(times.now.get() + later);
            key
        });
        let mut joined = Box::pin(source.lookup_join_on_rs2(
            clock,
            7,
            |key| *key,
            // One after the other, so that none joins the question of another.
            LookupConfig { max_entries, max_waiting: 1, ..config() },
            move |key| {
                log.borrow_mut().push(key);
                future::ready(answer(key))
            },
            owned,
        ));
        let (mut now, mut questions, mut memory) = (0, Vec::new(), Memory::default());
        for (key, later) in items {
            prop_assert_eq!(block_on(joined.next()), Some((key, answer(key))));
            prop_assert!(joined.held() <= max_entries);
            now += later;
            if !memory.knows(key, now) {
                questions.push(key);
                memory.remember(key, now, max_entries);
            }
            prop_assert_eq!(&*asked.borrow(), &questions);
        }
        prop_assert_eq!(block_on(joined.next()), None);
        prop_assert_eq!(joined.held(), 0);
    }
}

#[test]
fn the_answer_not_used_for_longest_makes_room() {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let log = asked.clone();
    let fetch = move |key| {
        log.borrow_mut().push(key);
        future::ready(answer(key))
    };
    // 4 takes the place of 1, since 0 was used again, and 0 that of nothing.
    let source = stream::iter([0, 1, 0, 4, 0, 1]);
    let config = LookupConfig { max_entries: 2, max_waiting: 1, ..config() };
    let joined = source.lookup_join_on_rs2(Ticking::default(), 7, |key| *key, config, fetch, owned);
    assert_eq!(collected(joined).len(), 6);
    assert_eq!(*asked.borrow(), [0, 1, 4, 1]);
}

#[test]
fn all_that_wait_for_a_key_are_served_by_one_question() {
    let asked = Asked::default();
    let ask = asked.clone();
    let config = LookupConfig { max_in_flight: 2, ..config() };
    let source = stream::iter([0, 1, 0, 1, 5]).chain(stream::pending());
    let fetch = move |key| ask.ask(key);
    let clock = Ticking::default();
    let mut joined = source.lookup_join_on_rs2(clock, 7, |key| *key, config, fetch, owned);
    assert_eq!(joined.next().now_or_never(), None);
    assert_eq!(asked.keys(), [0, 1], "two at once, and no third");
    asked.tell(1);
    assert_eq!(joined.next().now_or_never(), None, "the first one is not there");
    asked.tell(0);
    let mut next = || joined.next().now_or_never().flatten();
    assert_eq!(next(), Some((0, Ok(Some(0)))));
    assert_eq!(next(), Some((1, Ok(Some(10)))));
    assert_eq!(next(), Some((0, Ok(Some(0)))));
    assert_eq!(next(), Some((1, Ok(Some(10)))));
    assert_eq!(next(), None);
    asked.tell(5);
    assert_eq!(next(), Some((5, Ok(Some(50)))));
}

#[test]
fn without_an_order_a_slow_answer_holds_up_no_other() {
    let asked = Asked::default();
    let ask = asked.clone();
    let source = stream::iter([0, 1]);
    let fetch = move |key| ask.ask(key);
    let clock = Ticking::default();
    let mut joined =
        source.lookup_join_unordered_on_rs2(clock, 7, |key| *key, config(), fetch, owned);
    assert_eq!(joined.next().now_or_never(), None);
    asked.tell(1);
    assert_eq!(joined.next().now_or_never(), Some(Some((1, Ok(Some(10))))));
    asked.tell(0);
    assert_eq!(block_on(joined.next()), Some((0, Ok(Some(0)))));
    assert_eq!((block_on(joined.next()), joined.held()), (None, 0));
}

#[test]
fn no_more_items_wait_than_may() {
    let asked = Asked::default();
    let ask = asked.clone();
    let taken = Rc::new(Cell::new(0));
    let count = taken.clone();
    let source = stream::repeat(0).inspect(move |_| count.set(count.get() + 1));
    let config = LookupConfig { max_waiting: 5, ..config() };
    let fetch = move |key| ask.ask(key);
    let clock = Ticking::default();
    let mut joined = source.lookup_join_on_rs2(clock, 7, |key| *key, config, fetch, owned);
    assert_eq!(joined.next().now_or_never(), None);
    assert_eq!((taken.get(), joined.held()), (5, 5 + 1));
}

#[test]
fn an_error_that_is_not_remembered_is_asked_for_again() {
    let asked = Rc::new(Cell::new(0));
    let count = asked.clone();
    let fetch = move |key| {
        count.set(count.get() + 1);
        future::ready(answer(key))
    };
    let config = LookupConfig { error_ttl: Duration::ZERO, max_waiting: 1, ..config() };
    let clock = Ticking::default();
    let joined =
        stream::iter([3, 3, 2, 2]).lookup_join_on_rs2(clock, 7, |key| *key, config, fetch, owned);
    assert_eq!(collected(joined).len(), 4);
    assert_eq!(asked.get(), 3);
}

#[test]
#[should_panic(expected = "max_in_flight must be greater than zero")]
fn settings_that_cannot_work_are_refused() {
    let config = LookupConfig { max_in_flight: 0, ..config() };
    let fetch = |key| future::ready(answer(key));
    drop(stream::iter([1]).lookup_join_on_rs2(Ticking::default(), 7, |n| *n, config, fetch, owned));
}
