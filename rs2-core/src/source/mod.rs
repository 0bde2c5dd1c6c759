//! Where streams begin.

mod emit;
mod emit_after;
mod empty;
mod eval;
mod from_iter;
mod repeat;
mod tick;
mod unfold;

pub use emit::{Emit, emit};
pub use emit_after::{EmitAfter, EmittedAfter, emit_after_on};
pub use empty::{Empty, empty};
pub use eval::{Eval, eval};
pub use from_iter::{FromIter, from_iter};
pub use repeat::{Repeat, repeat};
pub use tick::{MissedTick, Tick, Ticks, tick_on, tick_with_on};
pub use unfold::{Unfold, unfold};
