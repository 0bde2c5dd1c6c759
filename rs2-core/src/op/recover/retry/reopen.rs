//! The next stream of one that failed.

/// What the maker of the next stream is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt<E> {
    /// Which stream it is to be, counted from 1: the first that is made after a failure is the
    /// second. Never counted anew.
    pub number: u64,
    /// How many items all streams before it have yielded, so that it can go on behind them.
    pub yielded: u64,
    /// Why the last stream failed.
    pub error: E,
}

/// Makes the next stream after a failure.
pub trait Reopen<E> {
    /// The stream.
    type Stream;
    /// Whether it makes the stream of the moment [`again`](Self::again).
    const REPEATS: bool = false;
    /// Makes it.
    fn reopen(&mut self, attempt: Attempt<E>) -> Self::Stream;
    /// Makes the stream of the moment once more, for what was saved of it to be restored into;
    /// nothing where that takes an attempt which is gone.
    fn again(&mut self) -> Option<Self::Stream> {
        None
    }
}

/// A closure that makes each stream from its beginning.
#[derive(Clone, Copy)]
pub struct Afresh<F>(pub(in super::super) F);

impl<E, S, F: FnMut() -> S> Reopen<E> for Afresh<F> {
    type Stream = S;
    const REPEATS: bool = true;
    fn reopen(&mut self, _attempt: Attempt<E>) -> S {
        (self.0)()
    }
    fn again(&mut self) -> Option<S> {
        Some((self.0)())
    }
}

/// A closure that makes each stream from where the last one failed.
#[derive(Clone, Copy)]
pub struct FromAttempt<F>(pub(in super::super) F);

impl<E, S, F: FnMut(Attempt<E>) -> S> Reopen<E> for FromAttempt<F> {
    type Stream = S;
    fn reopen(&mut self, attempt: Attempt<E>) -> S {
        (self.0)(attempt)
    }
}

macro_rules! debug_by_name {
    ($($name:ident),*) => {$(
        impl<F> core::fmt::Debug for $name<F> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
debug_by_name!(Afresh, FromAttempt);
