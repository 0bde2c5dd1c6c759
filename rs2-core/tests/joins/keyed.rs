//! The keyed join against a look at all that is kept.

use super::by_time::{cases, counts, limits};
use super::interval::drain;
use super::model::{Event, Step, steps};
use proptest::prelude::*;
use rs2_core::machine::{JoinMachine, Side};
use rs2_core::metrics::Holds;
use rs2_core::op::join::{Inner, KeyedJoin};
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use rs2_core::time::Instant;
use std::time::Duration;

type Pair = fn(&Event, &Event) -> (usize, usize);

type Keys = (fn(&Event) -> u8, fn(&Event) -> u8);

fn keys() -> Keys {
    (|event| event.1, |event| event.1)
}

fn numbers() -> Inner<Pair> {
    Inner::by(|left, right| (left.0, right.0))
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    steps(prop::collection::vec((0_u8..3, Just(0_i64)), 0..40))
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn an_item_meets_those_of_its_key_that_came_before(
        steps in any_steps(),
        max_per_key in prop_oneof![1_usize..4, Just(100)],
    ) {
        let (limits, losses) = limits(Heap::bounded(1_000).seeded(7), OnFull::Evict);
        let mut rule = KeyedJoin::new(limits, None, max_per_key, keys(), numbers());
        let (mut outs, mut expected, mut evicted) = (Vec::new(), Vec::new(), 0);
        let mut kept: [Vec<Event>; 2] = Default::default();
        let mut ended = [false; 2];
        for step in steps {
            outs.extend(drain(&mut rule, step));
            match step {
                Step::Item(side, event) => {
                    let of_key = |other: &&Event| other.1 == event.1;
                    for other in kept[side.other() as usize].iter().filter(of_key) {
                        let (left, right) = if side == Side::Left {
                            (event.0, other.0)
                        } else {
                            (other.0, event.0)
                        };
                        expected.push((left, right));
                    }
                    if ended[side.other() as usize] {
                        continue;
                    }
                    let mine = &mut kept[side as usize];
                    mine.push(event);
                    if mine.iter().filter(of_key).count() > max_per_key {
                        let first = mine.iter().position(|other| other.1 == event.1);
                        mine.remove(first.expect("there are some"));
                        evicted += 1;
                    }
                }
                Step::End(side) => {
                    ended[side as usize] = true;
                    kept[side.other() as usize].clear();
                }
            }
            prop_assert_eq!(rule.held(), kept.iter().map(Vec::len).sum::<usize>());
        }
        prop_assert_eq!(outs, expected);
        prop_assert_eq!(counts(&losses), [0, 0, 0, 0, evicted]);
        prop_assert_eq!(rule.held(), 0);
    }

    #[test]
    fn an_item_is_kept_for_as_long_as_it_lives(
        items in prop::collection::vec((any::<bool>(), 0_u8..3, 0_u64..15), 0..40),
        ttl in 1_u64..30,
    ) {
        let memory = Heap::bounded(1_000).seeded(7);
        let ttl_nanos = Duration::from_nanos(ttl);
        let mut rule = KeyedJoin::new(memory.into(), Some(ttl_nanos), 1_000, keys(), numbers());
        let (mut now, mut outs, mut expected) = (0, Vec::new(), Vec::new());
        let mut came: Vec<(bool, u8, u64)> = Vec::new();
        for (n, &(right, key, later)) in items.iter().enumerate() {
            now += later;
            let at = Instant::from_nanos(now);
            while rule.deadline().is_some_and(|due| due < at) {
                prop_assert_eq!(rule.on_deadline(at), None);
            }
            let event = (n, key, 0);
            let mut next = if right { rule.on_right(at, event) } else { rule.on_left(at, event) };
            while let Some(out) = next {
                outs.push(out);
                next = rule.more();
            }
            for (m, &(other, its_key, then)) in came.iter().enumerate() {
                if other != right && its_key == key && then + ttl > now {
                    expected.push(if right { (m, n) } else { (n, m) });
                }
            }
            came.push((right, key, now));
            let alive = came.iter().filter(|item| item.2 + ttl > now).count();
            let just_dying = came.iter().filter(|item| item.2 + ttl == now).count();
            prop_assert!((alive..=alive + just_dying).contains(&rule.held()));
        }
        prop_assert_eq!(outs, expected);
        while let Some(due) = rule.deadline() {
            prop_assert_eq!(rule.on_deadline(due), None);
        }
        prop_assert_eq!(rule.held(), 0);
    }
}
