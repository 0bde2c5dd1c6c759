//! Operators with a state for each key, where the items lend their key.

use super::{
    CountWindow, DEFAULT_MAX_GROUP, DEFAULT_MAX_RUN, KeyedDeduplicate, KeyedDrive, KeyedFilter,
    KeyedFold, KeyedGroupBy, KeyedGroups, KeyedMap, KeyedPattern, KeyedReduce, KeyedRule,
    KeyedSessionFold, KeyedSessions, KeyedThrottle, KeyedWindow, KeyedWindowed, Step,
};
use crate::machine::Drive;
use crate::state::{Borrowed, IdleTime, Keys, Lifetime, TimeToLive, TtlFrom};
use crate::store::{Heap, KeyStorage};
use crate::time::{NoTimer, Timer};
use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// A source whose items lend their key; each method here is the operator of that name.
///
/// Made by [`key_by_ref_on_rs2`](super::KeyedExt::key_by_ref_on_rs2). It is no stream yet: one of
/// the operators makes it one.
#[must_use = "streams do nothing unless polled"]
pub struct KeyedByRef<S, G, Q: ?Sized, St, L, C, T> {
    source: S,
    key: Borrowed<G, Q>,
    keys: Keys<St, L, C>,
    timer: T,
}

/// A source with a step on each item and the state of the key that it lends.
pub type Lent<S, K, G, Q, P, St, L, C> = KeyedDrive<S, K, Borrowed<G, Q>, P, St, L, C>;

impl<S, G, Q, St, L, C, T> KeyedByRef<S, G, Q, St, L, C, T>
where
    S: Stream,
    G: FnMut(&S::Item) -> &Q,
    Q: ?Sized,
{
    pub(super) fn new(source: S, timer: T, keys: Keys<St, L, C>, key: G) -> Self {
        Self { source, key: Borrowed::new(key), keys, timer }
    }
}

impl<S, G, Q, K, St, L, C, T> KeyedByRef<S, G, Q, St, L, C, T>
where
    S: Stream,
    Q: ToOwned<Owned = K> + ?Sized,
    K: Hash + Eq,
    St: KeyStorage,
    L: Lifetime,
    C: Timer,
{
    /// Yields what a step of your own makes of each item and the state of its key, as
    /// [`keyed_in_rs2`](super::KeyedExt::keyed_in_rs2).
    pub fn keyed_rs2<P: Step<S::Item>>(self, step: P) -> Lent<S, K, G, Q, P, St, L, C> {
        let timer = self.keys.timer.clone();
        Drive::new(self.source, KeyedRule::new(self.keys, self.key, step), timer)
    }

    /// Yields `f` of each item and the state of its key, which begins with its default, as
    /// [`keyed_map_in_rs2`](super::KeyedExt::keyed_map_in_rs2).
    pub fn keyed_map_rs2<V, R, F>(self, f: F) -> Lent<S, K, G, Q, KeyedMap<V, F>, St, L, C>
    where
        V: Default,
        F: FnMut(S::Item, &mut V) -> R,
    {
        self.keyed_rs2(KeyedMap::new(f))
    }

    /// Yields the items for which `passes` says yes, given the state of their key, as
    /// [`keyed_filter_in_rs2`](super::KeyedExt::keyed_filter_in_rs2).
    pub fn keyed_filter_rs2<V, F>(self, passes: F) -> Lent<S, K, G, Q, KeyedFilter<V, F>, St, L, C>
    where
        V: Default,
        F: FnMut(&S::Item, &mut V) -> bool,
    {
        self.keyed_rs2(KeyedFilter::new(passes))
    }

    /// Yields after each item the value of its key, which begins with `init` and which `f` adds
    /// the item to, as [`keyed_fold_in_rs2`](super::KeyedExt::keyed_fold_in_rs2).
    pub fn keyed_fold_rs2<A, F>(self, init: A, f: F) -> Lent<S, K, G, Q, KeyedFold<A, F>, St, L, C>
    where
        A: Clone,
        F: FnMut(S::Item, &mut A),
    {
        self.keyed_rs2(KeyedFold::new(init, f))
    }

    /// Yields after each item the value of its key, which begins with the first item and which `f`
    /// adds each other to, as [`keyed_reduce_in_rs2`](super::KeyedExt::keyed_reduce_in_rs2).
    pub fn keyed_reduce_rs2<F>(self, f: F) -> Lent<S, K, G, Q, KeyedReduce<F>, St, L, C>
    where
        S::Item: Clone,
        F: FnMut(S::Item, &mut S::Item),
    {
        self.keyed_rs2(KeyedReduce::new(f))
    }

    /// Yields what `find` finds in the items of a key since its last match, at most
    /// [`DEFAULT_MAX_RUN`], as [`keyed_pattern_in_rs2`](super::KeyedExt::keyed_pattern_in_rs2).
    pub fn keyed_pattern_rs2<R, F>(
        self,
        find: F,
    ) -> Lent<S, K, G, Q, KeyedPattern<F, Heap>, St, L, C>
    where
        F: FnMut(&[S::Item]) -> Option<R>,
    {
        self.keyed_rs2(KeyedPattern::new(Heap::bounded(DEFAULT_MAX_RUN), find))
    }

    /// Yields `f` of each window of such a shape over the items of a key, as
    /// [`keyed_window_in_rs2`](super::KeyedExt::keyed_window_in_rs2).
    pub fn keyed_window_rs2<R, F>(
        self,
        shape: CountWindow,
        f: F,
    ) -> KeyedWindowed<S, K, Borrowed<G, Q>, F, St, Heap, L, C>
    where
        F: FnMut(&[S::Item]) -> R,
    {
        let windows = Heap::bounded(shape.size().saturating_mul(2));
        let timer = self.keys.timer.clone();
        let rule = KeyedWindow::new(self.keys, windows, shape, self.key, f);
        Drive::new(self.source, rule, timer)
    }
}

