//! Operators that bring together what belongs together on two streams.
//!
//! Two items belong together when they have the same key and, for most of these operators, happened
//! near each other. Both streams are read all the time; where event time decides, the one that is
//! behind in it is read first. What waits for a match is bounded, and goes as soon as no match can
//! come any more.

mod enrich;
mod interval;
mod interval_join;
mod kept;
mod keyed_join;
mod lane;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod lookup;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod lookup_join;
mod pairs;
mod side;
#[cfg(feature = "snapshot")]
mod snapshots;
mod stamps;
mod temporal_join;
mod version;
mod versions;

pub use enrich::{Each, Enrich};
pub use interval::{DEFAULT_MAX_PER_KEY, Interval, IntervalJoinConfig, PairTime, TimeJoinConfig};
pub use interval_join::IntervalJoin;
pub use keyed_join::KeyedJoin;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use lookup::{Lookup, LookupBy, LookupConfig};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use lookup_join::LookupJoin;
pub use pairs::{Given, Inner, JoinKeys, NoKey, Outer, OuterSide, Pairs, no_key};
pub use temporal_join::TemporalJoin;
pub use version::{EmitWhen, TemporalJoinConfig, Version};

use crate::machine::{DriveJoin, JoinByTime};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::slots::outputs::{AsFinished, InOrder};
use crate::state::Limits;
use crate::store::KeyStorage;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::store::{HeapQueue, Storage};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::time::Clock;
use crate::time::{EventTime, NoTimer, Timer};
#[cfg(feature = "alloc")]
use crate::watermark::{JoinInBand, Signal, WhenIdle};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use core::future::Future;
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// Two streams joined by an interval of event time.
pub type IntervalJoined<A, B, G, P, St, F1, F2> = DriveJoin<
    A,
    B,
    JoinByTime<IntervalJoin<<A as Stream>::Item, <B as Stream>::Item, G, P, St>, F1, F2>,
    NoTimer,
>;

/// Two streams of signals joined by an interval of event time.
#[cfg(feature = "alloc")]
pub type IntervalJoinedInBand<A, B, T, U, G, P, St> =
    DriveJoin<A, B, JoinInBand<IntervalJoin<T, U, G, P, St>>, NoTimer>;

/// Two streams joined by a window of time and, maybe, by a key.
pub type TimeJoined<A, B, G1, G2, F, St, F1, F2> =
    IntervalJoined<A, B, Option<(G1, G2)>, Given<F>, St, F1, F2>;

/// Two streams joined as their items come.
pub type KeyJoined<A, B, G, P, St, T> =
    DriveJoin<A, B, KeyedJoin<<A as Stream>::Item, <B as Stream>::Item, G, P, St>, T>;

/// Items joined with the versions of something else.
pub type TemporalJoined<A, B, K, V, G, P, St, F> = DriveJoin<
    A,
    B,
    JoinByTime<TemporalJoin<<A as Stream>::Item, K, V, G, P, St>, F, VersionTime<K, V>>,
    NoTimer,
>;

/// Items between signals joined with the versions of something else.
#[cfg(feature = "alloc")]
pub type TemporalJoinedInBand<A, B, T, K, V, G, P, St> =
    DriveJoin<A, B, JoinInBand<TemporalJoin<T, K, V, G, P, St>>, NoTimer>;

/// Tells since when a version is valid.
pub type VersionTime<K, V> = fn(&Version<K, V>) -> EventTime;

/// Items joined with what is found elsewhere, in their order.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type LookedUp<S, G, F, H, R, C> =
    LookupJoin<S, LookupBy<G, F, H>, InOrder<HeapQueue<Option<R>>>, C>;

/// Items joined with what is found elsewhere, as that comes.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type LookedUpUnordered<S, G, F, H, R, C> =
    LookupJoin<S, LookupBy<G, F, H>, AsFinished<HeapQueue<R>>, C>;

/// How many items of one side a keyed join keeps for one key.
pub const DEFAULT_KEYED_MAX_PER_KEY: usize = 1_024;

