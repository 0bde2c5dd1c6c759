//! What is made of the items of a window.

use crate::store::Full;
use crate::time::EventTime;
use alloc::vec::Vec;
use core::fmt;

/// Makes one value of many items, in parts that can be combined.
///
/// The parts of a window are kept by slices of time, which neighbouring windows share, so an item
/// is added once however many windows it belongs to. `combine` must be associative: `a(bc)` equals
/// `(ab)c`. It need not be commutative: parts are combined in the order of their time.
///
/// Source of the shape: Tangwongsan, Hirzel, Schneider, Wu, "General incremental sliding-window
/// aggregation", PVLDB 8(7), 2015, section 2.
///
/// ```
/// use rs2_core::{op::event_time::Aggregator, time::EventTime};
/// #[derive(Clone, Copy, Debug)]
/// struct Mean;
/// impl Aggregator<f64> for Mean {
///     type Partial = (f64, u32);
///     type Output = f64;
///     fn lift(&self, _ts: EventTime, item: f64) -> (f64, u32) {
///         (item, 1)
///     }
///     fn combine(&self, left: &mut (f64, u32), right: &(f64, u32)) {
///         *left = (left.0 + right.0, left.1 + right.1);
///     }
///     fn lower(&self, (sum, count): (f64, u32)) -> f64 {
///         sum / f64::from(count)
///     }
/// }
/// let mut part = Mean.lift(EventTime::EPOCH, 2.0);
/// Mean.add(&mut part, EventTime::EPOCH, 4.0).unwrap();
/// assert_eq!(Mean.lower(part), 3.0);
/// ```
pub trait Aggregator<T> {
    /// What stands for some of the items.
    type Partial: Clone;
    /// What a window yields.
    type Output;

    /// The part that stands for one item.
    fn lift(&self, ts: EventTime, item: T) -> Self::Partial;

    /// Adds a later part to an earlier one.
    fn combine(&self, left: &mut Self::Partial, right: &Self::Partial);

    /// What a window yields, from the part that stands for all its items.
    fn lower(&self, whole: Self::Partial) -> Self::Output;

    /// Adds one item to a part, or gives it back when the part is bounded and full. Worth writing
    /// where it is cheaper than lifting and combining.
    fn add(&self, part: &mut Self::Partial, ts: EventTime, item: T) -> Result<(), Full<T>> {
        self.combine(part, &self.lift(ts, item));
        Ok(())
    }
}

/// Counts the items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count;

impl<T> Aggregator<T> for Count {
    type Partial = u64;
    type Output = u64;

    fn lift(&self, _ts: EventTime, _item: T) -> u64 {
        1
    }
    fn combine(&self, left: &mut u64, right: &u64) {
        *left += right;
    }
    fn lower(&self, whole: u64) -> u64 {
        whole
    }
    #[inline]
    fn add(&self, part: &mut u64, _ts: EventTime, _item: T) -> Result<(), Full<T>> {
        *part += 1;
        Ok(())
    }
}

/// Keeps the items themselves, in the order of their time, equal times in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collect {
    capacity: usize,
}

impl Collect {
    /// The items a window keeps when nothing else is said.
    pub const DEFAULT_CAPACITY: usize = 1_000_000;

    /// At most `capacity` items for each part: a session, or a slice of a window.
    pub const fn bounded(capacity: usize) -> Self {
        Self { capacity }
    }
}

impl Default for Collect {
    fn default() -> Self {
        Self::bounded(Self::DEFAULT_CAPACITY)
    }
}

/// The items that [`Collect`] keeps.
#[derive(Clone)]
pub struct Collected<T> {
    items: Vec<(EventTime, T)>,
}

impl<T: Clone> Aggregator<T> for Collect {
    type Partial = Collected<T>;
    type Output = Vec<T>;

    fn lift(&self, ts: EventTime, item: T) -> Collected<T> {
        Collected { items: alloc::vec![(ts, item)] }
    }
    fn combine(&self, left: &mut Collected<T>, right: &Collected<T>) {
        left.items.extend_from_slice(&right.items);
    }
    fn lower(&self, mut whole: Collected<T>) -> Vec<T> {
        // Stable, so equal times keep the order of arrival.
        whole.items.sort_by_key(|(ts, _)| *ts);
        whole.items.into_iter().map(|(_, item)| item).collect()
    }
    #[inline]
    fn add(&self, part: &mut Collected<T>, ts: EventTime, item: T) -> Result<(), Full<T>> {
        if part.items.len() >= self.capacity {
            return Err(Full(item));
        }
        part.items.push((ts, item));
        Ok(())
    }
}

impl<T> fmt::Debug for Collected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collected").field("items", &self.items.len()).finish()
    }
}
