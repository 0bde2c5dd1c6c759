//! Streams with time, state and bounds.
//!
//! RS2 is a library of stream operators that run unchanged on a tokio service, on other executors
//! and under virtual time in a test. Operators are plain structs over `futures_core::Stream`; every
//! buffer and table has a bound and a stated answer to "full"; what does not come through is
//! counted.
//!
//! ```
//! use rs2_stream::prelude::*;
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let total = from_iter(1..=10)
//!     .filter_rs2(|n| n % 2 == 0)
//!     .map_rs2(|n| n * n)
//!     .fold_sync_rs2(0, |sum, n| sum + n)
//!     .await;
//! assert_eq!(total, 220);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # State for each key
//!
//! ```
//! use futures_util::StreamExt;
//! use rs2_stream::prelude::*;
//! use rs2_stream::state::{CustomKeyExtractor, StateConfigs, StatefulStreamExt};
//!
//! # #[derive(Clone)]
//! # struct UserEvent { user_id: String, amount: f64 }
//! #[derive(Clone, Default)]
//! struct UserState {
//!     total_events: u64,
//!     total_amount: f64,
//! }
//!
//! # fn create_user_events() -> impl futures_core::Stream<Item = UserEvent> {
//! #     let event = |user: &str, amount| UserEvent { user_id: user.to_owned(), amount };
//! #     from_iter([event("ann", 2.0), event("bob", 3.0), event("ann", 4.5)])
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! # let seen = std::sync::Mutex::new(Vec::new());
//! # let seen = &seen;
//! let events = create_user_events();
//! let config = StateConfigs::session();
//! events
//!     .stateful_map_rs2(
//!         config,
//!         CustomKeyExtractor::new(|event: &UserEvent| event.user_id.clone()),
//!         |event, state_access| async move {
//!             let mut state: UserState = state_access.get().await.unwrap_or_default();
//!             state.total_events += 1;
//!             state.total_amount += event.amount;
//!             state_access.set(&state).await.unwrap();
//!             (event.user_id, state.total_amount, state.total_events)
//!         },
//!     )
//!     .for_each(|(user_id, total, count)| async move {
//!         println!("User {}: ${:.2} total, {} events", user_id, total, count);
//! #       seen.lock().unwrap().push((user_id, total, count));
//!     })
//!     .await;
//! # let seen = seen.lock().unwrap();
//! # assert_eq!(seen.last(), Some(&("ann".to_owned(), 6.5, 2)));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Features
//! `calendar` brings buckets of days and months of a time zone.
//! `std` and `tokio` are on by default. `tokio` brings [`tokio`] and with it the names that need a
//! timer or a spawner; `smol` brings the module `smol`, with a prelude of its own that has the same
//! names, and `embassy` the module `embassy`. Without any of them they are reached with `_on_rs2`
//! and a timer or spawner of your own.
//! Without `std` what remains needs only an allocator; a device without one uses `rs2-core`.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

pub use rs2_core::boxed::{LocalRS2Stream, RS2Stream};
pub use rs2_core::op::{self, analytics, event_time};
#[cfg(feature = "snapshot")]
pub use rs2_core::snapshot;
pub use rs2_core::{aggregate, statistics, watermark};
pub use rs2_core::{boxed, error, machine, metrics, pipe, queue, source, store, task, time};
#[cfg(feature = "calendar")]
pub use rs2_std::calendar;
#[cfg(feature = "std")]
pub use rs2_std::{lines, read};
#[cfg(feature = "tokio")]
pub use rs2_tokio as tokio;

#[cfg(feature = "std")]
pub mod resource_manager;

/// The same names on smol: `use rs2_stream::smol::prelude::*;` instead of the crate's own prelude.
#[cfg(feature = "smol")]
pub mod smol {
    pub use rs2_smol::*;

    /// [`state`](crate::state) with smol's plain names.
    pub mod state {
        pub use rs2_core::state::*;
        pub use rs2_smol::PlainExt as StatefulStreamExt;
    }

    /// Everything a pipeline on smol needs in scope.
    pub mod prelude {
        pub use rs2_smol::prelude::*;
        pub use rs2_std::prelude::*;
    }
}

/// A timer and the timed names on embassy, for pipelines that run there and on a host. The program
/// chooses embassy's time driver and its timer queue. Where there is no allocator, `rs2-embassy`
/// and `rs2-core` have the same names.
#[cfg(feature = "embassy")]
pub mod embassy {
    pub use rs2_embassy::*;

    /// What state is bounded by and where it is kept; its operators take [`EmbassyTimer`] with
    /// `_on_rs2`.
    pub mod state {
        pub use rs2_core::state::*;
    }

    /// Everything a pipeline on embassy needs in scope.
    pub mod prelude {
        pub use rs2_embassy::prelude::*;
    }
}

/// What state is bounded by, where it is kept, and the operators that work on it.
pub mod state {
    pub use rs2_core::state::*;
    #[cfg(feature = "tokio")]
    pub use rs2_tokio::PlainExt as StatefulStreamExt;
}

/// Windows by the time that the data carries, under the names of the product's examples.
pub mod advanced_analytics {
    pub use rs2_core::op::EventTimeExt as AdvancedAnalyticsExt;
    pub use rs2_core::op::event_time::{TimeWindow, TimeWindowConfig, Timing};
}

/// Everything a pipeline needs in scope.
pub mod prelude {
    pub use rs2_core::prelude::*;
    #[cfg(feature = "std")]
    pub use rs2_std::prelude::*;
    #[cfg(feature = "tokio")]
    pub use rs2_tokio::prelude::*;
}

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// So are those of the guide to state.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../docs/state_management.md")]
struct StateManagement;
