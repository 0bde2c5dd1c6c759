//! Items no faster than a rate for each key.

use super::gap_of;
use super::lines::Lines;
use crate::machine::{Machine, holds};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, OnFull};
use crate::store::{Full, KeyStorage};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// How many items of one key wait, unless [`KeyedPace::max_waiting`] says otherwise.
pub const MAX_WAITING: usize = 1_024;

/// How fast the items of each key go out of
/// [`pace_by_key_rs2`](super::TimingExt::pace_by_key_on_rs2), and how many of them wait.
///
/// ```
/// use rs2_core::op::timing::KeyedPace;
/// let five_a_second = KeyedPace::per_sec(5).burst(10).max_waiting(100);
/// # let _ = five_a_second;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct KeyedPace {
    gap: Duration,
    burst: u32,
    max_waiting: usize,
}

impl KeyedPace {
    /// So many a second, one at a time.
    ///
    /// # Panics
    /// When `rate_per_sec` is zero.
    #[track_caller]
    pub fn per_sec(rate_per_sec: u32) -> Self {
        Self::spaced(gap_of(rate_per_sec))
    }

    /// One for each `gap`, one at a time.
    pub const fn spaced(gap: Duration) -> Self {
        Self { gap, burst: 1, max_waiting: MAX_WAITING }
    }

    /// After a pause, up to `burst` at once.
    ///
    /// # Panics
    /// When `burst` is zero.
    #[track_caller]
    pub const fn burst(self, burst: u32) -> Self {
        assert!(burst > 0, "with a burst of zero no item would ever pass");
        Self { burst, ..self }
    }

    /// At most `items` of one key wait.
    ///
    /// # Panics
    /// When `items` is zero.
    #[track_caller]
    pub const fn max_waiting(self, items: usize) -> Self {
        assert!(items > 0, "max_waiting must be greater than zero");
        Self { max_waiting: items, ..self }
    }
}

/// The rule of [`pace_by_key_rs2`](super::TimingExt::pace_by_key_on_rs2). What goes in is an item,
/// or `None` at the end of the source.
pub struct PaceByKey<T, K: Hash + Eq, F, St: KeyStorage> {
    key_of: F,
    storage: St,
    lines: Lines<T, K, St>,
    max_waiting: usize,
    on_full: OnFull,
    losses: Losses,
    // The source has ended, or nothing of it is wanted any more.
    source_ended: bool,
}

/// Lines looked at for each item. Each item makes at most one that must be looked at again, so with
/// two the backlog goes away.
const LOOKS: usize = 2;

impl<T, K: Hash + Eq + Clone, F, St: KeyStorage> PaceByKey<T, K, F, St> {
    /// The items of each key at `pace`. The storage has room for as many keys, and for as many
    /// items that wait.
    pub fn new(limits: Limits<St>, key_of: F, pace: KeyedPace) -> Self {
        let Limits { storage, on_full, losses } = limits;
        let lines = Lines::new(&storage, pace.gap, pace.burst);
        let max_waiting = pace.max_waiting;
        Self { key_of, storage, lines, max_waiting, on_full, losses, source_ended: false }
    }

    /// The line of a key, which is made if there is none, and if there is room.
    fn line_of(&mut self, key: K, now: Instant) -> Option<u32> {
        if let Some(place) = self.lines.place_of(&key) {
            return Some(place);
        }
        while self.lines.is_full() && self.lines.forget_paid_off(now) {}
        if self.lines.is_full() && self.on_full == OnFull::Evict && self.lines.forget_soonest() {
            self.losses.count(Loss::Evicted);
        }
        self.lines.open(key, now).ok()
    }

    /// There is no room for an item in its line.
    fn overflow(&mut self, place: u32, item: T) {
        if self.on_full != OnFull::Evict {
            return self.leave_out();
        }
        self.losses.count(Loss::Evicted);
        if self.lines.len_of(place) > 0 {
            return self.lines.replace_first(place, item);
        }
        self.lines.drop_next();
        let pushed = self.lines.push(place, item);
        debug_assert!(pushed.is_ok(), "one has just gone");
    }

    fn leave_out(&mut self) {
        if self.on_full == OnFull::Stop {
            self.losses.stop();
            self.source_ended = true;
            self.lines.clear(&self.storage);
        } else {
            self.losses.count(Loss::Full);
        }
    }

    /// Once the source has ended, and the last item has gone, no key is needed any more.
    fn forget_at_the_end(&mut self) {
        if self.is_over() {
            self.lines.clear(&self.storage);
        }
    }

    fn is_over(&self) -> bool {
        self.source_ended && self.lines.waiting() == 0
    }
}

impl<T, K, F, St> Machine for PaceByKey<T, K, F, St>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = Option<T>;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: Option<T>) -> Option<T> {
        let Some(item) = item else {
            self.source_ended = true;
            self.forget_at_the_end();
            return None;
        };
        for _ in 0..LOOKS {
            self.lines.forget_paid_off(now);
        }
        let key = (self.key_of)(&item);
        let Some(place) = self.line_of(key, now) else {
            self.leave_out();
            return None;
        };
        if self.lines.is_open(place, now) {
            self.lines.pass(place, now);
            return Some(item);
        }
        if self.lines.len_of(place) >= self.max_waiting {
            self.overflow(place, item);
        } else if let Err(Full(item)) = self.lines.push(place, item) {
            self.overflow(place, item);
        }
        None
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        let item = self.lines.go(now);
        self.forget_at_the_end();
        item
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.lines.next_turn()
    }

    #[inline]
    fn wants_item(&self) -> bool {
        !self.source_ended
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.is_over()
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // One of those to come is the end.
        let end = usize::from(!self.source_ended);
        let waiting = self.lines.waiting();
        // What waits goes out, unless room is made before the end.
        let is_sure = self.source_ended || self.on_full == OnFull::Reject;
        let low = if is_sure { waiting } else { 0 };
        (low, high.and_then(|high| high.saturating_sub(end).checked_add(waiting)))
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> Reports for PaceByKey<T, K, F, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T, K: Hash + Eq + Clone, F, St: KeyStorage] PaceByKey<T, K, F, St>, this => {
    this.lines.held()
});

#[cfg(feature = "snapshot")]
impl<T, K, F, St> Snapshot for PaceByKey<T, K, F, St>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("pace_by_key", 1)?;
        to.put(&self.source_ended)?;
        self.lines.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("pace_by_key", 1)?;
        self.source_ended = from.take()?;
        self.lines.restore(from)
    }
}

impl<T, K: Hash + Eq + Clone, F, St: KeyStorage> fmt::Debug for PaceByKey<T, K, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaceByKey")
            .field("waiting", &self.lines.waiting())
            .field("max_waiting", &self.max_waiting)
            .field("on_full", &self.on_full)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