/// Operators that bring together what belongs together on two streams.
///
/// They keep a table, so they are here under their names with `_in_rs2`, which take the memory and
/// with it the seed for hashing; an adapter adds the plain names with a random seed.
pub trait JoinExt: Stream {
    /// Yields `join_fn` of each item and each of `other` that has the same key and happened at most
    /// `window_size` before or after it.
    ///
    /// [`interval_join_in_rs2`](Self::interval_join_in_rs2) with an interval that is the same in
    /// both directions, and clones of the items for the function. With [`no_key()`](no_key) for a
    /// key selector only the time counts. `items` stands for `max_items` and `on_full`.
    ///
    /// The plain name is `join_with_time_window_rs2(other, config, timestamp_fn1, timestamp_fn2,
    /// join_fn, key_selector)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let clicks = from_iter([(10, "a"), (100, "b")]);
    /// let views = from_iter([(5, "page"), (90, "shop")]);
    /// let joined: Vec<(&str, &str)> = clicks
    ///     .join_with_time_window_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         views,
    ///         TimeJoinConfig::default(),
    ///         |click| EventTime::from_secs(click.0),
    ///         |view| EventTime::from_secs(view.0),
    ///         |click, view| (click.1, view.1),
    ///         no_key(),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(joined, [("a", "page"), ("b", "shop")]);
    /// # })
    /// ```
    #[expect(clippy::too_many_arguments, reason = "the product's list, and a memory")]
    #[track_caller]
    fn join_with_time_window_in_rs2<St, B, F1, F2, E1, E2, F, R, K, G1, G2>(
        self,
        items: impl Into<Limits<St>>,
        other: B,
        config: TimeJoinConfig,
        timestamp_fn1: F1,
        timestamp_fn2: F2,
        join_fn: F,
        key_selector: Option<(G1, G2)>,
    ) -> TimeJoined<Self, B, G1, G2, F, St, F1, F2>
    where
        Self: Sized,
        Self::Item: Clone,
        St: KeyStorage,
        B: Stream<Item: Clone>,
        F1: FnMut(&Self::Item) -> E1,
        F2: FnMut(&B::Item) -> E2,
        E1: Into<EventTime>,
        E2: Into<EventTime>,
        F: FnMut(Self::Item, B::Item) -> R,
        K: Hash + Eq + Clone,
        G1: FnMut(&Self::Item) -> K,
        G2: FnMut(&B::Item) -> K,
    {
        let times = (timestamp_fn1, timestamp_fn2);
        joined(self, other, items.into(), config.into(), key_selector, times, Given::by(join_fn))
    }

    /// Yields `f` of each item and each of `other` that has the same key and is later by a time
    /// that lies in an [`Interval`], which may be negative.
    ///
    /// A pair goes out when the later one of the two comes. Each pair of items goes out once;
    /// items with equal times are different items. An item is kept for as long as the other side's
    /// watermark leaves a match possible, and not at all where none is. An item before the
    /// watermark of its own side is left out, counted as
    /// [`Loss::Late`](crate::metrics::Loss::Late), and goes to the outlet of its side if there is
    /// one (`late_left_to`, `late_right_to`), as an item does that is rejected. The stream ends
    /// when both sides have ended.
    ///
    /// The memory holds the items of both sides that may still be matched. When it is full, or
    /// when a key has `max_per_key` items of one side,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) lets the earliest item of the fuller side, or
    /// of the key, go before its time, counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted):
    /// a side that falls silent costs no more than that.
    /// [`OnFull::Reject`](crate::state::OnFull::Reject) pairs the new item with what is there and
    /// does not keep it.
    ///
    /// The plain name is `interval_join_rs2(other, config, keys, timestamps, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::join::Interval, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// // Payments up to an hour after their order; both may come five minutes out of order.
    /// let interval = Interval::after(Duration::from_secs(3_600));
    /// let config = IntervalJoinConfig::new(interval, Duration::from_secs(300));
    /// let orders = from_iter([(1, 100), (2, 200)]);
    /// let payments = from_iter([(2, 260), (1, 4_000)]);
    /// let paid_after: Vec<(u32, i64)> = orders
    ///     .interval_join_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         payments,
    ///         config,
    ///         (|order| order.0, |payment| payment.0),
    ///         (|order| EventTime::from_secs(order.1), |paid| EventTime::from_secs(paid.1)),
    ///         |order, payment| (order.0, payment.1 - order.1),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(paid_after, [(2, 60)]); // the other one was 3,900 seconds later
    /// # })
    /// ```
    #[track_caller]
    fn interval_join_in_rs2<St, B, K, G1, G2, F1, F2, E1, E2, F, R>(
        self,
        items: impl Into<Limits<St>>,
        other: B,
        config: IntervalJoinConfig,
        keys: (G1, G2),
        timestamps: (F1, F2),
        f: F,
    ) -> IntervalJoined<Self, B, (G1, G2), Inner<F>, St, F1, F2>
    where
        Self: Sized,
        St: KeyStorage,
        B: Stream,
        K: Hash + Eq + Clone,
        G1: FnMut(&Self::Item) -> K,
        G2: FnMut(&B::Item) -> K,
        F1: FnMut(&Self::Item) -> E1,
        F2: FnMut(&B::Item) -> E2,
        E1: Into<EventTime>,
        E2: Into<EventTime>,
        F: FnMut(&Self::Item, &B::Item) -> R,
    {
        joined(self, other, items.into(), config, keys, timestamps, Inner::by(f))
    }

