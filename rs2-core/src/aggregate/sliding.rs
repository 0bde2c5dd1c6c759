//! A window over parts: one goes in at the back, one goes out at the front, the whole is known.

use super::Aggregator;
use crate::store::{Full, Queue};
use core::fmt;

/// The parts of a sliding window, and what stands for all of them, in O(1) for each part that goes
/// in or out: amortised, since once in a window length it goes over its parts. With an aggregator
/// that can [`subtract`](Aggregator::subtract) every step is O(1).
///
/// The parts stand in one queue. Its first `wholes` entries have been turned: each stands for its
/// part and those behind it up to the last of them. `rest` stands for the entries behind those. So
/// the first entry and `rest` make the whole; when no turned entry is left, all are turned in
/// place. An aggregator that can subtract needs no turning: `rest` then stands for all.
///
/// Source: Tangwongsan, Hirzel, Schneider, "In-order sliding-window aggregation in worst-case
/// constant time", The VLDB Journal 30, 2021, section 4.2 (Two-Stacks Lite); Subtract-on-Evict is
/// the one of section 3.
///
/// ```
/// use rs2_core::{aggregate::{Aggregator, Max, SlidingParts}, store::{Heap, Storage}};
/// # use rs2_core::time::EventTime;
/// let mut last_two = SlidingParts::new(Heap::bounded(2).queue());
/// for reading in [7, 3, 5] {
///     if last_two.is_full() {
///         last_two.pop(&Max);
///     }
///     last_two.push(&Max, Max.lift(EventTime::EPOCH, reading)).unwrap();
/// }
/// assert_eq!(last_two.value(&Max), Some(5));
/// ```
#[derive(Clone)]
pub struct SlidingParts<P, Q> {
    parts: Q,
    wholes: usize,
    rest: Option<P>,
}

impl<P: Clone, Q: Queue<P>> SlidingParts<P, Q> {
    /// No parts, and room for as many as `parts` can hold.
    pub const fn new(parts: Q) -> Self {
        Self { parts, wholes: 0, rest: None }
    }

    /// Adds the latest part, or gives it back when there is no room.
    ///
    /// # Errors
    /// The part.
    #[inline]
    pub fn push<T, A>(&mut self, aggregator: &A, part: P) -> Result<(), Full<P>>
    where
        A: Aggregator<T, Partial = P>,
    {
        if self.parts.is_full() {
            return Err(Full(part));
        }
        match &mut self.rest {
            Some(rest) => aggregator.combine(rest, &part),
            empty => *empty = Some(part.clone()),
        }
        self.parts.push(part)
    }

    /// Drops the earliest part, if there is one.
    #[inline]
    pub fn pop<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A) {
        if A::INVERTIBLE {
            let Some(earliest) = self.parts.pop() else { return };
            match &mut self.rest {
                Some(rest) if !self.parts.is_empty() => aggregator.subtract(rest, &earliest),
                rest => *rest = None,
            }
            return;
        }
        if self.wholes == 0 {
            self.turn(aggregator);
        }
        if self.parts.pop().is_some() {
            self.wholes -= 1;
        }
    }

    /// Turns all entries, the last one first.
    fn turn<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A) {
        self.rest = None;
        self.wholes = self.parts.len();
        let mut behind: Option<P> = None;
        for index in (0..self.wholes).rev() {
            let Some(entry) = self.parts.get_mut(index) else { return };
            if let Some(behind) = &behind {
                aggregator.combine(entry, behind);
            }
            behind = Some(entry.clone());
        }
    }

    /// What stands for all parts; nothing when there are none.
    #[inline]
    pub fn whole<T, A: Aggregator<T, Partial = P>>(&self, aggregator: &A) -> Option<P> {
        if self.wholes == 0 {
            return self.rest.clone();
        }
        let mut whole = self.parts.front().cloned();
        if let (Some(whole), Some(rest)) = (&mut whole, &self.rest) {
            aggregator.combine(whole, rest);
        }
        whole
    }

    /// What the aggregator makes of all parts; nothing when there are none.
    #[inline]
    pub fn value<T, A: Aggregator<T, Partial = P>>(&self, aggregator: &A) -> Option<A::Output> {
        if self.wholes == 0 {
            return self.rest.as_ref().map(|rest| aggregator.peek(rest));
        }
        self.whole(aggregator).map(|whole| aggregator.lower(whole))
    }

    /// How many parts there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether there is no room for another one.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.parts.is_full()
    }

    /// How many parts there is room for.
    pub fn capacity(&self) -> usize {
        self.parts.capacity()
    }

    /// Drops all parts.
    pub fn clear(&mut self) {
        self.parts.clear();
        self.wholes = 0;
        self.rest = None;
    }
}

/// As it stands, turned entries too: a restored window yields the same to the last bit.
#[cfg(feature = "snapshot")]
impl<P, Q> crate::snapshot::Snapshot for SlidingParts<P, Q>
where
    P: Clone + serde::Serialize + serde::de::DeserializeOwned,
    Q: Queue<P>,
{
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        to.put(&(self.wholes as u64, &self.rest))?;
        to.put_all(self.parts.len(), self.parts.iter())
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        let wholes: u64;
        (wholes, self.rest) = from.take()?;
        from.take_all(|part| {
            self.parts.push(part).map_err(|_| crate::snapshot::SnapshotError::Full("parts"))
        })?;
        // Bytes may say anything; more turned entries than there are must not be counted down.
        self.wholes = usize::try_from(wholes).unwrap_or(0).min(self.parts.len());
        Ok(())
    }
}

impl<P: Clone, Q: Queue<P>> fmt::Debug for SlidingParts<P, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlidingParts")
            .field("parts", &self.parts.len())
            .field("wholes", &self.wholes)
            .finish_non_exhaustive()
    }
}
