//! The way of late items: from operators, through a bounded queue, to a reader.

use super::LateItem;
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::OnFull;
use crate::sync::{Arc, Lock};
use alloc::collections::VecDeque;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures_core::{FusedStream, Stream};

/// Where operators hand the items that they leave out. Clones lead to the same reader, so several
/// operators can share one.
pub struct Late<T> {
    way: Arc<Way<T>>,
}

/// The items that operators left out, in the order in which they did. Ends once everything is read
/// and no operator can hand over more: each has come to its end, or was dropped.
#[must_use = "streams do nothing unless polled"]
pub struct LateItems<T> {
    way: Arc<Way<T>>,
}

struct Way<T> {
    waiting: Lock<Waiting<T>>,
    capacity: usize,
    on_full: OnFull,
    losses: Losses,
}

struct Waiting<T> {
    items: VecDeque<LateItem<T>>,
    outlets: usize,
    // Nothing is taken any more: the reader is gone, or it was full and told to stop then.
    closed: bool,
    reader: Option<Waker>,
}

impl<T> Late<T> {
    /// An outlet and its reader, with room for `capacity` items: what does not fit because nobody
    /// reads is dropped, and counted as [`Loss::Full`] in the reader's [`losses`](Reports::losses).
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded(capacity: usize) -> (Self, LateItems<T>) {
        Self::bounded_with(capacity, OnFull::Reject)
    }

    /// [`bounded`](Self::bounded) with another answer to full: [`OnFull::Evict`] drops the oldest
    /// item instead, counted as [`Loss::Evicted`]; [`OnFull::Stop`] ends the stream of late items
    /// after those that it has. The operators themselves go on in any case.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded_with(capacity: usize, on_full: OnFull) -> (Self, LateItems<T>) {
        assert!(capacity > 0, "an outlet needs room for at least one item");
        let items = VecDeque::new();
        let waiting = Lock::new(Waiting { items, outlets: 1, closed: false, reader: None });
        let way = Arc::new(Way { waiting, capacity, on_full, losses: Losses::new() });
        (Self { way: way.clone() }, LateItems { way })
    }

    /// Takes an item that was left out. Destructors and wakers run outside of the lock.
    pub(super) fn hand(&self, item: LateItem<T>) {
        let Way { waiting, capacity, on_full, losses } = &*self.way;
        let (dropped, reader) = waiting.with(|waiting| {
            if waiting.closed {
                losses.count(Loss::Abandoned);
                return (Some(item), None);
            }
            let mut dropped = None;
            if waiting.items.len() >= *capacity {
                match on_full {
                    OnFull::Evict => {
                        losses.count(Loss::Evicted);
                        dropped = waiting.items.pop_front();
                    }
                    OnFull::Reject => {
                        losses.count(Loss::Full);
                        return (Some(item), None);
                    }
                    OnFull::Stop => {
                        losses.stop();
                        waiting.closed = true;
                        return (Some(item), waiting.reader.take());
                    }
                }
            }
            waiting.items.push_back(item);
            (dropped, waiting.reader.take())
        });
        drop(dropped);
        reader.into_iter().for_each(Waker::wake);
    }
}

impl<T> Clone for Late<T> {
    fn clone(&self) -> Self {
        self.way.waiting.with(|waiting| waiting.outlets += 1);
        Self { way: self.way.clone() }
    }
}

impl<T> Drop for Late<T> {
    fn drop(&mut self) {
        let reader = self.way.waiting.with(|waiting| {
            waiting.outlets -= 1;
            if waiting.outlets == 0 { waiting.reader.take() } else { None }
        });
        reader.into_iter().for_each(Waker::wake);
    }
}

impl<T> Waiting<T> {
    fn is_over(&self) -> bool {
        self.items.is_empty() && (self.closed || self.outlets == 0)
    }
}

impl<T> Stream for LateItems<T> {
    type Item = LateItem<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<LateItem<T>>> {
        // Cloned before the lock, and the one it replaces dropped after it.
        let waker = cx.waker().clone();
        let (polled, unused) = self.way.waiting.with(|waiting| match waiting.items.pop_front() {
            Some(item) => (Poll::Ready(Some(item)), Some(waker)),
            None if waiting.is_over() => (Poll::Ready(None), Some(waker)),
            None => (Poll::Pending, waiting.reader.replace(waker)),
        });
        drop(unused);
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.way.waiting.with(|waiting| {
            let there = waiting.items.len();
            let is_all = waiting.closed || waiting.outlets == 0;
            (there, is_all.then_some(there))
        })
    }
}

impl<T> FusedStream for LateItems<T> {
    fn is_terminated(&self) -> bool {
        self.way.waiting.with(|waiting| waiting.is_over())
    }
}

impl<T> Drop for LateItems<T> {
    fn drop(&mut self) {
        let (items, reader) = self.way.waiting.with(|waiting| {
            waiting.closed = true;
            (mem::take(&mut waiting.items), waiting.reader.take())
        });
        self.way.losses.count_many(Loss::Abandoned, items.len() as u64);
        drop((items, reader));
    }
}

/// Counts of late items that did not reach the reader.
impl<T> Reports for LateItems<T> {
    fn losses(&self) -> &Losses {
        &self.way.losses
    }
}

/// The items that wait to be read. Operators do not save them: they have left them out already.
#[cfg(feature = "snapshot")]
impl<T: Clone + serde::Serialize + serde::de::DeserializeOwned> Snapshot for LateItems<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("late_items", 1)?;
        // Serialising is the user's code, and does not run under the lock.
        let items = self.way.waiting.with(|waiting| waiting.items.clone());
        to.put_all(items.len(), items)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("late_items", 1)?;
        let mut items = VecDeque::new();
        from.take_all(|item| {
            items.push_back(item);
            if items.len() > self.way.capacity {
                return Err(SnapshotError::Full("late_items"));
            }
            Ok(())
        })?;
        self.way.waiting.with(|waiting| mem::swap(&mut waiting.items, &mut items));
        Ok(())
    }
}

impl<T> Way<T> {
    fn describe(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        f.debug_struct(name)
            .field("waiting", &self.waiting.with(|waiting| waiting.items.len()))
            .field("capacity", &self.capacity)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.way.describe(f, "Late")
    }
}

impl<T> fmt::Debug for LateItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.way.describe(f, "LateItems")
    }
}
