//! The one poll loop of everything that remembers or waits.

use super::{Budget, Machine, Progress};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{Instant, Sleep, Timer};
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// A [`Machine`] over a source, as a stream.
    ///
    /// Within one poll the clock is read at most once. A deadline that lies in the past fires
    /// before the source is polled; one that is due exactly now fires after it. One sleep is armed,
    /// and only while the source has nothing. After a panic of the source or of the machine it is
    /// at its end: neither is entered again half-way through a step.
    #[must_use = "streams do nothing unless polled"]
    #[project = DriveParts]
    pub struct Drive<S, M, T>
    where
        T: Timer,
    {
        #[pin]
        source: S,
        machine: M,
        timer: T,
        #[pin]
        sleep: Option<T::Sleep>,
        // What `sleep` waits for. May be earlier than the machine's deadline: it is then armed
        // again when it fires, so that a deadline moved by every item costs no timer each.
        armed: Option<Instant>,
        // Whether the last event may have left outputs in the machine.
        has_more: bool,
        source_ended: bool,
    }
}

impl<S, M, T: Timer> Drive<S, M, T> {
    /// Sets `machine` in motion over `source`. Nothing happens before the first poll.
    pub fn new(source: S, machine: M, timer: T) -> Self {
        Self {
            source,
            machine,
            timer,
            sleep: None,
            armed: None,
            has_more: false,
            source_ended: false,
        }
    }

    /// The rule, to read what it reports.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The same with a rule that `change` has set otherwise.
    pub(crate) fn with_machine<N>(self, change: impl FnOnce(M) -> N) -> Drive<S, N, T> {
        let Self { source, machine, timer, sleep, armed, has_more, source_ended } = self;
        let machine = change(machine);
        Drive { source, machine, timer, sleep, armed, has_more, source_ended }
    }
}

impl<S, M, T> Stream for Drive<S, M, T>
where
    S: Stream,
    M: Machine<In = S::Item>,
    T: Timer,
{
    type Item = M::Out;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        let mut step = Step { parts: self.project() };
        let polled = step.parts.step(cx);
        step.parts.machine.settle();
        mem::forget(step);
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_terminated() {
            return (0, Some(0));
        }
        let source = if self.source_ended { (0, Some(0)) } else { self.source.size_hint() };
        self.machine.size_hint(source)
    }
}

/// One step under way. It is dropped only when the step panics, and then ends the stream.
struct Step<'a, S, M, T: Timer> {
    parts: DriveParts<'a, S, M, T>,
}

impl<S, M, T: Timer> Drop for Step<'_, S, M, T> {
    fn drop(&mut self) {
        *self.parts.source_ended = true;
        *self.parts.has_more = false;
    }
}

