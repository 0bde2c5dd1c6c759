//! Random numbers that a seed repeats.

use std::cell::Cell;

/// splitmix64 (Steele, Lea, Flood 2014): tiny, fast, and good enough to choose faults by.
#[derive(Debug)]
pub(crate) struct Rng(Cell<u64>);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        scramble(self.0.get())
    }

    /// A number below `bound`; 0 when that is 0.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// True with this probability. Draws nothing at zero, so that a fault switched off leaves the
    /// rest of the run alone.
    pub(crate) fn chance(&self, permille: u16) -> bool {
        permille > 0 && self.below(1_000) < u64::from(permille)
    }

    /// Takes a random element out of a list; the order of the rest is not kept.
    pub(crate) fn take<T>(&self, list: &mut Vec<T>) -> Option<T> {
        (!list.is_empty()).then(|| list.swap_remove(self.below(list.len() as u64) as usize))
    }
}

/// A number that looks random and depends on both.
pub(crate) fn mix(seed: u64, number: u64) -> u64 {
    scramble(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ scramble(number.wrapping_add(1)))
}

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
