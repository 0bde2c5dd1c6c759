//! A position in a source that yields the same items each time it is made.

use crate::machine::{Budget, forward_progress};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`replayable_rs2`](super::TransformExt::replayable_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Replayable<S> {
        #[pin]
        source: S,
        // How many items have gone on, and how many are to be left out before the next one.
        position: u64,
        to_skip: u64,
        ended: bool,
    }
}

impl<S> Replayable<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, position: 0, to_skip: 0, ended: false }
    }

    /// How many items of the source have gone on, in this life and in those before it.
    pub fn position(&self) -> u64 {
        self.position
    }
}

impl<S: Stream> Stream for Replayable<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let mut budget = Budget::new();
        while !*this.ended {
            let Some(item) = ready!(this.source.as_mut().poll_next(cx)) else {
                *this.ended = true;
                break;
            };
            if *this.to_skip == 0 {
                *this.position += 1;
                return Poll::Ready(Some(item));
            }
            *this.to_skip -= 1;
            ready!(budget.spend(cx));
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.source.size_hint();
        let to_skip = usize::try_from(self.to_skip).unwrap_or(usize::MAX);
        (low.saturating_sub(to_skip), high.map(|high| high.saturating_sub(to_skip)))
    }
}

impl<S: Stream> FusedStream for Replayable<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(Replayable<S>);

#[cfg(feature = "snapshot")]
impl<S> Snapshot for Replayable<S> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("replayable", 1)?;
        to.put(&(self.position, self.ended))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("replayable", 1)?;
        (self.position, self.ended) = from.take()?;
        self.to_skip = self.position;
        Ok(())
    }
}
