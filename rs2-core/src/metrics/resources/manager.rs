//! One account of memory and keys for whoever shares it.

use super::breaker::Breaker;
use super::cleanup::{Cleanup, CleanupHandle, Cleanups};
use super::{CircuitBreakerState, Meter, ResourceConfig, ResourceError, ResourceMetrics};
use crate::error::ConfigError;
use crate::sync::{Arc, Lock};
use crate::time::{Clock, Instant};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::task::{Context, Waker};
use core::time::Duration;

/// Counts memory and keys of all who share it, refuses what exceeds the limits, and holds a breaker
/// that stops new work.
///
/// Clones share one account. The breaker opens when the memory reaches `memory_threshold_percent`,
/// when an allocation exceeds the maximum, or when there are more than `buffer_overflow_threshold`
/// overflows within one `cleanup_interval`. While it is open, allocations are refused and a source
/// that is [`guarded`](crate::op::ObserveExt::guarded_by_on_rs2) waits. After one
/// `cleanup_interval` it is half-open: an allocation that stays below the threshold, or another
/// interval without a failure, closes it; a failure opens it again.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::metrics::{Meter, ResourceConfig, ResourceError, ResourceManager};
/// use rs2_core::time::NoTimer;
/// # futures_executor::block_on(async {
/// let config = ResourceConfig { max_memory_bytes: 1_000, ..ResourceConfig::default() };
/// let manager = ResourceManager::on(NoTimer, config)?;
/// manager.track_memory_allocation(700).await?;
/// assert_eq!(manager.pressure_percent(), 70);
///
/// // At 80 % the breaker opens.
/// manager.track_memory_allocation(100).await?;
/// assert!(manager.is_open());
/// assert_eq!(manager.allocate(1), Err(ResourceError::CircuitBreakerOpen));
///
/// manager.track_memory_deallocation(800).await;
/// assert_eq!(manager.metrics().current_memory_bytes, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct ResourceManager {
    shared: Arc<Shared>,
}

struct Shared {
    config: ResourceConfig,
    clock: Box<dyn Clock + Send + Sync>,
    account: Lock<Account>,
    cleanups: Cleanups,
}

struct Account {
    numbers: ResourceMetrics,
    breaker: Breaker,
    // Overflows in the interval that began then.
    overflows: u64,
    overflows_since: Instant,
    cleaned: Instant,
    waiting: Vec<Waker>,
}

impl ResourceManager {
    /// An empty account with these limits, by this clock.
    ///
    /// # Errors
    /// The setting that cannot work: see [`ResourceConfig::validate`].
    pub fn on<C>(clock: C, config: ResourceConfig) -> Result<Self, ConfigError>
    where
        C: Clock + Send + Sync + 'static,
    {
        config.validate()?;
        let now = clock.now();
        let account = Account {
            numbers: ResourceMetrics::default(),
            breaker: Breaker::new(),
            overflows: 0,
            overflows_since: now,
            cleaned: now,
            waiting: Vec::new(),
        };
        let account = Lock::new(account);
        let cleanups = Cleanups::default();
        let shared = Shared { config, clock: Box::new(clock), account, cleanups };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The limits.
    pub fn config(&self) -> &ResourceConfig {
        &self.shared.config
    }

    /// What was counted so far.
    pub fn metrics(&self) -> ResourceMetrics {
        self.shared.account.with(|account| account.metrics())
    }

    /// The memory allocated, in percent of what may be; 100 when none may be.
    pub fn pressure_percent(&self) -> u8 {
        self.metrics().pressure_percent(self.config())
    }

    /// The state of the breaker now.
    pub fn breaker_state(&self) -> CircuitBreakerState {
        self.step(|account, now, config| account.breaker.state(now, config.cleanup_interval))
    }

    /// How long the breaker stays open; nothing when it is not.
    pub fn open_for(&self) -> Option<Duration> {
        self.step(|account, now, config| account.open_for(now, config))
    }

    /// Half-opens an open breaker now.
    pub fn half_open_breaker(&self) {
        self.step(|account, now, _| account.breaker.set(CircuitBreakerState::HalfOpen, now));
    }

    /// Closes the breaker now.
    pub fn close_breaker(&self) {
        self.step(|account, now, _| account.breaker.set(CircuitBreakerState::Closed, now));
    }

    /// Ready when the breaker is not open; otherwise says for how long it will be, and wakes the
    /// task of `cx` when it is opened to traffic by hand or by somebody else's question. Who waits
    /// sleeps for that time at most.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Result<(), Duration> {
        self.step(|account, now, config| {
            let Some(left) = account.open_for(now, config) else { return Ok(()) };
            account.waiting.retain(|waker| !waker.will_wake(cx.waker()));
            account.waiting.push(cx.waker().clone());
            Err(left)
        })
    }

