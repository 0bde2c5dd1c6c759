//! A rate limit for each key.

use super::quota::{Arrival, Denied, Quota, instant};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Arena, KeyStorage, Priority, Table};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// What happens to a key for which there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnFullKeys {
    /// The key that is soonest paid off is forgotten, counted as [`Loss::Evicted`]: it gets its
    /// whole burst back a little early.
    #[default]
    EvictLeastDebt,
    /// It passes without a limit, counted as [`Loss::Evicted`].
    FailOpen,
    /// It does not pass before another key has been paid off.
    FailClosed,
}

/// The limit of [`Gcra`](super::Gcra) for each key.
///
/// A key is remembered until what it let through is paid off, and exactly so long: from then on it
/// is like one never seen. So the table holds those keys only that were active lately, at most as
/// many as the storage's capacity.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::resilience::{KeyedLimit, Quota};
/// use rs2_core::{store::Heap, time::Instant};
/// let at = |secs| Instant::from_origin(Duration::from_secs(secs));
/// let mut limit = KeyedLimit::new(&Heap::bounded(100).seeded(7), Quota::per_second(1)?);
/// assert!(limit.check(&"ann", 1, at(0)).is_ok() && limit.check(&"bob", 1, at(0)).is_ok());
/// assert!(limit.check(&"ann", 1, at(0)).is_err());
/// assert_eq!((limit.keys(at(0)), limit.keys(at(1))), (2, 0));
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
pub struct KeyedLimit<K: Hash + Eq, St: KeyStorage> {
    quota: Quota,
    on_full: OnFullKeys,
    places: St::Table<K, u32>,
    debts: St::Arena<Debt<K>>,
    // For each key one entry, whose instant is not later than that at which the key is paid off.
    // An entry that comes up too early goes back with the right one, so that a key costs nothing
    // here each time it passes. Of equal instants that of the key which came first is the first.
    soonest: St::Priority<Entry>,
    // The number of the next key to come.
    next: u32,
    last: Instant,
    losses: Losses,
}

/// When to look at a key, its number in the order in which the keys came, and its place.
type Entry = (Instant, u32, u32);

struct Debt<K> {
    key: K,
    paid_off: Arrival,
}

/// Entries looked at for each check. Each check makes at most one that must be looked at again, so
/// with two the backlog goes away.
const LOOKS: usize = 2;

impl<K: Hash + Eq + Clone, St: KeyStorage> KeyedLimit<K, St> {
    /// `quota` for each key, with counts of its own.
    pub fn new(keys: &St, quota: Quota) -> Self {
        Self::reporting_to(keys, quota, Losses::new())
    }

    /// `quota` for each key, with counts in `losses`.
    pub fn reporting_to(keys: &St, quota: Quota, losses: Losses) -> Self {
        Self {
            quota,
            on_full: OnFullKeys::default(),
            places: keys.table(),
            debts: keys.arena(),
            soonest: keys.priority(),
            next: 0,
            last: Instant::ORIGIN,
            losses,
        }
    }

    /// Chooses what happens to a key for which there is no room.
    #[must_use]
    pub fn on_full(self, answer: OnFullKeys) -> Self {
        Self { on_full: answer, ..self }
    }

    /// Lets `n` of `key` pass at `now`, all or none.
    ///
    /// # Errors
    /// [`Denied`] when they may not; the key's limit has then not changed.
    pub fn check(&mut self, key: &K, n: u32, now: Instant) -> Result<(), Denied> {
        self.last = self.last.max(now);
        let now = self.last;
        for _ in 0..LOOKS {
            self.forget_paid_off(now);
        }
        if let Some(debt) = self.places.get(key).and_then(|place| self.debts.get_mut(*place)) {
            debt.paid_off = self.quota.admit(debt.paid_off, n, now)?;
            return Ok(());
        }
        let paid_off = self.quota.admit(0, n, now)?;
        if n == 0 || !self.make_room(now)? {
            return Ok(());
        }
        self.remember(key, paid_off);
        Ok(())
    }

    /// How many keys are not paid off at `now`.
    pub fn keys(&mut self, now: Instant) -> usize {
        self.last = self.last.max(now);
        while self.forget_paid_off(self.last) {}
        self.places.len()
    }

