//! Operators on event time between signals, which can follow one another.
//!
//! [`with_watermarks_rs2`](WatermarkExt::with_watermarks_rs2) turns items into [`Signal`]s once, at
//! the source. Every operator behind it finds times and watermarks in the stream and passes them
//! on, so windows of windows are right, and so is a merge of several sources. The rules are those
//! of [`EventTimeExt`](super::EventTimeExt).

mod filter_events;
mod map_events;
#[cfg(feature = "alloc")]
mod merge_events;
mod stamps;
mod with_watermarks;
mod without_watermarks;

pub use filter_events::FilterEvents;
pub use map_events::MapEvents;
#[cfg(feature = "alloc")]
pub use merge_events::MergeEvents;
pub use with_watermarks::WithWatermarks;
pub use without_watermarks::WithoutWatermarks;

#[cfg(feature = "alloc")]
use super::{
    Collect, DEFAULT_CAPACITY, Pattern, PatternByTime, PatternOutput, Steps, ThrottleConfig,
    ThrottleKeyedByTime, TimeWindow,
};
use super::{
    DedupByTime, DedupMode, DedupRules, FirstSeen, KeyedWindows, Panes, SameGap, SessionByTime,
    SessionGap, SessionRules, SortByTime, ThrottleByTime, TimeWindows, WindowByTime, WindowValue,
};
use crate::aggregate::Aggregator;
use crate::machine::Drive;
use crate::metrics::Losses;
use crate::state::Limits;
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::store::{KeyStorage, Storage};
use crate::time::{EventTime, NoTimer, Timer};
#[cfg(feature = "alloc")]
use crate::watermark::AllIdle;
use crate::watermark::{InBand, Signal, Silence, Watermarks};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// A rule of event time over a source of signals.
pub type DriveInBand<S, M> = Drive<S, InBand<M>, NoTimer>;

/// Windows between signals, each as a `W`.
pub type WindowsInBand<S, A, St, W> =
    DriveInBand<S, WindowByTime<<S as SignalExt>::Event, A, St, W>>;

/// Windows of each key between signals.
pub type WindowsOfKeysInBand<S, K, G, A, St, T = NoTimer> =
    Drive<S, InBand<KeyedWindows<<S as SignalExt>::Event, K, G, A, St>>, T>;

/// Sessions between signals.
pub type SessionsInBand<S, K, G, A, St, P = SameGap> =
    DriveInBand<S, SessionByTime<<S as SignalExt>::Event, K, G, A, St, P>>;

/// A source of signals without its duplicates.
pub type DeduplicatedInBand<S, K, G, St, M = FirstSeen> =
    DriveInBand<S, DedupByTime<K, G, St, <S as SignalExt>::Event, M>>;

/// So many items of each key between signals as may pass.
#[cfg(feature = "alloc")]
pub type ThrottledKeysInBand<S, K, G, St> =
    DriveInBand<S, ThrottleKeyedByTime<<S as SignalExt>::Event, K, G, St>>;

/// Sequences found between signals.
#[cfg(feature = "alloc")]
pub type PatternsInBand<S, K, G, L, St> =
    DriveInBand<S, PatternByTime<<S as SignalExt>::Event, K, G, L, St>>;

/// Sequences found between signals, and the beginnings of some that timed out.
#[cfg(feature = "alloc")]
pub type PatternOutputsInBand<S, K, G, L, St> = DriveInBand<
    S,
    PatternByTime<<S as SignalExt>::Event, K, G, L, St, PatternOutput<K, <S as SignalExt>::Event>>,
>;

/// A source whose items stand between watermarks.
pub type Watermarked<S, P, F, T = NoTimer> = Drive<S, WithWatermarks<<S as Stream>::Item, P, F>, T>;

