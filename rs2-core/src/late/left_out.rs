//! What a rule does with what it leaves out.

#[cfg(feature = "alloc")]
use super::Late;
use super::WayOut;
use crate::metrics::{Loss, Losses};
use crate::state::OnFull;
use crate::time::EventTime;

/// Counts the items that a rule leaves out, hands them to the outlet if there is one, and knows
/// whether the rule is to stop because it was full.
#[derive(Debug)]
pub(crate) struct LeftOut<T> {
    way_out: WayOut<T>,
    losses: Losses,
    on_full: OnFull,
    stopped: bool,
}

impl<T> LeftOut<T> {
    pub(crate) const fn new(on_full: OnFull, losses: Losses) -> Self {
        Self { way_out: WayOut::new(), losses, on_full, stopped: false }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn to(&mut self, outlet: Late<T>) {
        self.way_out.to(outlet);
    }

    /// An item came too late.
    pub(crate) fn late(&self, time: EventTime, item: T) {
        self.way_out.leave(&self.losses, Loss::Late, time, item);
    }

    /// An item finds no room, and none can be made.
    pub(crate) fn full(&mut self, time: EventTime, item: T) {
        if self.on_full == OnFull::Stop {
            self.losses.stop();
            self.stopped = true;
            self.close();
        } else {
            self.way_out.leave(&self.losses, Loss::Full, time, item);
        }
    }

    /// No further item comes: the stream of late items ends once it is read.
    pub(crate) fn close(&mut self) {
        self.way_out.close();
    }

    pub(crate) const fn losses(&self) -> &Losses {
        &self.losses
    }

    pub(crate) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Goes on where a saved one was.
    #[cfg(feature = "snapshot")]
    pub(crate) const fn restore(&mut self, stopped: bool) {
        self.stopped = stopped;
    }

    pub(crate) fn rejects(&self) -> bool {
        self.on_full == OnFull::Reject
    }

    pub(crate) fn evicts(&self) -> bool {
        self.on_full == OnFull::Evict
    }
}
