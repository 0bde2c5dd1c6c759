//! Streams that misbehave in one way each, around any stream, for tests of your own.
//!
//! ```
//! use futures_util::{StreamExt, stream};
//! use rs2_test::ManualTimer;
//! use rs2_test::sources::{Fails, Stalls};
//!
//! let source = Fails::at(Stalls::new(stream::iter([1, 2, 3]), 2), [1]);
//! let items = ManualTimer::new().run(source.collect::<Vec<_>>());
//! assert_eq!(items.iter().filter(|item| item.is_err()).count(), 1);
//! ```

mod fails;
mod lies;
mod panics;
mod silent;
mod stalls;

pub use fails::Fails;
pub use lies::Lies;
pub use panics::Panics;
pub use silent::Silent;
pub use stalls::Stalls;
