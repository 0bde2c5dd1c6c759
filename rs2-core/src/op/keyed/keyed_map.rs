//! One item out for each item in, with a state for each key.

use crate::machine::Machine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, OnFull, forget_oldest};
use crate::store::{Full, KeyStorage, Table};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`keyed_map_rs2`](super::KeyedExt::keyed_map_in_rs2).
pub struct KeyedMap<T, K: Hash + Eq, V, G, F, St: KeyStorage> {
    key_of: G,
    f: F,
    states: St::Table<K, Used<V>>,
    uses: i64,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
    items: PhantomData<fn(T)>,
}

struct Used<V> {
    state: V,
    /// The number of the item that used it last.
    at: i64,
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> KeyedMap<T, K, V, G, F, St> {
    /// `f` of each item and the state of its key.
    pub fn new(limits: Limits<St>, key_of: G, f: F) -> Self {
        Self {
            key_of,
            f,
            states: limits.storage.table(),
            uses: 0,
            on_full: limits.on_full,
            losses: limits.losses,
            stopped: false,
            items: PhantomData,
        }
    }
}

impl<T, K, V, G, F, R, St> KeyedMap<T, K, V, G, F, St>
where
    K: Hash + Eq,
    V: Default,
    F: FnMut(T, &mut V) -> R,
    St: KeyStorage,
{
    /// There is no room for another key: makes some, or loses the item, as the limits say.
    fn make_room(&mut self, key: K, item: T) -> Option<R> {
        match self.on_full {
            OnFull::Evict => {
                let forgotten = forget_oldest(&mut self.states, |used| used.at);
                self.losses.count_many(Loss::Evicted, forgotten);
                let at = self.uses;
                let fresh = || Used { state: V::default(), at };
                let used = self.states.get_or_insert_with(key, fresh).ok()?;
                Some((self.f)(item, &mut used.state))
            }
            OnFull::Reject => {
                self.losses.count(Loss::Full);
                None
            }
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
                None
            }
        }
    }
}

impl<T, K, V, G, F, R, St> Machine for KeyedMap<T, K, V, G, F, St>
where
    K: Hash + Eq,
    V: Default,
    G: FnMut(&T) -> K,
    F: FnMut(T, &mut V) -> R,
    St: KeyStorage,
{
    type In = T;
    type Out = R;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<R> {
        self.uses += 1;
        let at = self.uses;
        let key = (self.key_of)(&item);
        match self.states.get_or_insert_with(key, || Used { state: V::default(), at }) {
            Ok(used) => {
                used.at = at;
                Some((self.f)(item, &mut used.state))
            }
            Err(Full(key)) => self.make_room(key, item),
        }
    }

    fn on_end(&mut self, _now: Instant) -> Option<R> {
        self.states.clear();
        None
    }

    fn is_finished(&self) -> bool {
        self.stopped
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // With room for every item's key nothing can be left out.
        let room = self.states.capacity() - self.states.len();
        (low.min(room), high)
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> Reports for KeyedMap<T, K, V, G, F, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> Holds for KeyedMap<T, K, V, G, F, St> {
    fn held(&self) -> usize {
        self.states.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, V, G, F, St> Snapshot for KeyedMap<T, K, V, G, F, St>
where
    K: Hash + Eq + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_map", 1)?;
        to.put(&(self.uses, self.stopped))?;
        let states = self.states.iter().map(|(key, used)| (key, &used.state, used.at));
        to.put_all(self.states.len(), states)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_map", 1)?;
        (self.uses, self.stopped) = from.take()?;
        from.take_all(|(key, state, at)| {
            let restored = self.states.get_or_insert_with(key, || Used { state, at });
            restored.map(|_| ()).map_err(|_| SnapshotError::Full("keyed_map"))
        })
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> fmt::Debug for KeyedMap<T, K, V, G, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedMap")
            .field("keys", &self.states.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
