//! One operator with its promises and its model.

use crate::contract::{Contract, MayLose, Order};
use crate::out::Out;
use crate::pipeline::{Once, Pipeline, Plain, Progressive};
use crate::sim::{Sim, Source, fails, mix};
use futures_core::Stream;
use rs2_core::machine::Progress;
use rs2_core::time::Instant;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub(crate) type Built = Pin<Box<dyn Pipeline>>;
type Build = dyn Fn(&Sim, Vec<Source>) -> Built + Send + Sync;
type Model = dyn Fn(&[Given]) -> Vec<Out> + Send + Sync;

/// An operator under test: its name, how to build it, what it must yield, what it promises.
///
/// The laws and the simulator both take it. Most rows are a few lines:
///
/// ```
/// use rs2_core::prelude::*;
/// use rs2_test::{Row, laws, sim};
///
/// let row = Row::new("chunk_rs2", |_, [source]| source.chunk_rs2(3))
///     .model(|given| {
///         let least = if given[0].ended { 1 } else { 3 };
///         let chunks = given[0].ids.chunks(3).filter(|chunk| chunk.len() >= least);
///         chunks.map(<[u64]>::to_vec).collect()
///     })
///     .read_ahead(2)
///     .hold(2);
/// laws::check(&row).assert_clean();
/// sim::check(&row, 0..100).assert_clean();
/// ```
pub struct Row {
    name: String,
    contract: Contract,
    sources: usize,
    build: Box<Build>,
    model: Box<Model>,
    has_progress: bool,
    flat: bool,
    timed: bool,
}

/// What one source has given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The numbers of its items, in order.
    pub ids: Vec<u64>,
    /// When each of them was taken; shorter than `ids` where some were not.
    pub taken_at: Vec<Instant>,
    /// Whether it ended after them; if not, it is silent for ever.
    pub ended: bool,
    pub(crate) seed: u64,
}

impl Given {
    /// What [`Tok::data`](crate::sim::Tok::data) says of the item with this number.
    pub fn data(&self, id: u64) -> u64 {
        mix(self.seed, id)
    }

    /// What [`Tok::fails`](crate::sim::Tok::fails) says of the item with this number.
    pub fn fails(&self, id: u64, permille: u64) -> bool {
        fails(self.seed, id, permille)
    }
}

impl Row {
    /// A row for a stream with [`Progress`], which every stream of RS2 has when its source has it.
    ///
    /// `build` gets as many sources as it names. The model is, until [`model`](Self::model) says
    /// otherwise, that every item of every source comes out.
    pub fn new<const N: usize, S, F>(name: &str, build: F) -> Self
    where
        F: Fn(&Sim, [Source; N]) -> S + Send + Sync + 'static,
        S: Progress<Item: Into<Out>> + 'static,
    {
        let build = over(build, |stream| -> Built { Box::pin(Progressive::new(stream)) });
        Self { has_progress: true, ..Self::of(name, N, build) }
    }

    /// A row for a stream that has no [`Progress`].
    pub fn plain<const N: usize, S, F>(name: &str, build: F) -> Self
    where
        F: Fn(&Sim, [Source; N]) -> S + Send + Sync + 'static,
        S: Stream<Item: Into<Out>> + 'static,
    {
        Self::of(name, N, over(build, |stream| -> Built { Box::pin(Plain::new(stream)) }))
    }

    /// A row for an operator that ends a pipeline: a future, whose output is the one item.
    pub fn future<const N: usize, S, F>(name: &str, build: F) -> Self
    where
        F: Fn(&Sim, [Source; N]) -> S + Send + Sync + 'static,
        S: Future<Output: Into<Out>> + 'static,
    {
        Self::of(name, N, over(build, |future| -> Built { Box::pin(Once::new(future)) }))
    }

    fn of(name: &str, sources: usize, build: Box<Build>) -> Self {
        Self {
            name: name.to_owned(),
            contract: Contract::default(),
            sources,
            build,
            model: Box::new(|given| {
                given.iter().flat_map(|source| &source.ids).map(|&id| id.into()).collect()
            }),
            has_progress: false,
            flat: false,
            timed: false,
        }
    }

