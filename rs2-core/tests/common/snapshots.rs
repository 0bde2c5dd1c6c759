//! What the tests of snapshots share: save anywhere, go on elsewhere, and let go of all at the end.
#![allow(dead_code, unreachable_pub)]

use futures_core::Stream;
use futures_executor::block_on;
use futures_util::StreamExt;
use rs2_core::metrics::Holds;
use rs2_core::snapshot::{self, Snapshot};
use std::fmt::Debug;

/// Saves a stream after each of its outputs, and before the first, and checks that one made anew
/// and restored yields what the first one had left. Bytes that are cut short are refused.
pub fn goes_on_from_anywhere<S>(build: impl Fn() -> S)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot,
{
    let whole: Vec<S::Item> = block_on(build().collect());
    for taken in 0..=whole.len() {
        let mut first = Box::pin(build());
        let begun: Vec<S::Item> = block_on(first.by_ref().take(taken).collect());
        assert_eq!(begun, whole[..taken]);
        let bytes = snapshot::save(&*first).expect("no step is running");
        for cut in [bytes.len() - 1, bytes.len() / 2, 4] {
            assert!(snapshot::restore(&mut build(), &bytes[..cut]).is_err(), "cut at {cut}");
        }
        let mut second = build();
        snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
        let rest: Vec<S::Item> = block_on(second.collect());
        assert_eq!(rest, whole[taken..], "saved after {taken} of {}", whole.len());
    }
}

/// Runs a stream to its end, and checks that it has let go of everything then.
pub fn keeps_nothing_at_the_end<S: Stream + Holds>(stream: S) {
    let mut stream = Box::pin(stream);
    while block_on(stream.next()).is_some() {}
    assert_eq!(stream.held(), 0, "something is still held at the end");
}
