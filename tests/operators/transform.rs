//! Operators that make one item of another.

use rs2_core::prelude::*;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row};

fn even(id: u64) -> bool {
    id.is_multiple_of(2)
}

fn evens(given: &[Given]) -> Vec<u64> {
    given[0].ids.iter().copied().filter(|&id| even(id)).collect()
}

fn sums(given: &[Given]) -> Vec<u64> {
    let sum = |sum: &mut u64, &id: &u64| {
        *sum += id;
        Some(*sum)
    };
    given[0].ids.iter().scan(0, sum).collect()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("map_rs2", |sim, [source]| source.map_rs2(sim.pass())),
        Row::new("filter_map_rs2", |sim, [source]| {
            let keep = sim.keep(even);
            source.filter_map_rs2(move |item: Tok| keep(&item).then_some(item))
        })
        .model(evens),
        Row::new("flat_map_rs2", |sim, [source]| {
            let pass = sim.pass();
            source.flat_map_rs2(move |item: Tok| from_iter([item.clone(), pass(item)]))
        })
        .model(|given| given[0].ids.iter().flat_map(|&id| [id, id]).collect::<Vec<u64>>())
        .read_ahead(1),
        Row::new("flat_map_rs2, streams that take their time", |sim, [source]| {
            let work = sim.work();
            source.flat_map_rs2(move |item| eval(work(item)))
        })
        .read_ahead(1)
        .in_flight(1),
        Row::new("flat_map_rs2, empty streams", |sim, [source]| {
            let pass = sim.pass();
            source.flat_map_rs2(move |item| from_iter(None::<Tok>.filter(|_| pass(item).id() > 0)))
        })
        .model(|_| Vec::<u64>::new()),
        Row::new("eval_map_rs2", |sim, [source]| source.eval_map_rs2(sim.work()))
            .read_ahead(1)
            .in_flight(1),
        Row::new("eval_filter_rs2", |sim, [source]| source.eval_filter_rs2(sim.judge(even)))
            .model(evens)
            .read_ahead(1)
            .in_flight(1),
        Row::new("inspect_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.inspect_rs2(move |_| sim.point())
        }),
        Row::new("replayable_rs2", |_, [source]| source.replayable_rs2()),
        Row::new("yield_every_rs2", |_, [source]| source.yield_every_rs2(2)),
        Row::new("scan_rs2", |sim, [source]| {
            let pass = sim.pass();
            source.scan_rs2(0, move |sum: u64, item| sum + pass(item).id())
        })
        .model(sums),
        // It has progress itself; the stream it wraps has none.
        Row::plain("foreign_rs2", |_, [source]| source.foreign_rs2()),
    ]
}
