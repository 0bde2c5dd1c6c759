//! The handle on state in a storage of the user's.

use super::shelf::{AccessError, Shelf};
use super::{Custom, StateAccess};
use crate::sync::Arc;
use alloc::vec::Vec;

/// Every call asks the storage, so what one step wrote, the next sees. A call that was dropped may
/// or may not have been carried out, and one that reached the storage in its step is not called
/// back when the step ends. Each call that fails is counted once, as
/// [`Loss::Failed`](crate::metrics::Loss::Failed).
impl StateAccess<Custom> {
    /// The bytes of the state, if there are any.
    ///
    /// # Errors
    /// [`AccessError::Detached`] after the step; [`AccessError::Storage`] when the storage fails.
    pub async fn try_get_bytes(&self) -> Result<Option<Vec<u8>>, AccessError> {
        let shelf = self.shelf()?;
        let bytes = shelf.count(shelf.read().await)?;
        shelf.note_read(None);
        Ok(bytes)
    }

    /// Writes the bytes of the state; its time to live begins anew.
    ///
    /// # Errors
    /// [`AccessError::Detached`] after the step; [`AccessError::Storage`] when the storage fails.
    pub async fn set_bytes(&self, bytes: &[u8]) -> Result<(), AccessError> {
        let shelf = self.shelf()?;
        shelf.count(self.write(&shelf, bytes).await)
    }

    /// Removes the state. Tells whether there was any.
    ///
    /// # Errors
    /// [`AccessError::Detached`] after the step; [`AccessError::Storage`] when the storage fails.
    pub async fn delete(&self) -> Result<bool, AccessError> {
        let shelf = self.shelf()?;
        let _turn = shelf.turns.take().await;
        self.shelf()?;
        let deleted = shelf.storage.delete(&shelf.key).await.map_err(AccessError::from);
        let deleted = shelf.count(deleted)?;
        shelf.note_read(None);
        Ok(deleted)
    }

    /// Whether there is state; `false` when the storage fails, and then
    /// [`set`](StateAccess::set) fails in this step as after [`get`](StateAccess::get).
    pub async fn exists(&self) -> bool {
        let Ok(shelf) = self.shelf() else { return false };
        let found = self.try_exists().await;
        shelf.note_read(found.as_ref().err().cloned());
        found.unwrap_or(false)
    }

    /// Whether there is state.
    ///
    /// # Errors
    /// [`AccessError::Detached`] after the step; [`AccessError::Storage`] when the storage fails.
    pub async fn try_exists(&self) -> Result<bool, AccessError> {
        let shelf = self.shelf()?;
        let found = shelf.storage.exists(&shelf.key).await.map_err(AccessError::from);
        shelf.count(found)
    }

    /// One write, when its turn has come and the step is not over by then.
    pub(super) async fn write(&self, shelf: &Shelf, bytes: &[u8]) -> Result<(), AccessError> {
        let _turn = shelf.turns.take().await;
        self.shelf()?;
        shelf.may_write()?;
        shelf.write(bytes).await
    }

    /// Where the state is, unless the step is over.
    pub(super) fn shelf(&self) -> Result<Arc<Shelf>, AccessError> {
        let shelf = self.with(|cell| cell.shelf.clone())?;
        Ok(shelf.expect("an operator on a storage begins each step with one"))
    }
}
