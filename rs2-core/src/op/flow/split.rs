//! Several streams, by a question asked of each item.

use super::hub::{Hub, Route, Tap};
use super::lanes::Lanes;
use crate::machine::Progress;
use crate::metrics::{Loss, Losses};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// Tells on which side of a split an item belongs.
pub trait Sides<T> {
    /// How many sides there are.
    fn count(&self) -> usize;
    /// The number of the side of `item`, less than there are.
    fn side_of(&mut self, item: &T) -> usize;
}

/// What matches on the first side, the rest on the second.
#[derive(Clone, Copy)]
pub struct Matching<F>(pub(super) F);

impl<T, F: FnMut(&T) -> bool> Sides<T> for Matching<F> {
    fn count(&self) -> usize {
        2
    }

    #[inline]
    fn side_of(&mut self, item: &T) -> usize {
        usize::from(!(self.0)(item))
    }
}

/// Sides by the remainder of a number, such as the hash of a key.
#[derive(Clone, Copy)]
pub struct ByHash<F> {
    pub(super) hash: F,
    pub(super) count: usize,
}

impl<T, F: FnMut(&T) -> u64> Sides<T> for ByHash<F> {
    fn count(&self) -> usize {
        self.count
    }

    #[inline]
    fn side_of(&mut self, item: &T) -> usize {
        ((self.hash)(item) % self.count as u64) as usize
    }
}

/// One side of [`split_rs2`](super::FlowExt::split_rs2) or
/// [`partition_rs2`](super::FlowExt::partition_rs2).
#[must_use = "streams do nothing unless polled"]
pub struct Split<S: Stream, C: Sides<S::Item>> {
    tap: Tap<S, BySide<C>>,
    losses: Losses,
}

/// Asks on which side an item belongs.
struct BySide<C> {
    sides: C,
    losses: Losses,
}

/// What matches, and the others.
pub type BothSides<S, F> = (Split<S, Matching<F>>, Split<S, Matching<F>>);

impl<S: Stream, F: FnMut(&S::Item) -> bool> Split<S, Matching<F>> {
    pub(super) fn pair(source: S, pred: F, capacity: usize) -> BothSides<S, F> {
        let mut sides = Self::all(source, Matching(pred), capacity);
        match (sides.next(), sides.next()) {
            (Some(matching), Some(others)) => (matching, others),
            _ => unreachable!("there are two sides"),
        }
    }
}

impl<S: Stream, C: Sides<S::Item>> Split<S, C> {
    /// All sides, in the order of their numbers.
    pub(super) fn all(source: S, sides: C, capacity: usize) -> impl Iterator<Item = Self> {
        let (losses, count) = (Losses::new(), sides.count());
        let hub = Hub::new(source, BySide { sides, losses: losses.clone() }, capacity);
        // The lanes of a hub are numbered in the order in which they are opened.
        (0..count).map(move |_| Self { tap: hub.tap(), losses: losses.clone() })
    }

    /// How many items were meant for a side that is gone; the same handle on all sides.
    pub fn losses(&self) -> Losses {
        self.losses.clone()
    }
}

impl<T, C: Sides<T>> Route<T> for BySide<C> {
    #[inline]
    fn route(&mut self, item: T, own: usize, lanes: &mut Lanes<T>) -> Option<T> {
        let side = self.sides.side_of(&item);
        if side == own {
            return Some(item);
        }
        if lanes.is_open(side) {
            lanes.push(side, item);
        } else {
            self.losses.count(Loss::Abandoned);
        }
        None
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, high)
    }

    fn abandoned(&mut self, items: usize) {
        self.losses.count_many(Loss::Abandoned, items as u64);
    }
}

impl<S: Stream, C: Sides<S::Item>> Stream for Split<S, C> {
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.tap.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.tap.size_hint()
    }
}

impl<S: Stream, C: Sides<S::Item>> FusedStream for Split<S, C> {
    fn is_terminated(&self) -> bool {
        self.tap.is_terminated()
    }
}

impl<S: Progress, C: Sides<S::Item>> Progress for Split<S, C> {
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.tap.poll_progress(cx)
    }
}

impl<S: Stream, C: Sides<S::Item>> fmt::Debug for Split<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Split")
            .field("held", &self.tap.held())
            .field("ended", &self.tap.is_terminated())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for Matching<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Matching(..)")
    }
}

impl<F> fmt::Debug for ByHash<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHash").field("count", &self.count).finish_non_exhaustive()
    }
}
