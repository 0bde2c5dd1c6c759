//! A stream of one item again and again.

use crate::machine::Progress;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// The stream of [`repeat`].
#[derive(Clone, Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Repeat<T> {
    item: T,
}

/// Yields clones of an item without end.
///
/// # Shape
/// As many items as are asked for; always ready.
/// # Cancel safety
/// Dropping the stream drops the item.
/// # Cost
/// One clone per item. No clock. A user's own `while let` over it never gives the task back; the
/// operators of this crate do, after 1,024 items.
/// # Examples
/// ```
/// # use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let line: String = repeat('-').take_rs2(4).collect_rs2().await;
/// assert_eq!(line, "----");
/// # })
/// ```
pub const fn repeat<T: Clone>(item: T) -> Repeat<T> {
    Repeat { item }
}

// The item is only ever lent to its `clone`.
impl<T> Unpin for Repeat<T> {}

impl<T: Clone> Stream for Repeat<T> {
    type Item = T;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(Some(self.item.clone()))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

impl<T: Clone> FusedStream for Repeat<T> {
    fn is_terminated(&self) -> bool {
        false
    }
}

impl<T: Clone> Progress for Repeat<T> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
