//! The last item of each burst of its key.

use crate::machine::{Machine, holds};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Expiring, Limits, OnFull};
use crate::store::KeyStorage;
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`debounce_by_key_rs2`](super::TimingExt::debounce_by_key_on_rs2).
pub struct DebounceByKey<T, K: Hash + Eq, F, St: KeyStorage> {
    key: F,
    quiet: Duration,
    // In the order in which their time is over: all wait equally long.
    held: Expiring<K, T, St>,
    on_full: OnFull,
    losses: Losses,
    source_ended: bool,
    stopped: bool,
}

impl<T, K: Hash + Eq + Clone, F, St: KeyStorage> DebounceByKey<T, K, F, St> {
    /// The last item of each burst of its key, once `quiet` has passed.
    pub fn new(keys: Limits<St>, key: F, quiet: Duration) -> Self {
        let Limits { storage, on_full, losses } = keys;
        let held = Expiring::new(&storage, quiet);
        Self { key, quiet, held, on_full, losses, source_ended: false, stopped: false }
    }

    /// Holds an item whose key has none; what goes out for it, if there is no room.
    fn hold(&mut self, key: K, item: T, now: Instant) -> Option<T> {
        let Err(crate::store::Full((key, item))) = self.held.insert(key, item, now) else {
            return None;
        };
        match self.on_full {
            OnFull::Evict => {
                self.losses.count(Loss::Evicted);
                let early = self.held.pop_oldest();
                let held = self.held.insert(key, item, now);
                debug_assert!(held.is_ok(), "one has just gone out");
                early
            }
            OnFull::Reject => {
                self.losses.count(Loss::Full);
                None
            }
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
                self.held.clear();
                None
            }
        }
    }
}

impl<T, K, F, St> Machine for DebounceByKey<T, K, F, St>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if self.quiet.is_zero() {
            return Some(item);
        }
        let key = (self.key)(&item);
        let Some(place) = self.held.place_of(&key) else { return self.hold(key, item, now) };
        self.held.rewrite(place, item, now);
        self.losses.count(Loss::Suppressed);
        None
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<T> {
        self.held.pop_oldest()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.source_ended = true;
        self.held.pop_oldest()
    }

    #[inline]
    fn more(&mut self) -> Option<T> {
        if self.source_ended { self.held.pop_oldest() } else { None }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.held.next_expiry()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.stopped
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = self.held.len();
        // What is held goes out, unless the stream is told to stop before.
        let low = if self.on_full == OnFull::Stop { 0 } else { held.max(low.min(1)) };
        (low, high.and_then(|high| high.checked_add(held)))
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> Reports for DebounceByKey<T, K, F, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T, K: Hash + Eq + Clone, F, St: KeyStorage] DebounceByKey<T, K, F, St>, this => {
    this.held.len()
});

#[cfg(feature = "snapshot")]
impl<T, K, F, St> Snapshot for DebounceByKey<T, K, F, St>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("debounce_by_key", 1)?;
        to.put(&(self.source_ended, self.stopped))?;
        let held = self.held.iter().map(|(key, item, due)| (key, item, to.until(due)));
        let held: alloc::vec::Vec<_> = held.collect();
        to.put_all(held.len(), held)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("debounce_by_key", 1)?;
        (self.source_ended, self.stopped) = from.take()?;
        let held = from.take::<alloc::vec::Vec<(K, T, i64)>>()?;
        held.into_iter().try_for_each(|(key, item, until)| {
            let held = self.held.insert_until(key, item, from.after(until));
            held.map(|_| ()).map_err(|_| SnapshotError::Full("debounce_by_key"))
        })
    }
}

impl<T, K: Hash + Eq + Clone, F, St: KeyStorage> fmt::Debug for DebounceByKey<T, K, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebounceByKey")
            .field("quiet", &self.quiet)
            .field("held", &self.held.len())
            .field("on_full", &self.on_full)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
