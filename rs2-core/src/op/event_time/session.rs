//! Runs of activity of one key, separated by gaps of event time.

use super::entry::Entry;
use crate::aggregate::Aggregator;
use crate::late::{Late, LateTo, LeftOut};
use crate::machine::EventMachine;
use crate::metrics::{Loss, Losses, Reports};
use crate::state::Limits;
use crate::store::{Arena, Full, KeyStorage, Ordered, Priority, Table};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
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
/// The open runs of a key are ordered by their beginnings, so that an item finds its neighbours by
/// search. Every place of the arena has exactly one entry in `due`, at or before the end of its
/// run: an entry that comes too early is put back at the end it finds, so that extending a run
/// costs no timer. A run that was joined to another leaves its place empty until its entry comes.
pub struct SessionByTime<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> {
    // In microseconds, and so without a conversion for every item.
    gap: i64,
    key_of: F,
    aggregator: A,
    storage: St,
    runs: St::Table<K, St::Ordered<Beginning, u32>>,
    open: St::Arena<Option<Run<K, A::Partial>>>,
    due: St::Priority<Entry<u32>>,
    opened: u64,
    watermark: EventTime,
    left_out: LeftOut<T>,
}

/// When a run begins, and how many were opened before it: two that begin at once differ.
type Beginning = (EventTime, u64);

struct Run<K, P> {
    key: K,
    first: EventTime,
    last: EventTime,
    part: P,
    /// How many were opened before it: of two that are joined, the older one keeps its turn.
    opened: u64,
}

