//! Operators that bring several streams together.

use rs2_core::prelude::*;
use rs2_core::time::{Instant, Timer};
use rs2_test::sim::{Source, Tok};
use rs2_test::{Given, Order, Row, ms};
use std::future::{pending, ready};

/// The items of one source, and those of the next if it has ended.
fn one_after_the_other(given: &[Given]) -> Vec<u64> {
    let mut ids = Vec::new();
    for source in given {
        ids.extend(&source.ids);
        if !source.ended {
            break;
        }
    }
    ids
}

fn pairs(given: &[Given]) -> Vec<(u64, u64)> {
    let (left, right) = (given[0].ids.iter(), given[1].ids.iter());
    left.zip(right).map(|(&left, &right)| (left, right)).collect()
}

/// One item of each source in turn; those that have ended are left out.
fn strict_turns(given: &[Given]) -> Vec<u64> {
    let longest = given.iter().map(|source| source.ids.len()).max().unwrap_or(0);
    let mut ids = Vec::new();
    for round in 0..=longest {
        for source in given {
            match source.ids.get(round) {
                Some(&id) => ids.push(id),
                None if source.ended => {}
                None => return ids,
            }
        }
    }
    ids
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("merge_rs2", |_, [left, right]| left.merge_rs2(right)).order(Order::PerSource),
        Row::new("concat_rs2", |_, [first, second]| first.concat_rs2(second))
            .model(one_after_the_other),
        Row::new("zip_rs2", |_, [left, right]| left.zip_rs2(right))
            .model(pairs)
            .read_ahead(1)
            .hold(1),
        Row::new("zip_with_rs2", |sim, [left, right]| {
            let pass = sim.pass();
            left.zip_with_rs2(right, move |left: Tok, right: Tok| (pass(left), right))
        })
        .model(pairs)
        .read_ahead(1)
        .hold(1),
        Row::new("interleave_rs2", |_, [first, second, third]| {
            first.interleave_rs2(vec![second, third])
        })
        .order(Order::PerSource),
        Row::new("interleave_rs2, alone", |_, [source]| {
            source.interleave_rs2(Vec::<Source>::new())
        }),
        Row::new("interleave_strict_rs2", |_, [first, second, third]| {
            first.interleave_strict_rs2(vec![second, third])
        })
        .model(strict_turns),
        Row::new("either_rs2", |_, [left, right]| left.either_rs2(right))
            .may_lose("the items of one side", "an item of the other"),
        Row::new("either_rs2, against nothing", |_, [source]| source.either_rs2(empty())),
        Row::new("either_rs2, nothing against it", |_, [source]| empty().either_rs2(source)),
        Row::new("interrupt_when_rs2", |_, [source]| source.interrupt_when_rs2(pending())),
        // Progress sees the signal first, and then does not reach the source.
        Row::plain("interrupt_when_rs2, at once", |_, [source]| {
            source.interrupt_when_rs2(ready(()))
        })
        .model(|_| Vec::<u64>::new()),
        Row::new("interrupt_when_rs2, after a while", |sim, [source]| {
            let at = Instant::from_origin(ms(100));
            source.interrupt_when_rs2(sim.timer().sleep_until(at))
        })
        .may_lose("what would have come later", "the signal")
        .needs_time(),
    ]
}
