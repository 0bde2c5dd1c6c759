//! Random patterns of every kind, as data and as what the library takes.
#![allow(dead_code, unreachable_pub)]

use proptest::prelude::*;
use rs2_core::op::event_time::{Captured, Pattern, Skip, Steps};
use std::time::Duration;

/// An item: its place in the input, its key, its time, and what kind it is: one of four bits.
pub type Sign = (usize, u8, i64, u8);

pub const NAMES: [&str; 7] = ["n0", "n1", "n2", "n3", "n4", "n5", "n6"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    Next,
    FollowedBy,
    FollowedByAny,
}

#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    pub least: u32,
    pub most: Option<u32>,
    pub optional: bool,
    pub between: Gap,
}

#[derive(Clone, Copy, Debug)]
pub struct StepPart {
    pub name: usize,
    pub kinds: u8,
    /// It takes only what stands higher than the item taken before.
    pub rises: bool,
    /// Kinds that end the repetition.
    pub until: u8,
    pub entry: Gap,
    pub repeat: Repeat,
    pub greedy: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Part {
    Step(StepPart),
    Not { kinds: u8, once: bool },
    Group { entry: Gap, repeat: Repeat, steps: [StepPart; 2] },
}

#[derive(Clone, Debug)]
pub struct Wanted {
    pub parts: Vec<Part>,
    pub within: Option<u64>,
    pub within_each: Option<u64>,
    pub skip: Skip,
}

pub fn height(sign: &Sign) -> usize {
    sign.0 * 7 % 5
}

// What the library is asked for.

fn of_kind(kinds: u8) -> impl Fn(&Sign) -> bool {
    move |sign| sign.3 & kinds != 0
}

fn higher(rises: bool) -> impl Fn(&Sign, &Captured<'_, Sign>) -> bool {
    move |sign, before| !rises || before.last().is_none_or(|last| height(last) < height(sign))
}

macro_rules! repeated {
    ($pattern:expr, $repeat:expr) => {{
        let Repeat { least, most, optional, between } = $repeat;
        let pattern = match most {
            Some(most) => $pattern.times(least..=most),
            None => $pattern.times(least..),
        };
        let pattern = if optional { pattern.optional() } else { pattern };
        match between {
            Gap::Next => pattern.consecutive(),
            Gap::FollowedBy => pattern,
            Gap::FollowedByAny => pattern.allow_combinations(),
        }
    }};
}

macro_rules! described {
    ($pattern:expr, $step:expr) => {{
        let pattern = $pattern.named(NAMES[$step.name]).given(higher($step.rises));
        let pattern = pattern.until(of_kind($step.until));
        let pattern = if $step.greedy { pattern.greedy() } else { pattern };
        repeated!(pattern, $step.repeat)
    }};
}

fn begin(step: StepPart) -> Pattern<impl Steps<Sign>> {
    described!(Pattern::begin(of_kind(step.kinds)), step)
}

fn then<L: Steps<Sign>>(before: Pattern<L>, step: StepPart) -> Pattern<impl Steps<Sign>> {
    let accepts = of_kind(step.kinds);
    let pattern = match step.entry {
        Gap::Next => before.next(accepts),
        Gap::FollowedBy => before.followed_by(accepts),
        Gap::FollowedByAny => before.followed_by_any(accepts),
    };
    described!(pattern, step)
}

fn not<L: Steps<Sign>>(before: Pattern<L>, kinds: u8, once: bool) -> Pattern<impl Steps<Sign>> {
    let accepts = of_kind(kinds);
    if once { before.not_next(accepts) } else { before.not_followed_by(accepts) }
}

fn begin_group(repeat: Repeat, [first, second]: [StepPart; 2]) -> Pattern<impl Steps<Sign>> {
    repeated!(Pattern::begin_group(then(begin(first), second)), repeat)
}

fn then_group<L: Steps<Sign>>(
    before: Pattern<L>,
    entry: Gap,
    repeat: Repeat,
    [first, second]: [StepPart; 2],
) -> Pattern<impl Steps<Sign>> {
    let group = then(begin(first), second);
    let pattern = match entry {
        Gap::Next => before.next_group(group),
        Gap::FollowedBy => before.followed_by_group(group),
        Gap::FollowedByAny => before.followed_by_any_group(group),
    };
    repeated!(pattern, repeat)
}

/// What to do with a pattern, whatever its type.
pub trait Use {
    type Out;
    fn apply<L: Steps<Sign>>(self, pattern: Pattern<L>) -> Self::Out;
}

macro_rules! level {
    ($name:ident, $next:ident) => {
        fn $name<L: Steps<Sign>, U: Use>(before: Pattern<L>, parts: &[Part], to: U) -> U::Out {
            let Some((part, rest)) = parts.split_first() else { return to.apply(before) };
            match *part {
                Part::Step(step) => $next(then(before, step), rest, to),
                Part::Not { kinds, once } => $next(not(before, kinds, once), rest, to),
                Part::Group { entry, repeat, steps } => {
                    $next(then_group(before, entry, repeat, steps), rest, to)
                }
            }
        }
    };
}

fn done<L: Steps<Sign>, U: Use>(pattern: Pattern<L>, parts: &[Part], to: U) -> U::Out {
    assert!(parts.is_empty(), "patterns have at most three parts");
    to.apply(pattern)
}

level!(third, done);
level!(second, third);

struct Spanned<'a, U> {
    wanted: &'a Wanted,
    to: U,
}

