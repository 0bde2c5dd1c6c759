//! The times between tries.

use crate::machine::snapshot_fields;
use core::time::Duration;

/// How chance spreads delays, so that many who failed together do not come back together.
///
/// `exp` is what the policy says, `U(a, b)` a random time from `a` to `b`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// `exp` itself.
    #[default]
    None,
    /// `U(0, exp)`.
    Full,
    /// `exp / 2 + U(0, exp / 2)`.
    Equal,
    /// `U(first delay, 3 * last delay)`, whatever the multiplier, and never above the longest
    /// delay. It grows more slowly than the others and spreads more.
    Decorrelated,
}

/// The delays of one row of failures. Everything is in nanoseconds, and saturates.
#[derive(Clone, Debug)]
pub(super) struct Delays {
    first: u64,
    multiplier: f64,
    longest: u64,
    jitter: Jitter,
    // What the policy says of the next delay, with its fraction: rounded in between, a delay of a
    // few nanoseconds would never grow.
    exp: f64,
    last: u64,
    random: Random,
}

impl Delays {
    pub(super) fn new(
        first: Duration,
        multiplier: f64,
        longest: Duration,
        jitter: Jitter,
        seed: u64,
    ) -> Self {
        let (first, longest) = (nanos(first), nanos(longest));
        let random = Random(seed);
        Self { first, multiplier, longest, jitter, exp: first as f64, last: first, random }
    }

    pub(super) fn next(&mut self) -> Duration {
        // The cast saturates. Half a nanosecond makes it round instead of cutting off.
        let exp = ((self.exp + 0.5) as u64).min(self.longest);
        self.exp = (self.exp * self.multiplier).min(self.longest as f64);
        self.last = match self.jitter {
            Jitter::None => exp,
            Jitter::Full => self.random.between(0, exp),
            Jitter::Equal => self.random.between(exp / 2, exp),
            Jitter::Decorrelated => {
                let most = self.last.saturating_mul(3).max(self.first);
                self.random.between(self.first, most).min(self.longest)
            }
        };
        Duration::from_nanos(self.last)
    }

    /// Begins anew; the random numbers go on.
    pub(super) fn reset(&mut self) {
        self.exp = self.first as f64;
        self.last = self.first;
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

// What the settings say is not saved.
snapshot_fields!([] Delays, "delays", { value exp, value last, value random });

/// splitmix64 (Steele, Lea, Flood 2014): small, and good enough to spread delays.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both possible. `low` is not greater.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        let values = u128::from(high - low) + 1;
        // The upper half of the product: below `values`, and as even as 64 bits can be.
        low + ((u128::from(self.next()) * values) >> 64) as u64
    }
}
