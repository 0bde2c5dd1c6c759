//! Operators that keep a state for each key.

use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row};
use std::collections::BTreeMap;

fn key_of(data: u64) -> u64 {
    data % 3
}

/// Each item with its number among those of its key.
fn numbered(given: &[Given]) -> Vec<(u64, u64)> {
    let mut counts = BTreeMap::new();
    let number = |&id: &u64| {
        let count = counts.entry(key_of(given[0].data(id))).or_insert(0);
        *count += 1;
        (id, *count)
    };
    given[0].ids.iter().map(number).collect()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("keyed_map_in_rs2", |sim, [source]| {
            let pass = sim.pass();
            let key = |item: &Tok| key_of(item.data());
            source.keyed_map_in_rs2(
                Heap::bounded(9).seeded(7),
                key,
                move |item, count: &mut u64| {
                    *count += 1;
                    (pass(item), *count)
                },
            )
        })
        .model(numbered),
    ]
}
