//! Parts of pipelines as values: a function from a stream to a stream that has a name, can be
//! cloned, and can be put together with others.

use crate::boxed::RS2Stream;
use crate::machine::Progress;
use crate::op::{SelectExt, TransformExt};
use crate::sync::{Arc, Lock};
use alloc::boxed::Box;
use core::fmt;

/// A part of a pipeline: what makes a stream of `O` of a stream of `I`, as often as it is applied.
///
/// A clone is the same pipe. Where the types are known, a function `fn(impl Progress<Item = I>) ->
/// impl Progress<Item = O>` does the same without a box; a pipe can be kept in a field, chosen at
/// run time and put together.
///
/// # State
/// What the function makes inside itself belongs to one stream. [`map`] and [`filter`] take
/// closures that change what they captured: each stream works with a clone of the closure as it
/// was given. [`from_fn_mut`](Self::from_fn_mut) is for what all streams of a pipe share.
///
/// # Examples
/// ```
/// use rs2_core::pipe::Pipe;
/// use rs2_core::prelude::*;
///
/// # futures_executor::block_on(async {
/// let number_lines = Pipe::new(|lines: RS2Stream<&str>| {
///     let mut number = 0;
///     lines.map_rs2(move |line| {
///         number += 1;
///         format!("{number} {line}")
///     })
/// });
/// for _ in 0..2 {
///     let lines = number_lines.apply(from_iter(["to be", "or not"]));
///     assert_eq!(lines.collect_rs2::<Vec<String>>().await, ["1 to be", "2 or not"]);
/// }
/// # })
/// ```
pub struct Pipe<I, O> {
    f: Arc<Function<I, O>>,
}

type Function<I, O> = dyn Fn(RS2Stream<I>) -> RS2Stream<O> + Send + Sync;

impl<I: 'static, O: 'static> Pipe<I, O> {
    /// A pipe that does what `f` does. `f` gives any stream back, in a box or not.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{pipe::Pipe, prelude::*};
    /// # futures_executor::block_on(async {
    /// let first_two = Pipe::new(|stream: RS2Stream<u32>| stream.take_rs2(2));
    /// assert_eq!(first_two.apply(from_iter(7..)).collect_rs2::<Vec<u32>>().await, [7, 8]);
    /// # })
    /// ```
    pub fn new<F, S>(f: F) -> Self
    where
        F: Fn(RS2Stream<I>) -> S + Send + Sync + 'static,
        S: Progress<Item = O> + Send + 'static,
    {
        // Boxed first: the `Arc` of a processor without compare-and-swap does not unsize.
        let f: Box<Function<I, O>> = Box::new(move |input| RS2Stream::new(f(input)));
        Self { f: Arc::from(f) }
    }

    /// A pipe that does what `f` does, where `f` changes what it captured: it is called once for
    /// each stream, and what it keeps is shared by all of them.
    ///
    /// A lock is held while `f` builds a stream and not while that runs. A pipe whose `f` applies
    /// the pipe itself would wait for itself.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{pipe::Pipe, prelude::*};
    /// # futures_executor::block_on(async {
    /// let mut streams = 0;
    /// let numbered = Pipe::from_fn_mut(move |stream: RS2Stream<char>| {
    ///     streams += 1;
    ///     let number = streams;
    ///     stream.map_rs2(move |item| (number, item))
    /// });
    /// let first = numbered.apply(from_iter(['a', 'b']));
    /// let second = numbered.apply(from_iter(['c']));
    /// let all: Vec<_> = first.concat_rs2(second).collect_rs2().await;
    /// assert_eq!(all, [(1, 'a'), (1, 'b'), (2, 'c')]);
    /// # })
    /// ```
    pub fn from_fn_mut<F, S>(f: F) -> Self
    where
        F: FnMut(RS2Stream<I>) -> S + Send + 'static,
        S: Progress<Item = O> + Send + 'static,
    {
        let f = Lock::new(f);
        Self::new(move |input| f.with(|f| f(input)))
    }

    /// Yields what the pipe makes of a stream.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{pipe, prelude::*};
    /// # futures_executor::block_on(async {
    /// let double = pipe::map(|n: u32| 2 * n);
    /// assert_eq!(double.apply(from_iter([1, 2])).collect_rs2::<Vec<u32>>().await, [2, 4]);
    /// # })
    /// ```
    pub fn apply<S>(&self, input: S) -> RS2Stream<O>
    where
        S: Progress<Item = I> + Send + 'static,
    {
        (self.f)(RS2Stream::new(input))
    }

