//! The plain names of statistics for each key.

/// The methods of `PlainExt` with a statistic for each key.
#[doc(hidden)]
#[macro_export]
macro_rules! __analytics_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields what a statistic of its key tells after each item:
        /// [`track_by_key_in_rs2`](rs2_core::op::AnalyticsExt::track_by_key_in_rs2) with at most
        /// 1,000,000 keys; then the ones not used for longest are forgotten, and counted.
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Holds no item.
        /// # Backpressure and memory
        /// One statistic for each key.
        /// # Cost
        /// One table lookup and one `push` of the statistic per item. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::{aggregate::{Count, Running}, prelude::*};
        /// let visits: Vec<u64> = from_iter(['a', 'b', 'a'])
        ///     .track_by_key_rs2(|page| *page, Running::of(Count))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(visits, [1, 1, 2]);
        #[doc = $after]
        /// ```
        fn track_by_key_rs2<K, G, C>(
            self,
            key: G,
            statistic: C,
        ) -> $crate::op::analytics::TrackedByKey<Self, K, C, G, $crate::store::SeededHeap>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            C: $crate::statistics::Statistic<Self::Item> + Clone,
        {
            self.track_by_key_in_rs2($crate::__keys!($seed), key, statistic)
        }

        /// Yields each item with a verdict on its value, by a detector for each key:
        /// [`detect_outliers_by_key_in_rs2`][in_memory]
        /// with at most 1,000,000 keys; then the ones not used for longest are forgotten, and
        /// counted.
        ///
        /// [in_memory]: rs2_core::op::AnalyticsExt::detect_outliers_by_key_in_rs2
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Holds no item.
        /// # Backpressure and memory
        /// One detector for each key.
        /// # Cost
        /// One table lookup and one judgement per item. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::{prelude::*, statistics::ZScore};
        /// let readings = [("a", 1.0), ("b", 50.0), ("a", 2.0), ("b", 51.0), ("a", 50.0)];
        /// let odd: Vec<bool> = from_iter(readings)
        ///     .detect_outliers_by_key_rs2(|r| r.0, |r| r.1, ZScore::<2>::beyond(4.0))
        ///     .map_rs2(|judged| judged.verdict.is_outlier)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(odd, [false, false, false, false, true]);
        #[doc = $after]
        /// ```
        fn detect_outliers_by_key_rs2<K, G, F, D>(
            self,
            key: G,
            value: F,
            detector: D,
        ) -> $crate::op::analytics::TrackedByKey<
            Self,
            K,
            $crate::statistics::Judge<F, D>,
            G,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&Self::Item) -> f64 + Clone,
            D: $crate::statistics::Detector + Clone,
        {
            self.detect_outliers_by_key_in_rs2($crate::__keys!($seed), key, value, detector)
        }
    };
}
