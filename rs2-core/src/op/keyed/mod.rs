//! Operators that keep a state for each key.

mod keyed_map;
#[cfg(feature = "alloc")]
mod stateful_map;

pub use keyed_map::KeyedMap;
#[cfg(feature = "alloc")]
pub use stateful_map::StatefulMap;

use crate::machine::Drive;
use crate::state::Limits;
#[cfg(feature = "alloc")]
use crate::state::{KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::store::KeyStorage;
use crate::time::NoTimer;
#[cfg(feature = "alloc")]
use crate::time::Timer;
#[cfg(feature = "alloc")]
use core::future::Future;
use core::hash::Hash;
use futures_core::Stream;

/// A source mapped with a state for each key.
pub type KeyedMapped<S, K, V, G, F, St> =
    Drive<S, KeyedMap<<S as Stream>::Item, K, V, G, F, St>, NoTimer>;

/// Operators that keep a state for each key: lent to a plain closure (`keyed_*`), or behind a
/// handle that an asynchronous step reads and writes (`stateful_*`).
pub trait KeyedExt: Stream {
    /// Yields `f` of each item and the state of its key, which begins with its default.
    ///
    /// n items in, n out, in order, each when it arrives; ends with its source. The memory holds
    /// one state for each key. When it is full,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) forgets the states not used for longest,
    /// counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted). One table lookup per item, no
    /// clock.
    ///
    /// The plain name is `keyed_map_rs2(key, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let visits: Vec<(char, u32)> = from_iter(['a', 'b', 'a'])
    ///     .keyed_map_in_rs2(keys, |page| *page, |page, count: &mut u32| {
    ///         *count += 1;
    ///         (page, *count)
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(visits, [('a', 1), ('b', 1), ('a', 2)]);
    /// # })
    /// ```
    fn keyed_map_in_rs2<St, K, V, R, G, F>(
        self,
        keys: impl Into<Limits<St>>,
        key: G,
        f: F,
    ) -> KeyedMapped<Self, K, V, G, F, St>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        V: Default,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(Self::Item, &mut V) -> R,
    {
        Drive::new(self, KeyedMap::new(keys.into(), key, f), NoTimer)
    }

    /// Yields the outputs of asynchronous steps, each with a handle on the state of its item's key.
    ///
    /// n items in, n out, in order; one step runs at a time, so state changes stay in the order of
    /// the items. A step that does not write leaves the state and its time to live as they were.
    /// State lives `ttl` after its last write and is given back within `cleanup_interval` of that,
    /// also when no item comes. When a further key needs state and there is no room,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) drops the state that would expire soonest,
    /// counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted);
    /// [`OnFull::Reject`](crate::state::OnFull::Reject) does not keep the new state. The stream
    /// ends with its source.
    ///
    /// Dropping the stream drops the running step and loses its item. Holds one item, and the state
    /// of at most `max_size` keys. One table lookup and two clock readings per item, one allocation
    /// for each new state. The plain name is `stateful_map_rs2(config, key, f)`.
    ///
    /// # Panics
    /// When the settings cannot work: see [`StateConfig::validate`].
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, state::{CustomKeyExtractor, StateAccess, StateConfigs}};
    /// # use rs2_core::time::NoTimer;
    /// # futures_executor::block_on(async {
    /// let by_name = CustomKeyExtractor::new(|visit: &(&'static str, u32)| visit.0);
    /// let totals: Vec<u32> = from_iter([("ann", 3), ("bob", 4), ("ann", 5)])
    ///     .stateful_map_on_rs2(NoTimer, StateConfigs::session(), by_name, async |visit, state| {
    ///         let total = visit.1 + state.get::<u32>().await.unwrap_or_default();
    ///         state.set(&total).await.unwrap();
    ///         total
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(totals, [3, 4, 8]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn stateful_map_on_rs2<T, B, X, F, Fut, R>(
        self,
        timer: T,
        config: StateConfig<B>,
        key: X,
        f: F,
    ) -> StatefulMap<Self, B, X, F, Fut, R, T>
    where
        Self: Sized,
        B: StateBackend<X::Key>,
        T: Timer,
        X: KeyExtractor<Self::Item>,
        F: FnMut(Self::Item, StateAccess<B>) -> Fut,
        Fut: Future<Output = R>,
    {
        StatefulMap::new(self, timer, config, key, f)
    }
}

impl<S: Stream + ?Sized> KeyedExt for S {}
