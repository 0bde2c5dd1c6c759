//! Contenders in turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A name, and what is timed; it returns its answer.
pub type Contender<'a> = (&'static str, Box<dyn Fn() -> u64 + 'a>);

/// The times of one contender, sorted.
pub struct Times {
    times: Vec<Duration>,
    items: usize,
}

impl Times {
    /// Nanoseconds for each item: the least, and the median.
    pub fn per_item(&self) -> [f64; 2] {
        let per_item = |time: Duration| time.as_nanos() as f64 / self.items as f64;
        [self.times[0], self.times[self.times.len() / 2]].map(per_item)
    }
}

/// Asserts that all answers are equal, then times the contenders in turns for so many rounds: the
/// machine may be busy, and what makes one slow makes the others slow too.
pub fn take_turns(items: usize, rounds: usize, contenders: &[Contender<'_>]) -> Vec<Times> {
    let answer = (contenders[0].1)();
    for (name, run) in &contenders[1..] {
        assert_eq!(run(), answer, "{name} must compute what {} does", contenders[0].0);
    }
    let mut all: Vec<Vec<Duration>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for ((_, run), times) in contenders.iter().zip(&mut all) {
            let began = Instant::now();
            black_box(run());
            times.push(began.elapsed());
        }
    }
    let sorted = |mut times: Vec<Duration>| {
        times.sort();
        Times { times, items }
    };
    all.into_iter().map(sorted).collect()
}
