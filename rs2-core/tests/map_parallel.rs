//! A plain function on several threads, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/tasks.rs"]
mod tasks;

use drain::{Wakes, poll};
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::stream::StreamExt;
use patchy::{ByHand, Patchy};
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::time::{Clock, Instant, NoTimer};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;
use tasks::{Later, Loses, Threads};

/// A clock that the work itself moves on.
#[derive(Clone, Debug, Default)]
struct Work(Arc<AtomicU64>);

impl Work {
    fn take(&self, micros: u64) {
        self.0.fetch_add(1_000 * micros, SeqCst);
    }
}

impl Clock for Work {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.load(SeqCst))
    }
}

/// Counts who is here now, and the most who ever were.
#[derive(Debug, Default)]
struct Present([AtomicUsize; 2]);

impl Present {
    fn during<T>(&self, step: impl FnOnce() -> T) -> T {
        let now = self.0[0].fetch_add(1, SeqCst) + 1;
        self.0[1].fetch_max(now, SeqCst);
        let done = step();
        self.0[0].fetch_sub(1, SeqCst);
        done
    }
    fn most(&self) -> usize {
        self.0[1].load(SeqCst)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn outputs_come_in_order_from_at_most_so_many_workers(
        steps in prop::collection::vec((0..3_u8, 0..1_000_u32), 0..300),
        workers in 1..5_usize,
        refuses in 0..4_usize,
    ) {
        let squares: Vec<u32> = steps.iter().map(|(_, item)| item * item).collect();
        let present = Arc::new(Present::default());
        let here = present.clone();
        let outputs = Patchy::new(steps).map_parallel_on_rs2(
            NoTimer,
            Threads::refusing(refuses),
            workers,
            move |n: u32| here.during(|| n * n),
        );
        prop_assert_eq!(block_on(outputs.collect_rs2::<Vec<u32>>()), squares);
        prop_assert!(present.most() <= workers);
    }

    #[test]
    fn what_is_left_is_told_exactly_at_every_moment(
        steps in prop::collection::vec((0..3_u8, 0..1_000_u32), 0..100),
        workers in 1..5_usize,
        sooner in prop::collection::vec(any::<bool>(), 50),
    ) {
        let mut left = steps.len();
        let jobs = Later::default();
        let mut outputs =
            Patchy::new(steps).map_parallel_on_rs2(NoTimer, jobs.clone(), workers, |n: u32| n);
        let mut outputs = Pin::new(&mut outputs);
        let mut sooner = sooner.into_iter().cycle();
        let mut next = || sooner.next() == Some(true);
        loop {
            prop_assert_eq!(outputs.size_hint(), (left, Some(left)));
            let wakes = Arc::<Wakes>::default();
            match poll(outputs.as_mut(), &wakes) {
                Poll::Ready(Some(_)) => left -= 1,
                Poll::Ready(None) => break,
                Poll::Pending if jobs.waiting() > 0 && (next() || wakes.count() == 0) => {
                    jobs.run_one();
                    prop_assert!(wakes.count() > 0, "a job that is done wakes the task");
                }
                Poll::Pending => prop_assert!(wakes.count() > 0, "it waits for nobody's wake"),
            }
        }
        prop_assert_eq!(left, 0);
    }
}

/// Two who wait for one another, and no longer than it takes to be sure that nobody comes.
#[derive(Debug, Default)]
struct Meeting {
    here: Mutex<usize>,
    came: Condvar,
}

impl Meeting {
    fn wait_for_two(&self) -> bool {
        let mut here = self.here.lock().unwrap();
        *here += 1;
        self.came.notify_all();
        let patience = Duration::from_secs(20);
        let (here, _) = self.came.wait_timeout_while(here, patience, |here| *here < 2).unwrap();
        *here >= 2
    }
}

// Defect 23 of the peer: it used one thread.
#[test]
fn two_calls_run_at_the_same_time_on_two_threads() {
    let meeting = Meeting::default();
    let outputs = from_iter(0..2).map_parallel_on_rs2(NoTimer, Threads::default(), 2, move |_| {
        (meeting.wait_for_two(), thread::current().id())
    });
    let calls = block_on(outputs.collect_rs2::<Vec<_>>());
    let [(true, one), (true, other)] = calls[..] else { panic!("they did not meet") };
    let own = thread::current().id();
    assert!(one != other && one != own && other != own);
}

// Defect 24 of the peer: what had finished waited for the next item.
#[test]
fn a_slow_source_waits_for_no_full_chunk() {
    let (source, jobs) = (ByHand::default(), Later::default());
    let mut outputs = source.clone().map_parallel_on_rs2(NoTimer, jobs.clone(), 1, |n: u32| n);
    let mut outputs = Pin::new(&mut outputs);
    let mut cx = Context::from_waker(Waker::noop());
    // Work that takes no time makes the chunks as large as can be.
    for n in 0..64 {
        source.give(n);
        assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
        jobs.run_one();
        assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
        assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    }
}

#[test]
fn while_every_worker_is_busy_what_comes_is_put_into_one_chunk() {
    let (source, jobs, clock) = (ByHand::default(), Later::default(), Work::default());
    let works = clock.clone();
    let work = move |n: u32| {
        works.take(10);
        n
    };
    let mut outputs = source.clone().map_parallel_on_rs2(clock, jobs.clone(), 1, work);
    let mut outputs = Pin::new(&mut outputs);
    let mut cx = Context::from_waker(Waker::noop());
    source.give(0);
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    jobs.run_one();
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(0)));
    source.give(1);
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    for n in 2..5 {
        source.give(n);
        assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    }
    assert!(format!("{outputs:?}").contains("chunks: 1"), "{outputs:?}");
    jobs.run_one();
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(1)));
    assert_eq!(jobs.waiting(), 1, "the three went out as soon as the worker was free");
    jobs.run_one();
    for n in 2..5 {
        assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
    }
}

