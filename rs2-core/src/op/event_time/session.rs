//! Runs of activity of one key, separated by gaps of event time.

use super::entry::Entry;
use super::session_gap::{SameGap, SessionGap};
use super::session_run::{Beginning, Out, Run, Span};
use super::session_types::{Session, SessionRules};
use super::window_types::Timing;
use crate::aggregate::Aggregator;
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::{Arena, Full, KeyStorage, Priority, Rows, Table};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The open runs of all keys, by their beginnings.
type Runs<St> = <St as KeyStorage>::Rows<Beginning, u32>;

/// Those of one key.
type RunsOfKey<St> = <Runs<St> as Rows<Beginning, u32>>::Row;

/// The rule of [`session_by_time_rs2`](super::EventTimeExt::session_by_time_in_rs2).
///
/// The open runs of a key are ordered by their beginnings, so that an item finds its neighbours by
/// search. Every place of the arena has exactly one entry in `due`, at or before the end of its
/// run: an entry that comes too early is put back at the end it finds, so that extending a run
/// costs no timer. A run that was joined to another leaves its place empty until its entry comes.
/// A run that has gone out stays for late items, and its entry stands where it is forgotten.
pub struct SessionByTime<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage, P = SameGap> {
    gaps: P,
    // In microseconds, and so without a conversion for every item.
    inclusion: i64,
    pub(super) lateness: i64,
    max_length: u64,
    pub(super) key_of: F,
    pub(super) aggregator: A,
    pub(super) keys: St::Table<K, RunsOfKey<St>>,
    pub(super) runs: Runs<St>,
    pub(super) open: St::Arena<Option<Run<K, A::Partial>>>,
    pub(super) due: St::Priority<Entry<u32>>,
    pub(super) opened: u64,
    pub(super) watermark: EventTime,
    // The last moment of the session that has just gone out.
    pub(super) passed: EventTime,
    pub(super) is_retracting: bool,
    // Of an item that takes sessions back, what is still to go out.
    #[cfg(feature = "alloc")]
    pub(super) ready: super::session_run::Ready<K, A::Partial>,
    pub(super) left_out: LeftOut<T>,
}

/// The run that begins by the time of an item, and the one after it.
type Neighbours = (Option<u32>, Option<u32>);

