//! Facade.
pub use rs2_core::*;
