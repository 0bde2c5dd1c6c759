//! The door for streams from elsewhere.

use super::{Progress, forward_snapshot};
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`foreign_rs2`](crate::op::TransformExt::foreign_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Foreign<S> {
        #[pin]
        source: S,
        ended: bool,
    }
}

impl<S> Foreign<S> {
    pub(crate) fn new(source: S) -> Self {
        Self { source, ended: false }
    }
}

impl<S: Stream> Stream for Foreign<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let polled = this.source.poll_next(cx);
        *this.ended = matches!(polled, Poll::Ready(None));
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S: Stream> FusedStream for Foreign<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<S: Stream> Progress for Foreign<S> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

forward_snapshot!(Foreign<S>, "foreign");
