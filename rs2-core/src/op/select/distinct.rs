//! The first of all equal items.

use super::seen::Seen;
use crate::machine::{Machine, holds, snapshot_fields};
use crate::metrics::{Losses, Reports};
use crate::state::Limits;
use crate::store::KeyStorage;
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`distinct_rs2`](super::SelectExt::distinct_in_rs2).
pub struct Distinct<T: Hash + Eq, St: KeyStorage> {
    seen: Seen<T, St>,
}

impl<T: Hash + Eq, St: KeyStorage> Distinct<T, St> {
    /// Passes the first of all equal items.
    pub fn new(limits: Limits<St>) -> Self {
        Self { seen: Seen::new(limits) }
    }
}

impl<T: Hash + Eq + Clone, St: KeyStorage> Machine for Distinct<T, St> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<T> {
        // Only what passes is cloned.
        (!self.seen.repeats(&item) && self.seen.admit(item.clone())).then_some(item)
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

impl<T: Hash + Eq, St: KeyStorage> Reports for Distinct<T, St> {
    fn losses(&self) -> &Losses {
        self.seen.losses()
    }
}

holds!([T: Hash + Eq, St: KeyStorage] Distinct<T, St>, this => this.seen.len());

snapshot_fields!(
    [T: Hash + Eq + Serialize + DeserializeOwned, St: KeyStorage] Distinct<T, St>,
    "distinct",
    { part seen }
);

impl<T: Hash + Eq, St: KeyStorage> fmt::Debug for Distinct<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distinct").field("seen", &self.seen).finish()
    }
}
