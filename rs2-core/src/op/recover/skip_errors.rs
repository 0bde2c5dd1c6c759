//! The items without the errors, which are counted.

use crate::machine::{Budget, forward_progress, forward_snapshot};
use crate::metrics::{Loss, Losses};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`skip_errors_rs2`](super::RecoverExt::skip_errors_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct SkipErrors<S> {
        #[pin]
        source: S,
        losses: Losses,
        ended: bool,
    }
}

impl<S> SkipErrors<S> {
    /// The items of `source`, with the errors counted in `losses`.
    pub fn new(source: S, losses: Losses) -> Self {
        Self { source, losses, ended: false }
    }

    /// How many errors were skipped.
    pub fn losses(&self) -> Losses {
        self.losses.clone()
    }
}

impl<S: TryStream> Stream for SkipErrors<S> {
    type Item = S::Ok;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Ok>> {
        let mut this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let mut budget = Budget::new();
        while let Some(item) = ready!(this.source.as_mut().try_poll_next(cx)) {
            if let Ok(item) = item {
                return Poll::Ready(Some(item));
            }
            this.losses.count(Loss::Failed);
            ready!(budget.spend(cx));
        }
        *this.ended = true;
        Poll::Ready(None)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { (0, self.source.size_hint().1) }
    }
}

impl<S: TryStream> FusedStream for SkipErrors<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(SkipErrors<S>);
forward_snapshot!(SkipErrors<S>, "skip_errors");
