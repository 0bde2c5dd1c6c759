//! Buffers between a source and its consumer, against a few lines that are plainly right.
#![cfg(feature = "std")]

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/reading.rs"]
mod reading;

use futures_core::Stream;
use futures_executor::block_on;
use futures_util::stream::StreamExt;
use patchy::{ByHand, Patchy, yield_times};
use proptest::prelude::*;
use reading::{NO_TASKS, Threads, counting, has_finished, poll, pool, read, watermarks};
use rs2_core::metrics::Loss;
use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy, Pressure};
use rs2_core::prelude::*;
use std::cell::Cell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::thread::scope;

use BackpressureStrategy::{Block, DropNewest, DropOldest, Error};

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..1_000_u32), 0..60)
}

fn pauses() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..5_u8, 1..8)
}

/// Sizes of a buffer, and what they are for.
fn sizes() -> impl Strategy<Value = (usize, usize, usize)> {
    (1..12_usize)
        .prop_flat_map(|size| (Just(size), 1..=size))
        .prop_flat_map(|(size, high)| (Just(size), 0..high, Just(high)))
}

proptest! {
    #[test]
    fn a_prefetch_yields_everything_in_order_and_is_never_further_ahead_than_told(
        steps in steps(), pauses in pauses(), ahead in 1..9_usize, refuses in any::<bool>(),
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let (mut pool, mut spawner) = pool();
        if refuses {
            spawner = NO_TASKS;
        }
        let (owed, most) = (Rc::new(Cell::new(0_usize)), Rc::new(Cell::new(0)));
        let (taken, given) = (owed.clone(), owed);
        let record = most.clone();
        let source = Patchy::new(steps).inspect_rs2(move |_| {
            taken.set(taken.get() + 1);
            record.set(taken.get().max(record.get()));
        });
        let prefetch = source.prefetch_on_rs2(spawner, ahead);
        let pressure = prefetch.pressure();
        let seen = read(&pool, prefetch.inspect(move |_| given.set(given.get() - 1)), pauses);
        pool.run_until_stalled();
        prop_assert!(has_finished(&seen));
        prop_assert_eq!(&seen.borrow().0, &items);
        prop_assert!(most.get() <= ahead);
        prop_assert_eq!(pressure.depth(), 0);
    }

    // Peer defect 21.
    #[test]
    fn block_loses_nothing_and_never_holds_more_than_the_high_watermark(
        steps in steps(), pauses in pauses(), (size, low, high) in sizes(),
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let (mut pool, spawner) = pool();
        let config = watermarks(Block, size, low, high);
        let buffer = Patchy::new(steps).auto_backpressure_on_rs2(spawner, config);
        let (pressure, losses) = (buffer.pressure(), buffer.losses());
        let seen = read(&pool, buffer, pauses);
        while pool.try_run_one() {
            prop_assert!(pressure.depth() <= high);
        }
        pool.run_until_stalled();
        prop_assert_eq!(&seen.borrow().0, &items);
        prop_assert_eq!((pressure.depth(), pressure.is_high(), losses.total()), (0, false, 0));
    }

    #[test]
    fn what_is_not_dropped_comes_in_order_and_what_is_dropped_is_counted(
        steps in steps(), pauses in pauses(), (size, low, high) in sizes(), oldest in any::<bool>(),
    ) {
        let steps: Vec<(u8, usize)> =
            steps.into_iter().enumerate().map(|(at, (stalls, _))| (stalls, at)).collect();
        let total = steps.len();
        let (mut pool, spawner) = pool();
        let config = watermarks(if oldest { DropOldest } else { DropNewest }, size, low, high);
        let buffer = Patchy::new(steps).auto_backpressure_on_rs2(spawner, config);
        let (pressure, losses) = (buffer.pressure(), buffer.losses());
        let seen = read(&pool, buffer, pauses);
        while pool.try_run_one() {
            prop_assert!(pressure.depth() <= size);
        }
        pool.run_until_stalled();
        let seen = &seen.borrow().0;
        prop_assert!(seen.is_sorted_by(|a, b| a < b));
        prop_assert_eq!(losses.of(Loss::Full), (total - seen.len()) as u64);
        prop_assert_eq!(losses.total(), losses.of(Loss::Full));
        if oldest && total > 0 {
            prop_assert_eq!(seen.last(), Some(&(total - 1)), "the newest is never dropped");
        }
        if !oldest && total > 0 {
            prop_assert_eq!(seen.first(), Some(&0), "the first is never dropped");
        }
    }

    #[test]
    fn an_overflow_ends_the_stream_behind_what_waits(
        steps in steps(), pauses in pauses(), size in 1..12_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let (mut pool, spawner) = pool();
        let config = BackpressureConfig::new(Error, size);
        let buffer = Patchy::new(steps).auto_backpressure_on_rs2(spawner, config);
        let losses = buffer.losses();
        let seen = read(&pool, buffer, pauses);
        pool.run_until_stalled();
        let seen = &seen.borrow().0;
        prop_assert!(items.starts_with(seen));
        prop_assert_eq!(losses.is_stopped(), seen.len() < items.len());
        prop_assert_eq!(losses.of(Loss::Full), u64::from(losses.is_stopped()));
    }

    #[test]
    fn an_inline_prefetch_yields_everything_in_order_whenever_progress_is_made(
        steps in steps(), calls in prop::collection::vec(any::<bool>(), 0..300),
        ahead in 1..6_usize,
    ) {
        let items: Vec<u32> = steps.iter().map(|(_, item)| *item).collect();
        let mut prefetch = pin!(Patchy::new(steps).prefetch_inline_rs2(ahead));
        let mut cx = Context::from_waker(Waker::noop());
        let mut seen = Vec::new();
        for asks in calls {
            let left = items.len() - seen.len();
            prop_assert_eq!(prefetch.size_hint(), (left, Some(left)));
            if !asks {
                let _ = prefetch.as_mut().poll_progress(&mut cx);
            } else if let Poll::Ready(Some(item)) = prefetch.as_mut().poll_next(&mut cx) {
                seen.push(item);
            }
        }
        seen.extend(block_on(prefetch.collect::<Vec<u32>>()));
        prop_assert_eq!(seen, items);
    }
}

