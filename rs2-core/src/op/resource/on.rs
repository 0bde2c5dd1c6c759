//! Brackets whose release waits.

use super::{Bracket, Case, Closes, ExitCase, Fresh, Held, Host, Judges, Opens, Simple};
use crate::metrics::Losses;
use alloc::boxed::Box;
use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use futures_core::Stream;

/// The stream of [`bracket_on`].
pub type BracketOn<H, A, U, St, L, Fut> = Bracket<
    A,
    Fresh<U>,
    St,
    <St as Stream>::Item,
    Held<<A as Future>::Output, Infallible, Simple<L>, Fut, H>,
>;

/// The stream of [`bracket_case_on`].
pub type BracketCaseOn<H, A, U, St, L, Fut, E> =
    Bracket<A, Fresh<U>, St, <St as Stream>::Item, Held<<A as Future>::Output, E, Case<L>, Fut, H>>;

/// Yields the items of the stream that `use_fn` makes with a resource; `release` takes the resource
/// when that stream ends or is dropped.
///
/// ```text
/// within  a b |
/// out     a b - - |             the release takes two columns
/// ```
/// The resource is a clone for `use_fn` and the original for `release`: usually an `Arc`, or a
/// handle that can be cloned. `host` finishes the release of a bracket that was dropped: a spawner,
/// or a [`Scope`](super::Scope), which can also end the bracket.
///
/// # Shape
/// The items of the inner stream, in order.
/// # End and errors
/// When the inner stream ends, it is dropped, the release is awaited, and then the bracket ends. So
/// it does when its scope is interrupted or shut down. `Err` items are items like any other:
/// [`bracket_case_on`] sees them. A panic in `use_fn` or the inner stream goes through; the next
/// poll releases and ends, or the drop releases. A panic in `release` goes through where it is
/// awaited, and is counted wherever it happens.
/// # Cancel safety
/// A dropped `next()` loses nothing. Dropping the stream while it acquires drops that future. Later
/// it drops the inner stream and starts the release, which the host finishes; see the
/// [module](super).
/// # Backpressure and memory
/// Holds no item.
/// # Cost
/// One clone of the resource, one allocation for the release. With a scope, a look at an atomic per
/// poll, and its lock for a poll that finds nothing in another task than before. No clock.
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use std::sync::{Arc, Mutex};
///
/// # futures_executor::block_on(async {
/// let log = Arc::new(Mutex::new(vec!["acquired"]));
/// let rows = bracket_on(
///     Scope::new(8),
///     async { log.clone() },
///     |_log| from_iter(1..=3),
///     async |log: Arc<Mutex<Vec<&str>>>| log.lock().unwrap().push("released"),
/// );
/// // Two of three: the bracket is dropped, and releases all the same.
/// assert_eq!(rows.take_rs2(2).collect_rs2::<Vec<u32>>().await, [1, 2]);
/// assert_eq!(*log.lock().unwrap(), ["acquired", "released"]);
/// # })
/// ```
#[doc(alias = "using")]
#[doc(alias = "finally")]
pub fn bracket_on<H, A, U, St, L, Fut>(
    host: H,
    acquire: A,
    use_fn: U,
    release: L,
) -> BracketOn<H, A, U, St, L, Fut>
where
    H: Host<Fut>,
    A: Future,
    A::Output: Clone,
    U: FnOnce(A::Output) -> St,
    St: Stream,
    L: FnOnce(A::Output) -> Fut,
    Fut: Future<Output = ()>,
{
    Bracket::new(acquire, Fresh(use_fn), Held::new(Simple(release), host))
}

/// [`bracket_on`] over a stream of `Result`s, which ends after the first `Err`; `release` is told
/// how it came to that.
///
/// ```text
/// within  a e b |               e is an Err
/// out     a - - (e|)            the release takes two columns
/// ```
/// # Shape
/// The items of the inner stream, in order, up to the first `Err`.
/// # End and errors
/// At an `Err` the inner stream is dropped and the release awaited, with
/// [`Errored`](ExitCase::Errored) and a clone of the error. Then comes the `Err`, and then the end:
/// whoever stops reading at the `Err` finds the resource released. After the end of the inner
/// stream it is [`Completed`](ExitCase::Completed), in every other case
/// [`Canceled`](ExitCase::Canceled) with the cause. Otherwise as [`bracket_on`].
/// # Cancel safety
/// That of [`bracket_on`]. Dropped while it waits for the release after an `Err`, it drops the
/// `Err`.
/// # Backpressure and memory
/// Holds an `Err` while the release runs, no other item.
/// # Cost
/// That of [`bracket_on`], and one clone of the error.
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use std::sync::{Arc, Mutex};
///
/// # futures_executor::block_on(async {
/// let exit = Arc::new(Mutex::new(None));
/// let rows = bracket_case_on(
///     Scope::new(8),
///     async { exit.clone() },
///     |_| from_iter([Ok(1), Err("bad row"), Ok(3)]),
///     async |exit: Arc<Mutex<_>>, case| *exit.lock().unwrap() = Some(case),
/// );
/// let rows: Vec<Result<u32, &str>> = rows.collect_rs2().await;
/// assert_eq!(rows, [Ok(1), Err("bad row")]);
/// assert_eq!(*exit.lock().unwrap(), Some(ExitCase::Errored("bad row")));
/// # })
/// ```
pub fn bracket_case_on<H, A, U, St, L, Fut, T, E>(
    host: H,
    acquire: A,
    use_fn: U,
    release: L,
) -> BracketCaseOn<H, A, U, St, L, Fut, E>
where
    H: Host<Fut>,
    A: Future,
    A::Output: Clone,
    U: FnOnce(A::Output) -> St,
    St: Stream<Item = Result<T, E>>,
    E: Clone,
    L: FnOnce(A::Output, ExitCase<E>) -> Fut,
    Fut: Future<Output = ()>,
{
    Bracket::new(acquire, Fresh(use_fn), Held::new(Case(release), host))
}

impl<A, U, St, E, L, F, H> Bracket<A, U, St, St::Item, Held<A::Output, E, L, F, H>>
where
    A: Future,
    U: Opens<A::Output, Stream = St>,
    St: Stream,
    L: Closes<A::Output, E, Output = F> + Judges<St::Item, Error = E>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    /// The name under which [`Unreleased`](super::Unreleased) tells of it.
    ///
    /// # Panics
    /// When the stream has been polled.
    #[track_caller]
    pub fn named(self, name: &'static str) -> Self {
        self.set(|guard| guard.set_name(name))
    }

    /// What is called with a release that nobody else finishes: the spawner took no task or dropped
    /// it, the scope was full or is gone. On a thread that may block it can run it to its end.
    ///
    /// It is called in a destructor. A panic in it is counted, and goes no further where panics can
    /// be caught.
    ///
    /// # Panics
    /// When the stream has been polled.
    #[track_caller]
    pub fn on_orphan(self, fallback: fn(Pin<Box<F>>)) -> Self {
        self.set(|guard| guard.set_fallback(fallback))
    }

    /// Counts of releases that did not come to their end: [`Abandoned`](crate::metrics::Loss) when
    /// nobody took them over, [`Failed`](crate::metrics::Loss) when they panicked. A bracket on a
    /// [`Scope`](super::Scope) counts where its scope does.
    pub fn losses(&self) -> Losses {
        self.guard().losses()
    }
}
