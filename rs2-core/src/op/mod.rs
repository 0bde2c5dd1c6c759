//! The operators, one room for each area. Each area's trait is implemented for every stream.

pub mod analytics;
pub mod combine;
pub mod consume;
pub mod event_time;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub mod flow;
pub mod group;
pub mod join;
pub mod keyed;
#[cfg(feature = "alloc")]
pub mod observe;
pub mod parallel;
pub mod recover;
pub mod resilience;
pub mod resource;
pub mod select;
#[cfg(feature = "alloc")]
pub mod stateful;
pub mod timing;
pub mod transform;

pub use analytics::AnalyticsExt;
pub use combine::CombineExt;
pub use consume::ConsumeExt;
#[cfg(feature = "alloc")]
pub use consume::{BufferConfig, GrowthStrategy};
pub use event_time::{EventTimeExt, SignalExt, WatermarkExt};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use flow::{BackpressureConfig, BackpressureStrategy, FlowExt, Overflow};
pub use group::{Batching, GroupExt};
pub use join::{IntervalJoinConfig, JoinExt, TimeJoinConfig, no_key};
pub use keyed::KeyedExt;
#[cfg(feature = "alloc")]
pub use observe::ObserveExt;
pub use parallel::ParallelExt;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use parallel::{KeyedConcurrency, KeyedOrder};
pub use recover::{Attempt, Jitter, RecoverExt, RetryBudget, RetryConfig, RetryPolicy, retry_on};
#[cfg(feature = "alloc")]
pub use resilience::{BreakerError, Bulkhead, CircuitBreaker, KeyedRateLimiter, RateLimiter};
pub use resilience::{CircuitBreakerConfig, KeyedLimit, Quota, ResilienceExt};
pub use resource::{ExitCase, bracket_case_sync, bracket_sync};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use resource::{ResourceExt, Scope, bracket_case_on, bracket_on};
pub use select::SelectExt;
#[cfg(feature = "alloc")]
pub use stateful::StatefulExt;
pub use timing::TimingExt;
pub use transform::TransformExt;
