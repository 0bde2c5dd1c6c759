//! Items at the pace of their key, against a list of what waits.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use patchy::ByHand;
use proptest::prelude::*;
use recorder::{At, arrivals, ns, record};
use rs2_core::machine::Machine;
use rs2_core::metrics::{Holds, Loss, Losses, Reports};
use rs2_core::op::timing::{KeyedPace, PaceByKey};
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use rs2_core::time::Instant;

fn key_of(item: usize) -> usize {
    item * item % 7 % 3
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    gap: u64,
    burst: u32,
    max_waiting: usize,
    room: usize,
    on_full: OnFull,
}

impl Settings {
    fn pace(&self) -> KeyedPace {
        KeyedPace::spaced(ns(self.gap)).burst(self.burst).max_waiting(self.max_waiting)
    }

    fn limits(&self) -> Limits<rs2_core::store::SeededHeap> {
        Limits::of(Heap::bounded(self.room).seeded(7)).on_full(self.on_full)
    }
}

/// What is known of a key: when all that passed is paid off, who waits, and the number of the first
/// of them among all who were first.
#[derive(Clone, Default)]
struct Line {
    scheduled: u64,
    waiting: Vec<usize>,
    turn: usize,
}

#[derive(Default)]
struct Model {
    lines: [Line; 3],
    turns: usize,
    outs: Vec<At<usize>>,
    evicted: u64,
    full: u64,
}

impl Model {
    fn opens_at(&self, settings: &Settings, key: usize) -> u64 {
        self.lines[key].scheduled.saturating_sub(settings.gap * u64::from(settings.burst - 1))
    }

    fn next(&self, settings: &Settings) -> Option<(u64, usize, usize)> {
        let waits = |key: &usize| !self.lines[*key].waiting.is_empty();
        let turn = |key| (self.opens_at(settings, key), self.lines[key].turn, key);
        (0..3).filter(waits).map(turn).min()
    }

    fn first_waits(&mut self, key: usize) {
        self.turns += 1;
        self.lines[key].turn = self.turns;
    }

    fn pass(&mut self, settings: &Settings, item: usize, now: u64) {
        let line = &mut self.lines[key_of(item)];
        line.scheduled = line.scheduled.max(now) + settings.gap;
        self.outs.push((item, now));
    }

    fn go(&mut self, settings: &Settings, until: impl Fn(u64) -> bool) {
        while let Some((due, _, key)) = self.next(settings).filter(|next| until(next.0)) {
            let item = self.lines[key].waiting.remove(0);
            self.pass(settings, item, due);
            if !self.lines[key].waiting.is_empty() {
                self.first_waits(key);
            }
        }
    }

    fn arrive(&mut self, settings: &Settings, item: usize, now: u64) {
        self.go(settings, |due| due < now);
        let key = key_of(item);
        if self.lines[key].waiting.is_empty() && self.opens_at(settings, key) <= now {
            return self.pass(settings, item, now);
        }
        let all: usize = self.lines.iter().map(|line| line.waiting.len()).sum();
        let is_full = self.lines[key].waiting.len() == settings.max_waiting || all == settings.room;
        match settings.on_full {
            OnFull::Evict if is_full => {
                self.evicted += 1;
                let own = (!self.lines[key].waiting.is_empty()).then_some(key);
                let from = own.or_else(|| self.next(settings).map(|next| next.2));
                self.lines[from.expect("somebody waits")].waiting.remove(0);
                if own.is_some() {
                    return self.lines[key].waiting.push(item);
                }
            }
            _ if is_full => {
                self.full += 1;
                return;
            }
            _ => {}
        }
        self.lines[key].waiting.push(item);
        if self.lines[key].waiting.len() == 1 {
            self.first_waits(key);
        }
    }
}

fn run(settings: &Settings, arrivals: &[At<usize>], end: u64) -> (Vec<At<usize>>, u64, Losses) {
    let mut losses = Losses::new();
    let (outs, ended) = record(arrivals, end, |source: ByHand<usize>, clock| {
        let key = |item: &usize| key_of(*item);
        let stream = source.pace_by_key_on_rs2(clock, settings.limits(), key, settings.pace());
        losses = stream.losses().clone();
        stream
    });
    (outs, ended, losses)
}