    /// [`interval_join_in_rs2`](Self::interval_join_in_rs2) that also yields items without a match,
    /// of one side or of both.
    ///
    /// An item without a match goes out when none can come any more, those of a side in the order
    /// of their time; at once when that is clear from the beginning, or when there is no room for
    /// it. Late items do not come through at all.
    ///
    /// The plain name is `interval_join_outer_rs2(other, config, keys, timestamps, outer, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::join::{Interval, OuterSide}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let config = IntervalJoinConfig::new(
    ///     Interval::after(Duration::from_secs(10)),
    ///     Duration::ZERO,
    /// );
    /// let time = |seconds: &i64| EventTime::from_secs(*seconds);
    /// let answered: Vec<(i64, bool)> = from_iter([0, 100])
    ///     .interval_join_outer_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         from_iter([105]),
    ///         config,
    ///         (|_| (), |_| ()),
    ///         (time, time),
    ///         OuterSide::Left,
    ///         |question, answer| (*question.unwrap(), answer.is_some()),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(answered, [(0, false), (100, true)]);
    /// # })
    /// ```
    #[expect(clippy::too_many_arguments, reason = "both sides have a key and a time")]
    #[track_caller]
    fn interval_join_outer_in_rs2<St, B, K, G1, G2, F1, F2, E1, E2, F, R>(
        self,
        items: impl Into<Limits<St>>,
        other: B,
        config: IntervalJoinConfig,
        keys: (G1, G2),
        timestamps: (F1, F2),
        outer: OuterSide,
        f: F,
    ) -> IntervalJoined<Self, B, (G1, G2), Outer<F>, St, F1, F2>
    where
        Self: Sized,
        St: KeyStorage,
        B: Stream,
        K: Hash + Eq + Clone,
        G1: FnMut(&Self::Item) -> K,
        G2: FnMut(&B::Item) -> K,
        F1: FnMut(&Self::Item) -> E1,
        F2: FnMut(&B::Item) -> E2,
        E1: Into<EventTime>,
        E2: Into<EventTime>,
        F: FnMut(Option<&Self::Item>, Option<&B::Item>) -> R,
    {
        let pairs = Outer::by(outer, f);
        joined(self, other, items.into(), config, keys, timestamps, pairs)
    }

    /// [`interval_join_in_rs2`](Self::interval_join_in_rs2) between signals, with the times and the
    /// watermarks of both streams.
    ///
    /// A pair stands at the time of the later one, or, with [`PairTime::Earlier`], of the earlier
    /// one. The watermark is the earlier one of both, and waits for the items that are kept where
    /// pairs stand at the earlier time. A side that is idle is not waited for, and what it then
    /// brings is late for the next operator where it is behind the other. The items of the other
    /// side are kept meanwhile, as far as there is room, or go, as
    /// [`WhenIdle`] says. The delays of the settings are not looked at.
    ///
    /// The plain name is `interval_join_events_rs2(other, config, keys, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::event_time::{Count, TimeWindowConfig}, op::join::Interval, prelude::*};
    /// # use rs2_core::{store::Heap, watermark::BoundedDisorder};
    /// # futures_executor::block_on(async {
    /// let second = Duration::from_secs(1);
    /// let marked = |items: Vec<(u32, i64)>| {
    ///     let policy = BoundedDisorder::new(Duration::ZERO);
    ///     from_iter(items).with_watermarks_rs2(policy, |item| EventTime::from_secs(item.1))
    /// };
    /// let config = IntervalJoinConfig::new(Interval::within(5 * second), Duration::ZERO);
    /// // How many pairs there are in each minute.
    /// let pairs: Vec<u64> = marked(vec![(1, 10), (2, 50), (1, 70)])
    ///     .interval_join_events_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         marked(vec![(2, 51), (1, 13), (1, 71)]),
    ///         config,
    ///         (|click| click.0, |view| view.0),
    ///         |click, view| (click.1, view.1),
    ///     )
    ///     .aggregate_events_rs2(TimeWindowConfig::tumbling(60 * second, Duration::ZERO)?, Count)
    ///     .map_events_rs2(|minute| minute.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(pairs, [1, 1]); // 13 was late on its side
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn interval_join_events_in_rs2<St, B, T, U, K, G1, G2, F, R>(
        self,
        items: impl Into<Limits<St>>,
        other: B,
        config: IntervalJoinConfig,
        keys: (G1, G2),
        f: F,
    ) -> IntervalJoinedInBand<Self, B, T, U, (G1, G2), Inner<F>, St>
    where
        Self: Sized + Stream<Item = Signal<T>>,
        St: KeyStorage,
        B: Stream<Item = Signal<U>>,
        K: Hash + Eq + Clone,
        G1: FnMut(&T) -> K,
        G2: FnMut(&U) -> K,
        F: FnMut(&T, &U) -> R,
    {
        joined_in_band(self, other, items.into(), config, keys, Inner::by(f))
    }

