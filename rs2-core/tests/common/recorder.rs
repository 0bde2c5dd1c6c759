//! Streams polled at every instant, and what came of it.
#![allow(dead_code, unreachable_pub)]

use crate::patchy::ByHand;
use crate::ticking::Ticking;
use futures_core::{FusedStream, Stream};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses, Reports};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// An item and when it comes or goes.
pub type At<T> = (T, u64);

/// Longer than anything in a test takes.
pub const HORIZON: u64 = 1_000;

pub fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

/// Arrivals in order, numbered, and the end.
pub fn arrivals() -> impl Strategy<Value = (Vec<At<usize>>, u64)> {
    let gaps = prop::collection::vec(0..12_u64, 0..20);
    (gaps, 0..12_u64).prop_map(|(gaps, rest)| {
        let mut at = 0;
        let after = |gap: u64| {
            at += gap;
            at
        };
        let times: Vec<u64> = gaps.into_iter().map(after).collect();
        (times.into_iter().enumerate().collect(), at + rest)
    })
}

/// What comes out of a stream that is polled at every instant, and when it ends.
pub fn record<S, F>(arrivals: &[At<usize>], end: u64, build: F) -> (Vec<At<S::Item>>, u64)
where
    S: Stream + FusedStream,
    F: FnOnce(ByHand<usize>, Ticking) -> S,
{
    let (source, clock) = (ByHand::default(), Ticking::default());
    let mut stream = Box::pin(build(source.clone(), clock.clone()));
    let mut waiting: VecDeque<At<usize>> = arrivals.iter().copied().collect();
    let (mut outs, mut hints) = (Vec::new(), Vec::new());
    for now in 0..HORIZON {
        clock.now.set(now);
        while waiting.front().is_some_and(|(_, at)| *at == now) {
            waiting.pop_front().into_iter().for_each(|(item, _)| source.give_silently(item));
        }
        if now == end {
            source.end_silently();
        }
        loop {
            hints.push((outs.len(), stream.size_hint()));
            match poll(stream.as_mut()) {
                Poll::Ready(Some(item)) => outs.push((item, now)),
                Poll::Ready(None) => {
                    assert!(stream.is_terminated());
                    assert_eq!(stream.size_hint(), (0, Some(0)));
                    assert!(matches!(poll(stream.as_mut()), Poll::Ready(None)));
                    for (before, (low, high)) in hints {
                        let came = outs.len() - before;
                        assert!(low <= came && high.is_none_or(|high| came <= high));
                    }
                    return (outs, now);
                }
                Poll::Pending => break,
            }
        }
    }
    panic!("it does not end");
}

pub fn poll<S: Stream>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

/// [`record`], and that what did not come out was counted.
pub fn record_lossy<S, F>(arrivals: &[At<usize>], end: u64, build: F) -> (Vec<At<usize>>, u64)
where
    S: Stream<Item = usize> + FusedStream + Reports,
    F: FnOnce(ByHand<usize>, Ticking) -> S,
{
    let mut losses = Losses::new();
    let (outs, ended) = record(arrivals, end, |source, clock| {
        let stream = build(source, clock);
        losses = stream.losses().clone();
        stream
    });
    assert_eq!(outs.len() as u64 + losses.of(Loss::Suppressed), arrivals.len() as u64);
    assert_eq!(losses.total(), losses.of(Loss::Suppressed));
    (outs, ended)
}
