//! Windows of event time for each key, with triggers.

use super::keyed_early::Ready;
use super::keyed_firing::Leaving;
use super::keyed_group::{Group, Rank, Ranked, SlicesOf};
use super::panes::{Accumulation, KeyedWindow, Panes};
use super::timeline::{Arrival, Timeline};
use crate::aggregate::Aggregator;
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::{Arena, Batch, Full, KeyStorage, Ordered, Rows, Table};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The groups of all keys.
type Groups<K, P, St> = <St as KeyStorage>::Arena<Group<K, Rank<P>, St>>;

/// The rule of [`panes_by_time_rs2`](super::EventTimeExt::panes_by_time_on_rs2) and of
/// [`aggregate_keyed_by_time_rs2`](super::EventTimeExt::aggregate_keyed_by_time_in_rs2).
///
/// Each key has slices of its own, as an unkeyed window has; an item is added to one of them,
/// however many windows cover it. The parts of all keys together are bounded.
pub struct KeyedWindows<T, K: Hash + Eq, G, A: Aggregator<T>, St: KeyStorage> {
    pub(super) time: Timeline,
    pub(super) panes: Panes,
    // Whether something has to be known of each window between its panes.
    pub(super) has_marks: bool,
    pub(super) key_of: G,
    pub(super) aggregator: Ranked<A>,
    pub(super) storage: St,
    pub(super) places: St::Table<K, u32>,
    pub(super) groups: Groups<K, A::Partial, St>,
    // The slices of all groups.
    pub(super) rows: SlicesOf<Rank<A::Partial>, St>,
    // How many keys have a part in each slice.
    pub(super) slices: St::Ordered<i64, usize>,
    pub(super) parts: usize,
    // Of items that may begin a part; only their order counts.
    pub(super) arrivals: u64,
    // When windows with new items go out, if there are any.
    pub(super) due: Option<Instant>,
    pub(super) leaving: Leaving<K, A::Partial, St>,
    // The group of a late item, while its windows go out again.
    pub(super) late_of: Option<u32>,
    pub(super) ready: Ready<KeyedWindow<K, A::Output>>,
    pub(super) left_out: LeftOut<T>,
}