fn settings(room: std::ops::Range<usize>) -> impl Strategy<Value = Settings> {
    let answers = prop::sample::select(vec![OnFull::Evict, OnFull::Reject]);
    (1..30_u64, 1..4_u32, 1..5_usize, room, answers).prop_map(
        |(gap, burst, max_waiting, room, on_full)| Settings {
            gap,
            burst,
            max_waiting,
            room,
            on_full,
        },
    )
}

/// Sorted by time and number: of what goes at one instant, what has just come goes first.
fn sorted(mut outs: Vec<At<usize>>) -> Vec<At<usize>> {
    outs.sort_by_key(|(item, at)| (*at, *item));
    outs
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn each_item_goes_when_its_key_lets_it(
        (arrivals, end) in arrivals(), settings in settings(3..8),
    ) {
        let mut model = Model::default();
        arrivals.iter().for_each(|&(item, at)| model.arrive(&settings, item, at));
        model.go(&settings, |_| true);
        let (outs, ended, losses) = run(&settings, &arrivals, end);
        let last = model.outs.last().map_or(0, |out| out.1);
        prop_assert_eq!(ended, end.max(last));
        for key in 0..3 {
            let of_key: Vec<_> = outs.iter().filter(|out| key_of(out.0) == key).collect();
            prop_assert!(of_key.is_sorted());
        }
        prop_assert_eq!(sorted(outs), sorted(model.outs));
        prop_assert_eq!(losses.of(Loss::Evicted), model.evicted);
        prop_assert_eq!(losses.of(Loss::Full), model.full);
    }

    /// With too little room for the keys too, all that does not go out is counted, no key
    /// overtakes itself, and nothing is held beyond the bounds.
    #[test]
    fn a_full_memory_keeps_its_bounds(
        (arrivals, end) in arrivals(), settings in settings(1..3),
    ) {
        let (outs, _, losses) = run(&settings, &arrivals, end);
        for key in 0..3 {
            let of_key: Vec<_> = outs.iter().filter(|out| key_of(out.0) == key).collect();
            prop_assert!(of_key.is_sorted());
        }
        let lost = (arrivals.len() - outs.len()) as u64;
        if settings.on_full == OnFull::Reject {
            prop_assert_eq!(losses.total(), lost);
        } else {
            // A key that is forgotten is counted as well.
            prop_assert!(losses.total() >= lost);
        }
        let mut rule =
            PaceByKey::new(settings.limits(), |item: &usize| key_of(*item), settings.pace());
        let at = Instant::from_nanos;
        for &(item, now) in &arrivals {
            while rule.deadline().is_some_and(|due| due < at(now)) {
                rule.on_deadline(at(now));
            }
            rule.on_item(at(now), Some(item));
            prop_assert!(rule.held() <= 2 * settings.room);
        }
        rule.on_item(at(end), None);
        while let Some(due) = rule.deadline() {
            rule.on_deadline(due);
        }
        prop_assert!(rule.is_finished() && rule.held() == 0);
    }
}

/// A key that has been paid off is like one never seen, and costs nothing.
#[test]
fn keys_are_forgotten_once_they_are_paid_off() {
    let settings =
        Settings { gap: 10, burst: 2, max_waiting: 9, room: 100_000, on_full: OnFull::Reject };
    let mut rule = PaceByKey::new(settings.limits(), |item: &u64| *item, settings.pace());
    for item in 0..50_000 {
        let passed = rule.on_item(Instant::from_nanos(item), Some(item));
        assert_eq!(passed, Some(item));
        assert!(rule.held() <= 11, "{} are held", rule.held());
    }
}

#[test]
fn stopping_lets_nothing_more_out() {
    let settings = Settings { gap: 10, burst: 1, max_waiting: 1, room: 9, on_full: OnFull::Stop };
    let arrivals = [(0, 0), (7, 1), (14, 2), (21, 3)];
    let (outs, ended, losses) = run(&settings, &arrivals, 50);
    assert_eq!((outs, ended), (vec![(0, 0)], 2));
    assert!(losses.is_stopped());
}

