//! State in a storage of the user's, as what it is.

use super::shelf::AccessError;
use super::{Custom, StateAccess};
use alloc::string::ToString;
use alloc::vec::Vec;
use serde::{Serialize, de::DeserializeOwned};

/// The bytes are postcard's, which do not tell their type: state of another type is found out when
/// it does not decode, and may be when it does.
impl StateAccess<Custom> {
    /// The state, if there is any that can be read.
    ///
    /// `None` when the storage fails or holds something else, which is counted as
    /// [`Loss::Failed`](crate::metrics::Loss::Failed). A [`set`](Self::set) in the same step then
    /// fails in the same way, so that a beginning made up for want of the state never takes its
    /// place; [`try_get`](Self::try_get) leaves that to the caller, and
    /// [`delete`](Self::delete) begins anew.
    pub async fn get<S: DeserializeOwned>(&self) -> Option<S> {
        let Ok(shelf) = self.shelf() else { return None };
        let state = self.try_get().await;
        shelf.note_read(state.as_ref().err().cloned());
        state.unwrap_or(None)
    }

    /// The state, if there is any.
    ///
    /// # Errors
    /// [`AccessError::Detached`] after the step; [`AccessError::Storage`] when the storage fails;
    /// [`AccessError::Decode`] when its bytes are not those of such a state.
    pub async fn try_get<S: DeserializeOwned>(&self) -> Result<Option<S>, AccessError> {
        let shelf = self.shelf()?;
        let state = match shelf.read().await {
            Ok(Some(bytes)) => decode(&bytes).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        let state = shelf.count(state)?;
        shelf.note_read(None);
        Ok(state)
    }

    /// Writes the state; its time to live begins anew.
    ///
    /// # Errors
    /// [`AccessError::Detached`] after the step; [`AccessError::Encode`] when the state cannot be
    /// written as bytes; [`AccessError::Storage`] when the storage fails; what kept
    /// [`get`](Self::get) from reading it in this step.
    pub async fn set<S: Serialize>(&self, state: &S) -> Result<(), AccessError> {
        let shelf = self.shelf()?;
        let bytes = shelf.count(encode(state))?;
        shelf.count(self.write(&shelf, &bytes).await)
    }

    /// Changes the state, beginning with its default; its time to live begins anew. Returns what
    /// `change` does. No other change of this operator's comes between its reading and its writing.
    ///
    /// # Errors
    /// [`AccessError::Detached`] when the step is over before it writes; otherwise as
    /// [`try_get`](Self::try_get) and [`set`](Self::set). Nothing is written then.
    pub async fn update<S, R, C>(&self, change: C) -> Result<R, AccessError>
    where
        S: Default + Serialize + DeserializeOwned,
        C: FnOnce(&mut S) -> R,
    {
        let shelf = self.shelf()?;
        let changed = async {
            let _turn = shelf.turns.take().await;
            let before = self.shelf()?.read().await?;
            let (bytes, output) = {
                let mut state: S = before.map_or(Ok(S::default()), |bytes| decode(&bytes))?;
                let output = change(&mut state);
                (encode(&state)?, output)
            };
            self.shelf()?.write(&bytes).await?;
            shelf.note_read(None);
            Ok(output)
        };
        shelf.count(changed.await)
    }
}

fn encode<S: Serialize>(state: &S) -> Result<Vec<u8>, AccessError> {
    postcard::to_allocvec(state).map_err(|error| AccessError::Encode(error.to_string()))
}

fn decode<S: DeserializeOwned>(bytes: &[u8]) -> Result<S, AccessError> {
    let wrong = |why: &str| AccessError::Decode(why.to_string());
    match postcard::take_from_bytes(bytes) {
        Ok((state, [])) => Ok(state),
        Ok(_) => Err(wrong("there are bytes behind it")),
        Err(error) => Err(wrong(&error.to_string())),
    }
}