/// The operators that have a time of their own, or keep a key for as long as there is room.
impl<S, G, Q, K, St, T> KeyedByRef<S, G, Q, St, super::Unlimited, NoTimer, T>
where
    S: Stream,
    Q: ToOwned<Owned = K> + ?Sized,
    K: Hash + Eq,
    St: KeyStorage,
    T: Timer,
{
    /// Yields `f` of each key, its items, at most [`DEFAULT_MAX_GROUP`], and a state that the key
    /// keeps from group to group, as
    /// [`keyed_group_by_in_rs2`](super::KeyedExt::keyed_group_by_in_rs2).
    pub fn keyed_group_by_rs2<V, R, F>(
        self,
        f: F,
    ) -> KeyedGroups<S, K, V, Borrowed<G, Q>, F, St, Heap>
    where
        K: Clone,
        V: Default,
        F: FnMut(K, Vec<S::Item>, &mut V) -> R,
    {
        let groups = Heap::bounded(DEFAULT_MAX_GROUP);
        let rule = KeyedGroupBy::new(self.keys.limits, groups, self.key, f);
        Drive::new(self.source, rule, NoTimer)
    }

    /// Yields the first item of each key in a stretch of time, as
    /// [`keyed_deduplicate_on_rs2`](super::KeyedExt::keyed_deduplicate_on_rs2).
    ///
    /// # Panics
    /// When `ttl` is zero.
    #[track_caller]
    pub fn keyed_deduplicate_rs2(
        self,
        ttl: Duration,
        from: TtlFrom,
    ) -> Lent<S, K, G, Q, KeyedDeduplicate, St, TimeToLive, T> {
        let KeyedByRef { source, key, keys, timer } = self.living(ttl);
        KeyedByRef { source, key, keys: keys.ttl_from(from), timer }.keyed_rs2(KeyedDeduplicate)
    }

    /// Yields of each key at most `n` items in any `window`, as
    /// [`keyed_throttle_on_rs2`](super::KeyedExt::keyed_throttle_on_rs2).
    ///
    /// # Panics
    /// When `n` or `window` is zero.
    #[track_caller]
    pub fn keyed_throttle_rs2(
        self,
        n: usize,
        window: Duration,
    ) -> Lent<S, K, G, Q, KeyedThrottle<Heap>, St, IdleTime, T> {
        let step = KeyedThrottle::new(Heap::bounded(n), window);
        self.living(window).keyed_rs2(step)
    }

    /// Yields `f` of each item and the state of its session, which ends when its key has no item
    /// for `gap`, as [`keyed_session_on_rs2`](super::KeyedExt::keyed_session_on_rs2).
    ///
    /// # Panics
    /// When `gap` is zero.
    #[track_caller]
    pub fn keyed_session_rs2<V, R, F>(
        self,
        gap: Duration,
        f: F,
    ) -> Lent<S, K, G, Q, KeyedMap<V, F>, St, IdleTime, T>
    where
        V: Default,
        F: FnMut(S::Item, &mut V) -> R,
    {
        self.living(gap).keyed_map_rs2(f)
    }

    /// Yields the key and the state of each session once it is over, as
    /// [`keyed_session_fold_on_rs2`](super::KeyedExt::keyed_session_fold_on_rs2).
    ///
    /// # Panics
    /// When `gap` is zero.
    #[track_caller]
    pub fn keyed_session_fold_rs2<V, F>(
        self,
        gap: Duration,
        f: F,
    ) -> KeyedSessions<S, K, V, Borrowed<G, Q>, F, St, T>
    where
        K: Clone,
        V: Default,
        F: FnMut(S::Item, &mut V),
    {
        let rule = KeyedSessionFold::new(self.keys.limits, gap, self.key, f);
        Drive::new(self.source, rule, self.timer)
    }

    #[track_caller]
    fn living(self, ttl: Duration) -> KeyedByRef<S, G, Q, St, IdleTime, T, T> {
        let Self { source, key, keys, timer } = self;
        KeyedByRef { source, key, keys: keys.ttl_on(timer.clone(), ttl), timer }
    }
}

impl<S, G, Q: ?Sized, St, L, C, T> fmt::Debug for KeyedByRef<S, G, Q, St, L, C, T>
where
    St: fmt::Debug,
    L: fmt::Debug,
    C: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedByRef").field("keys", &self.keys).finish_non_exhaustive()
    }
}
