//! The errors to a sink, the items on.

use super::Divert;
use crate::machine::{Progress, snapshot_fields};
use crate::metrics::Losses;
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use futures_sink::Sink;
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Asks whether an item is an `Err`.
type IsErr<T> = fn(&T) -> bool;

pin_project! {
    /// The stream of [`dead_letters_rs2`](super::FlowExt::dead_letters_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct DeadLetters<S, Si>
    where
        S: Stream,
        Letters<Si>: Sink<S::Item>,
    {
        #[pin]
        source: Divert<S, IsErr<S::Item>, Letters<Si>>,
    }
}

impl<S, Si, T, E> DeadLetters<S, Si>
where
    S: Stream<Item = Result<T, E>>,
    Si: Sink<E>,
{
    pub(super) fn new(source: S, sink: Si) -> Self {
        let is_err: IsErr<S::Item> = Result::is_err;
        Self { source: Divert::new(source, is_err, Letters { sink }) }
    }
}

impl<S, Si> DeadLetters<S, Si>
where
    S: Stream,
    Letters<Si>: Sink<S::Item>,
{
    /// Why the sink stopped taking errors, if it did.
    pub fn sink_error(&self) -> Option<&<Letters<Si> as Sink<S::Item>>::Error> {
        self.source.sink_error()
    }

    /// How many errors the sink did not take.
    pub fn losses(&self) -> Losses {
        self.source.losses()
    }
}

impl<S, Si, T, E> Stream for DeadLetters<S, Si>
where
    S: Stream<Item = Result<T, E>>,
    Si: Sink<E>,
{
    type Item = T;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // Errors do not come this way, so this never makes an end of one.
        self.project().source.poll_next(cx).map(|item| item.and_then(Result::ok))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.source.size_hint()
    }
}

impl<S, Si, T, E> FusedStream for DeadLetters<S, Si>
where
    S: Stream<Item = Result<T, E>>,
    Si: Sink<E>,
{
    fn is_terminated(&self) -> bool {
        self.source.is_terminated()
    }
}

impl<S, Si, T, E> Progress for DeadLetters<S, Si>
where
    S: Progress<Item = Result<T, E>>,
    Si: Sink<E>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().source.poll_progress(cx)
    }
}

snapshot_fields!(
    [
        S: Stream<Item = Result<T, E>> + Snapshot,
        Si: Sink<E>,
        T: Serialize + DeserializeOwned,
        E: Serialize + DeserializeOwned
    ] DeadLetters<S, Si>,
    "dead_letters",
    { part source }
);

impl<S, Si> fmt::Debug for DeadLetters<S, Si>
where
    S: Stream + fmt::Debug,
    Letters<Si>: Sink<S::Item>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeadLetters").field(&self.source).finish()
    }
}

pin_project! {
    /// A sink of errors as one of results.
    #[derive(Debug)]
    pub struct Letters<Si> {
        #[pin]
        sink: Si,
    }
}

impl<Si: Sink<E>, T, E> Sink<Result<T, E>> for Letters<Si> {
    type Error = Si::Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Si::Error>> {
        self.project().sink.poll_ready(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: Result<T, E>) -> Result<(), Si::Error> {
        item.map_or_else(|error| self.project().sink.start_send(error), |_| Ok(()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Si::Error>> {
        self.project().sink.poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Si::Error>> {
        self.project().sink.poll_close(cx)
    }
}
