//! Several futures of a closure at once.

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use rs2_core::machine::Progress;
use rs2_test::sim::{Sim, Source, Tok, Work};
use rs2_test::{Order, Row};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// With exactly three in flight it does not poll them, so their wakers are stale.
    LostWakeup,
    /// Starts one future too many.
    OneTooMany,
    /// Takes a finished result from the wrong end when all have finished.
    Swap,
    /// Says that nothing is in flight when asked for progress.
    NoProgress,
    /// Keeps progress from its source.
    ProgressEndsHere,
}

const LIMIT: usize = 4;

struct Unordered {
    sim: Sim,
    source: Source,
    running: FuturesUnordered<Work<Tok>>,
    ended: bool,
    bug: Bug,
}

impl Stream for Unordered {
    type Item = Tok;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tok>> {
        let this = &mut *self;
        let limit = LIMIT + usize::from(this.bug == Bug::OneTooMany);
        while this.running.len() < limit && !this.ended {
            match this.source.poll_next_unpin(cx) {
                Poll::Ready(Some(item)) => this.running.push(this.sim.work()(item)),
                Poll::Ready(None) => this.ended = true,
                Poll::Pending if this.bug == Bug::LostWakeup && this.running.len() == 3 => {
                    return Poll::Pending;
                }
                Poll::Pending => break,
            }
        }
        match ready!(this.running.poll_next_unpin(cx)) {
            None if !this.ended => Poll::Pending,
            item => Poll::Ready(item),
        }
    }
}

struct Ordered {
    sim: Sim,
    source: Source,
    running: VecDeque<Slot>,
    ended: bool,
    bug: Bug,
}

enum Slot {
    Running(Work<Tok>),
    Finished(Tok),
}

impl Ordered {
    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut waits = Poll::Ready(());
        for slot in &mut self.running {
            let Slot::Running(work) = slot else { continue };
            match work.poll_unpin(cx) {
                Poll::Ready(item) => *slot = Slot::Finished(item),
                Poll::Pending => waits = Poll::Pending,
            }
        }
        waits
    }
}

impl Stream for Ordered {
    type Item = Tok;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tok>> {
        let this = &mut *self;
        while this.running.len() < LIMIT && !this.ended {
            match this.source.poll_next_unpin(cx) {
                Poll::Ready(Some(item)) => {
                    this.running.push_back(Slot::Running(this.sim.work()(item)));
                }
                Poll::Ready(None) => this.ended = true,
                Poll::Pending => break,
            }
        }
        let all = this.advance(cx).is_ready();
        let next = if this.bug == Bug::Swap && all && this.running.len() > 2 {
            this.running.swap_remove_back(1)
        } else if matches!(this.running.front(), Some(Slot::Finished(_))) {
            this.running.pop_front()
        } else {
            None
        };
        match next {
            Some(Slot::Finished(item)) => Poll::Ready(Some(item)),
            _ if this.ended && this.running.is_empty() => Poll::Ready(None),
            _ => Poll::Pending,
        }
    }
}

impl Progress for Ordered {
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.bug == Bug::NoProgress {
            return Pin::new(&mut this.source).poll_progress(cx);
        }
        let source = if this.ended || this.bug == Bug::ProgressEndsHere {
            Poll::Ready(())
        } else {
            Pin::new(&mut this.source).poll_progress(cx)
        };
        if this.advance(cx).is_pending() { Poll::Pending } else { source }
    }
}

fn unordered(name: &str, bug: Bug) -> Row {
    let build = move |sim: &Sim, [source]: [Source; 1]| Unordered {
        sim: sim.clone(),
        source,
        running: FuturesUnordered::new(),
        ended: false,
        bug,
    };
    Row::plain(name, build).order(Order::Any).read_ahead(LIMIT).in_flight(LIMIT)
}

fn ordered(name: &str, bug: Bug) -> Row {
    let build = move |sim: &Sim, [source]: [Source; 1]| Ordered {
        sim: sim.clone(),
        source,
        running: VecDeque::new(),
        ended: false,
        bug,
    };
    Row::new(name, build).read_ahead(LIMIT).in_flight(LIMIT)
}

pub(crate) fn broken() -> Vec<(Row, &'static str)> {
    vec![
        (unordered("lost wakeup in a buffer", Bug::LostWakeup), "its source is silent"),
        (unordered("one future too many", Bug::OneTooMany), "futures ran at once"),
        (ordered("results swapped", Bug::Swap), "due was"),
        (ordered("progress says nothing is in flight", Bug::NoProgress), "are in flight"),
        (ordered("progress kept from the source", Bug::ProgressEndsHere), "not passed on"),
    ]
}

pub(crate) fn sound() -> Vec<Row> {
    vec![
        unordered("buffer, unordered", Bug::None),
        ordered("buffer, ordered", Bug::None),
        Row::plain("futures-util buffered", |sim, [source]| source.map(sim.work()).buffered(4))
            .read_ahead(4)
            .in_flight(4),
    ]
}
