//! A stream in a box is a stream like any other, also for the operators that keep a state.

use futures_util::StreamExt;
use rs2_stream::pipe::{self, Pipe};
use rs2_stream::prelude::*;
use rs2_stream::state::{CustomKeyExtractor, StateConfigs, StatefulStreamExt};
use rs2_stream::{RS2Stream, pipe::PipeExt};

fn parity() -> CustomKeyExtractor<impl Fn(&u32) -> bool> {
    CustomKeyExtractor::new(|n: &u32| n.is_multiple_of(2))
}

/// Peer defect 36: its stateful operators asked for a stream that is `Sync`, which its own boxed
/// streams were not, nor the streams of the operators themselves.
#[tokio::test]
async fn operators_with_state_take_a_box_and_follow_each_other() {
    let numbers: RS2Stream<u32> = from_iter(1..=6).boxed_rs2();
    let counts = numbers
        .stateful_map_rs2(StateConfigs::session(), parity(), |n, state| async move {
            let seen = state.get::<u32>().await.unwrap_or_default() + 1;
            state.set(&seen).await.expect("the step is running");
            n * 10 + seen
        })
        .boxed_rs2()
        .stateful_map_rs2(StateConfigs::session(), parity(), |n, state| async move {
            let sum = state.get::<u32>().await.unwrap_or_default() + n;
            state.set(&sum).await.expect("the step is running");
            sum
        });
    // 11, 21, 32, 42, 53, 63: the even ones are 32 and 42.
    assert_eq!(counts.collect_rs2::<Vec<u32>>().await, [11, 32, 32, 74, 85, 148]);
}

#[tokio::test]
async fn the_operators_of_futures_take_a_box() {
    let numbers = from_iter(1..=3).boxed_rs2();
    assert_eq!(numbers.map(|n| n + 1).collect::<Vec<u32>>().await, [2, 3, 4]);
}

#[tokio::test]
async fn a_box_can_be_sent_to_a_task() {
    let numbers = from_iter(1..=4).par_eval_map_rs2(2, async |n: u32| n * n).boxed_rs2();
    let sum = tokio::spawn(numbers.fold_sync_rs2(0, |sum, n| sum + n));
    assert_eq!(sum.await.expect("the task does not panic"), 30);
}

#[tokio::test]
async fn operators_that_need_a_runtime_fit_into_a_pipe() {
    let squares: Pipe<u32, u32> =
        Pipe::new(|numbers: RS2Stream<u32>| numbers.par_eval_map_rs2(2, async |n: u32| n * n));
    let texts = PipeExt::compose(squares, pipe::map(|n: u32| n.to_string()));
    assert_eq!(texts.apply(from_iter(1..=3)).collect_rs2::<Vec<String>>().await, ["1", "4", "9"]);
}
