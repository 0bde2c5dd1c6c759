//! Operators that make statistics of a stream, by the number of items.
//!
//! What is made is said by an [`Aggregator`] or a [`Statistic`]. Windows of time are in the area of
//! event time, and take the same aggregators; buckets of the calendar are here.

mod aggregate_window;
mod buckets;
mod track;
mod track_by_key;

pub use aggregate_window::AggregateWindow;
pub use buckets::{Bucket, BucketConfig, Buckets, BucketsByTime, FixedBuckets};
pub use track::Track;
pub use track_by_key::TrackByKey;

use crate::aggregate::{Aggregator, Running};
use crate::machine::{ByTime, Drive};
use crate::state::Limits;
use crate::statistics::{Detector, Judge, Statistic};
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::store::{KeyStorage, Storage};
use crate::time::{EventTime, NoTimer};
use crate::watermark::{InBand, Signal};
use core::hash::Hash;
use futures_core::Stream;

/// How many buckets are open at most when the plain name is used.
#[cfg(feature = "alloc")]
pub const DEFAULT_CAPACITY: usize = 1_000_000;

/// A source with a statistic after each item.
pub type Tracked<S, C> = Drive<S, Track<<S as Stream>::Item, C>, NoTimer>;

/// A source with a statistic of its key after each item.
pub type TrackedByKey<S, K, C, G, St> =
    Drive<S, TrackByKey<<S as Stream>::Item, K, C, G, St>, NoTimer>;

/// A source with an aggregator of everything so far, after each item.
pub type RunningOf<S, A> = Tracked<S, Running<<S as Stream>::Item, A>>;

/// A source with an aggregator of its last items.
pub type CountWindows<S, A, St> = Drive<S, AggregateWindow<<S as Stream>::Item, A, St>, NoTimer>;

/// What an aggregator makes of each bucket between signals.
pub type BucketedInBand<S, T, A, B, St> = Drive<S, InBand<BucketsByTime<T, A, B, St>>, NoTimer>;

/// A source by buckets of time.
pub type Bucketed<S, A, B, St, F> =
    Drive<S, ByTime<BucketsByTime<<S as Stream>::Item, A, B, St>, F>, NoTimer>;

/// Operators that make statistics of a stream, by the number of items, by key or by the calendar.
pub trait AnalyticsExt: Stream {
    /// Yields what an [`Aggregator`] makes of all items so far, after each item.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses what was gathered.
    /// # Backpressure and memory
    /// Holds the one part of the aggregator. What a bounded one has no room for is left out.
    /// # Cost
    /// One `add` and one `peek` of the aggregator per item. No allocation of its own, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::{aggregate::{Max, Mean}, prelude::*};
    /// # futures_executor::block_on(async {
    /// let so_far: Vec<(f64, i32)> =
    ///     from_iter([4, 8, 3]).running_rs2((Mean, Max)).collect_rs2().await;
    /// assert_eq!(so_far, [(4.0, 4), (6.0, 8), (5.0, 8)]);
    /// # })
    /// ```
    #[doc(alias = "cumulative")]
    #[doc(alias = "expanding")]
    fn running_rs2<A: Aggregator<Self::Item>>(self, aggregator: A) -> RunningOf<Self, A>
    where
        Self: Sized,
    {
        self.track_rs2(Running::of(aggregator))
    }

    /// Yields what a [`Statistic`] tells after each item, as an exponential moving average.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses what the statistic has seen.
    /// # Backpressure and memory
    /// Holds the statistic.
    /// # Cost
    /// One `push` of the statistic per item. No allocation of its own, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::{aggregate::{Running, Sum}, prelude::*};
    /// # futures_executor::block_on(async {
    /// let sums: Vec<i64> =
    ///     from_iter([1, 2, 3]).track_rs2(Running::of(Sum)).collect_rs2().await;
    /// assert_eq!(sums, [1, 3, 6]);
    /// # })
    /// ```
    fn track_rs2<C: Statistic<Self::Item>>(self, statistic: C) -> Tracked<Self, C>
    where
        Self: Sized,
    {
        Drive::new(self, Track::new(statistic), NoTimer)
    }

