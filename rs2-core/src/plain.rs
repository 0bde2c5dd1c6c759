//! The names without an environment in them, for the crates that know one.

/// Makes the trait `PlainExt` of an adapter: the names that need a timer or a spawner, without one
/// among their arguments, so that a user writes the same on every runtime.
///
/// `timer` and `spawner` are the adapter's types, each with the expression that makes one.
/// `example` is what stands before and after each example in the documentation: it must import the
/// adapter's prelude and run a future. Each method does nothing but forward to its `_on_rs2` twin.
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
        example: $before:literal $after:literal;
    ) => {
        /// The names that need a timer or a spawner, on this runtime's.
        pub trait PlainExt: $crate::op::ParallelExt {
            /// Yields the outputs of the futures that `f` makes, in the order of the items, with at
            /// most `concurrency` of them running as tasks of this runtime.
            ///
            /// The tasks advance whether or not the stream is polled. Where the runtime takes no
            /// task, the future runs within this stream.
            ///
            /// # Shape
            /// n items in, n out, in order, each as soon as it and all before it have finished,
            /// also while the source has nothing.
            /// # End and errors
            /// Ends when the source has ended and every task has finished. `Err` outputs are
            /// outputs like any other. A task's panic is resumed here, in its place in the order.
            /// # Cancel safety
            /// A dropped `next()` loses nothing. Dropping the stream cancels the tasks and loses at
            /// most `2 * concurrency` items.
            /// # Backpressure and memory
            /// At most `concurrency` tasks run, and at most twice as many items are started and
            /// not yet yielded; with a concurrency of 1, one.
            /// # Cost
            /// One task and two allocations per item.
            /// # Panics
            /// When `concurrency` is zero.
            /// # Examples
            /// ```
            #[doc = $before]
            /// let squares = from_iter(1..=3).par_eval_map_rs2(2, async |n: u32| n * n);
            /// let squares: Vec<u32> = squares.collect_rs2().await;
            /// assert_eq!(squares, [1, 4, 9]);
            #[doc = $after]
            /// ```
            #[doc(alias = "buffered")]
            #[doc(alias = "map_async")]
            #[track_caller]
            fn par_eval_map_rs2<F, Fut>(
                self,
                concurrency: usize,
                f: F,
            ) -> $crate::op::parallel::ParEvalMapOn<Self, $Spawner, F, Fut>
            where
                Self: Sized,
                F: FnMut(Self::Item) -> Fut,
                Fut: ::core::future::Future,
                $Spawner: $crate::task::Spawner<$crate::task::Task<Fut>>,
            {
                self.par_eval_map_on_rs2($spawner, concurrency, f)
            }
        }

        impl<S: $crate::op::ParallelExt + ?Sized> PlainExt for S {}
    };
}
