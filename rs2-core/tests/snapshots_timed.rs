//! Snapshots of rules that go by processing time: the time that is left until a deadline is kept,
//! whatever clock goes on with it.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use rs2_core::machine::Machine;
use rs2_core::metrics::{Holds, Losses};
use rs2_core::op::group::ChunkWithin;
use rs2_core::op::resilience::{Gcra, Limit, Quota, SlidingLog};
use rs2_core::op::timing::*;
use rs2_core::snapshot::{self, Reader, Snapshot, SnapshotError, Writer};
use rs2_core::store::Heap;
use rs2_core::time::Instant;
use std::fmt::Debug;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// A rule with the time on its clock, as a driver saves both.
struct Clocked<M> {
    rule: M,
    now: Instant,
}

impl<M: Snapshot> Snapshot for Clocked<M> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.at(self.now);
        self.rule.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.at(self.now);
        self.rule.restore(from)
    }
}

/// What came out, and how long after the beginning.
type Outs<O> = Vec<(Duration, O)>;

/// A rule under way: its outputs carry the time since `begun`.
struct Play<M: Machine> {
    clocked: Clocked<M>,
    begun: Instant,
    /// How long it had gone on before `begun`.
    before: Duration,
    outs: Outs<M::Out>,
}

impl<M: Machine> Play<M> {
    fn new(rule: M, begun: Instant, before: Duration) -> Self {
        Self { clocked: Clocked { rule, now: begun }, begun, before, outs: Vec::new() }
    }

    fn since(&self) -> Duration {
        self.before + self.clocked.now.saturating_since(self.begun)
    }

    fn note(&mut self, first: Option<M::Out>) {
        let mut next = first;
        while let Some(out) = next {
            self.outs.push((self.since(), out));
            next = self.clocked.rule.more();
        }
    }

    /// Meets deadlines before `until`, as the driver does.
    fn wait(&mut self, until: Instant) {
        for _ in 0..10_000 {
            let due = self.clocked.rule.deadline().filter(|due| *due < until);
            let due = due.filter(|_| !self.clocked.rule.is_finished());
            let Some(due) = due else {
                self.clocked.now = self.clocked.now.max(until);
                return;
            };
            self.clocked.now = self.clocked.now.max(due);
            let out = self.clocked.rule.on_deadline(self.clocked.now);
            self.note(out);
        }
        panic!("it never waits for an item");
    }

    fn step(&mut self, gap: u64, item: M::In) {
        self.wait(self.clocked.now.saturating_add(gap as u32 * MS));
        while !self.clocked.rule.wants_item() {
            let Some(due) = self.clocked.rule.deadline() else { return };
            self.wait(due.saturating_add(Duration::from_nanos(1)));
        }
        if !self.clocked.rule.is_finished() {
            let out = self.clocked.rule.on_item(self.clocked.now, item);
            self.note(out);
        }
    }

    fn end(&mut self) {
        self.wait(self.clocked.now.saturating_add(50 * MS));
        if !self.clocked.rule.is_finished() {
            let out = self.clocked.rule.on_end(self.clocked.now);
            self.note(out);
        }
    }
}

/// Plays the steps, saved after each of them and gone on with by a clock that was just started and
/// by one that is far ahead: what comes out is the same, at the same time.
fn goes_on_by_any_clock<M>(rule: impl Fn() -> M, steps: &[(u64, M::In)], clocks: &[u64])
where
    M: Machine<In: Clone, Out: Debug + PartialEq> + Snapshot + Holds,
{
    let begun = Instant::from_origin(Duration::from_secs(1_000));
    let play = |steps: &[(u64, M::In)]| {
        let mut play = Play::new(rule(), begun, Duration::ZERO);
        steps.iter().for_each(|(gap, item)| play.step(*gap, item.clone()));
        play
    };
    let mut whole = play(steps);
    whole.end();
    assert_eq!(whole.clocked.rule.held(), 0, "something is still held at the end");
    for taken in 0..=steps.len() {
        let first = play(&steps[..taken]);
        let bytes = snapshot::save(&first.clocked).expect("a rule is not busy");
        for clock in clocks {
            let now = Instant::from_origin(Duration::from_secs(*clock));
            let mut second = Play::new(rule(), now, first.since());
            snapshot::restore(&mut second.clocked, &bytes).expect("the bytes are whole");
            let (left, kept) = (second.clocked.rule.held(), first.clocked.rule.held());
            assert_eq!(left, kept, "as much is held as was");
            steps[taken..].iter().for_each(|(gap, item)| second.step(*gap, item.clone()));
            second.end();
            let done = first.outs.len();
            assert_eq!(first.outs, whole.outs[..done]);
            assert_eq!(second.outs, whole.outs[done..], "after {taken} steps, clock at {clock} s");
        }
    }
}

