//! Operators on the time that the data carries.
//!
//! Each takes a function that tells an item's time, and keeps a watermark of its own: the latest
//! time seen less a delay. An item before the watermark is late. All are deterministic: the same
//! items in the same order give the same output, however long they took to come.

mod dedup;
mod dedup_rules;
mod grid;
#[cfg_attr(not(feature = "alloc"), path = "keyed_not_early.rs")]
mod keyed_early;
mod keyed_firing;
mod keyed_group;
mod keyed_window;
mod panes;
#[cfg(feature = "alloc")]
mod pattern;
mod session;
mod session_firing;
mod session_gap;
mod session_run;
mod session_types;
pub mod signals;
mod sort;
mod sums;
mod throttle;
#[cfg(feature = "alloc")]
mod throttle_keyed;
mod timeline;
mod window;
mod window_types;

pub use crate::aggregate::{Aggregator, Count};
#[cfg(feature = "alloc")]
pub use crate::aggregate::{Collect, Collected};
pub use crate::state::{ByArrival, ByOrder, Ties};
pub use dedup::DedupByTime;
pub use dedup_rules::{DedupConfig, DedupMode, DedupRules, FirstSeen, Seen, Sliding};
pub use keyed_window::KeyedWindows;
pub use panes::{Accumulation, KeyedWindow, Panes};
#[cfg(feature = "alloc")]
pub use pattern::{
    Absent, Begin, Captured, Condition, Given, Group, MAX_ATTEMPTS, MAX_EVENTS, Never, Pattern,
    PatternByTime, PatternMatch, PatternOutput, PatternYield, Plan, Repeated, Skip, Step, Steps,
    Tied, Times,
};
pub use session::SessionByTime;
pub use session_gap::{GapOf, SameGap, SessionGap};
pub use session_types::{Session, SessionConfig, SessionRules};
pub use signals::{SignalExt, WatermarkExt};
pub use sort::SortByTime;
pub use throttle::ThrottleByTime;
#[cfg(feature = "alloc")]
pub use throttle_keyed::{ThrottleConfig, ThrottleKeyedByTime};
pub use window::WindowByTime;
#[cfg(feature = "alloc")]
pub use window_types::TimeWindow;
pub use window_types::{TimeWindowConfig, TimeWindows, Timing, WindowValue};

use crate::machine::{ByTime, Drive};
use crate::metrics::Losses;
use crate::state::{Limits, entry, held};
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::store::{KeyStorage, Storage};
use crate::time::{EventTime, NoTimer, Timer};
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// A rule of event time over a source.
pub type DriveByTime<S, M, F> = Drive<S, ByTime<M, F>, NoTimer>;

/// Windows over a source, each as a `W`.
pub type Windows<S, A, St, W, F> = DriveByTime<S, WindowByTime<<S as Stream>::Item, A, St, W>, F>;

/// Windows of each key of a source.
pub type WindowsOfKeys<S, K, G, A, St, F, T = NoTimer> =
    Drive<S, ByTime<KeyedWindows<<S as Stream>::Item, K, G, A, St>, F>, T>;

/// Sessions of a source.
pub type Sessions<S, K, G, A, St, F, P = SameGap> =
    DriveByTime<S, SessionByTime<<S as Stream>::Item, K, G, A, St, P>, F>;

/// A source without its duplicates.
pub type Deduplicated<S, K, G, St, F, M = FirstSeen> =
    DriveByTime<S, DedupByTime<K, G, St, <S as Stream>::Item, M>, F>;

/// So many items of each key of a source as may pass.
#[cfg(feature = "alloc")]
pub type ThrottledKeys<S, K, G, St, F> =
    DriveByTime<S, ThrottleKeyedByTime<<S as Stream>::Item, K, G, St>, F>;

/// Sequences found in a source.
#[cfg(feature = "alloc")]
pub type Patterns<S, K, G, L, St, F> =
    DriveByTime<S, PatternByTime<<S as Stream>::Item, K, G, L, St>, F>;

