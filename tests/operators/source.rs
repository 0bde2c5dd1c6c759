//! Where streams begin.

use rs2_core::prelude::*;
use rs2_test::Row;
use rs2_test::sim::Source;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("from_iter", |_, []: [Source; 0]| from_iter(0..5_u64))
            .model(|_| (0..5).collect::<Vec<u64>>()),
        Row::new("emit", |sim, []: [Source; 0]| emit(sim.item(7)))
            .model(|_| vec![7_u64])
            .read_ahead(1)
            .hold(1),
        Row::new("empty", |_, []: [Source; 0]| empty::<u64>()).model(|_| Vec::<u64>::new()),
        Row::new("repeat", |_, []: [Source; 0]| repeat(7_u64).take_rs2(5))
            .model(|_| vec![7_u64; 5]),
        Row::new("unfold", |sim, []: [Source; 0]| {
            let sim = sim.clone();
            unfold(0_u64, move |n| sim.task(move || (n < 5).then_some((n, n + 1))))
        })
        .model(|_| (0..5).collect::<Vec<u64>>())
        .in_flight(1),
        Row::new("eval", |sim, []: [Source; 0]| {
            let sim = sim.clone();
            eval(async move { sim.task(|| 7_u64).await })
        })
        .model(|_| vec![7_u64])
        .in_flight(1),
    ]
}
