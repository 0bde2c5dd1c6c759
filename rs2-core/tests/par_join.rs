//! Several streams at once, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use drain::{Wakes, drain, poll};
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::stream::StreamExt;
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

type Steps = Vec<(u8, u32)>;

/// Streams of items with stalls before them, and stalls before the streams themselves. Each item
/// names its stream.
fn streams() -> impl Strategy<Value = Vec<(u8, Steps)>> {
    let items = prop::collection::vec((0..3_u8, 0..100_u32), 0..8);
    prop::collection::vec((0..3_u8, items), 0..12).prop_map(|mut streams| {
        for (number, (_, items)) in streams.iter_mut().enumerate() {
            items.iter_mut().for_each(|(_, item)| *item += 100 * number as u32);
        }
        streams
    })
}

fn patchy(streams: &[(u8, Steps)]) -> Patchy<Patchy<u32>> {
    Patchy::new(streams.iter().map(|(stalls, steps)| (*stalls, Patchy::new(steps.clone()))))
}

fn of(stream: usize, items: &[u32]) -> Vec<u32> {
    items.iter().copied().filter(|item| *item as usize / 100 == stream).collect()
}

proptest! {
    #[test]
    fn every_item_of_every_stream_comes_in_the_order_of_its_stream(
        streams in streams(), concurrency in 1..5_usize,
    ) {
        let items = drain(|| patchy(&streams).par_join_rs2(concurrency));
        for (number, (_, steps)) in streams.iter().enumerate() {
            let own: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
            prop_assert_eq!(of(number, &items), own);
        }
        prop_assert_eq!(items.len(), streams.iter().map(|(_, steps)| steps.len()).sum::<usize>());
    }

    #[test]
    fn one_at_a_time_is_one_after_the_other(streams in streams()) {
        let all = streams.iter().flat_map(|(_, steps)| steps.iter().map(|(_, item)| *item));
        prop_assert_eq!(drain(|| patchy(&streams).par_join_rs2(1)), all.collect::<Vec<_>>());
    }

    #[test]
    fn never_are_more_streams_open_than_allowed(streams in streams(), concurrency in 1..5_usize) {
        let open = Cell::new((0, 0));
        let source = patchy(&streams).map_rs2(|stream| {
            let (now, most) = open.get();
            open.set((now + 1, most.max(now + 1)));
            let closes = Closes(&open);
            stream.inspect_rs2(move |_| { let _ = &closes; })
        });
        block_on(source.par_join_rs2(concurrency).collect_rs2::<Vec<u32>>());
        let (now, most) = open.get();
        prop_assert!(most <= concurrency);
        prop_assert_eq!(now, 0, "a stream that has ended is dropped");
    }
}

struct Closes<'a>(&'a Cell<(usize, usize)>);

impl Drop for Closes<'_> {
    fn drop(&mut self) {
        let (now, most) = self.0.get();
        self.0.set((now - 1, most));
    }
}

// Defect 22 of the peer: it waited for so many streams before it polled one, and polled one after
// the other.
#[test]
fn an_item_comes_as_soon_as_it_is_there_from_whichever_stream() {
    let (source, a, b) = (ByHand::default(), ByHand::default(), ByHand::default());
    let mut items = source.clone().par_join_rs2(3);
    let wakes = Arc::<Wakes>::default();
    let mut next = || poll(Pin::new(&mut items), &wakes);
    source.give(a.clone());
    a.give(1);
    assert_eq!(next(), Poll::Ready(Some(1)), "one stream is enough");
    assert!(next().is_pending());
    source.give(b.clone());
    assert!(next().is_pending());
    b.give(2);
    assert_eq!(next(), Poll::Ready(Some(2)), "the silent stream before it does not matter");
    assert!(next().is_pending());
    assert_eq!(wakes.count(), 2);
    a.end();
    b.end();
    assert!(next().is_pending());
    source.end();
    assert_eq!(next(), Poll::Ready(None));
}

#[test]
fn only_who_was_woken_is_polled() {
    let streams: Vec<ByHand<u32>> = (0..100).map(|_| ByHand::default()).collect();
    let mut items = from_iter(streams.clone()).par_join_rs2(100);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(items.poll_next_unpin(&mut cx).is_pending());
    streams[41].give(7);
    assert_eq!(items.poll_next_unpin(&mut cx), Poll::Ready(Some(7)));
    assert!(items.poll_next_unpin(&mut cx).is_pending());
    let polls: usize = streams.iter().map(ByHand::polls).sum();
    assert_eq!(polls, 100 + 2);
}

#[test]
fn who_always_has_an_item_keeps_no_other_waiting() {
    let streams = [1, 2, 3].map(|n| from_iter(std::iter::repeat_n(n, 1_000)));
    let items = from_iter(streams).par_join_rs2(3).take_rs2(9).collect_rs2::<Vec<u32>>();
    assert_eq!(block_on(items), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
}

/// A stream that is never ready and wakes its task each time.
#[derive(Debug)]
struct Restless<'a>(&'a Cell<usize>);

