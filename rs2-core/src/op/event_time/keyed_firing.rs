//! What goes out of the windows of keys, and when.

use super::grid::Grid;
use super::keyed_group::Rank;
use super::keyed_window::KeyedWindows;
use super::panes::KeyedWindow;
use super::window_types::Timing;
use crate::aggregate::Aggregator;
use crate::metrics::Loss;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Arena, Batch, KeyStorage, Ordered, Rows, Storage};
use crate::time::EventTime;
use core::cmp::Reverse;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// What goes out of keys, one after the other, and again for each window up to a last one.
pub(super) struct Leaving<K, P, St: Storage> {
    // With the parts, which are not those of the slices any more: the first to go out stands last.
    keys: St::Batch<(K, Rank<P>)>,
    // How many of them have gone out with this window.
    gone: usize,
    window: i64,
    last: i64,
    timing: Timing,
}

/// What goes out next.
pub(super) struct Leaver<K, P> {
    pub(super) key: K,
    pub(super) window: i64,
    pub(super) timing: Timing,
    pub(super) part: Rank<P>,
}

impl<K, P, St: Storage> Leaving<K, P, St> {
    pub(super) fn new(storage: &St) -> Self {
        let (keys, timing) = (storage.small_batch(), Timing::OnTime);
        Self { keys, gone: 0, window: 0, last: 0, timing }
    }

    fn push(&mut self, key: K, part: Rank<P>) {
        let pushed = self.keys.push((key, part));
        debug_assert!(pushed.is_ok(), "there are not more keys than parts");
    }

    /// All that were pushed leave, in the order in which their first items came.
    fn begin(&mut self, window: i64, last: i64, timing: Timing) {
        self.keys.as_mut_slice().sort_unstable_by_key(|(_, part)| Reverse(part.0));
        (self.window, self.last, self.timing, self.gone) = (window, last, timing, 0);
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn clear(&mut self) {
        self.keys.drop_first(self.keys.len());
    }
}

impl<K: Clone, P: Clone, St: Storage> Leaving<K, P, St> {
    fn next(&mut self, grid: &Grid) -> Option<Leaver<K, P>> {
        let (window, timing) = (self.window, self.timing);
        let following = grid.after(window).filter(|next| *next <= self.last);
        let (key, part) = match following {
            None => self.keys.pop()?,
            Some(following) => {
                let left = self.keys.len().checked_sub(self.gone + 1)?;
                self.gone += 1;
                if left == 0 {
                    (self.window, self.gone) = (following, 0);
                }
                self.keys.as_slice()[left].clone()
            }
        };
        Some(Leaver { key, window, timing, part })
    }
}

#[cfg(feature = "snapshot")]
impl<K, P, St> Snapshot for Leaving<K, P, St>
where
    K: Serialize + DeserializeOwned,
    P: Serialize + DeserializeOwned,
    St: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&(self.gone as u64, self.window, self.last, self.timing))?;
        to.put_all(self.keys.len(), self.keys.as_slice())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let gone: u64;
        (gone, self.window, self.last, self.timing) = from.take()?;
        from.take_all(|key| self.keys.push(key).map_err(|_| SnapshotError::Full("keyed_windows")))?;
        self.gone = usize::try_from(gone).unwrap_or(0).min(self.keys.len().saturating_sub(1));
        Ok(())
    }
}

impl<T, K, G, A, St> KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    /// The places of all groups.
    pub(super) fn filled(&self) -> St::Batch<u32> {
        let mut places = self.storage.small_batch();
        for (place, _) in self.groups.iter() {
            let pushed = places.push(place);
            debug_assert!(pushed.is_ok(), "there are not more groups than parts");
        }
        places
    }

    /// What stands for all items of a window of the group at `place`.
    pub(super) fn whole(&self, place: u32, window: i64) -> Option<Rank<A::Partial>> {
        let group = self.groups.get(place)?;
        group.whole::<(u64, T), _>(&self.rows, &self.aggregator, &self.time.grid, window)
    }

    /// `window` goes out for all keys that have items in it, in the order of their arrival.
    pub(super) fn fire(&mut self, window: i64) {
        let (places, grid) = (self.filled(), &self.time.grid);
        for place in places.as_slice() {
            let Some(group) = self.groups.get_mut(*place) else { continue };
            let whole =
                group.whole_in_turn::<(u64, T), _>(&self.rows, &self.aggregator, grid, window);
            if let Some(part) = whole {
                self.leaving.push(group.key.clone(), part);
            }
        }
        self.leaving.begin(window, window, Timing::OnTime);
        self.leave_marked();
    }

    pub(super) fn next_leaver(&mut self) -> Option<Leaver<K, A::Partial>> {
        self.leaving.next(&self.time.grid)
    }

    /// The next window that goes out again because of a late item.
    pub(super) fn next_late(&mut self) -> Option<(i64, Rank<A::Partial>)> {
        let place = self.late_of?;
        while let Some(window) = self.time.next_late() {
            if let Some(whole) = self.whole(place, window) {
                return Some((window, whole));
            }
        }
        self.late_of = None;
        None
    }

    /// The next pane of what goes out already.
    pub(super) fn next_pane(&mut self) -> Option<KeyedWindow<K, A::Output>> {
        if let Some(pane) = self.ready.pop_front() {
            return Some(pane);
        }
        if let Some(Leaver { key, window, timing, part }) = self.next_leaver() {
            return Some(self.pane(key, window, timing, part));
        }
        let place = self.late_of?;
        let (window, whole) = self.next_late()?;
        let key = self.groups.get(place)?.key.clone();
        Some(self.pane(key, window, Timing::Late, whole))
    }

    pub(super) fn pane(
        &self,
        key: K,
        window: i64,
        timing: Timing,
        part: Rank<A::Partial>,
    ) -> KeyedWindow<K, A::Output> {
        KeyedWindow {
            key,
            start_time: EventTime::from_micros(window),
            end_time: EventTime::from_micros(self.time.grid.end(window)),
            value: Aggregator::<(u64, T)>::lower(&self.aggregator, part),
            timing,
            is_final: timing != Timing::Forced && self.time.is_final(window),
            is_retraction: false,
        }
    }

    /// There is no room for another part: what the oldest slice holds goes out early, for each of
    /// its windows, and what comes later for those goes out on its own.
    pub(super) fn evict(&mut self) {
        let Some((&slice, &keys)) = self.slices.first() else { return };
        self.left_out.losses().count_many(Loss::Evicted, keys as u64);
        let last = self.time.grid.last_window_over(slice);
        let first = self.time.grid.first_window_over(slice);
        let window = first.max(self.time.next);
        let places = self.filled();
        for place in places.as_slice() {
            let Some(group) = self.groups.get_mut(*place) else { continue };
            let oldest = self.rows.first(&group.slices).filter(|(at, _)| **at == slice);
            let Some((_, part)) = oldest else { continue };
            group.sums.clear();
            if window <= last {
                self.leaving.push(group.key.clone(), part.clone());
            }
        }
        self.leaving.begin(window, last, Timing::Forced);
        self.leave_marked();
        if first < self.time.next {
            self.time.force_before(self.time.next.min(self.time.grid.after_or_max(last)));
        }
        self.drop_until(|_, at| at <= slice);
    }
}
