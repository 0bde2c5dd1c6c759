//! The temporal join between signals, against a search through everything that has come.

use super::by_time::{cases, collected, disorder, limits, us};
use super::interval::{Arrival, feed};
use super::temporal::{Found, Item, emits};
use proptest::prelude::*;
use rs2_core::machine::{JoinMachine, Side};
use rs2_core::metrics::{Holds, Loss, Losses, Reports};
use rs2_core::op::event_time::{Count, TimeWindowConfig};
use rs2_core::op::join::{Each, EmitWhen, TemporalJoin, TemporalJoinConfig, Version};
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use rs2_core::watermark::{BoundedDisorder, JoinInBand, Signal, WhenIdle};

/// What comes from one side: an item or a version with its key, time and, for a version, how much
/// later it begins, by its own word, and whether it is a deletion; or word of the source.
#[derive(Clone, Copy, Debug)]
enum Word {
    Event(usize, u8, i64, i64, bool),
    Watermark(i64),
    Idle,
    End,
}

type Step = (Side, Word);

/// Watermarks are a delay behind what has come, so that some events are late; after the last event
/// both sides end.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds = prop::collection::vec((0_u8..12, -6_i64..6, any::<bool>()), 40);
    (disorder(3), kinds, 0_i64..15, any::<bool>()).prop_map(|(events, kinds, delay, left_first)| {
        let mut steps = Vec::new();
        for (n, ((key, ts), (kind, later, is_left))) in events.into_iter().zip(kinds).enumerate() {
            let side = if is_left { Side::Left } else { Side::Right };
            if kind == 0 {
                steps.push((side, Word::Idle));
                continue;
            }
            steps.push((side, Word::Event(n, key, ts, later, kind == 1)));
            if kind > 4 {
                steps.push((side, Word::Watermark(ts - delay)));
            }
        }
        let last = if left_first { [Side::Left, Side::Right] } else { [Side::Right, Side::Left] };
        steps.extend(last.map(|side| (side, Word::End)));
        steps
    })
}

struct Model {
    emit: EmitWhen,
    when_idle: WhenIdle,
    versions: Vec<(usize, u8, i64, bool)>,
    waiting: Vec<Item>,
    watermarks: [i64; 2],
    /// How far the versions have come by their own word.
    proven: i64,
    idle: [bool; 2],
    ended: [bool; 2],
    late: u64,
    unproven: u64,
    outs: Vec<(i64, Found)>,
}

impl Model {
    fn new(emit: EmitWhen, when_idle: WhenIdle) -> Self {
        Self {
            emit,
            when_idle,
            versions: Vec::new(),
            waiting: Vec::new(),
            watermarks: [i64::MIN; 2],
            proven: i64::MIN,
            idle: [false; 2],
            ended: [false; 2],
            late: 0,
            unproven: 0,
            outs: Vec::new(),
        }
    }

    fn put_out(&mut self, (n, key, ts): Item) {
        let at = if self.emit == EmitWhen::Latest { i64::MAX } else { ts };
        let of_key = self.versions.iter().filter(|version| version.1 == key && version.2 <= at);
        let valid = of_key.max_by_key(|version| (version.2, version.0));
        self.outs.push((ts, (n, valid.filter(|version| !version.3).map(|version| version.0))));
    }

    fn event(&mut self, side: Side, n: usize, key: u8, ts: i64, from: i64, deletes: bool) {
        let never_late = side == Side::Left && self.emit == EmitWhen::Latest;
        if ts < self.watermarks[side as usize] && !never_late {
            self.late += 1;
        } else if side == Side::Right {
            self.versions.push((n, key, from, deletes));
        } else if self.emit == EmitWhen::Latest {
            self.put_out((n, key, ts));
        } else {
            self.waiting.push((n, key, ts));
        }
    }

    /// An idle side is as far as the other one, if nobody is to wait for it.
    fn take_along(&mut self) {
        for (side, other) in [(0, 1), (1, 0)] {
            let other_is_active = !self.idle[other] && !self.ended[other];
            if self.idle[side] && other_is_active && self.when_idle == WhenIdle::LetGo {
                self.watermarks[side] = self.watermarks[side].max(self.watermarks[other]);
            }
        }
    }

