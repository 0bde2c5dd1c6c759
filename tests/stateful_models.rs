//! Each stateful operator against a few lines over `Vec`s, with random items, keys and waits.

#[path = "common/arriving.rs"]
mod arriving;
#[path = "../rs2-core/tests/common/cases.rs"]
mod cases;

use cases::cases;
use std::collections::BTreeMap;

use arriving::{Item, SECOND, TTL, Table, arriving, bounds, config, items, key};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::op::stateful::Windowing;
use rs2_core::prelude::*;
use rs2_core::state::{OnFull, StateError};
use rs2_test::ManualTimer;

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn fold_is_a_sum_for_each_key(items in items(), bound in bounds()) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let add = async |sum: u32, item: Item, _| sum + item.2;
        let sums = arriving(&timer, &items)
            .stateful_fold_on_rs2(timer.clone(), config(bound, &losses), key, 0, add);
        let sums: Vec<u32> = timer.run(sums.collect_rs2());

        let mut table = Table::<u32>::new(bound, TTL);
        let mut due = Vec::new();
        for &(now, key, n) in items.iter() {
            due.extend(table.write(key, now).map(|sum| { *sum += n; *sum }));
            if table.stopped {
                break;
            }
        }
        prop_assert_eq!(sums, due);
        prop_assert_eq!(losses.of(Loss::Evicted), table.evicted);
        table.agrees_with(&losses);
    }

    #[test]
    fn what_try_fold_cannot_take_comes_back(items in items(), keys in 1_usize..4) {
        let bound = (keys, OnFull::Reject);
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let add = async |sum: u32, item: Item, _| sum + item.2;
        let sums = arriving(&timer, &items)
            .try_stateful_fold_on_rs2(timer.clone(), config(bound, &losses), key, 0, add);
        let sums: Vec<Result<u32, StateError<Item>>> = timer.run(sums.collect_rs2());

        let mut table = Table::<u32>::new(bound, TTL);
        let due: Vec<_> = items.iter().map(|&item| {
            let sum = table.write(item.1, item.0).ok_or(StateError::Full(item))?;
            *sum += item.2;
            Ok(*sum)
        }).collect();
        prop_assert_eq!(sums, due);
        prop_assert_eq!(losses.total(), 0);
    }

    #[test]
    fn map_sees_what_was_written_last(items in items(), keys in prop_oneof![1_usize..4, Just(99)]) {
        let bound = (keys, OnFull::Evict);
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let mapped = arriving(&timer, &items).stateful_map_on_rs2(
            timer.clone(),
            config(bound, &losses),
            key,
            async |item, state| {
                let sum = state.get::<u32>().await.unwrap_or_default() + item.2;
                state.set(&sum).await.expect("the step is running");
                sum
            },
        );
        let sums: Vec<u32> = timer.run(mapped.collect_rs2());

        let mut table = Table::<u32>::new(bound, TTL);
        let due: Vec<u32> = items.iter().filter_map(|&(now, key, n)| {
            table.write(key, now).map(|sum| { *sum += n; *sum })
        }).collect();
        prop_assert_eq!(sums, due);
        prop_assert_eq!(losses.of(Loss::Evicted), table.evicted);
    }

    #[test]
    fn filter_passes_what_the_step_says(items in items()) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let bound = (99, OnFull::Evict);
        let rising = arriving(&timer, &items).stateful_filter_on_rs2(
            timer.clone(),
            config(bound, &losses),
            key,
            |item, state| {
                let n = item.2;
                async move {
                    let passes = state.get::<u32>().await.is_none_or(|last| n > last);
                    state.set(&n).await.expect("the step is running");
                    passes
                }
            },
        );
        let rising: Vec<Item> = timer.run(rising.collect_rs2());

        let mut table = Table::<Option<u32>>::new(bound, TTL);
        let mut due = items;
        due.retain(|&(now, key, n)| {
            let last = table.write(key, now).expect("there is room").replace(n);
            last.is_none_or(|last| n > last)
        });
        prop_assert_eq!(rising, due);
    }

    #[test]
    fn windows_are_the_chunks_of_a_key(
        items in items(),
        bound in bounds(),
        size in 1_usize..5,
        slide in 1_usize..7,
        tail: bool,
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let mut windowing = Windowing::of(size).slide(slide);
        if tail {
            windowing = windowing.with_tail();
        }
        let windows = arriving(&timer, &items).stateful_window_with_on_rs2(
            timer.clone(),
            config(bound, &losses),
            key,
            windowing,
            async |window: Vec<Item>, _| window,
        );
        let windows: Vec<Vec<Item>> = timer.run(windows.collect_rs2());

        // For each key all of its items since it was last forgotten.
        let mut table = Table::<Vec<Item>>::new(bound, TTL);
        let mut due: Vec<Vec<Item>> = Vec::new();
        let mut now = 0;
        for &item in items.iter() {
            now = item.0;
            if let Some(seen) = table.write(item.1, now) {
                seen.push(item);
                let start = seen.len().wrapping_sub(size);
                if seen.len() >= size && start.is_multiple_of(slide) {
                    due.push(seen[start..].to_vec());
                }
                // A key of which nothing is needed any more is none.
                if slide >= size && seen.len().is_multiple_of(slide) {
                    table.forget(item.1);
                }
            }
            if table.stopped {
                break;
            }
        }
        if tail && !table.stopped {
            let live = table.entries.iter().filter(|(_, written, _)| written + TTL > now);
            due.extend(live.filter_map(|(_, _, seen)| {
                let windows = seen.len().checked_sub(size).map_or(0, |more| more / slide + 1);
                let had = if windows == 0 { 0 } else { (windows - 1) * slide + size };
                let next = windows * slide;
                (seen.len() > had.max(next)).then(|| seen[next..].to_vec())
            }));
        }
        prop_assert_eq!(windows, due);
        table.agrees_with(&losses);
    }

    #[test]
    fn a_pattern_is_found_in_the_items_since_the_last(
        items in items(),
        bound in bounds(),
        most in 1_usize..6,
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let exceeds = |seen: &[Item]| seen.iter().map(|item| item.2).sum::<u32>() > 10;
        let found = arriving(&timer, &items).stateful_pattern_on_rs2(
            timer.clone(),
            config(bound, &losses).max_per_key(most),
            key,
            async |seen: Vec<Item>, _| exceeds(&seen).then_some(seen),
        );
        let found: Vec<Vec<Item>> = timer.run(found.collect_rs2());

        let mut table = Table::<Vec<Item>>::new(bound, TTL);
        let mut due = Vec::new();
        for &item in items.iter() {
            let Some(seen) = table.write(item.1, item.0) else {
                if table.stopped { break } else { continue }
            };
            seen.push(item);
            seen.drain(..seen.len().saturating_sub(most));
            if exceeds(seen) {
                due.push(seen.clone());
                table.forget(item.1);
            }
        }
        prop_assert_eq!(found, due);
        table.agrees_with(&losses);
    }

    #[test]
    fn groups_go_out_idle_full_or_at_the_end(
        items in items(),
        keys in prop_oneof![1_usize..4, Just(99)],
        most in 1_usize..5,
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let groups = arriving(&timer, &items).stateful_group_by_on_rs2(
            timer.clone(),
            config((keys, OnFull::Evict), &losses).max_per_key(most),
            key,
            async |key, items: Vec<Item>, _| (key, items),
        );
        let groups: Vec<(u8, Vec<Item>)> = timer.run(groups.collect_rs2());

        let mut open: Vec<(u8, u64, Vec<Item>)> = Vec::new();
        let (mut due, mut early) = (Vec::new(), 0);
        for &item in items.iter() {
            let idle = open.iter().take_while(|(_, last, _)| last + TTL < item.0).count();
            due.extend(open.drain(..idle).map(|(key, _, items)| (key, items)));
            let known = open.iter().position(|(key, ..)| *key == item.1);
            let mut group = known.map_or(Vec::new(), |place| open.remove(place).2);
            if known.is_none() && open.len() == keys {
                let (key, _, items) = open.remove(0);
                due.push((key, items));
                early += 1;
            }
            group.push(item);
            if group.len() == most {
                due.push((item.1, group));
                early += 1;
            } else {
                open.push((item.1, item.0, group));
            }
        }
        due.extend(open.into_iter().map(|(key, _, items)| (key, items)));
        prop_assert_eq!(groups, due);
        prop_assert_eq!((losses.of(Loss::Evicted), losses.total()), (early, early));
    }

    #[test]
    fn a_pair_is_an_item_of_each_side_within_the_time(
        left in items(),
        right in items(),
        most in prop_oneof![1_usize..3, Just(99)],
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        // Both sides never have an item at once: whose turn it is decides nothing then.
        let spread = |items: Vec<Item>, by| -> Vec<Item> {
            items.into_iter().map(|(at, key, n)| (2 * at + by, key, n)).collect()
        };
        let (left, right) = (spread(left, 0), spread(right, 1));
        let joined = arriving(&timer, &left).stateful_join_on_rs2(
            timer.clone(),
            arriving(&timer, &right),
            config((99, OnFull::Evict), &losses).max_per_key(most),
            key,
            key,
            async |left: Item, right: Item, _| (left, right),
        );
        let joined: Vec<(Item, Item)> = timer.run(joined.collect_rs2());

        let mut all: Vec<(bool, Item)> = left.iter().map(|item| (true, *item)).collect();
        all.extend(right.iter().map(|item| (false, *item)));
        all.sort_by_key(|(_, item)| item.0);
        let mut kept: BTreeMap<(bool, u8), Vec<Item>> = BTreeMap::new();
        let mut due = Vec::new();
        for (from_left, item) in all {
            let same = kept.entry((!from_left, item.1)).or_default();
            let near = same.iter().filter(|other| other.0 + TTL > item.0);
            due.extend(near.map(|&other| if from_left { (item, other) } else { (other, item) }));
            let own = kept.entry((from_left, item.1)).or_default();
            own.retain(|other| other.0 + TTL > item.0);
            own.push(item);
            own.drain(..own.len().saturating_sub(most));
        }
        prop_assert_eq!(joined, due);
    }

    #[test]
    fn duplicates_are_those_within_the_time(items in items(), bound in bounds(), ttl in 1_u64..9) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let config = config(bound, &losses);
        let once = arriving(&timer, &items)
            .stateful_deduplicate_on_rs2(timer.clone(), config, key, ttl as u32 * SECOND);
        let once: Vec<Item> = timer.run(once.collect_rs2());

        let mut table = Table::<()>::new(bound, ttl);
        let (mut due, mut duplicates) = (Vec::new(), 0);
        for &item in items.iter() {
            let seen = table.entries.iter().find(|(key, ..)| *key == item.1);
            if seen.is_some_and(|(_, first, ())| first + ttl > item.0) {
                duplicates += 1;
            } else if table.write(item.1, item.0).is_some() {
                due.push(item);
            }
            if table.stopped {
                break;
            }
        }
        prop_assert_eq!(once, due);
        prop_assert_eq!(losses.of(Loss::Duplicate), duplicates);
        prop_assert_eq!(losses.of(Loss::Evicted), table.evicted);
        table.agrees_with(&losses);
    }

    #[test]
    fn no_window_has_more_than_the_limit(
        items in items(),
        limit in 1_u32..4,
        window in 1_u64..6,
    ) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let config = config((99, OnFull::Evict), &losses);
        let few = arriving(&timer, &items)
            .stateful_throttle_on_rs2(timer.clone(), config, key, limit, window as u32 * SECOND);
        let few: Vec<Item> = timer.run(few.collect_rs2());

        let mut due: Vec<Item> = Vec::new();
        for &item in items.iter() {
            let near = due.iter().filter(|other| other.1 == item.1 && other.0 + window > item.0);
            if near.count() < limit as usize {
                due.push(item);
            }
        }
        let over = (items.len() - due.len()) as u64;
        prop_assert_eq!(few, due);
        prop_assert_eq!((losses.of(Loss::Suppressed), losses.total()), (over, over));
    }

    #[test]
    fn a_session_lasts_while_items_come_in_time(items in items(), timeout in 1_u64..6) {
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let counts = arriving(&timer, &items).stateful_session_on_rs2(
            timer.clone(),
            config((99, OnFull::Evict), &losses),
            key,
            timeout as u32 * SECOND,
            // It is written once: later items prolong the session without writing.
            async |_, state| match state.get::<u8>().await {
                Some(_) => false,
                None => state.set(&1_u8).await.is_ok(),
            },
        );
        let begins: Vec<bool> = timer.run(counts.collect_rs2());

        let mut last = BTreeMap::new();
        let due: Vec<bool> = items.iter().map(|&(now, key, _)| {
            last.insert(key, now).is_none_or(|before| before + timeout <= now)
        }).collect();
        prop_assert_eq!(begins, due);
    }
}
