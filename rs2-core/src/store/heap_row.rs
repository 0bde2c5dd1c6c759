//! Entries in the order of their keys, most of which come in that order.

use super::Full;
use super::heap::is_spare;
use alloc::collections::{BTreeMap, VecDeque, btree_map};
use core::mem;
use core::ops::Bound;

/// As many entries are moved to make place for one between them.
const FEW: usize = 64;

/// A sorted queue for as long as entries come and go near its ends, as they do by event time; a
/// B-tree when one comes far from both. Back in a queue when there are few.
#[derive(Clone, Debug)]
pub(super) enum Row<K, V> {
    Queue(VecDeque<(K, V)>),
    Tree(BTreeMap<K, V>),
}

impl<K: Ord, V> Row<K, V> {
    pub(super) const fn new() -> Self {
        Self::Queue(VecDeque::new())
    }

    /// Adds an entry with a key larger than all others.
    #[inline]
    pub(super) fn push(&mut self, key: K, value: V) {
        match self {
            Self::Queue(queue) => queue.push_back((key, value)),
            Self::Tree(tree) => _ = tree.insert(key, value),
        }
    }

    pub(super) fn get_or_insert_with(
        &mut self,
        key: K,
        is_full: bool,
        make: impl FnOnce() -> V,
    ) -> Result<&mut V, Full<K>> {
        let place = self.place_of(&key);
        let tree = match (self, place) {
            (Self::Queue(queue), Some(place)) => {
                if queue.get(place).is_none_or(|(found, _)| *found != key) {
                    if is_full {
                        return Err(Full(key));
                    }
                    queue.insert(place, (key, make()));
                }
                return Ok(&mut queue[place].1);
            }
            (row, _) => row.tree(),
        };
        match tree.entry(key) {
            btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            btree_map::Entry::Vacant(entry) if is_full => Err(Full(entry.into_key())),
            btree_map::Entry::Vacant(entry) => Ok(entry.insert(make())),
        }
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place_of(key);
        let value = match (&mut *self, place) {
            (Self::Queue(queue), Some(place)) => {
                queue.get(place).filter(|(found, _)| found == key)?;
                queue.remove(place).map(|(_, value)| value)
            }
            (row, _) => row.tree().remove(key),
        };
        self.shrink();
        value
    }

    /// Where in a queue `key` stands or would stand, if it is near one of its ends.
    fn place_of(&self, key: &K) -> Option<usize> {
        let Self::Queue(queue) = self else { return None };
        let place = queue.partition_point(|(other, _)| other < key);
        (place.min(queue.len() - place) <= FEW).then_some(place)
    }

    /// The entries in a tree, from here on.
    fn tree(&mut self) -> &mut BTreeMap<K, V> {
        if let Self::Queue(queue) = self {
            *self = Self::Tree(mem::take(queue).into_iter().collect());
        }
        match self {
            Self::Tree(tree) => tree,
            Self::Queue(_) => unreachable!("it has just become a tree"),
        }
    }

    /// Gives memory back when an entry has gone.
    #[inline]
    fn shrink(&mut self) {
        match self {
            Self::Queue(queue) if is_spare(queue.capacity(), queue.len()) => {
                queue.shrink_to(2 * queue.len());
            }
            Self::Tree(tree) if tree.len() <= FEW => {
                *self = Self::Queue(mem::take(tree).into_iter().collect());
            }
            _ => {}
        }
    }

    pub(super) fn pop_last(&mut self) -> Option<(K, V)> {
        let last = match self {
            Self::Queue(queue) => queue.pop_back(),
            Self::Tree(tree) => tree.pop_last(),
        };
        self.shrink();
        last
    }

    #[inline]
    pub(super) fn pop_first(&mut self) -> Option<(K, V)> {
        let first = match self {
            Self::Queue(queue) => queue.pop_front(),
            Self::Tree(tree) => tree.pop_first(),
        };
        self.shrink();
        first
    }

    #[inline]
    pub(super) fn first(&self) -> Option<(&K, &V)> {
        match self {
            Self::Queue(queue) => queue.front().map(|(key, value)| (key, value)),
            Self::Tree(tree) => tree.first_key_value(),
        }
    }

    /// The entry with the largest key that is not larger.
    #[inline]
    pub(super) fn at_or_before(&self, key: &K) -> Option<(&K, &V)> {
        match self {
            Self::Queue(queue) => {
                let behind = queue.partition_point(|(other, _)| other <= key);
                let (found, value) = queue.get(behind.checked_sub(1)?)?;
                Some((found, value))
            }
            Self::Tree(tree) => tree.range(..=key).next_back(),
        }
    }

    /// The entry with the smallest key that is larger.
    #[inline]
    pub(super) fn after(&self, key: &K) -> Option<(&K, &V)> {
        match self {
            Self::Queue(queue) => {
                let behind = queue.partition_point(|(other, _)| other <= key);
                queue.get(behind).map(|(key, value)| (key, value))
            }
            Self::Tree(tree) => tree.range((Bound::Excluded(key), Bound::Unbounded)).next(),
        }
    }

    /// The entries with keys that are not smaller. Most ask for the last one or two, which takes no
    /// search.
    #[inline]
    pub(super) fn range_from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        let (queue, tree) = match self {
            Self::Queue(queue) => {
                let from = match queue.get(queue.len().saturating_sub(2)) {
                    Some((before, _)) if before < key => {
                        queue.len() - usize::from(queue.back().is_some_and(|(last, _)| last >= key))
                    }
                    _ => queue.partition_point(|(other, _)| other < key),
                };
                (queue.range(from..), btree_map::Range::default())
            }
            Self::Tree(tree) => (Default::default(), tree.range(key..)),
        };
        queue.map(|(key, value)| (key, value)).chain(tree)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let (queue, tree) = match self {
            Self::Queue(queue) => (queue.iter(), btree_map::Iter::default()),
            Self::Tree(tree) => (Default::default(), tree.iter()),
        };
        queue.map(|(key, value)| (key, value)).chain(tree)
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Queue(queue) => queue.len(),
            Self::Tree(tree) => tree.len(),
        }
    }
}
