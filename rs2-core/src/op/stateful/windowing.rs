//! Which windows there are by the number of items.

/// How many items a window has, how far the next one is from it, and whether a shorter one goes
/// out at the end.
///
/// ```
/// use rs2_core::op::stateful::Windowing;
/// let averages = Windowing::of(60).slide(10).with_tail();
/// # let _ = averages;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Windowing {
    pub(super) size: usize,
    pub(super) slide: usize,
    pub(super) tail: bool,
}

impl Windowing {
    /// Windows of `size` items, each one item after the one before it.
    ///
    /// # Panics
    /// When `size` is zero.
    #[track_caller]
    pub const fn of(size: usize) -> Self {
        assert!(size > 0, "the size of a window must be greater than zero");
        Self { size, slide: 1, tail: false }
    }

    /// Begins a window every `items` items: as many as it has for windows that do not overlap, more
    /// for gaps between them.
    ///
    /// # Panics
    /// When `items` is zero.
    #[track_caller]
    pub const fn slide(mut self, items: usize) -> Self {
        assert!(items > 0, "the slide of a window must be greater than zero");
        self.slide = items;
        self
    }

    /// At the end, yields for each key the window that would come next, if it has an item that no
    /// other window had.
    pub const fn with_tail(mut self) -> Self {
        self.tail = true;
        self
    }
}
