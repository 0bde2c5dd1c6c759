//! Operators that lend the state of each key to a closure.

use rs2_core::op::keyed::{CountWindow, KeyedMap};
use rs2_core::prelude::*;
use rs2_core::state::{ApproxKeys, Keys, TtlFrom};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::Instant;
use rs2_test::sim::Tok;
use rs2_test::{Given, Order, Row, ms};
use std::collections::BTreeMap;
use std::time::Duration;

const SPAN: Duration = ms(30);

fn key_of(data: u64) -> u64 {
    data % 3
}

/// Keys that can be lent.
const NAMES: [u64; 3] = [0, 1, 2];

fn key(item: &Tok) -> u64 {
    key_of(item.data())
}

fn keys() -> SeededHeap {
    Heap::bounded(9).seeded(7)
}

/// What `step` makes of each item, when it was taken, and the state of its key.
fn model<V: Default, R>(
    given: &[Given],
    mut step: impl FnMut(u64, Instant, &mut V) -> Option<R>,
) -> Vec<R> {
    let mut states = BTreeMap::<u64, V>::new();
    let items = given[0].ids.iter().enumerate();
    let taken = |place| given[0].taken_at.get(place).copied().unwrap_or(Instant::FAR_FUTURE);
    let outs = items.filter_map(|(place, &id)| {
        let state = states.entry(key_of(given[0].data(id))).or_default();
        step(id, taken(place), state)
    });
    outs.collect()
}

/// The number of the item among those of its key, from zero.
fn number(count: &mut u64) -> u64 {
    *count += 1;
    *count - 1
}

/// The items whose key is new in its generation and was not in the one before.
fn firsts_of_generations(given: &[Given]) -> Vec<u64> {
    let (mut generation, mut ends) = (2, Instant::from_nanos(0));
    model(given, |id, taken, last: &mut u64| {
        if taken >= ends.saturating_add(SPAN) || generation == 2 {
            (generation, ends) = (generation + 2, taken.saturating_add(SPAN));
        } else if taken >= ends {
            (generation, ends) = (generation + 1, ends.saturating_add(SPAN));
        }
        let is_known = *last + 2 > generation;
        *last = if is_known { *last } else { generation };
        (!is_known).then_some(id)
    })
}

/// Two of each three items that come in time.
fn within_limit(given: &[Given]) -> Vec<u64> {
    model(given, |id, taken, passed: &mut Vec<Instant>| {
        passed.retain(|at| at.saturating_add(SPAN) > taken);
        let passes = passed.len() < 2;
        passed.extend(passes.then_some(taken));
        passes.then_some(id)
    })
}

fn numbers(given: &[Given], gap: Duration) -> Vec<(u64, u64)> {
    model(given, |id, taken, (count, last): &mut (u64, Option<Instant>)| {
        if last.is_some_and(|last| last.saturating_add(gap) <= taken) {
            *count = 0;
        }
        *last = Some(taken);
        Some((id, number(count)))
    })
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = one_by_one();
    rows.extend(several());
    rows.extend(timed());
    rows.extend(idle());
    rows
}

fn one_by_one() -> Vec<Row> {
    vec![
        Row::new("keyed_in_rs2", |sim, [source]| {
            let pass = sim.pass();
            let map = move |item, count: &mut u64| (pass(item), number(count));
            source.keyed_in_rs2(keys(), key, KeyedMap::new(map))
        })
        .model(|given| model(given, |id, _, count| Some((id, number(count))))),
        Row::new("keyed_filter_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.keyed_filter_in_rs2(keys(), key, move |_, count: &mut u64| {
                sim.point();
                number(count).is_multiple_of(2)
            })
        })
        .model(|given| {
            model(given, |id, _, count| (number(count).is_multiple_of(2)).then_some(id))
        }),
        Row::new("keyed_fold_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.keyed_fold_in_rs2(keys(), key, 0, move |item: Tok, sum: &mut u64| {
                sim.point();
                *sum = sum.wrapping_mul(31).wrapping_add(item.data());
            })
        })
        .model(|given| {
            model(given, |id, _, sum: &mut u64| {
                *sum = sum.wrapping_mul(31).wrapping_add(given[0].data(id));
                Some(*sum)
            })
        }),
        Row::new("keyed_reduce_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            let data = source.map_rs2(|item: Tok| item.data());
            data.keyed_reduce_in_rs2(
                keys(),
                |data| key_of(*data),
                move |data, most: &mut u64| {
                    sim.point();
                    *most = data.max(*most);
                },
            )
        })
        .model(|given| {
            model(given, |id, _, most: &mut u64| {
                *most = given[0].data(id).max(*most);
                Some(*most)
            })
        }),
    ]
}

/// Groups of at most three items, for at most two keys at once, with the number of the group.
fn groups(given: &[Given]) -> Vec<(Vec<u64>, u64)> {
    let mut open: Vec<(u64, Vec<u64>, u64)> = Vec::new();
    let mut out = Vec::new();
    for &id in &given[0].ids {
        let key = key_of(given[0].data(id));
        if !open.iter().any(|group| group.0 == key) {
            if open.len() == 2 {
                let (_, items, count) = open.remove(0);
                out.push((items, count));
            }
            open.push((key, Vec::new(), 0));
        }
        let Some(group) = open.iter_mut().find(|group| group.0 == key) else { continue };
        group.1.push(id);
        if group.1.len() == 3 {
            out.push((std::mem::take(&mut group.1), group.2));
            group.2 += 1;
        }
    }
    if given[0].ended {
        out.extend(open.into_iter().map(|(_, items, count)| (items, count)));
    }
    out.retain(|(items, _)| !items.is_empty());
    out
}

