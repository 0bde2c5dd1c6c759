//! What the tests of rules in processing time share: a rule fed by hand, with the time of each
//! item, and a table of states as it is defined.
#![allow(dead_code, unreachable_pub)]

use proptest::prelude::*;
use rs2_core::machine::Machine;
#[cfg(feature = "snapshot")]
use rs2_core::metrics::{Holds, Loss, Reports};
#[cfg(feature = "snapshot")]
use rs2_core::snapshot::{self, Snapshot};
use rs2_core::state::TtlFrom;
use rs2_core::time::Instant;
use std::fmt::Debug;

/// Its place in the input, its key, and when it comes.
pub type Item = (usize, u8, u64);

pub fn at(nanos: u64) -> Instant {
    Instant::from_nanos(nanos)
}

/// Items in the order of their times, many at the same one.
pub fn items(keys: u8, most: usize) -> impl Strategy<Value = Vec<Item>> {
    let gap = prop_oneof![4 => Just(0_u64), 4 => 1_u64..4, 1 => 5_u64..40];
    prop::collection::vec((0..keys, gap), 0..most).prop_map(|steps| {
        let mut now = 0;
        let number = |(place, (key, gap)): (usize, (u8, u64))| {
            now += gap;
            (place, key, now)
        };
        steps.into_iter().enumerate().map(number).collect()
    })
}

/// Outputs, each with the time at which it came.
type Outs<M> = Vec<(<M as Machine>::Out, u64)>;

/// What goes on in the place of a rule that has put out so much.
type Successor<'a, M> = Box<dyn Fn(&M, usize) -> Option<M> + 'a>;

/// A rule that is driven by hand; its timers ring to the instant.
pub struct ByHand<'a, M: Machine> {
    pub machine: M,
    pub outs: Outs<M>,
    successor: Successor<'a, M>,
}

impl<'a, M: Machine<In = Item>> ByHand<'a, M> {
    pub fn new(machine: M) -> Self {
        Self { machine, outs: Vec::new(), successor: Box::new(|_, _| None) }
    }

    /// Another may go on after each output, also where more are ready.
    pub fn followed(machine: M, by: impl Fn(&M, usize) -> Option<M> + 'a) -> Self {
        Self { successor: Box::new(by), ..Self::new(machine) }
    }

    fn take(&mut self, first: Option<M::Out>, now: u64) {
        let mut next = first;
        while let Some(out) = next {
            self.outs.push((out, now));
            if let Some(machine) = (self.successor)(&self.machine, self.outs.len()) {
                self.machine = machine;
            }
            next = self.machine.more();
        }
    }

    /// Rings every timer that is due before `now`.
    pub fn until(&mut self, now: u64) {
        for _ in 0..10_000 {
            let Some(due) = self.machine.deadline().filter(|due| *due < at(now)) else { return };
            let due = due.since_origin().as_nanos() as u64;
            let out = self.machine.on_deadline(at(due));
            self.take(out, due);
        }
        panic!("its deadline does not move");
    }

    pub fn feed(&mut self, item: Item) {
        self.until(item.2);
        let out = self.machine.on_item(at(item.2), item);
        self.take(out, item.2);
        self.machine.settle();
    }

    pub fn feed_all(&mut self, items: &[Item]) {
        for item in items {
            if self.machine.is_finished() {
                return;
            }
            self.feed(*item);
        }
    }

    pub fn end(mut self, now: u64) -> (Outs<M>, M) {
        if !self.machine.is_finished() {
            self.until(now);
            let out = self.machine.on_end(at(now));
            self.take(out, now);
        }
        self.machine.close();
        (self.outs, self.machine)
    }
}

/// All outputs of a rule, each with the time at which it came.
pub fn run_at<M: Machine<In = Item>>(machine: M, items: &[Item], end: u64) -> Outs<M> {
    let mut rule = ByHand::new(machine);
    rule.feed_all(items);
    rule.end(end).0
}

/// A rule that can be saved, and says what it holds and has lost.
#[cfg(feature = "snapshot")]
pub trait Saved: Machine<In = Item, Out: Debug + PartialEq> + Snapshot + Holds + Reports {}

#[cfg(feature = "snapshot")]
impl<M: Machine<In = Item, Out: Debug + PartialEq> + Snapshot + Holds + Reports> Saved for M {}

/// Saves a rule before each item and after each output, restores it into a new one, and checks that
/// it goes on as the first one does, and counts as lost what the first one would have. At the end
/// nothing is held.
#[cfg(feature = "snapshot")]
pub fn goes_on<M: Saved>(build: impl Fn() -> M, items: &[Item], end: u64) {
    goes_on_between_items(&build, items, end);
    goes_on_between_outputs(&build, items, end);
    // Also where the end comes before any timer has rung.
    let soon = items.last().map_or(0, |item| item.2);
    goes_on_between_outputs(&build, items, soon);
}

