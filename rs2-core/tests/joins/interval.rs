//! The interval join against its model: each output in its order, each loss, and what is kept.

use super::by_time::{cases, counts, disorder, extremes, limits, us};
use super::model::{Event, Model, Out, Settings, Step, steps};
use proptest::prelude::*;
use rs2_core::machine::{JoinByTime, JoinMachine, Side};
use rs2_core::metrics::{Holds, Losses};
use rs2_core::op::join::{Given, Inner, Interval, IntervalJoin, JoinKeys, Outer, OuterSide, Pairs};
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use rs2_core::time::{EventTime, Instant};

pub fn time(event: &Event) -> EventTime {
    EventTime::from_micros(event.2)
}

pub type Keys = (fn(&Event) -> u8, fn(&Event) -> u8);

pub fn keys() -> Keys {
    (|event| event.1, |event| event.1)
}

/// What comes of the items in these tests: their numbers.
pub struct Numbers(pub Option<OuterSide>);

impl Pairs<Event, Event> for Numbers {
    type Out = Out;
    fn both(&mut self, left: &Event, right: &Event) -> Out {
        (Some(left.0), Some(right.0))
    }
    fn left_alone(&mut self, left: &Event) -> Option<Out> {
        matches!(self.0, Some(OuterSide::Left | OuterSide::Full)).then_some((Some(left.0), None))
    }
    fn right_alone(&mut self, right: &Event) -> Option<Out> {
        matches!(self.0, Some(OuterSide::Right | OuterSide::Full)).then_some((None, Some(right.0)))
    }
    fn any_alone(&self) -> bool {
        self.0.is_some()
    }
}

fn rule(
    settings: &Settings,
) -> (
    impl JoinMachine<Left = Event, Right = Event, Out = Out> + Holds + std::fmt::Debug + use<>,
    Losses,
) {
    let (limits, losses) = limits(Heap::bounded(settings.capacity).seeded(7), settings.on_full);
    let interval = Interval::from_micros(settings.lo..=settings.hi).expect("not empty");
    let pairs = Numbers(settings.outer);
    let rule = IntervalJoin::new(limits, interval, settings.max_per_key, keys(), pairs);
    let [left, right] = settings.delays.map(|delay| us(delay.unsigned_abs()));
    (JoinByTime::new(rule, (left, right), (time, time)), losses)
}

/// An item of a side, or its end.
pub enum Arrival<L, R> {
    Left(L),
    Right(R),
    End(Side),
}

/// All that one arrival brings out.
pub fn feed<M: JoinMachine>(machine: &mut M, arrival: Arrival<M::Left, M::Right>) -> Vec<M::Out> {
    let now = Instant::ORIGIN;
    let mut next = match arrival {
        Arrival::Left(item) => machine.on_left(now, item),
        Arrival::Right(item) => machine.on_right(now, item),
        Arrival::End(side) => machine.on_end(now, side),
    };
    let mut outs = Vec::new();
    while next.is_some() || machine.is_behind() {
        outs.extend(next);
        assert!(outs.len() < 100_000, "it goes on without end");
        next = machine.more();
    }
    outs
}

/// All that one step brings out.
pub fn drain<M: JoinMachine<Left = Event, Right = Event>>(
    machine: &mut M,
    step: Step,
) -> Vec<M::Out> {
    feed(
        machine,
        match step {
            Step::Item(Side::Left, event) => Arrival::Left(event),
            Step::Item(Side::Right, event) => Arrival::Right(event),
            Step::End(side) => Arrival::End(side),
        },
    )
}

/// Takes both through all steps and compares them after each.
fn compare(settings: &Settings, steps: &[Step]) {
    let (mut rule, losses) = rule(settings);
    let mut model = Model::default();
    for &step in steps {
        if rule.is_finished() {
            break;
        }
        let before = model.outs.len();
        model.step(settings, step);
        assert_eq!(drain(&mut rule, step), model.outs[before..], "{step:?}");
        assert_eq!(rule.held(), model.held(), "{step:?}: {rule:?}");
        let counted = [model.late, 0, 0, model.full, model.evicted];
        assert_eq!(counts(&losses), counted, "{step:?}");
    }
    assert_eq!((rule.held(), losses.is_stopped()), (0, model.stopped));
}

pub fn outers() -> impl Strategy<Value = Option<OuterSide>> {
    let outers = [OuterSide::Left, OuterSide::Right, OuterSide::Full].map(Some);
    prop::sample::select([&[None], &outers[..]].concat())
}

