//! A stream that is made again when it fails.

use super::pause::Pause;
use super::{Attempt, Decision, Judge, Reopen, Retry};
use crate::error::GaveUp;
use crate::machine::{Budget, Progress};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Timer;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`retry_with_policy_on_rs2`](crate::op::RecoverExt::retry_with_policy_on_rs2)
    /// and its relatives.
    #[must_use = "streams do nothing unless polled"]
    pub struct RetryStream<S, R, T, J>
    where
        S: TryStream,
        T: Timer,
    {
        // Between a failure and the next stream there is the attempt instead.
        #[pin]
        source: Option<S>,
        next: Option<Attempt<S::Error>>,
        reopen: R,
        retry: Retry<J>,
        #[pin]
        pause: Pause<T>,
        number: u64,
        yielded: u64,
        started: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, R, T, J> RetryStream<S, R, T, J>
where
    S: TryStream,
    T: Timer,
{
    pub(in super::super) fn new(source: S, reopen: R, timer: T, retry: Retry<J>) -> Self {
        Self {
            source: Some(source),
            next: None,
            reopen,
            retry,
            pause: Pause::new(timer),
            number: 1,
            yielded: 0,
            started: false,
            ended: false,
        }
    }
}

type Item<S> = Result<<S as TryStream>::Ok, GaveUp<<S as TryStream>::Error>>;

impl<S, R, T, J> RetryStream<S, R, T, J>
where
    S: TryStream,
    R: Reopen<S::Error, Stream = S>,
    T: Timer,
    J: Judge<S::Error>,
{
    #[inline]
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item<S>>> {
        let mut budget = Budget::new();
        loop {
            let mut this = self.as_mut().project();
            if !*this.started {
                *this.started = true;
                this.retry.begin(this.pause.now());
            }
            if let Some(source) = this.source.as_mut().as_pin_mut() {
                match ready!(source.try_poll_next(cx)) {
                    Some(Ok(item)) => {
                        this.retry.on_success();
                        *this.yielded += 1;
                        return Poll::Ready(Some(Ok(item)));
                    }
                    None => {
                        this.source.set(None);
                        return Poll::Ready(None);
                    }
                    Some(Err(error)) => {
                        if let Some(gave_up) = self.as_mut().fail(error) {
                            return Poll::Ready(Some(Err(gave_up)));
                        }
                    }
                }
            }
            ready!(self.as_mut().poll_next_source(cx));
            ready!(budget.spend(cx));
        }
    }

    /// Drops what failed at once, so that nothing of it is held through the wait.
    fn fail(self: Pin<&mut Self>, error: S::Error) -> Option<GaveUp<S::Error>> {
        let mut this = self.project();
        this.source.set(None);
        let now = this.pause.now();
        let Decision::Again { after } = this.retry.on_failure(now, &error) else {
            return Some(this.retry.gave_up(now, error));
        };
        this.pause.begin(now, after);
        *this.number += 1;
        *this.next = Some(Attempt { number: *this.number, yielded: *this.yielded, error });
        None
    }

    /// Makes the next stream, once the wait is over.
    fn poll_next_source(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        ready!(this.pause.as_mut().poll_over(cx));
        if let Some(attempt) = this.next.take() {
            this.retry.begin(this.pause.now());
            this.source.set(Some(this.reopen.reopen(attempt)));
        }
        Poll::Ready(())
    }
}

impl<S, R, T, J> Stream for RetryStream<S, R, T, J>
where
    S: TryStream,
    R: Reopen<S::Error, Stream = S>,
    T: Timer,
    J: Judge<S::Error>,
{
    type Item = Item<S>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item<S>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let polled = self.as_mut().advance(cx);
        *self.project().ended = matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // Nobody knows whether this stream fails, nor what the next one will have.
        if self.ended { (0, Some(0)) } else { (0, None) }
    }
}

impl<S, R, T, J> FusedStream for RetryStream<S, R, T, J>
where
    S: TryStream,
    R: Reopen<S::Error, Stream = S>,
    T: Timer,
    J: Judge<S::Error>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the stream of the moment. A wait between two goes on by itself.
impl<S, R, T, J> Progress for RetryStream<S, R, T, J>
where
    S: Progress + TryStream,
    R: Reopen<S::Error, Stream = S>,
    T: Timer,
    J: Judge<S::Error>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(());
        }
        *this.ended = true;
        let polled = this.source.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx));
        *this.ended = false;
        polled
    }
}

/// [`Busy`](SnapshotError::Busy) during the wait after a failure; and, where `factory` is told what
/// failed, as long as a stream runs that it made.
#[cfg(feature = "snapshot")]
impl<S, R, T, J> Snapshot for RetryStream<S, R, T, J>
where
    S: TryStream + Snapshot,
    R: Reopen<S::Error, Stream = S>,
    T: Timer,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        let is_another = self.number > 1 && self.source.is_some();
        if self.next.is_some() || is_another && !R::REPEATS {
            return Err(SnapshotError::Busy);
        }
        to.begin("retry_stream", 1)?;
        to.put(&(self.number, self.yielded, self.started, self.ended))?;
        self.source.save(to)?;
        to.at(self.pause.now());
        self.retry.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("retry_stream", 1)?;
        (self.number, self.yielded, self.started, self.ended) = from.take()?;
        if self.number > 1 {
            self.source = self.reopen.again().or(self.source.take());
        }
        self.source.restore(from)?;
        from.at(self.pause.now());
        self.retry.restore(from)
    }
}

impl<S, R, T, J> fmt::Debug for RetryStream<S, R, T, J>
where
    S: TryStream + fmt::Debug,
    T: Timer,
    J: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryStream")
            .field("source", &self.source)
            .field("retry", &self.retry)
            .field("number", &self.number)
            .field("yielded", &self.yielded)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
