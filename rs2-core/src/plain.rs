//! The names without an environment in them, for the crates that know one.

mod event_time;
mod flow;
mod group;
mod observe;
mod parallel;
mod recover;
mod resilience;
mod resource;
mod select;
mod state;
mod timing;
mod timing_choices;

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
            + $crate::op::KeyedExt
            + $crate::op::EventTimeExt
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
            $crate::__timing_choice_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
            $crate::__parallel_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__state_methods!($Timer, $timer, $Spawner, $spawner, $seed, $before, $after);
            $crate::__event_time_methods!(
                $Timer, $timer, $Spawner, $spawner, $seed, $before, $after
            );
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
