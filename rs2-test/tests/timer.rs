//! Virtual time: order, reset, and what it says when nothing can go on.

use proptest::prelude::*;
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use rs2_test::{ManualTimer, ms};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

fn at(millis: u64) -> Instant {
    Instant::ORIGIN.saturating_add(ms(millis))
}

proptest! {
    #[test]
    fn sleeps_finish_in_the_order_of_their_deadlines(
        waits in prop::collection::vec(0_u64..50, 1..20)
    ) {
        let timer = ManualTimer::new();
        let done = Rc::new(RefCell::new(Vec::new()));
        let mut sleeps: Vec<Option<_>> =
            waits.iter().map(|&wait| Some(Box::pin(timer.sleep_until(at(wait))))).collect();
        timer.run(poll_fn(|cx| {
            for slot in &mut sleeps {
                if slot.as_mut().is_some_and(|sleep| sleep.as_mut().poll(cx).is_ready()) {
                    *slot = None;
                    done.borrow_mut().push(timer.now());
                }
            }
            if sleeps.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
        }));
        let mut expected: Vec<_> = waits.iter().map(|&wait| at(wait)).collect();
        expected.sort();
        prop_assert_eq!(&*done.borrow(), &expected);
        prop_assert_eq!(timer.armed(), 0);
    }
}

#[test]
fn a_dropped_sleep_is_no_deadline() {
    let timer = ManualTimer::new();
    let mut sleep = Box::pin(timer.sleep_until(at(5)));
    assert!(sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!((timer.armed(), timer.next_deadline()), (1, Some(at(5))));
    drop(sleep);
    assert_eq!((timer.armed(), timer.next_deadline()), (0, None));
}

#[test]
fn a_reset_sleep_waits_for_the_new_deadline() {
    let timer = ManualTimer::new();
    let mut sleep = pin!(timer.sleep_until(at(5)));
    for deadline in [20, 10, 30] {
        let pending = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(pending.is_pending());
        sleep.as_mut().reset(at(deadline));
    }
    timer.run(sleep.as_mut());
    assert_eq!(timer.now(), at(30));
    sleep.as_mut().reset(at(40));
    timer.run(sleep);
    assert_eq!(timer.now(), at(40));
}

#[test]
fn advancing_wakes_what_falls_due_and_nothing_else() {
    let timer = ManualTimer::new();
    let mut sleep = pin!(timer.sleep_until(at(5)));
    let poll = |sleep: Pin<&mut rs2_test::ManualSleep>| {
        sleep.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    };
    assert!(!poll(sleep.as_mut()));
    timer.advance(ms(4));
    assert!(!poll(sleep.as_mut()));
    timer.advance(ms(1));
    assert!(poll(sleep.as_mut()));
}

#[test]
fn a_future_that_wakes_itself_does_not_keep_tasks_from_going_on() {
    let (mut steps, done) = (0, Cell::new(false));
    let polls = Cell::new(0);
    let future = poll_fn(|cx| {
        polls.set(polls.get() + 1);
        assert!(polls.get() < 100, "no task had a turn");
        cx.waker().wake_by_ref();
        if done.get() { Poll::Ready(()) } else { Poll::Pending }
    });
    ManualTimer::new().run_with(future, || {
        steps += 1;
        done.set(steps == 5);
        true
    });
    assert_eq!(steps, 5);
}

#[test]
fn tasks_and_the_future_share_one_time() {
    let timer = ManualTimer::new();
    let mut task = Some(Box::pin(timer.sleep_until(at(30))));
    let tick = || {
        let Some(sleep) = &mut task else { return false };
        if sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            assert_eq!(timer.now(), at(30));
            task = None;
        }
        // It has gone on only if it has finished.
        task.is_none()
    };
    timer.run_with(timer.sleep_until(at(50)), tick);
    assert_eq!((timer.now(), task.is_none()), (at(50), true));
}

/// A task that goes with its last waker.
struct LastOwner(#[expect(dead_code, reason = "it is there to be dropped")] Mutex<Vec<Armed>>);

type Armed = Pin<Box<rs2_test::ManualSleep>>;

impl Wake for LastOwner {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_waker_that_owns_sleeps_can_go_with_a_sleep() {
    let timer = ManualTimer::new();
    let mut other = Box::pin(timer.sleep_until(at(5)));
    assert!(other.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let waker = Waker::from(Arc::new(LastOwner(Mutex::new(vec![other]))));
    let mut sleep = Box::pin(timer.sleep_until(at(9)));
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(waker);
    assert_eq!(timer.armed(), 2);
    drop(sleep);
    assert_eq!(timer.armed(), 0);
}

#[test]
fn waiting_for_nothing_is_a_lost_wakeup() {
    let timer = ManualTimer::new();
    let lost = timer.try_run(pending::<()>()).unwrap_err();
    assert!(lost.to_string().contains("lost wakeup"));
    let far = timer.try_run(timer.sleep_until(Instant::FAR_FUTURE));
    assert!(far.is_err());
}

#[test]
fn a_waker_kept_from_an_earlier_poll_is_a_lost_wakeup() {
    let timer = ManualTimer::new();
    let (mut first, mut polls) = (None, 0);
    let result = timer.try_run(poll_fn(|cx| {
        polls += 1;
        match polls {
            1 => {
                first = Some(cx.waker().clone());
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            2 => {
                first.as_ref().unwrap().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }));
    assert!(result.is_err());
}
