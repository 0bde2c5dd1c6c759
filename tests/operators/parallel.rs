//! Operators that hold several futures in flight.

use rs2_core::prelude::*;
use rs2_test::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("par_eval_map_inline_rs2", |sim, [source]| {
            source.par_eval_map_inline_rs2(3, sim.work())
        })
        .read_ahead(6)
        .in_flight(3),
        Row::new("par_eval_map_inline_rs2, one at a time", |sim, [source]| {
            source.par_eval_map_inline_rs2(1, sim.work())
        })
        .read_ahead(1)
        .in_flight(1),
        Row::new("par_eval_map_on_rs2", |sim, [source]| {
            source.par_eval_map_on_rs2(sim.spawner(), 3, sim.work())
        })
        .read_ahead(6)
        .in_flight(3)
        .spawns(),
    ]
}
