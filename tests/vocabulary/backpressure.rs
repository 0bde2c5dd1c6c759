//! Backpressure.

use super::{MOMENT, all};
use crate::{rs2::prelude::*, run};
use BackpressureStrategy::{Block, DropNewest, DropOldest, Error};

/// Takes the first item, and the others when the buffer has long been full.
async fn late<S: TransformExt>(stream: S) -> Vec<S::Item> {
    let mut pause = 5 * MOMENT;
    let after_the_first = stream.eval_map_rs2(move |item| {
        let pause = std::mem::take(&mut pause);
        async move {
            all(emit_after((), pause)).await;
            item
        }
    });
    all(after_the_first).await
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
        let kept = late(numbers().auto_backpressure_with_rs2(config)).await;
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
        for strategy in [Block, DropOldest, DropNewest, Error] {
            let config = BackpressureConfig::new(strategy, 5);
            let out = late(numbers().auto_backpressure_with_rs2(config)).await;
            assert_eq!(out.len() == 50, strategy == Block);
            assert_eq!(out.last() == Some(&49), matches!(strategy, Block | DropOldest));
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
        let newest = late(auto_backpressure_drop_oldest(numbers(), 5)).await;
        assert_eq!(newest.last(), Some(&49));
        let oldest = late(auto_backpressure_drop_newest(numbers(), 5)).await;
        assert!(oldest[0] == 0 && oldest.len() < 50);
        let failed = late(auto_backpressure_error(numbers(), 5)).await;
        assert!(failed[0] == 0 && failed.len() < 50);
    });
}
