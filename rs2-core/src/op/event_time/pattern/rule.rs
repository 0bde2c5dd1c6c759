//! Sequences of items of one key.

use super::automaton::Automaton;
use super::buffer::Buffer;
use super::builder::{Pattern, Skip};
use super::found::{Found, PatternMatch, PatternOutput, PatternYield};
use super::run::{NEVER, Next, Run, Search, Spans};
use super::steps::Steps;
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Losses, Reports};
use crate::op::event_time::sort::SortBuffer;
use crate::state::{Limits, OnFull};
use crate::store::{Full, KeyStorage, Ordered, Table};
use crate::time::{EventTime, Instant};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;
use core::mem;

/// Sorted items and deadlines that are looked at before the driver may give the task back.
const AT_ONCE: usize = 8;

/// The rule of [`pattern_by_time_rs2`](super::super::EventTimeExt::pattern_by_time_in_rs2).
///
/// A nondeterministic automaton: a run stands at one position, and every edge that an item takes
/// makes a run of its own. Items are sorted first, so runs see them in the order of their time;
/// deadlines stand between them in that order. A key has an entry only while it has a run, and one
/// deadline, not after the first of its runs.
pub struct PatternByTime<T, K, F, L, St, W = PatternMatch<K, T>>
where
    K: Hash + Eq,
    L: Steps<T>,
    St: KeyStorage,
{
    pub(super) key_of: F,
    pub(super) steps: L,
    pub(super) automaton: Automaton,
    pub(super) spans: Spans,
    pub(super) skip: Skip,
    pub(super) max_runs: usize,
    pub(super) max_events: u32,
    pub(super) sorted: SortBuffer<T, St, L::Order>,
    /// An item that goes before all that are sorted.
    pub(super) pushed_out: Option<(EventTime, T)>,
    pub(super) buffer: Buffer<T, St>,
    pub(super) keys: St::Table<K, Open>,
    pub(super) due: St::Ordered<Due, K>,
    /// Counts the items looked at.
    pub(super) turn: u64,
    /// Counts deadlines, so that no two are equal.
    pub(super) armed: u64,
    pub(super) watermark: EventTime,
    pub(super) ended: bool,
    /// There may be sorted items or deadlines whose turn has come.
    pub(super) behind: bool,
    pub(super) found: VecDeque<Found<K, T>>,
    /// The time of the item or deadline that is looked at, and of that which made the last outcome
    /// known.
    now: EventTime,
    pub(super) known: EventTime,
    scratch: Vec<Next>,
    pub(super) on_full: OnFull,
    pub(super) losses: Losses,
    pub(super) stopped: bool,
    yields: PhantomData<fn() -> W>,
}

/// A deadline in microseconds, and how many there were before it.
pub(super) type Due = (i128, u64);

/// The runs of one key, the one that began first at the front. Those that began together stand in
/// the order of what they took: an earlier item first, then a nearer step.
pub(super) struct Open {
    pub(super) runs: Vec<Run>,
    pub(super) due: Option<Due>,
}

/// An item whose turn it is, kept once the first run takes it.
struct Current<T> {
    item: Option<T>,
    place: Option<u32>,
    ts: EventTime,
}

impl<T, K, F, L, St> PatternByTime<T, K, F, L, St>
where
    K: Hash + Eq,
    L: Steps<T>,
    St: KeyStorage,
{
    /// Looks for `pattern` among the items of each key.
    ///
    /// # Panics
    /// When there can be no such pattern: see
    /// [`pattern_by_time_in_rs2`](super::super::EventTimeExt::pattern_by_time_in_rs2).
    #[track_caller]
    pub fn new(limits: Limits<St>, pattern: Pattern<L>, key_of: F) -> Self {
        Self::yielding(limits, pattern, key_of)
    }
}

impl<T, K, F, L, St> PatternByTime<T, K, F, L, St, PatternOutput<K, T>>
where
    K: Hash + Eq,
    L: Steps<T>,
    St: KeyStorage,
{
    /// Looks for `pattern` and tells what timed out as well.
    ///
    /// # Panics
    /// As [`new`](PatternByTime::new).
    #[track_caller]
    pub fn with_timeouts(limits: Limits<St>, pattern: Pattern<L>, key_of: F) -> Self {
        Self::yielding(limits, pattern, key_of)
    }
}

