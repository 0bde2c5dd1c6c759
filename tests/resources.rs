//! The account of memory and keys in virtual time: its limits, its breaker, and who obeys it.

use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::{CircuitBreakerState, Cleanup, Meter, NoMeter};
use rs2_core::metrics::{ResourceConfig, ResourceError, ResourceManager};
use rs2_core::prelude::*;
use rs2_core::time::{NoTimer, Timer};
use rs2_test::marbles::check;
use rs2_test::{ManualTimer, ms};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Wake};
use std::time::Duration;

const INTERVAL: Duration = ms(30);

fn config(max_memory_bytes: u64) -> ResourceConfig {
    let max_keys = 5;
    let buffer_overflow_threshold = 3;
    let cleanup_interval = INTERVAL;
    ResourceConfig {
        max_memory_bytes,
        max_keys,
        buffer_overflow_threshold,
        cleanup_interval,
        ..ResourceConfig::default()
    }
}

fn manager(timer: &ManualTimer, max_memory_bytes: u64) -> ResourceManager {
    ResourceManager::on(timer.clone(), config(max_memory_bytes)).unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Allocate(u64),
    Release(u64),
    Key,
    KeyGone,
    Overflow,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u64..60).prop_map(Step::Allocate),
        3 => (0u64..60).prop_map(Step::Release),
        1 => Just(Step::Key),
        1 => Just(Step::KeyGone),
        2 => Just(Step::Overflow),
        3 => (0u64..50).prop_map(Step::Wait),
    ]
}

/// The same in plain numbers, looked at after every step.
#[derive(Default)]
struct Naive {
    now: u64,
    memory: u64,
    keys: u64,
    overflows: u64,
    overflows_since: u64,
    /// Since when it is open, or half-open.
    open: Option<u64>,
    half_open: Option<u64>,
}

impl Naive {
    fn look(&mut self) {
        let interval = INTERVAL.as_millis() as u64;
        if self.open.is_some_and(|since| since + interval <= self.now) {
            self.open = Some(self.now);
            if self.memory < 80 {
                (self.open, self.half_open) = (None, Some(self.now));
            }
        } else if self.half_open.is_some_and(|since| since + interval <= self.now) {
            self.half_open = None;
        }
    }

    fn trip(&mut self) {
        self.half_open = None;
        self.open.get_or_insert(self.now);
    }

    fn take(&mut self, step: Step) -> Result<(), ResourceError> {
        match step {
            Step::Allocate(_) if self.open.is_some() => Err(ResourceError::CircuitBreakerOpen),
            Step::Allocate(bytes) if self.memory + bytes > 100 => {
                self.trip();
                Err(ResourceError::MaxMemoryExceeded)
            }
            Step::Allocate(bytes) if self.memory + bytes >= 80 => {
                let was_half_open = self.half_open.is_some();
                self.trip();
                if was_half_open {
                    return Err(ResourceError::CircuitBreakerOpen);
                }
                self.memory += bytes;
                Ok(())
            }
            Step::Allocate(bytes) => {
                self.half_open = None;
                self.memory += bytes;
                Ok(())
            }
            Step::Release(bytes) => {
                self.memory -= bytes.min(self.memory);
                Ok(())
            }
            Step::Key if self.keys == 5 => Err(ResourceError::MaxKeysExceeded),
            Step::Key => {
                self.keys += 1;
                Ok(())
            }
            Step::KeyGone => {
                self.keys -= self.keys.min(1);
                Ok(())
            }
            Step::Overflow => {
                if self.overflows_since + INTERVAL.as_millis() as u64 <= self.now {
                    (self.overflows, self.overflows_since) = (0, self.now);
                }
                self.overflows += 1;
                if self.overflows <= 3 && self.half_open.is_none() {
                    return Ok(());
                }
                self.trip();
                Err(ResourceError::BufferOverflowThresholdExceeded)
            }
            Step::Wait(millis) => {
                self.now += millis;
                Ok(())
            }
        }
    }

    fn state(&self) -> CircuitBreakerState {
        match (self.open, self.half_open) {
            (Some(_), _) => CircuitBreakerState::Open,
            (_, Some(_)) => CircuitBreakerState::HalfOpen,
            _ => CircuitBreakerState::Closed,
        }
    }
}

