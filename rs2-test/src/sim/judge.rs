//! What a run must have come to.

use super::Sim;
use super::consumer::Log;
use super::run::Ending;
use super::swarm::Hint;
use crate::contract::Order;
use crate::out::{Out, id_of};
use crate::row::{Given, Row};
use std::collections::BTreeSet;

/// Building a pipeline must start nothing.
pub(super) fn laziness(row: &Row, sim: &Sim) {
    let (contract, shared) = (row.contract(), &sim.shared);
    let polls: usize = shared.feeds.iter().map(|feed| feed.polls.get()).sum();
    let started = [
        (polls, "polls of a source"),
        (shared.calls.get(), "calls of a closure"),
        (shared.spawned.get(), "tasks"),
        (shared.timer.armed(), "timers"),
    ];
    for (count, what) in started {
        if count > 0 {
            sim.violate(|| format!("not lazy: building it takes {count} {what}"));
        }
    }
    if shared.took_timer.get() && !contract.needs_time {
        sim.violate(|| "it takes a timer, and its row does not say so".to_owned());
    }
}

/// The outputs against the model and the contract.
pub(super) fn outputs(row: &Row, sim: &Sim, log: &Log, ending: Ending) {
    if let Err(what) = verdict(row, sim, log, ending) {
        sim.violate(|| what);
    }
}

fn verdict(row: &Row, sim: &Sim, log: &Log, ending: Ending) -> Result<(), String> {
    let shared = &sim.shared;
    let (contract, outs) = (row.contract(), row.comparable(log.outs.clone()));
    if shared.spawned.get() > 0 && !contract.spawns {
        return Err("it starts tasks, and its row does not say so".to_owned());
    }
    let most = shared.most_in_flight.get();
    if most > contract.in_flight {
        return Err(format!("{most} futures ran at once, at most {} may", contract.in_flight));
    }
    if sim.has_panicked() && matches!(ending, Ending::Ended | Ending::Quiescent) {
        return Err("a panic was swallowed".to_owned());
    }
    if sim.swarm().refuse_all_items {
        // The model does not know of it; such a run is about how, not what.
        return Ok(());
    }
    let full = row.expected(&given(sim, false));
    // A model that reads the clock knows nothing of items that were never taken.
    if ending == Ending::Ended || !row.is_timed() {
        agrees(row, &outs, &full)?;
        after_panic(row, sim, log, &full)?;
    }
    match ending {
        Ending::Ended => {
            complete(row, sim, &outs, &full)?;
            hints(sim, log)
        }
        Ending::Quiescent => quiescent(row, sim, &outs),
        Ending::Dropped | Ending::Panicked => Ok(()),
    }
}

/// After a panic the stream may end, or go on without the item that the panic hit, or yield what
/// was collected before it. Anything else is garbage.
fn after_panic(row: &Row, sim: &Sim, log: &Log, full: &[Out]) -> Result<(), String> {
    let mut late = row.comparable(log.late_outs.clone());
    late.retain(|out| !full.contains(out));
    if late.is_empty() {
        return Ok(());
    }
    let mut taken = given(sim, false);
    taken.iter_mut().for_each(|given| given.ids.truncate(given.taken_at.len()));
    let mut explained = row.expected(&taken);
    for source in 0..taken.len() {
        for item in 0..taken[source].ids.len() {
            let mut without = given(sim, false);
            without[source].ids.remove(item);
            explained.extend(row.expected(&without));
        }
    }
    match late.iter().find(|out| !explained.contains(out)) {
        Some(out) => Err(format!("garbage after a panic: {out:?}")),
        None => Ok(()),
    }
}

/// What the sources give in all, or what they give before the silent one falls silent.
fn given(sim: &Sim, until_silence: bool) -> Vec<Given> {
    let silent = sim.swarm().silent.filter(|_| until_silence);
    let feeds = sim.shared.feeds.iter();
    feeds
        .map(|feed| {
            let stop = silent.filter(|&(source, _)| source == feed.number).map(|(_, at)| at);
            let items = stop.unwrap_or(feed.items);
            Given {
                ids: (0..items).map(|index| id_of(feed.number, index)).collect(),
                taken_at: feed.taken_at.borrow().clone(),
                ended: stop.is_none(),
                seed: sim.seed(),
            }
        })
        .collect()
}

