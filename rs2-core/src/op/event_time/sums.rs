//! What stands for all slices of a window, kept from one window to the next.

use super::grid::Grid;
use crate::aggregate::Aggregator;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Ordered, Queue, Storage};
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Goes along a row of windows and combines their slices, in O(1) for each slice that comes in or
/// goes out, amortised. The slices themselves stay where they are: from them everything here can be
/// made again, after a slice that was taken in has changed.
///
/// `turned` has, for the first slices of the window, what stands for each and those behind it;
/// `rest` stands for the slices after those. When no turned one is left, all slices of the next
/// window are turned. With an aggregator that can subtract, `rest` stands for all.
///
/// Source: Tangwongsan, Hirzel, Schneider, "In-order sliding-window aggregation in worst-case
/// constant time", The VLDB Journal 30, 2021, section 4.2.
pub(super) struct Sums<P, St: Storage> {
    turned: St::Queue<(i64, P)>,
    rest: Option<P>,
    // How many slices `rest` stands for, when slices are subtracted.
    parts: usize,
    // The window that comes next if none is left out.
    next: i64,
    // The last slice taken in.
    last: Option<i64>,
    storage: PhantomData<fn() -> St>,
}

impl<P: Clone, St: Storage> Sums<P, St> {
    pub(super) fn new(storage: &St) -> Self {
        Self {
            turned: storage.queue(),
            rest: None,
            parts: 0,
            next: i64::MIN,
            last: None,
            storage: PhantomData,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.turned.len() + usize::from(self.rest.is_some())
    }

    /// Forgets everything: a slice that was taken in has changed, or there is none any more.
    #[inline]
    pub(super) fn clear(&mut self) {
        if self.last.is_none() {
            return;
        }
        self.turned.clear();
        self.rest = None;
        self.parts = 0;
        self.last = None;
    }

    /// The slice that begins at `start` has changed.
    pub(super) fn changed(&mut self, start: i64) {
        if self.last.is_some_and(|last| start <= last) {
            self.clear();
        }
    }

    /// What stands for all slices of `window`, which is not before the last that was asked for.
    #[inline]
    pub(super) fn whole<T, A>(
        &mut self,
        aggregator: &A,
        slices: &St::Ordered<i64, P>,
        grid: &Grid,
        window: i64,
    ) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        if A::INVERTIBLE {
            return self.whole_by_subtraction(aggregator, slices, grid, window);
        }
        while self.turned.front().is_some_and(|(start, _)| *start < window) {
            self.turned.pop();
        }
        let Some((_, front)) = self.turned.front() else {
            self.turn(aggregator, slices, grid, window);
            return self.turned.front().map(|(_, whole)| whole.clone());
        };
        let mut whole = front.clone();
        self.take_in(aggregator, slices, grid, window);
        if let Some(rest) = &self.rest {
            aggregator.combine(&mut whole, rest);
        }
        Some(whole)
    }

    /// Turns all slices of `window`, the last one first.
    fn turn<T, A>(&mut self, aggregator: &A, slices: &St::Ordered<i64, P>, grid: &Grid, window: i64)
    where
        A: Aggregator<T, Partial = P>,
    {
        self.rest = None;
        for (start, part) in slices.range_from(&window) {
            if !grid.covers(window, *start) {
                break;
            }
            let pushed = self.turned.push((*start, part.clone()));
            debug_assert!(pushed.is_ok(), "there are not more than slices");
            self.last = Some(*start);
        }
        for index in (1..self.turned.len()).rev() {
            let Some((_, behind)) = self.turned.get_mut(index) else { return };
            let behind = behind.clone();
            let Some((_, part)) = self.turned.get_mut(index - 1) else { return };
            aggregator.combine(part, &behind);
        }
    }

    fn whole_by_subtraction<T, A>(
        &mut self,
        aggregator: &A,
        slices: &St::Ordered<i64, P>,
        grid: &Grid,
        window: i64,
    ) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        // A window between was left out because it was empty: nothing of it is needed.
        if self.next != window {
            self.clear();
        }
        self.parts += self.take_in(aggregator, slices, grid, window);
        let whole = self.rest.clone();
        self.next = window.saturating_add(grid.slide);
        for (start, part) in slices.range_from(&window) {
            if *start >= self.next {
                break;
            }
            self.parts = self.parts.saturating_sub(1);
            match &mut self.rest {
                Some(rest) if self.parts > 0 => aggregator.subtract(rest, part),
                rest => *rest = None,
            }
        }
        whole
    }

    /// Adds the slices of `window` that were not taken in yet, and tells how many those were.
    #[inline]
    fn take_in<T, A>(
        &mut self,
        aggregator: &A,
        slices: &St::Ordered<i64, P>,
        grid: &Grid,
        window: i64,
    ) -> usize
    where
        A: Aggregator<T, Partial = P>,
    {
        let mut taken = 0;
        // A slice of the gap between may have come since, and is in no window to come.
        let seen = self.last;
        let from = seen.map_or(window, |seen| seen.saturating_add(1).max(window));
        for (start, part) in slices.range_from(&from) {
            if !grid.covers(window, *start) {
                break;
            }
            if seen == Some(*start) {
                continue;
            }
            match &mut self.rest {
                Some(rest) => aggregator.combine(rest, part),
                None => self.rest = Some(part.clone()),
            }
            self.last = Some(*start);
            taken += 1;
        }
        taken
    }
}

/// With the parts as they were combined, since the result may depend on it in its last bit.
#[cfg(feature = "snapshot")]
impl<P: Clone + Serialize + DeserializeOwned, St: Storage> Snapshot for Sums<P, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&(&self.rest, self.parts as u64, self.next, self.last))?;
        to.put_all(self.turned.len(), self.turned.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let parts: u64;
        (self.rest, parts, self.next, self.last) = from.take()?;
        self.parts = usize::try_from(parts).unwrap_or(usize::MAX);
        from.take_all(|turned| {
            self.turned.push(turned).map_err(|_| SnapshotError::Full("window_by_time"))
        })
    }
}
