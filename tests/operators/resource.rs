//! Operators that hold a resource.

use rs2_core::prelude::*;
use rs2_test::sim::{Sim, Tok};
use rs2_test::{Given, Row};

/// Acquires in a random time; may panic.
async fn acquire(sim: Sim) -> Sim {
    sim.task(|| ()).await;
    sim
}

/// Releases in a random time; may panic.
async fn release(sim: Sim) {
    sim.task(|| ()).await;
}

fn one_after_the_other(given: &[Given]) -> Vec<u64> {
    let second = if given[0].ended { &given[1].ids[..] } else { &[] };
    given[0].ids.iter().chain(second).copied().collect()
}

fn fails(id: u64) -> bool {
    id % 4 == 3
}

/// Some items are errors.
fn judged(item: Tok) -> Result<Tok, Tok> {
    if fails(item.id()) { Err(item) } else { Ok(item) }
}

fn either(item: Result<Tok, Tok>) -> Tok {
    item.unwrap_or_else(|error| error)
}

fn until_the_first_failure(ids: Vec<u64>) -> Vec<u64> {
    let end = ids.iter().position(|&id| fails(id)).map_or(ids.len(), |at| at + 1);
    ids[..end].to_vec()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("bracket_on_rs2", |sim, [source, inner]| {
            let use_fn = |sim: Sim| {
                sim.point();
                inner
            };
            source.bracket_on_rs2(sim.spawner(), acquire(sim.clone()), use_fn, release)
        })
        .model(one_after_the_other)
        .in_flight(1)
        .spawns(),
        Row::new("bracket_case_on_rs2", |sim, [source, inner]| {
            let (source, inner) = (source.map_rs2(judged), inner.map_rs2(judged));
            let release = |sim: Sim, exit: ExitCase<Tok>| async move {
                sim.task(|| drop(exit)).await;
            };
            let spawner = sim.spawner();
            let acquire = acquire(sim.clone());
            source.bracket_case_on_rs2(spawner, acquire, |_| inner, release).map_rs2(either)
        })
        .model(|given| until_the_first_failure(one_after_the_other(given)))
        .read_ahead(2)
        .in_flight(1)
        .spawns(),
        Row::new("bracket_on", |sim, [inner]| {
            bracket_on(sim.spawner(), acquire(sim.clone()), |_| inner, release)
        })
        .in_flight(1)
        .spawns(),
        Row::new("bracket_case_on", |sim, [inner]| {
            let inner = inner.map_rs2(judged);
            let release = |sim: Sim, _: ExitCase<Tok>| release(sim);
            bracket_case_on(sim.spawner(), acquire(sim.clone()), |_| inner, release).map_rs2(either)
        })
        .model(|given| until_the_first_failure(given[0].ids.clone()))
        .read_ahead(1)
        .in_flight(1)
        .spawns(),
        // Plain, because nothing within can be moved along before the first poll has opened it.
        Row::plain("bracket_sync", |sim, [inner]| {
            bracket_sync(acquire(sim.clone()), |_| inner, |_, _| ())
        })
        .in_flight(1),
        Row::plain("bracket_case_sync", |sim, [inner]| {
            let inner = inner.map_rs2(judged);
            let release = |_: Sim, _: ExitCase<Tok>| ();
            bracket_case_sync(acquire(sim.clone()), |_| inner, release).map_rs2(either)
        })
        .model(|given| until_the_first_failure(given[0].ids.clone()))
        .in_flight(1),
    ]
}
