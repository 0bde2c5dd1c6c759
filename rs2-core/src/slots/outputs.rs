//! Where outputs wait for their turn.

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::store::HeapQueue;
use crate::store::Queue;
use core::fmt;

/// The outputs of what was taken and not yet yielded, and the order they are yielded in.
pub trait Outputs<T> {
    /// Takes the next place in the order of the items.
    fn begin(&mut self) -> u64;
    /// Brings the output of the item at `place`.
    fn finish(&mut self, place: u64, output: T);
    /// Takes the output whose turn it is, if it is there.
    fn pop(&mut self) -> Option<T>;
    /// How many are owed: begun, and not yet popped.
    fn owed(&self) -> usize;
    /// How many can be owed at once.
    fn room(&self) -> usize;
    /// Drops all of them.
    fn clear(&mut self);
}

/// Outputs that can be told one by one.
#[cfg(feature = "snapshot")]
pub trait Tells<T> {
    /// What is owed, in the order in which it was begun where that matters: the outputs that are
    /// there, and nothing for those that are not.
    fn tell<'a>(&'a self) -> impl Iterator<Item = Option<&'a T>>
    where
        T: 'a;
}

/// Outputs in the order of the items.
pub struct InOrder<Q> {
    // One entry for each item begun and not yet popped, oldest first; its output once it is there.
    window: Q,
    // The place of the window's first entry.
    first: u64,
}

/// Outputs as they finish.
pub struct AsFinished<Q> {
    finished: Q,
    running: usize,
}

/// Outputs in the order that the user chose.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub(crate) enum Turns<T> {
    PerKey(AsFinished<HeapQueue<T>>),
    Global(InOrder<HeapQueue<Option<T>>>),
}

impl<Q> InOrder<Q> {
    pub(crate) const fn over(window: Q) -> Self {
        Self { window, first: 0 }
    }
}

impl<Q> AsFinished<Q> {
    pub(crate) const fn over(finished: Q) -> Self {
        Self { finished, running: 0 }
    }
}

impl<T, Q: Queue<Option<T>>> Outputs<T> for InOrder<Q> {
    #[inline]
    fn begin(&mut self) -> u64 {
        let pushed = self.window.push(None);
        debug_assert!(pushed.is_ok(), "no more begin than there is room for");
        self.first + (self.window.len() as u64 - 1)
    }

    #[inline]
    fn finish(&mut self, place: u64, output: T) {
        // The window holds far fewer than 2^64 places, so the difference fits.
        if let Some(entry) = self.window.get_mut((place - self.first) as usize) {
            *entry = Some(output);
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.window.front()?.as_ref()?;
        self.first += 1;
        self.window.pop()?
    }

    #[inline]
    fn owed(&self) -> usize {
        self.window.len()
    }

    fn room(&self) -> usize {
        self.window.capacity()
    }

    fn clear(&mut self) {
        self.first += self.window.len() as u64;
        self.window.clear();
    }
}

impl<T, Q: Queue<T>> Outputs<T> for AsFinished<Q> {
    #[inline]
    fn begin(&mut self) -> u64 {
        self.running += 1;
        0
    }

    #[inline]
    fn finish(&mut self, _place: u64, output: T) {
        self.running -= 1;
        let pushed = self.finished.push(output);
        debug_assert!(pushed.is_ok(), "no more are running than there is room for");
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.finished.pop()
    }

    #[inline]
    fn owed(&self) -> usize {
        self.running + self.finished.len()
    }

    fn room(&self) -> usize {
        self.finished.capacity()
    }

    fn clear(&mut self) {
        self.running = 0;
        self.finished.clear();
    }
}

#[cfg(feature = "snapshot")]
impl<T, Q: Queue<Option<T>>> Tells<T> for InOrder<Q> {
    fn tell<'a>(&'a self) -> impl Iterator<Item = Option<&'a T>>
    where
        T: 'a,
    {
        self.window.iter().map(Option::as_ref)
    }
}

#[cfg(feature = "snapshot")]
impl<T, Q: Queue<T>> Tells<T> for AsFinished<Q> {
    fn tell<'a>(&'a self) -> impl Iterator<Item = Option<&'a T>>
    where
        T: 'a,
    {
        self.finished.iter().map(Some).chain(core::iter::repeat_n(None, self.running))
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<T> Outputs<T> for Turns<T> {
    #[inline]
    fn begin(&mut self) -> u64 {
        match self {
            Self::PerKey(outputs) => outputs.begin(),
            Self::Global(outputs) => outputs.begin(),
        }
    }

    #[inline]
    fn finish(&mut self, place: u64, output: T) {
        match self {
            Self::PerKey(outputs) => outputs.finish(place, output),
            Self::Global(outputs) => outputs.finish(place, output),
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        match self {
            Self::PerKey(outputs) => outputs.pop(),
            Self::Global(outputs) => outputs.pop(),
        }
    }

    #[inline]
    fn owed(&self) -> usize {
        match self {
            Self::PerKey(outputs) => outputs.owed(),
            Self::Global(outputs) => outputs.owed(),
        }
    }

    fn room(&self) -> usize {
        match self {
            Self::PerKey(outputs) => outputs.room(),
            Self::Global(outputs) => outputs.room(),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::PerKey(outputs) => outputs.clear(),
            Self::Global(outputs) => outputs.clear(),
        }
    }
}

impl<Q> fmt::Debug for InOrder<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InOrder").field("first", &self.first).finish_non_exhaustive()
    }
}

impl<Q> fmt::Debug for AsFinished<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsFinished").field("running", &self.running).finish_non_exhaustive()
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<T> fmt::Debug for Turns<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerKey(outputs) => outputs.fmt(f),
            Self::Global(outputs) => outputs.fmt(f),
        }
    }
}
