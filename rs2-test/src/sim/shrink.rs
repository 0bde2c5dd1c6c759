//! The smallest faults with which a run still fails.

use super::run::{Record, run};
use super::swarm::{Hint, Swarm};
use crate::row::Row;

/// More runs than this are not worth a smaller example.
const MOST_RUNS: usize = 500;

/// The run of this seed with as few items and as few kinds of faults as still make it fail in the
/// same way; with everything that happens in it.
///
/// Greedy: each fault is switched off and each number of items lowered in turn, for as long as one
/// of these changes leaves the failure as it was.
pub(super) fn shrink(row: &Row, seed: u64, swarm: Swarm, what: &str) -> (Swarm, Record) {
    let kind = kind(what);
    let fails = |swarm: &Swarm| {
        let found = run(row, seed, Some(swarm.clone()), false).violation;
        found.is_some_and(|found| self::kind(&found) == kind)
    };
    let (mut smallest, mut runs) = (swarm, 0..MOST_RUNS);
    let mut still_fails = |swarm: &Swarm| runs.next().is_some() && fails(swarm);
    while let Some(swarm) = smaller(&smallest).into_iter().find(&mut still_fails) {
        smallest = swarm;
    }
    let record = run(row, seed, Some(smallest.clone()), true);
    (smallest, record)
}

/// What is wrong, without the numbers and names of one run: the first words that are plain.
fn kind(what: &str) -> String {
    let plain =
        |word: &&str| word.starts_with(char::is_lowercase) && !word.contains(char::is_numeric);
    what.split_whitespace().filter(plain).take(4).collect::<Vec<_>>().join(" ")
}

/// Every swarm with one thing less, the largest steps first.
fn smaller(swarm: &Swarm) -> Vec<Swarm> {
    let with = |change: &dyn Fn(&mut Swarm)| {
        let mut smaller = swarm.clone();
        change(&mut smaller);
        smaller
    };
    // Also by two and three: what comes in groups fails in groups.
    let fewer = |most: usize| {
        let some = [0, 1, 2, most / 2, most.saturating_sub(3), most.saturating_sub(2)];
        some.into_iter().chain([most.saturating_sub(1)]).filter(move |&fewer| fewer < most)
    };
    let mut all = Vec::new();
    for source in 0..swarm.items.len() {
        for items in fewer(swarm.items[source]) {
            all.push(with(&|swarm| swarm.items[source] = items));
        }
    }
    let sooner = |place: Option<(usize, usize)>| {
        place.into_iter().flat_map(move |(source, at)| fewer(at).map(move |at| Some((source, at))))
    };
    all.extend(sooner(swarm.silent).map(|place| with(&|swarm| swarm.silent = place)));
    all.extend(sooner(swarm.source_panics).map(|place| with(&|swarm| swarm.source_panics = place)));
    for at in swarm.drop_at.into_iter().flat_map(fewer) {
        all.push(with(&|swarm| swarm.drop_at = Some(at)));
    }
    let off: [&dyn Fn(&mut Swarm); 15] = [
        &|swarm| swarm.drop_at = None,
        &|swarm| swarm.source_panics = None,
        &|swarm| swarm.call_panics = None,
        &|swarm| swarm.silent = None,
        &|swarm| swarm.lose_task = 0,
        &|swarm| swarm.refuse = 0,
        &|swarm| swarm.progress = 0,
        &|swarm| swarm.slow = 0,
        &|swarm| swarm.cancel = 0,
        &|swarm| swarm.busy = 0,
        &|swarm| swarm.jump = 0,
        &|swarm| swarm.spurious = 0,
        &|swarm| swarm.delay = 0,
        &|swarm| swarm.self_wake = 0,
        &|swarm| swarm.hint = Hint::Exact,
    ];
    all.extend(off.into_iter().map(with));
    all.retain(|smaller| smaller != swarm);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{check, hunt};
    use futures_util::StreamExt;

    #[test]
    fn what_is_left_is_what_it_takes() {
        // Loses every item after the third: three faults of a run have nothing to do with it.
        let row = Row::plain("takes three", |_, [source]| source.take(3).fuse());
        let failure = hunt(&row, 0..1_000).expect("the fourth item is missing");
        assert_eq!(failure.swarm, Swarm::calm(1, 4), "{failure}");
        assert!(failure.what.starts_with("it ended after"), "{failure}");
    }

    #[test]
    fn a_fault_that_it_takes_is_kept() {
        let row = Row::plain("asks twice", |_, [mut source]: [crate::sim::Source; 1]| {
            let mut waited = false;
            futures_util::stream::poll_fn(move |cx| {
                // BUG: once it has waited it never asks again.
                if waited {
                    return std::task::Poll::Pending;
                }
                let polled = source.poll_next_unpin(cx);
                waited = polled.is_pending();
                polled
            })
            .fuse()
        });
        let failure = hunt(&row, 0..1_000).expect("it waits for ever");
        let waits = failure.swarm.self_wake + failure.swarm.delay;
        assert!(waits > 0 || failure.swarm.silent.is_some(), "{failure}");
        assert_eq!(failure.swarm.slow + failure.swarm.jump + failure.swarm.busy, 0, "{failure}");
    }

    #[test]
    fn a_failure_without_its_numbers_is_the_same_failure() {
        assert_eq!(kind("3 futures ran at once"), kind("12 futures ran at once"));
        assert_eq!(kind("a0 came out once too often"), kind("b12 came out once too often"));
        assert_eq!(kind("it ended after [] and"), kind("it ended after [a0, b1] and"));
        assert_ne!(kind("lost wakeup: it waits"), kind("it ended after []"));
        let silent = "its source is silent";
        assert_ne!(kind(&format!("{silent}: it holds 1")), kind(&format!("{silent}, and a0 is")));
    }

    #[test]
    fn nothing_to_shrink_is_no_failure() {
        let row = Row::plain("all", |_, [source]| source.fuse());
        check(&row, 0..100).assert_clean();
        assert!(smaller(&Swarm::calm(1, 0)).is_empty());
    }
}
