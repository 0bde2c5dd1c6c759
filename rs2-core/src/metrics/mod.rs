//! What operators report of themselves.

mod losses;

pub use losses::{Counters, Loss, Losses, Reports};
