//! Which of several streams want to be polled.

use crate::sync::{Arc, Lock};
use alloc::collections::VecDeque;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::fmt;
use core::task::{Context, Waker};

/// A waker for each of several places, and the list of those that rang: a poll then costs what was
/// woken, not what is open.
pub(super) struct Bells {
    rung: Arc<Rung>,
    wakers: Vec<Waker>,
}

/// The lock is taken for a moment, and never while a waker runs.
struct Rung {
    list: Lock<List>,
}

struct List {
    // Each place at most once, in the order they rang.
    places: VecDeque<usize>,
    is_listed: Vec<bool>,
    task: Option<Waker>,
}

struct Bell {
    place: usize,
    rung: Arc<Rung>,
}

impl Bells {
    pub(super) fn new() -> Self {
        let list = List { places: VecDeque::new(), is_listed: Vec::new(), task: None };
        Self { rung: Arc::new(Rung { list: Lock::new(list) }), wakers: Vec::new() }
    }

    /// From now on each bell wakes the task of `cx`, once.
    pub(super) fn wake_for(&self, cx: &Context<'_>) {
        let old = self.rung.list.with(|list| match &mut list.task {
            Some(task) if task.will_wake(cx.waker()) => None,
            task => task.replace(cx.waker().clone()),
        });
        drop(old);
    }

    /// Puts a place on the list as if its bell had rung, without waking the task.
    pub(super) fn list(&mut self, place: usize) {
        while self.wakers.len() <= place {
            let bell = Bell { place: self.wakers.len(), rung: self.rung.clone() };
            self.wakers.push(Arc::new(bell).into());
        }
        self.rung.list.with(|list| list.add(place));
    }

    /// Takes the place that has been on the list for longest.
    pub(super) fn next(&self) -> Option<usize> {
        self.rung.list.with(|list| {
            let place = list.places.pop_front()?;
            list.is_listed[place] = false;
            Some(place)
        })
    }

    /// The waker of a place that was listed before.
    pub(super) fn waker(&self, place: usize) -> &Waker {
        &self.wakers[place]
    }
}

impl List {
    fn add(&mut self, place: usize) {
        if self.is_listed.len() <= place {
            self.is_listed.resize(place + 1, false);
        }
        if !self.is_listed[place] {
            self.is_listed[place] = true;
            self.places.push_back(place);
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let task = self.rung.list.with(|list| {
            list.add(self.place);
            list.task.take()
        });
        if let Some(task) = task {
            task.wake();
        }
    }
}

impl fmt::Debug for Bells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rung = self.rung.list.with(|list| list.places.len());
        f.debug_struct("Bells").field("rung", &rung).finish_non_exhaustive()
    }
}