    /// Runs `cleanup` when memory is nearly exhausted, before the allocation that would make it so
    /// is judged, and with the first allocation after each `cleanup_interval`. It gives back what
    /// it can with [`release`](Meter::release). It no longer runs once the handle is dropped.
    pub fn on_cleanup(&self, cleanup: impl Fn(Cleanup) + Send + Sync + 'static) -> CleanupHandle {
        self.shared.cleanups.register(Box::new(cleanup))
    }

    /// One step on the account. When the breaker is not open after it, whoever waits is woken,
    /// outside of the lock.
    fn step<R>(&self, step: impl FnOnce(&mut Account, Instant, &ResourceConfig) -> R) -> R {
        let (now, config) = (self.shared.clock.now(), &self.shared.config);
        let (result, woken) = self.shared.account.with(|account| {
            let result = step(account, now, config);
            let is_open = account.open_for(now, config).is_some();
            let woken = if is_open { Vec::new() } else { mem::take(&mut account.waiting) };
            (result, woken)
        });
        woken.into_iter().for_each(Waker::wake);
        result
    }
}

impl Meter for ResourceManager {
    fn allocate(&self, bytes: u64) -> Result<(), ResourceError> {
        let due = self.step(|account, now, config| account.cleanup_due(bytes, now, config));
        if let Some(why) = due {
            self.shared.cleanups.run(why);
        }
        self.step(|account, now, config| account.allocate(bytes, now, config))
    }

    fn release(&self, bytes: u64) {
        self.shared.account.with(|account| {
            let memory = &mut account.numbers.current_memory_bytes;
            *memory = memory.saturating_sub(bytes);
        });
    }

    fn key_created(&self) -> Result<(), ResourceError> {
        self.shared.account.with(|account| {
            let keys = &mut account.numbers.active_keys;
            if *keys >= self.shared.config.max_keys as u64 {
                return Err(ResourceError::MaxKeysExceeded);
            }
            *keys += 1;
            Ok(())
        })
    }

    fn key_removed(&self) {
        self.shared.account.with(|account| {
            let keys = &mut account.numbers.active_keys;
            *keys = keys.saturating_sub(1);
        });
    }

    fn overflow(&self) -> Result<(), ResourceError> {
        self.step(|account, now, config| account.overflow(now, config))
    }

    fn is_open(&self) -> bool {
        self.breaker_state() == CircuitBreakerState::Open
    }
}

impl ResourceMetrics {
    /// The memory allocated, in percent of what `config` allows; 100 when that is nothing.
    pub fn pressure_percent(&self, config: &ResourceConfig) -> u8 {
        percent(self.current_memory_bytes, config.max_memory_bytes)
    }
}

fn percent(part: u64, whole: u64) -> u8 {
    let percent = (u128::from(part) * 100).checked_div(u128::from(whole)).unwrap_or(100);
    percent.min(100) as u8
}

impl Account {
    fn metrics(&self) -> ResourceMetrics {
        ResourceMetrics { circuit_breaker_trips: self.breaker.trips, ..self.numbers }
    }

    fn open_for(&mut self, now: Instant, config: &ResourceConfig) -> Option<Duration> {
        let interval = config.cleanup_interval;
        let is_open = self.breaker.state(now, interval) == CircuitBreakerState::Open;
        is_open.then(|| self.breaker.until(interval).saturating_since(now))
    }

    /// Whether cleanups are to run before these bytes are allocated.
    fn cleanup_due(
        &mut self,
        bytes: u64,
        now: Instant,
        config: &ResourceConfig,
    ) -> Option<Cleanup> {
        let asked = self.numbers.current_memory_bytes.saturating_add(bytes);
        if percent(asked, config.max_memory_bytes) >= config.emergency_cleanup_threshold {
            self.numbers.emergency_cleanups += 1;
            self.cleaned = now;
            return Some(Cleanup::Emergency);
        }
        let is_time = self.cleaned.saturating_add(config.cleanup_interval) <= now;
        is_time.then(|| {
            self.cleaned = now;
            Cleanup::Periodic
        })
    }

