//! Operators that work on several items at once.

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod bells;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod crew;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod keyed_concurrency;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod lanes;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod map_parallel;
mod par_eval_map;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod par_eval_map_keyed;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod par_join;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod spawned;
mod work;

pub use crate::slots::outputs::{AsFinished, InOrder, Outputs};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use crew::Worker;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use keyed_concurrency::{
    DEFAULT_MAX_WAITING, DEFAULT_MAX_WAITING_PER_KEY, KeyedConcurrency, KeyedOrder,
};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use map_parallel::MapParallel;
pub use par_eval_map::ParEvalMap;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use par_eval_map_keyed::ParEvalMapKeyed;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use par_join::ParJoin;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use spawned::{OffExecutor, OnSpawner, Spawned};
pub use work::{Here, InPlace, Numbered, Work};

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::slots::HeapSlots;
use crate::slots::SlotStorage;
use crate::store::Storage;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::store::{Heap, HeapQueue};
use crate::task::JoinError;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::task::{Call, JoinHandle, SpawnBlocking, Spawner, Task};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::time::Clock;
use core::future::Future;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use core::hash::Hash;
use futures_core::Stream;

/// Futures within the stream, with their places in the order of the items.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
type Inline<Fut, P = u64> = HeapSlots<Numbered<Here<Fut>, P>>;
/// Futures as tasks, with their places in the order of the items.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
type Tasks<Fut, P = u64> = HeapSlots<Numbered<Spawned<Fut>, P>>;
/// The output of a future, or why there is none.
type Joined<Fut> = Result<<Fut as Future>::Output, JoinError>;
/// A place in the order of the items, and the number of a key's lane.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
type InLane = (u64, u32);

/// The stream of [`par_eval_map_inline_rs2`](ParallelExt::par_eval_map_inline_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type ParEvalMapInline<S, F, Fut> =
    ParEvalMap<S, InPlace<F>, Inline<Fut>, InOrder<HeapQueue<Option<Joined<Fut>>>>>;

/// The stream of [`par_eval_map_inline_in_rs2`](ParallelExt::par_eval_map_inline_in_rs2).
pub type ParEvalMapInlineIn<S, St, F, Fut> = ParEvalMap<
    S,
    InPlace<F>,
    <St as SlotStorage>::Slots<Numbered<Here<Fut>>>,
    InOrder<<St as Storage>::Queue<Option<Joined<Fut>>>>,
>;

/// The stream of
/// [`par_eval_map_unordered_inline_in_rs2`](ParallelExt::par_eval_map_unordered_inline_in_rs2).
pub type ParEvalMapUnorderedInlineIn<S, St, F, Fut> = ParEvalMap<
    S,
    InPlace<F>,
    <St as SlotStorage>::Slots<Numbered<Here<Fut>>>,
    AsFinished<<St as Storage>::Queue<Joined<Fut>>>,
>;

/// The stream of [`par_eval_map_on_rs2`](ParallelExt::par_eval_map_on_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type ParEvalMapOn<S, Sp, F, Fut> =
    ParEvalMap<S, OnSpawner<Sp, F>, Tasks<Fut>, InOrder<HeapQueue<Option<Joined<Fut>>>>>;

/// The stream of
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
/// [`par_eval_map_unordered_inline_rs2`](ParallelExt::par_eval_map_unordered_inline_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type ParEvalMapUnorderedInline<S, F, Fut> =
    ParEvalMap<S, InPlace<F>, Inline<Fut>, AsFinished<HeapQueue<Joined<Fut>>>>;

/// The stream of [`par_eval_map_unordered_on_rs2`](ParallelExt::par_eval_map_unordered_on_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type ParEvalMapUnorderedOn<S, Sp, F, Fut> =
    ParEvalMap<S, OnSpawner<Sp, F>, Tasks<Fut>, AsFinished<HeapQueue<Joined<Fut>>>>;