pub fn bounds() -> impl Strategy<Value = (i64, i64)> {
    (-25_i64..25, -25_i64..25).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

fn extreme_bounds() -> impl Strategy<Value = (i64, i64)> {
    let end = || {
        prop_oneof![
            (1_i64..20).prop_map(|n| i64::MIN + n),
            (0_i64..20).prop_map(|n| i64::MAX - n),
            -20_i64..20,
            any::<i64>().prop_map(|end| end.max(-i64::MAX)),
        ]
    };
    (end(), end()).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

pub fn answers() -> impl Strategy<Value = OnFull> {
    prop::sample::select(vec![OnFull::Evict, OnFull::Reject, OnFull::Stop])
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn pairs_are_all_that_the_definition_says(
        steps in steps(disorder(3)),
        (lo, hi) in bounds(),
        delays in [0_i64..40, 0_i64..40],
        outer in outers(),
    ) {
        compare(&Settings::with_room(lo, hi, delays, outer), &steps);
    }

    #[test]
    fn no_time_and_no_bound_overflows(
        steps in steps(extremes(2)),
        (lo, hi) in extreme_bounds(),
        delays in [0_i64..i64::MAX, 0_i64..40],
        outer in outers(),
    ) {
        compare(&Settings::with_room(lo, hi, delays, outer), &steps);
    }

    #[test]
    fn without_room_the_limits_say_what_goes(
        steps in steps(disorder(3)),
        (lo, hi) in bounds(),
        delays in [0_i64..40, 0_i64..40],
        outer in outers(),
        (capacity, max_per_key) in (1_usize..8, 1_usize..5),
        on_full in answers(),
    ) {
        let room = Settings::with_room(lo, hi, delays, outer);
        compare(&Settings { capacity, max_per_key, on_full, ..room }, &steps);
    }
}

/// The definition once more, without any state: all pairs of what is not late.
#[test]
fn each_pair_comes_once_however_the_sides_interleave() {
    let times = [(0, 5_i64), (0, 5), (1, 5), (0, 9), (0, 12), (0, 30), (0, 31)];
    let event = |n: usize| (n, times[n].0, times[n].1);
    for mask in 0..1_u32 << times.len() {
        let side = |n: usize| if mask >> n & 1 == 1 { Side::Right } else { Side::Left };
        let mut steps: Vec<Step> =
            (0..times.len()).map(|n| Step::Item(side(n), event(n))).collect();
        steps.extend([Step::End(Side::Left), Step::End(Side::Right)]);
        let (mut rule, _) = rule(&Settings::with_room(-7, 4, [0, 0], None));
        let mut outs: Vec<Out> =
            steps.into_iter().flat_map(|step| drain(&mut rule, step)).collect();
        let all = (0..times.len()).flat_map(|a| (0..times.len()).map(move |b| (a, b)));
        let mut pairs: Vec<Out> = all
            .filter(|&(a, b)| side(a) == Side::Left && side(b) == Side::Right)
            .filter(|&(a, b)| times[a].0 == times[b].0)
            .filter(|&(a, b)| (-7..=4).contains(&(times[b].1 - times[a].1)))
            .map(|(a, b)| (Some(a), Some(b)))
            .collect();
        outs.sort();
        pairs.sort();
        assert_eq!(outs, pairs, "{mask:b}");
    }
}

#[test]
fn exclusive_ends_are_one_microsecond_further_in() {
    assert_eq!(Interval::from_micros(-5..5), Interval::from_micros(-5..=4));
    let open = (std::ops::Bound::Excluded(-5), std::ops::Bound::Unbounded);
    assert_eq!(Interval::from_micros(open), Interval::from_micros(-4..=i64::MAX));
    assert_eq!(Interval::from_micros(..), Ok(Interval::ANY));
    let nothing = (std::ops::Bound::Excluded(i64::MAX), std::ops::Bound::Unbounded);
    assert!(Interval::from_micros(nothing).is_err());
    assert!(Interval::from_micros(i64::MIN..i64::MIN).is_err());
}

/// The function that takes items by value gets clones, and the same pairs.
#[test]
fn given_items_are_those_that_are_lent() {
    let event = (1, 0, 5);
    let mut given = Given::by(|a: Event, b: Event| (a, b));
    let mut lent = Inner::by(|a: &Event, b: &Event| (*a, *b));
    assert_eq!(given.both(&event, &event), lent.both(&event, &event));
    let mut outer = Outer::by(OuterSide::Left, |a: Option<&Event>, b: Option<&Event>| {
        (a.is_some(), b.is_some())
    });
    assert_eq!(outer.left_alone(&event), Some((true, false)));
    assert_eq!(Pairs::<Event, Event>::right_alone(&mut outer, &event), None);
    assert_eq!(keys().of_left(&event), keys().of_right(&event));
}
