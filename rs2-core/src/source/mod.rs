//! Where streams begin.

mod emit;
mod empty;
mod eval;
mod from_iter;
mod repeat;
mod unfold;

pub use emit::{Emit, emit};
pub use empty::{Empty, empty};
pub use eval::{Eval, eval};
pub use from_iter::{FromIter, from_iter};
pub use repeat::{Repeat, repeat};
pub use unfold::{Unfold, unfold};
