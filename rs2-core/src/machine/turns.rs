//! Streams that take turns.

use super::Progress;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;
use pin_project_lite::pin_project;

/// A stream and others of one type, in the order of their turns.
pub(crate) struct Turns<A, B> {
    // The front is the one whose turn it is. A stream is dropped as soon as it has ended.
    lanes: VecDeque<Numbered<A, B>>,
}

/// A stream and its number; the first one has 0.
type Numbered<A, B> = (usize, Pin<Box<Lane<A, B>>>);

pin_project! {
    #[project = LaneParts]
    enum Lane<A, B> {
        First { #[pin] stream: A },
        Other { #[pin] stream: B },
    }
}

impl<A, B> Turns<A, B> {
    pub(crate) fn new(first: A, others: Vec<B>) -> Self {
        let others = others.into_iter().map(|stream| Lane::Other { stream });
        let lanes = core::iter::once(Lane::First { stream: first }).chain(others);
        Self { lanes: lanes.map(Box::pin).enumerate().collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// The number of the stream whose turn it is.
    pub(crate) fn front(&self) -> Option<usize> {
        self.lanes.front().map(|(number, _)| *number)
    }

    /// Ends the turn of the stream at the front.
    pub(crate) fn pass(&mut self) {
        if let Some(lane) = self.lanes.pop_front() {
            self.lanes.push_back(lane);
        }
    }
}

impl<A, B> Turns<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    /// Polls the stream whose turn it is. After an item its turn is over; at its end it is gone.
    #[inline]
    pub(crate) fn poll_front(&mut self, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        let Some((_, front)) = self.lanes.front_mut() else { return Poll::Ready(None) };
        let polled = match front.as_mut().project() {
            LaneParts::First { stream } => stream.poll_next(cx),
            LaneParts::Other { stream } => stream.poll_next(cx),
        };
        match &polled {
            Poll::Ready(Some(_)) => self.pass(),
            Poll::Ready(None) => drop(self.lanes.pop_front()),
            Poll::Pending => {}
        }
        polled
    }

    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        let hints = self.lanes.iter().map(|(_, lane)| match &**lane {
            Lane::First { stream } => stream.size_hint(),
            Lane::Other { stream } => stream.size_hint(),
        });
        hints.fold((0_usize, Some(0_usize)), |(low, high), (more, most)| {
            let high = high.zip(most).and_then(|(high, most)| high.checked_add(most));
            (low.saturating_add(more), high)
        })
    }
}

impl<A, B> Turns<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    /// Advances all streams.
    pub(crate) fn poll_progress(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut all = Poll::Ready(());
        for (_, lane) in &mut self.lanes {
            let one = match lane.as_mut().project() {
                LaneParts::First { stream } => stream.poll_progress(cx),
                LaneParts::Other { stream } => stream.poll_progress(cx),
            };
            if one.is_pending() {
                all = Poll::Pending;
            }
        }
        all
    }
}

#[cfg(feature = "snapshot")]
impl<A: Snapshot + Unpin, B: Snapshot + Unpin> Snapshot for Turns<A, B> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("turns", 1)?;
        to.put_all(self.lanes.len(), self.lanes.iter().map(|(number, _)| *number as u64))?;
        self.lanes.iter().try_for_each(|(_, lane)| match &**lane {
            Lane::First { stream } => stream.save(to),
            Lane::Other { stream } => stream.save(to),
        })
    }

    /// Brings the streams that have not ended into the order of their turns.
    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("turns", 1)?;
        let mut fresh = core::mem::take(&mut self.lanes);
        from.take_all(|number: u64| {
            let place = fresh.iter().position(|lane| lane.0 as u64 == number);
            let lane = place.and_then(|place| fresh.remove(place));
            self.lanes.push_back(lane.ok_or(SnapshotError::Full("turns"))?);
            Ok(())
        })?;
        self.lanes.iter_mut().try_for_each(|(_, lane)| match lane.as_mut().get_mut() {
            Lane::First { stream } => stream.restore(from),
            Lane::Other { stream } => stream.restore(from),
        })
    }
}

impl<A, B> fmt::Debug for Turns<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").field("open", &self.lanes.len()).finish()
    }
}
