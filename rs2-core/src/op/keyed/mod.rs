//! Operators that keep a state for each key.

#[cfg(feature = "snapshot")]
pub use key_states::SavedState;
mod key_states;
#[cfg(feature = "alloc")]
mod keyed_by_ref;
mod keyed_deduplicate;
#[cfg(any(feature = "alloc", feature = "heapless"))]
mod keyed_deduplicate_approx;
mod keyed_filter;
mod keyed_fold;
mod keyed_group_by;
mod keyed_group_within;
mod keyed_map;
mod keyed_pattern;
mod keyed_reduce;
mod keyed_rule;
mod keyed_session_fold;
mod keyed_throttle;
mod keyed_window;
mod step;

pub use crate::state::Run;
#[cfg(feature = "alloc")]
pub use keyed_by_ref::{KeyedByRef, Lent};
pub use keyed_deduplicate::KeyedDeduplicate;
#[cfg(any(feature = "alloc", feature = "heapless"))]
pub use keyed_deduplicate_approx::KeyedDeduplicateApprox;
pub use keyed_filter::KeyedFilter;
pub use keyed_fold::KeyedFold;
pub use keyed_group_by::KeyedGroupBy;
pub use keyed_group_within::KeyedGroupWithin;
pub use keyed_map::KeyedMap;
pub use keyed_pattern::KeyedPattern;
pub use keyed_reduce::KeyedReduce;
pub use keyed_rule::KeyedRule;
pub use keyed_session_fold::KeyedSessionFold;
pub use keyed_throttle::{KeyedThrottle, Passed};
pub use keyed_window::{CountWindow, KeyedWindow, Window, WindowFn, Windows};
pub use step::{Step, Visit};

use crate::machine::Drive;
#[cfg(any(feature = "alloc", feature = "heapless"))]
use crate::state::ApproxSeen;
use crate::state::{Done, IdleTime, Keys, Lifetime, Limits, TimeToLive, TtlFrom, Unlimited};
use crate::store::{KeyStorage, Storage};
use crate::time::{NoTimer, Timer};
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// The items of a group when nothing else is said: then it goes out, and its key begins another.
pub const DEFAULT_MAX_GROUP: usize = 10_000;
/// The keys that have a group when nothing else is said.
pub const DEFAULT_MAX_GROUPS: usize = 10_000;
/// The items that a pattern is looked for in when nothing else is said.
pub const DEFAULT_MAX_RUN: usize = 1_000;

/// A source with a step on each item and the state of its key.
pub type KeyedDrive<S, K, G, P, St, L = Unlimited, T = NoTimer> =
    Drive<S, KeyedRule<<S as Stream>::Item, K, G, P, St, L>, T>;

/// The first items of each key of a source, by a memory that may err.
#[cfg(any(feature = "alloc", feature = "heapless"))]
pub type ApproxFirsts<S, G, B, T> = Drive<S, KeyedDeduplicateApprox<<S as Stream>::Item, G, B>, T>;

/// A source folded for each session of each key.
pub type KeyedSessions<S, K, V, G, F, St, T> =
    Drive<S, KeyedSessionFold<<S as Stream>::Item, K, V, G, F, St>, T>;

/// A source in windows over the items of each key.
pub type KeyedWindowed<S, K, G, F, St, Ws, L = Unlimited, T = NoTimer> =
    Drive<S, KeyedWindow<<S as Stream>::Item, K, G, F, St, Ws, L>, T>;

/// A source in groups by key, with a state for each key.
pub type KeyedGroups<S, K, V, G, F, St, Gs> =
    Drive<S, KeyedGroupBy<<S as Stream>::Item, K, V, G, F, St, Gs>, NoTimer>;

/// A source in groups by key that go out when their key falls idle, with a state for each key.
pub type KeyedGroupsWithin<S, K, V, G, F, St, Gs, T> =
    Drive<S, KeyedGroupWithin<<S as Stream>::Item, K, V, G, F, St, Gs>, T>;

