//! The operators that lend the state of a key, against a few lines over a list of states.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/timed.rs"]
mod timed;

use by_time::{cases, counts, limits};
use proptest::prelude::*;
use rs2_core::machine::Machine;
use rs2_core::metrics::{Holds, Loss, Losses, Reports};
use rs2_core::op::keyed::*;
use rs2_core::state::{EvictBy, Keys, OnFull, TimeToLive, TtlFrom};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Instant, NoTimer};
use std::time::Duration;
use timed::{ByHand, Item, Naive, items, run_at};

const END: u64 = 100_000;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn key(item: &Item) -> u8 {
    item.1
}

fn living(capacity: usize, ttl: u64, from: TtlFrom) -> (Keys<SeededHeap, TimeToLive>, Losses) {
    let (limits, losses) = limits(heap(capacity), OnFull::Evict);
    (Keys::of(limits).ttl_on(NoTimer, ns(ttl)).ttl_from(from), losses)
}

fn ttl_from() -> impl Strategy<Value = TtlFrom> {
    prop_oneof![Just(TtlFrom::Creation), Just(TtlFrom::LastUse)]
}

fn values<T>(outs: Vec<(T, u64)>) -> Vec<T> {
    outs.into_iter().map(|(out, _)| out).collect()
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_filter_passes_what_its_state_says(items in items(5, 40), capacity in 1_usize..8) {
        // Every second item of a key.
        let every_second = |_: &Item, odd: &mut bool| { *odd = !*odd; !*odd };
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let rule = KeyedRule::new(Keys::of(limits), key, KeyedFilter::new(every_second));
        let mut naive = Naive::new(capacity, None);
        let mut expected = items.clone();
        expected.retain(|item| every_second(item, naive.of(item.1, item.2, bool::default)));
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, naive.evicted]);
    }

    #[test]
    fn a_fold_shows_each_value(items in items(5, 40), capacity in 1_usize..8) {
        let add = |item: Item, sum: &mut usize| *sum = *sum * 2 + item.0;
        let rule = KeyedRule::new(Keys::of(heap(capacity)), key, KeyedFold::new(7, add));
        let mut naive = Naive::new(capacity, None);
        let fold = |item: &Item| {
            let sum = naive.of(item.1, item.2, || 7);
            add(*item, sum);
            *sum
        };
        let expected: Vec<usize> = items.iter().map(fold).collect();
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
    }

    #[test]
    fn a_reduction_begins_with_the_first_item(items in items(5, 40), capacity in 1_usize..8) {
        let add = |item: Item, sum: &mut Item| sum.0 = sum.0 * 2 + item.0;
        let rule = KeyedRule::new(Keys::of(heap(capacity)), key, KeyedReduce::new(add));
        let mut naive = Naive::<Option<Item>>::new(capacity, None);
        let reduce = |item: &Item| {
            let value = naive.of(item.1, item.2, || None);
            match value {
                Some(value) => add(*item, value),
                None => *value = Some(*item),
            }
            value.unwrap()
        };
        let expected: Vec<Item> = items.iter().map(reduce).collect();
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
    }

    #[test]
    fn states_expire_and_make_room_in_their_order(
        items in items(6, 60), capacity in 1_usize..8, ttl in 1_u64..12, from in ttl_from(),
        by_recency in any::<bool>(),
    ) {
        let count = |item: Item, count: &mut u32| { *count += 1; (item, *count) };
        let (keys, losses) = living(capacity, ttl, from);
        let order = if by_recency { EvictBy::Recency } else { EvictBy::Expiry };
        let rule = KeyedRule::new(keys.evict_by(order), key, KeyedMap::new(count));
        let mut naive = Naive::new(capacity, Some((ttl, from)));
        naive.by_recency = by_recency;
        let expected: Vec<_> =
            items.iter().map(|item| count(*item, naive.of(item.1, item.2, u32::default))).collect();
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
        prop_assert_eq!(losses.of(Loss::Evicted), naive.evicted);
        prop_assert_eq!(losses.total(), naive.evicted);
    }

    #[test]
    fn a_full_table_that_rejects_takes_the_place_of_the_expired(
        items in items(6, 60), capacity in 1_usize..8, ttl in 1_u64..12,
    ) {
        let (keys, losses) = living(capacity, ttl, TtlFrom::LastUse);
        let rule = KeyedRule::new(keys.on_full(OnFull::Reject), key, KeyedFold::new((), |_, _| ()));
        let mut naive = Naive::new(capacity, Some((ttl, TtlFrom::LastUse)));
        let mut rejected = 0;
        for item in &items {
            naive.states.retain(|state| naive_lives(state, item.2));
            if naive.has(item.1, item.2) || naive.states.len() < capacity {
                naive.of(item.1, item.2, || ());
            } else {
                rejected += 1;
            }
        }
        prop_assert_eq!(run_at(rule, &items, END).len() + rejected, items.len());
        prop_assert_eq!(counts(&losses), [0, 0, 0, rejected as u64, 0]);
    }

    #[test]
    fn what_has_expired_is_given_back_without_an_item(items in items(40, 80), ttl in 1_u64..50) {
        let (keys, _) = living(100, ttl, TtlFrom::LastUse);
        let mut rule = ByHand::new(KeyedRule::new(keys, key, KeyedFold::new((), |_, _| ())));
        rule.feed_all(&items);
        let last = items.last().map_or(0, |item| item.2);
        rule.until(last + 5 * ttl + 1);
        prop_assert_eq!(rs2_core::metrics::Holds::held(&rule.machine), 0);
        prop_assert_eq!(rs2_core::machine::Machine::deadline(&rule.machine), None);
    }

    #[test]
    fn one_of_equal_items_passes_in_a_stretch_of_time(
        items in items(6, 60), capacity in 1_usize..8, ttl in 1_u64..12, from in ttl_from(),
    ) {
        let (keys, losses) = living(capacity, ttl, from);
        let rule = KeyedRule::new(keys, key, KeyedDeduplicate);
        let mut naive = Naive::new(capacity, Some((ttl, from)));
        let mut risky_until = 0;
        let (mut expected, mut risk) = (Vec::new(), 0);
        for item in &items {
            let (is_new, evicted) = (!naive.has(item.1, item.2), naive.evicted);
            naive.of(item.1, item.2, || ());
            if is_new {
                risk += u64::from(item.2 < risky_until);
                expected.push(*item);
            }
            if naive.evicted > evicted {
                risky_until = item.2 + ttl;
            }
        }
        let duplicates = (items.len() - expected.len()) as u64;
        let found = values(run_at(rule, &items, END));
        // What is not at risk is the first of its key in its stretch of time, by the definition
        // without bounds.
        let mut unbounded = Naive::new(256, Some((ttl, from)));
        let firsts = items.iter().filter(|item| {
            let is_new = !unbounded.has(item.1, item.2);
            unbounded.of(item.1, item.2, || ());
            is_new
        });
        prop_assert!(firsts.count() as u64 + losses.of(Loss::DuplicateRisk) >= found.len() as u64);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(counts(&losses), [0, duplicates, 0, 0, naive.evicted]);
        prop_assert_eq!(losses.of(Loss::DuplicateRisk), risk);
    }

    #[test]
    fn no_stretch_of_time_has_more_than_the_limit(
        items in items(4, 60), n in 1_usize..4, window in 1_u64..20,
    ) {
        let (keys, losses) = living(256, window, TtlFrom::LastUse);
        let rule = KeyedRule::new(keys, key, KeyedThrottle::new(Heap::bounded(n), ns(window)));
        let mut passed: Vec<Item> = Vec::new();
        for item in &items {
            let recent = |other: &&Item| other.1 == item.1 && other.2 + window > item.2;
            if passed.iter().filter(recent).count() < n {
                passed.push(*item);
            }
        }
        let suppressed = (items.len() - passed.len()) as u64;
        prop_assert_eq!(values(run_at(rule, &items, END)), passed);
        prop_assert_eq!(counts(&losses), [0, 0, suppressed, 0, 0]);
    }

    #[test]
    fn a_pattern_is_lent_the_last_items_since_its_last_match(
        items in items(4, 60), most in 1_usize..6, capacity in 1_usize..6,
    ) {
        // Three items, or two whose places are next to each other.
        let find = |run: &[Item]| {
            let is_found = run.len() > 3 || run.windows(2).any(|two| two[0].0 + 1 == two[1].0);
            is_found.then(|| run.to_vec())
        };
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let step = KeyedPattern::new(Heap::bounded(most), find);
        let rule = KeyedRule::new(Keys::of(limits), key, step);
        let mut naive = Naive::<Vec<Item>>::new(capacity, None);
        let (mut expected, mut forgotten) = (Vec::new(), 0);
        for item in &items {
            let run = naive.of(item.1, item.2, Vec::new);
            run.push(*item);
            if run.len() > most {
                run.remove(0);
                forgotten += 1;
            }
            if let Some(found) = find(run) {
                expected.push(found);
                run.clear();
            }
        }
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, naive.evicted + forgotten]);
    }

    #[test]
    fn windows_are_those_of_each_key_alone(
        items in items(5, 80), size in 1_usize..6, step in 1_usize..8, partial in any::<bool>(),
        spare in 0_usize..7,
    ) {
        let shape = CountWindow::sliding(size, step);
        let shape = if partial { shape.partial_last() } else { shape };
        let windows = Heap::bounded(size + spare);
        let rule = KeyedWindow::new(heap(256).into(), windows, shape, key, <[Item]>::to_vec);
        let mut expected: Vec<Vec<Item>> = Vec::new();
        let mut lasts: Vec<(usize, Vec<Item>)> = Vec::new();
        for k in 0..5 {
            let own: Vec<Item> = items.iter().copied().filter(|item| item.1 == k).collect();
            let mut shown = 0;
            let mut start = 0;
            while start + size <= own.len() {
                expected.push(own[start..start + size].to_vec());
                shown = start + size;
                start += step;
            }
            if partial && shown < own.len() && start < own.len() {
                lasts.push((own[0].0, own[start..].to_vec()));
            }
        }
        expected.sort_by_key(|window| window[window.len() - 1].0);
        lasts.sort();
        expected.extend(lasts.into_iter().map(|(_, window)| window));
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
    }

    #[test]
    fn groups_are_split_and_never_lost(
        items in items(6, 80), most in 1_usize..6, capacity in 1_usize..8,
    ) {
        let (limits, losses) = limits(heap(capacity), OnFull::Evict);
        let number = |key: u8, items: Vec<Item>, groups: &mut u32| {
            *groups += 1;
            (key, items, *groups)
        };
        let rule = KeyedGroupBy::new(limits, Heap::bounded(most), key, number);
        // The keys in the order in which they came: items since the last group, number of groups.
        let mut open: Vec<(u8, Vec<Item>, u32)> = Vec::new();
        let (mut expected, mut early) = (Vec::new(), 0);
        for item in &items {
            if !open.iter().any(|group| group.0 == item.1) {
                if open.len() == capacity {
                    let (key, items, groups) = open.remove(0);
                    if !items.is_empty() {
                        expected.push((key, items, groups + 1));
                        early += 1;
                    }
                }
                open.push((item.1, Vec::new(), 0));
            }
            let group = open.iter_mut().find(|group| group.0 == item.1).unwrap();
            group.1.push(*item);
            if group.1.len() == most {
                group.2 += 1;
                expected.push((group.0, std::mem::take(&mut group.1), group.2));
                early += 1;
            }
        }
        let last = open.into_iter().filter(|group| !group.1.is_empty());
        expected.extend(last.map(|(key, items, groups)| (key, items, groups + 1)));
        prop_assert_eq!(values(run_at(rule, &items, END)), expected);
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, early]);
    }
}

