//! A seeded simulator: one thread, virtual time, faults of every kind, and an exact replay.
//!
//! A run is a function of its seed. Every poll gets a waker of its own and wakes through older ones
//! are ignored, as the contract of `Future` allows. Ready tasks are polled in random order. Which
//! faults a run has is drawn from its seed: see [`Swarm`]. What a run must not do is decided, never
//! timed out: when nothing is ready and no sleep is armed, either a source has fallen silent for
//! ever and everything due must have been delivered, or a wakeup was lost.
//!
//! [`check`] runs a [`Row`](crate::Row) under many seeds. A failure names its seed, the fewest
//! items and faults with which it still fails, what happens then, and the line that replays it.

mod check;
mod consumer;
mod executor;
mod judge;
mod panics;
mod probe;
mod rng;
mod run;
mod shrink;
mod source;
mod spawner;
mod swarm;
mod tok;
mod work;

pub use check::{Failure, Report, check, hunt, replay};
pub use source::Source;
pub use spawner::SimSpawner;
pub use swarm::{Hint, Swarm};
pub use tok::{Tok, Tracked};
pub use work::Work;

pub(crate) use probe::probe_progress;
pub(crate) use rng::mix;
pub(crate) use run::{Ending, Record, run};
pub(crate) use tok::fails;

use crate::timer::{ManualSleep, ManualTimer, ms};
use rng::Rng;
use rs2_core::time::{Clock, Timer};
use source::Feed;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// A loop gives way after `BUDGET` items; the slack is for loops that count otherwise.
const MOST_PER_POLL: usize = rs2_core::machine::BUDGET as usize + 64;

type BoxedTask = Pin<Box<dyn Future<Output = ()>>>;

/// One simulated world: its time, its tasks and its faults. Rows build their operator from it.
#[derive(Clone)]
pub struct Sim {
    shared: Rc<Shared>,
}

struct Shared {
    seed: u64,
    swarm: Swarm,
    rng: Rng,
    timer: ManualTimer,
    feeds: Vec<Rc<Feed>>,
    // Spawned, and not yet taken over by the executor.
    newborn: RefCell<Vec<BoxedTask>>,
    losses: RefCell<Vec<Box<dyn Fn() -> u64>>>,
    violation: RefCell<Option<String>>,
    trace: Option<RefCell<Vec<String>>>,
    hash: Cell<u64>,
    faults: Cell<bool>,
    panicked: Cell<bool>,
    took_timer: Cell<bool>,
    live: Cell<usize>,
    in_flight: Cell<usize>,
    most_in_flight: Cell<usize>,
    calls: Cell<usize>,
    hesitations: Cell<u32>,
    spawned: Cell<usize>,
    lost_tasks: Cell<usize>,
}

impl Sim {
    pub(crate) fn new(seed: u64, swarm: Swarm, rng: Rng, traced: bool) -> Self {
        let feeds = swarm.items.iter().enumerate();
        let feeds = feeds.map(|(number, &items)| Feed { number, items, ..Feed::default() });
        let shared = Shared {
            seed,
            rng,
            timer: ManualTimer::new(),
            feeds: feeds.map(Rc::new).collect(),
            newborn: RefCell::default(),
            losses: RefCell::default(),
            violation: RefCell::default(),
            trace: traced.then(RefCell::default),
            hash: Cell::new(seed),
            faults: Cell::new(true),
            panicked: Cell::default(),
            took_timer: Cell::default(),
            live: Cell::default(),
            in_flight: Cell::default(),
            most_in_flight: Cell::default(),
            calls: Cell::default(),
            hesitations: Cell::default(),
            spawned: Cell::default(),
            lost_tasks: Cell::default(),
            swarm,
        };
        Self { shared: Rc::new(shared) }
    }

    /// The timer of this world.
    pub fn timer(&self) -> ManualTimer {
        self.shared.took_timer.set(true);
        self.clock().clone()
    }

    /// The spawner of this world.
    pub fn spawner(&self) -> SimSpawner {
        SimSpawner { sim: self.clone() }
    }