impl<T, K, G, A, St> KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    /// Windows as `panes` lays them. The storage holds one part for each key and slice.
    ///
    /// # Panics
    /// When the windows cannot work: see
    /// [`TimeWindowConfig::validate`](super::TimeWindowConfig::validate).
    #[track_caller]
    pub fn new(limits: Limits<St>, panes: Panes, key_of: G, aggregator: A) -> Self {
        Self {
            time: panes.windows.map_or_else(Timeline::global, |windows| Timeline::new(&windows)),
            has_marks: panes.has_marks(),
            panes,
            key_of,
            aggregator: Ranked(aggregator),
            places: limits.storage.table(),
            groups: limits.storage.arena(),
            rows: limits.storage.rows(),
            slices: limits.storage.ordered(),
            parts: 0,
            arrivals: 0,
            due: None,
            leaving: Leaving::new(&limits.storage),
            late_of: None,
            ready: Ready::new(),
            left_out: LeftOut::new(limits.on_full, limits.losses),
            storage: limits.storage,
        }
    }

    /// Adds an item that is in time to the latest part of its key, if that is its own; gives it
    /// back where there is more to do. No window that has gone out is touched by it.
    #[inline]
    fn add_to_latest(&mut self, key: &K, ts: EventTime, item: T) -> Result<(), T> {
        let slice = self.time.grid.slice_start;
        let (groups, rows) = (&mut self.groups, &mut self.rows);
        let place = self.places.get(key);
        match place.and_then(|place| rows.last_mut(&mut groups.get_mut(*place)?.slices)) {
            Some((latest, (_, part))) if *latest == slice => {
                if let Err(Full(item)) = self.aggregator.0.add(part, ts, item) {
                    self.left_out.full(ts, item);
                }
                Ok(())
            }
            _ => Err(item),
        }
    }

    /// Takes an item that may be late, or in another slice than the item before, and gives the
    /// first window that goes out because of it.
    #[inline(never)]
    fn take_elsewhere(
        &mut self,
        now: Instant,
        ts: EventTime,
        item: T,
    ) -> Option<KeyedWindow<K, A::Output>> {
        match self.time.arrival(ts.as_micros()) {
            Arrival::InTime | Arrival::Behind => {
                let key = (self.key_of)(&item);
                return self.take(now, ts, key, item);
            }
            Arrival::TooLate => self.left_out.late(ts, item),
            Arrival::Forced => self.left_out.full(ts, item),
        }
        None
    }

    /// Takes an item that is not too late, and gives the first window that goes out because of it.
    #[inline(never)]
    fn take(
        &mut self,
        now: Instant,
        ts: EventTime,
        key: K,
        item: T,
    ) -> Option<KeyedWindow<K, A::Output>> {
        self.put_in(now, ts, key, item);
        self.next_pane()
    }

    fn put_in(&mut self, now: Instant, ts: EventTime, key: K, item: T) {
        let slice = self.time.grid.slice_start;
        if self.parts >= self.storage.capacity() && !self.has_part(&key, slice) {
            if !self.left_out.evicts() {
                return self.left_out.full(ts, item);
            }
            self.evict();
            if self.time.arrival(ts.as_micros()) == Arrival::Forced {
                return self.left_out.full(ts, item);
            }
        }
        let place = self.place_of(key);
        if let Err(item) = self.add(place, slice, ts, item) {
            return self.left_out.full(ts, item);
        }
        if ts.as_micros() < self.time.watermark {
            self.time.mark_late();
            self.late_of = Some(place);
        }
        self.fire_marked(place);
        if let Some(period) = self.panes.every
            && self.due.is_none()
            && !self.time.is_past(self.time.grid.last_window)
        {
            self.due = Some(now.saturating_add(period));
        }
    }

    fn has_part(&self, key: &K, slice: i64) -> bool {
        let group = self.places.get(key).and_then(|place| self.groups.get(*place));
        let found = group.and_then(|group| self.rows.at_or_before(&group.slices, &slice));
        found.is_some_and(|(found, _)| *found == slice)
    }

    /// The place of the group of `key`, which is made if there is none. A group has a part, so
    /// there is room for as many groups as for parts.
    fn place_of(&mut self, key: K) -> u32 {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let group = Group::new(key.clone(), &self.rows, &self.storage);
        let Ok(place) = self.groups.insert(group) else {
            unreachable!("there are not more groups than parts")
        };
        let placed = self.places.get_or_insert_with(key, || place);
        debug_assert!(placed.is_ok(), "there are not more keys than groups");
        place
    }

    /// Adds an item to the group at `place`, or gives it back when its part is full.
    fn add(&mut self, place: u32, slice: i64, ts: EventTime, item: T) -> Result<(), T> {
        let arrival = self.arrivals;
        self.arrivals += 1;
        let Some(group) = self.groups.get_mut(place) else { return Err(item) };
        let aggregator = &self.aggregator;
        let mut item = Some((arrival, item));
        let mut delta = None;
        if self.panes.accumulation == Accumulation::Discarding {
            delta = item.take().map(|item| aggregator.lift(ts, item));
        }
        let (mut is_new, fresh) = (false, &mut item);
        let part = self.rows.get_or_insert_with(&mut group.slices, slice, || {
            is_new = true;
            match (&delta, fresh.take()) {
                (Some(delta), _) => delta.clone(),
                (None, Some(item)) => aggregator.lift(ts, item),
                (None, None) => unreachable!("an item is there or was lifted"),
            }
        });
        if let (Ok(part), Some(item)) = (part, item)
            && let Err(Full((_, item))) = aggregator.add(part, ts, item)
        {
            return Err(item);
        }
        if is_new {
            self.parts += 1;
            let keys = self.slices.get_or_insert_with(slice, || 0);
            keys.map(|keys| *keys += 1).expect("there are not more slices than parts");
        }
        group.sums.changed(slice);
        self.mark(place, slice, delta.as_ref());
        Ok(())
    }

    /// Whether something goes out already.
    fn goes_on(&self) -> bool {
        !self.leaving.is_empty() || self.late_of.is_some() || !self.ready.is_empty()
    }

    /// Drops the first slices, as long as `is_done` says so, and the groups that are empty then.
    pub(super) fn drop_until(&mut self, is_done: impl Fn(&Timeline, i64) -> bool) {
        if !self.slices.first().is_some_and(|(slice, _)| is_done(&self.time, *slice)) {
            return;
        }
        while self.slices.first().is_some_and(|(slice, _)| is_done(&self.time, *slice)) {
            self.slices.pop_first();
        }
        let places = self.filled();
        for place in places.as_slice() {
            let Some(group) = self.groups.get_mut(*place) else { continue };
            let (rows, time) = (&mut self.rows, &self.time);
            while rows.first(&group.slices).is_some_and(|(slice, _)| is_done(time, *slice)) {
                rows.pop_first(&mut group.slices);
                self.parts -= 1;
            }
            group.marks.retain(|window| !time.is_closed(window));
            if rows.is_empty(&group.slices)
                && let Some(group) = self.groups.remove(*place)
            {
                self.places.remove(&group.key);
            }
        }
    }

    /// The next output: of what goes out already, and then of the windows that the watermark has
    /// passed.
    #[inline(never)]
    fn find_next(&mut self) -> Option<KeyedWindow<K, A::Output>> {
        loop {
            if let Some(pane) = self.next_pane() {
                return Some(pane);
            }
            if self.time.is_quiet() {
                return None;
            }
            let Some(window) = self.time.due(&self.slices) else {
                self.drop_until(Timeline::is_done);
                self.time.settle(&self.slices);
                return None;
            };
            self.fire(window);
            if !self.time.fired(window) {
                self.drop_until(|_, _| true);
            }
        }
    }
}

