//! The diagrams themselves: what is read, what is written, and what is refused.

use futures_util::{StreamExt, stream};
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::time::{Instant, Timer};
use rs2_test::marbles::{self, Diagram, DiagramError};
use rs2_test::ms;
use std::panic::catch_unwind;

fn refusal(row: &str) -> DiagramError {
    row.parse::<Diagram>().unwrap_err()
}

proptest! {
    #[test]
    fn a_diagram_reads_back_as_it_was_written(
        row in r"(-|[a-z0-9]|\([a-z]{2,4}\)|\{[a-z]{2,3}\}|#){0,20}([a-z]|\||\([a-z]\|\))"
    ) {
        let diagram: Diagram = row.parse().unwrap();
        prop_assert_eq!(diagram.to_string(), row.clone());
        let spaced: String = row.chars().flat_map(|c| [c, ' ']).collect();
        if !row.contains('{') {
            prop_assert_eq!(spaced.parse::<Diagram>().unwrap(), diagram);
        }
    }

    #[test]
    fn a_source_that_nothing_is_done_to_looks_as_it_was_drawn(
        row in r"(-|[a-z]|\([a-z]{2,3}\)){0,9}[a-z]\|?"
    ) {
        prop_assert_eq!(marbles::run(row.as_str(), |source, _| source), row);
    }
}

#[test]
fn what_is_not_a_diagram_is_refused_by_name() {
    assert_eq!(refusal("a|b"), DiagramError::AfterEnd);
    assert_eq!(refusal("(a|b)"), DiagramError::AfterEnd);
    assert_eq!(refusal("(a-b)"), DiagramError::TimeInGroup);
    assert_eq!(refusal("(a(b))"), DiagramError::NestedGroup);
    assert_eq!(refusal("ab)"), DiagramError::UnopenedGroup);
    assert_eq!(refusal("(ab"), DiagramError::UnclosedGroup);
    assert_eq!(refusal("a}"), DiagramError::UnopenedBrace);
    assert_eq!(refusal("{a"), DiagramError::UnclosedBrace);
}

#[test]
fn a_group_is_one_column() {
    marbles::check("(ab)c|", |source, _| source, "(ab)c|");
    marbles::check("-(ab)-c|", |source, _| source.chunk_rs2(2), "-{ab}--(c|)");
}

#[test]
fn silence_after_the_last_item_is_no_end() {
    marbles::check("ab", |source, _| source, "ab---");
    assert_eq!(marbles::run("--", |source, _| source), "");
}

#[test]
fn errors_are_drawn_as_hashes() {
    marbles::try_check("a#b|", |source, _| source.map_rs2(|item| item.map_err(|_| ())), "a#b|");
}

#[test]
fn several_rows_are_several_sources() {
    marbles::check(["a-b|", "-x--|"], |[a, b], _| stream::select(a, b), "axb-|");
}

#[test]
fn an_item_between_two_columns_says_so() {
    let row = marbles::run("a|", |source, timer| {
        source.then(move |c| {
            let sleep = timer.sleep_until(Instant::ORIGIN.saturating_add(ms(15)));
            async move {
                sleep.await;
                c
            }
        })
    });
    assert_eq!(row, "-({a+5ms}{|+5ms})");
}

#[test]
fn a_mismatch_shows_the_rows_one_below_the_other() {
    let failed = catch_unwind(|| {
        marbles::check("ab-c|", |source, _| source.chunk_rs2(2), "-{ab}-c|");
    });
    let message = *failed.unwrap_err().downcast::<String>().unwrap();
    let rows: Vec<&str> = message.lines().skip(1).collect();
    assert_eq!(
        rows,
        ["  in        a b    - c |", "  expected  - {ab} - c |", "  actual    - {ab} - - (c|)",]
    );
}

#[test]
fn a_stream_that_never_rests_is_refused() {
    assert!(catch_unwind(|| marbles::run("|", |_, _| stream::repeat('a'))).is_err());
}
