//! The plain names of operators with state for each key.

/// The methods of `PlainExt` with state for each key.
#[doc(hidden)]
#[macro_export]
macro_rules! __state_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
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
            B: $crate::state::StateBackend<X::Key>,
            X: $crate::state::KeyExtractor<Self::Item>,
            F: FnMut(Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = R>,
        {
            self.stateful_map_on_rs2($timer, config.seeded_by(|| $seed), key, f)
        }
    };
}
