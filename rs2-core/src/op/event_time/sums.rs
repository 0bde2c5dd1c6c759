//! What stands for all slices of a window, kept from one window to the next.

use super::grid::Grid;
use crate::aggregate::Aggregator;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Ordered, Queue, Rows};
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
///
/// Where there is no room for turned slices, and the aggregator cannot subtract, the slices of each
/// window are combined anew.
pub(super) struct Sums<P, Q> {
    turned: Q,
    rest: Option<P>,
    // How many slices `rest` stands for, when slices are subtracted.
    parts: usize,
    // The window that comes next if none is left out.
    next: i64,
    // The last slice taken in.
    last: Option<i64>,
}

/// Slices in the order of their starts.
pub(super) trait Slices<P> {
    /// Those that do not begin before `start`.
    fn starting<'a>(&'a self, start: &i64) -> impl Iterator<Item = (&'a i64, &'a P)>
    where
        P: 'a;
}

/// The slices of an operator without keys.
pub(super) struct InMap<'m, O>(pub(super) &'m O);

impl<P, O: Ordered<i64, P>> Slices<P> for InMap<'_, O> {
    #[inline]
    fn starting<'a>(&'a self, start: &i64) -> impl Iterator<Item = (&'a i64, &'a P)>
    where
        P: 'a,
    {
        self.0.range_from(start)
    }
}

/// The slices of one key.
pub(super) struct InRow<'r, P, R: Rows<i64, P>> {
    pub(super) rows: &'r R,
    pub(super) row: &'r R::Row,
}

impl<P, R: Rows<i64, P>> Slices<P> for InRow<'_, P, R> {
    #[inline]
    fn starting<'a>(&'a self, start: &i64) -> impl Iterator<Item = (&'a i64, &'a P)>
    where
        P: 'a,
    {
        self.rows.range_from(self.row, start)
    }
}

/// What stands for all slices of `window`, combined one after the other.
pub(super) fn combined<T, A>(
    aggregator: &A,
    slices: &impl Slices<A::Partial>,
    grid: &Grid,
    window: i64,
) -> Option<A::Partial>
where
    A: Aggregator<T>,
{
    let covered = slices.starting(&window).take_while(|(slice, _)| grid.covers(window, **slice));
    let mut parts = covered.map(|(_, part)| part);
    let mut whole = parts.next()?.clone();
    parts.for_each(|part| aggregator.combine(&mut whole, part));
    Some(whole)
}

impl<P: Clone, Q: Queue<(i64, P)>> Sums<P, Q> {
    pub(super) fn new(turned: Q) -> Self {
        Self { turned, rest: None, parts: 0, next: i64::MIN, last: None }
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
        slices: &impl Slices<P>,
        grid: &Grid,
        window: i64,
    ) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        if A::INVERTIBLE {
            return self.whole_by_subtraction(aggregator, slices, grid, window);
        }
        if self.turned.capacity() == 0 {
            return combined(aggregator, slices, grid, window);
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
    fn turn<T, A>(&mut self, aggregator: &A, slices: &impl Slices<P>, grid: &Grid, window: i64)
    where
        A: Aggregator<T, Partial = P>,
    {
        self.rest = None;
        for (start, part) in slices.starting(&window) {
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
        slices: &impl Slices<P>,
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
        for (start, part) in slices.starting(&window) {
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
        slices: &impl Slices<P>,
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
        for (start, part) in slices.starting(&from) {
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
impl<P, Q> Snapshot for Sums<P, Q>
where
    P: Clone + Serialize + DeserializeOwned,
    Q: Queue<(i64, P)>,
{
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
