//! A bounded buffer between a source and its consumer, and a task that fills it.

use super::backpressure::BackpressureConfig;
use super::channel::{Channel, Taken};
use super::pressure::Pressure;
use super::pump::{Pulled, Pump};
use crate::error::Rejected;
use crate::machine::Progress;
use crate::metrics::{Loss, Losses, Metrics};
use crate::sync::Arc;
use crate::task::{JoinHandle, Spawner, Task, spawn};
use alloc::collections::VecDeque;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// A source that is read ahead by a task: the stream of
    /// [`prefetch_rs2`](super::FlowExt::prefetch_on_rs2) and
    /// [`auto_backpressure_rs2`](super::FlowExt::auto_backpressure_on_rs2).
    ///
    /// Where the spawner takes no task, the source is read within this stream instead: item by item
    /// as they are asked for, and ahead only while [`Progress`] is made.
    #[must_use = "streams do nothing unless polled"]
    pub struct Buffer<S, Sp>
    where
        S: Stream,
    {
        channel: Arc<Channel<S>>,
        // What was taken over from the channel at once, served without its lock.
        local: VecDeque<S::Item>,
        #[pin]
        runs: Runs<S, Sp>,
        // What the source said of its length when it went to the pump, and how many came since.
        hint: (usize, Option<usize>),
        yielded: usize,
        // The source is being polled within this stream. Who finds it set knows that it panicked.
        in_place: bool,
        ended: bool,
    }

    impl<S, Sp> PinnedDrop for Buffer<S, Sp>
    where
        S: Stream,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let left = this.channel.close().len() + this.local.len();
            this.channel.losses.count_many(Loss::Abandoned, left as u64);
        }
    }
}

