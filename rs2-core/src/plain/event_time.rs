//! The plain names of event time, which need a seed.

/// The methods of `PlainExt` about event time.
#[doc(hidden)]
#[macro_export]
macro_rules! __event_time_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields each window of each key with its items:
        /// [`window_keyed_by_time_in_rs2`](rs2_core::op::EventTimeExt::window_keyed_by_time_in_rs2)
        /// with at most 1,000,000 parts, one for each key and slice.
        ///
        /// # Shape
        /// Any number of items in, one [`KeyedWindow`](rs2_core::op::event_time::KeyedWindow) for
        /// each key and window with items, in the order of the ends, then of first arrivals.
        /// # End and errors
        /// At the end all windows go out. An item whose windows are all closed is counted as late.
        /// # Cancel safety
        /// Dropping the stream loses the items of open windows.
        /// # Backpressure and memory
        /// Holds the items of open windows; when there is no room for another part, the oldest
        /// slice goes out early.
        /// # Cost
        /// O(1) per item, one clone of it for each window but the last. No clock.
        /// # Panics
        /// When the settings cannot work.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::TimeWindowConfig;
        /// let second = std::time::Duration::from_secs(1);
        /// let config = TimeWindowConfig::tumbling(10 * second, second).unwrap();
        /// let windows: Vec<(i64, Vec<i64>)> = from_iter([1, 2, 3, 14])
        ///     .window_keyed_by_time_rs2(config, |n| n % 2, |s| EventTime::from_secs(*s))
        ///     .map_rs2(|window| (window.key, window.value))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(windows, [(1, vec![1, 3]), (0, vec![2]), (0, vec![14])]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn window_keyed_by_time_rs2<K, G, F, E>(
            self,
            config: impl Into<$crate::op::event_time::TimeWindows>,
            key: G,
            timestamp: F,
        ) -> $crate::op::event_time::WindowsOfKeys<
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
            self.window_keyed_by_time_in_rs2($crate::__keys!($seed), config, key, timestamp)
        }

        /// Yields what an aggregator makes of each window of each key:
        /// [its form with a memory][in_memory] with at most 1,000,000 parts, one for each key and
        /// slice.
        ///
        /// [in_memory]: rs2_core::op::EventTimeExt::aggregate_keyed_by_time_in_rs2
        ///
        /// # Shape
        /// One [`KeyedWindow`](rs2_core::op::event_time::KeyedWindow) for each key and window with
        /// items, in the order of the ends, then of first arrivals.
        /// # End and errors
        /// At the end all windows go out. An item whose windows are all closed is counted as late.
        /// # Cancel safety
        /// Dropping the stream loses what open windows have gathered.
        /// # Backpressure and memory
        /// Holds one part for each key and slice; when there is no room for another, the oldest
        /// slice goes out early.
        /// # Cost
        /// O(1) per item, and for each key of a window that goes out. No clock.
        /// # Panics
        /// When the settings cannot work.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::{Count, TimeWindowConfig};
        /// let second = std::time::Duration::from_secs(1);
        /// let config = TimeWindowConfig::tumbling(10 * second, second).unwrap();
        /// let counts: Vec<(i64, u64)> = from_iter([1, 2, 3, 14])
        ///     .aggregate_keyed_by_time_rs2(config, |n| n % 2, |s| EventTime::from_secs(*s), Count)
        ///     .map_rs2(|window| (window.key, window.value))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [(1, 2), (0, 1), (0, 1)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn aggregate_keyed_by_time_rs2<K, G, A, F, E>(
            self,
            config: impl Into<$crate::op::event_time::TimeWindows>,
            key: G,
            timestamp: F,
            aggregator: A,
        ) -> $crate::op::event_time::WindowsOfKeys<Self, K, G, A, $crate::store::SeededHeap, F>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            A: $crate::op::event_time::Aggregator<Self::Item>,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
        {
            let parts = $crate::__keys!($seed);
            self.aggregate_keyed_by_time_in_rs2(parts, config, key, timestamp, aggregator)
        }

        /// Yields what an aggregator makes of each window of each key, also before its end:
        /// [`panes_by_time_on_rs2`](rs2_core::op::EventTimeExt::panes_by_time_on_rs2) with at most
        /// 1,000,000 parts, one for each key and slice.
        ///
        /// # Shape
        /// One [`KeyedWindow`](rs2_core::op::event_time::KeyedWindow) whenever the panes say so.
        /// # End and errors
        /// At the end all windows go out. An item whose windows are all closed is counted as late.
        /// # Cancel safety
        /// Dropping the stream loses what open windows have gathered.
        /// # Backpressure and memory
        /// Holds one part for each key and slice, and a note for each window; when there is no room
        /// for another part, the oldest slice goes out early.
        /// # Cost
        /// O(windows over it) per item. The clock once per poll with an item, one timer.
        /// # Panics
        /// When the settings cannot work.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::{Count, Panes, Timing};
        /// let counts: Vec<(u64, Timing)> = from_iter([1, 2, 3])
        ///     .panes_by_time_rs2(
        ///         Panes::global().each_items(2),
        ///         |_| (),
        ///         |s| EventTime::from_secs(*s),
        ///         Count,
        ///     )
        ///     .map_rs2(|pane| (pane.value, pane.timing))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [(2, Timing::Early), (3, Timing::OnTime)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn panes_by_time_rs2<K, G, A, F, E>(
            self,
            panes: $crate::op::event_time::Panes,
            key: G,
            timestamp: F,
            aggregator: A,
        ) -> $crate::op::event_time::WindowsOfKeys<
            Self,
            K,
            G,
            A,
            $crate::store::SeededHeap,
            F,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            A: $crate::op::event_time::Aggregator<Self::Item>,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
        {
            let parts = $crate::__keys!($seed);
            self.panes_by_time_on_rs2($timer, parts, panes, key, timestamp, aggregator)
        }

        /// Yields each session of each key with its items:
        /// [`session_by_time_in_rs2`](rs2_core::op::EventTimeExt::session_by_time_in_rs2) with at
        /// most 1,000,000 open sessions.
        ///
        /// # Shape
        /// Any number of items in, one [`Session`](rs2_core::op::event_time::Session) for each
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
        fn session_by_time_rs2<K, G, F, E, P>(
            self,
            rules: impl Into<$crate::op::event_time::SessionRules<P>>,
            key: G,
            timestamp: F,
        ) -> $crate::op::event_time::Sessions<
            Self,
            K,
            G,
            $crate::op::event_time::Collect,
            $crate::store::SeededHeap,
            F,
            P,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
            P: $crate::op::event_time::SessionGap<Self::Item>,
        {
            self.session_by_time_in_rs2($crate::__keys!($seed), rules, key, timestamp)
        }

        /// Yields what an aggregator makes of each session of each key, and keeps no item:
        /// [`aggregate_sessions_by_time_in_rs2`][in_memory] with room for 1,000,000 sessions.
        ///
        /// [in_memory]: rs2_core::op::EventTimeExt::aggregate_sessions_by_time_in_rs2
        ///
        /// # Shape
        /// Any number of items in, one [`Session`](rs2_core::op::event_time::Session) for each run
        /// of items, in the order of their ends.
        /// # End and errors
        /// At the end all sessions go out. Late items are counted.
        /// # Cancel safety
        /// Dropping the stream loses what open sessions have gathered.
        /// # Backpressure and memory
        /// Holds one part for each open session; when there is no room for another, the one that
        /// would end soonest goes out early and is counted.
        /// # Cost
        /// O(1) per item, O(log n) for each of n sessions that goes out. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::{Count, SessionConfig};
        /// # use std::time::Duration;
        /// let config =
        ///     SessionConfig { gap: Duration::from_secs(30), watermark_delay: Duration::ZERO };
        /// let clicks: Vec<u64> = from_iter([0, 9, 20, 90])
        ///     .aggregate_sessions_by_time_rs2(
        ///         config,
        ///         |_| "ann",
        ///         |s| EventTime::from_secs(*s),
        ///         Count,
        ///     )
        ///     .map_rs2(|session| session.value)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(clicks, [3, 1]);
        #[doc = $after]
        /// ```
        fn aggregate_sessions_by_time_rs2<K, G, A, F, E, P>(
            self,
            rules: impl Into<$crate::op::event_time::SessionRules<P>>,
            key: G,
            timestamp: F,
            aggregator: A,
        ) -> $crate::op::event_time::Sessions<Self, K, G, A, $crate::store::SeededHeap, F, P>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            A: $crate::aggregate::Aggregator<Self::Item>,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
            P: $crate::op::event_time::SessionGap<Self::Item>,
        {
            let keys = $crate::__keys!($seed);
            self.aggregate_sessions_by_time_in_rs2(keys, rules, key, timestamp, aggregator)
        }

        /// Yields the items whose key was not seen near their time:
        /// [`deduplicate_by_time_in_rs2`](rs2_core::op::EventTimeExt::deduplicate_by_time_in_rs2)
        /// with at most 1,000,000 keys remembered.
        ///
        /// # Shape
        /// n items in, at most n out, in the order in which they come.
        /// # End and errors
        /// Ends with its source. Late items and duplicates are counted.
        /// # Cancel safety
        /// Holds no item. One counts as seen when it goes out: where the work after that fails, a
        /// duplicate that would mend it is left out.
        /// # Backpressure and memory
        /// One entry for each key and time remembered; when there is no room, those that expire
        /// soonest are forgotten and counted. A duplicate of them may pass, counted as
        /// [`Loss::DuplicateRisk`](rs2_core::metrics::Loss::DuplicateRisk).
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
        fn deduplicate_by_time_rs2<K, G, F, E, M>(
            self,
            rules: impl Into<$crate::op::event_time::DedupRules<M>>,
            key: G,
            timestamp: F,
        ) -> $crate::op::event_time::Deduplicated<Self, K, G, $crate::store::SeededHeap, F, M>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
            M: $crate::op::event_time::DedupMode,
        {
            self.deduplicate_by_time_in_rs2($crate::__keys!($seed), rules, key, timestamp)
        }

        /// Yields the items of each key, at most a number of them in any stretch of event time:
        /// [`throttle_keyed_by_time_in_rs2`][in_memory] with at most 1,000,000 times remembered.
        ///
        /// [in_memory]: rs2_core::op::EventTimeExt::throttle_keyed_by_time_in_rs2
        ///
        /// # Shape
        /// n items in, at most n out, in the order in which they come.
        /// # End and errors
        /// Ends with its source. Late items, and those beyond the limit, are counted.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Backpressure and memory
        /// One time for each item that has passed, until the watermark is `window` past it; when
        /// there is no room, the keys that have been silent for longest are forgotten and counted.
        /// # Cost
        /// O(log n) per item for the n of its key that are remembered. No clock.
        /// # Panics
        /// When the limit is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::ThrottleConfig;
        /// let config = ThrottleConfig {
        ///     limit: 2,
        ///     window: std::time::Duration::from_secs(10),
        ///     watermark_delay: std::time::Duration::ZERO,
        /// };
        /// let passed: Vec<i64> = from_iter([0, 4, 9, 10])
        ///     .throttle_keyed_by_time_rs2(config, |_| "ann", |s| EventTime::from_secs(*s))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(passed, [0, 4, 10]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn throttle_keyed_by_time_rs2<K, G, F, E>(
            self,
            config: $crate::op::event_time::ThrottleConfig,
            key: G,
            timestamp: F,
        ) -> $crate::op::event_time::ThrottledKeys<Self, K, G, $crate::store::SeededHeap, F>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
        {
            self.throttle_keyed_by_time_in_rs2($crate::__keys!($seed), config, key, timestamp)
        }

        /// Yields each sequence of items of one key that matches a pattern:
        /// [`pattern_by_time_in_rs2`](rs2_core::op::EventTimeExt::pattern_by_time_in_rs2) with at
        /// most 1,000,000 items held for sorting, as many keys with open runs, and as many items
        /// that those have taken.
        ///
        /// # Shape
        /// Any number of items in, one
        /// [`PatternMatch`](rs2_core::op::event_time::PatternMatch) for each sequence, in the
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
        /// [`PatternOutput`](rs2_core::op::event_time::PatternOutput) for each match and for each
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
