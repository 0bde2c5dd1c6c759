//! Keys that fall idle: their windows are forgotten, their groups go out, and nothing is kept.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "common/ticking.rs"]
mod ticking;
#[path = "common/timed.rs"]
mod timed;

use by_time::{cases, counts, limits};
use proptest::prelude::*;
use recorder::{arrivals, record};
use rs2_core::machine::Machine;
use rs2_core::metrics::{Holds, Losses};
use rs2_core::op::keyed::{CountWindow, KeyedGroupWithin, KeyedWindow};
use rs2_core::prelude::*;
use rs2_core::state::{Keys, Limits, OnFull, TimeToLive, TtlFrom};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::NoTimer;
use std::time::Duration;
use timed::{ByHand, Item, items, run_at};

const KEYS: u8 = 5;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn key(item: &Item) -> u8 {
    item.1
}

fn living(ttl: u64, from: TtlFrom) -> Keys<SeededHeap, TimeToLive> {
    Keys::of(heap(256)).ttl_on(NoTimer, ns(ttl)).ttl_from(from)
}

fn ttl_from() -> impl Strategy<Value = TtlFrom> {
    prop_oneof![Just(TtlFrom::Creation), Just(TtlFrom::LastUse)]
}

fn shapes() -> impl Strategy<Value = CountWindow> {
    (1_usize..6, 1_usize..8, any::<bool>()).prop_map(|(size, step, partial)| {
        let shape = CountWindow::sliding(size, step);
        if partial { shape.partial_last() } else { shape }
    })
}

/// When what began with the first of these items and was last used by the last one is over.
fn over(items: &[Item], ttl: u64, from: TtlFrom) -> u64 {
    let since = if from == TtlFrom::Creation { items[0] } else { items[items.len() - 1] };
    since.2 + ttl
}

/// The items of a key, cut where it was forgotten.
fn lives(items: &[Item], of: u8, ttl: u64, from: TtlFrom) -> Vec<Vec<Item>> {
    let mut lives: Vec<Vec<Item>> = Vec::new();
    for item in items.iter().filter(|item| item.1 == of) {
        match lives.last_mut() {
            Some(life) if item.2 < over(life, ttl, from) => life.push(*item),
            _ => lives.push(vec![*item]),
        }
    }
    lives
}

type Group = (u8, Vec<Item>, u32);

fn number(key: u8, items: Vec<Item>, groups: &mut u32) -> Group {
    *groups += 1;
    (key, items, *groups)
}

/// Groups of each key by definition: those that are open, the one idle for longest first.
struct Open {
    idle: u64,
    most: usize,
    groups: Vec<(u8, Vec<Item>, u32, u64)>,
    out: Vec<(Group, u64)>,
    early: u64,
}

impl Open {
    fn let_first_go(&mut self, now: u64) -> bool {
        let (key, items, groups, _) = self.groups.remove(0);
        let goes = !items.is_empty();
        self.out.extend(goes.then_some(((key, items, groups + 1), now)));
        goes
    }

    /// Those that are idle before `now`, each when it is.
    fn until(&mut self, now: u64) {
        while self.groups.first().is_some_and(|group| group.3 + self.idle < now) {
            let at = self.groups[0].3 + self.idle;
            self.let_first_go(at);
        }
    }

    fn add(&mut self, item: Item, capacity: usize, evict: bool) -> bool {
        let known = self.groups.iter().position(|group| group.0 == item.1);
        if known.is_none() && self.groups.len() == capacity {
            if !evict {
                return false;
            }
            self.early += u64::from(self.let_first_go(item.2));
        }
        let (_, mut items, mut number, _) =
            known.map_or((item.1, Vec::new(), 0, 0), |at| self.groups.remove(at));
        items.push(item);
        if items.len() == self.most {
            number += 1;
            self.out.push(((item.1, std::mem::take(&mut items), number), item.2));
            self.early += 1;
        }
        self.groups.push((item.1, items, number, item.2));
        true
    }
}

