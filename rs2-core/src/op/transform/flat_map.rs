//! Several items out for each item in, one stream after the other.

use crate::machine::{Budget, Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`flat_map_rs2`](super::TransformExt::flat_map_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct FlatMap<S, F, S2> {
        #[pin]
        source: S,
        f: F,
        // The stream of the last item, dropped as soon as it has ended.
        #[pin]
        inner: Option<S2>,
        ended: bool,
    }
}

impl<S, F, S2> FlatMap<S, F, S2> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, inner: None, ended: false }
    }
}

impl<S, F, S2> Stream for FlatMap<S, F, S2>
where
    S: Stream,
    F: FnMut(S::Item) -> S2,
    S2: Stream,
{
    type Item = S2::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S2::Item>> {
        let mut this = self.project();
        let mut budget = Budget::new();
        while !*this.ended {
            if let Some(inner) = this.inner.as_mut().as_pin_mut() {
                if let Some(item) = ready!(inner.poll_next(cx)) {
                    return Poll::Ready(Some(item));
                }
                this.inner.set(None);
                ready!(budget.spend(cx));
            }
            match ready!(this.source.as_mut().poll_next(cx)) {
                Some(item) => this.inner.set(Some((this.f)(item))),
                None => *this.ended = true,
            }
        }
        Poll::Ready(None)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint);
        // Nobody knows how many items the streams to come will have, unless none is to come.
        (low, if self.source.size_hint().1 == Some(0) { high } else { None })
    }
}

impl<S, F, S2> FusedStream for FlatMap<S, F, S2>
where
    S: Stream,
    F: FnMut(S::Item) -> S2,
    S2: Stream,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the source and the stream of the last item.
impl<S, F, S2> Progress for FlatMap<S, F, S2>
where
    S: Progress,
    F: FnMut(S::Item) -> S2,
    S2: Progress,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(());
        }
        let inner =
            this.inner.as_pin_mut().map_or(Poll::Ready(()), |inner| inner.poll_progress(cx));
        ready!(this.source.poll_progress(cx));
        inner
    }
}

// The stream of the last item is one of the user's, made of an item that is gone. One that says
// that it is at its end is as good as dropped.
snapshot_fields!(
    [S: Snapshot, F, S2: Stream] FlatMap<S, F, S2>,
    "flat_map",
    busy this => this.inner.as_ref().is_some_and(|inner| inner.size_hint().1 != Some(0)),
    { value ended, part source }
);

impl<S: fmt::Debug, F, S2: fmt::Debug> fmt::Debug for FlatMap<S, F, S2> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlatMap")
            .field("source", &self.source)
            .field("inner", &self.inner)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
