//! Losses counted by who loses, told once in a while.

use super::{Loss, Losses};

/// Counts that are added to a [`Losses`] handle when they are told. A rule that drops many items in
/// one poll counts them here, since to change what others may read at the same time costs as much
/// as all the rest it does for an item.
#[derive(Clone, Debug)]
pub struct LocalLosses {
    losses: Losses,
    /// The reason that comes again and again, and how often it has come untold.
    why: Loss,
    untold: u64,
}

impl LocalLosses {
    /// Counts for `losses`, all told.
    pub fn of(losses: Losses) -> Self {
        Self { losses, why: Loss::Duplicate, untold: 0 }
    }

    /// Counts one lost item.
    #[inline]
    pub fn count(&mut self, why: Loss) {
        if self.why != why {
            self.tell();
            self.why = why;
        }
        self.untold += 1;
    }

    /// Adds what was counted to the handle.
    #[inline]
    pub fn tell(&mut self) {
        if self.untold > 0 {
            self.losses.count_many(self.why, self.untold);
            self.untold = 0;
        }
    }

    /// The handle; what is untold is not in it.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }
}
