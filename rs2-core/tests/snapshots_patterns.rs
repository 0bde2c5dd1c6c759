//! Snapshots of patterns: runs, links, deadlines and what waits to be told.
#![cfg(feature = "snapshot")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/snapshots.rs"]
mod snapshots;

use by_time::*;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::machine::{ByTime, Machine};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, SnapshotError};
use rs2_core::store::Heap;
use rs2_core::time::Instant;
use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};

/// Key, time, kind.
type Sign = (u8, i64, u8);

fn signs() -> impl Strategy<Value = Vec<Sign>> {
    let sign = (0_u8..2, 0_i64..6, 0_u8..3);
    prop::collection::vec(sign, 0..24).prop_map(|signs| {
        let mut clock = 0;
        let walk = signs.into_iter().map(|(key, back, kind)| {
            clock += 2;
            (key, clock - back, kind)
        });
        walk.collect()
    })
}

fn kind(kind: u8) -> impl Fn(&Sign) -> bool + Clone {
    move |sign| sign.2 == kind
}

/// Branches, captures and absences, with all that a run can be.
fn pattern(skip: Skip) -> Pattern<impl Steps<Sign> + Clone> {
    let rises = |sign: &Sign, before: &Captured<'_, Sign>| {
        before.first().is_some_and(|first| first.1 < sign.1)
    };
    Pattern::begin(kind(0))
        .named("first")
        .followed_by(kind(1))
        .given(rises)
        .named("middle")
        .times(1..=3)
        .allow_combinations()
        .not_followed_by(kind(2))
        .within(us(14))
        .skip(skip)
}

fn skips() -> impl Strategy<Value = Skip> {
    prop_oneof![Just(Skip::Nothing), Just(Skip::PastLast), Just(Skip::ToLast("middle"))]
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn patterns_go_on_from_anywhere(
        signs in signs(), skip in skips(), capacity in 3_usize..40,
        delay in prop_oneof![0_u64..6, Just(99)],
    ) {
        let found = || {
            let keys = Heap::bounded(capacity).seeded(7);
            let time = |sign: &Sign| EventTime::from_micros(sign.1);
            from_iter(signs.clone()).replayable_rs2().pattern_or_timeout_by_time_in_rs2(
                keys,
                pattern(skip),
                us(delay),
                |sign| sign.0,
                time,
            )
        };
        goes_on_from_anywhere(found);
        keeps_nothing_at_the_end(found());
        let tied = || {
            let keys = Heap::bounded(capacity).seeded(7);
            let pattern = pattern(skip).ties_by(|one: &Sign, other: &Sign| one.2.cmp(&other.2));
            let time = |sign: &Sign| EventTime::from_micros(sign.1);
            let source = from_iter(signs.clone()).replayable_rs2();
            source.pattern_by_time_in_rs2(keys, pattern, us(delay), |sign| sign.0, time)
        };
        goes_on_from_anywhere(tied);
        keeps_nothing_at_the_end(tied());
    }
}

#[test]
fn the_state_of_a_longer_pattern_is_refused() {
    let signs = vec![(0, 0, 0), (0, 1, 0), (0, 2, 0), (0, 3, 1)];
    let found = |times: u32| {
        let keys = Heap::bounded(9).seeded(7);
        let time = |sign: &Sign| EventTime::from_micros(sign.1);
        let pattern = Pattern::begin(kind(0)).times(times).followed_by(kind(1));
        let pattern = pattern.skip(Skip::Nothing);
        let source = from_iter(signs.clone()).replayable_rs2();
        source.pattern_by_time_in_rs2(keys, pattern, us(0), |sign| sign.0, time)
    };
    let mut long = Box::pin(found(3));
    assert!(block_on(long.next()).is_some());
    let bytes = snapshot::save(&*long).expect("nothing runs");
    assert!(snapshot::restore(&mut found(3), &bytes).is_ok());
    let refused = snapshot::restore(&mut found(1), &bytes);
    assert!(matches!(refused, Err(SnapshotError::Corrupt { .. })), "{refused:?}");
}

/// The memory is full, so an item must go before its time, and what waited for it too long goes
/// out first: it is still to be looked at when the rule is saved.
#[test]
fn an_item_that_made_room_is_looked_at_after_a_restore() {
    let signs = [(0, 0, 0), (0, 20, 0), (0, 21, 1), (0, 22, 2), (0, 23, 2)];
    let build = || {
        let pattern = Pattern::begin(kind(0)).followed_by(kind(1)).within(us(10));
        let time = |sign: &Sign| EventTime::from_micros(sign.1);
        from_iter(signs).replayable_rs2().pattern_or_timeout_by_time_in_rs2(
            Heap::bounded(2).seeded(7),
            pattern,
            us(99),
            |sign| sign.0,
            time,
        )
    };
    let found: Vec<_> = block_on(build().collect());
    assert!(matches!(&found[0], PatternOutput::TimedOut(first) if first.events == [signs[0]]));
    assert!(matches!(&found[1], PatternOutput::Match(second) if second.events == signs[1..3]));
    goes_on_from_anywhere(build);
}

/// A watermark that leaps lets go more than is looked at in one go.
#[test]
fn what_is_behind_is_so_after_a_restore() {
    let build = || {
        let pattern = Pattern::begin(kind(1)).followed_by(kind(1));
        let rule =
            PatternByTime::new(Heap::bounded(99).seeded(7).into(), pattern, |sign: &Sign| sign.0);
        ByTime::new(rule, us(50), |sign: &Sign| EventTime::from_micros(sign.1))
    };
    let mut signs: Vec<Sign> = (0..20).map(|n| (0, n, 0)).collect();
    signs.extend([(0, 20, 1), (0, 21, 1), (0, 100, 0)]);
    let mut first = build();
    for sign in signs {
        assert_eq!(first.on_item(Instant::ORIGIN, sign), None);
    }
    let bytes = snapshot::save(&first).expect("a rule is not busy");
    let mut second = build();
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    let mut found = Vec::new();
    while second.is_behind() {
        found.extend(second.more().map(|found| found.events));
    }
    assert_eq!(found, [[(0, 20, 1), (0, 21, 1)]]);
}
