//! The interval join between signals: what comes out is what comes of plain items, at its time and
//! in time for whoever follows.

use super::by_time::{cases, collected, counts, disorder, limits, us};
use super::interval::{Arrival, Numbers, answers, bounds, drain, feed, keys, outers, time};
use super::model::{Event, Out, Settings, Step, steps};
use proptest::prelude::*;
use rs2_core::machine::{JoinByTime, JoinMachine, Side};
use rs2_core::metrics::{Holds, Loss, Losses, Reports};
use rs2_core::op::event_time::{Count, TimeWindowConfig};
use rs2_core::op::join::{Interval, IntervalJoin, OuterSide, PairTime};
use rs2_core::prelude::*;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::watermark::{BoundedDisorder, JoinInBand, Signal, WhenIdle};
use std::collections::BTreeMap;

type Rule = IntervalJoin<Event, Event, super::interval::Keys, Numbers, SeededHeap>;

fn rule(settings: &Settings, pair_time: PairTime) -> (Rule, Losses) {
    let (limits, losses) = limits(Heap::bounded(settings.capacity).seeded(7), settings.on_full);
    let interval = Interval::from_micros(settings.lo..=settings.hi).expect("not empty");
    let pairs = Numbers(settings.outer);
    let rule = IntervalJoin::new(limits, interval, settings.max_per_key, keys(), pairs);
    (rule.pair_time(pair_time), losses)
}

fn of_side<T>(side: Side, signal: Signal<T>) -> Arrival<Signal<T>, Signal<T>> {
    match side {
        Side::Left => Arrival::Left(signal),
        Side::Right => Arrival::Right(signal),
    }
}

/// A rule between signals, with what it has to be told of each step.
struct InBand {
    machine: JoinInBand<Rule>,
    delays: [i64; 2],
    watermarks: [Option<i64>; 2],
    ended: [bool; 2],
}

impl InBand {
    fn step(&mut self, step: Step) -> Vec<Signal<Out>> {
        let (side, event) = match step {
            Step::Item(side, event) => (side, event),
            Step::End(side) => {
                self.ended[side as usize] = true;
                return feed(&mut self.machine, Arrival::End(side));
            }
        };
        let mut outs = feed(&mut self.machine, of_side(side, Signal::Item(time(&event), event)));
        let reached = event.2 - self.delays[side as usize];
        let watermark = &mut self.watermarks[side as usize];
        if !self.machine.is_finished() && watermark.is_none_or(|before| reached > before) {
            *watermark = Some(reached);
            let risen = Signal::Watermark(EventTime::from_micros(reached));
            outs.extend(feed(&mut self.machine, of_side(side, risen)));
        }
        outs
    }

    /// The earlier watermark of the sides that have not ended, and one that no output can be before
    /// where items go out alone or pairs stand at the earlier time: `W_out` of the definition.
    fn bounds(&self, settings: &Settings) -> (i64, i64) {
        let of = |side: usize| self.watermarks[side].unwrap_or(i64::MIN);
        let active = (0..2).filter(|side| !self.ended[*side]).map(of).min().unwrap_or(i64::MAX);
        let until_left = of(0).saturating_add(settings.lo.min(0));
        let until_right = of(1).saturating_sub(settings.hi.max(0));
        (active, active.min(until_left).min(until_right))
    }
}

fn compare(settings: &Settings, pair_time: PairTime, steps: &[Step]) {
    let (by_time, losses) = rule(settings, pair_time);
    let (in_band, losses_in_band) = rule(settings, pair_time);
    let [left, right] = settings.delays.map(|delay| us(delay.unsigned_abs()));
    let mut by_time = JoinByTime::new(by_time, (left, right), (time, time));
    let machine = JoinInBand::new(in_band);
    let (watermarks, ended) = ([None; 2], [false; 2]);
    let mut in_band = InBand { machine, delays: settings.delays, watermarks, ended };
    let times: BTreeMap<usize, i64> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Item(_, event) => Some((event.0, event.2)),
            Step::End(_) => None,
        })
        .collect();
    let mut told = i64::MIN;
    for &step in steps {
        if by_time.is_finished() {
            break;
        }
        let mut items = Vec::new();
        for signal in in_band.step(step) {
            match signal {
                Signal::Item(ts, out) => {
                    let own = [out.0, out.1].into_iter().flatten().map(|n| times[&n]);
                    let own = if pair_time == PairTime::Later { own.max() } else { own.min() };
                    assert_eq!(Some(ts.as_micros()), own);
                    assert!(ts.as_micros() >= told, "late for whoever follows");
                    items.push(out);
                }
                Signal::Watermark(risen) => {
                    assert!(risen.as_micros() > told);
                    told = risen.as_micros();
                }
                Signal::Idle | Signal::Active => panic!("nobody was idle"),
            }
        }
        assert_eq!(items, drain(&mut by_time, step), "{step:?}");
        assert_eq!(counts(&losses), counts(&losses_in_band));
        assert_eq!(by_time.is_finished(), in_band.machine.is_finished());
        if by_time.is_finished() || in_band.ended == [true; 2] {
            continue;
        }
        let (at_most, at_least) = in_band.bounds(settings);
        assert!(told <= at_most && told >= at_least, "{at_least} {told} {at_most}");
        let waits = settings.outer.is_some() || pair_time == PairTime::Earlier;
        assert!(waits || told == at_most);
    }
    assert_eq!(in_band.machine.held(), 0);
}

