//! Groups of the items of each key, which go out when their key falls idle.

use crate::machine::Machine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Done, Expiring, Limits, OnFull};
use crate::store::{Batch, KeyStorage, Storage};
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`keyed_group_by_within_rs2`](super::KeyedExt::keyed_group_by_within_on_rs2).
pub struct KeyedGroupWithin<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> {
    key_of: G,
    f: F,
    // The key that has been idle for longest first.
    groups: Expiring<K, Group<Gs::Batch<T>, V>, St>,
    // Those that have items.
    filled: usize,
    memory: Gs,
    // Keys that are idle by then go.
    over: Option<Instant>,
    ended: bool,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
}

/// The items of a key since its last group, and what it keeps from group to group.
struct Group<B, V> {
    items: B,
    kept: V,
}

impl<T, K, V, G, F, St, Gs> KeyedGroupWithin<T, K, V, G, F, St, Gs>
where
    K: Hash + Eq + Clone,
    St: KeyStorage,
    Gs: Storage,
{
    /// `f` of each group: of each key that `keys` has room for, with at most as many items as
    /// `groups` has capacity. A key is idle once none came for so long.
    ///
    /// # Panics
    /// When `idle` is zero.
    #[track_caller]
    pub fn new(keys: Limits<St>, groups: Gs, idle: Duration, key_of: G, f: F) -> Self {
        assert!(!idle.is_zero(), "a key must be idle for longer than nothing");
        Self {
            key_of,
            f,
            groups: Expiring::new(&keys.storage, idle),
            filled: 0,
            memory: groups,
            over: None,
            ended: false,
            on_full: keys.on_full,
            losses: keys.losses,
            stopped: false,
        }
    }
}

impl<T, K, V, R, G, F, St, Gs> KeyedGroupWithin<T, K, V, G, F, St, Gs>
where
    K: Hash + Eq + Clone,
    V: Default,
    G: FnMut(&T) -> K,
    F: FnMut(K, Done<Gs, T>, &mut V) -> R,
    St: KeyStorage,
    Gs: Storage,
{
    /// Forgets the key that has been idle for longest; its group goes out, if it has items.
    fn let_go(&mut self) -> Option<R> {
        let (key, Group { mut items, mut kept }) = self.groups.pop_oldest_entry()?;
        if items.is_empty() {
            return None;
        }
        self.filled -= 1;
        Some((self.f)(key, items.finish(), &mut kept))
    }

    /// The place of a new key, if there is room, and the group that went out for it.
    fn begin(&mut self, key: &K, now: Instant) -> (Option<u32>, Option<R>) {
        let mut gone = None;
        if self.groups.is_full() {
            match self.on_full {
                OnFull::Evict => gone = self.let_go(),
                OnFull::Reject => {
                    self.losses.count(Loss::Full);
                    return (None, None);
                }
                OnFull::Stop => {
                    self.losses.stop();
                    self.stopped = true;
                    self.groups.clear();
                    return (None, None);
                }
            }
            self.losses.count_many(Loss::Evicted, u64::from(gone.is_some()));
        }
        let group = Group { items: self.memory.small_batch(), kept: V::default() };
        let inserted = self.groups.insert(key.clone(), group, now);
        debug_assert!(inserted.is_ok(), "there was room or some was made");
        (self.groups.place_of(key), gone)
    }
}

impl<T, K, V, R, G, F, St, Gs> Machine for KeyedGroupWithin<T, K, V, G, F, St, Gs>
where
    K: Hash + Eq + Clone,
    V: Default,
    G: FnMut(&T) -> K,
    F: FnMut(K, Done<Gs, T>, &mut V) -> R,
    St: KeyStorage,
    Gs: Storage,
{
    type In = T;
    type Out = R;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<R> {
        let key = (self.key_of)(&item);
        let (place, gone) = match self.groups.place_of(&key) {
            Some(place) => {
                self.groups.renew(place, now);
                (Some(place), None)
            }
            None => self.begin(&key, now),
        };
        let Some(group) = place.and_then(|place| self.groups.at_mut(place)) else { return gone };
        self.filled += usize::from(group.items.is_empty());
        let pushed = group.items.push(item);
        debug_assert!(pushed.is_ok(), "a full group has gone out");
        if !group.items.is_full() {
            return gone;
        }
        debug_assert!(gone.is_none(), "where one item is a group, none is held");
        self.filled -= 1;
        self.losses.count(Loss::Evicted);
        Some((self.f)(key, group.items.finish(), &mut group.kept))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<R> {
        self.over = Some(now);
        self.more()
    }

    fn on_end(&mut self, _now: Instant) -> Option<R> {
        (self.over, self.ended) = (Some(Instant::FAR_FUTURE), true);
        self.more()
    }

    fn more(&mut self) -> Option<R> {
        let over = self.over?;
        while self.groups.next_expiry().is_some_and(|idle_at| idle_at <= over) {
            let out = self.let_go();
            if out.is_some() {
                return out;
            }
        }
        self.over = None;
        None
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.groups.next_expiry().filter(|idle_at| *idle_at < Instant::FAR_FUTURE)
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.stopped
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // A stream that stops when it is full may stop before its groups go out.
        let sure = self.ended || self.on_full != OnFull::Stop;
        let fewest = if sure { self.filled } else { 0 };
        (fewest, high.and_then(|high| high.checked_add(self.filled)))
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> Reports
    for KeyedGroupWithin<T, K, V, G, F, St, Gs>
{
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K, V, G, F, St, Gs> Holds for KeyedGroupWithin<T, K, V, G, F, St, Gs>
where
    K: Hash + Eq + Clone,
    St: KeyStorage,
    Gs: Storage,
{
    fn held(&self) -> usize {
        self.groups.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, V, G, F, St, Gs> Snapshot for KeyedGroupWithin<T, K, V, G, F, St, Gs>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
    Gs: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_group_within", 1)?;
        to.put(&(self.ended, self.stopped, self.groups.len() as u64))?;
        to.put_deadline(self.over)?;
        for (key, group, idle_at) in self.groups.iter() {
            to.put_instant(idle_at)?;
            to.put(&(key, group.items.as_slice(), &group.kept))?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_group_within", 1)?;
        let groups: u64;
        (self.ended, self.stopped, groups) = from.take()?;
        self.over = from.take_deadline()?;
        let full = || SnapshotError::Full("keyed_group_within");
        for _ in 0..groups {
            let idle_at = from.take_instant()?;
            let (key, restored, kept): (K, alloc::vec::Vec<T>, V) = from.take()?;
            let mut items = self.memory.small_batch();
            restored.into_iter().try_for_each(|item| items.push(item)).map_err(|_| full())?;
            self.filled += usize::from(!items.is_empty());
            let restored = self.groups.insert_until(key, Group { items, kept }, idle_at);
            restored.map_err(|_| full())?;
        }
        Ok(())
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage, Gs: Storage> fmt::Debug
    for KeyedGroupWithin<T, K, V, G, F, St, Gs>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedGroupWithin")
            .field("filled", &self.filled)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
