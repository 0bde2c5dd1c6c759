//! The plain names of the timed operators that take memory from the allocator.

/// The methods of `PlainExt` that decide by the clock and hold many items.
#[doc(hidden)]
#[macro_export]
macro_rules! __timing_heap_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields every item `by` later than it came.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with the last item, `by` after the source gave it. `Err` items are items like
        /// any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items on the way, at
        /// most `capacity`.
        /// # Backpressure and memory
        /// Holds at most `capacity` items. With so many on the way the source is not polled,
        /// and an item counts as come when it is taken.
        /// # Cost
        /// O(1) per item, one timer. Reads the clock once per poll.
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let later = from_iter(1..=3).delay_rs2(Duration::from_millis(1), 64);
        /// let numbers: Vec<u32> = later.collect_rs2().await;
        /// assert_eq!(numbers, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[doc(alias = "delay_by")]
        #[track_caller]
        fn delay_rs2(
            self,
            by: ::core::time::Duration,
            capacity: usize,
        ) -> $crate::op::timing::Delayed<Self, $Timer>
        where
            Self: Sized,
        {
            self.delay_on_rs2($timer, by, capacity)
        }

        /// Yields the last item of each burst of its key, once `quiet` has passed without another
        /// of that key.
        ///
        /// # Shape
        /// n items in, at most n out, in the order in which their time is over; the last of each
        /// key always.
        /// # End and errors
        /// The held items go out at the end, at once, in the same order. `Err` items are items like
        /// any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the held items.
        /// # Backpressure and memory
        /// Holds one item for each key of a burst under way, and forgets the key when it goes out.
        /// At most 1,000,000: then the item that has waited longest goes out early, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted). Those that gave way to a later one
        /// are counted as [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// O(1) per item: one call of `key` and one or two table lookups; one timer for all keys.
        /// Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let edits = from_iter([("a.txt", 1), ("b.txt", 1), ("a.txt", 2)]);
        /// let saves: Vec<(&str, u32)> = edits
        ///     .debounce_by_key_rs2(|(file, _)| *file, Duration::from_secs(1))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(saves, [("b.txt", 1), ("a.txt", 2)]);
        #[doc = $after]
        /// ```
        fn debounce_by_key_rs2<K, F>(
            self,
            key: F,
            quiet: ::core::time::Duration,
        ) -> $crate::op::timing::DebouncedByKey<Self, K, F, $crate::store::SeededHeap, $Timer>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            F: FnMut(&Self::Item) -> K,
        {
            self.debounce_by_key_on_rs2($timer, $crate::__keys!($seed), key, quiet)
        }

        /// Yields every item, those of each key no faster than `pace`: who comes too soon waits in
        /// the line of its key, and holds up nobody else.
        ///
        /// # Shape
        /// n items in, n out but for those that find no room, those of a key in order; otherwise in
        /// the order in which they may go.
        /// # End and errors
        /// At the end of the source what waits still goes out in its time, then the stream ends.
        /// `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
        /// # Backpressure and memory
        /// Holds the items that wait, at most
        /// [`max_waiting`](rs2_core::op::timing::KeyedPace::max_waiting) of one key, and the keys
        /// that are not yet paid off; at most 1,000,000 of either. It never holds the source back:
        /// when a line is full its oldest item is dropped, counted as
        /// [`Loss::Evicted`](rs2_core::metrics::Loss::Evicted).
        /// # Cost
        /// One call of `key` and one table lookup per item, O(log keys) for one that waits; one
        /// timer for all keys. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::timing::KeyedPace;
        /// let calls = from_iter(["ann 1", "ann 2", "bob 1"]);
        /// let sent: Vec<&str> = calls
        ///     .pace_by_key_rs2(|call| call.split(' ').next(), KeyedPace::per_sec(1_000))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(sent, ["ann 1", "bob 1", "ann 2"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "throttle_by_key")]
        #[doc(alias = "delay_by_key")]
        fn pace_by_key_rs2<K, F>(
            self,
            key: F,
            pace: $crate::op::timing::KeyedPace,
        ) -> $crate::op::timing::PacedByKey<Self, K, F, $crate::store::SeededHeap, $Timer>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            F: FnMut(&Self::Item) -> K,
        {
            self.pace_by_key_on_rs2($timer, $crate::__keys!($seed), key, pace)
        }
    };
}
