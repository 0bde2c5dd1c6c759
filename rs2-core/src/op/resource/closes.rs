//! The signatures of a release, and what each can see of the items.

use super::ExitCase;
use core::convert::Infallible;
use core::fmt;

/// A release: what it is called with, and what it makes.
pub trait Closes<R, E> {
    /// A future, or nothing where the release is done by then.
    type Output;
    /// Releases the resource.
    fn close(self, resource: R, exit: ExitCase<E>) -> Self::Output;
}

/// Which items end the use of a resource.
pub trait Judges<T> {
    /// What the release is told then.
    type Error;
    /// Whether there are such items.
    const ENDS: bool;
    /// The error that an item is.
    fn error(item: &T) -> Option<Self::Error>;
}

/// A release that takes the resource: `release(resource)`.
pub struct Simple<L>(pub(super) L);

/// A release that also takes how it came to that: `release(resource, exit)`.
pub struct Told<L>(pub(super) L);

/// A release of a stream of `Result`s: `release(resource, exit)` with the error.
pub struct Case<L>(pub(super) L);

impl<R, L, O> Closes<R, Infallible> for Simple<L>
where
    L: FnOnce(R) -> O,
{
    type Output = O;
    fn close(self, resource: R, _exit: ExitCase) -> O {
        (self.0)(resource)
    }
}

impl<R, L, O> Closes<R, Infallible> for Told<L>
where
    L: FnOnce(R, ExitCase) -> O,
{
    type Output = O;
    fn close(self, resource: R, exit: ExitCase) -> O {
        (self.0)(resource, exit)
    }
}

impl<R, E, L, O> Closes<R, E> for Case<L>
where
    L: FnOnce(R, ExitCase<E>) -> O,
{
    type Output = O;
    fn close(self, resource: R, exit: ExitCase<E>) -> O {
        (self.0)(resource, exit)
    }
}

impl<T, L> Judges<T> for Simple<L> {
    type Error = Infallible;
    const ENDS: bool = false;
    #[inline]
    fn error(_item: &T) -> Option<Infallible> {
        None
    }
}

impl<T, L> Judges<T> for Told<L> {
    type Error = Infallible;
    const ENDS: bool = false;
    #[inline]
    fn error(_item: &T) -> Option<Infallible> {
        None
    }
}

impl<T, E: Clone, L> Judges<Result<T, E>> for Case<L> {
    type Error = E;
    const ENDS: bool = true;
    #[inline]
    fn error(item: &Result<T, E>) -> Option<E> {
        item.as_ref().err().cloned()
    }
}

impl<L> fmt::Debug for Simple<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Simple(..)")
    }
}

impl<L> fmt::Debug for Told<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told(..)")
    }
}

impl<L> fmt::Debug for Case<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Case(..)")
    }
}
