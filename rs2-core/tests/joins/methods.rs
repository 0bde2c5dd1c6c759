//! Joins as they are called, with items that are never late, against all pairs there are.

use super::by_time::{Event, cases, collected, disorder, enough_delay, events, time_of, us};
use super::interval::keys;
use super::patchy::ByHand;
use super::snapshots::Later;
use super::ticking::Ticking;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{Holds, Reports};
use rs2_core::op::join::{LookupConfig, TemporalJoinConfig, Version};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::watermark::BoundedDisorder;
use std::time::Duration;

fn memory() -> SeededHeap {
    Heap::bounded(1_000).seeded(7)
}

fn key(event: &Event) -> u8 {
    event.1
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all
}

/// What the key of an item stood for then: the latest beginning, of equal ones the last that came.
fn valid_at(versions: &[Event], item: &Event) -> Option<usize> {
    let of_key = versions.iter().filter(|version| version.1 == item.1 && version.2 <= item.2);
    of_key.max_by_key(|version| (version.2, version.0)).map(|version| version.0)
}

fn version(event: Event) -> Version<u8, usize> {
    Version::new(event.1, time_of(&event), event.0)
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_time_window_joins_all_that_are_that_close(
        left in disorder(3), right in disorder(3), window in 0_u64..40, keyed: bool,
    ) {
        let (left, right) = (events(&left), events(&right));
        let config = TimeJoinConfig {
            window_size: us(window),
            watermark_delay: us(enough_delay(&left).max(enough_delay(&right))),
            ..TimeJoinConfig::default()
        };
        let keys = keyed.then_some(keys());
        let joined = from_iter(left.clone()).join_with_time_window_in_rs2(
            memory(),
            from_iter(right.clone()),
            config,
            time_of,
            time_of,
            |left, right| (left.0, right.0),
            keys,
        );
        let losses = joined.losses().clone();
        let found = sorted(collected(joined));
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
        let belong = pairs.filter(|(l, r)| {
            (!keyed || l.1 == r.1) && l.2.abs_diff(r.2) <= window
        });
        prop_assert_eq!(found, sorted(belong.map(|(l, r)| (l.0, r.0)).collect()));
        prop_assert_eq!(losses.total(), 0);
    }

    #[test]
    fn a_join_within_a_time_goes_by_the_clock(
        items in prop::collection::vec((any::<bool>(), 0_u8..3, 0_u64..15), 0..40),
        ttl in 1_u64..30,
    ) {
        let timer = Ticking::default();
        let (left, right) = (ByHand::default(), ByHand::default());
        let mut joined = left.clone().keyed_join_within_on_rs2(
            timer.clone(),
            memory(),
            right.clone(),
            Duration::from_nanos(ttl),
            (|item: &(usize, u8)| item.1, |item: &(usize, u8)| item.1),
            |left, right| (left.0, right.0),
        );
        let (mut came, mut found, mut expected) = (Vec::new(), Vec::new(), Vec::new());
        let mut now = 0;
        for (n, (is_left, key, later)) in items.into_iter().enumerate() {
            now += later;
            timer.now.set(now);
            if is_left { &left } else { &right }.give((n, key));
            while let Some(pair) = joined.next().now_or_never() {
                found.extend(pair);
            }
            for &(m, was_left, its_key, then) in &came {
                if was_left != is_left && its_key == key && then + ttl > now {
                    expected.push(if is_left { (n, m) } else { (m, n) });
                }
            }
            came.push((n, is_left, key, now));
        }
        prop_assert_eq!(found, expected);
        left.end();
        right.end();
        prop_assert_eq!(joined.next().now_or_never(), Some(None));
        prop_assert_eq!(joined.held(), 0);
    }

    #[test]
    fn a_temporal_join_finds_what_was_valid(items in disorder(3), versions in disorder(3)) {
        let (items, versions) = (events(&items), events(&versions));
        let delays = [&items, &versions].map(|side| us(enough_delay(side)));
        let config = TemporalJoinConfig::new(delays[0].max(delays[1]));
        let all = || from_iter(items.clone());
        let known = || from_iter(versions.clone()).map_rs2(version);
        let found = |item: Event, found: Option<&usize>| (item.0, found.copied());
        let left = all()
            .temporal_join_left_in_rs2(memory(), known(), config, key, time_of, found);
        let left = sorted(collected(left));
        let by_hand = items.iter().map(|item| (item.0, valid_at(&versions, item)));
        prop_assert_eq!(&left, &by_hand.collect::<Vec<_>>());

        let only = |item: Event, found: &usize| (item.0, Some(*found));
        let inner = all().temporal_join_in_rs2(memory(), known(), config, key, time_of, only);
        let valid: Vec<_> = left.iter().copied().filter(|found| found.1.is_some()).collect();
        prop_assert_eq!(sorted(collected(inner)), &valid[..]);

        let policies = delays.map(BoundedDisorder::new);
        let all = || all().with_watermarks_rs2(policies[0], time_of);
        let known = || known().with_watermarks_rs2(policies[1], |version| version.valid_from);
        let in_band = all().temporal_join_events_in_rs2(memory(), known(), config, key, only);
        prop_assert_eq!(sorted(collected(in_band.without_watermarks_rs2())), valid);
        let in_band = all()
            .temporal_join_left_events_in_rs2(memory(), known(), config, key, found);
        prop_assert_eq!(sorted(collected(in_band.without_watermarks_rs2())), left);
    }

    /// However long an answer takes, and however many are waited for at once.
    #[test]
    fn a_lookup_gives_each_item_the_answer_of_its_key(
        items in prop::collection::vec((0_u32..6, 0_u32..5), 0..40),
        max_in_flight in 1_usize..4,
        waiting in 0_usize..6,
        max_entries in 1_usize..5,
    ) {
        let config = LookupConfig {
            max_in_flight,
            max_waiting: max_in_flight + waiting,
            max_entries,
            ..LookupConfig::default()
        };
        let mut waits = items.iter().map(|item| item.1).cycle();
        let mut fetch = move |key: u32| {
            let answer = if key == 0 { Err("gone") } else { Ok((key > 1).then_some(key * 10)) };
            Later::new(waits.next().unwrap_or_default(), answer)
        };
        let found = |item: (usize, u32), found: Result<Option<&u32>, &&'static str>| {
            (item.0, found.map(Option::<&u32>::copied).map_err(|gone| *gone))
        };
        let by_hand = items.iter().enumerate().map(|(n, item)| match item.0 {
            0 => (n, Err("gone")),
            1 => (n, Ok(None)),
            key => (n, Ok(Some(key * 10))),
        });
        let expected: Vec<_> = by_hand.collect();
        let source = || from_iter(items.iter().map(|item| item.0).enumerate().collect::<Vec<_>>());
        let key = |item: &(usize, u32)| item.1;
        let timer = Ticking::default();
        let ordered = source()
            .lookup_join_on_rs2(timer.clone(), 7, key, config, &mut fetch, found);
        prop_assert_eq!(collected(ordered), &expected[..]);
        let as_finished = source()
            .lookup_join_unordered_on_rs2(timer, 7, key, config, &mut fetch, found);
        prop_assert_eq!(sorted(collected(as_finished)), expected);
    }
}
