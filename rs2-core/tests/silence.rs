//! Sources that fall silent, polled at every instant, against a look at all arrivals at once.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use patchy::ByHand;
use proptest::prelude::*;
use recorder::{At, arrivals, ns, poll, record};
use rs2_core::prelude::*;
use rs2_core::watermark::{BoundedDisorder, Signal, Silence};
use std::task::Poll;
use std::time::Duration;
use ticking::Ticking;

/// A microsecond of event time for each item, so that none is out of order.
fn time_of(item: &usize) -> EventTime {
    EventTime::from_millis(*item as i64)
}

fn in_order() -> BoundedDisorder {
    BoundedDisorder::new(Duration::ZERO)
}

/// What an item brings, and that the source was idle before it.
fn item_at(out: &mut Vec<At<Signal<usize>>>, item: usize, at: u64, was_idle: bool) {
    if was_idle {
        out.push((Signal::Active, at));
    }
    out.push((Signal::Item(time_of(&item), item), at));
    out.push((Signal::Watermark(time_of(&item)), at));
}

/// Idle once nothing has come for so long. An item at that very moment was in time.
fn idling(arrivals: &[At<usize>], end: u64, idle_after: u64) -> Vec<At<Signal<usize>>> {
    let mut out = Vec::new();
    let (mut since, mut idle) = (0, false);
    let ends = arrivals.iter().map(|&(item, at)| (Some(item), at)).chain([(None, end)]);
    for (item, at) in ends {
        if at > since + idle_after && !idle {
            out.push((Signal::Idle, since + idle_after));
            idle = true;
        }
        if let Some(item) = item {
            item_at(&mut out, item, at, idle);
        }
        (since, idle) = (at, false);
    }
    out
}

/// Steps of the watermark while nothing comes, in microseconds, which are a thousand nanoseconds:
/// `grace` and `every` are microseconds here, and so are the arrivals.
fn following(
    arrivals: &[At<usize>],
    end: u64,
    grace: u64,
    every: u64,
    idle_after: u64,
) -> Vec<At<Signal<usize>>> {
    let mut out = Vec::new();
    let (mut since, mut mark, mut idle) = (0, None, false);
    let ends = arrivals.iter().map(|&(item, at)| (Some(item), at)).chain([(None, end)]);
    for (item, at) in ends {
        for now in since..at {
            let silent = now - since;
            let steps = silent > grace && (silent - grace).is_multiple_of(every) && !idle;
            if let Some(mark) = mark.filter(|_| steps && silent <= idle_after) {
                let risen: EventTime = mark;
                let risen = risen.saturating_add(Duration::from_micros(silent - grace));
                out.push((Signal::Watermark(risen), now));
            }
            if silent == idle_after && !idle {
                idle = true;
                out.push((Signal::Idle, now));
            }
        }
        if let Some(item) = item {
            item_at(&mut out, item, at, idle);
            mark = Some(time_of(&item));
        }
        (since, idle) = (at, false);
    }
    out
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_source_is_idle_once_nothing_has_come_for_so_long(
        (arrivals, end) in arrivals(), idle_after in 0..15_u64,
    ) {
        let plan = Silence::wait().idle_after(ns(idle_after));
        let (found, ended) = record(&arrivals, end, |source, clock| {
            source.with_live_watermarks_on_rs2(clock, in_order(), plan, time_of)
        });
        prop_assert_eq!(ended, end);
        prop_assert_eq!(found, idling(&arrivals, end, idle_after));
    }

    #[test]
    fn the_watermark_of_a_silent_source_follows_the_clock(
        (arrivals, end) in arrivals(), grace in 0..8_u64, every in 1..5_u64, idle in 1..30_u64,
    ) {
        // An instant of the recorder is a microsecond of the stream's clock.
        let us = Duration::from_micros;
        let plan = Silence::wait().follow_clock(us(grace), us(every)).idle_after(us(idle));
        let (found, ended) = record(&arrivals, end, |source, clock| {
            let clock = Micros(clock);
            source.with_live_watermarks_on_rs2(clock, in_order(), plan, time_of)
        });
        prop_assert_eq!(ended, end);
        prop_assert_eq!(found, following(&arrivals, end, grace, every, idle));
    }
}

/// The clock of the recorder with microseconds in the place of nanoseconds.
#[derive(Clone, Debug)]
struct Micros(Ticking);

impl rs2_core::time::Clock for Micros {
    fn now(&self) -> rs2_core::time::Instant {
        rs2_core::time::Instant::from_nanos(self.0.now.get() * 1_000)
    }
}

impl rs2_core::time::Timer for Micros {
    type Sleep = ticking::Nap;
    fn sleep_until(&self, deadline: rs2_core::time::Instant) -> ticking::Nap {
        let nanos = deadline.since_origin().as_nanos() as u64;
        self.0.sleep_until(rs2_core::time::Instant::from_nanos(nanos.div_ceil(1_000)))
    }
}

/// A stream by hand, to be polled when the test says so.
fn by_hand(
    plan: Silence,
) -> (ByHand<usize>, Ticking, std::pin::Pin<Box<impl Stream<Item = Signal<usize>>>>) {
    let (source, clock) = (ByHand::default(), Ticking::default());
    let stream =
        source.clone().with_live_watermarks_on_rs2(clock.clone(), in_order(), plan, time_of);
    (source, clock, Box::pin(stream))
}

#[test]
fn what_the_consumer_takes_does_not_count_as_silence() {
    let (source, clock, mut stream) = by_hand(Silence::wait().idle_after(ns(10)));
    source.give(1);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Signal::Item(time_of(&1), 1))));
    clock.now.set(1_000);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Signal::Watermark(time_of(&1)))));
    clock.now.set(2_000);
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
    clock.now.set(2_009);
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
    clock.now.set(2_010);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Signal::Idle)));
    clock.now.set(9_000);
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
}

#[test]
fn a_consumer_that_comes_late_finds_an_item_that_has_come_in_time() {
    let (source, clock, mut stream) = by_hand(Silence::wait().idle_after(ns(10)));
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
    source.give(1);
    clock.now.set(500);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Signal::Item(time_of(&1), 1))));
}

#[test]
fn the_time_between_a_step_and_the_next_question_does_not_count_either() {
    let us = Duration::from_micros;
    let (source, clock, mut stream) = by_hand(Silence::wait().follow_clock(us(1), us(2)));
    source.give(1);
    assert!(poll(stream.as_mut()).is_ready() && poll(stream.as_mut()).is_ready());
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
    clock.now.set(3_000);
    let step = |steps: u64| Signal::Watermark(time_of(&1).saturating_add(us(2 * steps)));
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(step(1))));
    clock.now.set(50_000);
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
    clock.now.set(52_000);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(step(2))));
}

#[test]
fn without_a_plan_the_clock_is_not_read() {
    let (source, clock, mut stream) = by_hand(Silence::wait());
    assert_eq!(poll(stream.as_mut()), Poll::Pending);
    source.end();
    assert_eq!(poll(stream.as_mut()), Poll::Ready(None));
    assert_eq!((clock.armed.get(), clock.slept.get()), (0, 0));
}

#[test]
#[should_panic(expected = "`every` must not be zero")]
fn a_step_of_nothing_is_refused() {
    let _ = Silence::wait().follow_clock(Duration::ZERO, Duration::ZERO);
}
