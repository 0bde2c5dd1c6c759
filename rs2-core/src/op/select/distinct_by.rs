//! The first of all items with equal keys.

use super::seen::Seen;
use crate::machine::{Machine, holds, snapshot_fields};
use crate::metrics::{Losses, Reports};
use crate::state::Limits;
use crate::store::KeyStorage;
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`distinct_by_rs2`](super::SelectExt::distinct_by_in_rs2).
pub struct DistinctBy<T, K: Hash + Eq, G, St: KeyStorage> {
    key_of: G,
    seen: Seen<K, St>,
    items: PhantomData<fn(T)>,
}

impl<T, K: Hash + Eq, G, St: KeyStorage> DistinctBy<T, K, G, St> {
    /// Passes the first item of each key.
    pub fn new(limits: Limits<St>, key_of: G) -> Self {
        Self { key_of, seen: Seen::new(limits), items: PhantomData }
    }
}

impl<T, K, G, St> Machine for DistinctBy<T, K, G, St>
where
    K: Hash + Eq,
    G: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<T> {
        let key = (self.key_of)(&item);
        self.seen.admit(key).then_some(item)
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.seen.clear();
        None
    }

    fn is_finished(&self) -> bool {
        self.seen.is_stopped()
    }

    fn close(&mut self) {
        self.seen.clear();
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        self.seen.size_hint(source)
    }
}

impl<T, K: Hash + Eq, G, St: KeyStorage> Reports for DistinctBy<T, K, G, St> {
    fn losses(&self) -> &Losses {
        self.seen.losses()
    }
}

holds!([T, K: Hash + Eq, G, St: KeyStorage] DistinctBy<T, K, G, St>, this => this.seen.len());

snapshot_fields!(
    [T, K: Hash + Eq + Serialize + DeserializeOwned, G, St: KeyStorage] DistinctBy<T, K, G, St>,
    "distinct_by",
    { part seen }
);

impl<T, K: Hash + Eq, G, St: KeyStorage> fmt::Debug for DistinctBy<T, K, G, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DistinctBy").field("seen", &self.seen).finish_non_exhaustive()
    }
}