/// The stream of [`par_eval_map_keyed_inline_rs2`](ParallelExt::par_eval_map_keyed_inline_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type ParEvalMapKeyedInline<S, K, G, F, Fut> =
    ParEvalMapKeyed<S, K, G, InPlace<F>, Inline<Fut, InLane>>;

/// The stream of [`par_eval_map_keyed_on_rs2`](ParallelExt::par_eval_map_keyed_on_rs2).
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type ParEvalMapKeyedOn<S, Sp, K, G, F, Fut> =
    ParEvalMapKeyed<S, K, G, OnSpawner<Sp, F>, Tasks<Fut, InLane>>;

/// The stream of [`map_parallel_with_concurrency_rs2`][twin].
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
///
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
/// [twin]: ParallelExt::map_parallel_with_concurrency_on_rs2
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub type MapParallelWithConcurrency<S, Sp, F, U> = ParEvalMap<
    S,
    OffExecutor<Sp, F>,
    HeapSlots<Numbered<JoinHandle<U>>>,
    InOrder<HeapQueue<Option<Result<U, JoinError>>>>,
>;

/// Operators that work on several items at once: on futures in flight, or on other threads.
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
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
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
        assert_concurrency(concurrency);
        let slots = HeapSlots::bounded(concurrency);
        ParEvalMap::new(self, InPlace::new(f), slots, InOrder::over(window(concurrency)))
    }

    /// [`par_eval_map_inline_rs2`](Self::par_eval_map_inline_rs2) with the futures, and the outputs
    /// that wait for their turn, in a memory of the caller's choice: as many of each as its
    /// capacity.
    ///
    /// In an inline memory every future is polled with the waker of the task, so timers of embassy
    /// run there, and a poll costs what is in flight. Nothing is allocated.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let slots = Heap::bounded(2);
    /// let doubled = from_iter(1..=3).par_eval_map_inline_in_rs2(slots, async |n| 2 * n);
    /// assert_eq!(doubled.collect_rs2::<Vec<u32>>().await, [2, 4, 6]);
    /// # })
    /// ```
    fn par_eval_map_inline_in_rs2<St, F, Fut>(
        self,
        slots: St,
        f: F,
    ) -> ParEvalMapInlineIn<Self, St, F, Fut>
    where
        Self: Sized,
        St: SlotStorage,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        ParEvalMap::new(self, InPlace::new(f), slots.slots(), InOrder::over(slots.queue()))
    }

    /// [`par_eval_map_unordered_inline_rs2`](Self::par_eval_map_unordered_inline_rs2) in a memory
    /// of the caller's choice, as with
    /// [`par_eval_map_inline_in_rs2`](Self::par_eval_map_inline_in_rs2).
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let slots = Heap::bounded(2);
    /// let items = from_iter(1..=3);
    /// let doubled = items.par_eval_map_unordered_inline_in_rs2(slots, async |n| 2 * n);
    /// assert_eq!(doubled.fold_sync_rs2(0, |sum, n| sum + n).await, 12);
    /// # })
    /// ```
    fn par_eval_map_unordered_inline_in_rs2<St, F, Fut>(
        self,
        slots: St,
        f: F,
    ) -> ParEvalMapUnorderedInlineIn<Self, St, F, Fut>
    where
        Self: Sized,
        St: SlotStorage,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        ParEvalMap::new(self, InPlace::new(f), slots.slots(), AsFinished::over(slots.queue()))
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
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
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
        assert_concurrency(concurrency);
        let (work, slots) = (OnSpawner::new(spawner, f), HeapSlots::bounded(concurrency));
        ParEvalMap::new(self, work, slots, InOrder::over(window(concurrency)))
    }

    /// Yields the outputs of the futures that `f` makes as they finish, with at most `concurrency`
    /// of them in flight, all within this stream.
    ///
    /// ```text
    /// in    a b c - - - |       concurrency = 2; a takes 3 columns, b and c take 1
    /// runs  a a a
    ///         b c
    /// out   - - b c a - |
    /// ```
    /// The futures need be neither `Send` nor `'static`. They advance while the stream is polled,
    /// or driven by [`Progress`](crate::machine::Progress).
    ///
    /// # Shape
    /// n items in, n out, each as soon as it has finished.
    /// # End and errors
    /// Ends when the source has ended and every future has finished. `Err` outputs are outputs like
    /// any other. A panic in `f`, a future or the source goes through at once; the stream has then
    /// ended.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops what is in flight and what has
    /// finished and was not yet yielded: at most `2 * concurrency` items.
    /// # Backpressure and memory
    /// That of [`par_eval_map_inline_rs2`](Self::par_eval_map_inline_rs2).
    /// # Cost
    /// That of [`par_eval_map_inline_rs2`](Self::par_eval_map_inline_rs2).
    /// # Panics
    /// When `concurrency` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let length = async |name: &str| name.len();
    /// let lengths = from_iter(["ada", "grace"]).par_eval_map_unordered_inline_rs2(8, length);
    /// assert_eq!(lengths.fold_sync_rs2(0, |sum, length| sum + length).await, 8);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "buffer_unordered")]
    #[doc(alias = "map_async_unordered")]
    #[track_caller]
    fn par_eval_map_unordered_inline_rs2<F, Fut>(
        self,
        concurrency: usize,
        f: F,
    ) -> ParEvalMapUnorderedInline<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        assert_concurrency(concurrency);
        let slots = HeapSlots::bounded(concurrency);
        ParEvalMap::new(self, InPlace::new(f), slots, AsFinished::over(window(concurrency)))
    }

    /// [`par_eval_map_unordered_inline_rs2`](Self::par_eval_map_unordered_inline_rs2) with each
    /// future as a task of `spawner`: on several threads where the executor has several.
    ///
    /// The tasks advance whether or not the stream is polled. A future that the spawner gives back
    /// runs within this stream instead, so none is lost; its panic then goes through at once. A
    /// task's panic is resumed here when the task's turn comes; a task that its executor dropped
    /// panics here in the same way. Dropping the stream cancels the tasks. One task and two
    /// allocations per item.
    ///
    /// # Panics
    /// When `concurrency` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # use std::thread;
    /// # struct Threads;
    /// # impl<F: Future<Output = ()> + Send + 'static> Spawner<F> for Threads {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
    /// #         thread::spawn(|| futures_executor::block_on(future));
    /// #         Ok(())
    /// #     }
    /// # }
    /// # futures_executor::block_on(async {
    /// let squares =
    ///     from_iter(1..=3).par_eval_map_unordered_on_rs2(Threads, 2, async |n: u32| n * n);
    /// assert_eq!(squares.fold_sync_rs2(0, |sum, square| sum + square).await, 14);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "buffer_unordered")]
    #[doc(alias = "map_async_unordered")]
    #[track_caller]
    fn par_eval_map_unordered_on_rs2<Sp, F, Fut>(
        self,
        spawner: Sp,
        concurrency: usize,
        f: F,
    ) -> ParEvalMapUnorderedOn<Self, Sp, F, Fut>
    where
        Self: Sized,
        Sp: Spawner<Task<Fut>>,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        assert_concurrency(concurrency);
        let (work, slots) = (OnSpawner::new(spawner, f), HeapSlots::bounded(concurrency));
        ParEvalMap::new(self, work, slots, AsFinished::over(window(concurrency)))
    }

    /// Yields the outputs of the futures that `f` makes, those of one key one after the other and
    /// those of different keys at once, all within this stream.
    ///
    /// ```text
    /// in    a1 a2 b1 -  -  |       two in flight; each takes 2 columns
    /// runs  a1 a1 a2 a2
    ///             b1 b1
    /// out   -  -  a1 -  (b1 a2 |)
    /// ```
    /// A bare number is taken as the concurrency; [`KeyedConcurrency`] sets the other limits and
    /// the order.
    ///
    /// # Shape
    /// n items in, n out. With [`KeyedOrder::PerKey`] each as soon as it has finished, so those of
    /// a key in their order; with [`KeyedOrder::Global`] all in the order of the items.
    /// # End and errors
    /// Ends when the source has ended and every future has finished. `Err` outputs are outputs like
    /// any other: what follows of the same key is started all the same. A panic in a closure, a
    /// future or the source goes through at once; the stream has then ended.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops what is in flight and what
    /// waits.
    /// # Backpressure and memory
    /// At most `concurrency` futures in flight, `per_key` (1) of each key, and `max_waiting`
    /// (1,024) further items taken and not yet yielded. Keys take turns, so a hot key gets its
    /// share and no more. Of one key at most `max_waiting_per_key` (128) items wait: until then a
    /// slow key holds up no other, from then on the source is not polled, because what it has next
    /// might be of that key.
    /// # Cost
    /// One or two table lookups and one allocation per item; a clone of the key where the key had
    /// no item underway. A poll costs what was woken.
    /// # Panics
    /// When a setting is zero: see [`KeyedConcurrency::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let orders = [("ann", 1), ("bob", 2), ("ann", 3)];
    /// let place = async |(customer, order)| format!("{customer}: {order}");
    /// let placed: Vec<String> = from_iter(orders)
    ///     .par_eval_map_keyed_inline_rs2(8, |order| order.0, place)
    ///     .collect_rs2()
    ///     .await;
    /// let of_ann: Vec<&String> = placed.iter().filter(|line| line.starts_with("ann")).collect();
    /// assert_eq!(of_ann, ["ann: 1", "ann: 3"]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "map_async_partitioned")]
    #[track_caller]
    fn par_eval_map_keyed_inline_rs2<K, G, F, Fut>(
        self,
        limits: impl Into<KeyedConcurrency>,
        key: G,
        f: F,
    ) -> ParEvalMapKeyedInline<Self, K, G, F, Fut>
    where
        Self: Sized,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        let limits = assert_valid(limits.into());
        let slots = HeapSlots::bounded(limits.concurrency);
        ParEvalMapKeyed::new(self, &limits, key, InPlace::new(f), slots)
    }

    /// [`par_eval_map_keyed_inline_rs2`](Self::par_eval_map_keyed_inline_rs2) with each future as a
    /// task of `spawner`: on several threads where the executor has several.
    ///
    /// The tasks advance whether or not the stream is polled; the next item of a key is started by
    /// a poll, or driven by [`Progress`](crate::machine::Progress). A future that the spawner gives
    /// back runs within this stream instead. A task's panic is resumed here when the task's turn
    /// comes; a task that its executor dropped panics here in the same way. Dropping the stream
    /// cancels the tasks. Keys are hashed under the seed of `limits`, which the plain name
    /// `par_eval_map_keyed_rs2(limits, key, f)` fills in.
    ///
    /// # Panics
    /// When a setting is zero: see [`KeyedConcurrency::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # use rs2_core::op::parallel::{KeyedConcurrency, KeyedOrder};
    /// # use std::thread;
    /// # struct Threads;
    /// # impl<F: Future<Output = ()> + Send + 'static> Spawner<F> for Threads {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
    /// #         thread::spawn(|| futures_executor::block_on(future));
    /// #         Ok(())
    /// #     }
    /// # }
    /// # futures_executor::block_on(async {
    /// let limits = KeyedConcurrency::of(2).order(KeyedOrder::Global).seeded(7);
    /// let squares = from_iter(1..=3)
    ///     .par_eval_map_keyed_on_rs2(Threads, limits, |n| n % 2, async |n: u32| n * n);
    /// assert_eq!(squares.collect_rs2::<Vec<u32>>().await, [1, 4, 9]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "map_async_partitioned")]
    #[track_caller]
    fn par_eval_map_keyed_on_rs2<Sp, K, G, F, Fut>(
        self,
        spawner: Sp,
        limits: impl Into<KeyedConcurrency>,
        key: G,
        f: F,
    ) -> ParEvalMapKeyedOn<Self, Sp, K, G, F, Fut>
    where
        Self: Sized,
        Sp: Spawner<Task<Fut>>,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        let limits = assert_valid(limits.into());
        let (work, slots) = (OnSpawner::new(spawner, f), HeapSlots::bounded(limits.concurrency));
        ParEvalMapKeyed::new(self, &limits, key, work, slots)
    }

    /// Yields the items of the streams that this stream yields, of at most `concurrency` of them at
    /// once, all within this stream.
    ///
    /// ```text
    /// a     1 - 2 - |           concurrency = 2
    /// b     - 3 - 4 - 5 |
    /// out   1 3 2 4 - 5 |
    /// ```
    /// Where the streams are to run on several threads, spawn what makes their items:
    /// [`par_eval_map_on_rs2`](Self::par_eval_map_on_rs2) within each.
    ///
    /// # Shape
    /// Every item of every stream, as soon as it is there; those of one stream in their order. The
    /// open streams take turns, so one that always has an item keeps no other waiting.
    /// # End and errors
    /// Ends when the source and all streams have ended. `Err` items are items like any other. A
    /// panic in a stream or the source goes through at once; the stream has then ended.
    /// # Cancel safety
    /// A dropped `next()` loses nothing: no item is taken ahead. Dropping the stream drops the open
    /// streams.
    /// # Backpressure and memory
    /// At most `concurrency` streams are open; the source is not polled while so many are. A stream
    /// that has ended is dropped at once, and the next is opened.
    /// # Cost
    /// One allocation per stream, and one for each of the `concurrency` places. A poll costs what
    /// was woken, not what is open.
    /// # Panics
    /// When `concurrency` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let feeds = from_iter([from_iter(1..=3), from_iter(10..=12)]);
    /// let merged: Vec<u32> = feeds.par_join_rs2(2).collect_rs2().await;
    /// assert_eq!(merged, [1, 10, 2, 11, 3, 12]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "flatten_unordered")]
    #[doc(alias = "flat_map_merge")]
    #[doc(alias = "merge_all")]
    #[track_caller]
    fn par_join_rs2(self, concurrency: usize) -> ParJoin<Self>
    where
        Self: Sized,
        Self::Item: Stream,
    {
        assert_concurrency(concurrency);
        ParJoin::new(self, concurrency)
    }

    /// Yields `f` of each item, called on several threads of `spawner`: for work that keeps a
    /// processor busy.
    ///
    /// Items go to `workers` jobs in chunks, for handing over a single one would cost more than
    /// most work on it. `clock` tells how long the work takes, and a chunk is made to carry about
    /// 200 microseconds of it. What the source has given goes out at once while a worker is free,
    /// so a slow source waits for no full chunk. The plain name is `map_parallel_rs2(f)`, with a
    /// worker for each processor.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends when the source has ended and all outputs were yielded. `Err` outputs are outputs like
    /// any other. A panic in `f` is resumed here, in its place in the order: what came before it is
    /// yielded, what was not begun is dropped, and the stream has ended. A job that the executor
    /// dropped panics here in the same way; it is never taken for an end.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops what was not begun; a call of
    /// `f` that runs is left to finish.
    /// # Backpressure and memory
    /// At most `2 * workers + 2` chunks of at most 1,024 items each, so that a worker finds its
    /// next chunk while the outputs of its last are yielded. Then the source is not polled.
    /// # Cost
    /// Some nanoseconds per item, some microseconds and two readings of the clock per chunk. The
    /// memory of chunks is used again. A job is started when a chunk finds no worker, and ends when
    /// there is no chunk; one that the spawner gives back runs within this stream if there is no
    /// other. After cheap items an expensive one may share its chunk with up to 1,023 others.
    /// # Panics
    /// When `workers` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::{Job, SpawnBlocking}, time::NoTimer};
    /// # use std::thread;
    /// /// A thread for each job.
    /// struct Threads;
    ///
    /// impl<W: Job + Send + 'static> SpawnBlocking<W> for Threads {
    ///     fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
    ///         thread::spawn(|| work.run());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # futures_executor::block_on(async {
    /// let squares = from_iter(1..=1_000).map_parallel_on_rs2(NoTimer, Threads, 2, |n: u64| n * n);
    /// assert_eq!(squares.fold_sync_rs2(0, |sum, square| sum + square).await, 333_833_500);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "par_map")]
    #[track_caller]
    fn map_parallel_on_rs2<C, Sp, F, U>(
        self,
        clock: C,
        spawner: Sp,
        workers: usize,
        f: F,
    ) -> MapParallel<Self, Sp, C, F, U>
    where
        Self: Sized,
        C: Clock,
        Sp: SpawnBlocking<Worker<Self::Item, U, F, C>>,
        F: Fn(Self::Item) -> U,
    {
        assert!(workers > 0, "without workers nothing would ever be done");
        MapParallel::new(self, clock, spawner, workers, f)
    }

    /// Yields `f` of each item, each call a blocking job of `spawner`, with at most `concurrency`
    /// of them at once: for work that waits, as for a file or a database, without a future to wait
    /// on.
    ///
    /// The plain name is `map_parallel_with_concurrency_rs2(concurrency, f)`. For work that keeps a
    /// processor busy, [`map_parallel_on_rs2`](Self::map_parallel_on_rs2) is cheaper.
    ///
    /// # Shape
    /// n items in, n out, in order, each as soon as it and all before it have finished, also while
    /// the source has nothing.
    /// # End and errors
    /// Ends when the source has ended and every call has returned. `Err` outputs are outputs like
    /// any other. A panic in `f` is resumed here, in its place in the order. A job that the
    /// executor dropped panics here in the same way.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops what was not begun; a call that
    /// runs is left to finish. At most `2 * concurrency` items are lost.
    /// # Backpressure and memory
    /// That of [`par_eval_map_inline_rs2`](Self::par_eval_map_inline_rs2).
    /// # Cost
    /// One job, two allocations and a clone of `f` per item. A job that the spawner gives back runs
    /// within this stream, which it blocks.
    /// # Panics
    /// When `concurrency` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::{Job, SpawnBlocking}};
    /// # use std::thread;
    /// # struct Threads;
    /// # impl<W: Job + Send + 'static> SpawnBlocking<W> for Threads {
    /// #     fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
    /// #         thread::spawn(|| work.run());
    /// #         Ok(())
    /// #     }
    /// # }
    /// # futures_executor::block_on(async {
    /// let read = |name: &str| format!("contents of {name}");
    /// let files = from_iter(["a", "b"]).map_parallel_with_concurrency_on_rs2(Threads, 4, read);
    /// let files: Vec<String> = files.collect_rs2().await;
    /// assert_eq!(files, ["contents of a", "contents of b"]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "map_blocking")]
    #[track_caller]
    fn map_parallel_with_concurrency_on_rs2<Sp, F, U>(
        self,
        spawner: Sp,
        concurrency: usize,
        f: F,
    ) -> MapParallelWithConcurrency<Self, Sp, F, U>
    where
        Self: Sized,
        Sp: SpawnBlocking<Call<F, Self::Item, U>>,
        F: Fn(Self::Item) -> U + Clone,
    {
        assert_concurrency(concurrency);
        let (work, slots) = (OffExecutor::new(spawner, f), HeapSlots::bounded(concurrency));
        ParEvalMap::new(self, work, slots, InOrder::over(window(concurrency)))
    }
}

impl<S: Stream + ?Sized> ParallelExt for S {}

/// Where the outputs of so many futures wait for their turn.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
fn window<T>(concurrency: usize) -> HeapQueue<T> {
    Heap::bounded(concurrency.saturating_mul(2)).queue()
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
#[track_caller]
fn assert_concurrency(concurrency: usize) {
    assert!(concurrency > 0, "a concurrency of zero would never start anything");
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
#[track_caller]
fn assert_valid(limits: KeyedConcurrency) -> KeyedConcurrency {
    if let Err(error) = limits.validate() {
        panic!("{error}");
    }
    limits
}