fn take(manager: &ResourceManager, timer: &ManualTimer, step: Step) -> Result<(), ResourceError> {
    match step {
        Step::Allocate(bytes) => manager.allocate(bytes),
        Step::Release(bytes) => {
            manager.release(bytes);
            Ok(())
        }
        Step::Key => manager.key_created(),
        Step::KeyGone => {
            manager.key_removed();
            Ok(())
        }
        Step::Overflow => manager.overflow(),
        Step::Wait(millis) => {
            timer.advance(ms(millis));
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn an_account_is_that_of_plain_numbers(steps in prop::collection::vec(step(), 0..80)) {
        let timer = ManualTimer::new();
        let (manager, mut naive) = (manager(&timer, 100), Naive::default());
        let mut peak = 0;
        for step in steps {
            prop_assert_eq!(take(&manager, &timer, step), naive.take(step), "{:?}", step);
            naive.look();
            peak = peak.max(naive.memory);
            prop_assert_eq!(manager.breaker_state(), naive.state(), "after {:?}", step);
            let metrics = manager.metrics();
            prop_assert_eq!(metrics.current_memory_bytes, naive.memory);
            prop_assert_eq!((metrics.peak_memory_bytes, metrics.active_keys), (peak, naive.keys));
            prop_assert_eq!(u64::from(manager.pressure_percent()), naive.memory);
        }
    }
}

/// Peer defect 28: an allocation a thousand times over the limit was allowed.
#[test]
fn nothing_is_counted_beyond_a_limit() {
    let manager = manager(&ManualTimer::new(), 1_000);
    assert_eq!(manager.allocate(1_000_000), Err(ResourceError::MaxMemoryExceeded));
    assert_eq!(manager.allocate(u64::MAX), Err(ResourceError::CircuitBreakerOpen));
    assert_eq!((manager.metrics().current_memory_bytes, manager.pressure_percent()), (0, 0));
}

/// Peer defect 28: ten taken and eleven given back were 2^64 - 1.
#[test]
fn what_was_not_taken_cannot_be_given_back() {
    let manager = manager(&ManualTimer::new(), 1_000);
    manager.allocate(10).unwrap();
    manager.release(11);
    manager.key_removed();
    let metrics = manager.metrics();
    assert_eq!((metrics.current_memory_bytes, metrics.active_keys), (0, 0));
}

/// Peer defect 28: a limit of zero panicked.
#[test]
fn a_limit_of_zero_allows_nothing() {
    let timer = ManualTimer::new();
    let config = ResourceConfig { max_memory_bytes: 0, max_keys: 0, ..config(0) };
    let manager = ResourceManager::on(timer, config).unwrap();
    assert_eq!(manager.pressure_percent(), 100);
    assert_eq!(manager.allocate(1), Err(ResourceError::MaxMemoryExceeded));
    assert_eq!(manager.key_created(), Err(ResourceError::MaxKeysExceeded));
    assert!(manager.is_open());
}

/// Peer defect 28: a half-open breaker never opened again, and an open one never closed.
#[test]
fn a_half_open_breaker_closes_on_success_and_opens_on_failure() {
    use CircuitBreakerState::{Closed, HalfOpen, Open};
    let timer = ManualTimer::new();
    let manager = manager(&timer, 100);
    manager.allocate(80).unwrap();
    assert_eq!(manager.breaker_state(), Open);
    timer.advance(INTERVAL);
    assert_eq!(manager.breaker_state(), Open, "the memory is still taken");
    manager.release(80);
    timer.advance(INTERVAL);
    assert_eq!(manager.breaker_state(), HalfOpen);
    assert_eq!(manager.allocate(90), Err(ResourceError::CircuitBreakerOpen));
    assert_eq!((manager.breaker_state(), manager.metrics().circuit_breaker_trips), (Open, 2));

    timer.advance(INTERVAL);
    manager.allocate(10).unwrap();
    assert_eq!(manager.breaker_state(), Closed);
}

/// Peer defect 28: nobody looked at the breaker.
#[test]
fn an_open_breaker_pauses_its_source() {
    let trips = |source: rs2_test::marbles::MarbleSource, timer: ManualTimer| {
        let manager = manager(&timer, 100);
        let guarded = source.guarded_by_on_rs2(timer, &manager);
        guarded.inspect_rs2(move |item| {
            if *item == 'b' {
                let _ = manager.allocate(101);
            }
        })
    };
    check("abcd|", trips, "ab--(cd|)");
    check("ab------c|", trips, "ab------c|");
    check("ab|", trips, "ab--|");
    check("ab", trips, "ab");
}

#[test]
fn a_paused_source_goes_on_as_soon_as_somebody_closes_the_breaker() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 100);
    manager.allocate(80).unwrap();
    let mut items = from_iter([1, 2]).guarded_by_on_rs2(timer.clone(), &manager);
    let mut others = from_iter([3]).guarded_by_on_rs2(timer.clone(), &manager);
    let closing = async {
        timer.sleep_until(rs2_core::time::Instant::from_origin(ms(7))).await;
        manager.release(80);
        manager.close_circuit_breaker().await;
    };
    let (first, third, ()) =
        timer.run(futures_util::future::join3(items.next(), others.next(), closing));
    assert_eq!((first, third), (Some(1), Some(3)));
    assert_eq!(rs2_core::time::Clock::now(&timer).since_origin(), ms(7));
    assert_eq!(timer.armed(), 0, "no sleep is left behind");
}

