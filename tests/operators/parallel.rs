//! Operators that work on several items at once.

use rs2_core::op::parallel::{KeyedConcurrency, KeyedOrder};
use rs2_core::prelude::*;
use rs2_core::store::Inline;
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{Given, Order, Out, Row};

/// How many keys the keyed rows have.
const KEYS: u64 = 3;

/// The largest chunk of `map_parallel_rs2`.
const CHUNK: usize = 1_024;

pub(super) fn rows() -> Vec<Row> {
    [ordered(), unordered(), keyed(), joined(), on_threads()].into_iter().flatten().collect()
}

fn ordered() -> Vec<Row> {
    vec![
        Row::new("par_eval_map_inline_rs2", |sim, [source]| {
            source.par_eval_map_inline_rs2(3, sim.work())
        })
        .read_ahead(6)
        .in_flight(3),
        Row::new("par_eval_map_inline_rs2, one at a time", |sim, [source]| {
            source.par_eval_map_inline_rs2(1, sim.work())
        })
        .read_ahead(1)
        .in_flight(1),
        Row::new("par_eval_map_inline_in_rs2", |sim, [source]| {
            source.par_eval_map_inline_in_rs2(Inline::<3>::new(), sim.work())
        })
        .read_ahead(3)
        .in_flight(3),
        Row::new("par_eval_map_on_rs2", |sim, [source]| {
            source.par_eval_map_on_rs2(sim.spawner(), 3, sim.work())
        })
        .read_ahead(6)
        .in_flight(3)
        .spawns(),
    ]
}

fn unordered() -> Vec<Row> {
    vec![
        Row::new("par_eval_map_unordered_inline_rs2", |sim, [source]| {
            source.par_eval_map_unordered_inline_rs2(3, sim.work())
        })
        .order(Order::Any)
        .read_ahead(6)
        .in_flight(3),
        Row::new("par_eval_map_unordered_inline_rs2, one at a time", |sim, [source]| {
            source.par_eval_map_unordered_inline_rs2(1, sim.work())
        })
        .read_ahead(1)
        .in_flight(1),
        Row::new("par_eval_map_unordered_inline_in_rs2", |sim, [source]| {
            source.par_eval_map_unordered_inline_in_rs2(Inline::<3>::new(), sim.work())
        })
        .order(Order::Any)
        .read_ahead(3)
        .in_flight(3),
        Row::new("par_eval_map_unordered_on_rs2", |sim, [source]| {
            source.par_eval_map_unordered_on_rs2(sim.spawner(), 3, sim.work())
        })
        .order(Order::Any)
        .read_ahead(6)
        .in_flight(3)
        .spawns(),
    ]
}

/// At most three in flight, five waiting, two of them of one key.
fn tight() -> KeyedConcurrency {
    KeyedConcurrency::of(3).max_waiting(5).max_waiting_per_key(2)
}

fn key_of(sim: &Sim) -> impl Fn(&Tok) -> u64 + use<> {
    let sim = sim.clone();
    move |item| {
        sim.point();
        item.id() % KEYS
    }
}

/// The outputs of each key are a lane of their own.
fn by_key(given: &[Given]) -> Vec<Out> {
    given[0].ids.iter().map(|&id| in_lane(id)).collect()
}

fn in_lane(id: u64) -> Out {
    Out::from(id).in_lane((id % KEYS) as usize)
}

fn keyed() -> Vec<Row> {
    vec![
        Row::new("par_eval_map_keyed_inline_rs2", |sim, [source]| {
            let outputs = source.par_eval_map_keyed_inline_rs2(tight(), key_of(sim), sim.work());
            outputs.map_rs2(|item: Tok| in_lane(item.id()))
        })
        .model(by_key)
        .order(Order::PerSource)
        .read_ahead(8)
        .in_flight(3),
        Row::new("par_eval_map_keyed_inline_rs2, in the order of the items", |sim, [source]| {
            let limits = tight().order(KeyedOrder::Global);
            source.par_eval_map_keyed_inline_rs2(limits, key_of(sim), sim.work())
        })
        .read_ahead(8)
        .in_flight(3),
        Row::new("par_eval_map_keyed_inline_rs2, two of each key", |sim, [source]| {
            source.par_eval_map_keyed_inline_rs2(tight().per_key(2), key_of(sim), sim.work())
        })
        .order(Order::Any)
        .read_ahead(8)
        .in_flight(3),
        Row::new("par_eval_map_keyed_on_rs2", |sim, [source]| {
            let spawner = sim.spawner();
            let outputs =
                source.par_eval_map_keyed_on_rs2(spawner, tight(), key_of(sim), sim.work());
            outputs.map_rs2(|item: Tok| in_lane(item.id()))
        })
        .model(by_key)
        .order(Order::PerSource)
        .read_ahead(8)
        .in_flight(3)
        .spawns(),
    ]
}

/// The first item of the first source stands for the second source, the next for the third, and
/// all others for streams without items.
fn streams(
    sim: &Sim,
    [outer, a, b]: [Source; 3],
) -> impl Progress<Item = impl Progress<Item = Source> + use<>> + use<> {
    let (mut inner, pass) = ([a, b].into_iter(), sim.pass());
    outer.map_rs2(move |item| {
        drop(pass(item));
        from_iter(inner.next())
    })
}

fn all_of_both(given: &[Given]) -> Vec<u64> {
    let opened = given[0].ids.len().min(2);
    given[1..=opened].iter().flat_map(|source| &source.ids).copied().collect()
}

fn joined() -> Vec<Row> {
    vec![
        Row::new("par_join_rs2", |sim, sources| {
            let streams = streams(sim, sources);
            streams.map_rs2(|stream| stream.flat_map_rs2(|source| source)).par_join_rs2(2)
        })
        .model(all_of_both)
        .order(Order::PerSource),
        Row::new("par_join_rs2 of streams with futures in flight", |sim, sources| {
            let (streams, work) = (streams(sim, sources), sim.work());
            let streams = streams.map_rs2(move |stream| {
                let work = work.clone();
                stream.flat_map_rs2(move |source: Source| {
                    source.par_eval_map_inline_rs2(2, work.clone())
                })
            });
            streams.par_join_rs2(2)
        })
        .model(all_of_both)
        .order(Order::PerSource)
        .read_ahead(8)
        .in_flight(4),
    ]
}

fn on_threads() -> Vec<Row> {
    vec![
        Row::new("map_parallel_on_rs2", |sim, [source]| {
            source.map_parallel_on_rs2(sim.timer(), sim.spawner(), 2, sim.pass())
        })
        .read_ahead(6 * CHUNK)
        .spawns()
        .needs_time(),
        Row::new("map_parallel_with_concurrency_on_rs2", |sim, [source]| {
            source.map_parallel_with_concurrency_on_rs2(sim.spawner(), 3, sim.pass())
        })
        .read_ahead(6)
        .spawns(),
    ]
}
