//! The bug zoo: operators broken on purpose, each of which the kit must find, and operators that
//! are right, in which it must find nothing.

mod buffered;
mod plain;
mod pumped;
mod timed;

use rs2_test::{Row, laws, sim};

/// Within how many seeds a bug must be found.
const SEEDS: u64 = 10_000;

fn broken() -> Vec<Row> {
    [buffered::broken(), plain::broken(), pumped::broken(), timed::broken()]
        .into_iter()
        .flatten()
        .collect()
}

fn sound() -> Vec<Row> {
    [buffered::sound(), plain::sound(), pumped::sound(), timed::sound()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn every_bug_is_found() {
    let mut unseen = Vec::new();
    for row in broken() {
        let verdict = laws::check(&row);
        let found = sim::hunt(&row, 0..SEEDS);
        let law = verdict.broken.first().map_or("-", |broken| broken.law);
        let seed = found.as_ref().map_or("-".to_owned(), |failure| failure.seed.to_string());
        println!("{:34} first seed {seed:>5}   law: {law}", row.name());
        if verdict.is_clean() && found.is_none() {
            unseen.push(row.name().to_owned());
        }
    }
    assert!(unseen.is_empty(), "not found: {unseen:?}");
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    for row in sound() {
        laws::check(&row).assert_clean();
        let report = sim::check(&row, 0..SEEDS);
        println!(
            "{:34} {} ended, {} quiescent, {} panicked, {} dropped",
            row.name(),
            report.ended,
            report.quiescent,
            report.panicked,
            report.dropped
        );
        report.assert_clean();
    }
}