/// Sequences found in a source, and the beginnings of some that timed out.
#[cfg(feature = "alloc")]
pub type PatternOutputs<S, K, G, L, St, F> = DriveByTime<
    S,
    PatternByTime<<S as Stream>::Item, K, G, L, St, PatternOutput<K, <S as Stream>::Item>>,
    F,
>;

/// What an operator holds at most when its plain name is used: items, keys or slices.
pub const DEFAULT_CAPACITY: usize = 1_000_000;

fn drive<S, M, F>(source: S, rule: M, delay: Duration, time_of: F) -> DriveByTime<S, M, F> {
    Drive::new(source, ByTime::new(rule, delay, time_of), NoTimer)
}

/// Operators on the time that the data carries.
///
/// Those that keep something for each key are here under their names with `_in_rs2`, which take the
/// memory and with it the seed for hashing; an adapter adds the plain names with a random seed.
pub trait EventTimeExt: Stream {
    /// Yields each window of event time with its items, once the watermark has passed its end.
    ///
    /// ```text
    /// in   a1 b4 c11 d8 e25 |        number = time, size = slide = 10, delay = 2
    /// out  - - - - W X (Y|)          W = a b d, X = c, Y = e
    /// ```
    /// # Shape
    /// Windows in the order of their start, those without items left out. An item belongs to every
    /// window over its time, `window_size / slide_interval` of them. They are counted from the
    /// epoch, or from [an offset](TimeWindowConfig::offset) to it.
    /// # End and errors
    /// At the end all windows with items go out. An item is late when every window it belongs to
    /// is past its end and `allowed_lateness`; it is counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late). Within the lateness, a window that had gone out
    /// goes out again in full, marked [`Timing::Late`].
    /// # Cancel safety
    /// Dropping the stream loses the items of open windows.
    /// # Backpressure and memory
    /// Holds the items of open windows: at most 1,000,000 slices of as many items; what does not
    /// fit is counted. A slice is as long as the greatest common divisor of size and slide.
    /// # Cost
    /// O(1) per item and O(n log n) for the n items of a window that goes out, plus one clone per
    /// item for each window but the last. No clock.
    /// # Panics
    /// When the settings cannot work: see [`TimeWindowConfig::validate`].
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::TimeWindowConfig, prelude::*};
    /// # futures_executor::block_on(async {
    /// let second = Duration::from_secs(1);
    /// let config = TimeWindowConfig::tumbling(10 * second, 2 * second)?;
    /// let windows: Vec<_> = from_iter([1, 4, 11, 8, 25])
    ///     .window_by_time_rs2(config, |seconds| EventTime::from_secs(*seconds))
    ///     .map_rs2(|window| (window.start_time, window.events))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(windows[0], (EventTime::EPOCH, vec![1, 4, 8]));
    /// assert_eq!(windows[1], (EventTime::from_secs(10), vec![11]));
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "tumbling")]
    #[doc(alias = "hopping")]
    #[track_caller]
    fn window_by_time_rs2<F, E>(
        self,
        config: impl Into<TimeWindows>,
        timestamp: F,
    ) -> Windows<Self, Collect, Heap, TimeWindow<Self::Item>, F>
    where
        Self: Sized,
        Self::Item: Clone,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        self.window_by_time_in_rs2(Heap::bounded(DEFAULT_CAPACITY), config, timestamp)
    }

    /// [`window_by_time_rs2`](Self::window_by_time_rs2) with slices in a memory of the caller's
    /// choice. When it is full, [`OnFull::Evict`](crate::state::OnFull::Evict) gives up the oldest
    /// slice kept for late items; where there is none, the oldest window goes out early, marked
    /// [`Timing::Forced`]. What comes for such a window later is counted as
    /// [`Loss::Full`](crate::metrics::Loss::Full).
    ///
    /// Without an allocator, [`aggregate_by_time_in_rs2`](Self::aggregate_by_time_in_rs2) with
    /// [`CollectIn`](crate::aggregate::CollectIn) yields windows with their items.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{TimeWindowConfig, Timing}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(1), Duration::from_secs(9))?;
    /// let windows: Vec<_> = from_iter([1, 2])
    ///     .window_by_time_in_rs2(Heap::bounded(1), config, |s| EventTime::from_secs(*s))
    ///     .map_rs2(|window| window.timing)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(windows, [Timing::Forced, Timing::OnTime]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn window_by_time_in_rs2<St, F, E>(
        self,
        slices: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        timestamp: F,
    ) -> Windows<Self, Collect, St, TimeWindow<Self::Item>, F>
    where
        Self: Sized,
        Self::Item: Clone,
        St: Storage,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let windows = config.into();
        let rule = WindowByTime::new(slices.into(), windows, Collect::default());
        drive(self, rule, windows.config.watermark_delay, timestamp)
    }

    /// Yields what an [`Aggregator`] makes of each window of event time; windows, lateness and end
    /// as with [`window_by_time_rs2`](Self::window_by_time_rs2).
    ///
    /// # Shape
    /// One [`WindowValue`] for each window with items, in the order of their start.
    /// # End and errors
    /// At the end all windows with items go out.
    /// # Cancel safety
    /// Dropping the stream loses what open windows have gathered.
    /// # Backpressure and memory
    /// Holds one part for each slice of open windows, and no item: at most 1,000,000 slices.
    /// # Cost
    /// One `add` per item; `window_size / slide_interval` combinations for each window that goes
    /// out, and one clone of a part when there are several. No clock.
    /// # Panics
    /// When the settings cannot work: see [`TimeWindowConfig::validate`].
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*};
    /// # futures_executor::block_on(async {
    /// let minute = Duration::from_secs(60);
    /// let config = TimeWindowConfig::new(2 * minute, minute, Duration::ZERO)?;
    /// let counts: Vec<u64> = from_iter([10, 70, 80])
    ///     .aggregate_by_time_rs2(config, |s| EventTime::from_secs(*s), Count)
    ///     .map_rs2(|window| window.value)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [1, 3, 2]); // from minute -1, 0 and 1 on
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn aggregate_by_time_rs2<A, F, E>(
        self,
        config: impl Into<TimeWindows>,
        timestamp: F,
        aggregator: A,
    ) -> Windows<Self, A, Heap, WindowValue<A::Output>, F>
    where
        Self: Sized,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let slices = Heap::bounded(DEFAULT_CAPACITY);
        self.aggregate_by_time_in_rs2(slices, config, timestamp, aggregator)
    }

    /// [`aggregate_by_time_rs2`](Self::aggregate_by_time_rs2) with slices in a memory of the
    /// caller's choice; when it is full as with
    /// [`window_by_time_in_rs2`](Self::window_by_time_in_rs2).
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(5), Duration::ZERO)?;
    /// let counts: Vec<u64> = from_iter([1, 2, 7])
    ///     .aggregate_by_time_in_rs2(Heap::bounded(8), config, |s| EventTime::from_secs(*s), Count)
    ///     .map_rs2(|window| window.value)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [2, 1]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[track_caller]
    fn aggregate_by_time_in_rs2<St, A, F, E>(
        self,
        slices: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        timestamp: F,
        aggregator: A,
    ) -> Windows<Self, A, St, WindowValue<A::Output>, F>
    where
        Self: Sized,
        St: Storage,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let windows = config.into();
        let rule = WindowByTime::new(slices.into(), windows, aggregator);
        drive(self, rule, windows.config.watermark_delay, timestamp)
    }

    /// Yields each window of each key with its items, once the watermark has passed its end.
    ///
    /// The plain name is `window_keyed_by_time_rs2(config, key, timestamp)`. It is
    /// [`aggregate_keyed_by_time_in_rs2`](Self::aggregate_keyed_by_time_in_rs2) with [`Collect`].
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::TimeWindowConfig, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = TimeWindowConfig::tumbling(Duration::from_secs(10), Duration::ZERO)?;
    /// let parts = Heap::bounded(1_000).seeded(7);
    /// let time = |visit: &(char, i64)| EventTime::from_secs(visit.1);
    /// let windows: Vec<(char, usize)> = from_iter([('b', 1), ('a', 2), ('b', 3), ('a', 12)])
    ///     .window_keyed_by_time_in_rs2(parts, config, |visit| visit.0, time)
    ///     .map_rs2(|window| (window.key, window.value.len()))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(windows, [('b', 2), ('a', 1), ('a', 1)]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn window_keyed_by_time_in_rs2<St, K, G, F, E>(
        self,
        parts: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        key: G,
        timestamp: F,
    ) -> WindowsOfKeys<Self, K, G, Collect, St, F>
    where
        Self: Sized,
        Self::Item: Clone,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let aggregator = Collect::default();
        self.aggregate_keyed_by_time_in_rs2(parts, config, key, timestamp, aggregator)
    }

    /// Yields what an [`Aggregator`] makes of each window of each key; windows, lateness and end as
    /// with [`window_by_time_rs2`](Self::window_by_time_rs2).
    ///
    /// Windows go out in the order of their end, and within one the keys in the order in which
    /// their first items came. A late item lets the windows of its own key go out again. The memory
    /// holds one part for each key and slice. When it is full,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) lets go out what the oldest slice holds,
    /// marked [`Timing::Forced`], for each of its windows; items that come later for those go out
    /// on their own, so all panes of a window together have its items. O(1) per item, and per
    /// window O(1) for each key that has items, amortised, and O(n log n) to bring n keys in order.
    /// An inline memory has a second part for each one, which goes out from there; in it an item
    /// costs a search, a new part moves up to n others, and windows that overlap combine their
    /// parts anew unless the aggregator can subtract.
    ///
    /// The plain name is `aggregate_keyed_by_time_rs2(config, key, timestamp, aggregator)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let minute = Duration::from_secs(60);
    /// let config = TimeWindowConfig::new(2 * minute, minute, Duration::ZERO)?;
    /// let parts = Heap::bounded(1_000).seeded(7);
    /// let time = |visit: &(char, i64)| EventTime::from_secs(visit.1);
    /// let counts: Vec<(char, u64)> = from_iter([('b', 10), ('a', 70), ('a', 80)])
    ///     .aggregate_keyed_by_time_in_rs2(parts, config, |visit| visit.0, time, Count)
    ///     .map_rs2(|window| (window.key, window.value))
    ///     .collect_rs2()
    ///     .await;
    /// // From minute -1, from 0, and from 1 on.
    /// assert_eq!(counts, [('b', 1), ('b', 1), ('a', 2), ('a', 2)]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[track_caller]
    fn aggregate_keyed_by_time_in_rs2<St, K, G, A, F, E>(
        self,
        parts: impl Into<Limits<St>>,
        config: impl Into<TimeWindows>,
        key: G,
        timestamp: F,
        aggregator: A,
    ) -> WindowsOfKeys<Self, K, G, A, St, F>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        self.panes_by_time_on_rs2(NoTimer, parts, Panes::of(config), key, timestamp, aggregator)
    }

    /// Yields what an [`Aggregator`] makes of each window of each key whenever [`Panes`] say so:
    /// also before the end of the window, by count or by processing time, and with all items, the
    /// new ones, or the new result after the old one is taken back.
    ///
    /// Everything else is as with
    /// [`aggregate_keyed_by_time_in_rs2`](Self::aggregate_keyed_by_time_in_rs2). A window that goes
    /// out before its end is marked [`Timing::Early`]; several at once in the order of their end.
    /// Triggers and panes that are not all items cost O(`window_size / slide_interval`) per item,
    /// and a note for each open window of each key. Those notes need an allocator, and without one
    /// [`Panes`] have no such triggers. Where panes are discarded, the bound that an
    /// aggregator has of its own, as [`Collect`] has, does not hold back what one pane gathers.
    ///
    /// The plain name is `panes_by_time_rs2(panes, key, timestamp, aggregator)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{aggregate::Sum, op::event_time::Panes, prelude::*};
    /// # use rs2_core::{store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let parts = Heap::bounded(1_000).seeded(7);
    /// let batches: Vec<u64> = from_iter(1..=5_u32)
    ///     .panes_by_time_on_rs2(
    ///         NoTimer,
    ///         parts,
    ///         Panes::global().each_items(2).discarding(),
    ///         |_| (),
    ///         |n| EventTime::from_secs(i64::from(*n)),
    ///         Sum,
    ///     )
    ///     .map_rs2(|pane| pane.value)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(batches, [3, 7, 5]);
    /// # })
    /// ```
    #[doc(alias = "trigger")]
    #[track_caller]
    fn panes_by_time_on_rs2<T, St, K, G, A, F, E>(
        self,
        timer: T,
        parts: impl Into<Limits<St>>,
        panes: Panes,
        key: G,
        timestamp: F,
        aggregator: A,
    ) -> WindowsOfKeys<Self, K, G, A, St, F, T>
    where
        Self: Sized,
        T: Timer,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let rule = KeyedWindows::new(parts.into(), panes, key, aggregator);
        Drive::new(self, ByTime::new(rule, panes.delay(), timestamp), timer)
    }

    /// Yields each session of each key, with its items, once the watermark has passed its end: a
    /// run of items less than `gap` apart, whatever the order in which they come.
    ///
    /// The plain name is `session_by_time_rs2(config, key, timestamp)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::SessionConfig, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = SessionConfig {
    ///     gap: Duration::from_secs(30),
    ///     watermark_delay: Duration::from_secs(60),
    /// };
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let sessions: Vec<Vec<i64>> = from_iter([0, 50, 25, 80])
    ///     .session_by_time_in_rs2(keys, config, |_| "ann", |s| EventTime::from_secs(*s))
    ///     .map_rs2(|session| session.value)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sessions, [vec![0, 25, 50], vec![80]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "sessionize")]
    fn session_by_time_in_rs2<St, K, G, F, E, P>(
        self,
        keys: impl Into<Limits<St>>,
        rules: impl Into<SessionRules<P>>,
        key: G,
        timestamp: F,
    ) -> Sessions<Self, K, G, Collect, St, F, P>
    where
        Self: Sized,
        Self::Item: Clone,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
        P: SessionGap<Self::Item>,
    {
        let aggregator = Collect::default();
        self.aggregate_sessions_by_time_in_rs2(keys, rules, key, timestamp, aggregator)
    }

    /// Yields what an [`Aggregator`] makes of each session of each key.
    ///
    /// Sessions go out in the order of their end, equal ends in the order in which they began. An
    /// item that lies between two sessions of its key, less than `gap` from both, joins them. An
    /// item before the watermark is counted as [`Loss::Late`](crate::metrics::Loss::Late). Parts
    /// that are joined are combined in the order of their first item; within a part, items are
    /// added as they come. At the end all sessions go out. The memory holds one part for each open
    /// session, and a place for each that was joined to another, until that would have ended. When
    /// it is full, [`OnFull::Evict`](crate::state::OnFull::Evict) lets the session go out that
    /// would end soonest, marked [`Timing::Forced`]. [`SessionRules`] allow for lateness, for gaps
    /// that are inclusive or that each item tells, and for a longest session. O(1) per item,
    /// O(log n) for each of n sessions that goes out; in place O(log n) per item, and O(n) where a
    /// session begins or goes out.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, SessionConfig}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = SessionConfig {
    ///     gap: Duration::from_secs(30),
    ///     watermark_delay: Duration::ZERO,
    /// };
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let time = |visit: &(char, i64)| EventTime::from_secs(visit.1);
    /// let sessions: Vec<(char, u64)> = from_iter([('a', 0), ('b', 1), ('a', 9), ('a', 39)])
    ///     .aggregate_sessions_by_time_in_rs2(keys, config, |visit| visit.0, time, Count)
    ///     .map_rs2(|session| (session.key, session.value))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sessions, [('b', 1), ('a', 2), ('a', 1)]);
    /// # })
    /// ```
    fn aggregate_sessions_by_time_in_rs2<St, K, G, A, F, E, P>(
        self,
        keys: impl Into<Limits<St>>,
        rules: impl Into<SessionRules<P>>,
        key: G,
        timestamp: F,
        aggregator: A,
    ) -> Sessions<Self, K, G, A, St, F, P>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        A: Aggregator<Self::Item>,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
        P: SessionGap<Self::Item>,
    {
        let rules = rules.into();
        let delay = rules.delay;
        let rule = SessionByTime::new(keys.into(), rules, key, aggregator);
        drive(self, rule, delay, timestamp)
    }

    /// Yields the items whose key was not seen within `within` of their time, in the order in which
    /// they come: the first of equal items.
    ///
    /// Only what went out makes others duplicates; with [`DedupRules::sliding`] all that came does,
    /// and a key goes out again once it was quiet for `within`.
    ///
    /// What is remembered of an item is forgotten once the watermark is `within` past it. Late
    /// items are counted as [`Loss::Late`](crate::metrics::Loss::Late) and judged no further; the
    /// others that do not come through as [`Loss::Duplicate`](crate::metrics::Loss::Duplicate).
    /// When the memory is full, [`OnFull::Evict`](crate::state::OnFull::Evict) forgets those that
    /// expire soonest, so a duplicate of them may pass; what may be one is counted as
    /// [`Loss::DuplicateRisk`](crate::metrics::Loss::DuplicateRisk). An item counts as seen when it
    /// goes out: where the work after that fails, a duplicate that would mend it is left out. O(1)
    /// per item, amortised.
    ///
    /// The plain name is `deduplicate_by_time_rs2(rules, key, timestamp)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::DedupConfig, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = DedupConfig {
    ///     within: Duration::from_secs(10),
    ///     watermark_delay: Duration::from_secs(5),
    /// };
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let time = |event: &(char, i64)| EventTime::from_secs(event.1);
    /// let events: Vec<_> = from_iter([('a', 0), ('b', 2), ('a', 9), ('a', 10)])
    ///     .deduplicate_by_time_in_rs2(keys, config, |event| event.0, time)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(events, [('a', 0), ('b', 2), ('a', 10)]);
    /// # })
    /// ```
    #[doc(alias = "unique")]
    #[track_caller]
    fn deduplicate_by_time_in_rs2<St, K, G, F, E, M>(
        self,
        keys: impl Into<Limits<St>>,
        rules: impl Into<DedupRules<M>>,
        key: G,
        timestamp: F,
    ) -> Deduplicated<Self, K, G, St, F, M>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
        M: DedupMode,
    {
        let rules = rules.into();
        let delay = rules.delay;
        drive(self, DedupByTime::new(keys.into(), rules, key), delay, timestamp)
    }

    /// Yields an item, then none that happened less than `period` after it.
    ///
    /// ```text
    /// in   a0 b4 c10 d9 e20 |        number = time, period = 10
    /// out  a - c - (e|)
    /// ```
    /// # Shape
    /// Items in the order in which they come; an item passes when its time is `period` or more
    /// after the last that passed.
    /// # End and errors
    /// Ends with its source. What does not pass is counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cancel safety
    /// Holds no item.
    /// # Cost
    /// O(1) per item. No allocation per item, no clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let alerts: Vec<i64> = from_iter([0, 20, 30, 59, 60])
    ///     .throttle_by_time_rs2(Duration::from_secs(30), |s| EventTime::from_secs(*s))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(alerts, [0, 30, 60]);
    /// # })
    /// ```
    fn throttle_by_time_rs2<F, E>(
        self,
        period: Duration,
        timestamp: F,
    ) -> DriveByTime<Self, ThrottleByTime<Self::Item>, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let rule = ThrottleByTime::new(period, Losses::new());
        drive(self, rule, Duration::ZERO, timestamp)
    }

    /// Yields the items of each key, at most a number of them in any stretch of event time.
    ///
    /// An item passes when no stretch as long as the window has more than the limit with it, of all
    /// that passed before it came, earlier and later ones. So replayed data are throttled by when
    /// they happened, and not by how fast they are read. Late items are counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late) and judged no further; the others that do not
    /// pass as [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    ///
    /// The memory holds the times of what has passed, until the watermark is `window` past them.
    /// When it is full, [`OnFull::Evict`](crate::state::OnFull::Evict) forgets the keys that have
    /// been silent for longest, counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted), which
    /// may then exceed the limit. O(log n) per item for the n of its key that are remembered; O(n)
    /// for one that comes out of order.
    ///
    /// The plain name is `throttle_keyed_by_time_rs2(config, key, timestamp)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::ThrottleConfig, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// // No more than two readings of a sensor in ten seconds.
    /// let config = ThrottleConfig {
    ///     limit: 2,
    ///     window: Duration::from_secs(10),
    ///     watermark_delay: Duration::from_secs(5),
    /// };
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let time = |reading: &(char, i64)| EventTime::from_secs(reading.1);
    /// let passed: Vec<_> = from_iter([('a', 0), ('a', 4), ('b', 5), ('a', 9), ('a', 10)])
    ///     .throttle_keyed_by_time_in_rs2(keys, config, |reading| reading.0, time)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(passed, [('a', 0), ('a', 4), ('b', 5), ('a', 10)]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "rate_limit_by_time")]
    #[track_caller]
    fn throttle_keyed_by_time_in_rs2<St, K, G, F, E>(
        self,
        keys: impl Into<Limits<St>>,
        config: ThrottleConfig,
        key: G,
        timestamp: F,
    ) -> ThrottledKeys<Self, K, G, St, F>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        let rule = ThrottleKeyedByTime::new(keys.into(), &config, key);
        drive(self, rule, config.watermark_delay, timestamp)
    }

    /// Yields the items in the order of their time, equal times in the order in which they come.
    ///
    /// ```text
    /// in   a1 c5 b2 d9 |             number = time, delay = 3
    /// out  - a - b c (d|)
    /// ```
    /// # Shape
    /// An item goes out once the watermark, `delay` behind the latest, has reached it.
    /// # End and errors
    /// At the end everything held goes out. An item before the watermark is counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late). `Err` items are items like any other.
    /// # Equal times
    /// `.ties_by(compare)` behind it puts items of one time in another order, such as that of a
    /// sequence number. An item then goes out once the watermark has passed it: another one of its
    /// time may come before that.
    /// # Cancel safety
    /// Dropping the stream loses the items held.
    /// # Backpressure and memory
    /// Holds the items of the last `delay`, at most 1,000,000; then the oldest goes out early, and
    /// what comes before it later counts as late. What comes later with its own time still goes
    /// out, and after it.
    /// # Cost
    /// O(log n) per item for n items held. No clock.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let sorted: Vec<i64> = from_iter([1, 5, 2, 9])
    ///     .sort_by_time_rs2(|s| EventTime::from_secs(*s), Duration::from_secs(3))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [1, 2, 5, 9]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn sort_by_time_rs2<F, E>(
        self,
        timestamp: F,
        delay: Duration,
    ) -> DriveByTime<Self, SortByTime<Self::Item, Heap>, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        self.sort_by_time_in_rs2(Heap::bounded(DEFAULT_CAPACITY), timestamp, delay)
    }

    /// [`sort_by_time_rs2`](Self::sort_by_time_rs2) with the items held in a memory of the
    /// caller's choice.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let sorted: Vec<i64> = from_iter([3, 2, 1])
    ///     .sort_by_time_in_rs2(Heap::bounded(2), |s| EventTime::from_secs(*s), Duration::MAX)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sorted, [1, 2, 3]);
    /// # })
    /// ```
    fn sort_by_time_in_rs2<St, F, E>(
        self,
        held: impl Into<Limits<St>>,
        timestamp: F,
        delay: Duration,
    ) -> DriveByTime<Self, SortByTime<Self::Item, St>, F>
    where
        Self: Sized,
        St: Storage,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        drive(self, SortByTime::new(held.into()), delay, timestamp)
    }

    /// Yields each sequence of items of one key that matches a [`Pattern`].
    ///
    /// ```text
    /// in   x1 y5 o3 x20 y30 |        number = time, delay = 2, x followed by y within 10
    /// out  - - - - (x1 y5) |
    /// ```
    /// # Shape
    /// Any number of items in, one [`PatternMatch`] for each sequence that [`Skip`] leaves. Items
    /// are sorted first, so the pattern sees them in the order of their time, and a match goes out
    /// once the watermark has reached the item that completes it, or the end of its span where
    /// the pattern ends with an absence. Equal times are in the order in which they come, or in
    /// [one that the pattern has](Pattern::ties_by).
    /// # End and errors
    /// At the end all items held are looked at, and all spans are over. Late items are counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late).
    /// # Cancel safety
    /// Dropping the stream loses the items held and the open runs.
    /// # Backpressure and memory
    /// The memory bounds the items held for sorting, the keys with open runs, the items that runs
    /// have taken, each kept once, and the links to them; [`Pattern::max_runs`] and
    /// [`Pattern::max_events`] bound what one key and one run can have. When there is no room,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) sorts with what fits and gives up the runs
    /// that began earliest; each is counted, and a key given up counts once. A run whose span the
    /// watermark has passed is gone, and a key without runs has no entry.
    /// # Cost
    /// O(log n) per item for n items held, and for each run of its key one look at each of the
    /// edges that lead on from it: two at most, unless steps are optional. Cloned for a match: its
    /// items and the key. Runs of one key can be as many as ways to begin a match, with
    /// `allow_combinations` exponentially many: the bounds are there for it. No clock.
    /// # Panics
    /// When the pattern ends with a `greedy` step, or with `not_followed_by` and no span; when it
    /// repeats a group that could be empty, leads from one step to more than 64, or skips to a
    /// step that it does not have.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::Pattern, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let second = Duration::from_secs(1);
    /// let pattern = Pattern::begin(|event: &(char, i64)| event.0 == 'x')
    ///     .followed_by(|event: &(char, i64)| event.0 == 'y')
    ///     .within(10 * second);
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let time = |event: &(char, i64)| EventTime::from_secs(event.1);
    /// let found: Vec<_> = from_iter([('x', 1), ('y', 5), ('o', 3), ('x', 20), ('y', 30)])
    ///     .pattern_by_time_in_rs2(keys, pattern, 2 * second, |_| (), time)
    ///     .map_rs2(|found| found.events)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found, [vec![('x', 1), ('y', 5)]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "match_recognize")]
    #[doc(alias = "cep")]
    #[track_caller]
    fn pattern_by_time_in_rs2<St, L, K, G, F, E>(
        self,
        keys: impl Into<Limits<St>>,
        pattern: Pattern<L>,
        delay: Duration,
        key: G,
        timestamp: F,
    ) -> Patterns<Self, K, G, L, St, F>
    where
        Self: Sized,
        Self::Item: Clone,
        St: KeyStorage,
        L: Steps<Self::Item>,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        drive(self, PatternByTime::new(keys.into(), pattern, key), delay, timestamp)
    }

    /// [`pattern_by_time_in_rs2`](Self::pattern_by_time_in_rs2), and the beginnings of matches
    /// that time ran out for, as [`PatternOutput`]: once the watermark has passed their span.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Pattern, PatternOutput}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let order = Pattern::begin(|event: &(&str, i64)| event.0 == "order")
    ///     .followed_by(|event: &(&str, i64)| event.0 == "payment")
    ///     .within(Duration::from_secs(60));
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let time = |event: &(&str, i64)| EventTime::from_secs(event.1);
    /// let unpaid: Vec<i64> = from_iter([("order", 0), ("payment", 5), ("order", 10)])
    ///     .pattern_or_timeout_by_time_in_rs2(keys, order, Duration::ZERO, |_| (), time)
    ///     .filter_map_rs2(|outcome| match outcome {
    ///         PatternOutput::Match(_) => None,
    ///         PatternOutput::TimedOut(begun) => Some(begun.start_time.as_millis() / 1_000),
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(unpaid, [10]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn pattern_or_timeout_by_time_in_rs2<St, L, K, G, F, E>(
        self,
        keys: impl Into<Limits<St>>,
        pattern: Pattern<L>,
        delay: Duration,
        key: G,
        timestamp: F,
    ) -> PatternOutputs<Self, K, G, L, St, F>
    where
        Self: Sized,
        Self::Item: Clone,
        St: KeyStorage,
        L: Steps<Self::Item>,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
    {
        drive(self, PatternByTime::with_timeouts(keys.into(), pattern, key), delay, timestamp)
    }
}

impl<S: Stream + ?Sized> EventTimeExt for S {}
