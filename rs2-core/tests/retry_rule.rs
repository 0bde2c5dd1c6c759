//! The rule of trying again against its formulas.
#![cfg(feature = "std")]

use proptest::prelude::*;
use rs2_core::error::{ConfigError, GaveUp};
use rs2_core::op::recover::{Decision, Retry, RetryBucket};
use rs2_core::prelude::*;
use rs2_core::time::Instant;
use std::panic::catch_unwind;
use std::time::Duration;

fn at(elapsed: Duration) -> Instant {
    Instant::from_origin(elapsed)
}

fn policies() -> impl Strategy<Value = RetryPolicy> {
    let delay = || (0..5_000_000_000_u64).prop_map(Duration::from_nanos);
    prop_oneof![
        Just(RetryPolicy::None),
        (0..10_u32).prop_map(|max_retries| RetryPolicy::Immediate { max_retries }),
        (0..10_u32, delay())
            .prop_map(|(max_retries, delay)| RetryPolicy::Fixed { max_retries, delay }),
        (0..40_u32, delay(), 1.0..4.0_f64).prop_map(|(max_retries, initial_delay, multiplier)| {
            RetryPolicy::Exponential { max_retries, initial_delay, multiplier }
        }),
    ]
}

fn jitters() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        Just(Jitter::None),
        Just(Jitter::Full),
        Just(Jitter::Equal),
        Just(Jitter::Decorrelated),
    ]
}

/// How often a policy tries again, its first delay and its factor.
fn parts(policy: RetryPolicy) -> (u32, Duration, f64) {
    match policy {
        RetryPolicy::None => (0, Duration::ZERO, 1.0),
        RetryPolicy::Immediate { max_retries } => (max_retries, Duration::ZERO, 1.0),
        RetryPolicy::Fixed { max_retries, delay } => (max_retries, delay, 1.0),
        RetryPolicy::Exponential { max_retries, initial_delay, multiplier } => {
            (max_retries, initial_delay, multiplier)
        }
    }
}

/// What the delays are until a rule gives up, when each try takes `each`.
fn delays(retry: &mut Retry, each: Duration) -> (Vec<Duration>, Duration) {
    let (mut delays, mut now) = (Vec::new(), Duration::ZERO);
    loop {
        retry.begin(at(now));
        now += each;
        match retry.on_failure(at(now), &()) {
            Decision::Again { after } => {
                now += after;
                delays.push(after);
            }
            Decision::GaveUp => return (delays, now),
        }
    }
}

/// Whether a delay is one that the formula of its jitter gives.
fn fits(jitter: Jitter, exp: f64, cap: f64, base: f64, last: f64, delay: f64) -> bool {
    // A nanosecond of rounding, and what 40 multiplications lose.
    let slack = 2.0 + exp * 1e-12;
    let within = |low: f64, high: f64| low - slack <= delay && delay <= high + slack;
    match jitter {
        Jitter::None => within(exp, exp),
        Jitter::Full => within(0.0, exp),
        Jitter::Equal => within(exp / 2.0, exp),
        Jitter::Decorrelated => within(base.min(cap), cap.min(3.0 * last)),
    }
}

