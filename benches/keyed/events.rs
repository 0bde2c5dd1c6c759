//! What all contenders are given.

use std::cell::Cell;
use std::rc::Rc;

use rs2_stream::time::{Clock, Forever, Instant, Timer};

/// Sixteen bytes of data, and when they come: a microsecond after one another.
///
/// A driver reads the clock before it asks for an item, so an item meets the time that the one
/// before it has set.
#[derive(Clone, Copy)]
pub struct Event {
    pub key: u64,
    pub value: u64,
    pub at: u64,
}

/// Nanoseconds between two events.
pub const STEP: u64 = 1_000;

pub fn events(count: usize, keys: u64) -> Vec<Event> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // Keys as they are in life: not one after the other.
    let names: Vec<u64> = (0..keys).map(|n| (n + 1).wrapping_mul(0xff51_afd7_ed55_8ccd)).collect();
    let event = |n: usize| {
        let key = names[(random() % keys) as usize];
        Event { key, value: random() % 1_000, at: n.max(1) as u64 * STEP }
    };
    (0..count).map(event).collect()
}

/// A clock that the events set. To read it costs what to read a cached time does.
#[derive(Clone, Default)]
pub struct EventClock(Rc<Cell<u64>>);

impl EventClock {
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.get()
    }

    #[inline]
    pub fn set(&self, at: u64) {
        self.0.set(at);
    }
}

impl Clock for EventClock {
    #[inline]
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.get())
    }
}

impl Timer for EventClock {
    type Sleep = Forever;
    fn sleep_until(&self, _deadline: Instant) -> Forever {
        Forever
    }
}
