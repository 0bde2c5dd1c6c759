//! The loop that drives a rule over two sources.

use super::ticking::Ticking;
use futures_core::Stream;
use futures_util::{FutureExt, StreamExt, future, stream};
use rs2_core::machine::{DriveJoin, JoinMachine, Side};
use rs2_core::time::{Instant, NoTimer};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

/// Tells what it sees, and prefers a side.
#[derive(Debug, Default)]
struct Log {
    prefers: Option<Side>,
    due: Option<Instant>,
    stops_after: Option<usize>,
    seen: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Seen {
    Item(Side, u32),
    End(Side),
    Deadline,
}

impl JoinMachine for Log {
    type Left = u32;
    type Right = u32;
    type Out = Seen;

    fn on_left(&mut self, _now: Instant, item: u32) -> Option<Seen> {
        assert_ne!(item, 13, "as it was told to");
        self.seen += 1;
        Some(Seen::Item(Side::Left, item))
    }
    fn on_right(&mut self, _now: Instant, item: u32) -> Option<Seen> {
        self.seen += 1;
        Some(Seen::Item(Side::Right, item))
    }
    fn on_end(&mut self, _now: Instant, side: Side) -> Option<Seen> {
        Some(Seen::End(side))
    }
    fn on_deadline(&mut self, now: Instant) -> Option<Seen> {
        assert!(self.due.is_some_and(|due| due <= now));
        self.due = None;
        Some(Seen::Deadline)
    }
    fn deadline(&self) -> Option<Instant> {
        self.due
    }
    fn prefers(&self) -> Option<Side> {
        self.prefers
    }
    fn is_finished(&self) -> bool {
        self.stops_after.is_some_and(|last| self.seen >= last)
    }
}

fn left(item: u32) -> Seen {
    Seen::Item(Side::Left, item)
}

fn right(item: u32) -> Seen {
    Seen::Item(Side::Right, item)
}

fn ready<S: StreamExt + Unpin>(stream: &mut S) -> Option<S::Item> {
    stream.next().now_or_never().expect("it has an item or its end")
}

#[test]
fn the_sides_take_turns_and_both_ends_end_it() {
    let sources = (stream::iter([1, 2]), stream::iter([11, 12, 14]));
    let mut joined = DriveJoin::new(sources.0, sources.1, Log::default(), NoTimer);
    let all: Vec<Seen> = joined.by_ref().collect().now_or_never().expect("all is ready");
    let ends = [Seen::End(Side::Left), right(14), Seen::End(Side::Right)];
    assert_eq!(all, [&[left(1), right(11), left(2), right(12)], &ends[..]].concat());
    assert_eq!(ready(&mut joined), None);
}

#[test]
fn a_side_that_has_nothing_gives_way() {
    let log = Log { prefers: Some(Side::Left), ..Log::default() };
    let mut joined = DriveJoin::new(stream::pending(), stream::iter([11]), log, NoTimer);
    assert_eq!(ready(&mut joined), Some(right(11)));
    assert_eq!(ready(&mut joined), Some(Seen::End(Side::Right)));
    assert_eq!(joined.next().now_or_never(), None);
}

#[test]
fn a_preferred_side_gives_way_after_so_many_items() {
    for preferred in [Side::Left, Side::Right] {
        let log = Log { prefers: Some(preferred), ..Log::default() };
        let mut joined = DriveJoin::new(stream::repeat(1), stream::repeat(1), log, NoTimer);
        let mut run = 0;
        let mut longest = 0;
        for _ in 0..1_000 {
            let Some(Seen::Item(side, _)) = ready(&mut joined) else { unreachable!() };
            run = if side == preferred { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        assert_eq!(longest, 64, "{preferred:?}");
    }
}

#[test]
fn a_deadline_fires_while_both_sides_are_silent() {
    let clock = Ticking::default();
    let log = Log { due: Some(Instant::from_nanos(10)), ..Log::default() };
    let silent = || stream::pending::<u32>();
    let mut joined = DriveJoin::new(silent(), silent(), log, clock.clone());
    assert_eq!(joined.next().now_or_never(), None);
    clock.now.set(10);
    assert_eq!(ready(&mut joined), Some(Seen::Deadline));
    assert_eq!(joined.next().now_or_never(), None);
    assert_eq!(clock.armed.get(), 1);
}

#[test]
fn an_item_at_its_deadline_comes_before_it() {
    let clock = Ticking::default();
    clock.now.set(10);
    let log = Log { due: Some(Instant::from_nanos(10)), ..Log::default() };
    let mut joined = DriveJoin::new(stream::iter([1]), stream::pending(), log, clock.clone());
    assert_eq!(ready(&mut joined), Some(left(1)));
    clock.now.set(11);
    assert_eq!(ready(&mut joined), Some(Seen::Deadline));
}

#[test]
fn a_rule_that_is_done_ends_it_for_good() {
    let log = Log { stops_after: Some(1), ..Log::default() };
    let mut joined = DriveJoin::new(stream::repeat(1), stream::repeat(2), log, NoTimer);
    assert_eq!(ready(&mut joined), Some(left(1)));
    assert_eq!((ready(&mut joined), ready(&mut joined)), (None, None));
    assert_eq!(joined.size_hint(), (0, Some(0)));
}

#[test]
fn after_a_panic_it_is_at_its_end() {
    let sources = (stream::iter([13, 1]), stream::repeat(2));
    let mut joined = DriveJoin::new(sources.0, sources.1, Log::default(), NoTimer);
    assert!(catch_unwind(AssertUnwindSafe(|| ready(&mut joined))).is_err());
    assert_eq!(ready(&mut joined), None);
}

#[test]
fn a_rule_that_swallows_all_gives_the_task_back() {
    struct Nothing;
    impl JoinMachine for Nothing {
        type Left = u32;
        type Right = u32;
        type Out = u32;
        fn on_left(&mut self, _now: Instant, _item: u32) -> Option<u32> {
            None
        }
        fn on_right(&mut self, _now: Instant, _item: u32) -> Option<u32> {
            None
        }
        fn on_end(&mut self, _now: Instant, _side: Side) -> Option<u32> {
            None
        }
    }
    let mut joined = DriveJoin::new(stream::repeat(1), stream::repeat(2), Nothing, NoTimer);
    let polled = future::poll_fn(|cx| Poll::Ready(joined.poll_next_unpin(cx))).now_or_never();
    assert_eq!(polled, Some(Poll::Pending));
}
