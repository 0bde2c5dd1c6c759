//! Every operator, its promises, and whether it keeps them.
//!
//! An operator gets its row under `operators/` when it is written. `RS2_SIM_SEEDS` says how many
//! seeds each row is run with, `RS2_SIM_SEED` replays one.

mod operators;

use rs2_test::{Row, laws, sim};
use std::collections::BTreeSet;
use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

/// Seeds for each operator where nothing else is said; more belong into a release build.
const SEEDS: u64 = 300;

#[test]
fn every_operator_obeys_the_laws() {
    let verdicts: Vec<_> = operators::rows().iter().map(laws::check).collect();
    let broken = verdicts.iter().filter(|verdict| !verdict.is_clean());
    let broken: Vec<String> = broken.map(ToString::to_string).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn sim_all() {
    let seeds = env::var("RS2_SIM_SEEDS").map_or(SEEDS, |text| text.parse().expect("a number"));
    println!("{:52} {:>10} {:>9}", "operator", "seeds/s", "failures");
    let rows = operators::rows();
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Relaxed)) {
                    let report = timed(row, seeds);
                    reports.lock().expect("no other row panicked").push(report);
                }
            });
        }
    });
    let reports = reports.into_inner().expect("no row panicked");
    assert_eq!(reports.len(), rows.len());
    reports.iter().for_each(sim::Report::assert_clean);
}

fn timed(row: &Row, seeds: u64) -> sim::Report {
    let begun = Instant::now();
    let report = sim::check(row, 0..seeds);
    let speed = report.seeds as f64 / begun.elapsed().as_secs_f64();
    println!("{:52} {speed:>10.0} {:>9}", row.name(), report.failures);
    report
}

#[test]
fn every_row_has_a_name_of_its_own() {
    let rows = operators::rows();
    let names: BTreeSet<&str> = rows.iter().map(Row::name).collect();
    assert_eq!(names.len(), rows.len());
}