const ANY: [u64; 2] = [0, 5_000];

fn steps() -> impl Strategy<Value = Vec<(u64, u8)>> {
    prop::collection::vec((0_u64..12, 0_u8..9), 0..9)
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn debouncing(steps in steps(), quiet in 1_u32..9, most in 5_u32..20) {
        let quiet = quiet * MS;
        goes_on_by_any_clock(|| Debounce::new(quiet, Losses::new()), &steps, &ANY);
        let bounded = || Debounce::new(quiet, Losses::new()).with_max_wait(most * MS);
        goes_on_by_any_clock(bounded, &steps, &ANY);
        for edge in [Edge::Leading, Edge::Trailing, Edge::Both] {
            let rule = || DebounceEdge::new(quiet, edge, Losses::new());
            goes_on_by_any_clock(rule, &steps, &[5_000]);
        }
    }

    #[test]
    fn throttling(steps in steps(), period in 1_u32..9, burst in 1_u32..4) {
        let period = period * MS;
        goes_on_by_any_clock(|| ThrottleFirst::new(period, Losses::new()), &steps, &ANY);
        goes_on_by_any_clock(|| ThrottleLatest::new(period, Losses::new()), &steps, &ANY);
        goes_on_by_any_clock(|| Pace::new(period, burst), &steps, &[5_000]);
    }

    #[test]
    fn sampling(steps in steps(), interval in 1_u32..9) {
        let interval = interval * MS;
        goes_on_by_any_clock(|| Sample::new(interval, Losses::new()), &steps, &ANY);
        goes_on_by_any_clock(|| SampleHold::new(interval, Losses::new()), &steps, &ANY);
    }

    #[test]
    fn waiting(steps in steps(), limit in 1_u32..12) {
        let limit = limit * MS;
        goes_on_by_any_clock(|| IdleTimeout::new(limit), &steps, &ANY);
        goes_on_by_any_clock(|| InitialTimeout::new(limit), &steps, &ANY);
        goes_on_by_any_clock(|| CompletionTimeout::new(limit), &steps, &ANY);
        goes_on_by_any_clock(|| DemandTimeout::new(limit), &steps, &[5_000]);
        goes_on_by_any_clock(|| TimeoutRepeat::new(limit), &steps, &ANY);
        goes_on_by_any_clock(|| Heartbeat::new(limit, 77_u8), &steps, &ANY);
    }

    #[test]
    fn holding_back(steps in steps(), by in 0_u32..12, capacity in 1_usize..5) {
        let by = by * MS;
        let chunks = || ChunkWithin::new(Heap::bounded(capacity), by);
        goes_on_by_any_clock(chunks, &steps, &ANY);
        let mut steps: Vec<_> = steps.into_iter().map(|(gap, n)| (gap, Some(n))).collect();
        steps.push((1, None));
        let late = || Delay::new(Heap::bounded(capacity), by);
        goes_on_by_any_clock(late, &steps, &ANY);
    }

    #[test]
    fn limits_let_through_what_they_would_have(gaps in prop::collection::vec(0_u64..40, 1..12)) {
        let quota = Quota::per_second(50).and_then(|quota| quota.with_burst(3)).expect("it works");
        same_verdicts(|| Gcra::new(quota), &gaps);
        same_verdicts(|| SlidingLog::new(&Heap::bounded(3), 70 * MS), &gaps);
    }
}

fn same_verdicts<L: Limit + Snapshot>(limit: impl Fn() -> L, gaps: &[u64]) {
    let begun = Instant::from_origin(Duration::from_secs(10));
    let ahead = Duration::from_secs(100);
    let mut times = Vec::new();
    for gap in gaps {
        let last = times.last().copied().unwrap_or(begun);
        times.push(last.saturating_add(*gap as u32 * MS));
    }
    for taken in 1..times.len() {
        let mut first = Clocked { rule: limit(), now: times[taken - 1] };
        for now in &times[..taken] {
            let _ = first.rule.check(1, *now);
        }
        let bytes = snapshot::save(&first).expect("a rule is not busy");
        let mut second = Clocked { rule: limit(), now: times[taken - 1].saturating_add(ahead) };
        snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
        for now in &times[taken..] {
            let later = second.rule.check(1, now.saturating_add(ahead));
            assert_eq!(first.rule.check(1, *now).is_ok(), later.is_ok());
        }
    }
}