    fn allocate(
        &mut self,
        bytes: u64,
        now: Instant,
        config: &ResourceConfig,
    ) -> Result<(), ResourceError> {
        let state = self.breaker.state(now, config.cleanup_interval);
        if state == CircuitBreakerState::Open {
            return Err(ResourceError::CircuitBreakerOpen);
        }
        let memory = self.numbers.current_memory_bytes.checked_add(bytes);
        let Some(memory) = memory.filter(|&memory| memory <= config.max_memory_bytes) else {
            self.breaker.trip(now);
            return Err(ResourceError::MaxMemoryExceeded);
        };
        if percent(memory, config.max_memory_bytes) >= config.memory_threshold_percent {
            self.breaker.trip(now);
            // The memory was taken while the breaker was closed. A half-open one asks for less.
            if state == CircuitBreakerState::HalfOpen {
                return Err(ResourceError::CircuitBreakerOpen);
            }
        } else {
            self.breaker.succeed(now);
        }
        self.numbers.current_memory_bytes = memory;
        self.numbers.peak_memory_bytes = self.numbers.peak_memory_bytes.max(memory);
        Ok(())
    }

    fn overflow(&mut self, now: Instant, config: &ResourceConfig) -> Result<(), ResourceError> {
        self.numbers.buffer_overflow_count += 1;
        if self.overflows_since.saturating_add(config.cleanup_interval) <= now {
            (self.overflows, self.overflows_since) = (0, now);
        }
        self.overflows += 1;
        let state = self.breaker.state(now, config.cleanup_interval);
        let is_probe = state == CircuitBreakerState::HalfOpen;
        if self.overflows <= config.buffer_overflow_threshold as u64 && !is_probe {
            return Ok(());
        }
        self.breaker.trip(now);
        Err(ResourceError::BufferOverflowThresholdExceeded)
    }
}

/// The same, as futures that are ready at once.
impl ResourceManager {
    /// [`allocate`](Meter::allocate), as a future.
    ///
    /// # Errors
    /// The limit that does not allow it.
    pub async fn track_memory_allocation(&self, bytes: u64) -> Result<(), ResourceError> {
        self.allocate(bytes)
    }

    /// [`release`](Meter::release), as a future.
    pub async fn track_memory_deallocation(&self, bytes: u64) {
        self.release(bytes);
    }

    /// [`key_created`](Meter::key_created), as a future.
    ///
    /// # Errors
    /// The limit that does not allow it.
    pub async fn track_key_creation(&self) -> Result<(), ResourceError> {
        self.key_created()
    }

    /// [`key_removed`](Meter::key_removed), as a future.
    pub async fn track_key_removal(&self) {
        self.key_removed();
    }

    /// [`overflow`](Meter::overflow), as a future.
    ///
    /// # Errors
    /// When there were too many.
    pub async fn track_buffer_overflow(&self) -> Result<(), ResourceError> {
        self.overflow()
    }

    /// [`metrics`](Self::metrics), as a future.
    pub async fn get_metrics(&self) -> ResourceMetrics {
        self.metrics()
    }

    /// [`is_open`](Meter::is_open), as a future.
    pub async fn is_circuit_open(&self) -> bool {
        self.is_open()
    }

    /// [`pressure_percent`](Self::pressure_percent), as a future.
    pub async fn get_memory_pressure(&self) -> u8 {
        self.pressure_percent()
    }

    /// Whether the memory has reached the threshold at which the breaker opens.
    pub async fn is_under_memory_pressure(&self) -> bool {
        self.pressure_percent() >= self.config().memory_threshold_percent
    }

    /// [`half_open_breaker`](Self::half_open_breaker), as a future.
    pub async fn reset_circuit_breaker(&self) {
        self.half_open_breaker();
    }

    /// [`close_breaker`](Self::close_breaker), as a future.
    pub async fn close_circuit_breaker(&self) {
        self.close_breaker();
    }

    /// Runs the cleanups now.
    pub async fn periodic_cleanup(&self) {
        self.shared.cleanups.run(Cleanup::Periodic);
    }
}

impl fmt::Debug for ResourceManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceManager")
            .field("config", self.config())
            .field("metrics", &self.metrics())
            .field("breaker", &self.breaker_state())
            .finish_non_exhaustive()
    }
}
