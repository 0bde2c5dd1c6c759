//! Taking all a stream has, and judging it meanwhile.
#![allow(dead_code, unreachable_pub)]

use futures_core::{FusedStream, Stream};
use rs2_core::machine::Progress;
use std::fmt::Debug;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

/// Counts its wakes.
#[derive(Debug, Default)]
pub struct Wakes(AtomicUsize);

impl Wakes {
    pub fn waker(self: &Arc<Self>) -> Waker {
        self.clone().into()
    }
    pub fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// The items of a stream whose sources wake at once. It is taken as it is, and again with
/// `poll_progress` between all polls; both must give the same.
pub fn drain<S>(build: impl Fn() -> S) -> Vec<S::Item>
where
    S: Progress + FusedStream<Item: Debug + PartialEq>,
{
    let items = take_all(build(), false);
    assert_eq!(items, take_all(build(), true), "with progress between the polls");
    items
}

fn take_all<S: Progress + FusedStream>(stream: S, with_progress: bool) -> Vec<S::Item> {
    let mut stream = pin!(stream);
    let mut items = Vec::new();
    let mut hints = Vec::new();
    loop {
        hints.push((items.len(), stream.size_hint()));
        let wakes = Arc::<Wakes>::default();
        let over = stream.is_terminated();
        let polled = poll(stream.as_mut(), &wakes);
        assert!(!over || matches!(polled, Poll::Ready(None)), "it said that it had ended");
        match polled {
            Poll::Ready(Some(item)) => items.push(item),
            Poll::Ready(None) => break,
            Poll::Pending => assert!(wakes.count() > 0, "it waits for nobody's wake"),
        }
        if with_progress {
            let wakes = Arc::<Wakes>::default();
            let moved = stream.as_mut().poll_progress(&mut Context::from_waker(&wakes.waker()));
            assert!(moved.is_ready() || wakes.count() > 0, "progress waits for nobody's wake");
        }
    }
    assert!(stream.is_terminated());
    for _ in 0..3 {
        assert_eq!(stream.size_hint(), (0, Some(0)));
        assert!(matches!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None)));
    }
    for (before, (low, high)) in hints {
        let came = items.len() - before;
        let held = low <= came && high.is_none_or(|high| came <= high);
        assert!(held, "size_hint said ({low}, {high:?}), and {came} came");
    }
    items
}

pub fn poll<S: Stream>(stream: Pin<&mut S>, wakes: &Arc<Wakes>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(&wakes.waker()))
}
