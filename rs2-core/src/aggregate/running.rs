//! An aggregator by itself.

use super::Aggregator;
use crate::statistics::Statistic;
use crate::store::Full;
use crate::time::EventTime;
use core::fmt;

/// An aggregator and what it has made of the items so far: a running statistic. It needs no heap
/// unless the aggregator does.
///
/// ```
/// use rs2_core::aggregate::{Max, Min, Running};
/// let mut range = Running::of((Min, Max));
/// range.push(20);
/// range.push(22);
/// assert_eq!(range.value(), Some((20, 22)));
/// ```
///
/// With [`keyed_map_rs2`](crate::op::KeyedExt::keyed_map_in_rs2) it is one for each key:
/// ```
/// use rs2_core::{aggregate::{Mean, Running}, prelude::*, store::Heap};
/// # futures_executor::block_on(async {
/// let readings = from_iter([("hall", 20.0), ("roof", 4.0), ("hall", 22.0)]);
/// let means: Vec<f64> = readings
///     .keyed_map_in_rs2(
///         Heap::bounded(100).seeded(7),
///         |reading| reading.0,
///         |reading, mean: &mut Running<f64, Mean>| mean.push(reading.1),
///     )
///     .collect_rs2()
///     .await;
/// assert_eq!(means, [20.0, 4.0, 21.0]);
/// # })
/// ```
pub struct Running<T, A: Aggregator<T>> {
    aggregator: A,
    part: Option<A::Partial>,
}

impl<T, A: Aggregator<T>> Running<T, A> {
    /// Nothing so far.
    pub const fn of(aggregator: A) -> Self {
        Self { aggregator, part: None }
    }

    /// Takes an item, and tells what there is with it. What a bounded aggregator has no room for
    /// is left out; [`add`](Self::add) gives it back.
    #[inline]
    pub fn push(&mut self, item: T) -> A::Output {
        self.push_at(EventTime::EPOCH, item)
    }

    /// [`push`](Self::push) of an item that happened at `ts`, for aggregators that go by time.
    #[inline]
    pub fn push_at(&mut self, ts: EventTime, item: T) -> A::Output {
        let part = match &mut self.part {
            Some(part) => {
                let _left_out = self.aggregator.add(part, ts, item);
                part
            }
            empty => empty.insert(self.aggregator.lift(ts, item)),
        };
        self.aggregator.peek(part)
    }

    /// Takes an item, or gives it back when the aggregator is bounded and full.
    ///
    /// # Errors
    /// The item.
    #[inline]
    pub fn add(&mut self, ts: EventTime, item: T) -> Result<(), Full<T>> {
        match &mut self.part {
            Some(part) => self.aggregator.add(part, ts, item),
            empty => {
                *empty = Some(self.aggregator.lift(ts, item));
                Ok(())
            }
        }
    }

    /// Adds what another one has made of later items.
    pub fn merge(&mut self, later: &Self) {
        match (&mut self.part, &later.part) {
            (Some(part), Some(later)) => self.aggregator.combine(part, later),
            (_, None) => {}
            (empty, Some(_)) => empty.clone_from(&later.part),
        }
    }

    /// What there is; nothing before the first item.
    pub fn value(&self) -> Option<A::Output> {
        self.part.as_ref().map(|part| self.aggregator.peek(part))
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.part = None;
    }

    /// Whether there was no item yet.
    pub const fn is_empty(&self) -> bool {
        self.part.is_none()
    }
}

impl<T, A: Aggregator<T>> Statistic<T> for Running<T, A> {
    type Output = A::Output;
    #[inline]
    fn push(&mut self, item: T) -> A::Output {
        self.push_at(EventTime::EPOCH, item)
    }
    fn clear(&mut self) {
        self.part = None;
    }
}

impl<T, A: Aggregator<T> + Default> Default for Running<T, A> {
    fn default() -> Self {
        Self::of(A::default())
    }
}

impl<T, A: Aggregator<T> + Clone> Clone for Running<T, A> {
    fn clone(&self) -> Self {
        Self { aggregator: self.aggregator.clone(), part: self.part.clone() }
    }
}

impl<T, A: Aggregator<T, Partial: fmt::Debug>> fmt::Debug for Running<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("part", &self.part).finish_non_exhaustive()
    }
}

/// Its part is written; the aggregator is one made anew.
#[cfg(feature = "serde")]
impl<T, A> serde::Serialize for Running<T, A>
where
    A: Aggregator<T, Partial: serde::Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.part.serialize(to)
    }
}

#[cfg(feature = "serde")]
impl<'de, T, A> serde::Deserialize<'de> for Running<T, A>
where
    A: Aggregator<T, Partial: serde::Deserialize<'de>> + Default,
{
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { aggregator: A::default(), part: Option::deserialize(from)? })
    }
}

/// Its part alone, so that the aggregator needs no default.
#[cfg(feature = "snapshot")]
impl<T, A> crate::snapshot::Snapshot for Running<T, A>
where
    A: Aggregator<T, Partial: serde::Serialize + serde::de::DeserializeOwned>,
{
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        to.put(&self.part)
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        self.part = from.take()?;
        Ok(())
    }
}