impl<T, K, F, L, St, W> PatternByTime<T, K, F, L, St, W>
where
    K: Hash + Eq,
    L: Steps<T>,
    St: KeyStorage,
{
    #[track_caller]
    fn yielding(limits: Limits<St>, pattern: Pattern<L>, key_of: F) -> Self {
        let (automaton, order) = (pattern.automaton(), pattern.steps.order());
        let Pattern { steps, spans, skip, max_runs, max_events } = pattern;
        Self {
            key_of,
            steps,
            automaton,
            spans,
            skip,
            max_runs,
            max_events,
            pushed_out: None,
            buffer: Buffer::new(&limits.storage),
            keys: limits.storage.table(),
            due: limits.storage.ordered(),
            turn: 0,
            armed: 0,
            watermark: EventTime::MIN,
            ended: false,
            behind: false,
            found: VecDeque::new(),
            now: EventTime::MIN,
            known: EventTime::MIN,
            scratch: Vec::new(),
            on_full: limits.on_full,
            losses: limits.losses.clone(),
            stopped: false,
            sorted: SortBuffer::new(limits, order),
            yields: PhantomData,
        }
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
    /// Takes a few sorted items and deadlines, until there is something to tell. A watermark that
    /// leaps lets any number of them go, and they are not gone through in one breath. Nothing new
    /// once a run was lost and the stream is to end: a match that stands in its place would be
    /// wrong.
    #[inline]
    fn search(&mut self) -> Option<W> {
        for _ in 0..AT_ONCE {
            if self.stopped || !self.found.is_empty() {
                break;
            }
            if !self.take_turn() {
                self.behind = false;
                if self.ended {
                    self.forget_all();
                }
                return None;
            }
        }
        self.behind = !self.stopped;
        let found = self.found.pop_front()?;
        self.known = found.known;
        W::of(self.outcome(found))
    }

    /// Goes through the next item or deadline, whichever comes first; at the same time the
    /// deadline does. False when the watermark lets neither go.
    fn take_turn(&mut self) -> bool {
        let next = self.pushed_out.as_ref().map(|(ts, _)| *ts).or_else(|| self.sorted.next_time());
        let until = match next {
            Some(ts) => i128::from(ts.as_micros()),
            None if self.ended => NEVER,
            None => i128::from(self.watermark.as_micros()),
        };
        if self.due.first().is_some_and(|((deadline, _), _)| *deadline <= until)
            && let Some(((deadline, _), key)) = self.due.pop_first()
        {
            self.expire(key, deadline);
            return true;
        }
        let Some((ts, item)) = self.pushed_out.take().or_else(|| self.sorted.pop()) else {
            return false;
        };
        self.step(ts, item);
        true
    }

    /// Shows one item, in its turn, to the runs of its key.
    fn step(&mut self, ts: EventTime, item: T) {
        self.turn += 1;
        self.now = ts;
        let key = (self.key_of)(&item);
        let open = self.keys.get_mut(&key);
        let mut runs = open.map(|open| mem::take(&mut open.runs)).unwrap_or_default();
        let mut next = mem::take(&mut self.scratch);
        let search = Search::new(&self.steps, &self.automaton, &self.buffer);
        runs.drain(..).for_each(|run| search.go_on(run, &item, &mut next));
        search.begin(&item, &mut next);
        if !next.is_empty() {
            let current = Current { item: Some(item), place: None, ts };
            let complete = self.go_on(current, &mut next, &mut runs);
            if self.stopped {
                complete.iter().for_each(|run| self.buffer.release(run.link));
            } else {
                let cut = self.decide(&key, complete);
                self.give_up(&mut runs, |run| cut.drops(run.began));
                self.keep_bounds(&mut runs);
            }
            self.settle(key, runs);
        }
        self.scratch = next;
    }

    /// Makes the runs that an item leads to. Returns those that are complete, each with a use of
    /// its last link.
    fn go_on(
        &mut self,
        mut current: Current<T>,
        next: &mut Vec<Next>,
        runs: &mut Vec<Run>,
    ) -> Vec<Run> {
        let mut complete = Vec::new();
        for next in next.drain(..) {
            match next {
                Next::Stays(run) => runs.push(run),
                Next::Over(run) => self.buffer.release(run.link),
                Next::Completes(run) => {
                    self.buffer.hold(run.link);
                    complete.push(run);
                }
                Next::Goes { from, to } => {
                    let Some(run) = self.take(&mut current, from, to, runs) else { continue };
                    if run.told {
                        self.buffer.hold(run.link);
                        complete.push(run);
                    }
                    if run.open == 0 {
                        self.buffer.release(run.link);
                    } else {
                        runs.push(run);
                    }
                }
            }
        }
        if let Some(place) = current.place {
            self.buffer.let_go(place);
        }
        complete
    }

    /// The run that goes on from another one, or begins, with the item whose turn it is.
    /// Runs that began earlier may have to make room for it.
    fn take(
        &mut self,
        current: &mut Current<T>,
        from: Option<Run>,
        to: u16,
        earlier: &mut Vec<Run>,
    ) -> Option<Run> {
        let ts = current.ts;
        let (len, first, began) = match from {
            Some(run) => (run.len + 1, run.first, run.began),
            None => (1, ts, self.turn),
        };
        let before = from.map(|run| run.link);
        let mut link = None;
        if len <= self.max_events {
            link = self.link(current, to, before);
            while link.is_none() && self.on_full == OnFull::Evict && self.make_room(earlier) {
                link = self.link(current, to, before);
            }
        }
        let Some(link) = link else {
            self.lose(1);
            return None;
        };
        let position = self.automaton.at(to);
        let (open, told) = (position.all_edges(), position.accepts);
        Some(Run { link, position: to, open, fresh: true, began, first, last: ts, len, told })
    }

    fn link(&mut self, current: &mut Current<T>, to: u16, before: Option<u32>) -> Option<u32> {
        if let Some(item) = current.item.take() {
            match self.buffer.keep(item, self.turn) {
                Ok(place) => current.place = Some(place),
                Err(Full(item)) => current.item = Some(item),
            }
        }
        self.buffer.link(current.place?, to, before)
    }

    /// The time of a key's first deadline has come.
    fn expire(&mut self, key: K, at: i128) {
        let Some(open) = self.keys.get_mut(&key) else { return };
        open.due = None;
        // The last moment before it: what ends then has ended.
        let before = i64::try_from(at - 1).unwrap_or(i64::MAX);
        self.now = self.now.max(EventTime::from_micros(before));
        let mut runs = mem::take(&mut open.runs);
        let (mut complete, mut over) = (Vec::new(), Vec::new());
        runs.retain(|run| {
            if self.spans.deadline(run) > at {
                return true;
            }
            let is_match = self.automaton.at(run.position).waits_for_absence(run.open);
            let ended = if is_match { &mut complete } else { &mut over };
            ended.push(*run);
            false
        });
        let cut = self.decide(&key, complete);
        self.give_up(&mut runs, |run| cut.drops(run.began));
        for run in over {
            if W::TELLS_TIMEOUTS && !run.told && !cut.drops(run.began) {
                self.tell(&key, &run, true);
            }
            self.buffer.release(run.link);
        }
        self.settle(key, runs);
    }

    /// Queues what a run has taken.
    pub(super) fn tell(&mut self, key: &K, run: &Run, timed_out: bool) {
        let len = run.len as usize;
        let mut events = Vec::with_capacity(len);
        let mut positions = Vec::with_capacity(if self.automaton.has_names { len } else { 0 });
        for (event, position) in self.buffer.chain(run.link) {
            events.push(event.item.clone());
            if self.automaton.has_names {
                positions.push(position);
            }
        }
        events.reverse();
        positions.reverse();
        let (key, start, end) = (key.clone(), run.first, run.last);
        let known = self.now;
        self.found.push_back(Found { key, start, end, known, events, positions, timed_out });
    }

    fn outcome(&self, found: Found<K, T>) -> PatternOutput<K, T> {
        let Found { key, start, end, events, positions, timed_out, known: _ } = found;
        let names =
            positions.into_iter().map(|position| self.automaton.at(position).name).collect();
        let found = PatternMatch { key, start_time: start, end_time: end, events, names };
        if timed_out { PatternOutput::TimedOut(found) } else { PatternOutput::Match(found) }
    }
}

impl<T, K, F, L, St, W> EventMachine for PatternByTime<T, K, F, L, St, W>
where
    T: Clone,
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    L: Steps<T>,
    St: KeyStorage,
    W: PatternYield<K, T>,
{
    type In = T;
    type Out = W;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<W> {
        self.pushed_out = self.sorted.push(ts, item);
        self.search()
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<W> {
        self.sorted.open_until(watermark);
        self.watermark = watermark;
        self.search()
    }

    fn on_end(&mut self) {
        self.sorted.end();
        self.ended = true;
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.behind
    }

    #[inline]
    fn more(&mut self) -> Option<W> {
        self.search()
    }

    fn is_finished(&self) -> bool {
        self.stopped || self.sorted.is_stopped()
    }

    fn close(&mut self) {
        self.let_go();
    }
}

impl<T, K: Hash + Eq, F, L: Steps<T>, St: KeyStorage, W> LateTo
    for PatternByTime<T, K, F, L, St, W>
{
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.sorted.late_to(outlet);
        self
    }
}

impl<T, K: Hash + Eq, F, L: Steps<T>, St: KeyStorage, W> Reports
    for PatternByTime<T, K, F, L, St, W>
{
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, K: Hash + Eq, F, L: Steps<T>, St: KeyStorage, W> Holds
    for PatternByTime<T, K, F, L, St, W>
{
    fn held(&self) -> usize {
        let waiting = self.sorted.len() + usize::from(self.pushed_out.is_some());
        waiting + self.found.len() + self.keys.len() + self.due.len() + self.buffer.held()
    }
}

impl<T, K: Hash + Eq, F, L: Steps<T>, St: KeyStorage, W> fmt::Debug
    for PatternByTime<T, K, F, L, St, W>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatternByTime")
            .field("sorted", &self.sorted)
            .field("keys", &self.keys.len())
            .field("taken", &self.buffer)
            .finish_non_exhaustive()
    }
}
