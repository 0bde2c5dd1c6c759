//! `flatten_unordered` of futures-util 0.3.27 loses wakeups (futures-rs issue 2725, mended in
//! 0.3.28); the simulator must say so, and must say nothing of the same pipeline with a flattening
//! that is right.

use futures_util::stream::{self, FusedStream, Stream, StreamExt};
use rs2_test::sim::{Sim, Source, Tok, check, hunt};
use rs2_test::{Order, Row};
use std::pin::Pin;
use std::task::{Context, Poll};

const SEEDS: u64 = 10_000;

/// The branches become known one after the other, as they do where each is opened first.
fn opened(sim: &Sim, sources: [Source; 3]) -> impl Stream<Item = Source> + use<> {
    let sim = sim.clone();
    stream::iter(sources).then(move |source| sim.task(move || source))
}

/// Polls the outer stream and every branch at every poll: slow, and too simple to be wrong.
struct PollAll<S> {
    outer: Pin<Box<stream::Fuse<S>>>,
    branches: Vec<Source>,
}

impl<S: Stream<Item = Source>> Stream for PollAll<S> {
    type Item = Tok;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tok>> {
        let this = &mut *self;
        while let Poll::Ready(Some(branch)) = this.outer.poll_next_unpin(cx) {
            this.branches.push(branch);
        }
        let mut place = 0;
        while let Some(branch) = this.branches.get_mut(place) {
            match branch.poll_next_unpin(cx) {
                Poll::Ready(Some(item)) => return Poll::Ready(Some(item)),
                Poll::Ready(None) => drop(this.branches.remove(place)),
                Poll::Pending => place += 1,
            }
        }
        let ended = this.outer.is_terminated() && this.branches.is_empty();
        if ended { Poll::Ready(None) } else { Poll::Pending }
    }
}

#[test]
fn flatten_unordered_loses_wakeups() {
    let row = Row::plain("flatten_unordered", |sim, sources| {
        opened(sim, sources).flatten_unordered(3).fuse()
    });
    let row = row.order(Order::PerSource).in_flight(1);
    let failure = hunt(&row, 0..SEEDS).expect("the bug is in this version");
    println!("flatten_unordered of futures-util 0.3.27: seed {}: {}", failure.seed, failure.what);
    assert!(failure.what.contains("lost wakeup"), "{failure}");
}

#[test]
fn the_same_pipeline_flattened_by_polling_all_loses_nothing() {
    let row = Row::plain("poll all", |sim, sources| PollAll {
        outer: Box::pin(opened(sim, sources).fuse()),
        branches: Vec::new(),
    });
    check(&row.order(Order::PerSource).in_flight(1), 0..SEEDS).assert_clean();
}