    fn release(&mut self) {
        self.waiting.sort_by_key(|item| item.2);
        while let Some(&first) = self.waiting.first()
            && (self.ended[1] || first.2 < self.watermarks[1])
        {
            self.waiting.remove(0);
            self.unproven += u64::from(!self.ended[1] && first.2 >= self.proven);
            self.put_out(first);
        }
    }

    fn step(&mut self, (side, word): Step) {
        let at = side as usize;
        self.idle[at] = false;
        match word {
            Word::Event(n, key, ts, later, deletes) => {
                // None begins before its time, whatever it says.
                self.event(side, n, key, ts, ts + later.max(0), deletes);
            }
            Word::Watermark(reached) if reached > self.watermarks[at] => {
                self.watermarks[at] = reached;
                self.proven = if side == Side::Right { reached } else { self.proven };
            }
            Word::Watermark(_) => {}
            Word::Idle => self.idle[at] = true,
            Word::End => self.ended[at] = true,
        }
        self.release();
        self.take_along();
        self.release();
    }

    /// No output to come is earlier, and this is all that can be said.
    fn watermark(&self) -> i64 {
        let items = if self.ended[0] { i64::MAX } else { self.watermarks[0] };
        self.waiting.iter().map(|item| item.2).chain([items]).min().unwrap_or(items)
    }
}

type Machine<M> = JoinInBand<M>;
type Versions = Signal<Version<u8, usize>>;

/// What [`rule`] makes.
trait Rule: JoinMachine<Left = Signal<Item>, Right = Versions, Out = Signal<Found>> + Holds {}

impl<M> Rule for M where
    M: JoinMachine<Left = Signal<Item>, Right = Versions, Out = Signal<Found>> + Holds
{
}

fn rule(emit: EmitWhen, when_idle: WhenIdle) -> (impl Rule, Losses) {
    let (limits, losses) = limits(Heap::bounded(1_000).seeded(7), OnFull::Evict);
    let config = TemporalJoinConfig { emit, ..TemporalJoinConfig::new(us(0)) };
    let found = |item: Item, found: Option<&usize>| (item.0, found.copied());
    let rule = TemporalJoin::new(limits, &config, |item: &Item| item.1, Each::by(found));
    (Machine::new(rule).when_idle(when_idle), losses)
}

fn arrival((side, word): Step) -> Arrival<Signal<Item>, Versions> {
    let at = EventTime::from_micros;
    match (side, word) {
        (Side::Left, Word::Event(n, key, ts, ..)) => {
            Arrival::Left(Signal::Item(at(ts), (n, key, ts)))
        }
        (Side::Right, Word::Event(n, key, ts, later, deletes)) => {
            let version = match deletes {
                true => Version::deleted(key, at(ts + later)),
                false => Version::new(key, at(ts + later), n),
            };
            Arrival::Right(Signal::Item(at(ts), version))
        }
        (Side::Left, Word::Watermark(reached)) => Arrival::Left(Signal::Watermark(at(reached))),
        (Side::Right, Word::Watermark(reached)) => Arrival::Right(Signal::Watermark(at(reached))),
        (Side::Left, Word::Idle) => Arrival::Left(Signal::Idle),
        (Side::Right, Word::Idle) => Arrival::Right(Signal::Idle),
        (_, Word::End) => Arrival::End(side),
    }
}

fn compare(steps: &[Step], emit: EmitWhen, when_idle: WhenIdle) {
    let (mut machine, losses) = rule(emit, when_idle);
    let mut model = Model::new(emit, when_idle);
    let (mut told, mut told_idle) = (i64::MIN, false);
    for &step in steps {
        if machine.is_finished() {
            break;
        }
        let before = model.outs.len();
        model.step(step);
        let mut outs = Vec::new();
        for signal in feed(&mut machine, arrival(step)) {
            match signal {
                Signal::Item(ts, out) => {
                    // With the newest version at once, an item may be late already.
                    assert!(ts.as_micros() >= told || emit == EmitWhen::Latest);
                    told_idle = false;
                    outs.push((ts.as_micros(), out));
                }
                Signal::Watermark(risen) => {
                    assert!(risen.as_micros() > told);
                    (told, told_idle) = (risen.as_micros(), false);
                }
                Signal::Idle => told_idle = true,
                Signal::Active => told_idle = false,
            }
        }
        assert_eq!(outs, model.outs[before..], "{step:?}");
        assert_eq!(losses.of(Loss::Late), model.late);
        assert_eq!(losses.of(Loss::Unproven), model.unproven, "{step:?}");
        if !machine.is_finished() && !model.ended[0] {
            assert_eq!((told, told_idle), (model.watermark(), model.idle[0]), "{step:?}");
        }
    }
    assert_eq!((losses.total(), machine.held()), (model.late + model.unproven, 0));
}

