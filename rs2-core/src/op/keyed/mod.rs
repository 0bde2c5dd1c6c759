//! Operators that keep a state for each key.

mod keyed_map;

pub use keyed_map::KeyedMap;

use crate::machine::Drive;
use crate::state::Limits;
use crate::store::KeyStorage;
use crate::time::NoTimer;
use core::hash::Hash;
use futures_core::Stream;

/// A source mapped with a state for each key.
pub type KeyedMapped<S, K, V, G, F, St> =
    Drive<S, KeyedMap<<S as Stream>::Item, K, V, G, F, St>, NoTimer>;

/// Operators that keep a state for each key, lent to a plain closure.
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
}

impl<S: Stream + ?Sized> KeyedExt for S {}
