//! What state is bounded by, and how it is cleaned.

mod forget;
mod limits;
#[cfg(feature = "alloc")]
mod sweep;

pub use limits::{Limits, OnFull};
pub(crate) use forget::forget_oldest;
#[cfg(feature = "alloc")]
pub(crate) use sweep::Sweep;
