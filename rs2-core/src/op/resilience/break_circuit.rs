//! One call at a time for each item, through a breaker.

use super::breaker::{Breaker, by_result, or_failure, poll_ready};
use super::on_open::OnOpen;
use crate::machine::{Alarm, Progress, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::time::{Instant, Timer};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`circuit_breaker_on_rs2`](super::ResilienceExt::circuit_breaker_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct BreakCircuit<S, T, B, P, F, Fut>
    where
        S: Stream,
        T: Timer,
        B: Breaker,
        Fut: Future,
    {
        #[pin]
        source: S,
        timer: T,
        breaker: B,
        place: B::Place,
        #[pin]
        alarm: Alarm<T>,
        on_open: P,
        f: F,
        // An item that the breaker refused between the look and the call.
        held: Option<S::Item>,
        #[pin]
        running: Option<Fut>,
        // That of the running call. Dropped after it, it counts as nothing.
        permit: Option<B::Permit>,
        // What a call came to while nobody asked. Never there while another one runs.
        output: Option<Fut::Output>,
        losses: Losses,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, T, B, P, F, Fut> BreakCircuit<S, T, B, P, F, Fut>
where
    S: Stream,
    T: Timer,
    B: Breaker,
    Fut: Future,
{
    pub(super) fn new(source: S, timer: T, breaker: B, on_open: P, f: F) -> Self {
        Self {
            source,
            timer,
            place: breaker.place(),
            breaker,
            alarm: Alarm::new(),
            on_open,
            f,
            held: None,
            running: None,
            permit: None,
            output: None,
            losses: Losses::new(),
            ended: false,
        }
    }
}

impl<S, T, B, P, F, Fut, O, E> BreakCircuit<S, T, B, P, F, Fut>
where
    S: Stream,
    T: Timer,
    B: Breaker,
    P: OnOpen<S::Item, Result<O, E>>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = Result<O, E>>,
{
    /// The output of the running call; none when nothing runs.
    #[inline]
    fn poll_running(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>> {
        let mut this = self.project();
        let Some(running) = this.running.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let (breaker, permit, timer) = (this.breaker, this.permit, &*this.timer);
        let output = ready!(or_failure(breaker, permit, timer, || running.poll(cx)));
        if let Some(permit) = permit.take() {
            breaker.record(permit, by_result(&output), timer.now());
        }
        this.running.set(None);
        Poll::Ready(Some(output))
    }

    #[inline]
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>> {
        loop {
            if self.output.is_some() {
                return Poll::Ready(self.project().output.take());
            }
            if self.running.is_some() {
                return self.poll_running(cx);
            }
            let this = self.as_mut().project();
            // Also for an item that is to be tried again: at once it would be refused again.
            let from = if P::PAUSES || this.held.is_some() {
                ready!(poll_ready(this.breaker, this.place, this.timer, this.alarm, cx))
            } else {
                Instant::ORIGIN
            };
            if this.held.is_none() {
                *this.held = ready!(this.source.poll_next(cx));
            }
            let Some(item) = this.held.take() else { return Poll::Ready(None) };
            self.as_mut().start(item, from);
        }
    }

    /// Begins the call for `item`, or does with it what is done while the breaker is open. It is
    /// not earlier than `from`, whatever the clock says.
    #[inline]
    fn start(self: Pin<&mut Self>, item: S::Item, from: Instant) {
        let mut this = self.project();
        match this.breaker.acquire(this.timer.now().max(from)) {
            Ok(permit) => {
                *this.permit = Some(permit);
                let code = || (this.f)(item);
                let future = or_failure(this.breaker, this.permit, this.timer, code);
                this.running.set(Some(future));
            }
            Err(open) => match this.on_open.refuse(item, open) {
                Ok(output) => {
                    if P::DROPS {
                        this.losses.count(Loss::Failed);
                    }
                    *this.output = Some(output);
                }
                Err(item) => *this.held = Some(item),
            },
        }
    }
}

impl<S, T, B, P, F, Fut, O, E> Stream for BreakCircuit<S, T, B, P, F, Fut>
where
    S: Stream,
    T: Timer,
    B: Breaker,
    P: OnOpen<S::Item, Result<O, E>>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = Result<O, E>>,
{
    type Item = Result<O, E>;

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
        let busy = self.running.is_some() || self.output.is_some() || self.held.is_some();
        let held = usize::from(busy);
        let (low, high) = self.source.size_hint();
        (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S, T, B, P, F, Fut, O, E> FusedStream for BreakCircuit<S, T, B, P, F, Fut>
where
    S: Stream,
    T: Timer,
    B: Breaker,
    P: OnOpen<S::Item, Result<O, E>>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = Result<O, E>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the running call, whose output then waits to be asked for, and the source.
impl<S, T, B, P, F, Fut, O, E> Progress for BreakCircuit<S, T, B, P, F, Fut>
where
    S: Progress,
    T: Timer,
    B: Breaker,
    P: OnOpen<S::Item, Result<O, E>>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = Result<O, E>>,
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

impl<S, T, B, P, F, Fut> Reports for BreakCircuit<S, T, B, P, F, Fut>
where
    S: Stream,
    T: Timer,
    B: Breaker,
    Fut: Future,
{
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

snapshot_fields!(
    [
        S: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
        T: Timer,
        B: Breaker + Snapshot,
        P,
        F,
        Fut: Future
    ] BreakCircuit<S, T, B, P, F, Fut>,
    "circuit_breaker",
    busy this => this.running.is_some() || this.output.is_some(),
    { value held, value ended, part source, timer timer, part breaker }
);

impl<S, T, B, P, F, Fut> fmt::Debug for BreakCircuit<S, T, B, P, F, Fut>
where
    S: Stream + fmt::Debug,
    T: Timer,
    B: Breaker + fmt::Debug,
    Fut: Future,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreakCircuit")
            .field("source", &self.source)
            .field("breaker", &self.breaker)
            .field("has_held", &self.held.is_some())
            .field("running", &self.running.is_some())
            .field("ended", &self.ended)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
