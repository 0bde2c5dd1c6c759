//! The shared parts of what can be used from several tasks.

#[cfg(feature = "alloc")]
pub mod flaw;
#[cfg(feature = "alloc")]
mod shared;
#[cfg(feature = "heapless")]
mod short_lock;

#[cfg(feature = "alloc")]
pub(crate) use shared::*;
#[cfg(feature = "heapless")]
pub(crate) use short_lock::ShortLock;
