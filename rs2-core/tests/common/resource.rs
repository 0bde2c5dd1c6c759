//! Parts of brackets that write down what happens to them.
#![allow(dead_code, unreachable_pub)]

use futures_core::Stream;
use rs2_core::error::Rejected;
use rs2_core::op::resource::ExitCase;
use rs2_core::task::Spawner;
use std::collections::VecDeque;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// What a release can be told here.
pub type Told = ExitCase<&'static str>;

/// What happened to one resource; clones are the resource itself.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Events>>);

#[derive(Debug, Default)]
struct Events {
    acquired: bool,
    stream_lives: bool,
    lived_at_release: bool,
    releases: Vec<Told>,
    finished: usize,
}

impl Log {
    fn with<R>(&self, step: impl FnOnce(&mut Events) -> R) -> R {
        step(&mut self.0.lock().unwrap())
    }
    pub fn begin(&self, exit: Told) {
        self.with(|events| {
            events.lived_at_release |= events.stream_lives;
            events.releases.push(exit);
        });
    }
    /// The release of a bracket that is not told why, without waiting.
    pub fn release(self) -> End {
        self.begin(ExitCase::Completed);
        self.end_after(0)
    }
    pub fn end_after(self, polls: u8) -> End {
        End { left: polls, log: self }
    }
    pub fn is_acquired(&self) -> bool {
        self.with(|events| events.acquired)
    }
    pub fn releases(&self) -> Vec<Told> {
        self.with(|events| events.releases.clone())
    }
    pub fn finished(&self) -> usize {
        self.with(|events| events.finished)
    }
    pub fn stream_went_first(&self) -> bool {
        self.with(|events| !events.lived_at_release)
    }
}

/// A release that waits for so many polls.
pub fn told(polls: u8) -> impl FnOnce(Log, Told) -> End {
    move |log, exit| {
        log.begin(exit);
        log.end_after(polls)
    }
}

fn wait(left: &mut u8, cx: &Context<'_>) -> Poll<()> {
    if *left == 0 {
        return Poll::Ready(());
    }
    *left -= 1;
    cx.waker().wake_by_ref();
    Poll::Pending
}

/// The end of a release, after so many polls.
#[derive(Debug)]
pub struct End {
    left: u8,
    log: Log,
}

impl Future for End {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let polled = wait(&mut self.left, cx);
        if polled.is_ready() {
            self.log.with(|events| events.finished += 1);
        }
        polled
    }
}

/// Acquires after so many polls.
#[derive(Debug)]
pub struct Waits {
    left: u8,
    log: Log,
}

impl Waits {
    pub fn new(polls: u8, log: Log) -> Self {
        Self { left: polls, log }
    }
}

impl Future for Waits {
    type Output = Log;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Log> {
        wait(&mut self.left, cx).map(|()| {
            self.log.with(|events| events.acquired = true);
            self.log.clone()
        })
    }
}

/// How the stream within ends.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    Ends,
    Fails,
    Panics,
}

/// The stream within: before each item so many polls are Pending.
#[derive(Clone, Debug)]
pub struct Script {
    pub items: VecDeque<(u8, u8)>,
    pub ending: Ending,
}

impl Script {
    pub fn using(self) -> impl FnOnce(Log) -> Playing {
        move |log| {
            assert!(log.is_acquired());
            log.with(|events| events.stream_lives = true);
            Playing { script: self, log, over: false }
        }
    }
}

#[derive(Debug)]
pub struct Playing {
    script: Script,
    log: Log,
    over: bool,
}

impl Stream for Playing {
    type Item = Result<u8, &'static str>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        assert!(!self.over && self.log.releases().is_empty(), "used after its end");
        if let Some((stalls, item)) = self.script.items.front_mut() {
            let item = *item;
            return wait(stalls, cx).map(|()| {
                self.script.items.pop_front();
                Some(Ok(item))
            });
        }
        self.over = true;
        match self.script.ending {
            Ending::Ends => Poll::Ready(None),
            Ending::Fails => Poll::Ready(Some(Err("bad"))),
            Ending::Panics => resume_unwind(Box::new("as told")),
        }
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.log.with(|events| events.stream_lives = false);
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A spawner that takes no task, one that runs them when told, or one that drops them then.
#[derive(Clone)]
pub struct Host {
    tasks: Option<Arc<Mutex<Vec<Task>>>>,
    finishes: bool,
}

impl Host {
    pub fn refusing() -> Self {
        Self { tasks: None, finishes: false }
    }
    pub fn queueing() -> Self {
        Self { tasks: Some(Arc::default()), finishes: true }
    }
    pub fn losing() -> Self {
        Self { tasks: Some(Arc::default()), finishes: false }
    }
    pub fn finishes(&self) -> bool {
        self.finishes
    }
    pub fn run(&self) {
        let tasks = self.tasks.iter().flat_map(|tasks| std::mem::take(&mut *tasks.lock().unwrap()));
        for mut task in tasks.collect::<Vec<_>>() {
            let mut cx = Context::from_waker(Waker::noop());
            while self.finishes && task.as_mut().poll(&mut cx).is_pending() {}
        }
    }
}

impl<F: Future<Output = ()> + Send + 'static> Spawner<F> for Host {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        let Some(tasks) = &self.tasks else { return Err(Rejected(future)) };
        tasks.lock().unwrap().push(Box::pin(future));
        Ok(())
    }
}
