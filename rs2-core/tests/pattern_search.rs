//! Patterns of every kind, against a search through all ways to match them.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/pattern_naive.rs"]
mod pattern_naive;
#[path = "common/pattern_wanted.rs"]
mod pattern_wanted;

use by_time::*;
use pattern_naive::*;
use pattern_wanted::*;
use proptest::prelude::*;
use rs2_core::machine::ByTime;
use rs2_core::metrics::Holds;
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::cell::Cell;
use std::fmt::Debug;

fn time(sign: &Sign) -> EventTime {
    EventTime::from_micros(sign.2)
}

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

/// A random input of few signs; kind 8 meets no condition of a step.
fn signs() -> impl Strategy<Value = Vec<Sign>> {
    let kind = prop_oneof![Just(1_u8), Just(2), Just(4), Just(8), Just(3)];
    (disorder(2), prop::collection::vec(kind, 22)).prop_map(|(times, kinds)| {
        let numbered = times.into_iter().zip(kinds).enumerate();
        numbered.map(|(n, ((key, ts), kind))| (n, key, ts, kind)).collect()
    })
}

fn not_late(signs: &[Sign], delay: i64) -> Vec<Sign> {
    let events: Vec<Event> = signs.iter().map(|sign| (sign.0, sign.1, sign.2)).collect();
    without_late(&events, delay).0.iter().map(|event| signs[event.0]).collect()
}

fn plain(outcome: PatternOutput<u8, Sign>) -> (u8, Told) {
    let (is_match, found) = match outcome {
        PatternOutput::Match(found) => (true, found),
        PatternOutput::TimedOut(begun) => (false, begun),
    };
    let named: Vec<_> = found.named().map(|(name, sign)| (sign.0, name)).collect();
    assert_eq!(named.len(), found.events.len());
    for (sign, name) in named.iter().zip(&found.events).map(|((_, name), sign)| (sign, name)) {
        assert!(found.of(name).any(|its| its == sign), "{name} took it");
    }
    let (first, last) = (found.events[0], found.events[found.events.len() - 1]);
    assert_eq!((found.start_time, found.end_time), (time(&first), time(&last)));
    (found.key, (is_match, named))
}

/// Finds a pattern in signs, and looks at the machine after each.
struct Find<'a, F> {
    signs: &'a [Sign],
    limits: Limits<SeededHeap>,
    delay: u64,
    look: F,
}

impl<F: Fn(&dyn Debug, usize)> Use for Find<'_, F> {
    type Out = Vec<(u8, Told)>;

    fn apply<L: Steps<Sign>>(self, pattern: Pattern<L>) -> Self::Out {
        let rule = PatternByTime::with_timeouts(self.limits, pattern, |sign: &Sign| sign.1);
        let mut machine = ByTime::new(rule, us(self.delay), time);
        let outcomes = run(&mut machine, self.signs.to_vec(), |machine| {
            (self.look)(machine, machine.held());
        });
        assert_eq!(machine.held(), 0, "nothing is held once it has ended");
        outcomes.into_iter().map(plain).collect()
    }
}

/// Does the same to a pattern that looks at items of one time in the order of their kinds.
struct ByKind<U>(U);

impl<U: Use> Use for ByKind<U> {
    type Out = U::Out;

    fn apply<L: Steps<Sign>>(self, pattern: Pattern<L>) -> U::Out {
        self.0.apply(pattern.ties_by(|one: &Sign, other: &Sign| one.3.cmp(&other.3)))
    }
}

fn of_key(outcomes: &[(u8, Told)], key: u8) -> Vec<Told> {
    let its = outcomes.iter().filter(|(its, _)| *its == key);
    its.map(|(_, told)| told.clone()).collect()
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn what_is_found_is_what_the_definitions_say(
        signs in signs(), wanted in wanted(), delay in 0_u64..20,
    ) {
        let (limits, losses) = limits(heap(1_000_000), OnFull::Stop);
        let find = Find { signs: &signs, limits, delay, look: |_: &dyn Debug, _| () };
        let outcomes = with_pattern(&wanted, find);
        prop_assert!(!losses.is_stopped());
        let mut kept = not_late(&signs, delay as i64);
        kept.sort_by_key(|sign| (sign.2, sign.0));
        for key in 0..2 {
            let its: Vec<Sign> = kept.iter().filter(|sign| sign.1 == key).copied().collect();
            prop_assert_eq!(of_key(&outcomes, key), naive(&its, &wanted), "key {}", key);
        }
    }

    /// As if they had come in that order.
    #[test]
    fn items_of_one_time_are_looked_at_in_the_order_that_is_asked_for(
        signs in signs(), wanted in wanted(), delay in 0_u64..20,
    ) {
        let (limits, _) = limits(heap(1_000_000), OnFull::Stop);
        let find = Find { signs: &signs, limits, delay, look: |_: &dyn Debug, _| () };
        let outcomes = with_pattern(&wanted, ByKind(find));
        let mut kept = not_late(&signs, delay as i64);
        kept.sort_by_key(|sign| (sign.2, sign.3, sign.0));
        for key in 0..2 {
            let its: Vec<Sign> = kept.iter().filter(|sign| sign.1 == key).copied().collect();
            prop_assert_eq!(of_key(&outcomes, key), naive(&its, &wanted), "key {}", key);
        }
    }

    #[test]
    fn a_full_memory_keeps_its_bounds_and_lets_go_of_all(
        signs in signs(), wanted in wanted(), delay in 0_u64..20, capacity in 1_usize..9,
        evict in any::<bool>(),
    ) {
        let on_full = if evict { OnFull::Evict } else { OnFull::Reject };
        let (limits, losses) = limits(heap(capacity), on_full);
        let look = |machine: &dyn Debug, _| {
            for table in ["held", "keys", "events", "links"] {
                assert!(size_of(&machine, table) <= capacity, "{table} of {machine:?}");
            }
        };
        let outcomes = with_pattern(&wanted, Find { signs: &signs, limits, delay, look });
        let [_, _, _, full, evicted] = counts(&losses);
        if full + evicted > 0 {
            return Ok(());
        }
        let mut kept = not_late(&signs, delay as i64);
        kept.sort_by_key(|sign| (sign.2, sign.0));
        for key in 0..2 {
            let its: Vec<Sign> = kept.iter().filter(|sign| sign.1 == key).copied().collect();
            prop_assert_eq!(of_key(&outcomes, key), naive(&its, &wanted));
        }
    }

    #[test]
    fn past_its_span_a_key_keeps_nothing(
        signs in signs(), wanted in wanted(), span in 1_u64..40,
    ) {
        let wanted = Wanted { within: Some(span), ..wanted };
        let late = signs.iter().map(|sign| sign.2).max().unwrap_or(0) + 2_000_000;
        // A sign of no kind takes no part, and brings the watermark past all spans.
        let mut signs = signs;
        signs.push((signs.len(), 0, late, 0));
        let seen = Cell::new(0);
        let look = |machine: &dyn Debug, held: usize| {
            seen.set(seen.get() + 1);
            if seen.get() == signs.len() {
                assert_eq!(held, 1, "only the last sign waits: {machine:?}");
            }
        };
        let limits = Limits::of(heap(1_000_000));
        with_pattern(&wanted, Find { signs: &signs, limits, delay: 10, look });
        prop_assert_eq!(seen.get(), signs.len() + 1);
    }
}