    /// Yields what a [`Statistic`] of its key tells after each item; each key begins with a copy of
    /// `statistic`.
    ///
    /// n items in, n out, in order, each when it arrives; ends with its source. The memory holds
    /// one statistic for each key. When it is full, [`OnFull::Evict`](crate::state::OnFull::Evict)
    /// forgets those not used for longest, counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted). One table lookup per item, no clock.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{aggregate::{Mean, Running, of}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([("hall", 20.0), ("roof", 4.0), ("hall", 22.0)]);
    /// let celsius = |reading: &(&'static str, f64)| reading.1;
    /// let keys = Heap::bounded(100).seeded(7);
    /// let means: Vec<f64> = readings
    ///     .track_by_key_in_rs2(keys, |reading| reading.0, Running::of(of(celsius, Mean)))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(means, [20.0, 4.0, 21.0]);
    /// # })
    /// ```
    fn track_by_key_in_rs2<St, K, G, C>(
        self,
        keys: impl Into<Limits<St>>,
        key: G,
        statistic: C,
    ) -> TrackedByKey<Self, K, C, G, St>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        C: Statistic<Self::Item> + Clone,
    {
        Drive::new(self, TrackByKey::new(keys.into(), key, statistic), NoTimer)
    }

    /// Yields each item with a [`Verdict`](crate::statistics::Verdict): whether its value is an
    /// outlier, by how much, and which bounds it was held to.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses what the detector has learnt.
    /// # Backpressure and memory
    /// Holds the detector.
    /// # Cost
    /// One judgement of the detector per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, statistics::Hampel};
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20.0, 21.0, 20.5, 95.0, 20.0]);
    /// let odd: Vec<f64> = readings
    ///     .detect_outliers_rs2(|celsius| *celsius, Hampel::<3>::beyond(3.0).at_least(0.5))
    ///     .filter_map_rs2(|judged| judged.verdict.is_outlier.then_some(judged.item))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(odd, [95.0]);
    /// # })
    /// ```
    #[doc(alias = "anomaly")]
    #[doc(alias = "zscore")]
    #[doc(alias = "cusum")]
    fn detect_outliers_rs2<F, D>(self, value: F, detector: D) -> Tracked<Self, Judge<F, D>>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> f64,
        D: Detector,
    {
        self.track_rs2(Judge::new(value, detector))
    }

    /// [`detect_outliers_rs2`](Self::detect_outliers_rs2) with a detector for each key, each a copy
    /// of `detector`; memory as with [`track_by_key_rs2`](Self::track_by_key_in_rs2).
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, statistics::ZScore, store::Heap};
    /// # futures_executor::block_on(async {
    /// let readings = [("a", 1.0), ("b", 50.0), ("a", 2.0), ("b", 51.0), ("a", 50.0), ("b", 50.0)];
    /// let keys = Heap::bounded(100).seeded(7);
    /// let detector = ZScore::<2>::beyond(4.0);
    /// let odd: Vec<(&str, f64)> = from_iter(readings)
    ///     .detect_outliers_by_key_in_rs2(keys, |r| r.0, |r| r.1, detector)
    ///     .filter_map_rs2(|judged| judged.verdict.is_outlier.then_some(judged.item))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(odd, [("a", 50.0)]);
    /// # })
    /// ```
    fn detect_outliers_by_key_in_rs2<St, K, G, F, D>(
        self,
        keys: impl Into<Limits<St>>,
        key: G,
        value: F,
        detector: D,
    ) -> TrackedByKey<Self, K, Judge<F, D>, G, St>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> f64 + Clone,
        D: Detector + Clone,
    {
        self.track_by_key_in_rs2(keys, key, Judge::new(value, detector))
    }

    /// Yields what an [`Aggregator`] makes of the last `size` items, after every `step` items from
    /// the `size`th on.
    ///
    /// ```text
    /// in   1 2 - 3 4 5 6 |        size = 3, step = 2, the aggregator is Sum
    /// out  - - - 6 - C - |        C = 12
    /// ```
    /// With [`Mean`](crate::aggregate::Mean) and a step of one it is the simple moving average. To
    /// look at the items themselves there is
    /// `sliding_window_with_rs2`.
    ///
    /// # Shape
    /// n items in, (n - `size`) / `step` + 1 out or none: full windows only. With a step greater
    /// than the size, the items between two windows are in none.
    /// # End and errors
    /// Ends with its source; what makes no full window yields nothing. `Err` items are items like
    /// any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the window.
    /// # Backpressure and memory
    /// Holds one part of the aggregator for each of the last `size` items, and one more.
    /// # Cost
    /// O(1) per item whatever the size, amortised: with an aggregator that cannot subtract, one
    /// item in `size` goes over the whole window. No clock.
    /// # Panics
    /// When `size` or `step` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{aggregate::{Max, Mean}, prelude::*};
    /// # futures_executor::block_on(async {
    /// let prices = from_iter([10.0, 12.0, 14.0, 10.0]);
    /// let last_three: Vec<(f64, f64)> =
    ///     prices.aggregate_window_rs2(3, 1, (Mean, Max)).collect_rs2().await;
    /// assert_eq!(last_three, [(12.0, 14.0), (12.0, 14.0)]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "moving_average")]
    #[doc(alias = "rolling")]
    #[doc(alias = "count_window")]
    #[track_caller]
    fn aggregate_window_rs2<A: Aggregator<Self::Item>>(
        self,
        size: usize,
        step: usize,
        aggregator: A,
    ) -> CountWindows<Self, A, Heap>
    where
        Self: Sized,
    {
        self.aggregate_window_in_rs2(Heap::bounded(size), step, aggregator)
    }

    /// [`aggregate_window_rs2`](Self::aggregate_window_rs2) in a memory of the caller's choice; a
    /// window has the size of the memory's capacity.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{aggregate::Sum, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let sums: Vec<i64> = from_iter(1..=6)
    ///     .aggregate_window_in_rs2(Heap::bounded(3), 2, Sum)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sums, [6, 12]);
    /// # })
    /// ```
    #[track_caller]
    fn aggregate_window_in_rs2<St: Storage, A: Aggregator<Self::Item>>(
        self,
        window: St,
        step: usize,
        aggregator: A,
    ) -> CountWindows<Self, A, St>
    where
        Self: Sized,
    {
        Drive::new(self, AggregateWindow::new(&window, step, aggregator), NoTimer)
    }

    /// Yields what an [`Aggregator`] makes of each bucket of time, once the watermark has passed
    /// its end: of days, weeks or months, however long each is.
    ///
    /// ```text
    /// in   a1 b4 c31 |            number = time, buckets of 10, one empty one may go out
    /// out  - - (AB)(C|)           A = a b, B = nothing, from 10 on; C = c, from 30 on
    /// ```
    /// Buckets of one length are [`FixedBuckets`]; the calendar of a time zone is `CalendarBuckets`
    /// of rs2-std, with the feature `calendar`. Where there may be gaps, up to
    /// [`most_empty`](BucketConfig::most_empty) buckets without a value go out in each.
    ///
    /// # Shape
    /// One [`Bucket`] for each with items, in the order of their start, and the empty ones between.
    /// # End and errors
    /// At the end all buckets with items go out. An item whose bucket is past its end is late, and
    /// counted as [`Loss::Late`](crate::metrics::Loss::Late).
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses what open buckets have gathered.
    /// # Backpressure and memory
    /// Holds one part of the aggregator for each open bucket, at most 1,000,000; then the first one
    /// goes out early, counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted), and what comes
    /// for it later as [`Loss::Full`](crate::metrics::Loss::Full).
    /// # Cost
    /// O(1) per item in the latest bucket, O(log n) in another of n open ones, and a look at the
    /// calendar where the bucket changes. No clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{aggregate::{Sum, of}, prelude::*};
    /// # use rs2_core::op::analytics::{BucketConfig, FixedBuckets};
    /// # futures_executor::block_on(async {
    /// let hourly = FixedBuckets::of(Duration::from_secs(3_600));
    /// let config = BucketConfig { most_empty: 24, ..BucketConfig::default() };
    /// let time = |sale: &(i64, i32)| EventTime::from_secs(sale.0);
    /// let amount = of(|sale: &(i64, i32)| sale.1, Sum);
    /// let totals: Vec<Option<i64>> = from_iter([(10, 3), (1_800, 4), (9_000, 5)])
    ///     .buckets_by_time_rs2(hourly, config, time, amount)
    ///     .map_rs2(|hour| hour.value)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(totals, [Some(7), None, Some(5)]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "resample")]
    #[doc(alias = "date_trunc")]
    fn buckets_by_time_rs2<B, A, F, E>(
        self,
        buckets: B,
        config: BucketConfig,
        timestamp: F,
        aggregator: A,
    ) -> Bucketed<Self, A, B, Heap, F>
    where
        Self: Sized,
        B: Buckets,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let open = Heap::bounded(DEFAULT_CAPACITY);
        self.buckets_by_time_in_rs2(open, buckets, config, timestamp, aggregator)
    }

    /// [`buckets_by_time_rs2`](Self::buckets_by_time_rs2) with open buckets in a memory of the
    /// caller's choice.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{aggregate::Count, prelude::*, store::Heap};
    /// # use rs2_core::op::analytics::{BucketConfig, FixedBuckets};
    /// # futures_executor::block_on(async {
    /// let tens = FixedBuckets::of(Duration::from_secs(10));
    /// let time = |second: &i64| EventTime::from_secs(*second);
    /// let counts: Vec<Option<u64>> = from_iter([1, 9, 12])
    ///     .buckets_by_time_in_rs2(Heap::bounded(4), tens, BucketConfig::default(), time, Count)
    ///     .map_rs2(|bucket| bucket.value)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [Some(2), Some(1)]);
    /// # })
    /// ```
    fn buckets_by_time_in_rs2<St, B, A, F, E>(
        self,
        open: impl Into<Limits<St>>,
        buckets: B,
        config: BucketConfig,
        timestamp: F,
        aggregator: A,
    ) -> Bucketed<Self, A, B, St, F>
    where
        Self: Sized,
        St: Storage,
        B: Buckets,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let rule = BucketsByTime::new(open.into(), buckets, &config, aggregator);
        Drive::new(self, ByTime::new(rule, config.watermark_delay, timestamp), NoTimer)
    }

    /// [`buckets_by_time_rs2`](Self::buckets_by_time_rs2) between signals, with their times and
    /// watermarks: each bucket with items stands at its last moment. Empty ones do not go out.
    ///
    /// # Shape
    /// One [`Bucket`] for each with items, in the order of their start.
    /// # End and errors
    /// At the end all buckets go out. An item whose bucket is past its end is late, and counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late).
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses what open buckets have gathered.
    /// # Backpressure and memory
    /// As [`buckets_by_time_rs2`](Self::buckets_by_time_rs2).
    /// # Cost
    /// As [`buckets_by_time_rs2`](Self::buckets_by_time_rs2).
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{aggregate::Count, op::analytics::FixedBuckets, prelude::*};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// // The busiest minute of each hour.
    /// let minutes = FixedBuckets::of(Duration::from_secs(60));
    /// let hours = FixedBuckets::of(Duration::from_secs(3_600));
    /// let busiest: Vec<u64> = from_iter([10, 20, 70, 3_700])
    ///     .with_watermarks_rs2(
    ///         BoundedDisorder::new(Duration::ZERO),
    ///         |s| EventTime::from_secs(*s),
    ///     )
    ///     .bucket_events_rs2(minutes, Count)
    ///     .map_events_rs2(|minute| minute.value.unwrap_or(0))
    ///     .bucket_events_rs2(hours, rs2_core::aggregate::Max)
    ///     .map_events_rs2(|hour| hour.value.unwrap_or(0))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(busiest, [2, 1]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn bucket_events_rs2<T, B, A>(
        self,
        buckets: B,
        aggregator: A,
    ) -> BucketedInBand<Self, T, A, B, Heap>
    where
        Self: Sized + Stream<Item = Signal<T>>,
        B: Buckets,
        A: Aggregator<T>,
    {
        self.bucket_events_in_rs2(Heap::bounded(DEFAULT_CAPACITY), buckets, aggregator)
    }

    /// [`bucket_events_rs2`](Self::bucket_events_rs2) with open buckets in a memory of the caller's
    /// choice.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{aggregate::Count, op::analytics::FixedBuckets, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let tens = FixedBuckets::of(Duration::from_secs(10));
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let counts: Vec<Option<u64>> = from_iter([1, 9, 12])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .bucket_events_in_rs2(Heap::bounded(4), tens, Count)
    ///     .map_events_rs2(|bucket| bucket.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [Some(2), Some(1)]);
    /// # })
    /// ```
    fn bucket_events_in_rs2<St, T, B, A>(
        self,
        open: impl Into<Limits<St>>,
        buckets: B,
        aggregator: A,
    ) -> BucketedInBand<Self, T, A, B, St>
    where
        Self: Sized + Stream<Item = Signal<T>>,
        St: Storage,
        B: Buckets,
        A: Aggregator<T>,
    {
        let config = BucketConfig::default();
        let rule = BucketsByTime::new(open.into(), buckets, &config, aggregator);
        Drive::new(self, InBand::new(rule), NoTimer)
    }
}

impl<S: Stream + ?Sized> AnalyticsExt for S {}
