//! One item of each key by a memory that may err, against a list of what passed and when.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/timed.rs"]
mod timed;

use cases::cases;
use proptest::prelude::*;
use rs2_core::error::ConfigError;
use rs2_core::machine::Machine;
use rs2_core::metrics::{Footprint, Holds, Loss, Losses};
use rs2_core::op::keyed::KeyedDeduplicateApprox;
use rs2_core::prelude::*;
use rs2_core::state::{ApproxKeys, ApproxSeen, Limits, OnFull};
use rs2_core::time::NoTimer;
use std::collections::BTreeMap;
use std::time::Duration;
use timed::{Item, at, items, run_at};

/// So rare that none of these tests meets an error, whatever its seed.
const NEVER: f64 = 1e-9;
const END: u64 = 1_000;
const ANSWERS: [OnFull; 3] = [OnFull::Evict, OnFull::Reject, OnFull::Stop];

fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn rule(
    keys: usize,
    fpp: f64,
    seed: u64,
    ttl: u64,
    on_full: OnFull,
) -> (impl Machine<In = Item, Out = Item> + Holds, Losses) {
    let (losses, keys) = (Losses::new(), ApproxKeys::new(keys, fpp).expect("both can be"));
    let limits = Limits::of(keys.seeded(seed)).on_full(on_full).report_to(&losses);
    (KeyedDeduplicateApprox::new(limits, ns(ttl), |item: &Item| item.1), losses)
}

/// What passes of these items, and what was lost.
fn run(items: &[Item], keys: usize, ttl: u64, on_full: OnFull) -> (Vec<Item>, Losses) {
    let (rule, losses) = rule(keys, NEVER, 7, ttl, on_full);
    let passed = run_at(rule, items, END).into_iter().map(|(item, _)| item).collect();
    (passed, losses)
}

