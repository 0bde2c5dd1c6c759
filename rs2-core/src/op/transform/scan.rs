//! A running value.

use crate::machine::{forward_progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`scan_rs2`](super::TransformExt::scan_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Scan<S, U, F> {
        #[pin]
        source: S,
        // Gone at the end, and while `f` has it, so that a panic there ends the stream.
        value: Option<U>,
        f: F,
    }
}

impl<S, U, F> Scan<S, U, F> {
    pub(super) fn new(source: S, init: U, f: F) -> Self {
        Self { source, value: Some(init), f }
    }
}

impl<S, U, F> Stream for Scan<S, U, F>
where
    S: Stream,
    U: Clone,
    F: FnMut(U, S::Item) -> U,
{
    type Item = U;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<U>> {
        let this = self.project();
        if this.value.is_none() {
            return Poll::Ready(None);
        }
        let item = ready!(this.source.poll_next(cx));
        let next = this.value.take().zip(item).map(|(value, item)| (this.f)(value, item));
        *this.value = next.clone();
        Poll::Ready(next)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.value.is_none() { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S, U, F> FusedStream for Scan<S, U, F>
where
    S: Stream,
    U: Clone,
    F: FnMut(U, S::Item) -> U,
{
    fn is_terminated(&self) -> bool {
        self.value.is_none()
    }
}

forward_progress!(Scan<S, U, F>);

snapshot_fields!([S: Snapshot, U: Serialize + DeserializeOwned, F] Scan<S, U, F>, "scan", {
    value value,
    part source,
});

impl<S: fmt::Debug, U: fmt::Debug, F> fmt::Debug for Scan<S, U, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("source", &self.source)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
