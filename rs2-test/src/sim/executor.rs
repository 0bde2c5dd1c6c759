//! The executor of a simulation.

use super::panics::{Caught, caught};
use super::{BoxedTask, Sim};
use crate::timer::ms;
use crate::wake::Wakes;
use rs2_core::time::{Clock, Instant};
use std::task::{Context, Waker};

/// A run that takes more steps than this turns in circles.
const MOST_STEPS: usize = 200_000;

/// Why the executor stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The first task has finished.
    Done,
    /// Nothing is ready, and no sleep is armed.
    Stuck,
    /// A promise was broken.
    Broken,
}

/// Polls tasks in random order; the first one decides when the run is over.
pub(super) struct Executor {
    sim: Sim,
    read_ahead: usize,
    first: Option<Task>,
    others: Vec<Task>,
    steps: usize,
}

struct Task {
    future: BoxedTask,
    wakes: Wakes,
}

impl Task {
    fn new(future: BoxedTask) -> Self {
        Self { future, wakes: Wakes::new() }
    }
}

impl Executor {
    pub(super) fn new(sim: &Sim, read_ahead: usize) -> Self {
        Self { sim: sim.clone(), read_ahead, first: None, others: Vec::new(), steps: 0 }
    }

    pub(super) fn run_first(&mut self, future: BoxedTask) -> Halt {
        self.first = Some(Task::new(future));
        while self.first.is_some() {
            if !self.step() {
                return Halt::Stuck;
            }
            let (live, most) = (self.sim.shared.live.get(), self.read_ahead);
            if live > most && !self.sim.has_panicked() {
                self.sim.violate(|| format!("it holds {live} items, and may hold {most}"));
            }
            if self.sim.is_violated() {
                return Halt::Broken;
            }
        }
        Halt::Done
    }

    /// Drops the first task, finished or not.
    pub(super) fn drop_first(&mut self) {
        self.first = None;
    }

    /// Runs the others until they have finished or are stuck, and says how many are left.
    pub(super) fn wind_down(&mut self) -> usize {
        while !self.others.is_empty() || !self.sim.shared.newborn.borrow().is_empty() {
            if !self.step() || self.steps > MOST_STEPS {
                break;
            }
        }
        self.others.len()
    }

    /// One poll, or one leap of time; false when there is nothing to do.
    fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.sim.violate(|| format!("livelock: {MOST_STEPS} steps and no end"));
            return true;
        }
        let newborn = self.sim.shared.newborn.take();
        self.others.extend(newborn.into_iter().map(Task::new));
        let shared = self.sim.shared.clone();
        let faults = |permille| if self.sim.has_faults() { permille } else { 0 };
        let ready = self.places(true);
        if !ready.is_empty() && shared.rng.chance(faults(shared.swarm.busy)) {
            self.pass_time(self.sim.clock().now().saturating_add(ms(1 + shared.rng.below(20))));
        }
        let choice = if shared.rng.chance(faults(shared.swarm.spurious)) {
            self.places(false)
        } else {
            Vec::new()
        };
        let mut choice = if choice.is_empty() { ready } else { choice };
        if let Some(place) = shared.rng.take(&mut choice) {
            self.poll(place);
            return true;
        }
        let Some(due) = self.sim.clock().next_deadline() else { return false };
        let leap = if shared.rng.chance(faults(shared.swarm.jump)) { 1_000 } else { 0 };
        self.pass_time(due.saturating_add(ms(shared.rng.below(leap))));
        true
    }

    /// The tasks that are woken, or those that are not. 0 is the first one.
    fn places(&self, woken: bool) -> Vec<usize> {
        let tasks = self.first.iter().map(|task| (0, task));
        let tasks = tasks.chain(self.others.iter().enumerate().map(|(n, task)| (n + 1, task)));
        tasks.filter(|(_, task)| task.wakes.is_woken() == woken).map(|(place, _)| place).collect()
    }

    fn pass_time(&self, to: Instant) {
        let mut due = self.sim.clock().take_due(to);
        while let Some(waker) = self.sim.shared.rng.take(&mut due) {
            Waker::wake(waker);
        }
    }

    fn poll(&mut self, place: usize) {
        let shared = self.sim.shared.clone();
        let now = self.sim.clock().now().since_origin().as_millis() as u64;
        self.sim.note(place as u64 ^ (now << 8));
        if place > 0 && self.sim.has_faults() && shared.rng.chance(shared.swarm.lose_task) {
            shared.lost_tasks.set(shared.lost_tasks.get() + 1);
            self.sim.trace(|| "the spawner loses a task".to_owned());
            self.others.swap_remove(place - 1);
            return;
        }
        let Some(task) = (match place {
            0 => self.first.as_mut(),
            _ => self.others.get_mut(place - 1),
        }) else {
            return;
        };
        let waker = task.wakes.next_waker();
        let taken = self.sim.taken();
        let polled = caught(|| task.future.as_mut().poll(&mut Context::from_waker(&waker)));
        if place > 0 {
            self.sim.judge_budget(taken);
        }
        let finished = match polled {
            Ok(poll) => poll.is_ready(),
            Err(Caught::Injected) => true,
            Err(Caught::Other(text)) => {
                self.sim.violate(|| format!("a task panicked: {text}"));
                true
            }
        };
        match (finished, place) {
            (false, _) => {}
            (true, 0) => self.first = None,
            (true, _) => drop(self.others.swap_remove(place - 1)),
        }
    }
}
