//! Operators that make statistics by the number of items, against a plain look at the input.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;
#[cfg(feature = "snapshot")]
#[path = "common/snapshots.rs"]
mod snapshots;

use cases::cases;
use drain::drain;
use patchy::Patchy;
use proptest::prelude::*;
use rs2_core::aggregate::*;
use rs2_core::prelude::*;
use rs2_core::store::Heap;

fn steps() -> impl Strategy<Value = Vec<(u8, i32)>> {
    prop::collection::vec((0_u8..3, -9_i32..9), 0..40)
}

fn values(steps: &[(u8, i32)]) -> Vec<i32> {
    steps.iter().map(|step| step.1).collect()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn windows_are_those_of_a_slice(steps in steps(), size in 1_usize..9, step in 1_usize..12) {
        let input = values(&steps);
        let windows = || input.windows(size).step_by(step);
        let source = || Patchy::new(steps.clone());
        let maxima = drain(|| source().aggregate_window_rs2(size, step, Max));
        prop_assert_eq!(maxima, windows().map(|w| *w.iter().max().unwrap()).collect::<Vec<_>>());
        let sums = drain(|| source().aggregate_window_rs2(size, step, Sum));
        let summed = |window: &[i32]| window.iter().map(|n| i64::from(*n)).sum::<i64>();
        prop_assert_eq!(sums, windows().map(summed).collect::<Vec<_>>());
    }

    #[test]
    fn running_tells_after_each_item(steps in steps()) {
        let input = values(&steps);
        let found = drain(|| Patchy::new(steps.clone()).running_rs2((Min, Count)));
        let expected = (1..=input.len()).map(|n| (*input[..n].iter().min().unwrap(), n as u64));
        prop_assert_eq!(found, expected.collect::<Vec<_>>());
        let tracked = drain(|| Patchy::new(steps.clone()).track_rs2(Running::of(Last)));
        prop_assert_eq!(tracked, input);
    }

    #[test]
    fn outliers_are_those_of_a_detector_for_each_key(
        steps in prop::collection::vec((0_u8..3, (0_u8..4, -9.0_f64..9.0)), 0..40),
    ) {
        use rs2_core::statistics::{Detector, Hampel};
        use std::collections::BTreeMap;
        let detector = Hampel::<3>::beyond(2.0);
        let items = steps.iter().map(|step| step.1);
        let judged = |detector: &mut Hampel<3>, item: (u8, f64)| {
            let verdict = detector.judge(item.1);
            rs2_core::statistics::Judged { item, verdict }
        };
        let mut one = detector;
        let expected: Vec<_> = items.clone().map(|item| judged(&mut one, item)).collect();
        let source = || Patchy::new(steps.clone());
        let found = drain(|| source().detect_outliers_rs2(|item| item.1, detector));
        prop_assert_eq!(found, expected);
        let mut each = BTreeMap::new();
        let expected: Vec<_> =
            items.map(|item| judged(each.entry(item.0).or_insert(detector), item)).collect();
        let (key, value) = (|item: &(u8, f64)| item.0, |item: &(u8, f64)| item.1);
        let found = drain(|| {
            let keys = Heap::bounded(9).seeded(7);
            source().detect_outliers_by_key_in_rs2(keys, key, value, detector)
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    #[cfg(feature = "snapshot")]
    fn they_go_on_from_anywhere(
        input in prop::collection::vec(-9.0_f64..9.0, 0..20),
        size in 1_usize..6,
        step in 1_usize..4,
    ) {
        use snapshots::{goes_on_between_polls, goes_on_from_anywhere, keeps_nothing_at_the_end};
        let source = || from_iter(input.clone()).replayable_rs2();
        // Also between two windows.
        let paused = || snapshots::Pausing::new(source(), 1);
        goes_on_between_polls(|| paused().aggregate_window_rs2(size, step, Collect::default()));
        let inverted = || source().aggregate_window_rs2(size, step, Count);
        goes_on_from_anywhere(inverted);
        keeps_nothing_at_the_end(inverted());
        // To the last bit, so what is turned must come back as it was.
        let turned = || source().aggregate_window_rs2(size, step, (Mean, Sum, Collect::default()));
        goes_on_from_anywhere(turned);
        keeps_nothing_at_the_end(turned());
        let running = || source().running_rs2((Mean, StdDev(Variance::Sample), Last));
        goes_on_from_anywhere(|| running().map_rs2(|told| format!("{told:?}")));
        keeps_nothing_at_the_end(running());
    }

    #[test]
    #[cfg(feature = "snapshot")]
    fn detectors_and_averages_go_on_from_anywhere(
        input in prop::collection::vec((0_u8..4, prop_oneof![-9.0_f64..9.0, Just(1.0)]), 0..24),
    ) {
        use rs2_core::statistics::*;
        use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
        let source = || from_iter(input.clone()).replayable_rs2();
        let values = || source().map_rs2(|item| item.1);
        goes_on_from_anywhere(|| values().track_rs2(Ewma::weighing(0.3)));
        goes_on_from_anywhere(|| values().track_rs2(P2Quantile::of(0.9)));
        goes_on_from_anywhere(|| values().detect_outliers_rs2(|n| *n, Cusum::learning(3)));
        goes_on_from_anywhere(|| values().detect_outliers_rs2(|n| *n, ZScore::<3>::beyond(2.0)));
        let timed = || source().map_rs2(|item| (EventTime::from_secs(item.0.into()), item.1));
        let half_life = std::time::Duration::from_secs(1);
        goes_on_from_anywhere(|| timed().track_rs2(DecayingMean::half_life(half_life)));
        // Room for two of four keys.
        let by_key = || source().detect_outliers_by_key_in_rs2(
            Heap::bounded(2).seeded(7),
            |item| item.0,
            |item| item.1,
            Hampel::<3>::beyond(2.0),
        );
        goes_on_from_anywhere(by_key);
        keeps_nothing_at_the_end(by_key());
    }
}

#[test]
fn a_full_table_answers_as_it_was_told() {
    use rs2_core::metrics::{Loss, Losses};
    use rs2_core::state::{Limits, OnFull};
    for (answer, told, lost) in [
        // `b` was not used for longest, and goes for `c`.
        (OnFull::Evict, vec![1, 1, 2, 1, 3], (Loss::Evicted, 1)),
        (OnFull::Reject, vec![1, 1, 2, 3], (Loss::Full, 1)),
        (OnFull::Stop, vec![1, 1, 2], (Loss::Full, 0)),
    ] {
        let losses = Losses::new();
        let keys = Limits::of(Heap::bounded(2).seeded(7)).on_full(answer).report_to(&losses);
        let items = from_iter(['a', 'b', 'a', 'c', 'a']);
        let counts = items.track_by_key_in_rs2(keys, |key| *key, Running::of(Count));
        let counts: Vec<u64> = futures_executor::block_on(counts.collect_rs2());
        assert_eq!(counts, told, "{answer:?}");
        assert_eq!(losses.of(lost.0), lost.1);
        assert_eq!(losses.is_stopped(), answer == OnFull::Stop);
    }
}

#[test]
#[should_panic(expected = "a capacity must be greater than zero")]
fn a_window_of_nothing_is_a_mistake() {
    let _ = from_iter([1]).aggregate_window_rs2(0, 1, Sum);
}

#[test]
#[should_panic(expected = "a step must be greater than zero")]
fn a_step_of_nothing_is_a_mistake() {
    let _ = from_iter([1]).aggregate_window_in_rs2(Heap::bounded(1), 0, Sum);
}

mod buckets {
    use super::{cases, from_iter};
    use futures_util::{FutureExt, StreamExt};
    use proptest::prelude::*;
    use rs2_core::aggregate::Collect;
    use rs2_core::late::Late;
    use rs2_core::metrics::{Loss, Losses};
    use rs2_core::op::analytics::{BucketConfig, Buckets, FixedBuckets};
    use rs2_core::prelude::*;
    use rs2_core::state::{Limits, OnFull};
    use rs2_core::store::Heap;
    use rs2_core::watermark::{BoundedDisorder, Signal};
    use std::collections::BTreeMap;
    use std::time::Duration;

    /// Buckets of uneven lengths: they begin at the squares, and at the negative ones.
    #[derive(Clone, Copy, Debug)]
    struct Squares;

    impl Squares {
        fn square(n: i64) -> i64 {
            n * n.abs()
        }
    }

    impl Buckets for Squares {
        fn bucket_of(&self, ts: EventTime) -> (EventTime, EventTime) {
            let ts = ts.as_micros();
            let n = (-40..40).rfind(|n| Self::square(*n) <= ts).expect("the times are small");
            let [start, end] = [n, n + 1].map(|n| EventTime::from_micros(Self::square(n)));
            (start, end)
        }
    }

    type Item = (usize, i64);
    type Out = (i64, Option<Vec<usize>>);

    /// The buckets with items, and so many empty ones between two of them; and what was late.
    fn by_hand(items: &[Item], delay: i64, most_empty: usize) -> (Vec<Out>, u64) {
        let bounds = |ts| {
            let (start, end) = Squares.bucket_of(EventTime::from_micros(ts));
            (start.as_micros(), end.as_micros())
        };
        let (mut watermark, mut late) = (i64::MIN, 0);
        let mut filled: BTreeMap<i64, Vec<Item>> = BTreeMap::new();
        for item in items {
            let (start, end) = bounds(item.1);
            if end <= watermark {
                late += 1;
            } else {
                filled.entry(start).or_default().push(*item);
            }
            watermark = watermark.max(item.1 - delay);
        }
        let mut out: Vec<Out> = Vec::new();
        let mut next = None;
        for (start, mut items) in filled {
            let mut empty = 0;
            while let Some(gap) = next.filter(|next| *next < start && empty < most_empty) {
                out.push((gap, None));
                next = Some(bounds(gap).1);
                empty += 1;
            }
            items.sort_by_key(|item| item.1);
            out.push((start, Some(items.into_iter().map(|item| item.0).collect())));
            next = Some(bounds(start).1);
        }
        (out, late)
    }

    proptest! {
        #![proptest_config(cases(400))]

        #[test]
        fn they_gather_what_lies_in_them(
            times in prop::collection::vec(-900_i64..900, 0..40),
            rises in any::<bool>(),
            delay in 0_i64..600,
            most_empty in 0_usize..4,
        ) {
            let mut items: Vec<Item> = times.into_iter().enumerate().collect();
            if rises {
                items.sort_by_key(|item| item.1);
            }
            let config = BucketConfig {
                watermark_delay: Duration::from_micros(delay.unsigned_abs()),
                most_empty,
            };
            let build = || {
                let losses = Losses::new();
                let limits = Limits::of(Heap::bounded(99)).report_to(&losses);
                let time = |item: &Item| EventTime::from_micros(item.1);
                let buckets = from_iter(items.clone()).replayable_rs2().buckets_by_time_in_rs2(
                    limits, Squares, config, time, Collect::default(),
                );
                (buckets, losses)
            };
            let (buckets, losses) = build();
            let told = |value: Option<Vec<Item>>| value.map(|v| v.iter().map(|i| i.0).collect());
            let found = buckets.map_rs2(|b| (b.start_time.as_micros(), told(b.value)));
            let found: Vec<Out> = futures_executor::block_on(found.collect_rs2());
            let (expected, late) = by_hand(&items, delay, most_empty);
            prop_assert_eq!(found, expected);
            prop_assert_eq!(losses.of(Loss::Late), late);
            #[cfg(feature = "snapshot")]
            {
                super::snapshots::goes_on_from_anywhere(|| build().0);
                super::snapshots::keeps_nothing_at_the_end(build().0);
            }
        }
    }

    proptest! {
        #![proptest_config(cases(400))]

        #[test]
        fn between_signals_they_are_the_same_and_stand_at_their_last_moments(
            times in prop::collection::vec(-900_i64..900, 0..40), delay in 0_i64..600,
        ) {
            let items: Vec<Item> = times.into_iter().enumerate().collect();
            let build = || {
                let policy = BoundedDisorder::new(Duration::from_micros(delay.unsigned_abs()));
                let (outlet, late) = Late::bounded(99);
                let buckets = from_iter(items.clone())
                    .replayable_rs2()
                    .with_watermarks_rs2(policy, |item| EventTime::from_micros(item.1))
                    .bucket_events_in_rs2(Heap::bounded(99), Squares, Collect::default());
                (buckets.late_to(outlet), late)
            };
            let (buckets, late) = build();
            let signals: Vec<_> = futures_executor::block_on(buckets.collect_rs2());
            let (mut found, mut told) = (Vec::new(), EventTime::MIN);
            for signal in signals {
                match signal {
                    Signal::Item(ts, bucket) => {
                        prop_assert_eq!(ts.saturating_add(EventTime::RESOLUTION), bucket.end_time);
                        prop_assert!(ts >= told, "late for whoever follows");
                        let items: Option<Vec<Item>> = bucket.value;
                        let items = items.map(|items| items.iter().map(|item| item.0).collect());
                        found.push((bucket.start_time.as_micros(), items));
                    }
                    Signal::Watermark(risen) => told = risen,
                    Signal::Idle | Signal::Active => {}
                }
            }
            let (expected, lost): (Vec<Out>, u64) = by_hand(&items, delay, 0);
            prop_assert_eq!(found, expected);
            let late: Vec<_> = futures_executor::block_on(late.collect_rs2());
            prop_assert_eq!(late.len() as u64, lost);
            #[cfg(feature = "snapshot")]
            {
                super::snapshots::goes_on_from_anywhere(|| build().0);
                super::snapshots::keeps_nothing_at_the_end(build().0);
            }
        }
    }

    #[test]
    fn a_full_memory_lets_the_first_bucket_go_early() {
        for (answer, expected, lost) in [
            (OnFull::Evict, vec![(0, vec![1, 2]), (10, vec![11]), (20, vec![21])], (Loss::Full, 1)),
            (OnFull::Reject, vec![(0, vec![1, 2, 3]), (10, vec![11])], (Loss::Full, 1)),
            (OnFull::Stop, vec![], (Loss::Full, 0)),
        ] {
            let losses = Losses::new();
            let limits = Limits::of(Heap::bounded(2)).on_full(answer).report_to(&losses);
            let config = BucketConfig { watermark_delay: Duration::from_secs(99), most_empty: 0 };
            let tens = FixedBuckets::of(Duration::from_secs(10));
            let time = |second: &i64| EventTime::from_secs(*second);
            let found = from_iter([1, 2, 11, 21, 3])
                .buckets_by_time_in_rs2(limits, tens, config, time, Collect::default())
                .map_rs2(|b| (b.start_time.as_millis() / 1_000, b.value.unwrap()));
            let found: Vec<(i64, Vec<i64>)> = futures_executor::block_on(found.collect_rs2());
            assert_eq!(found, expected, "{answer:?}");
            assert_eq!(losses.of(lost.0), lost.1, "{answer:?}");
            let evicted = u64::from(answer == OnFull::Evict);
            assert_eq!(losses.of(Loss::Evicted), evicted, "the bucket that went early");
            assert_eq!(losses.is_stopped(), answer == OnFull::Stop);
        }
    }

    proptest! {
        #![proptest_config(cases(1_000))]

        #[test]
        fn buckets_of_one_length_follow_each_other_from_an_offset_on(
            length in 1_u64..60, offset in 0_u64..150, ts in -300_i64..300,
        ) {
            let micros = Duration::from_micros;
            let buckets = FixedBuckets::of(micros(length)).offset(micros(offset));
            let (start, end) = buckets.bucket_of(EventTime::from_micros(ts));
            let (start, end) = (start.as_micros(), end.as_micros());
            prop_assert!(start <= ts && ts < end);
            prop_assert_eq!(end - start, length as i64);
            prop_assert_eq!((start - offset as i64).rem_euclid(length as i64), 0);
        }
    }

    #[test]
    fn what_a_bucket_has_no_room_for_is_counted_and_a_closed_way_out_ends() {
        let losses = Losses::new();
        let limits = Limits::of(Heap::bounded(2)).report_to(&losses);
        let config = BucketConfig { watermark_delay: Duration::ZERO, most_empty: 0 };
        let tens = FixedBuckets::of(Duration::from_secs(10));
        let time = |second: &i64| EventTime::from_secs(*second);
        let (outlet, late) = Late::bounded(9);
        let mut found = from_iter([1, 2, 3, 11])
            .buckets_by_time_in_rs2(limits, tens, config, time, Collect::bounded(2))
            .late_to(outlet);
        let ends = async { while found.next().await.is_some() {} };
        futures_executor::block_on(ends);
        let late: Vec<_> = late.collect().now_or_never().expect("it ends with the stream");
        assert_eq!(late.iter().map(|late| late.item).collect::<Vec<_>>(), [3]);
        assert_eq!((losses.of(Loss::Full), losses.total()), (1, 1));
    }

    #[test]
    fn times_at_the_ends_of_time_have_a_bucket() {
        let tens = FixedBuckets::of(Duration::from_secs(10)).offset(Duration::from_secs(3));
        let times = [EventTime::MIN, EventTime::EPOCH, EventTime::MAX];
        let found = from_iter(times)
            .buckets_by_time_rs2(tens, BucketConfig::default(), |ts| *ts, Collect::default())
            .filter_map_rs2(|bucket| bucket.value);
        let found: Vec<Vec<EventTime>> = futures_executor::block_on(found.collect_rs2());
        assert_eq!(found.concat(), times);
    }
}
