//! What goes the second way, and who can send it there.

use super::Late;
use crate::machine::{ByTime, Drive};
use crate::metrics::Loss;
use crate::time::{EventTime, Timer};

/// An item that an operator left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LateItem<T> {
    /// The item itself.
    pub item: T,
    /// When it happened.
    pub time: EventTime,
    /// Why it was left out: [`Loss::Late`] when it came too late, [`Loss::Full`] when there was no
    /// room for it, or what it belonged to had gone out early to make room.
    pub why: Loss,
}

/// What can hand over the items that it leaves out. They are counted in any case.
///
/// Implemented by rules, and by the streams made of them: `stream.late_to(outlet)`.
pub trait LateTo: Sized {
    /// What goes in.
    type Left;

    /// Hands what it leaves out to `outlet` from now on.
    #[must_use]
    fn late_to(self, outlet: Late<Self::Left>) -> Self;
}

impl<M: LateTo, F> LateTo for ByTime<M, F> {
    type Left = M::Left;

    fn late_to(self, outlet: Late<M::Left>) -> Self {
        self.with_rule(|rule| rule.late_to(outlet))
    }
}

impl<S, M: LateTo, T: Timer> LateTo for Drive<S, M, T> {
    type Left = M::Left;

    fn late_to(self, outlet: Late<M::Left>) -> Self {
        self.with_machine(|machine| machine.late_to(outlet))
    }
}
