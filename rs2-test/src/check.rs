//! A pipeline of the user's own, checked in a few lines.

use crate::contract::Order;
use crate::laws;
use crate::out::Out;
use crate::row::{Given, Row};
use crate::sim::{self, Sim, Source};
use futures_core::Stream;
use std::fmt;
use std::thread;
use std::time::Duration;

/// Runs a pipeline under `seeds` seeds, once it is said what it promises: see
/// [`expect`](Check::expect).
///
/// `build` gets a simulated world and as many sources as it names, and returns the pipeline. What
/// must come out is every item of every source, unless a [`model`](Check::model) says otherwise.
/// The [guide](crate::guide) has a worked example.
///
/// # Panics
/// When `seeds` is zero.
///
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use rs2_test::promise::{ExactlyOnce, Hold, InFlight, Ordered, Promise};
///
/// rs2_test::check(200, |sim, [orders]| {
///     orders.par_eval_map_on_rs2(sim.spawner(), 4, sim.work())
/// })
/// .expect(ExactlyOnce.and(Ordered).and(InFlight(4)).and(Hold(0)));
/// ```
#[must_use = "nothing is checked before it is said what to expect"]
#[track_caller]
pub fn check<const N: usize, S, F>(seeds: u64, build: F) -> Check
where
    F: Fn(&Sim, [Source; N]) -> S + Send + Sync + 'static,
    S: Stream<Item: Into<Out>> + 'static,
{
    assert!(seeds > 0, "a check needs at least one seed");
    let name = thread::current().name().unwrap_or("pipeline").to_owned();
    Check { row: Row::plain(&name, build).promising_nothing(), seeds }
}

/// A pipeline to be checked.
#[must_use = "nothing is checked before it is said what to expect"]
pub struct Check {
    row: Row,
    seeds: u64,
}

impl Check {
    /// What must have come out by now, from what each source has given: see [`Row::model`].
    pub fn model<O, F>(mut self, model: F) -> Self
    where
        F: Fn(&[Given]) -> Vec<O> + Send + Sync + 'static,
        O: Into<Out>,
    {
        self.row = self.row.model(model);
        self
    }

    /// How items are grouped into outputs is left open: only the items are compared.
    pub fn flat(mut self) -> Self {
        self.row = self.row.flat();
        self
    }

    /// Checks the pipeline against its promises. That it is lazy and fused, that its size hints are
    /// true, that no wake is lost, no panic swallowed, and nothing left behind is checked in any
    /// case.
    ///
    /// # Panics
    /// With the first failure: what went wrong, the smallest run in which it does, and how to
    /// replay it.
    #[track_caller]
    pub fn expect(self, promises: impl Promise) {
        let row = promises.made_by(self.row);
        sim::check(&row, 0..self.seeds).assert_clean();
        laws::check(&row).assert_clean();
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("row", &self.row).field("seeds", &self.seeds).finish()
    }
}

/// Something that a pipeline promises.
pub trait Promise: Sized {
    /// The row with this promise.
    fn made_by(self, row: Row) -> Row;

    /// Both promises.
    fn and<P: Promise>(self, other: P) -> Both<Self, P> {
        Both(self, other)
    }
}

/// Two promises: see [`and`](Promise::and).
#[derive(Clone, Copy, Debug)]
pub struct Both<A, B>(A, B);

impl<A: Promise, B: Promise> Promise for Both<A, B> {
    fn made_by(self, row: Row) -> Row {
        self.1.made_by(self.0.made_by(row))
    }
}

/// Everything the model says comes out, and nothing else. Without it items may be missing, but none
/// may come twice.
#[derive(Clone, Copy, Debug)]
pub struct ExactlyOnce;

impl Promise for ExactlyOnce {
    fn made_by(self, row: Row) -> Row {
        row.loses_nothing()
    }
}

/// Outputs come in the order of the model.
#[derive(Clone, Copy, Debug)]
pub struct Ordered;

impl Promise for Ordered {
    fn made_by(self, row: Row) -> Row {
        row.order(Order::Source)
    }
}

/// Outputs of each source come in the order of the model; between sources there is none.
#[derive(Clone, Copy, Debug)]
pub struct OrderedPerSource;

impl Promise for OrderedPerSource {
    fn made_by(self, row: Row) -> Row {
        row.order(Order::PerSource)
    }
}

/// While a source is silent, at most so many items are kept from the consumer.
#[derive(Clone, Copy, Debug)]
pub struct Hold(pub usize);

impl Promise for Hold {
    fn made_by(self, row: Row) -> Row {
        row.hold(self.0)
    }
}

/// Between two polls, at most so many items are inside.
#[derive(Clone, Copy, Debug)]
pub struct ReadAhead(pub usize);

impl Promise for ReadAhead {
    fn made_by(self, row: Row) -> Row {
        row.read_ahead(self.0)
    }
}

/// At most so many futures of [`Sim::work`] run at once.
#[derive(Clone, Copy, Debug)]
pub struct InFlight(pub usize);

impl Promise for InFlight {
    fn made_by(self, row: Row) -> Row {
        row.in_flight(self.0)
    }
}

/// While its consumer is waiting, no item stays inside for longer than this.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(pub Duration);

impl Promise for Deadline {
    fn made_by(self, row: Row) -> Row {
        row.latency(self.0)
    }
}

/// Starts no task.
#[derive(Clone, Copy, Debug)]
pub struct NoTasks;

impl Promise for NoTasks {
    fn made_by(self, row: Row) -> Row {
        row.without_tasks()
    }
}
