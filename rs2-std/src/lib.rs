//! Connectors for streams on an operating system.
//!
//! What may block runs where the caller's [`SpawnBlocking`](rs2_core::task::SpawnBlocking) puts it;
//! nothing here depends on one runtime.
#![forbid(unsafe_code)]

#[cfg(feature = "calendar")]
pub mod calendar;
pub mod lines;
pub mod read;

/// The connectors' operators.
pub mod prelude {
    pub use crate::lines::{Line, LinesExt};
    pub use crate::read::read_blocks;
}
