//! The two sources of a join, taken in turns.

use crate::machine::Progress;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;
use pin_project_lite::pin_project;

pin_project! {
    /// Two sources as one, which ends when both have.
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Sides<A, B> {
        #[pin]
        left: A,
        #[pin]
        right: B,
        left_ended: bool,
        right_ended: bool,
        // Whose turn it is: not that of the side which yielded last.
        right_first: bool,
    }
}

/// An item of either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side<T, U> {
    /// From the stream that was joined.
    Left(T),
    /// From the other one.
    Right(U),
}

impl<A, B> Sides<A, B> {
    pub(super) fn new(left: A, right: B) -> Self {
        Self { left, right, left_ended: false, right_ended: false, right_first: false }
    }
}

impl<A: Stream, B: Stream> Stream for Sides<A, B> {
    type Item = Side<A::Item, B::Item>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        for _turn in 0..2 {
            let right_now = mem::replace(this.right_first, !*this.right_first);
            let polled = match right_now {
                true if !*this.right_ended => {
                    this.right.as_mut().poll_next(cx).map(|item| item.map(Side::Right))
                }
                false if !*this.left_ended => {
                    this.left.as_mut().poll_next(cx).map(|item| item.map(Side::Left))
                }
                _ => continue,
            };
            match polled {
                Poll::Ready(Some(item)) => return Poll::Ready(Some(item)),
                Poll::Ready(None) if right_now => *this.right_ended = true,
                Poll::Ready(None) => *this.left_ended = true,
                Poll::Pending => {}
            }
        }
        if *this.left_ended && *this.right_ended { Poll::Ready(None) } else { Poll::Pending }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.left_ended { (0, Some(0)) } else { self.left.size_hint() };
        let right = if self.right_ended { (0, Some(0)) } else { self.right.size_hint() };
        let high = left.1.zip(right.1).and_then(|(left, right)| left.checked_add(right));
        (left.0.saturating_add(right.0), high)
    }
}

impl<A: Progress, B: Progress> Progress for Sides<A, B> {
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let left = if *this.left_ended { Poll::Ready(()) } else { this.left.poll_progress(cx) };
        let right = if *this.right_ended { Poll::Ready(()) } else { this.right.poll_progress(cx) };
        if left.is_pending() { left } else { right }
    }
}

#[cfg(feature = "snapshot")]
impl<A: Snapshot, B: Snapshot> Snapshot for Sides<A, B> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sides", 1)?;
        to.put(&(self.left_ended, self.right_ended, self.right_first))?;
        self.left.save(to)?;
        self.right.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sides", 1)?;
        (self.left_ended, self.right_ended, self.right_first) = from.take()?;
        self.left.restore(from)?;
        self.right.restore(from)
    }
}
