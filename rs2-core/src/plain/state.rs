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
    };
}
