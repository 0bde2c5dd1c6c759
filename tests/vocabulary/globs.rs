//! Nobody has to name what they import: with every module imported whole, and futures' methods
//! beside ours, the product's names mean one thing each.

use crate::rs2::prelude::*;
use crate::rs2::state::*;
use crate::{names::all, run};
use futures_util::{Stream, StreamExt};
use rs2_stream::error::*;
use rs2_stream::metrics::*;
use rs2_stream::pipe::*;
use rs2_stream::queue::*;
use rs2_stream::resource_manager::*;

#[test]
fn globs_of_every_module_go_together() {
    run(async {
        let same: Pipe<u32, u32> = compose(identity(), filter(|n| *n > 1));
        let stream = same.apply(from_iter([1, 2, 3])).map(|n| n + 1);
        assert_eq!(stream.collect::<Vec<_>>().await, [3, 4]);
        assert_eq!(all(map(|n: u32| n + 1).apply(emit(1))).await, [2]);
    });
}

#[test]
fn types_are_named_without_a_path() {
    fn default_of<T: Default>() -> T {
        T::default()
    }
    assert_eq!(default_of::<BackpressureConfig>().strategy, default_of::<BackpressureStrategy>());
    assert_eq!(default_of::<BufferConfig>().growth_strategy, GrowthStrategy::Exponential(2.0));
    assert!(default_of::<MetricsConfig>().enabled && default_of::<StreamMetrics>().is_healthy());
    assert_eq!(default_of::<HealthThresholds>(), HealthThresholds::custom(0.1, 5));
    assert_eq!(*get_global_resource_manager().config(), ResourceConfig::default());
    let manager: Result<ResourceManager, ConfigError> = resource_manager(ResourceConfig::default());
    assert_eq!(manager.unwrap().breaker_state(), CircuitBreakerState::Closed);
    assert_eq!(default_of::<ResourceMetrics>().active_keys, 0);
    assert_ne!(ResourceError::MaxKeysExceeded, ResourceError::CircuitBreakerOpen);
    assert_eq!(QueueError::Full(1).into_inner(), 1);
    let queue: Queue<u32> = Queue::bounded(1);
    assert_eq!(queue.capacity(), Some(1));
    assert_eq!(RetryPolicy::None, RetryPolicy::None);
    let canceled: ExitCase<u32> = ExitCase::Completed;
    assert_eq!(canceled.to_string(), "completed");
    let stream: RS2Stream<u32> = empty().boxed_rs2();
    assert_eq!(Stream::size_hint(&stream), (0, Some(0)));
    let _session: StateConfig = StateConfigs::session();
}