    /// An item that comes from no source, for operators that are one.
    pub fn item(&self, id: u64) -> Tok {
        Tok::new(self, id)
    }

    /// A place in a user's closure: here it may panic.
    pub fn point(&self) {
        let call = self.shared.calls.get();
        self.shared.calls.set(call + 1);
        if self.shared.swarm.call_panics == Some(call) {
            self.raise(|| format!("call {call} of a closure panics"));
        }
    }

    /// Tells how many items the operator says it has dropped. With it, outputs and losses together
    /// must be what the model says.
    pub fn count_losses(&self, count: impl Fn() -> u64 + 'static) {
        self.shared.losses.borrow_mut().push(Box::new(count));
    }

    /// The seed of this run.
    pub fn seed(&self) -> u64 {
        self.shared.seed
    }

    /// The faults of this run.
    pub fn swarm(&self) -> &Swarm {
        &self.shared.swarm
    }

    /// A random number below `bound`, which may choose what a row builds.
    pub fn below(&self, bound: u64) -> u64 {
        self.shared.rng.below(bound)
    }

    pub(crate) fn source(&self, number: usize) -> Source {
        Source::new(self, self.shared.feeds[number].clone())
    }

    fn clock(&self) -> &ManualTimer {
        &self.shared.timer
    }

    /// Items taken from all sources so far.
    fn taken(&self) -> usize {
        self.shared.feeds.iter().map(|feed| feed.taken_at.borrow().len()).sum()
    }

    /// Notes when one poll took more from the sources than a task may before it gives way.
    fn judge_budget(&self, before: usize) {
        let took = self.taken() - before;
        if took > MOST_PER_POLL {
            self.violate(|| format!("one poll took {took} items"));
        }
    }

    fn has_faults(&self) -> bool {
        self.shared.faults.get()
    }

    fn has_panicked(&self) -> bool {
        self.shared.panicked.get()
    }

    /// Panics as a user's code would.
    fn raise(&self, what: impl FnOnce() -> String) -> ! {
        self.trace(what);
        self.shared.panicked.set(true);
        panics::raise_injected()
    }

    /// Whether whatever happens next happens at once (`Ready(None)`), after a while, or not before
    /// the next poll, for which the task is woken.
    fn hesitate(&self, cx: &Context<'_>) -> Poll<Option<Pin<Box<ManualSleep>>>> {
        let Shared { swarm, rng, .. } = &*self.shared;
        let step = self.shared.hesitations.get();
        self.shared.hesitations.set(step + 1);
        let sleep = |millis| {
            let until = self.clock().now().saturating_add(ms(millis));
            Poll::Ready(Some(Box::pin(self.clock().sleep_until(until))))
        };
        let planned = swarm.pattern.checked_shr(2 * step).unwrap_or(0) & 3;
        if planned == 1 || rng.chance(swarm.self_wake) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match planned {
            2 => sleep(10),
            3 => sleep(30),
            _ if rng.chance(swarm.delay) => sleep(1 + rng.below(50)),
            _ => Poll::Ready(None),
        }
    }

    /// Notes a broken promise; the first one counts.
    fn violate(&self, what: impl FnOnce() -> String) {
        let mut violation = self.shared.violation.borrow_mut();
        if violation.is_none() {
            let what = what();
            self.trace(|| format!("VIOLATION: {what}"));
            *violation = Some(what);
        }
    }

    fn is_violated(&self) -> bool {
        self.shared.violation.borrow().is_some()
    }

    fn trace(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.shared.trace {
            let at = self.clock().now().since_origin().as_millis();
            trace.borrow_mut().push(format!("{at:>6} ms  {}", line()));
        }
    }

    /// Makes the next step part of what two runs of one seed must agree on.
    fn note(&self, step: u64) {
        let hash = (self.shared.hash.get() ^ step).wrapping_mul(0x0100_0000_01B3);
        self.shared.hash.set(hash.rotate_left(23));
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim").field("seed", &self.shared.seed).finish_non_exhaustive()
    }
}
