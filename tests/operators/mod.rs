//! The rows: one for each operator, in the order of the areas.

mod combine;
mod consume;
mod event_time;
mod flow;
mod group;
mod keyed;
mod parallel;
mod pattern;
mod select;
mod source;
mod timing;
mod transform;

use rs2_test::Row;

pub fn rows() -> Vec<Row> {
    let areas = [
        source::rows(),
        transform::rows(),
        select::rows(),
        combine::rows(),
        group::rows(),
        flow::rows(),
        timing::rows(),
        parallel::rows(),
        consume::rows(),
        keyed::rows(),
        event_time::rows(),
        pattern::rows(),
    ];
    areas.into_iter().flatten().collect()
}
