//! Exactly what a join leaves out of a side comes to the outlet of that side, and the readers end.

use super::by_time::{cases, collected, disorder, limits, us};
use super::interval::{Arrival, feed};
use super::model::{Event, Step, steps};
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::late::{Late, LateItem, LateItems, LateToBySide};
use rs2_core::machine::{JoinByTime, JoinMachine, Side};
use rs2_core::metrics::Loss;
use rs2_core::op::join::{
    Inner, Interval, IntervalJoin, TemporalJoin, TemporalJoinConfig, Version,
};
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use rs2_core::time::EventTime;

fn time(event: &Event) -> EventTime {
    EventTime::from_micros(event.2)
}

/// What happened before the latest on its side, less the delay.
fn too_late(steps: &[Step], of: Side, delay: i64) -> Vec<Event> {
    let mut watermark = i64::MIN;
    let mut late = Vec::new();
    for step in steps {
        if let Step::Item(side, event) = *step
            && side == of
        {
            if event.2 < watermark {
                late.push(event);
            }
            watermark = watermark.max(event.2 - delay);
        }
    }
    late
}

/// What came the second way for this reason. Reading ends while the rule is still there.
fn read<T: Clone>(items: &[LateItem<T>], why: Loss) -> Vec<(EventTime, T)> {
    let of_why = items.iter().filter(|item| item.why == why);
    of_why.map(|item| (item.time, item.item.clone())).collect()
}

/// The rule, with outlets for both sides.
fn with_outlets<M: LateToBySide>(rule: M) -> (M, LateItems<M::Left>, LateItems<M::Right>) {
    let ((left, from_left), (right, from_right)) = (Late::bounded(1_000), Late::bounded(1_000));
    (rule.late_left_to(left).late_right_to(right), from_left, from_right)
}

fn run<M: JoinMachine>(
    machine: &mut M,
    steps: &[Step],
    left: impl Fn(Event) -> M::Left,
    right: impl Fn(Event) -> M::Right,
) {
    for step in steps {
        let arrival = match *step {
            Step::Item(Side::Left, event) => Arrival::Left(left(event)),
            Step::Item(Side::Right, event) => Arrival::Right(right(event)),
            Step::End(side) => Arrival::End(side),
        };
        feed(machine, arrival);
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn an_interval_join_hands_over_what_it_leaves_out(
        steps in steps(disorder(3)),
        delays in [0_i64..20, 0_i64..20],
        reach in 0_u64..20,
        capacity in 1_usize..30,
    ) {
        let (limits, losses) = limits(Heap::bounded(capacity).seeded(7), OnFull::Reject);
        let pairs = Inner::by(|_: &Event, _: &Event| ());
        let keys = (|event: &Event| event.1, |event: &Event| event.1);
        let rule = IntervalJoin::new(limits, Interval::within(us(reach)), 100, keys, pairs);
        let [left, right] = delays.map(|delay| us(delay.unsigned_abs()));
        let machine = JoinByTime::new(rule, (left, right), (time, time));
        let (mut machine, from_left, from_right) = with_outlets(machine);
        run(&mut machine, &steps, |event| event, |event| event);

        let sides = [(Side::Left, collected(from_left)), (Side::Right, collected(from_right))];
        let mut full = 0;
        for (side, items) in &sides {
            let late = too_late(&steps, *side, delays[*side as usize]);
            let late: Vec<_> = late.into_iter().map(|event| (time(&event), event)).collect();
            prop_assert_eq!(read(items, Loss::Late), late);
            full += read(items, Loss::Full).len() as u64;
        }
        prop_assert_eq!(full, losses.of(Loss::Full));
    }

    #[test]
    fn a_temporal_join_hands_over_what_it_leaves_out(
        steps in steps(disorder(3)),
        delays in [0_i64..20, 0_i64..20],
        capacity in 1_usize..10,
        max_versions in 1_usize..4,
    ) {
        let (limits, losses) = limits(Heap::bounded(capacity).seeded(7), OnFull::Reject);
        let [left, right] = delays.map(|delay| us(delay.unsigned_abs()));
        let config = TemporalJoinConfig { max_versions, ..TemporalJoinConfig::new(left) };
        let valid = Inner::by(|_: Event, _: &usize| ());
        let rule = TemporalJoin::new(limits, &config, |event: &Event| event.1, valid);
        let from = |version: &Version<u8, usize>| version.valid_from;
        let machine = JoinByTime::new(rule, (left, right), (time, from));
        let (mut machine, from_left, from_right) = with_outlets(machine);
        let version = |event: Event| Version::new(event.1, time(&event), event.0);
        // Versions that come after all items are not asked for any more.
        let asked = steps.iter().position(|step| *step == Step::End(Side::Left));
        let steps = &steps[..=asked.expect("the items end")];
        run(&mut machine, steps, |event| event, version);
        // With its last item it is finished, whether the versions have ended or not.
        if !machine.is_finished() {
            feed(&mut machine, Arrival::End(Side::Right));
        }
        prop_assert!(machine.is_finished());

        let items = collected(from_left);
        let late = too_late(steps, Side::Left, delays[0]);
        let late: Vec<_> = late.into_iter().map(|event| (time(&event), event)).collect();
        prop_assert_eq!(read(&items, Loss::Late), late);

        let versions = from_right.collect::<Vec<_>>().now_or_never();
        let versions = versions.expect("it ends although the join is still there");
        let expected = too_late(steps, Side::Right, delays[1]);
        let expected: Vec<_> =
            expected.into_iter().map(|event| (time(&event), version(event))).collect();
        prop_assert_eq!(read(&versions, Loss::Late), expected);
        let full = read(&items, Loss::Full).len() + read(&versions, Loss::Full).len();
        prop_assert_eq!(full as u64, losses.of(Loss::Full));
        let handed = read(&items, Loss::Late).len() + read(&versions, Loss::Late).len();
        prop_assert_eq!(losses.of(Loss::Late), handed as u64);
    }
}
