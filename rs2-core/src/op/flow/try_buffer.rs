//! A buffer of results, which says in line that it overflowed.

use super::buffer::Buffer;
use super::pressure::Pressure;
use super::pump::Pump;
use crate::machine::Progress;
use crate::metrics::{Losses, Metrics};
use crate::task::{Spawner, Task};
use core::error::Error;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

/// Why a buffer of results yields an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow<E> {
    /// An error of the source.
    Source(E),
    /// An item came while the buffer was full. The stream ends here.
    Full {
        /// The most items that may wait.
        capacity: usize,
    },
}

impl<E: fmt::Display> fmt::Display for Overflow<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => error.fmt(f),
            Self::Full { capacity } => write!(f, "more than {capacity} items wait"),
        }
    }
}

impl<E: Error> Error for Overflow<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // It speaks for the error of the source, so that is not named as a cause again.
            Self::Source(error) => error.source(),
            Self::Full { .. } => None,
        }
    }
}

pin_project! {
    /// The stream of
    /// [`try_auto_backpressure_with_rs2`](super::FlowExt::try_auto_backpressure_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct TryBuffer<S, Sp>
    where
        S: Stream,
    {
        #[pin]
        buffer: Buffer<S, Sp>,
        ended: bool,
    }
}

impl<S: Stream, Sp> TryBuffer<S, Sp> {
    pub(super) fn new(buffer: Buffer<S, Sp>) -> Self {
        Self { buffer, ended: false }
    }

    /// See [`Buffer::pressure`]. Errors take no room and are not part of the depth.
    pub fn pressure(&self) -> Pressure {
        self.buffer.pressure()
    }

    /// See [`Buffer::losses`].
    pub fn losses(&self) -> Losses {
        self.buffer.losses()
    }

    /// See [`Buffer::with_metrics`].
    pub fn with_metrics(self, metrics: &Metrics) -> Self {
        Self { buffer: self.buffer.with_metrics(metrics), ..self }
    }
}

impl<S, Sp, T, E> Stream for TryBuffer<S, Sp>
where
    S: Stream<Item = Result<T, E>>,
    Sp: Spawner<Task<Pump<S>>>,
{
    type Item = Result<T, Overflow<E>>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        if let Some(item) = ready!(this.buffer.as_mut().poll_next(cx)) {
            return Poll::Ready(Some(item.map_err(Overflow::Source)));
        }
        *this.ended = true;
        let overflow = this.buffer.overflow().map(|capacity| Err(Overflow::Full { capacity }));
        Poll::Ready(overflow)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.buffer.size_hint();
        // The error comes in the place of the item for which there was no room.
        let error = usize::from(self.buffer.overflow().is_some());
        (low.saturating_add(error), high.and_then(|high| high.checked_add(error)))
    }
}

impl<S, Sp, T, E> FusedStream for TryBuffer<S, Sp>
where
    S: Stream<Item = Result<T, E>>,
    Sp: Spawner<Task<Pump<S>>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<S, Sp, T, E> Progress for TryBuffer<S, Sp>
where
    S: Progress<Item = Result<T, E>>,
    Sp: Spawner<Task<Pump<S>>>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().buffer.poll_progress(cx)
    }
}

impl<S: Stream, Sp> fmt::Debug for TryBuffer<S, Sp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryBuffer")
            .field("buffer", &self.buffer)
            .field("ended", &self.ended)
            .finish()
    }
}
