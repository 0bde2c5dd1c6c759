//! Runs of equal items, reduced to their first.

use crate::machine::{Budget, forward_progress, snapshot_fields};
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
    /// The stream of [`distinct_until_changed_rs2`](super::SelectExt::distinct_until_changed_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct DistinctUntilChanged<S>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        // The last item that went out.
        last: Option<S::Item>,
        ended: bool,
    }
}

impl<S: Stream> DistinctUntilChanged<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, last: None, ended: false }
    }
}

impl<S> Stream for DistinctUntilChanged<S>
where
    S: Stream,
    S::Item: Clone + PartialEq,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let mut budget = Budget::new();
        while let Some(item) = ready!(this.source.as_mut().poll_next(cx)) {
            if this.last.as_ref() != Some(&item) {
                *this.last = Some(item.clone());
                return Poll::Ready(Some(item));
            }
            ready!(budget.spend(cx));
        }
        *this.ended = true;
        *this.last = None;
        Poll::Ready(None)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.source.size_hint();
        // The first item goes out in any case.
        (if self.last.is_none() { low.min(1) } else { 0 }, high)
    }
}

impl<S> FusedStream for DistinctUntilChanged<S>
where
    S: Stream,
    S::Item: Clone + PartialEq,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(DistinctUntilChanged<S>);

snapshot_fields!(
    [S: Stream<Item: Serialize + DeserializeOwned> + Snapshot] DistinctUntilChanged<S>,
    "distinct_until_changed",
    { value last, value ended, part source }
);

impl<S> fmt::Debug for DistinctUntilChanged<S>
where
    S: Stream + fmt::Debug,
    S::Item: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DistinctUntilChanged")
            .field("source", &self.source)
            .field("last", &self.last)
            .field("ended", &self.ended)
            .finish()
    }
}
