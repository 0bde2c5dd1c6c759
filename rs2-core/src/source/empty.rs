//! A stream of nothing.

use crate::machine::{Progress, empty_snapshot};
use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// The stream of [`empty`].
#[must_use = "streams do nothing unless polled"]
pub struct Empty<T> {
    items: PhantomData<fn() -> T>,
}

/// Yields nothing and ends at once.
///
/// # Shape
/// No item.
/// # Cancel safety
/// Holds nothing.
/// # Cost
/// None. No allocation, no clock.
/// # Examples
/// ```
/// # use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let total = empty::<u32>().fold_sync_rs2(0, |sum, n| sum + n).await;
/// assert_eq!(total, 0);
/// # })
/// ```
#[doc(alias = "none")]
pub const fn empty<T>() -> Empty<T> {
    Empty { items: PhantomData }
}

impl<T> Stream for Empty<T> {
    type Item = T;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(None)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(0))
    }
}

impl<T> FusedStream for Empty<T> {
    fn is_terminated(&self) -> bool {
        true
    }
}

impl<T> Progress for Empty<T> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T> Clone for Empty<T> {
    fn clone(&self) -> Self {
        empty()
    }
}

empty_snapshot!(Empty<T>, "empty");

impl<T> fmt::Debug for Empty<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Empty")
    }
}
