//! What reads a source ahead of its consumer.

use super::channel::Channel;
use crate::machine::{Budget, Progress};
use crate::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::Stream;
use pin_project_lite::pin_project;

pin_project! {
    /// The task that reads a source into a [`Buffer`](super::Buffer).
    #[must_use = "futures do nothing unless polled"]
    pub struct Pump<S>
    where
        S: Stream,
    {
        // Gone as soon as it has ended, before the consumer learns of the end.
        #[pin]
        source: Option<S>,
        channel: Arc<Channel<S>>,
    }
}

/// What one step of a pump came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pulled {
    Item,
    /// There is no room for another.
    Full,
    /// There will be no other.
    Done,
}

impl<S: Stream> Pump<S> {
    pub(super) fn new(source: S, channel: Arc<Channel<S>>) -> Self {
        Self { source: Some(source), channel }
    }

    /// Moves one item from the source into the buffer.
    #[inline]
    pub(super) fn pull(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Pulled> {
        let mut this = self.project();
        let Some(source) = this.source.as_mut().as_pin_mut() else {
            return Poll::Ready(Pulled::Done);
        };
        if !this.channel.has_room(cx) {
            return Poll::Ready(Pulled::Full);
        }
        if let Some(item) = ready!(source.poll_next(cx))
            && this.channel.push(item)
        {
            return Poll::Ready(Pulled::Item);
        }
        this.source.set(None);
        this.channel.end();
        Poll::Ready(Pulled::Done)
    }

    /// Reads ahead within the task of the consumer, while that is busy.
    pub(super) fn poll_ahead(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>
    where
        S: Progress,
    {
        let mut budget = Budget::new();
        loop {
            match ready!(self.as_mut().pull(cx)) {
                Pulled::Item => ready!(budget.spend(cx)),
                Pulled::Done => return Poll::Ready(()),
                Pulled::Full => {
                    let Some(source) = self.project().source.as_pin_mut() else {
                        return Poll::Ready(());
                    };
                    return source.poll_progress(cx);
                }
            }
        }
    }
}

impl<S: Stream> Future for Pump<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut budget = Budget::new();
        loop {
            match ready!(self.as_mut().pull(cx)) {
                Pulled::Item => ready!(budget.spend(cx)),
                Pulled::Done => return Poll::Ready(()),
                Pulled::Full => break,
            }
        }
        let this = self.project();
        if let (Some(onward), Some(source)) = (this.channel.onward(), this.source.as_pin_mut()) {
            let _ = onward(source, cx);
        }
        Poll::Pending
    }
}

impl<S: Stream> fmt::Debug for Pump<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pump")
            .field("ended", &self.source.is_none())
            .field("pressure", &self.channel.pressure)
            .finish_non_exhaustive()
    }
}
