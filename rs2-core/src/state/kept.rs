//! What an operator itself holds for each key, under the bounds of a configuration.

use super::{Expiring, OnStateFull, StateConfig, Tally, TtlFrom};
use crate::metrics::{Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, SnapshotError, Writer};
use crate::store::{Full, SeededHeap};
use crate::time::Instant;
use core::hash::Hash;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// A value for each key: bounded, metered, and forgotten a fixed time after its last write.
pub(crate) struct Kept<K: Hash + Eq, V> {
    table: Expiring<K, V, SeededHeap>,
    ttl: Duration,
    tally: Tally,
    on_full: OnStateFull,
    losses: Losses,
    stopped: bool,
}

impl<K: Hash + Eq + Clone, V> Kept<K, V> {
    /// Nothing yet. Values live for as long as states do.
    pub(crate) fn like_states<B>(config: &StateConfig<B>) -> Self {
        Self::living(config, config.ttl, config.ttl_from)
    }

    /// Nothing yet. Values live for `ttl` after their last write, whatever `config` says about
    /// that.
    pub(crate) fn for_time<B>(config: &StateConfig<B>, ttl: Duration) -> Self {
        Self::living(config, ttl, TtlFrom::LastWrite)
    }

    fn living<B>(config: &StateConfig<B>, ttl: Duration, from: TtlFrom) -> Self {
        let table = Expiring::new(&config.keys(), ttl).ttl_from(from);
        let evicts_unused = config.on_full == OnStateFull::EvictUnused;
        Self {
            table: if evicts_unused { table.evicting_unused() } else { table },
            ttl,
            tally: config.tally(size_of::<(K, V)>()),
            on_full: config.on_full,
            losses: config.losses.clone(),
            stopped: false,
        }
    }

    /// Where the value of `key` is; one that has expired is forgotten.
    #[inline]
    pub(crate) fn find(&mut self, key: &K, now: Instant) -> Option<u32> {
        let place = self.table.place_of(key)?;
        if self.table.is_expired(place, now) {
            self.remove(place);
            return None;
        }
        Some(place)
    }

    /// Where the value of `key` is, expired or not.
    pub(crate) fn place_of(&self, key: &K) -> Option<u32> {
        self.table.place_of(key)
    }

    pub(crate) fn at(&self, place: u32) -> Option<&V> {
        self.table.at(place)
    }

    pub(crate) fn at_mut(&mut self, place: u32) -> Option<&mut V> {
        self.table.at_mut(place)
    }

    /// A write: the value will be forgotten last.
    pub(crate) fn renew(&mut self, place: u32, now: Instant) {
        self.table.renew(place, now);
    }

    /// A use without a write.
    pub(crate) fn touch(&mut self, place: u32, now: Instant) {
        self.table.touch(place, now);
    }

    /// The value of `key`, to move it elsewhere until [`put_back`](Self::put_back).
    pub(crate) fn lend(&mut self, key: &K, now: Instant) -> Option<(u32, V)> {
        let lent = self.table.lend(key, now);
        self.tally.settle(self.table.len());
        lent
    }

    /// Takes back a value that was lent, as a write.
    pub(crate) fn put_back(&mut self, place: u32, value: V, now: Instant) {
        self.table.rewrite(place, value, now);
    }

    /// Takes back a value that was lent, as a use without a write.
    pub(crate) fn put_back_unwritten(&mut self, place: u32, value: V, now: Instant) {
        self.table.keep(place, value, now);
    }

    pub(crate) fn remove(&mut self, place: u32) -> Option<V> {
        let value = self.table.take_at(place);
        self.tally.settle(self.table.len());
        value
    }

    /// Where the value of `key` is, written now; made by `make` if there is none and it finds room.
    /// `lost` tells what the value that makes room counts for.
    pub(crate) fn place_for(
        &mut self,
        key: &K,
        now: Instant,
        make: impl FnOnce() -> V,
        lost: impl FnOnce(&V) -> u64,
    ) -> Option<u32> {
        if let Some(place) = self.find(key, now) {
            self.renew(place, now);
            return Some(place);
        }
        if !self.make_room(now, lost) {
            return None;
        }
        // Others may have taken all that a meter allows.
        self.try_insert(key.clone(), make(), now)
    }

    /// Whether a further key finds room. Whoever is told to make some forgets what would go
    /// soonest; `lost` tells what that counts for.
    pub(crate) fn make_room(&mut self, now: Instant, lost: impl FnOnce(&V) -> u64) -> bool {
        if self.has_room() {
            return true;
        }
        self.expire(now);
        if self.has_room() {
            return true;
        }
        let Some((_, value)) = self.evict() else { return false };
        self.losses.count_many(Loss::Evicted, lost(&value));
        true
    }

