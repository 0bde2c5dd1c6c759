//! The plain names of operators that lend the state of each key to a closure.

/// The methods of `PlainExt` that lend the state of each key to a closure.
#[doc(hidden)]
#[macro_export]
macro_rules! __keyed_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields `f` of each item and the state of its key, which begins with its default:
        /// [`keyed_map_in_rs2`](rs2_core::op::KeyedExt::keyed_map_in_rs2) with at most 1,000,000
        /// keys.
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses the states, and no item.
        /// # Backpressure and memory
        /// Holds the states of at most 1,000,000 keys; then those not used for longest are
        /// forgotten, a sixteenth at once, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key` and one table lookup per item. No clock, and no copy of a key.
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
        #[doc(alias = "map_with_state")]
        fn keyed_map_rs2<K, V, R, G, F>(
            self,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedMap<V, F>,
            $crate::store::SeededHeap,
            $crate::state::Unlimited,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            V: Default,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(Self::Item, &mut V) -> R,
        {
            self.keyed_map_in_rs2($crate::__keys!($seed), key, f)
        }

        /// The operators with a state for each key, for items that lend their key:
        /// [`key_by_ref_on_rs2`](rs2_core::op::KeyedExt::key_by_ref_on_rs2) with at most 1,000,000
        /// keys.
        ///
        /// # Shape
        /// No stream yet: the result has a method for each operator, such as
        /// [`keyed_map_rs2`](rs2_core::op::keyed::KeyedByRef::keyed_map_rs2), without the argument
        /// `key`.
        /// # End and errors
        /// As those operators.
        /// # Cancel safety
        /// As those operators.
        /// # Backpressure and memory
        /// As those operators, with at most 1,000,000 keys.
        /// # Cost
        /// As those operators, without making a key for each item: one is copied when its state
        /// begins. It pays for keys that have memory of their own, such as `String`.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let words = from_iter(["to", "be", "or", "to", "be"].map(String::from));
        /// let counts: Vec<u32> = words
        ///     .key_by_ref_rs2(|word| word.as_str())
        ///     .keyed_map_rs2(|_, count: &mut u32| { *count += 1; *count })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [1, 1, 1, 2, 2]);
        #[doc = $after]
        /// ```
        fn key_by_ref_rs2<Q, G>(
            self,
            key: G,
        ) -> $crate::op::keyed::KeyedByRef<
            Self,
            G,
            Q,
            $crate::store::SeededHeap,
            $crate::state::Unlimited,
            $crate::time::NoTimer,
            $Timer,
        >
        where
            Self: Sized,
            Q: ::core::hash::Hash + Eq + ?Sized,
            G: FnMut(&Self::Item) -> &Q,
        {
            self.key_by_ref_on_rs2($timer, $crate::__keys!($seed), key)
        }

        /// Yields the items for which `passes` says yes, given the state of their key:
        /// [`keyed_filter_in_rs2`](rs2_core::op::KeyedExt::keyed_filter_in_rs2) with at most
        /// 1,000,000 keys.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses the states, and no item.
        /// # Backpressure and memory
        /// Holds the states of at most 1,000,000 keys; then those not used for longest are
        /// forgotten, a sixteenth at once, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key` and one table lookup per item. No clock. Gives the task back after
        /// dropping 1,024 items in a row.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let jumps = from_iter([("a", 3), ("b", 1), ("a", 2), ("a", 5)]);
        /// let records: Vec<(&str, u32)> = jumps
        ///     .keyed_filter_rs2(|jump| jump.0, |jump, best: &mut u32| {
        ///         let is_record = jump.1 > *best;
        ///         *best = jump.1.max(*best);
        ///         is_record
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(records, [("a", 3), ("b", 1), ("a", 5)]);
        #[doc = $after]
        /// ```
        fn keyed_filter_rs2<K, V, G, F>(
            self,
            key: G,
            passes: F,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedFilter<V, F>,
            $crate::store::SeededHeap,
            $crate::state::Unlimited,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            V: Default,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&Self::Item, &mut V) -> bool,
        {
            self.keyed_filter_in_rs2($crate::__keys!($seed), key, passes)
        }

        /// Yields after each item the value of its key, which begins with `init` and which `f`
        /// adds the item to: [`keyed_fold_in_rs2`](rs2_core::op::KeyedExt::keyed_fold_in_rs2)
        /// with at most 1,000,000 keys.
        ///
        /// # Shape
        /// n items in, n values out, in order, each when its item arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses the states, and no item.
        /// # Backpressure and memory
        /// Holds the states of at most 1,000,000 keys; then those not used for longest are
        /// forgotten, a sixteenth at once, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key`, one table lookup and one clone of the value per item. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let payments = from_iter([("a", 5), ("b", 7), ("a", -2)]);
        /// let balances: Vec<i32> = payments
        ///     .keyed_fold_rs2(|payment| payment.0, 100, |payment, sum| *sum += payment.1)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(balances, [105, 107, 103]);
        #[doc = $after]
        /// ```
        #[doc(alias = "scan_by_key")]
        fn keyed_fold_rs2<K, A, G, F>(
            self,
            key: G,
            init: A,
            f: F,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedFold<A, F>,
            $crate::store::SeededHeap,
            $crate::state::Unlimited,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            A: Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(Self::Item, &mut A),
        {
            self.keyed_fold_in_rs2($crate::__keys!($seed), key, init, f)
        }

        /// Yields after each item the value of its key, which begins with the first item and
        /// which `f` adds each other to:
        /// [`keyed_reduce_in_rs2`](rs2_core::op::KeyedExt::keyed_reduce_in_rs2) with at most
        /// 1,000,000 keys.
        ///
        /// # Shape
        /// n items in, n values out, in order, each when its item arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses the states, and no item.
        /// # Backpressure and memory
        /// Holds the states of at most 1,000,000 keys; then those not used for longest are
        /// forgotten, a sixteenth at once, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key`, one table lookup and one clone of the value per item. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings = from_iter([13, 25, 11, 31]);
        /// let highest: Vec<u32> = readings
        ///     .keyed_reduce_rs2(|n| n % 2 == 0, |n, highest| *highest = n.max(*highest))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(highest, [13, 25, 25, 31]);
        #[doc = $after]
        /// ```
        #[doc(alias = "reduce_by_key")]
        fn keyed_reduce_rs2<K, G, F>(
            self,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedReduce<F>,
            $crate::store::SeededHeap,
            $crate::state::Unlimited,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(Self::Item, &mut Self::Item),
        {
            self.keyed_reduce_in_rs2($crate::__keys!($seed), key, f)
        }

        /// Yields `f` of each window over the items of a key, tumbling or sliding by their
        /// count: [`keyed_window_in_rs2`](rs2_core::op::KeyedExt::keyed_window_in_rs2) with at
        /// most 1,000,000 keys.
        ///
        /// # Shape
        /// n items in, at most n windows out, none of them empty; each when its last item
        /// arrives. Full windows only, unless the shape says `partial_last`.
        /// # End and errors
        /// Items that no window has shown make one with fewer at the end, in the order in which
        /// their keys came, if the shape says so; else they are dropped. `Err` items are items
        /// like any other.
        /// # Cancel safety
        /// Dropping the stream loses the items that no window has shown.
        /// # Backpressure and memory
        /// Holds at most twice the size of a window for each of at most 1,000,000 keys; then
        /// the keys not used for longest are forgotten with their items, a sixteenth at once,
        /// counted as [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key` and one table lookup per item, one call of `f` per window, which
        /// is lent its items; a window moves on in O(`step`), amortised. No clone, no clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::keyed::CountWindow;
        /// let sums: Vec<u32> = from_iter(1..=6)
        ///     .keyed_window_rs2(CountWindow::sliding(2, 1), |n| n % 2, |window: &[u32]| {
        ///         window.iter().sum::<u32>()
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(sums, [1 + 3, 2 + 4, 3 + 5, 4 + 6]);
        #[doc = $after]
        /// ```
        fn keyed_window_rs2<K, R, G, F>(
            self,
            shape: $crate::op::keyed::CountWindow,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedWindowed<
            Self,
            K,
            G,
            F,
            $crate::store::SeededHeap,
            $crate::store::Heap,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&[Self::Item]) -> R,
        {
            let windows = $crate::store::Heap::bounded(shape.size().saturating_mul(2));
            self.keyed_window_in_rs2($crate::__keys!($seed), windows, shape, key, f)
        }

        /// Yields `f` of each key, its items, and a state that the key keeps from one group to
        /// the next: [`keyed_group_by_in_rs2`](rs2_core::op::KeyedExt::keyed_group_by_in_rs2)
        /// with at most 10,000 keys and 10,000 items in a group.
        ///
        /// # Shape
        /// n items in, at most n groups out, none of them empty; at the end, in the order in
        /// which the keys came.
        /// # End and errors
        /// A group of 10,000 items goes out at once, and the items of its key to come make
        /// another. When there are 10,000 keys, the one that came first goes out to make room,
        /// and its state is dropped. Groups are split, but no item is lost. `Err` items are
        /// items like any other.
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
        /// let counts: Vec<(char, usize)> = words
        ///     .keyed_group_by_rs2(|word| word.chars().next().unwrap(), |key, words, _: &mut ()| {
        ///         (key, words.len())
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [('a', 2), ('b', 1)]);
        #[doc = $after]
        /// ```
        fn keyed_group_by_rs2<K, V, R, G, F>(
            self,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedGroups<
            Self,
            K,
            V,
            G,
            F,
            $crate::store::SeededHeap,
            $crate::store::Heap,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            V: Default,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K, $crate::__alloc::vec::Vec<Self::Item>, &mut V) -> R,
        {
            let keys = $crate::store::Heap::bounded($crate::op::keyed::DEFAULT_MAX_GROUPS);
            let groups = $crate::store::Heap::bounded($crate::op::keyed::DEFAULT_MAX_GROUP);
            self.keyed_group_by_in_rs2(keys.seeded($seed), groups, key, f)
        }

        /// Yields `f` of each key, its items, and a state that the key keeps from one group to
        /// the next, once the key had no item for `idle`: [its form with a memory][in_memory] with
        /// at most 10,000 keys, 10,000 items in a group, and this runtime's timer.
        ///
        /// [in_memory]: rs2_core::op::KeyedExt::keyed_group_by_within_on_rs2
        ///
        /// # Shape
        /// n items in, at most n groups out, none of them empty, the key idle for longest first.
        /// An item exactly `idle` after the last one still belongs to its group.
        /// # End and errors
        /// At the end all groups go out. A group of 10,000 items goes out at once, and the items
        /// of its key to come make another. When there are 10,000 keys, the one idle for longest
        /// goes out to make room. Groups are split, but no item is lost. `Err` items are items
        /// like any other.
        /// # Cancel safety
        /// Dropping the stream loses the items collected so far.
        /// # Backpressure and memory
        /// Holds up to 10,000 groups of up to 10,000 items. Groups that went out for want of room
        /// are counted as [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// O(1) per item: one call of `key`, one table lookup and one timer; two clones of each
        /// key. Reads the clock once per poll.
        /// # Panics
        /// When `idle` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let words = from_iter(["ant", "bee", "ape"]);
        /// let minute = Duration::from_secs(60);
        /// let first = |word: &&str| word.chars().next().unwrap();
        /// let counts: Vec<(char, usize)> = words
        ///     .keyed_group_by_within_rs2(minute, first, |key, words, _: &mut ()| {
        ///         (key, words.len())
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [('b', 1), ('a', 2)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn keyed_group_by_within_rs2<K, V, R, G, F>(
            self,
            idle: ::core::time::Duration,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedGroupsWithin<
            Self,
            K,
            V,
            G,
            F,
            $crate::store::SeededHeap,
            $crate::store::Heap,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            V: Default,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K, $crate::__alloc::vec::Vec<Self::Item>, &mut V) -> R,
        {
            let keys = $crate::store::Heap::bounded($crate::op::keyed::DEFAULT_MAX_GROUPS);
            let groups = $crate::store::Heap::bounded($crate::op::keyed::DEFAULT_MAX_GROUP);
            self.keyed_group_by_within_on_rs2($timer, keys.seeded($seed), groups, idle, key, f)
        }

        /// Yields the first item of each key in a stretch of time:
        /// [`keyed_deduplicate_on_rs2`](rs2_core::op::KeyedExt::keyed_deduplicate_on_rs2) with at
        /// most 1,000,000 keys and this runtime's timer.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives. With `TtlFrom::Creation`,
        /// an item is dropped when it comes less than `ttl` after the last one of its key that
        /// passed; with `TtlFrom::LastUse`, after the last one of its key at all. At exactly
        /// `ttl` it passes.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other. Repetitions are counted
        /// as [`Loss::Duplicate`](rs2_core::metrics::Loss::Duplicate).
        /// # Cancel safety
        /// Dropping the stream loses nothing but repetitions. A key counts as seen when its
        /// item goes out: where the work after that fails, a repetition that would mend it is
        /// dropped.
        /// # Backpressure and memory
        /// Holds the keys, at most 1,000,000, each for at most five times `ttl`; then those that
        /// would expire soonest are forgotten, a sixteenth at once, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted). Items of keys that may have been
        /// forgotten pass, counted as
        /// [`Loss::DuplicateRisk`](rs2_core::metrics::Loss::DuplicateRisk). Where a unique item may
        /// be lost rather, a few bytes for each key are enough:
        /// [`keyed_deduplicate_approx_rs2`](Self::keyed_deduplicate_approx_rs2).
        /// # Cost
        /// One call of `key` and one table lookup per item, no copy of a key. Reads the clock
        /// once per poll. Gives the task back after dropping 1,024 items in a row.
        /// # Panics
        /// When `ttl` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::TtlFrom;
        /// let hour = std::time::Duration::from_secs(3_600);
        /// let orders: Vec<u32> = from_iter([17, 18, 17])
        ///     .keyed_deduplicate_rs2(hour, TtlFrom::Creation, |id| *id)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(orders, [17, 18]);
        #[doc = $after]
        /// ```
        #[doc(alias = "distinct_by")]
        #[track_caller]
        fn keyed_deduplicate_rs2<K, G>(
            self,
            ttl: ::core::time::Duration,
            from: $crate::state::TtlFrom,
            key: G,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedDeduplicate,
            $crate::store::SeededHeap,
            $crate::state::TimeToLive,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
        {
            self.keyed_deduplicate_on_rs2($timer, $crate::__keys!($seed), ttl, from, key)
        }

        /// Yields the first item of each key in a stretch of time, in a memory that stays as it
        /// is and takes a unique item for a duplicate with a probability of your choice:
        /// [its form on a timer](rs2_core::op::KeyedExt::keyed_deduplicate_approx_on_rs2), with
        /// this runtime's and on the heap.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives. A key is remembered from the
        /// item that passed, for more than `ttl` and at most twice that: one at exactly `ttl` later
        /// is dropped, one at exactly `2 ttl` later passes, and between these it depends on when
        /// the key's generation began. An item whose key is not remembered is dropped by chance,
        /// with the probability in `keys` at most.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other. What is dropped is counted
        /// as [`Loss::Duplicate`](rs2_core::metrics::Loss::Duplicate). How many of those are
        /// expected to have been unique is counted as
        /// [`Loss::UniqueRisk`](rs2_core::metrics::Loss::UniqueRisk).
        /// # Cancel safety
        /// Dropping the stream loses nothing but repetitions. A key counts as seen when its
        /// item goes out: where the work after that fails, a repetition that would mend it is
        /// dropped.
        /// # Backpressure and memory
        /// Holds the bytes that `keys` say, and no key: two generations, each with about
        /// 1.44 log₂(2 / fpp) bits for each key expected within `ttl`, so 2.8 bytes a key for both
        /// at one in a hundred. When more keys come in a generation, the next one begins early:
        /// errors stay as rare, and the keys of the oldest are forgotten, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted). Items of keys that may be among
        /// them pass, counted as [`Loss::DuplicateRisk`](rs2_core::metrics::Loss::DuplicateRisk).
        /// # Cost
        /// One call of `key` and one hash per item, and up to log₂(2 / fpp) places in memory, all
        /// of them where a key is known. O(1) amortised: the whole memory is gone through once in
        /// `ttl`, or in as many keys as are expected within it. Reads the clock once per poll.
        /// Gives the task back after dropping 1,024 items in a row.
        ///
        /// The exact form errs on the other side, and only when it is full:
        /// [`keyed_deduplicate_rs2`](Self::keyed_deduplicate_rs2). By event time there is that
        /// one alone, [`deduplicate_by_time_rs2`](Self::deduplicate_by_time_rs2).
        /// # Panics
        /// When `ttl` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::ApproxKeys;
        /// let hour = std::time::Duration::from_secs(3_600);
        /// let in_an_hour = ApproxKeys::new(1_000_000, 0.001).expect("a share below one");
        /// let orders: Vec<u32> = from_iter([17, 18, 17])
        ///     .keyed_deduplicate_approx_rs2(in_an_hour, hour, |id| *id)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(orders, [17, 18]);
        /// assert_eq!(in_an_hour.bytes(), 3_955_086);
        #[doc = $after]
        /// ```
        #[doc(alias = "bloom")]
        #[track_caller]
        fn keyed_deduplicate_approx_rs2<K, G>(
            self,
            keys: $crate::state::ApproxKeys,
            ttl: ::core::time::Duration,
            key: G,
        ) -> $crate::op::keyed::ApproxFirsts<Self, G, $crate::__alloc::boxed::Box<[u8]>, $Timer>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
        {
            self.keyed_deduplicate_approx_on_rs2($timer, keys.seeded($seed), ttl, key)
        }

        /// Yields at most `n` items of each key in any `window` of time:
        /// [`keyed_throttle_on_rs2`](rs2_core::op::KeyedExt::keyed_throttle_on_rs2) with at most
        /// 1,000,000 keys and this runtime's timer.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives. An item passes unless `n`
        /// of its key did in the `window` before it; the one that passed exactly `window` ago
        /// is no longer in it.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other. What exceeds the limit
        /// is dropped, counted as [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cancel safety
        /// Dropping the stream loses nothing but what exceeds the limit.
        /// # Backpressure and memory
        /// Holds `n` instants for each of at most 1,000,000 keys, for at most five times `window`
        /// after its last item. Then the keys that would be free soonest are forgotten, a
        /// sixteenth at once, counted as [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted):
        /// they get their limit back early.
        /// # Cost
        /// One call of `key` and one table lookup per item, O(1) amortised. Reads the clock
        /// once per poll. Gives the task back after dropping 1,024 items in a row.
        /// # Panics
        /// When `n` or `window` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let minute = std::time::Duration::from_secs(60);
        /// let calls: Vec<char> = from_iter(['a', 'a', 'b', 'a'])
        ///     .keyed_throttle_rs2(2, minute, |caller| *caller)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(calls, ['a', 'a', 'b']);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn keyed_throttle_rs2<K, G>(
            self,
            n: usize,
            window: ::core::time::Duration,
            key: G,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedThrottle<$crate::store::Heap>,
            $crate::store::SeededHeap,
            $crate::state::IdleTime,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
        {
            let log = $crate::store::Heap::bounded(n);
            self.keyed_throttle_on_rs2($timer, $crate::__keys!($seed), log, window, key)
        }

        /// Yields `f` of each item and the state of its session, which ends when its key has no
        /// item for `gap`: [`keyed_session_on_rs2`](rs2_core::op::KeyedExt::keyed_session_on_rs2)
        /// with at most 1,000,000 keys and this runtime's timer.
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives. The state is its default for the
        /// first item of a session; an item exactly `gap` after the one before begins another.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses the states, and no item.
        /// # Backpressure and memory
        /// Holds the state of at most 1,000,000 sessions, each for at most five times `gap`; then
        /// those that would end soonest are forgotten, a sixteenth at once, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key` and one table lookup per item. Reads the clock once per poll.
        /// # Panics
        /// When `gap` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let gap = std::time::Duration::from_secs(1_800);
        /// let pages: Vec<u32> = from_iter(['a', 'b', 'a'])
        ///     .keyed_session_rs2(gap, |user| *user, |_, pages: &mut u32| { *pages += 1; *pages })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(pages, [1, 1, 2]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn keyed_session_rs2<K, V, R, G, F>(
            self,
            gap: ::core::time::Duration,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedMap<V, F>,
            $crate::store::SeededHeap,
            $crate::state::IdleTime,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            V: Default,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(Self::Item, &mut V) -> R,
        {
            self.keyed_session_on_rs2($timer, $crate::__keys!($seed), gap, key, f)
        }

        /// Yields the key and the state of each session once it is over, when its key had no
        /// item for `gap`; `f` adds each item to the state:
        /// [`keyed_session_fold_on_rs2`](rs2_core::op::KeyedExt::keyed_session_fold_on_rs2) with
        /// at most 1,000,000 keys and this runtime's timer.
        ///
        /// # Shape
        /// n items in, at most n sessions out, none of them empty, each when its time is over,
        /// whether an item comes or not, and in that order. An item exactly `gap` after the one
        /// before begins another session.
        /// # End and errors
        /// All sessions end with the source, those with the oldest last item first. `Err` items
        /// are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the sessions that are
        /// open.
        /// # Backpressure and memory
        /// Holds the state of at most 1,000,000 sessions; then the one that would end soonest
        /// does so at once, counted as [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key` and one table lookup per item. One timer per session, which is put
        /// off only when it comes up: O(1) per item, amortised. A key is cloned once per
        /// session. Reads the clock once per poll.
        /// # Panics
        /// When `gap` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let gap = std::time::Duration::from_secs(1_800);
        /// let visits: Vec<(char, u32)> = from_iter(['a', 'b', 'b', 'a'])
        ///     .keyed_session_fold_rs2(gap, |user| *user, |_, pages: &mut u32| *pages += 1)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(visits, [('b', 2), ('a', 2)]);
        #[doc = $after]
        /// ```
        #[doc(alias = "sessionize")]
        #[track_caller]
        fn keyed_session_fold_rs2<K, V, G, F>(
            self,
            gap: ::core::time::Duration,
            key: G,
            f: F,
        ) -> $crate::op::keyed::KeyedSessions<Self, K, V, G, F, $crate::store::SeededHeap, $Timer>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            V: Default,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(Self::Item, &mut V),
        {
            self.keyed_session_fold_on_rs2($timer, $crate::__keys!($seed), gap, key, f)
        }

        /// Yields what `find` finds in the items of a key since its last match:
        /// [`keyed_pattern_in_rs2`](rs2_core::op::KeyedExt::keyed_pattern_in_rs2) with at most
        /// 1,000,000 keys and 1,000 items of each.
        ///
        /// # Shape
        /// n items in, at most n matches out, in order, each when its last item arrives. A
        /// match uses up all items of its key.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses the items in which nothing was found yet.
        /// # Backpressure and memory
        /// Holds up to 2,000 items for each of at most 1,000,000 keys. `find` is lent the last
        /// 1,000; each older one is counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted), and so is each key that was
        /// forgotten with its items because it was not used for longest.
        /// # Cost
        /// One call of `key`, one table lookup and one call of `find` per item. No clock. Gives
        /// the task back after 1,024 items in a row in which nothing was found.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let logins = from_iter([("a", 401), ("b", 200), ("a", 401), ("a", 401)]);
        /// let alarms: Vec<&str> = logins
        ///     .keyed_pattern_rs2(|login| login.0, |logins: &[(&'static str, u32)]| {
        ///         let failed = logins.iter().filter(|login| login.1 == 401).count();
        ///         (failed == 3).then(|| logins[0].0)
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(alarms, ["a"]);
        #[doc = $after]
        /// ```
        fn keyed_pattern_rs2<K, R, G, F>(
            self,
            key: G,
            find: F,
        ) -> $crate::op::keyed::KeyedDrive<
            Self,
            K,
            G,
            $crate::op::keyed::KeyedPattern<F, $crate::store::Heap>,
            $crate::store::SeededHeap,
            $crate::state::Unlimited,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&[Self::Item]) -> Option<R>,
        {
            let runs = $crate::store::Heap::bounded($crate::op::keyed::DEFAULT_MAX_RUN);
            self.keyed_pattern_in_rs2($crate::__keys!($seed), runs, key, find)
        }
    };
}
