//! The same operators as one would write them by hand, over `hashbrown` with the same hasher. They
//! have no bound, and give nothing back.

use std::collections::VecDeque;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::events::{Event, EventClock, STEP};

type Map<V> = HashMap<u64, V, FixedState>;

/// Sixteen bytes.
#[derive(Clone, Copy, Default)]
pub struct Total {
    pub count: u64,
    pub sum: u64,
}

impl Total {
    #[inline]
    pub fn add(&mut self, event: &Event) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(event.value);
    }

    #[inline]
    pub fn digest(&self) -> u64 {
        self.count.wrapping_mul(31).wrapping_add(self.sum)
    }
}

/// What one operator makes of each event.
pub trait ByHand: Sized {
    fn step(&mut self, event: Event) -> Option<u64>;

    fn in_a_loop(mut self, events: &[Event]) -> u64 {
        let mut answer = 0;
        for event in events {
            if let Some(out) = self.step(*event) {
                answer = mix(answer, out);
            }
        }
        answer
    }
}

#[inline]
pub fn mix(answer: u64, out: u64) -> u64 {
    answer.wrapping_mul(31).wrapping_add(out)
}

fn map<V>() -> Map<V> {
    HashMap::with_hasher(FixedState::with_seed(7))
}

pub struct MapByHand(Map<Total>);

impl MapByHand {
    pub fn new() -> Self {
        Self(map())
    }
}

impl ByHand for MapByHand {
    #[inline]
    fn step(&mut self, event: Event) -> Option<u64> {
        let total = self.0.entry(event.key).or_default();
        total.add(&event);
        Some(total.digest())
    }
}

/// Drops one event in so many.
pub struct FilterByHand(Map<Total>, u64);

impl FilterByHand {
    pub fn new(one_in: u64) -> Self {
        Self(map(), one_in)
    }
}

impl ByHand for FilterByHand {
    #[inline]
    fn step(&mut self, event: Event) -> Option<u64> {
        let total = self.0.entry(event.key).or_default();
        total.add(&event);
        (!total.digest().is_multiple_of(self.1)).then_some(event.value)
    }
}

pub struct DedupByHand(Map<u64>, u64);

impl DedupByHand {
    pub fn new(ttl: u64) -> Self {
        Self(map(), ttl)
    }
}

impl ByHand for DedupByHand {
    #[inline]
    fn step(&mut self, event: Event) -> Option<u64> {
        let expiry = self.0.entry(event.key).or_insert(0);
        if *expiry > event.at {
            return None;
        }
        *expiry = event.at + self.1;
        Some(event.value)
    }
}

pub struct ThrottleByHand(Map<VecDeque<u64>>, usize, u64);

impl ThrottleByHand {
    pub fn new(n: usize, window: u64) -> Self {
        Self(map(), n, window)
    }
}

impl ByHand for ThrottleByHand {
    #[inline]
    fn step(&mut self, event: Event) -> Option<u64> {
        let passed = self.0.entry(event.key).or_default();
        while passed.front().is_some_and(|at| at + self.2 <= event.at) {
            passed.pop_front();
        }
        if passed.len() >= self.1 {
            return None;
        }
        passed.push_back(event.at);
        Some(event.value)
    }
}

/// It asks a clock for the time, which the events set.
pub struct SessionByHand(Map<(Total, u64)>, u64, EventClock);

impl SessionByHand {
    pub fn new(gap: u64) -> Self {
        Self(map(), gap, EventClock::default())
    }
}

impl ByHand for SessionByHand {
    #[inline]
    fn step(&mut self, event: Event) -> Option<u64> {
        let now = self.2.get();
        self.2.set(now + STEP);
        let (total, last) = self.0.entry(event.key).or_insert((Total::default(), now));
        if now - *last >= self.1 {
            *total = Total::default();
        }
        *last = now;
        total.add(&event);
        Some(total.digest())
    }
}
