//! A second way out, for items that an operator leaves out.
//!
//! An operator of event time counts what it leaves out. With an outlet it hands it over as well:
//!
//! ```
//! use core::time::Duration;
//! use futures_util::StreamExt;
//! use rs2_core::{late::Late, op::event_time::TimeWindowConfig, prelude::*};
//! # futures_executor::block_on(async {
//! let second = Duration::from_secs(1);
//! let (late, late_items) = Late::bounded(1_000);
//! let counts: Vec<usize> = from_iter([1, 12, 3, 25])
//!     .window_by_time_rs2(
//!         TimeWindowConfig::tumbling(10 * second, 2 * second)?,
//!         |seconds| EventTime::from_secs(*seconds),
//!     )
//!     .late_to(late)
//!     .map_rs2(|window| window.events.len())
//!     .collect_rs2()
//!     .await;
//! let late: Vec<i64> = late_items.map(|late| late.item).collect().await;
//! assert_eq!((counts, late), (vec![1, 1, 1], vec![3]));
//! # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
//! ```

#[cfg(feature = "alloc")]
mod item;
mod left_out;
#[cfg(feature = "alloc")]
mod outlet;
#[cfg(feature = "alloc")]
mod sides;
mod way_out;

#[cfg(feature = "alloc")]
pub use item::{LateItem, LateTo};
pub(crate) use left_out::LeftOut;
#[cfg(feature = "alloc")]
pub use outlet::{Late, LateItems};
#[cfg(feature = "alloc")]
pub use sides::LateToBySide;
pub(crate) use way_out::WayOut;
