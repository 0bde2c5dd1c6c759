//! Pipes.

use super::all;
use crate::{rs2::prelude::*, run};

#[test]
fn pipe_methods() {
    run(async {
        let double = Pipe::new(|stream: RS2Stream<u32>| stream.map_rs2(|n| n * 2));
        assert_eq!(all(double.apply(from_iter([1, 2]))).await, [2, 4]);
        let twice = double.clone().compose(double);
        assert_eq!(all(twice.apply(from_iter([1, 2]))).await, [4, 8]);
    });
}

#[test]
fn pipe_utility_functions() {
    use rs2_stream::pipe::{PipeExt, compose, filter, identity, map};
    fn then<I, O, P>(first: impl PipeExt<I, O>, next: Pipe<O, P>) -> Pipe<I, P>
    where
        P: 'static,
    {
        first.compose(next)
    }
    run(async {
        let words = compose(filter(|n: &u32| n % 2 == 1), map(|n: u32| n.to_string()));
        let words = then(words, identity());
        assert_eq!(all(words.apply(from_iter(1..=4))).await, ["1", "3"]);
    });
}
