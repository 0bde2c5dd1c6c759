//! Windows of event time for each key, with triggers.

use super::keyed_group::{Group, Mark, Rank, Ranked};
use super::panes::{Accumulation, KeyedWindow, Panes};
use super::timeline::{Arrival, Timeline};
use crate::aggregate::Aggregator;
use crate::late::{Late, LateTo, LeftOut};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::{Arena, Full, KeyStorage, Ordered, Table};
use crate::time::{EventTime, Instant};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
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
    has_marks: bool,
    pub(super) key_of: G,
    pub(super) aggregator: Ranked<A>,
    pub(super) storage: St,
    pub(super) places: St::Table<K, u32>,
    pub(super) groups: Groups<K, A::Partial, St>,
    // How many keys have a part in each slice.
    pub(super) slices: St::Ordered<i64, usize>,
    pub(super) parts: usize,
    // Of items that may begin a part; only their order counts.
    pub(super) arrivals: u64,
    // When windows with new items go out, if there are any.
    pub(super) due: Option<Instant>,
    pub(super) ready: VecDeque<KeyedWindow<K, A::Output>>,
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
            slices: limits.storage.ordered(),
            parts: 0,
            arrivals: 0,
            due: None,
            ready: VecDeque::new(),
            left_out: LeftOut::new(limits.on_full, limits.losses),
            storage: limits.storage,
        }
    }

    /// Adds an item that is in time to the latest part of its key, if that is its own; gives it
    /// back where there is more to do. No window that has gone out is touched by it.
    #[inline]
    fn add_to_latest(&mut self, key: &K, ts: EventTime, item: T) -> Result<(), T> {
        let slice = self.time.grid.slice_start;
        let place = self.places.get(key);
        match place.and_then(|place| self.groups.get_mut(*place)?.slices.last_mut()) {
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
        self.ready.pop_front()
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
            self.fire_late(place);
        }
        if self.has_marks {
            self.fire_each(place);
        }
        if let Some(period) = self.panes.every
            && self.due.is_none()
            && !self.time.is_past(self.time.grid.last_window)
        {
            self.due = Some(now.saturating_add(period));
        }
    }

    fn has_part(&self, key: &K, slice: i64) -> bool {
        let place = self.places.get(key);
        place.and_then(|place| self.groups.get(*place)).is_some_and(|group| group.has(slice))
    }

    /// The place of the group of `key`, which is made if there is none. A group has a part, so
    /// there is room for as many groups as for parts.
    fn place_of(&mut self, key: K) -> u32 {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let Ok(place) = self.groups.insert(Group::new(key.clone(), &self.storage)) else {
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
        let (before, fresh) = (group.slices.len(), &mut item);
        let part = group.slices.get_or_insert_with(slice, || match (&delta, fresh.take()) {
            (Some(delta), _) => delta.clone(),
            (None, Some(item)) => aggregator.lift(ts, item),
            (None, None) => unreachable!("an item is there or was lifted"),
        });
        if let (Ok(part), Some(item)) = (part, item)
            && let Err(Full((_, item))) = aggregator.add(part, ts, item)
        {
            return Err(item);
        }
        if group.slices.len() > before {
            self.parts += 1;
            let keys = self.slices.get_or_insert_with(slice, || 0);
            keys.map(|keys| *keys += 1).expect("there are not more slices than parts");
        }
        group.sums.changed(slice);
        self.mark(place, slice, delta.as_ref());
        Ok(())
    }

    /// Notes an item for each window over its slice that can still go out.
    fn mark(&mut self, place: u32, slice: i64, delta: Option<&Rank<A::Partial>>) {
        if !self.has_marks {
            return;
        }
        let Some(group) = self.groups.get_mut(place) else { return };
        let mut next = Some(self.time.grid.first_window_over(slice));
        while let Some(window) = next.filter(|window| *window <= self.time.grid.last_window) {
            next = self.time.grid.after(window);
            if self.time.is_final(window) {
                continue;
            }
            let mark: &mut Mark<_> = group.marks.entry(window).or_default();
            mark.fresh += 1;
            match (&mut mark.delta, delta) {
                (Some(whole), Some(delta)) => self.aggregator.combine(whole, delta),
                (whole @ None, Some(delta)) => *whole = Some(delta.clone()),
                _ => {}
            }
        }
    }

    /// Drops the first slices, as long as `is_done` says so, and the groups that are empty then.
    pub(super) fn drop_until(&mut self, is_done: impl Fn(&Timeline, i64) -> bool) {
        if !self.slices.first().is_some_and(|(slice, _)| is_done(&self.time, *slice)) {
            return;
        }
        while self.slices.first().is_some_and(|(slice, _)| is_done(&self.time, *slice)) {
            self.slices.pop_first();
        }
        let places: Vec<u32> = self.groups.iter().map(|(place, _)| place).collect();
        for place in places {
            let Some(group) = self.groups.get_mut(place) else { continue };
            while group.slices.first().is_some_and(|(slice, _)| is_done(&self.time, *slice)) {
                group.slices.pop_first();
                self.parts -= 1;
            }
            group.marks.retain(|window, _| !self.time.is_closed(*window));
            if group.slices.is_empty()
                && let Some(group) = self.groups.remove(place)
            {
                self.places.remove(&group.key);
            }
        }
    }

    /// The next output: of the windows that the watermark has passed, once there is no other.
    #[inline]
    fn next_out(&mut self) -> Option<KeyedWindow<K, A::Output>> {
        if self.ready.is_empty() && self.time.is_quiet() { None } else { self.find_next() }
    }

    /// As above, where there may be one.
    #[inline(never)]
    fn find_next(&mut self) -> Option<KeyedWindow<K, A::Output>> {
        loop {
            if let Some(out) = self.ready.pop_front() {
                return Some(out);
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
        self.time.watermark = watermark.as_micros();
        self.next_out()
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        self.due = None;
        self.fire_changed();
        self.ready.pop_front()
    }

    fn on_end(&mut self) {
        self.due = None;
        self.left_out.close();
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        self.next_out()
    }

    fn deadline(&self) -> Option<Instant> {
        self.due
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }
}

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
        self.parts + self.groups.len() + self.places.len() + self.slices.len() + self.ready.len()
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
        to.begin("keyed_windows", 1)?;
        to.put(&(self.time.saved(), self.arrivals, self.left_out.is_stopped()))?;
        to.put_deadline(self.due)?;
        to.put_all(self.ready.len(), self.ready.iter())?;
        to.put(&(self.groups.len() as u64))?;
        for (_, group) in self.groups.iter() {
            to.put(&group.key)?;
            to.put_all(group.slices.len(), group.slices.iter())?;
            to.put_all(group.marks.len(), group.marks.iter())?;
            group.sums.save(to)?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_windows", 1)?;
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
        for _ in 0..from.take::<u64>()? {
            let mut group = Group::new(from.take::<K>()?, &self.storage);
            from.take_all(|(slice, part)| {
                let restored = group.slices.get_or_insert_with(slice, || part);
                restored.map_err(|_| full.clone())?;
                let keys = self.slices.get_or_insert_with(slice, || 0);
                *keys.map_err(|_| full.clone())? += 1;
                self.parts += 1;
                Ok(())
            })?;
            from.take_all(|(window, mark)| {
                group.marks.insert(window, mark);
                Ok(())
            })?;
            group.sums.restore(from)?;
            let key = group.key.clone();
            let place = self.groups.insert(group).map_err(|_| full.clone())?;
            self.places.get_or_insert_with(key, || place).map_err(|_| full.clone())?;
        }
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
