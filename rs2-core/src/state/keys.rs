//! The bounds of states for each key: how many, how long, and which go first.

use super::{IdleTime, Limits, OnFull, Permanent, TimeToLive, TtlFrom, Unlimited};
use crate::metrics::Losses;
use crate::store::Storage;
use crate::time::{NoTimer, Timer};
use core::time::Duration;

/// Which states go first where [`OnFull::Evict`] makes room.
///
/// The two differ for states with a time to live that is counted from their creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EvictBy {
    /// Those that would expire soonest, of several the one that began first; without a time to
    /// live, those not used for longest.
    #[default]
    Expiry,
    /// Those not used for longest. Where each use prolongs a life, these are those that would
    /// expire soonest.
    Recency,
}

/// The bounds of the states of an operator. A bare storage, or [`Limits`], is taken as bounds
/// without a time to live.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::prelude::*;
/// use rs2_core::state::{Keys, TtlFrom};
/// use rs2_core::store::Heap;
/// use rs2_core::time::NoTimer;
/// let hour = Duration::from_secs(3_600);
/// let keys = Keys::of(Heap::bounded(100).seeded(7));
/// let keys = keys.ttl_on(NoTimer, hour).ttl_from(TtlFrom::Creation);
/// let counted = from_iter([1, 2]).keyed_map_in_rs2(keys, |n| *n, |n, _: &mut ()| n);
/// # let _ = counted;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Keys<St, L = Unlimited, T = NoTimer> {
    pub(crate) limits: Limits<St>,
    pub(crate) evict_by: EvictBy,
    pub(crate) life: L,
    pub(crate) timer: T,
}

impl<St> Keys<St> {
    /// States in `limits`, for as long as there is room.
    pub fn of(limits: impl Into<Limits<St>>) -> Self {
        let limits = limits.into();
        Self { limits, evict_by: EvictBy::default(), life: Unlimited, timer: NoTimer }
    }

    /// States live for `ttl` after their last use, by the clock of `timer`.
    ///
    /// An expired state is given back within four times `ttl` of its end, also when no item comes.
    ///
    /// # Panics
    /// When `ttl` is zero.
    #[track_caller]
    pub fn ttl_on<T: Timer>(self, timer: T, ttl: Duration) -> Keys<St, IdleTime, T> {
        let life = IdleTime::new(ttl);
        Keys { limits: self.limits, evict_by: self.evict_by, life, timer }
    }
}

impl<St> Keys<St, Permanent> {
    /// States in `limits`, for good. Where there is no room for a further key its item is rejected,
    /// unless [`on_full`](Self::on_full) says otherwise; with [`OnFull::Evict`] it is not said
    /// which state goes.
    ///
    /// ```
    /// use rs2_core::prelude::*;
    /// use rs2_core::state::Keys;
    /// use rs2_core::store::Heap;
    /// # futures_executor::block_on(async {
    /// let keys = Keys::permanent(Heap::bounded(2).seeded(7));
    /// let seen = from_iter(['a', 'b', 'c', 'a']).keyed_map_in_rs2(
    ///     keys,
    ///     |word| *word,
    ///     |word, seen: &mut u32| { *seen += 1; (word, *seen) },
    /// );
    /// assert_eq!(seen.collect_rs2::<Vec<_>>().await, [('a', 1), ('b', 1), ('a', 2)]);
    /// # })
    /// ```
    pub fn permanent(limits: impl Into<Limits<St>>) -> Self {
        let limits = Limits { on_full: OnFull::Reject, ..limits.into() };
        Self { limits, evict_by: EvictBy::default(), life: Permanent, timer: NoTimer }
    }
}

impl<St, T> Keys<St, IdleTime, T> {
    /// Chooses what the time to live is counted from. A state that is lent to be changed counts as
    /// written, whether it was or not.
    pub fn ttl_from(self, from: TtlFrom) -> Keys<St, TimeToLive, T> {
        let Self { limits, evict_by, life, timer } = self;
        Keys { limits, evict_by, life: life.counted_from(from), timer }
    }
}

impl<St, L, T> Keys<St, L, T> {
    /// Chooses what happens when there is no room for another key.
    pub fn on_full(mut self, answer: OnFull) -> Self {
        self.limits.on_full = answer;
        self
    }

    /// Chooses which states go first where [`OnFull::Evict`] makes room.
    pub fn evict_by(mut self, order: EvictBy) -> Self {
        self.evict_by = order;
        self
    }

    /// Counts what is lost in `losses`, which several operators may share.
    pub fn report_to(mut self, losses: &Losses) -> Self {
        self.limits.losses = losses.clone();
        self
    }
}

impl<St> From<Limits<St>> for Keys<St> {
    fn from(limits: Limits<St>) -> Self {
        Self::of(limits)
    }
}

// Bound to storages, so that the compiler can tell `Keys` and `Limits` from a bare storage.
impl<St: Storage> From<St> for Keys<St> {
    fn from(storage: St) -> Self {
        Self::of(storage)
    }
}
