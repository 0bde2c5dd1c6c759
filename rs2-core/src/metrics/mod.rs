//! What operators report of themselves.

#[cfg(feature = "alloc")]
mod config;
mod count;
#[cfg(feature = "alloc")]
mod counts;
mod footprint;
mod health;
mod holds;
mod local_losses;
mod losses;
#[cfg(feature = "alloc")]
mod metrics_handle;
#[cfg(feature = "alloc")]
mod resources;
#[cfg(feature = "alloc")]
mod stream_metrics;

#[cfg(feature = "alloc")]
pub use config::MetricsConfig;
#[cfg(feature = "alloc")]
pub use counts::Metrics;
pub use footprint::Footprint;
pub use health::HealthThresholds;
pub use holds::Holds;
pub use local_losses::LocalLosses;
pub use losses::{Counters, Loss, Losses, Reports};
#[cfg(feature = "alloc")]
pub use metrics_handle::MetricsHandle;
#[cfg(feature = "alloc")]
pub(crate) use resources::Gate;
#[cfg(feature = "alloc")]
pub use resources::{
    CircuitBreakerState, Cleanup, CleanupHandle, Meter, NoMeter, ResourceConfig, ResourceError,
    ResourceManager, ResourceMetrics,
};
#[cfg(feature = "alloc")]
pub use stream_metrics::{Contribute, StreamMetrics};
