//! Every stream behind one virtual table.

use crate::machine::Progress;
use alloc::vec::Vec;
use core::pin::Pin;
use core::task::{Context, Poll};

/// What a box asks of the stream in it. Only the crate can call it; every stream has it.
pub trait Erased<T> {
    /// The next item.
    fn poll_one(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>>;

    /// Appends the items that are ready, at most `most`, and tells whether there may be more.
    ///
    /// The loop is compiled with the stream, so the virtual call is paid once for all of them.
    /// `Pending` and `Ready(false)` may have appended some, too.
    fn poll_fill(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        items: &mut Vec<T>,
        most: usize,
    ) -> Poll<bool>;

    /// [`Progress::poll_progress`].
    fn poll_onward(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// The stream's `size_hint`.
    fn hint(&self) -> (usize, Option<usize>);
}

impl<S: Progress> Erased<S::Item> for S {
    fn poll_one(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.poll_next(cx)
    }

    fn poll_fill(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        items: &mut Vec<S::Item>,
        most: usize,
    ) -> Poll<bool> {
        for _ in 0..most {
            match self.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => items.push(item),
                Poll::Ready(None) => return Poll::Ready(false),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(true)
    }

    fn poll_onward(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_progress(cx)
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.size_hint()
    }
}
