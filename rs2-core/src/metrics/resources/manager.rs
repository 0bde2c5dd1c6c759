//! One account of memory and keys for whoever shares it.

use super::account::{Account, percent};
use super::cleanup::{Cleanup, CleanupHandle, Cleanups};
use super::waiting::Waiting;
use super::{CircuitBreakerState, Meter, ResourceConfig, ResourceError, ResourceMetrics};
use crate::error::ConfigError;
use crate::sync::{Arc, Lock};
use crate::time::{Clock, Instant};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::task::Context;
use core::time::Duration;

/// Counts memory and keys of all who share it, refuses what exceeds the limits, and holds a breaker
/// that stops new work.
///
/// Clones share one account. The breaker opens when the memory reaches `memory_threshold_percent`,
/// when an allocation exceeds the maximum, or when there are more than `buffer_overflow_threshold`
/// overflows within one `cleanup_interval`. While it is open, allocations are refused and a source
/// that is [`guarded`](crate::op::ObserveExt::guarded_by_on_rs2) waits. After a `cleanup_interval`
/// it is half-open, if the memory is below the threshold by then, and stays open for another one
/// otherwise. From half-open an allocation that stays below the threshold closes it, as does
/// another interval without a failure; a failure opens it again.
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
    account: Lock<(Account, Waiting)>,
    cleanups: Cleanups,
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
        let account = Account::new(config.clone(), clock.now());
        let shared = Shared {
            config,
            clock: Box::new(clock),
            account: Lock::new((account, Waiting::default())),
            cleanups: Cleanups::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The limits.
    pub fn config(&self) -> &ResourceConfig {
        &self.shared.config
    }

    /// What was counted so far.
    pub fn metrics(&self) -> ResourceMetrics {
        self.shared.account.with(|(account, _)| account.metrics())
    }

    /// The memory allocated, in percent of what may be; 100 when none may be.
    pub fn pressure_percent(&self) -> u8 {
        percent(self.metrics().current_memory_bytes, self.config().max_memory_bytes)
    }

    /// The state of the breaker now.
    pub fn breaker_state(&self) -> CircuitBreakerState {
        self.step(Account::state)
    }

    /// How long the breaker stays open before it is looked at again; nothing when it is not open.
    pub fn open_for(&self) -> Option<Duration> {
        self.step(Account::open_for)
    }

    /// Half-opens the breaker now.
    pub fn half_open_breaker(&self) {
        self.step(|account, now| account.set_state(CircuitBreakerState::HalfOpen, now));
    }

    /// Closes the breaker now.
    pub fn close_breaker(&self) {
        self.step(|account, now| account.set_state(CircuitBreakerState::Closed, now));
    }

    /// Runs `cleanup` when an allocation would bring the memory to the emergency threshold, before
    /// that is judged, and with the first allocation after each `cleanup_interval`. It gives back
    /// what it can with [`release`](Meter::release). It no longer runs once the handle is dropped.
    pub fn on_cleanup(&self, cleanup: impl Fn(Cleanup) + Send + Sync + 'static) -> CleanupHandle {
        self.shared.cleanups.register(Box::new(cleanup))
    }

    /// One step on the account, and then wakes whoever waits, if the breaker is not open after it.
    fn step<R>(&self, step: impl FnOnce(&mut Account, Instant) -> R) -> R {
        let now = self.shared.clock.now();
        let (result, woken) = self.shared.account.with(|(account, waiting)| {
            let result = step(account, now);
            let is_open = account.state(now) == CircuitBreakerState::Open;
            (result, if is_open { Vec::new() } else { waiting.take_all() })
        });
        // Outside of the lock: a waker may run anything.
        woken.into_iter().for_each(|(_, waker)| waker.wake());
        result
    }

    pub(super) fn with_waiting<R>(&self, step: impl FnOnce(&mut Waiting) -> R) -> R {
        self.shared.account.with(|(_, waiting)| step(waiting))
    }

    /// How long the breaker stays open, if it is, with the task of `cx` put among those who wait.
    pub(super) fn closed_for(&self, place: u64, cx: &Context<'_>) -> Option<Duration> {
        let now = self.shared.clock.now();
        let (left, _replaced) = self.shared.account.with(|(account, waiting)| {
            let left = account.open_for(now)?;
            Some((left, waiting.wait(place, cx)))
        })?;
        Some(left)
    }
}

impl Meter for ResourceManager {
    fn allocate(&self, bytes: u64) -> Result<(), ResourceError> {
        if let Some(why) = self.step(|account, now| account.cleanup_due(bytes, now)) {
            self.shared.cleanups.run(why);
        }
        self.step(|account, now| account.allocate(bytes, now))
    }

    fn release(&self, bytes: u64) {
        self.shared.account.with(|(account, _)| account.release(bytes));
    }

    fn key_created(&self) -> Result<(), ResourceError> {
        self.shared.account.with(|(account, _)| account.key_created())
    }

    fn key_removed(&self) {
        self.shared.account.with(|(account, _)| account.key_removed());
    }

    fn overflow(&self) -> Result<(), ResourceError> {
        self.step(Account::overflow)
    }

    fn is_open(&self) -> bool {
        self.breaker_state() == CircuitBreakerState::Open
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
