//! The plain names of grouping, which need a seed or a timer.

/// The methods of `PlainExt` that group.
#[doc(hidden)]
#[macro_export]
macro_rules! __group_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields at the end the items of each key, in the order in which the keys came:
        /// [`group_by_in_rs2`](rs2_core::op::GroupExt::group_by_in_rs2) with at most 10,000 keys
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
        /// are counted as [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
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
        ) -> $crate::op::group::GroupedBy<
            Self,
            K,
            G,
            $crate::store::SeededHeap,
            $crate::store::Heap,
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

        /// Gives the items of each key to a consumer of their own, and yields what the consumers
        /// come to:
        /// [`group_by_with_in_rs2`](rs2_core::op::GroupExt::group_by_with_in_rs2) with at most
        /// 10,000 groups, each with at most 1,024 items that its consumer has not read.
        ///
        /// # Shape
        /// n items in, one output with its key for each group out, in the order in which their
        /// consumers finish.
        /// # End and errors
        /// At the end of the source the groups are closed, and the stream ends when all consumers
        /// have finished. `Err` items and outputs are like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the consumers and what
        /// waits for them.
        /// # Backpressure and memory
        /// When a group is full, the source waits. When there are 10,000 groups, the one that had
        /// no item for longest is closed to make room for a new key.
        /// # Cost
        /// One call of `key` and one table lookup per item, one allocation and three clones of the
        /// key per group. O(log n) more in n groups, amortised, where some have to close. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let words = from_iter(["ant", "bee", "ape"]);
        /// let mut counts: Vec<(char, u32)> = words
        ///     .group_by_with_rs2(|word| word.chars().next().unwrap(), |_, words| {
        ///         words.fold_sync_rs2(0, |count, _| count + 1)
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// counts.sort();
        /// assert_eq!(counts, [('a', 2), ('b', 1)]);
        #[doc = $after]
        /// ```
        fn group_by_with_rs2<K, G, F, Fut>(
            self,
            key: G,
            consume: F,
        ) -> $crate::op::group::GroupByWith<
            Self,
            K,
            G,
            F,
            Fut,
            $crate::store::SeededHeap,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K, $crate::op::group::GroupItems<Self::Item>) -> Fut,
            Fut: ::core::future::Future,
        {
            let groups = $crate::store::Heap::bounded($crate::op::group::DEFAULT_MAX_GROUPS);
            let capacity = $crate::op::group::DEFAULT_BUFFER;
            self.group_by_with_in_rs2(groups.seeded($seed), capacity, key, consume)
        }

        /// Gives the items of each key to a consumer of their own, with a choice of what happens at
        /// the bounds, and yields what the consumers come to:
        /// [`group_by_with_config_on_rs2`](rs2_core::op::GroupExt::group_by_with_config_on_rs2)
        /// with at most `max_groups` groups and this runtime's timer.
        ///
        /// # Shape
        /// n items in, one output with its key for each group out, in the order in which their
        /// consumers finish.
        /// # End and errors
        /// At the end of the source the groups are closed, and the stream ends when all consumers
        /// have finished. `Err` items and outputs are like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the consumers and what
        /// waits for them.
        /// # Backpressure and memory
        /// As many groups as `max_groups`, each with at most as many items that its consumer has
        /// not read as `grouping` says. What it says is left out is counted as
        /// [`Loss::Full`](rs2_core::metrics::Loss::Full).
        /// # Cost
        /// One call of `key` and one table lookup per item, one allocation and three clones of the
        /// key per group. O(log n) more in n groups, amortised, where some have to close to make
        /// room, or when they are idle. Reads the clock once per poll.
        /// # Panics
        /// When `max_groups` is zero, or the groups have no room for an item.
        /// # Examples
        /// Visits that end when their visitor was not seen for a minute, or with the stream.
        /// ```
        #[doc = $before]
        /// use rs2_core::op::group::Grouping;
        /// let visits = Grouping::of(16).close_idle(std::time::Duration::from_secs(60));
        /// let mut counts: Vec<(char, u32)> = from_iter(["ant", "bee", "ape"])
        ///     .group_by_with_config_rs2(
        ///         1_000,
        ///         visits,
        ///         |word| word.chars().next().unwrap(),
        ///         |_, words| words.fold_sync_rs2(0, |count, _| count + 1),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// counts.sort();
        /// assert_eq!(counts, [('a', 2), ('b', 1)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn group_by_with_config_rs2<K, G, F, Fut>(
            self,
            max_groups: usize,
            grouping: $crate::op::group::Grouping,
            key: G,
            consume: F,
        ) -> $crate::op::group::GroupByWith<
            Self,
            K,
            G,
            F,
            Fut,
            $crate::store::SeededHeap,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K, $crate::op::group::GroupItems<Self::Item>) -> Fut,
            Fut: ::core::future::Future,
        {
            let groups = $crate::store::Heap::bounded(max_groups).seeded($seed);
            self.group_by_with_config_on_rs2($timer, groups, grouping, key, consume)
        }

        /// Gives the items of each key to a consumer of their own, and yields what the consumers
        /// come to as `Ok`, and as `Err` the items that find no room: with at most `max_groups`
        /// groups and this runtime's timer, what
        /// [takes both](rs2_core::op::GroupExt::try_group_by_with_config_on_rs2) does.
        ///
        /// # Shape
        /// n items in. One `Ok` with its key for each group out, in the order in which their
        /// consumers finish, and an `Err` for each item that
        /// [`group_by_with_config_rs2`](Self::group_by_with_config_rs2) would leave out, when it
        /// does.
        /// # End and errors
        /// As there. An `Err` does not end the stream.
        /// # Cancel safety
        /// As there.
        /// # Backpressure and memory
        /// As there. Nothing is left out, so nothing is counted.
        /// # Cost
        /// As there.
        /// # Panics
        /// When `max_groups` is zero, or the groups have no room for an item.
        /// # Examples
        /// ```
        #[doc = $before]
        /// use rs2_core::op::group::{Grouping, OnMaxGroups, Ungrouped};
        /// let one = Grouping::of(16).on_max_groups(OnMaxGroups::Reject);
        /// let counts: Vec<Result<(char, u32), Ungrouped<&str>>> = from_iter(["ant", "bee", "ape"])
        ///     .try_group_by_with_config_rs2(
        ///         1,
        ///         one,
        ///         |word| word.chars().next().unwrap(),
        ///         |_, words| words.fold_sync_rs2(0, |count, _| count + 1),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [Err(Ungrouped::NoGroup("bee")), Ok(('a', 2))]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_group_by_with_config_rs2<K, G, F, Fut>(
            self,
            max_groups: usize,
            grouping: $crate::op::group::Grouping,
            key: G,
            consume: F,
        ) -> $crate::op::group::TryGroupByWith<
            Self,
            K,
            G,
            F,
            Fut,
            $crate::store::SeededHeap,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K, $crate::op::group::GroupItems<Self::Item>) -> Fut,
            Fut: ::core::future::Future,
        {
            let groups = $crate::store::Heap::bounded(max_groups).seeded($seed);
            self.try_group_by_with_config_on_rs2($timer, groups, grouping, key, consume)
        }

        /// Yields the items in `Vec`s of at most `size`, each at the latest `max_wait` after
        /// its first item came:
        /// [`chunk_within_on_rs2`](rs2_core::op::GroupExt::chunk_within_on_rs2) with this
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

        /// Yields what `f` makes of each batch that is complete by size, weight or time:
        /// [`batch_process_with_on_rs2`](rs2_core::op::GroupExt::batch_process_with_on_rs2) with
        /// this runtime's timer.
        ///
        /// # Shape
        /// n items in, at most n calls of `f`, each with at least one item.
        /// # End and errors
        /// What was collected is processed at the end. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items collected so far
        /// and the results that have not gone out.
        /// # Backpressure and memory
        /// Holds the items of one batch and the one that begins the next, or the results of one
        /// batch. The source is not polled while there are results.
        /// # Cost
        /// One call of the weight per item, one allocation and one call of `f` per batch. Reads the
        /// clock once per poll; arms a timer for a batch that has to wait.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let batching = Batching::of(500)
        ///     .weighing(9, |line: &&str| line.len())
        ///     .within(std::time::Duration::from_secs(1));
        /// let packets: Vec<String> = from_iter(["one", "two", "three"])
        ///     .batch_process_with_rs2(batching, |lines| [lines.join("+")])
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(packets, ["one+two", "three"]);
        #[doc = $after]
        /// ```
        fn batch_process_with_rs2<W, R, F>(
            self,
            batching: $crate::op::group::Batching<Self::Item, W>,
            f: F,
        ) -> $crate::machine::Drive<
            Self,
            $crate::op::group::BatchProcessWith<Self::Item, W, F, R>,
            $Timer,
        >
        where
            Self: Sized,
            W: FnMut(&Self::Item) -> usize,
            R: IntoIterator,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>) -> R,
        {
            self.batch_process_with_on_rs2($timer, batching, f)
        }
    };
}
