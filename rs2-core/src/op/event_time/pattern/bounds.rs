//! Which runs are given up: after a match, and when there are too many.

use super::builder::Skip;
use super::found::PatternYield;
use super::rule::{Open, PatternByTime};
use super::run::{NEVER, Run};
use super::steps::Steps;
use crate::metrics::Loss;
use crate::state::{OnFull, by_digest, forget, sixteenth};
use crate::store::{KeyStorage, Ordered, Table};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::hash::Hash;

/// The runs that matches leave no room for, by the turns of their first items.
#[derive(Default)]
pub(super) struct Cut {
    before: u64,
    /// In order.
    at: Vec<u64>,
}

impl Cut {
    pub(super) fn drops(&self, began: u64) -> bool {
        began < self.before || self.at.binary_search(&began).is_ok()
    }
}

impl<T, K, F, L, St, W> PatternByTime<T, K, F, L, St, W>
where
    K: Hash + Eq,
    L: Steps<T>,
    St: KeyStorage,
{
    /// Forgets all runs.
    pub(super) fn forget_all(&mut self) {
        let (buffer, due) = (&mut self.buffer, &mut self.due);
        self.keys.retain(|_, open| {
            open.runs.iter().for_each(|run| buffer.release(run.link));
            if let Some(noted) = open.due {
                due.remove(&noted);
            }
            false
        });
    }

    /// Lets go of everything, also of what has not gone out.
    pub(super) fn let_go(&mut self) {
        self.forget_all();
        self.sorted.clear();
        self.pushed_out = None;
        self.found.clear();
    }
}

impl<T, K, F, L, St, W> PatternByTime<T, K, F, L, St, W>
where
    T: Clone,
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    L: Steps<T>,
    St: KeyStorage,
    W: PatternYield<K, T>,
{
    /// Tells the matches that do not exclude each other.
    pub(super) fn decide(&mut self, key: &K, mut complete: Vec<Run>) -> Cut {
        complete.sort_by_key(|run| (run.began, Reverse(run.len)));
        let mut cut = Cut::default();
        for run in complete {
            if !cut.drops(run.began) {
                self.tell(key, &run, false);
                self.cut_after(&run, &mut cut);
            }
            self.buffer.release(run.link);
        }
        cut
    }

    fn cut_after(&self, run: &Run, cut: &mut Cut) {
        let named = |name| {
            let taken = self.buffer.chain(run.link);
            let of_step = taken.filter(move |(_, at)| self.automaton.at(*at).name == name);
            of_step.map(|(event, _)| event.turn)
        };
        let before = match self.skip {
            Skip::Nothing => return,
            Skip::ToNext => None,
            Skip::PastLast => self.buffer.chain(run.link).next().map(|(event, _)| event.turn + 1),
            Skip::ToFirst(name) => named(name).last(),
            Skip::ToLast(name) => named(name).next(),
        };
        match before {
            Some(before) => cut.before = cut.before.max(before),
            None => cut.at.push(run.began),
        }
    }

    /// Drops runs, with what only they have taken.
    pub(super) fn give_up(
        &mut self,
        runs: &mut Vec<Run>,
        mut is_given_up: impl FnMut(&Run) -> bool,
    ) {
        runs.retain(|run| {
            let goes = is_given_up(run);
            if goes {
                self.buffer.release(run.link);
            }
            !goes
        });
    }

    /// Gives up runs beyond what one key may have.
    pub(super) fn keep_bounds(&mut self, runs: &mut Vec<Run>) {
        let excess = runs.len().saturating_sub(self.max_runs);
        if excess == 0 {
            return;
        }
        self.lose(excess as u64);
        let places = match self.on_full {
            OnFull::Evict => 0..excess,
            OnFull::Reject | OnFull::Stop => self.max_runs..runs.len(),
        };
        for run in runs.drain(places) {
            self.buffer.release(run.link);
        }
    }

    /// Counts runs that were given up for want of room, or stops.
    pub(super) fn lose(&mut self, runs: u64) {
        match self.on_full {
            OnFull::Evict => self.losses.count_many(Loss::Evicted, runs),
            OnFull::Reject => self.losses.count_many(Loss::Full, runs),
            OnFull::Stop => {
                self.losses.stop();
                self.stopped = true;
            }
        }
    }

    /// Puts the runs of a key back, if there are any left, and sees to its deadline.
    pub(super) fn settle(&mut self, key: K, runs: Vec<Run>) {
        if self.stopped {
            runs.iter().for_each(|run| self.buffer.release(run.link));
            return self.forget_all();
        }
        if runs.is_empty() {
            if let Some(due) = self.keys.remove(&key).and_then(|open| open.due) {
                self.due.remove(&due);
            }
            return;
        }
        let deadline = self.spans.first_deadline(&runs);
        if self.store(&key, runs) {
            self.arm(&key, deadline);
        }
    }

    /// Stores the runs of a key, or loses them.
    fn store(&mut self, key: &K, runs: Vec<Run>) -> bool {
        if let Some(open) = self.keys.get_mut(key) {
            open.runs = runs;
            return true;
        }
        while self.keys.len() >= self.keys.capacity() {
            if self.on_full != OnFull::Evict || !self.forget_oldest_keys() {
                break;
            }
        }
        let mut runs = Some(runs);
        let open = || Open { runs: runs.take().unwrap_or_default(), due: None };
        if self.keys.get_or_insert_with(key.clone(), open).is_ok() {
            return true;
        }
        let runs = runs.unwrap_or_default();
        self.lose(runs.len() as u64);
        runs.iter().for_each(|run| self.buffer.release(run.link));
        if self.stopped {
            self.forget_all();
        }
        false
    }

    /// Notes the first deadline of a key. One that is noted already and comes earlier stays: it
    /// is noted anew when it finds nothing to do, so that a run that goes costs no search.
    fn arm(&mut self, key: &K, deadline: i128) {
        let Some(open) = self.keys.get_mut(key) else { return };
        if deadline == NEVER || open.due.is_some_and(|(noted, _)| noted <= deadline) {
            return;
        }
        if let Some(noted) = open.due.replace((deadline, self.armed)) {
            self.due.remove(&noted);
        }
        let noted = self.due.get_or_insert_with((deadline, self.armed), || key.clone());
        debug_assert!(noted.is_ok(), "there are not more deadlines than keys");
        self.armed += 1;
    }

    /// Forgets other keys, or where there is none the oldest run of this one.
    pub(super) fn make_room(&mut self, runs: &mut Vec<Run>) -> bool {
        if self.forget_oldest_keys() {
            return true;
        }
        if runs.is_empty() {
            return false;
        }
        let oldest = runs.remove(0);
        self.buffer.release(oldest.link);
        self.lose(1);
        true
    }

    /// Forgets the keys whose runs began earliest, to make room. False when there is no other.
    pub(super) fn forget_oldest_keys(&mut self) -> bool {
        let born = |open: &Open| open.runs.last().map_or(i64::MAX, |run| run.first.as_micros());
        let mut forgotten = 0;
        let (buffer, due) = (&mut self.buffer, &mut self.due);
        let quota = sixteenth(self.keys.len());
        forget(&mut self.keys, quota, born, by_digest, |open| {
            forgotten += u64::from(!open.runs.is_empty());
            open.runs.drain(..).for_each(|run| buffer.release(run.link));
            if let Some(noted) = open.due {
                due.remove(&noted);
            }
        });
        self.losses.count_many(Loss::Evicted, forgotten);
        forgotten > 0
    }
}
