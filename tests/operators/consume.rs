//! Futures that take a stream to its end.

use futures_util::FutureExt;
use rs2_core::op::consume::{BufferConfig, GrowthStrategy};
use rs2_core::prelude::*;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row};

/// The one output, once the source has ended.
fn at_end<T>(given: &[Given], output: impl Fn(&[u64]) -> T) -> Vec<T> {
    given[0].ended.then(|| output(&given[0].ids)).into_iter().collect()
}

/// A sum that depends on the order.
fn mixed(sum: u64, id: u64) -> u64 {
    sum.wrapping_mul(31).wrapping_add(id)
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::future("fold_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.fold_rs2(0, move |sum, item: Tok| sim.task(move || mixed(sum, item.id())))
        })
        .model(|given| at_end(given, |ids| ids.iter().fold(0, |sum, &id| mixed(sum, id))))
        .read_ahead(1)
        .in_flight(1),
        Row::future("fold_sync_rs2", |sim, [source]| {
            let pass = sim.pass();
            source.fold_sync_rs2(0, move |sum, item| mixed(sum, pass(item).id()))
        })
        .model(|given| at_end(given, |ids| ids.iter().fold(0, |sum, &id| mixed(sum, id)))),
        Row::future("reduce_rs2", |sim, [source]| {
            let sim = sim.clone();
            let ids = source.map_rs2(|item: Tok| item.id());
            ids.reduce_rs2(move |sum, id| sim.task(move || mixed(sum, id)))
        })
        .model(|given| at_end(given, |ids| ids.iter().copied().reduce(mixed)))
        .in_flight(1),
        Row::future("for_each_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.for_each_rs2(move |item| sim.task(move || drop(item)))
        })
        .model(|given| at_end(given, |_| ()))
        .read_ahead(1)
        .in_flight(1),
        Row::future("drive_each_rs2", |sim, [source]| {
            let (outputs, sim) = (source.par_eval_map_inline_rs2(2, sim.work()), sim.clone());
            outputs.drive_each_rs2(move |item| sim.task(move || drop(item)))
        })
        .model(|given| at_end(given, |_| ()))
        .read_ahead(5)
        .in_flight(3),
        Row::future("drive_fold_rs2", |sim, [source]| {
            let (outputs, sim) = (source.par_eval_map_inline_rs2(2, sim.work()), sim.clone());
            outputs.drive_fold_rs2(0, move |sum, item: Tok| sim.task(move || mixed(sum, item.id())))
        })
        .model(|given| at_end(given, |ids| ids.iter().fold(0, |sum, &id| mixed(sum, id))))
        .read_ahead(5)
        .in_flight(3),
        Row::future("collect_rs2", |_, [source]| source.collect_rs2::<Vec<Tok>>())
            .model(|given| at_end(given, <[u64]>::to_vec))
            .keeps_all(),
        Row::future("collect_with_config_rs2", |_, [source]| {
            let config = BufferConfig {
                initial_capacity: 1,
                max_capacity: Some(4),
                growth_strategy: GrowthStrategy::Linear(2),
            };
            let collected = source.collect_with_config_rs2(config);
            collected
                .map(|all| all.unwrap_or_else(|many| [many.collected, vec![many.next]].concat()))
        })
        .model(|given| match given[0].ids.get(..5) {
            Some(too_many) => vec![too_many.to_vec()],
            None => at_end(given, <[u64]>::to_vec),
        })
        .read_ahead(4)
        .hold(4),
    ]
}
