//! Recorded input, compiled in.

use crate::message::{Contact, Reading};
use core::time::Duration;
use rs2_core::prelude::*;
use rs2_core::time::Timer;

/// A sensor is read each 5 ms, one after the other.
const RATE: Duration = Duration::from_millis(5);
const SENSORS: usize = 16;
const READINGS: usize = 40 * SENSORS;

/// How far above the usual value of its sensor each reading was.
static SERIES: [u8; READINGS] = series();

/// Sixteen slow triangles with noise, and on some of them a failure: sensor 3 jumps once, sensor 7
/// stays hot, sensor 11 drifts away.
const fn series() -> [u8; READINGS] {
    let mut series = [0; READINGS];
    let mut noise = 0x2545_F491_u32;
    let mut at = 0;
    while at < READINGS {
        let (sensor, turn) = (at % SENSORS, (at / SENSORS) as u8);
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let triangle = if turn % 20 < 10 { turn % 10 } else { 10 - turn % 10 };
        let failure = match (sensor, turn) {
            (3, 21) => 230,
            (7, 25..) => 150,
            (11, 15..) => (turn - 14) * 9,
            _ => 0,
        };
        series[at] = triangle + (noise % 7) as u8 + failure;
        at += 1;
    }
    series
}

/// The readings of the sensors at their rate.
pub fn readings<T: Timer + Clone>(timer: T) -> impl Stream<Item = Reading> {
    let recorded = from_iter(SERIES.iter().enumerate());
    tick_on(timer, RATE, ()).zip_rs2(recorded).map_rs2(|((), (number, value))| Reading {
        sensor: (number % SENSORS) as u8,
        at: (number as u32 + 1) * RATE.as_millis() as u32,
        value: 200 + 10 * (number % SENSORS) as i16 + i16::from(*value),
    })
}

/// When the contact of the door opens and closes: it bounces.
static BOUNCES: [u16; 13] = [103, 108, 111, 702, 704, 709, 713, 717, 1502, 1503, 1507, 2203, 2811];

/// What the contact says, when it says it.
pub fn contacts<T: Timer + Clone>(timer: T) -> impl Stream<Item = Contact> {
    let start = timer.now();
    from_iter(BOUNCES.iter().enumerate()).eval_map_rs2(move |(number, &at)| {
        let sleep = timer.sleep_until(start.saturating_add(Duration::from_millis(at.into())));
        async move {
            sleep.await;
            if number % 2 == 0 { Contact::Open } else { Contact::Closed }
        }
    })
}

static VIBRATION: [i16; 64] = [
    1, -2, 0, 3, 41, -38, 22, -11, 4, -1, 2, 0, -3, 1, 0, 2, -1, 0, 52, -47, 30, 61, -55, 33, -18,
    9, -4, 2, 0, 1, -2, 0, 1, 0, -1, 2, -2, 1, 0, 0, 3, -1, 0, 2, 45, -29, 12, -6, 3, -1, 0, 1, 2,
    -2, 0, 1, -1, 0, 38, -35, 17, -8, 4, -2,
];

/// What a vibration sensor measured, one value each 10 ms.
pub fn vibration<T: Timer + Clone>(timer: T) -> impl Stream<Item = i16> {
    let values = from_iter(VIBRATION.iter());
    tick_on(timer, Duration::from_millis(10), ()).zip_with_rs2(values, |(), value| *value)
}
