//! The names without an environment in them, for the crates that know one.

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod analytics;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod event_time;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod flow;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod group;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod join;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod keyed;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod observe;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod parallel;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod recover;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod resilience;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod resource;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod select;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod signals;
mod stateful;
mod stateful_try;
mod timing;
mod timing_choices;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod timing_heap;

/// Makes the trait `PlainExt` of an adapter: the names that need a timer or a spawner, without one
/// among their arguments, so that a user writes the same on every runtime.
///
/// `timer` and `spawner` are the adapter's types, each with the expression that makes one; `seed`
/// makes a random `u64` for hashing keys.
/// `example` is what stands before and after each example in the documentation: it must import the
/// adapter's prelude and run a future, with its time running. Each method does nothing but forward
/// to its `_on_rs2` twin. The sources that need a timer become functions beside the trait.
///
/// ```
/// mod adapter {
///     use rs2_core::{error::Rejected, task::Spawner, time::NoTimer};
///
///     /// An executor that takes no task.
///     #[derive(Debug)]
///     pub struct Busy;
///
///     impl<F> Spawner<F> for Busy {
///         fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
///             Err(Rejected(future))
///         }
///     }
///
///     rs2_core::plain_names! {
///         timer: NoTimer = NoTimer;
///         spawner: Busy = Busy;
///         seed: 7;
///         example: "" "";
///     }
/// }
///
/// use adapter::PlainExt;
/// use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let doubled = from_iter([1, 2]).par_eval_map_rs2(4, async |n| n * 2);
/// assert_eq!(doubled.collect_rs2::<Vec<u32>>().await, [2, 4]);
/// # })
/// ```
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
#[macro_export]
macro_rules! plain_names {
    (
        timer: $Timer:ty = $timer:expr;
        spawner: $Spawner:ty = $spawner:expr;
        seed: $seed:expr;
        example: $before:literal $after:literal;
    ) => {
        /// The names that need a timer, a spawner or a random seed, with this runtime's.
        pub trait PlainExt:
            $crate::op::ParallelExt
            + $crate::op::AnalyticsExt
            + $crate::op::KeyedExt
            + $crate::op::StatefulExt
            + $crate::op::EventTimeExt
            + $crate::op::JoinExt
            + $crate::op::SelectExt
            + $crate::op::GroupExt
            + $crate::op::FlowExt
            + $crate::op::RecoverExt
            + $crate::op::ResilienceExt
            + $crate::op::ResourceExt
            + $crate::op::TimingExt
            + $crate::op::ObserveExt
        {
            $crate::__timing_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__timing_heap_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__timing_choice_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__parallel_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__analytics_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__keyed_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__stateful_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__try_stateful_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__event_time_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__signal_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__join_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__select_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__flow_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__observe_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__group_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__recover_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__resilience_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__resource_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
        }

        impl<S> PlainExt for S where
            S: $crate::op::ParallelExt + $crate::op::KeyedExt + $crate::op::EventTimeExt + ?Sized
        {
        }

        $crate::__flow_functions!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
        $crate::__observe_functions!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
        $crate::__timing_sources!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
        $crate::__resilience_sources!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
        $crate::__resource_sources!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
        $crate::__recover_sources!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
    };
}

/// The keys of an operator under its plain name.
#[doc(hidden)]
#[macro_export]
macro_rules! __keys {
    ($seed:expr) => {
        $crate::store::Heap::bounded($crate::state::DEFAULT_MAX_KEYS).seeded($seed)
    };
}

/// Makes the trait `PlainExt` of an adapter for devices: the names that need a timer and no
/// allocator, and the sources that do beside it.
///
/// ```
/// mod adapter {
///     rs2_core::plain_timed_names! {
///         timer: rs2_core::time::NoTimer = rs2_core::time::NoTimer;
///         example: "" "";
///     }
/// }
///
/// use adapter::PlainExt;
/// use rs2_core::prelude::*;
/// use core::time::Duration;
/// # futures_executor::block_on(async {
/// let last = from_iter([1, 2]).debounce_rs2(Duration::from_secs(1));
/// assert_eq!(last.fold_sync_rs2(0, |sum, n| sum + n).await, 2);
/// # })
/// ```
#[macro_export]
macro_rules! plain_timed_names {
    (
        timer: $Timer:ty = $timer:expr;
        example: $before:literal $after:literal;
    ) => {
        /// The names that need a timer, with this runtime's.
        pub trait PlainExt: $crate::op::TimingExt {
            $crate::__timing_methods!($Timer, $timer, (), (), 0, $before, $after);
            $crate::__timing_choice_methods!($Timer, $timer, (), (), 0, $before, $after);
        }

        impl<S: $crate::op::TimingExt + ?Sized> PlainExt for S {}

        $crate::__timing_sources!($Timer, $timer, (), (), 0, $before, $after);
    };
}