/// Operators that keep a state for each key, lent to a plain closure.
pub trait KeyedExt: Stream {
    /// Yields `f` of each item and the state of its key, which begins with its default.
    ///
    /// `keys` is a memory, [`Limits`] or [`Keys`], which can give the states
    /// a time to live. The plain name is `keyed_map_rs2(key, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let visits: Vec<(char, u32)> = from_iter(['a', 'b', 'a'])
    ///     .keyed_map_in_rs2(keys, |page| *page, |page, count: &mut u32| {
    ///         *count += 1;
    ///         (page, *count)
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(visits, [('a', 1), ('b', 1), ('a', 2)]);
    /// # })
    /// ```
    fn keyed_map_in_rs2<St, L, C, K, V, R, G, F>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        key: G,
        f: F,
    ) -> KeyedDrive<Self, K, G, KeyedMap<V, F>, St, L, C>
    where
        Self: Sized,
        St: KeyStorage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item, &mut V) -> R,
    {
        self.keyed_in_rs2(keys, key, KeyedMap::new(f))
    }

    /// Yields the items for which `passes` says yes, given the state of their key.
    ///
    /// `keys` is a memory, [`Limits`] or [`Keys`], which can give the states
    /// a time to live. The plain name is `keyed_filter_rs2(key, passes)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let records: Vec<(&str, u32)> = from_iter([("a", 3), ("b", 1), ("a", 2), ("a", 5)])
    ///     .keyed_filter_in_rs2(keys, |jump| jump.0, |jump, best: &mut u32| {
    ///         let is_record = jump.1 > *best;
    ///         *best = jump.1.max(*best);
    ///         is_record
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(records, [("a", 3), ("b", 1), ("a", 5)]);
    /// # })
    /// ```
    fn keyed_filter_in_rs2<St, L, C, K, V, G, F>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        key: G,
        passes: F,
    ) -> KeyedDrive<Self, K, G, KeyedFilter<V, F>, St, L, C>
    where
        Self: Sized,
        St: KeyStorage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&Self::Item, &mut V) -> bool,
    {
        self.keyed_in_rs2(keys, key, KeyedFilter::new(passes))
    }

    /// Yields after each item the value of its key, which begins with `init` and which `f` adds the
    /// item to.
    ///
    /// `keys` is a memory, [`Limits`] or [`Keys`], which can give the values
    /// a time to live. The plain name is `keyed_fold_rs2(key, init, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let balances: Vec<i32> = from_iter([("a", 5), ("b", 7), ("a", -2)])
    ///     .keyed_fold_in_rs2(keys, |payment| payment.0, 100, |payment, sum| *sum += payment.1)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(balances, [105, 107, 103]);
    /// # })
    /// ```
    fn keyed_fold_in_rs2<St, L, C, K, A, G, F>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        key: G,
        init: A,
        f: F,
    ) -> KeyedDrive<Self, K, G, KeyedFold<A, F>, St, L, C>
    where
        Self: Sized,
        St: KeyStorage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        A: Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item, &mut A),
    {
        self.keyed_in_rs2(keys, key, KeyedFold::new(init, f))
    }

    /// Yields after each item the value of its key, which begins with the first item and which `f`
    /// adds each other to.
    ///
    /// `keys` is a memory, [`Limits`] or [`Keys`], which can give the values
    /// a time to live. The plain name is `keyed_reduce_rs2(key, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let highest: Vec<u32> = from_iter([13, 25, 11, 31])
    ///     .keyed_reduce_in_rs2(keys, |n| n % 2 == 0, |n, highest| *highest = n.max(*highest))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(highest, [13, 25, 25, 31]);
    /// # })
    /// ```
    fn keyed_reduce_in_rs2<St, L, C, K, G, F>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        key: G,
        f: F,
    ) -> KeyedDrive<Self, K, G, KeyedReduce<F>, St, L, C>
    where
        Self: Sized,
        Self::Item: Clone,
        St: KeyStorage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item, &mut Self::Item),
    {
        self.keyed_in_rs2(keys, key, KeyedReduce::new(f))
    }

    /// The same operators for items that lend their key, such as a `&str` for a `String`: the key
    /// is copied only where a state begins, and not for each item.
    ///
    /// The result has a method for each operator with a state for each key, without the argument
    /// `key`. `timer` is for those that need one. The plain name is `key_by_ref_rs2(key)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// struct Order { customer: String, cents: u64 }
    /// let order = |customer: &str, cents| Order { customer: customer.to_string(), cents };
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let spent: Vec<u64> = from_iter([order("ada", 500), order("bob", 70), order("ada", 30)])
    ///     .key_by_ref_on_rs2(NoTimer, keys, |order| order.customer.as_str())
    ///     .keyed_fold_rs2(0, |order, sum| *sum += order.cents)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(spent, [500, 70, 530]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn key_by_ref_on_rs2<T, St, L, C, Q, G>(
        self,
        timer: T,
        keys: impl Into<Keys<St, L, C>>,
        key: G,
    ) -> KeyedByRef<Self, G, Q, St, L, C, T>
    where
        Self: Sized,
        T: Timer,
        St: KeyStorage,
        L: Lifetime,
        C: Timer,
        Q: Hash + Eq + ?Sized,
        G: FnMut(&Self::Item) -> &Q,
    {
        KeyedByRef::new(self, timer, keys.into(), key)
    }

    /// Yields what a step of your own makes of each item and the state of its key: what the other
    /// `keyed_*` operators are made of.
    ///
    /// n items in, at most n out, in order, each when it arrives; ends with its source. Holds the
    /// states of as many keys as `keys` say, and answers a further one as they say. One table
    /// lookup per item; reads the clock once per poll when the states have a time to live.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # use rs2_core::op::keyed::KeyedReduce;
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let add = KeyedReduce::new(|n: u32, sum: &mut u32| *sum += n);
    /// let sums: Vec<u32> =
    ///     from_iter([1, 2, 3]).keyed_in_rs2(keys, |n| n % 2, add).collect_rs2().await;
    /// assert_eq!(sums, [1, 2, 4]);
    /// # })
    /// ```
    fn keyed_in_rs2<St, L, C, K, G, P>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        key: G,
        step: P,
    ) -> KeyedDrive<Self, K, G, P, St, L, C>
    where
        Self: Sized,
        St: KeyStorage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        P: Step<Self::Item>,
    {
        let keys = keys.into();
        let timer = keys.timer.clone();
        Drive::new(self, KeyedRule::new(keys, key, step), timer)
    }

    /// Yields the first item of each key in a stretch of time.
    ///
    /// The plain name is `keyed_deduplicate_rs2(ttl, from, key)`.
    ///
    /// # Panics
    /// When `ttl` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::TtlFrom, store::Heap, time::NoTimer};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// let (keys, hour) = (Heap::bounded(1_000).seeded(7), Duration::from_secs(3_600));
    /// let orders: Vec<u32> = from_iter([17, 18, 17])
    ///     .keyed_deduplicate_on_rs2(NoTimer, keys, hour, TtlFrom::Creation, |id| *id)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(orders, [17, 18]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_deduplicate_on_rs2<C, St, K, G>(
        self,
        timer: C,
        keys: impl Into<Keys<St>>,
        ttl: Duration,
        from: TtlFrom,
        key: G,
    ) -> KeyedDrive<Self, K, G, KeyedDeduplicate, St, TimeToLive, C>
    where
        Self: Sized,
        C: Timer,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
    {
        self.keyed_in_rs2(keys.into().ttl_on(timer, ttl).ttl_from(from), key, KeyedDeduplicate)
    }

    /// Yields the first item of each key in a stretch of time, in a memory that stays as it is.
    ///
    /// `seen` is made by [`ApproxKeys`](crate::state::ApproxKeys), on the heap or in bytes of your
    /// own; within [`Limits`] it says what happens when it is full: [`OnFull::Evict`] begins a
    /// generation early, so that what errs is told by
    /// [`Loss::DuplicateRisk`](crate::metrics::Loss::DuplicateRisk), [`OnFull::Reject`] leaves the
    /// item out, and [`OnFull::Stop`] ends the stream. The plain name is
    /// `keyed_deduplicate_approx_rs2(keys, ttl, key)`.
    ///
    /// [`OnFull::Evict`]: crate::state::OnFull::Evict
    /// [`OnFull::Reject`]: crate::state::OnFull::Reject
    /// [`OnFull::Stop`]: crate::state::OnFull::Stop
    ///
    /// # Panics
    /// When `ttl` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::ApproxKeys, time::NoTimer};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// let orders = ApproxKeys::new(1_000, 0.001)?;
    /// let (seen, hour) = (orders.seeded_in([0; 3_960], 7)?, Duration::from_secs(3_600));
    /// let orders: Vec<u32> = from_iter([17, 18, 17])
    ///     .keyed_deduplicate_approx_on_rs2(NoTimer, seen, hour, |id| *id)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(orders, [17, 18]);
    /// # Ok::<(), rs2_core::error::ConfigError>(()) }).unwrap();
    /// ```
    #[cfg(any(feature = "alloc", feature = "heapless"))]
    #[track_caller]
    fn keyed_deduplicate_approx_on_rs2<C, B, K, G>(
        self,
        timer: C,
        seen: impl Into<Limits<ApproxSeen<B>>>,
        ttl: Duration,
        key: G,
    ) -> ApproxFirsts<Self, G, B, C>
    where
        Self: Sized,
        C: Timer,
        B: AsRef<[u8]> + AsMut<[u8]>,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
    {
        Drive::new(self, KeyedDeduplicateApprox::new(seen.into(), ttl, key), timer)
    }

    /// Yields of each key at most as many items in any `window` as `log` has capacity.
    ///
    /// The plain name is `keyed_throttle_rs2(n, window, key)`.
    ///
    /// # Panics
    /// When `window` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// let (keys, minute) = (Heap::bounded(1_000).seeded(7), Duration::from_secs(60));
    /// let calls: Vec<char> = from_iter(['a', 'a', 'b', 'a'])
    ///     .keyed_throttle_on_rs2(NoTimer, keys, Heap::bounded(2), minute, |caller| *caller)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(calls, ['a', 'a', 'b']);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_throttle_on_rs2<C, St, Log, K, G>(
        self,
        timer: C,
        keys: impl Into<Keys<St>>,
        log: Log,
        window: Duration,
        key: G,
    ) -> KeyedDrive<Self, K, G, KeyedThrottle<Log>, St, IdleTime, C>
    where
        Self: Sized,
        C: Timer,
        St: KeyStorage,
        Log: Storage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
    {
        let keys = keys.into().ttl_on(timer, window);
        self.keyed_in_rs2(keys, key, KeyedThrottle::new(log, window))
    }

    /// Yields `f` of each item and the state of its session, which ends when its key has no item
    /// for `gap`.
    ///
    /// The plain name is `keyed_session_rs2(gap, key, f)`.
    ///
    /// # Panics
    /// When `gap` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// let (keys, gap) = (Heap::bounded(1_000).seeded(7), Duration::from_secs(1_800));
    /// let pages: Vec<u32> = from_iter(['a', 'b', 'a'])
    ///     .keyed_session_on_rs2(NoTimer, keys, gap, |user| *user, |_, pages: &mut u32| {
    ///         *pages += 1;
    ///         *pages
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(pages, [1, 1, 2]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_session_on_rs2<C, St, K, V, R, G, F>(
        self,
        timer: C,
        keys: impl Into<Keys<St>>,
        gap: Duration,
        key: G,
        f: F,
    ) -> KeyedDrive<Self, K, G, KeyedMap<V, F>, St, IdleTime, C>
    where
        Self: Sized,
        C: Timer,
        St: KeyStorage,
        K: Hash + Eq,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item, &mut V) -> R,
    {
        self.keyed_map_in_rs2(keys.into().ttl_on(timer, gap), key, f)
    }

    /// Yields the key and the state of each session once it is over: when its key had no item for
    /// `gap`. `f` adds each item to the state.
    ///
    /// The plain name is `keyed_session_fold_rs2(gap, key, f)`.
    ///
    /// # Panics
    /// When `gap` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// let (keys, gap) = (Heap::bounded(1_000).seeded(7), Duration::from_secs(1_800));
    /// let visits: Vec<(char, u32)> = from_iter(['a', 'b', 'b', 'a'])
    ///     .keyed_session_fold_on_rs2(NoTimer, keys, gap, |user| *user, |_, pages: &mut u32| {
    ///         *pages += 1;
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(visits, [('b', 2), ('a', 2)]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_session_fold_on_rs2<C, St, K, V, G, F>(
        self,
        timer: C,
        keys: impl Into<Limits<St>>,
        gap: Duration,
        key: G,
        f: F,
    ) -> KeyedSessions<Self, K, V, G, F, St, C>
    where
        Self: Sized,
        C: Timer,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item, &mut V),
    {
        Drive::new(self, KeyedSessionFold::new(keys.into(), gap, key, f), timer)
    }

    /// Yields `f` of each window of such a shape over the items of a key.
    ///
    /// `keys` is a memory, [`Limits`] or [`Keys`], which can give keys a time to live: one that had
    /// no item for so long is forgotten with the items of its window, at the end too. With room for
    /// twice the items of a window in `windows`, each item is moved once; with less, more often.
    ///
    /// The plain name is `keyed_window_rs2(shape, key, f)`.
    ///
    /// # Panics
    /// When `windows` have no room for the items of one.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, op::keyed::CountWindow, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let (windows, pairs) = (Heap::bounded(2), CountWindow::tumbling(2));
    /// let peaks: Vec<Option<u32>> = from_iter([3, 4, 9, 1, 5, 2])
    ///     .keyed_window_in_rs2(keys, windows, pairs, |n| n % 2, |window: &[u32]| {
    ///         window.iter().copied().max()
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(peaks, [Some(9), Some(5), Some(4)]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_window_in_rs2<St, Ws, L, C, K, R, G, F>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        windows: Ws,
        shape: CountWindow,
        key: G,
        f: F,
    ) -> KeyedWindowed<Self, K, G, F, St, Ws, L, C>
    where
        Self: Sized,
        St: KeyStorage,
        Ws: Storage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&[Self::Item]) -> R,
    {
        let keys = keys.into();
        let timer = keys.timer.clone();
        Drive::new(self, KeyedWindow::new(keys, windows, shape, key, f), timer)
    }

    /// Yields `f` of each key, its items, and a state that the key keeps from group to group.
    ///
    /// The plain name is `keyed_group_by_rs2(key, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let (keys, groups) = (Heap::bounded(1_000).seeded(7), Heap::bounded(2));
    /// let boxes: Vec<(u32, Vec<&str>)> = from_iter(["ant", "bee", "wasp", "asp"])
    ///     .keyed_group_by_in_rs2(keys, groups, |word| word.len(), |_, words, boxes: &mut u32| {
    ///         *boxes += 1;
    ///         (*boxes, words)
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(boxes, [(1, vec!["ant", "bee"]), (2, vec!["asp"]), (1, vec!["wasp"])]);
    /// # })
    /// ```
    fn keyed_group_by_in_rs2<St, Gs, K, V, R, G, F>(
        self,
        keys: impl Into<Limits<St>>,
        groups: Gs,
        key: G,
        f: F,
    ) -> KeyedGroups<Self, K, V, G, F, St, Gs>
    where
        Self: Sized,
        St: KeyStorage,
        Gs: Storage,
        K: Hash + Eq + Clone,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K, Done<Gs, Self::Item>, &mut V) -> R,
    {
        Drive::new(self, KeyedGroupBy::new(keys.into(), groups, key, f), NoTimer)
    }

    /// Yields `f` of each key, its items, and a state that the key keeps from group to group, once
    /// the key had no item for `idle`. It is then forgotten with its state.
    ///
    /// The plain name is `keyed_group_by_within_rs2(idle, key, f)`.
    ///
    /// # Panics
    /// When `idle` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// let (keys, orders) = (Heap::bounded(1_000).seeded(7), Heap::bounded(100));
    /// let minute = Duration::from_secs(60);
    /// let orders: Vec<(char, Vec<u32>)> = from_iter([('a', 3), ('b', 1), ('a', 4)])
    ///     .keyed_group_by_within_on_rs2(
    ///         NoTimer,
    ///         keys,
    ///         orders,
    ///         minute,
    ///         |item| item.0,
    ///         |customer, items, _: &mut ()| (customer, items.iter().map(|item| item.1).collect()),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(orders, [('b', vec![1]), ('a', vec![3, 4])]);
    /// # })
    /// ```
    #[track_caller]
    fn keyed_group_by_within_on_rs2<C, St, Gs, K, V, R, G, F>(
        self,
        timer: C,
        keys: impl Into<Limits<St>>,
        groups: Gs,
        idle: Duration,
        key: G,
        f: F,
    ) -> KeyedGroupsWithin<Self, K, V, G, F, St, Gs, C>
    where
        Self: Sized,
        C: Timer,
        St: KeyStorage,
        Gs: Storage,
        K: Hash + Eq + Clone,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K, Done<Gs, Self::Item>, &mut V) -> R,
    {
        Drive::new(self, KeyedGroupWithin::new(keys.into(), groups, idle, key, f), timer)
    }

    /// Yields what `find` finds in the items of a key since its last match, at most as many as
    /// `runs` has capacity.
    ///
    /// `keys` is a memory, [`Limits`] or [`Keys`], which can give the items
    /// of a key a time to live. The plain name is `keyed_pattern_rs2(key, find)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let (keys, runs) = (Heap::bounded(1_000).seeded(7), Heap::bounded(100));
    /// let alarms: Vec<&str> = from_iter([("a", 401), ("b", 200), ("a", 401), ("a", 401)])
    ///     .keyed_pattern_in_rs2(keys, runs, |login| login.0, |logins| {
    ///         let failed = logins.iter().filter(|login| login.1 == 401).count();
    ///         (failed == 3).then(|| logins[0].0)
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(alarms, ["a"]);
    /// # })
    /// ```
    fn keyed_pattern_in_rs2<St, Runs, L, C, K, R, G, F>(
        self,
        keys: impl Into<Keys<St, L, C>>,
        runs: Runs,
        key: G,
        find: F,
    ) -> KeyedDrive<Self, K, G, KeyedPattern<F, Runs>, St, L, C>
    where
        Self: Sized,
        St: KeyStorage,
        Runs: Storage,
        L: Lifetime,
        C: Timer,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(&[Self::Item]) -> Option<R>,
    {
        self.keyed_in_rs2(keys, key, KeyedPattern::new(runs, find))
    }
}

impl<S: Stream + ?Sized> KeyedExt for S {}