fn marked(items: Vec<(u8, i64)>, delay: u64) -> impl Stream<Item = Signal<(u8, i64)>> + Unpin {
    let at = |item: &(u8, i64)| EventTime::from_micros(item.1);
    from_iter(items).with_watermarks_rs2(BoundedDisorder::new(us(delay)), at)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn an_item_gets_what_was_valid_at_its_time_and_stands_there(
        steps in steps(),
        emit in emits(),
        lets_go in any::<bool>(),
    ) {
        compare(&steps, emit, if lets_go { WhenIdle::LetGo } else { WhenIdle::Keep });
    }

    /// Nothing that goes out is late for a window behind it.
    #[test]
    fn a_window_behind_a_temporal_join_loses_nothing(
        items in disorder(2), versions in disorder(2), delay in 0_u64..20, size in 1_u64..30,
    ) {
        let window = TimeWindowConfig::tumbling(us(size), us(0)).expect("it is not zero");
        let joined = || {
            let valid = |item: (u8, i64)| Version::new(item.0, EventTime::from_micros(item.1), ());
            marked(items.clone(), delay).temporal_join_left_events_in_rs2(
                Heap::bounded(99).seeded(7),
                marked(versions.clone(), delay).map_events_rs2(valid),
                TemporalJoinConfig::new(us(0)),
                |item| item.0,
                |_, _| (),
            )
        };
        let outs = collected(joined().without_watermarks_rs2()).len() as u64;
        let windows = joined().aggregate_events_rs2(window, Count);
        let losses = windows.losses().clone();
        let counted = collected(windows.without_watermarks_rs2());
        prop_assert_eq!(counted.iter().map(|window| window.value).sum::<u64>(), outs);
        prop_assert_eq!(losses.total(), 0);
    }
}

#[cfg(feature = "snapshot")]
proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_temporal_join_between_signals_goes_on_from_anywhere(
        items in disorder(3), versions in disorder(3), delay in 0_u64..20,
        emit in emits(),
        (capacity, max_versions) in prop_oneof![(1_usize..5, 1_usize..4), Just((99, 99))],
        (lets_go, evicts) in any::<(bool, bool)>(),
    ) {
        use super::snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
        use rs2_core::state::Limits;
        let at = |item: &(u8, i64)| EventTime::from_micros(item.1);
        let policy = BoundedDisorder::new(us(delay));
        let when_idle = if lets_go { WhenIdle::LetGo } else { WhenIdle::Keep };
        let config =
            TemporalJoinConfig { emit, max_versions, when_idle, ..TemporalJoinConfig::new(us(0)) };
        let version = |(key, ts): (u8, i64)| match ts % 3 {
            0 => Version::deleted(key, EventTime::from_micros(ts)),
            _ => Version::new(key, EventTime::from_micros(ts), ts),
        };
        let dated = || {
            let versions = from_iter(versions.clone()).replayable_rs2().map_rs2(version);
            versions.with_watermarks_rs2(policy, |version| version.valid_from)
        };
        let marked = || from_iter(items.clone()).replayable_rs2().with_watermarks_rs2(policy, at);
        let on_full = if evicts { OnFull::Evict } else { OnFull::Reject };
        let memory = || Limits::of(Heap::bounded(capacity).seeded(7)).on_full(on_full);
        let all = || {
            let found = |item: (u8, i64), found: Option<&i64>| (item, found.copied());
            marked().temporal_join_left_events_in_rs2(
                memory(), dated(), config, |item| item.0, found,
            )
        };
        goes_on_from_anywhere(all);
        keeps_nothing_at_the_end(all());
        let known = || {
            let found = |item: (u8, i64), found: &i64| (item, *found);
            marked().temporal_join_events_in_rs2(memory(), dated(), config, |item| item.0, found)
        };
        goes_on_from_anywhere(known);
        keeps_nothing_at_the_end(known());
    }
}
