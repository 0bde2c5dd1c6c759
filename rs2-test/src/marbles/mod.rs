//! Streams drawn as one line of text, on virtual time.
//!
//! A column is 10 ms.
//!
//! | text | means |
//! |---|---|
//! | `-` | a column in which nothing happens |
//! | `a` | an item; any character that has no other meaning |
//! | `{ab}` | one item whose text is longer than a character |
//! | `#` | an `Err`, on a stream of results |
//! | `\|` | the end; without it the stream stays silent for ever |
//! | `(bc\|)` | several of these at one instant; the whole group is one column |
//! | space | nothing at all: pad with it where rows shall stand below each other |
//!
//! An item that comes out between two columns carries its distance from the earlier one, as in
//! `{a+5ms}`. An item that arrives exactly at a deadline counts as before it.
//!
//! ```
//! use rs2_core::prelude::*;
//! use rs2_test::marbles;
//!
//! marbles::check("ab--c|", |source, _timer| source.chunk_rs2(2), "-{ab}---(c|)");
//! ```

mod diagram;
mod mark;
mod source;

pub use diagram::{Diagram, DiagramError};
pub use mark::Mark;
pub use source::{Failed, Inputs, MarbleSource};

use crate::timer::{ManualTimer, ms};
use crate::wake::Wakes;
use diagram::{Event, aligned};
use futures_core::Stream;
use rs2_core::time::{Clock, Instant};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The width of a column.
pub const COLUMN: Duration = ms(10);

/// How far a stream is followed that neither ends nor falls silent.
const LAST_COLUMN: usize = 1_000;

/// Checks what a stream built from `input` yields, and when.
///
/// `input` is one row, or an array of rows for as many sources:
///
/// ```
/// use futures_util::stream::select;
/// use rs2_test::marbles;
///
/// marbles::check(["a-b|", "-x--|"], |[a, b], _timer| select(a, b), "axb-|");
/// ```
///
/// # Panics
/// When the stream yields anything else, with both rows one below the other; when a row is not a
/// diagram; when the stream goes on for more than 1,000 columns.
#[track_caller]
pub fn check<I, F, S>(input: I, build: F, expected: &str)
where
    I: Inputs,
    F: FnOnce(I::Sources, ManualTimer) -> S,
    S: Stream<Item: Mark>,
{
    let timer = ManualTimer::new();
    let stream = build(input.sources(&timer), timer.clone());
    compare(&input, &record(stream, &timer), expected);
}

/// [`check`] with sources of `Result`s, in which `#` is an `Err`.
///
/// # Panics
/// As [`check`] does.
#[track_caller]
pub fn try_check<I, F, S>(input: I, build: F, expected: &str)
where
    I: Inputs,
    F: FnOnce(I::TrySources, ManualTimer) -> S,
    S: Stream<Item: Mark>,
{
    let timer = ManualTimer::new();
    let stream = build(input.try_sources(&timer), timer.clone());
    compare(&input, &record(stream, &timer), expected);
}

/// What a stream built from `input` yields, as a row.
///
/// ```
/// use rs2_core::prelude::*;
/// use rs2_test::marbles;
///
/// let row = marbles::run("ab--c|", |source, _timer| source.map_rs2(|c| c.to_ascii_uppercase()));
/// assert_eq!(row, "AB--C|");
/// ```
///
/// # Panics
/// When a row is not a diagram, and when the stream goes on for more than 1,000 columns.
#[track_caller]
pub fn run<I, F, S>(input: I, build: F) -> String
where
    I: Inputs,
    F: FnOnce(I::Sources, ManualTimer) -> S,
    S: Stream<Item: Mark>,
{
    let timer = ManualTimer::new();
    let stream = build(input.sources(&timer), timer.clone());
    record(stream, &timer).to_string()
}

/// [`run`] with sources of `Result`s, in which `#` is an `Err`.
///
/// # Panics
/// As [`run`] does.
#[track_caller]
pub fn try_run<I, F, S>(input: I, build: F) -> String
where
    I: Inputs,
    F: FnOnce(I::TrySources, ManualTimer) -> S,
    S: Stream<Item: Mark>,
{
    let timer = ManualTimer::new();
    let stream = build(input.try_sources(&timer), timer.clone());
    record(stream, &timer).to_string()
}

#[track_caller]
fn compare<I: Inputs>(input: &I, actual: &Diagram, expected: &str) {
    let expected = parse(expected);
    if *actual != expected {
        let mut rows: Vec<_> = input.rows().iter().map(|row| ("in", parse(row))).collect();
        rows.push(("expected", expected));
        rows.push(("actual", actual.clone()));
        panic!("the stream does not look as expected\n{}", aligned(&rows));
    }
}

#[track_caller]
fn parse(row: &str) -> Diagram {
    row.parse().unwrap_or_else(|error| panic!("{row:?} is not a diagram: {error}"))
}

/// Polls `stream` as soon as it can go on, and writes down what comes out until it ends or nothing
/// is left that could wake it.
#[track_caller]
fn record<S: Stream<Item: Mark>>(stream: S, timer: &ManualTimer) -> Diagram {
    let mut stream = pin!(stream);
    let mut events = Vec::new();
    let wakes = Wakes::new();
    let last = Instant::from_origin(COLUMN * LAST_COLUMN as u32);
    while timer.now() <= last {
        let waker = wakes.next_waker();
        match stream.as_mut().poll_next(&mut Context::from_waker(&waker)) {
            Poll::Ready(Some(item)) => events.push((timer.now(), Event::Yield(item.mark()))),
            Poll::Ready(None) => {
                events.push((timer.now(), Event::End));
                return Diagram::of_record(&events);
            }
            Poll::Pending => {
                while !wakes.is_woken() {
                    let Some(due) = timer.next_deadline() else {
                        return Diagram::of_record(&events);
                    };
                    timer.take_due(due).into_iter().for_each(Waker::wake);
                }
            }
        }
        assert!(events.len() <= LAST_COLUMN * 100, "the stream yields without end: use take");
    }
    panic!("after {LAST_COLUMN} columns the stream neither ended nor fell silent: use take");
}