proptest! {
    #[test]
    fn delays_are_within_the_formulas(
        policy in policies(),
        jitter in jitters(),
        // Zero stands for none.
        longest in 0..100_u64,
        seed: u64,
    ) {
        let (max_retries, base, multiplier) = parts(policy);
        let longest = Duration::from_secs(longest);
        let mut config = RetryConfig::new(policy).jitter(jitter);
        let mut cap = RetryPolicy::DEFAULT_MAX_DELAY;
        if !longest.is_zero() {
            cap = longest.max(base);
            config = config.max_delay(cap);
        }
        let mut retry = Retry::new(config, seed);
        let (delays, _) = delays(&mut retry, Duration::ZERO);
        prop_assert_eq!(delays.len(), max_retries as usize);
        prop_assert_eq!(retry.failures(), max_retries + 1);

        let nanos = |duration: Duration| duration.as_nanos() as f64;
        let (base, cap) = (nanos(base), nanos(cap));
        let mut last = base;
        for (i, delay) in delays.into_iter().enumerate() {
            let exp = cap.min(base * multiplier.powi(i as i32));
            let delay = nanos(delay);
            prop_assert!(delay <= cap, "above the longest");
            prop_assert!(fits(jitter, exp, cap, base, last, delay), "delay {i} is {delay}");
            last = delay;
        }
    }

    #[test]
    fn no_wait_begins_that_would_end_too_late(
        policy in policies(),
        jitter in jitters(),
        most in 0..20_u64,
        each in 0..2_000_u64,
        seed: u64,
    ) {
        let (most, each) = (Duration::from_secs(most), Duration::from_millis(each));
        let unbounded = RetryConfig::new(policy).jitter(jitter);
        let bounded = unbounded.clone().max_elapsed(most);
        let (all, _) = delays(&mut Retry::new(unbounded, seed), each);
        let (some, gave_up_at) = delays(&mut Retry::new(bounded, seed), each);
        // The same delays, cut off before the first that would end too late.
        let mut now = Duration::ZERO;
        let fitting = all.iter().take_while(|&&delay| {
            now += each + delay;
            now <= most
        });
        prop_assert_eq!(&some[..], &all[..fitting.count()]);
        prop_assert!(gave_up_at <= most + each, "it waited, and gave up all the same");
    }

    #[test]
    fn the_same_seed_gives_the_same_delays(
        policy in policies(),
        jitter in jitters(),
        seed: u64,
    ) {
        let run = |seed| {
            let config = RetryConfig::new(policy).jitter(jitter);
            delays(&mut Retry::new(config, seed), Duration::ZERO)
        };
        prop_assert_eq!(run(seed), run(seed));
    }

    #[test]
    fn retries_are_at_most_the_reserve_and_a_part_of_all_tries(
        reserve in 1..5_u32,
        percent in 0..150_u32,
        // How often each try in a row fails before it succeeds.
        failures in prop::collection::vec(0..4_u32, 0..60),
    ) {
        let budget = RetryBudget::new(reserve, percent);
        let policy = RetryPolicy::Immediate { max_retries: 10 };
        let mut left = u64::from(reserve) * 100;
        for failures in failures {
            let mut retry = Retry::new(RetryConfig::new(policy).budget(&budget), 0);
            retry.begin(Instant::ORIGIN);
            left = (left + u64::from(percent)).min(u64::from(reserve) * 100);
            for _ in 0..failures {
                let again = retry.on_failure(Instant::ORIGIN, &()) != Decision::GaveUp;
                prop_assert_eq!(again, left >= 100);
                if !again {
                    break;
                }
                left -= 100;
                retry.begin(Instant::ORIGIN);
            }
            prop_assert_eq!(budget.left(), left / 100);
        }
    }

    #[test]
    fn a_stable_success_begins_the_count_anew(
        // How long each try takes, and whether it had a success.
        tries in prop::collection::vec((0..10_u64, any::<bool>()), 1..60),
        stable in 0..8_u64,
        max_retries in 0..4_u32,
    ) {
        let stable = Duration::from_secs(stable);
        let config = RetryConfig::new(RetryPolicy::Immediate { max_retries }).reset_after(stable);
        let mut retry = Retry::new(config, 0);
        let (mut now, mut failed, mut since) = (Duration::ZERO, 0, Duration::ZERO);
        for (takes, succeeds) in tries {
            let takes = Duration::from_secs(takes);
            retry.begin(at(now));
            now += takes;
            if succeeds {
                retry.on_success();
            }
            if succeeds && takes >= stable {
                failed = 0;
                since = now;
            }
            failed += 1;
            let gave_up = retry.on_failure(at(now), &()) == Decision::GaveUp;
            prop_assert_eq!(gave_up, failed > max_retries);
            let expected = GaveUp { attempts: failed, last: (), elapsed: now - since };
            prop_assert_eq!(retry.gave_up(at(now), ()), expected);
            if gave_up {
                break;
            }
        }
    }
}

