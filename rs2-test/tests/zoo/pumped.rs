//! A task that reads ahead, and a queue between it and the consumer.

use futures_util::{FutureExt, Stream, StreamExt};
use rs2_core::error::Rejected;
use rs2_core::task::{JoinError, JoinHandle, spawn};
use rs2_test::Row;
use rs2_test::sim::{Sim, SimSpawner, Source, Tok};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Keeps the waker of its first poll.
    FirstWaker,
    /// Fills the queue without a limit.
    NoLimit,
    /// Forgets the task that the spawner gave back.
    IgnoresRefusal,
    /// Takes a lost task for the end.
    LostIsEnd,
    /// Takes the panic of the task for the end.
    PanicIsEnd,
    /// Starts the task when it is built.
    Eager,
    /// Keeps the task running when nobody waits for it any more.
    Outlives,
}

const CAPACITY: usize = 2;

#[derive(Default)]
struct Queue {
    items: VecDeque<Tok>,
    consumer: Option<Waker>,
    producer: Option<Waker>,
    closed: bool,
}

type Pump = Pin<Box<dyn Future<Output = ()>>>;

enum Runs {
    NotYet(Source),
    Spawned(JoinHandle<()>),
    Inline(Pump),
    Detached,
    Done,
}

struct Pumped {
    spawner: SimSpawner,
    runs: Runs,
    queue: Rc<RefCell<Queue>>,
    bug: Bug,
}

async fn pump(mut source: Source, queue: Rc<RefCell<Queue>>, capacity: usize) {
    loop {
        poll_fn(|cx| {
            let mut queue = queue.borrow_mut();
            queue.producer = Some(cx.waker().clone());
            if queue.items.len() < capacity { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let item = source.next().await;
        let mut queue = queue.borrow_mut();
        queue.closed = item.is_none();
        queue.items.extend(item);
        if let Some(consumer) = &queue.consumer {
            consumer.wake_by_ref();
        }
        if queue.closed {
            return;
        }
    }
}

impl Pumped {
    fn start(&mut self, source: Source) -> Runs {
        let capacity = if self.bug == Bug::NoLimit { usize::MAX } else { CAPACITY };
        let pump: Pump = Box::pin(pump(source, self.queue.clone(), capacity));
        match spawn(&self.spawner, pump) {
            Ok(handle) if self.bug == Bug::Outlives => {
                std::mem::forget(handle);
                Runs::Detached
            }
            Ok(handle) => Runs::Spawned(handle),
            Err(Rejected(_)) if self.bug == Bug::IgnoresRefusal => Runs::Done,
            Err(Rejected(pump)) => Runs::Inline(pump),
        }
    }

    fn poll_pump(&mut self, cx: &mut Context<'_>) {
        self.runs = match std::mem::replace(&mut self.runs, Runs::Done) {
            Runs::NotYet(source) => {
                self.runs = self.start(source);
                return self.poll_pump(cx);
            }
            Runs::Spawned(mut handle) => match handle.poll_unpin(cx) {
                Poll::Pending => Runs::Spawned(handle),
                Poll::Ready(Ok(())) => Runs::Done,
                Poll::Ready(Err(JoinError::Lost)) if self.bug == Bug::LostIsEnd => Runs::Done,
                Poll::Ready(Err(JoinError::Panicked(_))) if self.bug == Bug::PanicIsEnd => {
                    Runs::Done
                }
                Poll::Ready(Err(lost)) => lost.resume(),
            },
            Runs::Inline(mut pump) => match pump.poll_unpin(cx) {
                Poll::Pending => Runs::Inline(pump),
                Poll::Ready(()) => Runs::Done,
            },
            Runs::Detached => Runs::Detached,
            Runs::Done => Runs::Done,
        };
    }
}

impl Stream for Pumped {
    type Item = Tok;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tok>> {
        let this = &mut *self;
        this.poll_pump(cx);
        let mut queue = this.queue.borrow_mut();
        if let Some(item) = queue.items.pop_front() {
            if let Some(producer) = &queue.producer {
                producer.wake_by_ref();
            }
            return Poll::Ready(Some(item));
        }
        if queue.closed || matches!(this.runs, Runs::Done) {
            return Poll::Ready(None);
        }
        if queue.consumer.is_none() || this.bug != Bug::FirstWaker {
            queue.consumer = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

fn row(name: &str, bug: Bug) -> Row {
    let build = move |sim: &Sim, [source]: [Source; 1]| {
        let runs = Runs::NotYet(source);
        let mut pumped = Pumped { spawner: sim.spawner(), runs, queue: Rc::default(), bug };
        if bug == Bug::Eager {
            pumped.poll_pump(&mut Context::from_waker(Waker::noop()));
        }
        pumped
    };
    Row::plain(name, build).read_ahead(CAPACITY).spawns()
}

pub(crate) fn broken() -> Vec<(Row, &'static str)> {
    vec![
        (row("first waker cached", Bug::FirstWaker), "lost wakeup"),
        (row("unbounded prefetch", Bug::NoLimit), "it holds"),
        (row("refused task forgotten", Bug::IgnoresRefusal), "it ended after"),
        (row("lost task taken for the end", Bug::LostIsEnd), "it ended after"),
        (row("panic of a task taken for the end", Bug::PanicIsEnd), "a panic was swallowed"),
        (row("task started when built", Bug::Eager), "not lazy"),
        (row("task outlives its stream", Bug::Outlives), "outlive it"),
    ]
}

pub(crate) fn sound() -> Vec<Row> {
    vec![row("prefetch", Bug::None)]
}