/// When the key of an item passed last before it.
fn passed_before(passed: &[Item], item: &Item) -> Option<u64> {
    let earlier = passed.iter().rev().find(|other| other.0 < item.0 && other.1 == item.1);
    earlier.map(|other| other.2)
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_key_is_remembered_for_one_time_to_live_and_not_for_two(
        items in items(6, 80), ttl in 1_u64..12,
    ) {
        let (passed, losses) = run(&items, 80, ttl, OnFull::Stop);
        for item in &items {
            let passes = passed.contains(item);
            match passed_before(&passed, item).map(|before| item.2 - before) {
                Some(age) if age <= ttl => prop_assert!(!passes, "{item:?}, {age} after"),
                Some(age) if age < 2 * ttl => {}
                age => prop_assert!(passes, "{item:?}, {age:?} after"),
            }
        }
        prop_assert_eq!(losses.of(Loss::Duplicate), (items.len() - passed.len()) as u64);
        prop_assert_eq!(losses.total(), losses.of(Loss::Duplicate));
    }

    #[test]
    fn a_generation_takes_keys_for_a_time_to_live(items in items(6, 80), ttl in 1_u64..12) {
        // By the definition: the key of an item that passed is known in its generation and in the
        // next one. After an empty one they begin with the next item.
        let (mut passed, mut known) = (Vec::new(), BTreeMap::new());
        let (mut generation, mut ends) = (0, None);
        for item in &items {
            match ends {
                Some(end) if item.2 < end => {}
                Some(end) if item.2 < end + ttl => {
                    generation += 1;
                    ends = Some(end + ttl);
                }
                _ => (generation, ends) = (generation + 2, Some(item.2 + ttl)),
            }
            if known.get(&item.1).is_none_or(|last| last + 2 <= generation) {
                known.insert(item.1, generation);
                passed.push(*item);
            }
        }
        prop_assert_eq!(run(&items, 80, ttl, OnFull::Stop).0, passed);
    }

    #[test]
    fn a_full_generation_ends_early_and_what_may_pass_again_is_told(
        items in items(6, 80), keys in 1_usize..5, ttl in 1_u64..12,
    ) {
        let (passed, losses) = run(&items, keys, ttl, OnFull::Evict);
        let (mut again, mut unknown) = (0, 0);
        for item in &items {
            let passes = passed.contains(item);
            match passed_before(&passed, item).map(|before| item.2 - before) {
                Some(age) if age < ttl => again += u64::from(passes),
                Some(age) if age < 2 * ttl => {}
                _ => unknown += u64::from(!passes),
            }
        }
        prop_assert_eq!(unknown, 0);
        prop_assert!(again <= losses.of(Loss::DuplicateRisk));
        if losses.of(Loss::Evicted) == 0 {
            prop_assert_eq!(losses.of(Loss::DuplicateRisk), 0);
        }
        prop_assert_eq!(losses.of(Loss::Duplicate), (items.len() - passed.len()) as u64);
    }

    #[test]
    fn rejecting_and_stopping_let_no_duplicate_through(
        items in items(6, 80), keys in 1_usize..5, ttl in 1_u64..12,
    ) {
        let (passed, losses) = run(&items, keys, ttl, OnFull::Reject);
        for item in &passed {
            prop_assert!(passed_before(&passed, item).is_none_or(|before| item.2 - before >= ttl));
        }
        let out = passed.len() as u64 + losses.of(Loss::Duplicate) + losses.of(Loss::Full);
        prop_assert_eq!(out, items.len() as u64);
        prop_assert_eq!(losses.total(), losses.of(Loss::Duplicate) + losses.of(Loss::Full));
        let (stopped, losses) = run(&items, keys, ttl, OnFull::Stop);
        let ended = if losses.is_stopped() { stopped.len() } else { passed.len() };
        prop_assert_eq!(&stopped, &passed[..ended]);
    }

    #[test]
    fn a_clock_that_goes_back_stands_still(
        items in items(6, 60), back in prop::collection::vec(0_u64..30, 60), ttl in 1_u64..12,
    ) {
        let mut latest = 0;
        let pairs = items.iter().zip(&back).map(|(&(place, key, now), back)| {
            let now = now.saturating_sub(*back);
            latest = latest.max(now);
            ((place, key, now), (place, key, latest))
        });
        let (wild, tame): (Vec<Item>, Vec<Item>) = pairs.unzip();
        let places = |items: Vec<Item>| items.into_iter().map(|item| item.0).collect::<Vec<_>>();
        let (wild, tame) = (run(&wild, 80, ttl, OnFull::Evict), run(&tame, 80, ttl, OnFull::Evict));
        prop_assert_eq!(places(wild.0), places(tame.0));
    }

    #[cfg(feature = "snapshot")]
    #[test]
    fn a_saved_memory_goes_on_under_another_seed(
        items in items(6, 30), keys in 1_usize..6, ttl in 1_u64..12,
        on_full in prop::sample::select(ANSWERS.to_vec()),
    ) {
        // So small, and so often wrong, that other bits or another hash would be seen.
        let builds = std::cell::Cell::new(0);
        let keyed = ApproxKeys::new(keys, 0.4).expect("both can be");
        timed::goes_on_between_items(|| {
            // The whole run and each that is saved hash alike, those that are restored do not.
            let build = builds.replace(builds.get() + 1);
            let is_saved = build == 0 || build % 3 == 1;
            let limits = Limits::of(keyed.seeded(u64::from(is_saved))).on_full(on_full);
            KeyedDeduplicateApprox::new(limits, ns(ttl), |item: &Item| item.1)
        }, &items, END);
    }
}

/// A source of different keys, at these times, into a memory of the generation's size.
fn uniques(
    fpp: f64,
    keys: usize,
    seed: u64,
) -> impl FnMut(u64, std::ops::Range<u64>) -> (u64, u64) {
    let (losses, shape) = (Losses::new(), ApproxKeys::new(keys, fpp).expect("both can be"));
    let limits = Limits::of(shape.seeded(seed)).on_full(OnFull::Reject).report_to(&losses);
    let mut rule = KeyedDeduplicateApprox::new(limits, ns(10), |key: &u64| *key);
    move |now, keys| {
        for key in keys {
            rule.on_item(at(now), key);
        }
        rule.settle();
        (losses.of(Loss::Duplicate), losses.of(Loss::UniqueRisk))
    }
}

/// How many standard deviations more than expected a count may be.
fn at_most(expected: f64) -> u64 {
    (expected + 4.0 * expected.sqrt()) as u64
}

