//! Streams that take turns.

use crate::machine::Progress;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;
use pin_project_lite::pin_project;

/// A stream and others of one type, in the order of their turns.
pub(super) struct Lanes<A, B> {
    // The front is the one whose turn it is. A stream is dropped as soon as it has ended.
    lanes: VecDeque<Pin<Box<Lane<A, B>>>>,
}

pin_project! {
    #[project = LaneParts]
    enum Lane<A, B> {
        First { #[pin] stream: A },
        Other { #[pin] stream: B },
    }
}

impl<A, B> Lanes<A, B> {
    pub(super) fn new(first: A, others: Vec<B>) -> Self {
        let others = others.into_iter().map(|stream| Lane::Other { stream });
        let lanes = core::iter::once(Lane::First { stream: first }).chain(others);
        Self { lanes: lanes.map(Box::pin).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Ends the turn of the stream at the front.
    pub(super) fn pass(&mut self) {
        if let Some(lane) = self.lanes.pop_front() {
            self.lanes.push_back(lane);
        }
    }
}

impl<A, B> Lanes<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    /// Polls the stream whose turn it is. After an item its turn is over; at its end it is gone.
    #[inline]
    pub(super) fn poll_front(&mut self, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        let Some(front) = self.lanes.front_mut() else { return Poll::Ready(None) };
        let polled = match front.as_mut().project() {
            LaneParts::First { stream } => stream.poll_next(cx),
            LaneParts::Other { stream } => stream.poll_next(cx),
        };
        match &polled {
            Poll::Ready(Some(_)) => self.pass(),
            Poll::Ready(None) => drop(self.lanes.pop_front()),
            Poll::Pending => {}
        }
        polled
    }

    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        let hints = self.lanes.iter().map(|lane| match &**lane {
            Lane::First { stream } => stream.size_hint(),
            Lane::Other { stream } => stream.size_hint(),
        });
        hints.fold((0_usize, Some(0_usize)), |(low, high), (more, most)| {
            let high = high.zip(most).and_then(|(high, most)| high.checked_add(most));
            (low.saturating_add(more), high)
        })
    }
}

impl<A, B> Lanes<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    /// Advances all streams.
    pub(super) fn poll_progress(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut all = Poll::Ready(());
        for lane in &mut self.lanes {
            let one = match lane.as_mut().project() {
                LaneParts::First { stream } => stream.poll_progress(cx),
                LaneParts::Other { stream } => stream.poll_progress(cx),
            };
            if one.is_pending() {
                all = Poll::Pending;
            }
        }
        all
    }
}

impl<A, B> fmt::Debug for Lanes<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").field("open", &self.lanes.len()).finish()
    }
}
