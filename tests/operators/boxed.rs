//! Streams in a box, and pipes, which are made of them.
//!
//! The sources of a simulation stay on their thread, so it is the local box that has one in it. The
//! other is the same code.

use rs2_core::pipe;
use rs2_core::prelude::*;
use rs2_test::sim::{Source, Tok};
use rs2_test::{Given, Row};

/// A sum that depends on the order.
fn mixed(sum: u64, id: u64) -> u64 {
    sum.wrapping_mul(31).wrapping_add(id)
}

fn at_end<T>(given: &[Given], output: impl Fn(&[u64]) -> T) -> Vec<T> {
    given[0].ended.then(|| output(&given[0].ids)).into_iter().collect()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("boxed_local_rs2", |sim, [source]| {
            source.boxed_local_rs2().map_rs2(sim.pass()).boxed_local_rs2()
        }),
        Row::new("boxed_local_rs2, work in flight", |sim, [source]| {
            source.par_eval_map_inline_rs2(3, sim.work()).boxed_local_rs2()
        })
        .read_ahead(6)
        .in_flight(3),
        Row::new("boxed_rs2", |_, []: [Source; 0]| from_iter(0..5_u64).boxed_rs2())
            .model(|_| (0..5).collect::<Vec<u64>>()),
        Row::future("fold_sync_rs2 of a box", |sim, [source]| {
            let pass = sim.pass();
            let source = source.boxed_local_rs2();
            source.fold_sync_rs2(0, move |sum, item| mixed(sum, pass(item).id()))
        })
        .model(|given| at_end(given, |ids| ids.iter().fold(0, |sum, &id| mixed(sum, id)))),
        Row::future("collect_rs2 of a box", |sim, [source]| {
            source.map_rs2(sim.pass()).boxed_local_rs2().collect_rs2::<Vec<Tok>>()
        })
        .model(|given| at_end(given, <[u64]>::to_vec))
        .keeps_all(),
        Row::new("pipes, composed", |_, []: [Source; 0]| {
            let odd = pipe::filter(|n: &u64| n % 2 == 1);
            odd.compose(pipe::map(|n| n * n)).apply(from_iter(0..9))
        })
        .model(|_| vec![1_u64, 9, 25, 49]),
    ]
}
