//! What the tests of signals share: a rule between signals, and the same over plain items.
#![allow(dead_code, unreachable_pub)]

use super::by_time::*;
use proptest::prelude::*;
use rs2_core::machine::{ByTime, Drive, EventMachine, Stamps};
use rs2_core::metrics::Reports;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::time::NoTimer;
use rs2_core::watermark::{BoundedDisorder, InBand, Signal};
use std::fmt::Debug;

pub fn signals(events: &[Event], delay: u64) -> impl Progress<Item = Signal<Event>> + use<> {
    from_iter(events.to_vec()).with_watermarks_rs2(BoundedDisorder::new(us(delay)), time_of)
}

/// The items, at the places of the watermarks that came before them.
pub fn placed<T>(signals: Vec<Signal<T>>) -> Vec<(i64, EventTime, T)> {
    let mut watermark = i64::MIN;
    let place = |signal| match signal {
        Signal::Item(ts, item) => Some((watermark, ts, item)),
        Signal::Watermark(risen) => {
            assert!(risen.as_micros() > watermark, "a watermark that does not rise");
            watermark = risen.as_micros();
            None
        }
        Signal::Idle | Signal::Active => panic!("nobody was idle"),
    };
    signals.into_iter().filter_map(place).collect()
}

/// The same rule by both drivers has the same outputs and the same losses. Returns the signals.
pub fn agrees<M>(events: &[Event], delay: u64, make: impl Fn() -> M) -> Vec<Signal<M::Out>>
where
    M: EventMachine<In = Event, Out: Debug + PartialEq + Clone> + Stamps + Reports,
{
    let rule = ByTime::new(make(), us(delay), time_of);
    let by_time = Drive::new(from_iter(events.to_vec()), rule, NoTimer);
    let in_band = Drive::new(signals(events, delay), InBand::new(make()), NoTimer);
    let losses = (by_time.losses().clone(), in_band.losses().clone());
    let found = collected(in_band);
    let items: Vec<M::Out> = found.iter().cloned().filter_map(Signal::into_item).collect();
    // One that is told to stop does so before the watermark that follows from the last item.
    is_beginning(&items, &collected(by_time), &losses.1);
    assert_eq!(counts(&losses.0), counts(&losses.1));
    assert_eq!(losses.0.is_stopped(), losses.1.is_stopped());
    found
}

pub fn full() -> impl Strategy<Value = (usize, OnFull)> {
    let on_full = prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject), Just(OnFull::Stop)];
    (prop_oneof![1_usize..6, Just(1_000)], on_full)
}
