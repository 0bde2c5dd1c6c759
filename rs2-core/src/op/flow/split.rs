//! Two streams, by a question asked of each item.

use super::hub::{Hub, Route, Tap};
use super::lanes::Lanes;
use crate::machine::Progress;
use crate::metrics::{Loss, Losses};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// One side of [`split_rs2`](super::FlowExt::split_rs2).
#[must_use = "streams do nothing unless polled"]
pub struct Split<S: Stream, F>
where
    F: FnMut(&S::Item) -> bool,
{
    tap: Tap<S, BySide<F>>,
    losses: Losses,
}

const MATCHING: usize = 0;
const OTHERS: usize = 1;

/// Asks on which side an item belongs.
struct BySide<F> {
    pred: F,
    losses: Losses,
}

impl<S: Stream, F> Split<S, F>
where
    F: FnMut(&S::Item) -> bool,
{
    pub(super) fn pair(source: S, pred: F, capacity: usize) -> (Self, Self) {
        let losses = Losses::new();
        let hub = Hub::new(source, BySide { pred, losses: losses.clone() }, capacity);
        // The first lane of a hub is 0, the second 1.
        let matching = Self { tap: hub.tap(), losses: losses.clone() };
        let others = Self { tap: hub.tap(), losses };
        (matching, others)
    }

    /// How many items were meant for a side that is gone; the same handle on both sides.
    pub fn losses(&self) -> Losses {
        self.losses.clone()
    }
}

impl<T, F: FnMut(&T) -> bool> Route<T> for BySide<F> {
    #[inline]
    fn route(&mut self, item: T, own: usize, lanes: &mut Lanes<T>) -> Option<T> {
        let side = if (self.pred)(&item) { MATCHING } else { OTHERS };
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

impl<S: Stream, F> Stream for Split<S, F>
where
    F: FnMut(&S::Item) -> bool,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.tap.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.tap.size_hint()
    }
}

impl<S: Stream, F> FusedStream for Split<S, F>
where
    F: FnMut(&S::Item) -> bool,
{
    fn is_terminated(&self) -> bool {
        self.tap.is_terminated()
    }
}

impl<S: Progress, F> Progress for Split<S, F>
where
    F: FnMut(&S::Item) -> bool,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.tap.poll_progress(cx)
    }
}

impl<S: Stream, F> fmt::Debug for Split<S, F>
where
    F: FnMut(&S::Item) -> bool,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Split")
            .field("held", &self.tap.held())
            .field("ended", &self.tap.is_terminated())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
