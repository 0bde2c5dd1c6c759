//! What windows and sessions keep: saved anywhere it goes on elsewhere, and nothing is left at the
//! end.
#![cfg(feature = "snapshot")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/layouts.rs"]
mod layouts;
#[path = "common/snapshots.rs"]
mod snapshots;

use self::snapshots::{goes_on_counting, keeps_nothing_at_the_end};
use by_time::*;
use futures_executor::block_on;
use futures_util::StreamExt;
use layouts::{Layout, layouts, offsets};
use proptest::prelude::*;
use rs2_core::metrics::{Holds, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot};
use rs2_core::store::Heap;

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
    S: Stream<Item: std::fmt::Debug + PartialEq> + Snapshot + Holds + Reports,
{
    goes_on_counting(&build);
    keeps_nothing_at_the_end(build());
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn windows_go_on_from_anywhere(
        times in disorder(1), layout in layouts(11), capacity in 1_usize..9,
    ) {
        let windows = layout.windows();
        let slices = || Heap::bounded(capacity);
        check(|| source(&times).window_by_time_in_rs2(slices(), windows, time_of));
        check(|| source(&times).aggregate_by_time_in_rs2(slices(), windows, time_of, Count));
        check(|| source(&times).aggregate_by_time_in_rs2(slices(), windows, time_of, Last));
    }

    /// What is set when an operator is made is not in the bytes: to go on with another offset is a
    /// mistake that nobody notices, as it is with another length, but nothing panics.
    #[test]
    fn windows_that_go_on_in_other_places_do_not_panic(
        times in prop_oneof![disorder(1), extremes(1)], layout in layouts(11),
        offset in offsets(), capacity in 1_usize..9, until in 0_usize..20,
    ) {
        let other = Layout { offset, ..layout };
        let build = |layout: Layout| {
            let slices = Heap::bounded(capacity);
            source(&times).aggregate_by_time_in_rs2(slices, layout.windows(), time_of, Last)
        };
        let mut first = build(layout);
        let before = (0..until).filter_map(|_| block_on(first.next())).count();
        let bytes = snapshot::save(&first).expect("no step of the user's runs");
        let mut second = build(other);
        prop_assert_eq!(snapshot::restore(&mut second, &bytes), Ok(()));
        let after = collected(second).len();
        prop_assert!(offset != layout.offset || before + after == collected(build(layout)).len());
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
