//! One run of one row.

use super::consumer::{Consumer, Log};
use super::executor::{Executor, Halt};
use super::panics::caught;
use super::rng::Rng;
use super::{Sim, Swarm, judge};
use crate::row::Row;
use std::cell::RefCell;
use std::rc::Rc;

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The stream ended.
    Ended,
    /// The consumer dropped it.
    Dropped,
    /// A panic came through it.
    Panicked,
    /// A source is silent for ever, and nothing more will happen.
    Quiescent,
}

/// What a run leaves behind.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) ending: Option<Ending>,
    /// How often the consumer polled the stream.
    pub(crate) polls: usize,
    /// How often a user's closure was at a place where it may panic.
    pub(crate) calls: usize,
    pub(crate) hash: u64,
    pub(crate) violation: Option<String>,
    pub(crate) trace: Vec<String>,
}

/// Builds the row in a world with these faults, runs it to its end, and judges it.
pub(crate) fn run(row: &Row, seed: u64, swarm: Option<Swarm>, traced: bool) -> Record {
    let rng = Rng::new(seed);
    // Drawn in any case, so that a run with other faults goes on with the same random numbers.
    let drawn = Swarm::drawn(row.sources(), &rng);
    let swarm = swarm.unwrap_or(drawn);
    let sim = Sim::new(seed, swarm, rng, traced);
    let log = Rc::new(RefCell::new(Log::default()));
    if let Err(panic) = caught(|| follow(row, &sim, &log)) {
        sim.violate(|| format!("building or dropping it panicked: {panic:?}"));
    }
    let log = std::mem::take(&mut *log.borrow_mut());
    let shared = &sim.shared;
    Record {
        ending: log.ending,
        polls: log.polls,
        calls: shared.calls.get(),
        hash: shared.hash.get(),
        violation: shared.violation.take(),
        trace: shared.trace.as_ref().map_or_else(Vec::new, RefCell::take),
    }
}

fn follow(row: &Row, sim: &Sim, log: &Rc<RefCell<Log>>) {
    let stream = row.build(sim);
    judge::laziness(row, sim);
    let mut executor = Executor::new(sim, row.contract().read_ahead);
    let consumer = Consumer::new(sim, row.contract(), stream, log.clone());
    let ending = match executor.run_first(Box::pin(consumer)) {
        Halt::Done => log.borrow().ending,
        Halt::Stuck if sim.shared.feeds.iter().any(|feed| feed.mute.get()) => {
            Some(Ending::Quiescent)
        }
        Halt::Stuck => {
            sim.violate(|| "lost wakeup: it waits, and nothing is left that could wake it".into());
            None
        }
        Halt::Broken => None,
    };
    log.borrow_mut().ending = ending;
    if let Some(ending) = ending {
        judge::outputs(row, sim, &log.borrow(), ending);
    }
    // From here on nothing goes wrong any more: whatever is left must come to its end.
    sim.shared.faults.set(false);
    executor.drop_first();
    let left = executor.wind_down();
    drop(executor);
    judge::leftovers(sim, left);
}
