//! How long a loop may keep a task to itself.

use core::task::{Context, Poll};

/// Items a loop of ours takes in one poll before it gives the task back.
pub const BUDGET: u32 = 1_024;

/// Counts the items of one poll.
#[derive(Debug)]
pub struct Budget {
    left: u32,
}

impl Budget {
    /// A full budget, for one poll.
    #[inline]
    pub const fn new() -> Self {
        Self { left: BUDGET }
    }

    /// Takes one item's worth; `Pending` means that the budget is spent and the task was woken, so
    /// that it continues after the others had their turn.
    #[inline]
    pub fn spend(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.left -= 1;
        if self.left == 0 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}