/// The sizes of the chunks for work that takes so many microseconds.
fn sizes(micros: impl Fn(u32) -> u64 + 'static, items: u32) -> Vec<usize> {
    let (jobs, clock) = (Later::default(), Work::default());
    let (works, done) = (clock.clone(), Rc::new(RefCell::new(0)));
    let counts = done.clone();
    let work = move |n: u32| {
        works.take(micros(n));
        *counts.borrow_mut() += 1;
        n
    };
    let mut outputs = from_iter(0..items).map_parallel_on_rs2(clock, jobs.clone(), 1, work);
    let mut cx = Context::from_waker(Waker::noop());
    let (mut sizes, mut came, mut seen) = (Vec::new(), 0, 0);
    loop {
        match Pin::new(&mut outputs).poll_next(&mut cx) {
            Poll::Ready(Some(_)) => came += 1,
            Poll::Ready(None) => break,
            Poll::Pending if jobs.waiting() > 0 => {
                jobs.run_one();
                let now = *done.borrow();
                sizes.push(now - seen);
                seen = now;
            }
            Poll::Pending => {}
        }
    }
    assert_eq!(came, items);
    sizes
}

#[test]
fn a_chunk_carries_some_hundred_microseconds_of_work_and_at_most_1024_items() {
    let largest = |micros| *sizes(move |_| micros, 20_000).iter().max().unwrap();
    // A job takes all chunks on its table, and there are at most two.
    assert!(largest(1_000) <= 2);
    assert!((10..=40).contains(&largest(10)), "{}", largest(10));
    assert!((100..=400).contains(&largest(1)), "{}", largest(1));
    assert!((1_024..=2_048).contains(&largest(0)), "{}", largest(0));
}

#[test]
fn chunks_grow_and_shrink_with_the_work() {
    let sizes = sizes(|n| if n < 10_000 { 1 } else { 500 }, 11_000);
    assert!(sizes[0] <= 2 && sizes.iter().any(|size| *size >= 100));
    assert!(sizes.iter().rev().take(20).all(|size| *size <= 2), "{sizes:?}");
}

#[test]
fn the_source_is_not_polled_while_every_table_is_full() {
    let (source, jobs) = (ByHand::default(), Later::default());
    (0..100).for_each(|n| source.give(n));
    let mut outputs = source.clone().map_parallel_on_rs2(NoTimer, jobs.clone(), 3, |n: u32| n);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..9 {
        assert!(Pin::new(&mut outputs).poll_next(&mut cx).is_pending());
    }
    // Chunks of one item, as long as nothing is known of the work.
    assert_eq!((source.polls(), jobs.waiting()), (6, 3));
}

