//! Bulkheads and shared rate limits, against a counter and a list of who waits.
#![cfg(feature = "std")]

#[path = "common/ticking.rs"]
mod ticking;

use futures_core::Stream;
use proptest::prelude::*;
use rs2_core::error::Full;
use rs2_core::op::resilience::{
    Bulkhead, Denied, Enter, Limit, Permit, Quota, RateLimiter, SlidingLog,
};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_core::time::{Clock, Instant};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use ticking::{Ticking, Wakes};

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Clone, Debug)]
enum Step {
    Arrive,
    Try,
    /// Of those inside, this one.
    Leave(usize),
    /// Of those in line, this one goes away.
    GiveUp(usize),
    /// Of those in line, this one looks, woken or not.
    Look(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Arrive),
        1 => Just(Step::Try),
        3 => (0..9_usize).prop_map(Step::Leave),
        1 => (0..9_usize).prop_map(Step::GiveUp),
        2 => (0..9_usize).prop_map(Step::Look),
    ];
    prop::collection::vec(step, 0..80)
}

struct Waiting {
    enter: Pin<Box<Enter>>,
    wakes: Arc<Wakes>,
    waker: Waker,
    /// By the list: it has a place, and need only come to take it.
    admitted: bool,
}

/// A counter, and everybody who waits in order.
struct World {
    bulkhead: Bulkhead,
    limit: usize,
    max_waiting: usize,
    inside: Vec<Permit>,
    line: VecDeque<Waiting>,
}

impl World {
    fn taken(&self) -> usize {
        self.inside.len() + self.line.iter().filter(|waiting| waiting.admitted).count()
    }

    fn let_in(&mut self) {
        while self.taken() < self.limit
            && let Some(next) = self.line.iter_mut().find(|waiting| !waiting.admitted)
        {
            assert_eq!(next.wakes.count(), 1, "who gets a place is woken, once");
            next.admitted = true;
        }
        let waiting = self.line.iter().filter(|waiting| !waiting.admitted);
        assert!(waiting.clone().all(|waiting| waiting.wakes.count() == 0), "nobody else is");
        assert_eq!(self.bulkhead.waiting(), waiting.count());
        assert_eq!(self.bulkhead.entered(), self.taken());
    }

    fn arrive(&mut self) {
        let (wakes, waker) = Wakes::new();
        let mut enter = Box::pin(self.bulkhead.enter());
        let waiting = self.line.iter().filter(|waiting| !waiting.admitted).count();
        match enter.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(Ok(permit)) => {
                assert!(self.taken() < self.limit);
                self.inside.push(permit);
            }
            Poll::Ready(Err(Full(()))) => {
                assert!(self.taken() == self.limit && waiting == self.max_waiting);
            }
            Poll::Pending => {
                assert!(self.taken() == self.limit && waiting < self.max_waiting);
                self.line.push_back(Waiting { enter, wakes, waker, admitted: false });
            }
        }
    }

    fn look(&mut self, place: usize) {
        let waiting = &mut self.line[place];
        let polled = waiting.enter.as_mut().poll(&mut Context::from_waker(&waiting.waker));
        assert_eq!(polled.is_ready(), waiting.admitted);
        if let Poll::Ready(entered) = polled {
            self.inside.push(entered.expect("it was let in"));
            self.line.remove(place);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Arrive => self.arrive(),
            Step::Try => {
                let free = self.taken() < self.limit;
                let entered = self.bulkhead.try_enter();
                assert_eq!(entered.is_ok(), free);
                self.inside.extend(entered.ok());
            }
            Step::Leave(n) if !self.inside.is_empty() => {
                drop(self.inside.swap_remove(n % self.inside.len()));
            }
            Step::GiveUp(n) if !self.line.is_empty() => {
                drop(self.line.remove(n % self.line.len()));
            }
            Step::Look(n) if !self.line.is_empty() => self.look(n % self.line.len()),
            Step::Leave(_) | Step::GiveUp(_) | Step::Look(_) => {}
        }
        self.let_in();
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_bulkhead_is_a_counter_and_a_line(
        steps in steps(), limit in 1..4_usize, max_waiting in 0..4_usize,
    ) {
        let bulkhead = Bulkhead::new(limit, max_waiting);
        let (inside, line) = (Vec::new(), VecDeque::new());
        let mut world = World { bulkhead, limit, max_waiting, inside, line };
        steps.into_iter().for_each(|step| world.step(step));
        let World { bulkhead, inside, line, .. } = world;
        drop((inside, line));
        prop_assert_eq!((bulkhead.entered(), bulkhead.waiting()), (0, 0));
    }
}