// Peer defect 21.
#[test]
fn block_pauses_at_the_high_watermark_and_goes_on_at_the_low_one() {
    let (mut pool, spawner) = pool();
    let (source, taken) = counting(1_000);
    let mut buffer = source.auto_backpressure_on_rs2(spawner, BackpressureConfig::default());
    let pressure = buffer.pressure();
    assert_eq!(taken.get(), 0, "nothing before the first poll");
    assert!(poll(&mut buffer).is_pending());
    pool.run_until_stalled();
    assert_eq!((taken.get(), pressure.depth(), pressure.is_high()), (75, 75, true));
    for n in 1..50 {
        assert_eq!(poll(&mut buffer), Poll::Ready(Some(n)));
        pool.run_until_stalled();
        assert_eq!(taken.get(), 75, "paused at depth {}", pressure.depth());
    }
    assert_eq!((pressure.depth(), pressure.is_high()), (26, true));
    assert_eq!(poll(&mut buffer), Poll::Ready(Some(50)));
    assert_eq!((pressure.depth(), pressure.is_high()), (25, false));
    pool.run_until_stalled();
    assert_eq!((taken.get(), pressure.depth(), pressure.events()), (125, 75, 2));
}

#[test]
fn block_without_watermarks_goes_on_as_soon_as_there_is_room() {
    let (mut pool, spawner) = pool();
    let (source, taken) = counting(1_000);
    let mut buffer = source.auto_backpressure_on_rs2(spawner, BackpressureConfig::new(Block, 10));
    assert!(poll(&mut buffer).is_pending());
    for n in 1..20 {
        pool.run_until_stalled();
        assert_eq!(taken.get(), n + 9);
        assert_eq!(poll(&mut buffer), Poll::Ready(Some(n)));
    }
}

#[test]
fn a_prefetch_takes_exactly_so_many_ahead() {
    for ahead in [1, 2, 3, 4, 100] {
        let (mut pool, spawner) = pool();
        let (source, taken) = counting(1_000);
        let mut prefetch = source.prefetch_on_rs2(spawner, ahead as usize);
        assert!(poll(&mut prefetch).is_pending());
        for n in 1..30 {
            pool.run_until_stalled();
            let behind = (ahead / 4).max(1) - 1;
            assert!((ahead - behind..=ahead).contains(&(taken.get() + 1 - n)));
            assert_eq!(poll(&mut prefetch), Poll::Ready(Some(n)));
        }
    }
}

#[test]
fn with_an_idle_consumer_the_oldest_or_the_newest_are_left() {
    for (strategy, left) in [(DropOldest, 96..=100), (DropNewest, 1..=5)] {
        let (mut pool, spawner) = pool();
        let config = watermarks(strategy, 5, 1, 4);
        let mut buffer = counting(100).0.auto_backpressure_on_rs2(spawner, config);
        let (pressure, losses) = (buffer.pressure(), buffer.losses());
        assert!(poll(&mut buffer).is_pending());
        pool.run_until_stalled();
        // Read while it runs.
        assert_eq!((losses.of(Loss::Full), pressure.depth(), pressure.events()), (95, 5, 1));
        assert!(block_on(buffer.collect::<Vec<u32>>()).into_iter().eq(left));
        assert!(!pressure.is_high());
    }
}

