//! A consumer that takes one item's worth of polls and then only moves the stream along.

use super::executor::{Executor, Halt};
use super::rng::Rng;
use super::{Sim, Swarm};
use crate::row::{Built, Row};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Checks that `poll_progress` reaches the source, and brings the futures of a closure to their
/// end, without a poll for an item.
pub(crate) fn probe_progress(row: &Row) -> Result<(), String> {
    if row.sources() == 0 {
        // A source advances only when an item is asked for.
        return Ok(());
    }
    reaches_the_source(row)?;
    finishes_what_is_in_flight(row)
}

fn world(row: &Row) -> Sim {
    let swarm = Swarm { delay: 1_000, ..Swarm::calm(row.sources(), 8) };
    Sim::new(1, swarm, Rng::new(1), false)
}

fn reaches_the_source(row: &Row) -> Result<(), String> {
    let sim = world(row);
    let mut stream = row.build(&sim);
    let _ = stream.as_mut().poll_onward(&mut Context::from_waker(Waker::noop()));
    let reached = sim.shared.feeds.iter().any(|feed| feed.progressed.get() > 0);
    if reached || row.contract().spawns {
        return Ok(());
    }
    Err("poll_progress is not passed on to the source".to_owned())
}

fn finishes_what_is_in_flight(row: &Row) -> Result<(), String> {
    let sim = world(row);
    let mut stream = Some(row.build(&sim));
    let in_flight = sim.clone();
    let mut moving = false;
    let first = poll_fn(move |cx| {
        let Some(open) = &mut stream else { return Poll::Ready(()) };
        if !moving {
            moving = ask(open, &in_flight, cx);
            if !moving {
                return Poll::Pending;
            }
        }
        let done = open.as_mut().poll_onward(cx).is_ready();
        let flying = in_flight.shared.in_flight.get();
        if !done {
            return Poll::Pending;
        }
        if flying > 0 && in_flight.shared.spawned.get() == 0 {
            in_flight.violate(|| format!("progress is Ready while {flying} futures are in flight"));
        }
        stream = None;
        Poll::Ready(())
    });
    let first: Pin<Box<dyn Future<Output = ()>>> = Box::pin(first);
    let mut executor = Executor::new(&sim, usize::MAX);
    if executor.run_first(first) == Halt::Stuck {
        sim.violate(|| "poll_progress waits, and nothing is left that could wake it".to_owned());
    }
    match sim.shared.violation.take() {
        None => Ok(()),
        Some(what) => Err(what),
    }
}

/// Asks for items until something is in flight or the stream has ended.
fn ask(stream: &mut Built, sim: &Sim, cx: &mut Context<'_>) -> bool {
    loop {
        match stream.as_mut().poll_out(cx) {
            Poll::Ready(None) => return true,
            Poll::Ready(Some(_)) => {}
            Poll::Pending => return sim.shared.in_flight.get() > 0,
        }
    }
}