    pub(crate) fn has_room(&mut self) -> bool {
        let admitted = !self.table.is_full() && self.tally.admit().is_ok();
        self.tally.settle(self.table.len());
        admitted
    }

    /// The entry that gives way to another key, if that is the answer to being full. There is no
    /// storage to move it to.
    pub(crate) fn evict(&mut self) -> Option<(K, V)> {
        if !self.evicts() {
            return None;
        }
        let (key, value) = self.table.evict()?;
        self.tally.settle(self.table.len());
        Some((key, value?))
    }

    /// Whether a further key that finds no room is given some. While a meter refuses everything, to
    /// make room would not help.
    pub(crate) fn evicts(&self) -> bool {
        !matches!(self.on_full, OnStateFull::Reject | OnStateFull::Stop) && !self.tally.is_open()
    }

    /// An item found no room. It is counted, unless it was given back.
    pub(crate) fn refuse(&mut self, given_back: bool) {
        match self.on_full {
            OnStateFull::Stop => self.stop(),
            _ if given_back => {}
            _ => self.losses.count(Loss::Full),
        }
    }

    /// Ends the stream.
    pub(crate) fn stop(&mut self) {
        self.losses.stop();
        self.stopped = true;
    }

    /// Adds a key that has no value. Where it is; nothing, and counted, if there was no room after
    /// all, because others have all that a meter allows.
    pub(crate) fn insert(&mut self, key: K, value: V, now: Instant) -> Option<u32> {
        let place = self.try_insert(key, value, now);
        if place.is_none() {
            self.losses.count(Loss::Full);
        }
        place
    }

    /// Adds a key that has no value, if there is room. Where it is.
    pub(crate) fn try_insert(&mut self, key: K, value: V, now: Instant) -> Option<u32> {
        self.insert_until(key, value, now.saturating_add(self.ttl)).ok()
    }

    fn insert_until(&mut self, key: K, value: V, expires: Instant) -> Result<u32, Full<(K, V)>> {
        if self.tally.admit().is_err() {
            return Err(Full((key, value)));
        }
        let inserted = self.table.insert_until(key, value, expires);
        self.tally.settle(self.table.len());
        inserted
    }

    pub(crate) fn expire(&mut self, now: Instant) {
        self.table.expire(now);
        self.tally.settle(self.table.len());
    }

    /// When the value that is forgotten soonest is.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.table.next_expiry()
    }

    /// Takes the entry that would be forgotten soonest.
    pub(crate) fn pop_oldest(&mut self) -> Option<(K, V)> {
        let oldest = self.table.pop_oldest_entry();
        self.tally.settle(self.table.len());
        oldest
    }

    pub(crate) fn clear(&mut self) {
        self.table.clear();
        self.tally.settle(0);
    }

    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether the stream has to end, because there was no room.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Whether each item is taken, whatever comes.
    pub(crate) fn takes_all(&self) -> bool {
        let gives_up = matches!(self.on_full, OnStateFull::Reject | OnStateFull::Stop);
        !gives_up && !self.tally.is_metered()
    }

    /// Whether being full ends the stream.
    pub(crate) fn may_stop(&self) -> bool {
        self.on_full == OnStateFull::Stop
    }

    pub(crate) fn losses(&self) -> &Losses {
        &self.losses
    }
}

#[cfg(feature = "snapshot")]
impl<K: Hash + Eq + Clone + Serialize + DeserializeOwned, V> Kept<K, V> {
    /// Writes the entries, what would be forgotten soonest first; `put` writes a value.
    pub(crate) fn save(
        &self,
        to: &mut Writer,
        mut put: impl FnMut(&mut Writer, &V) -> Result<(), SnapshotError>,
    ) -> Result<(), SnapshotError> {
        to.put(&(self.table.len() as u64, self.stopped))?;
        for (key, value, expires) in self.table.iter() {
            to.put(key)?;
            to.put_instant(expires)?;
            put(to, value)?;
        }
        to.put(&self.table.order_of_use())
    }

    /// Reads what [`save`](Self::save) has written; `take` reads a value.
    pub(crate) fn restore(
        &mut self,
        from: &mut Reader<'_>,
        mut take: impl FnMut(&mut Reader<'_>) -> Result<V, SnapshotError>,
    ) -> Result<(), SnapshotError> {
        let len: u64;
        (len, self.stopped) = from.take()?;
        for _ in 0..len {
            let key = from.take()?;
            let expires = from.take_instant()?;
            let value = take(from)?;
            let inserted = self.insert_until(key, value, expires);
            inserted.map_err(|_| SnapshotError::Full("the state of an operator"))?;
        }
        let order: alloc::vec::Vec<u32> = from.take()?;
        if self.table.set_order_of_use(&order) { Ok(()) } else { Err(from.corrupt()) }
    }
}
