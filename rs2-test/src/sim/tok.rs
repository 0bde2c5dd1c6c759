//! Items that are counted while they live.

use super::{Sim, mix};
use crate::out::{Out, name_of};
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

impl Tok {
    /// Whether it is one of those, `permille` of a thousand, that [`Source::errors`] turns into
    /// errors.
    ///
    /// [`Source::errors`]: super::Source::errors
    pub fn fails(&self, permille: u64) -> bool {
        fails(self.sim.seed(), self.id, permille)
    }
}

pub(crate) fn fails(seed: u64, id: u64, permille: u64) -> bool {
    mix(seed, id).rotate_left(32) % 1_000 < permille
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

/// A value of the user's on its way through a pipeline, counted while it lives: see
/// [`Source::carrying`](super::Source::carrying).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tracked<T> {
    /// The value.
    pub value: T,
    pub(super) item: Tok,
}

impl<T> Tracked<T> {
    /// Another value in place of this one, on the account of the same item.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Tracked<U> {
        Tracked { value: f(self.value), item: self.item }
    }

    /// The item that came from the source.
    pub fn item(&self) -> &Tok {
        &self.item
    }
}

impl<T> std::ops::Deref for Tracked<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> From<Tracked<T>> for Out {
    fn from(tracked: Tracked<T>) -> Self {
        tracked.item.into()
    }
}

impl<T: fmt::Debug> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}={:?}", self.item, self.value)
    }
}
