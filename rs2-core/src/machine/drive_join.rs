//! The one poll loop of everything that remembers or waits over two sources.

use super::alarm::Alarm;
use super::drive::OncePerPoll;
use super::{Budget, JoinMachine, Progress, Side};
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Timer;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

/// How many items a preferred side may give before the other one is asked first.
const BURST: u8 = 64;

pin_project! {
    /// A [`JoinMachine`] over two sources, as a stream.
    ///
    /// Both sources are polled fairly: they take turns, or the one that the machine prefers is
    /// asked first, up to 64 times before it is the other one's turn. Whichever has nothing gives
    /// way at once. The stream ends when both sources have ended, or when the machine says so.
    /// Clock, deadlines, budget and panics are as with [`Drive`](super::Drive).
    #[must_use = "streams do nothing unless polled"]
    #[project = JoinParts]
    pub struct DriveJoin<A, B, M, T>
    where
        T: Timer,
    {
        #[pin]
        left: A,
        #[pin]
        right: B,
        machine: M,
        timer: T,
        #[pin]
        alarm: Alarm<T>,
        turn: Turn,
        // Whether the last event may have left outputs in the machine.
        has_more: bool,
        left_ended: bool,
        right_ended: bool,
    }
}

/// Whose item came last, and how many came from there in a row.
#[derive(Clone, Copy, Debug)]
struct Turn {
    last: Side,
    run: u8,
}

impl Turn {
    /// Which side is asked first.
    #[inline]
    fn first(self, preferred: Option<Side>) -> Side {
        match preferred {
            Some(side) if side != self.last || self.run < BURST => side,
            _ => self.last.other(),
        }
    }

    #[inline]
    fn took(&mut self, side: Side) {
        let run = if side == self.last { self.run.saturating_add(1) } else { 1 };
        *self = Self { last: side, run };
    }
}

impl<A, B, M, T: Timer> DriveJoin<A, B, M, T> {
    /// Sets `machine` in motion over two sources. Nothing happens before the first poll.
    pub fn new(left: A, right: B, machine: M, timer: T) -> Self {
        Self {
            left,
            right,
            machine,
            timer,
            alarm: Alarm::new(),
            turn: Turn { last: Side::Right, run: 0 },
            has_more: false,
            left_ended: false,
            right_ended: false,
        }
    }

    /// The rule, to read what it reports.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The same with a rule that `change` has set otherwise.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_machine(self, change: impl FnOnce(M) -> M) -> Self {
        Self { machine: change(self.machine), ..self }
    }
}

/// What one of the sources has given: an item, or its end.
enum Arrival<L, R> {
    Left(Option<L>),
    Right(Option<R>),
}

impl<A, B, M, T> Stream for DriveJoin<A, B, M, T>
where
    A: Stream,
    B: Stream,
    M: JoinMachine<Left = A::Item, Right = B::Item>,
    T: Timer,
{
    type Item = M::Out;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        let mut step = Step { parts: self.project() };
        let polled = step.parts.step(cx);
        mem::forget(step);
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_terminated() {
            return (0, Some(0));
        }
        let left = if self.left_ended { (0, Some(0)) } else { self.left.size_hint() };
        let right = if self.right_ended { (0, Some(0)) } else { self.right.size_hint() };
        self.machine.size_hint(left, right)
    }
}

/// One step under way. It is dropped only when the step panics, and then ends the stream.
struct Step<'a, A, B, M, T: Timer> {
    parts: JoinParts<'a, A, B, M, T>,
}

impl<A, B, M, T: Timer> Drop for Step<'_, A, B, M, T> {
    fn drop(&mut self) {
        (*self.parts.left_ended, *self.parts.right_ended) = (true, true);
        *self.parts.has_more = false;
    }
}

