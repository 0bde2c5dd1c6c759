//! Items in one piece that come at the back and go at the front.

use alloc::vec::Vec;

/// Items in the order in which they came. Those that went stay in front of them in memory until
/// they are more than those that are left; so they can be lent as a slice at any time, and each is
/// moved a constant number of times.
#[derive(Debug)]
pub struct Run<T> {
    items: Vec<T>,
    gone: usize,
}

impl<T> Run<T> {
    pub(super) const fn new() -> Self {
        Self { items: Vec::new(), gone: 0 }
    }

    pub(super) fn items(&self) -> &[T] {
        &self.items[self.gone..]
    }

    pub(super) fn len(&self) -> usize {
        self.items.len() - self.gone
    }

    #[inline]
    pub(super) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// Drops so many of the first items, at most all.
    #[inline]
    pub(super) fn drop_first(&mut self, count: usize) {
        self.gone = (self.gone + count).min(self.items.len());
        if 2 * self.gone > self.items.len() {
            self.items.drain(..self.gone);
            self.gone = 0;
        }
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.gone = 0;
    }
}

#[cfg(feature = "snapshot")]
impl<T: serde::Serialize + serde::de::DeserializeOwned> super::key_states::SavedState for Run<T> {
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        to.put(self.items())
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        self.items = from.take()?;
        Ok(())
    }
}