pin_project! {
    /// Where the source is.
    #[project = RunsProj]
    enum Runs<S, Sp>
    where
        S: Stream,
    {
        NotYet { source: Option<S>, spawner: Sp },
        There { handle: JoinHandle<()> },
        Here { #[pin] pump: Pump<S> },
        Done,
    }
}

impl<S: Stream, Sp> Buffer<S, Sp> {
    pub(super) fn new(
        source: S,
        spawner: Sp,
        config: &BackpressureConfig,
        is_exempt: Option<fn(&S::Item) -> bool>,
    ) -> Self {
        Self {
            channel: Arc::new(Channel::new(config, is_exempt)),
            local: VecDeque::new(),
            runs: Runs::NotYet { source: Some(source), spawner },
            hint: (0, None),
            yielded: 0,
            in_place: false,
            ended: false,
        }
    }

    /// How full the buffer is, while the stream runs and after.
    pub fn pressure(&self) -> Pressure {
        self.channel.pressure.clone()
    }

    /// What was dropped for want of room ([`Loss::Full`]), or because this stream was dropped
    /// ([`Loss::Abandoned`]). Stopped when the buffer was full and the strategy says to end then.
    pub fn losses(&self) -> Losses {
        self.channel.losses.clone()
    }

    /// Adds the depth, the pauses and the losses of the buffer to the snapshots of `metrics`.
    ///
    /// ```
    /// # use rs2_core::{error::Rejected, metrics::Metrics, prelude::*, task::Spawner};
    /// # struct Busy;
    /// # impl<F> Spawner<F> for Busy {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> { Err(Rejected(future)) }
    /// # }
    /// let metrics = Metrics::new("readings");
    /// let readings = from_iter(1..=3).prefetch_on_rs2(Busy, 2).with_metrics(&metrics);
    /// assert_eq!(metrics.snapshot().queue_depth, 0);
    /// # drop(readings);
    /// ```
    pub fn with_metrics(self, metrics: &Metrics) -> Self {
        metrics.include(self.pressure());
        metrics.include(self.losses());
        self
    }

    /// Stops reading, and returns the items that were taken from the source and not yet yielded.
    ///
    /// An item that the task is taking from the source at this very moment is lost, and counted.
    pub fn into_remainder(mut self) -> VecDeque<S::Item> {
        let mut left = core::mem::take(&mut self.local);
        left.append(&mut self.channel.close());
        left
    }

    pub(super) fn overflow(&self) -> Option<usize> {
        self.channel.overflow()
    }

    fn end(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.runs.set(Runs::Done);
        *this.ended = true;
    }

    /// Hands the source to a pump, on the spawner or within this stream.
    fn start(self: Pin<&mut Self>)
    where
        Sp: Spawner<Task<Pump<S>>>,
    {
        let mut this = self.project();
        let runs = match this.runs.as_mut().project() {
            RunsProj::NotYet { source: source @ Some(_), spawner } => {
                let Some(source) = source.take() else { return };
                *this.hint = source.size_hint();
                match spawn(spawner, Pump::new(source, this.channel.clone())) {
                    Ok(handle) => Runs::There { handle },
                    Err(Rejected(pump)) => Runs::Here { pump },
                }
            }
            // A size hint or a spawner panicked.
            _ => Runs::Done,
        };
        this.runs.set(runs);
    }

    /// Sees to it that an item comes. `Ready` when it is time to look for one.
    fn poll_pump(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>
    where
        Sp: Spawner<Task<Pump<S>>>,
    {
        let mut this = self.as_mut().project();
        match this.runs.as_mut().project() {
            RunsProj::NotYet { .. } => self.start(),
            RunsProj::There { handle } => {
                let finished = ready!(Pin::new(handle).poll(cx));
                this.runs.set(Runs::Done);
                if let Err(failure) = finished {
                    this.channel.fail(failure);
                }
            }
            RunsProj::Here { pump } => {
                *this.in_place = true;
                let polled = pump.pull(cx);
                *this.in_place = false;
                // An empty buffer is never full.
                debug_assert_ne!(polled, Poll::Ready(Pulled::Full));
                ready!(polled);
            }
            RunsProj::Done => self.end(),
        }
        Poll::Ready(())
    }
}

impl<S, Sp> Stream for Buffer<S, Sp>
where
    S: Stream,
    Sp: Spawner<Task<Pump<S>>>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        while !self.ended {
            let mut this = self.as_mut().project();
            if let Some(item) = this.local.pop_front() {
                *this.yielded = this.yielded.saturating_add(1);
                this.channel.yielded();
                return Poll::Ready(Some(item));
            }
            if *this.in_place {
                *this.in_place = false;
                this.runs.set(Runs::Done);
            }
            match this.channel.take(this.local, cx) {
                Taken::Items => {}
                Taken::Nothing => ready!(self.as_mut().poll_pump(cx)),
                Taken::Ended => self.as_mut().end(),
                Taken::Failed(failure) => {
                    self.as_mut().end();
                    failure.resume();
                }
            }
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (queued, more) = self.channel.queued();
        let held = queued + self.local.len();
        let (low, high) = match &self.runs {
            Runs::NotYet { source: Some(source), .. } => source.size_hint(),
            _ if more => {
                let (low, high) = self.hint;
                let high = high.map(|high| high.saturating_sub(self.yielded));
                (low.saturating_sub(self.yielded), high)
            }
            _ => return (held, Some(held)),
        };
        (if self.channel.is_lossy() { held } else { low.max(held) }, high)
    }
}

impl<S, Sp> FusedStream for Buffer<S, Sp>
where
    S: Stream,
    Sp: Spawner<Task<Pump<S>>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Has the task move its source along also while the buffer is full. Where there is no task, reads
/// ahead.
impl<S, Sp> Progress for Buffer<S, Sp>
where
    S: Progress,
    Sp: Spawner<Task<Pump<S>>>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        match this.runs.project() {
            RunsProj::There { .. } => this.channel.move_onward(S::poll_progress),
            RunsProj::Here { pump } if !*this.in_place => {
                *this.in_place = true;
                let polled = pump.poll_ahead(cx);
                *this.in_place = false;
                return polled;
            }
            _ => {}
        }
        Poll::Ready(())
    }
}

impl<S: Stream, Sp> fmt::Debug for Buffer<S, Sp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("pressure", &self.channel.pressure)
            .field("losses", &self.channel.losses)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