impl<A, B, M, T> JoinParts<'_, A, B, M, T>
where
    A: Stream,
    B: Stream,
    M: JoinMachine<Left = A::Item, Right = B::Item>,
    T: Timer,
{
    #[inline]
    fn step(&mut self, cx: &mut Context<'_>) -> Poll<Option<M::Out>> {
        let mut now = OncePerPoll::new();
        let mut budget = Budget::new();
        loop {
            while *self.has_more {
                if let Some(out) = self.machine.more() {
                    return Poll::Ready(Some(out));
                }
                *self.has_more = self.machine.is_behind();
                if *self.has_more {
                    ready!(budget.spend(cx));
                }
            }
            if (*self.left_ended && *self.right_ended) || self.machine.is_finished() {
                (*self.left_ended, *self.right_ended) = (true, true);
                return Poll::Ready(None);
            }
            let due = self.machine.deadline();
            let out = if due.is_some_and(|due| due < now.read(self.timer)) {
                self.machine.on_deadline(now.read(self.timer))
            } else {
                match self.poll_sides(cx) {
                    Poll::Ready(arrival) => {
                        let now = now.read(self.timer);
                        match arrival {
                            Arrival::Left(Some(item)) => self.machine.on_left(now, item),
                            Arrival::Right(Some(item)) => self.machine.on_right(now, item),
                            Arrival::Left(None) => self.machine.on_end(now, Side::Left),
                            Arrival::Right(None) => self.machine.on_end(now, Side::Right),
                        }
                    }
                    Poll::Pending => {
                        let Some(due) = due else { return Poll::Pending };
                        if due > now.read(self.timer) {
                            ready!(self.alarm.as_mut().poll_until(self.timer, due, cx));
                            now.at_least(due);
                        }
                        self.machine.on_deadline(now.read(self.timer))
                    }
                }
            };
            *self.has_more = out.is_some() || self.machine.is_behind();
            if out.is_some() {
                return Poll::Ready(out);
            }
            ready!(budget.spend(cx));
        }
    }

    #[inline]
    fn poll_sides(&mut self, cx: &mut Context<'_>) -> Poll<Arrival<A::Item, B::Item>> {
        let first = self.turn.first(self.machine.prefers());
        for side in [first, first.other()] {
            let arrival = match side {
                Side::Left if !*self.left_ended => {
                    self.left.as_mut().poll_next(cx).map(Arrival::Left)
                }
                Side::Right if !*self.right_ended => {
                    self.right.as_mut().poll_next(cx).map(Arrival::Right)
                }
                _ => continue,
            };
            match arrival {
                Poll::Ready(Arrival::Left(None)) => *self.left_ended = true,
                Poll::Ready(Arrival::Right(None)) => *self.right_ended = true,
                Poll::Ready(_) => self.turn.took(side),
                Poll::Pending => continue,
            }
            return arrival;
        }
        Poll::Pending
    }
}

impl<A, B, M, T> FusedStream for DriveJoin<A, B, M, T>
where
    A: Stream,
    B: Stream,
    M: JoinMachine<Left = A::Item, Right = B::Item>,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.left_ended && self.right_ended && !self.has_more
    }
}

/// Advances both sides.
impl<A, B, M, T> Progress for DriveJoin<A, B, M, T>
where
    A: Progress,
    B: Progress,
    M: JoinMachine<Left = A::Item, Right = B::Item>,
    T: Timer,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let left = if *this.left_ended { Poll::Ready(()) } else { this.left.poll_progress(cx) };
        let right = if *this.right_ended { Poll::Ready(()) } else { this.right.poll_progress(cx) };
        if left.is_pending() { left } else { right }
    }
}

impl<A, B, M: Reports, T: Timer> Reports for DriveJoin<A, B, M, T> {
    fn losses(&self) -> &Losses {
        self.machine.losses()
    }
}

impl<A, B, M: Holds, T: Timer> Holds for DriveJoin<A, B, M, T> {
    fn held(&self) -> usize {
        self.machine.held()
    }
}

#[cfg(feature = "snapshot")]
impl<A: Snapshot, B: Snapshot, M: Snapshot, T: Timer> Snapshot for DriveJoin<A, B, M, T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("drive_join", 1)?;
        to.put(&(self.has_more, self.left_ended, self.right_ended))?;
        to.put(&(self.turn.last == Side::Right, self.turn.run))?;
        self.left.save(to)?;
        self.right.save(to)?;
        to.at(self.timer.now());
        self.machine.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("drive_join", 1)?;
        (self.has_more, self.left_ended, self.right_ended) = from.take()?;
        let (right, run) = from.take()?;
        self.turn = Turn { last: if right { Side::Right } else { Side::Left }, run };
        self.left.restore(from)?;
        self.right.restore(from)?;
        from.at(self.timer.now());
        self.machine.restore(from)
    }
}

impl<A: fmt::Debug, B: fmt::Debug, M: fmt::Debug, T: Timer> fmt::Debug for DriveJoin<A, B, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveJoin")
            .field("left", &self.left)
            .field("right", &self.right)
            .field("machine", &self.machine)
            .field("left_ended", &self.left_ended)
            .field("right_ended", &self.right_ended)
            .finish_non_exhaustive()
    }
}
