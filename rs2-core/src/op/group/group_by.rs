//! Items collected by key.

use crate::machine::Machine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Groups, Limits};
use crate::store::{Heap, KeyStorage, Storage};
use crate::time::Instant;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`group_by_rs2`](super::GroupExt::group_by_in_rs2).
pub struct GroupBy<T, K: Hash + Eq, G, St: KeyStorage> {
    key_of: G,
    groups: Groups<K, T, (), St>,
}

impl<T, K: Hash + Eq, G, St: KeyStorage> GroupBy<T, K, G, St> {
    /// A group for each key that `keys` has room for, with at most as many items as `groups` has
    /// capacity.
    pub fn new(keys: Limits<St>, groups: Heap, key_of: G) -> Self {
        Self { key_of, groups: Groups::new(keys, groups.capacity()) }
    }
}

fn pair<K, T>(key: K, items: Vec<T>, _kept: &mut ()) -> (K, Vec<T>) {
    (key, items)
}

impl<T, K, G, St> Machine for GroupBy<T, K, G, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = (K, Vec<T>);

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<(K, Vec<T>)> {
        let key = (self.key_of)(&item);
        self.groups.add(key, item, &mut pair)
    }

    fn on_end(&mut self, _now: Instant) -> Option<(K, Vec<T>)> {
        self.groups.end();
        self.more()
    }

    fn more(&mut self) -> Option<(K, Vec<T>)> {
        self.groups.next(&mut pair)
    }

    fn is_finished(&self) -> bool {
        self.groups.is_stopped()
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        self.groups.size_hint(high)
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage> Reports for GroupBy<T, K, G, St> {
    fn losses(&self) -> &Losses {
        self.groups.losses()
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage> Holds for GroupBy<T, K, G, St> {
    fn held(&self) -> usize {
        self.groups.keys()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, G, St> Snapshot for GroupBy<T, K, G, St>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    St: KeyStorage,
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

impl<T, K: Hash + Eq, G, St: KeyStorage> fmt::Debug for GroupBy<T, K, G, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBy")
            .field("keys", &self.groups.keys())
            .field("losses", self.groups.losses())
            .finish_non_exhaustive()
    }
}
