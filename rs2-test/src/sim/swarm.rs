//! Which faults a run has.

use super::rng::Rng;
use std::fmt;

/// The faults of one run. Probabilities are per mille.
///
/// Each is zero in about half of the runs: faults hide one another (a spurious poll repairs a lost
/// wakeup, a slow consumer hides a slow operator), so each must also be seen without the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swarm {
    /// Items of each source.
    pub items: Vec<usize>,
    /// A source has nothing yet, and wakes the task at once.
    pub self_wake: u16,
    /// A source or a user's future takes some time.
    pub delay: u16,
    /// A task is polled although nobody woke it.
    pub spurious: u16,
    /// Time leaps ahead, past many deadlines at once.
    pub jump: u16,
    /// Time passes while tasks are ready.
    pub busy: u16,
    /// The consumer drops a `next()` that is pending.
    pub cancel: u16,
    /// The consumer takes its time over an item.
    pub slow: u16,
    /// A slow consumer moves along what is in flight meanwhile.
    pub progress: u16,
    /// The spawner refuses a task.
    pub refuse: u16,
    /// The spawner drops a task it had taken.
    pub lose_task: u16,
    /// The source that falls silent for ever, and before which of its items.
    pub silent: Option<(usize, usize)>,
    /// Which call of a user's closure panics.
    pub call_panics: Option<usize>,
    /// The source that panics, and before which of its items.
    pub source_panics: Option<(usize, usize)>,
    /// At which of its polls the consumer drops the pipeline instead.
    pub drop_at: Option<usize>,
    /// What the sources say of their length.
    pub hint: Hint,
    /// Whether the first polls of sources are pending, one bit each; for exhaustive checks.
    pub pattern: u16,
    /// Every predicate on an item says no.
    pub refuse_all_items: bool,
}

/// What a source says of its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hint {
    /// Exactly what is left.
    #[default]
    Exact,
    /// Nothing.
    Unknown,
    /// Bounds that are true and far apart.
    Wide,
    /// Bounds that are false, and not even in order.
    Lying,
}

impl Swarm {
    /// No faults, `items` from each of `sources`.
    pub fn calm(sources: usize, items: usize) -> Self {
        Self { items: vec![items; sources], ..Self::default() }
    }

    /// The faults that belong to a seed.
    pub(crate) fn drawn(sources: usize, rng: &Rng) -> Self {
        let upto =
            |most: u64| if rng.next().is_multiple_of(2) { 0 } else { rng.below(most) as u16 };
        let items: Vec<usize> = (0..sources).map(|_| rng.below(24) as usize).collect();
        let one_in = |n: u64| rng.below(n) == 0;
        let place = || {
            let source = rng.below(sources as u64) as usize;
            (source, rng.below(items[source] as u64 + 1) as usize)
        };
        let hints = [Hint::Exact, Hint::Unknown, Hint::Wide];
        let total: usize = items.iter().sum();
        Self {
            self_wake: upto(700),
            delay: upto(700),
            spurious: upto(200),
            jump: upto(300),
            busy: upto(200),
            cancel: upto(300),
            slow: upto(600),
            progress: upto(1_000),
            refuse: if one_in(4) { upto(500) } else { 0 },
            lose_task: if one_in(8) { upto(200) } else { 0 },
            silent: (sources > 0 && one_in(4)).then(place),
            call_panics: one_in(8).then(|| rng.below(2 * total as u64 + 1) as usize),
            source_panics: (sources > 0 && one_in(16)).then(place),
            drop_at: one_in(5).then(|| rng.below(3 * total as u64 + 1) as usize),
            hint: hints[rng.below(3) as usize],
            pattern: 0,
            refuse_all_items: false,
            items,
        }
    }
}

/// What differs from a run without faults.
impl fmt::Display for Swarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self.items.iter().map(ToString::to_string).collect();
        let items = if items.is_empty() { "none".to_owned() } else { items.join(" + ") };
        write!(f, "items: {items}")?;
        let rates = [
            (self.self_wake, "a source wakes for nothing"),
            (self.delay, "a source or a future takes its time"),
            (self.spurious, "a task is polled unasked"),
            (self.jump, "time leaps"),
            (self.busy, "time passes while tasks are ready"),
            (self.cancel, "a pending next() is dropped"),
            (self.slow, "the consumer is slow"),
            (self.progress, "a slow consumer moves on what is in flight"),
            (self.refuse, "the spawner refuses a task"),
            (self.lose_task, "the spawner loses a task"),
        ];
        for (permille, what) in rates.into_iter().filter(|(permille, _)| *permille > 0) {
            write!(f, ", {what} ({permille}\u{2030})")?;
        }
        if let Some((source, item)) = self.silent {
            write!(f, ", source {source} falls silent before item {item}")?;
        }
        if let Some((source, item)) = self.source_panics {
            write!(f, ", source {source} panics before item {item}")?;
        }
        if let Some(call) = self.call_panics {
            write!(f, ", call {call} of a closure panics")?;
        }
        if let Some(poll) = self.drop_at {
            write!(f, ", it is dropped at poll {poll}")?;
        }
        match self.hint {
            Hint::Exact => Ok(()),
            hint => write!(f, ", size hints are {hint:?}"),
        }
    }
}
