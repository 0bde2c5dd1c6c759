//! What one writes without the library.
//!
//! All see the events of both sides in turn, the left one first, and forget an event once the other
//! side's latest time less `delay` has passed all its matches.

use super::{Event, REACH, weight};
use hashbrown::HashMap;
use std::collections::{BTreeMap, VecDeque};

/// The events of both sides in turn.
fn in_turn(sides: &[Vec<Event>; 2]) -> impl Iterator<Item = (usize, &Event)> {
    let [left, right] = sides;
    left.iter().zip(right).flat_map(|(left, right)| [(0, left), (1, right)])
}

fn add((count, sum): &mut (u64, u64), side: usize, event: &Event, other: &Event) {
    let weight = if side == 0 { weight(event, other) } else { weight(other, event) };
    (*count, *sum) = (*count + 1, sum.wrapping_add(weight));
}

/// A deque for each side of a key. An event out of order is moved to its place from the back; old
/// ones are forgotten when their key is used, so keys that are not used any more stay.
pub fn deques(sides: &[Vec<Event>; 2], delay: i64) -> (u64, u64) {
    let mut keys: HashMap<u64, [VecDeque<Event>; 2]> = HashMap::new();
    let (mut answer, mut latest) = ((0, 0), [i64::MIN; 2]);
    for (side, event) in in_turn(sides) {
        latest[side] = latest[side].max(event.ts);
        let both = keys.entry(event.key).or_default();
        let oldest = latest[side].saturating_sub(delay).saturating_sub(REACH);
        let others = &mut both[1 - side];
        while others.front().is_some_and(|other| other.ts < oldest) {
            others.pop_front();
        }
        let first = others.partition_point(|other| other.ts < event.ts - REACH);
        let matches = others.range(first..).take_while(|other| other.ts <= event.ts + REACH);
        matches.for_each(|other| add(&mut answer, side, event, other));
        let mine = &mut both[side];
        let at = mine.iter().rposition(|other| other.ts <= event.ts).map_or(0, |at| at + 1);
        mine.insert(at, *event);
    }
    answer
}

/// The same, and every event is forgotten when it is over, whatever its key: what the operator
/// does, with the least that it takes. An event out of order is moved to its place from the back.
pub fn exact(sides: &[Vec<Event>; 2], delay: i64) -> (u64, u64) {
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut keys: Vec<[VecDeque<Event>; 2]> = Vec::new();
    let mut order: [VecDeque<(i64, usize)>; 2] = Default::default();
    let (mut answer, mut latest) = ((0, 0), [i64::MIN; 2]);
    for (side, event) in in_turn(sides) {
        latest[side] = latest[side].max(event.ts);
        let place = *places.entry(event.key).or_insert_with(|| {
            keys.push(Default::default());
            keys.len() - 1
        });
        let near = |other: &&Event| (other.ts - event.ts).abs() <= REACH;
        let (older, newer) = keys[place][1 - side].as_slices();
        older.iter().filter(near).for_each(|other| add(&mut answer, side, event, other));
        newer.iter().filter(near).for_each(|other| add(&mut answer, side, event, other));
        let mine = &mut keys[place][side];
        let at = mine.iter().rposition(|other| other.ts <= event.ts).map_or(0, |at| at + 1);
        mine.insert(at, *event);
        let at = order[side].iter().rposition(|(ts, _)| *ts <= event.ts).map_or(0, |at| at + 1);
        order[side].insert(at, (event.ts, place));
        let oldest = latest[side].saturating_sub(delay).saturating_sub(REACH);
        while let Some((ts, place)) = order[1 - side].front().copied()
            && ts < oldest
        {
            order[1 - side].pop_front();
            keys[place][1 - side].pop_front();
        }
    }
    answer
}

/// By time, and by arrival.
type Sorted = BTreeMap<(i64, u64), Event>;

/// An ordered map for each side of a key.
pub fn ordered(sides: &[Vec<Event>; 2], delay: i64) -> (u64, u64) {
    let mut keys: HashMap<u64, [Sorted; 2]> = HashMap::new();
    let (mut answer, mut latest, mut arrival) = ((0, 0), [i64::MIN; 2], 0);
    for (side, event) in in_turn(sides) {
        latest[side] = latest[side].max(event.ts);
        arrival += 1;
        let both = keys.entry(event.key).or_default();
        let oldest = latest[side].saturating_sub(delay).saturating_sub(REACH);
        let others = &mut both[1 - side];
        while others.first_key_value().is_some_and(|((ts, _), _)| *ts < oldest) {
            others.pop_first();
        }
        let range = (event.ts - REACH, 0)..=(event.ts + REACH, u64::MAX);
        others.range(range).for_each(|(_, other)| add(&mut answer, side, event, other));
        both[side].insert((event.ts, arrival), *event);
    }
    answer
}

/// One buffer for each side, looked through for each event.
pub fn scan(sides: &[Vec<Event>; 2], delay: i64) -> (u64, u64) {
    let mut buffers: [Vec<Event>; 2] = [Vec::new(), Vec::new()];
    let (mut answer, mut latest) = ((0, 0), [i64::MIN; 2]);
    for (side, event) in in_turn(sides) {
        latest[side] = latest[side].max(event.ts);
        let oldest = latest[side].saturating_sub(delay).saturating_sub(REACH);
        let others = &mut buffers[1 - side];
        others.retain(|other| other.ts >= oldest);
        for other in others.iter() {
            if other.key == event.key && (other.ts - event.ts).abs() <= REACH {
                add(&mut answer, side, event, other);
            }
        }
        buffers[side].push(*event);
    }
    answer
}