// Peer, section 3.4: "retry Exponential has no cap", and its delays are whole milliseconds.
#[test]
fn exponential_delays_are_bounded_and_finer_than_a_millisecond() {
    let growing = |initial_delay, multiplier| RetryPolicy::Exponential {
        max_retries: 2_000,
        initial_delay,
        multiplier,
    };
    let micros = Duration::from_micros;
    let (fine, _) = delays(&mut Retry::new(growing(micros(900), 2.0), 0), Duration::ZERO);
    assert_eq!(fine[..3], [micros(900), micros(1_800), micros(3_600)]);
    assert_eq!(fine.iter().max(), Some(&RetryPolicy::DEFAULT_MAX_DELAY));
    assert_eq!(fine.last(), Some(&RetryPolicy::DEFAULT_MAX_DELAY));

    let tiny = growing(Duration::from_nanos(1), 1.1);
    let (tiny, _) = delays(&mut Retry::new(tiny, 0), Duration::ZERO);
    assert_eq!(tiny.last(), Some(&RetryPolicy::DEFAULT_MAX_DELAY), "it stopped to grow");

    // A first delay that is longer than the usual limit is its own limit.
    let hour = Duration::from_secs(3_600);
    let (long, _) = delays(&mut Retry::new(growing(hour, 10.0), 0), Duration::ZERO);
    assert!(long.iter().all(|delay| *delay == hour));

    // Numbers that no clock can hold.
    let huge = RetryConfig::new(growing(Duration::MAX, f64::MAX)).max_delay(Duration::MAX);
    for jitter in [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
        let mut retry = Retry::new(huge.clone().jitter(jitter), 3);
        let decisions = (0..2_000).filter(|_| {
            matches!(retry.on_failure(Instant::FAR_FUTURE, &()), Decision::Again { .. })
        });
        assert_eq!(decisions.count(), 2_000);
    }
}

#[test]
fn settings_that_cannot_work_are_told() {
    let growing = |multiplier| {
        let initial_delay = Duration::from_secs(1);
        RetryConfig::new(RetryPolicy::Exponential { max_retries: 1, initial_delay, multiplier })
    };
    for multiplier in [f64::NAN, f64::INFINITY, 0.99, -2.0] {
        let config = growing(multiplier);
        assert_eq!(config.validate(), Err(ConfigError::OutOfRange("multiplier")));
        assert!(catch_unwind(|| Retry::new(config, 0)).is_err());
    }
    let short = growing(1.0).max_delay(Duration::from_millis(999));
    assert_eq!(short.validate(), Err(ConfigError::Exceeds("the first delay", "max_delay")));
    assert_eq!(growing(1.0).max_delay(Duration::from_secs(1)).validate(), Ok(()));
    assert!(catch_unwind(|| RetryBucket::new(0, 10)).is_err());
}

#[test]
fn an_error_can_ask_for_more_time_and_refuse_another_try() {
    let second = Duration::from_secs(1);
    let config = || {
        RetryConfig::new(RetryPolicy::Fixed { max_retries: 9, delay: second })
            .max_delay(second)
            .retry_if(|status: &u16| *status != 400)
            .retry_after(|status: &u16| (*status > 500).then(|| u32::from(*status - 500) * second))
            .retry_after(|status: &u16| (*status == 504).then_some(2 * second))
    };
    let mut retry = Retry::new(config(), 0);
    let mut ask = |status: u16| retry.on_failure(Instant::ORIGIN, &status);
    assert_eq!(ask(500), Decision::Again { after: second });
    assert_eq!(ask(503), Decision::Again { after: 3 * second });
    assert_eq!(ask(504), Decision::Again { after: 4 * second });
    assert_eq!(ask(400), Decision::GaveUp);
    let mut impatient = Retry::new(config().max_elapsed(2 * second), 0);
    assert_eq!(impatient.on_failure(Instant::ORIGIN, &503), Decision::GaveUp);
}

