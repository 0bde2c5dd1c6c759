//! The plain names of event time between signals, which need a timer or a seed.

/// The methods of `PlainExt` about signals.
#[doc(hidden)]
#[macro_export]
macro_rules! __signal_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields each item with its time and the watermark when it has risen, and says what
        /// becomes of that while the source is silent.
        ///
        /// # Shape
        /// Each item in the order in which they come, watermarks that only rise, idle once the
        /// source is silent for as long as `silence` says, and active before the next item.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses at most one item, which waits behind word that the source
        /// is back.
        /// # Cost
        /// O(1) per item, one timer. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::watermark::{BoundedDisorder, Silence};
        /// # use std::time::Duration;
        /// let policy = BoundedDisorder::new(Duration::from_secs(1));
        /// let silence = Silence::wait().idle_after(Duration::from_secs(30));
        /// let items: Vec<i64> = from_iter([5, 3])
        ///     .with_live_watermarks_rs2(policy, silence, |s| EventTime::from_secs(*s))
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(items, [5, 3]);
        #[doc = $after]
        /// ```
        fn with_live_watermarks_rs2<P, F, E>(
            self,
            policy: P,
            silence: $crate::watermark::Silence,
            timestamp: F,
        ) -> $crate::op::event_time::signals::Watermarked<Self, P, F, $Timer>
        where
            Self: Sized,
            P: $crate::watermark::Watermarks<Self::Item>,
            F: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
        {
            $crate::op::WatermarkExt::with_live_watermarks_on_rs2(
                self, $timer, policy, silence, timestamp,
            )
        }

        /// Yields each window of each key with its items:
        /// [`window_keyed_events_in_rs2`](rs2_core::op::SignalExt::window_keyed_events_in_rs2) with
        /// at most 1,000,000 parts, one for each key and slice.
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
        /// # use rs2_core::{op::event_time::TimeWindowConfig, watermark::BoundedDisorder};
        /// # use std::time::Duration;
        /// let second = Duration::from_secs(1);
        /// let config = TimeWindowConfig::tumbling(10 * second, Duration::ZERO).unwrap();
        /// let windows: Vec<(i64, Vec<i64>)> = from_iter([1, 2, 3, 14])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(second),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .window_keyed_events_rs2(config, |n| n % 2)
        ///     .map_events_rs2(|window| (window.key, window.value))
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(windows, [(1, vec![1, 3]), (0, vec![2]), (0, vec![14])]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn window_keyed_events_rs2<K, G>(
            self,
            config: impl Into<$crate::op::event_time::TimeWindows>,
            key: G,
        ) -> $crate::op::event_time::signals::WindowsOfKeysInBand<
            Self,
            K,
            G,
            $crate::op::event_time::Collect,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::op::SignalExt<Event: Clone>,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
        {
            self.window_keyed_events_in_rs2($crate::__keys!($seed), config, key)
        }

        /// Yields what an aggregator makes of each window of each key:
        /// [its form with a memory][in_memory] with at most 1,000,000 parts, one for each key and
        /// slice.
        ///
        /// [in_memory]: rs2_core::op::SignalExt::aggregate_keyed_events_in_rs2
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
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let second = Duration::from_secs(1);
        /// let config = TimeWindowConfig::tumbling(10 * second, Duration::ZERO).unwrap();
        /// let counts: Vec<(i64, u64)> = from_iter([1, 2, 3, 14])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(second),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .aggregate_keyed_events_rs2(config, |n| n % 2, Count)
        ///     .map_events_rs2(|window| (window.key, window.value))
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [(1, 2), (0, 1), (0, 1)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn aggregate_keyed_events_rs2<K, G, A>(
            self,
            config: impl Into<$crate::op::event_time::TimeWindows>,
            key: G,
            aggregator: A,
        ) -> $crate::op::event_time::signals::WindowsOfKeysInBand<
            Self,
            K,
            G,
            A,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::op::SignalExt,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
            A: $crate::op::event_time::Aggregator<<Self as $crate::op::SignalExt>::Event>,
        {
            self.aggregate_keyed_events_in_rs2($crate::__keys!($seed), config, key, aggregator)
        }

        /// Yields what an aggregator makes of each window of each key, also before its end:
        /// [`pane_events_on_rs2`](rs2_core::op::SignalExt::pane_events_on_rs2) with at most
        /// 1,000,000 parts, one for each key and slice.
        ///
        /// # Shape
        /// One [`KeyedWindow`](rs2_core::op::event_time::KeyedWindow) whenever the panes say so,
        /// each at the last moment before its end.
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
        /// # use rs2_core::{op::event_time::{Count, Panes, Timing}, watermark::BoundedDisorder};
        /// # use std::time::Duration;
        /// let counts: Vec<(u64, Timing)> = from_iter([1, 2, 3])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(Duration::ZERO),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .pane_events_rs2(Panes::global().each_items(2), |_| (), Count)
        ///     .map_events_rs2(|pane| (pane.value, pane.timing))
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [(2, Timing::Early), (3, Timing::OnTime)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn pane_events_rs2<K, G, A>(
            self,
            panes: $crate::op::event_time::Panes,
            key: G,
            aggregator: A,
        ) -> $crate::op::event_time::signals::WindowsOfKeysInBand<
            Self,
            K,
            G,
            A,
            $crate::store::SeededHeap,
            $Timer,
        >
        where
            Self: Sized + $crate::op::SignalExt,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
            A: $crate::op::event_time::Aggregator<<Self as $crate::op::SignalExt>::Event>,
        {
            self.pane_events_on_rs2($timer, $crate::__keys!($seed), panes, key, aggregator)
        }

        /// Yields each session of each key with its items:
        /// [`session_events_in_rs2`](rs2_core::op::SignalExt::session_events_in_rs2) with at most
        /// 1,000,000 open sessions.
        ///
        /// # Shape
        /// Any number of items in, one [`Session`](rs2_core::op::event_time::Session) for each
        /// run of them, in the order of the ends, each at the last moment before its end.
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
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let sessions: Vec<Vec<i64>> = from_iter([0, 10, 40])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(Duration::ZERO),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .session_events_rs2(Duration::from_secs(30), |_| "ann")
        ///     .map_events_rs2(|session| session.value)
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(sessions, [vec![0, 10], vec![40]]);
        #[doc = $after]
        /// ```
        #[doc(alias = "sessionize")]
        fn session_events_rs2<K, G, P>(
            self,
            rules: impl Into<$crate::op::event_time::SessionRules<P>>,
            key: G,
        ) -> $crate::op::event_time::signals::SessionsInBand<
            Self,
            K,
            G,
            $crate::op::event_time::Collect,
            $crate::store::SeededHeap,
            P,
        >
        where
            Self: Sized + $crate::op::SignalExt<Event: Clone>,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
            P: $crate::op::event_time::SessionGap<<Self as $crate::op::SignalExt>::Event>,
        {
            self.session_events_in_rs2($crate::__keys!($seed), rules, key)
        }

        /// Yields what an aggregator makes of each session of each key, between signals, and keeps
        /// no item: [its form with a memory][in_memory] with room for 1,000,000 sessions.
        ///
        /// [in_memory]: rs2_core::op::SignalExt::aggregate_session_events_in_rs2
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
        /// # use rs2_core::{op::event_time::Count, watermark::BoundedDisorder};
        /// # use std::time::Duration;
        /// let policy = BoundedDisorder::new(Duration::ZERO);
        /// let clicks: Vec<u64> = from_iter([0, 9, 20, 90])
        ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
        ///     .aggregate_session_events_rs2(Duration::from_secs(30), |_| "ann", Count)
        ///     .map_events_rs2(|session| session.value)
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(clicks, [3, 1]);
        #[doc = $after]
        /// ```
        fn aggregate_session_events_rs2<K, G, A, P>(
            self,
            rules: impl Into<$crate::op::event_time::SessionRules<P>>,
            key: G,
            aggregator: A,
        ) -> $crate::op::event_time::signals::SessionsInBand<
            Self,
            K,
            G,
            A,
            $crate::store::SeededHeap,
            P,
        >
        where
            Self: Sized + $crate::op::SignalExt,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
            A: $crate::aggregate::Aggregator<<Self as $crate::op::SignalExt>::Event>,
            P: $crate::op::event_time::SessionGap<<Self as $crate::op::SignalExt>::Event>,
        {
            let keys = $crate::__keys!($seed);
            self.aggregate_session_events_in_rs2(keys, rules, key, aggregator)
        }

        /// Yields the items whose key was not seen near their time:
        /// [`deduplicate_events_in_rs2`](rs2_core::op::SignalExt::deduplicate_events_in_rs2) with
        /// at most 1,000,000 keys remembered.
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
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let firsts: Vec<i64> = from_iter([0, 9, 10])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(Duration::ZERO),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .deduplicate_events_rs2(Duration::from_secs(10), |_| "ann")
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(firsts, [0, 10]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn deduplicate_events_rs2<K, G, M>(
            self,
            rules: impl Into<$crate::op::event_time::DedupRules<M>>,
            key: G,
        ) -> $crate::op::event_time::signals::DeduplicatedInBand<
            Self,
            K,
            G,
            $crate::store::SeededHeap,
            M,
        >
        where
            Self: Sized + $crate::op::SignalExt,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
            M: $crate::op::event_time::DedupMode,
        {
            self.deduplicate_events_in_rs2($crate::__keys!($seed), rules, key)
        }

        /// Yields the items of each key, at most a number of them in any stretch of event time,
        /// each at its time: [its form with a memory][in_memory] with at most 1,000,000 times
        /// remembered.
        ///
        /// [in_memory]: rs2_core::op::SignalExt::throttle_keyed_events_in_rs2
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
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let (window, watermark_delay) = (Duration::from_secs(10), Duration::ZERO);
        /// let policy = BoundedDisorder::new(watermark_delay);
        /// let passed: Vec<i64> = from_iter([0, 4, 9, 10])
        ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
        ///     .throttle_keyed_events_rs2(
        ///         ThrottleConfig { limit: 2, window, watermark_delay },
        ///         |_| "ann",
        ///     )
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(passed, [0, 4, 10]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn throttle_keyed_events_rs2<K, G>(
            self,
            config: $crate::op::event_time::ThrottleConfig,
            key: G,
        ) -> $crate::op::event_time::signals::ThrottledKeysInBand<
            Self,
            K,
            G,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::op::SignalExt,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
        {
            self.throttle_keyed_events_in_rs2($crate::__keys!($seed), config, key)
        }

        /// Yields each sequence of items of one key that matches a pattern:
        /// [`pattern_events_in_rs2`](rs2_core::op::SignalExt::pattern_events_in_rs2) with at most
        /// 1,000,000 items held for sorting and as many keys with an open attempt.
        ///
        /// # Shape
        /// Any number of items in, one
        /// [`PatternMatch`](rs2_core::op::event_time::PatternMatch) for each sequence, in the
        /// order of their last items.
        /// # End and errors
        /// At the end the items held are looked at. Late items are counted.
        /// # Cancel safety
        /// Dropping the stream loses the items held and the attempts.
        /// # Backpressure and memory
        /// Holds the items after the watermark, and those of open attempts.
        /// # Cost
        /// O(log n) per item for n items held, and O(1) for each attempt of its key. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::{op::event_time::Pattern, watermark::BoundedDisorder};
        /// # use std::time::Duration;
        /// let twice = Pattern::begin(|n: &i64| n % 2 == 0).next(|n: &i64| n % 2 == 0);
        /// let found: Vec<Vec<i64>> = from_iter([1, 2, 4, 5])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(Duration::ZERO),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .pattern_events_rs2(twice, |_| ())
        ///     .map_events_rs2(|found| found.events)
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(found, [vec![2, 4]]);
        #[doc = $after]
        /// ```
        fn pattern_events_rs2<L, K, G>(
            self,
            pattern: $crate::op::event_time::Pattern<L>,
            key: G,
        ) -> $crate::op::event_time::signals::PatternsInBand<
            Self,
            K,
            G,
            L,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::op::SignalExt<Event: Clone>,
            L: $crate::op::event_time::Steps<<Self as $crate::op::SignalExt>::Event>,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
        {
            self.pattern_events_in_rs2($crate::__keys!($seed), pattern, key)
        }

        /// Yields what matches a pattern, and what began to and timed out:
        /// [`pattern_or_timeout_events_in_rs2`][in_memory] with the bounds of
        /// [`pattern_events_rs2`](Self::pattern_events_rs2).
        ///
        /// [in_memory]: rs2_core::op::SignalExt::pattern_or_timeout_events_in_rs2
        ///
        /// # Shape
        /// Any number of items in, one
        /// [`PatternOutput`](rs2_core::op::event_time::PatternOutput) for each match, and for each
        /// beginning of one that time ran out for.
        /// # End and errors
        /// At the end the items held are looked at, and all spans are over. Late items are
        /// counted.
        /// # Cancel safety
        /// Dropping the stream loses the items held and the attempts.
        /// # Backpressure and memory
        /// Holds the items after the watermark, and those of open attempts.
        /// # Cost
        /// O(log n) per item for n items held, and O(1) for each attempt of its key. No clock.
        /// # Panics
        /// When there can be no such pattern.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::event_time::{Pattern, PatternOutput};
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let minute = Duration::from_secs(60);
        /// let pair = Pattern::begin(|_: &i64| true).next(|_: &i64| true).within(minute);
        /// let timed_out: Vec<bool> = from_iter([0, 10, 500])
        ///     .with_watermarks_rs2(
        ///         BoundedDisorder::new(Duration::ZERO),
        ///         |s| EventTime::from_secs(*s),
        ///     )
        ///     .pattern_or_timeout_events_rs2(pair, |_| ())
        ///     .map_events_rs2(|outcome| matches!(outcome, PatternOutput::TimedOut(_)))
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(timed_out, [false, true]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn pattern_or_timeout_events_rs2<L, K, G>(
            self,
            pattern: $crate::op::event_time::Pattern<L>,
            key: G,
        ) -> $crate::op::event_time::signals::PatternOutputsInBand<
            Self,
            K,
            G,
            L,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::op::SignalExt<Event: Clone>,
            L: $crate::op::event_time::Steps<<Self as $crate::op::SignalExt>::Event>,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&<Self as $crate::op::SignalExt>::Event) -> K,
        {
            self.pattern_or_timeout_events_in_rs2($crate::__keys!($seed), pattern, key)
        }
    };
}