impl<K, P> Run<K, P> {
    fn beginning(&self) -> Beginning {
        (self.first, self.opened)
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
            runs: limits.storage.table(),
            open: limits.storage.arena(),
            due: limits.storage.priority(),
            storage: limits.storage,
            opened: 0,
            watermark: EventTime::MIN,
            left_out: LeftOut::new(limits.on_full, limits.losses),
        }
    }

    /// Where a run ends whose last item is at `last`.
    #[inline]
    pub(super) fn end_after(&self, last: EventTime) -> EventTime {
        end_after(last, self.gap)
    }

    fn run(&mut self, place: u32) -> Option<&mut Run<K, A::Partial>> {
        self.open.get_mut(place)?.as_mut()
    }

    /// The runs of `key` that an item at `ts` belongs to: one that begins by then, one after it.
    #[inline]
    fn neighbours(&self, key: &K, ts: EventTime) -> (Option<u32>, Option<u32>) {
        let Some(runs) = self.runs.get(key) else { return (None, None) };
        let by_then = (ts, u64::MAX);
        let before = runs.at_or_before(&by_then).map(|(_, place)| *place).filter(|place| {
            let run = self.open.get(*place).and_then(Option::as_ref);
            run.is_some_and(|run| ts < self.end_after(run.last))
        });
        let after = runs.after(&by_then).filter(|((first, _), _)| *first < self.end_after(ts));
        (before, after.map(|(_, place)| *place))
    }

    /// Adds the item to the run at `place`.
    #[inline]
    fn add(&mut self, place: u32, ts: EventTime, item: T) {
        let Some(run) = self.open.get_mut(place).and_then(Option::as_mut) else { return };
        if let Err(Full(item)) = run.add(&self.aggregator, ts, item) {
            self.left_out.full(ts, item);
        }
    }

    /// Adds the item before the beginning of the run at `place`.
    fn add_before(&mut self, key: &K, place: u32, ts: EventTime, item: T) {
        let Some(beginning) = self.run(place).map(|run| run.beginning()) else { return };
        self.add(place, ts, item);
        let Some(runs) = self.runs.get_mut(key) else { return };
        runs.remove(&beginning);
        let moved = runs.get_or_insert_with((ts, beginning.1), || place);
        debug_assert!(moved.is_ok(), "an entry was just removed");
    }

    /// Joins two neighbouring runs of `key`; the parts are combined in the order of their time.
    fn join(&mut self, key: &K, before: u32, after: u32) {
        let (Some(earlier), Some(later)) = (self.take(before), self.take(after)) else { return };
        let stays = if earlier.opened < later.opened { before } else { after };
        let beginnings = (earlier.beginning(), later.beginning());
        let mut joined = earlier;
        self.aggregator.combine(&mut joined.part, &later.part);
        joined.last = joined.last.max(later.last);
        joined.opened = joined.opened.min(later.opened);
        if let Some(runs) = self.runs.get_mut(key) {
            runs.remove(&beginnings.0);
            runs.remove(&beginnings.1);
            let kept = runs.get_or_insert_with(joined.beginning(), || stays);
            debug_assert!(kept.is_ok(), "two entries were just removed");
        }
        if let Some(place) = self.open.get_mut(stays) {
            *place = Some(joined);
        }
    }

    fn take(&mut self, place: u32) -> Option<Run<K, A::Partial>> {
        self.open.get_mut(place)?.take()
    }

    /// Opens a run of `key` with the item in it.
    fn begin(&mut self, key: K, ts: EventTime, item: T) -> Result<(), Full<(K, T)>> {
        if self.open.len() >= self.runs.capacity() {
            return Err(Full((key, item)));
        }
        let part = self.aggregator.lift(ts, item);
        let run = Run { key: key.clone(), first: ts, last: ts, part, opened: self.opened };
        let Ok(place) = self.open.insert(Some(run)) else { unreachable!("there was room") };
        let storage = &self.storage;
        let Ok(runs) = self.runs.get_or_insert_with(key, || storage.ordered()) else {
            unreachable!("there are not more keys than runs")
        };
        let ordered = runs.get_or_insert_with((ts, self.opened), || place);
        debug_assert!(ordered.is_ok(), "there are not more runs than places");
        let entry = Entry { ts: self.end_after(ts), arrival: self.opened, item: place };
        self.opened += 1;
        let armed = self.due.push(entry);
        debug_assert!(armed.is_ok(), "as many entries as places");
        Ok(())
    }

    /// The next run that ended at or before `until`, in the order of the ends.
    #[inline]
    fn close_until(&mut self, until: EventTime) -> Option<Session<K, A::Output>> {
        loop {
            if self.due.peek()?.ts > until {
                return None;
            }
            let entry = self.due.pop()?;
            let Some(run) = self.open.get(entry.item)? else {
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
        let run = self.open.remove(place)??;
        if let Some(runs) = self.runs.get_mut(&run.key) {
            runs.remove(&run.beginning());
            if runs.is_empty() {
                self.runs.remove(&run.key);
            }
        }
        Some(Session {
            key: run.key,
            start_time: run.first,
            end_time: run.last,
            value: self.aggregator.lower(run.part),
        })
    }

    /// There was no room for another run: the one that would end soonest may go out to make some.
    fn make_room(&mut self, key: K, ts: EventTime, item: T) -> Option<Session<K, A::Output>> {
        if !self.left_out.evicts() {
            self.left_out.full(ts, item);
            return None;
        }
        let closed = self.close_until(EventTime::MAX);
        if closed.is_some() {
            self.left_out.losses().count(Loss::Evicted);
        }
        if let Err(Full((_, item))) = self.begin(key, ts, item) {
            self.left_out.full(ts, item);
        }
        closed
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
            self.left_out.late(ts, item);
            return None;
        }
        let key = (self.key_of)(&item);
        match self.neighbours(&key, ts) {
            (Some(before), None) => self.add(before, ts, item),
            (None, Some(after)) => self.add_before(&key, after, ts, item),
            (Some(before), Some(after)) => {
                self.add(before, ts, item);
                self.join(&key, before, after);
            }
            (None, None) => {
                if let Err(Full((key, item))) = self.begin(key, ts, item) {
                    return self.make_room(key, ts, item);
                }
            }
        }
        None
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

    fn on_end(&mut self) {
        self.left_out.close();
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> LateTo
    for SessionByTime<T, K, F, A, St>
{
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> Reports
    for SessionByTime<T, K, F, A, St>
{
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage> fmt::Debug
    for SessionByTime<T, K, F, A, St>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionByTime")
            .field("keys", &self.runs.len())
            .field("open", &self.open.len())
            .field("watermark", &self.watermark)
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}
