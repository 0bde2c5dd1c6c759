//! Groups of the items of each key, with a state for each key.

use crate::machine::Machine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Done, Groups, KeyOf, Limits};
use crate::store::{KeyStorage, Storage};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`keyed_group_by_rs2`](super::KeyedExt::keyed_group_by_in_rs2).
pub struct KeyedGroupBy<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> {
    key_of: G,
    f: F,
    groups: Groups<K, T, V, St, Gs>,
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> KeyedGroupBy<T, K, V, G, F, St, Gs> {
    /// `f` of each group: of each key that `keys` has room for, with at most as many items as
    /// `groups` has capacity.
    pub fn new(keys: Limits<St>, groups: Gs, key_of: G, f: F) -> Self {
        Self { key_of, f, groups: Groups::new(keys, groups) }
    }
}

impl<T, K, V, R, G, F, St, Gs> Machine for KeyedGroupBy<T, K, V, G, F, St, Gs>
where
    K: Hash + Eq + Clone,
    V: Default,
    G: KeyOf<T, Key = K>,
    F: FnMut(K, Done<Gs, T>, &mut V) -> R,
    St: KeyStorage,
    Gs: Storage,
{
    type In = T;
    type Out = R;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<R> {
        self.groups.add(&mut self.key_of, item, &mut self.f)
    }

    fn on_end(&mut self, _now: Instant) -> Option<R> {
        self.groups.end();
        self.more()
    }

    fn more(&mut self) -> Option<R> {
        self.groups.next(&mut self.f)
    }

    fn is_finished(&self) -> bool {
        self.groups.is_stopped()
    }

    fn close(&mut self) {
        self.groups.clear();
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        self.groups.size_hint(high)
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> Reports
    for KeyedGroupBy<T, K, V, G, F, St, Gs>
{
    fn losses(&self) -> &Losses {
        self.groups.losses()
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> Holds
    for KeyedGroupBy<T, K, V, G, F, St, Gs>
{
    fn held(&self) -> usize {
        self.groups.keys()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, V, G, F, St, Gs> Snapshot for KeyedGroupBy<T, K, V, G, F, St, Gs>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
    Gs: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_group_by", 1)?;
        self.groups.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_group_by", 1)?;
        self.groups.restore(from)
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> fmt::Debug
    for KeyedGroupBy<T, K, V, G, F, St, Gs>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedGroupBy").field("groups", &self.groups).finish_non_exhaustive()
    }
}
