//! Sources for the tests: Pending here and there, or filled by hand.
#![allow(dead_code, unreachable_pub)]

use futures_core::Stream;
use rs2_core::machine::Progress;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// Yields its items; before an item it may be Pending several times, each with a wake of its own.
/// Panics when polled after its end.
#[derive(Debug)]
pub struct Patchy<T> {
    steps: VecDeque<(u8, T)>,
    ended: bool,
}

impl<T> Patchy<T> {
    pub fn new(steps: impl IntoIterator<Item = (u8, T)>) -> Self {
        Self { steps: steps.into_iter().collect(), ended: false }
    }
}

impl<T: Unpin> Stream for Patchy<T> {
    type Item = T;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        assert!(!self.ended, "polled after its end");
        match self.steps.front_mut() {
            Some((stalls @ 1.., _)) => {
                *stalls -= 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            _ => {
                let item = self.steps.pop_front().map(|(_, item)| item);
                self.ended = item.is_none();
                Poll::Ready(item)
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.steps.len(), Some(self.steps.len()))
    }
}

impl<T: Unpin> Progress for Patchy<T> {
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// A source that yields what the test gives it; clones are the test's handles on it.
#[derive(Debug)]
pub struct ByHand<T>(Arc<Mutex<Given<T>>>);

#[derive(Debug)]
struct Given<T> {
    items: VecDeque<T>,
    ended: bool,
    polls: usize,
    waker: Option<Waker>,
}

impl<T> Clone for ByHand<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for ByHand<T> {
    fn default() -> Self {
        let given = Given { items: VecDeque::new(), ended: false, polls: 0, waker: None };
        Self(Arc::new(Mutex::new(given)))
    }
}

impl<T> ByHand<T> {
    pub fn give(&self, item: T) {
        let mut given = self.0.lock().unwrap();
        given.items.push_back(item);
        let waker = given.waker.take();
        drop(given);
        waker.into_iter().for_each(Waker::wake);
    }
    pub fn end(&self) {
        let mut given = self.0.lock().unwrap();
        given.ended = true;
        let waker = given.waker.take();
        drop(given);
        waker.into_iter().for_each(Waker::wake);
    }
    /// Gives an item and wakes nobody, now or later: as a timer does that is polled at its deadline
    /// before it fired. It is for who polls next.
    pub fn give_silently(&self, item: T) {
        let mut given = self.0.lock().unwrap();
        given.items.push_back(item);
        given.waker = None;
    }
    /// Ends and wakes nobody.
    pub fn end_silently(&self) {
        let mut given = self.0.lock().unwrap();
        given.ended = true;
        given.waker = None;
    }
    pub fn polls(&self) -> usize {
        self.0.lock().unwrap().polls
    }
    pub fn handles(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

impl<T> Stream for ByHand<T> {
    type Item = T;
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut given = self.0.lock().unwrap();
        given.polls += 1;
        match given.items.pop_front() {
            Some(item) => Poll::Ready(Some(item)),
            None if given.ended => Poll::Ready(None),
            None => {
                given.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Progress for ByHand<T> {
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// A future that is Pending so many times, each with a wake of its own.
pub async fn yield_times(times: u8) {
    let mut left = times;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
