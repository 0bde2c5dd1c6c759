//! The pipelines on the host yield what the device printed, on every runtime.

use firmware::{contacts, gateway, knocks, readings, vibration};
use rs2_core::metrics::{Loss, Losses};
use rs2_core::prelude::*;
use rs2_core::time::Timer;
use rs2_smol::SmolTimer;
use rs2_test::ManualTimer;
use rs2_tokio::TokioTimer;
use smol::LocalExecutor;

const GATEWAY: &str = include_str!("../expected/gateway.txt");
const MINIMAL: &str = include_str!("../expected/minimal.txt");

/// What the gateway prints, on whichever timer.
async fn gateway_text<T: Timer + Clone>(timer: T) -> String {
    let dropped = Losses::new();
    let (sensors, doors) = (readings(timer.clone()), contacts(timer.clone()));
    let sent = gateway(timer, sensors, doors, dropped.clone());
    let written = sent.fold_sync_rs2(String::new(), |mut text, sent| {
        sent.write(&mut text).expect("a string takes everything");
        text
    });
    written.await + &format!("dropped {}\n", dropped.of(Loss::Evicted))
}

async fn minimal_text<T: Timer + Clone>(timer: T) -> String {
    let knocks = knocks(timer.clone(), vibration(timer));
    let written = knocks.fold_sync_rs2(String::new(), |mut text, knock| {
        knock.write(&mut text).expect("a string takes everything");
        text
    });
    written.await
}

#[test]
fn virtual_time_yields_what_the_device_prints() {
    let timer = ManualTimer::new();
    assert_eq!(timer.run(gateway_text(timer.clone())), GATEWAY);
    let timer = ManualTimer::new();
    assert_eq!(timer.run(minimal_text(timer.clone())), MINIMAL);
}

#[test]
fn tokio_yields_what_the_device_prints() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be had");
    runtime.block_on(async {
        assert_eq!(gateway_text(TokioTimer::new()).await, GATEWAY);
        assert_eq!(minimal_text(TokioTimer::new()).await, MINIMAL);
    });
}

/// smol's clock cannot be paused, so its executor runs in virtual time, and the small pipeline
/// once in its own, where the moment of each knock may differ.
#[test]
fn smol_yields_what_the_device_prints() {
    let (timer, executor) = (ManualTimer::new(), LocalExecutor::new());
    let task = executor.spawn(gateway_text(timer.clone()));
    assert_eq!(timer.run_with(task, || executor.try_tick()), GATEWAY);
    let (timer, executor) = (ManualTimer::new(), LocalExecutor::new());
    let task = executor.spawn(minimal_text(timer.clone()));
    assert_eq!(timer.run_with(task, || executor.try_tick()), MINIMAL);

    let timer = SmolTimer::default();
    let text = smol::block_on(minimal_text(timer));
    let (last, expected) = (text.lines().last(), MINIMAL.lines().last());
    let value =
        |line: Option<&str>| line.and_then(|line| line.rsplit(' ').next()).map(String::from);
    assert_eq!(value(last), value(expected), "{text}");
}