/// A busy key waits by itself.
#[test]
fn a_busy_key_holds_up_no_other() {
    let settings = Settings { gap: 10, burst: 1, max_waiting: 9, room: 99, on_full: OnFull::Evict };
    // 0, 7 and 14 have one key, 1 and 8 another.
    let (outs, ended, _) = run(&settings, &[(0, 0), (7, 0), (14, 1), (1, 1), (8, 2)], 5);
    assert_eq!(outs, [(0, 0), (1, 1), (7, 10), (8, 11), (14, 20)]);
    assert_eq!(ended, 20);
}

fn at(nanos: u64) -> Instant {
    Instant::from_nanos(nanos)
}

/// A pause earns a key no more than its burst, also where nobody has had to forget it.
#[test]
fn a_pause_earns_no_credit() {
    let settings = Settings { gap: 10, burst: 1, max_waiting: 9, room: 99, on_full: OnFull::Evict };
    let mut rule = PaceByKey::new(settings.limits(), |item: &u64| item % 8, settings.pace());
    for item in 0..8 {
        assert_eq!(rule.on_item(at(0), Some(item)), Some(item));
    }
    assert_eq!(rule.on_item(at(1_000), Some(7)), Some(7));
    assert_eq!(rule.on_item(at(1_000), Some(15)), None);
    assert_eq!(rule.deadline(), Some(at(1_010)));
}

/// A key makes room at no loss once it is paid off, at that very instant; before, it is counted.
#[test]
fn a_key_that_is_not_paid_off_is_counted_when_it_makes_room() {
    for (now, evicted) in [(9, 1), (10, 0)] {
        let settings =
            Settings { gap: 10, burst: 1, max_waiting: 9, room: 1, on_full: OnFull::Evict };
        let mut rule = PaceByKey::new(settings.limits(), |item: &u64| *item, settings.pace());
        assert_eq!(rule.on_item(at(0), Some(0)), Some(0));
        assert_eq!(rule.on_item(at(now), Some(1)), Some(1));
        assert_eq!(rule.losses().of(Loss::Evicted), evicted, "at {now}");
    }
}

/// A key whose only item made room for another's has no turn any more.
#[test]
fn nobody_is_called_for_an_item_that_made_room() {
    let settings = Settings { gap: 10, burst: 1, max_waiting: 9, room: 3, on_full: OnFull::Evict };
    let mut rule = PaceByKey::new(settings.limits(), |item: &u64| item % 3, settings.pace());
    let came = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (7, 5), (5, 6)];
    let passed = came.map(|(item, now)| rule.on_item(at(now), Some(item)));
    assert_eq!(passed, [Some(0), Some(1), Some(2), None, None, None, None]);
    // 5 took the place of 3, whose turn would have been at 10.
    let mut gone = Vec::new();
    while let Some(due) = rule.deadline() {
        gone.push((rule.on_deadline(due), due));
    }
    assert_eq!(gone, [(Some(4), at(11)), (Some(5), at(12)), (Some(7), at(21))]);
}

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(500))]

    /// Who is in line when a rule is saved goes when the first rule would have let it go.
    #[test]
    fn those_in_line_keep_their_turns((arrivals, end) in arrivals(), settings in settings(1..8)) {
        let build = || {
            PaceByKey::new(settings.limits(), |item: &usize| key_of(*item), settings.pace())
        };
        let goes = |rule: &mut PaceByKey<_, _, _, _>, arrivals: &[At<usize>]| {
            let mut outs = Vec::new();
            let come = arrivals.iter().map(|(item, now)| (Some(*item), *now));
            for (item, now) in come.chain([(None, end)]) {
                while let Some(due) = rule.deadline().filter(|due| *due < at(now)) {
                    outs.push((rule.on_deadline(due), due));
                }
                outs.push((rule.on_item(at(now), item), at(now)));
            }
            while let Some(due) = rule.deadline() {
                outs.push((rule.on_deadline(due), due));
            }
            outs
        };
        for saved in 0..=arrivals.len() {
            let mut first = build();
            for &(item, now) in &arrivals[..saved] {
                while let Some(due) = first.deadline().filter(|due| *due < at(now)) {
                    first.on_deadline(due);
                }
                first.on_item(at(now), Some(item));
            }
            let bytes = rs2_core::snapshot::save(&first).expect("nothing runs");
            let mut second = build();
            rs2_core::snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
            let left = &arrivals[saved..];
            prop_assert_eq!(goes(&mut second, left), goes(&mut first, left));
        }
    }
}
