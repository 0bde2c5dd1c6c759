//! Time-based operations.

use super::{LONG, MOMENT, all};
use crate::{rs2::prelude::*, run};
use std::future::pending;

#[test]
fn time_based_operations() {
    run(async {
        let burst = || from_iter([1, 2, 3]);
        assert_eq!(all(burst().throttle_rs2(LONG)).await, [1]);
        assert_eq!(all(burst().debounce_rs2(LONG)).await, [3]);
        assert_eq!(all(burst().sample_rs2(LONG)).await, [3]);
        let stuck = burst().concat_rs2(eval(pending()));
        let in_time = all(stuck.timeout_rs2(MOMENT)).await;
        assert!(in_time[..3] == [Ok(1), Ok(2), Ok(3)] && in_time.len() == 4);
        assert_eq!(in_time[3].unwrap_err().after, MOMENT);
        let ticks = tick_rs(MOMENT, "tick").take_rs2(2);
        assert_eq!(all(ticks).await, ["tick", "tick"]);
    });
}

#[test]
fn debounce_waits_for_a_quiet_period() {
    run(async {
        let bursts = from_iter([1, 2]).concat_rs2(emit_after(3, 10 * MOMENT));
        assert_eq!(all(bursts.debounce_rs2(MOMENT)).await, [2, 3]);
    });
}
