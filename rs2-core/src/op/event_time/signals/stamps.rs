//! The times of what the rules put out.

use crate::aggregate::Aggregator;
use crate::machine::Stamps;
use crate::op::event_time::{
    DedupByTime, DedupMode, KeyedWindow, KeyedWindows, Session, SessionByTime, SessionGap,
    SortByTime, ThrottleByTime, WindowByTime, WindowValue,
};
#[cfg(feature = "alloc")]
use crate::op::event_time::{ThrottleKeyedByTime, TimeWindow};
use crate::state::Ties;
use crate::store::{KeyStorage, Storage};
use crate::time::EventTime;
use core::hash::Hash;

/// The last moment before `end`: what it belongs to has ended by then, and no watermark that the
/// next rule has seen is past it.
fn before(end: EventTime) -> EventTime {
    end.saturating_sub(EventTime::RESOLUTION)
}

#[cfg(feature = "alloc")]
impl<T, A, St, V> Stamps for WindowByTime<T, A, St, TimeWindow<V>>
where
    A: Aggregator<T, Output = alloc::vec::Vec<V>>,
    St: Storage,
{
    #[inline]
    fn stamp(&self, window: &TimeWindow<V>) -> EventTime {
        before(window.end_time)
    }
}

impl<T, A, St> Stamps for WindowByTime<T, A, St, WindowValue<A::Output>>
where
    A: Aggregator<T>,
    St: Storage,
{
    #[inline]
    fn stamp(&self, window: &WindowValue<A::Output>) -> EventTime {
        before(window.end_time)
    }
}

impl<T, K, G, A, St> Stamps for KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    #[inline]
    fn stamp(&self, window: &KeyedWindow<K, A::Output>) -> EventTime {
        before(window.end_time)
    }
}

impl<T, K, F, A, St, P> Stamps for SessionByTime<T, K, F, A, St, P>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
    P: SessionGap<T>,
{
    #[inline]
    fn stamp(&self, _session: &Session<K, A::Output>) -> EventTime {
        self.passed
    }
}

#[cfg(feature = "alloc")]
impl<T, K, F, St> Stamps for ThrottleKeyedByTime<T, K, F, St>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    #[inline]
    fn stamp(&self, _item: &T) -> EventTime {
        self.passed
    }
}

impl<T, K, F, St, M> Stamps for DedupByTime<K, F, St, T, M>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
    M: DedupMode,
{
    #[inline]
    fn stamp(&self, _item: &T) -> EventTime {
        self.passed
    }
}

impl<T> Stamps for ThrottleByTime<T> {
    #[inline]
    fn stamp(&self, _item: &T) -> EventTime {
        self.passed
    }
}

impl<T, St: Storage, C: Ties<T>> Stamps for SortByTime<T, St, C> {
    #[inline]
    fn stamp(&self, _item: &T) -> EventTime {
        self.passed
    }
}
