//! Several streams as one.

use crate::out::Out;
use futures_core::{FusedStream, Stream};
use rs2_core::machine::Progress;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The stream of [`lanes`].
#[must_use = "streams do nothing unless polled"]
pub struct Lanes<S> {
    branches: Vec<Option<Pin<Box<S>>>>,
    // Where the next poll begins, so that no branch starves.
    turn: usize,
}

/// Yields the outputs of all branches as they come, each marked with the number of its branch.
///
/// For rows of operators with several outputs, and as a merge that is too simple to be wrong: it
/// polls every branch, in turn, with the waker of the task.
pub fn lanes<S: Stream>(branches: impl IntoIterator<Item = S>) -> Lanes<S> {
    Lanes { branches: branches.into_iter().map(|branch| Some(Box::pin(branch))).collect(), turn: 0 }
}

impl<S: Stream<Item: Into<Out>>> Stream for Lanes<S> {
    type Item = Out;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Out>> {
        let count = self.branches.len();
        let first = self.turn;
        for lane in (first..first + count).map(|place| place % count) {
            let Some(branch) = &mut self.branches[lane] else { continue };
            match branch.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    self.turn = (lane + 1) % count;
                    return Poll::Ready(Some(item.into().in_lane(lane)));
                }
                Poll::Ready(None) => self.branches[lane] = None,
                Poll::Pending => {}
            }
        }
        if self.is_terminated() { Poll::Ready(None) } else { Poll::Pending }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let hints = self.branches.iter().flatten().map(|branch| branch.size_hint());
        hints.fold((0, Some(0)), |(low, high), (more, most)| {
            let high =
                high.zip(most).and_then(|(high, most): (usize, usize)| high.checked_add(most));
            (low.saturating_add(more), high)
        })
    }
}

impl<S: Stream<Item: Into<Out>>> FusedStream for Lanes<S> {
    fn is_terminated(&self) -> bool {
        self.branches.iter().all(Option::is_none)
    }
}

impl<S: Progress<Item: Into<Out>>> Progress for Lanes<S> {
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut still = false;
        for branch in self.branches.iter_mut().flatten() {
            still |= branch.as_mut().poll_progress(cx).is_pending();
        }
        if still { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl<S> fmt::Debug for Lanes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").field("branches", &self.branches.len()).finish_non_exhaustive()
    }
}
