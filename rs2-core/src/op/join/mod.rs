//! Operators that bring together what belongs together on two streams.
//!
//! Two items belong together when they have the same key and, for most of these operators, happened
//! near each other. Both streams are read all the time; where event time decides, the one that is
//! behind in it is read first. What waits for a match is bounded, and goes as soon as no match can
//! come any more.

mod interval;
mod interval_join;
mod keyed_join;
mod pairs;
mod side;
#[cfg(feature = "snapshot")]
mod snapshots;

pub use interval::{DEFAULT_MAX_PER_KEY, Interval, IntervalJoinConfig, TimeJoinConfig};
pub use interval_join::IntervalJoin;
pub use keyed_join::KeyedJoin;
pub use pairs::{Given, Inner, JoinKeys, NoKey, Outer, OuterSide, Pairs, no_key};

use crate::machine::{DriveJoin, JoinByTime};
use crate::state::Limits;
use crate::store::KeyStorage;
use crate::time::{EventTime, NoTimer, Timer};
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

/// Two streams joined by a window of time and, maybe, by a key.
pub type TimeJoined<A, B, G1, G2, F, St, F1, F2> =
    IntervalJoined<A, B, Option<(G1, G2)>, Given<F>, St, F1, F2>;

/// Two streams joined as their items come.
pub type KeyJoined<A, B, G, P, St, T> =
    DriveJoin<A, B, KeyedJoin<<A as Stream>::Item, <B as Stream>::Item, G, P, St>, T>;

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
    /// [`Loss::Late`](crate::metrics::Loss::Late). The stream ends when both sides have ended.
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
