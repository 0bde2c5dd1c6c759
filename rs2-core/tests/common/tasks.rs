//! Tasks and jobs for the tests, and a watch on what runs.
#![allow(dead_code, unreachable_pub)]

use crate::patchy::yield_times;
use futures_executor::{LocalPool, LocalSpawner};
use futures_util::stream::StreamExt;
use futures_util::task::LocalSpawnExt;
use rs2_core::error::Rejected;
use rs2_core::prelude::*;
use rs2_core::task::{Job, SpawnBlocking, Spawner};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::thread;

/// Tasks on a pool of this thread; every so many are refused when `refuses` is not zero.
#[derive(Clone)]
pub struct Pool {
    spawner: LocalSpawner,
    refuses: usize,
    asked: Rc<Cell<usize>>,
}

impl Pool {
    pub fn new(pool: &LocalPool, refuses: usize) -> Self {
        Self { spawner: pool.spawner(), refuses, asked: Rc::default() }
    }
}

impl<F: Future<Output = ()> + 'static> Spawner<F> for Pool {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        self.asked.set(self.asked.get() + 1);
        if self.refuses > 0 && self.asked.get().is_multiple_of(self.refuses) {
            return Err(Rejected(future));
        }
        self.spawner.spawn_local(future).unwrap();
        Ok(())
    }
}

/// A spawner that drops what it takes.
pub struct Loses;

impl<F> Spawner<F> for Loses {
    fn spawn(&self, _future: F) -> Result<(), Rejected<F>> {
        Ok(())
    }
}

impl<W> SpawnBlocking<W> for Loses {
    fn spawn_blocking(&self, _work: W) -> Result<(), Rejected<W>> {
        Ok(())
    }
}

/// A thread for each job; every so many jobs are refused when `refuses` is not zero.
#[derive(Clone, Default)]
pub struct Threads {
    pub refuses: usize,
    asked: Rc<Cell<usize>>,
}

impl Threads {
    pub fn refusing(refuses: usize) -> Self {
        Self { refuses, ..Self::default() }
    }
}

impl<W: Job + Send + 'static> SpawnBlocking<W> for Threads {
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        self.asked.set(self.asked.get() + 1);
        if self.refuses > 0 && self.asked.get().is_multiple_of(self.refuses) {
            return Err(Rejected(work));
        }
        // Whether calls really run at the same time shows on real threads alone.
        #[allow(clippy::disallowed_methods)]
        thread::spawn(|| work.run());
        Ok(())
    }
}

/// Jobs that run when the test says so, on its own thread.
#[derive(Clone, Default)]
pub struct Later(Rc<RefCell<Vec<Deed>>>);

type Deed = Box<dyn FnOnce()>;

impl Later {
    pub fn waiting(&self) -> usize {
        self.0.borrow().len()
    }
    /// Runs the job that has waited longest.
    pub fn run_one(&self) {
        let job = self.0.borrow_mut().remove(0);
        job();
    }
    /// Drops the job that has waited longest.
    pub fn lose_one(&self) {
        let job = self.0.borrow_mut().remove(0);
        drop(job);
    }
    /// Drops all jobs, as an executor does that is shut down.
    pub fn lose_all(&self) {
        let jobs = self.0.take();
        drop(jobs);
    }
}

impl<W: Job + 'static> SpawnBlocking<W> for Later {
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        self.0.borrow_mut().push(Box::new(|| work.run()));
        Ok(())
    }
}

/// How many futures run and how many outputs are owed, now and at most.
#[derive(Clone, Default)]
pub struct Watch(Rc<Cell<[usize; 4]>>);

pub const RUNNING: usize = 0;
pub const OWED: usize = 1;

impl Watch {
    pub fn add(&self, what: usize) {
        let mut counts = self.0.get();
        counts[what] += 1;
        counts[what + 2] = counts[what + 2].max(counts[what]);
        self.0.set(counts);
    }
    pub fn take(&self, what: usize) {
        let mut counts = self.0.get();
        counts[what] -= 1;
        self.0.set(counts);
    }
    pub fn most(&self, what: usize) -> usize {
        self.0.get()[what + 2]
    }
    pub fn running(&self) -> usize {
        self.0.get()[RUNNING]
    }
    /// A future that counts itself while it is unfinished.
    pub fn work<T>(&self, item: T, pauses: u8) -> impl Future<Output = T> + use<T> {
        let watch = self.clone();
        watch.add(RUNNING);
        watch.add(OWED);
        let unfinished = Unfinished(watch);
        async move {
            yield_times(pauses).await;
            drop(unfinished);
            item
        }
    }
}

struct Unfinished(Watch);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.take(RUNNING);
    }
}

pub fn width(concurrency: usize) -> usize {
    if concurrency == 1 { 1 } else { 2 * concurrency }
}

/// Reads all in a task of its own, advancing what is in flight while it pauses after each item.
pub fn read_all<T: 'static>(
    pool: &LocalPool,
    watch: &Watch,
    pauses: u8,
    stream: impl Progress<Item = T> + 'static,
) -> Rc<RefCell<(Vec<T>, bool)>> {
    let seen = Rc::new(RefCell::new((Vec::new(), false)));
    let (into, watch) = (seen.clone(), watch.clone());
    let task = async move {
        let mut stream = pin!(stream);
        while let Some(item) = stream.next().await {
            watch.take(OWED);
            into.borrow_mut().0.push(item);
            for _ in 0..pauses {
                let poll = |cx: &mut Context<'_>| Poll::Ready(stream.as_mut().poll_progress(cx));
                let _ = std::future::poll_fn(poll).await;
                yield_times(1).await;
            }
        }
        assert_eq!((stream.next().await.is_none(), stream.size_hint()), (true, (0, Some(0))));
        into.borrow_mut().1 = true;
    };
    pool.spawner().spawn_local(task).unwrap();
    seen
}
