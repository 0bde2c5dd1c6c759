//! The one poll loop: ties, clock readings, sleeps, further outputs and budget.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/teller.rs"]
mod teller;
#[path = "common/ticking.rs"]
mod ticking;

use futures_core::{FusedStream, Stream};
use patchy::ByHand;
use proptest::prelude::*;
use rs2_core::machine::{BUDGET, ByTime, Drive, EventMachine, Machine};
use rs2_core::time::{EventTime, Instant};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use teller::{Driven, Seen, Teller, driven, nanos, out, poll, poll_with};
use ticking::{Ticking, Wakes};

/// A stream whose deadline is at 10, and whose source has given nothing since.
fn due_at_ten() -> (Driven, ByHand<u32>, Ticking) {
    let (mut stream, source, clock) = driven(Teller { wait: Some(10), ..Teller::default() });
    source.give(0);
    assert_eq!(poll(&mut stream), out(Seen::Item(0, 0)));
    assert_eq!(poll(&mut stream), Poll::Pending);
    (stream, source, clock)
}

#[test]
fn a_deadline_in_the_past_fires_before_the_source_is_asked() {
    let (mut stream, source, clock) = due_at_ten();
    source.give(1);
    clock.now.set(11);
    let asked = source.polls();
    assert_eq!(poll(&mut stream), out(Seen::Deadline(11)));
    assert_eq!(source.polls(), asked);
    assert_eq!(poll(&mut stream), out(Seen::Item(1, 11)));
}

#[test]
fn an_item_exactly_at_the_deadline_comes_before_it() {
    let (mut stream, source, clock) = due_at_ten();
    source.give(1);
    clock.now.set(10);
    assert_eq!(poll(&mut stream), out(Seen::Item(1, 10)));
    // The item has moved the deadline to 20.
    assert_eq!(poll(&mut stream), Poll::Pending);
    clock.now.set(20);
    assert_eq!(poll(&mut stream), out(Seen::Deadline(20)));
}

#[test]
fn a_deadline_exactly_now_fires_when_the_source_has_nothing() {
    let (mut stream, source, clock) = due_at_ten();
    clock.now.set(10);
    let asked = source.polls();
    assert_eq!(poll(&mut stream), out(Seen::Deadline(10)));
    assert_eq!(source.polls(), asked + 1);
    assert_eq!(poll(&mut stream), Poll::Pending);
}

#[test]
fn the_end_exactly_at_the_deadline_comes_before_it() {
    let (mut stream, source, clock) = due_at_ten();
    source.end();
    clock.now.set(10);
    assert_eq!(poll(&mut stream), out(Seen::End(10)));
    assert_eq!(poll(&mut stream), Poll::Ready(None));
}

#[test]
fn a_deadline_before_the_end_fires_before_it() {
    let (mut stream, source, clock) = due_at_ten();
    source.end();
    clock.now.set(11);
    assert_eq!(poll(&mut stream), out(Seen::Deadline(11)));
    assert_eq!(poll(&mut stream), out(Seen::End(11)));
    assert_eq!(poll(&mut stream), Poll::Ready(None));
}

#[test]
fn the_clock_is_read_at_most_once_in_a_poll() {
    let machine = Teller { wait: Some(10), silent: true, ..Teller::default() };
    let (mut stream, source, clock) = driven(machine);
    clock.drift.set(3);
    for round in 0..20_u32 {
        (0..round).for_each(|item| source.give(item));
        let before = clock.readings.get();
        let _ = poll(&mut stream);
        assert!(clock.readings.get() <= before + 1);
    }
}

#[test]
fn an_idle_stream_without_a_deadline_reads_no_clock() {
    let (mut stream, _source, clock) = driven(Teller::default());
    assert_eq!(poll(&mut stream), Poll::Pending);
    assert_eq!((clock.readings.get(), clock.armed.get()), (0, 0));
}

#[test]
fn a_ready_sleep_means_that_its_deadline_has_come() {
    let (mut stream, _source, clock) = due_at_ten();
    // The clock was read just before the deadline, and the sleep was asked just after.
    clock.now.set(10);
    clock.lag.set(1);
    let before = clock.readings.get();
    assert_eq!(poll(&mut stream), out(Seen::Deadline(10)));
    assert_eq!(clock.readings.get(), before + 1);
}

