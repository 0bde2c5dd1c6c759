//! The states of an operator, one for each key.

use super::step::{Step, Visit};
use crate::metrics::{LocalLosses, Loss, Losses};
use crate::state::{
    EvictBy, KeyOf, Lifetime, Limits, OnFull, by_digest, forget, no_ties, sixteenth,
};
use crate::store::{Full, KeyStorage, Table};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;

/// A table of states, bounded and cleaned as [`Keys`](crate::state::Keys) say.
pub(super) struct KeyStates<K: Hash + Eq, V, St: KeyStorage, L: Lifetime> {
    table: St::Table<K, Kept<V, L::Mark>>,
    life: L,
    /// Uses of any state so far that were noted. Each has a number of its own, so that one state is
    /// always older than another, whatever the resolution of the clock. Lives that are counted from
    /// the last use keep only its time, which saves eight bytes a key.
    uses: u64,
    next_sweep: Sweep,
    /// How many keys have found no room since the last sweep.
    refused: usize,
    evict_by: EvictBy,
    on_full: OnFull,
    losses: LocalLosses,
    /// Whether a further use is noted at all.
    notes: bool,
    /// Until then a state may be missed that made room for another.
    missing_until: Instant,
    /// What that said before room was made for the item at hand.
    was_missing: Option<bool>,
    stopped: bool,
}

/// When to look for what has expired.
struct Sweep {
    /// Without states, never.
    at: Instant,
    /// Or when so many more have begun.
    more: usize,
}

impl Sweep {
    /// The one after a sweep that left `len` states: when there are twice as many.
    fn of(len: usize, at: Instant) -> Self {
        const FEW: usize = 64;
        Self { at, more: len.max(FEW) }
    }

    /// Notes that a state has begun.
    fn begun(&mut self, life: &impl Lifetime, now: Instant) {
        self.more = self.more.saturating_sub(1);
        if self.more == 0 {
            self.at = Instant::ORIGIN;
        } else if self.at == Instant::FAR_FUTURE {
            self.at = sweep_after(life, now);
        }
    }
}

/// In four lives, so that states in constant use are not looked at again and again.
fn sweep_after(life: &impl Lifetime, now: Instant) -> Instant {
    (0..4).fold(now, |at, _| life.expiry_from(at))
}

struct Kept<V, M> {
    state: V,
    mark: M,
}

impl<K: Hash + Eq, V, St: KeyStorage, L: Lifetime> KeyStates<K, V, St, L> {
    pub(super) fn new(limits: Limits<St>, evict_by: EvictBy, life: L) -> Self {
        // Where each use prolongs a life, what expires first was not used for longest.
        let by_use = !life.is_renewed() && (evict_by == EvictBy::Recency || !L::EXPIRES);
        let counts = by_use && limits.on_full == OnFull::Evict;
        let notes = counts || life.is_renewed();
        let evict_by = if by_use { EvictBy::Recency } else { EvictBy::Expiry };
        Self {
            table: limits.storage.table(),
            life,
            uses: 0,
            next_sweep: Sweep::of(0, Instant::FAR_FUTURE),
            refused: 0,
            evict_by,
            on_full: limits.on_full,
            losses: LocalLosses::of(limits.losses),
            notes,
            missing_until: Instant::ORIGIN,
            was_missing: None,
            stopped: false,
        }
    }