impl Stream for Restless<'_> {
    type Item = u32;
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        self.0.set(self.0.get() + 1);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn who_wakes_itself_gives_the_task_back_each_time() {
    let polls = Cell::new(0);
    let mut items = from_iter([Restless(&polls), Restless(&polls)]).par_join_rs2(2);
    for round in 1..5 {
        let wakes = Arc::<Wakes>::default();
        assert!(poll(Pin::new(&mut items), &wakes).is_pending());
        assert!(wakes.count() > 0);
        assert_eq!(polls.get(), 2 * round);
    }
}

#[test]
fn many_streams_without_items_give_the_task_back_after_the_budget() {
    let opened = Cell::new(0);
    let streams = from_iter(0..5_000).map_rs2(|_| {
        opened.set(opened.get() + 1);
        empty::<u32>()
    });
    let mut items = pin!(streams.par_join_rs2(2));
    let wakes = Arc::<Wakes>::default();
    assert!(poll(items.as_mut(), &wakes).is_pending());
    assert!(opened.get() <= 1_024 && wakes.count() > 0);
    assert_eq!(block_on(items.next()), None);
}

#[test]
fn progress_reaches_the_futures_in_the_open_streams_and_the_next_poll_finds_what_they_made() {
    let made = Cell::new(0);
    let make = |n: u8| {
        let made = &made;
        async move {
            yield_times(n).await;
            made.set(made.get() + 1);
            n
        }
    };
    let streams =
        [[0, 1, 2], [0, 3, 4]].map(|items| from_iter(items).par_eval_map_inline_rs2(4, make));
    let mut items = pin!(from_iter(streams).par_join_rs2(2));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(items.as_mut().poll_next(&mut cx), Poll::Ready(Some(0)));
    while items.as_mut().poll_progress(&mut cx).is_pending() {}
    // The second stream was not polled for an item yet, so it has nothing in flight.
    assert_eq!(made.get(), 3);
    assert_eq!(items.as_mut().poll_next(&mut cx), Poll::Ready(Some(0)));
    while items.as_mut().poll_progress(&mut cx).is_pending() {}
    assert_eq!(made.get(), 6);
    let mut rest: Vec<u8> = Vec::new();
    while let Poll::Ready(Some(item)) = items.as_mut().poll_next(&mut cx) {
        rest.push(item);
    }
    rest.sort_unstable();
    assert_eq!(rest, [1, 2, 3, 4], "nobody rings for what is there already");
}

/// A stream whose one item is made by `poll_progress`, which wakes nobody for it.
#[derive(Debug, Default)]
struct Made {
    is_there: bool,
    is_over: bool,
}

impl Stream for Made {
    type Item = u32;
    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<u32>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        self.is_over = self.is_there;
        if self.is_there { Poll::Ready(Some(1)) } else { Poll::Pending }
    }
}

impl Progress for Made {
    fn poll_progress(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        self.is_there = true;
        Poll::Ready(())
    }
}

#[test]
fn what_progress_made_is_found_although_nobody_rang_for_it() {
    let mut items = from_iter([Made::default()]).par_join_rs2(1);
    let mut items = Pin::new(&mut items);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(items.as_mut().poll_next(&mut cx).is_pending());
    assert!(items.as_mut().poll_progress(&mut cx).is_ready());
    assert_eq!(items.as_mut().poll_next(&mut cx), Poll::Ready(Some(1)));
}

#[test]
fn a_wake_that_comes_during_progress_is_not_lost() {
    let a = ByHand::default();
    let mut items = pin!(from_iter([a.clone()]).par_join_rs2(2));
    let wakes = Arc::<Wakes>::default();
    assert!(poll(items.as_mut(), &wakes).is_pending());
    let moved = items.as_mut().poll_progress(&mut Context::from_waker(&wakes.waker()));
    assert!(moved.is_ready());
    a.give(3);
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(items.as_mut(), &wakes), Poll::Ready(Some(3)));
}

#[test]
fn a_panic_in_a_stream_goes_through_and_ends_all() {
    let stream = |n: u32| {
        from_iter(0..3).map_rs2(move |item| {
            assert!(n != 1 || item != 1, "one");
            10 * n + item
        })
    };
    let mut items = pin!(from_iter([0, 1]).map_rs2(stream).par_join_rs2(2));
    let mut next = || catch_unwind(AssertUnwindSafe(|| block_on(items.next())));
    assert_eq!([next().unwrap(), next().unwrap(), next().unwrap()], [Some(0), Some(10), Some(1)]);
    assert!(next().is_err());
    assert_eq!(next().unwrap(), None);
}

#[test]
fn streams_need_not_be_unpin() {
    let once = |n: u32| eval(async move { n });
    let items = from_iter([1, 2]).map_rs2(once).par_join_rs2(2).collect_rs2::<Vec<u32>>();
    assert_eq!(block_on(items), [1, 2]);
}

#[test]
#[should_panic(expected = "never start anything")]
fn a_concurrency_of_zero_is_a_mistake() {
    let _ = from_iter([from_iter([1])]).par_join_rs2(0);
}
