//! Trying again: how often, how long to wait in between, and which errors are worth it.
//!
//! [`Retry`] is the rule, a plain value that knows no clock. The operators of
//! [`RecoverExt`](super::RecoverExt) apply it to streams, [`retry_on`] to futures.

mod budget;
mod config;
mod delays;
mod future;
mod judge;
mod pause;
mod policy;
mod reopen;
mod report;
mod rule;
mod stream;

pub use budget::{RetryBucket, RetryBudget};
pub use config::RetryConfig;
pub use delays::Jitter;
pub use future::{RetryFuture, retry_on};
pub use judge::{AnyError, Judge, RetryAfter, RetryIf};
pub use policy::RetryPolicy;
pub use reopen::{Afresh, Attempt, FromAttempt, Reopen};
pub use rule::{Decision, Retry};
pub use stream::RetryStream;