    /// What must have come out by now, from what each source has given.
    ///
    /// A source that has not ended is silent for ever: nothing that waits for more of it may be in
    /// the answer. With all sources ended the answer is everything.
    #[must_use]
    pub fn model<O, F>(mut self, model: F) -> Self
    where
        F: Fn(&[Given]) -> Vec<O> + Send + Sync + 'static,
        O: Into<Out>,
    {
        self.model = Box::new(move |given| model(given).into_iter().map(Into::into).collect());
        self
    }

    /// The order of the outputs.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.contract.order = order;
        self
    }

    /// See [`Contract::hold`].
    #[must_use]
    pub fn hold(mut self, items: usize) -> Self {
        self.contract.hold = items;
        self
    }

    /// See [`Contract::read_ahead`].
    #[must_use]
    pub fn read_ahead(mut self, items: usize) -> Self {
        self.contract.read_ahead = items;
        self
    }

    /// It keeps items until its sources end: [`hold`](Self::hold) and
    /// [`read_ahead`](Self::read_ahead) without a limit.
    #[must_use]
    pub fn keeps_all(self) -> Self {
        self.hold(usize::MAX).read_ahead(usize::MAX)
    }

    /// See [`Contract::in_flight`].
    #[must_use]
    pub fn in_flight(mut self, futures: usize) -> Self {
        self.contract.in_flight = futures;
        self
    }

    /// It drops `what` while it runs, `on` what. Outputs may then be missing; those that come still
    /// agree with the model.
    #[must_use]
    pub fn may_lose(mut self, what: &'static str, on: &'static str) -> Self {
        self.contract.may_lose = Some(MayLose { what, on });
        self
    }

    /// See [`Contract::latency`].
    #[must_use]
    pub fn latency(mut self, longest: Duration) -> Self {
        self.contract.latency = Some(longest);
        self
    }

    /// It starts tasks.
    #[must_use]
    pub fn spawns(mut self) -> Self {
        self.contract.spawns = true;
        self
    }

    /// It takes a timer.
    #[must_use]
    pub fn needs_time(mut self) -> Self {
        self.contract.needs_time = true;
        self
    }

    /// The loosest contract there is, to be narrowed by promises.
    pub(crate) fn promising_nothing(self) -> Self {
        let row = self.order(Order::Any).keeps_all().in_flight(usize::MAX);
        row.may_lose("any item", "any occasion").spawns().needs_time()
    }

    pub(crate) fn loses_nothing(mut self) -> Self {
        self.contract.may_lose = None;
        self
    }

    pub(crate) fn without_tasks(mut self) -> Self {
        self.contract.spawns = false;
        self
    }

    /// How items are grouped into outputs is left open: only the items are compared.
    #[must_use]
    pub fn flat(mut self) -> Self {
        self.flat = true;
        self
    }

    /// The model reads [`Given::taken_at`], so it says nothing about items not yet taken.
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.timed = true;
        self.needs_time()
    }

    /// The operator's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it promises.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// How many sources it has.
    pub fn sources(&self) -> usize {
        self.sources
    }

    pub(crate) fn build(&self, sim: &Sim) -> Built {
        let sources = (0..self.sources).map(|n| sim.source(n)).collect();
        (self.build)(sim, sources)
    }

    pub(crate) fn expected(&self, given: &[Given]) -> Vec<Out> {
        self.comparable((self.model)(given))
    }

    /// The outputs as they are compared: one for each item where grouping is left open.
    pub(crate) fn comparable(&self, outs: Vec<Out>) -> Vec<Out> {
        if !self.flat {
            return outs;
        }
        let single = |id, lane| Out { ids: vec![id], lane };
        outs.into_iter()
            .flat_map(|out| out.ids.into_iter().map(move |id| single(id, out.lane)))
            .collect()
    }

    pub(crate) fn has_progress(&self) -> bool {
        self.has_progress
    }

    pub(crate) fn is_timed(&self) -> bool {
        self.timed
    }
}

/// `build` with its sources in a `Vec` and its stream in a box.
fn over<const N: usize, S: 'static>(
    build: impl Fn(&Sim, [Source; N]) -> S + Send + Sync + 'static,
    boxed: fn(S) -> Built,
) -> Box<Build> {
    Box::new(move |sim, sources| {
        let Ok(sources) = <[Source; N]>::try_from(sources) else {
            unreachable!("a row is built with as many sources as it names");
        };
        boxed(build(sim, sources))
    })
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("name", &self.name)
            .field("contract", &self.contract)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