#[test]
fn a_new_count_begins_with_the_first_delay() {
    let (initial_delay, multiplier) = (Duration::from_secs(1), 2.0);
    let policy = RetryPolicy::Exponential { max_retries: 9, initial_delay, multiplier };
    let mut retry = Retry::new(RetryConfig::new(policy).reset_after(Duration::ZERO), 0);
    let mut fail = |after_success: bool| {
        retry.begin(Instant::ORIGIN);
        if after_success {
            retry.on_success();
        }
        match retry.on_failure(Instant::ORIGIN, &()) {
            Decision::Again { after } => after.as_secs(),
            Decision::GaveUp => unreachable!("nine times are enough"),
        }
    };
    assert_eq!([false, false, true, false].map(&mut fail), [1, 2, 1, 2]);
}

#[test]
fn a_new_count_forgets_how_long_the_last_delay_was() {
    let first = Duration::from_secs(1);
    let policy = RetryPolicy::Fixed { max_retries: u32::MAX, delay: first };
    let config = RetryConfig::new(policy).jitter(Jitter::Decorrelated);
    let config = config.max_delay(Duration::from_secs(3_600)).reset_after(Duration::ZERO);
    let mut retry = Retry::new(config, 5);
    for _ in 0..50 {
        for fails in 0..20 {
            retry.begin(Instant::ORIGIN);
            if fails == 0 {
                retry.on_success();
            }
            let Decision::Again { after } = retry.on_failure(Instant::ORIGIN, &()) else {
                unreachable!("there is no end of retries");
            };
            assert!(fails > 0 || after <= 3 * first, "{after:?} after a success");
        }
    }
}

#[test]
fn what_is_not_tried_again_costs_no_budget() {
    let budget = RetryBudget::new(1, 0);
    let policy = RetryPolicy::Fixed { max_retries: 9, delay: Duration::from_secs(1) };
    let config = RetryConfig::new(policy).budget(&budget);
    let late = config.clone().max_elapsed(Duration::ZERO);
    assert_eq!(Retry::new(late, 0).on_failure(Instant::ORIGIN, &()), Decision::GaveUp);
    let fatal = config.retry_if(|_: &()| false);
    assert_eq!(Retry::new(fatal, 0).on_failure(Instant::ORIGIN, &()), Decision::GaveUp);
    assert_eq!(budget.left(), 1);
}

#[test]
fn a_failure_that_nobody_began_begins_the_count() {
    let second = Duration::from_secs(1);
    let mut retry = Retry::new(RetryPolicy::Immediate { max_retries: 9 }, 0);
    retry.on_failure(at(5 * second), &());
    retry.begin(at(6 * second));
    retry.on_failure(at(8 * second), &());
    let expected = GaveUp { attempts: 2, last: (), elapsed: 3 * second };
    assert_eq!(retry.gave_up(at(8 * second), ()), expected);
}

#[test]
fn threads_that_share_a_budget_get_no_more_than_there_is() {
    let budget = RetryBudget::new(10_000, 0);
    let take = || {
        let config = RetryConfig::new(RetryPolicy::Immediate { max_retries: u32::MAX });
        let mut retry = Retry::new(config.budget(&budget), 0);
        let again = Decision::Again { after: Duration::ZERO };
        (0..20_000).filter(|_| retry.on_failure(Instant::ORIGIN, &()) == again).count()
    };
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!((taken, budget.left()), (10_000, 0));
}

#[test]
fn a_device_keeps_its_budget_in_a_static() {
    static BUCKET: RetryBucket = RetryBucket::new(2, 50);
    let budget = RetryBudget::in_static(&BUCKET);
    let config = RetryConfig::new(RetryPolicy::Immediate { max_retries: 1 }).budget(&budget);
    let decision = Retry::new(config, 0).on_failure(Instant::ORIGIN, &());
    assert_eq!(decision, Decision::Again { after: Duration::ZERO });
    assert_eq!(budget.left(), 1);
}
