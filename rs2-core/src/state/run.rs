//! Items in one piece that come at the back and go at the front.

use crate::store::{Batch, Full};
use core::fmt;
use core::marker::PhantomData;

/// Items in the order in which they came. Those that went stay in front of them in memory until
/// they are more than those that are left, or their room is needed; so the items can be lent as a
/// slice at any time, and where there is room for twice as many, each is moved a constant number of
/// times.
pub struct Run<T, B> {
    items: B,
    gone: usize,
    kind: PhantomData<fn(T)>,
}

impl<T, B: Batch<T>> Run<T, B> {
    /// An empty one.
    pub(crate) const fn of(empty: B) -> Self {
        Self { items: empty, gone: 0, kind: PhantomData }
    }

    #[inline]
    pub(crate) fn items(&self) -> &[T] {
        &self.items.as_slice()[self.gone..]
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.items.len() - self.gone
    }

    /// Adds an item, or gives it back when there is no room for it beside those that are left.
    #[inline]
    pub(crate) fn push(&mut self, item: T) -> Result<(), Full<T>> {
        if self.gone > 0 && self.items.is_full() {
            self.move_up();
        }
        self.items.push(item)
    }

    /// Drops so many of the first items, at most all.
    #[inline]
    pub(crate) fn drop_first(&mut self, count: usize) {
        self.gone = (self.gone + count).min(self.items.len());
        if 2 * self.gone > self.items.len() {
            self.move_up();
        }
    }

    fn move_up(&mut self) {
        self.items.drop_first(self.gone);
        self.gone = 0;
    }

    pub(crate) fn clear(&mut self) {
        self.items.drop_first(self.items.len());
        self.gone = 0;
    }
}

#[cfg(feature = "snapshot")]
impl<T: serde::Serialize + serde::de::DeserializeOwned, B: Batch<T>> Run<T, B> {
    pub(crate) fn save(
        &self,
        to: &mut crate::snapshot::Writer,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        to.put(self.items())
    }

    pub(crate) fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        from.take_all(|item| {
            self.push(item).map_err(|_| crate::snapshot::SnapshotError::Full("run"))
        })
    }
}

impl<T, B: Batch<T>> fmt::Debug for Run<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("items", &self.len()).finish_non_exhaustive()
    }
}
