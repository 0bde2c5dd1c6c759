//! Operators that look at a stream from outside.

use rs2_core::metrics::{Meter, Metrics, MetricsConfig, MetricsHandle};
use rs2_core::metrics::{ResourceConfig, ResourceManager};
use rs2_core::prelude::*;
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{Row, ms};

/// Half of the operations are measured.
fn config() -> MetricsConfig {
    MetricsConfig { sample_rate: 0.5, ..MetricsConfig::default() }
}

fn handle(sim: &Sim) -> MetricsHandle<rs2_test::ManualTimer> {
    MetricsHandle::new(sim.timer(), Metrics::with_config("row", config()))
}

/// The size that an item is said to have; it may panic.
fn size(sim: &Sim) -> impl FnMut(&Tok) -> usize + use<> {
    let keep = sim.keep(|_| true);
    move |item| if keep(item) { 8 } else { 0 }
}

/// Some items are errors.
fn results(source: Source) -> impl Progress<Item = Result<Tok, Tok>> {
    source.map_rs2(|item| if item.data().is_multiple_of(3) { Err(item) } else { Ok(item) })
}

fn item(result: Result<Tok, Tok>) -> Tok {
    result.unwrap_or_else(|failed| failed)
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("with_metrics_on_rs2", |sim, [source]| {
            source.with_metrics_on_rs2(sim.timer(), "row", config()).0
        })
        .needs_time(),
        Row::new("with_metrics_by_on_rs2", |sim, [source]| {
            source.with_metrics_by_on_rs2(sim.timer(), "row", config(), size(sim)).0
        })
        .needs_time(),
        Row::new("try_with_metrics_on_rs2", |sim, [source]| {
            results(source).try_with_metrics_on_rs2(sim.timer(), "row", config()).0.map_rs2(item)
        })
        .needs_time(),
        Row::new("observe_rs2", |sim, [source]| source.observe_rs2(&handle(sim))).needs_time(),
        Row::new("observe_rs2, not enabled", |sim, [source]| {
            let config = MetricsConfig { enabled: false, ..config() };
            let metrics = Metrics::with_config("row", config);
            source.observe_rs2(&MetricsHandle::new(sim.timer(), metrics))
        })
        .needs_time(),
        Row::new("observe_by_rs2", |sim, [source]| source.observe_by_rs2(&handle(sim), size(sim)))
            .needs_time(),
        Row::new("try_observe_rs2", |sim, [source]| {
            results(source).try_observe_rs2(&handle(sim)).map_rs2(item)
        })
        .needs_time(),
        Row::new("guarded_by_on_rs2", |sim, [source]| {
            let cleanup_interval = ms(25);
            let config = ResourceConfig { cleanup_interval, ..ResourceConfig::default() };
            let manager = ResourceManager::on(sim.timer(), config).expect("settings that work");
            let guarded = source.guarded_by_on_rs2(sim.timer(), &manager);
            guarded.inspect_rs2(move |item| {
                if item.data().is_multiple_of(3) {
                    // Too much, so that the breaker opens.
                    let _ = manager.allocate(u64::MAX);
                }
            })
        })
        .needs_time(),
    ]
}