impl<S, M, T> DriveParts<'_, S, M, T>
where
    S: Stream,
    M: Machine<In = S::Item>,
    T: Timer,
{
    #[inline]
    fn step(&mut self, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        let mut now = OncePerPoll(M::ONE_OUTPUT.then(|| self.timer.now()));
        let mut budget = Budget::new();
        loop {
            while !M::ONE_OUTPUT && *self.has_more {
                if let Some(out) = self.machine.more() {
                    return Poll::Ready(Some(out));
                }
                *self.has_more = self.machine.is_behind();
                if *self.has_more {
                    ready!(budget.spend(cx));
                }
            }
            if *self.source_ended || (!M::ONE_OUTPUT && self.machine.is_finished()) {
                *self.source_ended = true;
                self.machine.close();
                return Poll::Ready(None);
            }
            let due = self.machine.deadline();
            let out = if due.is_some_and(|due| due < now.read(self.timer)) {
                self.machine.on_deadline(now.read(self.timer))
            } else {
                ready!(self.wait(&mut now, &mut budget, cx))
            };
            if !M::ONE_OUTPUT {
                *self.has_more = out.is_some() || self.machine.is_behind();
            }
            if out.is_some() {
                return Poll::Ready(out);
            }
            ready!(budget.spend(cx));
        }
    }

    /// Passes items to the machine until one leaves something to look at, or none is there. That
    /// nothing was overdue holds for all of them: within a poll no time passes.
    #[inline]
    fn wait(
        &mut self,
        now: &mut OncePerPoll,
        budget: &mut Budget,
        cx: &mut Context<'_>,
    ) -> Poll<Option<M::Out>> {
        while self.machine.wants_item() {
            match self.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    let out = self.machine.on_item(now.read(self.timer), item);
                    if out.is_some() || self.machine.is_behind() {
                        return Poll::Ready(out);
                    }
                    if self.machine.is_finished() {
                        *self.source_ended = true;
                        return Poll::Ready(None);
                    }
                    ready!(budget.spend(cx));
                }
                Poll::Ready(None) => {
                    *self.source_ended = true;
                    return Poll::Ready(self.machine.on_end(now.read(self.timer)));
                }
                Poll::Pending => break,
            }
        }
        let Some(due) = self.machine.deadline() else { return Poll::Pending };
        if due > now.read(self.timer) {
            let slept = poll_sleep(self.timer, self.sleep.as_mut(), self.armed, due, cx);
            now.at_least(ready!(slept));
        }
        Poll::Ready(self.machine.on_deadline(now.read(self.timer)))
    }
}

/// Waits until `due` has passed, and returns the time it must be by then.
pub(super) fn poll_sleep<T: Timer>(
    timer: &T,
    mut sleep: Pin<&mut Option<T::Sleep>>,
    armed: &mut Option<Instant>,
    due: Instant,
    cx: &mut Context<'_>,
) -> Poll<Instant> {
    loop {
        let reached = match *armed {
            Some(earlier) if earlier <= due => earlier,
            _ => {
                *armed = Some(due);
                match sleep.as_mut().as_pin_mut() {
                    Some(sleep) => sleep.reset(due),
                    None => sleep.set(Some(timer.sleep_until(due))),
                }
                due
            }
        };
        let Some(armed_sleep) = sleep.as_mut().as_pin_mut() else { return Poll::Pending };
        ready!(armed_sleep.poll(cx));
        *armed = None;
        if reached >= due {
            return Poll::Ready(due);
        }
    }
}

/// The time of one poll, read when first asked for.
pub(super) struct OncePerPoll(Option<Instant>);

impl OncePerPoll {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    #[inline]
    pub(super) fn read<T: Timer>(&mut self, timer: &T) -> Instant {
        *self.0.get_or_insert_with(|| timer.now())
    }

    pub(super) fn at_least(&mut self, reached: Instant) {
        self.0 = self.0.max(Some(reached));
    }
}

impl<S, M, T> FusedStream for Drive<S, M, T>
where
    S: Stream,
    M: Machine<In = S::Item>,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.source_ended && !self.has_more
    }
}

impl<S, M, T> Progress for Drive<S, M, T>
where
    S: Progress,
    M: Machine<In = S::Item>,
    T: Timer,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.source_ended { Poll::Ready(()) } else { this.source.poll_progress(cx) }
    }
}

#[cfg(feature = "snapshot")]
impl<S: Snapshot, M: Snapshot, T: Timer> Snapshot for Drive<S, M, T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("drive", 1)?;
        to.put(&(self.has_more, self.source_ended))?;
        self.source.save(to)?;
        to.at(self.timer.now());
        self.machine.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("drive", 1)?;
        (self.has_more, self.source_ended) = from.take()?;
        self.source.restore(from)?;
        from.at(self.timer.now());
        self.machine.restore(from)
    }
}

impl<S: fmt::Debug, M: fmt::Debug, T: Timer> fmt::Debug for Drive<S, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drive")
            .field("source", &self.source)
            .field("machine", &self.machine)
            .field("armed", &self.armed)
            .field("source_ended", &self.source_ended)
            .finish_non_exhaustive()
    }
}
