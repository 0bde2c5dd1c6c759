//! What waits for a slow uplink.

use core::time::Duration;
use rs2_core::machine::Machine;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::store::{Full, Queue, Storage};
use rs2_core::time::Instant;

/// Lets one item out each `gap`. Where more come, they wait; where there is no room, the oldest
/// that waits is dropped and counted, since news is worth more than what was.
#[derive(Debug)]
pub struct Outbox<T, St: Storage> {
    waiting: St::Queue<T>,
    gap: Duration,
    /// When the uplink is free again.
    free: Instant,
    has_ended: bool,
    dropped: Losses,
}

impl<T, St: Storage> Outbox<T, St> {
    /// Room for as many items as `storage` holds.
    pub fn new(storage: St, gap: Duration, dropped: Losses) -> Self {
        let (waiting, free) = (storage.queue(), Instant::ORIGIN);
        Self { waiting, gap, free, has_ended: false, dropped }
    }

    fn send(&mut self, now: Instant) -> Option<T> {
        self.free = now.saturating_add(self.gap);
        self.waiting.pop()
    }
}

impl<T, St: Storage> Machine for Outbox<T, St> {
    type In = T;
    type Out = T;

    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if let Err(Full(item)) = self.waiting.push(item) {
            self.waiting.pop();
            self.dropped.count(Loss::Evicted);
            // There is room now.
            let _ = self.waiting.push(item);
        }
        if now >= self.free { self.send(now) } else { None }
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        self.send(now)
    }

    /// What still waits at the end goes out at once.
    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.has_ended = true;
        self.waiting.pop()
    }

    fn more(&mut self) -> Option<T> {
        if self.has_ended { self.waiting.pop() } else { None }
    }

    fn deadline(&self) -> Option<Instant> {
        self.waiting.front().map(|_| self.free)
    }
}
