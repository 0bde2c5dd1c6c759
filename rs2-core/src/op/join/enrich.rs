//! What comes of an item and what was found for it.

use super::pairs::Inner;
use core::fmt;

/// What comes of an item and what was found for it.
pub trait Enrich<T, V> {
    /// What comes out.
    type Out;
    /// Of an item, and of what was found; nothing when it is left out.
    fn enrich(&mut self, item: T, found: Option<&V>) -> Option<Self::Out>;
}

/// Items for which nothing was found are left out.
impl<T, V, R, F: FnMut(T, &V) -> R> Enrich<T, V> for Inner<F> {
    type Out = R;
    #[inline]
    fn enrich(&mut self, item: T, found: Option<&V>) -> Option<R> {
        found.map(|found| (self.0)(item, found))
    }
}

/// All items come through, whether anything was found for them or not.
#[derive(Clone, Copy)]
pub struct Each<F>(F);

impl<F> Each<F> {
    /// What `f` makes of each item.
    pub const fn by(f: F) -> Self {
        Self(f)
    }
}

impl<T, V, R, F: FnMut(T, Option<&V>) -> R> Enrich<T, V> for Each<F> {
    type Out = R;
    #[inline]
    fn enrich(&mut self, item: T, found: Option<&V>) -> Option<R> {
        Some((self.0)(item, found))
    }
}

impl<F> fmt::Debug for Each<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Each(..)")
    }
}
