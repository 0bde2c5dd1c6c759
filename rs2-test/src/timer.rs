//! Virtual time.

use crate::wake::Wakes;
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A timer whose time moves only when it is told to.
///
/// All clones share one time. [`run`](Self::run) polls a future on this thread and, whenever it has
/// nothing to do, jumps to the next deadline: an hour of sleeping takes no time at all, and a test
/// sees every deadline at exactly its instant.
///
/// ```
/// use rs2_core::time::{Clock, Instant, Timer};
/// use rs2_test::{ManualTimer, ms};
///
/// let timer = ManualTimer::new();
/// timer.run(timer.sleep_until(Instant::ORIGIN.saturating_add(ms(3_600_000))));
/// assert_eq!(timer.now().since_origin(), ms(3_600_000));
/// ```
#[derive(Clone, Default)]
pub struct ManualTimer {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    now: Instant,
    // Numbers sleeps in the order they were armed, which decides between equal deadlines.
    armed_so_far: u64,
    armed: BTreeMap<Key, Waker>,
}

type Key = (Instant, u64);

impl ManualTimer {
    /// A timer at the origin.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // No step of ours panics while it holds the lock, so the state is whole in any case.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The earliest deadline that a sleep waits for.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.lock().armed.first_key_value().map(|(&(due, _), _)| due)
    }

    /// How many sleeps are armed: polled, not yet due, and not dropped.
    pub fn armed(&self) -> usize {
        self.lock().armed.len()
    }

    /// Moves the time on and wakes the sleeps that fall due, in the order of their deadlines, each
    /// at its own instant.
    pub fn advance(&self, by: Duration) {
        let target = self.now().saturating_add(by);
        while let Some(due) = self.next_deadline().filter(|&due| due <= target) {
            self.take_due(due).into_iter().for_each(Waker::wake);
        }
        self.take_due(target).into_iter().for_each(Waker::wake);
    }

    /// Moves the time to `now`, never back, and returns the wakers of all sleeps that are due then.
    /// Who calls it decides in which order to wake them.
    pub(crate) fn take_due(&self, now: Instant) -> Vec<Waker> {
        let mut shared = self.lock();
        shared.now = shared.now.max(now);
        let mut due = Vec::new();
        while let Some(first) = shared.armed.first_entry() {
            if first.key().0 > now {
                break;
            }
            due.push(first.remove());
        }
        due
    }

    /// Runs `future` to its end, jumping to the next deadline whenever it waits.
    ///
    /// # Panics
    /// On a lost wakeup; [`try_run`](Self::try_run) returns it.
    #[track_caller]
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        match self.try_run(future) {
            Ok(output) => output,
            Err(lost) => panic!("{lost}"),
        }
    }

    /// Runs `future` together with the tasks of an executor of the caller's, and jumps to the next
    /// deadline whenever all of them wait: virtual time for any executor. `tick` polls one of its
    /// tasks, and says whether there was one to poll. It is called after each poll of the future,
    /// and then until that is woken.
    ///
    /// # Panics
    /// On a lost wakeup: when all wait, and no sleep is armed.
    #[track_caller]
    pub fn run_with<F: Future>(&self, future: F, tick: impl FnMut() -> bool) -> F::Output {
        match self.try_run_with(future, tick) {
            Ok(output) => output,
            Err(lost) => panic!("{lost}"),
        }
    }

    /// [`run`](Self::run), with an error where the future can never go on.
    ///
    /// # Errors
    /// [`LostWakeup`] when the future waits, nobody has woken it, and no sleep is armed.
    pub fn try_run<F: Future>(&self, future: F) -> Result<F::Output, LostWakeup> {
        self.try_run_with(future, || false)
    }

    fn try_run_with<F: Future>(
        &self,
        future: F,
        mut tick: impl FnMut() -> bool,
    ) -> Result<F::Output, LostWakeup> {
        let mut future = pin!(future);
        let wakes = Wakes::new();
        loop {
            let waker = wakes.next_waker();
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Ok(output);
            }
            // One turn in any case: a future that wakes itself may do so until a task has gone on.
            tick();
            while !wakes.is_woken() {
                if !tick() {
                    let due = self.next_deadline().ok_or(LostWakeup { at: self.now() })?;
                    self.take_due(due).into_iter().for_each(Waker::wake);
                }
            }
        }
    }
}

impl Clock for ManualTimer {
    fn now(&self) -> Instant {
        self.lock().now
    }
}

impl Timer for ManualTimer {
    type Sleep = ManualSleep;
    fn sleep_until(&self, deadline: Instant) -> ManualSleep {
        ManualSleep { timer: self.clone(), deadline, key: None }
    }
}

impl fmt::Debug for ManualTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualTimer")
            .field("now", &self.now())
            .field("armed", &self.armed())
            .finish()
    }
}

/// A sleep of [`ManualTimer`]: armed when polled, disarmed when dropped.
#[must_use = "futures do nothing unless polled"]
pub struct ManualSleep {
    timer: ManualTimer,
    deadline: Instant,
    key: Option<Key>,
}

impl ManualSleep {
    fn disarm(&mut self) {
        if let Some(key) = self.key.take() {
            // Dropped when the lock is free: with the last waker may go a task and its sleeps.
            let waker = self.timer.lock().armed.remove(&key);
            drop(waker);
        }
    }
}

impl Future for ManualSleep {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.disarm();
        let mut shared = self.timer.lock();
        if shared.now >= self.deadline {
            return Poll::Ready(());
        }
        // The far future is no deadline: a sleep until then must not keep a test alive.
        if self.deadline < Instant::FAR_FUTURE {
            shared.armed_so_far += 1;
            let key = (self.deadline, shared.armed_so_far);
            shared.armed.insert(key, cx.waker().clone());
            drop(shared);
            self.key = Some(key);
        }
        Poll::Pending
    }
}

impl Sleep for ManualSleep {
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        // The next poll arms it anew. Who resets must poll before it waits.
        self.disarm();
        self.deadline = deadline;
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        self.disarm();
    }
}

impl fmt::Debug for ManualSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualSleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// A future waits, and nothing is left that could wake it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostWakeup {
    /// When it was last polled.
    pub at: Instant,
}

impl fmt::Display for LostWakeup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.since_origin();
        write!(f, "lost wakeup at {at:?}: the future waits, nobody woke it, and no sleep is armed")
    }
}

impl Error for LostWakeup {}

/// `millis` milliseconds.
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
