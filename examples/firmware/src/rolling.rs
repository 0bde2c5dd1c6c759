//! The last readings of each sensor.

use crate::message::{Reading, Report};
use rs2_core::prelude::*;
use rs2_core::store::SeededInline;

/// How much of the time the window moves by, in milliseconds.
const SLICE: u32 = 400;
/// How many such slices it covers.
const SLICES: u32 = 4;

/// What was measured within the last slices, in parts that leave one by one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rolling {
    slices: [Slice; SLICES as usize],
    /// The number of the newest slice, from the beginning of time.
    newest: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    sum: i32,
    readings: u16,
    min: i16,
    max: i16,
}

impl Rolling {
    /// Takes a reading. The first one beyond the newest slice brings out the window up to there.
    pub fn push(&mut self, reading: Reading) -> Option<Report> {
        let number = reading.at / SLICE;
        let report = if number > self.newest { self.report(reading.sensor) } else { None };
        // What left the window since then; no more than all of it.
        for gone in (self.newest + 1..=number).rev().take(SLICES as usize) {
            *self.slice(gone) = Slice::default();
        }
        self.newest = self.newest.max(number);
        if number + SLICES > self.newest {
            self.slice(number).add(reading.value);
        }
        report
    }

    fn slice(&mut self, number: u32) -> &mut Slice {
        &mut self.slices[(number % SLICES) as usize]
    }

    fn report(&self, sensor: u8) -> Option<Report> {
        let filled = self.slices.iter().filter(|slice| slice.readings > 0).copied();
        let all = filled.reduce(|a, b| Slice {
            sum: a.sum + b.sum,
            readings: a.readings + b.readings,
            min: a.min.min(b.min),
            max: a.max.max(b.max),
        })?;
        Some(Report {
            sensor,
            at: (self.newest + 1) * SLICE,
            min: all.min,
            mean: (all.sum / i32::from(all.readings)) as i16,
            max: all.max,
            readings: all.readings,
        })
    }
}

impl Slice {
    fn add(&mut self, value: i16) {
        let is_first = self.readings == 0;
        self.min = if is_first { value } else { self.min.min(value) };
        self.max = if is_first { value } else { self.max.max(value) };
        self.sum += i32::from(value);
        self.readings += 1;
    }
}

/// Each item with the report that it brought out, if any; at most `KEYS` sensors have a window.
pub fn rolling<S: Stream, const KEYS: usize>(
    items: S,
    keys: SeededInline<KEYS>,
    reading: impl Fn(&S::Item) -> Reading + Clone,
) -> impl Stream<Item = (S::Item, Option<Report>)> {
    let sensor = {
        let reading = reading.clone();
        move |item: &S::Item| reading(item).sensor
    };
    items.keyed_map_in_rs2(keys, sensor, move |item, window: &mut Rolling| {
        let report = window.push(reading(&item));
        (item, report)
    })
}
