//! Where a simulation starts tasks.

use super::Sim;
use rs2_core::error::Rejected;
use rs2_core::task::{Job, SpawnBlocking, Spawner};
use std::fmt;
use std::future::{Future, poll_fn};

/// The spawner of a simulation: it may refuse a task, and it may lose one.
#[derive(Clone)]
pub struct SimSpawner {
    pub(super) sim: Sim,
}

impl<F: Future<Output = ()> + 'static> Spawner<F> for SimSpawner {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        let shared = &self.sim.shared;
        shared.spawned.set(shared.spawned.get() + 1);
        if self.sim.has_faults() && shared.rng.chance(shared.swarm.refuse) {
            self.sim.trace(|| "the spawner refuses a task".to_owned());
            return Err(Rejected(future));
        }
        shared.newborn.borrow_mut().push(Box::pin(future));
        Ok(())
    }
}

/// Blocking work is done at once, some time after it was taken.
impl<W: Job + 'static> SpawnBlocking<W> for SimSpawner {
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        let shared = &self.sim.shared;
        shared.spawned.set(shared.spawned.get() + 1);
        if self.sim.has_faults() && shared.rng.chance(shared.swarm.refuse) {
            self.sim.trace(|| "the spawner refuses a job".to_owned());
            return Err(Rejected(work));
        }
        let sim = self.sim.clone();
        let task = async move {
            let begin = poll_fn(move |cx| sim.hesitate(cx)).await;
            if let Some(sleep) = begin {
                sleep.await;
            }
            work.run();
        };
        shared.newborn.borrow_mut().push(Box::pin(task));
        Ok(())
    }
}

impl fmt::Debug for SimSpawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimSpawner")
    }
}
