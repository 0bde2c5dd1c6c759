//! The sources of a simulation.

use super::swarm::Hint;
use super::tok::Tracked;
use super::{Sim, Tok};
use crate::out::id_of;
use crate::timer::ManualSleep;
use futures_core::{FusedStream, Stream};
use rs2_core::machine::Progress;
use rs2_core::op::TransformExt;
use rs2_core::time::{Clock, Instant};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// What is known of one source from outside.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    pub(crate) number: usize,
    pub(crate) items: usize,
    pub(crate) polls: Cell<usize>,
    pub(crate) progressed: Cell<usize>,
    pub(crate) taken_at: RefCell<Vec<Instant>>,
    /// Silent for ever from now on.
    pub(crate) mute: Cell<bool>,
    pub(crate) ended: Cell<bool>,
}

/// A source of [`Tok`]s that has all the faults of its run: it wakes for nothing, takes its time,
/// falls silent for ever, panics; and it notices when it is polled after its end.
#[must_use = "streams do nothing unless polled"]
pub struct Source {
    sim: Sim,
    feed: Rc<Feed>,
    delay: Option<Pin<Box<ManualSleep>>>,
}

impl Source {
    pub(super) fn new(sim: &Sim, feed: Rc<Feed>) -> Self {
        Self { sim: sim.clone(), feed, delay: None }
    }

    /// The number of this source.
    pub fn number(&self) -> usize {
        self.feed.number
    }

    /// The same source, of whose items `permille` of a thousand are errors. Which ones depends on
    /// the seed; [`Given::fails`](crate::Given::fails) tells the model.
    pub fn errors(self, permille: u64) -> impl Progress<Item = Result<Tok, Tok>> {
        self.map_rs2(move |item| if item.fails(permille) { Err(item) } else { Ok(item) })
    }

    /// The same source, whose items carry values of the user's.
    pub fn carrying<T>(self, value: impl FnMut(&Tok) -> T) -> impl Progress<Item = Tracked<T>> {
        let mut value = value;
        self.map_rs2(move |item| Tracked { value: value(&item), item })
    }

    fn left(&self) -> usize {
        self.feed.items - self.feed.taken_at.borrow().len()
    }

    /// The item at this place, or what happens instead of it.
    fn give(&self) -> Poll<Option<Tok>> {
        let (feed, swarm) = (&self.feed, &self.sim.swarm());
        let index = feed.taken_at.borrow().len();
        if swarm.silent == Some((feed.number, index)) {
            feed.mute.set(true);
            self.sim.trace(|| format!("{} falls silent", name(feed.number)));
            return Poll::Pending;
        }
        if swarm.source_panics == Some((feed.number, index)) {
            feed.ended.set(true);
            self.sim.raise(|| format!("{} panics", name(feed.number)));
        }
        if index == feed.items {
            feed.ended.set(true);
            self.sim.trace(|| format!("{} ends", name(feed.number)));
            return Poll::Ready(None);
        }
        feed.taken_at.borrow_mut().push(self.sim.clock().now());
        let item = Tok::new(&self.sim, id_of(feed.number, index));
        self.sim.trace(|| format!("{item:?} is taken"));
        Poll::Ready(Some(item))
    }
}

fn name(number: usize) -> String {
    format!("source {number}")
}

impl Stream for Source {
    type Item = Tok;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tok>> {
        let this = &mut *self;
        this.feed.polls.set(this.feed.polls.get() + 1);
        if this.feed.ended.get() {
            if !this.sim.has_panicked() {
                let number = this.feed.number;
                this.sim.violate(|| format!("{} was polled after its end", name(number)));
            }
            return Poll::Ready(None);
        }
        if this.feed.mute.get() {
            return Poll::Pending;
        }
        if this.delay.is_none() {
            this.delay = ready!(this.sim.hesitate(cx));
        }
        if let Some(delay) = &mut this.delay {
            ready!(delay.as_mut().poll(cx));
            this.delay = None;
        }
        this.give()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.feed.ended.get() { 0 } else { self.left() };
        match self.sim.swarm().hint {
            Hint::Exact => (left, Some(left)),
            Hint::Unknown => (0, None),
            Hint::Wide => (left / 2, Some(2 * left + 1)),
            Hint::Lying => (usize::MAX - left, Some(left / 2)),
        }
    }
}

impl FusedStream for Source {
    fn is_terminated(&self) -> bool {
        self.feed.ended.get()
    }
}

impl Progress for Source {
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        self.feed.progressed.set(self.feed.progressed.get() + 1);
        Poll::Ready(())
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("number", &self.feed.number)
            .field("left", &self.left())
            .finish_non_exhaustive()
    }
}
