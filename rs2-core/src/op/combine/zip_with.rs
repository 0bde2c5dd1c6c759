//! What a closure makes of pairs of items of two streams.

use super::Zip;
use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`zip_with_rs2`](super::CombineExt::zip_with_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct ZipWith<A, B, F>
    where
        A: Stream,
        B: Stream,
    {
        #[pin]
        pairs: Zip<A, B>,
        f: F,
    }
}

impl<A: Stream, B: Stream, F> ZipWith<A, B, F> {
    pub(super) fn new(left: A, right: B, f: F) -> Self {
        Self { pairs: Zip::new(left, right), f }
    }
}

impl<A, B, F, R> Stream for ZipWith<A, B, F>
where
    A: Stream,
    B: Stream,
    F: FnMut(A::Item, B::Item) -> R,
{
    type Item = R;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<R>> {
        let this = self.project();
        let f = this.f;
        this.pairs.poll_next(cx).map(|pair| pair.map(|(left, right)| f(left, right)))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pairs.size_hint()
    }
}

impl<A, B, F, R> FusedStream for ZipWith<A, B, F>
where
    A: Stream,
    B: Stream,
    F: FnMut(A::Item, B::Item) -> R,
{
    fn is_terminated(&self) -> bool {
        self.pairs.is_terminated()
    }
}

/// Advances both sides.
impl<A, B, F, R> Progress for ZipWith<A, B, F>
where
    A: Progress,
    B: Progress,
    F: FnMut(A::Item, B::Item) -> R,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().pairs.poll_progress(cx)
    }
}

snapshot_fields!(
    [
        A: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
        B: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
        F
    ] ZipWith<A, B, F>,
    "zip_with",
    { part pairs }
);

impl<A, B, F> fmt::Debug for ZipWith<A, B, F>
where
    A: Stream<Item: fmt::Debug> + fmt::Debug,
    B: Stream<Item: fmt::Debug> + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipWith").field("pairs", &self.pairs).finish_non_exhaustive()
    }
}
