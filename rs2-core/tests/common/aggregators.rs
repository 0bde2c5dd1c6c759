//! What holds for every aggregator, checked on random items.
#![allow(dead_code, unreachable_pub)]

use proptest::prelude::*;
use rs2_core::aggregate::{Aggregator, LastParts, Running, SlidingParts};
use rs2_core::store::{Heap, Storage};
use rs2_core::time::EventTime;
use std::fmt::Debug;

pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Whether two answers are the same; floating-point ones within what rounding may do.
pub trait Same {
    fn same(&self, other: &Self) -> bool;
}

macro_rules! exactly {
    ($($type:ty)+) => {$(
        impl Same for $type {
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )+};
}

exactly! { u8 i32 i64 u32 u64 u128 i128 usize }

impl Same for f64 {
    fn same(&self, other: &Self) -> bool {
        let near = 1e-9 * self.abs().max(other.abs()).max(1.0);
        self == other || (self - other).abs() <= near || (self.is_nan() && other.is_nan())
    }
}

impl<T: Same, const N: usize> Same for [T; N] {
    fn same(&self, other: &Self) -> bool {
        self.iter().zip(other).all(|(left, right)| left.same(right))
    }
}

impl<T: Same> Same for Option<T> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(left), Some(right)) => left.same(right),
            (left, right) => left.is_none() && right.is_none(),
        }
    }
}

impl<T: Same> Same for Vec<T> {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(left, right)| left.same(right))
    }
}

impl<A: Same, B: Same> Same for (A, B) {
    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0) && self.1.same(&other.1)
    }
}

/// An item with its time.
pub type Timed<T> = (i64, T);

fn time<T>(item: &Timed<T>) -> EventTime {
    EventTime::from_micros(item.0)
}

/// One part of all the items, added one by one.
pub fn part_of<T: Clone, A: Aggregator<T>>(aggregator: &A, items: &[Timed<T>]) -> A::Partial {
    let (first, others) = items.split_first().expect("there is an item");
    let mut part = aggregator.lift(time(first), first.1.clone());
    for item in others {
        aggregator.add(&mut part, time(item), item.1.clone()).expect("there is room");
    }
    part
}

fn joined<T, A: Aggregator<T>>(a: &A, mut left: A::Partial, right: &A::Partial) -> A::Partial {
    a.combine(&mut left, right);
    left
}

/// `expected` of the items is what every way to add and combine them comes to: one by one, in any
/// two splits, in either order of combining three; subtracting undoes; looking is lowering.
pub fn holds_for<T, A>(
    aggregator: &A,
    items: &[Timed<T>],
    expected: impl Fn(&[Timed<T>]) -> A::Output,
) where
    T: Clone + Debug,
    A: Aggregator<T, Output: Same + Debug>,
{
    let same = |part: A::Partial, of: &[Timed<T>], how: &str| {
        let (looked, lowered, right) =
            (aggregator.peek(&part), aggregator.lower(part), expected(of));
        assert!(lowered.same(&right), "{how}: {lowered:?} for {right:?} of {of:?}");
        assert!(looked.same(&right), "a look, {how}: {looked:?} for {right:?} of {of:?}");
    };
    same(part_of(aggregator, items), items, "one by one");
    for at in 1..items.len() {
        let (head, tail) = items.split_at(at);
        let (left, right) = (part_of(aggregator, head), part_of(aggregator, tail));
        let whole = joined(aggregator, left.clone(), &right);
        same(whole.clone(), items, "split in two");
        if A::INVERTIBLE {
            let mut rest = whole;
            aggregator.subtract(&mut rest, &left);
            same(rest, tail, "subtracted");
        }
        if tail.len() > 1 {
            let (middle, end) = tail.split_at(tail.len() / 2);
            let (middle, end) = (part_of(aggregator, middle), part_of(aggregator, end));
            let from_left = joined(aggregator, joined(aggregator, left.clone(), &middle), &end);
            let from_right = joined(aggregator, left, &joined(aggregator, middle, &end));
            same(from_left, items, "(ab)c");
            same(from_right, items, "a(bc)");
        }
    }
    slides(aggregator, items, &expected);
}

/// A window slides over the items, of every small size.
fn slides<T, A>(aggregator: &A, items: &[Timed<T>], expected: impl Fn(&[Timed<T>]) -> A::Output)
where
    T: Clone + Debug,
    A: Aggregator<T, Output: Same + Debug>,
{
    for size in [1, 2, 3, 7] {
        let mut parts = SlidingParts::new(Heap::bounded(size).queue());
        let mut last = LastParts::new(Heap::bounded(size).batch());
        assert!(last.value(aggregator).is_none());
        for end in 0..items.len() {
            if parts.is_full() {
                parts.pop(aggregator);
            }
            let part = aggregator.lift(time(&items[end]), items[end].1.clone());
            last.push(aggregator, part.clone());
            assert!(parts.push(aggregator, part).is_ok());
            let window = &items[(end + 1).saturating_sub(size)..=end];
            let value = parts.value(aggregator).expect("it has parts");
            let right = expected(window);
            assert!(value.same(&right), "{value:?} for {right:?} of {window:?}");
            let value = last.value(aggregator).expect("it has parts");
            assert!(value.same(&right), "{value:?} for {right:?} of the last {window:?}");
        }
        while !parts.is_empty() {
            parts.pop(aggregator);
            let left = &items[items.len() - parts.len()..];
            let value = parts.value(aggregator);
            assert_eq!(value.is_some(), !left.is_empty());
            let right = value.as_ref().map(|_| expected(left));
            assert!(value.same(&right), "{value:?} for {right:?} of {left:?}");
        }
    }
}

/// A running one tells the same after every item, and two of them merge.
pub fn runs<T: Clone + Debug, A>(
    aggregator: A,
    items: &[Timed<T>],
    expected: impl Fn(&[Timed<T>]) -> A::Output,
) where
    A: Aggregator<T, Output: Same + Debug> + Clone,
{
    let mut running = Running::of(aggregator.clone());
    assert!(running.value().is_none());
    for (n, item) in items.iter().enumerate() {
        let value = running.push_at(time(item), item.1.clone());
        assert!(value.same(&expected(&items[..=n])), "{value:?} after {n}");
    }
    let (mut early, mut late) = (Running::of(aggregator.clone()), Running::of(aggregator));
    let (head, tail) = items.split_at(items.len() / 2);
    head.iter().for_each(|item| drop(early.push_at(time(item), item.1.clone())));
    tail.iter().for_each(|item| drop(late.push_at(time(item), item.1.clone())));
    early.merge(&late);
    assert!(early.value().same(&Some(expected(items))));
}