/// Nothing came out that the model does not know, and all in the promised order.
fn agrees(row: &Row, outs: &[Out], full: &[Out]) -> Result<(), String> {
    match row.contract().order {
        Order::Any => match missing(outs, full) {
            Some(out) => Err(format!("{out:?} came out once too often")),
            None => Ok(()),
        },
        Order::Source => in_order(row, outs, full),
        Order::PerSource => lanes(outs, full)
            .into_iter()
            .try_for_each(|lane| in_order(row, &of(lane, outs), &of(lane, full))),
    }
}

fn lanes(outs: &[Out], full: &[Out]) -> BTreeSet<usize> {
    outs.iter().chain(full).map(|out| out.lane).collect()
}

fn of(lane: usize, outs: &[Out]) -> Vec<Out> {
    outs.iter().filter(|out| out.lane == lane).cloned().collect()
}

fn in_order(row: &Row, outs: &[Out], full: &[Out]) -> Result<(), String> {
    let mut due = full.iter();
    for (place, out) in outs.iter().enumerate() {
        let found = match row.contract().may_lose {
            Some(_) => due.any(|other| other == out),
            None => due.next() == Some(out),
        };
        if !found {
            let due = full.get(place).map_or("nothing".to_owned(), |due| format!("{due:?}"));
            return Err(format!("output {place} is {out:?}, due was {due} of {full:?}"));
        }
    }
    Ok(())
}

/// An output of `some` that is not in `all`, or is there less often.
fn missing<'a>(some: &'a [Out], all: &[Out]) -> Option<&'a Out> {
    let mut all: Vec<&Out> = all.iter().collect();
    all.sort();
    let mut some: Vec<&Out> = some.iter().collect();
    some.sort();
    let mut all = all.into_iter();
    some.into_iter().find(|&out| !all.any(|other| other == out))
}

fn complete(row: &Row, sim: &Sim, outs: &[Out], full: &[Out]) -> Result<(), String> {
    let counters = sim.shared.losses.borrow();
    let lost: u64 = counters.iter().map(|count| count()).sum();
    if row.contract().may_lose.is_some() && counters.is_empty() {
        return Ok(());
    }
    if outs.len() as u64 + lost != full.len() as u64 {
        return Err(format!("it ended after {outs:?} and {lost} losses, due was {full:?}"));
    }
    Ok(())
}

/// Every bound held for what really came.
fn hints(sim: &Sim, log: &Log) -> Result<(), String> {
    if sim.swarm().hint == Hint::Lying {
        return Ok(());
    }
    for &(before, low, high) in &log.hints {
        let came = log.outs.len() - before;
        if came < low || high.is_some_and(|high| came > high) {
            return Err(format!("size_hint said ({low}, {high:?}), and {came} came"));
        }
    }
    Ok(())
}

/// One source is silent for ever: what is due without it must be out, and little may be kept.
fn quiescent(row: &Row, sim: &Sim, outs: &[Out]) -> Result<(), String> {
    let (contract, live) = (row.contract(), sim.shared.live.get());
    if live > contract.hold {
        return Err(format!("its source is silent: it holds {live}, may hold {}", contract.hold));
    }
    let due = row.expected(&given(sim, true));
    if contract.may_lose.is_some() {
        return Ok(());
    }
    if row.is_timed() {
        agrees(row, outs, &due)?;
    }
    match missing(&due, outs) {
        Some(out) => Err(format!("its source is silent, and {out:?} is due: {outs:?} of {due:?}")),
        None => Ok(()),
    }
}

/// After the pipeline is gone nothing of it is left.
pub(super) fn leftovers(sim: &Sim, tasks: usize) {
    let shared = &sim.shared;
    let left = [
        (tasks, "tasks outlive it"),
        (shared.live.get(), "items are leaked"),
        (shared.in_flight.get(), "futures are leaked"),
        (shared.timer.armed(), "timers are leaked"),
    ];
    for (count, what) in left {
        if count > 0 {
            sim.violate(|| format!("{count} {what}"));
        }
    }
}