/// [`goes_on`] where no output is left to be asked for.
#[cfg(feature = "snapshot")]
pub fn goes_on_between_items<M: Saved>(build: impl Fn() -> M, items: &[Item], end: u64) {
    let kinds = [Loss::Duplicate, Loss::Suppressed, Loss::Full, Loss::Evicted, Loss::DuplicateRisk];
    let counts = |machine: &M| kinds.map(|kind| machine.losses().of(kind));
    let (whole, all) = run_to(ByHand::new(build()), items, end);
    for taken in 0..=items.len() {
        let mut first = ByHand::new(build());
        first.feed_all(&items[..taken]);
        let bytes = snapshot::save(&first.machine).expect("nothing runs");
        let mut second = ByHand::new(build());
        snapshot::restore(&mut second.machine, &bytes).expect("the bytes are whole");
        let cut = snapshot::restore(&mut build(), &bytes[..bytes.len() - 1]);
        assert!(cut.is_err(), "bytes that are cut short are refused");
        let (rest, machine) = run_to(second, &items[taken..], end);
        assert_eq!(rest, whole[first.outs.len()..], "saved after {taken} of {} items", items.len());
        let counted = counts(&first.machine).into_iter().zip(counts(&machine)).map(|(a, b)| a + b);
        assert_eq!(counted.collect::<Vec<_>>(), counts(&all), "lost, saved after {taken} items");
    }
}

/// [`goes_on`] where more outputs may be ready.
#[cfg(feature = "snapshot")]
fn goes_on_between_outputs<M: Saved>(build: impl Fn() -> M, items: &[Item], end: u64) {
    let again = |machine: &M| {
        let bytes = snapshot::save(machine).expect("nothing runs");
        let mut again = build();
        snapshot::restore(&mut again, &bytes).expect("the bytes are whole");
        again
    };
    let (whole, _) = run_to(ByHand::new(build()), items, end);
    for outs in 1..=whole.len() {
        let rule = ByHand::followed(build(), |machine, now| (now == outs).then(|| again(machine)));
        let (found, _) = run_to(rule, items, end);
        assert_eq!(found, whole, "saved after {outs} outputs");
    }
}

/// All that comes from the items, and the rule at its end, which must have let go of everything.
#[cfg(feature = "snapshot")]
fn run_to<M: Saved>(mut rule: ByHand<'_, M>, items: &[Item], end: u64) -> (Outs<M>, M) {
    rule.feed_all(items);
    let (outs, machine) = rule.end(end);
    assert_eq!((machine.held(), machine.deadline()), (0, None), "left at the end");
    (outs, machine)
}

/// The states of keys by definition: a list that is searched.
pub struct Naive<V> {
    pub states: Vec<State<V>>,
    pub capacity: usize,
    pub ttl: Option<(u64, TtlFrom)>,
    pub by_recency: bool,
    pub evicted: u64,
    uses: u64,
}

pub struct State<V> {
    pub key: u8,
    pub value: V,
    used: u64,
    expiry: u64,
}

impl<V> State<V> {
    pub fn expiry(&self) -> u64 {
        self.expiry
    }
}

impl<V> Naive<V> {
    pub fn new(capacity: usize, ttl: Option<(u64, TtlFrom)>) -> Self {
        Self { states: Vec::new(), capacity, ttl, by_recency: false, evicted: 0, uses: 0 }
    }

    pub fn has(&self, key: u8, now: u64) -> bool {
        self.states.iter().any(|state| state.key == key && state.expiry > now)
    }

    /// The state of a key, begun if there is none; the one that goes first makes room.
    pub fn of(&mut self, key: u8, now: u64, begin: impl FnOnce() -> V) -> &mut V {
        self.uses += 1;
        let is_renewed = self.ttl.is_some_and(|(_, from)| from != TtlFrom::Creation);
        let by_use = !is_renewed && (self.by_recency || self.ttl.is_none());
        self.states.retain(|state| state.expiry > now);
        let expiry = self.ttl.map_or(u64::MAX, |(ttl, _)| now.saturating_add(ttl));
        let place = match self.states.iter().position(|state| state.key == key) {
            Some(place) => {
                if is_renewed {
                    self.states[place].expiry = expiry;
                }
                place
            }
            None => {
                if self.states.len() == self.capacity {
                    let order =
                        |state: &State<V>| (if by_use { 0 } else { state.expiry }, state.used);
                    self.states.sort_by_key(order);
                    self.states.remove(0);
                    self.evicted += 1;
                }
                self.states.push(State { key, value: begin(), used: self.uses, expiry });
                self.states.len() - 1
            }
        };
        // Where a use changes nothing about which goes first, it is not noted.
        if by_use {
            self.states[place].used = self.uses;
        }
        &mut self.states[place].value
    }
}
