//! Operators that make one item of several.

use rs2_core::metrics::Reports;
use rs2_core::op::group::{GroupItems, Grouping, OnGroupFull, OnMaxGroups};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_test::sim::{Source, Tok};
use rs2_test::{Given, Order, Row, ms};
use std::time::Duration;

const LONGEST: Duration = ms(40);

fn key_of(data: u64) -> u64 {
    data % 3
}

/// A key and the items that were collected for it.
type Group = (u64, Vec<u64>);

/// Runs of at most three items with equal keys. The last goes out only at the end.
fn runs(given: &[Given]) -> Vec<Group> {
    let mut runs: Vec<Group> = Vec::new();
    let mut is_open = false;
    for &id in &given[0].ids {
        let key = key_of(given[0].data(id));
        match runs.last_mut() {
            Some((current, items)) if is_open && *current == key => items.push(id),
            _ => runs.push((key, vec![id])),
        }
        is_open = runs.last().is_some_and(|(_, items)| items.len() < 3);
    }
    if is_open && !given[0].ended {
        runs.pop();
    }
    runs
}

/// Groups of at most three items, for at most two keys at once.
fn groups(given: &[Given]) -> Vec<Group> {
    let mut open: Vec<Group> = Vec::new();
    let mut out = Vec::new();
    for &id in &given[0].ids {
        let key = key_of(given[0].data(id));
        let known = open.iter().position(|(other, _)| *other == key);
        let place = known.unwrap_or_else(|| {
            if open.len() == 2 {
                out.push(open.remove(0));
            }
            open.push((key, Vec::new()));
            open.len() - 1
        });
        open[place].1.push(id);
        if open[place].1.len() == 3 {
            out.push((key, std::mem::take(&mut open[place].1)));
        }
    }
    if given[0].ended {
        out.append(&mut open);
    }
    out.retain(|(_, items)| !items.is_empty());
    out
}

fn until_the_end(given: &[Given]) -> Vec<u64> {
    if given[0].ended { given[0].ids.clone() } else { Vec::new() }
}

fn threes(given: &[Given]) -> Vec<Vec<u64>> {
    let least = if given[0].ended { 1 } else { 3 };
    let chunks = given[0].ids.chunks(3).filter(|chunk| chunk.len() >= least);
    chunks.map(<[u64]>::to_vec).collect()
}

async fn gathered(items: impl Progress<Item = Tok>) -> Vec<Tok> {
    items.collect_rs2().await
}

/// Every key to a consumer of its own.
fn consumed() -> Row {
    Row::new("group_by_with_in_rs2", |sim, [source]: [Source; 1]| {
        let work = sim.work();
        let consume = move |_, items: GroupItems<Tok>| gathered(items.eval_map_rs2(work.clone()));
        let groups = Heap::bounded(3).seeded(7);
        let key = |item: &Tok| item.data() % 5;
        source.group_by_with_in_rs2(groups, 2, key, consume).map_rs2(|(_, items)| items)
    })
    .flat()
    .order(Order::Any)
    .keeps_all()
    .in_flight(3)
    // Consumers have what they have until their groups are closed.
    .model(until_the_end)
}

/// Every key to a consumer of its own, with these answers to "full".
fn bounded(name: &str, grouping: Grouping) -> Row {
    Row::new(name, move |sim, [source]: [Source; 1]| {
        let (work, timer) = (sim.work(), sim.timer());
        let consume = move |_, items: GroupItems<Tok>| gathered(items.eval_map_rs2(work.clone()));
        let (groups, key) = (Heap::bounded(3).seeded(7), |item: &Tok| item.data() % 5);
        let stream = source.group_by_with_config_on_rs2(timer, groups, grouping, key, consume);
        let losses = stream.losses().clone();
        sim.count_losses(move || losses.total());
        stream.map_rs2(|(_, items)| items)
    })
    .flat()
    .order(Order::Any)
    .in_flight(3)
    .needs_time()
}

