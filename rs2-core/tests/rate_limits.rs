//! Rate limits, against buckets that are filled drop by drop and lists that forget nothing.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use rs2_core::error::ConfigError;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::resilience::{Denied, Gcra, KeyedLimit, Limit, OnFullKeys, Quota, SlidingLog};
use rs2_core::store::Heap;
use rs2_core::time::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

fn at(nanos: u64) -> Instant {
    Instant::from_nanos(nanos)
}

/// One item for each `gap`, and so many at once.
fn quota(gap: u64, burst: u32) -> Quota {
    let each = Quota::new(1, Duration::from_nanos(gap)).unwrap();
    each.with_burst(burst).unwrap()
}

/// How many ask, and how long after those before them.
fn requests() -> impl Strategy<Value = Vec<(u64, u32)>> {
    prop::collection::vec((0..20_u64, 0..5_u32), 0..60)
}

/// A bucket that holds `burst` and gets a drop each nanosecond.
struct Bucket {
    level: u64,
    gap: u64,
    burst: u32,
}

impl Bucket {
    fn full(gap: u64, burst: u32) -> Self {
        Self { level: gap * u64::from(burst), gap, burst }
    }
    fn wait(&mut self, nanos: u64) {
        for _ in 0..nanos {
            self.level = (self.level + 1).min(self.gap * u64::from(self.burst));
        }
    }
    fn take(&mut self, n: u32) -> bool {
        let price = self.gap * u64::from(n);
        let can = price <= self.level;
        self.level -= if can { price } else { 0 };
        can
    }
    fn is_full(&self) -> bool {
        self.level == self.gap * u64::from(self.burst)
    }
}

