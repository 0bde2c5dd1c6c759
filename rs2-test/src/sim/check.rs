//! Many runs of one row.

use super::rng::Rng;
use super::run::{Ending, Record, run};
use super::shrink::shrink;
use super::swarm::Swarm;
use crate::row::Row;
use std::env;
use std::fmt;
use std::ops::Range;
use std::thread;

/// Every so many seeds a run is repeated, to see that it is the same run.
const REPEAT_EVERY: u64 = 61;
/// How many of the last events a failure prints.
const LAST_EVENTS: usize = 60;
/// Replays one seed, with everything that happens in it.
const SEED_VARIABLE: &str = "RS2_SIM_SEED";

/// What came of a number of seeds.
#[derive(Clone, Debug, Default)]
#[must_use = "a failure is seen only by who looks"]
pub struct Report {
    /// The operator.
    pub operator: String,
    /// How many seeds were run.
    pub seeds: u64,
    /// How many of them failed.
    pub failures: u64,
    /// The first that failed.
    pub first: Option<Box<Failure>>,
    /// Runs that saw the stream end.
    pub ended: u64,
    /// Runs in which a source fell silent for ever.
    pub quiescent: u64,
    /// Runs in which a panic came through.
    pub panicked: u64,
    /// Runs in which the consumer dropped the stream.
    pub dropped: u64,
    /// A number that differs when any run differs in any step.
    pub hash: u64,
}

/// One run that broke a promise.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The operator.
    pub operator: String,
    /// The seed of the run.
    pub seed: u64,
    /// The fewest items and faults with which it still fails.
    pub swarm: Swarm,
    /// What goes wrong with these.
    pub what: String,
    /// Everything that happens until then.
    pub trace: Vec<String>,
}

/// Runs `row` once for each seed.
///
/// When `RS2_SIM_SEED` is set that seed alone is run.
///
/// # Panics
/// When `RS2_SIM_SEED` is not a number.
pub fn check(row: &Row, seeds: Range<u64>) -> Report {
    let replayed = env::var(SEED_VARIABLE).ok().map(|text| match text.parse::<u64>() {
        Ok(seed) => seed,
        Err(error) => panic!("{SEED_VARIABLE}={text}: {error}"),
    });
    let mut report = Report { operator: row.name().to_owned(), ..Report::default() };
    for seed in replayed.map_or(seeds, |seed| seed..seed.saturating_add(1)) {
        report.add(row, seed);
    }
    report
}

/// Runs one seed with every event written down; `None` when nothing is wrong with it.
pub fn replay(row: &Row, seed: u64) -> Option<Box<Failure>> {
    let what = run(row, seed, None, false).violation?;
    Some(Box::new(Failure::of(row, seed, what)))
}

/// Runs `row` until the first failure; for what is broken on purpose.
pub fn hunt(row: &Row, seeds: Range<u64>) -> Option<Box<Failure>> {
    let mut report = Report::default();
    seeds.into_iter().find_map(|seed| {
        report.add(row, seed);
        report.first.take()
    })
}

impl Report {
    fn add(&mut self, row: &Row, seed: u64) {
        let record = run(row, seed, None, false);
        self.seeds += 1;
        self.hash = self.hash.rotate_left(1) ^ record.hash;
        match record.ending {
            Some(Ending::Ended) => self.ended += 1,
            Some(Ending::Quiescent) => self.quiescent += 1,
            Some(Ending::Panicked) => self.panicked += 1,
            Some(Ending::Dropped) => self.dropped += 1,
            None => {}
        }
        if let Some(what) = record.violation.clone().or_else(|| differs(row, seed, &record)) {
            self.failures += 1;
            self.first.get_or_insert_with(|| Box::new(Failure::of(row, seed, what)));
        }
    }

    /// Nothing failed.
    ///
    /// # Panics
    /// With the first failure, if there is one.
    #[track_caller]
    pub fn assert_clean(&self) {
        if let Some(failure) = &self.first {
            panic!("{} of {} seeds failed\n{failure}", self.failures, self.seeds);
        }
    }
}

fn differs(row: &Row, seed: u64, record: &Record) -> Option<String> {
    let repeated =
        seed.is_multiple_of(REPEAT_EVERY) && run(row, seed, None, false).hash != record.hash;
    repeated.then(|| "two runs of one seed differ: something in it is not deterministic".to_owned())
}

impl Failure {
    fn of(row: &Row, seed: u64, what: String) -> Self {
        let drawn = Swarm::drawn(row.sources(), &Rng::new(seed));
        let (swarm, Record { violation, trace, .. }) = shrink(row, seed, drawn, &what);
        // None where two runs differ: there is nothing to shrink.
        let what = violation.unwrap_or(what);
        Self { operator: row.name().to_owned(), seed, swarm, what, trace }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, seed {}: {}", self.operator, self.seed, self.what)?;
        writeln!(f, "shrunk to {}", self.swarm)?;
        let early = self.trace.len().saturating_sub(LAST_EVENTS);
        if early > 0 {
            writeln!(f, "  ({early} events)")?;
        }
        for line in &self.trace[early..] {
            writeln!(f, "{line}")?;
        }
        let package = env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "<package>".to_owned());
        let here = thread::current();
        let test = here.name().unwrap_or("<test>");
        write!(f, "replay: {SEED_VARIABLE}={} cargo test -p {package} {test}", self.seed)
    }
}