/// The way from items to signals.
pub trait WatermarkExt: Stream {
    /// Yields each item with its time, and after it the watermark when that has risen.
    ///
    /// ```text
    /// in   a1 b5 c3 d9 |             number = time, delay = 2
    /// out  a1 W-1 b5 W3 c3 d9 W7 |
    /// ```
    /// # Shape
    /// Each item as [`Signal::Item`], in the order in which they come, and at most one
    /// [`Signal::Watermark`] after it. Watermarks only rise.
    /// # End and errors
    /// Ends with its source, which tells those behind it that no item is to come. `Err` items are
    /// items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing but a watermark.
    /// # Cost
    /// O(1) per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let second = Duration::from_secs(1);
    /// let (short, long) = (
    ///     TimeWindowConfig::tumbling(10 * second, Duration::ZERO)?,
    ///     TimeWindowConfig::tumbling(60 * second, Duration::ZERO)?,
    /// );
    /// let busiest: Vec<u64> = from_iter([1, 4, 11, 8, 25, 61])
    ///     .with_watermarks_rs2(BoundedDisorder::new(2 * second), |s| EventTime::from_secs(*s))
    ///     .aggregate_events_rs2(short, Count)
    ///     .window_events_rs2(long)
    ///     .map_events_rs2(|minute| minute.events.iter().map(|short| short.value).max())
    ///     .without_watermarks_rs2()
    ///     .filter_map_rs2(|most| most)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(busiest, [3, 1]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[doc(alias = "assign_timestamps_and_watermarks")]
    fn with_watermarks_rs2<P, F, E>(self, policy: P, timestamp: F) -> Watermarked<Self, P, F>
    where
        Self: Sized,
        P: Watermarks<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        Drive::new(self, WithWatermarks::new(policy, Silence::wait(), timestamp), NoTimer)
    }

    /// [`with_watermarks_rs2`](Self::with_watermarks_rs2) for a source that may fall silent: it is
    /// then told to be idle, or its watermark follows the clock, as `silence` says.
    ///
    /// Only the time counts for which the source is waited for. The plain name is
    /// `with_live_watermarks_rs2(policy, silence, timestamp)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use rs2_core::watermark::{BoundedDisorder, Signal, Silence};
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::from_secs(1));
    /// let silence = Silence::wait().idle_after(Duration::from_secs(30));
    /// let signals: Vec<Signal<i64>> = from_iter([5])
    ///     .with_live_watermarks_on_rs2(NoTimer, policy, silence, |s| EventTime::from_secs(*s))
    ///     .collect_rs2()
    ///     .await;
    /// let at = EventTime::from_secs;
    /// assert_eq!(signals, [Signal::Item(at(5), 5), Signal::Watermark(at(4))]);
    /// # })
    /// ```
    fn with_live_watermarks_on_rs2<T, P, F, E>(
        self,
        timer: T,
        policy: P,
        silence: Silence,
        timestamp: F,
    ) -> Watermarked<Self, P, F, T>
    where
        Self: Sized,
        T: Timer,
        P: Watermarks<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        Drive::new(self, WithWatermarks::new(policy, silence, timestamp), timer)
    }
}

impl<S: Stream + ?Sized> WatermarkExt for S {}

fn drive<S, M>(source: S, rule: M) -> DriveInBand<S, M> {
    Drive::new(source, InBand::new(rule), NoTimer)
}

/// Operators on the items of a stream of [`Signal`]s.
///
/// Watermarks, idle and active go on to the next operator; what a watermark brings out goes before
/// it. Those that keep something for each key take the memory and with it the seed for hashing; an
/// adapter adds the plain names with a random seed.
pub trait SignalExt: Stream<Item = Signal<<Self as SignalExt>::Event>> {
    /// The items between the watermarks.
    type Event;