/// Looks at the manager when it is dropped, as a task may whose last waker this is.
struct Onlooker(ResourceManager);

impl Wake for Onlooker {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Onlooker {
    fn drop(&mut self) {
        self.0.metrics();
    }
}

#[test]
fn a_waker_may_use_the_manager_when_it_is_replaced() {
    let manager = ResourceManager::on(NoTimer, config(100)).unwrap();
    manager.allocate(80).unwrap();
    let mut items = from_iter([1]).guarded_by_on_rs2(NoTimer, &manager);
    for _ in 0..3 {
        let waker = Arc::new(Onlooker(manager.clone())).into();
        assert!(items.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
    }
}

#[test]
fn a_guard_asks_once_for_each_interval() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 100);
    manager.allocate(80).unwrap();
    let mut items = from_iter([1]).guarded_by_on_rs2(timer.clone(), &manager);
    for n in 1..=3 {
        assert!(items.next().now_or_never().is_none());
        assert_eq!(timer.next_deadline().unwrap().since_origin(), INTERVAL * n);
        timer.advance(INTERVAL);
    }
    drop(items);
    assert_eq!(timer.armed(), 0);
}

#[test]
fn too_many_overflows_within_an_interval_open_the_breaker() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 100);
    for _ in 0..10 {
        assert!((0..3).all(|_| manager.overflow().is_ok()));
        timer.advance(INTERVAL);
    }
    assert!((0..3).all(|_| manager.overflow().is_ok()));
    assert_eq!(manager.overflow(), Err(ResourceError::BufferOverflowThresholdExceeded));
    assert!(manager.is_open());
    assert_eq!(manager.metrics().buffer_overflow_count, 34);
}

#[test]
fn cleanups_run_before_the_memory_is_exhausted_and_at_intervals() {
    let timer = ManualTimer::new();
    let manager = manager(&timer, 100);
    let cache = Arc::new(AtomicU64::new(70));
    manager.allocate(70).unwrap();
    let (of, account) = (cache.clone(), manager.clone());
    let cleanup = manager.on_cleanup(move |why| {
        if why == Cleanup::Emergency {
            account.release(of.swap(0, SeqCst));
        } else {
            of.fetch_add(1, SeqCst);
            account.allocate(1).unwrap();
        }
    });
    // 70 + 30 would be 100 %: the cache is given up for it.
    assert_eq!(manager.allocate(30), Ok(()));
    assert_eq!((manager.metrics().current_memory_bytes, cache.load(SeqCst)), (30, 0));
    assert_eq!(manager.metrics().emergency_cleanups, 1);
    assert_eq!(manager.breaker_state(), CircuitBreakerState::Closed);

    timer.advance(INTERVAL);
    manager.allocate(1).unwrap();
    assert_eq!((manager.metrics().current_memory_bytes, cache.load(SeqCst)), (32, 1));
    manager.periodic_cleanup().now_or_never().unwrap();
    assert_eq!(cache.load(SeqCst), 2);

    drop(cleanup);
    timer.advance(INTERVAL);
    manager.allocate(1).unwrap();
    assert_eq!(cache.load(SeqCst), 2, "it is no longer registered");
}

#[test]
fn without_a_meter_everything_is_allowed_and_nothing_is_kept() {
    assert_eq!(size_of::<NoMeter>(), 0);
    assert_eq!((NoMeter.allocate(u64::MAX), NoMeter.key_created()), (Ok(()), Ok(())));
    assert!(NoMeter.overflow().is_ok() && !NoMeter.is_open());
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = |config| ResourceManager::on(ManualTimer::new(), config).is_err();
    assert!(refused(ResourceConfig { cleanup_interval: Duration::ZERO, ..config(1) }));
    assert!(refused(ResourceConfig { emergency_cleanup_threshold: 101, ..config(1) }));
    assert!(refused(ResourceConfig { memory_threshold_percent: 96, ..config(1) }));
    assert!(!refused(ResourceConfig::default()));
}