    /// Runs a step on an item and the state of its key. Nothing, if there is no room for it.
    // A stream calls it at one place. Where a program has the same rule in two streams, the
    // compiler would else keep it apart, and an item of a known key took half as long again.
    #[inline(always)]
    pub(super) fn run<T, G, P>(
        &mut self,
        key_of: &mut G,
        step: &mut P,
        now: Instant,
        item: T,
    ) -> Option<P::Out>
    where
        G: KeyOf<T, Key = K>,
        P: Step<T, State = V>,
    {
        let (mut key, mut is_new) = (key_of.of(&item), false);
        let Kept { state, mark } = loop {
            let (life, uses) = (&self.life, &mut self.uses);
            let begin = || {
                is_new = true;
                *uses += 1;
                Kept { state: step.begin(), mark: life.begin(now, *uses) }
            };
            match self.table.find_or_insert_with(key, begin) {
                Ok(kept) => break kept,
                Err(Full(unknown)) => key = self.make_room(unknown, now)?,
            }
        };
        if is_new {
            if L::EXPIRES {
                self.next_sweep.begun(&self.life, now);
            }
        } else if L::EXPIRES && L::expiry(mark) <= now {
            is_new = true;
            self.uses += 1;
            *state = step.begin();
            *mark = self.life.begin(now, self.uses);
        } else if !self.notes {
            // Nothing is asked of it.
        } else if self.life.is_renewed() {
            self.life.renew(mark, now);
        } else {
            self.uses += 1;
            L::note_use(mark, self.uses);
        }
        let is_missing = is_new && self.was_missing.take().unwrap_or(now < self.missing_until);
        step.step(item, state, Visit { now, is_new, is_missing }, &mut self.losses)
    }

    /// There is no room for a further key: makes some, or does as the limits say.
    #[cold]
    #[inline(never)]
    fn make_room<Q>(&mut self, key: Q, now: Instant) -> Option<Q> {
        self.was_missing = Some(now < self.missing_until);
        if L::EXPIRES && self.may_sweep() {
            self.expire(now);
        }
        match self.on_full {
            OnFull::Evict => self.evict(now),
            _ if self.room() > 0 => {}
            OnFull::Reject => {
                self.losses.losses().count(Loss::Full);
                return None;
            }
            OnFull::Stop => {
                self.losses.losses().stop();
                self.stopped = true;
                return None;
            }
        }
        Some(key)
    }

    /// Whether so many keys found no room since the last sweep that they pay for another. A full
    /// table that rejects would else be gone through for each new key.
    fn may_sweep(&mut self) -> bool {
        self.refused += 1;
        self.on_full != OnFull::Reject || self.refused > self.table.len() / 16
    }

    /// Forgets states until a sixteenth of the table is free. To free one place at a time would
    /// cost the length of the table each time.
    fn evict(&mut self, now: Instant) {
        let quota = sixteenth(self.table.capacity()).saturating_sub(self.room());
        let rank = |key: &K| if L::NUMBERED { no_ties(key) } else { by_digest(key) };
        // Where nothing expires the compiler leaves the one of the two out.
        let evicted = if L::EXPIRES && self.evict_by == EvictBy::Expiry {
            let age = |kept: &Kept<V, L::Mark>| (L::expiry(&kept.mark), L::last_use(&kept.mark));
            forget(&mut self.table, quota, age, rank, |_| ())
        } else {
            let age = |kept: &Kept<V, L::Mark>| L::last_use(&kept.mark);
            forget(&mut self.table, quota, age, rank, |_| ())
        };
        if evicted > 0 {
            self.losses.losses().count_many(Loss::Evicted, evicted);
            self.missing_until = self.life.expiry_from(now);
        }
    }

    /// Gives back what has expired.
    pub(super) fn expire(&mut self, now: Instant) {
        self.table.retain(|_, kept| L::expiry(&kept.mark) > now);
        let len = self.table.len();
        let at = if len == 0 { Instant::FAR_FUTURE } else { sweep_after(&self.life, now) };
        self.next_sweep = Sweep::of(len, at);
        self.refused = 0;
    }

    /// When [`expire`](Self::expire) is worth its time.
    #[inline]
    pub(super) fn deadline(&self) -> Option<Instant> {
        (L::EXPIRES && self.next_sweep.at != Instant::FAR_FUTURE).then_some(self.next_sweep.at)
    }

    /// Takes the state to which `number` gives the smallest one. When there is none, all are
    /// dropped.
    #[cfg(not(feature = "alloc"))]
    pub(super) fn take_first(
        &mut self,
        number: impl Fn(&V) -> Option<u64>,
        empty: impl Fn() -> V,
    ) -> Option<V> {
        let first = self.table.iter().filter_map(|(_, kept)| number(&kept.state)).min();
        let mut taken = None;
        self.table.retain(|_, kept| {
            if first.is_some() && number(&kept.state) == first {
                taken = Some(core::mem::replace(&mut kept.state, empty()));
            }
            first.is_some() && number(&kept.state).is_some()
        });
        taken
    }

