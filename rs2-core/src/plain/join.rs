//! The plain names of joins, which need a seed.

/// The methods of `PlainExt` that join two streams.
#[doc(hidden)]
#[macro_export]
macro_rules! __join_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields `join_fn` of each item and each of `other` that has the same key and happened at
        /// most `window_size` before or after it:
        /// [`join_with_time_window_in_rs2`](rs2_core::op::JoinExt::join_with_time_window_in_rs2)
        /// with the bounds that `config` names.
        ///
        /// # Shape
        /// One output for each pair, when the later one of the two comes; items with equal times
        /// are different items. With [`no_key()`](rs2_core::op::no_key) for a key selector only the
        /// time counts.
        /// # End and errors
        /// Ends when both sides have ended. An item before the watermark of its side is counted as
        /// late.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds the items of both sides that may still be matched, at most `max_items` and
        /// `max_per_key` for one side of a key; then `on_full` says what happens, and it is
        /// counted.
        /// # Cost
        /// One table lookup and a search among the items of the key for each item, two clones for
        /// each pair. No clock.
        /// # Panics
        /// When `max_items` or `max_per_key` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let clicks = from_iter([(1, 10), (2, 20)]);
        /// let users = from_iter([(2, 15, "bob"), (1, 5, "ann")]);
        /// let names: Vec<(&str, i64)> = clicks
        ///     .join_with_time_window_rs2(
        ///         users,
        ///         TimeJoinConfig::default(),
        ///         |click| EventTime::from_secs(click.1),
        ///         |user| EventTime::from_secs(user.1),
        ///         |click, user| (user.2, click.1),
        ///         Some((|click: &(u32, i64)| click.0, |user: &(u32, i64, &'static str)| user.0)),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(names, [("bob", 20), ("ann", 10)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn join_with_time_window_rs2<B, F1, F2, E1, E2, F, R, K, G1, G2>(
            self,
            other: B,
            config: $crate::op::join::TimeJoinConfig,
            timestamp_fn1: F1,
            timestamp_fn2: F2,
            join_fn: F,
            key_selector: Option<(G1, G2)>,
        ) -> $crate::op::join::TimeJoined<Self, B, G1, G2, F, $crate::store::SeededHeap, F1, F2>
        where
            Self: Sized,
            Self::Item: Clone,
            B: $crate::prelude::Stream<Item: Clone>,
            F1: FnMut(&Self::Item) -> E1,
            F2: FnMut(&B::Item) -> E2,
            E1: Into<$crate::time::EventTime>,
            E2: Into<$crate::time::EventTime>,
            F: FnMut(Self::Item, B::Item) -> R,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&Self::Item) -> K,
            G2: FnMut(&B::Item) -> K,
        {
            let items = $crate::store::Heap::bounded(config.max_items).seeded($seed);
            self.join_with_time_window_in_rs2(
                $crate::state::Limits::of(items).on_full(config.on_full),
                other,
                config,
                timestamp_fn1,
                timestamp_fn2,
                join_fn,
                key_selector,
            )
        }

        /// Yields `f` of each item and each of `other` that has the same key and is later by a time
        /// within an interval:
        /// [`interval_join_in_rs2`](rs2_core::op::JoinExt::interval_join_in_rs2) with at most
        /// 1,000,000 items kept.
        ///
        /// # Shape
        /// One output for each pair, when the later one of the two comes.
        /// # End and errors
        /// Ends when both sides have ended. Late items are counted.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds the items of both sides that may still be matched; when there is no room, the
        /// earliest of the fuller side go, and are counted.
        /// # Cost
        /// One table lookup and a search among the items of the key for each item. No clock.
        /// # Panics
        /// When `max_per_key` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::Interval;
        /// # use std::time::Duration;
        /// let config = IntervalJoinConfig::new(
        ///     Interval::after(Duration::from_secs(10)),
        ///     Duration::from_secs(60),
        /// );
        /// let time = |seconds: &i64| EventTime::from_secs(*seconds);
        /// let pairs: Vec<(i64, i64)> = from_iter([5, 30])
        ///     .interval_join_rs2(
        ///         from_iter([8, 29, 40]),
        ///         config,
        ///         (|_| (), |_| ()),
        ///         (time, time),
        ///         |asked, answered| (*asked, *answered),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(pairs, [(5, 8), (30, 40)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn interval_join_rs2<B, K, G1, G2, F1, F2, E1, E2, F, R>(
            self,
            other: B,
            config: $crate::op::join::IntervalJoinConfig,
            keys: (G1, G2),
            timestamps: (F1, F2),
            f: F,
        ) -> $crate::op::join::IntervalJoined<
            Self,
            B,
            (G1, G2),
            $crate::op::join::Inner<F>,
            $crate::store::SeededHeap,
            F1,
            F2,
        >
        where
            Self: Sized,
            B: $crate::prelude::Stream,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&Self::Item) -> K,
            G2: FnMut(&B::Item) -> K,
            F1: FnMut(&Self::Item) -> E1,
            F2: FnMut(&B::Item) -> E2,
            E1: Into<$crate::time::EventTime>,
            E2: Into<$crate::time::EventTime>,
            F: FnMut(&Self::Item, &B::Item) -> R,
        {
            self.interval_join_in_rs2($crate::__keys!($seed), other, config, keys, timestamps, f)
        }

        /// Yields what [`interval_join_rs2`](Self::interval_join_rs2) yields, and the items without
        /// a match of one side or of both:
        /// [`interval_join_outer_in_rs2`](rs2_core::op::JoinExt::interval_join_outer_in_rs2) with
        /// at most 1,000,000 items kept.
        ///
        /// # Shape
        /// One output for each pair, and one for each item without a match, once none can come.
        /// # End and errors
        /// Ends when both sides have ended. Late items are counted and do not come through.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds the items of both sides that may still be matched; when there is no room, the
        /// earliest of the fuller side go, and are counted; they go out if they were without a
        /// match.
        /// # Cost
        /// One table lookup and a search among the items of the key for each item. No clock.
        /// # Panics
        /// When `max_per_key` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::{Interval, OuterSide};
        /// # use std::time::Duration;
        /// let config = IntervalJoinConfig::new(
        ///     Interval::after(Duration::from_secs(10)),
        ///     Duration::from_secs(60),
        /// );
        /// let time = |seconds: &i64| EventTime::from_secs(*seconds);
        /// let unanswered: Vec<i64> = from_iter([5, 30])
        ///     .interval_join_outer_rs2(
        ///         from_iter([8]),
        ///         config,
        ///         (|_| (), |_| ()),
        ///         (time, time),
        ///         OuterSide::Left,
        ///         |asked, answered| if answered.is_none() { asked.copied() } else { None },
        ///     )
        ///     .filter_map_rs2(|unanswered| unanswered)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(unanswered, [30]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn interval_join_outer_rs2<B, K, G1, G2, F1, F2, E1, E2, F, R>(
            self,
            other: B,
            config: $crate::op::join::IntervalJoinConfig,
            keys: (G1, G2),
            timestamps: (F1, F2),
            outer: $crate::op::join::OuterSide,
            f: F,
        ) -> $crate::op::join::IntervalJoined<
            Self,
            B,
            (G1, G2),
            $crate::op::join::Outer<F>,
            $crate::store::SeededHeap,
            F1,
            F2,
        >
        where
            Self: Sized,
            B: $crate::prelude::Stream,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&Self::Item) -> K,
            G2: FnMut(&B::Item) -> K,
            F1: FnMut(&Self::Item) -> E1,
            F2: FnMut(&B::Item) -> E2,
            E1: Into<$crate::time::EventTime>,
            E2: Into<$crate::time::EventTime>,
            F: FnMut(Option<&Self::Item>, Option<&B::Item>) -> R,
        {
            let items = $crate::__keys!($seed);
            self.interval_join_outer_in_rs2(items, other, config, keys, timestamps, outer, f)
        }

        /// Yields `f` of each item and each of `other` that has the same key and is later by a time
        /// within an interval, between signals: [its form with a memory][in_memory] with at most
        /// 1,000,000 items kept.
        ///
        /// [in_memory]: rs2_core::op::JoinExt::interval_join_events_in_rs2
        ///
        /// # Shape
        /// One output for each pair, when the later one of the two comes, at the time of that one,
        /// and the earlier of both watermarks.
        /// # End and errors
        /// Ends when both sides have ended. Late items are counted.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds the items of both sides that may still be matched; when there is no room, the
        /// earliest of the fuller side go, and are counted. So they do while a side is idle.
        /// # Cost
        /// One table lookup and a search among the items of the key for each item. No clock.
        /// # Panics
        /// When `max_per_key` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::{op::join::Interval, watermark::BoundedDisorder};
        /// # use std::time::Duration;
        /// let marked = |items: Vec<i64>| {
        ///     let policy = BoundedDisorder::new(Duration::from_secs(60));
        ///     from_iter(items).with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
        /// };
        /// let interval = Interval::after(Duration::from_secs(10));
        /// let pairs: Vec<(i64, i64)> = marked(vec![5, 30])
        ///     .interval_join_events_rs2(
        ///         marked(vec![8, 29, 40]),
        ///         IntervalJoinConfig::new(interval, Duration::ZERO),
        ///         (|_| (), |_| ()),
        ///         |asked, answered| (*asked, *answered),
        ///     )
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(pairs, [(5, 8), (30, 40)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn interval_join_events_rs2<B, T, U, K, G1, G2, F, R>(
            self,
            other: B,
            config: $crate::op::join::IntervalJoinConfig,
            keys: (G1, G2),
            f: F,
        ) -> $crate::op::join::IntervalJoinedInBand<
            Self,
            B,
            T,
            U,
            (G1, G2),
            $crate::op::join::Inner<F>,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::prelude::Stream<Item = $crate::watermark::Signal<T>>,
            B: $crate::prelude::Stream<Item = $crate::watermark::Signal<U>>,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&T) -> K,
            G2: FnMut(&U) -> K,
            F: FnMut(&T, &U) -> R,
        {
            self.interval_join_events_in_rs2($crate::__keys!($seed), other, config, keys, f)
        }

        /// Yields what [`interval_join_events_rs2`](Self::interval_join_events_rs2) yields, and the
        /// items without a match of one side or of both, each at its own time: [its form with a
        /// memory][in_memory] with at most 1,000,000 items kept.
        ///
        /// [in_memory]: rs2_core::op::JoinExt::interval_join_outer_events_in_rs2
        ///
        /// # Shape
        /// One output for each pair, and one for each item without a match, once none can come. The
        /// watermark waits for those.
        /// # End and errors
        /// Ends when both sides have ended. Late items are counted and do not come through.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds the items of both sides that may still be matched; when there is no room, the
        /// earliest of the fuller side go, and are counted; they go out if they were without a
        /// match.
        /// # Cost
        /// One table lookup and a search among the items of the key for each item. No clock.
        /// # Panics
        /// When `max_per_key` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::{op::join::{Interval, OuterSide}, watermark::BoundedDisorder};
        /// # use std::time::Duration;
        /// let marked = |items: Vec<i64>| {
        ///     let policy = BoundedDisorder::new(Duration::from_secs(60));
        ///     from_iter(items).with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
        /// };
        /// let interval = Interval::after(Duration::from_secs(10));
        /// let unanswered: Vec<i64> = marked(vec![5, 30])
        ///     .interval_join_outer_events_rs2(
        ///         marked(vec![8]),
        ///         IntervalJoinConfig::new(interval, Duration::ZERO),
        ///         (|_| (), |_| ()),
        ///         OuterSide::Left,
        ///         |asked, answered| if answered.is_none() { asked.copied() } else { None },
        ///     )
        ///     .without_watermarks_rs2()
        ///     .filter_map_rs2(|unanswered| unanswered)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(unanswered, [30]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn interval_join_outer_events_rs2<B, T, U, K, G1, G2, F, R>(
            self,
            other: B,
            config: $crate::op::join::IntervalJoinConfig,
            keys: (G1, G2),
            outer: $crate::op::join::OuterSide,
            f: F,
        ) -> $crate::op::join::IntervalJoinedInBand<
            Self,
            B,
            T,
            U,
            (G1, G2),
            $crate::op::join::Outer<F>,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::prelude::Stream<Item = $crate::watermark::Signal<T>>,
            B: $crate::prelude::Stream<Item = $crate::watermark::Signal<U>>,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&T) -> K,
            G2: FnMut(&U) -> K,
            F: FnMut(Option<&T>, Option<&U>) -> R,
        {
            let items = $crate::__keys!($seed);
            self.interval_join_outer_events_in_rs2(items, other, config, keys, outer, f)
        }

        /// Yields `f` of each item and each of `other` that has the same key and is still kept:
        /// [`keyed_join_in_rs2`](rs2_core::op::JoinExt::keyed_join_in_rs2) with at most 1,024 items
        /// for one side of a key and 1,000,000 in all.
        ///
        /// # Shape
        /// One output for each pair, when the second one of the two comes.
        /// # End and errors
        /// Ends when both sides have ended.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds the items of each side until the other one ends; when there is no room, the
        /// oldest go, and are counted.
        /// # Cost
        /// One table lookup for each item. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let pairs: Vec<(u32, u32)> = from_iter([1, 2])
        ///     .keyed_join_rs2(
        ///         from_iter([12, 22]),
        ///         (|n| n % 10, |n| n % 10),
        ///         |left, right| (*left, *right),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(pairs, [(2, 12), (2, 22)]);
        #[doc = $after]
        /// ```
        fn keyed_join_rs2<B, K, G1, G2, F, R>(
            self,
            other: B,
            keys: (G1, G2),
            f: F,
        ) -> $crate::op::join::KeyJoined<
            Self,
            B,
            (G1, G2),
            $crate::op::join::Inner<F>,
            $crate::store::SeededHeap,
            $crate::time::NoTimer,
        >
        where
            Self: Sized,
            B: $crate::prelude::Stream,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&Self::Item) -> K,
            G2: FnMut(&B::Item) -> K,
            F: FnMut(&Self::Item, &B::Item) -> R,
        {
            let bound = $crate::op::join::DEFAULT_KEYED_MAX_PER_KEY;
            self.keyed_join_in_rs2($crate::__keys!($seed), other, bound, keys, f)
        }

        /// Yields `f` of each item and each of `other` that has the same key and came at most `ttl`
        /// before or after it:
        /// [`keyed_join_within_on_rs2`](rs2_core::op::JoinExt::keyed_join_within_on_rs2) with this
        /// runtime's timer, at most 1,024 items for one side of a key and 1,000,000 in all.
        ///
        /// # Shape
        /// One output for each pair, when the second one of the two comes.
        /// # End and errors
        /// Ends when both sides have ended.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items kept.
        /// # Backpressure and memory
        /// Holds each item for `ttl`, or until the other side ends, and gives it back also when no
        /// item comes; when there is no room, the oldest go, and are counted.
        /// # Cost
        /// One table lookup for each item; the clock once per poll.
        /// # Panics
        /// When `ttl` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let pairs: Vec<(u32, u32)> = from_iter([1, 2])
        ///     .keyed_join_within_rs2(
        ///         from_iter([12, 22]),
        ///         std::time::Duration::from_secs(60),
        ///         (|n| n % 10, |n| n % 10),
        ///         |left, right| (*left, *right),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(pairs, [(2, 12), (2, 22)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn keyed_join_within_rs2<B, K, G1, G2, F, R>(
            self,
            other: B,
            ttl: ::core::time::Duration,
            keys: (G1, G2),
            f: F,
        ) -> $crate::op::join::KeyJoined<
            Self,
            B,
            (G1, G2),
            $crate::op::join::Inner<F>,
            $crate::store::SeededHeap,
            $Timer,
        >
        where
            Self: Sized,
            B: $crate::prelude::Stream,
            K: ::core::hash::Hash + Eq + Clone,
            G1: FnMut(&Self::Item) -> K,
            G2: FnMut(&B::Item) -> K,
            F: FnMut(&Self::Item, &B::Item) -> R,
        {
            self.keyed_join_within_on_rs2($timer, $crate::__keys!($seed), other, ttl, keys, f)
        }

        /// Yields `f` of each item and the version of its key that was valid at its time:
        /// [`temporal_join_in_rs2`](rs2_core::op::JoinExt::temporal_join_in_rs2) with at most
        /// 1,000,000 items waiting and as many keys.
        ///
        /// # Shape
        /// n items in, at most n out, in the order of their time; each once the watermark of the
        /// versions has passed its time.
        /// # End and errors
        /// Ends when the items have ended and none waits. Late items and late versions are
        /// left out and counted.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
        /// # Backpressure and memory
        /// Holds the items that wait, and the versions that may still be asked for; when there is
        /// no room, the earliest items go out with what is known, the keys with the oldest versions
        /// are forgotten, and both are counted.
        /// # Cost
        /// One table lookup for each item and version, O(log n) for each of n items that wait out
        /// of order. No clock.
        /// # Panics
        /// When `max_versions` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::{TemporalJoinConfig, Version};
        /// let prices = from_iter([
        ///     Version::new("tea", EventTime::from_secs(0), 3),
        ///     Version::new("tea", EventTime::from_secs(60), 4),
        /// ]);
        /// let paid: Vec<u32> = from_iter([("tea", 59), ("tea", 60)])
        ///     .temporal_join_rs2(
        ///         prices,
        ///         TemporalJoinConfig::new(std::time::Duration::from_secs(10)),
        ///         |sale| sale.0,
        ///         |sale| EventTime::from_secs(sale.1),
        ///         |_, price| *price,
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(paid, [3, 4]);
        #[doc = $after]
        /// ```
        #[doc(alias = "versioned_join")]
        #[track_caller]
        fn temporal_join_rs2<B, K, V, G, T, E, F, R>(
            self,
            versions: B,
            config: $crate::op::join::TemporalJoinConfig,
            key: G,
            timestamp: T,
            f: F,
        ) -> $crate::op::join::TemporalJoined<
            Self,
            B,
            K,
            V,
            G,
            $crate::op::join::Inner<F>,
            $crate::store::SeededHeap,
            T,
        >
        where
            Self: Sized,
            B: $crate::prelude::Stream<Item = $crate::op::join::Version<K, V>>,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            T: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
            F: FnMut(Self::Item, &V) -> R,
        {
            self.temporal_join_in_rs2($crate::__keys!($seed), versions, config, key, timestamp, f)
        }

        /// Yields `f` of each item and, if there was one, the version of its key that was valid at
        /// its time:
        /// [`temporal_join_left_in_rs2`](rs2_core::op::JoinExt::temporal_join_left_in_rs2) with at
        /// most 1,000,000 items waiting and as many keys.
        ///
        /// # Shape
        /// n items in, n out, but for late ones, in the order of their time.
        /// # End and errors
        /// Ends when the items have ended and none waits. Late items and late versions are
        /// left out and counted.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
        /// # Backpressure and memory
        /// As with [`temporal_join_rs2`](Self::temporal_join_rs2).
        /// # Cost
        /// As with [`temporal_join_rs2`](Self::temporal_join_rs2).
        /// # Panics
        /// When `max_versions` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::{TemporalJoinConfig, Version};
        /// let prices = from_iter([Version::new("tea", EventTime::from_secs(60), 4)]);
        /// let paid: Vec<Option<u32>> = from_iter([("tea", 59), ("tea", 60)])
        ///     .temporal_join_left_rs2(
        ///         prices,
        ///         TemporalJoinConfig::new(std::time::Duration::from_secs(10)),
        ///         |sale| sale.0,
        ///         |sale| EventTime::from_secs(sale.1),
        ///         |_, price| price.copied(),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(paid, [None, Some(4)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn temporal_join_left_rs2<B, K, V, G, T, E, F, R>(
            self,
            versions: B,
            config: $crate::op::join::TemporalJoinConfig,
            key: G,
            timestamp: T,
            f: F,
        ) -> $crate::op::join::TemporalJoined<
            Self,
            B,
            K,
            V,
            G,
            $crate::op::join::Each<F>,
            $crate::store::SeededHeap,
            T,
        >
        where
            Self: Sized,
            B: $crate::prelude::Stream<Item = $crate::op::join::Version<K, V>>,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&Self::Item) -> K,
            T: FnMut(&Self::Item) -> E,
            E: Into<$crate::time::EventTime>,
            F: FnMut(Self::Item, Option<&V>) -> R,
        {
            let keys = $crate::__keys!($seed);
            self.temporal_join_left_in_rs2(keys, versions, config, key, timestamp, f)
        }

        /// Yields `f` of each item and the version of its key that was valid at its time, between
        /// signals:
        /// [`temporal_join_events_in_rs2`](rs2_core::op::JoinExt::temporal_join_events_in_rs2) with
        /// at most 1,000,000 items waiting and as many keys.
        ///
        /// # Shape
        /// n items in, at most n out, in the order of their time, each at its time. The watermark
        /// is that of the items, and waits for those that wait.
        /// # End and errors
        /// Ends when the items have ended and none waits. Late items, late versions, and items
        /// whose key stood for nothing are left out.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
        /// # Backpressure and memory
        /// Holds the items that wait, and the keys, each with the versions that may still be asked
        /// for. While the versions are idle, items wait, or go, as the settings say.
        /// # Cost
        /// One lookup for each item or version. No clock.
        /// # Panics
        /// When `max_versions` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::{TemporalJoinConfig, Version};
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let policy = BoundedDisorder::new(Duration::from_secs(10));
        /// let prices = from_iter([Version::new("tea", EventTime::from_secs(60), 4)])
        ///     .with_watermarks_rs2(policy, |price| price.valid_from);
        /// let paid: Vec<u32> = from_iter([("tea", 59, 1), ("tea", 60, 2)])
        ///     .with_watermarks_rs2(policy, |sale| EventTime::from_secs(sale.1))
        ///     .temporal_join_events_rs2(
        ///         prices,
        ///         TemporalJoinConfig::new(Duration::ZERO),
        ///         |sale| sale.0,
        ///         |sale, price| sale.2 * price,
        ///     )
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(paid, [8]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn temporal_join_events_rs2<B, T, K, V, G, F, R>(
            self,
            versions: B,
            config: $crate::op::join::TemporalJoinConfig,
            key: G,
            f: F,
        ) -> $crate::op::join::TemporalJoinedInBand<
            Self,
            B,
            T,
            K,
            V,
            G,
            $crate::op::join::Inner<F>,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::prelude::Stream<Item = $crate::watermark::Signal<T>>,
            B: $crate::prelude::Stream<
                    Item = $crate::watermark::Signal<$crate::op::join::Version<K, V>>,
                >,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&T) -> K,
            F: FnMut(T, &V) -> R,
        {
            self.temporal_join_events_in_rs2($crate::__keys!($seed), versions, config, key, f)
        }

        /// Yields `f` of each item and, if there was one, the version of its key that was valid at
        /// its time, between signals: [its form with a memory][in_memory] with at most 1,000,000
        /// items waiting and as many keys.
        ///
        /// [in_memory]: rs2_core::op::JoinExt::temporal_join_left_events_in_rs2
        ///
        /// # Shape
        /// n items in, n out, but for late ones, in the order of their time, each at its time.
        /// # End and errors
        /// Ends when the items have ended and none waits. Late items and late versions are
        /// left out and counted.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
        /// # Backpressure and memory
        /// As with [`temporal_join_events_rs2`](Self::temporal_join_events_rs2).
        /// # Cost
        /// As with [`temporal_join_events_rs2`](Self::temporal_join_events_rs2).
        /// # Panics
        /// When `max_versions` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::{TemporalJoinConfig, Version};
        /// # use rs2_core::watermark::BoundedDisorder;
        /// # use std::time::Duration;
        /// let policy = BoundedDisorder::new(Duration::from_secs(10));
        /// let prices = from_iter([Version::new("tea", EventTime::from_secs(60), 4)])
        ///     .with_watermarks_rs2(policy, |price| price.valid_from);
        /// let paid: Vec<Option<u32>> = from_iter([("tea", 59), ("tea", 60)])
        ///     .with_watermarks_rs2(policy, |sale| EventTime::from_secs(sale.1))
        ///     .temporal_join_left_events_rs2(
        ///         prices,
        ///         TemporalJoinConfig::new(Duration::ZERO),
        ///         |sale| sale.0,
        ///         |_, price| price.copied(),
        ///     )
        ///     .without_watermarks_rs2()
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(paid, [None, Some(4)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn temporal_join_left_events_rs2<B, T, K, V, G, F, R>(
            self,
            versions: B,
            config: $crate::op::join::TemporalJoinConfig,
            key: G,
            f: F,
        ) -> $crate::op::join::TemporalJoinedInBand<
            Self,
            B,
            T,
            K,
            V,
            G,
            $crate::op::join::Each<F>,
            $crate::store::SeededHeap,
        >
        where
            Self: Sized + $crate::prelude::Stream<Item = $crate::watermark::Signal<T>>,
            B: $crate::prelude::Stream<
                    Item = $crate::watermark::Signal<$crate::op::join::Version<K, V>>,
                >,
            K: ::core::hash::Hash + Eq,
            G: FnMut(&T) -> K,
            F: FnMut(T, Option<&V>) -> R,
        {
            self.temporal_join_left_events_in_rs2($crate::__keys!($seed), versions, config, key, f)
        }

        /// Yields `f` of each item and what is found for its key elsewhere, in the order of the
        /// items: [`lookup_join_on_rs2`](rs2_core::op::JoinExt::lookup_join_on_rs2) with this
        /// runtime's clock.
        ///
        /// # Shape
        /// n items in, n out, in order. All items of a key that wait at the same time are served by
        /// one question.
        /// # End and errors
        /// Ends with its source. An error goes to the items that waited for it, and is remembered
        /// only if so configured.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait, and
        /// drops the questions.
        /// # Backpressure and memory
        /// Holds at most `max_waiting` items and `max_entries` answers; the answer not used for
        /// longest makes room. No item is taken while `max_in_flight` keys are asked for.
        /// # Cost
        /// Two table lookups and one reading of the clock for an item whose answer is remembered.
        /// # Panics
        /// When the settings cannot work: see
        /// [`validate`](rs2_core::op::join::LookupConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::LookupConfig;
        /// let names: Vec<Option<&str>> = from_iter([1, 2, 1])
        ///     .lookup_join_rs2(
        ///         |id| *id,
        ///         LookupConfig::default(),
        ///         async |id| Ok::<_, std::io::Error>((id == 1).then_some("ann")),
        ///         |_, name| name.ok().flatten().copied(),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(names, [Some("ann"), None, Some("ann")]);
        #[doc = $after]
        /// ```
        #[doc(alias = "enrich")]
        #[track_caller]
        fn lookup_join_rs2<K, V, E, G, F, Fut, H, R>(
            self,
            key: G,
            config: $crate::op::join::LookupConfig,
            fetch: F,
            f: H,
        ) -> $crate::op::join::LookedUp<Self, G, F, H, R, $Timer>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K) -> Fut,
            Fut: ::core::future::Future<Output = Result<Option<V>, E>>,
            H: FnMut(Self::Item, Result<Option<&V>, &E>) -> R,
        {
            self.lookup_join_on_rs2($timer, $seed, key, config, fetch, f)
        }

        /// Yields what [`lookup_join_rs2`](Self::lookup_join_rs2) yields, as the answers come:
        /// [`lookup_join_unordered_on_rs2`](rs2_core::op::JoinExt::lookup_join_unordered_on_rs2)
        /// with this runtime's clock.
        ///
        /// # Shape
        /// n items in, n out; an item whose answer is slow holds up no other.
        /// # End and errors
        /// As with [`lookup_join_rs2`](Self::lookup_join_rs2).
        /// # Cancel safety
        /// As with [`lookup_join_rs2`](Self::lookup_join_rs2).
        /// # Backpressure and memory
        /// As with [`lookup_join_rs2`](Self::lookup_join_rs2).
        /// # Cost
        /// As with [`lookup_join_rs2`](Self::lookup_join_rs2).
        /// # Panics
        /// When the settings cannot work: see
        /// [`validate`](rs2_core::op::join::LookupConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::join::LookupConfig;
        /// let found: Vec<bool> = from_iter([1, 1])
        ///     .lookup_join_unordered_rs2(
        ///         |id| *id,
        ///         LookupConfig::default(),
        ///         async |id| Ok::<_, std::io::Error>(Some(id)),
        ///         |_, name| name.is_ok(),
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(found, [true, true]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn lookup_join_unordered_rs2<K, V, E, G, F, Fut, H, R>(
            self,
            key: G,
            config: $crate::op::join::LookupConfig,
            fetch: F,
            f: H,
        ) -> $crate::op::join::LookedUpUnordered<Self, G, F, H, R, $Timer>
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            G: FnMut(&Self::Item) -> K,
            F: FnMut(K) -> Fut,
            Fut: ::core::future::Future<Output = Result<Option<V>, E>>,
            H: FnMut(Self::Item, Result<Option<&V>, &E>) -> R,
        {
            self.lookup_join_unordered_on_rs2($timer, $seed, key, config, fetch, f)
        }
    };
}
