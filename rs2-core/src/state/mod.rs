//! What state is bounded by, and how it is cleaned.

mod forget;
mod limits;
mod sweep;

pub use limits::{Limits, OnFull};
pub(crate) use forget::forget_oldest;
pub(crate) use sweep::Sweep;
