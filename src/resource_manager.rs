//! The account of memory and keys that a whole process shares.
//!
//! Nothing is counted unless it is asked for: give the manager to operators as their meter
//! ([`StateConfig::with_meter`](crate::state::StateConfig::with_meter)), let it guard a source
//! ([`guarded_by_on_rs2`](crate::op::ObserveExt::guarded_by_on_rs2)), or count resources of your
//! own.
//!
//! ```standalone_crate
//! use rs2_stream::resource_manager::get_global_resource_manager;
//!
//! # futures_executor::block_on(async {
//! let resource_manager = get_global_resource_manager();
//!
//! // Track allocation of a custom resource (e.g., 4096 bytes)
//! resource_manager.track_memory_allocation(4096).await?;
//! // ... use the resource ...
//! assert_eq!(resource_manager.metrics().current_memory_bytes, 4096);
//!
//! // Track deallocation when done
//! resource_manager.track_memory_deallocation(4096).await;
//! # Ok::<(), rs2_stream::resource_manager::ResourceError>(())
//! # }).unwrap();
//! ```

pub use rs2_core::metrics::{
    CircuitBreakerState, Cleanup, CleanupHandle, Meter, NoMeter, ResourceConfig, ResourceError,
    ResourceManager, ResourceMetrics,
};

use core::error::Error;
use core::fmt;
use rs2_core::error::ConfigError;
use rs2_core::time::{Clock, Instant};
use std::sync::OnceLock;

static GLOBAL: OnceLock<ResourceManager> = OnceLock::new();

/// The manager of the process, with the limits of [`set_global_resource_config`], or with the
/// default ones from the first use on.
pub fn get_global_resource_manager() -> ResourceManager {
    let by_default = || {
        ResourceManager::on(SystemClock::new(), ResourceConfig::default())
            .expect("the default settings work")
    };
    GLOBAL.get_or_init(by_default).clone()
}

/// Sets the limits of the manager of the process, before it is first used.
///
/// # Errors
/// Settings that cannot work, or that come too late.
///
/// ```standalone_crate
/// use rs2_stream::resource_manager::{self, ResourceConfig, SetConfigError};
/// let config = ResourceConfig { max_keys: 50_000, ..ResourceConfig::default() };
/// resource_manager::set_global_resource_config(config.clone())?;
/// assert_eq!(resource_manager::get_global_resource_manager().config().max_keys, 50_000);
/// let again = resource_manager::set_global_resource_config(config);
/// assert_eq!(again, Err(SetConfigError::InUse));
/// # Ok::<(), SetConfigError>(())
/// ```
pub fn set_global_resource_config(config: ResourceConfig) -> Result<(), SetConfigError> {
    let manager =
        ResourceManager::on(SystemClock::new(), config).map_err(SetConfigError::Config)?;
    GLOBAL.set(manager).map_err(|_| SetConfigError::InUse)
}

/// Why limits were not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetConfigError {
    /// The settings cannot work.
    Config(ConfigError),
    /// The manager is in use.
    InUse,
}

impl fmt::Display for SetConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::InUse => f.write_str("the global resource manager is already in use"),
        }
    }
}

impl Error for SetConfigError {}

/// The system's monotonic clock. The process outlives any runtime, and with it a runtime's clock.
struct SystemClock {
    origin: std::time::Instant,
}

impl SystemClock {
    fn new() -> Self {
        Self { origin: std::time::Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::from_origin(self.origin.elapsed())
    }
}
