//! Every item to every branch.

use super::hub::{Hub, Route, Tap};
use super::lanes::Lanes;
use crate::machine::Progress;
use crate::sync::Arc;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// What [`broadcast_rs2`](super::FlowExt::broadcast_rs2) makes: it gives out the branches.
///
/// It can be dropped as soon as it has given out the last one.
#[must_use = "a broadcast does nothing without branches"]
pub struct Broadcast<S: Stream>
where
    S::Item: Clone,
{
    hub: Arc<Hub<S, ToAll>>,
}

/// One stream of all items of a [`Broadcast`].
#[must_use = "streams do nothing unless polled"]
pub struct Branch<S: Stream>
where
    S::Item: Clone,
{
    tap: Tap<S, ToAll>,
}

/// Clones an item for each of the other lanes.
struct ToAll;

impl<S: Stream> Broadcast<S>
where
    S::Item: Clone,
{
    pub(super) fn new(source: S, capacity: usize) -> Self {
        Self { hub: Hub::new(source, ToAll, capacity) }
    }

    /// A further branch. It yields every item that the source yields from now on: all of them when
    /// no branch has been polled yet.
    pub fn branch(&mut self) -> Branch<S> {
        Branch { tap: self.hub.tap() }
    }
}

impl<T: Clone> Route<T> for ToAll {
    #[inline]
    fn route(&mut self, item: T, own: usize, lanes: &mut Lanes<T>) -> Option<T> {
        lanes.push_to_others(own, &item);
        Some(item)
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        source
    }
}

impl<S: Stream> Stream for Branch<S>
where
    S::Item: Clone,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.tap.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.tap.size_hint()
    }
}

impl<S: Stream> FusedStream for Branch<S>
where
    S::Item: Clone,
{
    fn is_terminated(&self) -> bool {
        self.tap.is_terminated()
    }
}

impl<S: Progress> Progress for Branch<S>
where
    S::Item: Clone,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.tap.poll_progress(cx)
    }
}

impl<S: Stream> fmt::Debug for Broadcast<S>
where
    S::Item: Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcast").finish_non_exhaustive()
    }
}

impl<S: Stream> fmt::Debug for Branch<S>
where
    S::Item: Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch")
            .field("held", &self.tap.held())
            .field("ended", &self.tap.is_terminated())
            .finish_non_exhaustive()
    }
}