// Defect 33 of the peer: a stream that nobody had polled had pulled items.
#[test]
fn nothing_is_taken_or_started_before_the_first_poll() {
    let (source, jobs) = (ByHand::default(), Later::default());
    source.give(1);
    let outputs = source.clone().map_parallel_on_rs2(NoTimer, jobs.clone(), 2, |n: u32| n);
    assert_eq!((source.polls(), jobs.waiting(), outputs.size_hint()), (0, 0, (0, None)));
}

#[test]
fn a_large_chunk_gives_the_task_back_after_the_budget() {
    let jobs = Later::default();
    let mut outputs = repeat(0_u32).map_parallel_on_rs2(NoTimer, jobs.clone(), 1, |n| n);
    let mut outputs = Pin::new(&mut outputs);
    for _ in 0..40 {
        let wakes = Arc::<Wakes>::default();
        while poll(outputs.as_mut(), &wakes).is_ready() {}
        assert!(outputs.size_hint().0 == usize::MAX);
        if wakes.count() == 0 {
            jobs.run_one();
        }
    }
}

// Defect 10 of the peer: a panic was a normal end.
#[test]
fn a_panic_is_resumed_in_its_place_after_all_that_came_before_it() {
    for jobs in [Threads::default(), Threads::refusing(1)] {
        let outputs = from_iter(0..3_000).map_parallel_on_rs2(NoTimer, jobs, 3, |n: u32| {
            assert!(n != 2_000, "two thousand");
            n
        });
        let mut outputs = pin!(outputs);
        let mut next = || catch_unwind(AssertUnwindSafe(|| block_on(outputs.next())));
        for n in 0..2_000 {
            assert_eq!(next().unwrap(), Some(n));
        }
        let panic = next().expect_err("it was resumed here");
        assert!(panic.downcast_ref::<&str>().is_some_and(|text| *text == "two thousand"));
        assert_eq!(next().unwrap(), None);
        assert_eq!(outputs.size_hint(), (0, Some(0)));
    }
}

#[test]
fn a_lost_job_is_a_panic_and_never_an_end() {
    let mut outputs = pin!(from_iter(0..3).map_parallel_on_rs2(NoTimer, Loses, 2, |n: u8| n));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(outputs.next()))).is_err());
    assert_eq!(block_on(outputs.next()), None);

    let jobs = Later::default();
    let outputs = from_iter(0..3).map_parallel_on_rs2(NoTimer, jobs.clone(), 2, |n: u8| n);
    let mut outputs = pin!(outputs);
    let wakes = Arc::<Wakes>::default();
    assert!(poll(outputs.as_mut(), &wakes).is_pending());
    jobs.lose_all();
    assert!(wakes.count() > 0);
    assert!(catch_unwind(AssertUnwindSafe(|| poll(outputs.as_mut(), &wakes))).is_err());
}

#[test]
fn a_worker_that_is_lost_while_another_is_left_loses_nothing() {
    let jobs = Later::default();
    let mut outputs = from_iter(0..4).map_parallel_on_rs2(NoTimer, jobs.clone(), 2, |n: u8| n);
    let mut outputs = Pin::new(&mut outputs);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!(jobs.waiting(), 2);
    jobs.run_one();
    jobs.lose_all();
    for n in 0..4 {
        assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(n)));
    }
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(None));
}

#[test]
fn dropping_the_stream_drops_what_was_not_begun() {
    let (jobs, items) = (Later::default(), Rc::new(()));
    let source = from_iter(vec![items.clone(); 100]);
    let outputs = source.map_parallel_on_rs2(NoTimer, jobs.clone(), 2, |_item: Rc<()>| {
        panic!("nobody may call it");
    });
    let mut outputs: Pin<Box<dyn Stream<Item = ()>>> = Box::pin(outputs);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!(jobs.waiting(), 2);
    drop(outputs);
    assert_eq!(Rc::strong_count(&items), 1);
    (0..2).for_each(|_| jobs.run_one());
}

type Boxed = Pin<Box<dyn Stream<Item = u32>>>;

