//! Operators that let some items through.

use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row};

fn even(id: u64) -> bool {
    id.is_multiple_of(2)
}

fn early(id: u64) -> bool {
    id < 4
}

fn select(
    given: &[Given],
    chosen: impl FnOnce(&mut dyn Iterator<Item = u64>) -> Vec<u64>,
) -> Vec<u64> {
    chosen(&mut given[0].ids.iter().copied())
}

/// One bit of each item, so that neighbours are often equal.
fn bits(given: &[Given]) -> Vec<(u64, u64)> {
    given[0].ids.iter().map(|&id| (id, given[0].data(id) % 2)).collect()
}

/// The first of all items whose data are equal modulo 4.
fn firsts(given: &[Given]) -> Vec<(u64, u64)> {
    let mut seen = Vec::new();
    let all = given[0].ids.iter().map(|&id| (id, given[0].data(id) % 4));
    let is_first = |&(_, key): &(u64, u64)| {
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    };
    all.filter(is_first).collect()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("filter_rs2", |sim, [source]| source.filter_rs2(sim.keep(even)))
            .model(|given| select(given, |ids| ids.filter(|&id| even(id)).collect())),
        Row::new("take_rs2", |_, [source]| source.take_rs2(3))
            .model(|given| select(given, |ids| ids.take(3).collect())),
        // It has ended from the start, so that progress does not reach the source.
        Row::plain("take_rs2, none", |_, [source]| source.take_rs2(0)).model(|_| Vec::<u64>::new()),
        Row::new("skip_rs2", |_, [source]| source.skip_rs2(3))
            .model(|given| select(given, |ids| ids.skip(3).collect())),
        Row::new("take_while_rs2", |sim, [source]| source.take_while_rs2(sim.keep(early)))
            .model(|given| select(given, |ids| ids.take_while(|&id| early(id)).collect())),
        Row::new("skip_while_rs2", |sim, [source]| source.skip_while_rs2(sim.keep(early)))
            .model(|given| select(given, |ids| ids.skip_while(|&id| early(id)).collect())),
        Row::new("drop_rs2", |_, [source]| source.drop_rs2(3))
            .model(|given| select(given, |ids| ids.skip(3).collect())),
        Row::new("drop_while_rs2", |sim, [source]| source.drop_while_rs2(sim.keep(early)))
            .model(|given| select(given, |ids| ids.skip_while(|&id| early(id)).collect())),
        Row::new("distinct_in_rs2", |_, [source]| {
            let keys = source.map_rs2(|item: Tok| item.data() % 4);
            keys.distinct_in_rs2(Heap::bounded(9).seeded(7))
        })
        .model(|given| firsts(given).into_iter().map(|(_, key)| key).collect::<Vec<u64>>()),
        Row::new("distinct_by_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.distinct_by_in_rs2(Heap::bounded(9).seeded(7), move |item: &Tok| {
                sim.point();
                item.data() % 4
            })
        })
        .model(|given| firsts(given).into_iter().map(|(id, _)| id).collect::<Vec<u64>>()),
        Row::new("distinct_until_changed_rs2", |_, [source]| {
            source.map_rs2(|item: Tok| item.data() % 2).distinct_until_changed_rs2()
        })
        .model(|given| {
            let mut bits: Vec<u64> = bits(given).into_iter().map(|(_, bit)| bit).collect();
            bits.dedup();
            bits
        }),
        Row::new("distinct_until_changed_by_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.distinct_until_changed_by_rs2(move |item: &Tok| {
                sim.point();
                item.data() % 2
            })
        })
        .model(|given| {
            let mut bits = bits(given);
            bits.dedup_by_key(|(_, bit)| *bit);
            bits.into_iter().map(|(id, _)| id).collect::<Vec<u64>>()
        }),
    ]
}
