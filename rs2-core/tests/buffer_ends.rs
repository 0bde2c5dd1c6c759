//! How a buffer overflows, fails, is dropped and is set up.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/reading.rs"]
mod reading;

use futures_core::Stream;
use futures_executor::block_on;
use futures_util::stream::StreamExt;
use patchy::ByHand;
use reading::{Loses, NO_TASKS, counting, failing_at, has_finished, poll, pool, read, watermarks};
use rs2_core::error::ConfigError;
use rs2_core::metrics::{Loss, Metrics};
use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy, Overflow};
use rs2_core::prelude::*;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

use BackpressureStrategy::{Block, DropNewest, DropOldest, Error};

// Peer defect 20.
#[test]
fn error_ends_the_stream_when_the_buffer_is_full() {
    let (mut pool, spawner) = pool();
    let (source, taken) = counting(200);
    let config = BackpressureConfig::new(Error, 1);
    let mut buffer = source.auto_backpressure_on_rs2(spawner, config);
    let losses = buffer.losses();
    assert!(poll(&mut buffer).is_pending());
    pool.run_until_stalled();
    assert_eq!(taken.get(), 2, "the source is left at once");
    assert!(losses.is_stopped());
    assert_eq!(block_on(buffer.collect::<Vec<u32>>()), [1]);
}

// Peer defect 20.
#[test]
fn the_try_form_yields_the_overflow_as_an_error_behind_the_backlog() {
    let (mut pool, spawner) = pool();
    let items = from_iter([Ok(1), Err("torn"), Ok(2), Ok(3), Ok(4)]);
    let config = BackpressureConfig::new(Error, 2);
    let mut buffer = items.try_auto_backpressure_on_rs2(spawner, config);
    assert!(poll(&mut buffer).is_pending());
    pool.run_until_stalled();
    assert_eq!(buffer.size_hint(), (4, Some(4)));
    let full = Err(Overflow::Full { capacity: 2 });
    let torn = Err(Overflow::Source("torn"));
    assert_eq!(block_on(buffer.collect::<Vec<_>>()), [Ok(1), torn, Ok(2), full]);
}

#[test]
fn errors_are_never_dropped_and_have_a_bound_of_their_own() {
    for strategy in [DropOldest, DropNewest] {
        let (mut pool, spawner) = pool();
        let items = (1..=100).map(|n| if n % 10 == 0 { Err(n) } else { Ok(n) });
        let config = BackpressureConfig::new(strategy, 20);
        let buffer = from_iter(items).try_auto_backpressure_on_rs2(spawner, config);
        let losses = buffer.losses();
        let seen = read(&pool, buffer, vec![9]);
        pool.run_until_stalled();
        let seen = &seen.borrow().0;
        assert_eq!(seen.iter().filter(|item| item.is_err()).count(), 10);
        assert_eq!(seen.len() as u64 + losses.of(Loss::Full), 100);
        assert!(losses.of(Loss::Full) > 0);
    }
    let (mut pool, spawner) = pool();
    let (source, taken) = counting(1_000);
    let errors = source.map_rs2(Err::<(), u32>);
    let mut buffer = errors.try_prefetch_on_rs2(spawner, 7);
    assert!(poll(&mut buffer).is_pending());
    pool.run_until_stalled();
    assert_eq!(taken.get(), 7);
    assert_eq!(poll(&mut buffer), Poll::Ready(Some(Err(1))));
    pool.run_until_stalled();
    assert_eq!(taken.get(), 8);
}

#[test]
fn errors_take_no_room_of_the_values() {
    let taken = |items: [Result<u32, u32>; 5]| {
        let (mut pool, spawner) = pool();
        let taken = Rc::new(Cell::new(0));
        let count = taken.clone();
        let source = from_iter(items).inspect_rs2(move |_| count.set(count.get() + 1));
        let mut buffer = source.try_prefetch_on_rs2(spawner, 2);
        assert!(poll(&mut buffer).is_pending());
        pool.run_until_stalled();
        let taken = taken.get();
        assert_eq!(pool.run_until(buffer.collect::<Vec<_>>()), items);
        taken
    };
    assert_eq!(taken([Ok(1), Err(2), Ok(3), Ok(4), Err(5)]), 3);
    assert_eq!(taken([Err(1), Ok(2), Err(3), Ok(4), Ok(5)]), 3);
    assert_eq!(taken([Ok(1), Ok(2), Err(3), Ok(4), Ok(5)]), 2);
}

