//! A stream from an iterator.

use crate::machine::Progress;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// The stream of [`from_iter`].
#[derive(Clone)]
#[must_use = "streams do nothing unless polled"]
pub struct FromIter<I> {
    iter: Option<I>,
}

/// Yields the items of an iterator.
///
/// # Shape
/// One item out for each of the iterator's, in order; always ready.
/// # Cancel safety
/// Dropping the stream loses what the iterator has not yet given.
/// # Cost
/// That of the iterator. No allocation, no clock. A user's own `while let` over it never gives the
/// task back; the operators of this crate do, after 1,024 items.
/// # Examples
/// ```
/// # use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let doubled: Vec<u32> = from_iter([1, 2, 3]).map_rs2(|n| 2 * n).collect_rs2().await;
/// assert_eq!(doubled, [2, 4, 6]);
/// # })
/// ```
#[doc(alias = "iter")]
pub fn from_iter<I: IntoIterator>(items: I) -> FromIter<I::IntoIter> {
    FromIter { iter: Some(items.into_iter()) }
}

// The iterator is only ever reached through `&mut`.
impl<I> Unpin for FromIter<I> {}

impl<I: Iterator> Stream for FromIter<I> {
    type Item = I::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        let Some(iter) = &mut self.iter else { return Poll::Ready(None) };
        let item = iter.next();
        if item.is_none() {
            self.iter = None;
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.iter.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<I: Iterator> FusedStream for FromIter<I> {
    fn is_terminated(&self) -> bool {
        self.iter.is_none()
    }
}

impl<I: Iterator> Progress for FromIter<I> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<I> fmt::Debug for FromIter<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromIter").field("ended", &self.iter.is_none()).finish()
    }
}
