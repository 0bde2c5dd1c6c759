//! Counts of what did not come through.

use super::count::Count;
#[cfg(feature = "alloc")]
use crate::sync::Arc;
use core::fmt;
use portable_atomic::{AtomicBool, Ordering::Relaxed};

/// Why an item did not come through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Loss {
    /// It happened before the watermark, so what it belonged to was closed.
    Late,
    /// An equal item was kept before it.
    Duplicate,
    /// It exceeded the rate, or gave way to a later one.
    Suppressed,
    /// There was no room for it.
    Full,
    /// It went out, or was forgotten, earlier than the rule says, to make room.
    Evicted,
    /// Whoever it was meant for is gone.
    Abandoned,
    /// It was an error, or the sink it was meant for failed.
    Failed,
    /// It has no key, where it needs one.
    NoKey,
    /// It went out, but an equal one that was forgotten to make room may have gone out before.
    DuplicateRisk,
    /// It went out, or was forgotten, because the other side was idle and taken to have come as
    /// far: what belongs to it may still come. Without an allocator no side is told to be idle.
    #[cfg(feature = "alloc")]
    Unproven,
    /// It was dropped as a duplicate and is expected to have been none: a memory that may err took
    /// its key for another. How many there were cannot be known; this is their expected number, a
    /// part of the duplicates, and not in the [`total`](Losses::total). Without an allocator it is
    /// not counted, since every operator would have to have room for it.
    #[cfg(feature = "alloc")]
    UniqueRisk,
}

/// Those of which an item has one at most.
const REASONS: usize = 9 + cfg!(feature = "alloc") as usize;
const KINDS: usize = REASONS + cfg!(feature = "alloc") as usize;

/// The counters behind [`Losses`]; on a device without a heap, a `static` of the application.
#[derive(Debug)]
pub struct Counters {
    counts: [Count; KINDS],
    stopped: AtomicBool,
}

impl Counters {
    /// All zero.
    pub const fn new() -> Self {
        Self { counts: [const { Count::new() }; KINDS], stopped: AtomicBool::new(false) }
    }

    /// A call, since a program has it in many places.
    #[cfg(not(feature = "alloc"))]
    #[inline(never)]
    fn copy(&self) -> Self {
        let copy = Self::new();
        for (count, original) in copy.counts.iter().zip(&self.counts) {
            count.add(original.get());
        }
        copy.stopped.store(self.stopped.load(Relaxed), Relaxed);
        copy
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self::new()
    }
}

/// A handle on counts of lost items, by reason. Clones share the counts, which can be read while
/// the stream runs; an operator can be given a handle, so that several report to one.
///
/// ```
/// use rs2_core::metrics::{Loss, Losses};
/// let losses = Losses::new();
/// losses.clone().count(Loss::Late);
/// assert_eq!((losses.of(Loss::Late), losses.total()), (1, 1));
/// ```
#[derive(Clone)]
pub struct Losses(Place);

#[cfg_attr(feature = "alloc", derive(Clone))]
enum Place {
    #[cfg(feature = "alloc")]
    Shared(Arc<Counters>),
    /// Without an allocator counts of one's own stand in the handle itself.
    #[cfg(not(feature = "alloc"))]
    Own(Counters),
    Static(&'static Counters),
}

#[cfg(not(feature = "alloc"))]
impl Clone for Place {
    fn clone(&self) -> Self {
        match self {
            Self::Own(counters) => Self::Own(counters.copy()),
            Self::Static(counters) => Self::Static(counters),
        }
    }
}

impl Losses {
    /// New counts, all zero.
    ///
    /// Without the feature `alloc` there is no place that clones could share: the counts are then
    /// in the handle, a clone begins with the same numbers and counts on by itself, and
    /// [`in_static`](Self::in_static) is what several operators share.
    pub fn new() -> Self {
        #[cfg(feature = "alloc")]
        return Self(Place::Shared(Arc::new(Counters::new())));
        #[cfg(not(feature = "alloc"))]
        return Self(Place::Own(Counters::new()));
    }

    /// Counts in a place that the application owns.
    pub const fn in_static(counters: &'static Counters) -> Self {
        Self(Place::Static(counters))
    }

    fn counters(&self) -> &Counters {
        match &self.0 {
            #[cfg(feature = "alloc")]
            Place::Shared(counters) => counters,
            #[cfg(not(feature = "alloc"))]
            Place::Own(counters) => counters,
            Place::Static(counters) => counters,
        }
    }

    /// Counts one lost item.
    pub fn count(&self, why: Loss) {
        self.count_many(why, 1);
    }

    /// Counts one that went because the other side was idle.
    pub(crate) fn count_unproven(&self) {
        #[cfg(feature = "alloc")]
        self.count(Loss::Unproven);
    }

    /// Counts several items lost at once.
    pub fn count_many(&self, why: Loss, items: u64) {
        self.counters().counts[why as usize].add(items);
    }

    /// Items lost for this reason so far.
    pub fn of(&self, why: Loss) -> u64 {
        self.counters().counts[why as usize].get()
    }

    /// Items lost so far, for any reason.
    pub fn total(&self) -> u64 {
        self.counters().counts.iter().take(REASONS).map(|count| count.get()).sum()
    }

    /// Notes that an operator ended its stream because it was full and told to stop then.
    pub fn stop(&self) {
        self.counters().stopped.store(true, Relaxed);
    }

    /// Whether an operator that reports here ended its stream because it was full.
    pub fn is_stopped(&self) -> bool {
        self.counters().stopped.load(Relaxed)
    }
}

impl Default for Losses {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts = f.debug_struct("Losses");
        counts
            .field("late", &self.of(Loss::Late))
            .field("duplicate", &self.of(Loss::Duplicate))
            .field("suppressed", &self.of(Loss::Suppressed))
            .field("full", &self.of(Loss::Full))
            .field("evicted", &self.of(Loss::Evicted))
            .field("abandoned", &self.of(Loss::Abandoned))
            .field("failed", &self.of(Loss::Failed))
            .field("no_key", &self.of(Loss::NoKey))
            .field("duplicate_risk", &self.of(Loss::DuplicateRisk));
        #[cfg(feature = "alloc")]
        counts.field("unproven", &self.of(Loss::Unproven));
        #[cfg(feature = "alloc")]
        counts.field("unique_risk", &self.of(Loss::UniqueRisk));
        counts.field("stopped", &self.is_stopped()).finish()
    }
}

/// What counts its losses.
///
/// Implemented by rules, and by the streams made of them: `stream.losses()` gives the handle before
/// the stream is moved into the next operator.
pub trait Reports {
    /// The counts of what did not come through.
    fn losses(&self) -> &Losses;
}

impl<M: Reports, F> Reports for crate::machine::ByTime<M, F> {
    fn losses(&self) -> &Losses {
        self.rule().losses()
    }
}

impl<S, M: Reports, T: crate::time::Timer> Reports for crate::machine::Drive<S, M, T> {
    fn losses(&self) -> &Losses {
        self.machine().losses()
    }
}

impl<S, M: Reports + crate::machine::StepMachine, T: crate::time::Timer> Reports
    for crate::machine::DriveSteps<S, M, T>
{
    fn losses(&self) -> &Losses {
        self.machine().losses()
    }
}
