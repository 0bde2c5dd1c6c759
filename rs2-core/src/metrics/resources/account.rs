//! The rule of a resource manager, which owns no clock and no lock.

use super::breaker::Breaker;
use super::{CircuitBreakerState, Cleanup, ResourceConfig, ResourceError, ResourceMetrics};
use crate::time::Instant;
use core::time::Duration;

/// What is allocated, and whether more may be.
pub(super) struct Account {
    config: ResourceConfig,
    numbers: ResourceMetrics,
    breaker: Breaker,
    // Overflows in the interval that began then.
    overflows: u64,
    overflows_since: Instant,
    cleaned: Instant,
}

impl Account {
    pub(super) fn new(config: ResourceConfig, now: Instant) -> Self {
        Self {
            config,
            numbers: ResourceMetrics::default(),
            breaker: Breaker::new(),
            overflows: 0,
            overflows_since: now,
            cleaned: now,
        }
    }

    pub(super) fn metrics(&self) -> ResourceMetrics {
        ResourceMetrics { circuit_breaker_trips: self.breaker.trips, ..self.numbers }
    }

    pub(super) fn state(&mut self, now: Instant) -> CircuitBreakerState {
        let is_under_pressure = self.is_at_threshold(self.numbers.current_memory_bytes);
        self.breaker.state(now, self.config.cleanup_interval, is_under_pressure)
    }

    pub(super) fn set_state(&mut self, state: CircuitBreakerState, now: Instant) {
        self.breaker.set(state, now);
    }

    /// How long the breaker stays open, if it is.
    pub(super) fn open_for(&mut self, now: Instant) -> Option<Duration> {
        let is_open = self.state(now) == CircuitBreakerState::Open;
        is_open.then(|| self.breaker.until(self.config.cleanup_interval).saturating_since(now))
    }

    /// Whether cleanups are to run before these bytes are allocated.
    pub(super) fn cleanup_due(&mut self, bytes: u64, now: Instant) -> Option<Cleanup> {
        let asked = self.numbers.current_memory_bytes.saturating_add(bytes);
        let percent = percent(asked, self.config.max_memory_bytes);
        let is_emergency = percent >= self.config.emergency_cleanup_threshold;
        // An open breaker refuses anyway: what is asked of it is no new emergency.
        if is_emergency && self.state(now) != CircuitBreakerState::Open {
            self.numbers.emergency_cleanups += 1;
            self.cleaned = now;
            return Some(Cleanup::Emergency);
        }
        let is_time = self.cleaned.saturating_add(self.config.cleanup_interval) <= now;
        is_time.then(|| {
            self.cleaned = now;
            Cleanup::Periodic
        })
    }

    pub(super) fn allocate(&mut self, bytes: u64, now: Instant) -> Result<(), ResourceError> {
        let state = self.state(now);
        if state == CircuitBreakerState::Open {
            return Err(ResourceError::CircuitBreakerOpen);
        }
        let memory = self.numbers.current_memory_bytes.checked_add(bytes);
        let Some(memory) = memory.filter(|&memory| memory <= self.config.max_memory_bytes) else {
            self.breaker.trip(now);
            return Err(ResourceError::MaxMemoryExceeded);
        };
        if self.is_at_threshold(memory) {
            self.breaker.trip(now);
            // A closed breaker lets this one through, a half-open one does not.
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

    pub(super) fn release(&mut self, bytes: u64) {
        let memory = &mut self.numbers.current_memory_bytes;
        *memory = memory.saturating_sub(bytes);
    }

    pub(super) fn key_created(&mut self) -> Result<(), ResourceError> {
        if self.numbers.active_keys >= self.config.max_keys as u64 {
            return Err(ResourceError::MaxKeysExceeded);
        }
        self.numbers.active_keys += 1;
        Ok(())
    }

    pub(super) fn key_removed(&mut self) {
        self.numbers.active_keys = self.numbers.active_keys.saturating_sub(1);
    }

    pub(super) fn overflow(&mut self, now: Instant) -> Result<(), ResourceError> {
        if self.overflows_since.saturating_add(self.config.cleanup_interval) <= now {
            (self.overflows, self.overflows_since) = (0, now);
        }
        self.overflows += 1;
        self.numbers.buffer_overflow_count += 1;
        let is_probe = self.state(now) == CircuitBreakerState::HalfOpen;
        if self.overflows <= self.config.buffer_overflow_threshold as u64 && !is_probe {
            return Ok(());
        }
        self.breaker.trip(now);
        Err(ResourceError::BufferOverflowThresholdExceeded)
    }

    fn is_at_threshold(&self, memory: u64) -> bool {
        let threshold = self.config.memory_threshold_percent;
        percent(memory, self.config.max_memory_bytes) >= threshold
    }
}

/// The share in whole percent, at most 100, which it also is when there is no whole.
pub(super) fn percent(part: u64, whole: u64) -> u8 {
    let percent = (u128::from(part) * 100).checked_div(u128::from(whole));
    percent.map_or(100, |percent| percent.min(100) as u8)
}
