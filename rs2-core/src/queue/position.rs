//! How far one end of a ring has come, and who waits for it to move on.

use super::parts::{AtomicUsize, AtomicWaker, Ordering, flaw};
use core::task::Context;

/// One item. The bits below it are flags.
pub(super) const STEP: usize = 8;
/// Somebody waits for this position to change.
const WAITS: usize = 1;
/// The end that moves this position is gone.
pub(super) const ENDED: usize = 2;
/// The other end is gone.
pub(super) const ABANDONED: usize = 4;

const FLAGS: usize = STEP - 1;

/// A count of items that wraps around, with its flags in the same word.
///
/// All that matters about one edge of the ring is in this one word, and every change of it is one
/// atomic step. So whoever moves on sees whether somebody waits, and whoever begins to wait sees
/// whether it moved: no order between two places in memory is needed.
///
/// The alignment keeps the two positions of a ring out of one another's cache line. It is two lines
/// where processors fetch them in pairs.
#[cfg_attr(target_pointer_width = "64", repr(align(128)))]
#[cfg_attr(not(target_pointer_width = "64"), repr(align(32)))]
#[derive(Debug)]
pub(super) struct Position {
    word: AtomicUsize,
    // Of who waits for this position.
    waker: AtomicWaker,
}

/// Where a word stands, without its flags.
#[inline]
pub(super) const fn place(word: usize) -> usize {
    word & !FLAGS
}

impl Position {
    pub(super) fn new() -> Self {
        Self { word: AtomicUsize::new(0), waker: AtomicWaker::new() }
    }

    /// The word, and with it all that was written before it came to this.
    #[inline]
    pub(super) fn load(&self) -> usize {
        self.word.load(Ordering::Acquire)
    }

    /// Moves on by so many items, and wakes who waits. Returns the word before.
    #[inline]
    pub(super) fn advance(&self, items: usize) -> usize {
        let before = self.word.fetch_add(items * STEP, flaw::publishing());
        if before & WAITS != 0 {
            self.wake();
        }
        before
    }

    /// Undoes a step that nobody has seen, or will see.
    pub(super) fn step_back(&self, items: usize) {
        self.word.fetch_sub(items * STEP, Ordering::AcqRel);
    }

    /// Says that the end which moves this position is gone, and wakes who waits.
    pub(super) fn end(&self) {
        let before = self.word.fetch_or(ENDED, Ordering::AcqRel);
        if before & WAITS != 0 {
            self.wake();
        }
    }

    /// Says that the other end is gone. Returns the word before.
    pub(super) fn abandon(&self) -> usize {
        self.word.fetch_or(ABANDONED, Ordering::AcqRel)
    }

    /// Whether the task will be woken when this position is no longer as it was `seen`; false when
    /// it is not by now.
    pub(super) fn wait(&self, seen: usize, cx: &Context<'_>) -> bool {
        self.waker.register(cx.waker());
        if flaw::waits_blindly() {
            self.word.fetch_or(WAITS, Ordering::AcqRel);
            return true;
        }
        let marked = seen | WAITS;
        self.word.compare_exchange(seen, marked, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The mark goes before the wake: whoever is woken may wait again at once, and its new mark
    /// must stay.
    #[cold]
    fn wake(&self) {
        if flaw::is_silent() {
            return;
        }
        if flaw::clears_late() {
            self.waker.wake();
        }
        self.word.fetch_and(!WAITS, Ordering::AcqRel);
        if !flaw::clears_late() {
            self.waker.wake();
        }
    }
}
