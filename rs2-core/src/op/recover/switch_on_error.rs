//! Another stream from the first error on.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`switch_on_error_rs2`](super::RecoverExt::switch_on_error_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct SwitchOnError<S, F, S2> {
        // Dropped as soon as it has failed or ended.
        #[pin]
        source: Option<S>,
        // Gone when the source has failed.
        f: Option<F>,
        // Dropped as soon as it has ended.
        #[pin]
        alternative: Option<S2>,
    }
}

impl<S, F, S2> SwitchOnError<S, F, S2> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source: Some(source), f: Some(f), alternative: None }
    }
}

impl<S, F, S2> Stream for SwitchOnError<S, F, S2>
where
    S: TryStream,
    F: FnOnce(S::Error) -> S2,
    S2: TryStream<Ok = S::Ok>,
{
    type Item = Result<S::Ok, S2::Error>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if let Some(source) = this.source.as_mut().as_pin_mut() {
            let polled = ready!(source.try_poll_next(cx));
            if let Some(Ok(item)) = polled {
                return Poll::Ready(Some(Ok(item)));
            }
            this.source.set(None);
            let Some((error, f)) = polled.and_then(Result::err).zip(this.f.take()) else {
                return Poll::Ready(None);
            };
            this.alternative.set(Some(f(error)));
        }
        let Some(alternative) = this.alternative.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let polled = ready!(alternative.try_poll_next(cx));
        if polled.is_none() {
            this.alternative.set(None);
        }
        Poll::Ready(polled)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match (&self.source, &self.alternative) {
            // Nobody knows how many items the alternative will have, unless it can no more be.
            (Some(source), _) if source.size_hint().1 != Some(0) => (0, None),
            (_, Some(alternative)) => alternative.size_hint(),
            _ => (0, Some(0)),
        }
    }
}

impl<S, F, S2> FusedStream for SwitchOnError<S, F, S2>
where
    S: TryStream,
    F: FnOnce(S::Error) -> S2,
    S2: TryStream<Ok = S::Ok>,
{
    fn is_terminated(&self) -> bool {
        self.source.is_none() && self.alternative.is_none()
    }
}

impl<S, F, S2> Progress for SwitchOnError<S, F, S2>
where
    S: Progress + TryStream,
    F: FnOnce(S::Error) -> S2,
    S2: Progress + TryStream<Ok = S::Ok>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if let Some(source) = this.source.as_pin_mut() {
            return source.poll_progress(cx);
        }
        this.alternative.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx))
    }
}

// The other stream is one of the user's, made of an error that is gone.
snapshot_fields!(
    [S: Snapshot, F, S2] SwitchOnError<S, F, S2>,
    "switch_on_error",
    busy this => this.alternative.is_some(),
    { part source }
);

impl<S: fmt::Debug, F, S2: fmt::Debug> fmt::Debug for SwitchOnError<S, F, S2> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SwitchOnError")
            .field("source", &self.source)
            .field("alternative", &self.alternative)
            .finish_non_exhaustive()
    }
}
