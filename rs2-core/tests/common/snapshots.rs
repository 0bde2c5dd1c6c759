//! What the tests of snapshots share: save anywhere, go on elsewhere, and let go of all at the end.
#![allow(dead_code, unreachable_pub)]

use futures_core::Stream;
use futures_executor::block_on;
use futures_util::StreamExt;
use rs2_core::metrics::{Holds, Loss, Losses, Reports};
use rs2_core::snapshot::{self, Reader, Snapshot, SnapshotError, Writer};
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Saves a stream after each of its outputs, and before the first, and checks that one made anew
/// and restored yields what the first one had left. Bytes that are cut short are refused.
pub fn goes_on_from_anywhere<S>(build: impl Fn() -> S)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot,
{
    goes_on_telling(build, |_| Vec::new());
}

/// The same, and what the two count as lost is what one counts that is not interrupted.
pub fn goes_on_counting<S>(build: impl Fn() -> S)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot + Reports,
{
    goes_on_telling(build, |stream| losses_by_kind(stream.losses()));
}

/// Every count of losses.
pub fn losses_by_kind(losses: &Losses) -> Vec<u64> {
    use Loss::*;
    let kinds = [Late, Duplicate, Suppressed, Full, Evicted, Abandoned, NoKey, DuplicateRisk];
    kinds.map(|kind| losses.of(kind)).to_vec()
}

fn goes_on_telling<S>(build: impl Fn() -> S, counts: impl Fn(&S) -> Vec<u64>)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot,
{
    let mut all = Box::pin(build());
    let whole: Vec<S::Item> = block_on(all.by_ref().collect());
    // Once more than there are outputs: after the end.
    for taken in 0..=whole.len() + 1 {
        let mut first = Box::pin(build());
        let begun: Vec<S::Item> = block_on(first.by_ref().take(taken).collect());
        let left = &whole[begun.len()..];
        assert_eq!(begun, whole[..begun.len()]);
        let bytes = snapshot::save(&*first).expect("no step is running");
        for cut in [bytes.len() - 1, bytes.len() / 2, 4] {
            assert!(snapshot::restore(&mut build(), &bytes[..cut]).is_err(), "cut at {cut}");
        }
        let mut second = build();
        snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
        let mut second = Box::pin(second);
        let rest: Vec<S::Item> = block_on(second.by_ref().collect());
        assert_eq!(rest, left, "saved after {taken} of {}", whole.len());
        let counted = counts(&first).into_iter().zip(counts(&second)).map(|(one, two)| one + two);
        assert_eq!(counted.collect::<Vec<_>>(), counts(&all), "lost, saved after {taken}");
    }
}

/// Runs a stream to its end, and checks that it has let go of everything then.
#[track_caller]
pub fn keeps_nothing_at_the_end<S: Stream + Holds>(stream: S) {
    let mut stream = Box::pin(stream);
    while block_on(stream.next()).is_some() {}
    assert_eq!(stream.held(), 0, "something is still held at the end");
}

/// How often a stream could be saved between two polls, and how often it was busy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    pub quiet: usize,
    pub busy: usize,
}

/// Saves a stream after each of its polls, before the first and after the last, those without an
/// output too, and checks that one made anew and restored yields what was left. Where it was busy
/// it could not be saved.
pub fn goes_on_between_polls<S>(build: impl Fn() -> S) -> Moments
where
    S: Stream<Item: Debug + PartialEq> + Snapshot,
{
    let whole: Vec<S::Item> = block_on(build().collect());
    let mut moments = Moments::default();
    for polls in 0..10_000 {
        let mut first = Box::pin(build());
        let mut begun = Vec::new();
        let mut has_ended = false;
        for _ in 0..polls {
            let polled = first.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
            has_ended = matches!(polled, Poll::Ready(None));
            if let Poll::Ready(item) = polled {
                begun.extend(item);
            }
        }
        assert_eq!(begun, whole[..begun.len()]);
        match snapshot::save(&*first) {
            Ok(bytes) => {
                moments.quiet += 1;
                let mut second = build();
                snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
                let rest: Vec<S::Item> = block_on(second.collect());
                assert_eq!(rest, whole[begun.len()..], "saved after {polls} polls");
            }
            Err(SnapshotError::Busy) => moments.busy += 1,
            Err(error) => panic!("{error}"),
        }
        if has_ended {
            return moments;
        }
    }
    panic!("it does not come to an end");
}

/// Waits for so many polls, and then gives its output.
pub struct Later<T>(pub u32, pub Option<T>);

impl<T> Later<T> {
    pub fn new(polls: u32, output: T) -> Self {
        Self(polls, Some(output))
    }
}

impl<T> Unpin for Later<T> {}

impl<T> Future for Later<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        if self.0 == 0 {
            return Poll::Ready(self.1.take().expect("it is polled once more at most"));
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A source that has nothing for so many polls before each item.
pub struct Pausing<S> {
    source: S,
    polls: u32,
    left: u32,
}

impl<S> Pausing<S> {
    pub fn new(source: S, polls: u32) -> Self {
        Self { source, polls, left: polls }
    }
}

impl<S: Stream + Unpin> Stream for Pausing<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.left > 0 {
            self.left -= 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.left = self.polls;
        self.source.poll_next_unpin(cx)
    }
}

impl<S: Snapshot> Snapshot for Pausing<S> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&self.left)?;
        self.source.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.left = from.take()?;
        self.source.restore(from)
    }
}
