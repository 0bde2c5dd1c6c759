//! A memory, what to do when it is full, and where to count what is lost.

use crate::metrics::Losses;
use crate::store::Storage;

/// What an operator with bounded state does when the state is full. Each operator says what
/// eviction means for it; every answer but [`Stop`](OnFull::Stop) is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFull {
    /// Makes room: what would have gone soonest goes now, counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted).
    #[default]
    Evict,
    /// Leaves the new item out, counted as [`Loss::Full`](crate::metrics::Loss::Full).
    Reject,
    /// Ends the stream at once, so that no wrong result goes out;
    /// [`Losses::is_stopped`] then tells why it ended.
    Stop,
}

/// The bounds of one role of an operator's state. A bare storage is taken as one, with
/// [`OnFull::Evict`] and counts of its own.
///
/// ```
/// use rs2_core::{metrics::Losses, state::{Limits, OnFull}, store::Heap};
/// let losses = Losses::new();
/// let limits = Limits::of(Heap::bounded(100)).on_full(OnFull::Reject).report_to(&losses);
/// # let _ = limits;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Limits<St> {
    pub(crate) storage: St,
    pub(crate) on_full: OnFull,
    pub(crate) losses: Losses,
}

impl<St> Limits<St> {
    /// The bounds of `storage`, with [`OnFull::Evict`] and counts of its own.
    pub fn of(storage: St) -> Self {
        Self::new(storage, Losses::new())
    }

    /// The bounds of `storage`, with [`OnFull::Evict`] and counts in `losses`.
    pub fn new(storage: St, losses: Losses) -> Self {
        Self { storage, on_full: OnFull::Evict, losses }
    }

    /// Chooses what happens when the storage is full.
    pub fn on_full(mut self, answer: OnFull) -> Self {
        self.on_full = answer;
        self
    }

    /// Counts losses in `losses`, which several operators may share.
    pub fn report_to(mut self, losses: &Losses) -> Self {
        self.losses = losses.clone();
        self
    }
}

// Bound to storages, so that the compiler can tell `Limits` given as they are from a bare storage.
impl<St: Storage> From<St> for Limits<St> {
    fn from(storage: St) -> Self {
        Self::of(storage)
    }
}
