//! Items collected by key.

use crate::machine::Machine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Done, Groups, Limits};
use crate::store::{KeyStorage, Storage};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`group_by_rs2`](super::GroupExt::group_by_in_rs2).
pub struct GroupBy<T, K: Hash + Eq, G, St: KeyStorage, Gs: Storage> {
    key_of: G,
    groups: Groups<K, T, (), St, Gs>,
}

impl<T, K: Hash + Eq, G, St: KeyStorage, Gs: Storage> GroupBy<T, K, G, St, Gs> {
    /// A group for each key that `keys` has room for, with at most as many items as `groups` has
    /// capacity.
    pub fn new(keys: Limits<St>, groups: Gs, key_of: G) -> Self {
        Self { key_of, groups: Groups::new(keys, groups) }
    }
}

fn pair<K, D>(key: K, items: D, _kept: &mut ()) -> (K, D) {
    (key, items)
}

impl<T, K, G, St, Gs> Machine for GroupBy<T, K, G, St, Gs>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    St: KeyStorage,
    Gs: Storage,
{
    type In = T;
    type Out = (K, Done<Gs, T>);

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<(K, Done<Gs, T>)> {
        self.groups.add(&mut self.key_of, item, &mut pair)
    }

    fn on_end(&mut self, _now: Instant) -> Option<(K, Done<Gs, T>)> {
        self.groups.end();
        self.more()
    }

    fn more(&mut self) -> Option<(K, Done<Gs, T>)> {
        self.groups.next(&mut pair)
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

impl<T, K: Hash + Eq, G, St: KeyStorage, Gs: Storage> Reports for GroupBy<T, K, G, St, Gs> {
    fn losses(&self) -> &Losses {
        self.groups.losses()
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage, Gs: Storage> Holds for GroupBy<T, K, G, St, Gs> {
    fn held(&self) -> usize {
        self.groups.keys()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, G, St, Gs> Snapshot for GroupBy<T, K, G, St, Gs>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    St: KeyStorage,
    Gs: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("group_by", 1)?;
        self.groups.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("group_by", 1)?;
        self.groups.restore(from)
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage, Gs: Storage> fmt::Debug for GroupBy<T, K, G, St, Gs> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBy")
            .field("keys", &self.groups.keys())
            .field("losses", self.groups.losses())
            .finish_non_exhaustive()
    }
}