    /// [`interval_join_events_in_rs2`](Self::interval_join_events_in_rs2) that also yields items
    /// without a match, of one side or of both, each at its own time.
    ///
    /// Such an item goes out when none can come any more, and the watermark waits for it: it is
    /// behind the earlier one of both by as much as a match may be.
    ///
    /// The plain name is `interval_join_outer_events_rs2(other, config, keys, outer, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::join::{Interval, OuterSide}, prelude::*};
    /// # use rs2_core::{store::Heap, watermark::BoundedDisorder};
    /// # futures_executor::block_on(async {
    /// let marked = |items: Vec<i64>| {
    ///     let policy = BoundedDisorder::new(Duration::ZERO);
    ///     from_iter(items).with_watermarks_rs2(policy, |s| EventTime::from_secs(*s))
    /// };
    /// let interval = Interval::after(Duration::from_secs(10));
    /// let answered: Vec<(i64, bool)> = marked(vec![0, 100])
    ///     .interval_join_outer_events_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         marked(vec![105]),
    ///         IntervalJoinConfig::new(interval, Duration::ZERO),
    ///         (|_| (), |_| ()),
    ///         OuterSide::Left,
    ///         |question, answer| (*question.unwrap(), answer.is_some()),
    ///     )
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(answered, [(0, false), (100, true)]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn interval_join_outer_events_in_rs2<St, B, T, U, K, G1, G2, F, R>(
        self,
        items: impl Into<Limits<St>>,
        other: B,
        config: IntervalJoinConfig,
        keys: (G1, G2),
        outer: OuterSide,
        f: F,
    ) -> IntervalJoinedInBand<Self, B, T, U, (G1, G2), Outer<F>, St>
    where
        Self: Sized + Stream<Item = Signal<T>>,
        St: KeyStorage,
        B: Stream<Item = Signal<U>>,
        K: Hash + Eq + Clone,
        G1: FnMut(&T) -> K,
        G2: FnMut(&U) -> K,
        F: FnMut(Option<&T>, Option<&U>) -> R,
    {
        joined_in_band(self, other, items.into(), config, keys, Outer::by(outer, f))
    }

    /// Yields `f` of each item and each of `other` that has the same key and is still kept: a join
    /// of what comes, whatever its time.
    ///
    /// A pair goes out when the second one of the two comes. At most `max_per_key` items of one
    /// side are kept for one key, until the other side ends. When a key has as many, or when the
    /// memory is full, the limits say what happens, as with
    /// [`interval_join_in_rs2`](Self::interval_join_in_rs2). The stream ends when both sides have
    /// ended.
    ///
    /// The plain name is `keyed_join_rs2(other, keys, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let seats = from_iter([("ann", 1), ("bob", 2)]);
    /// let meals = from_iter([("bob", "soup"), ("ann", "fish")]);
    /// let trays: Vec<(u32, &str)> = seats
    ///     .keyed_join_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         meals,
    ///         1_024,
    ///         (|seat| seat.0, |meal| meal.0),
    ///         |seat, meal| (seat.1, meal.1),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(trays, [(2, "soup"), (1, "fish")]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_join_in_rs2<St, B, K, G1, G2, F, R>(
        self,
        items: impl Into<Limits<St>>,
        other: B,
        max_per_key: usize,
        keys: (G1, G2),
        f: F,
    ) -> KeyJoined<Self, B, (G1, G2), Inner<F>, St, NoTimer>
    where
        Self: Sized,
        St: KeyStorage,
        B: Stream,
        K: Hash + Eq + Clone,
        G1: FnMut(&Self::Item) -> K,
        G2: FnMut(&B::Item) -> K,
        F: FnMut(&Self::Item, &B::Item) -> R,
    {
        let rule = KeyedJoin::new(items.into(), None, max_per_key, keys, Inner::by(f));
        DriveJoin::new(self, other, rule, NoTimer)
    }

