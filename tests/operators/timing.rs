//! Operators that decide by the clock, and sources that wait.

use rs2_core::metrics::{Loss, Losses, Reports};
use rs2_core::op::timing::{Edge, KeyedPace};
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_core::store::Inline;
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{Given, Order, Row, ms};
use std::time::Duration;

const PERIOD: Duration = ms(25);
const LONGEST: Duration = ms(40);

/// Outputs and losses together are all items.
fn counted<S: Reports>(sim: &Sim, stream: S) -> S {
    let losses: Losses = stream.losses().clone();
    sim.count_losses(move || losses.total());
    stream
}

/// What passes before the time is over.
fn in_time<E>(stream: impl Progress<Item = Result<Tok, E>>) -> impl Progress<Item = Tok> {
    stream.filter_map_rs2(Result::ok)
}

/// A row for an operator that yields no item twice, none out of order, and each at the latest
/// `longest` after it was taken, but not all.
fn lossy(row: Row, longest: Duration) -> Row {
    let row = row.may_lose("an item that another follows", "within a period");
    row.latency(longest).read_ahead(1).needs_time()
}

/// A row for an operator that ends when something takes too long.
fn limited(row: Row) -> Row {
    row.may_lose("what follows", "once the time is over").needs_time()
}

fn firsts(given: &[Given]) -> Vec<u64> {
    let mut open_at = None;
    let items = given[0].ids.iter().zip(&given[0].taken_at);
    let passing = items.filter(|(_, taken)| {
        let passes = open_at.is_none_or(|open_at| **taken >= open_at);
        if passes {
            open_at = Some(taken.saturating_add(PERIOD));
        }
        passes
    });
    passing.map(|(id, _)| *id).collect()
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = operators();
    rows.extend(timeouts());
    rows.extend(choices());
    rows.extend(silences());
    rows.extend(sources());
    rows
}

fn operators() -> Vec<Row> {
    vec![
        lossy(
            Row::new("debounce_on_rs2", |sim, [source]: [Source; 1]| {
                counted(sim, source.debounce_on_rs2(sim.timer(), PERIOD))
            }),
            PERIOD,
        ),
        lossy(
            Row::new("debounce_within_on_rs2", |sim, [source]: [Source; 1]| {
                counted(sim, source.debounce_within_on_rs2(sim.timer(), PERIOD, LONGEST))
            }),
            PERIOD,
        ),
        Row::new("throttle_first_on_rs2", |sim, [source]| {
            source.throttle_first_on_rs2(sim.timer(), PERIOD)
        })
        .model(firsts)
        .timed(),
        Row::new("throttle_on_rs2", |sim, [source]| source.throttle_on_rs2(sim.timer(), PERIOD))
            .model(firsts)
            .timed(),
        lossy(
            Row::new("throttle_latest_on_rs2", |sim, [source]: [Source; 1]| {
                counted(sim, source.throttle_latest_on_rs2(sim.timer(), PERIOD))
            }),
            PERIOD,
        ),
        lossy(
            Row::new("sample_on_rs2", |sim, [source]: [Source; 1]| {
                counted(sim, source.sample_on_rs2(sim.timer(), PERIOD))
            }),
            PERIOD,
        ),
        Row::new("pace_on_rs2", |sim, [source]| source.pace_on_rs2(sim.timer(), 100, 3))
            .needs_time(),
        Row::new("pace_by_key_on_rs2", |sim, [source]: [Source; 1]| {
            let key = |item: &Tok| item.data() % 3;
            let keys = Heap::bounded(9).seeded(7);
            let pace = KeyedPace::spaced(PERIOD).max_waiting(2);
            counted(sim, source.pace_by_key_on_rs2(sim.timer(), keys, key, pace))
        })
        .may_lose("the oldest of its key that waits", "when the line of the key is full")
        .order(Order::Any)
        .read_ahead(6)
        .latency(2 * PERIOD)
        .needs_time(),
        Row::new("spaced_on_rs2", |sim, [source]| source.spaced_on_rs2(sim.timer(), PERIOD))
            .needs_time(),
        Row::new("spaced_in_on_rs2", |sim, [source]: [Source; 1]| {
            counted(sim, source.spaced_in_on_rs2(Inline::<3>::new(), sim.timer(), PERIOD))
        })
        .may_lose("the oldest that waits", "when the outbox is full")
        .read_ahead(3)
        .latency(3 * PERIOD)
        .needs_time(),
        Row::new("delay_on_rs2", |sim, [source]| source.delay_on_rs2(sim.timer(), PERIOD, 3))
            .read_ahead(3)
            .latency(PERIOD)
            .needs_time(),
        Row::new("delay_in_on_rs2", |sim, [source]| {
            source.delay_in_on_rs2(Inline::<3>::new(), sim.timer(), PERIOD)
        })
        .read_ahead(3)
        .latency(PERIOD)
        .needs_time(),
    ]
}

