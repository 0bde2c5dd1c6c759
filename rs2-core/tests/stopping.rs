//! Where a full memory stops a stream, nothing is held any more.
#![cfg(feature = "snapshot")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/snapshots.rs"]
mod snapshots;

use by_time::*;
use proptest::prelude::*;
use rs2_core::aggregate::{Collect, Count};
use rs2_core::op::analytics::{BucketConfig, FixedBuckets};
use rs2_core::op::event_time::*;
use rs2_core::op::keyed::CountWindow;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::NoTimer;
use snapshots::keeps_nothing_at_the_end as ends;
use std::time::Duration;

fn key(event: &Event) -> u8 {
    event.1
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn nothing_is_held_after_a_stop(
        times in disorder(4), capacity in 1_usize..5, delay in 0_u64..12, span in 1_u64..12,
        lateness in 0_u64..9,
    ) {
        let events = events(&times);
        let source = || from_iter(events.clone());
        let marked = || {
            let policy = rs2_core::watermark::BoundedDisorder::new(us(delay));
            source().with_watermarks_rs2(policy, time_of)
        };
        let keys = || -> Limits<SeededHeap> {
            Limits::of(Heap::bounded(capacity).seeded(7)).on_full(OnFull::Stop)
        };
        let items = || Limits::of(Heap::bounded(capacity)).on_full(OnFull::Stop);
        let span = us(span);
        let config = TimeWindowConfig {
            allowed_lateness: us(lateness),
            ..TimeWindowConfig::tumbling(span, us(delay)).expect("it is not zero")
        };
        let throttle = ThrottleConfig { limit: 2, window: span, watermark_delay: us(delay) };
        let dedup = DedupConfig { within: span, watermark_delay: us(delay) };
        let sessions = SessionConfig { gap: span, watermark_delay: us(delay) };
        let sessions = SessionRules::from(sessions).allowed_lateness(us(lateness));

        ends(source().sort_by_time_in_rs2(items(), time_of, us(delay)));
        ends(marked().sort_events_in_rs2(items()));
        ends(source().deduplicate_by_time_in_rs2(keys(), dedup, key, time_of));
        ends(source().throttle_keyed_by_time_in_rs2(keys(), throttle, key, time_of));
        ends(source().window_by_time_in_rs2(items(), config, time_of));
        ends(source().aggregate_by_time_in_rs2(items(), config, time_of, Count));
        ends(marked().window_events_in_rs2(items(), config));
        ends(source().session_by_time_in_rs2(keys(), sessions, key, time_of));
        let few = Collect::bounded(1);
        ends(source().aggregate_sessions_by_time_in_rs2(keys(), sessions, key, time_of, few));
        let panes = Panes::of(config).each_items(2).retracting();
        ends(source().panes_by_time_on_rs2(NoTimer, keys(), panes, key, time_of, Count));
        ends(source().aggregate_keyed_by_time_in_rs2(keys(), config, key, time_of, Count));
        let buckets = BucketConfig { watermark_delay: us(delay), most_empty: 1 };
        let tens = FixedBuckets::of(span);
        ends(source().buckets_by_time_in_rs2(items(), tens, buckets, time_of, Count));

        let pattern = || {
            Pattern::begin(|_: &Event| true).followed_by(|event: &Event| event.2 % 2 == 0)
        };
        let (pattern, delay) = (pattern().within(span), us(delay));
        ends(source().pattern_by_time_in_rs2(keys(), pattern, delay, key, time_of));
        ends(source().distinct_in_rs2(keys()));
        ends(source().distinct_by_in_rs2(keys(), key));
        ends(source().group_by_in_rs2(keys(), Heap::bounded(9), key));
        ends(source().keyed_map_in_rs2(keys(), key, |event, count: &mut u32| {
            *count += 1;
            (event, *count)
        }));
        let (windows, size) = (CountWindow::tumbling(3).partial_last(), <[Event]>::len);
        ends(source().keyed_window_in_rs2(keys(), Heap::bounded(3), windows, key, size));
        let group = |key: u8, items: Vec<Event>, _: &mut u8| (key, items);
        ends(source().keyed_group_by_in_rs2(keys(), Heap::bounded(9), key, group));
        let add = |event: Event, sum: &mut usize| *sum += event.0;
        let (gap, nine) = (Duration::from_nanos(5), Heap::bounded(9));
        ends(source().keyed_session_fold_on_rs2(NoTimer, keys(), gap, key, add));
        ends(source().keyed_group_by_within_on_rs2(NoTimer, keys(), nine, gap, key, group));
    }
}