/// The times that are kept for a side that may be idle, by the definition.
struct Waiting {
    reach: [i64; 2],
    kept: [Vec<i64>; 2],
    /// How far each side is taken to have come, and how far it has by its own word.
    reached: [i64; 2],
    proven: [i64; 2],
    idle: [bool; 2],
    unproven: u64,
}

impl Waiting {
    fn step(&mut self, side: usize, signal: &Signal<Event>, lets_go: bool) {
        self.idle[side] = *signal == Signal::Idle;
        match *signal {
            Signal::Item(ts, _) if ts.as_micros() >= self.reached[side] => {
                self.kept[side].push(ts.as_micros());
            }
            Signal::Watermark(risen) if risen.as_micros() > self.reached[side] => {
                (self.reached[side], self.proven[side]) = (risen.as_micros(), risen.as_micros());
            }
            _ => {}
        }
        for (side, other) in [(0, 1), (1, 0)] {
            if lets_go && self.idle[side] && !self.idle[other] {
                self.reached[side] = self.reached[side].max(self.reached[other]);
            }
        }
        for (side, other) in [(0, 1), (1, 0)] {
            let (reach, proven, reached) =
                (self.reach[side], self.proven[other], self.reached[other]);
            let goes = self.kept[side].iter().filter(|ts| **ts + reach < reached);
            self.unproven += goes.filter(|ts| **ts + reach >= proven).count() as u64;
            self.kept[side].retain(|ts| ts + reach >= reached);
        }
    }
}

fn marked(
    items: &[(u8, i64)],
    delay: u64,
) -> impl Progress<Item = Signal<(u8, i64)>> + Unpin + use<> {
    let at = |item: &(u8, i64)| EventTime::from_micros(item.1);
    from_iter(items.to_vec()).with_watermarks_rs2(BoundedDisorder::new(us(delay)), at)
}

type Key = fn(&(u8, i64)) -> u8;

fn by_key() -> (Key, Key) {
    (|item| item.0, |item| item.0)
}

fn config(reach: u64, pair_time: PairTime) -> IntervalJoinConfig {
    IntervalJoinConfig { pair_time, ..IntervalJoinConfig::new(Interval::within(us(reach)), us(0)) }
}

