//! Time, tasks and the plain timed names on embassy.
//!
//! [`EmbassyTimer`] fits wherever rs2-core asks for a timer; [`PlainExt`] has the names that need
//! one, without it among their arguments. Nothing is allocated. The program chooses the time
//! driver, its tick rate, the timer queue and the critical section: this crate enables none of
//! them, and works with embassy's default queue, which accepts only the executor's own wakers.
//!
//! ```ignore
//! use core::time::Duration;
//! use rs2_embassy::prelude::*;
//!
//! let readings = tick(Duration::from_millis(10), ()).map_rs2(|()| adc.read());
//! let calm = readings.debounce_rs2(Duration::from_millis(50));
//! ```
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
/// For the code that `task_pool!` makes.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub extern crate alloc as __alloc;

#[cfg(feature = "alloc")]
#[doc(hidden)]
pub mod pool;
mod timer;

pub use timer::{EmbassySleep, EmbassyTimer};

rs2_core::plain_timed_names! {
    timer: EmbassyTimer = EmbassyTimer;
    example: "# use rs2_embassy::prelude::*;
# block_on(async {"
    "# })";
}

/// Everything a pipeline on embassy needs in scope.
pub mod prelude {
    pub use crate::{EmbassyTimer, PlainExt};
    pub use crate::{emit_after, tick, tick_rs, tick_with};
    pub use rs2_core::prelude::*;
}
