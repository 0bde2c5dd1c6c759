//! What a rule does with what it leaves out.

#[cfg(feature = "alloc")]
use super::{Late, LateItem};
use crate::metrics::{Loss, Losses};
use crate::state::OnFull;
use crate::time::EventTime;
use core::marker::PhantomData;

/// Counts the items that a rule leaves out, hands them to the outlet if there is one, and knows
/// whether the rule is to stop because it was full.
#[derive(Debug)]
pub(crate) struct LeftOut<T> {
    #[cfg(feature = "alloc")]
    outlet: Option<Late<T>>,
    items: PhantomData<fn(T)>,
    losses: Losses,
    on_full: OnFull,
    stopped: bool,
}

impl<T> LeftOut<T> {
    pub(crate) const fn new(on_full: OnFull, losses: Losses) -> Self {
        Self {
            #[cfg(feature = "alloc")]
            outlet: None,
            items: PhantomData,
            losses,
            on_full,
            stopped: false,
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn to(&mut self, outlet: Late<T>) {
        self.outlet = Some(outlet);
    }

    /// An item came too late.
    pub(crate) fn late(&self, time: EventTime, item: T) {
        self.leave(Loss::Late, time, item);
    }

    /// An item finds no room, and none can be made.
    pub(crate) fn full(&mut self, time: EventTime, item: T) {
        if self.on_full == OnFull::Stop {
            self.losses.stop();
            self.stopped = true;
            self.close();
        } else {
            self.leave(Loss::Full, time, item);
        }
    }

    #[cfg_attr(not(feature = "alloc"), expect(unused_variables, reason = "nobody takes them"))]
    fn leave(&self, why: Loss, time: EventTime, item: T) {
        self.losses.count(why);
        #[cfg(feature = "alloc")]
        if let Some(outlet) = &self.outlet {
            outlet.hand(LateItem { item, time, why });
        }
    }

    /// No further item comes: the stream of late items ends once it is read.
    pub(crate) fn close(&mut self) {
        #[cfg(feature = "alloc")]
        {
            self.outlet = None;
        }
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

    pub(crate) fn evicts(&self) -> bool {
        self.on_full == OnFull::Evict
    }
}
