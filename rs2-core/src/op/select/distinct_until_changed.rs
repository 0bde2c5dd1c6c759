//! The items that differ in their key from the one before.

use crate::machine::{Budget, forward_progress};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`distinct_until_changed_by_rs2`](super::SelectExt::distinct_until_changed_by_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct DistinctUntilChanged<S, F, K> {
        #[pin]
        source: S,
        f: F,
        last: Option<K>,
        ended: bool,
    }
}

impl<S, F, K> DistinctUntilChanged<S, F, K> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, last: None, ended: false }
    }
}

impl<S, F, K> Stream for DistinctUntilChanged<S, F, K>
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
        loop {
            let Some(item) = ready!(this.source.as_mut().poll_next(cx)) else {
                *this.ended = true;
                return Poll::Ready(None);
            };
            let key = Some((this.f)(&item));
            if *this.last != key {
                *this.last = key;
                return Poll::Ready(Some(item));
            }
            ready!(budget.spend(cx));
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.source.size_hint();
        // The first item always differs from nothing.
        (usize::from(low > 0 && self.last.is_none()), high)
    }
}

impl<S, F, K> FusedStream for DistinctUntilChanged<S, F, K>
where
    S: Stream,
    F: FnMut(&S::Item) -> K,
    K: PartialEq,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(DistinctUntilChanged<S, F, K>);

impl<S: fmt::Debug, F, K> fmt::Debug for DistinctUntilChanged<S, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DistinctUntilChanged")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish()
    }
}