// Peer defects 8 and 10.
#[test]
fn a_panic_of_the_source_comes_behind_the_items_before_it_whatever_the_strategy() {
    for strategy in [Block, DropOldest, DropNewest, Error] {
        for has_tasks in [true, false] {
            let (mut pool, mut spawner) = pool();
            if !has_tasks {
                spawner = NO_TASKS;
            }
            let config = BackpressureConfig::new(strategy, 10);
            let buffer = failing_at(4).auto_backpressure_on_rs2(spawner, config);
            let seen = read(&pool, buffer, vec![0]);
            pool.run_until_stalled();
            assert!(has_finished(&seen), "it does not hang");
            assert_eq!(*seen.borrow(), (vec![1, 2, 3], true));
        }
    }
}

// Peer defects 8 and 10.
#[test]
fn a_panic_is_no_end_for_a_prefetch_and_nothing_follows_it() {
    let (mut pool, spawner) = pool();
    let mut prefetch = failing_at(3).prefetch_on_rs2(spawner, 8);
    assert!(poll(&mut prefetch).is_pending());
    pool.run_until_stalled();
    assert_eq!(poll(&mut prefetch), Poll::Ready(Some(1)));
    assert_eq!(poll(&mut prefetch), Poll::Ready(Some(2)));
    let panic = catch_unwind(AssertUnwindSafe(|| poll(&mut prefetch))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"as told"));
    assert_eq!(poll(&mut prefetch), Poll::Ready(None));
}

#[test]
fn a_panic_while_progress_is_made_leaves_what_was_taken_before() {
    let mut inline = failing_at(4).prefetch_inline_rs2(8);
    let mut in_place = failing_at(4).prefetch_on_rs2(NO_TASKS, 8);
    fn check(stream: &mut (impl Progress<Item = u32> + Unpin)) {
        assert_eq!(poll(stream), Poll::Ready(Some(1)));
        let mut cx = Context::from_waker(Waker::noop());
        let progress = AssertUnwindSafe(|| Pin::new(&mut *stream).poll_progress(&mut cx));
        assert!(catch_unwind(progress).is_err());
        assert!(Pin::new(&mut *stream).poll_progress(&mut cx).is_ready());
        assert_eq!(block_on(stream.collect::<Vec<u32>>()), [2, 3]);
    }
    check(&mut inline);
    check(&mut in_place);
}

#[test]
#[should_panic(expected = "dropped a task")]
fn a_lost_task_is_no_end() {
    block_on(from_iter([1]).prefetch_on_rs2(Loses, 1).collect::<Vec<u32>>());
}

// Peer defect 10.
#[test]
fn dropping_the_consumer_stops_the_source_at_once() {
    for strategy in [Block, DropOldest, DropNewest] {
        let (mut pool, spawner) = pool();
        let source = ByHand::default();
        let config = BackpressureConfig::new(strategy, 2);
        let mut buffer = source.clone().auto_backpressure_on_rs2(spawner, config);
        let losses = buffer.losses();
        assert!(poll(&mut buffer).is_pending());
        (0..4).for_each(|n| source.give(n));
        pool.run_until_stalled();
        let polls = source.polls();
        let lost = losses.of(Loss::Full);
        drop(buffer);
        assert_eq!(losses.of(Loss::Abandoned), 2);
        source.give(4);
        pool.run_until_stalled();
        assert_eq!((source.polls(), source.handles(), losses.of(Loss::Full)), (polls, 1, lost));
    }
}

/// Notes, when it is woken, how many handles on a source there are.
struct Notes(ByHand<u32>, AtomicUsize);

impl Wake for Notes {
    fn wake(self: Arc<Self>) {
        self.1.store(self.0.handles(), SeqCst);
    }
}

