//! Operators whose asynchronous steps have a handle on the state of a key.

mod answer;
mod deduplicate;
mod filter;
mod fold;
mod group_by;
mod join;
mod map;
mod pattern;
mod reports;
mod sides;
mod steps;
mod throttle;
mod window;
mod windowing;

pub use answer::{Answer, Counted, GivenBack};
pub use deduplicate::StatefulDeduplicate;
pub use filter::StatefulFilter;
pub use fold::StatefulFold;
pub use group_by::{DEFAULT_GROUP_SIZE, StatefulGroupBy};
pub use join::{DEFAULT_JOIN_ITEMS, StatefulJoin};
pub use map::StatefulMap;
pub use pattern::{DEFAULT_PATTERN_ITEMS, StatefulPattern};
pub use sides::{Side, Sides};
pub use throttle::StatefulThrottle;
pub use window::StatefulWindow;
pub use windowing::Windowing;

use crate::machine::{Drive, DriveSteps};
use crate::state::{KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Timer;
use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;
use futures_core::Stream;

/// A source mapped by steps with state.
pub type StatefulMapped<S, X, B, F, Fut, A, T> =
    DriveSteps<S, StatefulMap<<S as Stream>::Item, X, B, F, Fut, A>, T>;
/// A source filtered by steps with state.
pub type StatefulFiltered<S, X, B, F, Fut, A, T> =
    DriveSteps<S, StatefulFilter<<S as Stream>::Item, X, B, F, Fut, A>, T>;
/// A source folded by steps with state.
pub type StatefulFolded<S, X, R, B, F, Fut, A, T> =
    DriveSteps<S, StatefulFold<<S as Stream>::Item, X, R, B, F, Fut, A>, T>;
/// The windows of a source, handed to steps with state.
pub type StatefulWindowed<S, X, B, F, Fut, A, T> =
    DriveSteps<S, StatefulWindow<<S as Stream>::Item, X, B, F, Fut, A>, T>;
/// Two sources joined by steps with state.
pub type StatefulJoined<S, O, K, X, Y, B, F, Fut, A, T> = DriveSteps<
    Sides<S, O>,
    StatefulJoin<<S as Stream>::Item, <O as Stream>::Item, K, X, Y, B, F, Fut, A>,
    T,
>;
/// The groups of a source, handed to steps with state.
pub type StatefulGrouped<S, X, B, F, Fut, A, T> =
    DriveSteps<S, StatefulGroupBy<<S as Stream>::Item, X, B, F, Fut, A>, T>;
/// What steps with state found in a source.
pub type StatefulFound<S, X, B, F, Fut, A, T> =
    DriveSteps<S, StatefulPattern<<S as Stream>::Item, X, B, F, Fut, A>, T>;
/// A source without duplicates.
pub type StatefulDeduplicated<S, X, A, T> =
    Drive<S, StatefulDeduplicate<<S as Stream>::Item, X, A>, T>;
/// A source with a limit for each key.
pub type StatefulThrottled<S, X, A, T> = Drive<S, StatefulThrottle<<S as Stream>::Item, X, A>, T>;

/// Operators whose asynchronous steps have a handle on the state of a key.
///
/// All take a [`StateConfig`] and a [`KeyExtractor`]. Steps run one at a time, in the order of the
/// items, so what they do to their states is in that order too. The state of a key lives for the
/// configuration's `ttl` after its last write and is given back within `cleanup_interval` of that,
/// also when no item comes. What an operator itself holds for a key is bounded and forgotten in the
/// same way; at the bound [`OnFull`](crate::state::OnFull) decides. The forms with `try` give an
/// item back that cannot be taken, as a [`StateError`](crate::state::StateError).
///
/// The plain names, without a timer among the arguments, say all about each.
pub trait StatefulExt: Stream {
    /// Yields the outputs of asynchronous steps, each with a handle on the state of its item's key.
    ///
    /// The plain name is `stateful_map_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let totals: Vec<u32> = from_iter([("ann", 3), ("bob", 4), ("ann", 5)])
    ///     .stateful_map_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |visit: &(&'static str, u32)| visit.0,
    ///         async |visit, state| {
    ///             let total = visit.1 + state.get::<u32>().await.unwrap_or_default();
    ///             state.set(&total).await.unwrap();
    ///             total
    ///         },
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(totals, [3, 4, 8]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_map_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulMapped<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Self::Item, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulMap::new(&config, key, f), timer)
    }

    /// [`stateful_map_on_rs2`](Self::stateful_map_on_rs2) that gives an item back, without a step,
    /// when its key has no state and there is no room for any.
    ///
    /// The plain name is `try_stateful_map_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let taken: Vec<Result<(), StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_map_on_rs2(NoTimer, one_key, |c: &char| *c, async |c, state| {
    ///         state.set(&c).await.unwrap();
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(taken, [Ok(()), Err(StateError::Full('b')), Ok(())]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_map_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulMapped<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Self::Item, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulMap::new(&config, key, f), timer)
    }

    /// Yields the items for which an asynchronous step says yes, with a handle on the state of its
    /// item's key.
    ///
    /// The plain name is `stateful_filter_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let rising: Vec<u32> = from_iter([3, 5, 4, 6])
    ///     .stateful_filter_on_rs2(NoTimer, StateConfigs::session(), |_: &u32| (), |n, state| {
    ///         let n = *n;
    ///         async move {
    ///             let rises = state.get::<u32>().await.is_none_or(|highest| n > highest);
    ///             if rises {
    ///                 state.set(&n).await.unwrap();
    ///             }
    ///             rises
    ///         }
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(rising, [3, 5, 6]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_filter_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulFiltered<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(&Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = bool>,
    {
        DriveSteps::new(self, StatefulFilter::new(&config, key, f), timer)
    }

    /// [`stateful_filter_on_rs2`](Self::stateful_filter_on_rs2) that gives an item back, without a
    /// step, when its key has no state and there is no room for any.
    ///
    /// The plain name is `try_stateful_filter_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let taken: Vec<Result<char, StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_filter_on_rs2(NoTimer, one_key, |c: &char| *c, |_, state| async move {
    ///         !state.update(|seen: &mut bool| std::mem::replace(seen, true)).await.unwrap()
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(taken, [Ok('a'), Err(StateError::Full('b'))]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_filter_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulFiltered<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(&Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = bool>,
    {
        DriveSteps::new(self, StatefulFilter::new(&config, key, f), timer)
    }

    /// Yields the accumulator of each item's key after the item, which an asynchronous step has
    /// made of the one before and the item. It begins as `init`.
    ///
    /// The plain name is `stateful_fold_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let totals: Vec<u32> = from_iter([("ann", 3), ("bob", 4), ("ann", 5)])
    ///     .stateful_fold_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |visit: &(&'static str, u32)| visit.0,
    ///         0,
    ///         async |total, visit, _state| total + visit.1,
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(totals, [3, 4, 8]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_fold_on_rs2<T, B, X, R, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        init: R,
        f: F,
    ) -> StatefulFolded<Self, X, R, B, F, Fut, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        R: Clone,
        F: FnMut(R, Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = R>,
    {
        DriveSteps::new(self, StatefulFold::new(&config, key, init, f), timer)
    }

    /// [`stateful_fold_on_rs2`](Self::stateful_fold_on_rs2) that gives an item back when there is
    /// no room for the accumulator of its key.
    ///
    /// The plain name is `try_stateful_fold_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let count = async |n, _, _state| n + 1;
    /// let counts: Vec<Result<u32, StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_fold_on_rs2(NoTimer, one_key, |c: &char| *c, 0, count)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(counts, [Ok(1), Err(StateError::Full('b')), Ok(2)]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_fold_on_rs2<T, B, X, R, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        init: R,
        f: F,
    ) -> StatefulFolded<Self, X, R, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        R: Clone,
        F: FnMut(R, Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = R>,
    {
        DriveSteps::new(self, StatefulFold::new(&config, key, init, f), timer)
    }

    /// [`stateful_fold_on_rs2`](Self::stateful_fold_on_rs2) under another name.
    ///
    /// The plain name is `stateful_reduce_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let highest: Vec<u32> = from_iter([3, 5, 4])
    ///     .stateful_reduce_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |_: &u32| (),
    ///         0,
    ///         async |highest: u32, n, _state| highest.max(n),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(highest, [3, 5, 5]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_reduce_on_rs2<T, B, X, R, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        init: R,
        f: F,
    ) -> StatefulFolded<Self, X, R, B, F, Fut, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        R: Clone,
        F: FnMut(R, Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = R>,
    {
        DriveSteps::new(self, StatefulFold::new(&config, key, init, f), timer)
    }

    /// [`try_stateful_fold_on_rs2`](Self::try_stateful_fold_on_rs2) under another name.
    ///
    /// The plain name is `try_stateful_reduce_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let highest = async |highest: u32, n, _state| highest.max(n);
    /// let taken: Vec<Result<u32, StateError<u32>>> = from_iter([3, 4, 5])
    ///     .try_stateful_reduce_on_rs2(NoTimer, one_key, |n: &u32| n % 2, 0, highest)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(taken, [Ok(3), Err(StateError::Full(4)), Ok(5)]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_reduce_on_rs2<T, B, X, R, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        init: R,
        f: F,
    ) -> StatefulFolded<Self, X, R, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        R: Clone,
        F: FnMut(R, Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = R>,
    {
        DriveSteps::new(self, StatefulFold::new(&config, key, init, f), timer)
    }

    /// Yields what an asynchronous step makes of the last `size` items of a key, for each item that
    /// there are so many with.
    ///
    /// The plain name is `stateful_window_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let sums: Vec<u32> = from_iter([1, 2, 3, 4])
    ///     .stateful_window_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |_: &u32| (),
    ///         2,
    ///         async |window: Vec<u32>, _state| window.into_iter().sum::<u32>(),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sums, [3, 5, 7]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_window_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        size: usize,
        f: F,
    ) -> StatefulWindowed<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        self.stateful_window_with_on_rs2(timer, config, key, Windowing::of(size), f)
    }

    /// [`stateful_window_on_rs2`](Self::stateful_window_on_rs2) with a slide other than one, and
    /// with the window that is begun at the end if asked for.
    ///
    /// The plain name is `stateful_window_with_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// use rs2_core::op::stateful::Windowing;
    /// let pairs: Vec<Vec<u32>> = from_iter([1, 2, 3])
    ///     .stateful_window_with_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |_: &u32| (),
    ///         Windowing::of(2).slide(2).with_tail(),
    ///         async |window, _state| window,
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(pairs, [vec![1, 2], vec![3]]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_window_with_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        windowing: Windowing,
        f: F,
    ) -> StatefulWindowed<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulWindow::new(&config, key, windowing, f), timer)
    }

    /// [`stateful_window_on_rs2`](Self::stateful_window_on_rs2) that gives an item back when its
    /// key has none yet and there is no room for any.
    ///
    /// The plain name is `try_stateful_window_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let sum = async |window: Vec<u32>, _state| window.into_iter().sum::<u32>();
    /// let sums: Vec<Result<u32, StateError<u32>>> = from_iter([1, 2, 3, 5])
    ///     .try_stateful_window_on_rs2(NoTimer, one_key, |n: &u32| n % 2, 2, sum)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sums, [Err(StateError::Full(2)), Ok(4), Ok(8)]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_window_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        size: usize,
        f: F,
    ) -> StatefulWindowed<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        self.try_stateful_window_with_on_rs2(timer, config, key, Windowing::of(size), f)
    }

    /// [`stateful_window_with_on_rs2`](Self::stateful_window_with_on_rs2) that gives an item back
    /// when its key has none yet and there is no room for any.
    ///
    /// The plain name is `try_stateful_window_with_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// use rs2_core::op::stateful::Windowing;
    /// let pairs: Vec<Result<Vec<u32>, StateError<u32>>> = from_iter([1, 2, 3, 5])
    ///     .try_stateful_window_with_on_rs2(
    ///         NoTimer,
    ///         one_key,
    ///         |n: &u32| n % 2,
    ///         Windowing::of(2).slide(2).with_tail(),
    ///         async |window, _state| window,
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(pairs, [Err(StateError::Full(2)), Ok(vec![1, 3]), Ok(vec![5])]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_window_with_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        windowing: Windowing,
        f: F,
    ) -> StatefulWindowed<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulWindow::new(&config, key, windowing, f), timer)
    }

    /// Yields what an asynchronous step makes of each pair of items, one from either stream, that
    /// have the same key and come within the configuration's `ttl` of each other.
    ///
    /// The plain name is `stateful_join_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let orders = from_iter([(1, "tea"), (2, "jam")]);
    /// let payments = from_iter([(2, 5), (1, 3)]);
    /// let mut paid: Vec<(&str, i32)> = orders
    ///     .stateful_join_on_rs2(
    ///         NoTimer,
    ///         payments,
    ///         StateConfigs::session(),
    ///         |order: &(u32, &'static str)| order.0,
    ///         |payment: &(u32, i32)| payment.0,
    ///         async |order, payment, _state| (order.1, payment.1),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// paid.sort_unstable();
    /// assert_eq!(paid, [("jam", 5), ("tea", 3)]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_join_on_rs2<T, O, B, X, Y, F, Fut>(
        self,
        timer: T,
        other: O,
        config: StateConfig<B>,
        key: X,
        other_key: Y,
        f: F,
    ) -> StatefulJoined<Self, O, X::Key, X, Y, B, F, Fut, Counted, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        O: Stream<Item: Clone>,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        Y: KeyExtractor<O::Item, Key = X::Key>,
        F: FnMut(Self::Item, O::Item, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        let join = StatefulJoin::new(&config, key, other_key, f);
        DriveSteps::new(Sides::new(self, other), join, timer)
    }

    /// [`stateful_join_on_rs2`](Self::stateful_join_on_rs2) that gives an item of either side back
    /// when its key has none yet and there is no room for any.
    ///
    /// The plain name is `try_stateful_join_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// use rs2_core::op::stateful::Side;
    /// let paid: Vec<Result<(&str, i32), StateError<Side<_, _>>>> = from_iter([(1, "tea")])
    ///     .try_stateful_join_on_rs2(
    ///         NoTimer,
    ///         from_iter([(2, 5), (1, 3)]),
    ///         one_key,
    ///         |order: &(u32, &'static str)| order.0,
    ///         |payment: &(u32, i32)| payment.0,
    ///         async |order, payment, _state| (order.1, payment.1),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(paid, [Err(StateError::Full(Side::Right((2, 5)))), Ok(("tea", 3))]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_join_on_rs2<T, O, B, X, Y, F, Fut>(
        self,
        timer: T,
        other: O,
        config: StateConfig<B>,
        key: X,
        other_key: Y,
        f: F,
    ) -> StatefulJoined<Self, O, X::Key, X, Y, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        O: Stream<Item: Clone>,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        Y: KeyExtractor<O::Item, Key = X::Key>,
        F: FnMut(Self::Item, O::Item, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        let join = StatefulJoin::new(&config, key, other_key, f);
        DriveSteps::new(Sides::new(self, other), join, timer)
    }

    /// Yields what an asynchronous step makes of each key with its items: at the end, when there
    /// are 10,000 of them, or when none has come for the configuration's `ttl`.
    ///
    /// The plain name is `stateful_group_by_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let lengths: Vec<(char, usize)> = from_iter(['a', 'b', 'a'])
    ///     .stateful_group_by_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |c: &char| *c,
    ///         async |key, items, _state| (key, items.len()),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(lengths, [('b', 1), ('a', 2)]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_group_by_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulGrouped<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(X::Key, Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulGroupBy::new(&config, key, f), timer)
    }

    /// [`stateful_group_by_on_rs2`](Self::stateful_group_by_on_rs2) that gives an item back when
    /// its key has no group and there is no room for one.
    ///
    /// The plain name is `try_stateful_group_by_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let groups: Vec<Result<Vec<char>, StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_group_by_on_rs2(
    ///         NoTimer,
    ///         one_key,
    ///         |c: &char| *c,
    ///         async |_key, items, _state| items,
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(groups, [Err(StateError::Full('b')), Ok(vec!['a', 'a'])]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_group_by_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulGrouped<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(X::Key, Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulGroupBy::new(&config, key, f), timer)
    }

    /// Yields the items whose key was not yielded within `ttl` before.
    ///
    /// The plain name is `stateful_deduplicate_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let once: Vec<char> = from_iter(['a', 'b', 'a'])
    ///     .stateful_deduplicate_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |c: &char| *c,
    ///         core::time::Duration::from_secs(60),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(once, ['a', 'b']);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_deduplicate_on_rs2<T, B, X>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        ttl: Duration,
    ) -> StatefulDeduplicated<Self, X, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
    {
        Drive::new(self, StatefulDeduplicate::new(&config, key, ttl), timer)
    }

    /// [`stateful_deduplicate_on_rs2`](Self::stateful_deduplicate_on_rs2) that gives an item back
    /// when there is no room to remember its key.
    ///
    /// The plain name is `try_stateful_deduplicate_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let minute = core::time::Duration::from_secs(60);
    /// let once: Vec<Result<char, StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_deduplicate_on_rs2(NoTimer, one_key, |c: &char| *c, minute)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(once, [Ok('a'), Err(StateError::Full('b'))]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_deduplicate_on_rs2<T, B, X>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        ttl: Duration,
    ) -> StatefulDeduplicated<Self, X, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
    {
        Drive::new(self, StatefulDeduplicate::new(&config, key, ttl), timer)
    }

    /// Yields at most `limit` items of each key in any stretch of time as long as `window`.
    ///
    /// The plain name is `stateful_throttle_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let few: Vec<char> = from_iter(['a', 'a', 'b', 'a'])
    ///     .stateful_throttle_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |c: &char| *c,
    ///         2,
    ///         core::time::Duration::from_secs(60),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(few, ['a', 'a', 'b']);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_throttle_on_rs2<T, B, X>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        limit: u32,
        window: Duration,
    ) -> StatefulThrottled<Self, X, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
    {
        Drive::new(self, StatefulThrottle::new(&config, key, limit, window), timer)
    }

    /// [`stateful_throttle_on_rs2`](Self::stateful_throttle_on_rs2) that gives back what exceeds
    /// the limit, and what there is no room for.
    ///
    /// The plain name is `try_stateful_throttle_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{StateConfigs, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let few: Vec<Result<char, StateError<char>>> = from_iter(['a', 'a', 'b'])
    ///     .try_stateful_throttle_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |c: &char| *c,
    ///         1,
    ///         core::time::Duration::from_secs(60),
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(few, [Ok('a'), Err(StateError::Exceeded('a')), Ok('b')]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_throttle_on_rs2<T, B, X>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        limit: u32,
        window: Duration,
    ) -> StatefulThrottled<Self, X, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
    {
        Drive::new(self, StatefulThrottle::new(&config, key, limit, window), timer)
    }

    /// Yields the outputs of asynchronous steps, each with a handle on the state of its key's
    /// session: it is empty when a session begins, which is when no item of the key has come for
    /// `timeout`.
    ///
    /// The plain name is `stateful_session_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let visits: Vec<(char, u32)> = from_iter(['a', 'b', 'a'])
    ///     .stateful_session_on_rs2(
    ///         NoTimer,
    ///         StateConfigs::session(),
    ///         |c: &char| *c,
    ///         core::time::Duration::from_secs(60),
    ///         async |c, state| {
    ///             let clicks = state.update(|clicks: &mut u32| { *clicks += 1; *clicks }).await;
    ///             (c, clicks.unwrap())
    ///         },
    ///     )
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(visits, [('a', 1), ('b', 1), ('a', 2)]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_session_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        timeout: Duration,
        f: F,
    ) -> StatefulMapped<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Self::Item, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulMap::of_sessions(config, key, timeout, f), timer)
    }

    /// [`stateful_session_on_rs2`](Self::stateful_session_on_rs2) that gives an item back, without
    /// a step, when a session would begin with it and there is no room for its state.
    ///
    /// The plain name is `try_stateful_session_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let minute = core::time::Duration::from_secs(60);
    /// let visits: Vec<Result<u32, StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_session_on_rs2(NoTimer, one_key, |c: &char| *c, minute, async |_, state| {
    ///         state.update(|clicks: &mut u32| { *clicks += 1; *clicks }).await.unwrap()
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(visits, [Ok(1), Err(StateError::Full('b')), Ok(2)]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_session_on_rs2<T, B, X, F, Fut>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        timeout: Duration,
        f: F,
    ) -> StatefulMapped<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Self::Item, StateAccess<B>) -> Fut,
        Fut: Future,
    {
        DriveSteps::new(self, StatefulMap::of_sessions(config, key, timeout, f), timer)
    }

    /// Yields what an asynchronous step finds in the items of a key so far. What it has found
    /// something in is forgotten, so the next items begin anew.
    ///
    /// The plain name is `stateful_pattern_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::StateConfigs, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let exceeds = async |items: Vec<u32>, _state| {
    ///     (items.iter().sum::<u32>() > 10).then_some(items.len())
    /// };
    /// let found: Vec<usize> = from_iter([1, 5, 7, 2, 9])
    ///     .stateful_pattern_on_rs2(NoTimer, StateConfigs::session(), |_: &u32| (), exceeds)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found, [3, 2]);
    /// # })
    /// ```
    #[track_caller]
    fn stateful_pattern_on_rs2<T, B, X, F, Fut, R>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulFound<Self, X, B, F, Fut, Counted, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future<Output = Option<R>>,
    {
        DriveSteps::new(self, StatefulPattern::new(&config, key, f), timer)
    }

    /// [`stateful_pattern_on_rs2`](Self::stateful_pattern_on_rs2) that gives an item back, without
    /// a step, when its key has none yet and there is no room for any.
    ///
    /// The plain name is `try_stateful_pattern_rs2`: the same with the runtime's timer.
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{OnFull, StateConfig, StateError}, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
    /// let pair = async |items: Vec<char>, _state| (items.len() == 2).then_some(items);
    /// let found: Vec<Result<Vec<char>, StateError<char>>> = from_iter(['a', 'b', 'a'])
    ///     .try_stateful_pattern_on_rs2(NoTimer, one_key, |c: &char| *c, pair)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found, [Err(StateError::Full('b')), Ok(vec!['a', 'a'])]);
    /// # })
    /// ```
    #[track_caller]
    fn try_stateful_pattern_on_rs2<T, B, X, F, Fut, R>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulFound<Self, X, B, F, Fut, GivenBack, T>
    where
        Self: Sized,
        Self::Item: Clone,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        B: StateBackend<X::Key>,
        F: FnMut(Vec<Self::Item>, StateAccess<B>) -> Fut,
        Fut: Future<Output = Option<R>>,
    {
        DriveSteps::new(self, StatefulPattern::new(&config, key, f), timer)
    }
}

impl<S: Stream + ?Sized> StatefulExt for S {}
