//! A search through all ways to match a pattern, written down from the definitions.

use super::pattern_wanted::*;
use rs2_core::op::event_time::Skip;
use std::cmp::{Ordering, Reverse};

/// A place in the pattern: which part, in which round of its group, which step of the group, how
/// often taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    part: usize,
    round: u32,
    inner: usize,
    count: u32,
}

/// What can come next in a match: an item, or the end of it.
#[derive(Clone, Debug)]
struct Follower {
    slot: Option<Slot>,
    gap: Gap,
    repeats: bool,
    absent: Vec<(u8, bool)>,
}

/// A beginning of a match: places of items, each with the slot and how near it stood.
type Prefix = Vec<(usize, Slot, usize)>;

/// When something is known: before the item at a place, by a deadline, or with that item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    Before(usize, i128),
    With(usize),
}

impl Known {
    fn rank(self) -> (usize, u8, i128) {
        match self {
            Self::Before(place, deadline) => (place, 0, deadline),
            Self::With(place) => (place, 1, 0),
        }
    }
}

/// What comes of the items of one key: matched or timed out, and the items with their steps.
pub type Told = (bool, Vec<(usize, &'static str)>);

struct Naive<'a> {
    signs: &'a [Sign],
    wanted: &'a Wanted,
    matches: Vec<(Known, Prefix)>,
    timed_out: Vec<(Known, Prefix)>,
}

impl Naive<'_> {
    fn step_at(&self, slot: Slot) -> &StepPart {
        match &self.wanted.parts[slot.part] {
            Part::Step(step) => step,
            Part::Group { steps, .. } => &steps[slot.inner],
            Part::Not { .. } => unreachable!("nothing is taken there"),
        }
    }

    /// What can come after a slot, the nearest first.
    fn followers(&self, last: Option<Slot>) -> Vec<Follower> {
        let mut all = Vec::new();
        let Some(last) = last else {
            self.after_part(0, &mut all);
            return all;
        };
        let step = self.step_at(last);
        if step.repeat.most.is_none_or(|most| last.count < most) {
            let slot = Some(Slot { count: last.count + 1, ..last });
            let gap = step.repeat.between;
            all.push(Follower { slot, gap, repeats: true, absent: Vec::new() });
        }
        if last.count < step.repeat.least {
            return all;
        }
        if let Part::Group { repeat, steps, .. } = &self.wanted.parts[last.part] {
            let next = Slot { inner: last.inner + 1, count: 1, ..last };
            if last.inner == 0 {
                let gap = steps[1].entry;
                let slot = Some(next);
                all.push(Follower { slot, gap, repeats: false, absent: Vec::new() });
                if !steps[1].repeat.optional {
                    return all;
                }
            }
            if repeat.most.is_none_or(|most| last.round < most) {
                let round = last.round + 1;
                self.enter_group(last.part, round, repeat.between, &[], &mut all);
            }
            if last.round < repeat.least {
                return all;
            }
        }
        self.after_part(last.part + 1, &mut all);
        all
    }

    fn after_part(&self, from: usize, all: &mut Vec<Follower>) {
        let mut absent = Vec::new();
        for (part, what) in self.wanted.parts.iter().enumerate().skip(from) {
            let optional = match what {
                Part::Not { kinds, once } => {
                    absent.push((*kinds, *once));
                    true
                }
                Part::Step(step) => {
                    let slot = Some(Slot { part, round: 1, inner: 0, count: 1 });
                    let absent = absent.clone();
                    all.push(Follower { slot, gap: step.entry, repeats: false, absent });
                    step.repeat.optional
                }
                Part::Group { entry, repeat, .. } => {
                    self.enter_group(part, 1, *entry, &absent, all);
                    repeat.optional
                }
            };
            if !optional {
                return;
            }
        }
        all.push(Follower { slot: None, gap: Gap::FollowedByAny, repeats: false, absent });
    }

    fn enter_group(
        &self,
        part: usize,
        round: u32,
        entry: Gap,
        absent: &[(u8, bool)],
        all: &mut Vec<Follower>,
    ) {
        let Part::Group { steps, .. } = &self.wanted.parts[part] else { unreachable!() };
        let mut add = |inner, gap| {
            let slot = Some(Slot { part, round, inner, count: 1 });
            all.push(Follower { slot, gap, repeats: false, absent: absent.to_vec() });
        };
        add(0, entry);
        if steps[0].repeat.optional {
            add(1, steps[1].entry);
        }
    }

    fn takes(&self, prefix: &Prefix, slot: Slot, place: usize) -> bool {
        let (step, sign) = (self.step_at(slot), &self.signs[place]);
        let before = prefix.last().map(|(last, ..)| height(&self.signs[*last]));
        let is_high = !step.rises || before.is_none_or(|before| before < height(sign));
        sign.3 & step.kinds != 0 && sign.3 & step.until == 0 && is_high
    }

    /// From when on no item can go on: `within` after the first, or after the last.
    fn deadline(&self, prefix: &Prefix) -> Option<i128> {
        let time = |place: usize| i128::from(self.signs[place].2);
        let whole = self.wanted.within.map(|span| time(prefix[0].0) + i128::from(span));
        let last = prefix[prefix.len() - 1].0;
        let each = self.wanted.within_each.map(|span| time(last) + i128::from(span));
        whole.into_iter().chain(each).min()
    }

    /// The places at which a follower takes an item, and whether it waits still when time is up.
    /// One for the end of a match tells the item that proves all absences.
    fn fate(&self, prefix: &Prefix, followers: &[Follower], nth: usize) -> (Vec<usize>, bool) {
        let follower = &followers[nth];
        let Some((last, ..)) = prefix.last().copied() else {
            return self.fate_of_first(followers, nth);
        };
        let is_over = |place: &usize| {
            let time = i128::from(self.signs[*place].2);
            self.deadline(prefix).is_some_and(|deadline| deadline <= time)
        };
        let mut taken = Vec::new();
        for place in (last + 1..self.signs.len()).take_while(|place| !is_over(place)) {
            let forbids = |(kinds, once): &(u8, bool)| {
                self.signs[place].3 & kinds != 0 && (!once || place == last + 1)
            };
            // A greedy step that stands nearer takes the item for itself.
            let outdone = (0..nth).any(|rival| {
                let greedy = followers[rival].slot.is_some_and(|slot| self.step_at(slot).greedy);
                greedy && self.fate(prefix, followers, rival).0.contains(&place)
            });
            if outdone || follower.absent.iter().any(forbids) {
                return (taken, false);
            }
            let Some(slot) = follower.slot else {
                if follower.absent.iter().all(|(_, once)| *once) {
                    return (vec![place], false);
                }
                continue;
            };
            if follower.repeats && self.signs[place].3 & self.step_at(slot).until != 0 {
                return (taken, false);
            }
            let takes = self.takes(prefix, slot, place);
            taken.extend(takes.then_some(place));
            if follower.gap == Gap::Next || (follower.gap == Gap::FollowedBy && takes) {
                return (taken, false);
            }
        }
        (taken, true)
    }

    /// Every item may begin a match, but where a greedy step takes it as its own.
    fn fate_of_first(&self, followers: &[Follower], nth: usize) -> (Vec<usize>, bool) {
        let nobody = Vec::new();
        let takes = |nth: usize, place| {
            followers[nth].slot.is_some_and(|slot| self.takes(&nobody, slot, place))
        };
        let is_greedy =
            |nth: usize| followers[nth].slot.is_some_and(|slot| self.step_at(slot).greedy);
        let free = |place: &usize| !(0..nth).any(|rival| is_greedy(rival) && takes(rival, *place));
        let places = (0..self.signs.len()).filter(|place| takes(nth, *place));
        (places.filter(free).collect(), false)
    }

    fn explore(&mut self, prefix: &mut Prefix) {
        let followers = self.followers(prefix.last().map(|(_, slot, _)| *slot));
        let known = prefix.last().map(|_| self.time_is_up(prefix));
        let (mut told, mut waits) = (false, false);
        for nth in 0..followers.len() {
            let Follower { slot, absent, .. } = followers[nth].clone();
            let is_end = slot.is_none();
            if is_end && prefix.is_empty() {
                continue;
            }
            if is_end && absent.is_empty() {
                told = true;
                let last = prefix[prefix.len() - 1].0;
                self.matches.push((Known::With(last), prefix.clone()));
                continue;
            }
            let (places, waits_here) = self.fate(prefix, &followers, nth);
            if is_end {
                let by_item = places.first().map(|place| Known::With(*place));
                let in_time = if waits_here { known.flatten() } else { None };
                if let Some(known) = by_item.or(in_time) {
                    told = true;
                    self.matches.push((known, prefix.clone()));
                }
                continue;
            }
            waits |= waits_here;
            for place in places {
                prefix.push((place, slot.expect("it takes an item"), nth));
                self.explore(prefix);
                prefix.pop();
            }
        }
        if let Some(Some(known)) = known
            && waits
            && !told
        {
            self.timed_out.push((known, prefix.clone()));
        }
    }

    /// When the deadline of a beginning is known to have passed; never without one.
    fn time_is_up(&self, prefix: &Prefix) -> Option<Known> {
        let deadline = self.deadline(prefix)?;
        let last = prefix[prefix.len() - 1].0;
        let later = last + 1..self.signs.len();
        let place = later.clone().find(|place| i128::from(self.signs[*place].2) >= deadline);
        Some(Known::Before(place.unwrap_or(later.end), deadline))
    }

    /// Where a named step took its first or its last item.
    fn named(&self, prefix: &Prefix, name: &str, first: bool) -> Option<usize> {
        let of_step =
            |(_, slot, _): &&(usize, Slot, usize)| NAMES[self.step_at(*slot).name] == name;
        let mut places = prefix.iter().filter(of_step).map(|(place, ..)| *place);
        if first { places.next() } else { places.next_back() }
    }
}

