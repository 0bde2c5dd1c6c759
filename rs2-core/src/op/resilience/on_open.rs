//! What a stream does while its breaker is open.

use super::circuit::Open;

/// What becomes of a stream's items while its breaker is open: [`Pause`], [`Fail`] or [`Divert`].
pub trait OnOpen<T, O> {
    /// Whether the source is left alone while no call is let through.
    const PAUSES: bool;
    /// Whether [`refuse`](Self::refuse) drops the item, which then counts as
    /// [`Loss::Failed`](crate::metrics::Loss::Failed).
    const DROPS: bool = false;
    /// The output for an item whose call is not made, or the item, to be tried again once calls are
    /// let through.
    fn refuse(&mut self, item: T, open: Open) -> Result<O, T>;
}

/// Leaves the items in the source and goes on when calls are let through again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pause;

/// Yields the refusal as an error in place of each item, which is dropped and counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fail;

/// Yields what the function makes of each item in place of the call.
#[derive(Clone, Copy, Debug)]
pub struct Divert<F>(pub F);

impl<T, O> OnOpen<T, O> for Pause {
    const PAUSES: bool = true;
    fn refuse(&mut self, item: T, _open: Open) -> Result<O, T> {
        Err(item)
    }
}

impl<T, O, E: From<Open>> OnOpen<T, Result<O, E>> for Fail {
    const PAUSES: bool = false;
    const DROPS: bool = true;
    fn refuse(&mut self, _item: T, open: Open) -> Result<Result<O, E>, T> {
        Ok(Err(open.into()))
    }
}

impl<T, O, F: FnMut(T, Open) -> O> OnOpen<T, O> for Divert<F> {
    const PAUSES: bool = false;
    fn refuse(&mut self, item: T, open: Open) -> Result<O, T> {
        Ok((self.0)(item, open))
    }
}
