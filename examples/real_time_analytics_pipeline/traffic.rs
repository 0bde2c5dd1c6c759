//! What windows of hits amount to.

use hashbrown::HashSet;
use rs2_stream::event_time::Aggregator;
use rs2_stream::store::Full;
use rs2_stream::time::EventTime;

use super::dictionary::Hit;

/// Makes [`Totals`] of the hits of a window.
#[derive(Clone, Copy, Debug)]
pub struct Traffic;

/// Everything an hour tells.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub events: u64,
    pub errors: u64,
    pub bytes: u128,
    users: HashSet<u32>,
}

impl Totals {
    pub fn add(&mut self, hit: Hit) {
        self.events += 1;
        self.errors += u64::from(hit.is_error());
        self.bytes += u128::from(hit.bytes);
        self.users.insert(hit.user);
    }

    /// Distinct users.
    pub fn users(&self) -> u64 {
        self.users.len() as u64
    }
}

impl Aggregator<Hit> for Traffic {
    type Partial = Totals;
    type Output = Totals;

    fn lift(&self, ts: EventTime, hit: Hit) -> Totals {
        let mut totals = Totals::default();
        let added = self.add(&mut totals, ts, hit);
        debug_assert!(added.is_ok(), "totals have room for any hit");
        totals
    }

    fn combine(&self, left: &mut Totals, right: &Totals) {
        left.events += right.events;
        left.errors += right.errors;
        left.bytes += right.bytes;
        left.users.extend(&right.users);
    }

    fn lower(&self, whole: Totals) -> Totals {
        whole
    }

    fn add(&self, part: &mut Totals, _ts: EventTime, hit: Hit) -> Result<(), Full<Hit>> {
        part.add(hit);
        Ok(())
    }
}

/// Makes an [`ErrorShare`] of the hits of a window.
#[derive(Clone, Copy, Debug)]
pub struct Errors;

/// How many of some hits failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct ErrorShare {
    pub events: u64,
    pub errors: u64,
}

impl ErrorShare {
    /// Whether there are enough hits to judge, and more than a fifth of them failed.
    pub fn is_alarming(self) -> bool {
        self.events >= 20 && self.errors * 5 > self.events
    }

    pub fn add(&mut self, other: ErrorShare) {
        self.events += other.events;
        self.errors += other.errors;
    }
}

impl From<Hit> for ErrorShare {
    fn from(hit: Hit) -> Self {
        ErrorShare { events: 1, errors: u64::from(hit.is_error()) }
    }
}

impl Aggregator<Hit> for Errors {
    type Partial = ErrorShare;
    type Output = ErrorShare;

    fn lift(&self, _ts: EventTime, hit: Hit) -> ErrorShare {
        hit.into()
    }

    fn combine(&self, left: &mut ErrorShare, right: &ErrorShare) {
        left.add(*right);
    }

    fn lower(&self, whole: ErrorShare) -> ErrorShare {
        whole
    }
}