    /// Yields `f` of each item, at the time of the item.
    ///
    /// # Shape
    /// n items in, n out, in order; watermarks, idle and active as they come.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `f` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let doubled: Vec<i64> = from_iter([1, 2])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .map_events_rs2(|s| 2 * s)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(doubled, [2, 4]);
    /// # })
    /// ```
    fn map_events_rs2<U, F>(self, f: F) -> Drive<Self, MapEvents<Self::Event, F>, NoTimer>
    where
        Self: Sized,
        F: FnMut(Self::Event) -> U,
    {
        Drive::new(self, MapEvents::new(f), NoTimer)
    }

    /// Yields the items that `keep` is true for.
    ///
    /// # Shape
    /// n items in, at most n out, in order; watermarks, idle and active as they come.
    /// # End and errors
    /// Ends with its source.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `keep` per item. No allocation, no clock. Gives the task back after 1,024 items
    /// that do not pass.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let even: Vec<i64> = from_iter([1, 2, 3, 4])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .filter_events_rs2(|s| s % 2 == 0)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(even, [2, 4]);
    /// # })
    /// ```
    fn filter_events_rs2<F>(self, keep: F) -> Drive<Self, FilterEvents<Self::Event, F>, NoTimer>
    where
        Self: Sized,
        F: FnMut(&Self::Event) -> bool,
    {
        Drive::new(self, FilterEvents::new(keep), NoTimer)
    }

    /// Yields the items alone.
    ///
    /// # Shape
    /// n items in, n out, in order; nothing of watermarks, idle and active.
    /// # End and errors
    /// Ends with its source.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// O(1) per signal. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let items: Vec<i64> = from_iter([3, 1])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(items, [3, 1]);
    /// # })
    /// ```
    fn without_watermarks_rs2(self) -> Drive<Self, WithoutWatermarks<Self::Event>, NoTimer>
    where
        Self: Sized,
    {
        Drive::new(self, WithoutWatermarks::new(), NoTimer)
    }