fn several() -> Vec<Row> {
    vec![
        Row::new("keyed_window_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.keyed_window_in_rs2(
                keys(),
                Heap::bounded(3),
                CountWindow::sliding(3, 2),
                key,
                move |window| {
                    sim.point();
                    window.iter().map(Tok::id).collect::<Vec<u64>>()
                },
            )
        })
        .model(|given| {
            model(given, |id, _, window: &mut Vec<u64>| {
                window.push(id);
                let full = (window.len() == 3).then(|| window.clone());
                if full.is_some() {
                    window.drain(..2);
                }
                full
            })
        })
        .read_ahead(12)
        .hold(12),
        Row::new("keyed_group_by_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            let (keys, groups) = (Heap::bounded(2).seeded(7), Heap::bounded(3));
            source.keyed_group_by_in_rs2(keys, groups, key, move |_, items, count: &mut u64| {
                sim.point();
                (items, number(count))
            })
        })
        .model(groups)
        .read_ahead(4)
        .hold(4),
        Row::new("keyed_pattern_in_rs2", |sim, [source]| {
            let sim = sim.clone();
            source.keyed_pattern_in_rs2(keys(), Heap::bounded(9), key, move |run| {
                sim.point();
                (run.len() == 3).then(|| run.iter().map(Tok::id).collect::<Vec<u64>>())
            })
        })
        .model(|given| {
            model(given, |id, _, run: &mut Vec<u64>| {
                run.push(id);
                (run.len() == 3).then(|| std::mem::take(run))
            })
        })
        .read_ahead(6)
        .hold(6),
    ]
}

fn timed() -> Vec<Row> {
    vec![
        Row::new("keyed_deduplicate_on_rs2", |sim, [source]| {
            source.keyed_deduplicate_on_rs2(sim.timer(), keys(), SPAN, TtlFrom::LastUse, key)
        })
        .model(|given| {
            let firsts = numbers(given, SPAN).into_iter().filter(|(_, number)| *number == 0);
            firsts.map(|(id, _)| id).collect::<Vec<u64>>()
        })
        .timed(),
        Row::new("keyed_deduplicate_approx_on_rs2", |sim, [source]| {
            let keys = ApproxKeys::new(99, 1e-9).expect("a share below one");
            source.keyed_deduplicate_approx_on_rs2(sim.timer(), keys.seeded(7), SPAN, key)
        })
        .model(firsts_of_generations)
        .timed(),
        Row::new("keyed_throttle_on_rs2", |sim, [source]| {
            source.keyed_throttle_on_rs2(sim.timer(), keys(), Heap::bounded(2), SPAN, key)
        })
        .model(within_limit)
        .timed(),
        Row::new("keyed_session_on_rs2", |sim, [source]| {
            let pass = sim.pass();
            source.keyed_session_on_rs2(sim.timer(), keys(), SPAN, key, move |item, count| {
                (pass(item), number(count))
            })
        })
        .model(|given| numbers(given, SPAN))
        .timed(),
        Row::new("key_by_ref_on_rs2", |sim, [source]| {
            let pass = sim.pass();
            let lent =
                source.key_by_ref_on_rs2(sim.timer(), keys(), |item| &NAMES[key(item) as usize]);
            lent.keyed_session_rs2(SPAN, move |item, count| (pass(item), number(count)))
        })
        .model(|given| numbers(given, SPAN))
        .timed(),
        Row::new("keyed_session_fold_on_rs2", |sim, [source]| {
            let sessions = source.keyed_session_fold_on_rs2(
                sim.timer(),
                keys(),
                SPAN,
                key,
                |item: Tok, items: &mut Vec<Tok>| items.push(item),
            );
            sessions.map_rs2(|(_, items)| items)
        })
        // When a session ends depends on the time; that its items come out does not.
        .flat()
        .order(Order::Any)
        .keeps_all()
        .needs_time(),
    ]
}

fn idle() -> Vec<Row> {
    vec![
        Row::new("keyed_group_by_within_on_rs2", |sim, [source]| {
            let (keys, groups) = (Heap::bounded(2).seeded(7), Heap::bounded(3));
            let (sim, timer) = (sim.clone(), sim.timer());
            let items = move |_, items: Vec<Tok>, _: &mut ()| {
                sim.point();
                items
            };
            source.keyed_group_by_within_on_rs2(timer, keys, groups, SPAN, key, items)
        })
        .flat()
        .order(Order::Any)
        .read_ahead(4)
        .hold(4)
        .keeps_all()
        .needs_time(),
        Row::new("keyed_window_in_rs2, of keys that live for a time", |sim, [source]| {
            let keys = Keys::of(keys()).ttl_on(sim.timer(), SPAN);
            let (sim, pairs) = (sim.clone(), CountWindow::tumbling(2));
            source.keyed_window_in_rs2(keys, Heap::bounded(2), pairs, key, move |window| {
                sim.point();
                window.iter().map(Tok::id).collect::<Vec<u64>>()
            })
        })
        .model(|given| {
            model(given, |id, taken, (window, last): &mut (Vec<u64>, Option<Instant>)| {
                if last.is_some_and(|last| last.saturating_add(SPAN) <= taken) {
                    window.clear();
                }
                *last = Some(taken);
                window.push(id);
                (window.len() == 2).then(|| std::mem::take(window))
            })
        })
        .read_ahead(6)
        .hold(6)
        .timed(),
    ]
}