impl<U: Use> Use for Spanned<'_, U> {
    type Out = U::Out;
    fn apply<L: Steps<Sign>>(self, mut pattern: Pattern<L>) -> U::Out {
        if let Some(span) = self.wanted.within {
            pattern = pattern.within(Duration::from_micros(span));
        }
        if let Some(span) = self.wanted.within_each {
            pattern = pattern.within_each(Duration::from_micros(span));
        }
        self.to.apply(pattern.skip(self.wanted.skip).max_runs(1_000_000))
    }
}

/// Builds the pattern, and hands it on.
pub fn with_pattern<U: Use>(wanted: &Wanted, to: U) -> U::Out {
    let to = Spanned { wanted, to };
    let (first, rest) = wanted.parts.split_first().expect("a pattern has a part");
    match *first {
        Part::Step(step) => second(begin(step), rest, to),
        Part::Group { repeat, steps, .. } => second(begin_group(repeat, steps), rest, to),
        Part::Not { .. } => unreachable!("a pattern begins with an item"),
    }
}

// Random patterns.

fn gap() -> impl Strategy<Value = Gap> {
    prop_oneof![Just(Gap::Next), Just(Gap::FollowedBy), Just(Gap::FollowedByAny)]
}

fn repeat() -> impl Strategy<Value = Repeat> {
    let counts = prop_oneof![
        4 => Just((1, Some(1))),
        1 => (1_u32..3, 0_u32..2).prop_map(|(least, more)| (least, Some(least + more))),
        1 => (1_u32..3).prop_map(|least| (least, None)),
    ];
    (counts, prop::bool::weighted(0.2), gap())
        .prop_map(|((least, most), optional, between)| Repeat { least, most, optional, between })
}

fn step() -> impl Strategy<Value = StepPart> {
    let until = prop_oneof![3 => Just(0_u8), 1 => 1_u8..16];
    let (rises, greedy) = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (1_u8..8, rises, until, gap(), repeat(), greedy).prop_map(
        |(kinds, rises, until, entry, repeat, greedy)| StepPart {
            name: 0,
            kinds,
            rises,
            until,
            entry,
            repeat,
            greedy,
        },
    )
}

fn part() -> impl Strategy<Value = Part> {
    let group = (gap(), repeat(), step(), step()).prop_map(|(entry, repeat, a, b)| Part::Group {
        entry,
        repeat,
        steps: [a, b],
    });
    prop_oneof![
        4 => step().prop_map(Part::Step),
        1 => (1_u8..8, any::<bool>()).prop_map(|(kinds, once)| Part::Not { kinds, once }),
        1 => group,
    ]
}

pub fn wanted() -> impl Strategy<Value = Wanted> {
    let skip = prop_oneof![
        2 => Just(Skip::Nothing),
        1 => Just(Skip::PastLast),
        1 => Just(Skip::ToNext),
        1 => Just(Skip::ToFirst("n1")),
        1 => Just(Skip::ToLast("n1")),
    ];
    let span = || prop::option::of(1_u64..40);
    (prop::collection::vec(part(), 1..4), span(), span(), skip).prop_map(
        |(parts, within, within_each, skip)| possible(Wanted { parts, within, within_each, skip }),
    )
}

/// Changes what no pattern can be: names are told apart, a group takes an item, a greedy step is
/// not the last, and an absence has a span.
fn possible(mut wanted: Wanted) -> Wanted {
    if matches!(wanted.parts[0], Part::Not { .. }) {
        wanted.parts.rotate_left(1);
    }
    if matches!(wanted.parts[0], Part::Not { .. }) {
        let once = Repeat { least: 1, most: Some(1), optional: false, between: Gap::Next };
        wanted.parts[0] = Part::Step(StepPart {
            name: 0,
            kinds: 3,
            rises: false,
            until: 0,
            entry: Gap::Next,
            repeat: once,
            greedy: false,
        });
    }
    let mut names = 0..;
    let mut may_be_last = true;
    for part in wanted.parts.iter_mut().rev() {
        match part {
            Part::Step(step) => {
                step.greedy &= !may_be_last;
                may_be_last &= step.repeat.optional;
            }
            Part::Not { .. } => {}
            Part::Group { repeat, steps, .. } => {
                steps[0].repeat.optional &= !steps[1].repeat.optional;
                for step in steps {
                    step.greedy &= !may_be_last;
                }
                may_be_last &= repeat.optional;
            }
        }
    }
    let mut last_name = 0;
    for part in &mut wanted.parts {
        let steps = match part {
            Part::Step(step) => std::slice::from_mut(step),
            Part::Not { .. } => &mut [],
            Part::Group { steps, .. } => steps,
        };
        for step in steps {
            last_name = names.next().expect("endless");
            step.name = last_name;
        }
    }
    if last_name == 0 && matches!(wanted.skip, Skip::ToFirst(_) | Skip::ToLast(_)) {
        wanted.skip = Skip::ToFirst("n0");
    }
    let lasts = |part: &Part| matches!(part, Part::Not { once: false, .. });
    if wanted.parts.iter().any(lasts) && wanted.within.or(wanted.within_each).is_none() {
        wanted.within = Some(20);
    }
    wanted
}