fn held_after<M: Machine<In = Item> + Holds>(rule: M, items: &[Item], later: u64) -> usize {
    let mut rule = ByHand::new(rule);
    rule.feed_all(items);
    rule.until(items.last().map_or(0, |item| item.2) + later);
    rule.machine.held()
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn windows_are_those_of_each_life_of_each_key(
        items in items(KEYS, 80), size in 1_usize..6, step in 1_usize..8, partial in any::<bool>(),
        ttl in 1_u64..40, from in ttl_from(), rest in 0_u64..60,
    ) {
        let shape = CountWindow::sliding(size, step);
        let shape = if partial { shape.partial_last() } else { shape };
        let end = items.last().map_or(0, |item| item.2) + rest;
        let copy = <[Item]>::to_vec;
        let rule = KeyedWindow::new(living(ttl, from), Heap::bounded(size), shape, key, copy);
        let found: Vec<Vec<Item>> =
            run_at(rule, &items, end).into_iter().map(|(window, _)| window).collect();
        let (mut expected, mut lasts) = (Vec::new(), Vec::new());
        for of in 0..KEYS {
            for life in lives(&items, of, ttl, from) {
                let (mut shown, mut start) = (0, 0);
                while start + size <= life.len() {
                    expected.push(life[start..start + size].to_vec());
                    shown = start + size;
                    start += step;
                }
                let goes_on = over(&life, ttl, from) > end;
                if partial && goes_on && shown.max(start) < life.len() {
                    lasts.push((life[0].0, life[start..].to_vec()));
                }
            }
        }
        expected.sort_by_key(|window: &Vec<Item>| window[window.len() - 1].0);
        lasts.sort();
        expected.extend(lasts.into_iter().map(|(_, window)| window));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn idle_keys_are_given_back_without_an_item(
        items in items(40, 80), shape in shapes(), ttl in 1_u64..50, from in ttl_from(),
    ) {
        let windows = Heap::bounded(shape.size());
        let rule = KeyedWindow::new(living(ttl, from), windows, shape, key, <[Item]>::len);
        prop_assert_eq!(held_after(rule, &items, 5 * ttl + 1), 0);
        let rule = KeyedGroupWithin::new(heap(256).into(), Heap::bounded(9), ns(ttl), key, number);
        prop_assert_eq!(held_after(rule, &items, ttl + 1), 0);
    }

    #[test]
    fn a_group_goes_out_when_its_key_falls_idle(
        items in items(6, 80), most in 1_usize..6, idle in 1_u64..30, capacity in 1_usize..8,
        rest in 0_u64..40, evict in any::<bool>(),
    ) {
        let end = items.last().map_or(0, |item| item.2) + rest;
        let on_full = if evict { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(heap(capacity), on_full);
        let rule = KeyedGroupWithin::new(limits, Heap::bounded(most), ns(idle), key, number);
        let mut open = Open { idle, most, groups: Vec::new(), out: Vec::new(), early: 0 };
        let mut full = 0;
        for item in &items {
            open.until(item.2);
            full += u64::from(!open.add(*item, capacity, evict));
        }
        open.until(end);
        while !open.groups.is_empty() {
            open.let_first_go(end);
        }
        prop_assert_eq!(run_at(rule, &items, end), open.out);
        prop_assert_eq!(counts(&losses), [0, 0, 0, full, open.early]);
    }

    /// The same by the driver, polled at every instant: no item is needed for a group to go out.
    #[test]
    fn the_timer_lets_a_group_out((arrivals, end) in arrivals(), idle in 1_u64..20) {
        let (found, _) = record(&arrivals, end, |source, clock| {
            let key = |item: &usize| (item % 3) as u8;
            let group = |key, items: Vec<usize>, _: &mut ()| (key, items);
            let (keys, groups) = (heap(9), Heap::bounded(99));
            source.keyed_group_by_within_on_rs2(clock, keys, groups, ns(idle), key, group)
        });
        let mut open = Open { idle, most: 99, groups: Vec::new(), out: Vec::new(), early: 0 };
        for (n, at) in &arrivals {
            open.until(*at);
            open.add((*n, (n % 3) as u8, *at), 9, true);
        }
        open.until(end);
        while !open.groups.is_empty() {
            open.let_first_go(end);
        }
        let numbers = |items: Vec<Item>| items.into_iter().map(|item| item.0).collect::<Vec<_>>();
        let mut expected: Vec<_> =
            open.out.into_iter().map(|((key, items, _), at)| ((key, numbers(items)), at)).collect();
        let mut found = found;
        found.sort_by_key(|((_, items), at)| (*at, items[0]));
        expected.sort_by_key(|((_, items), at)| (*at, items[0]));
        prop_assert_eq!(found, expected);
    }
}

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn both_go_on_from_anywhere(
        items in items(KEYS, 16), shape in shapes(), ttl in 1_u64..9, from in ttl_from(),
        most in 1_usize..4, room in 1_usize..6,
        on_full in prop::sample::select(vec![OnFull::Evict, OnFull::Reject, OnFull::Stop]),
    ) {
        let copy = <[Item]>::to_vec;
        let windows = || Heap::bounded(shape.size());
        let window = || KeyedWindow::new(living(ttl, from), windows(), shape, key, copy);
        timed::goes_on(window, &items, 100_000);
        let build = || {
            let limits = Limits::of(heap(room)).on_full(on_full);
            KeyedGroupWithin::new(limits, Heap::bounded(most), ns(ttl), key, number)
        };
        timed::goes_on(build, &items, 100_000);
    }
}

#[test]
fn a_full_memory_may_stop_the_groups() {
    let (limits, losses): (_, Losses) = limits(heap(1), OnFull::Stop);
    let rule = KeyedGroupWithin::new(limits, Heap::bounded(9), ns(5), key, number);
    assert!(run_at(rule, &[(0, 0, 0), (1, 1, 0)], 9).is_empty());
    assert!(losses.is_stopped());
}

#[test]
fn keys_that_never_fall_idle_need_no_timer() {
    let mut rule =
        KeyedGroupWithin::new(heap(9).into(), Heap::bounded(9), Duration::MAX, key, number);
    assert_eq!(rule.on_item(timed::at(5), (0, 0, 5)), None);
    assert_eq!(rule.deadline(), None);
    assert_eq!(rule.on_end(timed::at(6)), Some((0, vec![(0, 0, 5)], 1)));
    assert_eq!(rule.held(), 0);
}

#[test]
#[should_panic(expected = "a key must be idle for longer than nothing")]
fn no_time_to_be_idle_is_a_mistake() {
    run_at(
        KeyedGroupWithin::new(heap(1).into(), Heap::bounded(1), Duration::ZERO, key, number),
        &[],
        0,
    );
}
