//! Time, tasks and the plain timed names on smol.
//!
//! [`SmolTimer`] and [`SmolSpawner`] fit wherever rs2-core asks for a timer or a spawner;
//! [`PlainExt`] has the names that need one, without it among their arguments. They use smol's
//! global executor; [`ExecutorSpawner`] and [`LocalSpawner`] use one of your own.
//!
//! ```
//! use rs2_smol::prelude::*;
//!
//! smol::block_on(async {
//!     let squares = from_iter(1..=3).par_eval_map_rs2(2, async |n: u32| n * n);
//!     assert_eq!(squares.collect_rs2::<Vec<u32>>().await, [1, 4, 9]);
//! });
//! ```
#![forbid(unsafe_code)]

use std::hash::{BuildHasher, Hasher, RandomState};

mod spawner;
mod timer;

pub use spawner::{ExecutorSpawner, LocalSpawner, SmolSpawner};
pub use timer::{SmolSleep, SmolTimer};

/// A seed for hashing keys that nobody outside the process can know.
pub fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

rs2_core::plain_names! {
    timer: SmolTimer = SmolTimer::shared();
    spawner: SmolSpawner = SmolSpawner;
    seed: random_seed();
    example: "# use rs2_smol::prelude::*;
# smol::block_on(async {"
    "# })";
}

/// Everything a pipeline on smol needs in scope.
pub mod prelude {
    pub use crate::rate_limit_backpressure;
    pub use crate::{ExecutorSpawner, LocalSpawner, PlainExt, SmolSpawner, SmolTimer};
    pub use crate::{auto_backpressure, auto_backpressure_block, auto_backpressure_drop_newest};
    pub use crate::{auto_backpressure_drop_oldest, auto_backpressure_error};
    pub use crate::{bracket, bracket_case, emit_after, retry, tick, tick_rs, tick_with};
    pub use crate::{call_through, until_ready};
    pub use crate::{metrics_handle, resource_manager};
    pub use rs2_core::prelude::*;
}
