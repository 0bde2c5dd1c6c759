//! Brackets whose release needs no waiting.

use super::{AtOnce, Bracket, Case, ExitCase, Fresh, Told};
use core::convert::Infallible;
use core::future::Future;
use futures_core::Stream;

/// The stream of [`bracket_sync`].
pub type BracketSync<A, U, St, L> = Bracket<
    A,
    Fresh<U>,
    St,
    <St as Stream>::Item,
    AtOnce<<A as Future>::Output, Infallible, Told<L>>,
>;

/// The stream of [`bracket_case_sync`].
pub type BracketCaseSync<A, U, St, L, E> =
    Bracket<A, Fresh<U>, St, <St as Stream>::Item, AtOnce<<A as Future>::Output, E, Case<L>>>;

/// Yields the items of the stream that `use_fn` makes with a resource, which `release` takes when
/// the stream ends or is dropped, at once.
///
/// It works without an allocator, and while a runtime shuts down.
///
/// # Shape
/// The items of the inner stream, in order.
/// # End and errors
/// Ends with the inner stream, after `release` was called with
/// [`Completed`](ExitCase::Completed). In every other case it is called with
/// [`Canceled`](ExitCase::Canceled) and the cause, when the bracket is dropped. `Err` items are
/// items like any other: [`bracket_case_sync`] sees them. After a panic in `use_fn` or the inner
/// stream the next poll releases and ends. A panic in `release` goes through, but not while another
/// one unwinds.
/// # Cancel safety
/// A dropped `next()` loses nothing. Dropping the stream while it acquires drops that future; later
/// it drops the inner stream and then calls `release`.
/// # Cost
/// One clone of the resource. No allocation, no clock.
/// # Examples
/// ```
/// use rs2_core::op::resource::Cause;
/// use rs2_core::prelude::*;
/// use std::cell::Cell;
///
/// # futures_executor::block_on(async {
/// let led = Cell::new(None);
/// let blinks = bracket_sync(
///     async { &led },
///     |led| {
///         led.set(None);
///         from_iter(0..100)
///     },
///     |led, exit| led.set(Some(exit)),
/// );
/// assert_eq!(blinks.take_rs2(3).collect_rs2::<Vec<u32>>().await, [0, 1, 2]);
/// assert_eq!(led.get(), Some(ExitCase::Canceled { cause: Cause::Dropped }));
/// # })
/// ```
#[doc(alias = "finally")]
pub fn bracket_sync<A, U, St, L>(acquire: A, use_fn: U, release: L) -> BracketSync<A, U, St, L>
where
    A: Future,
    A::Output: Clone,
    U: FnOnce(A::Output) -> St,
    St: Stream,
    L: FnOnce(A::Output, ExitCase),
{
    Bracket::new(acquire, Fresh(use_fn), AtOnce::new(Told(release)))
}

/// [`bracket_sync`] over a stream of `Result`s, which ends after the first `Err`; `release` is told
/// of it.
///
/// # Shape
/// The items of the inner stream, in order, up to the first `Err`.
/// # End and errors
/// At an `Err` the inner stream is dropped and `release` called with
/// [`Errored`](ExitCase::Errored) and a clone of the error; then the `Err` is yielded, and the end.
/// Otherwise as [`bracket_sync`].
/// # Cancel safety
/// That of [`bracket_sync`].
/// # Cost
/// One clone of the resource, one of the error. No allocation, no clock.
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use std::cell::Cell;
///
/// # futures_executor::block_on(async {
/// let exit = Cell::new(None);
/// let rows = bracket_case_sync(
///     async { "file" },
///     |_file| from_iter([Ok(1), Err("bad row"), Ok(3)]),
///     |_file, case| exit.set(Some(case)),
/// );
/// let rows: Vec<Result<u32, &str>> = rows.collect_rs2().await;
/// assert_eq!(rows, [Ok(1), Err("bad row")]);
/// assert_eq!(exit.get(), Some(ExitCase::Errored("bad row")));
/// # })
/// ```
pub fn bracket_case_sync<A, U, St, L, T, E>(
    acquire: A,
    use_fn: U,
    release: L,
) -> BracketCaseSync<A, U, St, L, E>
where
    A: Future,
    A::Output: Clone,
    U: FnOnce(A::Output) -> St,
    St: Stream<Item = Result<T, E>>,
    E: Clone,
    L: FnOnce(A::Output, ExitCase<E>),
{
    Bracket::new(acquire, Fresh(use_fn), AtOnce::new(Case(release)))
}
