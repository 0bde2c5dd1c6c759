//! One stream after the other.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`concat_rs2`](super::CombineExt::concat_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Concat<A, B> {
        // Each is dropped as soon as it has ended.
        #[pin]
        first: Option<A>,
        #[pin]
        second: Option<B>,
    }
}

impl<A, B> Concat<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Self { first: Some(first), second: Some(second) }
    }
}

/// The next item of a stream, which is dropped at its end.
#[inline]
fn poll_part<S: Stream>(
    mut part: Pin<&mut Option<S>>,
    cx: &mut Context<'_>,
) -> Poll<Option<S::Item>> {
    let Some(stream) = part.as_mut().as_pin_mut() else { return Poll::Ready(None) };
    let item = ready!(stream.poll_next(cx));
    if item.is_none() {
        part.set(None);
    }
    Poll::Ready(item)
}

impl<A, B> Stream for Concat<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    type Item = A::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        let this = self.project();
        match ready!(poll_part(this.first, cx)) {
            Some(item) => Poll::Ready(Some(item)),
            None => poll_part(this.second, cx),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let first = self.first.as_ref().map_or((0, Some(0)), Stream::size_hint);
        let second = self.second.as_ref().map_or((0, Some(0)), Stream::size_hint);
        let high = first.1.zip(second.1).and_then(|(first, second)| first.checked_add(second));
        (first.0.saturating_add(second.0), high)
    }
}

impl<A, B> FusedStream for Concat<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    fn is_terminated(&self) -> bool {
        self.first.is_none() && self.second.is_none()
    }
}

/// Advances both: the second may have been polled before it was given away.
impl<A, B> Progress for Concat<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let first = this.first.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx));
        let second = this.second.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx));
        if first.is_pending() { first } else { second }
    }
}

snapshot_fields!([A: Snapshot, B: Snapshot] Concat<A, B>, "concat", {
    part first,
    part second,
});
