//! Where operators keep things: one family of collections for each kind of memory.
//!
//! Every collection is bounded and answers what does not fit with [`Full`], giving it back. An
//! operator is written once, against "full".

#[cfg(feature = "alloc")]
mod heap;
#[cfg(feature = "alloc")]
mod heap_arena;
#[cfg(feature = "alloc")]
mod heap_ordered;
#[cfg(feature = "alloc")]
mod heap_row;
#[cfg(feature = "alloc")]
mod heap_rows;
#[cfg(feature = "heapless")]
mod inline;
mod lookup;
mod traits;
#[cfg(feature = "alloc")]
mod wheel;

#[cfg(feature = "alloc")]
pub use heap::{Heap, HeapBatch, HeapPriority, HeapQueue, HeapTable, SeededHeap};
#[cfg(feature = "alloc")]
pub use heap_arena::HeapArena;
#[cfg(feature = "alloc")]
pub use heap_ordered::HeapOrdered;
#[cfg(feature = "alloc")]
pub use heap_rows::HeapRows;
#[cfg(feature = "heapless")]
pub use inline::{
    Inline, InlineArena, InlineBatch, InlineOrdered, InlinePriority, InlineQueue, InlineRow,
    InlineRows, InlineTable, InlineTimers, NoQueue, SeededInline,
};
#[cfg(feature = "alloc")]
pub use lookup::ByRef;
pub use lookup::{ByValue, Lookup};
pub use traits::{
    Arena, Batch, KeyStorage, Ordered, Priority, Queue, Rows, Storage, Table, Timers,
};

#[cfg(feature = "alloc")]
pub use wheel::Wheel;

pub use crate::error::Full;
