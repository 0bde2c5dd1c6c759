//! Parts of pipelines as values, and what holds for putting them together.
#![cfg(feature = "std")]

use proptest::prelude::*;
use rs2_core::pipe::{self, Pipe, PipeExt};
use rs2_core::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

fn run<I: Send + 'static, O: 'static>(pipe: &Pipe<I, O>, items: Vec<I>) -> Vec<O> {
    futures_executor::block_on(pipe.apply(from_iter(items)).collect_rs2())
}

/// A pipe that does something to the items, to their number, or to their order.
fn pipes() -> impl Strategy<Value = Pipe<u32, u32>> {
    prop_oneof![
        Just(pipe::identity()),
        (1..9_u32).prop_map(|by| pipe::map(move |n: u32| n.wrapping_mul(by))),
        (1..4_u32).prop_map(|by| pipe::filter(move |n: &u32| n.is_multiple_of(by))),
        (0..9_usize)
            .prop_map(|count| Pipe::new(move |stream: RS2Stream<u32>| { stream.take_rs2(count) })),
        (1..4_usize).prop_map(|size| Pipe::new(move |stream: RS2Stream<u32>| {
            let backwards = |chunk: Vec<u32>| from_iter(chunk.into_iter().rev());
            stream.chunk_rs2(size).flat_map_rs2(backwards)
        })),
        Just(pipe::map({
            let mut sum = 0_u32;
            move |n| {
                sum = sum.wrapping_add(n);
                sum
            }
        })),
    ]
}

fn items() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0..100_u32, 0..30)
}

proptest! {
    #[test]
    fn composing_is_applying_one_after_the_other(a in pipes(), b in pipes(), items in items()) {
        let composed = a.clone().compose(b.clone());
        prop_assert_eq!(run(&composed, items.clone()), run(&b, run(&a, items)));
    }

    #[test]
    fn composing_is_associative(a in pipes(), b in pipes(), c in pipes(), items in items()) {
        let left = a.clone().compose(b.clone()).compose(c.clone());
        let right = a.compose(b.compose(c));
        prop_assert_eq!(run(&left, items.clone()), run(&right, items));
    }

    #[test]
    fn the_identity_changes_nothing_on_either_side(a in pipes(), items in items()) {
        let expected = run(&a, items.clone());
        let before = pipe::compose(pipe::identity(), a.clone());
        let after = pipe::compose(a, pipe::identity());
        prop_assert_eq!(run(&before, items.clone()), expected.clone());
        prop_assert_eq!(run(&after, items), expected);
    }

    #[test]
    fn a_pipe_can_be_applied_again_and_its_clone_is_the_same(a in pipes(), items in items()) {
        let expected = run(&a, items.clone());
        prop_assert_eq!(run(&a.clone(), items.clone()), expected.clone());
        prop_assert_eq!(run(&a, items), expected);
    }

    #[test]
    fn map_and_filter_are_those_of_iterators(items in items(), by in 1..5_u32) {
        let mapped: Vec<u32> = items.iter().map(|n| n * by).collect();
        let kept: Vec<u32> = items.iter().copied().filter(|n| n.is_multiple_of(by)).collect();
        prop_assert_eq!(run(&pipe::map(move |n| n * by), items.clone()), mapped);
        prop_assert_eq!(run(&pipe::filter(move |n: &u32| n.is_multiple_of(by)), items), kept);
    }
}

#[test]
fn nothing_happens_before_the_stream_is_polled() {
    let calls = Arc::<AtomicUsize>::default();
    let counter = calls.clone();
    let count = pipe::map(move |n: u32| {
        counter.fetch_add(1, Relaxed);
        n
    });
    let stream = count.clone().compose(count).apply(from_iter([1, 2]));
    assert_eq!(calls.load(Relaxed), 0);
    drop(stream);
    assert_eq!(calls.load(Relaxed), 0);
}

#[test]
fn each_stream_of_a_pipe_has_the_state_of_a_closure_that_was_never_called() {
    let number = || {
        let mut number = 0;
        pipe::map(move |letter: char| {
            number += 1;
            (number, letter)
        })
    };
    let pipe = number();
    let both =
        pipe.apply(from_iter(['a', 'b'])).interleave_strict_rs2(vec![pipe.apply(from_iter(['c']))]);
    let both: Vec<_> = futures_executor::block_on(both.collect_rs2());
    assert_eq!(both, [(1, 'a'), (1, 'c'), (2, 'b')]);

    let mut last = None;
    let rising = pipe::filter(move |n: &u32| last.replace(*n).is_none_or(|last| last < *n));
    for _ in 0..2 {
        assert_eq!(run(&rising, vec![3, 2, 5, 5, 6]), [3, 5, 6]);
    }
}

#[test]
fn what_all_streams_of_a_pipe_share_outlives_each() {
    let mut streams = 0;
    let number = Pipe::from_fn_mut(move |stream: RS2Stream<char>| {
        streams += 1;
        let number = streams;
        stream.map_rs2(move |letter| (number, letter))
    });
    let twice = number.clone().compose(pipe::map(|(_, letter)| letter)).compose(number.clone());
    assert_eq!(run(&twice, vec!['a']), [(2, 'a')]);
    assert_eq!(run(&number, vec!['b']), [(3, 'b')]);
}

#[test]
fn a_panic_while_one_stream_is_built_leaves_the_pipe_as_it_is() {
    let mut calls = 0;
    let pipe = Pipe::from_fn_mut(move |stream: RS2Stream<u32>| {
        calls += 1;
        assert!(calls != 1, "the first call");
        stream
    });
    let first = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&pipe, vec![1])));
    assert!(first.is_err());
    assert_eq!(run(&pipe, vec![2]), [2]);
}

#[test]
fn streams_of_one_pipe_can_be_built_on_several_threads() {
    let double = pipe::map(|n: u32| 2 * n);
    let results = std::thread::scope(|scope| {
        let run = |n| {
            scope.spawn({
                let double = &double;
                move || run(double, vec![n, n + 1])
            })
        };
        let threads: Vec<_> = (0..4).map(run).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    assert_eq!(results, [[0, 2], [2, 4], [4, 6], [6, 8]]);
}

#[test]
fn compose_can_be_named_by_its_trait() {
    let both = PipeExt::compose(pipe::map(|n: u32| n + 1), pipe::map(|n: u32| n.to_string()));
    assert_eq!(run(&both, vec![1]), ["2"]);
}