fn pair_times() -> impl Strategy<Value = PairTime> {
    prop::sample::select(vec![PairTime::Later, PairTime::Earlier])
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn what_comes_between_signals_is_what_comes_of_items(
        steps in steps(disorder(3)),
        (lo, hi) in bounds(),
        delays in [0_i64..40, 0_i64..40],
        (outer, pair_time) in (outers(), pair_times()),
        (capacity, max_per_key) in prop_oneof![(1_usize..8, 1_usize..5), Just((999, 999))],
        on_full in answers(),
    ) {
        let room = Settings::with_room(lo, hi, delays, outer);
        compare(&Settings { capacity, max_per_key, on_full, ..room }, pair_time, &steps);
    }

    #[test]
    fn what_goes_for_an_idle_side_is_counted(
        events in disorder(2),
        kinds in prop::collection::vec((0_u8..12, any::<bool>()), 40),
        delay in 0_i64..15,
        (lo, hi) in bounds(),
        lets_go in any::<bool>(),
    ) {
        let (rule, losses) = rule(&Settings::with_room(lo, hi, [0, 0], None), PairTime::Later);
        let when_idle = if lets_go { WhenIdle::LetGo } else { WhenIdle::Keep };
        let mut machine = JoinInBand::new(rule).when_idle(when_idle);
        let (reached, proven) = ([i64::MIN; 2], [i64::MIN; 2]);
        let (kept, idle) = ([vec![], vec![]], [false; 2]);
        let mut model = Waiting { reach: [hi, -lo], kept, reached, proven, idle, unproven: 0 };
        for (n, ((key, ts), (kind, is_left))) in events.into_iter().zip(kinds).enumerate() {
            let side = if is_left { Side::Left } else { Side::Right };
            let at = EventTime::from_micros;
            let item = Signal::Item(at(ts), (n, key, ts));
            let signals = match kind {
                0 => vec![Signal::Idle],
                1..=4 => vec![item],
                _ => vec![item, Signal::Watermark(at(ts - delay))],
            };
            for signal in signals {
                model.step(side as usize, &signal, lets_go);
                feed(&mut machine, of_side(side, signal));
                prop_assert_eq!(losses.of(Loss::Unproven), model.unproven);
                prop_assert_eq!(machine.held(), model.kept.iter().map(Vec::len).sum::<usize>());
            }
        }
    }

    #[test]
    fn a_window_behind_a_join_loses_nothing(
        left in disorder(2), right in disorder(2), delay in 0_u64..20, reach in 0_u64..20,
        size in 1_u64..30, outer in any::<bool>(), pair_time in pair_times(),
    ) {
        let window = TimeWindowConfig::tumbling(us(size), us(0)).expect("it is not zero");
        let joined = || {
            let (left, right) = (marked(&left, delay), marked(&right, delay));
            let keys = Heap::bounded(999).seeded(7);
            if outer {
                let side = OuterSide::Full;
                left.interval_join_outer_events_in_rs2(
                    keys, right, config(reach, pair_time), by_key(), side, |_, _| (),
                )
                .boxed_local_rs2()
            } else {
                let config = config(reach, pair_time);
                left.interval_join_events_in_rs2(keys, right, config, by_key(), |_, _| ())
                    .boxed_local_rs2()
            }
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
    fn joins_between_signals_go_on_from_anywhere(
        left in disorder(3), right in disorder(3), delay in 0_u64..20, reach in 0_u64..20,
        capacity in prop_oneof![1_usize..9, Just(99)], pair_time in pair_times(),
    ) {
        use super::snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
        let at = |item: &(u8, i64)| EventTime::from_micros(item.1);
        let marked = |items: &[(u8, i64)]| {
            let policy = BoundedDisorder::new(us(delay));
            from_iter(items.to_vec()).replayable_rs2().with_watermarks_rs2(policy, at)
        };
        let memory = || Heap::bounded(capacity).seeded(7);
        let pairs = || {
            let pair = |left: &(u8, i64), right: &(u8, i64)| (*left, *right);
            marked(&left).interval_join_events_in_rs2(
                memory(), marked(&right), config(reach, pair_time), by_key(), pair,
            )
        };
        goes_on_from_anywhere(pairs);
        keeps_nothing_at_the_end(pairs());
        let all = || {
            let both = |left: Option<&(u8, i64)>, right: Option<&(u8, i64)>| {
                (left.copied(), right.copied())
            };
            let side = OuterSide::Full;
            marked(&left).interval_join_outer_events_in_rs2(
                memory(), marked(&right), config(reach, pair_time), by_key(), side, both,
            )
        };
        goes_on_from_anywhere(all);
        keeps_nothing_at_the_end(all());
    }
}

#[test]
fn an_idle_side_is_not_waited_for() {
    let settings = Settings::with_room(-6, 6, [0, 0], None);
    let mut machine = JoinInBand::new(rule(&settings, PairTime::Later).0);
    let at = EventTime::from_micros;
    let mut told = |side, signal| feed(&mut machine, of_side(side, signal));
    let item = |n, ts| Signal::Item(at(ts), (n, 0, ts));
    assert_eq!(told(Side::Left, item(0, 10)), []);
    assert_eq!(told(Side::Left, Signal::Watermark(at(10))), []);
    assert_eq!(told(Side::Right, Signal::Watermark(at(5))), [Signal::Watermark(at(5))]);
    assert_eq!(told(Side::Right, Signal::Idle), [Signal::Watermark(at(10))]);
    assert_eq!(told(Side::Left, Signal::Idle), [Signal::Idle]);
    // What was kept meanwhile still finds its match, which says that somebody is there.
    let pair = Signal::Item(at(10), (Some(0), Some(1)));
    assert_eq!(told(Side::Right, item(1, 6)), [pair]);
    assert_eq!(told(Side::Right, Signal::Idle), [Signal::Idle]);
    assert_eq!(told(Side::Right, Signal::Active), [Signal::Active]);
    assert_eq!(told(Side::Right, Signal::Watermark(at(20))), [Signal::Watermark(at(20))]);
    assert_eq!(told(Side::Left, Signal::Active), []);
    assert_eq!(told(Side::Left, Signal::Watermark(at(30))), []);
}

/// The other side has come to 20 while this one is idle: what was kept for it is over, and what it
/// brings from before is late.
#[test]
fn what_is_kept_for_an_idle_side_goes_if_it_is_told_to() {
    let settings = Settings::with_room(-6, 6, [0, 0], Some(OuterSide::Full));
    let (rule, losses) = rule(&settings, PairTime::Later);
    let mut machine = JoinInBand::new(rule).when_idle(WhenIdle::LetGo);
    let at = EventTime::from_micros;
    let mut told = |side, signal| feed(&mut machine, of_side(side, signal));
    let item = |n, ts| Signal::Item(at(ts), (n, 0, ts));
    assert_eq!(told(Side::Left, item(0, 10)), []);
    assert_eq!(told(Side::Right, Signal::Idle), []);
    let alone = Signal::Item(at(10), (Some(0), None));
    assert_eq!(told(Side::Left, Signal::Watermark(at(20))), [alone, Signal::Watermark(at(20))]);
    assert_eq!(told(Side::Right, item(1, 19)), []);
    assert_eq!((losses.of(Loss::Late), losses.of(Loss::Unproven)), (1, 1));
    // It is there again, and waited for.
    assert_eq!(told(Side::Left, Signal::Watermark(at(40))), []);
    assert_eq!(told(Side::Right, Signal::Watermark(at(30))), [Signal::Watermark(at(30))]);
    assert_eq!(machine.held(), 0);
}
