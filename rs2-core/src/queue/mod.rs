//! Queues between tasks.
//!
//! [`Queue`] and [`PriorityQueue`] have several producers and several consumers, are shared by
//! cloning, and give their items out as streams. [`spsc`] is a ring between two tasks, for when
//! either would be too slow.

mod batch;
mod error;
mod fifo;
mod levels;
mod metered;
#[cfg(not(rs2_loom))]
mod parts;
mod position;
mod priority;
#[allow(unsafe_code)]
mod ring;
mod waiting;

/// What the ring is made of in the models of loom.
#[cfg(rs2_loom)]
#[doc(hidden)]
#[path = "model.rs"]
pub mod parts;

pub use batch::{RingRecvBatch, RingSend, RingSendBatch};
pub use error::QueueError;
pub use fifo::{Dequeue, Enqueue, Queue};
pub use metered::{MeteredDequeue, MeteredError, MeteredQueue};
pub use priority::{PriorityDequeue, PriorityEnqueue, PriorityQueue};
pub use ring::{RingReceiver, RingSender, spsc};
