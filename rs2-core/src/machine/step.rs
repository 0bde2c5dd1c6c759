//! The rule of an operator whose steps are asynchronous.

use crate::time::Instant;
use core::future::Future;

/// The rule of an operator that runs a step of the user's, a future, for what it is given.
///
/// One step runs at a time, and nothing else happens while it does: what changes with each step
/// changes in the order of the items. [`DriveSteps`](super::DriveSteps) turns it into a stream.
///
/// Every event says what comes [`Next`]. After a step, or an output, [`more`](Self::more) is asked
/// until it says nothing; only then the next event is delivered. An event that says nothing leaves
/// nothing in `more`. As with a [`Machine`](super::Machine), an item that arrives exactly at a
/// deadline is delivered first.
pub trait StepMachine {
    /// What goes in.
    type In;
    /// What comes out.
    type Out;
    /// The step.
    type Step: Future;

    /// Takes one item.
    fn on_item(&mut self, now: Instant, item: Self::In) -> Next<Self::Step, Self::Out>;

    /// The step is over. What it put out, if that is to be yielded.
    fn on_step(
        &mut self,
        now: Instant,
        output: <Self::Step as Future>::Output,
    ) -> Option<Self::Out>;

    /// What else follows from the last event.
    #[inline]
    fn more(&mut self) -> Next<Self::Step, Self::Out> {
        Next::Nothing
    }

    /// The deadline has passed. The rule must move or clear it.
    fn on_deadline(&mut self, _now: Instant) -> Next<Self::Step, Self::Out> {
        Next::Nothing
    }

    /// The source has ended. Called once; nothing but steps, `more` and `close` follows.
    fn on_end(&mut self, _now: Instant) -> Next<Self::Step, Self::Out> {
        Next::Nothing
    }

    /// The stream has ended: lets go of everything. May be called again.
    fn close(&mut self) {}

    /// When the rule wants to be called even if no item arrives. Waits while a step runs.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Whether the rule is done for good: the stream ends without asking the source again.
    #[inline]
    fn is_finished(&self) -> bool {
        false
    }

    /// Bounds on the outputs to come, given those of the source and whether a step runs.
    fn size_hint(&self, _source: (usize, Option<usize>), _in_step: bool) -> (usize, Option<usize>) {
        (0, None)
    }
}

/// What follows from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<F, R> {
    /// A step, to be run to its end.
    Step(F),
    /// An output without one.
    Out(R),
    /// Nothing.
    Nothing,
}

impl<F, R> Next<F, R> {
    /// An output, if there is one.
    #[inline]
    pub fn out(out: Option<R>) -> Self {
        out.map_or(Self::Nothing, Self::Out)
    }

    /// A step, if there is one.
    #[inline]
    pub fn step(step: Option<F>) -> Self {
        step.map_or(Self::Nothing, Self::Step)
    }
}