    /// The pipe that applies this one, and `next` to what comes out.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{pipe, prelude::*};
    /// # futures_executor::block_on(async {
    /// let even_squares = pipe::filter(|n: &u32| n % 2 == 0).compose(pipe::map(|n| n * n));
    /// assert_eq!(even_squares.apply(from_iter(1..=4)).collect_rs2::<Vec<u32>>().await, [4, 16]);
    /// # })
    /// ```
    #[doc(alias = "and_then")]
    pub fn compose<P: 'static>(self, next: Pipe<O, P>) -> Pipe<I, P> {
        Pipe::new(move |input| next.apply(self.apply(input)))
    }
}

impl<I, O> Clone for Pipe<I, O> {
    fn clone(&self) -> Self {
        Self { f: self.f.clone() }
    }
}

impl<I, O> fmt::Debug for Pipe<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe").finish_non_exhaustive()
    }
}

/// [`Pipe::compose`] for code that imports it as a trait.
pub trait PipeExt<I, O> {
    /// [`Pipe::compose`].
    fn compose<P: 'static>(self, next: Pipe<O, P>) -> Pipe<I, P>;
}

impl<I: 'static, O: 'static> PipeExt<I, O> for Pipe<I, O> {
    fn compose<P: 'static>(self, next: Pipe<O, P>) -> Pipe<I, P> {
        self.compose(next)
    }
}

/// A pipe that yields `f` of each item. Each stream works with its own clone of `f`.
///
/// # Examples
/// ```
/// # use rs2_core::{pipe, prelude::*};
/// # futures_executor::block_on(async {
/// let mut sum = 0;
/// let running_sum = pipe::map(move |n: u32| {
///     sum += n;
///     sum
/// });
/// for _ in 0..2 {
///     let sums: Vec<u32> = running_sum.apply(from_iter([1, 2, 3])).collect_rs2().await;
///     assert_eq!(sums, [1, 3, 6]);
/// }
/// # })
/// ```
pub fn map<I, O, F>(f: F) -> Pipe<I, O>
where
    I: 'static,
    O: 'static,
    F: FnMut(I) -> O + Clone + Send + Sync + 'static,
{
    Pipe::new(move |input| input.map_rs2(f.clone()))
}

/// A pipe that yields the items for which `pred` says `true`. Each stream works with its own clone
/// of `pred`.
///
/// # Examples
/// ```
/// # use rs2_core::{pipe, prelude::*};
/// # futures_executor::block_on(async {
/// let short = pipe::filter(|word: &&str| word.len() < 4);
/// let words: Vec<&str> = short.apply(from_iter(["tea", "milk"])).collect_rs2().await;
/// assert_eq!(words, ["tea"]);
/// # })
/// ```
pub fn filter<I, F>(pred: F) -> Pipe<I, I>
where
    I: 'static,
    F: FnMut(&I) -> bool + Clone + Send + Sync + 'static,
{
    Pipe::new(move |input| input.filter_rs2(pred.clone()))
}

/// [`Pipe::compose`] as a function: the pipe that applies `first`, and `next` to what comes out.
///
/// # Examples
/// ```
/// # use rs2_core::{pipe, prelude::*};
/// # futures_executor::block_on(async {
/// let lengths = pipe::compose(pipe::map(str::trim), pipe::map(str::len));
/// assert_eq!(lengths.apply(from_iter([" a", "b c "])).collect_rs2::<Vec<_>>().await, [1, 3]);
/// # })
/// ```
pub fn compose<I, O, P>(first: Pipe<I, O>, next: Pipe<O, P>) -> Pipe<I, P>
where
    I: 'static,
    O: 'static,
    P: 'static,
{
    first.compose(next)
}

/// A pipe that yields the items as they come.
///
/// # Examples
/// ```
/// # use rs2_core::{pipe, prelude::*};
/// # futures_executor::block_on(async {
/// let stream = pipe::identity().apply(from_iter([1, 2]));
/// assert_eq!(stream.collect_rs2::<Vec<u32>>().await, [1, 2]);
/// # })
/// ```
pub fn identity<T: 'static>() -> Pipe<T, T> {
    Pipe::new(|input| input)
}
