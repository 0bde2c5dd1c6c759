//! Joins, each against a few plain lines over everything at once.
#![cfg(feature = "std")]

#[path = "../common/by_time.rs"]
mod by_time;
#[path = "../common/patchy.rs"]
mod patchy;
#[cfg(feature = "snapshot")]
#[path = "../common/snapshots.rs"]
mod snapshots;
#[path = "../common/ticking.rs"]
mod ticking;

mod defects;
mod driver;
mod in_band;
mod interval;
mod keyed;
mod late;
mod lookup;
#[cfg(feature = "snapshot")]
mod methods;
mod model;
#[cfg(feature = "snapshot")]
mod saving;
mod temporal;
mod temporal_in_band;
mod temporal_room;