#[test]
fn without_tasks_it_reads_item_by_item_and_drops_nothing() {
    for strategy in [Block, DropOldest, DropNewest, Error] {
        let (source, taken) = counting(50);
        let config = BackpressureConfig::new(strategy, 2);
        let mut buffer = source.auto_backpressure_on_rs2(NO_TASKS, config);
        for n in 1..=50 {
            assert_eq!(poll(&mut buffer), Poll::Ready(Some(n)));
            assert_eq!(taken.get(), n);
        }
        assert_eq!(poll(&mut buffer), Poll::Ready(None));
        assert_eq!(buffer.losses().total(), 0);
    }
}

#[test]
fn progress_moves_the_futures_of_the_source_while_the_buffer_is_full() {
    let (mut pool, spawner) = pool();
    let done = Rc::new(Cell::new(0));
    let count = done.clone();
    let work = move |n: u32| {
        let count = count.clone();
        async move {
            yield_times(if n == 1 { 0 } else { 3 }).await;
            count.set(count.get() + 1);
            n
        }
    };
    let mut stream = from_iter(1..=9).par_eval_map_inline_rs2(3, work).prefetch_on_rs2(spawner, 1);
    assert!(poll(&mut stream).is_pending());
    pool.run_until_stalled();
    assert_eq!(done.get(), 1, "full, and the futures behind stand still");
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut stream).poll_progress(&mut cx).is_ready());
    pool.run_until_stalled();
    assert!(done.get() >= 3, "they are moved along");
    assert!(pool.run_until(stream.collect::<Vec<u32>>()).into_iter().eq(1..=9));
}

#[test]
fn reading_ahead_within_a_task_gives_that_back_after_the_budget() {
    fn check(stream: &mut (impl Progress<Item = u32> + Unpin), taken: &Cell<u32>) {
        assert_eq!(poll(stream), Poll::Ready(Some(1)));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(stream).poll_progress(&mut cx).is_pending());
        assert!(taken.get() <= 1_025);
    }
    let (source, taken) = counting(10_000);
    check(&mut source.prefetch_inline_rs2(5_000), &taken);
    let (source, taken) = counting(10_000);
    check(&mut source.prefetch_on_rs2(NO_TASKS, 5_000), &taken);
}

#[test]
fn the_oldest_gives_way_also_after_the_consumer_has_begun() {
    let (mut pool, spawner) = pool();
    let source = ByHand::default();
    let config = BackpressureConfig::new(DropOldest, 3);
    let mut buffer = source.clone().auto_backpressure_on_rs2(spawner, config);
    assert!(poll(&mut buffer).is_pending());
    (1..=3).for_each(|n| source.give(n));
    pool.run_until_stalled();
    assert_eq!(poll(&mut buffer), Poll::Ready(Some(1)));
    (4..=6).for_each(|n| source.give(n));
    source.end();
    pool.run_until_stalled();
    assert_eq!(block_on(buffer.collect::<Vec<u32>>()), [4, 5, 6]);
}

// The depth may come down to the low watermark and up to the high one at the same moment.
#[test]
fn nothing_is_lost_between_threads() {
    for (size, low, high) in [(1, 0, 1), (2, 0, 2), (3, 1, 2), (64, 16, 48), (64, 47, 48)] {
        let config = watermarks(Block, size, low, high);
        scope(|threads| {
            let pressure = Arc::new(OnceLock::<Pressure>::new());
            let depth = pressure.clone();
            let source = from_iter(0..50_000_u32).inspect_rs2(move |_| {
                assert!(depth.get().unwrap().depth() < high, "read while high")
            });
            let buffer = source.auto_backpressure_on_rs2(Threads(threads), config);
            pressure.set(buffer.pressure()).unwrap();
            let losses = buffer.losses();
            assert!(block_on(buffer.collect::<Vec<u32>>()).into_iter().eq(0..50_000));
            assert_eq!(losses.total(), 0);
        });
    }
    for (strategy, size) in [(DropOldest, 1), (DropOldest, 16), (DropNewest, 1), (DropNewest, 16)] {
        let config = BackpressureConfig::new(strategy, size);
        scope(|threads| {
            let source = from_iter(0..50_000_u32);
            let buffer = source.auto_backpressure_on_rs2(Threads(threads), config);
            let (pressure, losses) = (buffer.pressure(), buffer.losses());
            let seen: Vec<u32> = block_on(buffer.collect());
            assert!(seen.is_sorted_by(|a, b| a < b));
            assert_eq!(seen.len() as u64 + losses.total(), 50_000);
            assert_eq!(pressure.depth(), 0);
        });
    }
}