#[test]
fn a_call_that_finds_the_line_full_gives_its_future_back() {
    let bulkhead = Bulkhead::new(1, 0);
    let held = bulkhead.try_enter().expect("a free place");
    let polled = std::cell::Cell::new(false);
    let mut refused = pin!(bulkhead.call(async { polled.set(true) }));
    let Poll::Ready(Err(Full(future))) = poll(refused.as_mut()) else { panic!("it was not full") };
    drop(held);
    assert!(poll(pin!(bulkhead.call(future))).is_ready());
    assert!(polled.get());
}

#[test]
fn a_call_that_panics_or_is_dropped_gives_its_place_back() {
    let bulkhead = Bulkhead::new(1, 1);
    let mut panics = Box::pin(bulkhead.call(async { panic!("no") }));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(panics.as_mut()))).is_err());
    assert_eq!(bulkhead.entered(), 0);
    let mut hangs = Box::pin(bulkhead.call(std::future::pending::<()>()));
    assert!(poll(hangs.as_mut()).is_pending());
    assert_eq!(bulkhead.entered(), 1);
    drop(hangs);
    assert_eq!(bulkhead.entered(), 0);
}

#[test]
fn streams_share_the_places_of_a_bulkhead() {
    let bulkhead = Bulkhead::new(2, 16);
    let running = std::cell::Cell::new((0_usize, 0_usize));
    let load = |id: u32| bulkhead.call(async move { id }.then_in(&running));
    let left = from_iter(0..20).par_eval_map_inline_rs2(5, load);
    let right = from_iter(20..40).par_eval_map_inline_rs2(5, load);
    let ids: Vec<u32> = futures_executor::block_on(
        left.merge_rs2(right).map_rs2(|id| id.expect("room to wait")).collect_rs2(),
    );
    assert_eq!(ids.len(), 40);
    assert_eq!(running.get(), (0, 2), "two at once, and never more");
}

