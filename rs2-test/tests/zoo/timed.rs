//! Chunks that go out when full, or some time after their first item.

use futures_util::{FutureExt, Stream, StreamExt};
use rs2_core::time::{Clock, Timer};
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{ManualSleep, ManualTimer, Row, ms};
use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Drops three items when the time is over.
    DropsOnTimeout,
    /// Every item moves the deadline.
    Rearmed,
    /// Drops what is left at the end.
    TailLost,
    /// Never polls its sleep.
    SleepNotPolled,
}

const SIZE: usize = 4;
const LINGER: Duration = ms(30);

struct TimedChunks {
    timer: ManualTimer,
    source: Source,
    held: Vec<Tok>,
    sleep: Option<Pin<Box<ManualSleep>>>,
    ended: bool,
    bug: Bug,
}

impl TimedChunks {
    fn add(&mut self, item: Tok) -> Option<Vec<Tok>> {
        if self.sleep.is_none() || self.bug == Bug::Rearmed {
            let due = self.timer.now().saturating_add(LINGER);
            self.sleep = Some(Box::pin(self.timer.sleep_until(due)));
        }
        self.held.push(item);
        if self.held.len() < SIZE {
            return None;
        }
        self.sleep = None;
        Some(take(&mut self.held))
    }

    fn time_is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(sleep) = &mut self.sleep else { return false };
        if self.bug == Bug::SleepNotPolled || sleep.poll_unpin(cx).is_pending() {
            return false;
        }
        self.sleep = None;
        if self.bug == Bug::DropsOnTimeout && self.held.len() == 3 {
            self.held.clear();
        }
        !self.held.is_empty()
    }
}

impl Stream for TimedChunks {
    type Item = Vec<Tok>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Vec<Tok>>> {
        let this = &mut *self;
        while !this.ended {
            match this.source.poll_next_unpin(cx) {
                Poll::Ready(Some(item)) => {
                    if let Some(chunk) = this.add(item) {
                        return Poll::Ready(Some(chunk));
                    }
                }
                Poll::Ready(None) => {
                    this.ended = true;
                    this.sleep = None;
                    if this.bug != Bug::TailLost && !this.held.is_empty() {
                        return Poll::Ready(Some(take(&mut this.held)));
                    }
                }
                Poll::Pending if this.time_is_over(cx) => {
                    return Poll::Ready(Some(take(&mut this.held)));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(None)
    }
}

fn row(name: &str, bug: Bug) -> Row {
    let build = move |sim: &Sim, [source]: [Source; 1]| TimedChunks {
        timer: sim.timer(),
        source,
        held: Vec::new(),
        sleep: None,
        ended: false,
        bug,
    };
    Row::plain(name, build).flat().read_ahead(SIZE - 1).latency(LINGER).needs_time()
}

pub(crate) fn broken() -> Vec<(Row, &'static str)> {
    vec![
        (row("partial chunk dropped on timeout", Bug::DropsOnTimeout), "due was"),
        (row("deadline moved by every item", Bug::Rearmed), "stayed"),
        (row("tail lost at the end", Bug::TailLost), "it ended after"),
        (row("sleep never polled", Bug::SleepNotPolled), "stayed"),
    ]
}

pub(crate) fn sound() -> Vec<Row> {
    vec![row("timed chunks", Bug::None)]
}
