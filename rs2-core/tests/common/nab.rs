//! Series of the Numenta Anomaly Benchmark, whose failures are labelled. The data is not part of
//! the repository.
#![allow(unreachable_pub)]

use std::fs;
use std::path::{Path, PathBuf};

/// Two machines that failed.
pub const SERIES: [&str; 2] =
    ["machine_temperature_system_failure.csv", "ambient_temperature_system_failure.csv"];

/// A time as it is written, which sorts as it should, and a value.
pub type Reading = (String, f64);

/// Where the data is, if it is beside the repository.
pub fn data() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|folder| folder.join("shared/data/nab")).find(|folder| folder.exists());
    if found.is_none() {
        println!("skipped: no ../shared/data/nab beside the repository");
    }
    found
}

pub fn readings(folder: &Path, name: &str) -> Vec<Reading> {
    let text = fs::read_to_string(folder.join(name)).expect("the series can be read");
    let lines = text.lines().skip(1).map(|line| line.split_once(',').expect("two columns"));
    lines.map(|(time, value)| (time.to_owned(), value.parse().expect("a number"))).collect()
}

/// The first and the last time of each labelled failure, in the order of the file: the quoted texts
/// behind the name that are times.
pub fn failures(folder: &Path, name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(folder.join("labels.json")).expect("the labels can be read");
    let (_, behind) = text.split_once(name).expect("the series has labels");
    let quoted = behind.split('"').skip(2).step_by(2);
    let times: Vec<String> = quoted
        .take_while(|text| !text.ends_with(".csv"))
        .filter(|text| text.len() > 19)
        .map(|text| text[..19].to_owned())
        .collect();
    times.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// Whether a time is within a failure.
pub fn is_in(time: &String, (first, last): &(String, String)) -> bool {
    first <= time && time <= last
}
