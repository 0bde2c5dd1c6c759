//! Which keys come for the first time in a while, by a memory that may err.

use super::{ApproxSeen, Limits, OnFull};
use crate::metrics::{LocalLosses, Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, SnapshotError, Writer};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;
use foldhash::quality::FixedState;

/// What lets the first item of each key through, whatever time it is about.
pub(crate) struct Firsts<B> {
    seen: ApproxSeen<B>,
    ttl: u64,
    now: u64,
    // How many unique items are expected to have been dropped.
    expected: f64,
    #[cfg(feature = "alloc")]
    told: u64,
    on_full: OnFull,
    losses: LocalLosses,
    stopped: bool,
}

impl<B> Firsts<B> {
    #[track_caller]
    pub(crate) fn new(limits: Limits<ApproxSeen<B>>, ttl: Duration) -> Self {
        assert!(!ttl.is_zero(), "a time to live must be longer than nothing");
        let Limits { storage, on_full, losses } = limits;
        let ttl = Instant::from_origin(ttl).nanos();
        let losses = LocalLosses::of(losses);
        Self {
            seen: storage,
            ttl,
            now: 0,
            expected: 0.0,
            #[cfg(feature = "alloc")]
            told: 0,
            on_full,
            losses,
            stopped: false,
        }
    }

    pub(crate) fn hasher(&self) -> &FixedState {
        self.seen.hasher()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(crate) fn losses(&self) -> &Losses {
        self.losses.losses()
    }

    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }

    /// Tells what was counted since this was called last.
    #[inline]
    pub(crate) fn settle(&mut self) {
        self.losses.tell(Loss::Duplicate);
        #[cfg(feature = "alloc")]
        if self.expected as u64 > self.told {
            let whole = self.expected as u64;
            self.losses().count_many(Loss::UniqueRisk, whole - self.told);
            self.told = whole;
        }
    }

    pub(crate) const fn expected(&self) -> f64 {
        self.expected
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Firsts<B> {
    /// Whether the item of a key with this hash goes through.
    #[inline]
    pub(crate) fn pass(&mut self, hash: u64, now: u64) -> bool {
        self.now = self.now.max(now);
        self.seen.advance(self.now, self.ttl);
        if self.seen.has(hash) {
            self.losses.count();
            return false;
        }
        // Of the unique items only those are seen that are let through. For each of them, so many
        // more are expected to have come.
        self.expected += self.seen.odds();
        if self.seen.is_full() && !self.make_room() {
            return false;
        }
        if self.seen.may_be_missing(self.now) {
            self.losses().count(Loss::DuplicateRisk);
        }
        self.seen.add(hash, self.now, self.ttl);
        true
    }

    #[cold]
    fn make_room(&mut self) -> bool {
        match self.on_full {
            OnFull::Evict => {
                let forgotten = self.seen.make_room(self.now, self.ttl);
                self.losses().count_many(Loss::Evicted, forgotten);
            }
            OnFull::Reject => self.losses().count(Loss::Full),
            OnFull::Stop => {
                self.losses().stop();
                self.stopped = true;
                self.clear();
            }
        }
        self.on_full == OnFull::Evict
    }

    /// Forgets all keys.
    pub(crate) fn clear(&mut self) {
        self.seen.clear();
    }
}

#[cfg(feature = "snapshot")]
impl<B: AsRef<[u8]> + AsMut<[u8]>> Firsts<B> {
    pub(crate) fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&(self.expected, self.stopped))?;
        to.put_instant(Instant::from_nanos(self.now))?;
        self.seen.save(to)
    }

    pub(crate) fn restore(
        &mut self,
        from: &mut Reader<'_>,
        of: &'static str,
    ) -> Result<(), SnapshotError> {
        (self.expected, self.stopped) = from.take()?;
        self.told = self.expected as u64;
        self.now = from.take_instant()?.nanos();
        self.seen.restore(from, of, self.ttl)
    }
}

impl<B> fmt::Debug for Firsts<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Firsts")
            .field("seen", &self.seen)
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}
