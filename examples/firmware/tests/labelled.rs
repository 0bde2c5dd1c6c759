//! The anomaly code of the gateway on two machines that failed, whose failures are labelled: the
//! Numenta Anomaly Benchmark. Skipped where its data is not beside the repository.

use firmware::{Watch, judged};
use rs2_core::prelude::*;
use rs2_core::store::Inline;
use rs2_test::ManualTimer;
use std::fs;
use std::path::{Path, PathBuf};

/// A time as it is written, which sorts as it should, and a value.
type Reading = (String, f64);

fn data() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/nab"));
    if !folder.exists() {
        println!("skipped: no ../shared/data/nab beside the repository");
        return None;
    }
    Some(folder.to_owned())
}

fn readings(folder: &Path, name: &str) -> Vec<Reading> {
    let text = fs::read_to_string(folder.join(name)).expect("the series can be read");
    let lines = text.lines().skip(1).map(|line| line.split_once(',').expect("two columns"));
    lines.map(|(time, value)| (time.to_owned(), value.parse().expect("a number"))).collect()
}

/// The first and the last time of each labelled failure: the quoted times behind the name.
fn failures(folder: &Path, name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(folder.join("labels.json")).expect("the labels can be read");
    let (_, behind) = text.split_once(name).expect("the series has labels");
    let quoted = behind.split('"').skip(2).step_by(2);
    let times = quoted.take_while(|text| !text.ends_with(".csv")).filter(|text| text.len() > 19);
    let times: Vec<String> = times.map(|text| text[..19].to_owned()).collect();
    times.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

#[test]
fn labelled_failures_raise_alarms() {
    let Some(folder) = data() else { return };
    let series =
        ["machine_temperature_system_failure.csv", "ambient_temperature_system_failure.csv"];
    for name in series {
        let (readings, failures) = (readings(&folder, name), failures(&folder, name));
        let keys = Inline::<1>::new().seeded(1);
        let of_day = Watch::<24>::new(288, 1.0);
        let judged = judged(from_iter(readings), keys, |_| 0, |reading| reading.1, of_day);
        let judged: Vec<_> = ManualTimer::new().run(judged.collect_rs2());
        let alarms = judged.iter().filter(|judged| judged.verdict.is_outlier);
        let alarms: Vec<&String> = alarms.map(|judged| &judged.item.0).collect();
        let is_in = |time: &String, (first, last): &(String, String)| first <= time && time <= last;
        let false_alarms =
            alarms.iter().filter(|time| !failures.iter().any(|failure| is_in(time, failure)));
        let share = 100.0 * false_alarms.count() as f64 / judged.len() as f64;
        let found = |failure| alarms.iter().filter(|time| is_in(time, failure)).count();
        let found: Vec<usize> = failures.iter().map(found).collect();
        println!("{name}: {found:?} alarms in the failures, {share:.3} % false ones");
        assert!(found.iter().all(|alarms| *alarms > 0), "{name}: {found:?}");
        assert!(share < 0.5, "{name}: {share} % false alarms");
    }
}
