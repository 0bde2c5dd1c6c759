//! Operators that make one item of another.

use rs2_core::prelude::*;
use rs2_test::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("map_rs2", |sim, [source]| source.map_rs2(sim.pass())),
        Row::plain("foreign_rs2", |_, [source]| source.foreign_rs2()),
    ]
}
