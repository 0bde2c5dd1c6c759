//! Operators that make statistics of a stream.

use rs2_core::aggregate::{Last, MinBy, Running};
use rs2_core::op::analytics::{BucketConfig, FixedBuckets};
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::statistics::Cusum;
use rs2_core::store::Heap;
use rs2_core::watermark::BoundedDisorder;
use rs2_test::sim::Tok;
use rs2_test::{Given, Row, index_of};
use std::time::Duration;

fn time_of(id: u64) -> i64 {
    index_of(id) as i64 * 1_000
}

/// The last item of each three seconds, one item a second, once the next three have begun.
fn last_of_three(given: &[Given]) -> Vec<u64> {
    let chunks = given[0].ids.chunk_by(|a, b| time_of(*a) / 3_000 == time_of(*b) / 3_000);
    let mut last: Vec<u64> = chunks.filter_map(|chunk| chunk.last().copied()).collect();
    if !given[0].ended {
        last.pop();
    }
    last
}

/// The item with the least data of each three, after every second from the third on.
fn least(given: &[Given]) -> Vec<u64> {
    let windows = given[0].ids.windows(3).step_by(2);
    windows.filter_map(|ids| ids.iter().copied().min_by_key(|id| given[0].data(*id))).collect()
}

fn key_of(data: u64) -> u64 {
    data % 3
}

/// The items for whose key there is room: the first two keys.
fn of_two_keys(given: &[Given]) -> Vec<u64> {
    let mut keys = Vec::new();
    let has_room = |id: &u64| {
        let key = key_of(given[0].data(*id));
        if !keys.contains(&key) && keys.len() < 2 {
            keys.push(key);
        }
        keys.contains(&key)
    };
    given[0].ids.iter().copied().filter(has_room).collect()
}

pub(super) fn rows() -> Vec<Row> {
    let two_keys = || Limits::of(Heap::bounded(2).seeded(7)).on_full(OnFull::Reject);
    let key = |item: &Tok| key_of(item.data());
    let value = |item: &Tok| item.data() as f64;
    vec![
        Row::new("detect_outliers_rs2", move |_, [source]| {
            let judged = source.detect_outliers_rs2(value, Cusum::learning(2));
            judged.map_rs2(|judged| judged.item)
        }),
        Row::new("detect_outliers_by_key_in_rs2", move |_, [source]| {
            let detector = Cusum::learning(2);
            let judged = source.detect_outliers_by_key_in_rs2(two_keys(), key, value, detector);
            judged.map_rs2(|judged| judged.item)
        })
        .model(of_two_keys)
        .may_lose("items of a third key", "a table for two, told to reject"),
        Row::new("track_by_key_in_rs2", move |_, [source]| {
            source.track_by_key_in_rs2(two_keys(), key, Running::of(Last))
        })
        .model(of_two_keys)
        .read_ahead(2)
        .hold(2)
        .may_lose("items of a third key", "a table for two, told to reject"),
        Row::new("buckets_by_time_rs2", |_, [source]| {
            let time = |item: &Tok| EventTime::from_millis(time_of(item.id()));
            let buckets = FixedBuckets::of(Duration::from_secs(3));
            source
                .buckets_by_time_rs2(buckets, BucketConfig::default(), time, Last)
                .filter_map_rs2(|bucket| bucket.value)
        })
        .model(last_of_three)
        .read_ahead(1)
        .hold(1),
        Row::new("bucket_events_rs2", |_, [source]| {
            let time = |item: &Tok| EventTime::from_millis(time_of(item.id()));
            source
                .with_watermarks_rs2(BoundedDisorder::new(Duration::ZERO), time)
                .bucket_events_rs2(FixedBuckets::of(Duration::from_secs(3)), Last)
                .without_watermarks_rs2()
                .filter_map_rs2(|bucket| bucket.value)
        })
        .model(last_of_three)
        .read_ahead(1)
        .hold(1),
        Row::new("running_rs2", |_, [source]| source.running_rs2(Last)).read_ahead(1).hold(1),
        Row::new("track_rs2", |_, [source]| source.track_rs2(Running::of(Last)))
            .read_ahead(1)
            .hold(1),
        Row::new("aggregate_window_rs2", |sim, [source]| {
            let sim = sim.clone();
            let data = move |item: &Tok| {
                sim.point();
                item.data()
            };
            source.aggregate_window_rs2(3, 2, MinBy(data))
        })
        .model(least)
        .read_ahead(4)
        .hold(4),
        Row::new("aggregate_window_in_rs2", |_, [source]| {
            source.aggregate_window_in_rs2(Heap::bounded(3), 2, MinBy(Tok::data))
        })
        .model(least)
        .read_ahead(4)
        .hold(4),
    ]
}