impl<T, K, G, A, St> EventMachine for KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    type In = T;
    type Out = KeyedWindow<K, A::Output>;

    #[inline]
    fn on_event(&mut self, now: Instant, ts: EventTime, item: T) -> Option<Self::Out> {
        // With marks there is more to do for every item.
        if self.has_marks || !self.time.goes_on(ts.as_micros()) {
            return self.take_elsewhere(now, ts, item);
        }
        let key = (self.key_of)(&item);
        let Err(item) = self.add_to_latest(&key, ts, item) else { return None };
        self.take(now, ts, key, item)
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<Self::Out> {
        debug_assert!(!self.goes_on(), "what goes out has gone before the watermark rises");
        self.time.watermark = watermark.as_micros();
        if self.time.is_quiet() { None } else { self.find_next() }
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        self.due = None;
        self.fire_changed();
        self.next_pane()
    }

    fn on_end(&mut self) {
        self.due = None;
        self.left_out.close();
    }

    fn more(&mut self) -> Option<Self::Out> {
        self.find_next()
    }

    fn deadline(&self) -> Option<Instant> {
        self.due
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }

    fn close(&mut self) {
        self.drop_until(|_, _| true);
        (self.due, self.late_of) = (None, None);
        self.leaving.clear();
        while self.ready.pop_front().is_some() {}
    }
}

#[cfg(feature = "alloc")]
impl<T, K: Hash + Eq, G, A: Aggregator<T>, St: KeyStorage> LateTo for KeyedWindows<T, K, G, A, St> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<T, K: Hash + Eq, G, A: Aggregator<T>, St: KeyStorage> Reports
    for KeyedWindows<T, K, G, A, St>
{
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

impl<T, K: Hash + Eq, G, A: Aggregator<T>, St: KeyStorage> Holds for KeyedWindows<T, K, G, A, St> {
    fn held(&self) -> usize {
        let held = self.parts + self.groups.len() + self.places.len() + self.slices.len();
        held + self.leaving.len() + usize::from(self.late_of.is_some()) + self.ready.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, G, A, St> Snapshot for KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    A: Aggregator<T, Partial: Serialize + DeserializeOwned, Output: Serialize + DeserializeOwned>,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_windows", 2)?;
        to.put(&(self.time.saved(), self.arrivals, self.left_out.is_stopped()))?;
        to.put_deadline(self.due)?;
        to.put_all(self.ready.len(), self.ready.iter())?;
        self.leaving.save(to)?;
        to.put(&(self.groups.len() as u64))?;
        for (_, group) in self.groups.iter() {
            to.put(&group.key)?;
            to.put_all(self.rows.len(&group.slices), self.rows.iter(&group.slices))?;
            group.marks.save(to)?;
            group.sums.save(to)?;
        }
        let late_of = self.late_of.and_then(|place| self.groups.get(place));
        to.put(&late_of.map(|group| &group.key))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_windows", 2)?;
        let (time, stopped);
        (time, self.arrivals, stopped) = from.take()?;
        self.time.restore(time);
        self.left_out.restore(stopped);
        self.due = from.take_deadline()?;
        from.take_all(|pane| {
            self.ready.push_back(pane);
            Ok(())
        })?;
        let full = SnapshotError::Full("keyed_windows");
        self.leaving.restore(from)?;
        for _ in 0..from.take::<u64>()? {
            let mut group = Group::new(from.take::<K>()?, &self.rows, &self.storage);
            from.take_all(|(slice, part)| {
                let restored = self.rows.get_or_insert_with(&mut group.slices, slice, || part);
                restored.map_err(|_| full.clone())?;
                let keys = self.slices.get_or_insert_with(slice, || 0);
                *keys.map_err(|_| full.clone())? += 1;
                self.parts += 1;
                Ok(())
            })?;
            group.marks.restore(from)?;
            group.sums.restore(from)?;
            let key = group.key.clone();
            let place = self.groups.insert(group).map_err(|_| full.clone())?;
            self.places.get_or_insert_with(key, || place).map_err(|_| full.clone())?;
        }
        let late_of: Option<K> = from.take()?;
        self.late_of = late_of.and_then(|key| self.places.get(&key).copied());
        if self.parts > self.storage.capacity() { Err(full) } else { Ok(()) }
    }
}

impl<T, K: Hash + Eq, G, A: Aggregator<T>, St: KeyStorage> fmt::Debug
    for KeyedWindows<T, K, G, A, St>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedWindows")
            .field("keys", &self.places.len())
            .field("parts", &self.parts)
            .field("panes", &self.panes)
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}
