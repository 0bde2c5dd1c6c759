//! The long run of the differential tests: what event time and keyed state yield, against a naive
//! evaluation of the same random inputs.

use crate::cmd::{self, Failure, Outcome};
use crate::tidy::differential::{Suite, suites};
use crate::tidy::{read_tree, source::Source};
use crate::workspace::Workspace;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Random inputs for each test when nobody says otherwise.
pub(crate) const CASES: u32 = 100_000;
const CASES_VAR: &str = "RS2_CASES";

/// A number of inputs as given by the user.
pub(crate) fn cases(text: &str) -> Result<u32, Failure> {
    let cases = text.replace('_', "").parse();
    cases.map_err(|_| Failure::new(format!("not a number of cases: {text:?}")))
}

/// Runs every differential test in release with so many inputs, and prints what each one took.
pub(crate) fn disorder(ws: &Workspace, cases: u32) -> Outcome {
    let files = read_tree(&ws.root)?;
    let sources: Vec<_> = files.iter().map(|(path, text)| Source::scan(path, text)).collect();
    let suites = suites(&sources);
    for of_package in suites.chunk_by(|one, next| one.package == next.package) {
        let named = of_package.iter().flat_map(|suite| ["--test", suite.name]);
        let tests: Vec<&str> = named.chain(["--no-run"]).collect();
        cmd::run(&mut test(ws, of_package[0].package, &tests))?;
    }
    let mut total = (0, Duration::ZERO);
    for suite in &suites {
        let (tests, took) = run_suite(ws, suite, cases)?;
        total = (total.0 + tests, total.1 + took);
    }
    println!("{} tests of {cases} random inputs each, {:.1?}", total.0, total.1);
    Ok(())
}

/// Optimised, but not as a whole: that takes longer than it saves.
fn test(ws: &Workspace, package: &str, more: &[&str]) -> Command {
    let args = [&["test", "--release", "--all-features", "--package", package], more].concat();
    let mut cargo = ws.cargo(&args);
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
    cargo
}

/// Runs one suite, one test after the other, so that a time is that of one test.
fn run_suite(ws: &Workspace, suite: &Suite<'_>, cases: u32) -> Result<(u32, Duration), Failure> {
    let Suite { package, name, .. } = suite;
    let one = ["--test", name, "--", "--nocapture", "--test-threads=1"];
    let mut tests = test(ws, package, &one);
    tests.env(CASES_VAR, cases.to_string()).stdout(Stdio::piped());
    let failed = |what: &dyn std::fmt::Display| Failure::new(format!("{package} {name}: {what}"));
    let mut child = tests.spawn().map_err(|error| failed(&error))?;
    let mut report = Report::default();
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        let line = line.map_err(|error| failed(&error))?;
        if let Some((test, cases, took)) = report.line(&line, Instant::now()) {
            println!("{package} {name}::{test}: {cases} inputs, {took:.1?}");
            report.total = (report.total.0 + 1, report.total.1 + took);
        }
    }
    let status = child.wait().map_err(|error| failed(&error))?;
    if status.success() { Ok(report.total) } else { Err(failed(&status)) }
}

/// What the lines of a test binary have said so far.
#[derive(Default)]
struct Report {
    /// The test that runs, its inputs, and when it said so.
    running: Option<(String, u32, Instant)>,
    total: (u32, Duration),
}

impl Report {
    /// Takes a line, and gives the test that has succeeded with it. A test says `test NAME ...
    /// random inputs: N` when it begins, and `ok` at its end.
    fn line(&mut self, line: &str, now: Instant) -> Option<(String, u32, Duration)> {
        if let Some((test, said)) = line.strip_prefix("test ").and_then(|l| l.split_once(" ... ")) {
            let cases = said.strip_prefix("random inputs: ").and_then(|n| n.parse().ok());
            self.running = cases.map(|cases| (test.to_owned(), cases, now));
            return None;
        }
        let (test, cases, began) = self.running.take()?;
        if line != "ok" {
            return None;
        }
        Some((test, cases, now - began))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_reported_once_it_has_succeeded() {
        let mut report = Report::default();
        let (begun, done) = (Instant::now(), Instant::now() + Duration::from_secs(3));
        assert_eq!(report.line("test sums::are_sums ... random inputs: 500", begun), None);
        let told = ("sums::are_sums".to_owned(), 500, done - begun);
        assert_eq!(report.line("ok", done), Some(told));
        assert_eq!(report.line("ok", done), None);
    }

    #[test]
    fn a_test_that_fails_or_has_no_random_input_is_not_counted() {
        let mut report = Report::default();
        let now = Instant::now();
        let lines = ["test a ... random inputs: 9", "FAILED", "test b ... ok", "", "ok"];
        assert_eq!(lines.map(|line| report.line(line, now)).iter().flatten().count(), 0);
    }

    #[test]
    fn a_number_of_cases_may_be_written_readably() {
        assert_eq!(cases("100_000").ok(), Some(CASES));
        assert!(cases("many").is_err() && cases("-1").is_err());
    }
}