#[test]
fn a_deadline_moved_by_every_item_costs_no_timer_each() {
    let machine = Teller { wait: Some(1_000), silent: true, ..Teller::default() };
    let (mut stream, source, clock) = driven(machine);
    for now in 0..900 {
        clock.now.set(now);
        source.give(0);
        assert_eq!(poll(&mut stream), Poll::Pending);
    }
    assert_eq!(clock.armed.get(), 1);
    // The sleep fires where the first deadline was, and waits for the last one.
    clock.now.set(1_000);
    assert_eq!(poll(&mut stream), Poll::Pending);
    assert_eq!(clock.armed.get(), 2);
    clock.now.set(1_898);
    assert_eq!(poll(&mut stream), Poll::Pending);
    clock.now.set(1_899);
    assert_eq!(poll(&mut stream), out(Seen::Deadline(1_899)));
    assert_eq!(clock.armed.get(), 2);
}

#[test]
fn a_deadline_moved_closer_arms_the_sleep_anew() {
    struct Sooner(u64);
    impl Machine for Sooner {
        type In = u32;
        type Out = u64;
        fn on_item(&mut self, _now: Instant, item: u32) -> Option<u64> {
            self.0 = u64::from(item);
            None
        }
        fn on_deadline(&mut self, now: Instant) -> Option<u64> {
            self.0 = u64::MAX;
            Some(nanos(now))
        }
        fn deadline(&self) -> Option<Instant> {
            Some(Instant::from_nanos(self.0))
        }
    }
    let (source, clock) = (ByHand::default(), Ticking::default());
    let mut stream = Drive::new(source.clone(), Sooner(100), clock.clone());
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Pending);
    source.give(50);
    assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Pending);
    clock.now.set(50);
    assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Ready(Some(50)));
    assert_eq!(clock.armed.get(), 2);
}

#[test]
fn further_outputs_come_before_the_source_is_asked_again() {
    let (mut stream, source, clock) = driven(Teller { extra: 2, ..Teller::default() });
    source.give(0);
    source.give(1);
    assert_eq!(poll(&mut stream), out(Seen::Item(0, 0)));
    let (asked, readings) = (source.polls(), clock.readings.get());
    assert_eq!(poll(&mut stream), out(Seen::More(1)));
    assert_eq!(poll(&mut stream), out(Seen::More(0)));
    assert_eq!((source.polls(), clock.readings.get()), (asked, readings));
    source.end();
    assert_eq!(poll(&mut stream), out(Seen::Item(1, 0)));
    assert_eq!(poll(&mut stream), out(Seen::More(1)));
    assert_eq!(poll(&mut stream), out(Seen::More(0)));
    // What the end brings out is drained too.
    assert_eq!(poll(&mut stream), out(Seen::End(0)));
    assert!(!stream.is_terminated());
    assert_eq!(poll(&mut stream), out(Seen::More(1)));
    assert_eq!(poll(&mut stream), out(Seen::More(0)));
    assert_eq!(poll(&mut stream), Poll::Ready(None));
}

#[test]
fn a_machine_that_wants_nothing_holds_the_source_back() {
    let machine = Teller { holds_back: true, due: Some(10), ..Teller::default() };
    let (mut stream, source, clock) = driven(machine);
    source.give(0);
    assert_eq!(poll(&mut stream), Poll::Pending);
    clock.now.set(10);
    assert_eq!(poll(&mut stream), out(Seen::Deadline(10)));
    assert_eq!(source.polls(), 0);
}

#[test]
fn silent_items_use_up_the_budget_and_wake_the_task() {
    let (mut stream, source, _clock) = driven(Teller { silent: true, ..Teller::default() });
    (0..2 * BUDGET).for_each(|item| source.give(item));
    let (wakes, waker) = Wakes::new();
    for round in 1..=2 {
        assert_eq!(poll_with(&mut stream, &waker), Poll::Pending);
        assert_eq!(source.polls(), round * BUDGET as usize);
        assert_eq!(wakes.count(), round);
    }
    // Now the source itself has nothing, and it is the source that wakes.
    assert_eq!(poll_with(&mut stream, &waker), Poll::Pending);
    assert_eq!(wakes.count(), 2);
    source.give(0);
    assert_eq!(wakes.count(), 3);
}