fn naive_lives<V>(state: &timed::State<V>, now: u64) -> bool {
    state.expiry() > now
}

/// The peer forgot the key seen first and let every item of a cycle pass, without a word. The bound
/// is the same here; what it costs is told.
#[test]
fn what_passes_is_unique_or_counted_as_a_risk() {
    let keys = Keys::of(Heap::bounded(1_000).seeded(7)).ttl_on(NoTimer, Duration::from_secs(3_600));
    let keys = keys.ttl_from(TtlFrom::Creation);
    let mut rule = KeyedRule::new(keys, |item: &(u32, u32)| item.0, KeyedDeduplicate);
    let losses = rule.losses().clone();
    let mut emitted = 0;
    for round in 0..5 {
        for key in 0..1_001 {
            emitted += u64::from(rule.on_item(timed::at(0), (key, round)).is_some());
            rule.settle();
        }
    }
    let unique = 1_001;
    assert!(losses.of(Loss::Evicted) > 0);
    assert_eq!(emitted, unique + losses.of(Loss::DuplicateRisk));
    assert_eq!(emitted + losses.of(Loss::Duplicate), 5_005);
}

#[test]
fn a_growing_table_is_swept_before_its_states_have_long_expired() {
    let keys = Keys::of(heap(10_000)).ttl_on(NoTimer, ns(100));
    let mut rule = KeyedRule::new(keys, |n: &u64| *n, KeyedMap::new(|_, _: &mut ()| ()));
    let mut most = 0;
    for n in 0..5_000 {
        let now = Instant::from_nanos(n);
        if rule.deadline().is_some_and(|due| due < now) {
            rule.on_deadline(now);
        }
        rule.on_item(now, n);
        most = most.max(rule.held());
    }
    assert!((100..=264).contains(&most), "{most} states of 100 that were alive");
}

#[test]
fn a_time_to_live_without_end_never_expires() {
    let keys = Keys::of(heap(10)).ttl_on(NoTimer, Duration::MAX).ttl_from(TtlFrom::Creation);
    let rule = KeyedRule::new(keys, key, KeyedDeduplicate);
    let items: Vec<Item> = (0..10).map(|n| (n, (n % 5) as u8, n as u64 * 1_000)).collect();
    assert_eq!(run_at(rule, &items, u64::MAX).len(), 5);
}

#[test]
#[should_panic(expected = "a time to live must be greater than zero")]
fn a_time_to_live_of_nothing_is_a_mistake() {
    let _ = Keys::of(heap(1)).ttl_on(NoTimer, Duration::ZERO);
}

#[test]
#[should_panic(expected = "a window must have items")]
fn a_window_of_nothing_is_a_mistake() {
    let _ = CountWindow::sliding(1, 0);
}
