//! The tables of the performance optimization guide, and the quick example of state.

use super::all;
use crate::{rs2::prelude::*, run};
use rs2_stream::metrics::MetricsConfig;

#[test]
fn buffer_configuration() {
    let config = BufferConfig {
        initial_capacity: 2,
        max_capacity: Some(3),
        growth_strategy: GrowthStrategy::Exponential(1.5),
    };
    let growths = [GrowthStrategy::Linear(1), GrowthStrategy::Exponential(2.0)];
    run(async {
        for growth_strategy in growths {
            let config = BufferConfig { growth_strategy, ..config };
            let held = from_iter(0..3).collect_with_config_rs2(config).await;
            assert_eq!(held.unwrap(), [0, 1, 2]);
        }
        let fixed = BufferConfig { growth_strategy: GrowthStrategy::Fixed, ..config };
        assert!(from_iter(0..3).collect_with_config_rs2(fixed).await.is_err());
    });
    let sizes = |of: BufferConfig| (of.initial_capacity, of.max_capacity);
    assert_eq!(sizes(BufferConfig::default()), (1_024, Some(1_048_576)));
    assert_eq!(sizes(BufferConfig::performance()), (8_192, Some(1_048_576)));
}

#[test]
fn throughput_techniques() {
    run(async {
        assert_eq!(all(from_iter(0..5).prefetch_rs2(2)).await, [0, 1, 2, 3, 4]);
        let batches = from_iter(0..5).batch_process_rs2(2, |batch| [batch.len()]);
        assert_eq!(all(batches).await, [2, 2, 1]);
        assert_eq!(all(from_iter(0..5).chunk_rs2(32)).await, [[0, 1, 2, 3, 4]]);
    });
}

#[test]
fn metrics_collection() {
    let config = MetricsConfig::default();
    assert!(config.enabled && config.sample_rate == 1.0 && config.labels.is_empty());
    run(async {
        for enabled in [true, false] {
            let config = MetricsConfig { enabled, sample_rate: 0.1, ..MetricsConfig::default() };
            let handle = metrics_handle("sampled", config);
            all(from_iter(0..5).observe_rs2(&handle)).await;
            assert_eq!(handle.snapshot().items_processed, if enabled { 5 } else { 0 });
        }
    });
}
