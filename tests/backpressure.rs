//! Reading ahead on tokio: where there is a runtime, where there is none, and when something goes
//! wrong.

use futures_executor::block_on;
use futures_util::{FutureExt, StreamExt};
use rs2_core::metrics::Loss;
use rs2_stream::prelude::*;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

// Peer defect 33.
#[test]
fn a_buffer_can_be_built_where_there_is_no_runtime_and_starts_nothing() {
    let taken = Arc::new(AtomicU32::new(0));
    let source = || {
        let taken = taken.clone();
        from_iter(1..=3_u32).inspect_rs2(move |_| {
            taken.fetch_add(1, SeqCst);
        })
    };
    let buffers = (source().prefetch_rs2(2), source().auto_backpressure_rs2());
    assert_eq!(taken.load(SeqCst), 0);
    // Nor does reading it there fail: the source is then read within the stream.
    assert_eq!(block_on(buffers.0.collect_rs2::<Vec<u32>>()), [1, 2, 3]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(buffers.1.collect_rs2::<Vec<u32>>()), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_prefetch_reads_while_the_consumer_is_busy() {
    let begun = Instant::now();
    let slow = from_iter(0..10).eval_map_rs2(|n| async move {
        sleep(ms(10)).await;
        n
    });
    slow.prefetch_rs2(2).for_each_rs2(async |_| sleep(ms(10)).await).await;
    assert_eq!(begun.elapsed(), ms(110), "not 200");
}

#[tokio::test(start_paused = true)]
async fn an_inline_prefetch_reads_while_the_consumer_is_busy_and_drives_it() {
    let slow = || {
        from_iter(0..10).eval_map_rs2(|n| async move {
            sleep(ms(10)).await;
            n
        })
    };
    let begun = Instant::now();
    slow().prefetch_inline_rs2(2).drive_each_rs2(async |_| sleep(ms(10)).await).await;
    assert_eq!(begun.elapsed(), ms(110), "not 200");
    let begun = Instant::now();
    slow().prefetch_inline_rs2(2).for_each_rs2(async |_| sleep(ms(10)).await).await;
    assert_eq!(begun.elapsed(), ms(200), "nobody moves it along");
}

// Peer defects 8 and 10.
#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_source_reaches_the_consumer_whatever_the_strategy() {
    use BackpressureStrategy::{Block, DropNewest, DropOldest, Error};
    for strategy in [Block, DropOldest, DropNewest, Error] {
        let failing = from_iter(1..).map_rs2(|n| if n < 4 { n } else { panic!("as told") });
        let config = BackpressureConfig::new(strategy, 8);
        let mut buffer = failing.auto_backpressure_with_rs2(config);
        for n in 1..4_u32 {
            assert_eq!(buffer.next().await, Some(n));
        }
        assert!(AssertUnwindSafe(buffer.next()).catch_unwind().await.is_err());
        assert_eq!(buffer.next().await, None);
    }
}

// Peer defect 10.
#[tokio::test(start_paused = true)]
async fn the_source_stops_when_the_consumer_is_dropped() {
    let ticks = Arc::new(AtomicU32::new(0));
    let count = ticks.clone();
    let source = tick(ms(10), ()).inspect_rs2(move |()| {
        count.fetch_add(1, SeqCst);
    });
    let config = BackpressureConfig::new(BackpressureStrategy::DropOldest, 2);
    let mut buffer = Box::pin(source.auto_backpressure_with_rs2(config));
    let losses = buffer.losses();
    assert_eq!(buffer.next().await, Some(()));
    sleep(ms(55)).await;
    assert_eq!((ticks.load(SeqCst), losses.of(Loss::Full)), (6, 3));
    drop(buffer);
    sleep(ms(200)).await;
    assert_eq!(ticks.load(SeqCst), 6);
    assert_eq!(losses.of(Loss::Abandoned), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_between_the_threads_of_a_runtime() {
    for ahead in [1, 2, 64] {
        let seen: Vec<u32> = from_iter(0..20_000).prefetch_rs2(ahead).collect_rs2().await;
        assert!(seen.into_iter().eq(0..20_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_holds_the_source_back_and_lets_no_burst_through() {
    let begun = Instant::now();
    let times: Vec<Duration> = from_iter(0..5)
        .rate_limit_backpressure_rs2(10)
        .map_rs2(|_| begun.elapsed())
        .collect_rs2()
        .await;
    assert_eq!(times, [0, 100, 200, 300, 400].map(ms));
}
