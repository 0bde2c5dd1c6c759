//! Operators that need nothing but their source.

use super::{all, now, numbers, results, sends};
use futures_util::sink;
use rs2_stream::op::consume::BufferConfig;
use rs2_stream::pipe::Pipe;
use rs2_stream::prelude::*;

#[test]
fn sources() {
    all(empty::<u32>());
    all(emit(1));
    all(from_iter([1, 2]));
    all(repeat(1));
    all(eval(now(1)));
    all(unfold(0, |n: u32| now(Some((n, n)))));
}

#[test]
fn transform() {
    all(numbers().map_rs2(|n| n));
    all(numbers().filter_map_rs2(Some));
    all(numbers().flat_map_rs2(emit));
    all(numbers().eval_map_rs2(now));
    all(numbers().eval_filter_rs2(|_| now(true)));
    all(numbers().inspect_rs2(|_| ()));
    all(numbers().scan_rs2(0, |_, n| n));
    all(numbers().replayable_rs2());
    all(numbers().yield_every_rs2(1));
    all(numbers().foreign_rs2());
}

#[test]
fn select() {
    all(numbers().filter_rs2(|_| true));
    all(numbers().take_rs2(1));
    all(numbers().skip_rs2(1));
    all(numbers().drop_rs2(1));
    all(numbers().take_while_rs2(|_| true));
    all(numbers().skip_while_rs2(|_| true));
    all(numbers().drop_while_rs2(|_| true));
    all(numbers().distinct_rs2());
    all(numbers().distinct_by_rs2(|n| *n));
    all(numbers().distinct_until_changed_rs2());
    all(numbers().distinct_until_changed_by_rs2(|n| *n));
}

#[test]
fn combine() {
    all(numbers().merge_rs2(numbers()));
    all(numbers().concat_rs2(numbers()));
    all(numbers().zip_rs2(numbers()));
    all(numbers().zip_with_rs2(numbers(), |a, b| a + b));
    all(numbers().interleave_rs2(vec![numbers()]));
    all(numbers().interleave_strict_rs2(vec![numbers()]));
    all(numbers().either_rs2(numbers()));
    all(numbers().interrupt_when_rs2(now(())));
}

#[test]
fn flow() {
    all(numbers().broadcast_rs2(1));
    all(numbers().broadcast_rs2(1).branch());
    all(numbers().split_rs2(|_| true, 1));
    all(numbers().partition_rs2(2, 1, |n| u64::from(*n)));
    all(numbers().divert_rs2(|_| true, sink::drain()));
    all(results().split_errors_rs2(1));
    all(results().dead_letters_rs2(sink::drain()));
    all(numbers().prefetch_inline_rs2(1));
}

#[test]
fn recover() {
    all(results().recover_rs2(now));
    all(results().or_else_rs2(|n| n));
    all(results().map_error_rs2(|n| n));
    all(results().skip_errors_rs2());
    all(results().on_error_resume_next_rs2());
    all(results().switch_on_error_rs2(|_| results()));
    all(results().stop_on_error_rs2());
    all(results().collect_ok_rs2::<Vec<u32>>());
    all(results().collect_err_rs2::<Vec<u32>>());
    all(results().retry_rs2(1, results));
}

#[test]
fn consume() {
    all(numbers().collect_rs2::<Vec<u32>>());
    all(numbers().collect_with_config_rs2(BufferConfig::default()));
    all(numbers().fold_rs2(0, |_, n| now(n)));
    all(numbers().fold_sync_rs2(0, |_, n| n));
    all(numbers().reduce_rs2(|_, n| now(n)));
    all(numbers().for_each_rs2(|_| now(())));
    all(numbers().drive_each_rs2(|_| now(())));
    all(numbers().drive_fold_rs2(0, |_, n| now(n)));
}

/// A box says that what is in it may be sent, and nothing more.
#[test]
fn boxed() {
    sends(numbers().boxed_rs2());
    sends(numbers().boxed_rs2().fold_sync_rs2(0, |_, n| n));
    sends(numbers().boxed_rs2().collect_rs2::<Vec<u32>>());
    sends(numbers().boxed_rs2().map_rs2(|n| n));
    fn unpins(_: impl Unpin) {}
    unpins(numbers().boxed_local_rs2());
    all(Pipe::new(|stream: RS2Stream<u32>| stream));
}
