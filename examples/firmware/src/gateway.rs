//! The pipeline of the gateway.

use crate::anomaly::{Watch, judged};
use crate::message::{Alarm, Contact, Message, Reading, Sent};
use crate::rolling::rolling;
use core::time::Duration;
use rs2_core::metrics::Losses;
use rs2_core::prelude::*;
use rs2_core::state::Limits;
use rs2_core::statistics::Judged;
use rs2_core::store::Inline;
use rs2_core::time::Timer;

/// How long the contact bounces.
const BOUNCE: Duration = Duration::from_millis(20);
/// How long the uplink needs for a message.
const AIRTIME: Duration = Duration::from_millis(17);

/// Watches sixteen sensors and the contact of a door, and sends what is worth it.
///
/// Each sensor has a rolling window with its minimum, mean and maximum, and an alarm for readings
/// that are unlike those before. The contact is debounced. All goes through an outbox with room for
/// twelve messages; what that drops is counted in `dropped`. The memory is in the stream itself,
/// and `size_of_val` tells how much.
pub fn gateway<T: Timer + Clone>(
    timer: T,
    sensors: impl Stream<Item = Reading>,
    contacts: impl Stream<Item = Contact>,
    dropped: Losses,
) -> impl Stream<Item = Sent> {
    // On a device, what tells it from the next: nobody chooses the numbers of its sensors.
    let keys = Inline::<16>::new().seeded(0x5EED);
    let sensor = |reading: &Reading| reading.sensor;
    let value = |reading: &Reading| f64::from(reading.value);
    let judged = judged(sensors, keys, sensor, value, Watch::<8>::new(8, 4.0));
    let watched = rolling(judged, keys, |judged: &Judged<Reading>| judged.item);
    let of_sensors = watched.flat_map_rs2(|(judged, report)| {
        let alarm = judged.verdict.is_outlier.then_some(Message::Alarm(Alarm(judged.item)));
        from_iter([alarm, report.map(Message::Report)].into_iter().flatten())
    });
    let of_door = contacts.debounce_on_rs2(timer.clone(), BOUNCE).map_rs2(Message::Contact);
    let start = timer.now();
    let outbox = Limits::new(Inline::<12>::new(), dropped);
    let messages = of_sensors.merge_rs2(of_door);
    messages.spaced_in_on_rs2(outbox, timer.clone(), AIRTIME).map_rs2(move |message| {
        let at = timer.now().saturating_since(start).as_millis() as u32;
        Sent { at, message }
    })
}
