//! A clock that is moved by hand and counts what is asked of it, and a waker that counts wakes.
#![allow(dead_code, unreachable_pub)]

use rs2_core::time::{Clock, Instant, Sleep, Timer};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

/// Nanoseconds that pass only when the test says so.
#[derive(Clone, Debug, Default)]
pub struct Ticking(Rc<Counts>);

#[derive(Debug, Default)]
pub struct Counts {
    pub now: Cell<u64>,
    /// By how much time moves on at each reading.
    pub drift: Cell<u64>,
    /// By how much a reading is behind what sleeps go by.
    pub lag: Cell<u64>,
    pub readings: Cell<usize>,
    /// Sleeps made and sleeps armed again.
    pub armed: Cell<usize>,
    pub slept: Cell<usize>,
    /// Sleeps that have not been dropped.
    pub held: Cell<usize>,
}

impl std::ops::Deref for Ticking {
    type Target = Counts;
    fn deref(&self) -> &Counts {
        &self.0
    }
}

fn add(cell: &Cell<usize>) {
    cell.set(cell.get() + 1);
}

impl Clock for Ticking {
    fn now(&self) -> Instant {
        add(&self.readings);
        self.now.set(self.now.get() + self.drift.get());
        Instant::from_nanos(self.now.get() - self.lag.get())
    }
}

impl Timer for Ticking {
    type Sleep = Nap;
    fn sleep_until(&self, deadline: Instant) -> Nap {
        add(&self.armed);
        add(&self.held);
        Nap { clock: self.clone(), deadline }
    }
}

#[derive(Debug)]
pub struct Nap {
    clock: Ticking,
    deadline: Instant,
}

impl Drop for Nap {
    fn drop(&mut self) {
        self.clock.held.set(self.clock.held.get() - 1);
    }
}

impl Sleep for Nap {
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        add(&self.clock.armed);
        self.deadline = deadline;
    }
}

impl Future for Nap {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        add(&self.clock.slept);
        let passed = Instant::from_nanos(self.clock.now.get()) >= self.deadline;
        if passed { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Counts how often it wakes.
#[derive(Debug, Default)]
pub struct Wakes(AtomicUsize);

impl Wakes {
    pub fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::<Self>::default();
        (wakes.clone(), wakes.into())
    }
    pub fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}
