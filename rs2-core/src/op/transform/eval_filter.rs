//! Items that a future lets through, one at a time.

use crate::machine::{Budget, Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`eval_filter_rs2`](super::TransformExt::eval_filter_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct EvalFilter<S, F, Fut>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        pred: F,
        // The future that judges the item. An item without one has been let through.
        #[pin]
        judging: Option<Fut>,
        item: Option<S::Item>,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, F, Fut> EvalFilter<S, F, Fut>
where
    S: Stream,
    F: FnMut(&S::Item) -> Fut,
    Fut: Future<Output = bool>,
{
    pub(super) fn new(source: S, pred: F) -> Self {
        Self { source, pred, judging: None, item: None, ended: false }
    }

    /// `Ready` when no future runs: the item is then still there or was dropped.
    #[inline]
    fn judge(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if let Some(judging) = this.judging.as_mut().as_pin_mut() {
            let keep = ready!(judging.poll(cx));
            this.judging.set(None);
            if !keep {
                *this.item = None;
            }
        }
        Poll::Ready(())
    }

    #[inline]
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut budget = Budget::new();
        loop {
            ready!(self.as_mut().judge(cx));
            let mut this = self.as_mut().project();
            if this.item.is_some() {
                return Poll::Ready(this.item.take());
            }
            let Some(item) = ready!(this.source.poll_next(cx)) else { return Poll::Ready(None) };
            this.judging.set(Some((this.pred)(&item)));
            *this.item = Some(item);
            ready!(budget.spend(cx));
        }
    }
}

impl<S, F, Fut> Stream for EvalFilter<S, F, Fut>
where
    S: Stream,
    F: FnMut(&S::Item) -> Fut,
    Fut: Future<Output = bool>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let polled = self.as_mut().advance(cx);
        *self.project().ended = matches!(polled, Poll::Ready(None));
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let held = usize::from(self.item.is_some());
        let passed = if self.judging.is_none() { held } else { 0 };
        (passed, self.source.size_hint().1.and_then(|high| high.checked_add(held)))
    }
}

impl<S, F, Fut> FusedStream for EvalFilter<S, F, Fut>
where
    S: Stream,
    F: FnMut(&S::Item) -> Fut,
    Fut: Future<Output = bool>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the running future and the source.
impl<S, F, Fut> Progress for EvalFilter<S, F, Fut>
where
    S: Progress,
    F: FnMut(&S::Item) -> Fut,
    Fut: Future<Output = bool>,
{
    #[inline]
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let judged = self.as_mut().judge(cx);
        let this = self.project();
        let source = this.source.poll_progress(cx);
        *this.ended = false;
        ready!(source);
        judged
    }
}

snapshot_fields!(
    [S: Stream + Snapshot, F, Fut] EvalFilter<S, F, Fut>,
    "eval_filter",
    busy this => this.item.is_some(),
    { value ended, part source }
);

impl<S, F, Fut> fmt::Debug for EvalFilter<S, F, Fut>
where
    S: Stream + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvalFilter")
            .field("source", &self.source)
            .field("running", &self.judging.is_some())
            .field("holds_item", &self.item.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