    /// [`keyed_join_in_rs2`](Self::keyed_join_in_rs2) that keeps an item for `ttl` after it came.
    ///
    /// The plain name is `keyed_join_within_rs2(other, ttl, keys, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let pairs: Vec<(u32, u32)> = from_iter([1, 2])
    ///     .keyed_join_within_on_rs2(
    ///         NoTimer,
    ///         Heap::bounded(1_000).seeded(7),
    ///         from_iter([12, 22]),
    ///         Duration::from_secs(60),
    ///         (|n| n % 10, |n| n % 10),
    ///         |left, right| (*left, *right),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(pairs, [(2, 12), (2, 22)]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_join_within_on_rs2<T, St, B, K, G1, G2, F, R>(
        self,
        timer: T,
        items: impl Into<Limits<St>>,
        other: B,
        ttl: Duration,
        keys: (G1, G2),
        f: F,
    ) -> KeyJoined<Self, B, (G1, G2), Inner<F>, St, T>
    where
        Self: Sized,
        T: Timer,
        St: KeyStorage,
        B: Stream,
        K: Hash + Eq + Clone,
        G1: FnMut(&Self::Item) -> K,
        G2: FnMut(&B::Item) -> K,
        F: FnMut(&Self::Item, &B::Item) -> R,
    {
        let bound = DEFAULT_KEYED_MAX_PER_KEY;
        let rule = KeyedJoin::new(items.into(), Some(ttl), bound, keys, Inner::by(f));
        DriveJoin::new(self, other, rule, timer)
    }

    /// Yields `f` of each item and the version of its key that was valid at its time; items whose
    /// key stood for nothing then are left out.
    ///
    /// ```text
    /// items     a5 - - b9 - |          number = time
    /// versions  - x3 y7 - - z20 |      x from 3 to 7, y from 7 to 20
    /// out       - - ax - - by |        a waited until nothing before 6 could come any more
    /// ```
    ///
    /// An item waits until the watermark of the versions has passed its time; those that wait go
    /// out in the order of their time. With [`EmitWhen::Latest`] it goes out
    /// at once, with the newest version that has come. Items and versions before the watermark of
    /// their side are left out, counted as [`Loss::Late`](crate::metrics::Loss::Late); they go to
    /// the outlet of their side if there is one, as those do that are rejected. The stream
    /// ends when the items have ended and none is left waiting.
    ///
    /// The memory holds the items that wait, and the keys, each with the versions that may still be
    /// asked for: the last one before the lower watermark, and those after it, at most
    /// `max_versions`. When there is no room,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) lets the earliest item go out with what is
    /// known, and forgets the keys or the version with the oldest beginning, all counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted). One lookup for each item or version,
    /// no clock.
    ///
    /// The plain name is `temporal_join_rs2(versions, config, key, timestamp, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::join::{TemporalJoinConfig, Version}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let at = EventTime::from_secs;
    /// let rates = from_iter([Version::new("eur", at(0), 110), Version::new("eur", at(60), 120)]);
    /// let orders = from_iter([("eur", 30, 2), ("eur", 60, 1), ("usd", 70, 5)]);
    /// let paid: Vec<u32> = orders
    ///     .temporal_join_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         rates,
    ///         TemporalJoinConfig::new(Duration::from_secs(5)),
    ///         |order| order.0,
    ///         |order| EventTime::from_secs(order.1),
    ///         |order, rate| order.2 * rate,
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(paid, [220, 120]);
    /// # })
    /// ```
    #[doc(alias = "versioned_join")]
    #[doc(alias = "as_of_join")]
    #[track_caller]
    fn temporal_join_in_rs2<St, B, K, V, G, T, E, F, R>(
        self,
        keys: impl Into<Limits<St>>,
        versions: B,
        config: TemporalJoinConfig,
        key: G,
        timestamp: T,
        f: F,
    ) -> TemporalJoined<Self, B, K, V, G, Inner<F>, St, T>
    where
        Self: Sized,
        St: KeyStorage,
        B: Stream<Item = Version<K, V>>,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        T: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
        F: FnMut(Self::Item, &V) -> R,
    {
        let rule = TemporalJoin::new(keys.into(), &config, key, Inner::by(f));
        temporal(self, versions, rule, &config, timestamp)
    }

    /// [`temporal_join_in_rs2`](Self::temporal_join_in_rs2) that also yields the items whose key
    /// stood for nothing at their time.
    ///
    /// The plain name is `temporal_join_left_rs2(versions, config, key, timestamp, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::join::{TemporalJoinConfig, Version}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let at = EventTime::from_secs;
    /// let owners = from_iter([Version::new(7, at(10), "ann"), Version::deleted(7, at(20))]);
    /// let found: Vec<(i64, Option<&str>)> = from_iter([5, 15, 25])
    ///     .temporal_join_left_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         owners,
    ///         TemporalJoinConfig::new(Duration::ZERO),
    ///         |_| 7,
    ///         |seconds| EventTime::from_secs(*seconds),
    ///         |seconds, owner| (seconds, owner.copied()),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found, [(5, None), (15, Some("ann")), (25, None)]);
    /// # })
    /// ```
    #[track_caller]
    fn temporal_join_left_in_rs2<St, B, K, V, G, T, E, F, R>(
        self,
        keys: impl Into<Limits<St>>,
        versions: B,
        config: TemporalJoinConfig,
        key: G,
        timestamp: T,
        f: F,
    ) -> TemporalJoined<Self, B, K, V, G, Each<F>, St, T>
    where
        Self: Sized,
        St: KeyStorage,
        B: Stream<Item = Version<K, V>>,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        T: FnMut(&Self::Item) -> E,
        E: Into<EventTime>,
        F: FnMut(Self::Item, Option<&V>) -> R,
    {
        let rule = TemporalJoin::new(keys.into(), &config, key, Each::by(f));
        temporal(self, versions, rule, &config, timestamp)
    }

    /// [`temporal_join_in_rs2`](Self::temporal_join_in_rs2) between signals, with the times and the
    /// watermarks of both streams.
    ///
    /// An output stands at the time of its item, with [`EmitWhen::Latest`] also that of a late one.
    /// The watermark is that of the items, and waits for those that wait for a version; it never
    /// waits for versions alone, which may be rare. While the versions are idle, items wait, or go
    /// with what is known, as [`WhenIdle`] says. A version is valid from its `valid_from` on, or
    /// from the time of its signal where that is later. The delays of the settings are not looked
    /// at.
    ///
    /// The plain name is `temporal_join_events_rs2(versions, config, key, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{aggregate::Sum, op::event_time::TimeWindowConfig, prelude::*};
    /// # use rs2_core::{op::join::{TemporalJoinConfig, Version}, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let second = Duration::from_secs(1);
    /// let (at, policy) = (EventTime::from_secs, BoundedDisorder::new(5 * second));
    /// let rates = from_iter([Version::new("eur", at(0), 110), Version::new("eur", at(60), 120)])
    ///     .with_watermarks_rs2(policy, |version| version.valid_from);
    /// // What was paid in each minute, at the rates of the moment.
    /// let paid: Vec<i64> = from_iter([("eur", 30, 2), ("eur", 59, 1), ("eur", 60, 1)])
    ///     .with_watermarks_rs2(policy, |order| EventTime::from_secs(order.1))
    ///     .temporal_join_events_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         rates,
    ///         TemporalJoinConfig::new(Duration::ZERO),
    ///         |order| order.0,
    ///         |order, rate| order.2 * rate,
    ///     )
    ///     .aggregate_events_rs2(TimeWindowConfig::tumbling(60 * second, Duration::ZERO)?, Sum)
    ///     .map_events_rs2(|minute| minute.value)
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(paid, [330, 120]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn temporal_join_events_in_rs2<St, B, T, K, V, G, F, R>(
        self,
        keys: impl Into<Limits<St>>,
        versions: B,
        config: TemporalJoinConfig,
        key: G,
        f: F,
    ) -> TemporalJoinedInBand<Self, B, T, K, V, G, Inner<F>, St>
    where
        Self: Sized + Stream<Item = Signal<T>>,
        St: KeyStorage,
        B: Stream<Item = Signal<Version<K, V>>>,
        K: Hash + Eq,
        G: FnMut(&T) -> K,
        F: FnMut(T, &V) -> R,
    {
        let rule = TemporalJoin::new(keys.into(), &config, key, Inner::by(f));
        in_band(self, versions, rule, config.when_idle)
    }

    /// [`temporal_join_events_in_rs2`](Self::temporal_join_events_in_rs2) that also yields the
    /// items whose key stood for nothing at their time.
    ///
    /// The plain name is `temporal_join_left_events_rs2(versions, config, key, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{op::join::{TemporalJoinConfig, Version}, prelude::*, store::Heap};
    /// # use rs2_core::watermark::BoundedDisorder;
    /// # futures_executor::block_on(async {
    /// let (at, policy) = (EventTime::from_secs, BoundedDisorder::new(Duration::ZERO));
    /// let owners = from_iter([Version::new(7, at(10), "ann"), Version::deleted(7, at(20))])
    ///     .with_watermarks_rs2(policy, |version| version.valid_from);
    /// let found: Vec<Option<&str>> = from_iter([5, 15, 25])
    ///     .with_watermarks_rs2(policy, |seconds| EventTime::from_secs(*seconds))
    ///     .temporal_join_left_events_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         owners,
    ///         TemporalJoinConfig::new(Duration::ZERO),
    ///         |_| 7,
    ///         |_, owner| owner.copied(),
    ///     )
    ///     .without_watermarks_rs2()
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found, [None, Some("ann"), None]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn temporal_join_left_events_in_rs2<St, B, T, K, V, G, F, R>(
        self,
        keys: impl Into<Limits<St>>,
        versions: B,
        config: TemporalJoinConfig,
        key: G,
        f: F,
    ) -> TemporalJoinedInBand<Self, B, T, K, V, G, Each<F>, St>
    where
        Self: Sized + Stream<Item = Signal<T>>,
        St: KeyStorage,
        B: Stream<Item = Signal<Version<K, V>>>,
        K: Hash + Eq,
        G: FnMut(&T) -> K,
        F: FnMut(T, Option<&V>) -> R,
    {
        let rule = TemporalJoin::new(keys.into(), &config, key, Each::by(f));
        in_band(self, versions, rule, config.when_idle)
    }

    /// Yields `f` of each item and what is found for its key elsewhere, in the order of the items.
    ///
    /// `fetch` is asked once for all items of a key that wait at the same time, and its answer is
    /// remembered for a while: what is there, that there is nothing, and, if so configured, that
    /// there was an error. An error is given to the items that waited for it, and ends nothing.
    ///
    /// n items in, n out; ends with its source. Dropping the stream loses the items that wait, and
    /// drops the questions. Holds at most `max_waiting` items, and `max_entries` answers, of which
    /// the one not used for longest makes room. While `max_in_flight` keys are asked for, no item
    /// is taken. Two table lookups for an item whose answer is remembered, and one reading of the
    /// clock.
    ///
    /// The plain name is `lookup_join_rs2(key, config, fetch, f)`.
    ///
    /// # Panics
    /// When the settings cannot work: see [`LookupConfig::validate`].
    /// # Examples
    /// ```
    /// # use core::convert::Infallible;
    /// # use rs2_core::{op::join::LookupConfig, prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let names: Vec<(u32, Option<&str>)> = from_iter([1, 2, 1])
    ///     .lookup_join_on_rs2(
    ///         NoTimer,
    ///         7,
    ///         |id| *id,
    ///         LookupConfig::default(),
    ///         async |id| Ok::<_, Infallible>((id == 1).then_some("ann")),
    ///         |id, name| (id, name.ok().flatten().copied()),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(names, [(1, Some("ann")), (2, None), (1, Some("ann"))]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "enrich")]
    #[track_caller]
    fn lookup_join_on_rs2<C, K, V, E, G, F, Fut, H, R>(
        self,
        clock: C,
        seed: u64,
        key: G,
        config: LookupConfig,
        fetch: F,
        f: H,
    ) -> LookedUp<Self, G, F, H, R, C>
    where
        Self: Sized,
        C: Clock,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K) -> Fut,
        Fut: Future<Output = Result<Option<V>, E>>,
        H: FnMut(Self::Item, Result<Option<&V>, &E>) -> R,
    {
        let lookup = LookupBy::new(key, fetch, f);
        LookupJoin::new(self, clock, seed, config, lookup, |memory| InOrder::over(memory.queue()))
    }

    /// [`lookup_join_on_rs2`](Self::lookup_join_on_rs2) whose outputs come as they are ready: an
    /// item whose answer is slow holds up no other.
    ///
    /// The plain name is `lookup_join_unordered_rs2(key, config, fetch, f)`.
    ///
    /// # Examples
    /// ```
    /// # use core::convert::Infallible;
    /// # use rs2_core::{op::join::LookupConfig, prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let mut lengths: Vec<usize> = from_iter(["a", "bcd"])
    ///     .lookup_join_unordered_on_rs2(
    ///         NoTimer,
    ///         7,
    ///         |word| *word,
    ///         LookupConfig::default(),
    ///         async |word| Ok::<_, Infallible>(Some(word.len())),
    ///         |_, length| length.ok().flatten().copied().unwrap_or(0),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// lengths.sort();
    /// assert_eq!(lengths, [1, 3]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[track_caller]
    fn lookup_join_unordered_on_rs2<C, K, V, E, G, F, Fut, H, R>(
        self,
        clock: C,
        seed: u64,
        key: G,
        config: LookupConfig,
        fetch: F,
        f: H,
    ) -> LookedUpUnordered<Self, G, F, H, R, C>
    where
        Self: Sized,
        C: Clock,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K) -> Fut,
        Fut: Future<Output = Result<Option<V>, E>>,
        H: FnMut(Self::Item, Result<Option<&V>, &E>) -> R,
    {
        let lookup = LookupBy::new(key, fetch, f);
        LookupJoin::new(self, clock, seed, config, lookup, |memory| {
            AsFinished::over(memory.queue())
        })
    }
}