#[test]
fn a_unique_item_is_dropped_no_more_often_than_was_said() {
    const TRIES: u64 = 100_000;
    for (keys, fpp) in [(1, 0.1), (10, 0.01), (100, 0.01), (10_000, 0.01), (10_000, 0.001)] {
        // Both generations full, which is the worst there is: the rest is not remembered.
        let rounds = (10_000 / keys).clamp(1, 200);
        let (mut dropped, mut tries) = (0, 0);
        for seed in 0..rounds {
            let mut feed = uniques(fpp, keys as usize, seed);
            let full = 3 * keys;
            feed(0, 0..full);
            feed(10, full..2 * full);
            let (before, _) = feed(10, 0..0);
            let (after, _) = feed(10, 1_000_000..1_000_000 + TRIES / rounds);
            (dropped, tries) = (dropped + after - before, tries + TRIES / rounds);
        }
        let most = at_most(fpp * tries as f64);
        println!("{keys} keys, {fpp}: {dropped} of {tries} dropped, at most {most}");
        assert!(dropped <= most, "{keys} keys, {fpp}: {dropped} of {tries} are more than {most}");
        assert!(dropped * 3 >= most / 2, "the memory is larger than it has to be: {dropped}");
    }
}

#[test]
fn the_expected_number_of_dropped_unique_items_is_near_the_true_one() {
    let (mut total, mut told_total) = (0, 0);
    for seed in 0..10 {
        // Each time to live brings 1,000 keys, each of them one to four times.
        let (losses, shape) = (Losses::new(), ApproxKeys::new(1_000, 0.02).expect("both can be"));
        let limits = Limits::of(shape.seeded(seed)).report_to(&losses);
        let mut rule = KeyedDeduplicateApprox::new(limits, ns(100), |key: &u64| *key);
        let mut wrong = 0;
        for key in 0..50_000_u64 {
            for time in 0..=key % 4 {
                let passes = rule.on_item(at(key / 10), key).is_some();
                wrong += u64::from(time == 0 && !passes);
                assert!(time == 0 || !passes, "a duplicate passes");
            }
            rule.settle();
        }
        let told = losses.of(Loss::UniqueRisk);
        assert_eq!(told, rule.uniques_dropped() as u64);
        println!("seed {seed}: {wrong} of 50,000 dropped, {told} told");
        assert!(
            told.abs_diff(wrong) <= at_most(told as f64) - told,
            "{told} told, {wrong} dropped"
        );
        assert!(losses.of(Loss::Duplicate) >= 75_000 - 3, "all that are dropped are duplicates");
        assert_eq!(losses.total(), losses.of(Loss::Duplicate), "the expected ones are a part");
        (total, told_total) = (total + wrong, told_total + told);
    }
    let factor = total as f64 / told_total as f64;
    assert!((0.95..1.05).contains(&factor), "{factor} of what was told");
}

#[test]
fn more_keys_than_expected_are_as_rarely_dropped() {
    let (losses, shape) = (Losses::new(), ApproxKeys::new(1_000, 0.01).expect("both can be"));
    let limits = Limits::of(shape.seeded(7)).report_to(&losses);
    let mut rule = KeyedDeduplicateApprox::new(limits, ns(10), |key: &u64| *key);
    let passed = (0..100_000).filter(|key| rule.on_item(at(1), *key).is_some()).count() as u64;
    rule.settle();
    let dropped = losses.of(Loss::Duplicate);
    assert_eq!(passed + dropped, 100_000);
    assert!(dropped <= at_most(1_000.0), "{dropped}");
    // All but the last two generations were forgotten, and what came after the second one was full
    // may have passed before.
    let (evicted, risky) = ((passed - 1) / 1_000 * 1_000 - 1_000, passed - 2_000);
    assert_eq!((losses.of(Loss::Evicted), losses.of(Loss::DuplicateRisk)), (evicted, risky));
    assert_eq!(losses.total(), dropped + evicted + risky);
}

#[test]
fn the_end_of_time_is_a_time_like_others() {
    for (ttl, first) in [(u64::MAX, 0), (u64::MAX, 5), (10, u64::MAX - 3), (10, u64::MAX)] {
        let again = [first, u64::MAX];
        let items: Vec<Item> = (0..2).map(|n| (n, 1, again[n])).collect();
        let (mut rule, losses) = rule(2, NEVER, 7, ttl, OnFull::Stop);
        let passed: Vec<bool> =
            items.iter().map(|item| rule.on_item(at(item.2), *item).is_some()).collect();
        assert_eq!(passed, [true, false], "{ttl} {first}");
        rule.settle();
        assert_eq!(losses.of(Loss::Duplicate), 1);
        assert_eq!(rule.held(), 1);
    }
}