/// The way of a beginning through the items: an earlier item goes first, then a nearer step, and
/// a beginning comes after those that go on from it.
fn compare(a: &Prefix, b: &Prefix) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| (a.0, a.2).cmp(&(b.0, b.2)));
    let first = pairs.into_iter().find(|order| order.is_ne());
    first.unwrap_or_else(|| b.len().cmp(&a.len()))
}

/// Everything that the items of one key lead to, in the order in which it is known.
pub fn naive(signs: &[Sign], wanted: &Wanted) -> Vec<Told> {
    let (matches, timed_out) = (Vec::new(), Vec::new());
    let mut naive = Naive { signs, wanted, matches, timed_out };
    naive.explore(&mut Vec::new());
    let (mut matches, mut timed_out) = (naive.matches.clone(), naive.timed_out.clone());
    let order = |a: &(Known, Prefix)| (a.0.rank(), a.1[0].0, Reverse(a.1.len()));
    matches.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| compare(&a.1, &b.1)));
    let order = |a: &(Known, Prefix)| (a.0.rank(), a.1[0].0);
    timed_out.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| compare(&a.1, &b.1)));
    let mut outcomes: Vec<(bool, (Known, Prefix))> = Vec::new();
    outcomes.extend(matches.into_iter().map(|found| (true, found)));
    outcomes.extend(timed_out.into_iter().map(|begun| (false, begun)));
    outcomes.sort_by_key(|(is_match, (known, _))| (known.rank(), !is_match));

    let (mut told, mut before, mut at) = (Vec::new(), 0, Vec::new());
    for (is_match, (_, prefix)) in outcomes {
        let (first, last) = (prefix[0].0, prefix[prefix.len() - 1].0);
        if first < before || at.contains(&first) {
            continue;
        }
        let items = prefix
            .iter()
            .map(|(place, slot, _)| (signs[*place].0, NAMES[naive.step_at(*slot).name]));
        told.push((is_match, items.collect()));
        if !is_match {
            continue;
        }
        let cut = match wanted.skip {
            Skip::Nothing => continue,
            Skip::ToNext => None,
            Skip::PastLast => Some(last + 1),
            Skip::ToFirst(name) => naive.named(&prefix, name, true),
            Skip::ToLast(name) => naive.named(&prefix, name, false),
        };
        match cut {
            Some(cut) => before = before.max(cut),
            None => at.push(first),
        }
    }
    told
}
