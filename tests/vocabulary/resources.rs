//! Resource management: brackets, and the account of memory.

use super::all;
use crate::{rs2::prelude::*, run};
use rs2_stream::resource_manager::{CircuitBreakerState, ResourceError};
use std::sync::{Arc, Mutex};

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, what: impl ToString) {
    log.lock().unwrap().push(what.to_string());
}

#[test]
fn brackets_release_what_they_acquired() {
    run(async {
        let log = Log::default();
        let acquire = |log: &Log| {
            let log = log.clone();
            async move { log }
        };
        let release = |log: Log| async move { note(&log, "released") };
        let rows = |_log: Log| from_iter([1, 2]);
        assert_eq!(all(bracket(acquire(&log), rows, release)).await, [1, 2]);
        assert_eq!(all(emit(0).bracket_rs2(acquire(&log), rows, release)).await, [0, 1, 2]);
        assert_eq!(all(emit(0).bracket_rs(acquire(&log), rows, release)).await, [0, 1, 2]);
        assert_eq!(*log.lock().unwrap(), ["released"; 3]);
    });
}

#[test]
fn brackets_with_exit_cases_tell_how_it_ended() {
    run(async {
        let log = Log::default();
        let acquire = || {
            let log = log.clone();
            async move { log }
        };
        let release = |log: Log, exit: ExitCase<&'static str>| async move { note(&log, exit) };
        let (good, bad) = (|_: Log| from_iter([Ok(1)]), |_: Log| from_iter([Err("torn")]));
        let head = || empty::<Result<u32, &str>>();
        assert_eq!(all(bracket_case(acquire(), good, release)).await, [Ok(1)]);
        assert_eq!(all(head().bracket_case(acquire(), bad, release)).await, [Err("torn")]);
        let taken = head().bracket_case_rs2(acquire(), |_| repeat(Ok(1)), release);
        assert_eq!(all(taken.take_rs2(1)).await, [Ok(1)]);
        assert_eq!(*log.lock().unwrap(), ["completed", "failed: torn", "canceled: dropped"]);
    });
}

#[test]
fn the_global_resource_manager_tracks_what_it_is_told() -> Result<(), ResourceError> {
    run(async {
        use rs2_stream::resource_manager::get_global_resource_manager;

        let resource_manager = get_global_resource_manager();

        // Track allocation of a custom resource (e.g., 4096 bytes)
        resource_manager.track_memory_allocation(4096).await?;

        // ... use the resource ...
        assert_eq!(get_global_resource_manager().get_metrics().await.current_memory_bytes, 4096);

        // Track deallocation when done
        resource_manager.track_memory_deallocation(4096).await;
        assert_eq!(resource_manager.get_metrics().await.peak_memory_bytes, 4096);
        Ok(())
    })
}

#[test]
fn a_resource_manager_has_limits_of_its_own() {
    use rs2_stream::resource_manager::ResourceConfig;
    let config = ResourceConfig {
        max_memory_bytes: 512 * 1024 * 1024, // 512MB
        max_keys: 50_000,
        memory_threshold_percent: 75,
        buffer_overflow_threshold: 5_000,
        cleanup_interval: std::time::Duration::from_secs(60),
        emergency_cleanup_threshold: 90,
    };
    run(async {
        let manager = resource_manager(config).unwrap();
        let half = 256 * 1024 * 1024;
        manager.track_memory_allocation(half).await.unwrap();
        assert_eq!(manager.get_memory_pressure().await, 50);
        assert!(!manager.is_under_memory_pressure().await && !manager.is_circuit_open().await);
        assert_eq!(
            manager.track_memory_allocation(2 * half).await,
            Err(ResourceError::MaxMemoryExceeded)
        );
        assert!(manager.is_circuit_open().await);
        manager.reset_circuit_breaker().await;
        assert_eq!(manager.breaker_state(), CircuitBreakerState::HalfOpen);
        manager.close_circuit_breaker().await;
        manager.track_key_creation().await.unwrap();
        assert_eq!(manager.get_metrics().await.active_keys, 1);
        manager.track_key_removal().await;
        manager.track_buffer_overflow().await.unwrap();
        manager.periodic_cleanup().await;
        let metrics = manager.get_metrics().await;
        assert_eq!((metrics.active_keys, metrics.buffer_overflow_count), (0, 1));
        assert_eq!((metrics.circuit_breaker_trips, metrics.emergency_cleanups), (1, 1));
    });
}
