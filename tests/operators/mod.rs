//! The rows: one for each operator, in the order of the areas.

mod consume;
mod event_time;
mod flow;
mod group;
mod keyed;
mod parallel;
mod source;
mod transform;

use rs2_test::Row;

pub fn rows() -> Vec<Row> {
    let areas = [
        source::rows(),
        transform::rows(),
        group::rows(),
        flow::rows(),
        parallel::rows(),
        consume::rows(),
        keyed::rows(),
        event_time::rows(),
    ];
    areas.into_iter().flatten().collect()
}
