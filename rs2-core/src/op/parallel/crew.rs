//! Workers that share a queue of chunks.

use crate::error::Rejected;
use crate::slots::outputs::{InOrder, Outputs};
use crate::store::{Heap, HeapQueue, Storage};
use crate::sync::{Arc, AtomicBool, Lock, Ordering::Relaxed};
use crate::task::{Job, JoinError, SpawnBlocking, attempt};
use crate::time::Clock;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

/// Items on their way to a worker, or outputs on their way back. Both memories go round.
pub(super) struct Chunk<T, U> {
    pub(super) items: Vec<T>,
    pub(super) outputs: VecDeque<U>,
}

/// A chunk that was worked on: the outputs up to the error, if there was one.
pub(super) struct Done<T, U> {
    pub(super) chunk: Chunk<T, U>,
    pub(super) items: usize,
    pub(super) took: Duration,
    pub(super) error: Option<JoinError>,
}

/// The stream's end of the crew. Dropping it drops what no worker has begun.
pub(super) struct Crew<T, U, F, C> {
    shared: Arc<Shared<T, U, F, C>>,
    workers: usize,
}

struct Shared<T, U, F, C> {
    f: F,
    clock: C,
    // Nobody wants the outputs any more. It is set under the lock of the board, and decides only
    // what is done under that lock: without it, it saves work that is thrown away. So no order of
    // memory is asked for.
    closed: AtomicBool,
    board: Lock<Board<T, U>>,
}

type DoneInOrder<T, U> = InOrder<HeapQueue<Option<Done<T, U>>>>;

/// No chunk is underway. How many there can be is for the stream to say.
fn in_order<T, U>() -> DoneInOrder<T, U> {
    InOrder::over(Heap::bounded(usize::MAX).queue())
}

struct Board<T, U> {
    queue: VecDeque<(u64, Chunk<T, U>)>,
    done: DoneInOrder<T, U>,
    // Workers that have been sent for and have not left. One leaves only when the queue is empty,
    // so there is one while there is a chunk.
    workers: usize,
    task: Option<Waker>,
}

/// A worker of [`map_parallel_rs2`](super::ParallelExt::map_parallel_on_rs2): a blocking job that
/// works while there is something to do.
pub struct Worker<T, U, F, C> {
    shared: Arc<Shared<T, U, F, C>>,
    // The chunk in hand.
    place: Option<u64>,
    has_left: bool,
}

impl<T, U> Default for Chunk<T, U> {
    fn default() -> Self {
        Self { items: Vec::new(), outputs: VecDeque::new() }
    }
}

impl<T, U> Done<T, U> {
    fn lost() -> Self {
        let (chunk, took) = (Chunk::default(), Duration::ZERO);
        Self { chunk, items: 0, took, error: Some(JoinError::Lost) }
    }
}

impl<T, U, F, C> Crew<T, U, F, C> {
    pub(super) fn new(clock: C, workers: usize, f: F) -> Self {
        let board = Board { queue: VecDeque::new(), done: in_order(), workers: 0, task: None };
        let closed = AtomicBool::new(false);
        Self { shared: Arc::new(Shared { f, clock, closed, board: Lock::new(board) }), workers }
    }

    /// The oldest chunk, once it is done; `Ready(None)` when none is underway. In any case the
    /// next chunk that is done wakes the task.
    pub(super) fn poll_done(&self, cx: &Context<'_>) -> Poll<Option<Done<T, U>>> {
        let (polled, old) = self.shared.board.with(|board| {
            let old = board.wake_for(cx);
            let polled = match board.done.pop() {
                None if board.done.owed() > 0 => Poll::Pending,
                done => Poll::Ready(done),
            };
            (polled, old)
        });
        drop(old);
        polled
    }

