//! Sources that fall silent, drawn over time, and what waits for them.

use rs2_core::prelude::*;
use rs2_core::watermark::{AllIdle, BoundedDisorder, Signal, Silence};
use rs2_test::marbles::{MarbleSource, check};
use rs2_test::{ManualTimer, ms};
use std::time::Duration;

/// Letters a tenth of a second apart.
fn time_of(letter: &char) -> EventTime {
    EventTime::from_millis(100 * i64::from(u32::from(*letter)))
}

fn live(
    source: MarbleSource,
    timer: ManualTimer,
    silence: Silence,
) -> impl Progress<Item = Signal<char>> {
    let policy = BoundedDisorder::new(Duration::ZERO);
    source.with_live_watermarks_on_rs2(timer, policy, silence, time_of)
}

/// An item as its letter, a watermark as `w`, idle as `.`, active as `!`.
fn mark(signal: Signal<char>) -> char {
    match signal {
        Signal::Item(_, letter) => letter,
        Signal::Watermark(_) => 'w',
        Signal::Idle => '.',
        Signal::Active => '!',
    }
}

const IDLE: Silence = Silence::wait().idle_after(ms(20));

#[test]
fn a_silent_source_is_idle_until_its_next_item() {
    let signals = |s, t| live(s, t, IDLE).map_rs2(mark);
    check("a-----b|", signals, "(aw)-.---(!bw)|");
    check("a-b---c---|", signals, "(aw)-(bw)-.-(!cw)-.-|");
    check("----|", signals, "--.-|");
    // An item at the very moment was in time.
    check("a-b-c|", signals, "(aw)-(bw)-(cw)|");
}

#[test]
fn the_watermark_of_a_silent_source_goes_on_with_the_clock() {
    let plan = Silence::wait().follow_clock(ms(10), ms(10));
    check("a----b|", |s, t| live(s, t, plan).map_rs2(mark), "(aw)-www(bw)|");
    let until_idle = plan.idle_after(ms(40));
    check("a------b|", |s, t| live(s, t, until_idle).map_rs2(mark), "(aw)-ww(w.)--(!bw)|");
    // Before the first item there is nothing to go on from.
    check("----a--|", |s, t| live(s, t, plan).map_rs2(mark), "----(aw)-w|");
}

#[test]
fn nobody_waits_for_a_source_that_is_idle() {
    let sorted = |others: Silence, when_idle| {
        move |[left, right]: [MarbleSource; 2], timer: ManualTimer| {
            let right = live(right, timer.clone(), others);
            live(left, timer, Silence::wait())
                .merge_events_with_rs2(vec![right], when_idle)
                .sort_events_rs2()
                .without_watermarks_rs2()
        }
    };
    let waiting = sorted(Silence::wait(), AllIdle::Hold);
    check(["a--b--|", "-------|"], waiting, "-------(ab|)");
    check(["a--b--|", "------|"], sorted(IDLE, AllIdle::Hold), "--ab--|");
    // Back with a letter that is behind: late.
    check(["a--d--|", "-----b|"], sorted(IDLE, AllIdle::Hold), "--ad--|");
}

#[test]
fn while_all_are_idle_the_watermark_stays_or_goes_on_as_one_likes() {
    let plans = [Silence::wait().idle_after(ms(10)), Silence::wait().idle_after(ms(30))];
    let sorted = |when_idle| {
        move |[left, right]: [MarbleSource; 2], timer: ManualTimer| {
            let right = live(right, timer.clone(), plans[1]);
            live(left, timer, plans[0])
                .merge_events_with_rs2(vec![right], when_idle)
                .sort_events_rs2()
                .without_watermarks_rs2()
        }
    };
    check(["a-------|", "--------|"], sorted(AllIdle::Hold), "--------(a|)");
    check(["a-------|", "--------|"], sorted(AllIdle::Advance), "---a----|");
}
