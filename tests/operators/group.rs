//! Operators that make one item of several.

use rs2_core::prelude::*;
use rs2_test::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("chunk_rs2", |_, [source]| source.chunk_rs2(3))
            .model(|given| {
                let least = if given[0].ended { 1 } else { 3 };
                let chunks = given[0].ids.chunks(3).filter(|chunk| chunk.len() >= least);
                chunks.map(<[u64]>::to_vec).collect()
            })
            .read_ahead(2)
            .hold(2),
    ]
}
