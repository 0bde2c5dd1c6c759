//! Variants measured in turns.

use std::time::{Duration, Instant};

pub(crate) type Variant<'a> = Box<dyn FnMut() -> u64 + 'a>;

/// The smallest and the median time of a variant.
pub(crate) struct Times {
    pub(crate) min: Duration,
    pub(crate) median: Duration,
}

/// Runs each variant once a round, in turns.
pub(crate) fn in_turns<const N: usize>(
    mut variants: [Variant<'_>; N],
    rounds: usize,
) -> [Times; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..rounds {
        for (variant, times) in variants.iter_mut().zip(&mut times) {
            let began = Instant::now();
            variant();
            times.push(began.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort();
        Times { min: times[0], median: times[times.len() / 2] }
    })
}
