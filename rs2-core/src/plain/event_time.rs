//! The plain names of event time, which need a seed.

/// The methods of `PlainExt` about event time.
#[doc(hidden)]
#[macro_export]
macro_rules! __event_time_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
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
        /// most 1,000,000 items held for sorting, as many keys with open runs, and as many items
        /// that those have taken.
        ///
        /// # Shape
        /// Any number of items in, one
        /// [`PatternMatch`]($crate::op::event_time::PatternMatch) for each sequence, in the
        /// order of their last items.
        /// # End and errors
        /// At the end the items held are looked at. Late items are counted.
        /// # Cancel safety
        /// Dropping the stream loses the items held and the open runs.
        /// # Backpressure and memory
        /// Holds the items of the last `delay`, and those of open runs: at most 1,000,000 each.
        /// # Cost
        /// O(log n) per item for n items held, and O(1) for each run of its key. No clock.
        /// # Panics
        /// When there can be no such pattern.
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
        #[track_caller]
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

        /// Yields what matches a pattern, and what began to and timed out:
        /// `pattern_or_timeout_by_time_in_rs2` with the bounds of
        /// [`pattern_by_time_rs2`](Self::pattern_by_time_rs2).
        ///
        /// # Shape
        /// Any number of items in, one
        /// [`PatternOutput`]($crate::op::event_time::PatternOutput) for each match and for each
        /// beginning of one that time ran out for.
        /// # End and errors
        /// At the end the items held are looked at, and all spans are over. Late items are
        /// counted.
        /// # Cancel safety
        /// Dropping the stream loses the items held and the open runs.
        /// # Backpressure and memory
        /// Holds the items of the last `delay`, and those of open runs: at most 1,000,000 each.
        /// # Cost
        /// O(log n) per item for n items held, and O(1) for each run of its key. No clock.
        /// # Panics
        /// When there can be no such pattern.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::{Pattern, PatternOutput};
        /// let minute = std::time::Duration::from_secs(60);
        /// let pair = Pattern::begin(|_: &i64| true).next(|_: &i64| true).within(minute);
        /// let delay = std::time::Duration::ZERO;
        /// let lonely: Vec<Vec<i64>> = from_iter([0, 10, 500])
        ///     .pattern_or_timeout_by_time_rs2(pair, delay, |_| (), |s| EventTime::from_secs(*s))
        ///     .filter_map_rs2(|outcome| match outcome {
        ///         PatternOutput::Match(_) => None,
        ///         PatternOutput::TimedOut(begun) => Some(begun.events),
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(lonely, [vec![500]]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn pattern_or_timeout_by_time_rs2<L, K, G, F, E>(
            self,
            pattern: $crate::op::event_time::Pattern<L>,
            delay: ::core::time::Duration,
            key: G,
            timestamp: F,
        ) -> $crate::op::event_time::PatternOutputs<Self, K, G, L, $crate::store::SeededHeap, F>
        where
            Self: Sized,
            Self::Item: Clone,
            L: $crate::op::event_time::Steps<Self::Item>,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
        {
            let keys = $crate::__keys!($seed);
            self.pattern_or_timeout_by_time_in_rs2(keys, pattern, delay, key, timestamp)
        }
    };
}
