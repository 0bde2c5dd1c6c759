//! Backpressure.

use super::{MOMENT, all};
use crate::{rs2::prelude::*, run};
use BackpressureStrategy::{Block, DropNewest, DropOldest, Error};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Takes the first item, and the others when the source is gone: a buffer that drops has then seen
/// all of it. `build` gets the source.
async fn late<S: TransformExt>(build: impl FnOnce(Numbers) -> S) -> Vec<S::Item> {
    let gone = Arc::new(AtomicBool::new(false));
    let mut waits = Some(gone.clone());
    let after_the_first = build(from_iter(Counted { next: 0, gone })).eval_map_rs2(move |item| {
        let waits = waits.take();
        async move {
            if let Some(gone) = waits {
                while !gone.load(SeqCst) {
                    all(emit_after((), MOMENT)).await;
                }
            }
            item
        }
    });
    all(after_the_first).await
}

type Numbers = rs2_stream::source::FromIter<Counted>;

/// The numbers below fifty; tells when it is dropped.
struct Counted {
    next: u32,
    gone: Arc<AtomicBool>,
}

impl Iterator for Counted {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.next += 1;
        (self.next <= 50).then_some(self.next - 1)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.gone.store(true, SeqCst);
    }
}

fn numbers() -> impl ConsumeExt<Item = u32> + Send + 'static {
    from_iter(0..50)
}

#[test]
fn backpressure() {
    run(async {
        assert_eq!(all(numbers().auto_backpressure_rs2()).await.len(), 50);
        let config = BackpressureConfig {
            strategy: BackpressureStrategy::DropOldest,
            buffer_size: 10,
            low_watermark: Some(3),
            high_watermark: Some(8),
        };
        let kept = late(|numbers| numbers.auto_backpressure_with_rs2(config)).await;
        assert!(kept.len() < 50 && kept.last() == Some(&49));
        let paced = from_iter(0..3).rate_limit_backpressure_rs2(1_000);
        assert_eq!(all(paced).await, [0, 1, 2]);
        let results = || from_iter(vec![Ok(1), Err("noise"), Ok(2)]);
        let same = [Ok(1), Err("noise"), Ok(2)];
        assert_eq!(all(rate_limit_backpressure(results(), 4)).await, same);
        assert_eq!(all(results().rate_limit_backpressure(4)).await, same);
    });
}

#[test]
fn the_default_configuration_blocks_at_100_items_and_pauses_at_75() {
    let BackpressureConfig { strategy, buffer_size, low_watermark, high_watermark } =
        BackpressureConfig::default();
    assert_eq!((strategy, buffer_size), (BackpressureStrategy::Block, 100));
    assert_eq!((low_watermark, high_watermark), (Some(25), Some(75)));
}

#[test]
fn strategies() {
    run(async {
        let blocked = numbers().auto_backpressure_with_rs2(BackpressureConfig::new(Block, 5));
        assert_eq!(all(blocked).await.len(), 50);
        for strategy in [DropOldest, DropNewest, Error] {
            let config = BackpressureConfig::new(strategy, 5);
            let out = late(|numbers| numbers.auto_backpressure_with_rs2(config)).await;
            assert!(out.len() < 50);
            assert_eq!(out.last() == Some(&49), strategy == DropOldest);
            assert!(out[0] == 0 || strategy == DropOldest);
        }
    });
}

#[test]
fn backpressure_of_the_published_crate() {
    run(async {
        let by_default = auto_backpressure(numbers(), BackpressureConfig::default());
        assert_eq!(all(by_default).await.len(), 50);
        assert_eq!(all(auto_backpressure_block(numbers(), 5)).await.len(), 50);
        let newest = late(|numbers| auto_backpressure_drop_oldest(numbers, 5)).await;
        assert_eq!(newest.last(), Some(&49));
        let oldest = late(|numbers| auto_backpressure_drop_newest(numbers, 5)).await;
        assert!(oldest[0] == 0 && oldest.len() < 50);
        let failed = late(|numbers| auto_backpressure_error(numbers, 5)).await;
        assert!(failed[0] == 0 && failed.len() < 50);
    });
}
