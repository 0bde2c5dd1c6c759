//! Resources that are released, whatever becomes of the stream that uses them.
//!
//! A bracket acquires a resource at its first poll, yields the items of the stream that is made
//! with it, and releases it exactly once: at the end of that stream, after its first error, when
//! the bracket is dropped, when the code within panics, and when its [`Scope`] is shut down. What
//! uses the resource is dropped before the release begins.
//!
//! At the end of the stream the release is awaited, and the end comes after it. A dropped stream
//! cannot wait, so a release that needs waiting is left to somebody else:
//!
//! 1. It is polled once, where the bracket is dropped. Many have finished by then.
//! 2. If not, the bracket's [`Host`] takes it over: a spawner runs it as a task, a [`Scope`] keeps
//!    it and can be waited for.
//! 3. If nobody takes it, it is dropped, goes to the fallback of [`on_orphan`](Bracket::on_orphan)
//!    if there is one, and is counted in [`losses`](Bracket::losses).
//!
//! [`bracket_sync`] needs none of this, and no memory: its release runs wherever the bracket ends.
//! It is the one to choose for whatever can be closed without waiting.
//!
//! Nothing is released when the process exits or aborts, or when the stream is leaked.

mod at_once;
mod bracket;
mod closes;
mod exit;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod held;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod on;
mod opens;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod release;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod scope;
mod sync;

pub use at_once::AtOnce;
pub use bracket::{Bracket, Guard, Watch};
pub use closes::{Case, Closes, Judges, Simple, Told};
pub use exit::{Cause, ExitCase};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use held::Held;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use on::{BracketCaseOn, BracketOn, bracket_case_on, bracket_on};
pub use opens::{Behind, Follow, Fresh, Opens};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use release::{Host, Release};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use scope::{Run, Scope, Seat, Shutdown, Unreleased};
pub use sync::{BracketCaseSync, BracketSync, bracket_case_sync, bracket_sync};

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use {
    core::{convert::Infallible, future::Future},
    futures_core::Stream,
};

/// The stream of [`bracket_on_rs2`](ResourceExt::bracket_on_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type BracketBehind<S, H, A, U, St, L, Fut> = Bracket<
    A,
    Behind<S, U>,
    Follow<S, St>,
    <S as Stream>::Item,
    Held<<A as Future>::Output, Infallible, Simple<L>, Fut, H>,
>;

/// The stream of [`bracket_case_on_rs2`](ResourceExt::bracket_case_on_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type BracketCaseBehind<S, H, A, U, St, L, Fut, E> = Bracket<
    A,
    Behind<S, U>,
    Follow<S, St>,
    <S as Stream>::Item,
    Held<<A as Future>::Output, E, Case<L>, Fut, H>,
>;

/// Operators that hold a resource.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub trait ResourceExt: Stream {
    /// Yields the items of this stream and then those of the stream that `use_fn` makes with a
    /// resource, and releases that after both.
    ///
    /// ```text
    /// in      a b |
    /// within  c d |
    /// out     a b c d - - |         the release takes two columns
    /// ```
    /// The resource is there before the first item of this stream is taken, and until the last item
    /// of the inner one. To use it *on* the items of this stream, move the stream into the `use_fn`
    /// of [`bracket_on`].
    ///
    /// # Shape
    /// The items of both, in order.
    /// # End and errors
    /// That of [`bracket_on`].
    /// # Cancel safety
    /// That of [`bracket_on`]: this stream and the inner one are dropped before the release begins.
    /// # Backpressure and memory
    /// Holds no item.
    /// # Cost
    /// That of [`bracket_on`].
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::sync::{Arc, Mutex};
    /// # futures_executor::block_on(async {
    /// let log = Arc::new(Mutex::new(vec![]));
    /// let rows = from_iter(["header"]).bracket_on_rs2(
    ///     Scope::new(8),
    ///     async { log.clone() },
    ///     |log| {
    ///         log.lock().unwrap().push("opened");
    ///         from_iter(["row 1", "row 2"])
    ///     },
    ///     async |log: Arc<Mutex<Vec<&str>>>| log.lock().unwrap().push("closed"),
    /// );
    /// assert_eq!(rows.collect_rs2::<Vec<&str>>().await, ["header", "row 1", "row 2"]);
    /// assert_eq!(*log.lock().unwrap(), ["opened", "closed"]);
    /// # })
    /// ```
    #[doc(alias = "finally")]
    fn bracket_on_rs2<H, A, U, St, L, Fut>(
        self,
        host: H,
        acquire: A,
        use_fn: U,
        release: L,
    ) -> BracketBehind<Self, H, A, U, St, L, Fut>
    where
        Self: Sized,
        H: Host<Fut>,
        A: Future,
        A::Output: Clone,
        U: FnOnce(A::Output) -> St,
        St: Stream<Item = Self::Item>,
        L: FnOnce(A::Output) -> Fut,
        Fut: Future<Output = ()>,
    {
        let open = Behind { source: self, use_fn };
        Bracket::new(acquire, open, Held::new(Simple(release), host))
    }

    /// [`bracket_on_rs2`](Self::bracket_on_rs2) for `Result`s: the first `Err` of either stream
    /// ends both, and `release` is told how it came to that.
    ///
    /// # Shape
    /// The items of both, in order, up to the first `Err`.
    /// # End and errors
    /// That of [`bracket_case_on`].
    /// # Cancel safety
    /// That of [`bracket_on`]: this stream and the inner one are dropped before the release begins.
    /// # Backpressure and memory
    /// Holds an `Err` while the release runs, no other item.
    /// # Cost
    /// That of [`bracket_case_on`].
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::sync::{Arc, Mutex};
    /// # futures_executor::block_on(async {
    /// let exit = Arc::new(Mutex::new(None));
    /// let rows = from_iter([Ok(1), Err("bad header")]).bracket_case_on_rs2(
    ///     Scope::new(1),
    ///     async { exit.clone() },
    ///     |_| from_iter([Ok(2)]),
    ///     async |exit: Arc<Mutex<_>>, case| *exit.lock().unwrap() = Some(case),
    /// );
    /// let rows: Vec<Result<u32, &str>> = rows.collect_rs2().await;
    /// assert_eq!(rows, [Ok(1), Err("bad header")]);
    /// assert_eq!(*exit.lock().unwrap(), Some(ExitCase::Errored("bad header")));
    /// # })
    /// ```
    fn bracket_case_on_rs2<H, A, U, St, L, Fut, T, E>(
        self,
        host: H,
        acquire: A,
        use_fn: U,
        release: L,
    ) -> BracketCaseBehind<Self, H, A, U, St, L, Fut, E>
    where
        Self: Sized + Stream<Item = Result<T, E>>,
        H: Host<Fut>,
        A: Future,
        A::Output: Clone,
        U: FnOnce(A::Output) -> St,
        St: Stream<Item = Result<T, E>>,
        E: Clone,
        L: FnOnce(A::Output, ExitCase<E>) -> Fut,
        Fut: Future<Output = ()>,
    {
        let open = Behind { source: self, use_fn };
        Bracket::new(acquire, open, Held::new(Case(release), host))
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<S: Stream + ?Sized> ResourceExt for S {}
