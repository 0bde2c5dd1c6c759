//! What an operator promises, in a form that can be checked.

use std::time::Duration;

/// In what order outputs come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// In the order of the source.
    Source,
    /// In order within each source, or within each branch of a fan-out.
    PerSource,
    /// In any order.
    Any,
}

/// What an operator may drop while it runs, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayLose {
    /// Which items: "the oldest".
    pub what: &'static str,
    /// On what: "when the buffer is full".
    pub on: &'static str,
}

/// The promises of one operator. The default is the strictest: in order, nothing kept, nothing
/// lost, no tasks, no clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contract {
    /// The order of outputs.
    pub order: Order,
    /// Items it may keep from its consumer while a source is silent.
    pub hold: usize,
    /// Items taken from the sources that may be alive inside it between two polls.
    pub read_ahead: usize,
    /// Futures of the user's closure that may run at once.
    pub in_flight: usize,
    /// What it drops while it runs. What it holds when it is dropped itself is always lost.
    pub may_lose: Option<MayLose>,
    /// How long an item may stay inside while its consumer is waiting.
    pub latency: Option<Duration>,
    /// Whether it starts tasks.
    pub spawns: bool,
    /// Whether it takes a timer.
    pub needs_time: bool,
}

impl Default for Contract {
    fn default() -> Self {
        Self {
            order: Order::Source,
            hold: 0,
            read_ahead: 0,
            in_flight: 0,
            may_lose: None,
            latency: None,
            spawns: false,
            needs_time: false,
        }
    }
}
