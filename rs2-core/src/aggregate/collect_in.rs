//! The items themselves, in a memory of the caller's choice.

use super::Aggregator;
use crate::metrics::{Loss, Losses, Reports};
use crate::store::{Batch, Full, Storage};
use crate::time::EventTime;

/// Keeps the items and their times, in the order of time, equal times in the order of arrival: as
/// many in each window, session or part of one as the memory has capacity.
///
/// What does not fit when parts are put together is counted here, as [`Loss::Full`]; what does not
/// fit when it comes, by the operator. An item is put in its place when it comes, which moves those
/// of a later time: for windows in place, which are small. On a heap take `Collect`.
///
/// ```
/// use rs2_core::{aggregate::{Aggregator, CollectIn}, metrics::Losses, time::EventTime};
/// # #[cfg(feature = "heapless")] {
/// use rs2_core::store::Inline;
/// let collect = CollectIn::new(Inline::<2>::new(), Losses::new());
/// let at = EventTime::from_secs;
/// let mut part = collect.lift(at(7), 'b');
/// collect.add(&mut part, at(5), 'a').unwrap();
/// assert!(collect.add(&mut part, at(9), 'c').is_err());
/// assert_eq!(collect.lower(part), [(at(5), 'a'), (at(7), 'b')]);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CollectIn<St> {
    items: St,
    losses: Losses,
}

impl<St: Storage> CollectIn<St> {
    /// As many items in each part as `items` has capacity.
    pub fn new(items: St, losses: Losses) -> Self {
        Self { items, losses }
    }
}

impl<St> Reports for CollectIn<St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

/// Puts an item behind those that are not later.
fn place<T, B: Batch<(EventTime, T)>>(part: &mut B, ts: EventTime, item: T) -> Result<(), Full<T>> {
    part.push((ts, item)).map_err(|Full((_, item))| Full(item))?;
    let items = part.as_mut_slice();
    let last = items.len() - 1;
    let place = items[..last].partition_point(|(other, _)| *other <= ts);
    items[place..].rotate_right(1);
    Ok(())
}

impl<T, St> Aggregator<T> for CollectIn<St>
where
    T: Clone,
    St: Storage,
    St::Batch<(EventTime, T)>: Clone,
{
    type Partial = St::Batch<(EventTime, T)>;
    type Output = <St::Batch<(EventTime, T)> as Batch<(EventTime, T)>>::Done;

    const COMPACT: bool = false;

    fn lift(&self, ts: EventTime, item: T) -> Self::Partial {
        let mut part = self.items.small_batch();
        let pushed = part.push((ts, item));
        debug_assert!(pushed.is_ok(), "a memory has room for one item");
        part
    }
    fn combine(&self, left: &mut Self::Partial, right: &Self::Partial) {
        for (ts, item) in right.as_slice() {
            if place(left, *ts, item.clone()).is_err() {
                self.losses.count(Loss::Full);
            }
        }
    }
    fn lower(&self, mut whole: Self::Partial) -> Self::Output {
        whole.finish()
    }
    #[inline]
    fn add(&self, part: &mut Self::Partial, ts: EventTime, item: T) -> Result<(), Full<T>> {
        place(part, ts, item)
    }
}
