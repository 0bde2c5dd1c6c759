//! The futures of a user's closure.

use super::{Sim, Tok};
use crate::timer::ManualSleep;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A future that takes a random time over an item, may panic, and is counted while it lives.
#[must_use = "futures do nothing unless polled"]
pub struct Work<T> {
    sim: Sim,
    job: Option<Box<dyn FnOnce() -> T>>,
    started: bool,
    delay: Option<Pin<Box<ManualSleep>>>,
}

impl<T> Work<T> {
    pub(super) fn new(sim: &Sim, job: impl FnOnce() -> T + 'static) -> Self {
        sim.point();
        let flying = &sim.shared.in_flight;
        flying.set(flying.get() + 1);
        sim.shared.most_in_flight.set(sim.shared.most_in_flight.get().max(flying.get()));
        sim.trace(|| format!("work begins, {} in flight", flying.get()));
        Self { sim: sim.clone(), job: Some(Box::new(job)), started: false, delay: None }
    }

    fn land(&mut self) -> Option<Box<dyn FnOnce() -> T>> {
        let job = self.job.take()?;
        self.sim.shared.in_flight.set(self.sim.shared.in_flight.get() - 1);
        Some(job)
    }
}

impl<T> Future for Work<T> {
    type Output = T;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        if !this.started {
            this.delay = ready!(this.sim.hesitate(cx));
            this.started = true;
        }
        if let Some(delay) = &mut this.delay {
            ready!(delay.as_mut().poll(cx));
            this.delay = None;
        }
        let job = this.land();
        this.sim.trace(|| format!("work ends, {} in flight", this.sim.shared.in_flight.get()));
        this.sim.point();
        match job {
            Some(job) => Poll::Ready(job()),
            None => panic!("a user's future was polled after it had finished"),
        }
    }
}

// Nothing in it is pinned in place: the sleep has its own box.
impl<T> Unpin for Work<T> {}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.land();
    }
}

impl<T> fmt::Debug for Work<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("finished", &self.job.is_none()).finish_non_exhaustive()
    }
}

impl Sim {
    /// A closure that hands its item on, for operators that map; it may panic.
    pub fn pass(&self) -> impl Fn(Tok) -> Tok + Clone + use<> {
        let sim = self.clone();
        move |item| {
            sim.point();
            item
        }
    }

    /// A predicate on the number of an item; it may panic.
    pub fn keep<R>(&self, rule: R) -> impl Fn(&Tok) -> bool + Clone + use<R>
    where
        R: Fn(u64) -> bool + Clone,
    {
        let sim = self.clone();
        move |item| {
            sim.point();
            !sim.swarm().refuse_all_items && rule(item.id())
        }
    }

    /// A closure that works on its item for some time and hands it on; it may panic.
    pub fn work(&self) -> impl Fn(Tok) -> Work<Tok> + Clone + use<> {
        let sim = self.clone();
        move |item| Work::new(&sim, move || item)
    }

    /// A predicate that takes some time; it may panic.
    pub fn judge<R>(&self, rule: R) -> impl Fn(&Tok) -> Work<bool> + Clone + use<R>
    where
        R: Fn(u64) -> bool + Clone,
    {
        let sim = self.clone();
        move |item| {
            let verdict = !sim.swarm().refuse_all_items && rule(item.id());
            Work::new(&sim, move || verdict)
        }
    }

    /// Work of a shape of its own: `job` runs when the time is over.
    pub fn task<T>(&self, job: impl FnOnce() -> T + 'static) -> Work<T> {
        Work::new(self, job)
    }
}
