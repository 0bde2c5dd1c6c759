//! What windows and sessions keep: saved anywhere it goes on elsewhere, and nothing is left at the
//! end.
#![cfg(feature = "snapshot")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/snapshots.rs"]
mod snapshots;

use by_time::*;
use proptest::prelude::*;
use rs2_core::metrics::Holds;
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::snapshot::Snapshot;
use rs2_core::store::Heap;
use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};

fn config(size: u64, parts: u64, delay: u64, lateness: u64) -> TimeWindowConfig {
    TimeWindowConfig {
        window_size: us(size),
        slide_interval: us((size / parts).max(1)),
        watermark_delay: us(delay),
        allowed_lateness: us(lateness),
    }
}

/// The largest number: nothing that could be subtracted.
#[derive(Clone, Copy, Debug)]
struct Last;

impl Aggregator<Event> for Last {
    type Partial = usize;
    type Output = usize;
    fn lift(&self, _ts: EventTime, event: Event) -> usize {
        event.0
    }
    fn combine(&self, left: &mut usize, right: &usize) {
        *left = (*left).max(*right);
    }
    fn lower(&self, whole: usize) -> usize {
        whole
    }
}

fn source(times: &[(u8, i64)]) -> impl Stream<Item = Event> + Snapshot {
    from_iter(events(times)).replayable_rs2()
}

fn check<S>(build: impl Fn() -> S)
where
    S: Stream<Item: std::fmt::Debug + PartialEq> + Snapshot + Holds,
{
    goes_on_from_anywhere(&build);
    keeps_nothing_at_the_end(build());
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn windows_go_on_from_anywhere(
        times in disorder(1), size in 1_u64..12, parts in 1_u64..6, delay in 0_u64..12,
        lateness in 0_u64..12, capacity in 1_usize..9,
    ) {
        let config = config(size, parts, delay, lateness);
        let slices = || Heap::bounded(capacity);
        check(|| source(&times).window_by_time_in_rs2(slices(), config, time_of));
        check(|| source(&times).aggregate_by_time_in_rs2(slices(), config, time_of, Count));
        check(|| source(&times).aggregate_by_time_in_rs2(slices(), config, time_of, Last));
    }

    #[test]
    fn sessions_go_on_from_anywhere(
        times in disorder(2), gap in 1_u64..12, delay in 0_u64..9, lateness in 0_u64..12,
        longest in 5_u64..40, capacity in 1_usize..9, takes_back in any::<bool>(),
    ) {
        let config = SessionConfig { gap: us(gap), watermark_delay: us(delay) };
        let rules = SessionRules::from(config).allowed_lateness(us(lateness)).at_most(us(longest));
        let rules = if takes_back { rules.retracting() } else { rules };
        let keys = || Heap::bounded(capacity).seeded(7);
        check(|| source(&times).session_by_time_in_rs2(keys(), rules, |event| event.1, time_of));
        let counts = || {
            let key = |event: &Event| event.1;
            source(&times).aggregate_sessions_by_time_in_rs2(keys(), rules, key, time_of, Count)
        };
        check(counts);
    }
}