#[test]
fn the_source_is_dropped_before_the_end_is_told() {
    let (mut pool, spawner) = pool();
    let source = ByHand::default();
    let notes = Arc::new(Notes(source.clone(), AtomicUsize::new(0)));
    let mut prefetch = source.clone().prefetch_on_rs2(spawner, 4);
    let waker = Waker::from(notes.clone());
    assert!(prefetch.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
    source.end();
    pool.run_until_stalled();
    assert_eq!(notes.1.load(SeqCst), 2, "the test's own handles");
    assert_eq!(poll(&mut prefetch), Poll::Ready(None));
}

#[test]
fn what_is_left_can_be_taken_back() {
    let (mut pool, spawner) = pool();
    let mut buffer = counting(100).0.prefetch_on_rs2(spawner, 4);
    let losses = buffer.losses();
    assert!(poll(&mut buffer).is_pending());
    pool.run_until_stalled();
    assert_eq!(poll(&mut buffer), Poll::Ready(Some(1)));
    pool.run_until_stalled();
    assert_eq!(buffer.into_remainder(), [2, 3, 4, 5]);
    assert_eq!(losses.total(), 0);

    let mut inline = from_iter(1..9).prefetch_inline_rs2(2);
    assert_eq!(poll(&mut inline), Poll::Ready(Some(1)));
    let _ = Pin::new(&mut inline).poll_progress(&mut Context::from_waker(Waker::noop()));
    assert_eq!(inline.into_remainder(), [2, 3]);
}

#[test]
fn depth_pauses_and_drops_reach_the_metrics_while_it_runs() {
    let metrics = Metrics::new("readings");
    let (mut pool, spawner) = pool();
    let config = watermarks(DropOldest, 5, 1, 4);
    let mut lossy = counting(100).0.auto_backpressure_on_rs2(spawner.clone(), config);
    lossy = lossy.with_metrics(&metrics);
    let results = counting(100).0.map_rs2(Ok::<u32, ()>);
    let config = watermarks(Block, 9, 1, 3);
    let mut lossless = results.try_auto_backpressure_on_rs2(spawner, config).with_metrics(&metrics);
    let seen = || {
        let snapshot = metrics.snapshot();
        (snapshot.queue_depth, snapshot.backpressure_events, snapshot.drops())
    };
    assert_eq!(seen(), (0, 0, 0));
    assert!(poll(&mut lossy).is_pending() && poll(&mut lossless).is_pending());
    pool.run_until_stalled();
    assert_eq!(seen(), (5 + 3, 2, 95));
    assert!(poll(&mut lossless).is_ready() && poll(&mut lossless).is_ready());
    pool.run_until_stalled();
    assert_eq!(seen(), (5 + 3, 3, 95), "it went on at 1, and paused again");
    drop(lossy);
    assert_eq!(seen(), (3, 3, 100), "what waited is lost");
}

#[test]
fn a_configuration_is_checked() {
    let zero = BackpressureConfig::new(Block, 0);
    assert_eq!(zero.validate(), Err(ConfigError::Zero("buffer_size")));
    let no_high = watermarks(Block, 5, 0, 0);
    assert_eq!(no_high.validate(), Err(ConfigError::Zero("high_watermark")));
    let too_high = watermarks(Block, 5, 1, 6);
    assert_eq!(too_high.validate(), Err(ConfigError::Exceeds("high_watermark", "buffer_size")));
    let crossed = watermarks(Block, 5, 3, 3);
    assert_eq!(crossed.validate(), Err(ConfigError::NotBelow("low_watermark", "high_watermark")));
    let alone = BackpressureConfig { low_watermark: Some(5), ..BackpressureConfig::new(Block, 5) };
    assert_eq!(alone.validate(), Err(ConfigError::NotBelow("low_watermark", "buffer_size")));
    for fits in [BackpressureConfig::default(), watermarks(Error, 1, 0, 1)] {
        assert_eq!(fits.validate(), Ok(()));
    }
}

#[test]
#[should_panic(expected = "high_watermark must not exceed buffer_size")]
fn a_configuration_that_cannot_work_is_a_mistake() {
    let config = BackpressureConfig { buffer_size: 10, ..BackpressureConfig::default() };
    let _ = from_iter([1]).auto_backpressure_on_rs2(NO_TASKS, config);
}

#[test]
#[should_panic(expected = "room for at least one item")]
fn a_prefetch_of_nothing_is_a_mistake() {
    let _ = from_iter([1]).prefetch_on_rs2(NO_TASKS, 0);
}

#[test]
#[should_panic(expected = "room for at least one item")]
fn an_inline_prefetch_of_nothing_is_a_mistake() {
    let _ = from_iter([1]).prefetch_inline_rs2(0);
}
