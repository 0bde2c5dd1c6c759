//! A stream whose type says nothing but its item.

mod collect;
mod erased;
mod fold;

pub use collect::BatchCollect;
pub use fold::BatchFold;

use crate::machine::{BUDGET, Foreign, Progress};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use erased::Erased;
use futures_core::{FusedStream, Stream};

/// A stream in a box: its type says what comes out and not how it is made.
///
/// It is for struct fields, for functions that return one stream or another, and for
/// [`Pipe`](crate::pipe::Pipe)s. Every operator works on it as on any other stream. `D` is what
/// stands behind the box; written without it the stream is `Send`, and [`LocalRS2Stream`] is the
/// one that is not.
///
/// One item asked for is one item taken from the stream inside, so nothing is read ahead. The two
/// futures that use all items up at once, [`fold_sync_rs2`](Self::fold_sync_rs2) and
/// [`collect_rs2`](Self::collect_rs2), are methods of its own that take a batch of what is ready
/// with each virtual call.
///
/// The stream inside must have [`Progress`], as all of RS2's do, so that what is in flight within
/// it is not forgotten. A stream from elsewhere comes by
/// [`foreign_rs2`](crate::op::TransformExt::foreign_rs2), or by `From` when it is in a box already.
///
/// # Examples
/// ```
/// use rs2_core::prelude::*;
///
/// fn numbers(backwards: bool) -> RS2Stream<u32> {
///     if backwards { from_iter((0..3).rev()).boxed_rs2() } else { from_iter(0..3).boxed_rs2() }
/// }
///
/// # futures_executor::block_on(async {
/// let doubled: Vec<u32> = numbers(true).map_rs2(|n| 2 * n).collect_rs2().await;
/// assert_eq!(doubled, [4, 2, 0]);
/// # })
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct RS2Stream<T, D: ?Sized = dyn Erased<T> + Send> {
    stream: Pin<Box<D>>,
    // Also set while the stream is polled, so that nothing goes on after a panic there.
    ended: bool,
    item: PhantomData<fn() -> T>,
}

/// [`RS2Stream`] for what stays on its thread:
/// [`boxed_local_rs2`](crate::op::TransformExt::boxed_local_rs2).
pub type LocalRS2Stream<T> = RS2Stream<T, dyn Erased<T>>;

impl<T: 'static> RS2Stream<T> {
    /// Puts a stream into a box. One that is an `RS2Stream` already is given back as it is.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let stream = RS2Stream::new(from_iter([1, 2]));
    /// assert_eq!(RS2Stream::new(stream).collect_rs2::<Vec<u32>>().await, [1, 2]);
    /// # })
    /// ```
    pub fn new<S>(stream: S) -> Self
    where
        S: Progress<Item = T> + Send + 'static,
    {
        in_one_box(stream, |stream| Self::around(Box::pin(stream)))
    }
}

impl<T: 'static> LocalRS2Stream<T> {
    pub(crate) fn local<S>(stream: S) -> Self
    where
        S: Progress<Item = T> + 'static,
    {
        in_one_box(stream, |stream| Self::around(Box::pin(stream)))
    }
}

/// The stream itself where it is the box that is asked for, so that boxes do not pile up.
fn in_one_box<S: 'static, B: 'static>(stream: S, into_box: impl FnOnce(S) -> B) -> B {
    let mut stream = Some(stream);
    let same = (&mut stream as &mut dyn Any).downcast_mut::<Option<B>>().and_then(Option::take);
    same.unwrap_or_else(|| into_box(stream.expect("only a box was taken out")))
}

impl<T, D: ?Sized + Erased<T>> RS2Stream<T, D> {
    fn around(stream: Pin<Box<D>>) -> Self {
        Self { stream, ended: false, item: PhantomData }
    }

    /// Appends a batch of the items that are ready, and tells whether there may be more.
    #[inline]
    fn poll_batch(&mut self, cx: &mut Context<'_>, items: &mut Vec<T>) -> Poll<bool> {
        if self.ended {
            return Poll::Ready(false);
        }
        self.ended = true;
        let polled = self.stream.as_mut().poll_fill(cx, items, const { batch::<T>() });
        self.ended = polled == Poll::Ready(false);
        polled
    }

