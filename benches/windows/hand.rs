//! The loop that one would write: a ring of slices, folded for each window.

use std::collections::VecDeque;

use super::Event;

/// The largest value of each of the last slices. Every slide of the input has an event.
pub struct Hand {
    slide: i64,
    slides: usize,
    ring: VecDeque<u64>,
    slice: i64,
    largest: Option<u64>,
}

impl Hand {
    pub fn new(slide: i64, slides: usize) -> Self {
        Self { slide, slides, ring: VecDeque::new(), slice: 0, largest: None }
    }

    /// The value of the window that ends where the slice of this event begins.
    #[inline]
    pub fn step(&mut self, (at, value): Event) -> Option<u64> {
        if at < self.slice + self.slide {
            self.largest = self.largest.max(Some(value));
            return None;
        }
        self.slice = at - at.rem_euclid(self.slide);
        let done = self.largest.replace(value)?;
        self.push(done)
    }

    fn push(&mut self, done: u64) -> Option<u64> {
        if self.ring.len() == self.slides {
            self.ring.pop_front();
        }
        self.ring.push_back(done);
        self.ring.iter().copied().max()
    }

    /// The windows that are open at the end.
    pub fn rest(&mut self) -> Vec<u64> {
        let last = self.largest.take().and_then(|done| self.push(done));
        let mut rest: Vec<u64> = last.into_iter().collect();
        while self.ring.len() == self.slides && self.ring.pop_front().is_some() {
            rest.extend(self.ring.iter().copied().max());
            self.slides -= 1;
        }
        rest
    }
}
