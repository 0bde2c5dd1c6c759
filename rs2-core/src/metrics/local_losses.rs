//! Losses counted by who loses, told once in a while.

use super::{Loss, Losses};

/// A count that is added to a [`Losses`] handle when it is told. A rule that drops many items in
/// one poll counts them here, since to change what others may read at the same time costs as much
/// as all the rest it does for an item.
#[derive(Clone, Debug)]
pub struct LocalLosses {
    losses: Losses,
    untold: u64,
}

impl LocalLosses {
    /// Counts for `losses`, all told.
    pub fn of(losses: Losses) -> Self {
        Self { losses, untold: 0 }
    }

    /// Counts one item lost to the reason that comes again and again.
    #[inline]
    pub fn count(&mut self) {
        self.untold += 1;
    }

    /// Adds what was counted to the handle: it was lost to `why`.
    #[inline]
    pub fn tell(&mut self, why: Loss) {
        if self.untold > 0 {
            self.losses.count_many(why, self.untold);
            self.untold = 0;
        }
    }

    /// The handle, to count what is rare; what is untold is not in it.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }
}
