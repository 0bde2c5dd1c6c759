//! The keys that were seen.

use crate::metrics::{Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, OnFull, forget_oldest, no_ties};
use crate::store::{Full, KeyStorage, Table};
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Remembers as many keys as there is room for.
pub(super) struct Seen<K: Hash + Eq, St: KeyStorage> {
    // Each with its number.
    keys: St::Table<K, i64>,
    // How many were new so far.
    count: i64,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
}

impl<K: Hash + Eq, St: KeyStorage> Seen<K, St> {
    pub(super) fn new(limits: Limits<St>) -> Self {
        Self {
            keys: limits.storage.table(),
            count: 0,
            on_full: limits.on_full,
            losses: limits.losses,
            stopped: false,
        }
    }

    /// Whether this is a repetition, which is counted.
    #[inline]
    pub(super) fn repeats(&self, key: &K) -> bool {
        let repeats = self.keys.get(key).is_some();
        if repeats {
            self.losses.count(Loss::Duplicate);
        }
        repeats
    }

    /// Remembers a key; `true` when it is new and its item may pass.
    #[inline]
    pub(super) fn admit(&mut self, key: K) -> bool {
        match self.remember(key) {
            Ok(true) => true,
            Ok(false) => {
                self.losses.count(Loss::Duplicate);
                false
            }
            Err(Full(key)) => self.make_room(key),
        }
    }

    #[inline]
    fn remember(&mut self, key: K) -> Result<bool, Full<K>> {
        let next = self.count + 1;
        let number = *self.keys.get_or_insert_with(key, || next)?;
        let is_new = number == next;
        if is_new {
            self.count = next;
        }
        Ok(is_new)
    }

    /// There is no room for a new key: makes some, or leaves its item out, as the limits say.
    fn make_room(&mut self, key: K) -> bool {
        match self.on_full {
            OnFull::Evict => {
                let forgotten = forget_oldest(&mut self.keys, |number| *number, no_ties);
                self.losses.count_many(Loss::Evicted, forgotten);
                self.remember(key).unwrap_or(true)
            }
            OnFull::Reject => {
                self.losses.count(Loss::Full);
                false
            }
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
                false
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Nothing comes any more.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(super) fn losses(&self) -> &Losses {
        &self.losses
    }

    pub(super) fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // The first item passes in any case.
        (if self.count == 0 { low.min(1) } else { 0 }, high)
    }
}

#[cfg(feature = "snapshot")]
impl<K: Hash + Eq + Serialize + DeserializeOwned, St: KeyStorage> Snapshot for Seen<K, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("seen", 1)?;
        to.put(&(self.count, self.stopped))?;
        to.put_all(self.keys.len(), self.keys.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("seen", 1)?;
        (self.count, self.stopped) = from.take()?;
        from.take_all(|(key, number)| {
            let restored = self.keys.get_or_insert_with(key, || number);
            restored.map(|_| ()).map_err(|_| SnapshotError::Full("distinct"))
        })
    }
}

impl<K: Hash + Eq, St: KeyStorage> fmt::Debug for Seen<K, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("keys", &self.keys.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
