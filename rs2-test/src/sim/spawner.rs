//! Where a simulation starts tasks.

use super::Sim;
use rs2_core::error::Rejected;
use rs2_core::task::Spawner;
use std::fmt;
use std::future::Future;

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

impl fmt::Debug for SimSpawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimSpawner")
    }
}
