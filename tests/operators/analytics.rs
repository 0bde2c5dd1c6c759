//! Operators that make statistics of a stream.

use rs2_core::aggregate::{Last, MinBy, Running};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row};

/// The item with the least data of each three, after every second from the third on.
fn least(given: &[Given]) -> Vec<u64> {
    let windows = given[0].ids.windows(3).step_by(2);
    windows.filter_map(|ids| ids.iter().copied().min_by_key(|id| given[0].data(*id))).collect()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("running_rs2", |_, [source]| source.running_rs2(Last)).read_ahead(1).hold(1),
        Row::new("track_rs2", |_, [source]| source.track_rs2(Running::of(Last)))
            .read_ahead(1)
            .hold(1),
        Row::new("aggregate_window_rs2", |sim, [source]| {
            let sim = sim.clone();
            let data = move |item: &Tok| {
                sim.point();
                item.data()
            };
            source.aggregate_window_rs2(3, 2, MinBy(data))
        })
        .model(least)
        .read_ahead(4)
        .hold(4),
        Row::new("aggregate_window_in_rs2", |_, [source]| {
            source.aggregate_window_in_rs2(Heap::bounded(3), 2, MinBy(Tok::data))
        })
        .model(least)
        .read_ahead(4)
        .hold(4),
    ]
}