#[test]
fn dropping_the_stream_in_the_midst_of_a_chunk_drops_the_rest_of_it() {
    let jobs = Later::default();
    let called = Rc::new(RefCell::new(0));
    let open: Rc<RefCell<Option<Boxed>>> = Rc::default();
    let (counts, closes) = (called.clone(), open.clone());
    let call = move |n: u32| {
        *counts.borrow_mut() += 1;
        if n == 100 {
            let stream = closes.borrow_mut().take();
            drop(stream);
        }
        n
    };
    let outputs = from_iter(0..3_000).map_parallel_on_rs2(NoTimer, jobs.clone(), 1, call);
    *open.borrow_mut() = Some(Box::pin(outputs));
    let mut cx = Context::from_waker(Waker::noop());
    while jobs.waiting() > 0 || open.borrow().is_some() {
        while let Some(stream) = &mut *open.borrow_mut()
            && stream.as_mut().poll_next(&mut cx).is_ready()
        {}
        jobs.run_one();
    }
    assert_eq!(*called.borrow(), 101);
}

#[test]
fn a_worker_that_leaves_without_a_chunk_tells_that_it_is_free() {
    let (source, jobs) = (ByHand::default(), Later::default());
    let open: Rc<RefCell<Option<Boxed>>> = Rc::default();
    let ask = |open: &RefCell<Option<Boxed>>, wakes: &Arc<Wakes>| {
        poll(Pin::new(open.borrow_mut().as_mut().unwrap()), wakes)
    };
    let (others, inner) = (jobs.clone(), open.clone());
    let call = move |n: u32| {
        if n == 2 {
            // The first worker has taken the second one's chunk, and is busy with it.
            assert_eq!(ask(&inner, &Arc::default()), Poll::Ready(Some(1)));
            let wakes = Arc::<Wakes>::default();
            assert!(ask(&inner, &wakes).is_pending());
            assert_eq!(others.waiting(), 1);
            others.run_one();
            assert!(wakes.count() > 0);
            assert!(ask(&inner, &wakes).is_pending());
            assert_eq!(others.waiting(), 1, "what had come meanwhile goes to the free one");
        }
        n
    };
    let outputs = source.clone().map_parallel_on_rs2(NoTimer, jobs.clone(), 2, call);
    *open.borrow_mut() = Some(Box::pin(outputs));
    let wakes = Arc::<Wakes>::default();
    source.give(0);
    assert!(ask(&open, &wakes).is_pending());
    jobs.run_one();
    assert_eq!(ask(&open, &wakes), Poll::Ready(Some(0)));
    for n in 1..4 {
        source.give(n);
        assert!(ask(&open, &wakes).is_pending());
    }
    assert_eq!(jobs.waiting(), 2);
    jobs.run_one();
    assert_eq!(ask(&open, &wakes), Poll::Ready(Some(2)));
    jobs.run_one();
    assert_eq!(ask(&open, &wakes), Poll::Ready(Some(3)));
}

#[test]
fn progress_is_pending_while_a_worker_works_and_gives_it_what_was_taken() {
    let (source, jobs) = (ByHand::default(), Later::default());
    let mut outputs = source.clone().map_parallel_on_rs2(NoTimer, jobs.clone(), 1, |n: u32| n);
    let mut outputs = Pin::new(&mut outputs);
    let wakes = Arc::<Wakes>::default();
    let waker = wakes.waker();
    let mut cx = Context::from_waker(&waker);
    assert!(outputs.as_mut().poll_progress(&mut cx).is_ready());
    source.give(1);
    assert!(outputs.as_mut().poll_next(&mut cx).is_pending());
    assert!(outputs.as_mut().poll_progress(&mut cx).is_pending());
    let before = wakes.count();
    jobs.run_one();
    assert!(wakes.count() > before);
    assert!(outputs.as_mut().poll_progress(&mut cx).is_ready());
    assert_eq!(outputs.as_mut().poll_next(&mut cx), Poll::Ready(Some(1)));
}

#[test]
#[should_panic(expected = "without workers")]
fn no_workers_are_a_mistake() {
    let _ = from_iter([1]).map_parallel_on_rs2(NoTimer, Later::default(), 0, |n: u8| n);
}
