//! Variants measured in turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What is made of owned events.
pub(crate) type Variant<E> = fn(Vec<E>) -> u64;

/// The smallest and the median time of a variant.
pub(crate) struct Times {
    pub(crate) min: Duration,
    pub(crate) median: Duration,
}

/// Runs each variant once a round, in turns. To copy the events for it is not measured.
pub(crate) fn in_turns<E: Clone, const N: usize>(
    events: &[E],
    variants: [Variant<E>; N],
    rounds: usize,
) -> [Times; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..rounds {
        for (variant, times) in variants.iter().zip(&mut times) {
            let events = black_box(events.to_vec());
            let began = Instant::now();
            black_box(variant(events));
            times.push(began.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort();
        Times { min: times[0], median: times[times.len() / 2] }
    })
}
