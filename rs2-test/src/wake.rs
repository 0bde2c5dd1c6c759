//! Wakers that are good for one poll.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::task::{Wake, Waker};

/// Whether a task must be polled, told by its newest waker only.
///
/// A future may rely on the waker of its latest poll and on no other. Most executors hand out the
/// same waker again and again and so hide a future that keeps an old one; here every poll gets a
/// waker of its own, and a wake through an older one is ignored.
#[derive(Clone)]
pub struct Wakes {
    shared: Arc<Shared>,
}

struct Shared {
    woken: AtomicBool,
    newest: AtomicU64,
}

impl Wakes {
    /// A task that has not been polled yet, and so must be.
    pub fn new() -> Self {
        Self { shared: Arc::new(Shared { woken: true.into(), newest: 0.into() }) }
    }

    /// A waker for the poll that follows; all earlier ones are stale from now on.
    pub fn next_waker(&self) -> Waker {
        let number = self.shared.newest.fetch_add(1, SeqCst) + 1;
        self.shared.woken.store(false, SeqCst);
        Arc::new(OneWaker { number, shared: self.shared.clone() }).into()
    }

    /// Whether the newest waker was used, or none was handed out yet.
    pub fn is_woken(&self) -> bool {
        self.shared.woken.load(SeqCst)
    }
}

impl Default for Wakes {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Wakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wakes").field("woken", &self.is_woken()).finish_non_exhaustive()
    }
}

struct OneWaker {
    number: u64,
    shared: Arc<Shared>,
}

impl Wake for OneWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.shared.newest.load(SeqCst) == self.number {
            self.shared.woken.store(true, SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_waker_counts() {
        let wakes = Wakes::new();
        assert!(wakes.is_woken());
        let old = wakes.next_waker();
        let new = wakes.next_waker();
        old.wake();
        assert!(!wakes.is_woken());
        new.wake();
        assert!(wakes.is_woken());
    }
}
