//! The plain names of operators whose steps have a handle on the state of a key.

/// The methods of `PlainExt` whose steps have a handle on the state of a key.
#[doc(hidden)]
#[macro_export]
macro_rules! __stateful_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the outputs of asynchronous steps, each with a handle on the state of its item's
        /// key.
        ///
        /// [`stateful_map_on_rs2`](rs2_core::op::StatefulExt::stateful_map_on_rs2) with this
        /// runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, n out, in order; one step runs at a time.
        /// # End and errors
        /// Ends with its source. `Err` outputs are outputs like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// Holds one item, and the state of at most `max_size` keys; then the state that would
        /// expire soonest goes, counted as `Evicted`. With `Reject` the new state is not kept,
        /// counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and at most two clock readings for each item, one allocation for each
        /// new state.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{CustomKeyExtractor, StateConfigs};
        /// let visits = from_iter([("ann", 3), ("bob", 4), ("ann", 5)]);
        /// let by_name = CustomKeyExtractor::new(|visit: &(&'static str, u32)| visit.0);
        /// let totals: Vec<u32> = visits
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
        fn stateful_map_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulMapped<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_map_on_rs2($timer, config, key, f)
        }

        /// Yields the items for which an asynchronous step says yes, with a handle on the state of
        /// the item's key.
        ///
        /// [`stateful_filter_on_rs2`](rs2_core::op::StatefulExt::stateful_filter_on_rs2) with this
        /// runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, at most n out, in order; one step runs at a time. The step's future may not
        /// borrow the item.
        /// # End and errors
        /// Ends with its source. What does not pass is not counted.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// As `stateful_map_rs2`.
        /// # Cost
        /// One table lookup and at most two clock readings for each item, one allocation for each
        /// new state.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// let rising: Vec<u32> = from_iter([3, 5, 4, 6])
        ///     .stateful_filter_rs2(StateConfigs::session(), |_: &u32| (), |n, state| {
        ///         let n = *n;
        ///         async move {
        ///             let rises = state.get::<u32>().await.is_none_or(|highest| n > highest);
        ///             if rises {
        ///                 state.set(&n).await.unwrap();
        ///             }
        ///             rises
        ///         }
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(rising, [3, 5, 6]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_filter_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulFiltered<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(&Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = bool>,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_filter_on_rs2($timer, config, key, f)
        }

        /// Yields the accumulator of each item's key after the item, which an asynchronous step
        /// makes of the one before, the item and a handle on the key's state.
        ///
        /// [`stateful_fold_on_rs2`](rs2_core::op::StatefulExt::stateful_fold_on_rs2) with this
        /// runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, n out, in order; one step runs at a time. Each accumulator begins as `init`.
        /// # End and errors
        /// Ends with its source.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// The operator holds the accumulators, at most `max_size` of them, each for `ttl` after
        /// its last item, beside the states of handles. At the bound the accumulator that would
        /// expire soonest goes, counted as `Evicted`; with `Reject` the item is left out, counted
        /// as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and at most two clock readings for each item, and a clone of the
        /// accumulator.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{CustomKeyExtractor, StateConfigs};
        /// let visits = from_iter([("ann", 3), ("bob", 4), ("ann", 5)]);
        /// let by_name = CustomKeyExtractor::new(|visit: &(&'static str, u32)| visit.0);
        /// let add = |total, visit: (&'static str, u32), _state| async move { total + visit.1 };
        /// let totals: Vec<u32> = visits
        ///     .stateful_fold_rs2(StateConfigs::session(), by_name, 0, add)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(totals, [3, 4, 8]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_fold_rs2<B, X, R, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            init: R,
            f: F,
        ) -> $crate::op::stateful::StatefulFolded<
            Self,
            X,
            R,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            R: Clone,
            F: FnMut(R, Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = R>,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_fold_on_rs2($timer, config, key, init, f)
        }

        /// Yields the accumulator of each item's key after the item: `stateful_fold_rs2` under
        /// another name.
        ///
        /// [`stateful_reduce_on_rs2`](rs2_core::op::StatefulExt::stateful_reduce_on_rs2) with this
        /// runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, n out, in order; one step runs at a time. Each accumulator begins as `init`.
        /// # End and errors
        /// Ends with its source.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// As `stateful_fold_rs2`.
        /// # Cost
        /// One table lookup and at most two clock readings for each item, and a clone of the
        /// accumulator.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// let larger = |highest: u32, n, _state| async move { highest.max(n) };
        /// let highest: Vec<u32> = from_iter([3, 5, 4])
        ///     .stateful_reduce_rs2(StateConfigs::session(), |_: &u32| (), 0, larger)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(highest, [3, 5, 5]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_reduce_rs2<B, X, R, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            init: R,
            f: F,
        ) -> $crate::op::stateful::StatefulFolded<
            Self,
            X,
            R,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            R: Clone,
            F: FnMut(R, Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = R>,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_reduce_on_rs2($timer, config, key, init, f)
        }

        /// Yields what an asynchronous step makes of the last `size` items of a key, for each item
        /// from the `size`-th of its key on.
        ///
        /// [`stateful_window_on_rs2`](rs2_core::op::StatefulExt::stateful_window_on_rs2) with this
        /// runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, at most n out, in order; one step runs at a time. Windows are full and slide
        /// by one item.
        /// # End and errors
        /// Ends with its source. What no window has had is then dropped.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// Holds at most `size` items for each of at most `max_size` keys, for `ttl` after the
        /// key's last item, beside the states of handles. At the bound the key that would expire
        /// soonest goes, its items counted as `Evicted` if no window had them; with `Reject` the
        /// item is left out, counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and at most two clock readings for each item; a window of its own for
        /// each step, with clones of the items that later windows need.
        /// # Panics
        /// When `size` is zero, or the settings cannot work: see
        /// [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// let sum = |window: Vec<u32>, _state| async move { window.iter().sum::<u32>() };
        /// let sums: Vec<u32> = from_iter([1, 2, 3, 4])
        ///     .stateful_window_rs2(StateConfigs::session(), |_: &u32| (), 2, sum)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(sums, [3, 5, 7]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_window_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            size: usize,
            f: F,
        ) -> $crate::op::stateful::StatefulWindowed<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_window_on_rs2($timer, config, key, size, f)
        }

        /// Yields what an asynchronous step makes of windows of a key's items, of a size and a
        /// slide, with or without the one that is begun at the end.
        ///
        /// [`stateful_window_with_on_rs2`](rs2_core::op::StatefulExt::stateful_window_with_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// One window when a key has `size` items, then one every `slide` items of the key. Tails
        /// come at the end, the key that had an item longest ago first.
        /// # End and errors
        /// Ends with its source, after the tails if they are asked for.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// Holds at most `size` items for each of at most `max_size` keys, for `ttl` after the
        /// key's last item, beside the states of handles. At the bound the key that would expire
        /// soonest goes, its items counted as `Evicted` if no window had them; with `Reject` the
        /// item is left out, counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and at most two clock readings for each item; a window of its own for
        /// each step, with clones of the items that later windows need.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// # use rs2_core::op::stateful::Windowing;
        /// let pairs: Vec<Vec<u32>> = from_iter([1, 2, 3])
        ///     .stateful_window_with_rs2(
        ///         StateConfigs::session(),
        ///         |_: &u32| (),
        ///         Windowing::of(2).slide(2).with_tail(),
        ///         |window, _state| async move { window },
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(pairs, [vec![1, 2], vec![3]]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_window_with_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            windowing: $crate::op::stateful::Windowing,
            f: F,
        ) -> $crate::op::stateful::StatefulWindowed<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_window_with_on_rs2($timer, config, key, windowing, f)
        }

        /// Yields what an asynchronous step makes of each pair of items, one from either stream,
        /// that have the same key and come within the configuration's `ttl` of each other.
        ///
        /// [`stateful_join_on_rs2`](rs2_core::op::StatefulExt::stateful_join_on_rs2) with this
        /// runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// Each pair once: when the later item comes, with the other side's items of its key,
        /// oldest first. The streams are read in turns. The handle is on the state of the key that
        /// both have.
        /// # End and errors
        /// Ends when both streams have ended.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// Keeps the items of either side for `ttl`, at most 1,024 of each side for a key
        /// ([`max_per_key`](rs2_core::state::StateConfig::max_per_key) sets another number), then
        /// the oldest goes, counted as `Evicted`; and at most `max_size` keys, then the items of
        /// the key that would expire soonest go, counted too. With `Reject` an item of a further
        /// key is left out, counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and one clock reading for each item, and for each pair a step and a
        /// clone of both items.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// let orders = from_iter([(1, "tea"), (2, "jam")]);
        /// let payments = from_iter([(2, 5), (1, 3)]);
        /// let mut paid: Vec<(&str, i32)> = orders
        ///     .stateful_join_rs2(
        ///         payments,
        ///         StateConfigs::session(),
        ///         |order: &(u32, &'static str)| order.0,
        ///         |payment: &(u32, i32)| payment.0,
        ///         |order, payment, _state| async move { (order.1, payment.1) },
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// paid.sort_unstable();
        /// assert_eq!(paid, [("jam", 5), ("tea", 3)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_join_rs2<O, B, X, Y, F, Fut>(
            self,
            other: O,
            config: $crate::state::StateConfig<B>,
            key: X,
            other_key: Y,
            f: F,
        ) -> $crate::op::stateful::StatefulJoined<
            Self,
            O,
            X::Key,
            X,
            Y,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            O: $crate::prelude::Stream<Item: Clone>,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            Y: $crate::state::KeyExtractor<O::Item, Key = X::Key>,
            F: FnMut(Self::Item, O::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_join_on_rs2($timer, other, config, key, other_key, f)
        }

        /// Yields what an asynchronous step makes of each key with its items: at the end, when
        /// there are 10,000 of them, or when none has come for the configuration's `ttl`.
        ///
        /// [`stateful_group_by_on_rs2`](rs2_core::op::StatefulExt::stateful_group_by_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// Each item is in one group. At the end the group that was idle for longest comes first.
        /// # End and errors
        /// Ends with its source, after the groups that are left.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and the
        /// groups.
        /// # Backpressure and memory
        /// Holds at most 10,000 items for a key
        /// ([`max_per_key`](rs2_core::state::StateConfig::max_per_key) sets another number) and at
        /// most `max_size` groups. A group that is full goes out and begins anew; at the bound of
        /// groups the one idle for longest goes out. Both are counted as `Evicted`, and no item is
        /// lost. With `Reject` an item of a further key is left out, counted as `Full`; with `Stop`
        /// the stream ends.
        /// # Cost
        /// One table lookup and one clock reading for each item.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// let length = |key, items: Vec<char>, _state| async move { (key, items.len()) };
        /// let lengths: Vec<(char, usize)> = from_iter(['a', 'b', 'a'])
        ///     .stateful_group_by_rs2(StateConfigs::session(), |c: &char| *c, length)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(lengths, [('b', 1), ('a', 2)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_group_by_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulGrouped<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(
                X::Key,
                $crate::__alloc::vec::Vec<Self::Item>,
                $crate::state::StateAccess<B>,
            ) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_group_by_on_rs2($timer, config, key, f)
        }

        /// Yields the items whose key was not yielded within `ttl` before.
        ///
        /// [`stateful_deduplicate_on_rs2`](rs2_core::op::StatefulExt::stateful_deduplicate_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives. A duplicate does not prolong
        /// the time. Duplicates are counted as `Duplicate`.
        /// # End and errors
        /// Ends with its source.
        /// # Cancel safety
        /// Holds no item. A key counts as seen when its item goes out: where the work after that
        /// fails, a repetition that would mend it is dropped.
        /// # Backpressure and memory
        /// At most `max_size` keys, for `ttl` each, whatever the configuration says about that. At
        /// the bound the key that would expire soonest is forgotten, counted as `Evicted`; what may
        /// then pass again is counted as `DuplicateRisk`. With `Reject` an item with a further key
        /// is left out, counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and one clock reading for each item.
        /// # Panics
        /// When `ttl` is zero, or the settings cannot work: see
        /// [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// # use core::time::Duration;
        /// let minute = Duration::from_secs(60);
        /// let once: Vec<char> = from_iter(['a', 'b', 'a'])
        ///     .stateful_deduplicate_rs2(StateConfigs::session(), |c: &char| *c, minute)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(once, ['a', 'b']);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_deduplicate_rs2<B, X>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            ttl: ::core::time::Duration,
        ) -> $crate::op::stateful::StatefulDeduplicated<
            Self,
            X,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_deduplicate_on_rs2($timer, config, key, ttl)
        }

        /// Yields at most `limit` items of each key in any stretch of time as long as `window`.
        ///
        /// [`stateful_throttle_on_rs2`](rs2_core::op::StatefulExt::stateful_throttle_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives: no item waits. What exceeds
        /// the limit is counted as `Suppressed`.
        /// # End and errors
        /// Ends with its source.
        /// # Cancel safety
        /// Holds no item.
        /// # Backpressure and memory
        /// An instant for each of the last `limit` items of a key that passed, for at most
        /// `max_size` keys. At the bound the key whose last item passed longest ago is forgotten,
        /// counted as `Evicted`, and may pass sooner. With `Reject` an item of a further key is
        /// left out, counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and one clock reading for each item.
        /// # Panics
        /// When `limit` or `window` is zero, or the settings cannot work: see
        /// [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// # use core::time::Duration;
        /// let minute = Duration::from_secs(60);
        /// let few: Vec<char> = from_iter(['a', 'a', 'b', 'a'])
        ///     .stateful_throttle_rs2(StateConfigs::session(), |c: &char| *c, 2, minute)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(few, ['a', 'a', 'b']);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_throttle_rs2<B, X>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            limit: u32,
            window: ::core::time::Duration,
        ) -> $crate::op::stateful::StatefulThrottled<Self, X, $crate::op::stateful::Counted, $Timer>
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_throttle_on_rs2($timer, config, key, limit, window)
        }

        /// Yields the outputs of asynchronous steps, each with a handle on the state of its key's
        /// session.
        ///
        /// [`stateful_session_on_rs2`](rs2_core::op::StatefulExt::stateful_session_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, n out, in order; one step runs at a time. A session goes on for as long as
        /// its key has an item within `timeout` of the last one; the state is empty when one
        /// begins.
        /// # End and errors
        /// Ends with its source. `Err` outputs are outputs like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// Holds one item, and the state of at most `max_size` sessions; then the one idle for
        /// longest ends early, counted as `Evicted`. With `Reject` the new state is not kept,
        /// counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and at most two clock readings for each item, one allocation for each
        /// new state.
        /// # Panics
        /// When `timeout` is zero, or the settings cannot work: see
        /// [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// # use core::time::Duration;
        /// let clicks: Vec<u32> = from_iter(['a', 'b', 'a'])
        ///     .stateful_session_rs2(
        ///         StateConfigs::session(),
        ///         |c: &char| *c,
        ///         Duration::from_secs(60),
        ///         |_click, state| async move {
        ///             let clicks = state.get::<u32>().await.unwrap_or_default() + 1;
        ///             state.set(&clicks).await.unwrap();
        ///             clicks
        ///         },
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(clicks, [1, 1, 2]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_session_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            timeout: ::core::time::Duration,
            f: F,
        ) -> $crate::op::stateful::StatefulMapped<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_session_on_rs2($timer, config, key, timeout, f)
        }

        /// Yields what an asynchronous step finds in the items of a key so far.
        ///
        /// [`stateful_pattern_on_rs2`](rs2_core::op::StatefulExt::stateful_pattern_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed.
        ///
        /// # Shape
        /// n items in, at most n out, in order; one step runs at a time, and for each item. What it
        /// has found something in is forgotten, so the next items of the key begin anew.
        /// # End and errors
        /// Ends with its source. What nothing was found in is then dropped.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running step and what it
        /// holds.
        /// # Backpressure and memory
        /// Holds at most 1,000 items for a key
        /// ([`max_per_key`](rs2_core::state::StateConfig::max_per_key) sets another number), for
        /// `ttl` after the last one; then the oldest goes, counted as `Evicted`. At most `max_size`
        /// keys; then the items of the one that would expire soonest go, counted too. With `Reject`
        /// an item of a further key is left out, counted as `Full`; with `Stop` the stream ends.
        /// # Cost
        /// One table lookup and at most two clock readings for each item, and a clone of all items
        /// of its key so far.
        /// # Panics
        /// When the settings cannot work: see [`validate`](rs2_core::state::StateConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::StateConfigs;
        /// let exceeds = |items: Vec<u32>, _state| async move {
        ///     (items.iter().sum::<u32>() > 10).then_some(items.len())
        /// };
        /// let found: Vec<usize> = from_iter([1, 5, 7, 2, 9])
        ///     .stateful_pattern_rs2(StateConfigs::session(), |_: &u32| (), exceeds)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(found, [3, 2]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn stateful_pattern_rs2<B, X, F, Fut, R>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulFound<
            Self,
            X,
            B,
            F,
            Fut,
            $crate::op::stateful::Counted,
            $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = ::core::option::Option<R>>,
        {
            let config = config.seeded_by(|| $seed);
            self.stateful_pattern_on_rs2($timer, config, key, f)
        }
    };
}
