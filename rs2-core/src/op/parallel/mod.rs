//! Operators that hold several futures in flight.

mod par_eval_map;
mod work;

pub use par_eval_map::ParEvalMap;
pub use work::{Here, InPlace, Numbered, OnSpawner, Spawned, Work};

use crate::slots::HeapSlots;
use crate::task::{Spawner, Task};
use core::future::Future;
use futures_core::Stream;

/// The stream of [`par_eval_map_inline_rs2`](ParallelExt::par_eval_map_inline_rs2).
pub type ParEvalMapInline<S, F, Fut> = ParEvalMap<S, InPlace<F>, HeapSlots<Numbered<Here<Fut>>>>;

/// The stream of [`par_eval_map_on_rs2`](ParallelExt::par_eval_map_on_rs2).
pub type ParEvalMapOn<S, Sp, F, Fut> =
    ParEvalMap<S, OnSpawner<Sp, F>, HeapSlots<Numbered<Spawned<Fut>>>>;

/// Operators that hold several futures in flight.
pub trait ParallelExt: Stream {
    /// Yields the outputs of the futures that `f` makes, in the order of the items, with at most
    /// `concurrency` of them in flight, all within this stream.
    ///
    /// ```text
    /// in    a b c - - - |       concurrency = 2; a takes 3 columns, b and c take 1
    /// runs  a a a
    ///         b c
    /// out   - - - a b c |
    /// ```
    /// The futures need be neither `Send` nor `'static`. They advance while the stream is polled,
    /// or driven by [`Progress`](crate::machine::Progress).
    ///
    /// # Shape
    /// n items in, n out, in order, each as soon as it and all before it have finished, also while
    /// the source has nothing.
    /// # End and errors
    /// Ends when the source has ended and every future has finished. `Err` outputs are outputs like
    /// any other. A panic in `f`, a future or the source goes through at once; the stream has then
    /// ended.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops what is in flight and what has
    /// finished out of turn: at most `2 * concurrency` items.
    /// # Backpressure and memory
    /// At most `concurrency` futures in flight, and at most twice as many items started and not yet
    /// yielded, so that one slow item does not idle the others; with a concurrency of 1 one item,
    /// and nothing starts before the last output was yielded. The source is not polled while
    /// either limit is reached. A free slot is filled before an item is yielded.
    /// # Cost
    /// One allocation per item. A poll costs what was woken, not what is in flight. The futures see
    /// wakers of this stream: a future that needs the waker of its executor (embassy's timers)
    /// cannot run here.
    /// # Panics
    /// When `concurrency` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let greeting = String::from("hello, ");
    /// let greet = async |name: &str| greeting.clone() + name;
    /// let greetings: Vec<String> =
    ///     from_iter(["ada", "grace"]).par_eval_map_inline_rs2(8, greet).collect_rs2().await;
    /// assert_eq!(greetings, ["hello, ada", "hello, grace"]);
    /// # })
    /// ```
    #[doc(alias = "buffered")]
    #[doc(alias = "map_async")]
    #[track_caller]
    fn par_eval_map_inline_rs2<F, Fut>(
        self,
        concurrency: usize,
        f: F,
    ) -> ParEvalMapInline<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        assert!(concurrency > 0, "a concurrency of zero would never start anything");
        ParEvalMap::new(self, InPlace::new(f), HeapSlots::bounded(concurrency))
    }

    /// [`par_eval_map_inline_rs2`](Self::par_eval_map_inline_rs2) with each future as a task of
    /// `spawner`: on several threads where the executor has several.
    ///
    /// The tasks advance whether or not the stream is polled. A future that the spawner gives back
    /// runs within this stream instead, so none is lost; its panic then goes through at once.
    ///
    /// # Shape
    /// n items in, n out, in order, each as soon as it and all before it have finished, also while
    /// the source has nothing.
    /// # End and errors
    /// Ends when the source has ended and every task has finished. `Err` outputs are outputs like
    /// any other. A task's panic is resumed here, in its place in the order: what came before it is
    /// yielded, what was started after it is cancelled, and the stream has ended. A task that its
    /// executor dropped panics here in the same way; it is never taken for an end.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream cancels the tasks and loses at most
    /// `2 * concurrency` items.
    /// # Backpressure and memory
    /// That of [`par_eval_map_inline_rs2`](Self::par_eval_map_inline_rs2).
    /// # Cost
    /// One task and two allocations per item.
    /// # Panics
    /// When `concurrency` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # use std::thread;
    /// /// A thread for each task.
    /// struct Threads;
    ///
    /// impl<F: Future<Output = ()> + Send + 'static> Spawner<F> for Threads {
    ///     fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
    ///         thread::spawn(|| futures_executor::block_on(future));
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # futures_executor::block_on(async {
    /// let squares = from_iter(1..=3).par_eval_map_on_rs2(Threads, 2, async |n: u32| n * n);
    /// let squares: Vec<u32> = squares.collect_rs2().await;
    /// assert_eq!(squares, [1, 4, 9]);
    /// # })
    /// ```
    #[doc(alias = "buffered")]
    #[doc(alias = "map_async")]
    #[doc(alias = "map_concurrent")]
    #[track_caller]
    fn par_eval_map_on_rs2<Sp, F, Fut>(
        self,
        spawner: Sp,
        concurrency: usize,
        f: F,
    ) -> ParEvalMapOn<Self, Sp, F, Fut>
    where
        Self: Sized,
        Sp: Spawner<Task<Fut>>,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        assert!(concurrency > 0, "a concurrency of zero would never start anything");
        ParEvalMap::new(self, OnSpawner::new(spawner, f), HeapSlots::bounded(concurrency))
    }
}

impl<S: Stream + ?Sized> ParallelExt for S {}
