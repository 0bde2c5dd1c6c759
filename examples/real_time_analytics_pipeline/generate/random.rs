//! Numbers that look random and are the same for the same seed, everywhere.

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators").
#[derive(Debug)]
pub struct Random {
    state: u64,
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    pub fn new(seed: u64) -> Self {
        Random { state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        scramble(self.state)
    }

    /// A number from 0 to `bound`, `bound` excluded. Favours some by less than one in 2^32.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    pub fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    pub fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    /// A rank from 0 to `count`, `count` excluded. Rank r is drawn about as often as Zipf's law
    /// says, in proportion to 1 / (r + 2^flat): the higher `flat`, the less stands out the top.
    pub fn rank(&mut self, count: u32, flat: u32) -> u32 {
        let octaves = (count + (1 << flat)).ilog2() - flat + 1;
        loop {
            let start = 1 << (flat + self.below(octaves));
            let rank = start - (1 << flat) + self.below(start);
            if rank < count {
                return rank;
            }
        }
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }
}

/// Spreads a number over all 64 bits, always in the same way.
pub fn scramble(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
