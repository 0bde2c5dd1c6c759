//! The anomaly code of the gateway on two machines that failed, whose failures are labelled: the
//! Numenta Anomaly Benchmark. Skipped where its data is not beside the repository.

#[path = "../../../rs2-core/tests/common/nab.rs"]
mod nab;

use firmware::{Watch, judged};
use nab::is_in;
use rs2_core::prelude::*;
use rs2_core::store::Inline;
use rs2_test::ManualTimer;

#[test]
fn labelled_failures_raise_alarms() {
    let Some(folder) = nab::data() else { return };
    for name in nab::SERIES {
        let (readings, failures) = (nab::readings(&folder, name), nab::failures(&folder, name));
        let keys = Inline::<1>::new().seeded(1);
        let of_day = Watch::<24>::new(288, 1.0);
        let judged = judged(from_iter(readings), keys, |_| 0, |reading| reading.1, of_day);
        let judged: Vec<_> = ManualTimer::new().run(judged.collect_rs2());
        let alarms = judged.iter().filter(|judged| judged.verdict.is_outlier);
        let alarms: Vec<&String> = alarms.map(|judged| &judged.item.0).collect();
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
