//! Two pipelines for a device without a heap, which run as they are on the host too.
//!
//! [`gateway`] and [`knocks`] are generic in their timer and their sources. The programs in `bin`
//! run them on a Cortex-M3; the tests run them on tokio, on smol and in virtual time, and compare
//! what comes out with what the device printed.
#![cfg_attr(not(test), no_std)]

mod anomaly;
#[cfg(feature = "device")]
pub mod board;
mod gateway;
mod knocks;
mod message;
mod replay;
mod rolling;

pub use anomaly::{Watch, judged};
pub use gateway::gateway;
pub use knocks::{Knock, knocks};
pub use message::{Alarm, Contact, Message, Reading, Report, Sent, number};
pub use replay::{contacts, readings, vibration};
pub use rolling::{Rolling, rolling};
