//! The operators of time in virtual time: the vectors that every clock must give, and the diagrams
//! of the documentation.

#[path = "vectors/timing.rs"]
mod vectors;

use rs2_core::op::timing::Edge;
use rs2_core::prelude::*;
use rs2_core::store::Heap;
use rs2_core::time::{Clock, Timer};
use rs2_test::marbles::{self, MarbleSource, check};
use rs2_test::{ManualTimer, ms};
use std::time::Duration;

#[test]
fn the_vectors_in_virtual_time() {
    for &(op, input, expected) in vectors::VECTORS {
        let timer = ManualTimer::new();
        let seen = timer.run(vectors::run(op, input, timer.clone()));
        assert_eq!(seen, expected, "{op:?} of {input}");
    }
}

/// So many columns of a diagram.
const fn columns(count: u32) -> Duration {
    ms(10 * count as u64)
}

#[test]
fn items_that_give_way_to_later_ones() {
    let two = columns(2);
    let three = columns(3);
    check("ab--c|", |s, t| s.debounce_on_rs2(t, two), "---b-(c|)");
    check("abcdef|", |s, t| s.debounce_within_on_rs2(t, two, three), "---d--(f|)");
    check("abcd-e|", |s, t| s.throttle_first_on_rs2(t, three), "a--d--|");
    check("abcd-e--|", |s, t| s.throttle_latest_on_rs2(t, three), "a--d--e-|");
    check("ab--c--d|", |s, t| s.sample_on_rs2(t, three), "---b--c-(d|)");
}

#[test]
fn choices_among_items_that_give_way() {
    let two = columns(2);
    let three = columns(3);
    check("ab--c--|", |s, t| s.debounce_edge_on_rs2(t, two, Edge::Leading), "a---c--|");
    check("ab--c--|", |s, t| s.debounce_edge_on_rs2(t, two, Edge::Trailing), "---b--c|");
    check("ab--c--|", |s, t| s.debounce_edge_on_rs2(t, two, Edge::Both), "a--bc--|");
    let by_letter = |s: MarbleSource, t| {
        let keys = Heap::bounded(9).seeded(7);
        s.debounce_by_key_on_rs2(t, keys, char::to_ascii_lowercase, three)
    };
    check("aAb---|", by_letter, "----Ab|");
    check("aAb|", by_letter, "---(Ab|)");
    check("ab-----c-|", |s, t| s.sample_hold_on_rs2(t, three), "---b--b--(c|)");
    check(
        ["ab-c--d|", "--x-xx-"],
        |[source, trigger], _| source.sample_when_rs2(trigger),
        "--b-c--(d|)",
    );
}

#[test]
fn choices_of_what_follows_a_silence() {
    let two = columns(2);
    check("a-----c|", |s, t| s.timeout_repeat_on_rs2(t, two), "a-#-#-c|");
    check("a-----c|", |s, t| s.heartbeat_on_rs2(t, two, 'x'), "a-x-x-c|");
    check(
        ["ab---c|", "xy|"],
        |[source, other], t| source.timeout_fallback_on_rs2(t, two, other),
        "ab-(xy|)",
    );
    let takes = |timer: ManualTimer| {
        move |item| {
            let columns = columns(if item == 'a' { 1 } else { 3 });
            let nap = timer.sleep_until(timer.now().saturating_add(columns));
            async move {
                nap.await;
                item
            }
        }
    };
    check("ab|", |s, t: ManualTimer| s.timeout_each_on_rs2(t.clone(), two, takes(t)), "-a-(#|)");
}

#[test]
fn items_that_wait() {
    check("(abcd|)", |s, t| s.pace_on_rs2(t, 50, 2), "(ab)-c-d-|");
    check("(abc|)", |s, t| s.spaced_on_rs2(t, columns(2)), "a-b-c-|");
    let two = || Heap::bounded(2);
    check("(abcd|)", |s, t| s.spaced_in_on_rs2(two(), t, columns(2)), "a-c-(d|)");
    check("ab--c|", |s, t| s.delay_on_rs2(t, columns(2), 9), "--ab--(c|)");
}

#[test]
fn sources_that_take_too_long() {
    check("ab---c|", |s, t| s.timeout_on_rs2(t, columns(2)), "ab-(#|)");
    check("---a|", |s, t| s.initial_timeout_on_rs2(t, columns(2)), "--(#|)");
    check("a-b-c|", |s, t| s.completion_timeout_on_rs2(t, columns(3)), "a-b(#|)");
}

#[test]
fn sources_that_wait() {
    let tick = |_: MarbleSource, t| tick_on(t, columns(2), 'x').take_rs2(3);
    check("", tick, "--x-x-(x|)");
    check("", |_: MarbleSource, t| emit_after_on(t, 'x', columns(2)), "--(x|)");
}

// Defect 31 of the peer: both added their time to the consumer's.
#[test]
fn throttle_and_tick_take_no_time_of_their_own() {
    check("a|", |s, t| s.throttle_on_rs2(t, columns(30)), "a|");
    let timer = ManualTimer::new();
    let slow = vectors::Op::SlowTick(20, 4, Default::default(), 10);
    let seen = timer.run(vectors::run(slow, "|@0", timer.clone()));
    assert_eq!(seen, "x@20 x@40 x@60 x@80 |@90");
}

#[test]
fn a_time_out_is_told_once_and_is_the_end() {
    check("a", |s, t| s.timeout_on_rs2(t, columns(2)), "a-(#|)");
}

#[test]
fn a_source_silent_for_ever_holds_back_no_item() {
    let row = marbles::run("ab", |s, t| s.debounce_on_rs2(t, columns(2)));
    assert_eq!(row, "---b");
    let row = marbles::run("ab", |s, t| s.throttle_latest_on_rs2(t, columns(3)));
    assert_eq!(row, "a--b");
    let row = marbles::run("ab", |s, t| s.sample_on_rs2(t, columns(3)));
    assert_eq!(row, "---b");
}
