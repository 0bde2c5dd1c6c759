//! What goes out of the windows of keys before their end, or not as a whole.

use super::keyed_firing::Leaver;
use super::keyed_group::Rank;
use super::keyed_window::KeyedWindows;
use super::panes::{Accumulation, KeyedWindow};
use super::window_types::Timing;
use crate::aggregate::Aggregator;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Arena, KeyStorage, Table};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Panes that are to go out. Only those that need marks stand here: a late item, say, may bring out
/// two for each window over it.
pub(super) type Ready<T> = VecDeque<T>;

/// What is known of the windows of a key between their panes, by their starts.
pub(super) struct Marks<P>(BTreeMap<i64, Mark<P>>);

impl<P> Default for Marks<P> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<P> Marks<P> {
    /// Forgets windows.
    pub(super) fn retain(&mut self, is_kept: impl Fn(i64) -> bool) {
        self.0.retain(|window, _| is_kept(*window));
    }
}

#[cfg(feature = "snapshot")]
impl<P: Serialize + DeserializeOwned> Snapshot for Marks<P> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put_all(self.0.len(), self.0.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.take_all(|(window, mark)| {
            self.0.insert(window, mark);
            Ok(())
        })
    }
}

/// What is known of a window between its panes.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Mark<P> {
    /// Items since it last went out.
    pub(super) fresh: u64,
    /// What stands for those, where panes are discarded.
    pub(super) delta: Option<P>,
    /// What went out last, where it is taken back.
    pub(super) out: Option<P>,
}

impl<P> Default for Mark<P> {
    fn default() -> Self {
        Self { fresh: 0, delta: None, out: None }
    }
}

/// What a window goes out with: what it takes back, and what is now.
pub(super) type Change<P> = (Option<P>, Option<P>);

impl<P: Clone> Mark<P> {
    /// The window goes out while `whole` stands for all its items.
    pub(super) fn go_out(&mut self, accumulation: Accumulation, whole: P) -> Change<P> {
        let fresh = core::mem::take(&mut self.fresh);
        match accumulation {
            Accumulation::Accumulating => (None, Some(whole)),
            Accumulation::Discarding => (None, self.delta.take()),
            // Unchanged. After a part was given up there is no last one, and the rest goes out.
            Accumulation::Retracting if fresh == 0 && self.out.is_some() => (None, None),
            Accumulation::Retracting => (self.out.replace(whole.clone()), Some(whole)),
        }
    }

    /// The window goes out with a part that is then forgotten: what comes later stands for itself.
    pub(super) fn give_up(&mut self, accumulation: Accumulation, part: P) -> Change<P> {
        match accumulation {
            Accumulation::Accumulating => (None, Some(part)),
            Accumulation::Discarding => {
                self.fresh = 0;
                (None, self.delta.take())
            }
            Accumulation::Retracting => (self.out.take(), Some(part)),
        }
    }
}

impl<T, K, G, A, St> KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    /// Notes an item for each window over its slice that can still go out.
    pub(super) fn mark(&mut self, place: u32, slice: i64, delta: Option<&Rank<A::Partial>>) {
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
            let mark: &mut Mark<_> = group.marks.0.entry(window).or_default();
            mark.fresh += 1;
            match (&mut mark.delta, delta) {
                (Some(whole), Some(delta)) => {
                    Aggregator::<(u64, T)>::combine(&self.aggregator, whole, delta);
                }
                (whole @ None, Some(delta)) => *whole = Some(delta.clone()),
                _ => {}
            }
        }
    }

    /// An item has come to a key: its windows that have got as many items as they wait for go out.
    pub(super) fn fire_marked(&mut self, place: u32) {
        if !self.has_marks {
            return;
        }
        while let Some((window, whole)) = self.next_late() {
            self.go_out(place, window, Timing::Late, whole);
        }
        let Some(each) = self.panes.each else { return };
        let Some(group) = self.groups.get(place) else { return };
        let full = |(window, mark): (&i64, &Mark<_>)| {
            (mark.fresh >= each.get() && !self.time.is_past(*window)).then_some(*window)
        };
        let windows: Vec<i64> = group.marks.0.iter().filter_map(full).collect();
        for window in windows {
            if let Some(whole) = self.whole(place, window) {
                self.go_out(place, window, Timing::Early, whole);
            }
        }
    }

    /// Windows with new items go out, in the order of time, keys in the order of their arrival.
    pub(super) fn fire_changed(&mut self) {
        let mut changed = Vec::new();
        for (place, group) in self.groups.iter() {
            for (&window, mark) in &group.marks.0 {
                if mark.fresh > 0
                    && !self.time.is_past(window)
                    && let Some(whole) = self.whole(place, window)
                {
                    changed.push((window, whole.0, place, whole));
                }
            }
        }
        changed.sort_by_key(|(window, rank, ..)| (*window, *rank));
        for (window, _, place, whole) in changed {
            self.go_out(place, window, Timing::Early, whole);
        }
    }

    /// Where windows have marks, those change what goes out, and what goes out changes them: all
    /// that leaves goes now, before anything else happens.
    pub(super) fn leave_marked(&mut self) {
        if !self.has_marks {
            return;
        }
        while let Some(Leaver { key, window, timing, part }) = self.next_leaver() {
            if let Some(&place) = self.places.get(&key) {
                self.go_out(place, window, timing, part);
            }
        }
    }

    fn go_out(&mut self, place: u32, window: i64, timing: Timing, part: Rank<A::Partial>) {
        let Some(group) = self.groups.get_mut(place) else { return };
        let accumulation = self.panes.accumulation;
        let (back, now) = match group.marks.0.get_mut(&window) {
            Some(mark) if timing == Timing::Forced => mark.give_up(accumulation, part),
            Some(mark) => mark.go_out(accumulation, part),
            None => (None, Some(part)),
        };
        let key = group.key.clone();
        if let Some(part) = back {
            let pane = self.pane(key.clone(), window, timing, part);
            self.ready.push_back(KeyedWindow { is_final: false, is_retraction: true, ..pane });
        }
        if let Some(part) = now {
            self.ready.push_back(self.pane(key, window, timing, part));
        }
    }
}
