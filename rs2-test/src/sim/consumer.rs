//! The end of the pipeline: takes what comes, slowly, half-heartedly, or not at all.

use super::Sim;
use super::panics::{Caught, caught};
use super::run::Ending;
use super::swarm::Hint;
use crate::contract::Contract;
use crate::out::{Out, index_of, source_of};
use crate::row::Built;
use crate::timer::{ManualSleep, ms};
use rs2_core::time::{Clock, Timer};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What the consumer saw.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) ending: Option<Ending>,
    pub(super) outs: Vec<Out>,
    /// What came out after a panic.
    pub(super) late_outs: Vec<Out>,
    /// Each size hint with the number of outputs before it.
    pub(super) hints: Vec<(usize, usize, Option<usize>)>,
    pub(super) polls: usize,
}

pub(super) struct Consumer {
    sim: Sim,
    contract: Contract,
    stream: Option<Built>,
    log: Rc<RefCell<Log>>,
    rest: Option<Pin<Box<ManualSleep>>>,
}

impl Consumer {
    pub(super) fn new(
        sim: &Sim,
        contract: &Contract,
        stream: Built,
        log: Rc<RefCell<Log>>,
    ) -> Self {
        Self { sim: sim.clone(), contract: *contract, stream: Some(stream), log, rest: None }
    }

    fn finish(&mut self, ending: Ending) -> Poll<()> {
        self.sim.trace(|| format!("{ending:?}"));
        self.log.borrow_mut().ending = Some(ending);
        self.stream = None;
        Poll::Ready(())
    }

    fn sleep(&mut self, upto_ms: u64) {
        let wait = ms(1 + self.sim.below(upto_ms));
        let until = self.sim.clock().now().saturating_add(wait);
        self.rest = Some(Box::pin(self.sim.clock().sleep_until(until)));
    }

    /// Waits while the consumer is busy elsewhere; perhaps it moves the stream along meanwhile.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(()) };
        if rest.as_mut().poll(cx).is_ready() {
            self.rest = None;
            return Poll::Ready(());
        }
        if let Some(stream) = &mut self.stream
            && self.sim.shared.rng.chance(self.sim.swarm().progress)
        {
            let moved = caught(|| stream.as_mut().poll_onward(cx));
            if let Err(panic) = moved {
                self.rest = None;
                self.judge_panic(&panic);
                return self.finish(Ending::Panicked);
            }
        }
        Poll::Pending
    }

    fn note_hint(&self, stream: &Built) {
        let (low, high) = stream.hint();
        if self.sim.swarm().hint == Hint::Lying {
            return;
        }
        if high.is_some_and(|high| low > high) {
            self.sim.violate(|| format!("size_hint says at least {low} and at most {high:?}"));
        }
        let mut log = self.log.borrow_mut();
        let before = log.outs.len();
        log.hints.push((before, low, high));
    }

    fn take(&mut self, out: Out) {
        self.sim.trace(|| format!("out {out:?}"));
        out.ids.iter().for_each(|&id| self.sim.note(id));
        self.judge_latency(&out);
        self.log.borrow_mut().outs.push(out);
        if self.sim.shared.rng.chance(self.sim.swarm().slow) {
            self.sleep(60);
        }
    }

    fn judge_latency(&self, out: &Out) {
        let Some(longest) = self.contract.latency else { return };
        let swarm = self.sim.swarm();
        if swarm.jump + swarm.busy + swarm.cancel + swarm.slow > 0 {
            return;
        }
        let now = self.sim.clock().now();
        for &id in &out.ids {
            let Some(feed) = self.sim.shared.feeds.get(source_of(id)) else { continue };
            let Some(&taken) = feed.taken_at.borrow().get(index_of(id)) else { continue };
            let stay = now.saturating_since(taken);
            if stay > longest {
                self.sim.violate(|| format!("{out:?} stayed {stay:?}, at most {longest:?} is due"));
            }
        }
    }

    fn judge_panic(&self, panic: &Caught) {
        if let Caught::Other(text) = panic
            && !self.sim.has_panicked()
            && self.sim.shared.lost_tasks.get() == 0
        {
            self.sim.violate(|| format!("it panicked: {text}"));
        }
    }

    /// A stream that let a panic through may end, panic again or wait; what it yields is judged.
    fn look_after_panic(&mut self, cx: &mut Context<'_>) {
        let Some(stream) = &mut self.stream else { return };
        for _ in 0..3 {
            match caught(|| stream.as_mut().poll_out(cx)) {
                Ok(Poll::Ready(Some(out))) => self.log.borrow_mut().late_outs.push(out),
                Ok(_) => return,
                Err(_) => {}
            }
        }
    }

    fn look_after_end(&mut self, cx: &mut Context<'_>) {
        let Some(stream) = &mut self.stream else { return };
        for _ in 0..3 {
            let again = stream.as_mut().poll_out(cx);
            if !matches!(again, Poll::Ready(None)) {
                self.sim.violate(|| format!("not fused: after its end it answers {again:?}"));
            }
        }
        if stream.as_mut().poll_onward(cx).is_pending() {
            self.sim.violate(|| "after its end something is still in flight".to_owned());
        }
    }
}

impl Future for Consumer {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        while this.poll_rest(cx).is_ready() {
            let Some(mut stream) = this.stream.take() else { return Poll::Ready(()) };
            this.log.borrow_mut().polls += 1;
            if this.sim.swarm().drop_at == Some(this.log.borrow().polls) {
                drop(stream);
                return this.finish(Ending::Dropped);
            }
            this.note_hint(&stream);
            let taken = this.sim.taken();
            let polled = caught(|| stream.as_mut().poll_out(cx));
            this.sim.judge_budget(taken);
            this.stream = Some(stream);
            match polled {
                Ok(Poll::Ready(Some(out))) => this.take(out),
                Ok(Poll::Ready(None)) => {
                    this.look_after_end(cx);
                    return this.finish(Ending::Ended);
                }
                Ok(Poll::Pending) if this.sim.shared.rng.chance(this.sim.swarm().cancel) => {
                    this.sim.trace(|| "a pending next() is dropped".to_owned());
                    this.sleep(30);
                }
                Ok(Poll::Pending) => return Poll::Pending,
                Err(panic) => {
                    this.judge_panic(&panic);
                    this.look_after_panic(cx);
                    return this.finish(Ending::Panicked);
                }
            }
            if this.sim.is_violated() {
                return Poll::Ready(());
            }
        }
        if this.stream.is_none() { Poll::Ready(()) } else { Poll::Pending }
    }
}
