//! Rules about event time.

use crate::time::{EventTime, Instant};

/// A rule about the time that the data carries.
///
/// A watermark `w` says that no further item with a time before `w` is expected. The rule sees each
/// item with its time, late ones too, and each rise of the watermark after the item that caused it.
/// Outputs are returned as by a [`Machine`](super::Machine): the first by the call, the others by
/// `more`, which is asked until it returns nothing before the next event or watermark.
pub trait EventMachine {
    /// What goes in.
    type In;
    /// What comes out.
    type Out;

    /// Takes one item that happened at `ts`.
    fn on_event(&mut self, now: Instant, ts: EventTime, item: Self::In) -> Option<Self::Out>;

    /// The watermark has risen to `watermark`; [`EventTime::MAX`] once the source has ended.
    fn on_watermark(&mut self, now: Instant, watermark: EventTime) -> Option<Self::Out>;

    /// The source has ended: no further item comes, and the watermark rises to
    /// [`EventTime::MAX`] next. For what has to be closed before the last outputs.
    fn on_end(&mut self) {}

    /// A deadline of processing time has passed.
    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        None
    }

    /// A further output of the last call, oldest first.
    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        None
    }

    /// Whether the last call left more to do than was done in one go: see
    /// [`Machine::is_behind`](super::Machine::is_behind).
    #[inline]
    fn is_behind(&self) -> bool {
        false
    }

    /// When the rule wants to be called by processing time.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Whether the rule is done for good.
    #[inline]
    fn is_finished(&self) -> bool {
        false
    }

    /// The stream has ended: see [`Machine::close`](super::Machine::close).
    fn close(&mut self) {}
}

/// A rule about event time whose outputs have times of their own, so that another one can follow:
/// see [`InBand`](crate::watermark::InBand).
pub trait Stamps: EventMachine {
    /// The time of the output that the rule has just returned: not before the last watermark that
    /// it has done with, unless the output is about what was late.
    fn stamp(&self, out: &Self::Out) -> EventTime;
}
