//! divert against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;

use futures_executor::block_on;
use futures_sink::Sink;
use futures_util::stream::StreamExt;
use patchy::{ByHand, Patchy};
use proptest::prelude::*;
use rs2_core::metrics::Loss;
use rs2_core::prelude::*;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

proptest! {
    #[test]
    fn a_sink_gets_what_matches_and_the_stream_the_rest(
        steps in prop::collection::vec((0..3_u8, 0..1_000_u32), 0..60),
        stalls in prop::collection::vec(0..3_u8, 0..60),
        fails_after in prop_oneof![Just(usize::MAX), 0..20_usize],
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let (evens, odds): (Vec<u32>, Vec<u32>) = items.iter().partition(|n| *n % 2 == 0);
        let mut sink = Moody { stalls: stalls.into(), left: fails_after, ..Moody::default() };
        let mut diverted = Patchy::new(steps).divert_rs2(|n| n % 2 == 0, &mut sink);
        let passed: Vec<u32> = block_on(diverted.by_ref().collect());
        prop_assert_eq!(passed, odds);
        prop_assert_eq!(block_on(diverted.next()), None);
        let failed = evens.len() > fails_after;
        prop_assert_eq!(diverted.sink_error().is_some(), failed);
        let lost = evens.len().saturating_sub(fails_after);
        prop_assert_eq!(diverted.losses().of(Loss::Failed), lost as u64);
        prop_assert_eq!(&sink.got[..], &evens[..evens.len() - lost]);
        prop_assert_eq!(sink.closed, !failed);
    }
}

/// A sink that stalls before each step, refuses an item after `left` of them, and panics when it
/// is used against its contract or after its error.
#[derive(Debug, Default)]
struct Moody {
    stalls: VecDeque<u8>,
    left: usize,
    ready: bool,
    failed: bool,
    closed: bool,
    unflushed: bool,
    got: Vec<u32>,
}

impl Moody {
    fn stall(&mut self, cx: &Context<'_>) -> Poll<Result<(), &'static str>> {
        assert!(!self.failed && !self.closed, "called after its end");
        match self.stalls.front_mut() {
            Some(stalls @ 1..) => {
                *stalls -= 1;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            _ => self.stalls.pop_front(),
        };
        Poll::Ready(Ok(()))
    }
}

impl Sink<u32> for &mut Moody {
    type Error = &'static str;
    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let polled = self.stall(cx);
        self.ready = polled.is_ready();
        polled
    }
    fn start_send(mut self: Pin<&mut Self>, item: u32) -> Result<(), Self::Error> {
        assert!(std::mem::take(&mut self.ready), "an item before the sink was ready");
        if self.left == 0 {
            self.failed = true;
            return Err("no more");
        }
        self.left -= 1;
        self.unflushed = true;
        self.got.push(item);
        Ok(())
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let polled = self.stall(cx);
        self.unflushed &= polled.is_pending();
        polled
    }
    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let polled = self.stall(cx);
        self.closed = polled.is_ready();
        polled
    }
}

#[test]
fn diverted_items_are_flushed_while_the_source_is_silent() {
    let source = ByHand::default();
    let mut sink = Moody { left: 9, ..Moody::default() };
    let mut diverted = source.clone().divert_rs2(|n| n % 2 == 0, &mut sink);
    source.give(2);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(diverted.poll_next_unpin(&mut cx).is_pending());
    drop(diverted);
    assert_eq!((&sink.got[..], sink.unflushed), (&[2][..], false));
}
