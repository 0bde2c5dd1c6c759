//! Where streams begin.

mod eval;
mod from_iter;
mod unfold;

pub use eval::{Eval, eval};
pub use from_iter::{FromIter, from_iter};
pub use unfold::{Unfold, unfold};
