//! The items on one stream, the errors on another.

use super::{Matching, Split};
use crate::machine::Progress;
use crate::metrics::Losses;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// Asks whether an item is an `Ok`.
type IsOk<T> = fn(&T) -> bool;

/// One side of [`split_errors_rs2`](super::FlowExt::split_errors_rs2).
macro_rules! side {
    ($(#[$doc:meta])* $name:ident, $Out:ident, $pick:path) => {
        $(#[$doc])*
        #[must_use = "streams do nothing unless polled"]
        pub struct $name<S: Stream> {
            side: Split<S, Matching<IsOk<S::Item>>>,
        }

        impl<S: Stream> $name<S> {
            /// How many items and errors were meant for a side that is gone; the same handle on
            /// both sides.
            pub fn losses(&self) -> Losses {
                self.side.losses()
            }
        }

        impl<S, T, E> Stream for $name<S>
        where
            S: Stream<Item = Result<T, E>>,
        {
            type Item = $Out;

            #[inline]
            fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<$Out>> {
                let polled = Pin::new(&mut self.side).poll_next(cx);
                // Nothing else comes on this side, so this never makes an end of an item.
                polled.map(|item| item.and_then($pick))
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.side.size_hint()
            }
        }

        impl<S, T, E> FusedStream for $name<S>
        where
            S: Stream<Item = Result<T, E>>,
        {
            fn is_terminated(&self) -> bool {
                self.side.is_terminated()
            }
        }

        impl<S, T, E> Progress for $name<S>
        where
            S: Progress<Item = Result<T, E>>,
        {
            fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
                Pin::new(&mut self.side).poll_progress(cx)
            }
        }

        impl<S: Stream> fmt::Debug for $name<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.side).finish()
            }
        }
    };
}

side!(
    /// The items of [`split_errors_rs2`](super::FlowExt::split_errors_rs2).
    SplitOk,
    T,
    Result::ok
);
side!(
    /// The errors of [`split_errors_rs2`](super::FlowExt::split_errors_rs2).
    SplitErr,
    E,
    Result::err
);

pub(super) fn pair<S, T, E>(source: S, capacity: usize) -> (SplitOk<S>, SplitErr<S>)
where
    S: Stream<Item = Result<T, E>>,
{
    let is_ok: IsOk<S::Item> = Result::is_ok;
    let (ok, err) = Split::pair(source, is_ok, capacity);
    (SplitOk { side: ok }, SplitErr { side: err })
}
