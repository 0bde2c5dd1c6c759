//! The two sides of a join, so that what holds for either is written once.

use super::kept::Kept;
use super::pairs::{JoinKeys, Pairs};
use crate::late::WayOut;
use crate::machine::Side;
use crate::store::Storage;

/// The items of one key, those of each side in the order of their time. Never both empty.
pub(super) struct Both<K, T, U, St: Storage> {
    pub(super) key: K,
    pub(super) left: St::Queue<Kept<T>>,
    pub(super) right: St::Queue<Kept<U>>,
}

/// An item that is being paired, before it is kept itself.
#[derive(Debug)]
pub(super) struct Probing<V> {
    pub(super) kept: Kept<V>,
    /// Where those of its key are.
    pub(super) place: u32,
    /// Which of the other side is next.
    pub(super) next: usize,
    /// Behind which there are no more.
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) enum Probe<T, U> {
    Left(Probing<T>),
    Right(Probing<U>),
}

/// One side of a join, seen from there.
pub(super) trait Way<T, U> {
    type Item;
    type Other;
    /// The same, seen from the other side.
    type Back: Way<T, U, Item = Self::Other, Other = Self::Item>;
    const SIDE: Side;

    fn key<G: JoinKeys<T, U>>(keys: &mut G, item: &Self::Item) -> G::Key;
    fn mine<K, St: Storage>(both: &Both<K, T, U, St>) -> &St::Queue<Kept<Self::Item>>;
    fn mine_mut<K, St: Storage>(both: &mut Both<K, T, U, St>) -> &mut St::Queue<Kept<Self::Item>>;
    fn probe(probing: Probing<Self::Item>) -> Probe<T, U>;
    fn probing(probe: &mut Option<Probe<T, U>>) -> Option<&mut Probing<Self::Item>>;
    fn probed(probe: &mut Option<Probe<T, U>>) -> Option<Probing<Self::Item>>;
    fn way_out(ways: &(WayOut<T>, WayOut<U>)) -> &WayOut<Self::Item>;
    fn pair<P: Pairs<T, U>>(pairs: &mut P, item: &Self::Item, other: &Self::Other) -> P::Out;
    fn alone<P: Pairs<T, U>>(pairs: &mut P, item: &Self::Item) -> Option<P::Out>;
}

pub(super) struct FromLeft;
pub(super) struct FromRight;

impl<T, U> Way<T, U> for FromLeft {
    type Item = T;
    type Other = U;
    type Back = FromRight;
    const SIDE: Side = Side::Left;

    #[inline]
    fn key<G: JoinKeys<T, U>>(keys: &mut G, item: &T) -> G::Key {
        keys.of_left(item)
    }
    #[inline]
    fn mine<K, St: Storage>(both: &Both<K, T, U, St>) -> &St::Queue<Kept<T>> {
        &both.left
    }
    #[inline]
    fn mine_mut<K, St: Storage>(both: &mut Both<K, T, U, St>) -> &mut St::Queue<Kept<T>> {
        &mut both.left
    }
    #[inline]
    fn probe(probing: Probing<T>) -> Probe<T, U> {
        Probe::Left(probing)
    }
    #[inline]
    fn probing(probe: &mut Option<Probe<T, U>>) -> Option<&mut Probing<T>> {
        if let Some(Probe::Left(probing)) = probe { Some(probing) } else { None }
    }
    #[inline]
    fn probed(probe: &mut Option<Probe<T, U>>) -> Option<Probing<T>> {
        if let Some(Probe::Left(probing)) = probe.take() { Some(probing) } else { None }
    }
    #[inline]
    fn way_out(ways: &(WayOut<T>, WayOut<U>)) -> &WayOut<T> {
        &ways.0
    }
    #[inline]
    fn pair<P: Pairs<T, U>>(pairs: &mut P, item: &T, other: &U) -> P::Out {
        pairs.both(item, other)
    }
    #[inline]
    fn alone<P: Pairs<T, U>>(pairs: &mut P, item: &T) -> Option<P::Out> {
        pairs.left_alone(item)
    }
}

impl<T, U> Way<T, U> for FromRight {
    type Item = U;
    type Other = T;
    type Back = FromLeft;
    const SIDE: Side = Side::Right;

    #[inline]
    fn key<G: JoinKeys<T, U>>(keys: &mut G, item: &U) -> G::Key {
        keys.of_right(item)
    }
    #[inline]
    fn mine<K, St: Storage>(both: &Both<K, T, U, St>) -> &St::Queue<Kept<U>> {
        &both.right
    }
    #[inline]
    fn mine_mut<K, St: Storage>(both: &mut Both<K, T, U, St>) -> &mut St::Queue<Kept<U>> {
        &mut both.right
    }
    #[inline]
    fn probe(probing: Probing<U>) -> Probe<T, U> {
        Probe::Right(probing)
    }
    #[inline]
    fn probing(probe: &mut Option<Probe<T, U>>) -> Option<&mut Probing<U>> {
        if let Some(Probe::Right(probing)) = probe { Some(probing) } else { None }
    }
    #[inline]
    fn probed(probe: &mut Option<Probe<T, U>>) -> Option<Probing<U>> {
        if let Some(Probe::Right(probing)) = probe.take() { Some(probing) } else { None }
    }
    #[inline]
    fn way_out(ways: &(WayOut<T>, WayOut<U>)) -> &WayOut<U> {
        &ways.1
    }
    #[inline]
    fn pair<P: Pairs<T, U>>(pairs: &mut P, item: &U, other: &T) -> P::Out {
        pairs.both(other, item)
    }
    #[inline]
    fn alone<P: Pairs<T, U>>(pairs: &mut P, item: &U) -> Option<P::Out> {
        pairs.right_alone(item)
    }
}