/// What a limit said is also true: it would let them pass at that instant and not before.
fn tells_the_truth<L: Limit>(limit: &L, copy: impl Fn(&L) -> L, n: u32, now: u64, denied: Denied) {
    match denied {
        Denied::NotYet { retry_at } => {
            assert!(retry_at > at(now));
            assert_eq!(copy(limit).check(n, retry_at), Ok(()));
            let before = Instant::from_origin(retry_at.since_origin() - Duration::from_nanos(1));
            assert_eq!(copy(limit).check(n, before), Err(denied));
        }
        Denied::InsufficientCapacity { capacity } => {
            assert!(n > capacity && capacity == limit.capacity());
        }
        _ => unreachable!(),
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn gcra_is_a_token_bucket(requests in requests(), gap in 1..15_u64, burst in 1..5_u32) {
        let mut limit = Gcra::new(quota(gap, burst));
        let mut bucket = Bucket::full(gap, burst);
        let mut now = 0;
        for (wait, n) in requests {
            now += wait;
            bucket.wait(wait);
            let answer = limit.check(n, at(now));
            prop_assert_eq!(answer.is_ok(), bucket.take(n), "{} at {}", n, now);
            if let Err(denied) = answer {
                tells_the_truth(&limit, |limit| *limit, n, now, denied);
            }
        }
    }

    #[test]
    fn gcra_never_exceeds_burst_and_rate_in_any_stretch_of_time(
        requests in requests(), gap in 1..15_u64, burst in 1..5_u32,
    ) {
        let mut limit = Gcra::new(quota(gap, burst));
        let (mut now, mut passed) = (0, Vec::new());
        for (wait, n) in requests {
            now += wait;
            if limit.check(n, at(now)).is_ok() {
                passed.extend((0..n).map(|_| now));
            }
        }
        for (first, from) in passed.iter().enumerate() {
            for (last, to) in passed.iter().enumerate().skip(first) {
                let most = u64::from(burst) + (to - from) / gap;
                prop_assert!((last - first + 1) as u64 <= most, "{:?}", passed);
            }
        }
    }

    #[test]
    fn a_sliding_log_never_lets_more_pass_in_any_window_and_no_fewer_than_that(
        requests in requests(), window in 0..40_u64, capacity in 1..5_usize,
    ) {
        let storage = Heap::bounded(capacity);
        let new = || SlidingLog::new(&storage, Duration::from_nanos(window));
        let mut limit = new();
        let (mut now, mut passed) = (0, Vec::<u64>::new());
        for (wait, n) in requests {
            now += wait;
            let within = passed.iter().filter(|then| **then + window > now).count();
            let answer = limit.check(n, at(now));
            prop_assert_eq!(answer.is_ok(), within + n as usize <= capacity);
            match answer {
                Ok(()) => passed.extend((0..n).map(|_| now)),
                Err(denied) => {
                    let again = |_: &SlidingLog<Heap>| {
                        let mut again = new();
                        passed.iter().for_each(|then| again.check(1, at(*then)).unwrap());
                        again
                    };
                    tells_the_truth(&limit, again, n, now, denied);
                }
            }
        }
    }

    #[test]
    fn a_key_has_the_limit_it_would_have_alone_and_is_remembered_exactly_until_paid_off(
        requests in prop::collection::vec((0..12_u64, 0..4_u32, 0..6_u8), 0..80),
        gap in 1..15_u64, burst in 1..4_u32,
    ) {
        let mut limit = KeyedLimit::new(&Heap::bounded(6).seeded(3), quota(gap, burst));
        let mut buckets = BTreeMap::<u8, Bucket>::new();
        let mut now = 0;
        for (wait, n, key) in requests {
            now += wait;
            buckets.values_mut().for_each(|bucket| bucket.wait(wait));
            let bucket = buckets.entry(key).or_insert_with(|| Bucket::full(gap, burst));
            prop_assert_eq!(limit.check(&key, n, at(now)).is_ok(), bucket.take(n));
            if now % 3 == 0 {
                let owing = buckets.values().filter(|bucket| !bucket.is_full()).count();
                prop_assert_eq!(limit.keys(at(now)), owing);
            }
        }
        prop_assert_eq!(limit.losses().total(), 0);
    }

    #[test]
    fn a_full_table_gives_each_answer_as_it_says(
        requests in prop::collection::vec((0..9_u64, 0..9_u8), 0..80),
        gap in 1..15_u64, burst in 1..4_u32, capacity in 1..4_usize,
    ) {
        for answer in [OnFullKeys::EvictLeastDebt, OnFullKeys::FailOpen, OnFullKeys::FailClosed] {
            let storage = Heap::bounded(capacity).seeded(3);
            let mut limit = KeyedLimit::new(&storage, quota(gap, burst)).on_full(answer);
            // When each key is paid off.
            let mut debts = BTreeMap::<u8, u64>::new();
            let (mut now, mut evicted) = (0, 0);
            for (wait, key) in &requests {
                now += wait;
                debts.retain(|_, paid_off| *paid_off > now);
                let least = debts.values().copied().min().unwrap_or(0);
                let no_room = !debts.contains_key(key) && debts.len() == capacity;
                let got = limit.check(key, 1, at(now));
                if no_room {
                    evicted += u64::from(answer != OnFullKeys::FailClosed);
                    match answer {
                        OnFullKeys::EvictLeastDebt => {
                            // Which of several goes is left open.
                            let ties = debts.values().filter(|debt| **debt == least);
                            prop_assume!(ties.count() == 1);
                            debts.retain(|_, paid_off| *paid_off > least);
                        }
                        OnFullKeys::FailOpen => {
                            prop_assert_eq!(got, Ok(()));
                            continue;
                        }
                        _ => {
                            prop_assert_eq!(got, Err(Denied::NotYet { retry_at: at(least) }));
                            continue;
                        }
                    }
                }
                let debt = debts.get(key).copied().unwrap_or(0);
                let passes = now + u64::from(burst - 1) * gap >= debt;
                prop_assert_eq!(got.is_ok(), passes);
                if passes {
                    debts.insert(*key, debt.max(now) + gap);
                }
            }
            prop_assert_eq!(limit.losses().of(Loss::Evicted), evicted);
            prop_assert_eq!(limit.losses().total(), evicted);
        }
    }
}

// The bound of a table of limits: keys seen once do not stay, and nobody has to clean up.
#[test]
fn a_million_keys_seen_once_leave_room_as_they_are_paid_off() {
    let mut limit = KeyedLimit::new(&Heap::bounded(64).seeded(1), quota(10, 1));
    for key in 0..1_000_000_u64 {
        assert_eq!(limit.check(&key, 1, at(key)), Ok(()));
    }
    assert_eq!(limit.losses().total(), 0);
    assert_eq!(limit.keys(at(1_000_000)), 9);
}

#[test]
fn a_clock_that_steps_back_gives_nothing_twice() {
    let mut limit = Gcra::new(quota(10, 1));
    assert_eq!(limit.check(1, at(100)), Ok(()));
    assert_eq!(limit.check(1, at(0)), Err(Denied::NotYet { retry_at: at(110) }));
    let mut keyed = KeyedLimit::new(&Heap::bounded(4).seeded(1), quota(10, 1));
    assert_eq!(keyed.check(&'a', 1, at(100)), Ok(()));
    assert_eq!(keyed.check(&'b', 1, at(0)), Ok(()));
    assert_eq!(keyed.check(&'b', 1, at(105)), Err(Denied::NotYet { retry_at: at(110) }));
    let mut log = SlidingLog::new(&Heap::bounded(1), Duration::from_nanos(10));
    assert_eq!(log.check(1, at(100)), Ok(()));
    assert_eq!(log.check(1, at(0)), Err(Denied::NotYet { retry_at: at(110) }));
}

#[test]
fn the_longest_periods_do_not_wrap() {
    let forever = Quota::new(1, Duration::MAX).unwrap().with_burst(u32::MAX).unwrap();
    let mut limit = Gcra::new(forever);
    assert_eq!(limit.check(u32::MAX, at(u64::MAX - 1)), Ok(()));
    let never = Err(Denied::NotYet { retry_at: Instant::FAR_FUTURE });
    assert_eq!(limit.check(1, at(u64::MAX - 1)), never);
    let mut once = Gcra::new(Quota::new(1, Duration::MAX).unwrap());
    assert_eq!(once.check(1, at(5)), Ok(()));
    assert_eq!(once.check(1, at(6)), never);
}

#[test]
fn three_for_ever_are_three() {
    let quota = Quota::new(3, Duration::MAX).unwrap();
    let keys = Heap::bounded(2).seeded(1);
    let (mut limit, mut keyed) = (Gcra::new(quota), KeyedLimit::new(&keys, quota));
    let passed = (0..9).filter(|now| limit.check(1, at(*now)).is_ok()).count();
    let passed_of_a_key = (0..9).filter(|now| keyed.check(&'a', 1, at(*now)).is_ok()).count();
    assert_eq!((passed, passed_of_a_key, keyed.keys(at(9))), (3, 3, 1));
}

#[test]
fn quotas_that_cannot_work_are_errors() {
    let second = Duration::from_secs(1);
    assert_eq!(Quota::new(0, second), Err(ConfigError::Zero("limit")));
    assert_eq!(Quota::new(1, Duration::ZERO), Err(ConfigError::Zero("period")));
    assert_eq!(Quota::per_second(1).unwrap().with_burst(0), Err(ConfigError::Zero("burst")));
    assert_eq!(Quota::per_second(3).unwrap().gap(), Duration::from_nanos(333_333_334));
}
