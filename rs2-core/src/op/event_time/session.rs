//! Runs of activity of one key, separated by gaps of event time.

use super::aggregate::Aggregator;
use super::entry::Entry;
use crate::machine::EventMachine;
use crate::metrics::{Loss, Losses, Reports};
use crate::state::{Limits, OnFull};
use crate::store::{Arena, Full, KeyStorage, Priority, Table};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
use core::mem;
use core::time::Duration;

/// How [`session_by_time_rs2`](super::EventTimeExt::session_by_time_in_rs2) separates sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionConfig {
    /// Items of one key less than this apart belong together; exactly this far apart they do not.
    pub gap: Duration,
    /// How far the watermark stays behind the latest item.
    pub watermark_delay: Duration,
}

/// A run of activity of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session<K, V> {
    /// Whose it is.
    pub key: K,
    /// The time of its first item.
    pub start_time: EventTime,
    /// The time of its last item.
    pub end_time: EventTime,
    /// What the aggregator made of its items.
    pub value: V,
}

/// The rule of [`session_by_time_rs2`](super::EventTimeExt::session_by_time_in_rs2).
///
/// The open sessions of a key form a list through the arena. Every place of the arena has exactly
/// one entry in `due`, at or before the end of its session: an entry that comes too early is put
/// back at the end it finds, so that extending a session costs no timer. A session that was merged
/// into another leaves its place empty until its entry comes.
pub struct SessionByTime<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> {
    // In microseconds, and so without a conversion for every item.
    gap: i64,
    key_of: F,
    aggregator: A,
    heads: St::Table<K, u32>,
    open: St::Arena<Place<K, A::Partial>>,
    due: St::Priority<Entry<u32>>,
    opened: u64,
    watermark: EventTime,
    on_full: OnFull,
    losses: Losses,
    stopped: bool,
}

struct Place<K, P> {
    run: Option<Run<K, P>>,
    next: Option<u32>,
}

struct Run<K, P> {
    key: K,
    first: EventTime,
    last: EventTime,
    part: P,
}

impl<K, P> Run<K, P> {
    #[inline]
    fn touches(&self, ts: EventTime, gap: i64) -> bool {
        ts < end_after(self.last, gap) && self.first < end_after(ts, gap)
    }

    #[inline]
    fn add<T, A>(&mut self, aggregator: &A, ts: EventTime, item: T) -> Result<(), Full<T>>
    where
        A: Aggregator<T, Partial = P>,
    {
        self.first = self.first.min(ts);
        self.last = self.last.max(ts);
        aggregator.add(&mut self.part, ts, item)
    }
}

#[inline]
fn end_after(last: EventTime, gap: i64) -> EventTime {
    EventTime::from_micros(last.as_micros().saturating_add(gap))
}

