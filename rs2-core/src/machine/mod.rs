//! Rules and what sets them in motion.
//!
//! An operator that remembers or waits is a [`Machine`]: a rule that owns no clock, no task and no
//! executor. Time goes in as an argument, deadlines come out as a value. [`Drive`] turns a machine
//! into a stream; [`DriveSteps`] does for a [`StepMachine`], whose steps are futures. A rule about
//! event time is an [`EventMachine`]; [`ByTime`] derives its timestamps and its watermark from the
//! items, and [`InBand`](crate::watermark::InBand) finds them in the stream. Rules over two
//! sources have the same three with `Join` in their names.

mod alarm;
mod budget;
mod by_time;
mod drive;
mod drive_join;
mod drive_steps;
mod event;
mod foreign;
mod join;
mod join_by_time;
mod progress;
mod snapshots;
mod step;
#[cfg(feature = "alloc")]
mod turns;

pub(crate) use alarm::Alarm;
pub use budget::{BUDGET, Budget};
pub use by_time::ByTime;
pub use drive::Drive;
pub use drive_join::DriveJoin;
pub use drive_steps::DriveSteps;
pub use event::{EventMachine, Stamps};
pub use foreign::Foreign;
pub use join::{EventJoinMachine, JoinMachine, JoinStamps, Side};
pub use join_by_time::JoinByTime;
pub use progress::Progress;
pub(crate) use progress::forward_progress;
pub(crate) use snapshots::{empty_snapshot, forward_snapshot, holds, snapshot_fields};
pub use step::{Next, StepMachine};
#[cfg(feature = "alloc")]
pub(crate) use turns::Turns;

use crate::time::Instant;

/// The rule of one operator.
///
/// Every event returns its first output; [`more`](Self::more) returns the others, oldest first, and
/// is asked until it returns nothing before the next event is delivered. An event that returns
/// nothing leaves nothing in `more`.
///
/// Rules never see a tie: an item that arrives exactly at a deadline is delivered first.
pub trait Machine {
    /// What goes in.
    type In;
    /// What comes out.
    type Out;
    /// Whether no event ever has a further output or leaves work behind, and only an item that
    /// brings nothing finishes the rule: `more` and `is_behind` are then not asked, and the clock
    /// is read before the source is polled.
    const ONE_OUTPUT: bool = false;

    /// Takes one item.
    fn on_item(&mut self, now: Instant, item: Self::In) -> Option<Self::Out>;

    /// The deadline has passed. The rule must move or clear it.
    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        None
    }

    /// The source has ended. Called once; nothing but `more` follows.
    fn on_end(&mut self, _now: Instant) -> Option<Self::Out> {
        None
    }

    /// A further output of the last event, oldest first.
    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        None
    }

    /// Whether the last event left more to do than was done in one go: `more` is then asked again,
    /// after others had their turn if need be, even if it returned nothing. A rule that goes
    /// through many items at once does a few at a time.
    #[inline]
    fn is_behind(&self) -> bool {
        false
    }

    /// When the rule wants to be called even if no item arrives.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Whether the rule can take an item now; `false` holds the source back.
    #[inline]
    fn wants_item(&self) -> bool {
        true
    }

    /// A poll ends. What was only noted for others to read, such as counts of what was dropped in
    /// it, is to be told now: once a poll, not once an item.
    #[inline]
    fn settle(&mut self) {}

    /// Whether the rule is done for good: the stream ends without asking the source again.
    #[inline]
    fn is_finished(&self) -> bool {
        false
    }

    /// The stream has ended: lets go of everything that may be left where the rule was finished
    /// before its source. May be called again.
    fn close(&mut self) {}

    /// Bounds on the outputs to come, given those of the source.
    fn size_hint(&self, _source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, None)
    }
}
