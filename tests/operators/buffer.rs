//! Operators that read a stream ahead of its consumer.

use rs2_core::machine::Progress;
use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy, Overflow};
use rs2_core::prelude::*;
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{Given, Row};

const SIZE: usize = 3;

/// Every third item is an error.
fn fallible(source: Source) -> impl Progress<Item = Result<Tok, Tok>> + 'static {
    source.map_rs2(|item| if item.data().is_multiple_of(3) { Err(item) } else { Ok(item) })
}

fn either(item: Result<Tok, Tok>) -> Tok {
    item.unwrap_or_else(|error| error)
}

fn buffer(strategy: BackpressureStrategy) -> Row {
    let name = format!("auto_backpressure_on_rs2, {strategy:?}");
    Row::new(&name, move |sim: &Sim, [source]: [Source; 1]| {
        let config = BackpressureConfig::new(strategy, SIZE);
        let buffer = source.auto_backpressure_on_rs2(sim.spawner(), config);
        let losses = buffer.losses();
        sim.count_losses(move || losses.total());
        buffer
    })
    .read_ahead(SIZE)
    .spawns()
}

fn try_buffer(strategy: BackpressureStrategy) -> Row {
    let name = format!("try_auto_backpressure_on_rs2, {strategy:?}");
    Row::new(&name, move |sim: &Sim, [source]: [Source; 1]| {
        let config = BackpressureConfig::new(strategy, SIZE);
        let buffer = fallible(source).try_auto_backpressure_on_rs2(sim.spawner(), config);
        let losses = buffer.losses();
        sim.count_losses(move || losses.total());
        buffer.filter_map_rs2(|item| match item {
            Ok(item) | Err(Overflow::Source(item)) => Some(item),
            Err(Overflow::Full { capacity }) => {
                assert_eq!(capacity, SIZE);
                None
            }
        })
    })
    .read_ahead(2 * SIZE)
    .spawns()
}

/// With `Error` the source is left when it overflows.
fn taken(given: &[Given]) -> Vec<u64> {
    given[0].ids[..given[0].taken_at.len()].to_vec()
}

pub(super) fn rows() -> Vec<Row> {
    use BackpressureStrategy::{Block, DropNewest, DropOldest, Error};
    vec![
        Row::new("prefetch_on_rs2", |sim, [source]| source.prefetch_on_rs2(sim.spawner(), SIZE))
            .read_ahead(SIZE)
            .spawns(),
        Row::new("prefetch_on_rs2, one ahead", |sim, [source]| {
            source.prefetch_on_rs2(sim.spawner(), 1)
        })
        .read_ahead(1)
        .spawns(),
        Row::new("prefetch_on_rs2, of futures in flight", |sim, [source]| {
            source.par_eval_map_inline_rs2(2, sim.work()).prefetch_on_rs2(sim.spawner(), 1)
        })
        .read_ahead(5)
        .in_flight(2)
        .spawns(),
        Row::new("prefetch_inline_rs2", |_, [source]| source.prefetch_inline_rs2(2)).read_ahead(2),
        Row::new("try_prefetch_on_rs2", |sim, [source]| {
            fallible(source).try_prefetch_on_rs2(sim.spawner(), 2).map_rs2(either)
        })
        .read_ahead(4)
        .spawns(),
        buffer(Block),
        Row::new("auto_backpressure_on_rs2, Block with watermarks", |sim, [source]| {
            let config = BackpressureConfig {
                high_watermark: Some(4),
                low_watermark: Some(1),
                ..BackpressureConfig::new(Block, 9)
            };
            source.auto_backpressure_on_rs2(sim.spawner(), config)
        })
        .read_ahead(4)
        .spawns(),
        buffer(DropOldest).may_lose("the oldest", "when the buffer is full"),
        buffer(DropNewest).may_lose("the newest", "when the buffer is full"),
        buffer(Error).model(taken).timed(),
        try_buffer(Block),
        try_buffer(DropOldest).may_lose("the oldest value", "when the buffer is full"),
        try_buffer(Error).model(taken).timed(),
    ]
}
