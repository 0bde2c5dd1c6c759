//! Rules over two sources.

use crate::time::{EventTime, Instant};

/// One of two sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The stream that the operator is called on.
    Left,
    /// The other one.
    Right,
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// The rule of an operator over two sources: a [`Machine`](super::Machine) with an entrance on
/// either side. [`DriveJoin`](super::DriveJoin) turns it into a stream.
///
/// Outputs are returned as by a `Machine`: the first by the call, the others by `more`, which is
/// asked until it returns nothing before the next event.
pub trait JoinMachine {
    /// What comes from the left.
    type Left;
    /// What comes from the right.
    type Right;
    /// What comes out.
    type Out;

    /// Takes one item from the left.
    fn on_left(&mut self, now: Instant, item: Self::Left) -> Option<Self::Out>;

    /// Takes one item from the right.
    fn on_right(&mut self, now: Instant, item: Self::Right) -> Option<Self::Out>;

    /// One side has ended. Called once for each.
    fn on_end(&mut self, now: Instant, side: Side) -> Option<Self::Out>;

    /// The deadline has passed. The rule must move or clear it.
    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        None
    }

    /// A further output of the last event, oldest first.
    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        None
    }

    /// Whether the last event left more to do than was done in one go: see
    /// [`Machine::is_behind`](super::Machine::is_behind).
    #[inline]
    fn is_behind(&self) -> bool {
        false
    }

    /// When the rule wants to be called even if no item arrives.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// The side whose item would help more. It is asked first, and the other one whenever it has
    /// nothing, and after a number of items anyway. Without a preference they take turns.
    #[inline]
    fn prefers(&self) -> Option<Side> {
        None
    }

    /// Whether the rule is done for good: the stream ends without asking the sources again.
    #[inline]
    fn is_finished(&self) -> bool {
        false
    }

    /// Bounds on the outputs to come, given those of the sources.
    fn size_hint(
        &self,
        _left: (usize, Option<usize>),
        _right: (usize, Option<usize>),
    ) -> (usize, Option<usize>) {
        (0, None)
    }
}

/// A rule over two sources about the time that their items carry: an
/// [`EventMachine`](super::EventMachine) with an entrance and a watermark on either side.
///
/// The watermark of a side says that no further item with a time before it is expected there. The
/// rule sees late items too, and each rise of a watermark after the item that caused it. A side
/// that has ended has no watermark any more: nothing at all is expected there.
pub trait EventJoinMachine {
    /// What comes from the left.
    type Left;
    /// What comes from the right.
    type Right;
    /// What comes out.
    type Out;

    /// Takes one item from the left that happened at `ts`.
    fn on_left(&mut self, now: Instant, ts: EventTime, item: Self::Left) -> Option<Self::Out>;

    /// Takes one item from the right that happened at `ts`.
    fn on_right(&mut self, now: Instant, ts: EventTime, item: Self::Right) -> Option<Self::Out>;

    /// The watermark of one side has risen.
    fn on_watermark(&mut self, now: Instant, side: Side, watermark: EventTime)
    -> Option<Self::Out>;

    /// One side has ended. Called once for each.
    fn on_end(&mut self, now: Instant, side: Side) -> Option<Self::Out>;

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

    /// Whether the rule is done for good.
    #[inline]
    fn is_finished(&self) -> bool {
        false
    }
}

/// A rule over two sources whose outputs have times of their own, so that a rule about event time
/// can follow: see `JoinInBand` among the [watermarks](crate::watermark).
pub trait JoinStamps: EventJoinMachine {
    /// Whether every output stands at the time of an item from the left: the watermark of the
    /// outputs then waits for the left alone, and for what the rule holds.
    const FOLLOWS_LEFT: bool = false;

    /// A side is idle, and is taken to have come to `reached`, as the other one has. What goes out
    /// or is forgotten for that is counted as `Loss::Unproven`.
    fn on_idle(&mut self, now: Instant, side: Side, reached: EventTime) -> Option<Self::Out>;

    /// The time of the output that the rule has just returned.
    fn stamp(&self, out: &Self::Out) -> EventTime;

    /// No output to come of what the rule holds is earlier; the end of time where the watermarks
    /// of the two sides say enough. It does not depend on when it was asked before.
    fn earliest_to_come(&mut self) -> EventTime;
}
