//! Operators that decide by the clock when an item goes out, or whether.
//!
//! Those that can lose items count them: `stream.losses()` tells how many.

mod completion_timeout;
mod debounce;
mod debounce_by_key;
mod debounce_edge;
mod delay;
mod demand_timeout;
mod heartbeat;
mod idle_timeout;
mod initial_timeout;
mod lines;
mod outbox;
mod pace;
mod pace_by_key;
mod sample;
mod sample_hold;
mod sample_when;
mod throttle_first;
mod throttle_latest;
mod timeout_each;
mod timeout_fallback;
mod timeout_repeat;
mod wait;
mod with_end;

pub use completion_timeout::CompletionTimeout;
pub use debounce::Debounce;
pub use debounce_by_key::DebounceByKey;
pub use debounce_edge::{DebounceEdge, Edge};
pub use delay::Delay;
pub use demand_timeout::DemandTimeout;
pub use heartbeat::Heartbeat;
pub use idle_timeout::IdleTimeout;
pub use initial_timeout::InitialTimeout;
pub use outbox::Outbox;
pub use pace::Pace;
pub use pace_by_key::{KeyedPace, MAX_WAITING, PaceByKey};
pub use sample::Sample;
pub use sample_hold::SampleHold;
pub use sample_when::SampleWhen;
pub use throttle_first::ThrottleFirst;
pub use throttle_latest::ThrottleLatest;
pub use timeout_each::TimeoutEach;
pub use timeout_fallback::TimeoutFallback;
pub use timeout_repeat::TimeoutRepeat;
pub use with_end::WithEnd;

use crate::machine::Drive;
use crate::metrics::Losses;
use crate::state::Limits;
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::store::{KeyStorage, Storage};
use crate::time::Timer;
use core::future::Future;
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// The stream of [`delay_on_rs2`](TimingExt::delay_on_rs2).
#[cfg(feature = "alloc")]
pub type Delayed<S, T> = DelayedIn<S, Heap, T>;

/// The stream of [`delay_in_on_rs2`](TimingExt::delay_in_on_rs2).
pub type DelayedIn<S, St, T> = Drive<WithEnd<S>, Delay<<S as Stream>::Item, St>, T>;

/// The stream of [`spaced_in_on_rs2`](TimingExt::spaced_in_on_rs2).
pub type SpacedIn<S, St, T> = Drive<WithEnd<S>, Outbox<<S as Stream>::Item, St>, T>;

/// The stream of [`pace_by_key_on_rs2`](TimingExt::pace_by_key_on_rs2).
pub type PacedByKey<S, K, F, St, T> =
    Drive<WithEnd<S>, PaceByKey<<S as Stream>::Item, K, F, St>, T>;

/// The stream of [`debounce_by_key_on_rs2`](TimingExt::debounce_by_key_on_rs2).
pub type DebouncedByKey<S, K, F, St, T> = Drive<S, DebounceByKey<<S as Stream>::Item, K, F, St>, T>;

