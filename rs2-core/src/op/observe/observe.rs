//! A source that is counted as it is read.

use super::measure::Measure;
use super::sampler::Sampler;
use crate::machine::{Progress, snapshot_fields};
use crate::metrics::MetricsHandle;
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::time::{Clock, Instant};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`observe_rs2`](super::ObserveExt::observe_rs2) and its relatives.
    #[must_use = "streams do nothing unless polled"]
    pub struct Observe<S, C, M>
    where
        C: Clock,
    {
        #[pin]
        source: S,
        measure: M,
        watch: Watch<C>,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, C: Clock, M> Observe<S, C, M> {
    pub(super) fn new(source: S, handle: MetricsHandle<C>, measure: M) -> Self {
        Self { source, measure, watch: Watch::new(handle), ended: false }
    }
}

/// Measures the time spent in a source. Dropping it notes the end of the stream.
struct Watch<C: Clock> {
    handle: MetricsHandle<C>,
    sampler: Sampler,
    runs: Runs,
    // The operation under way is measured, and this long was spent on it so far. None between two
    // operations.
    operation: Option<Operation>,
}

#[derive(Clone, Copy)]
struct Operation {
    measured: bool,
    spent: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    NotYet,
    Now,
    NoMore,
}

impl<C: Clock> Watch<C> {
    fn new(handle: MetricsHandle<C>) -> Self {
        let sampler = Sampler::new(handle.metrics().config().sample_rate);
        Self { handle, sampler, runs: Runs::NotYet, operation: None }
    }

    /// Before the source is entered: the time, if it is needed.
    #[inline]
    fn enter(&mut self) -> Option<Instant> {
        let sampler = &mut self.sampler;
        let operation = self.operation.get_or_insert_with(|| Operation {
            measured: sampler.chooses(),
            spent: Duration::ZERO,
        });
        let begins = self.runs == Runs::NotYet;
        if !begins && !operation.measured {
            return None;
        }
        let now = self.handle.clock().now();
        if begins {
            self.runs = Runs::Now;
            self.handle.metrics().begin(now);
        }
        operation.measured.then_some(now)
    }

    /// After the source was left, which was entered at `entered` if this is measured. Returns the
    /// time where it was read.
    #[inline]
    fn leave(&mut self, entered: Option<Instant>) -> Option<Instant> {
        let (entered, operation) = (entered?, self.operation.as_mut()?);
        let (now, metrics) = (self.handle.clock().now(), self.handle.metrics());
        let spent = now.saturating_since(entered);
        operation.spent = operation.spent.saturating_add(spent);
        metrics.note_time(now);
        metrics.add_processing_time(weighted(spent, self.sampler.weight()));
        Some(now)
    }

    /// The operation yielded an item.
    #[inline]
    fn finish(&mut self) {
        if let Some(Operation { measured: true, spent }) = self.operation.take() {
            self.handle.metrics().note_peak(spent);
        }
    }

    fn end(&mut self, now: Option<Instant>) {
        if self.runs == Runs::Now {
            let now = now.unwrap_or_else(|| self.handle.clock().now());
            self.handle.metrics().end(now);
        }
        self.runs = Runs::NoMore;
    }
}

impl<C: Clock> Drop for Watch<C> {
    fn drop(&mut self) {
        self.end(None);
    }
}

fn weighted(spent: Duration, weight: f64) -> Duration {
    if weight == 1.0 {
        return spent;
    }
    Duration::try_from_secs_f64(spent.as_secs_f64() * weight).unwrap_or(Duration::MAX)
}

impl<S, C, M> Stream for Observe<S, C, M>
where
    S: Stream,
    C: Clock,
    M: Measure<S::Item>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        *this.ended = true;
        let watch = this.watch;
        let is_enabled = watch.handle.metrics().is_enabled();
        let entered = if is_enabled { watch.enter() } else { None };
        let polled = this.source.poll_next(cx);
        if is_enabled {
            let left = watch.leave(entered);
            match &polled {
                Poll::Ready(Some(item)) => {
                    watch.finish();
                    this.measure.record(watch.handle.metrics(), item);
                }
                Poll::Ready(None) => watch.end(left),
                Poll::Pending => {}
            }
        }
        *this.ended = matches!(polled, Poll::Ready(None));
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S, C, M> FusedStream for Observe<S, C, M>
where
    S: Stream,
    C: Clock,
    M: Measure<S::Item>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// The time spent on progress belongs to the item that is asked for next.
impl<S, C, M> Progress for Observe<S, C, M>
where
    S: Progress,
    C: Clock,
    M: Measure<S::Item>,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(());
        }
        *this.ended = true;
        let is_enabled = this.watch.handle.metrics().is_enabled();
        let entered = if is_enabled { this.watch.enter() } else { None };
        let polled = this.source.poll_progress(cx);
        this.watch.leave(entered);
        *this.ended = false;
        polled
    }
}

// What was counted is in the handle, and not in the stream.
snapshot_fields!([S: Snapshot, C: Clock, M] Observe<S, C, M>, "observe", {
    value ended,
    part source,
});

impl<S: fmt::Debug, C: Clock, M> fmt::Debug for Observe<S, C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observe")
            .field("source", &self.source)
            .field("metrics", self.watch.handle.metrics())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
