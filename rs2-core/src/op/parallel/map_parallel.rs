//! A plain function on several threads, the outputs in the order of the items.

use super::crew::{Chunk, Crew, Done, Worker};
use crate::machine::{Budget, Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::task::{JoinError, SpawnBlocking};
use crate::time::Clock;
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

/// Handing a chunk over and back costs some microseconds: it must carry many times that in work.
const WORTHWHILE: Duration = Duration::from_micros(200);
/// The most items in a chunk, however short the work on one is.
const LARGEST: usize = 1_024;
/// How much a chunk may be larger or smaller than the one before. One measurement says little: a
/// thread may have been stopped in the midst of it.
const STEP: usize = 4;

pin_project! {
    /// The stream of [`map_parallel_rs2`](super::ParallelExt::map_parallel_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct MapParallel<S, Sp, C, F, U>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        spawner: Sp,
        crew: Crew<S::Item, U, F, C>,
        // Taken from the source, and not yet enough to be given to the crew.
        filling: Chunk<S::Item, U>,
        // The outputs that are being yielded, and why there are no more of them.
        current: Chunk<S::Item, U>,
        error: Option<JoinError>,
        spare: Vec<Chunk<S::Item, U>>,
        // Items in a chunk from now on.
        size: usize,
        // At most so many chunks given and not taken back.
        width: usize,
        // Items in them.
        given: usize,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, Sp, C, F, U> MapParallel<S, Sp, C, F, U>
where
    S: Stream,
    Sp: SpawnBlocking<Worker<S::Item, U, F, C>>,
    C: Clock,
    F: Fn(S::Item) -> U,
{
    pub(super) fn new(source: S, clock: C, spawner: Sp, workers: usize, f: F) -> Self {
        Self {
            source,
            spawner,
            crew: Crew::new(clock, workers, f),
            filling: Chunk::default(),
            current: Chunk::default(),
            error: None,
            spare: Vec::new(),
            size: 1,
            // One chunk in the hands of each worker and one on its table.
            width: workers.saturating_mul(2),
            given: 0,
            source_ended: false,
            ended: false,
        }
    }

    /// Gives what was collected to the crew.
    #[inline]
    fn give(self: Pin<&mut Self>) {
        let this = self.project();
        let next = this.spare.pop().unwrap_or_default();
        let chunk = mem::replace(this.filling, next);
        *this.given += chunk.items.len();
        this.crew.give(&*this.spawner, chunk);
    }

    /// Gives a chunk that is not full, when a worker would have to wait for more.
    #[inline]
    fn give_to_the_free(self: Pin<&mut Self>) {
        if !self.filling.items.is_empty() && self.crew.has_free_worker() {
            self.give();
        }
    }

    /// Fills chunks and gives them away while there is room for one. A source that has nothing now
    /// keeps no worker waiting for a full chunk.
    #[inline]
    fn refill(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let mut budget = Budget::new();
        while !self.source_ended && self.crew.underway() < self.width {
            while self.filling.items.len() < self.size {
                let mut this = self.as_mut().project();
                match this.source.as_mut().poll_next(cx) {
                    Poll::Ready(Some(item)) => this.filling.items.push(item),
                    Poll::Ready(None) => {
                        *this.source_ended = true;
                        break;
                    }
                    Poll::Pending => return self.give_to_the_free(),
                }
                if budget.spend(cx).is_pending() {
                    return;
                }
            }
            if self.filling.items.is_empty() {
                return;
            }
            self.as_mut().give();
        }
        if self.source_ended && !self.filling.items.is_empty() && self.crew.underway() < self.width
        {
            self.give();
        }
    }

    /// Begins to yield a chunk that came back, and learns from it.
    #[inline]
    fn receive(self: Pin<&mut Self>, done: Done<S::Item, U>) {
        let this = self.project();
        *this.given -= done.items;
        *this.error = done.error;
        let old = mem::replace(this.current, done.chunk);
        if this.spare.len() < *this.width {
            this.spare.push(old);
        }
        let wanted = match done.took.as_nanos() {
            0 => LARGEST,
            took => {
                let wanted = done.items as u128 * WORTHWHILE.as_nanos() / took;
                usize::try_from(wanted).unwrap_or(LARGEST)
            }
        };
        let least = (*this.size / STEP).max(1);
        *this.size = wanted.clamp(least, *this.size * STEP).min(LARGEST);
    }

    #[inline]
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<U>> {
        loop {
            let this = self.as_mut().project();
            if let Some(output) = this.current.outputs.pop_front() {
                return Poll::Ready(Some(output));
            }
            if let Some(error) = this.error.take() {
                this.crew.close();
                error.resume();
            }
            // From here on a chunk that comes back wakes the task, so nothing is missed.
            let done = self.crew.poll_done(cx);
            let is_idle = matches!(done, Poll::Ready(None));
            if let Poll::Ready(Some(done)) = done {
                self.as_mut().receive(done);
                self.as_mut().refill(cx);
                continue;
            }
            self.as_mut().refill(cx);
            if !(is_idle && self.source_ended && self.given == 0) {
                return Poll::Pending;
            }
            return Poll::Ready(None);
        }
    }
}

impl<S, Sp, C, F, U> Stream for MapParallel<S, Sp, C, F, U>
where
    S: Stream,
    Sp: SpawnBlocking<Worker<S::Item, U, F, C>>,
    C: Clock,
    F: Fn(S::Item) -> U,
{
    type Item = U;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<U>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let polled = self.as_mut().advance(cx);
        *self.project().ended = matches!(polled, Poll::Ready(None));
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let owed = self.owed();
        let (low, high) = if self.source_ended { (0, Some(0)) } else { self.source.size_hint() };
        (low.saturating_add(owed), high.and_then(|high| high.checked_add(owed)))
    }
}

impl<S, Sp, C, F, U> FusedStream for MapParallel<S, Sp, C, F, U>
where
    S: Stream,
    Sp: SpawnBlocking<Worker<S::Item, U, F, C>>,
    C: Clock,
    F: Fn(S::Item) -> U,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Gives the crew what was taken already. It works by itself.
impl<S, Sp, C, F, U> Progress for MapParallel<S, Sp, C, F, U>
where
    S: Progress,
    Sp: SpawnBlocking<Worker<S::Item, U, F, C>>,
    C: Clock,
    F: Fn(S::Item) -> U,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let _ = self.crew.poll_idle(cx);
        if self.crew.underway() < self.width {
            self.as_mut().give_to_the_free();
        }
        let crew = self.crew.poll_idle(cx);
        let this = self.project();
        let source =
            if *this.source_ended { Poll::Ready(()) } else { this.source.poll_progress(cx) };
        *this.ended = false;
        ready!(source);
        crew
    }
}

impl<S: Stream, Sp, C, F, U> MapParallel<S, Sp, C, F, U> {
    /// Outputs to come for the items that were taken.
    fn owed(&self) -> usize {
        self.current.outputs.len() + self.given + self.filling.items.len()
    }
}

snapshot_fields!(
    [S: Stream + Snapshot, Sp, C, F, U] MapParallel<S, Sp, C, F, U>,
    "map_parallel",
    busy this => this.owed() > 0 || this.error.is_some(),
    { value source_ended, value ended, part source }
);

impl<S, Sp, C, F, U> fmt::Debug for MapParallel<S, Sp, C, F, U>
where
    S: Stream + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapParallel")
            .field("source", &self.source)
            .field("crew", &self.crew)
            .field("chunk_size", &self.size)
            .field("source_ended", &self.source_ended)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
