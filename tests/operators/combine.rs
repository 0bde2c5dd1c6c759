//! Operators that bring several streams together.

use rs2_core::prelude::*;
use rs2_core::time::{Instant, Timer};
use rs2_test::{Order, Row, ms};
use std::future::{pending, ready};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("merge_rs2", |_, [left, right]| left.merge_rs2(right)).order(Order::PerSource),
        Row::new("interrupt_when_rs2", |_, [source]| source.interrupt_when_rs2(pending())),
        // Progress sees the signal first, and then does not reach the source.
        Row::plain("interrupt_when_rs2, at once", |_, [source]| {
            source.interrupt_when_rs2(ready(()))
        })
        .model(|_| Vec::<u64>::new()),
        Row::new("interrupt_when_rs2, after a while", |sim, [source]| {
            let at = Instant::from_origin(ms(100));
            source.interrupt_when_rs2(sim.timer().sleep_until(at))
        })
        .may_lose("what would have come later", "the signal")
        .needs_time(),
    ]
}
