//! Where outputs wait for their turn.

use alloc::collections::VecDeque;
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
    /// Drops all of them.
    fn clear(&mut self);
}

/// Outputs in the order of the items.
pub struct InOrder<T> {
    // One entry for each item begun and not yet popped, oldest first; its output once it is there.
    window: VecDeque<Option<T>>,
    // The place of the window's first entry.
    first: u64,
}

/// Outputs as they finish.
pub struct AsFinished<T> {
    finished: VecDeque<T>,
    running: usize,
}

/// Outputs in the order that the user chose.
pub(super) enum Turns<T> {
    PerKey(AsFinished<T>),
    Global(InOrder<T>),
}

impl<T> InOrder<T> {
    pub(super) const fn new() -> Self {
        Self { window: VecDeque::new(), first: 0 }
    }
}

impl<T> AsFinished<T> {
    pub(super) const fn new() -> Self {
        Self { finished: VecDeque::new(), running: 0 }
    }
}

impl<T> Outputs<T> for InOrder<T> {
    #[inline]
    fn begin(&mut self) -> u64 {
        self.window.push_back(None);
        self.first + (self.window.len() as u64 - 1)
    }

    #[inline]
    fn finish(&mut self, place: u64, output: T) {
        // The window holds far fewer than 2^64 places, so the difference fits.
        self.window[(place - self.first) as usize] = Some(output);
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.window.front()?.as_ref()?;
        self.first += 1;
        self.window.pop_front()?
    }

    #[inline]
    fn owed(&self) -> usize {
        self.window.len()
    }

    fn clear(&mut self) {
        self.first += self.window.len() as u64;
        self.window.clear();
    }
}

impl<T> Outputs<T> for AsFinished<T> {
    #[inline]
    fn begin(&mut self) -> u64 {
        self.running += 1;
        0
    }

    #[inline]
    fn finish(&mut self, _place: u64, output: T) {
        self.running -= 1;
        self.finished.push_back(output);
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.finished.pop_front()
    }

    #[inline]
    fn owed(&self) -> usize {
        self.running + self.finished.len()
    }

    fn clear(&mut self) {
        self.running = 0;
        self.finished.clear();
    }
}

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

    fn clear(&mut self) {
        match self {
            Self::PerKey(outputs) => outputs.clear(),
            Self::Global(outputs) => outputs.clear(),
        }
    }
}

impl<T> fmt::Debug for InOrder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InOrder").field("owed", &self.owed()).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for AsFinished<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsFinished")
            .field("running", &self.running)
            .field("finished", &self.finished.len())
            .finish()
    }
}

impl<T> fmt::Debug for Turns<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerKey(outputs) => outputs.fmt(f),
            Self::Global(outputs) => outputs.fmt(f),
        }
    }
}
