//! Timers for many things at once, on the heap.

use super::{Full, Timers};
use crate::time::Instant;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Bits of an instant that choose a slot: 64 slots on each level.
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
/// As many as an instant has bits for.
const LEVELS: usize = u64::BITS.div_ceil(BITS) as usize;
const NONE: u32 = u32::MAX;

/// Things, each with an instant at which its timer rings; those that ring at the same instant do so
/// in the order of a number that each has.
///
/// A hierarchical timing wheel. A timer stands on the level of the highest digit in which its
/// instant differs from the wheel's own time, in the slot of that digit; when the time comes to a
/// slot, its timers move to lower levels. So setting a timer and removing it are O(1), and ringing
/// moves it a constant number of times, whatever their number.
///
/// A timer that is put off with each event need not be touched for that: it is asked when it comes
/// up, and moves on if the thing is not due yet. The wheel is as exact as the instants are.
///
/// ```
/// use rs2_core::{store::Wheel, time::Instant};
/// let at = Instant::from_nanos;
/// let mut wheel = Wheel::new();
/// wheel.set(at(10), "tea");
/// let eggs = wheel.set(at(7), "eggs");
/// wheel.remove(eggs);
/// assert_eq!(wheel.pop(at(9), |_| (at(10), 0)), None);
/// assert_eq!(wheel.pop(at(10), |_| (at(10), 0)), Some("tea"));
/// ```
#[derive(Clone, Debug)]
pub struct Wheel<T> {
    nodes: Vec<Node<T>>,
    /// The first of the free nodes, which are linked by `next`.
    free: u32,
    len: usize,
    /// The wheel's own time: no timer rings before it.
    now: u64,
    levels: Box<[Level; LEVELS]>,
    /// What rings next, all at the wheel's own time, each with its number when it was last asked:
    /// the smallest first. The numbers may have grown since.
    ringing: VecDeque<(u64, u32)>,
}

#[derive(Clone, Debug)]
struct Node<T> {
    /// Nothing in a free node.
    thing: Option<T>,
    at: u64,
    before: u32,
    next: u32,
}

#[derive(Clone, Debug)]
struct Level {
    /// A bit for each slot that has timers.
    filled: u64,
    /// The first and the last of the timers in each slot.
    first: [u32; SLOTS],
    /// Not later than any timer in the slot.
    soonest: [u64; SLOTS],
}

const EMPTY: Level = Level { filled: 0, first: [NONE; SLOTS], soonest: [u64::MAX; SLOTS] };

