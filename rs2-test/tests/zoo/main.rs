//! The bug zoo: operators broken on purpose, each of which the kit must find, and operators that
//! are right, in which it must find nothing.

mod buffered;
mod plain;
mod pumped;
mod timed;

use rs2_test::{Row, laws, sim};

/// Within how many seeds a bug must be found.
const SEEDS: u64 = 10_000;

/// Each with a part of what must be said of it.
fn broken() -> Vec<(Row, &'static str)> {
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
    for (row, saying) in broken() {
        let verdict = laws::check(&row);
        let failure = sim::hunt(&row, 0..SEEDS);
        let said = verdict.broken.iter().map(|broken| &broken.case);
        let found = said.chain(failure.as_ref().map(|failure| &failure.what));
        let found = found.filter(|what| what.contains(saying)).count();
        let seed = failure.map_or("-".to_owned(), |failure| failure.seed.to_string());
        let law = verdict.broken.first().map_or("-", |broken| broken.law);
        println!("{:34} seed {seed:>4}   law: {law}", row.name());
        assert!(found > 0, "{}: nothing said \"{saying}\"\n{verdict}", row.name());
    }
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
