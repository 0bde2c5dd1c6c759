//! Batches by weight and time.

use rs2_core::op::group::Batching;
use rs2_core::prelude::*;
use rs2_core::time::NoTimer;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row, ms};
use std::time::Duration;

const LONGEST: Duration = ms(40);

fn weight_of(data: u64) -> usize {
    data as usize % 9
}

/// Batches of at most `size` items and a weight of 6. The last goes out only at the end.
fn batches(given: &Given, size: usize) -> Vec<Vec<u64>> {
    let (mut open, mut weight, mut out) = (Vec::new(), 0, Vec::new());
    for &id in &given.ids {
        let own = weight_of(given.data(id));
        if weight + own > 6 && !open.is_empty() {
            out.push(std::mem::take(&mut open));
            weight = 0;
        }
        open.push(id);
        weight += own;
        if weight >= 6 || open.len() == size {
            out.push(std::mem::take(&mut open));
            weight = 0;
        }
    }
    out.extend((given.ended && !open.is_empty()).then_some(open));
    out
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("chunk_by_weight_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.chunk_by_weight_rs2(6, move |item: &Tok| {
                sim.point();
                weight_of(item.data())
            })
        })
        .model(|given| batches(&given[0], usize::MAX))
        // Items without a weight collect.
        .keeps_all(),
        Row::new("batch_process_with_on_rs2", |sim, [source]| {
            let pass = sim.pass();
            let batching = Batching::of(3).weighing(6, |item: &Tok| weight_of(item.data()));
            source.batch_process_with_on_rs2(NoTimer, batching, move |batch| {
                batch.into_iter().map(&pass).collect::<Vec<Tok>>()
            })
        })
        .model(|given| batches(&given[0], 3).concat())
        .read_ahead(4)
        .hold(2),
        Row::new("batch_process_with_on_rs2, within a time", |sim, [source]| {
            let batching = Batching::of(3).within(LONGEST);
            source.batch_process_with_on_rs2(sim.timer(), batching, |batch| [batch])
        })
        // An item that comes just when the time is over may belong to either batch.
        .flat()
        .latency(LONGEST)
        .read_ahead(2)
        .needs_time(),
    ]
}