impl<T, K, F, A, St, P> SessionByTime<T, K, F, A, St, P>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
    P: SessionGap<T>,
{
    /// Sessions of each key as `rules` tell them apart.
    pub fn new(
        limits: Limits<St>,
        rules: impl Into<SessionRules<P>>,
        key_of: F,
        aggregator: A,
    ) -> Self {
        let rules = rules.into();
        Self {
            inclusion: rules.inclusion(),
            lateness: rules.lateness_micros(),
            max_length: rules.max_length_micros(),
            is_retracting: rules.is_retracting,
            gaps: rules.gaps,
            key_of,
            aggregator,
            keys: limits.storage.table(),
            runs: limits.storage.rows(),
            open: limits.storage.arena(),
            due: limits.storage.priority(),
            opened: 0,
            watermark: EventTime::MIN,
            passed: EventTime::MIN,
            #[cfg(feature = "alloc")]
            ready: Default::default(),
            left_out: LeftOut::new(limits.on_full, limits.losses),
        }
    }

    #[inline]
    fn span(&mut self, ts: EventTime, item: &T) -> Span {
        let gap = self.gaps.micros_after(item).saturating_add(self.inclusion);
        Span { ts, end: EventTime::from_micros(ts.as_micros().saturating_add(gap)) }
    }

    pub(super) fn run(&mut self, place: u32) -> Option<&mut Run<K, A::Partial>> {
        self.open.get_mut(place)?.as_mut()
    }

    /// The runs of `key` that an item belongs to: one that begins by then, and the next after it.
    #[inline]
    fn neighbours(&self, key: &K, Span { ts, end }: Span) -> Neighbours {
        let Some(row) = self.keys.get(key) else { return (None, None) };
        let by_then = (ts, u64::MAX);
        let before =
            self.runs.at_or_before(row, &by_then).map(|(_, place)| *place).filter(|place| {
                let run = self.open.get(*place).and_then(Option::as_ref);
                run.is_some_and(|run| ts < run.end)
            });
        let after = self.runs.after(row, &by_then).filter(|((first, _), _)| *first < end);
        (before, after.map(|(_, place)| *place))
    }

    /// The same, but for runs that would become too long. One that the item would continue goes out
    /// now; one that it would begin earlier stays apart.
    fn short_neighbours(
        &mut self,
        key: &K,
        span: Span,
    ) -> (Neighbours, Option<Session<K, A::Output>>) {
        let (ts, (before, after)) = (span.ts, self.neighbours(key, span));
        let after = after.filter(|place| self.length(*place, ts, ts) <= self.max_length);
        let Some(place) = before else { return ((None, after), None) };
        if self.length(place, ts, ts) > self.max_length {
            return ((None, after), self.force_out(place));
        }
        let joined = |after: u32| {
            let run = self.open.get(after).and_then(Option::as_ref);
            run.map_or(0, |run| self.length(place, run.first, run.last))
        };
        ((before, after.filter(|after| joined(*after) <= self.max_length)), None)
    }

    fn length(&self, place: u32, first: EventTime, last: EventTime) -> u64 {
        let run = self.open.get(place).and_then(Option::as_ref);
        run.map_or(0, |run| run.length(first, last))
    }

    /// Adds the item to the run at `place`.
    #[inline]
    fn add(&mut self, place: u32, span: Span, item: T) {
        let Some(run) = self.open.get_mut(place).and_then(Option::as_mut) else { return };
        if let Err(Full(item)) = run.add(&self.aggregator, span, item) {
            self.left_out.full(span.ts, item);
        }
    }

    /// Adds the item before the beginning of the run at `place`.
    fn add_before(&mut self, key: &K, place: u32, span: Span, item: T) {
        let Some(beginning) = self.run(place).map(|run| run.beginning()) else { return };
        self.add(place, span, item);
        let Some(row) = self.keys.get_mut(key) else { return };
        self.runs.remove(row, &beginning);
        let moved = self.runs.get_or_insert_with(row, (span.ts, beginning.1), || place);
        debug_assert!(moved.is_ok(), "an entry was just removed");
    }

    /// Joins two neighbouring runs of a key; the parts are combined in the order of their time.
    fn join(&mut self, before: u32, after: u32) -> u32 {
        let (Some(earlier), Some(later)) = (self.take(before), self.take(after)) else {
            return before;
        };
        let stays = if earlier.opened < later.opened { before } else { after };
        let beginnings = (earlier.beginning(), later.beginning());
        let mut joined = earlier;
        self.aggregator.combine(&mut joined.part, &later.part);
        joined.last = joined.last.max(later.last);
        joined.end = joined.end.max(later.end);
        joined.opened = joined.opened.min(later.opened);
        joined.out.join(later.out);
        if let Some(row) = self.keys.get_mut(&joined.key) {
            self.runs.remove(row, &beginnings.0);
            self.runs.remove(row, &beginnings.1);
            let kept = self.runs.get_or_insert_with(row, joined.beginning(), || stays);
            debug_assert!(kept.is_ok(), "two entries were just removed");
        }
        if let Some(place) = self.open.get_mut(stays) {
            *place = Some(joined);
        }
        stays
    }

    /// Joins the run at `place` to all that begin before its end: an item with a long gap reaches
    /// more than its neighbour. Gives the place of the whole.
    fn join_reached(&mut self, mut place: u32) -> u32 {
        while let Some(after) = self.reached(place) {
            place = self.join(place, after);
        }
        place
    }

    fn reached(&self, place: u32) -> Option<u32> {
        let run = self.open.get(place)?.as_ref()?;
        let ((first, _), after) = self.runs.after(self.keys.get(&run.key)?, &run.beginning())?;
        let next = self.open.get(*after)?.as_ref()?;
        let is_short = run.length(next.first, next.last) <= self.max_length;
        (*first < run.end && is_short).then_some(*after)
    }

    pub(super) fn take(&mut self, place: u32) -> Option<Run<K, A::Partial>> {
        self.open.get_mut(place)?.take()
    }

    /// Opens a run of `key` with the item in it.
    fn begin(&mut self, key: K, span: Span, item: T) -> Result<u32, Full<(K, T)>> {
        if self.open.len() >= self.keys.capacity() {
            return Err(Full((key, item)));
        }
        let Span { ts, end } = span;
        let part = self.aggregator.lift(ts, item);
        let (opened, out) = (self.opened, Out::NOTHING);
        let run = Run { key: key.clone(), first: ts, last: ts, end, part, opened, out };
        let Ok(place) = self.open.insert(Some(run)) else { unreachable!("there was room") };
        let runs = &mut self.runs;
        let Ok(row) = self.keys.get_or_insert_with(key, || runs.row()) else {
            unreachable!("there are not more keys than runs")
        };
        let ordered = runs.get_or_insert_with(row, (ts, self.opened), || place);
        debug_assert!(ordered.is_ok(), "there are not more runs than places");
        let entry = Entry::new(end, self.opened, place);
        self.opened += 1;
        let armed = self.due.push(entry);
        debug_assert!(armed.is_ok(), "as many entries as places");
        Ok(place)
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
            let end = run.end;
            let has_gone = !run.out.is_empty();
            let stays_until = if has_gone { self.forgotten_at(end) } else { end };
            if stays_until > entry.ts {
                self.arm(Entry { ts: stays_until, ..entry });
                continue;
            }
            if has_gone {
                self.remove(entry.item);
            } else if self.lateness == 0 {
                return self.close(entry.item, Timing::OnTime);
            } else {
                self.arm(Entry { ts: self.forgotten_at(end), ..entry });
                return self.go_out(entry.item, Timing::OnTime);
            }
        }
    }

    pub(super) fn arm(&mut self, entry: Entry<u32>) {
        let armed = self.due.push(entry);
        debug_assert!(armed.is_ok(), "its place was just freed");
    }

    /// When a session that ended at `end` is not kept for late items any more.
    pub(super) fn forgotten_at(&self, end: EventTime) -> EventTime {
        EventTime::from_micros(end.as_micros().saturating_add(self.lateness))
    }

    /// There was no room for another run: the one that would end soonest may go out to make some.
    fn make_room(&mut self, key: K, span: Span, item: T) -> Option<Session<K, A::Output>> {
        if !self.left_out.evicts() {
            self.left_out.full(span.ts, item);
            return None;
        }
        let forced = self.evict();
        match self.begin(key, span, item) {
            Ok(place) if forced.is_none() && span.ts < self.watermark => {
                return self.fire_late(place);
            }
            Ok(_) => {}
            Err(Full((_, item))) => self.left_out.full(span.ts, item),
        }
        forced
    }
}