fn timeouts() -> Vec<Row> {
    vec![
        limited(Row::new("timeout_on_rs2", |sim, [source]: [Source; 1]| {
            in_time(source.timeout_on_rs2(sim.timer(), PERIOD))
        })),
        limited(Row::new("initial_timeout_on_rs2", |sim, [source]: [Source; 1]| {
            in_time(source.initial_timeout_on_rs2(sim.timer(), PERIOD))
        })),
        limited(Row::new("completion_timeout_on_rs2", |sim, [source]: [Source; 1]| {
            in_time(source.completion_timeout_on_rs2(sim.timer(), 4 * PERIOD))
        })),
        limited(Row::new("demand_timeout_on_rs2", |sim, [source]: [Source; 1]| {
            in_time(source.demand_timeout_on_rs2(sim.timer(), PERIOD))
        })),
    ]
}

/// Outputs of what goes on for ever while its source is silent, more than a run has otherwise.
const ENOUGH: usize = 500;

/// Each choice among items that give way to later ones.
fn choices() -> Vec<Row> {
    let debounced = |name: &str, edge: Edge| {
        let row = Row::new(name, move |sim, [source]: [Source; 1]| {
            counted(sim, source.debounce_edge_on_rs2(sim.timer(), PERIOD, edge))
        });
        lossy(row, PERIOD)
    };
    vec![
        debounced("debounce_edge_on_rs2, leading", Edge::Leading).read_ahead(0),
        debounced("debounce_edge_on_rs2, trailing", Edge::Trailing),
        debounced("debounce_edge_on_rs2, both", Edge::Both),
        lossy(
            Row::new("debounce_by_key_on_rs2", |sim, [source]: [Source; 1]| {
                let key = |item: &Tok| item.data() % 3;
                let keys = Heap::bounded(9).seeded(7);
                counted(sim, source.debounce_by_key_on_rs2(sim.timer(), keys, key, PERIOD))
            }),
            PERIOD,
        )
        .order(Order::Any)
        .read_ahead(3),
        lossy(
            Row::new("debounce_by_key_on_rs2, with room for one", |sim, [source]: [Source; 1]| {
                let key = |item: &Tok| item.data() % 3;
                let keys = Heap::bounded(1).seeded(7);
                let stream = source.debounce_by_key_on_rs2(sim.timer(), keys, key, PERIOD);
                let losses = stream.losses().clone();
                sim.count_losses(move || losses.of(Loss::Suppressed));
                stream
            }),
            PERIOD,
        ),
        lossy(
            Row::new("sample_when_rs2", |sim, [source]: [Source; 1]| {
                // Ticks for ever would keep a silent world awake.
                let trigger = tick_on(sim.timer(), PERIOD, ()).take_rs2(40);
                counted(sim, source.sample_when_rs2(trigger))
            }),
            PERIOD,
        ),
        Row::new("sample_hold_on_rs2", |sim, [source]| {
            let held = source.sample_hold_on_rs2(sim.timer(), PERIOD).take_rs2(ENOUGH);
            held.distinct_until_changed_by_rs2(Tok::id)
        })
        .may_lose("an item that another follows", "within a period")
        .latency(PERIOD)
        .read_ahead(1)
        .hold(1)
        .needs_time(),
    ]
}

/// Each choice of what follows a silence.
fn silences() -> Vec<Row> {
    vec![
        Row::new("heartbeat_on_rs2", |sim, [source]| {
            let beat = sim.item(u64::MAX);
            let beating = source.heartbeat_on_rs2(sim.timer(), PERIOD, beat).take_rs2(ENOUGH);
            beating.filter_rs2(|item| item.id() < u64::MAX)
        })
        .may_lose("what follows", "once there were enough beats")
        .read_ahead(1)
        .hold(1)
        .needs_time(),
        Row::new("timeout_repeat_on_rs2", |sim, [source]| {
            in_time(source.timeout_repeat_on_rs2(sim.timer(), PERIOD).take_rs2(ENOUGH))
        })
        .may_lose("what follows", "once there were enough errors")
        .needs_time(),
        Row::new("timeout_fallback_on_rs2", |sim, [source]| {
            source.timeout_fallback_on_rs2(sim.timer(), PERIOD, empty())
        })
        .may_lose("what follows", "once the time is over")
        .needs_time(),
        Row::new("timeout_each_on_rs2", |sim, [source]| {
            in_time(source.timeout_each_on_rs2(sim.timer(), PERIOD, sim.work()))
        })
        .may_lose("an item whose future takes too long", "at its limit")
        .read_ahead(1)
        .in_flight(1)
        .needs_time(),
    ]
}

fn sources() -> Vec<Row> {
    vec![
        Row::new("tick_on", |sim, []: [Source; 0]| tick_on(sim.timer(), PERIOD, 7_u64).take_rs2(5))
            .model(|_| vec![7_u64; 5])
            .needs_time(),
        Row::new("tick_with_on", |sim, []: [Source; 0]| {
            tick_with_on(sim.timer(), PERIOD, MissedTick::Burst, 7_u64).take_rs2(5)
        })
        .model(|_| vec![7_u64; 5])
        .needs_time(),
        Row::new("emit_after_on", |sim, []: [Source; 0]| {
            emit_after_on(sim.timer(), sim.item(7), PERIOD)
        })
        .model(|_| vec![7_u64])
        .read_ahead(1)
        .hold(1)
        .needs_time(),
    ]
}