impl<S: Stream + ?Sized> JoinExt for S {}

#[track_caller]
fn joined<A, B, G, P, St, F1, F2>(
    left: A,
    right: B,
    limits: Limits<St>,
    config: IntervalJoinConfig,
    keys: G,
    timestamps: (F1, F2),
    pairs: P,
) -> IntervalJoined<A, B, G, P, St, F1, F2>
where
    A: Stream,
    B: Stream,
    G: JoinKeys<A::Item, B::Item>,
    St: KeyStorage,
{
    let rule = IntervalJoin::new(limits, config.interval, config.max_per_key, keys, pairs);
    let delays = (config.left_delay, config.right_delay);
    DriveJoin::new(left, right, JoinByTime::new(rule, delays, timestamps), NoTimer)
}

#[cfg(feature = "alloc")]
#[track_caller]
fn joined_in_band<A, B, T, U, G, P, St>(
    left: A,
    right: B,
    limits: Limits<St>,
    config: IntervalJoinConfig,
    keys: G,
    pairs: P,
) -> IntervalJoinedInBand<A, B, T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    St: KeyStorage,
{
    let rule = IntervalJoin::new(limits, config.interval, config.max_per_key, keys, pairs);
    in_band(left, right, rule.pair_time(config.pair_time), config.when_idle)
}

#[cfg(feature = "alloc")]
fn in_band<A, B, M>(
    left: A,
    right: B,
    rule: M,
    when_idle: WhenIdle,
) -> DriveJoin<A, B, JoinInBand<M>, NoTimer> {
    DriveJoin::new(left, right, JoinInBand::new(rule).when_idle(when_idle), NoTimer)
}

fn temporal<A, B, K, V, G, P, St, F>(
    items: A,
    versions: B,
    rule: TemporalJoin<A::Item, K, V, G, P, St>,
    config: &TemporalJoinConfig,
    timestamp: F,
) -> TemporalJoined<A, B, K, V, G, P, St, F>
where
    A: Stream,
    K: Hash + Eq,
    St: KeyStorage,
{
    let valid_from: VersionTime<K, V> = |version| version.valid_from;
    let delays = (config.delay, config.versions_delay);
    let rule = JoinByTime::new(rule, delays, (timestamp, valid_from));
    DriveJoin::new(items, versions, rule, NoTimer)
}