impl<T> Wheel<T> {
    /// No timers.
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            free: NONE,
            len: 0,
            now: 0,
            levels: Box::new([EMPTY; LEVELS]),
            ringing: VecDeque::new(),
        }
    }

    /// How many timers are set.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sets a timer, and returns the number to [remove](Self::remove) it by. One in the wheel's
    /// past rings next.
    ///
    /// # Panics
    /// With more than four billion timers.
    pub fn set(&mut self, at: Instant, thing: T) -> u32 {
        let node = Node { thing: Some(thing), at: 0, before: NONE, next: NONE };
        let number = self.free;
        let number = match self.nodes.get_mut(number as usize) {
            Some(place) => {
                self.free = place.next;
                *place = node;
                number
            }
            None => {
                assert!(
                    self.nodes.len() < NONE as usize,
                    "as many timers as a link can tell apart"
                );
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        self.len += 1;
        self.link(number, nanos(at));
        number
    }

    /// Removes a timer that has not rung, and returns its thing.
    pub fn remove(&mut self, number: u32) -> Option<T> {
        self.nodes.get(number as usize)?.thing.as_ref()?;
        match self.ringing.iter().position(|ringing| ringing.1 == number) {
            Some(place) => {
                self.ringing.remove(place);
            }
            None => self.unlink(number),
        }
        self.take(number)
    }

    /// When the next timer rings; or, after one was removed or put off, some instant before that.
    pub fn next(&self) -> Option<Instant> {
        if !self.ringing.is_empty() {
            return Some(Instant::from_nanos(self.now));
        }
        let (level, slot) = self.first_slot()?;
        Some(Instant::from_nanos(self.levels[level].soonest[slot]))
    }

    /// Takes the thing whose timer rings next, if it rings at `now` or before.
    ///
    /// `due` tells when a thing is due, and its number among those due at the same instant. It is
    /// never due earlier than its timer was set for; when it is later, the timer is put off until
    /// then. A thing's number does not become smaller.
    pub fn pop(&mut self, now: Instant, due: impl Fn(&T) -> (Instant, u64)) -> Option<T> {
        let now = nanos(now);
        loop {
            if self.next().is_none_or(|next| nanos(next) > now) {
                return None;
            }
            match self.first_slot() {
                Some((level, slot)) if self.is_next(level, slot) => self.open(level, slot, &due),
                _ => {
                    let (order, number) = self.ringing.pop_front()?;
                    let thing =
                        self.nodes.get(number as usize).and_then(|node| node.thing.as_ref());
                    match thing.map(&due) {
                        Some((at, _)) if nanos(at) > self.now => self.link(number, nanos(at)),
                        Some((_, later)) if later > order => self.ring(later, number),
                        _ => return self.take(number),
                    }
                }
            }
        }
    }

    /// The things, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.nodes.iter().filter_map(|node| node.thing.as_ref())
    }

    /// Removes all timers.
    pub fn clear(&mut self) {
        *self = Self { now: self.now, ..Self::new() };
    }

    /// The slot whose timers ring before all others. On a level all slots before the wheel's own
    /// time are empty, and a lower level comes before a higher one.
    #[inline]
    fn first_slot(&self) -> Option<(usize, usize)> {
        let level = self.levels.iter().position(|level| level.filled != 0)?;
        Some((level, self.levels[level].filled.trailing_zeros() as usize))
    }

    /// The wheel's time has come to a slot: those due in it ring or move on.
    fn open(&mut self, level: usize, slot: usize, due: &impl Fn(&T) -> (Instant, u64)) {
        let mut next = self.levels[level].first[slot];
        self.levels[level].first[slot] = NONE;
        self.levels[level].soonest[slot] = u64::MAX;
        self.levels[level].filled &= !(1 << slot);
        self.now = start_of(self.now, level, slot);
        let were_none = self.ringing.is_empty();
        while let Some(node) = self.nodes.get(next as usize) {
            let number = next;
            next = node.next;
            let asked = node.thing.as_ref().map(due);
            let at = asked.map_or(node.at, |(at, _)| nanos(at)).max(node.at);
            match asked {
                Some((_, order)) if at == self.now && level == 0 => {
                    if were_none {
                        self.ringing.push_back((order, number));
                    } else {
                        self.ring(order, number);
                    }
                }
                _ => self.link(number, at),
            }
        }
        if were_none {
            self.ringing.make_contiguous().sort_unstable();
        }
    }

    /// Whether the timers of the first slot ring next: those that ring already come before them,
    /// but for others at the same instant.
    fn is_next(&self, level: usize, slot: usize) -> bool {
        self.ringing.is_empty() || self.levels[level].soonest[slot] == self.now
    }

    /// Adds a timer to those that ring, in its order: mostly at the end.
    fn ring(&mut self, order: u64, number: u32) {
        let place = self.ringing.partition_point(|other| other.0 < order);
        self.ringing.insert(place, (order, number));
    }

    fn place_of(&self, at: u64) -> (usize, usize) {
        let level = (at ^ self.now).checked_ilog2().unwrap_or(0) / BITS;
        let slot = (at >> (level * BITS)) as usize % SLOTS;
        (level as usize, slot)
    }

    #[inline]
    fn link(&mut self, number: u32, at: u64) {
        let at = at.max(self.now);
        let (level, slot) = self.place_of(at);
        let level = &mut self.levels[level];
        level.filled |= 1 << slot;
        level.soonest[slot] = level.soonest[slot].min(at);
        let next = core::mem::replace(&mut level.first[slot], number);
        if let Some(node) = self.nodes.get_mut(next as usize) {
            node.before = number;
        }
        if let Some(node) = self.nodes.get_mut(number as usize) {
            (node.at, node.before, node.next) = (at, NONE, next);
        }
    }

    fn unlink(&mut self, number: u32) {
        let Some(&Node { at, before, next, .. }) = self.nodes.get(number as usize) else { return };
        if let Some(node) = self.nodes.get_mut(next as usize) {
            node.before = before;
        }
        if let Some(node) = self.nodes.get_mut(before as usize) {
            node.next = next;
            return;
        }
        let (level, slot) = self.place_of(at);
        let level = &mut self.levels[level];
        level.first[slot] = next;
        if next == NONE {
            level.filled &= !(1 << slot);
            level.soonest[slot] = u64::MAX;
        }
    }

    /// Frees a node that stands in no slot.
    fn take(&mut self, number: u32) -> Option<T> {
        let node = self.nodes.get_mut(number as usize)?;
        node.next = core::mem::replace(&mut self.free, number);
        self.len -= 1;
        let thing = node.thing.take();
        if self.len == 0 {
            self.nodes = Vec::new();
            self.free = NONE;
        }
        thing
    }
}

impl<T> Default for Wheel<T> {
    fn default() -> Self {
        Self::new()
    }
}

fn nanos(at: Instant) -> u64 {
    u64::try_from(at.since_origin().as_nanos()).unwrap_or(u64::MAX)
}

/// The first instant of a slot, on the way that the wheel is on.
fn start_of(now: u64, level: usize, slot: usize) -> u64 {
    let shift = level as u32 * BITS;
    let above = shift + BITS;
    let higher = if above >= u64::BITS { 0 } else { now >> above << above };
    higher | (slot as u64) << shift
}

impl<T> Timers<T> for Wheel<T> {
    fn set(&mut self, at: Instant, thing: T) -> Result<(), Full<T>> {
        Self::set(self, at, thing);
        Ok(())
    }
    #[inline]
    fn next(&self) -> Option<Instant> {
        Self::next(self)
    }
    #[inline]
    fn pop(&mut self, now: Instant, due: impl Fn(&T) -> (Instant, u64)) -> Option<T> {
        Self::pop(self, now, due)
    }
    fn len(&self) -> usize {
        Self::len(self)
    }
}