#[test]
fn what_cannot_be_is_told() {
    let zero = ConfigError::Zero("keys");
    assert_eq!(ApproxKeys::new(0, 0.1), Err(zero));
    for fpp in [0.0, -0.1, 1.0, 1.5, 1e-10, f64::NAN, f64::INFINITY] {
        assert_eq!(ApproxKeys::new(1, fpp), Err(ConfigError::OutOfRange("fpp")), "{fpp}");
    }
    for keys in [usize::MAX, 1 << 31, 200_000_000] {
        assert_eq!(ApproxKeys::new(keys, 0.01), Err(ConfigError::OutOfRange("keys")), "{keys}");
    }
    let most = ApproxKeys::new(190_000_000, 0.01).expect("it is within 512 MiB");
    assert!(most.bytes() > 490 << 20);
    for fpp in [1e-9, 0.999_999] {
        let one = ApproxKeys::new(1, fpp).expect("both can be");
        let mut rule = KeyedDeduplicateApprox::new(one.seeded(7).into(), ns(1), |key: &u64| *key);
        assert_eq!((rule.on_item(at(0), 1), rule.on_item(at(0), 1)), (Some(1), None));
    }
    let ten = ApproxKeys::new(10, 0.01).expect("both can be");
    let few = ten.seeded_in(vec![0; ten.bytes() - 1], 7).map(|_| ());
    assert_eq!(few, Err(ConfigError::Exceeds("keys", "what the memory has room for")));
}

/// In bytes of one's own, which need not be zero.
#[test]
fn a_memory_in_place_is_all_there_is() {
    let ten = ApproxKeys::new(10, 0.01).expect("both can be");
    fn build<const N: usize>(keys: ApproxKeys) -> impl Footprint<Item = u64> {
        let seen: ApproxSeen<[u8; N]> = keys.seeded_in([0xff; N], 7).expect("it is large enough");
        from_iter([1_u64, 2, 1]).keyed_deduplicate_approx_on_rs2(NoTimer, seen, ns(1), |n| *n)
    }
    let (small, large) = (build::<32>(ten), build::<1_024>(ten));
    assert_eq!(size_of_val(&large) - size_of_val(&small), 1_024 - 32);
    let passed = futures_executor::block_on(small.collect_rs2::<Vec<u64>>());
    assert_eq!(passed, [1, 2]);
    assert_eq!(futures_executor::block_on(large.collect_rs2::<Vec<u64>>()), [1, 2]);
}

#[test]
#[should_panic = "a time to live must be longer than nothing"]
fn no_time_to_live_is_a_mistake() {
    rule(1, 0.1, 7, 0, OnFull::Evict);
}

#[cfg(feature = "snapshot")]
mod restored {
    use super::*;
    use rs2_core::snapshot::{self, Reader, Snapshot, SnapshotError, Writer};

    #[test]
    fn a_memory_of_another_size_is_refused() {
        let of = |keys: usize, fpp: f64| {
            let seen = ApproxKeys::new(keys, fpp).expect("both can be").seeded(7);
            KeyedDeduplicateApprox::<u64, _, _>::new(seen.into(), ns(1), |key: &u64| *key)
        };
        let bytes = snapshot::save(&of(10, 0.01)).expect("nothing runs");
        for mut other in [of(11, 0.01), of(10, 0.02), of(9, 0.01)] {
            let refused = snapshot::restore(&mut other, &bytes);
            assert_eq!(refused, Err(SnapshotError::Full("keyed_deduplicate_approx")));
        }
        assert_eq!(snapshot::restore(&mut of(10, 0.01), &bytes), Ok(()));
    }

    /// A rule with the time on its clock, as a driver saves both.
    struct Clocked<M>(M, u64);

    impl<M: Snapshot> Snapshot for Clocked<M> {
        fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
            to.at(at(self.1));
            self.0.save(to)
        }

        fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
            from.at(at(self.1));
            self.0.restore(from)
        }
    }

    #[test]
    fn what_ended_before_the_clock_began_is_as_old_as_it_was() {
        let build = |now| {
            let seen = ApproxKeys::new(10, NEVER).expect("both can be").seeded(7);
            Clocked(KeyedDeduplicateApprox::new(seen.into(), ns(10), |key: &u64| *key), now)
        };
        for (saved_at, passes) in [(9, false), (19, false), (20, true), (1_000, true)] {
            let mut first = build(saved_at);
            assert_eq!(first.0.on_item(at(0), 1), Some(1));
            let bytes = snapshot::save(&first).expect("nothing runs");
            let mut second = build(0);
            snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
            assert_eq!(second.0.on_item(at(0), 1).is_some(), passes, "after {saved_at}");
            let known = second.0.on_item(at(9), 1).is_none();
            assert!(known || saved_at == 19, "its generation goes on after {saved_at}");
        }
    }
}
