//! The same for each key, beside a keyed map that keeps the largest value of all time.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_executor::block_on;
use rs2_stream::event_time::TimeWindowConfig;
use rs2_stream::prelude::*;
use rs2_stream::store::{Heap, SeededHeap};

use super::{Answer, Event, Largest, PER_SLIDE, count};

pub const KEYS: u64 = 100;
/// A hundred events of each key.
const SLIDE: u64 = KEYS * PER_SLIDE;

fn room() -> SeededHeap {
    Heap::bounded(100_000).seeded(7)
}

fn key(event: &Event) -> u64 {
    event.1 % KEYS
}

pub fn windows(events: &[Event], slides: u64) -> Answer {
    let us = Duration::from_micros;
    let config = TimeWindowConfig {
        window_size: us(slides * SLIDE),
        slide_interval: us(SLIDE),
        watermark_delay: Duration::ZERO,
        allowed_lateness: Duration::ZERO,
    };
    let values = from_iter(events.iter().copied()).aggregate_keyed_by_time_in_rs2(
        room(),
        config,
        key,
        |event| EventTime::from_micros(event.0),
        Largest,
    );
    block_on(values.fold_sync_rs2((0, 0), |answer, window| count(answer, window.value)))
}

pub fn map(events: &[Event]) -> Answer {
    let largest = from_iter(events.iter().copied()).keyed_map_in_rs2(
        room(),
        key,
        |event, largest: &mut u64| {
            *largest = event.1.max(*largest);
            *largest
        },
    );
    block_on(largest.fold_sync_rs2((0, 0), count))
}

/// What the windows must be, from every event in every window over it.
pub fn definition(events: &[Event], slides: u64) -> Answer {
    let mut slices: BTreeMap<(i64, u64), u64> = BTreeMap::new();
    for event in events {
        let slice = slices.entry((event.0 / SLIDE as i64, key(event))).or_default();
        *slice = event.1.max(*slice);
    }
    let mut windows: BTreeMap<(i64, u64), u64> = BTreeMap::new();
    for (&(slice, key), &value) in &slices {
        for first in slice + 1 - slides as i64..=slice {
            let window = windows.entry((first, key)).or_default();
            *window = value.max(*window);
        }
    }
    windows.into_values().fold((0, 0), count)
}
