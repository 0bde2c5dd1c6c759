//! The detectors on two series of the Numenta Anomaly Benchmark, whose failures are labelled.
//!
//! Each labelled window must be found by at least one detector, and each detector's false alarms,
//! as a share of the readings outside of all windows, stay below what was measured. Skipped where
//! the data is not there.
#![cfg(feature = "std")]

#[path = "common/nab.rs"]
mod nab;

use futures_executor::block_on;
use nab::{Reading, is_in};
use rs2_core::prelude::*;
use rs2_core::statistics::{Cusum, Detector, Hampel, Judged, ZScore};
/// How often it raised an alarm in each window, and the share of false alarms in percent.
fn tried(
    detector: impl Detector,
    readings: &[Reading],
    windows: &[(String, String)],
) -> (Vec<usize>, f64) {
    let judged: Vec<Judged<Reading>> = block_on(
        from_iter(readings.to_vec())
            .detect_outliers_rs2(|reading: &Reading| reading.1, detector)
            .collect_rs2(),
    );
    assert_eq!(judged.len(), readings.len(), "every reading comes through");
    let alarms = |time: &dyn Fn(&String) -> bool| {
        judged.iter().filter(|j| j.verdict.is_outlier && time(&j.item.0)).count()
    };
    let found = windows.iter().map(|window| alarms(&|time| is_in(time, window))).collect();
    let outside = |time: &String| !windows.iter().any(|window| is_in(time, window));
    let usual = readings.iter().filter(|reading| outside(&reading.0)).count();
    (found, 100.0 * alarms(&outside) as f64 / usual as f64)
}

#[test]
fn labelled_failures_are_found() {
    let Some(folder) = nab::data() else { return };
    for name in nab::SERIES {
        let (readings, windows) = (nab::readings(&folder, name), nab::failures(&folder, name));
        let of_level = Cusum::learning(288).slack(1.0).beyond(20.0).at_least(1.0);
        let of_spread = ZScore::<48>::beyond(4.0).at_least(1.0);
        let of_median = Hampel::<24>::beyond(8.0).at_least(1.0);
        let tries = [
            ("CUSUM", tried(of_level, &readings, &windows), 0.2),
            ("z-score", tried(of_spread, &readings, &windows), 0.4),
            ("Hampel", tried(of_median, &readings, &windows), 0.5),
        ];
        for (detector, (found, false_alarms), most) in &tries {
            println!("{name}: {detector} raised {found:?}, false alarms {false_alarms:.3} %");
            assert!(false_alarms < most, "{detector} raises too many false alarms");
        }
        for (at, window) in windows.iter().enumerate() {
            let found = tries.iter().any(|(_, (found, _), _)| found[at] > 0);
            assert!(found, "{name}: nobody found the failure of {window:?}");
        }
    }
}
