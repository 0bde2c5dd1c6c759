//! The rows: one for each operator, in the order of the areas.

mod analytics;
mod batching;
mod boxed;
mod buffer;
mod combine;
mod consume;
mod event_time;
mod flow;
mod group;
mod join;
mod keyed;
mod keyed_state;
mod observe;
mod parallel;
mod pattern;
mod queue;
mod recover;
mod resilience;
mod resource;
mod select;
mod signals;
mod source;
mod stateful;
mod stateful_try;
mod timing;
mod transform;

use rs2_test::Row;

pub fn rows() -> Vec<Row> {
    let areas = [
        source::rows(),
        queue::rows(),
        transform::rows(),
        boxed::rows(),
        select::rows(),
        combine::rows(),
        group::rows(),
        batching::rows(),
        analytics::rows(),
        flow::rows(),
        buffer::rows(),
        timing::rows(),
        parallel::rows(),
        recover::rows(),
        resource::rows(),
        resilience::rows(),
        consume::rows(),
        keyed::rows(),
        stateful::rows(),
        stateful_try::rows(),
        join::rows(),
        keyed_state::rows(),
        observe::rows(),
        event_time::rows(),
        pattern::rows(),
        signals::rows(),
    ];
    areas.into_iter().flatten().collect()
}