/// The same, with what is left out given back.
fn given_back(grouping: Grouping) -> Row {
    Row::new("try_group_by_with_config_on_rs2", move |sim, [source]: [Source; 1]| {
        let (work, timer) = (sim.work(), sim.timer());
        let consume = move |_, items: GroupItems<Tok>| gathered(items.eval_map_rs2(work.clone()));
        let (groups, key) = (Heap::bounded(3).seeded(7), |item: &Tok| item.data() % 5);
        let stream = source.try_group_by_with_config_on_rs2(timer, groups, grouping, key, consume);
        stream
            .map_rs2(|result| result.map_or_else(|left| vec![left.into_item()], |(_, items)| items))
    })
    .flat()
    .order(Order::Any)
    .keeps_all()
    .in_flight(3)
    .needs_time()
}

fn with_answers() -> Vec<Row> {
    let idle = Grouping::of(2).close_idle(LONGEST);
    let waits = idle.on_max_groups(OnMaxGroups::Backpressure);
    let rejects = idle.on_max_groups(OnMaxGroups::Reject).on_group_full(OnGroupFull::DropNewest);
    vec![
        bounded("group_by_with_config_on_rs2", idle).read_ahead(usize::MAX),
        bounded("group_by_with_config_on_rs2, that closes none to make room", waits)
            .read_ahead(usize::MAX),
        bounded("group_by_with_config_on_rs2, that leaves out", rejects)
            .read_ahead(usize::MAX)
            .may_lose("items of new keys and of full groups", "no room"),
        given_back(rejects).read_ahead(usize::MAX),
    ]
}

fn sliding() -> Vec<Row> {
    vec![
        Row::new("sliding_window_rs2", |_, [source]| source.sliding_window_rs2(3))
            .model(|given| given[0].ids.windows(3).map(<[u64]>::to_vec).collect())
            .read_ahead(2)
            .hold(2),
        Row::new("sliding_window_with_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.sliding_window_with_rs2(3, move |window: &[Tok]| {
                sim.point();
                window.iter().map(Tok::id).collect::<Vec<u64>>()
            })
        })
        .model(|given| given[0].ids.windows(3).map(<[u64]>::to_vec).collect())
        .read_ahead(6)
        .hold(6),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = collecting();
    rows.extend(sliding());
    rows.extend(with_answers());
    rows
}

fn collecting() -> Vec<Row> {
    vec![
        Row::new("chunk_rs2", |_, [source]| source.chunk_rs2(3))
            .model(threes)
            .read_ahead(2)
            .hold(2),
        consumed(),
        Row::new("chunks_rs2", |_, [source]| source.chunks_rs2(3))
            .model(threes)
            .read_ahead(2)
            .hold(2),
        Row::new("chunk_within_on_rs2", |sim, [source]| {
            source.chunk_within_on_rs2(sim.timer(), 3, LONGEST)
        })
        // An item that comes just when the time is over may belong to either chunk.
        .flat()
        .latency(LONGEST)
        .read_ahead(2)
        .needs_time(),
        Row::new("batch_process_rs2", |sim, [source]| {
            let pass = sim.pass();
            source.batch_process_rs2(3, move |batch| {
                batch.into_iter().map(&pass).rev().collect::<Vec<Tok>>()
            })
        })
        .model(|given| {
            let least = if given[0].ended { 1 } else { 3 };
            let batches = given[0].ids.chunks(3).filter(|batch| batch.len() >= least);
            batches.flat_map(|batch| batch.iter().rev().copied()).collect::<Vec<u64>>()
        })
        .read_ahead(2)
        .hold(2),
        Row::new("batch_process_rs2, no results", |sim, [source]| {
            let sim = sim.clone();
            source.batch_process_rs2(3, move |_| {
                sim.point();
                None::<Tok>
            })
        })
        .model(|_| Vec::<u64>::new())
        .read_ahead(2)
        .hold(2),
        Row::new("group_adjacent_by_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.group_adjacent_by_in_rs2(Heap::bounded(3), move |item: &Tok| {
                sim.point();
                key_of(item.data())
            })
        })
        .model(runs)
        .read_ahead(2)
        .hold(2),
        Row::new("group_by_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            let keys = Heap::bounded(2).seeded(7);
            source.group_by_in_rs2(keys, Heap::bounded(3), move |item: &Tok| {
                sim.point();
                key_of(item.data())
            })
        })
        .model(groups)
        .read_ahead(4)
        .hold(4),
    ]
}
