//! A count that can be read while another goes on counting.

#[cfg(not(target_has_atomic = "64"))]
use portable_atomic::AtomicU32 as Atomic;
#[cfg(target_has_atomic = "64")]
use portable_atomic::AtomicU64 as Atomic;
use portable_atomic::Ordering::Relaxed;

/// Of 64 bits where the processor changes as many in one step, else of 32: then it begins anew
/// after 4,294,967,295.
#[derive(Debug)]
pub(super) struct Count(Atomic);

impl Count {
    pub(super) const fn new() -> Self {
        Self(Atomic::new(0))
    }

    #[cfg(target_has_atomic = "64")]
    pub(super) fn add(&self, number: u64) {
        self.0.fetch_add(number, Relaxed);
    }

    #[cfg(not(target_has_atomic = "64"))]
    pub(super) fn add(&self, number: u64) {
        self.0.fetch_add(number as u32, Relaxed);
    }

    #[cfg(target_has_atomic = "64")]
    pub(super) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    #[cfg(not(target_has_atomic = "64"))]
    pub(super) fn get(&self) -> u64 {
        u64::from(self.0.load(Relaxed))
    }
}