/// Counts how many run at once, each for some polls.
trait ThenIn: Future + Sized {
    async fn then_in(self, running: &std::cell::Cell<(usize, usize)>) -> Self::Output {
        let (now, most) = running.get();
        running.set((now + 1, most.max(now + 1)));
        let mut polls = 0;
        std::future::poll_fn(|cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            if polls < 4 { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        let (now, most) = running.get();
        running.set((now - 1, most));
        self.await
    }
}

impl<F: Future> ThenIn for F {}

fn second() -> RateLimiter {
    let quota = Quota::new(1, Duration::from_nanos(10)).unwrap();
    RateLimiter::new(quota)
}

#[test]
fn who_waits_for_a_limit_passes_in_turn_and_only_the_first_has_a_timer() {
    let (limiter, clock) = (second(), Ticking::default());
    let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(limiter.until_ready_on(&clock))).collect();
    let ready: Vec<bool> = waiting.iter_mut().map(|w| poll(w.as_mut()).is_ready()).collect();
    assert_eq!(ready, [true, false, false, false]);
    assert_eq!(clock.armed.get(), 1);
    // The first in line goes away: its turn is the next one's, and nothing was spent.
    drop(waiting.remove(1));
    clock.now.set(10);
    assert!(poll(waiting[2].as_mut()).is_pending(), "not before its turn");
    assert!(poll(waiting[1].as_mut()).is_ready());
    assert!(poll(waiting[2].as_mut()).is_pending());
    clock.now.set(19);
    assert!(poll(waiting[2].as_mut()).is_pending());
    clock.now.set(20);
    assert!(poll(waiting[2].as_mut()).is_ready());
}

#[test]
fn several_at_once_wait_for_all_of_them_and_too_many_are_told_so() {
    let quota = Quota::new(1, Duration::from_nanos(10)).unwrap().with_burst(3).unwrap();
    let (limiter, clock) = (RateLimiter::new(quota), Ticking::default());
    assert!(poll(pin!(limiter.until_ready_many_on(&clock, 3).unwrap())).is_ready());
    let mut two = pin!(limiter.until_ready_many_on(&clock, 2).unwrap());
    assert!(poll(two.as_mut()).is_pending());
    clock.now.set(20);
    assert!(poll(two.as_mut()).is_ready());
    let too_many = limiter.until_ready_many_on(&clock, 4).unwrap_err();
    assert_eq!(too_many, Denied::InsufficientCapacity { capacity: 3 });
}

#[test]
fn a_paced_item_is_held_and_the_source_left_alone() {
    let (limiter, clock) = (second(), Ticking::default());
    let mut stream = Box::pin(from_iter("abc".chars()).rate_limit_on_rs2(clock.clone(), limiter));
    let mut next = || stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
    assert_eq!(next(), Poll::Ready(Some('a')));
    assert!(next().is_pending());
    clock.now.set(10);
    assert_eq!(next(), Poll::Ready(Some('b')));
    assert!(next().is_pending());
    // A timer may wake before the clock shows it.
    clock.lag.set(1);
    clock.now.set(20);
    assert_eq!(next(), Poll::Ready(Some('c')));
    assert_eq!(next(), Poll::Ready(None));
    assert_eq!(stream.size_hint(), (0, Some(0)));
}

#[test]
fn a_stream_obeys_the_rule_it_is_given() {
    let clock = Ticking::default();
    let log = SlidingLog::new(&Heap::bounded(2), Duration::from_nanos(10));
    let limiter = RateLimiter::with_rule(log);
    assert_eq!(limiter.check(1, clock.now()), Ok(()));
    let mut stream = Box::pin(from_iter([1, 2]).rate_limit_on_rs2(clock.clone(), limiter.clone()));
    let mut next = || stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
    assert_eq!(next(), Poll::Ready(Some(1)));
    assert!(next().is_pending());
    let retry_at = Instant::from_nanos(10);
    assert_eq!(limiter.check(1, clock.now()), Err(Denied::NotYet { retry_at }));
    clock.now.set(10);
    assert_eq!(next(), Poll::Ready(Some(2)));
}

/// Names an instant that has passed, however often it is asked.
struct Stubborn;

impl Limit for Stubborn {
    fn check(&mut self, _n: u32, now: Instant) -> Result<(), Denied> {
        Err(Denied::NotYet { retry_at: now })
    }
    fn capacity(&self) -> u32 {
        1
    }
}

#[test]
fn a_rule_that_always_says_now_gives_the_task_back() {
    let (limiter, clock) = (RateLimiter::with_rule(Stubborn), Ticking::default());
    let (wakes, waker) = Wakes::new();
    let mut turn = pin!(limiter.until_ready_on(&clock));
    assert!(turn.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(wakes.count(), 1);
}

/// Lets nothing pass, and says so or not.
struct Never(u32);

impl Limit for Never {
    fn check(&mut self, _n: u32, _now: Instant) -> Result<(), Denied> {
        Err(Denied::InsufficientCapacity { capacity: 0 })
    }
    fn capacity(&self) -> u32 {
        self.0
    }
}

#[test]
fn a_rule_that_lets_nothing_pass_is_a_mistake_of_the_programmer() {
    assert!(catch_unwind(|| RateLimiter::with_rule(Never(0))).is_err());
    let (limiter, clock) = (RateLimiter::with_rule(Never(1)), Ticking::default());
    let mut turn = pin!(limiter.until_ready_on(&clock));
    let mut cx = Context::from_waker(Waker::noop());
    let panic = catch_unwind(AssertUnwindSafe(|| turn.as_mut().poll(&mut cx))).unwrap_err();
    let said = panic.downcast_ref::<String>().unwrap();
    assert!(said.contains("a rule must let its capacity of items pass"), "{said}");
}

#[test]
fn a_bulkhead_without_places_is_a_mistake_of_the_programmer() {
    assert!(catch_unwind(|| Bulkhead::new(0, 1)).is_err());
}