impl<T, K, F, A, St> SessionByTime<T, K, F, A, St>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    /// Sessions of each key with gaps of at least `gap` between them.
    pub fn new(limits: Limits<St>, gap: Duration, key_of: F, aggregator: A) -> Self {
        Self {
            gap: i64::try_from(gap.as_micros()).unwrap_or(i64::MAX),
            key_of,
            aggregator,
            heads: limits.storage.table(),
            open: limits.storage.arena(),
            due: limits.storage.priority(),
            opened: 0,
            watermark: EventTime::MIN,
            on_full: limits.on_full,
            losses: limits.losses,
            stopped: false,
        }
    }

    /// Where a run ends whose last item is at `last`.
    #[inline]
    fn end_after(&self, last: EventTime) -> EventTime {
        end_after(last, self.gap)
    }

    /// Whether an item at `ts` belongs to the run at `place`.
    #[inline]
    fn touches(&self, place: u32, ts: EventTime) -> bool {
        let run = self.open.get(place).and_then(|place| place.run.as_ref());
        run.is_some_and(|run| run.touches(ts, self.gap))
    }

    /// The first run from `place` on that an item at `ts` belongs to.
    #[inline]
    fn find(&self, mut place: Option<u32>, ts: EventTime) -> Option<u32> {
        while let Some(here) = place {
            if self.touches(here, ts) {
                return Some(here);
            }
            place = self.open.get(here)?.next;
        }
        None
    }

    /// Adds the item to its run, and joins the run with another that the item bridges to.
    #[inline]
    fn extend(&mut self, place: u32, ts: EventTime, item: T) {
        let other = self.find(self.open.get(place).and_then(|place| place.next), ts);
        let Some(run) = self.open.get_mut(place).and_then(|place| place.run.as_mut()) else {
            return;
        };
        if run.add(&self.aggregator, ts, item).is_err() {
            self.lose();
        }
        // A list begins with its newest run; the older one keeps its place, and with it its turn.
        if let Some(older) = other {
            self.join(older, place);
        }
    }

    /// Merges the run at `other` into the one at `place`, the parts in the order of their time.
    /// Only one can be bridged to: two others would overlap each other.
    fn join(&mut self, place: u32, other: u32) {
        let Some(mut moved) = self.open.get_mut(other).and_then(|place| place.run.take()) else {
            return;
        };
        let Some(run) = self.open.get_mut(place).and_then(|place| place.run.as_mut()) else {
            return;
        };
        if moved.first < run.first {
            mem::swap(&mut moved, run);
        }
        self.aggregator.combine(&mut run.part, &moved.part);
        run.last = run.last.max(moved.last);
        self.unlink(&moved.key, other);
    }

    /// Takes a place out of the list of its key.
    fn unlink(&mut self, key: &K, place: u32) {
        let following = self.open.get(place).and_then(|place| place.next);
        let Some(head) = self.heads.get_mut(key) else { return };
        if *head == place {
            match following {
                Some(following) => *head = following,
                None => {
                    self.heads.remove(key);
                }
            }
            return;
        }
        let mut here = Some(*head);
        while let Some(before) = here.and_then(|here| self.open.get_mut(here)) {
            if before.next == Some(place) {
                before.next = following;
                return;
            }
            here = before.next;
        }
    }

    /// Opens a run of `key` with the item in it.
    fn begin(&mut self, key: K, ts: EventTime, item: T) -> Result<(), Full<(K, T)>> {
        if self.open.len() >= self.open_capacity() {
            return Err(Full((key, item)));
        }
        let part = self.aggregator.lift(ts, item);
        let run = Run { key: key.clone(), first: ts, last: ts, part };
        let next = self.heads.get(&key).copied();
        let Ok(place) = self.open.insert(Place { run: Some(run), next }) else {
            unreachable!("there was room")
        };
        match self.heads.get_or_insert_with(key, || place) {
            Ok(head) => *head = place,
            Err(_) => unreachable!("there are not more keys than runs"),
        }
        let entry = Entry { ts: self.end_after(ts), arrival: self.opened, item: place };
        self.opened += 1;
        let armed = self.due.push(entry);
        debug_assert!(armed.is_ok(), "as many entries as places");
        Ok(())
    }

    fn open_capacity(&self) -> usize {
        self.heads.capacity()
    }

    /// The next run that ended at or before `until`, in the order of the ends.
    #[inline]
    fn close_until(&mut self, until: EventTime) -> Option<Session<K, A::Output>> {
        loop {
            if self.due.peek()?.ts > until {
                return None;
            }
            let entry = self.due.pop()?;
            let place = self.open.get(entry.item)?;
            let Some(run) = &place.run else {
                self.open.remove(entry.item);
                continue;
            };
            let end = self.end_after(run.last);
            if end > entry.ts {
                let rearmed = self.due.push(Entry { ts: end, ..entry });
                debug_assert!(rearmed.is_ok(), "its place was just freed");
                continue;
            }
            return self.close(entry.item);
        }
    }

    fn close(&mut self, place: u32) -> Option<Session<K, A::Output>> {
        let run = self.open.get_mut(place)?.run.take()?;
        self.unlink(&run.key, place);
        self.open.remove(place);
        Some(Session {
            key: run.key,
            start_time: run.first,
            end_time: run.last,
            value: self.aggregator.lower(run.part),
        })
    }

    /// There was no room for another run: the one that would end soonest may go out to make some.
    fn make_room(&mut self, key: K, ts: EventTime, item: T) -> Option<Session<K, A::Output>> {
        if self.on_full != OnFull::Evict {
            self.lose();
            return None;
        }
        let closed = self.close_until(EventTime::MAX);
        if closed.is_some() {
            self.losses.count(Loss::Evicted);
        }
        if self.begin(key, ts, item).is_err() {
            self.lose();
        }
        closed
    }

    /// An item finds no room, and none can be made.
    fn lose(&mut self) {
        match self.on_full {
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
            }
            OnFull::Evict | OnFull::Reject => self.losses.count(Loss::Full),
        }
    }
}

impl<T, K, F, A, St> EventMachine for SessionByTime<T, K, F, A, St>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    type In = T;
    type Out = Session<K, A::Output>;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<Self::Out> {
        if ts < self.watermark {
            self.losses.count(Loss::Late);
            return None;
        }
        let key = (self.key_of)(&item);
        let head = self.heads.get(&key).copied();
        let item = match head.and_then(|head| self.open.get_mut(head)) {
            // Nearly always: the key has one run, and the item belongs to it.
            Some(Place { run: Some(run), next: None }) if run.touches(ts, self.gap) => {
                if run.add(&self.aggregator, ts, item).is_err() {
                    self.lose();
                }
                return None;
            }
            _ => item,
        };
        if let Some(place) = self.find(head, ts) {
            self.extend(place, ts, item);
            return None;
        }
        match self.begin(key, ts, item) {
            Ok(()) => None,
            Err(Full((key, item))) => self.make_room(key, ts, item),
        }
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<Self::Out> {
        self.watermark = watermark;
        self.close_until(watermark)
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        self.close_until(self.watermark)
    }

    fn is_finished(&self) -> bool {
        self.stopped
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> Reports
    for SessionByTime<T, K, F, A, St>
{
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> fmt::Debug
    for SessionByTime<T, K, F, A, St>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionByTime")
            .field("keys", &self.heads.len())
            .field("open", &self.open.len())
            .field("watermark", &self.watermark)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
