//! Spawners and sources for what reads ahead.
#![allow(dead_code, unreachable_pub)]

use super::patchy::yield_times;
use futures_core::Stream;
use futures_executor::{LocalPool, LocalSpawner, block_on};
use futures_util::stream::StreamExt;
use futures_util::task::LocalSpawnExt;
use rs2_core::error::Rejected;
use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy};
use rs2_core::prelude::*;
use rs2_core::task::Spawner;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread::Scope;

/// Tasks on a pool of this thread, or none at all.
#[derive(Clone)]
pub struct Pool(Option<LocalSpawner>);

impl<F: Future<Output = ()> + 'static> Spawner<F> for Pool {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        match &self.0 {
            Some(spawner) => spawner.spawn_local(future).unwrap(),
            None => return Err(Rejected(future)),
        }
        Ok(())
    }
}

pub const NO_TASKS: Pool = Pool(None);

/// Each task on a thread of its own.
pub struct Threads<'s, 'e>(pub &'s Scope<'s, 'e>);

impl<'s, F: Future<Output = ()> + Send + 's> Spawner<F> for Threads<'s, '_> {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        self.0.spawn(move || block_on(future));
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

pub fn pool() -> (LocalPool, Pool) {
    let pool = LocalPool::new();
    let spawner = Pool(Some(pool.spawner()));
    (pool, spawner)
}

pub fn poll<S: Stream + Unpin>(stream: &mut S) -> Poll<Option<S::Item>> {
    stream.poll_next_unpin(&mut Context::from_waker(Waker::noop()))
}

/// What came out, and whether a panic came last.
pub type Seen<T> = Rc<RefCell<(Vec<T>, bool)>>;

/// Reads `stream` in a task of its own: so many yields after each item.
pub fn read<T: 'static>(
    pool: &LocalPool,
    stream: impl Stream<Item = T> + 'static,
    pauses: Vec<u8>,
) -> Seen<T> {
    let seen: Seen<T> = Rc::default();
    let into = seen.clone();
    let mut pauses = pauses.into_iter().cycle();
    let task = async move {
        let mut stream = pin!(stream);
        loop {
            let next = AssertUnwindSafe(stream.next());
            match futures_util::FutureExt::catch_unwind(next).await {
                Ok(Some(item)) => into.borrow_mut().0.push(item),
                Ok(None) => return,
                Err(_) => break,
            }
            yield_times(pauses.next().unwrap_or(0)).await;
        }
        into.borrow_mut().1 = true;
    };
    pool.spawner().spawn_local(task).unwrap();
    seen
}

pub fn has_finished<T>(seen: &Seen<T>) -> bool {
    Rc::strong_count(seen) == 1
}

/// Counts 1, 2, 3 and so on, and how far it has come.
pub fn counting(upto: u32) -> (impl Progress<Item = u32> + 'static, Rc<Cell<u32>>) {
    let taken = Rc::new(Cell::new(0));
    let count = taken.clone();
    (from_iter(1..=upto).inspect_rs2(move |n| count.set(*n)), taken)
}

pub fn failing_at(last: u32) -> impl Progress<Item = u32> + 'static {
    from_iter(1..).map_rs2(move |n| if n < last { n } else { panic!("as told") })
}

pub fn watermarks(
    strategy: BackpressureStrategy,
    size: usize,
    low: usize,
    high: usize,
) -> BackpressureConfig {
    BackpressureConfig {
        strategy,
        buffer_size: size,
        low_watermark: Some(low),
        high_watermark: Some(high),
    }
}
