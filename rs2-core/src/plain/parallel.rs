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

        /// Yields the outputs of the futures that `f` makes as they finish, with at most
        /// `concurrency` of them running as tasks of this runtime.
        ///
        /// The tasks advance whether or not the stream is polled. Where the runtime takes no
        /// task, the future runs within this stream.
        ///
        /// # Shape
        /// n items in, n out, each as soon as it has finished.
        /// # End and errors
        /// Ends when the source has ended and every task has finished. `Err` outputs are
        /// outputs like any other. A task's panic is resumed here, in its turn.
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
        /// let squares = from_iter(1..=3).par_eval_map_unordered_rs2(2, async |n: u32| n * n);
        /// let mut squares: Vec<u32> = squares.collect_rs2().await;
        /// squares.sort_unstable();
        /// assert_eq!(squares, [1, 4, 9]);
        #[doc = $after]
        /// ```
        #[doc(alias = "buffer_unordered")]
        #[doc(alias = "map_async_unordered")]
        #[track_caller]
        fn par_eval_map_unordered_rs2<F, Fut>(
            self,
            concurrency: usize,
            f: F,
        ) -> $crate::op::parallel::ParEvalMapUnorderedOn<Self, $Spawner, F, Fut>
        where
            Self: Sized,
            F: FnMut(Self::Item) -> Fut,
            Fut: ::core::future::Future,
            $Spawner: $crate::task::Spawner<$crate::task::Task<Fut>>,
        {
            self.par_eval_map_unordered_on_rs2($spawner, concurrency, f)
        }

        /// Yields the outputs of the futures that `f` makes, those of one key one after the other
        /// and those of different keys at once, as tasks of this runtime.
        ///
        /// A bare number is taken as the concurrency;
        /// [`KeyedConcurrency`](rs2_core::op::parallel::KeyedConcurrency) sets the other limits and
        /// the order. Keys are hashed under a random seed unless it has one.
        ///
        /// # Shape
        /// n items in, n out, each as soon as it has finished, so those of a key in their order;
        /// or all in the order of the items.
        /// # End and errors
        /// Ends when the source has ended and every task has finished. `Err` outputs are outputs
        /// like any other. A task's panic is resumed here, in its turn.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream cancels the tasks and drops what
        /// waits.
        /// # Backpressure and memory
        /// At most `concurrency` tasks, one of each key, and 1,024 further items taken and not yet
        /// yielded. Keys take turns. A slow key holds up no other until 128 of its items wait; then
        /// the source is not polled.
        /// # Cost
        /// One or two table lookups, one task and two allocations per item.
        /// # Panics
        /// When a setting is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let orders = [("ann", 1), ("bob", 2), ("ann", 3)];
        /// let place = async |(customer, order)| format!("{customer}: {order}");
        /// let placed: Vec<String> = from_iter(orders)
        ///     .par_eval_map_keyed_rs2(8, |order| order.0, place)
        ///     .collect_rs2()
        ///     .await;
        /// let of_ann: Vec<_> = placed.iter().filter(|line| line.starts_with("ann")).collect();
        /// assert_eq!(of_ann, ["ann: 1", "ann: 3"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "map_async_partitioned")]
        #[track_caller]
        fn par_eval_map_keyed_rs2<K, G, F, Fut>(
            self,
            limits: impl Into<$crate::op::parallel::KeyedConcurrency>,
            key: G,
            f: F,
        ) -> $crate::op::parallel::ParEvalMapKeyedOn<Self, $Spawner, K, G, F, Fut>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(Self::Item) -> Fut,
            Fut: ::core::future::Future,
            $Spawner: $crate::task::Spawner<$crate::task::Task<Fut>>,
        {
            let limits = limits.into().seeded_by(|| $seed);
            self.par_eval_map_keyed_on_rs2($spawner, limits, key, f)
        }

        /// Yields `f` of each item, called on as many threads as there are processors: for work
        /// that keeps a processor busy.
        ///
        /// The threads are those that this runtime keeps for blocking work, so there are several
        /// also where the runtime itself has one. Items go to them in chunks that carry about 200
        /// microseconds of work. What the source has given goes out at once while a thread is
        /// free, so a slow source waits for no full chunk.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends when the source has ended and all outputs were yielded. `Err` outputs are outputs
        /// like any other. A panic in `f` is resumed here, in its place in the order.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops what was not begun; a call
        /// of `f` that runs is left to finish.
        /// # Backpressure and memory
        /// For each thread at most two chunks of at most 1,024 items, and two more.
        /// # Cost
        /// Some nanoseconds per item, some microseconds and two readings of the clock per chunk.
        /// After cheap items an expensive one may share its chunk with up to 1,023 others.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let squares = from_iter(1..=3).map_parallel_rs2(|n: u64| n * n);
        /// let squares: Vec<u64> = squares.collect_rs2().await;
        /// assert_eq!(squares, [1, 4, 9]);
        #[doc = $after]
        /// ```
        #[doc(alias = "par_map")]
        fn map_parallel_rs2<F, U>(
            self,
            f: F,
        ) -> $crate::op::parallel::MapParallel<Self, $Spawner, $Timer, F, U>
        where
            Self: Sized,
            F: Fn(Self::Item) -> U,
            $Spawner:
                $crate::task::SpawnBlocking<$crate::op::parallel::Worker<Self::Item, U, F, $Timer>>,
        {
            let workers = ::std::thread::available_parallelism().map_or(1, usize::from);
            self.map_parallel_on_rs2($timer, $spawner, workers, f)
        }

        /// Yields `f` of each item, at most `concurrency` calls at once, on the threads that this
        /// runtime keeps for blocking work: for work that waits, as for a file or a database,
        /// without a future to wait on.
        ///
        /// # Shape
        /// n items in, n out, in order, each as soon as it and all before it have finished,
        /// also while the source has nothing.
        /// # End and errors
        /// Ends when the source has ended and every call has returned. `Err` outputs are outputs
        /// like any other. A panic in `f` is resumed here, in its place in the order.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops what was not begun; a call
        /// that runs is left to finish. At most `2 * concurrency` items are lost.
        /// # Backpressure and memory
        /// At most `concurrency` calls run, and at most twice as many items are started and not
        /// yet yielded; with a concurrency of 1, one.
        /// # Cost
        /// One job, two allocations and a clone of `f` per item.
        /// # Panics
        /// When `concurrency` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let read = |name: &str| format!("contents of {name}");
        /// let files = from_iter(["a", "b"]).map_parallel_with_concurrency_rs2(4, read);
        /// let files: Vec<String> = files.collect_rs2().await;
        /// assert_eq!(files, ["contents of a", "contents of b"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "map_blocking")]
        #[track_caller]
        fn map_parallel_with_concurrency_rs2<F, U>(
            self,
            concurrency: usize,
            f: F,
        ) -> $crate::op::parallel::MapParallelWithConcurrency<Self, $Spawner, F, U>
        where
            Self: Sized,
            F: Fn(Self::Item) -> U + Clone,
            $Spawner: $crate::task::SpawnBlocking<$crate::task::Call<F, Self::Item, U>>,
        {
            self.map_parallel_with_concurrency_on_rs2($spawner, concurrency, f)
        }
    };
}
