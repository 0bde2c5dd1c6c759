//! What streams use of memory and keys, the limits of it, and what happens at them.

mod account;
mod breaker;
mod cleanup;
mod config;
mod manager;
mod meter;
mod waiting;

pub use breaker::CircuitBreakerState;
pub use cleanup::{Cleanup, CleanupHandle};
pub use config::{ResourceConfig, ResourceError, ResourceMetrics};
pub use manager::ResourceManager;
pub use meter::{Meter, NoMeter};
pub(crate) use waiting::Gate;
