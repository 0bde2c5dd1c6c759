//! Time, tasks and the plain timed names on tokio.
//!
//! [`TokioTimer`] and [`TokioSpawner`] fit wherever rs2-core asks for a timer or a spawner;
//! [`PlainExt`] has the names that need one, without it among their arguments.
//!
//! ```
//! use rs2_tokio::prelude::*;
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let squares = from_iter(1..=3).par_eval_map_rs2(2, async |n: u32| n * n);
//! assert_eq!(squares.collect_rs2::<Vec<u32>>().await, [1, 4, 9]);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
#![forbid(unsafe_code)]

use std::hash::{BuildHasher, Hasher, RandomState};

mod spawner;
mod timer;

pub use spawner::TokioSpawner;
pub use timer::{TokioSleep, TokioTimer};

/// A seed for hashing keys that nobody outside the process can know.
pub fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

rs2_core::plain_names! {
    timer: TokioTimer = TokioTimer::shared();
    spawner: TokioSpawner = TokioSpawner;
    seed: random_seed();
    example: "# use rs2_tokio::prelude::*;
# tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {"
    "# });
# Ok::<(), std::io::Error>(())";
}

/// Everything a pipeline on tokio needs in scope.
pub mod prelude {
    pub use crate::rate_limit_backpressure;
    pub use crate::{PlainExt, TokioSpawner, TokioTimer};
    pub use crate::{auto_backpressure, auto_backpressure_block, auto_backpressure_drop_newest};
    pub use crate::{auto_backpressure_drop_oldest, auto_backpressure_error};
    pub use crate::{bracket, bracket_case, emit_after, retry, tick, tick_rs, tick_with};
    pub use crate::{call_through, until_ready};
    pub use crate::{metrics_handle, resource_manager};
    pub use rs2_core::prelude::*;
}
