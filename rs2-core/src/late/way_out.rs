//! The end of the second way that an operator holds.

#[cfg(feature = "alloc")]
use super::{Late, LateItem};
use crate::metrics::{Loss, Losses};
use crate::time::EventTime;
use core::marker::PhantomData;

/// An outlet, if there is one.
#[derive(Debug)]
pub(crate) struct WayOut<T> {
    #[cfg(feature = "alloc")]
    outlet: Option<Late<T>>,
    items: PhantomData<fn(T)>,
}

impl<T> WayOut<T> {
    pub(crate) const fn new() -> Self {
        Self {
            #[cfg(feature = "alloc")]
            outlet: None,
            items: PhantomData,
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn to(&mut self, outlet: Late<T>) {
        self.outlet = Some(outlet);
    }

    /// Counts an item that is left out, and hands it to the outlet.
    #[cfg_attr(not(feature = "alloc"), expect(unused_variables, reason = "nobody takes them"))]
    pub(crate) fn leave(&self, losses: &Losses, why: Loss, time: EventTime, item: T) {
        losses.count(why);
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
}