    /// Whether there is room for a key now.
    fn make_room(&mut self, now: Instant) -> Result<bool, Denied> {
        while self.is_full() && self.forget_paid_off(now) {}
        if !self.is_full() {
            return Ok(true);
        }
        match self.on_full {
            OnFullKeys::EvictLeastDebt => {
                let next = self.settle();
                self.forget(next);
                self.losses.count(Loss::Evicted);
                Ok(true)
            }
            OnFullKeys::FailOpen => {
                self.losses.count(Loss::Evicted);
                Ok(false)
            }
            OnFullKeys::FailClosed => {
                let retry_at = self.settle().map_or(now, |(at, ..)| at);
                Err(Denied::NotYet { retry_at })
            }
        }
    }

    fn is_full(&self) -> bool {
        self.places.len() >= self.places.capacity()
    }

    fn remember(&mut self, key: &K, paid_off: Arrival) {
        let number = self.next;
        self.next = number.wrapping_add(1);
        let added = self.add(instant(paid_off), number, key.clone(), paid_off);
        debug_assert!(added, "there was room");
    }

    /// Adds a key that has no entry. Tells whether there was room.
    fn add(&mut self, look_at: Instant, number: u32, key: K, paid_off: Arrival) -> bool {
        if self.is_full() {
            return false;
        }
        let Ok(place) = self.debts.insert(Debt { key: key.clone(), paid_off }) else {
            unreachable!("as many places as keys");
        };
        let held = self.places.get_or_insert_with(key, || place);
        debug_assert!(held.is_ok_and(|held| *held == place), "the key had no entry");
        self.soonest.push((look_at, number, place)).is_ok()
    }

    /// Looks at the entry that comes up next, if its time has come. Tells whether it had.
    fn forget_paid_off(&mut self, now: Instant) -> bool {
        let Some(&entry) = self.soonest.peek() else { return false };
        if entry.0 > now {
            return false;
        }
        match self.debts.get(entry.2).map(|debt| instant(debt.paid_off)) {
            Some(paid_off) if paid_off > now => self.put_back(paid_off),
            _ => self.forget(Some(entry)),
        }
        true
    }

    /// Corrects entries until the next is the key that is soonest paid off, and tells that.
    fn settle(&mut self) -> Option<Entry> {
        loop {
            let &entry = self.soonest.peek()?;
            match self.debts.get(entry.2).map(|debt| instant(debt.paid_off)) {
                Some(paid_off) if paid_off > entry.0 => self.put_back(paid_off),
                _ => return Some(entry),
            }
        }
    }

    /// Gives the next entry its right instant.
    fn put_back(&mut self, paid_off: Instant) {
        if let Some((_, number, place)) = self.soonest.pop() {
            let pushed = self.soonest.push((paid_off, number, place));
            debug_assert!(pushed.is_ok(), "it was just taken out");
        }
    }

    /// Drops the key of the next entry.
    fn forget(&mut self, next: Option<Entry>) {
        self.soonest.pop();
        if let Some(debt) = next.and_then(|(.., place)| self.debts.remove(place)) {
            self.places.remove(&debt.key);
        }
    }
}

impl<K: Hash + Eq, St: KeyStorage> Reports for KeyedLimit<K, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

#[cfg(feature = "snapshot")]
impl<K, St> Snapshot for KeyedLimit<K, St>
where
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_limit", 1)?;
        to.put_instant(self.last)?;
        to.put(&(self.next, self.soonest.len() as u64))?;
        for (look_at, number, place) in self.soonest.iter() {
            let Some(debt) = self.debts.get(*place) else { unreachable!("an entry has a debt") };
            to.put_instant(*look_at)?;
            // What is owed beyond the end of time is paid off at it.
            to.put_instant(instant(debt.paid_off))?;
            to.put(&(number, &debt.key))?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_limit", 1)?;
        self.last = from.take_instant()?;
        let len: u64;
        (self.next, len) = from.take()?;
        for _ in 0..len {
            let (look_at, paid_off) = (from.take_instant()?, from.take_instant()?);
            let (number, key) = from.take()?;
            if !self.add(look_at, number, key, paid_off.since_origin().as_nanos()) {
                return Err(SnapshotError::Full("keyed_limit"));
            }
        }
        Ok(())
    }
}

impl<K: Hash + Eq, St: KeyStorage> fmt::Debug for KeyedLimit<K, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedLimit")
            .field("quota", &self.quota)
            .field("on_full", &self.on_full)
            .field("keys", &self.places.len())
            .field("capacity", &self.places.capacity())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
