//! The plain names that need a spawner.

/// The methods of `PlainExt` that start tasks.
#[doc(hidden)]
#[macro_export]
macro_rules! __parallel_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
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
    };
}
