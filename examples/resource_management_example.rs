//! A service keeps an account of its memory: what it takes is counted, what is too much is refused,
//! and a source waits until there is room again.

use rs2_stream::metrics::Losses;
use rs2_stream::prelude::*;
use rs2_stream::queue::{MeteredError, MeteredQueue};
use rs2_stream::resource_manager::{
    Cleanup, Meter, ResourceConfig, ResourceError, ResourceManager, get_global_resource_manager,
};
use rs2_stream::state::{CustomKeyExtractor, StateConfig, StatefulStreamExt};
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    basic_tracking().await?;
    limits_of_our_own().await?;
    a_source_that_waits().await?;
    a_queue_that_refuses().await?;
    a_cache_that_gives_way().await?;
    keys_of_several_operators().await?;
    Ok(())
}

/// The manager of the process counts whatever it is told of.
async fn basic_tracking() -> Result<(), ResourceError> {
    let resource_manager = get_global_resource_manager();
    resource_manager.track_memory_allocation(4096).await?;
    println!("tracking: {:?}", resource_manager.metrics());
    assert_eq!(resource_manager.metrics().current_memory_bytes, 4096);

    // Every part of the program sees the same account.
    get_global_resource_manager().track_memory_deallocation(4096).await;
    assert_eq!(resource_manager.metrics().current_memory_bytes, 0);
    Ok(())
}

/// A manager with 1,000 bytes, whose breaker opens at 750 and is looked at every 20 ms.
fn small() -> Result<ResourceManager, Box<dyn Error>> {
    let config = ResourceConfig {
        max_memory_bytes: 1_000,
        max_keys: 3,
        memory_threshold_percent: 75,
        buffer_overflow_threshold: 5_000,
        cleanup_interval: Duration::from_millis(20),
        emergency_cleanup_threshold: 90,
    };
    Ok(resource_manager(config)?)
}

async fn limits_of_our_own() -> Result<(), Box<dyn Error>> {
    let manager = small()?;
    assert_eq!(manager.allocate(2_000), Err(ResourceError::MaxMemoryExceeded));
    assert_eq!(manager.metrics().current_memory_bytes, 0, "what is refused is not counted");
    assert_eq!(manager.allocate(1), Err(ResourceError::CircuitBreakerOpen));

    tokio::time::sleep(Duration::from_millis(25)).await;
    manager.allocate(500)?;
    assert!(!manager.is_open(), "a small allocation closes it again");
    println!("limits: at {} %, {:?}", manager.pressure_percent(), manager.breaker_state());
    Ok(())
}

async fn a_source_that_waits() -> Result<(), Box<dyn Error>> {
    let manager = small()?;
    let begun = Instant::now();
    let account = manager.clone();
    let lines = from_iter(["short", "enormous", "short"]).guarded_by_rs2(&manager);
    let lines = lines.inspect_rs2(move |line| {
        if *line == "enormous" {
            assert!(account.allocate(10_000).is_err());
        }
    });
    let lines: Vec<&str> = lines.collect_rs2().await;
    assert_eq!(lines.len(), 3, "nothing is lost");
    assert!(begun.elapsed() >= Duration::from_millis(20), "the last line had to wait");
    println!("source: {} lines, one after a wait", lines.len());
    Ok(())
}

async fn a_queue_that_refuses() -> Result<(), Box<dyn Error>> {
    let manager = small()?;
    let queue =
        MeteredQueue::unbounded(manager.clone()).sized_by(|text: &String| text.len() as u64);
    queue.enqueue("x".repeat(800)).await?;
    let refused = queue.try_enqueue("one more".to_owned());
    assert!(matches!(refused, Err(MeteredError::Refused(_, ResourceError::CircuitBreakerOpen))));
    println!("queue: {} pending, {} bytes", queue.len(), manager.metrics().current_memory_bytes);

    queue.close();
    let texts: Vec<String> = queue.dequeue().collect_rs2().await;
    assert_eq!((texts.len(), manager.metrics().current_memory_bytes), (1, 0));
    Ok(())
}

async fn a_cache_that_gives_way() -> Result<(), Box<dyn Error>> {
    let manager = small()?;
    let cache = Arc::new(Mutex::new(vec![0u8; 600]));
    manager.allocate(600)?;
    let (cached, account) = (cache.clone(), manager.clone());
    let _registered = manager.on_cleanup(move |why| {
        if why == Cleanup::Emergency {
            let freed = std::mem::take(&mut *cached.lock().expect("nobody panics")).len();
            account.release(freed as u64);
        }
    });

    // 600 and 350 would be 95 %: the cache is emptied, and there is room.
    manager.allocate(350)?;
    assert!(cache.lock().expect("nobody panics").is_empty());
    assert_eq!(manager.metrics().emergency_cleanups, 1);
    println!("cache: given up for {} bytes", manager.metrics().current_memory_bytes);
    Ok(())
}

async fn keys_of_several_operators() -> Result<(), Box<dyn Error>> {
    let manager = small()?;
    let losses = Losses::new();
    let config = StateConfig::new().report_to(&losses).with_meter(manager.clone());
    let by_user = CustomKeyExtractor::new(|user: &u32| *user);
    let visits =
        from_iter([1, 2, 3, 4, 1]).stateful_map_rs2(config, by_user, async |user, state| {
            let visits = state.get::<u32>().await.unwrap_or_default() + 1;
            state.set(&visits).await.expect("the step is not over");
            (user, visits)
        });
    let watched = manager.clone();
    let visits = visits.inspect_rs2(move |_| assert!(watched.metrics().active_keys <= 3));
    let visits: Vec<(u32, u32)> = visits.collect_rs2().await;
    // The fourth user took the place of the first, who is new again.
    assert_eq!(visits, [(1, 1), (2, 1), (3, 1), (4, 1), (1, 1)]);
    assert_eq!(losses.total(), 2);
    assert_eq!(manager.metrics().active_keys, 0, "the operator is gone, and so are its keys");
    println!("keys: {} gave way", losses.total());
    Ok(())
}
