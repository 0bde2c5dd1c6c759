//! Items that are counted while they live.

use super::{Sim, mix};
use crate::out::name_of;
use std::fmt;

/// An item of a simulated source. Each one alive is counted, so that one kept for ever, or one
/// that is dropped where it should not be, shows.
pub struct Tok {
    id: u64,
    sim: Sim,
}

impl Tok {
    pub(super) fn new(sim: &Sim, id: u64) -> Self {
        sim.shared.live.set(sim.shared.live.get() + 1);
        Self { id, sim: sim.clone() }
    }

    /// Its number: see [`id_of`](crate::id_of).
    pub fn id(&self) -> u64 {
        self.id
    }

    /// A number that looks random; another one in each run.
    pub fn data(&self) -> u64 {
        mix(self.sim.seed(), self.id)
    }
}

impl Clone for Tok {
    fn clone(&self) -> Self {
        Self::new(&self.sim, self.id)
    }
}

impl Drop for Tok {
    fn drop(&mut self) {
        self.sim.shared.live.set(self.sim.shared.live.get() - 1);
    }
}

impl PartialEq for Tok {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Tok {}

impl PartialOrd for Tok {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Tok {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

impl std::hash::Hash for Tok {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Debug for Tok {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&name_of(self.id))
    }
}