    /// Yields the signals of several sources as those of one, whose watermark is the earliest of
    /// theirs.
    ///
    /// # Shape
    /// n and m items in, n + m out; those of one source stay in order. A watermark goes out when
    /// the earliest of the active sources has risen, after the item that brought it.
    /// # End and errors
    /// Ends when all have ended; one that has is not waited for, nor is one that is idle. While
    /// none is active the watermark stays, and a source that comes back does not pull it down: see
    /// [`Inputs`](crate::watermark::Inputs).
    /// # Cancel safety
    /// Dropping the stream loses at most one item, which waits behind word that a source is back.
    /// # Backpressure and memory
    /// Takes a signal from a source only when it is asked for one. Sources that have something take
    /// turns.
    /// # Cost
    /// At most one poll of each source per signal, and O(n) for n sources when the earliest
    /// watermark rises. No clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let marked = |items| {
    ///     from_iter(items).with_watermarks_rs2(policy, |s: &i64| EventTime::from_secs(*s))
    /// };
    /// let sorted: Vec<i64> = marked(vec![1, 4, 9])
    ///     .merge_events_rs2(vec![marked(vec![2, 3])])
    ///     .sort_events_rs2()
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [1, 2, 3, 4, 9]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "union")]
    fn merge_events_rs2<B>(self, others: Vec<B>) -> MergeEvents<Self, B, Self::Event>
    where
        Self: Sized,
        B: Stream<Item = Signal<Self::Event>>,
    {
        MergeEvents::new(self, others, AllIdle::Hold)
    }

    /// Yields what [`merge_events_rs2`](Self::merge_events_rs2) does, and says what becomes of the
    /// watermark while all sources are idle.
    ///
    /// # Shape
    /// n and m items in, n + m out; those of one source stay in order.
    /// # End and errors
    /// Ends when all have ended.
    /// # Cancel safety
    /// Dropping the stream loses at most one item.
    /// # Cost
    /// As [`merge_events_rs2`](Self::merge_events_rs2).
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// # use rs2_core::watermark::AllIdle;
    /// let marked = |items| {
    ///     from_iter(items).with_watermarks_rs2(policy, |s: &i64| EventTime::from_secs(*s))
    /// };
    /// let both: Vec<i64> = marked(vec![1])
    ///     .merge_events_with_rs2(vec![marked(vec![2])], AllIdle::Advance)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(both, [1, 2]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn merge_events_with_rs2<B>(
        self,
        others: Vec<B>,
        when_idle: AllIdle,
    ) -> MergeEvents<Self, B, Self::Event>
    where
        Self: Sized,
        B: Stream<Item = Signal<Self::Event>>,
    {
        MergeEvents::new(self, others, when_idle)
    }

    /// Yields each window of event time with its items, once the watermark has passed its end.
    ///
    /// # Shape
    /// Windows in the order of their start, each at the last moment before its end, those without
    /// items left out. The `watermark_delay` of the settings is not looked at.
    /// # End and errors
    /// At the end all windows with items go out. Lateness as with
    /// [`window_by_time_rs2`](super::EventTimeExt::window_by_time_rs2); a window that goes out
    /// again is as late for the next operator as the item that caused it was for this one.
    /// # Cancel safety
    /// Dropping the stream loses the items of open windows.
    /// # Backpressure and memory
    /// Holds the items of open windows: at most 1,000,000 slices of as many items; what does not
    /// fit is counted.
    /// # Cost
    /// As [`window_by_time_rs2`](super::EventTimeExt::window_by_time_rs2). No clock.
    /// # Panics
    /// When the settings cannot work: see
    /// [`TimeWindowConfig::validate`](super::TimeWindowConfig::validate).
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::TimeWindowConfig, prelude::*};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(10), Duration::ZERO)?;
    /// let windows: Vec<Vec<i64>> = from_iter([1, 4, 11])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .window_events_rs2(config)
    ///     .map_events_rs2(|window| window.events)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(windows, [vec![1, 4], vec![11]]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn window_events_rs2(
        self,
        config: impl Into<TimeWindows>,
    ) -> WindowsInBand<Self, Collect, Heap, TimeWindow<Self::Event>>
    where
        Self: Sized,
        Self::Event: Clone,
    {
        self.window_events_in_rs2(Heap::bounded(DEFAULT_CAPACITY), config)
    }

    /// [`window_events_rs2`](Self::window_events_rs2) with slices in a memory of the caller's
    /// choice; when it is full as with
    /// [`window_by_time_in_rs2`](super::EventTimeExt::window_by_time_in_rs2).
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::TimeWindowConfig, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(10), Duration::ZERO)?;
    /// let windows: Vec<Vec<i64>> = from_iter([1, 11])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .window_events_in_rs2(Heap::bounded(8), config)
    ///     .map_events_rs2(|window| window.events)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(windows, [vec![1], vec![11]]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn window_events_in_rs2<St>(
        self,
        slices: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
    ) -> WindowsInBand<Self, Collect, St, TimeWindow<Self::Event>>
    where
        Self: Sized,
        Self::Event: Clone,
        St: Storage,
    {
        drive(self, WindowByTime::new(slices.into(), config, Collect::default()))
    }

    /// Yields what an [`Aggregator`] makes of each window of event time.
    ///
    /// # Shape
    /// One [`WindowValue`] for each window with items, in the order of their start, each at the
    /// last moment before its end. The `watermark_delay` of the settings is not looked at.
    /// # End and errors
    /// At the end all windows with items go out. Lateness as with
    /// [`window_by_time_rs2`](super::EventTimeExt::window_by_time_rs2); a window that goes out
    /// again is as late for the next operator as the item that caused it was for this one.
    /// # Cancel safety
    /// Dropping the stream loses what open windows have gathered.
    /// # Backpressure and memory
    /// Holds one part for each slice of open windows, and no item: at most 1,000,000 slices.
    /// # Cost
    /// As [`aggregate_by_time_rs2`](super::EventTimeExt::aggregate_by_time_rs2). No clock.
    /// # Panics
    /// When the settings cannot work: see
    /// [`TimeWindowConfig::validate`](super::TimeWindowConfig::validate).
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(10), Duration::ZERO)?;
    /// let counts: Vec<u64> = from_iter([1, 4, 11])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .aggregate_events_rs2(config, Count)
    ///     .map_events_rs2(|window| window.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [2, 1]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn aggregate_events_rs2<A>(
        self,
        config: impl Into<TimeWindows>,
        aggregator: A,
    ) -> WindowsInBand<Self, A, Heap, WindowValue<A::Output>>
    where
        Self: Sized,
        A: Aggregator<Self::Event>,
    {
        self.aggregate_events_in_rs2(Heap::bounded(DEFAULT_CAPACITY), config, aggregator)
    }

    /// [`aggregate_events_rs2`](Self::aggregate_events_rs2) with slices in a memory of the caller's
    /// choice; when it is full as with
    /// [`window_by_time_in_rs2`](super::EventTimeExt::window_by_time_in_rs2).
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(10), Duration::ZERO)?;
    /// let counts: Vec<u64> = from_iter([1, 4, 11])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .aggregate_events_in_rs2(Heap::bounded(8), config, Count)
    ///     .map_events_rs2(|window| window.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [2, 1]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[track_caller]
    fn aggregate_events_in_rs2<St, A>(
        self,
        slices: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        aggregator: A,
    ) -> WindowsInBand<Self, A, St, WindowValue<A::Output>>
    where
        Self: Sized,
        St: Storage,
        A: Aggregator<Self::Event>,
    {
        drive(self, WindowByTime::new(slices.into(), config, aggregator))
    }

    /// Yields each window of each key with its items, once the watermark has passed its end: as
    /// [`aggregate_keyed_events_in_rs2`](Self::aggregate_keyed_events_in_rs2) with [`Collect`].
    ///
    /// The plain name is `window_keyed_events_rs2(config, key)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::TimeWindowConfig, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(10), Duration::ZERO)?;
    /// let parts = Heap::bounded(1_000).seeded(7);
    /// let windows: Vec<(i64, Vec<i64>)> = from_iter([1, 2, 3, 12])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .window_keyed_events_in_rs2(parts, config, |s| s % 2)
    ///     .map_events_rs2(|window| (window.key, window.value))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(windows, [(1, vec![1, 3]), (0, vec![2]), (0, vec![12])]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn window_keyed_events_in_rs2<St, K, G>(
        self,
        parts: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        key: G,
    ) -> WindowsOfKeysInBand<Self, K, G, Collect, St>
    where
        Self: Sized,
        Self::Event: Clone,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
    {
        self.aggregate_keyed_events_in_rs2(parts, config, key, Collect::default())
    }

    /// Yields what an [`Aggregator`] makes of each window of each key, each at the last moment
    /// before its end.
    ///
    /// The rule is that of
    /// [`aggregate_keyed_by_time_in_rs2`](super::EventTimeExt::aggregate_keyed_by_time_in_rs2); the
    /// `watermark_delay` of the settings is not looked at. The plain name is
    /// `aggregate_keyed_events_rs2(config, key, aggregator)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let minutes = TimeWindowConfig::tumbling(Duration::from_secs(60), Duration::ZERO)?;
    /// let hours = TimeWindowConfig::tumbling(Duration::from_secs(3_600), Duration::ZERO)?;
    /// let parts = Heap::bounded(1_000).seeded(7);
    /// // The busiest minute of any key, hour by hour.
    /// let busiest: Vec<u64> = from_iter([1, 2, 3, 70, 72, 3_700])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .aggregate_keyed_events_in_rs2(parts, minutes, |s| s % 2, Count)
    ///     .window_events_rs2(hours)
    ///     .map_events_rs2(|hour| hour.events.iter().map(|minute| minute.value).max())
    ///     .without_watermarks_rs2()
    ///     .filter_map_rs2(|most| most)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(busiest, [2, 1]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[track_caller]
    fn aggregate_keyed_events_in_rs2<St, K, G, A>(
        self,
        parts: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        key: G,
        aggregator: A,
    ) -> WindowsOfKeysInBand<Self, K, G, A, St>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
        A: Aggregator<Self::Event>,
    {
        self.pane_events_on_rs2(NoTimer, parts, Panes::of(config), key, aggregator)
    }

    /// Yields what an [`Aggregator`] makes of each window of each key whenever [`Panes`] say so,
    /// each at the last moment before its end. A pane that comes after its window had gone out is
    /// as late for the next operator as the item that caused it was for this one.
    ///
    /// The rule is that of [`panes_by_time_on_rs2`](super::EventTimeExt::panes_by_time_on_rs2). The
    /// plain name is `pane_events_rs2(panes, key, aggregator)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{aggregate::Sum, op::event_time::Panes, prelude::*};
    /// # use rs2_core::{store::Heap, time::NoTimer, watermark::BoundedDisorder};
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let parts = Heap::bounded(1_000).seeded(7);
    /// let panes = Panes::global().each_items(2).discarding();
    /// let batches: Vec<u64> = from_iter(1..=5_u32)
    ///     .with_watermarks_rs2(policy, |n| EventTime::from_secs(i64::from(*n)))
    ///     .pane_events_on_rs2(NoTimer, parts, panes, |_| (), Sum)
    ///     .map_events_rs2(|pane| pane.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(batches, [3, 7, 5]);
    /// # })
    /// ```
    #[doc(alias = "trigger")]
    #[track_caller]
    fn pane_events_on_rs2<T, St, K, G, A>(
        self,
        timer: T,
        parts: impl Into<Limits<St>>,
        panes: Panes,
        key: G,
        aggregator: A,
    ) -> WindowsOfKeysInBand<Self, K, G, A, St, T>
    where
        Self: Sized,
        T: Timer,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
        A: Aggregator<Self::Event>,
    {
        let rule = KeyedWindows::new(parts.into(), panes, key, aggregator);
        Drive::new(self, InBand::new(rule), timer)
    }

    /// Yields each session of each key with its items, once the watermark has passed its end: a run
    /// of items less than `gap` apart, whatever the order in which they come. A session stands at
    /// the last moment before its end, which is `gap` after its last item.
    ///
    /// The rule is that of [`session_by_time_in_rs2`](super::EventTimeExt::session_by_time_in_rs2).
    /// The plain name is `session_events_rs2(gap, key)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let sessions: Vec<Vec<i64>> = from_iter([0, 25, 80])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .session_events_in_rs2(keys, Duration::from_secs(30), |_| "ann")
    ///     .map_events_rs2(|session| session.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sessions, [vec![0, 25], vec![80]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "sessionize")]
    fn session_events_in_rs2<St, K, G, P>(
        self,
        keys: impl Into<Limits<St>>,
        rules: impl Into<SessionRules<P>>,
        key: G,
    ) -> SessionsInBand<Self, K, G, Collect, St, P>
    where
        Self: Sized,
        Self::Event: Clone,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
        P: SessionGap<Self::Event>,
    {
        self.aggregate_session_events_in_rs2(keys, rules, key, Collect::default())
    }

    /// Yields what an [`Aggregator`] makes of each session of each key; sessions as with
    /// [`session_events_in_rs2`](Self::session_events_in_rs2).
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::Count, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let counts: Vec<u64> = from_iter([0, 25, 80])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .aggregate_session_events_in_rs2(keys, Duration::from_secs(30), |_| "ann", Count)
    ///     .map_events_rs2(|session| session.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [2, 1]);
    /// # })
    /// ```
    fn aggregate_session_events_in_rs2<St, K, G, A, P>(
        self,
        keys: impl Into<Limits<St>>,
        rules: impl Into<SessionRules<P>>,
        key: G,
        aggregator: A,
    ) -> SessionsInBand<Self, K, G, A, St, P>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
        A: Aggregator<Self::Event>,
        P: SessionGap<Self::Event>,
    {
        drive(self, SessionByTime::new(keys.into(), rules, key, aggregator))
    }

    /// Yields the items whose key was not seen within `within` of their time, at their time.
    ///
    /// The rule is that of
    /// [`deduplicate_by_time_in_rs2`](super::EventTimeExt::deduplicate_by_time_in_rs2). The plain
    /// name is `deduplicate_events_rs2(within, key)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let firsts: Vec<i64> = from_iter([0, 9, 10])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .deduplicate_events_in_rs2(keys, Duration::from_secs(10), |_| "ann")
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(firsts, [0, 10]);
    /// # })
    /// ```
    #[doc(alias = "unique")]
    #[track_caller]
    fn deduplicate_events_in_rs2<St, K, G, M>(
        self,
        keys: impl Into<Limits<St>>,
        rules: impl Into<DedupRules<M>>,
        key: G,
    ) -> DeduplicatedInBand<Self, K, G, St, M>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Event) -> K,
        M: DedupMode,
    {
        drive(self, DedupByTime::new(keys.into(), rules, key))
    }

    /// Yields an item, then none that happened less than `period` after it.
    ///
    /// # Shape
    /// An item passes, at its time, when that is `period` or more after the last that passed.
    /// # End and errors
    /// Ends with its source. What does not pass is counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cancel safety
    /// Holds no item.
    /// # Cost
    /// O(1) per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let alerts: Vec<i64> = from_iter([0, 20, 30])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .throttle_events_rs2(Duration::from_secs(30))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(alerts, [0, 30]);
    /// # })
    /// ```
    fn throttle_events_rs2(self, period: Duration) -> DriveInBand<Self, ThrottleByTime<Self::Event>>
    where
        Self: Sized,
    {
        drive(self, ThrottleByTime::new(period, Losses::new()))
    }

    /// [`throttle_keyed_by_time_in_rs2`](super::EventTimeExt::throttle_keyed_by_time_in_rs2)
    /// between signals: at most a number of items of each key in any stretch of event time, each at
    /// its time.
    ///
    /// The plain name is `throttle_keyed_events_rs2(config, key)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::ThrottleConfig, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let (window, watermark_delay) = (Duration::from_secs(10), Duration::ZERO);
    /// let passed: Vec<i64> = from_iter([0, 4, 9, 10])
    ///     .with_watermarks_rs2(
    ///         BoundedDisorder::new(watermark_delay),
    ///         |s| EventTime::from_secs(*s),
    ///     )
    ///     .throttle_keyed_events_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         ThrottleConfig { limit: 2, window, watermark_delay },
    ///         |_| "ann",
    ///     )
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(passed, [0, 4, 10]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "rate_limit_by_time")]
    #[track_caller]
    fn throttle_keyed_events_in_rs2<St, K, G>(
        self,
        keys: impl Into<Limits<St>>,
        config: ThrottleConfig,
        key: G,
    ) -> ThrottledKeysInBand<Self, K, G, St>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Event) -> K,
    {
        drive(self, ThrottleKeyedByTime::new(keys.into(), &config, key))
    }

    /// Yields the items in the order of their time, equal times in the order in which they come.
    ///
    /// # Shape
    /// An item goes out once the watermark has reached it.
    /// # End and errors
    /// At the end everything held goes out. An item before the watermark is counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late).
    /// # Cancel safety
    /// Dropping the stream loses the items held.
    /// # Backpressure and memory
    /// Holds the items after the watermark, at most 1,000,000; then the oldest goes out early, and
    /// what comes before it later counts as late.
    /// # Cost
    /// O(log n) per item for n items held. No clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::from_secs(3));
    /// let sorted: Vec<i64> = from_iter([1, 5, 2, 9])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .sort_events_rs2()
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [1, 2, 5, 9]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn sort_events_rs2(self) -> DriveInBand<Self, SortByTime<Self::Event, Heap>>
    where
        Self: Sized,
    {
        self.sort_events_in_rs2(Heap::bounded(DEFAULT_CAPACITY))
    }

    /// [`sort_events_rs2`](Self::sort_events_rs2) with the items held in a memory of the caller's
    /// choice.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::MAX);
    /// let sorted: Vec<i64> = from_iter([3, 2, 1])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .sort_events_in_rs2(Heap::bounded(2))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [1, 2, 3]);
    /// # })
    /// ```
    fn sort_events_in_rs2<St: Storage>(
        self,
        held: impl Into<Limits<St>>,
    ) -> DriveInBand<Self, SortByTime<Self::Event, St>>
    where
        Self: Sized,
    {
        drive(self, SortByTime::new(held.into()))
    }

    /// Yields each sequence of items of one key that matches a [`Pattern`], at the time of its last
    /// item, or at the last moment of its span where an item must not come.
    ///
    /// The rule is that of [`pattern_by_time_in_rs2`](super::EventTimeExt::pattern_by_time_in_rs2).
    /// The plain name is `pattern_events_rs2(pattern, key)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::Pattern, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let twice = Pattern::begin(|n: &i64| n % 2 == 0).next(|n: &i64| n % 2 == 0);
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let found: Vec<Vec<i64>> = from_iter([1, 2, 4, 5])
    ///     .with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    ///     .pattern_events_in_rs2(keys, twice, |_| ())
    ///     .map_events_rs2(|found| found.events)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found, [vec![2, 4]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "match_recognize")]
    fn pattern_events_in_rs2<St, L, K, G>(
        self,
        keys: impl Into<Limits<St>>,
        pattern: Pattern<L>,
        key: G,
    ) -> PatternsInBand<Self, K, G, L, St>
    where
        Self: Sized,
        Self::Event: Clone,
        St: KeyStorage,
        L: Steps<Self::Event>,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
    {
        drive(self, PatternByTime::new(keys.into(), pattern, key))
    }

    /// [`pattern_events_in_rs2`](Self::pattern_events_in_rs2), and the beginnings of matches that
    /// time ran out for, as [`PatternOutput`], each at the last moment of its span.
    ///
    /// The plain name is `pattern_or_timeout_events_rs2(pattern, key)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Pattern, PatternOutput}, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let policy = BoundedDisorder::new(Duration::ZERO);
    /// let order = Pattern::begin(|event: &(&str, i64)| event.0 == "order")
    ///     .followed_by(|event: &(&str, i64)| event.0 == "payment")
    ///     .within(Duration::from_secs(60));
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let unpaid: Vec<bool> = from_iter([("order", 0), ("payment", 5), ("order", 10)])
    ///     .with_watermarks_rs2(policy, |event| EventTime::from_secs(event.1))
    ///     .pattern_or_timeout_events_in_rs2(keys, order, |_| ())
    ///     .map_events_rs2(|outcome| matches!(outcome, PatternOutput::TimedOut(_)))
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(unpaid, [false, true]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn pattern_or_timeout_events_in_rs2<St, L, K, G>(
        self,
        keys: impl Into<Limits<St>>,
        pattern: Pattern<L>,
        key: G,
    ) -> PatternOutputsInBand<Self, K, G, L, St>
    where
        Self: Sized,
        Self::Event: Clone,
        St: KeyStorage,
        L: Steps<Self::Event>,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Event) -> K,
    {
        drive(self, PatternByTime::with_timeouts(keys.into(), pattern, key))
    }
}

impl<S, T> SignalExt for S
where
    S: Stream<Item = Signal<T>> + ?Sized,
{
    type Event = T;
}
