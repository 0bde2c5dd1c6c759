//! What one item means to one run.

use super::automaton::{Automaton, END, Edge, START};
use super::buffer::{Buffer, Captured, View};
use super::plan::Contiguity;
use super::steps::Steps;
use crate::store::KeyStorage;
use crate::time::EventTime;
use alloc::vec::Vec;
use core::time::Duration;

/// A beginning of a match: items taken, and the edges that are open to it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Run {
    /// Its last item, through which all others are found.
    pub(super) link: u32,
    pub(super) position: u16,
    /// The edges of the position that are still open, as bits.
    pub(super) open: u64,
    /// Whether no item has come since its last one.
    pub(super) fresh: bool,
    /// The turn of its first item.
    pub(super) began: u64,
    pub(super) first: EventTime,
    pub(super) last: EventTime,
    pub(super) len: u32,
    /// Whether it is a match already, and goes on as the beginning of a longer one.
    pub(super) told: bool,
}

/// What becomes of a run.
pub(super) enum Next {
    /// It takes the item, at a position; nothing when a run begins.
    Goes { from: Option<Run>, to: u16 },
    /// It is a match: the item proves the absence of another.
    Completes(Run),
    /// It waits for another item.
    Stays(Run),
    /// No later item can go on from here.
    Over(Run),
}

/// What a run goes through: the automaton with its conditions, over what was taken.
pub(super) struct Search<'a, T, L, St: KeyStorage> {
    pub(super) steps: &'a L,
    pub(super) view: View<'a, T, St>,
}

impl<'a, T, L: Steps<T>, St: KeyStorage> Search<'a, T, L, St> {
    pub(super) fn new(steps: &'a L, automaton: &'a Automaton, buffer: &'a Buffer<T, St>) -> Self {
        Self { steps, view: View { buffer, automaton } }
    }

    /// The runs that begin with `item`.
    #[inline]
    pub(super) fn begin(&self, item: &T, next: &mut Vec<Next>) {
        let mut open = self.view.automaton.at(START).all_edges();
        let captured = Captured::new(&self.view, None);
        self.look(START, &mut open, true, item, &captured, |to| {
            next.push(Next::Goes { from: None, to });
        });
    }

    /// Where `item` leads a run: first the runs that go on with it, then what waits for another.
    #[inline]
    pub(super) fn go_on(&self, mut run: Run, item: &T, next: &mut Vec<Next>) {
        let (from, captured) = (Some(run), Captured::new(&self.view, Some(run.link)));
        let Run { position, mut open, fresh, .. } = run;
        let completes = self.look(position, &mut open, fresh, item, &captured, |to| {
            next.push(Next::Goes { from, to });
        });
        if completes {
            next.push(Next::Completes(run));
        }
        run = Run { open, fresh: false, told: run.told || completes, ..run };
        next.push(if open != 0 { Next::Stays(run) } else { Next::Over(run) });
    }

    /// Goes through the open edges of a position, closes those that the item closes, and tells
    /// where it leads. True when the item proves an absence that completes a match.
    #[inline]
    fn look(
        &self,
        position: u16,
        open: &mut u64,
        fresh: bool,
        item: &T,
        captured: &Captured<'_, T>,
        mut goes: impl FnMut(u16),
    ) -> bool {
        let edges = &self.view.automaton.at(position).edges;
        let mut completes = false;
        let mut left = *open;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            let edge = &edges[bit.trailing_zeros() as usize];
            if self.is_closed(edge, fresh, item, captured) {
                *open ^= bit;
                continue;
            }
            if edge.to == END {
                if edge.guards.iter().all(|guard| guard.once) {
                    completes = true;
                    *open ^= bit;
                }
                continue;
            }
            let target = self.view.automaton.at(edge.to);
            let takes = self.steps.accepts(target.condition, item, captured);
            let closes = match edge.contiguity {
                Contiguity::Strict => true,
                Contiguity::Relaxed => takes,
                Contiguity::Any => false,
            };
            if takes {
                goes(edge.to);
            }
            if takes && target.greedy {
                // The item extends the step, so nothing leads past it.
                *open &= bit | (bit - 1);
                left = 0;
            }
            if closes {
                *open ^= bit;
            }
        }
        completes
    }

    /// Whether an item that was not to come, or that ends a repetition, closes an edge.
    #[inline]
    fn is_closed(&self, edge: &Edge, fresh: bool, item: &T, captured: &Captured<'_, T>) -> bool {
        let forbidden = edge.guards.iter().any(|guard| {
            (fresh || !guard.once) && self.steps.accepts(guard.condition, item, captured)
        });
        if forbidden || !edge.repeats {
            return forbidden;
        }
        self.steps.ends(self.view.automaton.at(edge.to).condition, item, captured)
    }
}

/// How much time a match may take, in microseconds rounded up: what is not shorter is too long.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spans {
    /// From its first item to its last.
    whole: Option<i128>,
    /// From each item to the next.
    each: Option<i128>,
}

/// Later than any time.
pub(super) const NEVER: i128 = i128::MAX;

impl Spans {
    #[track_caller]
    pub(super) fn set_whole(&mut self, span: Duration) {
        self.whole = Some(micros(span));
    }

    #[track_caller]
    pub(super) fn set_each(&mut self, span: Duration) {
        self.each = Some(micros(span));
    }

    pub(super) fn are_set(&self) -> bool {
        self.whole.is_some() || self.each.is_some()
    }

    /// The first time at which an item cannot be part of the run any more.
    pub(super) fn deadline(&self, run: &Run) -> i128 {
        let after = |from: EventTime, span: Option<i128>| {
            span.map_or(NEVER, |span| i128::from(from.as_micros()) + span)
        };
        after(run.first, self.whole).min(after(run.last, self.each))
    }

    /// The first deadline of runs that stand in the order of their first items.
    pub(super) fn first_deadline(&self, runs: &[Run]) -> i128 {
        let looked_at = if self.each.is_some() { runs } else { &runs[..runs.len().min(1)] };
        looked_at.iter().map(|run| self.deadline(run)).min().unwrap_or(NEVER)
    }
}

#[track_caller]
fn micros(span: Duration) -> i128 {
    assert!(!span.is_zero(), "a span must be longer than nothing");
    span.as_nanos().div_ceil(1_000) as i128
}
