//! Timers for many things at once, on the heap.

use super::{Full, Timers};
use crate::time::Instant;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem;

/// Bits of an instant that choose a slot: 64 slots on each level.
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
/// As many timers are put in order at once when the time comes to their slot.
const FEW: usize = 1_024;

/// Things, each with an instant at which its timer rings; those that ring at the same instant do so
/// in the order of a number that each has.
///
/// A hierarchical timing wheel. A timer stands on the level of the highest digit in which its
/// instant differs from the wheel's own time, in the slot of that digit. When the time comes to a
/// slot, its timers move to lower levels; few are put in order at once. So setting a timer is O(1),
/// and ringing moves it a constant number of times, whatever their number.
///
/// A timer that is put off with each event need not be touched for that, nor one that is not
/// needed any more: it is asked when it comes up, and moves on if the thing is not due yet. The
/// timers of a slot stand side by side and are asked in one go, so that what they ask for comes
/// from memory at the same time. The wheel is as exact as the instants are.
///
/// ```
/// use rs2_core::{store::Wheel, time::Instant};
/// let at = Instant::from_nanos;
/// let mut wheel = Wheel::new();
/// wheel.set(at(10), "tea");
/// wheel.set(at(7), "eggs");
/// // The eggs are to be harder.
/// let due = |thing: &&str| (at(if *thing == "eggs" { 12 } else { 10 }), 0);
/// assert_eq!(wheel.pop(at(9), due), None);
/// assert_eq!(wheel.pop(at(20), due), Some("tea"));
/// assert_eq!(wheel.pop(at(20), due), Some("eggs"));
/// ```
#[derive(Clone, Debug)]
pub struct Wheel<T> {
    len: usize,
    /// The wheel's own time: no timer in a slot rings before it.
    now: u64,
    /// Not later than any timer; kept, since it is asked for with every event.
    next: Option<Instant>,
    /// As many as were needed so far.
    levels: Vec<Level<T>>,
    /// What rings next, in order.
    ringing: VecDeque<Set<T>>,
}

#[derive(Clone, Debug)]
struct Level<T> {
    /// A bit for each slot that has timers.
    filled: u64,
    slots: [Slot<T>; SLOTS],
    /// Room for the next slot to be filled: that of the last one whose time has come.
    spare: Vec<Set<T>>,
}

#[derive(Clone, Debug)]
struct Slot<T> {
    /// Not later than any of its timers.
    soonest: u64,
    timers: Vec<Set<T>>,
}

/// A timer with the instant for which it was set and its thing's number when that was last asked:
/// zero before. Both may have grown since.
#[derive(Clone, Debug)]
struct Set<T> {
    at: u64,
    order: u64,
    thing: T,
}

impl<T> Set<T> {
    /// Whether its thing says that it is not its turn yet.
    fn is_put_off(&mut self, due: impl Fn(&T) -> (Instant, u64)) -> bool {
        let (at, order) = due(&self.thing);
        let was = (self.at, self.order);
        (self.at, self.order) = (at.nanos().max(self.at), order);
        (self.at, self.order) > was
    }
}

impl<T> Wheel<T> {
    /// No timers.
    pub const fn new() -> Self {
        Self { len: 0, now: 0, next: None, levels: Vec::new(), ringing: VecDeque::new() }
    }

    /// How many timers are set.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sets a timer. One in the wheel's past rings next.
    #[inline]
    pub fn set(&mut self, at: Instant, thing: T) {
        self.len += 1;
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
        self.link(at.nanos(), thing);
    }

    /// When the next timer rings; or, after one was put off, some instant before that.
    #[inline]
    pub fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Takes the thing whose timer rings next, if it rings at `now` or before.
    ///
    /// `due` tells when a thing is due, and its number among those due at the same instant. It is
    /// never due earlier than its timer was set for; when it is later, the timer is put off until
    /// then. A thing's number does not become smaller.
    pub fn pop(&mut self, now: Instant, due: impl Fn(&T) -> (Instant, u64)) -> Option<T> {
        let popped = self.pop_until(now.nanos(), due);
        let waiting = self.first_slot().map_or(u64::MAX, |(_, _, soonest)| soonest);
        let ringing = self.ringing.front().map_or(u64::MAX, |first| first.at);
        self.next = (self.len > 0).then(|| Instant::from_nanos(waiting.min(ringing)));
        if self.ringing.is_empty() {
            self.ringing.shrink_to(SLOTS);
        }
        popped
    }

