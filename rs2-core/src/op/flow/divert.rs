//! Some of the items to a sink, the others on.

use crate::machine::{Budget, Progress};
use crate::metrics::{Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use futures_sink::Sink;
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`divert_rs2`](super::FlowExt::divert_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct Divert<S, F, Si>
    where
        S: Stream,
        Si: Sink<S::Item>,
    {
        #[pin]
        source: S,
        pred: F,
        #[pin]
        branch: Aside<Si, S::Item>,
        stage: Stage,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
enum Stage {
    Running,
    // The source has ended, the sink is not yet closed.
    Closing,
    Ended,
}

pin_project! {
    // The sink and what is on its way to it. After an error it is not called again.
    struct Aside<Si, T>
    where
        Si: Sink<T>,
    {
        #[pin]
        sink: Si,
        held: Option<T>,
        // Something was sent since the last flush.
        unflushed: bool,
        error: Option<Si::Error>,
        losses: Losses,
    }
}

impl<S, F, Si> Divert<S, F, Si>
where
    S: Stream,
    Si: Sink<S::Item>,
{
    pub(super) fn new(source: S, pred: F, sink: Si) -> Self {
        let losses = Losses::new();
        let branch = Aside { sink, held: None, unflushed: false, error: None, losses };
        Self { source, pred, branch, stage: Stage::Running }
    }

    /// Why the sink stopped taking items, if it did.
    pub fn sink_error(&self) -> Option<&Si::Error> {
        self.branch.error.as_ref()
    }

    /// How many diverted items the sink did not take.
    pub fn losses(&self) -> Losses {
        self.branch.losses.clone()
    }
}

impl<Si: Sink<T>, T> Aside<Si, T> {
    /// Hands the held item to the sink. `Ready` when nothing is held any more.
    #[inline]
    fn poll_send(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.held.is_none() {
            return Poll::Ready(());
        }
        if this.error.is_none() {
            *this.error = ready!(this.sink.as_mut().poll_ready(cx)).err();
        }
        if let Some(item) = this.held.take()
            && this.error.is_none()
        {
            *this.unflushed = true;
            *this.error = this.sink.start_send(item).err();
        }
        if this.error.is_some() {
            this.losses.count(Loss::Failed);
        }
        Poll::Ready(())
    }

    /// Sees that the sink does not sit on what it was sent.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.error.is_some() || !*this.unflushed {
            return Poll::Ready(());
        }
        *this.error = ready!(this.sink.poll_flush(cx)).err();
        *this.unflushed = false;
        Poll::Ready(())
    }

    /// Flushes and closes the sink.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.error.is_none() {
            *this.error = ready!(this.sink.poll_close(cx)).err();
        }
        Poll::Ready(())
    }
}

impl<S, F, Si> Stream for Divert<S, F, Si>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
    Si: Sink<S::Item>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let mut budget = Budget::new();
        while *this.stage == Stage::Running {
            ready!(this.branch.as_mut().poll_send(cx));
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) if !(this.pred)(&item) => return Poll::Ready(Some(item)),
                Poll::Ready(Some(item)) => *this.branch.as_mut().project().held = Some(item),
                Poll::Ready(None) => *this.stage = Stage::Closing,
                Poll::Pending => {
                    // The item waits for nobody, so neither does the flush: it goes on at the next
                    // poll.
                    let _ = this.branch.poll_flush(cx);
                    return Poll::Pending;
                }
            }
            ready!(budget.spend(cx));
        }
        if *this.stage == Stage::Closing {
            ready!(this.branch.poll_close(cx));
            *this.stage = Stage::Ended;
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self.stage {
            Stage::Running => (0, self.source.size_hint().1),
            Stage::Closing | Stage::Ended => (0, Some(0)),
        }
    }
}

impl<S, F, Si> FusedStream for Divert<S, F, Si>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
    Si: Sink<S::Item>,
{
    fn is_terminated(&self) -> bool {
        self.stage == Stage::Ended
    }
}

/// Hands the held item to the sink, flushes it, and advances the source.
impl<S, F, Si> Progress for Divert<S, F, Si>
where
    S: Progress,
    F: FnMut(&S::Item) -> bool,
    Si: Sink<S::Item>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        match this.stage {
            Stage::Ended => return Poll::Ready(()),
            Stage::Closing => {
                ready!(this.branch.poll_close(cx));
                *this.stage = Stage::Ended;
                return Poll::Ready(());
            }
            Stage::Running => {}
        }
        let mut sink = this.branch.as_mut().poll_send(cx);
        if sink.is_ready() {
            sink = this.branch.poll_flush(cx);
        }
        ready!(this.source.poll_progress(cx));
        sink
    }
}

/// The item that waits for the sink is saved; what the sink has taken is the sink's.
#[cfg(feature = "snapshot")]
impl<S, F, Si> Snapshot for Divert<S, F, Si>
where
    S: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
    Si: Sink<S::Item>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("divert", 1)?;
        to.put(&(self.stage, &self.branch.held))?;
        self.source.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("divert", 1)?;
        (self.stage, self.branch.held) = from.take()?;
        self.source.restore(from)
    }
}

impl<S, F, Si> fmt::Debug for Divert<S, F, Si>
where
    S: Stream + fmt::Debug,
    Si: Sink<S::Item>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Divert")
            .field("source", &self.source)
            .field("holds_item", &self.branch.held.is_some())
            .field("stage", &self.stage)
            .field("losses", &self.branch.losses)
            .finish_non_exhaustive()
    }
}