    /// `Ready` when no worker is at work; if not, the next chunk that is done wakes the task.
    pub(super) fn poll_idle(&self, cx: &Context<'_>) -> Poll<()> {
        let (is_idle, old) = self.shared.board.with(|board| {
            let old = board.wake_for(cx);
            (board.workers == 0, old)
        });
        drop(old);
        if is_idle { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Chunks given and not taken back.
    pub(super) fn underway(&self) -> usize {
        self.shared.board.with(|board| board.done.owed())
    }

    /// Whether a chunk given now would be begun at once.
    pub(super) fn has_free_worker(&self) -> bool {
        self.shared.board.with(|board| board.workers < self.workers)
    }

    /// Drops what no worker has begun, and all outputs.
    pub(super) fn close(&self) {
        let dropped = self.shared.board.with(|board| {
            self.shared.closed.store(true, Relaxed);
            let done = mem::replace(&mut board.done, in_order());
            (mem::take(&mut board.queue), done, board.task.take())
        });
        drop(dropped);
    }
}

impl<T, U, F, C> Crew<T, U, F, C>
where
    F: Fn(T) -> U,
    C: Clock,
{
    /// Gives a chunk to the workers, sending for one more when all are busy and more are allowed.
    pub(super) fn give<Sp>(&self, spawner: &Sp, chunk: Chunk<T, U>)
    where
        Sp: SpawnBlocking<Worker<T, U, F, C>>,
    {
        let is_sent_for = self.shared.board.with(|board| {
            let place = board.done.begin();
            board.queue.push_back((place, chunk));
            let is_sent_for = board.workers < self.workers;
            board.workers += usize::from(is_sent_for);
            is_sent_for
        });
        if !is_sent_for {
            return;
        }
        let worker = Worker { shared: self.shared.clone(), place: None, has_left: false };
        if let Err(Rejected(worker)) = spawner.spawn_blocking(worker)
            && let Some(worker) = worker.leave_to_others()
        {
            // There is nobody else and no other place.
            worker.run();
        }
    }
}

impl<T, U, F, C> Drop for Crew<T, U, F, C> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<T, U> Board<T, U> {
    /// The old waker, to be dropped when the board is free again.
    fn wake_for(&mut self, cx: &Context<'_>) -> Option<Waker> {
        match &mut self.task {
            Some(task) if task.will_wake(cx.waker()) => None,
            task => task.replace(cx.waker().clone()),
        }
    }
}

impl<T, U, F, C> Worker<T, U, F, C> {
    /// Leaves, if there is another worker.
    fn leave_to_others(mut self) -> Option<Self> {
        let shared = self.shared.clone();
        shared.board.with(|board| {
            self.has_left = board.workers > 1;
            board.workers -= usize::from(self.has_left);
        });
        (!self.has_left).then_some(self)
    }

    /// Hands in what was done and takes the next chunk; leaves when there is none.
    fn next(&mut self, done: Option<Done<T, U>>) -> Option<Chunk<T, U>> {
        let place = self.place.take();
        let (next, unwanted, task) = self.shared.board.with(|board| {
            let is_open = !self.shared.closed.load(Relaxed);
            let unwanted = match place.zip(done) {
                Some((place, done)) if is_open => {
                    board.done.finish(place, done);
                    None
                }
                other => other,
            };
            let next = board.queue.pop_front();
            if next.is_none() {
                board.workers -= 1;
                self.has_left = true;
            }
            // There is something to yield, or somebody to give a chunk to.
            let has_news = place.is_some() || next.is_none();
            let task = if has_news { board.task.take() } else { None };
            (next, unwanted, task)
        });
        drop(unwanted);
        if let Some(task) = task {
            task.wake();
        }
        let (place, chunk) = next?;
        self.place = Some(place);
        Some(chunk)
    }
}

impl<T, U, F, C> Job for Worker<T, U, F, C>
where
    F: Fn(T) -> U,
    C: Clock,
{
    fn run(mut self) {
        let mut next = self.next(None);
        while let Some(chunk) = next {
            let done = self.shared.work(chunk);
            next = self.next(Some(done));
        }
    }
}

impl<T, U, F, C> Shared<T, U, F, C>
where
    F: Fn(T) -> U,
    C: Clock,
{
    fn work(&self, mut chunk: Chunk<T, U>) -> Done<T, U> {
        let items = chunk.items.len();
        let begun = self.clock.now();
        chunk.outputs.reserve(items);
        let worked = attempt(|| {
            for item in chunk.items.drain(..) {
                if self.closed.load(Relaxed) {
                    return;
                }
                chunk.outputs.push_back((self.f)(item));
            }
        });
        let took = self.clock.now().saturating_since(begun);
        Done { chunk, items, took, error: worked.err() }
    }
}

/// A worker that goes before its time was dropped by its executor, or panics where no panic can be
/// caught. What nobody is left to do is lost, and the stream must learn of it.
impl<T, U, F, C> Drop for Worker<T, U, F, C> {
    fn drop(&mut self) {
        if self.has_left {
            return;
        }
        let (dropped, task) = self.shared.board.with(|board| {
            board.workers -= 1;
            let mut dropped = VecDeque::new();
            if board.workers == 0 {
                dropped = mem::take(&mut board.queue);
            }
            let is_open = !self.shared.closed.load(Relaxed);
            let places = self.place.into_iter().chain(dropped.iter().map(|(place, _)| *place));
            for place in places.filter(|_| is_open) {
                board.done.finish(place, Done::lost());
            }
            (dropped, board.task.take())
        });
        drop(dropped);
        if let Some(task) = task {
            task.wake();
        }
    }
}

impl<T, U, F, C> fmt::Debug for Crew<T, U, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at_work, chunks) = self.shared.board.with(|board| (board.workers, board.done.owed()));
        f.debug_struct("Crew")
            .field("workers", &self.workers)
            .field("at_work", &at_work)
            .field("chunks", &chunks)
            .finish()
    }
}

impl<T, U, F, C> fmt::Debug for Worker<T, U, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("place", &self.place).finish_non_exhaustive()
    }
}
