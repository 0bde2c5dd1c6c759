//! Runs of items with equal keys, reduced to their first.

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
    /// The stream of
    /// [`distinct_until_changed_by_rs2`](super::SelectExt::distinct_until_changed_by_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct DistinctUntilChangedBy<S, F, K> {
        #[pin]
        source: S,
        key: F,
        // The key of the last item that went out.
        last: Option<K>,
        ended: bool,
    }
}

impl<S, F, K> DistinctUntilChangedBy<S, F, K> {
    pub(super) fn new(source: S, key: F) -> Self {
        Self { source, key, last: None, ended: false }
    }
}

impl<S, F, K> Stream for DistinctUntilChangedBy<S, F, K>
where
    S: Stream,
    F: FnMut(&S::Item) -> K,
    K: PartialEq,
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
            let key = Some((this.key)(&item));
            if *this.last != key {
                *this.last = key;
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

impl<S, F, K> FusedStream for DistinctUntilChangedBy<S, F, K>
where
    S: Stream,
    F: FnMut(&S::Item) -> K,
    K: PartialEq,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(DistinctUntilChangedBy<S, F, K>);

snapshot_fields!(
    [S: Snapshot, F, K: Serialize + DeserializeOwned] DistinctUntilChangedBy<S, F, K>,
    "distinct_until_changed_by",
    { value last, value ended, part source }
);

impl<S: fmt::Debug, F, K: fmt::Debug> fmt::Debug for DistinctUntilChangedBy<S, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DistinctUntilChangedBy")
            .field("source", &self.source)
            .field("last", &self.last)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
