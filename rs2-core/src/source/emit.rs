//! A stream of one item.

use crate::machine::Progress;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// The stream of [`emit`].
#[derive(Clone, Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Emit<T> {
    item: Option<T>,
}

/// Yields one item.
///
/// # Shape
/// Exactly one item; always ready.
/// # Cancel safety
/// Dropping the stream drops the item, unless it has gone out.
/// # Cost
/// One move of the item. No allocation, no clock.
/// # Examples
/// ```
/// # use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let table = emit("name,age").concat_rs2(from_iter(["ann,30", "bob,40"]));
/// let lines: Vec<&str> = table.collect_rs2().await;
/// assert_eq!(lines, ["name,age", "ann,30", "bob,40"]);
/// # })
/// ```
#[doc(alias = "once")]
#[doc(alias = "just")]
#[doc(alias = "single")]
pub fn emit<T>(item: T) -> Emit<T> {
    Emit { item: Some(item) }
}

// The item is only ever moved out.
impl<T> Unpin for Emit<T> {}

impl<T> Stream for Emit<T> {
    type Item = T;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(self.item.take())
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.item.is_some());
        (left, Some(left))
    }
}

impl<T> FusedStream for Emit<T> {
    fn is_terminated(&self) -> bool {
        self.item.is_none()
    }
}

impl<T> Progress for Emit<T> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