/// Operators that decide by the clock when an item goes out, or whether.
pub trait TimingExt: Stream {
    /// Yields the last item of each burst, once `quiet` has passed without another.
    ///
    /// ```text
    /// in   a b - - c |            quiet = 2 columns
    /// out  - - - b - (c|)
    /// ```
    /// An item that comes exactly when the time is over takes the place of the one that is held.
    /// With a `quiet` of zero every item passes. A source that never pauses for `quiet` yields
    /// nothing until it ends: [`debounce_within_on_rs2`](Self::debounce_within_on_rs2) bounds the
    /// wait.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed). While nobody asks, nothing is taken
    /// from the source; the item whose time is over goes out at the next poll.
    /// # Cost
    /// O(1) per item, no timer for each: the sleep is armed again when it fires. Reads the clock
    /// once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["r", "ru", "rust"]);
    /// let last: Vec<&str> =
    ///     words.debounce_on_rs2(NoTimer, Duration::from_millis(300)).collect_rs2().await;
    /// assert_eq!(last, ["rust"]);
    /// # })
    /// ```
    #[doc(alias = "throttle_with_timeout")]
    fn debounce_on_rs2<T: Timer>(
        self,
        timer: T,
        quiet: Duration,
    ) -> Drive<Self, Debounce<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Debounce::new(quiet, Losses::new()), timer)
    }

    /// Yields the last item of each burst, once `quiet` has passed without another, or `max_wait`
    /// since the first.
    ///
    /// ```text
    /// in   a b c d e f |          quiet = 2 columns, max_wait = 3
    /// out  - - - d - - (f|)
    /// ```
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// That of [`debounce_on_rs2`](Self::debounce_on_rs2).
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["r", "ru", "rust"]);
    /// let (quiet, max_wait) = (Duration::from_millis(300), Duration::from_secs(2));
    /// let last: Vec<&str> =
    ///     words.debounce_within_on_rs2(NoTimer, quiet, max_wait).collect_rs2().await;
    /// assert_eq!(last, ["rust"]);
    /// # })
    /// ```
    fn debounce_within_on_rs2<T: Timer>(
        self,
        timer: T,
        quiet: Duration,
        max_wait: Duration,
    ) -> Drive<Self, Debounce<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Debounce::new(quiet, Losses::new()).with_max_wait(max_wait), timer)
    }

    /// Yields the first or the last item of each burst, or both.
    ///
    /// ```text
    /// in       a b - - c - - |      quiet = 2 columns
    /// Leading  a - - - c - - |
    /// Trailing - - - b - - c |
    /// Both     a - - b c - - |
    /// ```
    /// A burst is over once `quiet` has passed without an item; one that comes exactly then still
    /// belongs to it. With a `quiet` of zero every item passes.
    ///
    /// # Shape
    /// n items in, at most n out, in order.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds at most one item. Those that do not go out are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// That of [`debounce_on_rs2`](Self::debounce_on_rs2); no timer with [`Edge::Leading`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// use rs2_core::op::timing::Edge;
    /// # futures_executor::block_on(async {
    /// let clicks = from_iter(["first", "again", "and again"]);
    /// let once: Vec<&str> = clicks
    ///     .debounce_edge_on_rs2(NoTimer, Duration::from_millis(300), Edge::Leading)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(once, ["first"]);
    /// # })
    /// ```
    fn debounce_edge_on_rs2<T: Timer>(
        self,
        timer: T,
        quiet: Duration,
        edge: Edge,
    ) -> Drive<Self, DebounceEdge<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, DebounceEdge::new(quiet, edge, Losses::new()), timer)
    }

    /// Yields the last item of each burst of its key, once `quiet` has passed without another of
    /// that key.
    ///
    /// ```text
    /// in   a A b - - - |           quiet = 3 columns; a and A have one key
    /// out  - - - - A b |
    /// ```
    /// # Shape
    /// n items in, at most n out, in the order in which their time is over; the last of each key
    /// always.
    /// # End and errors
    /// The held items go out at the end, at once, in the same order. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the held items.
    /// # Backpressure and memory
    /// Holds one item for each key of a burst under way, and forgets the key when it goes out. At
    /// most as many as the storage's capacity: then the item that has waited longest goes out
    /// early, counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted), unless
    /// [`Limits::on_full`](crate::state::Limits::on_full) says otherwise. Those that gave way to a
    /// later one are counted as [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item: one call of `key` and one or two table lookups; one timer for all keys. Reads
    /// the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let edits = from_iter([("a.txt", 1), ("b.txt", 1), ("a.txt", 2)]);
    /// let saves: Vec<(&str, u32)> = edits
    ///     .debounce_by_key_on_rs2(
    ///         NoTimer,
    ///         Heap::bounded(1_000).seeded(7),
    ///         |(file, _)| *file,
    ///         Duration::from_secs(1),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(saves, [("b.txt", 1), ("a.txt", 2)]);
    /// # })
    /// ```
    fn debounce_by_key_on_rs2<T, K, F, St>(
        self,
        timer: T,
        keys: impl Into<Limits<St>>,
        key: F,
        quiet: Duration,
    ) -> DebouncedByKey<Self, K, F, St, T>
    where
        Self: Sized,
        T: Timer,
        K: Hash + Eq + Clone,
        F: FnMut(&Self::Item) -> K,
        St: KeyStorage,
    {
        Drive::new(self, DebounceByKey::new(keys.into(), key, quiet), timer)
    }

    /// Yields an item and drops those that come within `period` after it.
    ///
    /// ```text
    /// in   a b c d - e |          period = 3 columns
    /// out  a - - d - - |
    /// ```
    /// An item exactly at the end of the period passes, and begins the next.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The dropped items are counted as [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// While nobody asks, nothing is taken from the source, so the next item may be an old one.
    /// # Cost
    /// O(1) per item, no timer. Reads the clock once per poll. Gives the task back after dropping
    /// 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let clicks = from_iter(["ok", "ok", "ok"]);
    /// let once: Vec<&str> =
    ///     clicks.throttle_first_on_rs2(NoTimer, Duration::from_secs(1)).collect_rs2().await;
    /// assert_eq!(once, ["ok"]);
    /// # })
    /// ```
    #[doc(alias = "throttle_leading")]
    fn throttle_first_on_rs2<T: Timer>(
        self,
        timer: T,
        period: Duration,
    ) -> Drive<Self, ThrottleFirst<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, ThrottleFirst::new(period, Losses::new()), timer)
    }

    /// Yields at most one item for each `period`, the first:
    /// [`throttle_first_on_rs2`](Self::throttle_first_on_rs2) under a shorter name.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The dropped items are counted as [`Loss::Suppressed`](crate::metrics::Loss::Suppressed). To
    /// lose none, use [`spaced_on_rs2`](Self::spaced_on_rs2).
    /// # Cost
    /// O(1) per item, no timer. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let once: Vec<u32> = from_iter(1..=9)
    ///     .throttle_on_rs2(NoTimer, Duration::from_secs(1))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(once, [1]);
    /// # })
    /// ```
    fn throttle_on_rs2<T: Timer>(
        self,
        timer: T,
        period: Duration,
    ) -> Drive<Self, ThrottleFirst<Self::Item>, T>
    where
        Self: Sized,
    {
        self.throttle_first_on_rs2(timer, period)
    }

    /// Yields an item at once, and then after each `period` the latest of those that came within
    /// it.
    ///
    /// ```text
    /// in   a b c d - e - - |      period = 3 columns
    /// out  a - - d - - e - |
    /// ```
    /// An item exactly at the end of the period still belongs to it. After a period without an item
    /// the next passes at once.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the first and the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item, one timer while an item is held. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let progress: Vec<u32> = from_iter(0..=100)
    ///     .throttle_latest_on_rs2(NoTimer, Duration::from_secs(1))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(progress, [0, 100]);
    /// # })
    /// ```
    #[doc(alias = "conflate")]
    #[doc(alias = "throttle_trailing")]
    fn throttle_latest_on_rs2<T: Timer>(
        self,
        timer: T,
        period: Duration,
    ) -> Drive<Self, ThrottleLatest<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, ThrottleLatest::new(period, Losses::new()), timer)
    }

    /// Yields every item, no faster than `rate_per_sec`, but up to `burst` at once after a pause.
    ///
    /// ```text
    /// in   (abcd|)                 rate = one in 2 columns, burst = 2
    /// out  (ab) - c - d - |
    /// ```
    /// It holds the source back. Items that are late let those after them catch up, by as many as
    /// the burst allows. A burst of 1 is a gap of at least 1 / `rate_per_sec`, which never makes up
    /// for a timer that wakes late.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, which is asked for its end when the next item might have gone out.
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The source is not polled while it waits.
    /// # Cost
    /// O(1) per item, one timer while it waits. Reads the clock once per poll.
    /// # Panics
    /// When `rate_per_sec` or `burst` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let burst = from_iter(1..=3).pace_on_rs2(NoTimer, 1_000, 9);
    /// let numbers: Vec<u32> = burst.collect_rs2().await;
    /// assert_eq!(numbers, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "rate_limit")]
    #[doc(alias = "metered")]
    #[doc(alias = "shape")]
    #[track_caller]
    fn pace_on_rs2<T: Timer>(
        self,
        timer: T,
        rate_per_sec: u32,
        burst: u32,
    ) -> Drive<Self, Pace<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Pace::new(gap_of(rate_per_sec), burst), timer)
    }

    /// Yields every item, those of each key no faster than `pace`: who comes too soon waits in the
    /// line of its key, and holds up nobody else.
    ///
    /// ```text
    /// in   a1 a2 b1 - - |          one in 3 columns for each key
    /// out  a1 -  b1 a2 (|)
    /// ```
    /// [`rate_limit_by_key_on_rs2`](crate::op::ResilienceExt::rate_limit_by_key_on_rs2) drops such
    /// items instead, and [`pace_on_rs2`](Self::pace_on_rs2) holds the source back.
    ///
    /// # Shape
    /// n items in, n out but for those that find no room, those of a key in order; otherwise in the
    /// order in which they may go.
    /// # End and errors
    /// At the end of the source what waits still goes out in its time, then the stream ends. `Err`
    /// items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
    /// # Backpressure and memory
    /// Holds the items that wait, at most [`max_waiting`](KeyedPace::max_waiting) of one key, and
    /// the keys that are not yet paid off; as many of either as `keys` has capacity. It never holds
    /// the source back. When a line is full, its oldest item is dropped, counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted); when all room is taken by others, the item
    /// that would go next. Of too many keys the one that is soonest paid off is forgotten, counted
    /// likewise; while somebody waits in every line, an item of another key is left out, counted
    /// as [`Loss::Full`](crate::metrics::Loss::Full).
    /// [`OnFull::Reject`](crate::state::OnFull::Reject) leaves the new item out in all these cases.
    /// # Cost
    /// One call of `key` and one table lookup per item, O(log keys) for one that waits; one timer
    /// for all keys. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{op::timing::KeyedPace, prelude::*, store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// // No more than five calls a second for each client.
    /// let calls = from_iter(["ann 1", "bob 1"]);
    /// let sent: Vec<&str> = calls
    ///     .pace_by_key_on_rs2(
    ///         NoTimer,
    ///         Heap::bounded(1_000).seeded(7),
    ///         |call| call.split(' ').next(),
    ///         KeyedPace::per_sec(5),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sent, ["ann 1", "bob 1"]);
    /// # })
    /// ```
    #[doc(alias = "throttle_by_key")]
    #[doc(alias = "delay_by_key")]
    fn pace_by_key_on_rs2<T, K, F, St>(
        self,
        timer: T,
        keys: impl Into<Limits<St>>,
        key: F,
        pace: KeyedPace,
    ) -> PacedByKey<Self, K, F, St, T>
    where
        Self: Sized,
        T: Timer,
        K: Hash + Eq + Clone,
        F: FnMut(&Self::Item) -> K,
        St: KeyStorage,
    {
        Drive::new(WithEnd::new(self), PaceByKey::new(keys.into(), key, pace), timer)
    }

    /// Yields every item, each at least `gap` after the one before it.
    ///
    /// ```text
    /// in   (abc|)                  gap = 2 columns
    /// out  a - b - c - |
    /// ```
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, which is asked for its end when the next item might have gone out.
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The source is not polled while it waits.
    /// # Cost
    /// O(1) per item, one timer while it waits. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use futures_core::Stream;
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let alone = emit(7).spaced_on_rs2(NoTimer, Duration::from_secs(1));
    /// assert_eq!(alone.size_hint(), (1, Some(1)));
    /// # })
    /// ```
    #[doc(alias = "spaced_by")]
    #[doc(alias = "delay_elements")]
    fn spaced_on_rs2<T: Timer>(self, timer: T, gap: Duration) -> Drive<Self, Pace<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Pace::new(gap, 1), timer)
    }

    /// Yields items, each at least `gap` after the one before it. Those that come sooner wait in an
    /// outbox, and give way to newer ones when that is full.
    ///
    /// ```text
    /// in   (abcd|)                 gap = 2 columns, room for 2
    /// out  a - c - (d|)            b gave way to d
    /// ```
    /// For a link or a sink that is slower than what is measured: the source is always asked, so
    /// nothing before it is held up. [`spaced_on_rs2`](Self::spaced_on_rs2) holds the source back.
    ///
    /// # Shape
    /// n items in, at most n out, in order.
    /// # End and errors
    /// What waits at the end of the source goes out at its distance, and the stream ends with the
    /// last of it. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items that wait.
    /// # Backpressure and memory
    /// As many items wait as `limits` has capacity. When there is no room, the oldest of them gives
    /// way with [`OnFull::Evict`](crate::state::OnFull::Evict), counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted); the new one is left out with
    /// [`OnFull::Reject`](crate::state::OnFull::Reject), counted as
    /// [`Loss::Full`](crate::metrics::Loss::Full); and with
    /// [`OnFull::Stop`](crate::state::OnFull::Stop) the stream ends. An item gives way only while
    /// this stream is polled: the source keeps what comes meanwhile.
    /// # Cost
    /// O(1) per item, one timer while something waits. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{metrics::Reports, prelude::*, store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20, 21, 22]);
    /// let sent = readings.spaced_in_on_rs2(Heap::bounded(12), NoTimer, Duration::ZERO);
    /// let losses = sent.losses().clone();
    /// assert_eq!(sent.collect_rs2::<Vec<u32>>().await, [20, 21, 22]);
    /// assert_eq!(losses.total(), 0);
    /// # })
    /// ```
    #[doc(alias = "outbox")]
    #[doc(alias = "drop_oldest")]
    fn spaced_in_on_rs2<St: Storage, T: Timer>(
        self,
        limits: impl Into<Limits<St>>,
        timer: T,
        gap: Duration,
    ) -> SpacedIn<Self, St, T>
    where
        Self: Sized,
    {
        Drive::new(WithEnd::new(self), Outbox::new(limits.into(), gap), timer)
    }

    /// Yields at each multiple of `interval` the latest item that came since the one before, if
    /// any.
    ///
    /// ```text
    /// in   a b - - c - - d |      interval = 3 columns
    /// out  - - - b - - c - (d|)
    /// ```
    /// Time counts from the first poll. An item exactly at a tick belongs to it. Ticks that passed
    /// while nobody asked are skipped.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item, one timer while an item is held. Reads the clock once per poll.
    /// # Panics
    /// When `interval` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20.1, 20.4, 20.3]);
    /// let sampled: Vec<f64> =
    ///     readings.sample_on_rs2(NoTimer, Duration::from_secs(60)).collect_rs2().await;
    /// assert_eq!(sampled, [20.3]);
    /// # })
    /// ```
    #[doc(alias = "audit")]
    #[track_caller]
    fn sample_on_rs2<T: Timer>(
        self,
        timer: T,
        interval: Duration,
    ) -> Drive<Self, Sample<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Sample::new(interval, Losses::new()), timer)
    }

    /// Yields at each multiple of `interval` the latest item, whether or not it went out before.
    ///
    /// ```text
    /// in   a b - - - - - c - |      interval = 3 columns
    /// out  - - - b - - b - - (c|)
    /// ```
    /// Makes a fixed rate of readings that come when they like. Time counts from the first poll.
    /// Before the first item nothing goes out; ticks that passed while nobody asked are skipped.
    ///
    /// # Shape
    /// One clone for each tick since the first item; the last item always.
    /// # End and errors
    /// An item that has not gone out does so at the end, at once. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that never went out are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item, one clone for each output, one timer. Reads the clock once per poll.
    /// # Panics
    /// When `interval` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20.1, 20.4, 20.3]);
    /// let sampled: Vec<f64> =
    ///     readings.sample_hold_on_rs2(NoTimer, Duration::from_secs(60)).collect_rs2().await;
    /// assert_eq!(sampled, [20.3]);
    /// # })
    /// ```
    #[doc(alias = "extrapolate")]
    #[doc(alias = "resample")]
    #[track_caller]
    fn sample_hold_on_rs2<T: Timer>(
        self,
        timer: T,
        interval: Duration,
    ) -> Drive<Self, SampleHold<Self::Item>, T>
    where
        Self: Sized,
        Self::Item: Clone,
    {
        Drive::new(self, SampleHold::new(interval, Losses::new()), timer)
    }

    /// Yields at each item of `trigger` the latest item that came since the one before, if any.
    ///
    /// ```text
    /// in       a b - c - - d |
    /// trigger  - - x - x x - -
    /// out      - - b - c - - (d|)
    /// ```
    /// An item that is there when the trigger comes belongs to it.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out when the source ends, at once, and that is the end. The end of the
    /// trigger is not: nothing then goes out before the source ends. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item, no clock. Gives the task back after 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20.1, 20.4, 20.3]);
    /// let sampled: Vec<f64> = readings.sample_when_rs2(empty::<()>()).collect_rs2().await;
    /// assert_eq!(sampled, [20.3]);
    /// # })
    /// ```
    #[doc(alias = "sample_on")]
    #[doc(alias = "sample_by")]
    fn sample_when_rs2<B: Stream>(self, trigger: B) -> SampleWhen<Self, B>
    where
        Self: Sized,
    {
        SampleWhen::new(self, trigger, Losses::new())
    }

    /// Yields every item `by` later than it came.
    ///
    /// ```text
    /// in   a b - - c |            by = 2 columns
    /// out  - - a b - - (c|)
    /// ```
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with the last item, `by` after the source gave it. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items on the way, at most
    /// `capacity`.
    /// # Backpressure and memory
    /// Holds at most `capacity` items. With so many on the way the source is not polled, and an
    /// item counts as come when it is taken.
    /// # Cost
    /// O(1) per item, one timer. Reads the clock once per poll.
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let later = from_iter(1..=3).delay_on_rs2(NoTimer, Duration::ZERO, 64);
    /// let numbers: Vec<u32> = later.collect_rs2().await;
    /// assert_eq!(numbers, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "delay_by")]
    #[track_caller]
    #[cfg(feature = "alloc")]
    fn delay_on_rs2<T: Timer>(self, timer: T, by: Duration, capacity: usize) -> Delayed<Self, T>
    where
        Self: Sized,
    {
        self.delay_in_on_rs2(Heap::bounded(capacity), timer, by)
    }

    /// [`delay_on_rs2`](Self::delay_on_rs2) with the delayed items in a memory of the caller's
    /// choice.
    ///
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let items = from_iter([1, 2]);
    /// let delayed = items.delay_in_on_rs2(Heap::bounded(4), NoTimer, Duration::ZERO);
    /// assert_eq!(delayed.collect_rs2::<Vec<u32>>().await, [1, 2]);
    /// # })
    /// ```
    fn delay_in_on_rs2<St: Storage, T: Timer>(
        self,
        memory: St,
        timer: T,
        by: Duration,
    ) -> DelayedIn<Self, St, T>
    where
        Self: Sized,
    {
        Drive::new(WithEnd::new(self), Delay::new(memory, by), timer)
    }

    /// Yields each item as `Ok`; when the source has been waited for longer than `limit`, one
    /// `Err`, and ends.
    ///
    /// ```text
    /// in   a b - - - c |          limit = 2 columns
    /// out  a b - (#|)
    /// ```
    /// Only waiting counts: the time that a consumer takes over an item does not, and a source that
    /// has an item when it is asked has not timed out. An item exactly at the limit passes. With a
    /// limit of zero, what is not ready at once has timed out.
    ///
    /// # Shape
    /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Idle`](crate::error::TimeoutKind::Idle).
    /// # End and errors
    /// Ends after the first [`Elapsed`](crate::error::Elapsed). `Err` items are items like any
    /// other, within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// O(1) per item, no timer for each. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[doc(alias = "idle_timeout")]
    fn timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, IdleTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, IdleTimeout::new(limit), timer)
    }

    /// Yields each item as `Ok`, and an `Err` after each `limit` for which the source has been
    /// waited for; it goes on.
    ///
    /// ```text
    /// in   a - - - - - c |        limit = 2 columns
    /// out  a - # - # - c |
    /// ```
    /// [`timeout_on_rs2`](Self::timeout_on_rs2) ends after the first instead. Only waiting counts.
    ///
    /// # Shape
    /// n items in, n `Ok` out, and between them as many [`Elapsed`](crate::error::Elapsed) of the
    /// kind [`Idle`](crate::error::TimeoutKind::Idle) as it takes.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other, within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// O(1) per item, no timer for each. Reads the clock once per poll.
    /// # Panics
    /// When `limit` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .timeout_repeat_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[track_caller]
    fn timeout_repeat_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, TimeoutRepeat<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, TimeoutRepeat::new(limit), timer)
    }

    /// Yields the items of the source, and once that has been waited for longer than `limit`, those
    /// of `fallback`.
    ///
    /// ```text
    /// in        a b - - - c |     limit = 2 columns
    /// fallback  x y |
    /// out       a b - (xy|)
    /// ```
    /// The source is dropped before `fallback` is first polled, and does not come back.
    /// Nothing is waited for in between: where the source holds a resource whose release takes its
    /// time, that goes on by itself while `fallback` runs.
    ///
    /// # Shape
    /// n items in, n out; or fewer, and then all of `fallback`.
    /// # End and errors
    /// Ends with the stream that is asked. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// O(1) per item, no timer for each; none after the change. Reads the clock once per poll until
    /// then.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let replica = from_iter([7, 8]);
    /// let rows: Vec<u32> = from_iter([1, 2])
    ///     .timeout_fallback_on_rs2(NoTimer, Duration::from_secs(5), replica)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(rows, [1, 2]);
    /// # })
    /// ```
    #[doc(alias = "timeout_with")]
    #[doc(alias = "timeout_on_timeout_to")]
    fn timeout_fallback_on_rs2<T: Timer, B: Stream<Item = Self::Item>>(
        self,
        timer: T,
        limit: Duration,
        fallback: B,
    ) -> TimeoutFallback<Self, B, T>
    where
        Self: Sized,
    {
        TimeoutFallback::new(self, timer, limit, fallback)
    }

    /// Yields every item, and a clone of `beat` after each `quiet` for which the source has been
    /// waited for.
    ///
    /// ```text
    /// in   a - - - - - c |        quiet = 2 columns
    /// out  a - x - x - c |
    /// ```
    /// # Shape
    /// n items in, n out, in order, and between them as many beats as it takes.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// O(1) per item, no timer for each; one clone for each beat. Reads the clock once per poll.
    /// # Panics
    /// When `quiet` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let events = from_iter(["open", "close"]);
    /// let lines: Vec<&str> = events
    ///     .heartbeat_on_rs2(NoTimer, Duration::from_secs(15), "ping")
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(lines, ["open", "close"]);
    /// # })
    /// ```
    #[doc(alias = "keep_alive")]
    #[track_caller]
    fn heartbeat_on_rs2<T: Timer>(
        self,
        timer: T,
        quiet: Duration,
        beat: Self::Item,
    ) -> Drive<Self, Heartbeat<Self::Item>, T>
    where
        Self: Sized,
        Self::Item: Clone,
    {
        Drive::new(self, Heartbeat::new(quiet, beat), timer)
    }

    /// Yields the outputs of the futures that `f` makes, one at a time, and an `Err` for each that
    /// has not finished within `limit`.
    ///
    /// ```text
    /// in    a b |                limit = 2 columns
    /// runs  a     a takes 1 column, b takes 3
    ///         b b
    /// out   - a - (#|)
    /// ```
    /// The time counts from when the future is made. One that has finished when it is asked has not
    /// timed out, however late that is.
    ///
    /// # Shape
    /// n items in, n out, in order: `Ok`, or [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Each`](crate::error::TimeoutKind::Each).
    /// # End and errors
    /// Ends with its source. A future that takes too long is dropped where it waits: whether that
    /// loses anything is for the future to say. `Err` outputs are outputs like any other, within
    /// `Ok`.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops the running future and its item.
    /// # Backpressure and memory
    /// Holds one future or output. The source is not polled while a future runs.
    /// # Cost
    /// One timer while a future waits, no allocation. Reads the clock once per item.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let lengths: Vec<Result<usize, Elapsed>> = from_iter(["/a", "/bc"])
    ///     .timeout_each_on_rs2(NoTimer, Duration::from_secs(5), async |path: &str| path.len())
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(lengths, [Ok(2), Ok(3)]);
    /// # })
    /// ```
    fn timeout_each_on_rs2<T, F, Fut>(
        self,
        timer: T,
        limit: Duration,
        f: F,
    ) -> TimeoutEach<Self, F, Fut, T>
    where
        Self: Sized,
        T: Timer,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        TimeoutEach::new(self, timer, limit, f)
    }

    /// Yields each item as `Ok`; when the first has not come `limit` after the first poll, one
    /// `Err`, and ends.
    ///
    /// ```text
    /// in   - - - a |              limit = 2 columns
    /// out  - - (#|)
    /// ```
    /// A source that has an item when it is asked has not timed out, however late that is.
    ///
    /// # Shape
    /// n items in, n `Ok` out; or only one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Initial`](crate::error::TimeoutKind::Initial).
    /// # End and errors
    /// Ends after the [`Elapsed`](crate::error::Elapsed). `Err` items are items like any other,
    /// within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One timer until the first item has come. Reads the clock once per poll until then.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .initial_timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    fn initial_timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, InitialTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, InitialTimeout::new(limit), timer)
    }

    /// Yields each item as `Ok`; when the source has not ended `limit` after the first poll, one
    /// `Err`, and ends.
    ///
    /// ```text
    /// in   a - b - c |            limit = 3 columns
    /// out  a - b (#|)
    /// ```
    /// An item or an end exactly at the limit passes. Once the time is over the source is not asked
    /// again, even when it has something.
    ///
    /// # Shape
    /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Completion`](crate::error::TimeoutKind::Completion).
    /// # End and errors
    /// Ends after the [`Elapsed`](crate::error::Elapsed). `Err` items are items like any other,
    /// within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One timer. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .completion_timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[doc(alias = "interrupt_after")]
    fn completion_timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, CompletionTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, CompletionTimeout::new(limit), timer)
    }

    /// Yields each item as `Ok`; when the next is asked for more than `limit` after one, one `Err`,
    /// and ends.
    ///
    /// ```text
    /// in   a b c |                limit = 2 columns
    /// asks x - - - x
    /// out  a - - - (#|)
    /// ```
    /// For a consumer whose slowness is a fault. It is told when it asks again.
    ///
    /// # Shape
    /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Demand`](crate::error::TimeoutKind::Demand).
    /// # End and errors
    /// Ends after the [`Elapsed`](crate::error::Elapsed). `Err` items are items like any other,
    /// within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// No timer. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .demand_timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[doc(alias = "backpressure_timeout")]
    fn demand_timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, DemandTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, DemandTimeout::new(limit), timer)
    }
}

impl<S: Stream + ?Sized> TimingExt for S {}

/// The time between two items of a rate, rounded up, so that the rate is not exceeded.
#[track_caller]
fn gap_of(rate_per_sec: u32) -> Duration {
    assert!(rate_per_sec > 0, "with a rate of zero no item would ever pass");
    Duration::from_nanos(1_000_000_000_u64.div_ceil(u64::from(rate_per_sec)))
}
