//! The bounded queues between a hub and its branches.

use alloc::vec::{self, Vec};
use core::mem;

/// One bounded queue for each branch.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    lanes: Vec<Lane<T>>,
    capacity: usize,
    // Open lanes without room, so that "has every lane room" costs no loop.
    full: usize,
    pushed: bool,
}

#[derive(Debug)]
struct Lane<T> {
    // Only ever added to, and taken as a whole.
    queue: Vec<T>,
    open: bool,
}

impl<T> Lanes<T> {
    pub(super) const fn new(capacity: usize) -> Self {
        Self { lanes: Vec::new(), capacity, full: 0, pushed: false }
    }

    /// A new lane, in the place of one that was closed where there is one.
    pub(super) fn open(&mut self) -> usize {
        match self.lanes.iter().position(|lane| !lane.open) {
            Some(free) => {
                self.lanes[free].open = true;
                free
            }
            None => {
                self.lanes.push(Lane { queue: Vec::new(), open: true });
                self.lanes.len() - 1
            }
        }
    }

    /// Closes a lane and returns what was queued in it.
    pub(super) fn close(&mut self, lane: usize) -> Vec<T> {
        let lane = &mut self.lanes[lane];
        lane.open = false;
        let left = mem::take(&mut lane.queue);
        self.full -= usize::from(left.len() == self.capacity);
        left
    }

    pub(super) fn is_open(&self, lane: usize) -> bool {
        self.lanes[lane].open
    }

    pub(super) fn queued(&self, lane: usize) -> usize {
        self.lanes[lane].queue.len()
    }

    #[inline]
    pub(super) fn any_full(&self) -> bool {
        self.full > 0
    }

    /// Queues an item. No lane is full when this is called, and no item goes twice to one lane.
    #[inline]
    pub(super) fn push(&mut self, lane: usize, item: T) {
        let queue = &mut self.lanes[lane].queue;
        queue.push(item);
        self.full += usize::from(queue.len() == self.capacity);
        self.pushed = true;
    }

    /// Queues a clone for every open lane but `own`.
    #[inline]
    pub(super) fn push_to_others(&mut self, own: usize, item: &T)
    where
        T: Clone,
    {
        for (lane, Lane { queue, open }) in self.lanes.iter_mut().enumerate() {
            if *open && lane != own {
                queue.push(item.clone());
                self.full += usize::from(queue.len() == self.capacity);
                self.pushed = true;
            }
        }
    }

    /// Whether anything was queued since this was last asked.
    #[inline]
    pub(super) fn take_pushed(&mut self) -> bool {
        mem::take(&mut self.pushed)
    }

    /// Hands a whole lane over. The next is expected to become as long.
    #[inline]
    pub(super) fn hand_over(&mut self, lane: usize) -> vec::IntoIter<T> {
        let queue = &mut self.lanes[lane].queue;
        self.full -= usize::from(queue.len() == self.capacity);
        let next = Vec::with_capacity(queue.len());
        mem::replace(queue, next).into_iter()
    }
}
