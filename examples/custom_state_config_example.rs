//! How long state lives, how much of it there is, and what happens beyond that: presets, settings
//! of one's own, and settings that cannot work.

use rs2_stream::error::ConfigError;
use rs2_stream::metrics::{Loss, Losses};
use rs2_stream::prelude::*;
use rs2_stream::state::{
    InMemoryStorage, OnStateFull, StateConfig, StateConfigBuilder, StateConfigs, StatefulStreamExt,
    TtlFrom,
};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

// The time of tokio's tests: it jumps to the next deadline instead of waiting for it.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    settings_of_our_own()?;
    settings_that_cannot_work();
    what_the_time_to_live_runs_from().await?;
    what_goes_when_it_is_full().await?;
    what_finds_no_room_goes_elsewhere().await?;
    Ok(())
}

fn settings_of_our_own() -> Result<(), ConfigError> {
    // A preset, and what is different about our case.
    let sessions = StateConfigs::session().ttl(45 * MINUTE).max_size(20_000);
    sessions.validate()?;

    // Step by step, checked at the end.
    let alerts = StateConfigBuilder::new()
        .ttl(2 * 60 * MINUTE)
        .ttl_from(TtlFrom::Creation)
        .cleanup_interval(MINUTE)
        .max_size(5_000)
        .on_full(OnStateFull::EvictUnused)
        .build()?;

    let presets = [
        ("high_performance", StateConfigs::high_performance()),
        ("short_lived", StateConfigs::short_lived()),
        ("long_lived", StateConfigs::long_lived()),
        ("persistent", StateConfigs::persistent()),
        ("ttl", StateConfigs::ttl(10 * MINUTE)),
        ("sessions", sessions),
        ("alerts", alerts),
    ];
    for (name, config) in presets {
        config.validate()?;
        println!("{name}: {config:?}");
    }
    Ok(())
}

fn settings_that_cannot_work() {
    let no_time = StateConfigBuilder::new().ttl(Duration::ZERO).build();
    assert_eq!(no_time.map(|_| ()), Err(ConfigError::Zero("ttl")));

    let never_clean = StateConfigs::short_lived().cleanup_interval(60 * MINUTE).validate();
    assert_eq!(never_clean, Err(ConfigError::Exceeds("cleanup_interval", "ttl")));

    let nowhere_to = StateConfig::new().on_full(OnStateFull::Spill).validate();
    println!("refused: {}", nowhere_to.expect_err("there is nowhere to spill to"));
}

/// How many visits in a row a page has had, when one comes every six minutes.
async fn visits(config: StateConfig) -> Vec<u32> {
    from_iter(["home"; 4])
        .eval_map_rs2(async |page| {
            tokio::time::sleep(6 * MINUTE).await;
            page
        })
        .stateful_map_rs2(
            config,
            |page: &&'static str| *page,
            |_, state| async move {
                let visits = state.get::<u32>().await.unwrap_or_default() + 1;
                state.set(&visits).await.expect("the step is not over");
                visits
            },
        )
        .collect_rs2()
        .await
}

async fn what_the_time_to_live_runs_from() -> Result<(), ConfigError> {
    let ten_minutes = || StateConfigBuilder::new().ttl(10 * MINUTE).cleanup_interval(MINUTE);
    let from_last_write = visits(ten_minutes().build()?).await;
    let from_creation = visits(ten_minutes().ttl_from(TtlFrom::Creation).build()?).await;
    println!("visits: {from_last_write:?} with each renewing, {from_creation:?} from the first");
    assert_eq!(from_last_write, [1, 2, 3, 4]);
    assert_eq!(from_creation, [1, 2, 1, 2]);
    Ok(())
}

async fn what_goes_when_it_is_full() -> Result<(), ConfigError> {
    for (answer, expected) in [
        // "b" has to go for "c", and then "c" for "b".
        (OnStateFull::EvictUnused, ([1, 1, 2, 1, 3, 1], Loss::Evicted, 2)),
        // "a" and "b" stay; "c" is not remembered.
        (OnStateFull::Reject, ([1, 1, 2, 1, 3, 2], Loss::Full, 1)),
    ] {
        let losses = Losses::new();
        let config =
            StateConfigBuilder::new().max_size(2).on_full(answer).report_to(&losses).build()?;
        let counts: Vec<u32> = from_iter(["a", "b", "a", "c", "a", "b"])
            .stateful_map_rs2(
                config,
                |user: &&'static str| *user,
                |_, state| async move {
                    let one_more = |count: &mut u32| {
                        *count += 1;
                        *count
                    };
                    state.update(one_more).await.expect("the step is not over")
                },
            )
            .collect_rs2()
            .await;
        println!("{answer:?}: {counts:?}, {losses:?}");
        let (expected_counts, why, lost) = expected;
        assert_eq!(counts, expected_counts);
        assert_eq!((losses.of(why), losses.total()), (lost, lost));
    }
    Ok(())
}

async fn what_finds_no_room_goes_elsewhere() -> Result<(), ConfigError> {
    let losses = Losses::new();
    // Here another part of the memory; it could be a database.
    let elsewhere = Arc::new(InMemoryStorage::bounded(TokioTimer::new(), 1_000));
    let config = StateConfigBuilder::new()
        .max_size(10)
        .spill_to(elsewhere.clone())
        .report_to(&losses)
        .named("totals")
        .build()?;
    let totals: Vec<u32> = from_iter((0..100).chain(0..100))
        .stateful_map_rs2(
            config,
            |user: &u32| *user,
            |user, state| async move {
                let add = |total: &mut u32| {
                    *total += user;
                    *total
                };
                state.update(add).await.expect("the storage works")
            },
        )
        .collect_rs2()
        .await;
    println!("spilled: {} of 100 states are elsewhere, {losses:?}", elsewhere.len());
    assert!(totals[100..].iter().zip(0..).all(|(total, user)| *total == 2 * user));
    assert_eq!((elsewhere.len(), losses.total()), (90, 0));
    Ok(())
}