    /// Yields what `f` makes of a value and all items, one after the other.
    ///
    /// It stands in for [`ConsumeExt::fold_sync_rs2`] and gives the same answer, with one virtual
    /// call for a batch of items.
    ///
    /// # Shape
    /// n items in, one value out: `init` when there was none.
    /// # End and errors
    /// Ready when the source has ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses the value. Who may stop early polls a `&mut` of it.
    /// # Backpressure and memory
    /// Takes up to 128 items that are ready before `f` sees the first of them, fewer where these
    /// would be more than 16 KiB. Between two polls it holds none.
    /// # Cost
    /// One call of `f` per item; one virtual call and two passes over a buffer for a batch. One
    /// allocation. Gives the task back after 1,024 items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let stream = from_iter(1..=4).boxed_rs2();
    /// assert_eq!(stream.fold_sync_rs2(0, |sum, n| sum + n).await, 10);
    /// # })
    /// ```
    ///
    /// [`ConsumeExt::fold_sync_rs2`]: crate::op::ConsumeExt::fold_sync_rs2
    pub fn fold_sync_rs2<A, F>(self, init: A, f: F) -> BatchFold<T, A, F, D>
    where
        F: FnMut(A, T) -> A,
    {
        BatchFold::new(self, init, f)
    }

    /// Yields every item in a collection.
    ///
    /// It stands in for [`ConsumeExt::collect_rs2`] and gives the same answer, with one virtual
    /// call for a batch of items.
    ///
    /// # Shape
    /// n items in, one collection out, in the order of the items.
    /// # End and errors
    /// Ready when the source has ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses what was collected. Who may stop early polls a `&mut` of it.
    /// # Backpressure and memory
    /// Holds every item, so it is for sources known to be short.
    /// # Cost
    /// One virtual call and one call of `extend` for a batch of at most 128 items. One allocation
    /// beside the collection's. Gives the task back after 1,024 items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let word: String = from_iter(['a', 'b']).boxed_rs2().collect_rs2().await;
    /// assert_eq!(word, "ab");
    /// # })
    /// ```
    ///
    /// [`ConsumeExt::collect_rs2`]: crate::op::ConsumeExt::collect_rs2
    pub fn collect_rs2<B>(self) -> BatchCollect<T, B, D>
    where
        B: Default + Extend<T>,
    {
        BatchCollect::new(self)
    }
}

/// How many items are taken with one virtual call: enough to make it cheap, few enough to stay in
/// the fastest cache. It divides the budget of a poll.
const fn batch<T>() -> usize {
    let mut most = 128;
    while most > 1 && most * size_of::<T>() > 16 * 1024 {
        most /= 2;
    }
    most
}

/// How many batches make up the budget of one poll.
const fn batches<T>() -> usize {
    BUDGET as usize / batch::<T>()
}

impl<T, D: ?Sized + Erased<T>> Stream for RS2Stream<T, D> {
    type Item = T;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.ended = true;
        let polled = self.stream.as_mut().poll_one(cx);
        self.ended = matches!(polled, Poll::Ready(None));
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.stream.hint() }
    }
}

impl<T, D: ?Sized + Erased<T>> FusedStream for RS2Stream<T, D> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T, D: ?Sized + Erased<T>> Progress for RS2Stream<T, D> {
    #[inline]
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        self.ended = true;
        let polled = self.stream.as_mut().poll_onward(cx);
        self.ended = false;
        polled
    }
}

/// A box of someone else's, which comes into one of ours: there is nothing in flight in it that we
/// could advance.
impl<T: 'static> From<Pin<Box<dyn Stream<Item = T> + Send>>> for RS2Stream<T> {
    fn from(stream: Pin<Box<dyn Stream<Item = T> + Send>>) -> Self {
        Self::new(Foreign::new(stream))
    }
}

impl<T, D: ?Sized> fmt::Debug for RS2Stream<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RS2Stream").field("ended", &self.ended).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[test]
    fn a_box_is_not_put_into_another() {
        let stream = RS2Stream::new(Foreign::new(stream::iter([1, 2])));
        let inside: *const _ = &*stream.stream;
        let again = RS2Stream::new(stream);
        assert!(core::ptr::addr_eq(inside, &*again.stream));
        let stream = LocalRS2Stream::local(Foreign::new(stream::iter([1, 2])));
        let inside: *const _ = &*stream.stream;
        assert!(core::ptr::addr_eq(inside, &*LocalRS2Stream::local(stream).stream));
    }

    #[test]
    fn batches_make_up_a_budget() {
        assert_eq!((batch::<()>(), batches::<()>()), (128, 8));
        assert_eq!((batch::<[u8; 128]>(), batches::<[u8; 128]>()), (128, 8));
        assert_eq!((batch::<[u8; 129]>(), batches::<[u8; 129]>()), (64, 16));
        assert_eq!((batch::<[u8; 1 << 20]>(), batches::<[u8; 1 << 20]>()), (1, 1_024));
    }
}
