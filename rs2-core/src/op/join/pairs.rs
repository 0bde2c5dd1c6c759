//! What a join asks the user: the key of an item, and what comes of a pair.

use crate::machine::Side;
use core::fmt;
use core::hash::Hash;

/// The keys of the items of both sides.
pub trait JoinKeys<T, U> {
    /// What items that belong together have in common.
    type Key: Hash + Eq + Clone;
    /// The key of an item of the left.
    fn of_left(&mut self, item: &T) -> Self::Key;
    /// The key of an item of the right.
    fn of_right(&mut self, item: &U) -> Self::Key;
}

/// A function for each side.
impl<T, U, K, G1, G2> JoinKeys<T, U> for (G1, G2)
where
    K: Hash + Eq + Clone,
    G1: FnMut(&T) -> K,
    G2: FnMut(&U) -> K,
{
    type Key = K;
    #[inline]
    fn of_left(&mut self, item: &T) -> K {
        (self.0)(item)
    }
    #[inline]
    fn of_right(&mut self, item: &U) -> K {
        (self.1)(item)
    }
}

/// A function for each side, or none: all items then have the same key.
impl<T, U, K, G1, G2> JoinKeys<T, U> for Option<(G1, G2)>
where
    K: Hash + Eq + Clone,
    G1: FnMut(&T) -> K,
    G2: FnMut(&U) -> K,
{
    type Key = Option<K>;
    #[inline]
    fn of_left(&mut self, item: &T) -> Option<K> {
        self.as_mut().map(|keys| (keys.0)(item))
    }
    #[inline]
    fn of_right(&mut self, item: &U) -> Option<K> {
        self.as_mut().map(|keys| (keys.1)(item))
    }
}

/// The types of a key selector that there is not.
pub type NoKey<T, U> = (fn(&T), fn(&U));

/// No key selector for [`join_with_time_window_rs2`](super::JoinExt::join_with_time_window_in_rs2):
/// items belong together by their time alone. Like `None`, with the types that `None` leaves open.
pub const fn no_key<T, U>() -> Option<NoKey<T, U>> {
    None
}

/// What comes of the items of a join.
pub trait Pairs<T, U> {
    /// What comes out.
    type Out;
    /// Of two items that belong together.
    fn both(&mut self, left: &T, right: &U) -> Self::Out;
    /// Of an item of the left that was without a match.
    fn left_alone(&mut self, _left: &T) -> Option<Self::Out> {
        None
    }
    /// Of an item of the right that was without a match.
    fn right_alone(&mut self, _right: &U) -> Option<Self::Out> {
        None
    }
    /// Whether any item may come through without a match.
    #[inline]
    fn any_alone(&self) -> bool {
        false
    }
}

/// Pairs alone, lent to a function.
#[derive(Clone, Copy)]
pub struct Inner<F>(pub(super) F);

/// Pairs alone, a clone of each item given to a function.
#[derive(Clone, Copy)]
pub struct Given<F>(F);

/// Pairs, and the items without a match of one side or of both.
#[derive(Clone, Copy)]
pub struct Outer<F> {
    keeps: OuterSide,
    f: F,
}

/// Whose items come through without a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OuterSide {
    /// Those of the stream that the operator is called on.
    Left,
    /// Those of the other one.
    Right,
    /// Those of both.
    Full,
}

impl<F> Inner<F> {
    /// What `f` makes of both.
    pub const fn by(f: F) -> Self {
        Self(f)
    }
}

impl<F> Given<F> {
    /// What `f` makes of both.
    pub const fn by(f: F) -> Self {
        Self(f)
    }
}

impl<F> Outer<F> {
    /// What `f` makes of both, or of one of those sides alone.
    pub const fn by(keeps: OuterSide, f: F) -> Self {
        Self { keeps, f }
    }
}

impl OuterSide {
    fn keeps(self, side: Side) -> bool {
        match self {
            Self::Left => side == Side::Left,
            Self::Right => side == Side::Right,
            Self::Full => true,
        }
    }
}

impl<T, U, R, F: FnMut(&T, &U) -> R> Pairs<T, U> for Inner<F> {
    type Out = R;
    #[inline]
    fn both(&mut self, left: &T, right: &U) -> R {
        (self.0)(left, right)
    }
}

impl<T: Clone, U: Clone, R, F: FnMut(T, U) -> R> Pairs<T, U> for Given<F> {
    type Out = R;
    #[inline]
    fn both(&mut self, left: &T, right: &U) -> R {
        (self.0)(left.clone(), right.clone())
    }
}

impl<T, U, R, F: FnMut(Option<&T>, Option<&U>) -> R> Pairs<T, U> for Outer<F> {
    type Out = R;
    #[inline]
    fn both(&mut self, left: &T, right: &U) -> R {
        (self.f)(Some(left), Some(right))
    }
    fn left_alone(&mut self, left: &T) -> Option<R> {
        self.keeps.keeps(Side::Left).then(|| (self.f)(Some(left), None))
    }
    fn right_alone(&mut self, right: &U) -> Option<R> {
        self.keeps.keeps(Side::Right).then(|| (self.f)(None, Some(right)))
    }
    #[inline]
    fn any_alone(&self) -> bool {
        true
    }
}

impl<F> fmt::Debug for Inner<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inner(..)")
    }
}

impl<F> fmt::Debug for Given<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(..)")
    }
}

impl<F> fmt::Debug for Outer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outer").field("keeps", &self.keeps).finish_non_exhaustive()
    }
}
