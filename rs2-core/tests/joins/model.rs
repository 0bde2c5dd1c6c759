//! What an interval join must do, by going through all that is kept for every item.

use proptest::prelude::*;
use rs2_core::machine::Side;
use rs2_core::op::join::OuterSide;
use rs2_core::state::OnFull;

/// One item, or the end of a side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Item(Side, Event),
    End(Side),
}

/// Its number, its key, its time in microseconds.
pub type Event = (usize, u8, i64);

/// The numbers of a pair, or of an item without a match.
pub type Out = (Option<usize>, Option<usize>);

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub lo: i64,
    pub hi: i64,
    pub delays: [i64; 2],
    pub outer: Option<OuterSide>,
    pub capacity: usize,
    pub max_per_key: usize,
    pub on_full: OnFull,
}

impl Settings {
    pub fn with_room(lo: i64, hi: i64, delays: [i64; 2], outer: Option<OuterSide>) -> Self {
        Self { lo, hi, delays, outer, capacity: 1_000, max_per_key: 1_000, on_full: OnFull::Evict }
    }
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    event: Event,
    arrival: usize,
    matched: bool,
}

#[derive(Debug, Default)]
pub struct Model {
    kept: [Vec<Kept>; 2],
    watermarks: [Option<i64>; 2],
    ended: [bool; 2],
    arrivals: usize,
    pub outs: Vec<Out>,
    pub late: u64,
    pub full: u64,
    pub evicted: u64,
    pub stopped: bool,
}

impl Model {
    pub fn held(&self) -> usize {
        self.kept.iter().map(Vec::len).sum()
    }

    pub fn step(&mut self, settings: &Settings, step: Step) {
        match step {
            _ if self.stopped => {}
            Step::Item(side, event) => self.item(settings, side, event),
            Step::End(side) => {
                self.ended[side as usize] = true;
                self.let_go(settings, side.other());
            }
        }
    }

    /// How much later one of the other side may be.
    fn reach(settings: &Settings, side: Side) -> (i128, i128) {
        let (lo, hi) = (i128::from(settings.lo), i128::from(settings.hi));
        match side {
            Side::Left => (lo, hi),
            Side::Right => (-hi, -lo),
        }
    }

    fn is_over(&self, settings: &Settings, side: Side, ts: i64) -> bool {
        let (lo, hi) = Self::reach(settings, side);
        let (first, last) = (i128::from(ts) + lo, i128::from(ts) + hi);
        let least = i128::from(self.watermarks[side.other() as usize].unwrap_or(i64::MIN));
        self.ended[side.other() as usize] || last < least || first > i128::from(i64::MAX)
    }

    fn item(&mut self, settings: &Settings, side: Side, event: Event) {
        let watermark = self.watermarks[side as usize].unwrap_or(i64::MIN);
        if event.2 < watermark {
            self.late += 1;
            return;
        }
        let (lo, hi) = Self::reach(settings, side);
        let others = &mut self.kept[side.other() as usize];
        others.sort_by_key(|other| (other.event.2, other.arrival));
        let mut matched = false;
        for other in others.iter_mut().filter(|other| other.event.1 == event.1) {
            let later = i128::from(other.event.2) - i128::from(event.2);
            if (lo..=hi).contains(&later) {
                (other.matched, matched) = (true, true);
                self.outs.push(match side {
                    Side::Left => (Some(event.0), Some(other.event.0)),
                    Side::Right => (Some(other.event.0), Some(event.0)),
                });
            }
        }
        self.arrivals += 1;
        self.keep(settings, side, Kept { event, arrival: self.arrivals, matched });
        let reached = event.2.saturating_sub(settings.delays[side as usize]);
        if !self.stopped && self.watermarks[side as usize].is_none_or(|before| reached > before) {
            self.watermarks[side as usize] = Some(reached);
            self.let_go(settings, side.other());
        }
    }

    fn keep(&mut self, settings: &Settings, side: Side, kept: Kept) {
        if self.is_over(settings, side, kept.event.2) {
            return self.leave(settings, side, kept);
        }
        let of_key = |other: &Kept| other.event.1 == kept.event.1;
        let crowded = self.kept[side as usize].iter().filter(|other| of_key(other)).count();
        let is_full = self.held() >= settings.capacity;
        if crowded < settings.max_per_key && !is_full {
            self.kept[side as usize].push(kept);
            return;
        }
        match settings.on_full {
            OnFull::Stop => {
                self.stopped = true;
                self.kept = Default::default();
            }
            OnFull::Reject => {
                self.full += 1;
                self.leave(settings, side, kept);
            }
            OnFull::Evict => {
                self.evicted += 1;
                self.kept[side as usize].push(kept);
                let mine_are_more =
                    self.kept[side as usize].len() > self.kept[side.other() as usize].len();
                let (from, only_key) = if crowded >= settings.max_per_key {
                    (side, true)
                } else {
                    (if mine_are_more { side } else { side.other() }, false)
                };
                let candidates = &self.kept[from as usize];
                let goes = candidates.iter().enumerate();
                let goes = goes.filter(|(_, other)| !only_key || of_key(other));
                let (goes, _) = goes
                    .min_by_key(|(_, other)| (other.event.2, other.arrival))
                    .expect("at least the new one");
                let gone = self.kept[from as usize].remove(goes);
                self.leave(settings, from, gone);
            }
        }
    }

    fn leave(&mut self, settings: &Settings, side: Side, kept: Kept) {
        let through = match settings.outer {
            None => false,
            Some(OuterSide::Full) => true,
            Some(OuterSide::Left) => side == Side::Left,
            Some(OuterSide::Right) => side == Side::Right,
        };
        if through && !kept.matched {
            self.outs.push(match side {
                Side::Left => (Some(kept.event.0), None),
                Side::Right => (None, Some(kept.event.0)),
            });
        }
    }

    fn let_go(&mut self, settings: &Settings, side: Side) {
        let mut all = std::mem::take(&mut self.kept[side as usize]);
        all.sort_by_key(|kept| (kept.event.2, kept.arrival));
        for kept in all {
            if self.is_over(settings, side, kept.event.2) {
                self.leave(settings, side, kept);
            } else {
                self.kept[side as usize].push(kept);
            }
        }
    }
}

/// A random interleaving of both sides, in which each may end early.
pub fn steps(items: impl Strategy<Value = Vec<(u8, i64)>>) -> impl Strategy<Value = Vec<Step>> {
    let sides = prop::collection::vec(any::<bool>(), 40);
    (items, sides, any::<[bool; 2]>()).prop_map(|(items, sides, [early, left_first])| {
        let side = |right| if right { Side::Right } else { Side::Left };
        let mut steps: Vec<Step> = items
            .into_iter()
            .zip(sides)
            .enumerate()
            .map(|(n, ((key, ts), right))| Step::Item(side(right), (n, key, ts)))
            .collect();
        for end in [side(!left_first), side(left_first)] {
            let is_last = |step: &Step| matches!(step, Step::Item(of, _) if *of == end);
            let after = steps.iter().rposition(is_last).map_or(0, |at| at + 1);
            let at = if early { after } else { steps.len() };
            steps.insert(at, Step::End(end));
        }
        steps
    })
}
