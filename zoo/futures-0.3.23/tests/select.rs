//! `select` of futures-util 0.3.23 ends while one of its streams still has items (mended in
//! 0.3.24); the simulator must say so, and must say nothing of the same streams polled in turns.

use futures_util::stream::{PollNext, Stream, StreamExt, select, select_with_strategy};
use rs2_test::sim::{Source, Tok, check, hunt};
use rs2_test::{Order, Row, lanes};

const SEEDS: u64 = 10_000;

fn found(name: &str, row: Row) {
    let failure = hunt(&row.order(Order::PerSource), 0..SEEDS).expect("the bug is in this version");
    println!("{name} of futures-util 0.3.23: seed {}: {}", failure.seed, failure.what);
    assert!(failure.what.starts_with("it ended after"), "{failure}");
}

fn left_first(left: Source, right: Source) -> impl Stream<Item = Tok> {
    select_with_strategy(left, right, |_: &mut ()| PollNext::Left).fuse()
}

#[test]
fn select_ends_early() {
    found("select", Row::plain("select", |_, [left, right]| select(left, right).fuse()));
}

#[test]
fn select_with_strategy_ends_early() {
    let row = Row::plain("select_with_strategy", |_, [left, right]| left_first(left, right));
    found("select_with_strategy", row);
}

#[test]
fn the_same_streams_polled_in_turns_lose_nothing() {
    let row = Row::plain("in turns", |_, [left, right]| lanes([left, right]).fuse());
    check(&row.order(Order::PerSource), 0..SEEDS).assert_clean();
}
