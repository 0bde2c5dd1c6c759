//! Two kinds of time that never mix: [`Instant`], what a clock of this machine says, and
//! [`EventTime`], what the data says.

mod event_time;
mod instant;
mod ticks;
mod timer;

pub use event_time::{EventTime, TimeOutOfRange};
pub use instant::Instant;
pub(crate) use instant::Span;
pub(crate) use ticks::{grid_tick, next_tick};
pub use timer::{Clock, Forever, NoTimer, Sleep, Timer};
