//! The one poll loop of everything that runs one asynchronous step after the other.

use super::drive::{OncePerPoll, poll_sleep};
use super::{Budget, Next, Progress, StepMachine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{Instant, Timer};
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// A [`StepMachine`] over a source, as a stream.
    ///
    /// As [`Drive`](super::Drive), with one place for the step that runs. While it does, neither
    /// the source nor a deadline is looked at. After a panic of the source, of the machine or of a
    /// step the stream is at its end: nothing is entered again half-way through.
    #[must_use = "streams do nothing unless polled"]
    #[project = DriveStepsParts]
    pub struct DriveSteps<S, M, T>
    where
        M: StepMachine,
        T: Timer,
    {
        #[pin]
        source: S,
        machine: M,
        #[pin]
        step: Option<M::Step>,
        // What a step put out while nobody asked for an item.
        done: Option<M::Out>,
        timer: T,
        #[pin]
        sleep: Option<T::Sleep>,
        // What `sleep` waits for; may be earlier than the machine's deadline.
        armed: Option<Instant>,
        // Whether the last event may have left something to do.
        has_more: bool,
        source_ended: bool,
        poisoned: bool,
    }
}

impl<S, M: StepMachine, T: Timer> DriveSteps<S, M, T> {
    /// Sets `machine` in motion over `source`. Nothing happens before the first poll.
    pub fn new(source: S, machine: M, timer: T) -> Self {
        Self {
            source,
            machine,
            step: None,
            done: None,
            timer,
            sleep: None,
            armed: None,
            has_more: false,
            source_ended: false,
            poisoned: false,
        }
    }

    /// The rule, to read what it reports.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// Whether a step is running.
    pub fn in_step(&self) -> bool {
        self.step.is_some()
    }

    /// How many outputs wait to be taken.
    pub(crate) fn waiting(&self) -> usize {
        usize::from(self.done.is_some())
    }

    fn is_over(&self) -> bool {
        let is_idle = self.step.is_none() && self.done.is_none() && !self.has_more;
        self.poisoned || (self.source_ended && is_idle)
    }
}

/// A poll under way. It is dropped only when the poll panics, and then ends the stream.
struct Run<'a, S, M: StepMachine, T: Timer> {
    parts: DriveStepsParts<'a, S, M, T>,
}

impl<S, M: StepMachine, T: Timer> Drop for Run<'_, S, M, T> {
    fn drop(&mut self) {
        *self.parts.poisoned = true;
    }
}

impl<S, M, T> Stream for DriveSteps<S, M, T>
where
    S: Stream,
    M: StepMachine<In = S::Item>,
    T: Timer,
{
    type Item = M::Out;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        if self.poisoned {
            return Poll::Ready(None);
        }
        let mut run = Run { parts: self.project() };
        let polled = run.parts.run(cx);
        mem::forget(run);
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_over() {
            return (0, Some(0));
        }
        let source = if self.source_ended { (0, Some(0)) } else { self.source.size_hint() };
        let (low, high) = self.machine.size_hint(source, self.in_step());
        let waiting = self.waiting();
        (low.saturating_add(waiting), high.and_then(|high| high.checked_add(waiting)))
    }
}

