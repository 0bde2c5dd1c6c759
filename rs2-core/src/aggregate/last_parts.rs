//! A window over the last parts, of one size.

use super::Aggregator;
use crate::store::Batch;
#[cfg(feature = "snapshot")]
use core::num::NonZeroU64;
use core::num::NonZeroUsize;
use core::{fmt, mem};

/// The last parts, as many as its batch can hold, and what stands for all of them: the form of
/// [`SlidingParts`](super::SlidingParts) for windows of one size. O(1) for each part, amortised;
/// with an aggregator that can [`subtract`](Aggregator::subtract), at every step.
///
/// Parts are written over in place, lap after lap. When one begins all are turned: each entry then
/// stands for its part and those behind it. What stands for the lap and the first entry that it has
/// not yet written over make the whole. An aggregator that can subtract needs no turning: what
/// stands for the lap then stands for all.
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
    lap: Option<Lap<P>>,
}

/// A lap under way.
#[derive(Clone)]
struct Lap<P> {
    /// Stands for its parts; with an aggregator that can subtract, for all.
    whole: P,
    /// The place behind that of the next part. Never zero, so that one comparison tells whether
    /// there is a lap and whether it goes on.
    behind: NonZeroUsize,
}

const SECOND: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

impl<P: Clone, B: Batch<P>> LastParts<P, B> {
    /// No parts, and room for as many as `parts` can hold.
    pub const fn new(parts: B) -> Self {
        Self { parts, lap: None }
    }

    /// Adds the latest part, in place of the earliest when there is no room.
    #[inline]
    pub fn push<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A, part: P) {
        if let Err(part) = self.go_on(aggregator, part, |_, _| ()) {
            self.go_around(aggregator, part);
        }
    }

    /// As [`push`](Self::push), and tells the [`value`](Self::value) unless there is more room.
    #[inline(always)]
    pub(crate) fn slide<T, A: Aggregator<T, Partial = P>>(
        &mut self,
        aggregator: &A,
        part: P,
    ) -> Option<A::Output> {
        match self.go_on(aggregator, part, |older, lap| of_both(aggregator, older, lap)) {
            Ok(value) => Some(value),
            Err(part) => {
                self.go_around(aggregator, part);
                let value = if self.is_full() { self.value(aggregator) } else { None };
                Some(value?)
            }
        }
    }

    /// Adds a part in a later lap, unless that is over, and tells what `tell` makes of the entries
    /// that have not been written over, if there are any, and of the lap. Before the part is
    /// written, so that the lap is read only once.
    #[inline(always)]
    fn go_on<T, A: Aggregator<T, Partial = P>, R>(
        &mut self,
        aggregator: &A,
        part: P,
        tell: impl FnOnce(Option<&P>, &P) -> R,
    ) -> Result<R, P> {
        let Some(lap) = &mut self.lap else { return Err(part) };
        let places = self.parts.as_mut_slice().split_at_mut_checked(lap.behind.get());
        let Some(([.., entry], older)) = places else { return Err(part) };
        aggregator.combine(&mut lap.whole, &part);
        if A::INVERTIBLE {
            aggregator.subtract(&mut lap.whole, entry);
        }
        let told = tell(older.first(), &lap.whole);
        *entry = part;
        lap.behind = lap.behind.saturating_add(1);
        Ok(told)
    }

    /// Adds a part in the first lap, or as the first one of the next.
    #[inline(never)]
    fn go_around<T, A: Aggregator<T, Partial = P>>(&mut self, aggregator: &A, part: P) {
        if !self.parts.is_full() {
            match &mut self.lap {
                Some(lap) => {
                    aggregator.combine(&mut lap.whole, &part);
                    lap.behind = lap.behind.saturating_add(1);
                }
                none => *none = Some(Lap { whole: part.clone(), behind: SECOND }),
            }
            let pushed = self.parts.push(part);
            debug_assert!(pushed.is_ok(), "there is room in the first lap");
        } else if let (Some(lap), parts @ [_, ..]) = (&mut self.lap, self.parts.as_mut_slice()) {
            if A::INVERTIBLE {
                aggregator.combine(&mut lap.whole, &part);
                aggregator.subtract(&mut lap.whole, &parts[0]);
            } else {
                turn(aggregator, parts);
                lap.whole.clone_from(&part);
            }
            lap.behind = SECOND;
            parts[0] = part;
        }
    }

    /// What the aggregator makes of all parts; nothing when there are none.
    #[inline]
    pub fn value<T, A: Aggregator<T, Partial = P>>(&self, aggregator: &A) -> Option<A::Output> {
        let lap = self.lap.as_ref()?;
        let older = self.parts.as_slice().get(lap.behind.get() - 1);
        Some(of_both(aggregator, older, &lap.whole))
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

    /// Whether a further part takes the place of the earliest.
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
        self.parts.finish();
        self.lap = None;
    }
}

/// What the aggregator makes of older parts, if there are any, and of a lap.
#[inline]
fn of_both<T, A: Aggregator<T>>(
    aggregator: &A,
    older: Option<&A::Partial>,
    lap: &A::Partial,
) -> A::Output {
    match older {
        Some(older) if !A::INVERTIBLE => {
            let mut whole = older.clone();
            aggregator.combine(&mut whole, lap);
            aggregator.lower(whole)
        }
        _ => aggregator.peek(lap),
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
        to.put(&self.lap.as_ref().map(|lap| (lap.behind.get() as u64, &lap.whole)))?;
        to.put_all(self.parts.len(), self.parts.as_slice())
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        let lap: Option<(NonZeroU64, P)> = from.take()?;
        from.take_all(|part| {
            self.parts.push(part).map_err(|_| crate::snapshot::SnapshotError::Full("parts"))
        })?;
        self.lap = lap.map(|(behind, whole)| {
            let behind = NonZeroUsize::try_from(behind).unwrap_or(NonZeroUsize::MAX);
            Lap { whole, behind }
        });
        // Bytes may say anything. The first lap leaves no place out.
        let is_place = match &self.lap {
            Some(lap) if self.is_full() => lap.behind.get() <= self.len() + 1,
            Some(lap) => lap.behind.get() == self.len() + 1,
            None => self.is_empty(),
        };
        if is_place { Ok(()) } else { Err(crate::snapshot::SnapshotError::Full("parts")) }
    }
}

impl<P: Clone, B: Batch<P>> fmt::Debug for LastParts<P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastParts")
            .field("parts", &self.parts.len())
            .field("behind", &self.lap.as_ref().map(|lap| lap.behind))
            .finish_non_exhaustive()
    }
}
