//! Which errors are worth another try.

use core::time::Duration;

/// Says of an error whether it is worth another try.
///
/// [`RetryConfig::retry_if`](super::RetryConfig::retry_if) and
/// [`retry_after`](super::RetryConfig::retry_after) make one from closures.
pub trait Judge<E> {
    /// How long to wait at least before another try; `None` when there is to be none.
    fn judge(&mut self, error: &E) -> Option<Duration>;
}

/// Takes every error for worth another try, after whatever time the policy says.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyError;

impl<E> Judge<E> for AnyError {
    fn judge(&mut self, _error: &E) -> Option<Duration> {
        Some(Duration::ZERO)
    }
}

/// Refuses what its closure refuses.
#[derive(Clone, Copy)]
pub struct RetryIf<J, F> {
    pub(super) inner: J,
    pub(super) pred: F,
}

impl<J, F, E> Judge<E> for RetryIf<J, F>
where
    J: Judge<E>,
    F: FnMut(&E) -> bool,
{
    fn judge(&mut self, error: &E) -> Option<Duration> {
        if (self.pred)(error) { self.inner.judge(error) } else { None }
    }
}

/// Waits at least as long as its closure says.
#[derive(Clone, Copy)]
pub struct RetryAfter<J, F> {
    pub(super) inner: J,
    pub(super) least: F,
}

impl<J, F, E> Judge<E> for RetryAfter<J, F>
where
    J: Judge<E>,
    F: FnMut(&E) -> Option<Duration>,
{
    fn judge(&mut self, error: &E) -> Option<Duration> {
        let least = self.inner.judge(error)?;
        Some((self.least)(error).map_or(least, |other| least.max(other)))
    }
}

macro_rules! debug_without_closure {
    ($($name:ident),*) => {$(
        impl<J: core::fmt::Debug, F> core::fmt::Debug for $name<J, F> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("inner", &self.inner)
                    .finish_non_exhaustive()
            }
        }
    )*};
}
debug_without_closure!(RetryIf, RetryAfter);
