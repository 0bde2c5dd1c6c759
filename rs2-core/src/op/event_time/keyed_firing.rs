//! What goes out of the windows of keys, and when.

use super::keyed_group::{Change, Mark, Rank};
use super::keyed_window::KeyedWindows;
use super::panes::KeyedWindow;
use super::window_types::Timing;
use crate::aggregate::Aggregator;
use crate::metrics::Loss;
use crate::store::{Arena, KeyStorage, Ordered};
use crate::time::EventTime;
use alloc::vec::Vec;
use core::hash::Hash;

impl<T, K, G, A, St> KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    /// Windows of a late item that had gone out go out again.
    pub(super) fn fire_late(&mut self, place: u32) {
        self.time.mark_late();
        while let Some(window) = self.time.next_late() {
            if let Some(group) = self.groups.get_mut(place)
                && let Some(whole) =
                    group.whole::<(u64, T), _>(&self.aggregator, &self.time.grid, window)
            {
                self.go_out(place, window, Timing::Late, whole);
            }
        }
    }

    /// Windows that have got as many items as they wait for go out.
    pub(super) fn fire_each(&mut self, place: u32) {
        let Some(each) = self.panes.each else { return };
        let Some(group) = self.groups.get(place) else { return };
        let full = |(window, mark): (&i64, &Mark<_>)| {
            (mark.fresh >= each.get() && !self.time.is_past(*window)).then_some(*window)
        };
        let windows: Vec<i64> = group.marks.iter().filter_map(full).collect();
        for window in windows {
            if let Some(group) = self.groups.get(place)
                && let Some(whole) =
                    group.whole::<(u64, T), _>(&self.aggregator, &self.time.grid, window)
            {
                self.go_out(place, window, Timing::Early, whole);
            }
        }
    }

    /// Windows with new items go out, in the order of time, keys in the order of their arrival.
    pub(super) fn fire_changed(&mut self) {
        let mut changed = Vec::new();
        for (place, group) in self.groups.iter() {
            for (&window, mark) in &group.marks {
                if mark.fresh > 0
                    && !self.time.is_past(window)
                    && let Some(whole) =
                        group.whole::<(u64, T), _>(&self.aggregator, &self.time.grid, window)
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

    /// `window` goes out for all keys that have items in it, in the order of their arrival.
    pub(super) fn fire(&mut self, window: i64) {
        let places: Vec<u32> = self.groups.iter().map(|(place, _)| place).collect();
        let mut wholes = Vec::new();
        for place in places {
            let Some(group) = self.groups.get_mut(place) else { continue };
            let whole =
                group.whole_in_turn::<(u64, T), _>(&self.aggregator, &self.time.grid, window);
            wholes.extend(whole.map(|whole| (place, whole)));
        }
        wholes.sort_by_key(|(_, whole)| whole.0);
        for (place, whole) in wholes {
            self.go_out(place, window, Timing::OnTime, whole);
        }
    }

    fn go_out(&mut self, place: u32, window: i64, timing: Timing, whole: Rank<A::Partial>) {
        let Some(group) = self.groups.get_mut(place) else { return };
        let change = match group.marks.get_mut(&window) {
            Some(mark) => mark.go_out(self.panes.accumulation, whole),
            None => (None, Some(whole)),
        };
        self.put_out(place, window, timing, change);
    }

    fn put_out(
        &mut self,
        place: u32,
        window: i64,
        timing: Timing,
        change: Change<Rank<A::Partial>>,
    ) {
        let Some(group) = self.groups.get(place) else { return };
        let is_final = timing != Timing::Forced && self.time.is_final(window);
        let pane = |part: Rank<A::Partial>, is_retraction: bool| KeyedWindow {
            key: group.key.clone(),
            start_time: EventTime::from_micros(window),
            end_time: EventTime::from_micros(self.time.grid.end(window)),
            value: Aggregator::<(u64, T)>::lower(&self.aggregator, part),
            timing,
            is_final: is_final && !is_retraction,
            is_retraction,
        };
        self.ready.extend(change.0.map(|part| pane(part, true)));
        self.ready.extend(change.1.map(|part| pane(part, false)));
    }

    /// There is no room for another part: what the oldest slice holds goes out early, for each of
    /// its windows, and what comes later for those goes out on its own.
    pub(super) fn evict(&mut self) {
        let Some((&slice, &keys)) = self.slices.first() else { return };
        self.left_out.losses().count_many(Loss::Evicted, keys as u64);
        let last = self.time.grid.last_window_over(slice);
        let first = self.time.grid.first_window_over(slice);
        let mut holders: Vec<(u64, u32, Rank<A::Partial>)> = Vec::with_capacity(keys);
        for (place, group) in self.groups.iter() {
            if let Some((at, part)) = group.slices.first()
                && *at == slice
            {
                holders.push((part.0, place, part.clone()));
            }
        }
        holders.sort_by_key(|holder| holder.0);
        let mut next = Some(first.max(self.time.next));
        while let Some(window) = next.filter(|window| *window <= last) {
            next = self.time.grid.after(window);
            for (_, place, part) in &holders {
                self.give_up(*place, window, part.clone());
            }
        }
        for (_, place, _) in holders {
            if let Some(group) = self.groups.get_mut(place) {
                group.sums.clear();
            }
        }
        if first < self.time.next {
            self.time.force_before(self.time.next.min(self.time.grid.after_or_max(last)));
        }
        self.drop_until(|_, at| at <= slice);
    }

    fn give_up(&mut self, place: u32, window: i64, part: Rank<A::Partial>) {
        let Some(group) = self.groups.get_mut(place) else { return };
        let change = match group.marks.get_mut(&window) {
            Some(mark) => mark.give_up(self.panes.accumulation, part),
            None => (None, Some(part)),
        };
        self.put_out(place, window, Timing::Forced, change);
    }
}
