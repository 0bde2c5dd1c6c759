//! The names without an environment in them, for the crates that know one.

mod timing;

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
            + $crate::op::TimingExt
        {
            $crate::__timing_methods!($Timer, $timer, $before, $after);

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

            /// Yields `f` of each item and the state of its key:
            /// [`keyed_map_in_rs2`]($crate::op::KeyedExt::keyed_map_in_rs2) with at most 1,000,000
            /// keys; then the states not used for longest are forgotten, and counted.
            ///
            /// # Shape
            /// n items in, n out, in order, each when it arrives.
            /// # End and errors
            /// Ends with its source. `Err` items are items like any other.
            /// # Cancel safety
            /// Holds no item.
            /// # Backpressure and memory
            /// One state for each key.
            /// # Cost
            /// One table lookup per item. No clock.
            /// # Examples
            /// ```
            #[doc = $before]
            /// let visits: Vec<u32> = from_iter(['a', 'b', 'a'])
            ///     .keyed_map_rs2(|page| *page, |_, count: &mut u32| { *count += 1; *count })
            ///     .collect_rs2()
            ///     .await;
            /// assert_eq!(visits, [1, 1, 2]);
            #[doc = $after]
            /// ```
            fn keyed_map_rs2<K, V, R, G, F>(
                self,
                key: G,
                f: F,
            ) -> $crate::op::keyed::KeyedMapped<Self, K, V, G, F, $crate::store::SeededHeap>
            where
                Self: Sized,
                K: ::core::hash::Hash + Eq,
                V: Default,
                G: FnMut(&Self::Item) -> K,
                F: FnMut(Self::Item, &mut V) -> R,
            {
                self.keyed_map_in_rs2($crate::__keys!($seed), key, f)
            }

            /// Yields the outputs of asynchronous steps, each with a handle on the state of its
            /// item's key:
            /// [`stateful_map_on_rs2`]($crate::op::KeyedExt::stateful_map_on_rs2) with this
            /// runtime's timer and, if `config` has none, a random seed.
            ///
            /// # Shape
            /// n items in, n out, in order; one step runs at a time.
            /// # End and errors
            /// Ends with its source. `Err` outputs are outputs like any other.
            /// # Cancel safety
            /// A dropped `next()` loses nothing. Dropping the stream drops the running step.
            /// # Backpressure and memory
            /// Holds one item, and the state of at most `max_size` keys; then the state that would
            /// expire soonest goes, and is counted.
            /// # Cost
            /// One table lookup and two clock readings per item.
            /// # Panics
            /// When the settings cannot work: see
            /// [`validate`]($crate::state::StateConfig::validate).
            /// # Examples
            /// ```
            #[doc = $before]
            /// # use rs2_core::state::{CustomKeyExtractor, StateConfigs};
            /// let by_name = CustomKeyExtractor::new(|visit: &(&'static str, u32)| visit.0);
            /// let totals: Vec<u32> = from_iter([("ann", 3), ("bob", 4), ("ann", 5)])
            ///     .stateful_map_rs2(StateConfigs::session(), by_name, |visit, state| async move {
            ///         let total = visit.1 + state.get::<u32>().await.unwrap_or_default();
            ///         state.set(&total).await.unwrap();
            ///         total
            ///     })
            ///     .collect_rs2()
            ///     .await;
            /// assert_eq!(totals, [3, 4, 8]);
            #[doc = $after]
            /// ```
            #[track_caller]
            fn stateful_map_rs2<B, X, F, Fut, R>(
                self,
                config: $crate::state::StateConfig<B>,
                key: X,
                f: F,
            ) -> $crate::op::keyed::StatefulMap<Self, B, X, F, Fut, R, $Timer>
            where
                Self: Sized,
                X: $crate::state::KeyExtractor<Self::Item>,
                F: FnMut(Self::Item, $crate::state::StateAccess<B>) -> Fut,
                Fut: ::core::future::Future<Output = R>,
            {
                self.stateful_map_on_rs2($timer, config.seeded_by(|| $seed), key, f)
            }

            /// Yields each session of each key with its items:
            /// [`session_by_time_in_rs2`]($crate::op::EventTimeExt::session_by_time_in_rs2) with at
            /// most 1,000,000 open sessions.
            ///
            /// # Shape
            /// Any number of items in, one [`Session`]($crate::op::event_time::Session) for each
            /// run of them, in the order of the ends.
            /// # End and errors
            /// At the end all sessions go out. An item before the watermark is counted as late.
            /// # Cancel safety
            /// Dropping the stream loses the items of open sessions.
            /// # Backpressure and memory
            /// Holds the items of open sessions, at most 1,000,000 for each; what does not fit is
            /// counted.
            /// # Cost
            /// O(1) per item, O(log n) for each of n sessions. No clock.
            /// # Examples
            /// ```
            #[doc = $before]
            /// # use rs2_core::op::event_time::SessionConfig;
            /// let config = SessionConfig {
            ///     gap: std::time::Duration::from_secs(30),
            ///     watermark_delay: std::time::Duration::ZERO,
            /// };
            /// let sessions: Vec<Vec<i64>> = from_iter([0, 10, 40])
            ///     .session_by_time_rs2(config, |_| "ann", |s| EventTime::from_secs(*s))
            ///     .map_rs2(|session| session.value)
            ///     .collect_rs2()
            ///     .await;
            /// assert_eq!(sessions, [vec![0, 10], vec![40]]);
            #[doc = $after]
            /// ```
            #[doc(alias = "sessionize")]
            fn session_by_time_rs2<K, G, F, E>(
                self,
                config: $crate::op::event_time::SessionConfig,
                key: G,
                timestamp: F,
            ) -> $crate::op::event_time::Sessions<
                Self,
                K,
                G,
                $crate::op::event_time::Collect,
                $crate::store::SeededHeap,
                F,
            >
            where
                Self: Sized,
                Self::Item: Clone,
                K: ::core::hash::Hash + Eq + Clone,
                G: FnMut(&Self::Item) -> K,
                F: FnMut(&Self::Item) -> E,
                E: Into<$crate::time::EventTime>,
            {
                self.session_by_time_in_rs2($crate::__keys!($seed), config, key, timestamp)
            }

            /// Yields the items whose key was not seen near their time:
            /// [`deduplicate_by_time_in_rs2`]($crate::op::EventTimeExt::deduplicate_by_time_in_rs2)
            /// with at most 1,000,000 keys remembered.
            ///
            /// # Shape
            /// n items in, at most n out, in the order in which they come.
            /// # End and errors
            /// Ends with its source. Late items and duplicates are counted.
            /// # Cancel safety
            /// Holds no item.
            /// # Backpressure and memory
            /// One entry for each key and time remembered; when there is no room, those that expire
            /// soonest are forgotten and counted, so a duplicate of them may pass.
            /// # Cost
            /// O(1) per item, amortised. No clock.
            /// # Panics
            /// When `within` is shorter than a microsecond.
            /// # Examples
            /// ```
            #[doc = $before]
            /// # use rs2_core::op::event_time::DedupConfig;
            /// let config = DedupConfig {
            ///     within: std::time::Duration::from_secs(10),
            ///     watermark_delay: std::time::Duration::ZERO,
            /// };
            /// let firsts: Vec<i64> = from_iter([0, 9, 10])
            ///     .deduplicate_by_time_rs2(config, |_| "ann", |s| EventTime::from_secs(*s))
            ///     .collect_rs2()
            ///     .await;
            /// assert_eq!(firsts, [0, 10]);
            #[doc = $after]
            /// ```
            #[track_caller]
            fn deduplicate_by_time_rs2<K, G, F, E>(
                self,
                config: $crate::op::event_time::DedupConfig,
                key: G,
                timestamp: F,
            ) -> $crate::op::event_time::Deduplicated<Self, K, G, $crate::store::SeededHeap, F>
            where
                Self: Sized,
                K: ::core::hash::Hash + Eq,
                G: FnMut(&Self::Item) -> K,
                F: FnMut(&Self::Item) -> E,
                E: Into<$crate::time::EventTime>,
            {
                self.deduplicate_by_time_in_rs2($crate::__keys!($seed), config, key, timestamp)
            }

            /// Yields each sequence of items of one key that matches a pattern:
            /// [`pattern_by_time_in_rs2`]($crate::op::EventTimeExt::pattern_by_time_in_rs2) with at
            /// most 1,000,000 items held for sorting and as many keys with an open attempt.
            ///
            /// # Shape
            /// Any number of items in, one
            /// [`PatternMatch`]($crate::op::event_time::PatternMatch) for each sequence, in the
            /// order of their last items.
            /// # End and errors
            /// At the end the items held are looked at. Late items are counted.
            /// # Cancel safety
            /// Dropping the stream loses the items held and the attempts.
            /// # Backpressure and memory
            /// Holds the items of the last `delay`, and those of open attempts.
            /// # Cost
            /// O(log n) per item for n items held, and O(1) for each attempt of its key. No clock.
            /// # Examples
            /// ```
            #[doc = $before]
            /// # use rs2_core::op::event_time::Pattern;
            /// let twice = Pattern::begin(|n: &i64| n % 2 == 0).next(|n: &i64| n % 2 == 0);
            /// let delay = std::time::Duration::ZERO;
            /// let found: Vec<Vec<i64>> = from_iter([1, 2, 4, 5])
            ///     .pattern_by_time_rs2(twice, delay, |_| (), |s| EventTime::from_secs(*s))
            ///     .map_rs2(|found| found.events)
            ///     .collect_rs2()
            ///     .await;
            /// assert_eq!(found, [vec![2, 4]]);
            #[doc = $after]
            /// ```
            fn pattern_by_time_rs2<L, K, G, F, E>(
                self,
                pattern: $crate::op::event_time::Pattern<L>,
                delay: ::core::time::Duration,
                key: G,
                timestamp: F,
            ) -> $crate::op::event_time::Patterns<Self, K, G, L, $crate::store::SeededHeap, F>
            where
                Self: Sized,
                Self::Item: Clone,
                L: $crate::op::event_time::Steps<Self::Item>,
                K: ::core::hash::Hash + Eq + Clone,
                G: FnMut(&Self::Item) -> K,
                F: FnMut(&Self::Item) -> E,
                E: Into<$crate::time::EventTime>,
            {
                self.pattern_by_time_in_rs2($crate::__keys!($seed), pattern, delay, key, timestamp)
            }

            /// Yields the first of all equal items:
            /// [`distinct_in_rs2`]($crate::op::SelectExt::distinct_in_rs2) with at most 1,000,000
            /// items remembered; then those seen first are forgotten, and counted.
            ///
            /// # Shape
            /// n items in, at most n out, in order, each when it arrives.
            /// # End and errors
            /// Ends with its source. `Err` items are items like any other.
            /// # Cancel safety
            /// Dropping the stream loses nothing but repetitions.
            /// # Backpressure and memory
            /// Holds a copy of each item that went out, at most 1,000,000.
            /// # Cost
            /// One table lookup per item, one clone per item that goes out. No clock. Gives the
            /// task back after dropping 1,024 items in a row.
            /// # Examples
            /// ```
            #[doc = $before]
            /// let visitors = from_iter(["ann", "bob", "ann"]);
            /// let names: Vec<&str> = visitors.distinct_rs2().collect_rs2().await;
            /// assert_eq!(names, ["ann", "bob"]);
            #[doc = $after]
            /// ```
            #[doc(alias = "unique")]
            fn distinct_rs2(
                self,
            ) -> $crate::machine::Drive<
                Self,
                $crate::op::select::Distinct<Self::Item, $crate::store::SeededHeap>,
                $crate::time::NoTimer,
            >
            where
                Self: Sized,
                Self::Item: ::core::hash::Hash + Eq + Clone,
            {
                self.distinct_in_rs2($crate::__keys!($seed))
            }

            /// Yields the first item of each key:
            /// [`distinct_by_in_rs2`]($crate::op::SelectExt::distinct_by_in_rs2) with at most
            /// 1,000,000 keys remembered; then those seen first are forgotten, and counted.
            ///
            /// # Shape
            /// n items in, at most n out, in order, each when it arrives.
            /// # End and errors
            /// Ends with its source. `Err` items are items like any other.
            /// # Cancel safety
            /// Dropping the stream loses nothing but items whose key was seen before.
            /// # Backpressure and memory
            /// Holds the keys, at most 1,000,000.
            /// # Cost
            /// One call of `key` and one table lookup per item. No clock. Gives the task back after
            /// dropping 1,024 items in a row.
            /// # Examples
            /// ```
            #[doc = $before]
            /// let words = from_iter(["ant", "bee", "ape"]);
            /// let firsts: Vec<&str> =
            ///     words.distinct_by_rs2(|word| word.chars().next()).collect_rs2().await;
            /// assert_eq!(firsts, ["ant", "bee"]);
            #[doc = $after]
            /// ```
            #[doc(alias = "unique_by")]
            fn distinct_by_rs2<K, G>(
                self,
                key: G,
            ) -> $crate::machine::Drive<
                Self,
                $crate::op::select::DistinctBy<Self::Item, K, G, $crate::store::SeededHeap>,
                $crate::time::NoTimer,
            >
            where
                Self: Sized,
                K: ::core::hash::Hash + Eq,
                G: FnMut(&Self::Item) -> K,
            {
                self.distinct_by_in_rs2($crate::__keys!($seed), key)
            }

            /// Yields at the end the items of each key, in the order in which the keys came:
            /// [`group_by_in_rs2`]($crate::op::GroupExt::group_by_in_rs2) with at most 10,000 keys
            /// and 10,000 items in a group.
            ///
            /// # Shape
            /// n items in, at most n groups out, none of them empty; with their items in order.
            /// # End and errors
            /// A group of 10,000 items goes out at once, and the items of its key to come make
            /// another. When there are 10,000 keys, the group of the key that came first goes out
            /// to make room for a new one. All others go out at the end. Groups are split, but no
            /// item is lost. `Err` items are items like any other.
            /// # Cancel safety
            /// Dropping the stream loses the items collected so far.
            /// # Backpressure and memory
            /// Holds up to 10,000 groups of up to 10,000 items. Groups that went out before the end
            /// are counted as [`Loss::Evicted`]($crate::metrics::Loss::Evicted).
            /// # Cost
            /// One call of `key` and one table lookup per item, two clones of each key. No clock.
            /// # Examples
            /// ```
            #[doc = $before]
            /// let words = from_iter(["ant", "bee", "ape"]);
            /// let groups: Vec<(char, Vec<&str>)> =
            ///     words.group_by_rs2(|word| word.chars().next().unwrap()).collect_rs2().await;
            /// assert_eq!(groups, [('a', vec!["ant", "ape"]), ('b', vec!["bee"])]);
            #[doc = $after]
            /// ```
            #[doc(alias = "group_into_map")]
            fn group_by_rs2<K, G>(
                self,
                key: G,
            ) -> $crate::machine::Drive<
                Self,
                $crate::op::group::GroupBy<Self::Item, K, G, $crate::store::SeededHeap>,
                $crate::time::NoTimer,
            >
            where
                Self: Sized,
                K: ::core::hash::Hash + Eq + Clone,
                G: FnMut(&Self::Item) -> K,
            {
                let keys = $crate::store::Heap::bounded($crate::op::group::DEFAULT_MAX_GROUPS);
                let groups = $crate::store::Heap::bounded($crate::op::group::DEFAULT_MAX_GROUP);
                self.group_by_in_rs2(keys.seeded($seed), groups, key)
            }

            /// Yields the items in `Vec`s of at most `size`, each at the latest `max_wait` after
            /// its first item came:
            /// [`chunk_within_on_rs2`]($crate::op::GroupExt::chunk_within_on_rs2) with this
            /// runtime's timer.
            ///
            /// # Shape
            /// n items in, at most n chunks out, none of them empty.
            /// # End and errors
            /// What was collected goes out at the end. `Err` items are items like any other.
            /// # Cancel safety
            /// A dropped `next()` loses nothing. Dropping the stream loses the items collected so
            /// far, at most `size` - 1.
            /// # Backpressure and memory
            /// Holds at most `size` items.
            /// # Cost
            /// O(1) per item, one allocation per chunk. Reads the clock once per poll.
            /// # Panics
            /// When `size` is zero.
            /// # Examples
            /// ```
            #[doc = $before]
            /// let chunks: Vec<Vec<u32>> = from_iter(1..=3)
            ///     .chunk_within_rs2(2, std::time::Duration::from_secs(1))
            ///     .collect_rs2()
            ///     .await;
            /// assert_eq!(chunks, [vec![1, 2], vec![3]]);
            #[doc = $after]
            /// ```
            #[doc(alias = "chunks_timeout")]
            #[doc(alias = "group_within")]
            #[track_caller]
            fn chunk_within_rs2(
                self,
                size: usize,
                max_wait: ::core::time::Duration,
            ) -> $crate::machine::Drive<
                Self,
                $crate::op::group::ChunkWithin<Self::Item, $crate::store::Heap>,
                $Timer,
            >
            where
                Self: Sized,
            {
                self.chunk_within_on_rs2($timer, size, max_wait)
            }
        }

        impl<S> PlainExt for S where
            S: $crate::op::ParallelExt + $crate::op::KeyedExt + $crate::op::EventTimeExt + ?Sized
        {
        }

        $crate::__timing_sources!($Timer, $timer, $before, $after);
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
