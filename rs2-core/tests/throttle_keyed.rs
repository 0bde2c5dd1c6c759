//! At most so many items of a key in any stretch of event time, against all stretches there are.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Holds, Loss};
use rs2_core::op::event_time::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use std::time::Duration;

const KEYS: u8 = 3;

type Rule = ThrottleKeyedByTime<Event, u8, fn(&Event) -> u8, SeededHeap>;

fn rule(limits: rs2_core::state::Limits<SeededHeap>, limit: usize, window: Duration) -> Rule {
    let config = ThrottleConfig { limit, window, watermark_delay: us(0) };
    ThrottleKeyedByTime::new(limits, &config, |event| event.1)
}

/// Whether some stretch has more than `limit` of these times.
fn exceeds(mut times: Vec<i64>, limit: usize, window: u64) -> bool {
    times.sort_unstable();
    times.windows(limit + 1).any(|stretch| stretch[limit].abs_diff(stretch[0]) < window)
}

fn of_key(passed: &[Event], key: u8) -> Vec<i64> {
    passed.iter().filter(|event| event.1 == key).map(|event| event.2).collect()
}

/// The definition: an item passes unless it makes a stretch with too many.
fn naive(kept: &[Event], limit: usize, window: u64) -> Vec<Event> {
    let mut passed: Vec<Event> = Vec::new();
    for event in kept {
        let with = [of_key(&passed, event.1), vec![event.2]].concat();
        if !exceeds(with, limit, window) {
            passed.push(*event);
        }
    }
    passed
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn what_passes_makes_no_stretch_with_too_many(
        times in disorder(KEYS), limit in 1_usize..5, window in 0_u64..20, delay in 0_i64..20,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(Heap::bounded(1_000).seeded(7), OnFull::Evict);
        let mut machine =
            ByTime::new(rule(limits, limit, us(window)), us(delay as u64), time_of);
        let passed = run(&mut machine, events.clone(), |_| ());
        let (kept, late) = without_late(&events, delay);
        let expected = naive(&kept, limit, window);
        let suppressed = (kept.len() - expected.len()) as u64;
        prop_assert_eq!(passed, expected);
        prop_assert_eq!(counts(&losses), [late, 0, suppressed, 0, 0]);
        prop_assert_eq!(machine.held(), 0);
    }

    #[test]
    fn a_full_memory_keeps_its_bound_and_counts_what_is_lost(
        times in disorder(KEYS), limit in 1_usize..5, window in 0_u64..20, delay in 0_i64..20,
        capacity in 1_usize..8, evicts in any::<bool>(),
    ) {
        let events = events(&times);
        let answer = if evicts { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(Heap::bounded(capacity).seeded(7), answer);
        let mut machine =
            ByTime::new(rule(limits, limit, us(window)), us(delay as u64), time_of);
        let passed = run(&mut machine, events.clone(), |machine| {
            assert!(size_of(machine, "times") <= capacity);
        });
        let [late, _, suppressed, full, evicted] = counts(&losses);
        let lost = late + suppressed + full;
        prop_assert_eq!(passed.len() as u64 + lost, events.len() as u64);
        prop_assert_eq!(if evicts { full } else { evicted }, 0);
        if evicted == 0 {
            prop_assert!((0..KEYS).all(|key| !exceeds(of_key(&passed, key), limit, window)));
        }
        prop_assert_eq!(losses.of(Loss::Late), without_late(&events, delay).1);
    }

    #[test]
    fn stopping_lets_no_wrong_item_out(
        times in disorder(KEYS), limit in 1_usize..5, window in 1_u64..20, delay in 0_i64..20,
        capacity in 1_usize..8,
    ) {
        let events = events(&times);
        let (limits, losses) = limits(Heap::bounded(capacity).seeded(7), OnFull::Stop);
        let mut machine =
            ByTime::new(rule(limits, limit, us(window)), us(delay as u64), time_of);
        let passed = run(&mut machine, events.clone(), |_| ());
        let whole = naive(&without_late(&events, delay).0, limit, window);
        is_beginning(&passed, &whole, &losses);
    }

    #[test]
    fn the_ends_of_time_are_times_like_others(
        times in extremes(2), limit in 1_usize..4, window in extreme_spans(),
        delay in extreme_spans(),
    ) {
        let events = events(&times);
        let (limits, _) = limits(Heap::bounded(1_000).seeded(7), OnFull::Evict);
        let mut machine = ByTime::new(rule(limits, limit, window), delay, time_of);
        let passed = run(&mut machine, events.clone(), |_| ());
        let (kept, _) =
            without_late(&events, i64::try_from(delay.as_micros()).unwrap_or(i64::MAX));
        let window = u64::try_from(window.as_micros()).unwrap_or(u64::MAX);
        prop_assert_eq!(passed, naive(&kept, limit, window));
    }
}

#[test]
fn times_are_forgotten_once_the_watermark_is_past_them() {
    let (limits, _) = limits(Heap::bounded(100_000).seeded(7), OnFull::Reject);
    let mut machine = ByTime::new(
        ThrottleKeyedByTime::new(
            limits,
            &ThrottleConfig { limit: 2, window: us(10), watermark_delay: us(0) },
            |event: &Event| event.0,
        ),
        us(5),
        time_of,
    );
    for n in 0..50_000 {
        feed(&mut machine, (n, 0, n as i64));
        assert!(machine.held() <= 2 * (2 * 64 + 1), "{} are held", machine.held());
    }
}
