//! A statistic for each key after every item.

use crate::machine::Machine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, OnFull, forget_oldest, no_ties};
use crate::statistics::Statistic;
use crate::store::{Full, KeyStorage, Table};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;

/// The rule of [`track_by_key_rs2`](super::AnalyticsExt::track_by_key_in_rs2).
pub struct TrackByKey<T, K: Hash + Eq, C, G, St: KeyStorage> {
    key_of: G,
    // A new key begins with a copy of it.
    fresh: C,
    statistics: St::Table<K, Used<C>>,
    uses: i64,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
    items: PhantomData<fn(T)>,
}

struct Used<C> {
    statistic: C,
    /// The number of the item that used it last.
    at: i64,
}

impl<T, K: Hash + Eq, C, G, St: KeyStorage> TrackByKey<T, K, C, G, St> {
    /// What a copy of `fresh` for each key tells after each item.
    pub fn new(limits: Limits<St>, key_of: G, fresh: C) -> Self {
        Self {
            key_of,
            fresh,
            statistics: limits.storage.table(),
            uses: 0,
            on_full: limits.on_full,
            losses: limits.losses,
            stopped: false,
            items: PhantomData,
        }
    }

    /// There is no room for another key: makes some, if it may.
    fn make_room(&mut self) -> bool {
        match self.on_full {
            OnFull::Evict => {
                let forgotten = forget_oldest(&mut self.statistics, |used| used.at, no_ties);
                self.losses.count_many(Loss::Evicted, forgotten);
                return true;
            }
            OnFull::Reject => self.losses.count(Loss::Full),
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
            }
        }
        false
    }
}

impl<T, K, C, G, St> Machine for TrackByKey<T, K, C, G, St>
where
    K: Hash + Eq,
    C: Statistic<T> + Clone,
    G: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = C::Output;

    fn on_item(&mut self, _now: Instant, item: T) -> Option<C::Output> {
        self.uses += 1;
        let mut key = (self.key_of)(&item);
        loop {
            let (fresh, at) = (&self.fresh, self.uses);
            let make = || Used { statistic: fresh.clone(), at };
            match self.statistics.get_or_insert_with(key, make) {
                Ok(used) => {
                    used.at = at;
                    return Some(used.statistic.push(item));
                }
                Err(Full(back)) => key = back,
            }
            if !self.make_room() {
                return None;
            }
        }
    }

    fn on_end(&mut self, _now: Instant) -> Option<C::Output> {
        self.statistics.clear();
        None
    }

    fn is_finished(&self) -> bool {
        self.stopped
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // With room for every item's key nothing can be left out.
        let room = self.statistics.capacity() - self.statistics.len();
        (low.min(room), high)
    }
}

impl<T, K: Hash + Eq, C, G, St: KeyStorage> Reports for TrackByKey<T, K, C, G, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, C, G, St: KeyStorage> Holds for TrackByKey<T, K, C, G, St> {
    fn held(&self) -> usize {
        self.statistics.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, C, G, St> Snapshot for TrackByKey<T, K, C, G, St>
where
    K: Hash + Eq + serde::Serialize + serde::de::DeserializeOwned,
    C: Snapshot + Clone,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("track_by_key", 1)?;
        to.put(&(self.uses, self.stopped, self.statistics.len() as u64))?;
        for (key, used) in self.statistics.iter() {
            to.put(&(key, used.at))?;
            used.statistic.save(to)?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("track_by_key", 1)?;
        let keys: u64;
        (self.uses, self.stopped, keys) = from.take()?;
        for _ in 0..keys {
            let (key, at) = from.take()?;
            let mut statistic = self.fresh.clone();
            statistic.restore(from)?;
            let restored = self.statistics.get_or_insert_with(key, || Used { statistic, at });
            restored.map_err(|_| SnapshotError::Full("track_by_key"))?;
        }
        Ok(())
    }
}

impl<T, K: Hash + Eq, C, G, St: KeyStorage> fmt::Debug for TrackByKey<T, K, C, G, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackByKey")
            .field("keys", &self.statistics.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
