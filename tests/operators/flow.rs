//! Operators that send the items of one stream several ways.

use futures_util::sink::{drain, unfold};
use rs2_core::prelude::*;
use rs2_test::sim::Tok;
use rs2_test::{Given, Order, Out, Row, lanes};
use std::convert::Infallible;

const CAPACITY: usize = 2;

fn even(id: u64) -> bool {
    id.is_multiple_of(2)
}

fn in_lane(given: &Given, lane: usize, keep: fn(u64) -> bool) -> impl Iterator<Item = Out> {
    let ids = given.ids.iter().copied().filter(move |&id| keep(id));
    ids.map(move |id| Out::from(id).in_lane(lane))
}

/// Three streams by the remainder of their numbers.
fn partition() -> Row {
    Row::new("partition_rs2", |_, [source]| {
        let parts = source.partition_rs2(3, CAPACITY, Tok::id);
        lanes(<[_; 3]>::try_from(parts).expect("there are three"))
    })
    .model(|given| {
        let part = |lane: usize| {
            let ids = given[0].ids.iter().filter(move |id| **id % 3 == lane as u64);
            ids.map(move |&id| Out::from(id).in_lane(lane))
        };
        (0..3).flat_map(part).collect::<Vec<Out>>()
    })
    .order(Order::PerSource)
    .read_ahead(6 * CAPACITY)
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        partition(),
        Row::new("broadcast_rs2", |_, [source]| {
            let mut all = source.broadcast_rs2(CAPACITY);
            lanes([all.branch(), all.branch()])
        })
        .model(|given| {
            let both = in_lane(&given[0], 0, |_| true).chain(in_lane(&given[0], 1, |_| true));
            both.collect::<Vec<Out>>()
        })
        .order(Order::PerSource)
        .read_ahead(4 * CAPACITY),
        Row::new("split_rs2", |sim, [source]| {
            let (matching, others) = source.split_rs2(sim.keep(even), CAPACITY);
            lanes([matching, others])
        })
        .model(|given| {
            let sides = in_lane(&given[0], 0, even).chain(in_lane(&given[0], 1, |id| !even(id)));
            sides.collect::<Vec<Out>>()
        })
        .order(Order::PerSource)
        .read_ahead(4 * CAPACITY),
        Row::new("divert_rs2", |sim, [source]| source.divert_rs2(sim.keep(even), drain()))
            .model(|given| in_lane(&given[0], 0, |id| !even(id)).collect::<Vec<Out>>()),
        Row::new("broadcast_rs2, three branches with room for one", |_, [source]| {
            let mut all = source.broadcast_rs2(1);
            lanes([all.branch(), all.branch(), all.branch()])
        })
        .model(|given| {
            let all = (0..3).flat_map(|lane| in_lane(&given[0], lane, |_| true));
            all.collect::<Vec<Out>>()
        })
        .order(Order::PerSource)
        .read_ahead(6),
        Row::new("broadcast_rs2, one branch gone", |_, [source]| {
            let mut all = source.broadcast_rs2(CAPACITY);
            let (stays, leaves) = (all.branch(), all.branch());
            drop(leaves);
            stays
        }),
        Row::new("split_rs2, one side gone", |sim, [source]| {
            let (matching, others) = source.split_rs2(sim.keep(even), CAPACITY);
            let losses = others.losses();
            sim.count_losses(move || losses.total());
            matching
        })
        .may_lose("what does not match", "when the other side is gone"),
        Row::new("divert_rs2, a sink that takes its time", |sim, [source]| {
            let work = sim.clone();
            let sink = unfold((), move |(), item: Tok| {
                work.task(move || {
                    drop(item);
                    Ok::<(), Infallible>(())
                })
            });
            source.divert_rs2(sim.keep(even), sink)
        })
        .model(|given| in_lane(&given[0], 0, |id| !even(id)).collect::<Vec<Out>>())
        .read_ahead(2)
        .in_flight(1),
    ]
}
