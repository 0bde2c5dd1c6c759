//! Queues between tasks.
//!
//! [`Queue`] and [`PriorityQueue`] have several producers and several consumers, are shared by
//! cloning, and give their items out as streams. [`spsc`] is a ring between two tasks, for when
//! either would be too slow. [`QueueIn`] is shared by reference and needs no allocator: it may be a
//! `static`, and interrupts may use it.

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod batch;
mod error;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod fifo;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod levels;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod metered;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr", not(rs2_loom)))]
mod parts;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod position;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod priority;
#[cfg(feature = "heapless")]
mod queue_in;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
#[allow(unsafe_code)]
mod ring;
mod rule;
mod waiting;

/// What the ring is made of in the models of loom.
#[cfg(rs2_loom)]
#[doc(hidden)]
#[path = "model.rs"]
pub mod parts;

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use batch::{RingRecvBatch, RingSend, RingSendBatch};
pub use error::QueueError;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use fifo::{Dequeue, Enqueue, Queue};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use metered::{MeteredDequeue, MeteredError, MeteredQueue};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use priority::{PriorityDequeue, PriorityEnqueue, PriorityQueue};
#[cfg(feature = "heapless")]
pub use queue_in::{DequeueIn, EnqueueIn, QueueIn};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use ring::{RingReceiver, RingSender, spsc};