    fn pop_until(&mut self, now: u64, due: impl Fn(&T) -> (Instant, u64)) -> Option<T> {
        loop {
            // What rings comes after the first slot's timers, if any of those may be as early.
            let first = self.ringing.front().map_or(u64::MAX, |first| first.at);
            match self.first_slot() {
                Some((level, slot, soonest)) if soonest <= first => {
                    if soonest > now {
                        return None;
                    }
                    self.open(level, slot, &due);
                }
                _ if first > now => return None,
                _ => {
                    let mut timer = self.ringing.pop_front()?;
                    if !timer.is_put_off(&due) {
                        self.len -= 1;
                        return Some(timer.thing);
                    }
                    if timer.at > first {
                        self.link(timer.at, timer.thing)
                    } else {
                        self.ring(timer)
                    }
                }
            }
        }
    }

    /// The things, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let slots = self.levels.iter().flat_map(|level| &level.slots);
        let waiting = slots.flat_map(|slot| &slot.timers);
        waiting.chain(&self.ringing).map(|timer| &timer.thing)
    }

    /// Removes all timers.
    pub fn clear(&mut self) {
        *self = Self { now: self.now, ..Self::new() };
    }

    /// The slot whose timers ring before all others, and an instant not later than any of them. On
    /// a level all slots before the wheel's own time are empty, and a lower level comes before a
    /// higher one.
    #[inline]
    fn first_slot(&self) -> Option<(usize, usize, u64)> {
        let number = self.levels.iter().position(|level| level.filled != 0)?;
        let level = &self.levels[number];
        let slot = level.filled.trailing_zeros() as usize;
        Some((number, slot, level.slots[slot].soonest))
    }

    /// The wheel's time comes to a slot, and its timers are asked. Those that are still due in it
    /// are put in order if they are few, or at one instant; else they move to lower levels.
    fn open(&mut self, level: usize, slot: usize, due: &impl Fn(&T) -> (Instant, u64)) {
        let mut timers = self.levels[level].take(slot);
        self.now = start_of(self.now, level, slot);
        timers.iter_mut().for_each(|timer| _ = timer.is_put_off(due));
        let (is_last, were_none) = (level == 0 || timers.len() <= FEW, self.ringing.is_empty());
        for timer in timers.drain(..) {
            if !is_last || (timer.at ^ self.now) >> (level as u32 * BITS) != 0 {
                self.link(timer.at, timer.thing);
            } else if were_none {
                self.ringing.push_back(timer);
            } else {
                self.ring(timer);
            }
        }
        if were_none {
            self.ringing.make_contiguous().sort_unstable_by_key(|one| (one.at, one.order));
        }
        let level = &mut self.levels[level];
        level.spare = if level.filled == 0 { Vec::new() } else { timers };
    }

    /// Adds a timer to those that ring, in its order: mostly at the end.
    fn ring(&mut self, timer: Set<T>) {
        let place = (timer.at, timer.order);
        let place = self.ringing.partition_point(|other| (other.at, other.order) < place);
        self.ringing.insert(place, timer);
    }

    // Inlined, so that a timer that moves stays in registers.
    #[inline(always)]
    fn link(&mut self, at: u64, thing: T) {
        let at = at.max(self.now);
        let level = ((at ^ self.now).checked_ilog2().unwrap_or(0) / BITS) as usize;
        let slot = (at >> (level as u32 * BITS)) as usize % SLOTS;
        if level >= self.levels.len() {
            self.rise_to(level);
        }
        self.levels[level].add(slot, at, thing);
    }

    #[cold]
    fn rise_to(&mut self, level: usize) {
        self.levels.resize_with(level + 1, || Level::EMPTY);
    }
}

impl<T> Level<T> {
    const EMPTY: Self =
        Self { filled: 0, slots: [const { Slot::EMPTY }; SLOTS], spare: Vec::new() };

    #[inline(always)]
    fn add(&mut self, slot: usize, at: u64, thing: T) {
        if self.filled & (1 << slot) == 0 {
            self.begin(slot);
        }
        let slot = &mut self.slots[slot];
        slot.soonest = slot.soonest.min(at);
        slot.timers.push(Set { at, order: 0, thing });
    }

    #[cold]
    fn begin(&mut self, slot: usize) {
        self.filled |= 1 << slot;
        self.slots[slot].timers = mem::take(&mut self.spare);
    }

    fn take(&mut self, slot: usize) -> Vec<Set<T>> {
        self.filled &= !(1 << slot);
        mem::replace(&mut self.slots[slot], Slot::EMPTY).timers
    }
}

impl<T> Slot<T> {
    const EMPTY: Self = Self { soonest: u64::MAX, timers: Vec::new() };
}

impl<T> Default for Wheel<T> {
    fn default() -> Self {
        Self::new()
    }
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
