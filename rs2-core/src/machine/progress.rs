//! Moving what is in flight while nobody asks for an item.

use core::ops::DerefMut;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;

/// A stream whose work in flight can be moved along without taking an item from it.
///
/// A stream that holds futures of its own makes no progress while its consumer is busy with the
/// last item. Who waits for something else can call [`poll_progress`](Self::poll_progress) in the
/// meantime. Every stream of RS2 has it when its source has it, and passes the call on; a stream
/// from elsewhere enters through [`foreign_rs2`](crate::op::TransformExt::foreign_rs2).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream that has `Progress`",
    note = "a stream from elsewhere has it after `.foreign_rs2()`"
)]
pub trait Progress: Stream {
    /// Advances what is in flight, and yields no item. `Ready` when there is nothing in flight that
    /// could advance before the next item is asked for; `Pending` leaves the task's waker with
    /// whatever is waited on.
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

impl<S: Progress + Unpin + ?Sized> Progress for &mut S {
    #[inline]
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut **self).poll_progress(cx)
    }
}

impl<P> Progress for Pin<P>
where
    P: DerefMut<Target: Progress> + Unpin,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.get_mut().as_mut().poll_progress(cx)
    }
}

/// Implements [`Progress`] for a stream that holds nothing in flight itself, by its pinned source.
macro_rules! forward_progress {
    ($name:ident<$source:ident $(, $other:ident)*> where $($bounds:tt)*) => {
        impl<$source $(, $other)*> $crate::machine::Progress for $name<$source $(, $other)*>
        where
            $source: $crate::machine::Progress,
            Self: futures_core::Stream,
            $($bounds)*
        {
            #[inline]
            fn poll_progress(
                self: core::pin::Pin<&mut Self>,
                cx: &mut core::task::Context<'_>,
            ) -> core::task::Poll<()> {
                self.project().source.poll_progress(cx)
            }
        }
    };
    ($name:ident<$source:ident $(, $other:ident)*>) => {
        forward_progress!($name<$source $(, $other)*> where);
    };
}
pub(crate) use forward_progress;