    /// Takes all states, in no particular order.
    #[cfg(feature = "alloc")]
    pub(super) fn take_all(&mut self, empty: impl Fn() -> V) -> alloc::vec::Vec<V> {
        let mut states = alloc::vec::Vec::with_capacity(self.table.len());
        self.table.retain(|_, kept| {
            states.push(core::mem::replace(&mut kept.state, empty()));
            false
        });
        states
    }

    pub(super) fn clear(&mut self) {
        self.table.clear();
        self.next_sweep = Sweep::of(0, Instant::FAR_FUTURE);
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// How many further keys find room in any case.
    pub(super) fn room(&self) -> usize {
        self.table.capacity() - self.table.len()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    #[inline]
    pub(super) fn settle(&mut self, why: Loss) {
        self.losses.tell(why);
    }

    pub(super) fn losses(&self) -> &Losses {
        self.losses.losses()
    }
}

impl<K: Hash + Eq, V, St: KeyStorage, L: Lifetime> fmt::Debug for KeyStates<K, V, St, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyStates")
            .field("keys", &self.table.len())
            .field("life", &self.life)
            .field("losses", self.losses.losses())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "snapshot")]
mod snapshots {
    use super::{Hash, Kept, KeyStates, KeyStorage, Lifetime, Sweep, Table};
    use crate::snapshot::{Reader, SnapshotError, Writer};
    use crate::state::Run;
    use crate::store::Batch;
    use crate::time::Instant;
    use serde::{Serialize, de::DeserializeOwned};

    /// A state that can be written to bytes: one that can be serialised, or holds instants.
    pub trait SavedState: Sized {
        /// Writes the state.
        ///
        /// # Errors
        /// When it does not let itself be serialised.
        fn save(&self, to: &mut Writer) -> Result<(), SnapshotError>;
        /// Reads it into one that was just made.
        ///
        /// # Errors
        /// When none stands here.
        fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError>;
    }

    impl<V: Serialize + DeserializeOwned> SavedState for V {
        fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
            to.put(self)
        }
        fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
            *self = from.take()?;
            Ok(())
        }
    }

    impl<T: Serialize + DeserializeOwned, B: Batch<T>> SavedState for Run<T, B> {
        fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
            Run::save(self, to)
        }
        fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
            Run::restore(self, from)
        }
    }

    impl<K, V, St, L> KeyStates<K, V, St, L>
    where
        K: Hash + Eq + Serialize + DeserializeOwned,
        V: SavedState,
        St: KeyStorage,
        L: Lifetime,
    {
        pub(crate) fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
            to.put(&(self.uses, self.stopped, self.table.len() as u64))?;
            to.put_instant(self.missing_until)?;
            for (key, kept) in self.table.iter() {
                to.put(key)?;
                to.put_instant(L::expiry(&kept.mark))?;
                to.put(&L::last_use(&kept.mark))?;
                kept.state.save(to)?;
            }
            Ok(())
        }

        /// Reads the states, each into one that `begin` makes.
        pub(crate) fn restore(
            &mut self,
            from: &mut Reader<'_>,
            name: &'static str,
            begin: impl Fn() -> V,
        ) -> Result<(), SnapshotError> {
            let (uses, stopped, len): (u64, bool, u64) = from.take()?;
            (self.uses, self.stopped) = (uses, stopped);
            self.missing_until = from.take_instant()?;
            for _ in 0..len {
                let key = from.take()?;
                let expiry = from.take_instant()?;
                let mark = L::mark(expiry, from.take()?);
                let mut state = begin();
                state.restore(from)?;
                let restored = self.table.get_or_insert_with(key, || Kept { state, mark });
                restored.map_err(|_| SnapshotError::Full(name))?;
            }
            if !self.table.is_empty() {
                self.next_sweep = Sweep::of(0, Instant::ORIGIN);
            }
            Ok(())
        }
    }
}
#[cfg(feature = "snapshot")]
pub use snapshots::SavedState;
