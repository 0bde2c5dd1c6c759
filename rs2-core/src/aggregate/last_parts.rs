//! A window over the last parts, of one size.

use super::Aggregator;
use crate::store::Batch;
use core::{fmt, mem};

/// The last parts, as many as its batch can hold, and what stands for all of them: the form of
/// [`SlidingParts`](super::SlidingParts) for windows of one size. O(1) for each part, amortised;
/// with an aggregator that can [`subtract`](Aggregator::subtract), at every step.
///
/// Parts are written over in place, lap after lap. At the end of a lap all are turned: each entry
/// then stands for its part and those behind it. In the next lap the entries from `at` on are
/// turned and older, `rest` stands for those before, which are newer; so the entry at `at` and
/// `rest` make the whole, and at the beginning of a lap that entry alone. An aggregator that can
/// subtract needs no turning: `rest` then stands for all.
///
/// Source: van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
/// octagonal kernels", Pattern Recognition Letters 13(7), 1992; it is the Two-Stacks Lite of
/// [`SlidingParts`](super::SlidingParts) where one part goes out for each that comes in.
///
/// ```
/// use rs2_core::{aggregate::{Aggregator, LastParts, Max}, store::{Heap, Storage}};
/// # use rs2_core::time::EventTime;
/// let mut last_two = LastParts::new(Heap::bounded(2).batch());
/// let maxima = [7, 3, 5].map(|reading| {
///     last_two.push(&Max, Max.lift(EventTime::EPOCH, reading));
///     last_two.value(&Max)
/// });
/// assert_eq!(maxima, [Some(7), Some(7), Some(5)]);
/// ```
#[derive(Clone)]
pub struct LastParts<P, B> {
    parts: B,
    // Where the next part goes; below the capacity.
    at: usize,
    rest: Option<P>,
}

impl<P: Clone, B: Batch<P>> LastParts<P, B> {
    /// No parts, and room for as many as `parts` can hold.
    pub const fn new(parts: B) -> Self {
        Self { parts, at: 0, rest: None }
    }

    /// Adds the latest part, in place of the earliest when there is no room.
    #[inline(always)]
    pub fn push<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A, part: P) {
        match &mut self.rest {
            Some(rest) if A::INVERTIBLE || self.at > 0 => aggregator.combine(rest, &part),
            old => *old = Some(part.clone()),
        }
        let Some(entry) = self.parts.as_mut_slice().get_mut(self.at) else {
            return self.fill(aggregator, part);
        };
        let earliest = mem::replace(entry, part);
        if A::INVERTIBLE
            && let Some(rest) = &mut self.rest
        {
            aggregator.subtract(rest, &earliest);
        }
        self.at += 1;
        if self.at == self.parts.len() {
            self.end_lap(aggregator);
        }
    }

    /// Adds a part in the first lap.
    #[inline(never)]
    fn fill<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A, part: P) {
        let pushed = self.parts.push(part);
        debug_assert!(pushed.is_ok(), "there is room in the first lap");
        self.at += 1;
        if self.parts.is_full() {
            self.end_lap(aggregator);
        }
    }

    // Out of the way, so that the rest is small enough to be inlined.
    #[inline(never)]
    fn end_lap<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A) {
        self.at = 0;
        if !A::INVERTIBLE {
            turn(aggregator, self.parts.as_mut_slice());
        }
    }

    /// What the aggregator makes of all parts; nothing when there are none.
    #[inline]
    pub fn value<T, A: Aggregator<T, Partial = P>>(&self, aggregator: &A) -> Option<A::Output> {
        let older = if A::INVERTIBLE { None } else { self.parts.as_slice().get(self.at) };
        let Some(older) = older else {
            return self.rest.as_ref().map(|rest| aggregator.peek(rest));
        };
        if self.at == 0 {
            return Some(aggregator.peek(older));
        }
        let mut whole = older.clone();
        aggregator.combine(&mut whole, self.rest.as_ref()?);
        Some(aggregator.lower(whole))
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

    /// How many parts there is room for.
    pub fn capacity(&self) -> usize {
        self.parts.capacity()
    }

    /// Drops all parts.
    pub fn clear(&mut self) {
        self.parts.finish();
        self.at = 0;
        self.rest = None;
    }
}

/// Makes each part stand for itself and those behind it.
fn turn<T, A: Aggregator<T>>(aggregator: &A, parts: &mut [A::Partial]) {
    if mem::needs_drop::<A::Partial>() {
        let mut left = parts;
        while let [before @ .., behind] = left {
            if let Some(entry) = before.last_mut() {
                aggregator.combine(entry, behind);
            }
            left = before;
        }
    } else if let [before @ .., last] = parts {
        // What is cheap to copy goes from one to the next in a register, not through memory; two at
        // a time, so that only every other step waits for the one before it. A processor then does
        // both without a guess, and a short window of random items costs what a long one does.
        let mut behind = last.clone();
        let mut pairs = before.rchunks_exact_mut(2);
        for pair in &mut pairs {
            if let [earlier, later] = pair {
                aggregator.combine(earlier, later);
                aggregator.combine(later, &behind);
                aggregator.combine(earlier, &behind);
                behind = earlier.clone();
            }
        }
        if let [first] = pairs.into_remainder() {
            aggregator.combine(first, &behind);
        }
    }
}

/// As it stands, turned entries too: a restored window yields the same to the last bit.
#[cfg(feature = "snapshot")]
impl<P, B> crate::snapshot::Snapshot for LastParts<P, B>
where
    P: Clone + serde::Serialize + serde::de::DeserializeOwned,
    B: Batch<P>,
{
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        to.put(&(self.at as u64, &self.rest))?;
        to.put_all(self.parts.len(), self.parts.as_slice())
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        let at: u64;
        (at, self.rest) = from.take()?;
        from.take_all(|part| {
            self.parts.push(part).map_err(|_| crate::snapshot::SnapshotError::Full("parts"))
        })?;
        self.at = usize::try_from(at).unwrap_or(0);
        // Bytes may say anything, and entries outside are never read.
        let is_place = self.at < self.parts.capacity() && self.at <= self.parts.len();
        if is_place { Ok(()) } else { Err(crate::snapshot::SnapshotError::Full("parts")) }
    }
}

impl<P: Clone, B: Batch<P>> fmt::Debug for LastParts<P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastParts")
            .field("parts", &self.parts.len())
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