impl<T, K, F, A, St, P> EventMachine for SessionByTime<T, K, F, A, St, P>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
    P: SessionGap<T>,
{
    type In = T;
    type Out = Session<K, A::Output>;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<Self::Out> {
        if ts < self.watermark && (self.lateness == 0 || self.forgotten_at(ts) < self.watermark) {
            self.left_out.late(ts, item);
            return None;
        }
        let key = (self.key_of)(&item);
        let span = self.span(ts, &item);
        let (neighbours, forced) = if self.max_length == u64::MAX {
            (self.neighbours(&key, span), None)
        } else {
            self.short_neighbours(&key, span)
        };
        let mut place = match neighbours {
            (Some(before), None) => {
                self.add(before, span, item);
                before
            }
            (None, Some(after)) => {
                self.add_before(&key, after, span, item);
                after
            }
            (Some(before), Some(after)) => {
                self.add(before, span, item);
                self.join(before, after)
            }
            (None, None) => match self.begin(key, span, item) {
                Ok(place) => place,
                Err(Full((key, item))) if forced.is_none() => {
                    return self.make_room(key, span, item);
                }
                Err(Full((_, item))) => {
                    self.left_out.full(ts, item);
                    return forced;
                }
            },
        };
        if !P::IS_SAME {
            place = self.join_reached(place);
        }
        forced.or_else(|| if self.lateness > 0 { self.fire_late(place) } else { None })
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<Self::Out> {
        self.watermark = watermark;
        self.close_until(watermark)
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        #[cfg(feature = "alloc")]
        if !self.ready.is_empty() {
            return self.next_ready();
        }
        self.close_until(self.watermark)
    }

    fn on_end(&mut self) {
        self.left_out.close();
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }

    fn close(&mut self) {
        self.forget_all();
    }
}

#[cfg(feature = "alloc")]
impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage, P> LateTo
    for SessionByTime<T, K, F, A, St, P>
{
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage, P> Reports
    for SessionByTime<T, K, F, A, St, P>
{
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage, P> Holds
    for SessionByTime<T, K, F, A, St, P>
{
    fn held(&self) -> usize {
        let held = self.open.len() + self.due.len() + self.keys.len();
        #[cfg(feature = "alloc")]
        let held = held + self.ready.len();
        held
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, F, A, St, P> Snapshot for SessionByTime<T, K, F, A, St, P>
where
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    A: Aggregator<T, Partial: Serialize + DeserializeOwned>,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("session_by_time", 3)?;
        to.put(&(self.opened, self.watermark, self.left_out.is_stopped()))?;
        to.put_all(self.ready.len(), &self.ready)?;
        // Each place has one entry, and gets another number when it is restored.
        let places = self.due.iter().map(|entry| {
            let run = self.open.get(entry.item).and_then(Option::as_ref);
            (entry.ts, entry.arrival, run)
        });
        to.put_all(self.due.len(), places)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("session_by_time", 3)?;
        let stopped;
        (self.opened, self.watermark, stopped) = from.take()?;
        self.left_out.restore(stopped);
        self.ready = from.take()?;
        let full = || SnapshotError::Full("session_by_time");
        from.take_all(|(ts, arrival, run): (_, _, Option<Run<K, A::Partial>>)| {
            let begun = run.as_ref().map(|run| (run.key.clone(), run.beginning()));
            let place = self.open.insert(run).map_err(|_| full())?;
            if let Some((key, beginning)) = begun {
                let runs = &mut self.runs;
                let row = self.keys.get_or_insert_with(key, || runs.row()).map_err(|_| full())?;
                runs.get_or_insert_with(row, beginning, || place).map_err(|_| full())?;
            }
            self.due.push(Entry::new(ts, arrival, place)).map_err(|_| full())
        })
    }
}

impl<T, K: Hash + Eq, F, A: Aggregator<T>, St: KeyStorage, P> fmt::Debug
    for SessionByTime<T, K, F, A, St, P>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionByTime")
            .field("keys", &self.keys.len())
            .field("open", &self.open.len())
            .field("watermark", &self.watermark)
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}
