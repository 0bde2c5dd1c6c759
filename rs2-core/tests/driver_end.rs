//! The one poll loop at its end: fused, also after a panic.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/teller.rs"]
mod teller;
#[path = "common/ticking.rs"]
mod ticking;

use futures_core::{FusedStream, Stream};
use patchy::ByHand;
use rs2_core::machine::{Drive, Machine, Progress};
use rs2_core::time::Instant;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use teller::{Driven, Seen, Teller, driven, out, poll};
use ticking::Ticking;

/// After the end nothing is asked of the source or the clock.
fn is_over(stream: &mut Driven, source: &ByHand<u32>, clock: &Ticking) {
    let before = (source.polls(), clock.readings.get());
    for _ in 0..3 {
        assert_eq!(poll(stream), Poll::Ready(None));
    }
    assert_eq!((source.polls(), clock.readings.get()), before);
    assert!(stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, Some(0)));
    let progress = Pin::new(stream).poll_progress(&mut Context::from_waker(Waker::noop()));
    assert_eq!(progress, Poll::Ready(()));
}

#[test]
fn after_the_end_comes_nothing() {
    let (mut stream, source, clock) = driven(Teller::default());
    source.end();
    assert_eq!(poll(&mut stream), out(Seen::End(0)));
    assert_eq!(poll(&mut stream), Poll::Ready(None));
    is_over(&mut stream, &source, &clock);
}

#[test]
fn a_silent_end_is_an_end() {
    struct Quiet;
    impl Machine for Quiet {
        type In = u32;
        type Out = u32;
        fn on_item(&mut self, _now: Instant, _item: u32) -> Option<u32> {
            None
        }
    }
    let source: ByHand<u32> = ByHand::default();
    source.end();
    let mut stream = Drive::new(source, Quiet, Ticking::default());
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Ready(None));
    assert!(stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, Some(0)));
}

#[test]
fn a_machine_that_is_done_ends_the_stream_without_asking_the_source() {
    let machine = Teller { ends_after: Some(2), extra: 1, ..Teller::default() };
    let (mut stream, source, clock) = driven(machine);
    (0..5).for_each(|item| source.give(item));
    let mut seen = Vec::new();
    while let Poll::Ready(Some(next)) = poll(&mut stream) {
        seen.push(next);
    }
    assert_eq!(seen, [Seen::Item(0, 0), Seen::More(0), Seen::Item(1, 0), Seen::More(0)]);
    assert_eq!(source.polls(), 2);
    is_over(&mut stream, &source, &clock);
}

#[test]
fn after_a_panic_nothing_is_entered_again() {
    let seen = [Seen::Item(7, 0), Seen::Deadline(10), Seen::End(0)];
    for panics_on in seen {
        let machine = Teller { wait: Some(10), panics_on: Some(panics_on), ..Teller::default() };
        let (mut stream, source, clock) = driven(machine);
        source.give(1);
        assert_eq!(poll(&mut stream), out(Seen::Item(1, 0)));
        match panics_on {
            Seen::Item(item, _) => source.give(item),
            Seen::Deadline(now) => clock.now.set(now),
            _ => source.end(),
        }
        let panicked = catch_unwind(AssertUnwindSafe(|| poll(&mut stream)));
        assert!(panicked.is_err(), "{panics_on:?}");
        source.give(2);
        is_over(&mut stream, &source, &clock);
    }
}

#[test]
fn after_a_panic_of_the_source_it_is_not_asked_again() {
    let mut asked = 0;
    let source = futures_util::stream::poll_fn(move |_| -> Poll<Option<u32>> {
        asked += 1;
        assert!(asked <= 2, "asked again");
        if asked == 2 { panic!("as told") } else { Poll::Ready(Some(1)) }
    });
    let mut stream = Drive::new(source, Teller::default(), Ticking::default());
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), out(Seen::Item(1, 0)));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        Pin::new(&mut stream).poll_next(&mut Context::from_waker(Waker::noop()))
    }));
    assert!(panicked.is_err());
    assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Ready(None));
    assert!(stream.is_terminated());
}
