//! What each session comes to, once it is over.

use crate::machine::Machine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{KeyOf, Limits, OnFull};
use crate::store::{KeyStorage, Lookup, Table, Timers};
use crate::time::Instant;
use core::hash::Hash;
use core::marker::PhantomData;
use core::time::Duration;
use core::{fmt, mem};
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`keyed_session_fold_rs2`](super::KeyedExt::keyed_session_fold_on_rs2).
///
/// Each session that is open has one timer, which is asked when it comes up and put off if there
/// was an item since. So an item costs no timer.
pub struct KeyedSessionFold<T, K: Hash + Eq, V, G, F, St: KeyStorage> {
    gap: Duration,
    key_of: G,
    f: F,
    open: St::Table<K, Session<V>>,
    timers: St::Timers<K>,
    /// Items so far. The order of the sessions that end at the same instant.
    items: u64,
    /// When the source has ended, all sessions do.
    source_ended: bool,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
    item: PhantomData<fn(T)>,
}

struct Session<V> {
    state: V,
    last: Instant,
    /// The number of its last item.
    last_item: u64,
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> KeyedSessionFold<T, K, V, G, F, St> {
    /// Sessions that end when their key had no item for `gap`, and whose state `f` adds each item
    /// to.
    ///
    /// # Panics
    /// When `gap` is zero.
    #[track_caller]
    pub fn new(limits: Limits<St>, gap: Duration, key_of: G, f: F) -> Self {
        assert!(!gap.is_zero(), "the gap between two sessions must be greater than zero");
        Self {
            gap,
            key_of,
            f,
            open: limits.storage.table(),
            timers: limits.storage.timers(),
            items: 0,
            source_ended: false,
            on_full: limits.on_full,
            losses: limits.losses,
            stopped: false,
            item: PhantomData,
        }
    }
}

impl<T, K, V, G, F, St> KeyedSessionFold<T, K, V, G, F, St>
where
    K: Hash + Eq + Clone,
    V: Default,
    F: FnMut(T, &mut V),
    St: KeyStorage,
{
    /// Ends the session that is over first, if it is at `now`.
    fn end_one(&mut self, now: Instant) -> Option<(K, V)> {
        let (open, gap) = (&self.open, self.gap);
        let due = |key: &K| {
            let session = open.get(key);
            session
                .map_or((now, 0), |session| (session.last.saturating_add(gap), session.last_item))
        };
        let key = self.timers.pop(now, due)?;
        let session = self.open.remove(&key)?;
        Some((key, session.state))
    }

    /// Begins a session; what comes out is the one that had to make room.
    #[cold]
    #[inline(never)]
    fn begin(&mut self, now: Instant, key: K, item: T) -> Option<(K, V)> {
        let is_full = self.open.len() >= self.open.capacity();
        let mut ended = if is_full { self.end_one(now) } else { None };
        if is_full && ended.is_none() {
            match self.on_full {
                OnFull::Evict => {
                    ended = self.end_one(Instant::FAR_FUTURE);
                    self.losses.count(Loss::Evicted);
                }
                OnFull::Reject => {
                    self.losses.count(Loss::Full);
                    return None;
                }
                OnFull::Stop => {
                    self.losses.stop();
                    self.stopped = true;
                    return None;
                }
            }
        }
        let mut state = V::default();
        (self.f)(item, &mut state);
        let session = Session { state, last: now, last_item: self.items };
        let begun = self.open.get_or_insert_with(key.clone(), || session);
        debug_assert!(begun.is_ok(), "there was room or some was made");
        let set = self.timers.set(now.saturating_add(self.gap), key);
        debug_assert!(set.is_ok(), "there are not more timers than sessions");
        ended
    }
}

impl<T, K, V, G, F, St> Machine for KeyedSessionFold<T, K, V, G, F, St>
where
    K: Hash + Eq + Clone,
    V: Default,
    G: KeyOf<T, Key = K>,
    F: FnMut(T, &mut V),
    St: KeyStorage,
{
    type In = T;
    type Out = (K, V);

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<(K, V)> {
        self.items += 1;
        let key = self.key_of.of(&item);
        let Some(session) = self.open.find_mut(&key) else {
            let key = key.into_key();
            return self.begin(now, key, item);
        };
        let is_over = session.last.saturating_add(self.gap) <= now;
        let ended = is_over.then(|| (key.into_key(), mem::take(&mut session.state)));
        (self.f)(item, &mut session.state);
        session.last = now;
        session.last_item = self.items;
        ended
    }

    fn on_deadline(&mut self, now: Instant) -> Option<(K, V)> {
        self.end_one(now)
    }

    fn on_end(&mut self, _now: Instant) -> Option<(K, V)> {
        self.source_ended = true;
        self.end_one(Instant::FAR_FUTURE)
    }

    #[inline]
    fn more(&mut self) -> Option<(K, V)> {
        if self.source_ended { self.end_one(Instant::FAR_FUTURE) } else { None }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.stopped
    }

    fn close(&mut self) {
        self.open.clear();
        while self.timers.pop(Instant::FAR_FUTURE, |_| (Instant::ORIGIN, 0)).is_some() {}
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // A stream that stops when it is full may stop before its sessions end.
        let open = self.open.len();
        let sure = if self.source_ended || self.on_full != OnFull::Stop { open } else { 0 };
        (sure, high.and_then(|high| high.checked_add(open)))
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> Reports for KeyedSessionFold<T, K, V, G, F, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> Holds for KeyedSessionFold<T, K, V, G, F, St> {
    fn held(&self) -> usize {
        self.open.len() + self.timers.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, V, G, F, St> Snapshot for KeyedSessionFold<T, K, V, G, F, St>
where
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_session_fold", 1)?;
        to.put(&(self.items, self.source_ended, self.stopped, self.open.len() as u64))?;
        for (key, session) in self.open.iter() {
            to.put(&(key, &session.state, session.last_item))?;
            to.put_instant(session.last)?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_session_fold", 1)?;
        let open: u64;
        (self.items, self.source_ended, self.stopped, open) = from.take()?;
        for _ in 0..open {
            let (key, state, last_item): (K, V, u64) = from.take()?;
            let last = from.take_instant()?;
            let timer = key.clone();
            let session = Session { state, last, last_item };
            let restored = self.open.get_or_insert_with(key, || session);
            restored.map_err(|_| SnapshotError::Full("keyed_session_fold"))?;
            let set = self.timers.set(last.saturating_add(self.gap), timer);
            set.map_err(|_| SnapshotError::Full("keyed_session_fold"))?;
        }
        Ok(())
    }
}

impl<T, K: Hash + Eq, V, G, F, St: KeyStorage> fmt::Debug for KeyedSessionFold<T, K, V, G, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedSessionFold")
            .field("open", &self.open.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
