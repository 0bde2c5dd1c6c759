//! Stream operators, event time and keyed state, without a clock, an executor or a heap of its own.
//!
//! Everything that is not deterministic is passed in: time by a [`Timer`](time::Timer), tasks by a
//! [`Spawner`](task::Spawner), hash seeds by the storage. The same operators then run on tokio, on
//! smol, on a microcontroller and in a simulation. Application code normally uses the facade
//! `rs2-stream`; this crate is for adapters and for devices.
//!
//! The floors, lowest first: [`time`], [`task`], [`store`] and [`error`] are the words everything
//! else is said in; [`machine`] and [`metrics`] turn rules into streams; [`source`] and [`op`] are
//! the operators.
//!
//! # Features
//! `alloc` brings [`store::Heap`] and every operator that keeps a growing collection; `std` adds
//! conversions from `SystemTime` and catches the panics of child tasks; `serde` makes time and
//! results serialisable; `snapshot` writes the state of whole pipelines to bytes and reads it back;
//! `storage` lets steps keep what can be serialised in a [`StateStorage`](state::StateStorage).
#![no_std]
#![deny(unsafe_code)]
#[cfg(feature = "alloc")]
extern crate alloc;
/// For the code that `plain_names!` makes.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub extern crate alloc as __alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod aggregate;
#[cfg(feature = "alloc")]
pub mod boxed;
pub mod error;
pub mod late;
pub mod machine;
pub mod metrics;
pub mod op;
#[cfg(feature = "alloc")]
pub mod pipe;
mod plain;
#[cfg(any(all(feature = "alloc", target_has_atomic = "ptr"), feature = "heapless"))]
pub mod queue;
pub mod slots;
#[cfg(feature = "snapshot")]
pub mod snapshot;
pub mod source;
pub mod state;
pub mod statistics;
pub mod store;
#[cfg(all(any(feature = "alloc", feature = "heapless"), not(rs2_loom)))]
mod sync;
/// For the models of loom, which choose what is broken.
#[cfg(rs2_loom)]
#[doc(hidden)]
pub mod sync;
pub mod task;
pub mod time;
pub mod watermark;

/// Everything a pipeline needs in scope, without a runtime's plain timed names.
pub mod prelude {
    #[cfg(feature = "alloc")]
    pub use crate::boxed::{LocalRS2Stream, RS2Stream};
    pub use crate::error::GaveUp;
    #[cfg(feature = "alloc")]
    pub use crate::late::{LateTo, LateToBySide};
    pub use crate::machine::Progress;
    pub use crate::metrics::HealthThresholds;
    #[cfg(feature = "alloc")]
    pub use crate::metrics::{MetricsConfig, StreamMetrics};
    pub use crate::op::*;
    #[cfg(feature = "alloc")]
    pub use crate::pipe::Pipe;
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    pub use crate::queue::Queue;
    pub use crate::source::*;
    pub use crate::time::EventTime;
    pub use futures_core::Stream;
}
