//! What is done with an item and the state of its key.

use crate::metrics::{LocalLosses, Loss};
use crate::time::Instant;

/// What an operator does with an item and the state of its key.
///
/// Implemented by the operators here; a closure is made one by each of them.
pub trait Step<T> {
    /// What is kept for each key.
    type State;
    /// What comes out.
    type Out;
    /// The operator's name, in snapshots and reports.
    const NAME: &'static str;
    /// Whether each item brings one out.
    const ONE_EACH: bool;
    /// What it drops items for again and again: these are counted by `losses` itself.
    const DROPS: Option<Loss> = None;

    /// The state with which a key begins.
    fn begin(&self) -> Self::State;
    /// Takes an item.
    fn step(
        &mut self,
        item: T,
        state: &mut Self::State,
        visit: Visit,
        losses: &mut LocalLosses,
    ) -> Option<Self::Out>;
}

/// What is known of the state that a step is lent.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The time of the item; without a time to live, none.
    pub now: Instant,
    /// It has just begun.
    pub is_new: bool,
    /// A state that began it may have been there, and have made room for another.
    pub is_missing: bool,
}
