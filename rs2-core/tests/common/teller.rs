//! A machine that tells what the driver does to it.
#![allow(dead_code, unreachable_pub)]

use crate::patchy::ByHand;
use crate::ticking::Ticking;
use futures_core::Stream;
use rs2_core::machine::{Drive, Machine};
use rs2_core::time::Instant;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What the machine was told, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    Item(u32, u64),
    Deadline(u64),
    End(u64),
    More(u8),
}

/// A machine that tells everything it sees, with as many further outputs as it is set to, and whose
/// deadline each item moves to `wait` after it.
#[derive(Debug, Default)]
pub struct Teller {
    pub wait: Option<u64>,
    pub due: Option<u64>,
    pub extra: u8,
    pub left: u8,
    pub silent: bool,
    pub holds_back: bool,
    pub ends_after: Option<u32>,
    pub items: u32,
    pub panics_on: Option<Seen>,
}

impl Teller {
    fn tell(&mut self, seen: Seen) -> Option<Seen> {
        assert!(self.left == 0, "told of {seen:?} before all was taken from `more`");
        if self.panics_on == Some(seen) {
            // Half-way through a step.
            self.left = u8::MAX;
            panic!("as told");
        }
        if self.silent && matches!(seen, Seen::Item(..)) {
            return None;
        }
        self.left = self.extra;
        Some(seen)
    }
}

pub fn nanos(instant: Instant) -> u64 {
    instant.since_origin().as_nanos() as u64
}

impl Machine for Teller {
    type In = u32;
    type Out = Seen;
    fn on_item(&mut self, now: Instant, item: u32) -> Option<Seen> {
        self.items += 1;
        if let Some(wait) = self.wait {
            self.due = Some(nanos(now) + wait);
        }
        self.tell(Seen::Item(item, nanos(now)))
    }
    fn on_deadline(&mut self, now: Instant) -> Option<Seen> {
        let due = self.due.take().expect("a deadline fires once");
        assert!(due <= nanos(now), "fired before its time");
        self.tell(Seen::Deadline(nanos(now)))
    }
    fn on_end(&mut self, now: Instant) -> Option<Seen> {
        self.due = None;
        self.tell(Seen::End(nanos(now)))
    }
    fn more(&mut self) -> Option<Seen> {
        self.left = self.left.checked_sub(1)?;
        Some(Seen::More(self.left))
    }
    fn deadline(&self) -> Option<Instant> {
        self.due.map(Instant::from_nanos)
    }
    fn wants_item(&self) -> bool {
        !self.holds_back
    }
    fn is_finished(&self) -> bool {
        self.ends_after.is_some_and(|items| self.items >= items)
    }
}

pub type Driven = Drive<ByHand<u32>, Teller, Ticking>;

/// The stream, the hand on its source, the hand on its clock.
pub fn driven(machine: Teller) -> (Driven, ByHand<u32>, Ticking) {
    let (source, clock) = (ByHand::default(), Ticking::default());
    (Drive::new(source.clone(), machine, clock.clone()), source, clock)
}

pub fn poll(stream: &mut Driven) -> Poll<Option<Seen>> {
    poll_with(stream, Waker::noop())
}

pub fn poll_with(stream: &mut Driven, waker: &Waker) -> Poll<Option<Seen>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(waker))
}

pub fn out(seen: Seen) -> Poll<Option<Seen>> {
    Poll::Ready(Some(seen))
}
