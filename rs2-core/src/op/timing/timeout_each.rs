//! A limit for the future of each item.

use crate::error::{Elapsed, TimeoutKind};
use crate::machine::{Alarm, Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::time::{Instant, Timer};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`timeout_each_rs2`](super::TimingExt::timeout_each_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct TimeoutEach<S, F, Fut, T>
    where
        Fut: Future,
        T: Timer,
    {
        #[pin]
        source: S,
        f: F,
        timer: T,
        limit: Duration,
        #[pin]
        running: Option<Fut>,
        // When the running future must have finished.
        due: Instant,
        #[pin]
        alarm: Alarm<T>,
        // What a future came to while nobody asked. Never there while another one runs.
        output: Option<Result<Fut::Output, Elapsed>>,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, F, Fut: Future, T: Timer> TimeoutEach<S, F, Fut, T> {
    pub(super) fn new(source: S, timer: T, limit: Duration, f: F) -> Self {
        Self {
            source,
            f,
            timer,
            limit,
            running: None,
            due: Instant::ORIGIN,
            alarm: Alarm::new(),
            output: None,
            ended: false,
        }
    }

    /// What the running future came to; none when nothing runs. It is asked before the clock: a
    /// consumer that comes late finds the output of a future that has finished meanwhile.
    #[inline]
    fn poll_running(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Fut::Output, Elapsed>>> {
        let mut this = self.project();
        let Some(running) = this.running.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let result = match running.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => {
                ready!(this.alarm.as_mut().poll_until(this.timer, *this.due, cx));
                Err(Elapsed { kind: TimeoutKind::Each, after: *this.limit })
            }
        };
        this.running.set(None);
        // Else it would wake the task for a future that is no more.
        this.alarm.disarm();
        Poll::Ready(Some(result))
    }
}

impl<S, F, Fut, T> TimeoutEach<S, F, Fut, T>
where
    S: Stream,
    F: FnMut(S::Item) -> Fut,
    Fut: Future,
    T: Timer,
{
    #[inline]
    fn advance(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Fut::Output, Elapsed>>> {
        let mut this = self.as_mut().project();
        if this.output.is_some() {
            return Poll::Ready(this.output.take());
        }
        if this.running.is_none() {
            match ready!(this.source.poll_next(cx)) {
                Some(item) => {
                    this.running.set(Some((this.f)(item)));
                    *this.due = this.timer.now().saturating_add(*this.limit);
                }
                None => return Poll::Ready(None),
            }
        }
        self.poll_running(cx)
    }
}

impl<S, F, Fut, T> Stream for TimeoutEach<S, F, Fut, T>
where
    S: Stream,
    F: FnMut(S::Item) -> Fut,
    Fut: Future,
    T: Timer,
{
    type Item = Result<Fut::Output, Elapsed>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
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
        let held = usize::from(self.running.is_some() || self.output.is_some());
        let (low, high) = self.source.size_hint();
        (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S, F, Fut, T> FusedStream for TimeoutEach<S, F, Fut, T>
where
    S: Stream,
    F: FnMut(S::Item) -> Fut,
    Fut: Future,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the running future, whose output then waits to be asked for, and the source.
impl<S, F, Fut, T> Progress for TimeoutEach<S, F, Fut, T>
where
    S: Progress,
    F: FnMut(S::Item) -> Fut,
    Fut: Future,
    T: Timer,
{
    #[inline]
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let running = self.as_mut().poll_running(cx);
        let this = self.project();
        let in_flight = running.map(|output| {
            if output.is_some() {
                *this.output = output;
            }
        });
        let source = this.source.poll_progress(cx);
        *this.ended = false;
        ready!(source);
        in_flight
    }
}

snapshot_fields!(
    [S: Snapshot, F, Fut: Future, T: Timer] TimeoutEach<S, F, Fut, T>,
    "timeout_each",
    busy this => this.running.is_some() || this.output.is_some(),
    { value ended, part source }
);

impl<S: fmt::Debug, F, Fut: Future, T: Timer> fmt::Debug for TimeoutEach<S, F, Fut, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeoutEach")
            .field("source", &self.source)
            .field("limit", &self.limit)
            .field("running", &self.running.is_some())
            .field("holds_output", &self.output.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