impl<S, M, T> DriveStepsParts<'_, S, M, T>
where
    S: Stream,
    M: StepMachine<In = S::Item>,
    T: Timer,
{
    #[inline]
    fn run(&mut self, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        if let Some(out) = self.done.take() {
            return Poll::Ready(Some(out));
        }
        let mut now = OncePerPoll::new();
        let mut budget = Budget::new();
        loop {
            if let Some(out) = ready!(self.poll_step(&mut now, cx)) {
                return Poll::Ready(Some(out));
            }
            let mut next = if *self.has_more { self.machine.more() } else { Next::Nothing };
            if matches!(next, Next::Nothing) {
                *self.has_more = false;
                if *self.source_ended || self.machine.is_finished() {
                    *self.source_ended = true;
                    self.machine.close();
                    return Poll::Ready(None);
                }
                next = ready!(self.poll_event(&mut now, cx));
            }
            match next {
                Next::Step(step) => {
                    *self.has_more = true;
                    self.step.set(Some(step));
                }
                Next::Out(out) => {
                    *self.has_more = true;
                    return Poll::Ready(Some(out));
                }
                Next::Nothing => {}
            }
            ready!(budget.spend(cx));
        }
    }

    /// Waits for the next event, and delivers it.
    #[inline]
    fn poll_event(
        &mut self,
        now: &mut OncePerPoll,
        cx: &mut Context<'_>,
    ) -> Poll<Next<M::Step, M::Out>> {
        let due = self.machine.deadline();
        if due.is_some_and(|due| due < now.read(self.timer)) {
            return Poll::Ready(self.machine.on_deadline(now.read(self.timer)));
        }
        Poll::Ready(match self.source.as_mut().poll_next(cx) {
            Poll::Ready(Some(item)) => self.machine.on_item(now.read(self.timer), item),
            Poll::Ready(None) => {
                *self.source_ended = true;
                self.machine.on_end(now.read(self.timer))
            }
            Poll::Pending => {
                let Some(due) = due else { return Poll::Pending };
                if due > now.read(self.timer) {
                    let slept = poll_sleep(self.timer, self.sleep.as_mut(), self.armed, due, cx);
                    now.at_least(ready!(slept));
                }
                self.machine.on_deadline(now.read(self.timer))
            }
        })
    }
}

impl<S, M: StepMachine, T: Timer> DriveStepsParts<'_, S, M, T> {
    /// Advances the running step; `Ready(None)` when none runs, or when it put nothing out.
    #[inline]
    fn poll_step(&mut self, now: &mut OncePerPoll, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        let Some(step) = self.step.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let output = ready!(step.poll(cx));
        self.step.set(None);
        Poll::Ready(self.machine.on_step(now.read(self.timer), output))
    }
}

impl<S, M, T> FusedStream for DriveSteps<S, M, T>
where
    S: Stream,
    M: StepMachine<In = S::Item>,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.is_over()
    }
}

/// Advances the running step, and the source.
impl<S, M, T> Progress for DriveSteps<S, M, T>
where
    S: Progress,
    M: StepMachine<In = S::Item>,
    T: Timer,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.poisoned {
            return Poll::Ready(());
        }
        let mut run = Run { parts: self.project() };
        let parts = &mut run.parts;
        let mut progress = Poll::Ready(());
        if !*parts.source_ended {
            progress = parts.source.as_mut().poll_progress(cx);
        }
        match parts.poll_step(&mut OncePerPoll::new(), cx) {
            Poll::Ready(Some(out)) => *parts.done = Some(out),
            Poll::Ready(None) => {}
            Poll::Pending => progress = Poll::Pending,
        }
        mem::forget(run);
        progress
    }
}

#[cfg(feature = "snapshot")]
impl<S, M, T> Snapshot for DriveSteps<S, M, T>
where
    S: Snapshot,
    M: StepMachine + Snapshot,
    T: Timer,
{
    /// [`Busy`](SnapshotError::Busy) while a step runs, and while what it put out is not taken.
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        if self.in_step() || self.done.is_some() {
            return Err(SnapshotError::Busy);
        }
        to.begin("drive_steps", 1)?;
        to.put(&(self.has_more, self.source_ended, self.poisoned))?;
        self.source.save(to)?;
        to.at(self.timer.now());
        self.machine.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("drive_steps", 1)?;
        (self.has_more, self.source_ended, self.poisoned) = from.take()?;
        self.source.restore(from)?;
        from.at(self.timer.now());
        self.machine.restore(from)
    }
}

impl<S: fmt::Debug, M: StepMachine + fmt::Debug, T: Timer> fmt::Debug for DriveSteps<S, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveSteps")
            .field("source", &self.source)
            .field("machine", &self.machine)
            .field("in_step", &self.in_step())
            .field("source_ended", &self.source_ended)
            .finish_non_exhaustive()
    }
}
