//! How far event time has come, told between the items of a stream.
//!
//! A stream of [`Signal`]s carries its items with their times, and its own watermark. Operators on
//! event time can then follow one another, and several sources can be merged without losing sight
//! of the slowest. [`Watermarks`] is what makes watermarks of items, [`Silence`] what becomes of
//! them while a source has none; [`Inputs`] puts together those of several sources. [`InBand`]
//! runs a rule about event time between signals, and `JoinInBand` one of two sides.

mod in_band;
#[cfg(feature = "alloc")]
mod inputs;
#[cfg(feature = "alloc")]
mod join_in_band;
mod policy;
mod signal;
mod silence;
mod silent;
mod when_idle;

pub use in_band::InBand;
#[cfg(feature = "alloc")]
pub use inputs::{AllIdle, Inputs};
#[cfg(feature = "alloc")]
pub use join_in_band::JoinInBand;
pub use policy::{BoundedDisorder, Punctuated, Watermarks};
pub use signal::Signal;
pub use silence::Silence;
pub(crate) use silent::{Silent, Step};
pub use when_idle::WhenIdle;
