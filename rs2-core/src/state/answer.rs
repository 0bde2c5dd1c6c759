//! When state goes, and what goes for want of room.

use super::OnFull;

/// What the time to live of state runs from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TtlFrom {
    /// The last write.
    #[default]
    LastWrite,
    /// The first write: state goes after that time however often it is written. Needs state in the
    /// memory of the operator.
    Creation,
    /// The last step of its key, or with a storage the last call that read or wrote it.
    LastUse,
}

/// What an operator does when a further key needs state and there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnStateFull {
    /// The state that would expire soonest goes, counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted).
    #[default]
    Evict,
    /// The state that was not used for longest goes, counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted).
    EvictUnused,
    /// The new state is not kept, counted as [`Loss::Full`](crate::metrics::Loss::Full).
    Reject,
    /// The stream ends, so that no wrong result goes out;
    /// [`Losses::is_stopped`](crate::metrics::Losses::is_stopped) then tells why.
    Stop,
    /// The state that would expire soonest is moved to a storage, where it is found again. Chosen
    /// by [`spill_to`](super::StateConfig::spill_to), which says where.
    Spill,
}

impl From<OnFull> for OnStateFull {
    fn from(answer: OnFull) -> Self {
        match answer {
            OnFull::Evict => Self::Evict,
            OnFull::Reject => Self::Reject,
            OnFull::Stop => Self::Stop,
        }
    }
}
