//! Timers on a wheel, against a list of deadlines.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use rs2_core::store::Wheel;
use rs2_core::time::Instant;
use std::cell::RefCell;

fn at(nanos: u64) -> Instant {
    Instant::from_nanos(nanos)
}

#[derive(Clone, Debug)]
enum Act {
    /// A new timer, so long from now.
    Set(u64),
    /// Puts a timer off, without telling the wheel.
    PutOff(usize, u64),
    /// Time goes on, and what is due rings.
    Wait(u64),
    /// The next one rings before its time.
    Hurry,
}

fn span() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0_u64..4,
        3 => 0_u64..200,
        2 => any::<u16>().prop_map(u64::from),
        1 => any::<u32>().prop_map(u64::from),
        1 => any::<u64>(),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => span().prop_map(Act::Set),
        3 => (0_usize..64, span()).prop_map(|(n, by)| Act::PutOff(n, by)),
        4 => span().prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..60)
}

/// Its number, and when it is due.
type Timer = (u64, u64);

struct Model {
    wheel: Wheel<u64>,
    timers: RefCell<Vec<Timer>>,
    now: u64,
    count: u64,
}

impl Model {
    fn due_of(&self, number: u64) -> (Instant, u64) {
        let timers = self.timers.borrow();
        let due = timers.iter().find(|timer| timer.0 == number).expect("it is set").1;
        (at(due), number)
    }

    /// The one that rings next, by definition.
    fn next(&self) -> Option<Timer> {
        self.timers.borrow().iter().copied().min_by_key(|timer| (timer.1, timer.0))
    }

    fn pop(&mut self, now: u64) -> Option<u64> {
        let mut wheel = std::mem::take(&mut self.wheel);
        let popped = wheel.pop(at(now), |number| self.due_of(*number));
        self.wheel = wheel;
        popped
    }

    fn ring(&mut self) {
        while let Some(expected) = self.next().filter(|timer| timer.1 <= self.now) {
            assert_eq!(self.pop(self.now), Some(expected.0));
            self.timers.borrow_mut().retain(|timer| timer.0 != expected.0);
        }
        assert_eq!(self.pop(self.now), None);
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Set(after) => {
                self.count += 1;
                let due = self.now.saturating_add(after);
                self.wheel.set(at(due), self.count);
                self.timers.borrow_mut().push((self.count, due));
            }
            Act::PutOff(n, by) => {
                if let Some(timer) = self.timers.borrow_mut().get_mut(n) {
                    timer.1 = timer.1.saturating_add(by);
                }
            }
            Act::Wait(span) => {
                self.now = self.now.saturating_add(span);
                self.ring();
            }
            Act::Hurry => {
                let expected = self.next();
                assert_eq!(self.pop(u64::MAX), expected.map(|timer| timer.0));
                let expected = expected.map(|timer| timer.0);
                self.timers.borrow_mut().retain(|timer| Some(timer.0) != expected);
            }
        }
        let next = self.next().map(|timer| at(timer.1));
        assert!(self.wheel.next().is_some() == next.is_some() && self.wheel.next() <= next);
        assert_eq!(self.wheel.len(), self.timers.borrow().len());
        assert_eq!(self.wheel.iter().count(), self.wheel.len());
    }
}

fn model() -> Model {
    Model { wheel: Wheel::new(), timers: RefCell::default(), now: 0, count: 0 }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn timers_ring_in_their_order_and_at_their_time(acts in acts()) {
        let mut model = model();
        acts.iter().for_each(|act| model.act(act));
        model.now = u64::MAX;
        model.ring();
        prop_assert!(model.wheel.is_empty() && model.wheel.next().is_none());
    }

    /// With one length of time for all, as sessions have, the next can be taken at any time.
    #[test]
    fn the_next_can_ring_before_its_time(
        acts in prop::collection::vec((0_u8..4, any::<prop::sample::Index>(), 0_u64..40), 0..80),
        length in 1_u64..200,
    ) {
        let mut model = model();
        for (kind, which, span) in acts {
            match kind {
                0 => model.act(&Act::Set(length)),
                1 => model.act(&Act::Wait(span)),
                2 => model.act(&Act::Hurry),
                _ => {
                    let now = model.now;
                    let mut timers = model.timers.borrow_mut();
                    if !timers.is_empty() {
                        let n = which.index(timers.len());
                        timers[n].1 = now + length;
                    }
                }
            }
        }
        model.now = u64::MAX;
        model.ring();
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// More than are put in order at once, many of them in one slot or at one instant.
    #[test]
    fn many_timers_ring_in_their_order(
        spans in prop::collection::vec((0_u64..4, 0_u64..3, 0_u64..100), 0..4_000),
        base in any::<u32>(),
        steps in prop::collection::vec(0_u64..5_000, 0..20),
    ) {
        let mut wheel = Wheel::new();
        let mut dues = Vec::new();
        for (number, (coarse, fine, later)) in spans.into_iter().enumerate() {
            let set = u64::from(base) + coarse * 4_096 + fine;
            wheel.set(at(set), number);
            // Some are put off after that.
            dues.push(if later < 30 { set + later * 500 } else { set });
        }
        let mut expected: Vec<(u64, usize)> = dues.iter().copied().zip(0..).collect();
        expected.sort_unstable();
        let mut expected = expected.into_iter().peekable();
        let ends = steps.into_iter().scan(u64::from(base), |now, step| {
            *now += step;
            Some(*now)
        });
        for now in ends.chain([u64::MAX]) {
            while let Some((_, number)) = expected.next_if(|(due, _)| *due <= now) {
                prop_assert!(wheel.next().is_some_and(|next| next <= at(dues[number])));
                let popped = wheel.pop(at(now), |number| (at(dues[*number]), *number as u64));
                prop_assert_eq!(popped, Some(number));
            }
            let more = wheel.pop(at(now), |number| (at(dues[*number]), *number as u64));
            prop_assert_eq!(more, None);
        }
        prop_assert!(wheel.is_empty() && wheel.next().is_none());
    }
}

#[test]
fn a_wheel_that_was_cleared_is_empty() {
    let mut wheel = Wheel::new();
    wheel.set(at(5), "tea");
    wheel.clear();
    assert_eq!((wheel.len(), wheel.next(), wheel.iter().next()), (0, None, None));
    wheel.set(at(3), "eggs");
    assert_eq!(wheel.pop(at(3), |_| (at(3), 0)), Some("eggs"));
}