#[test]
fn deadlines_that_bring_nothing_use_up_the_budget_too() {
    struct Restless;
    impl Machine for Restless {
        type In = u32;
        type Out = u32;
        fn on_item(&mut self, _now: Instant, _item: u32) -> Option<u32> {
            None
        }
        fn deadline(&self) -> Option<Instant> {
            Some(Instant::ORIGIN)
        }
    }
    let (source, clock) = (ByHand::default(), Ticking::default());
    clock.now.set(1);
    let mut stream = Drive::new(source, Restless, clock);
    let (wakes, waker) = Wakes::new();
    let polled = Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
    assert_eq!((polled, wakes.count()), (Poll::Pending, 1));
}

/// What happens to the stream: an item arrives, time passes, it is polled.
#[derive(Clone, Copy, Debug)]
enum Act {
    Give,
    Pass(u64),
    Poll,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        Just(Act::Give),
        (1_u64..6).prop_map(Act::Pass),
        Just(Act::Poll),
        Just(Act::Poll),
    ];
    prop::collection::vec(act, 0..60)
}

/// The rules of one poll, without sleeps: a deadline that is past, then an item, then a deadline
/// that is now.
fn naive(acts: &[Act], wait: u64) -> Vec<Poll<Option<Seen>>> {
    let (mut now, mut waiting, mut due, mut given) = (0, Vec::new(), None, 0);
    let mut polled = Vec::new();
    for act in acts {
        match act {
            Act::Give => {
                waiting.push(given);
                given += 1;
            }
            Act::Pass(by) => now += by,
            Act::Poll => polled.push(match due {
                Some(at) if at < now || at == now && waiting.is_empty() => {
                    due = None;
                    out(Seen::Deadline(now))
                }
                _ if waiting.is_empty() => Poll::Pending,
                _ => {
                    due = Some(now + wait);
                    out(Seen::Item(waiting.remove(0), now))
                }
            }),
        }
    }
    polled
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_poll_obeys_the_order_of_one_instant(acts in acts(), wait in 1_u64..8) {
        let (mut stream, source, clock) =
            driven(Teller { wait: Some(wait), ..Teller::default() });
        let (mut found, mut given) = (Vec::new(), 0);
        for act in &acts {
            match act {
                Act::Give => {
                    source.give(given);
                    given += 1;
                }
                Act::Pass(by) => clock.now.set(clock.now.get() + by),
                Act::Poll => {
                    let before = clock.readings.get();
                    found.push(poll(&mut stream));
                    prop_assert!(clock.readings.get() <= before + 1);
                }
            }
        }
        prop_assert_eq!(found, naive(&acts, wait));
    }
}

/// Tells the watermarks that it is told.
struct Watermarks;

impl EventMachine for Watermarks {
    type In = i64;
    type Out = i64;

    fn on_event(&mut self, _now: Instant, _ts: EventTime, _item: i64) -> Option<i64> {
        None
    }

    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<i64> {
        Some(watermark.as_micros())
    }
}

proptest! {
    #[test]
    fn a_rule_is_told_of_a_watermark_when_it_rises_and_not_when_it_stays(
        times in prop::collection::vec(-9_i64..9, 0..20), delay in 0_i64..9,
    ) {
        let delayed = Duration::from_micros(delay.unsigned_abs());
        let mut machine = ByTime::new(Watermarks, delayed, |n: &i64| EventTime::from_micros(*n));
        let mut reached = i64::MIN;
        for time in times {
            let risen = (time - delay > reached).then_some(time - delay);
            prop_assert_eq!(machine.on_item(Instant::ORIGIN, time), risen);
            reached = risen.unwrap_or(reached);
            prop_assert_eq!(machine.more(), None);
        }
        prop_assert_eq!(machine.on_end(Instant::ORIGIN), Some(i64::MAX));
    }
}
