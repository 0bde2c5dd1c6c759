//! The plain names of selection, which need a seed.

/// The methods of `PlainExt` that select.
#[doc(hidden)]
#[macro_export]
macro_rules! __select_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the first of all equal items:
        /// [`distinct_in_rs2`](rs2_core::op::SelectExt::distinct_in_rs2) with at most 1,000,000
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
        /// [`distinct_by_in_rs2`](rs2_core::op::SelectExt::distinct_by_in_rs2) with at most
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
    };
}
