//! Snapshots of rules that go by processing time: the time that is left until a deadline is kept,
//! whatever clock goes on with it.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::machine::Machine;
use rs2_core::metrics::{Holds, Losses, Reports};
use rs2_core::op::group::ChunkWithin;
use rs2_core::op::resilience::{
    Circuit, CircuitBreakerConfig, Gcra, KeyedLimit, KeyedRateLimiter, Limit, OnFullKeys, Outcome,
    Pass, Quota, RateLimiter, SlidingLog,
};
use rs2_core::op::timing::*;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Reader, Snapshot, SnapshotError, Writer};
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::Instant;
use snapshots::Pausing;
use std::fmt::Debug;
use std::time::Duration;
use ticking::Ticking;

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
    fn debouncing_by_key(
        steps in steps(), quiet in 0_u32..9, room in 1_usize..5, stops in any::<bool>(),
    ) {
        let on_full = if stops { OnFull::Stop } else { OnFull::Evict };
        let keys = || Limits::of(Heap::bounded(room).seeded(7)).on_full(on_full);
        let rule = || DebounceByKey::new(keys(), |n: &u8| n % 5, quiet * MS);
        goes_on_by_any_clock(rule, &steps, &ANY);
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
        let outbox = || Outbox::new(Limits::of(Heap::bounded(capacity)), by);
        goes_on_by_any_clock(outbox, &steps, &ANY);
    }

    #[test]
    fn limits_let_through_what_they_would_have(gaps in prop::collection::vec(0_u64..40, 1..12)) {
        let quota = Quota::per_second(50).and_then(|quota| quota.with_burst(3)).expect("it works");
        same_verdicts(|| Gcra::new(quota), &gaps);
        same_verdicts(|| SlidingLog::new(&Heap::bounded(3), 70 * MS), &gaps);
    }
}

fn same_verdicts<L: Limit + Snapshot>(limit: impl Fn() -> L, gaps: &[u64]) {
    let steps: Vec<(u64, ())> = gaps.iter().map(|gap| (*gap, ())).collect();
    same_answers(limit, &steps, |limit, (), now| limit.check(1, now).is_ok());
}

/// Saved after each step, and asked the same on a clock that is ahead: it answers as the first one
/// does from there on.
fn same_answers<L: Snapshot, I: Copy, A: Debug + PartialEq>(
    rule: impl Fn() -> L,
    steps: &[(u64, I)],
    mut ask: impl FnMut(&mut L, I, Instant) -> A,
) {
    let ahead = Duration::from_secs(100);
    let mut now = Instant::from_origin(Duration::from_secs(10));
    let mut timed = Vec::new();
    for (gap, step) in steps {
        now = now.saturating_add(*gap as u32 * MS);
        timed.push((now, *step));
    }
    for taken in 1..timed.len() {
        let now = timed[taken - 1].0;
        let mut first = Clocked { rule: rule(), now };
        for (now, step) in &timed[..taken] {
            ask(&mut first.rule, *step, *now);
        }
        let bytes = snapshot::save(&first).expect("a rule is not busy");
        let mut second = Clocked { rule: rule(), now: now.saturating_add(ahead) };
        snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
        for (now, step) in &timed[taken..] {
            let later = ask(&mut second.rule, *step, now.saturating_add(ahead));
            assert_eq!(ask(&mut first.rule, *step, *now), later, "saved after {taken} steps");
        }
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
enum Call {
    Cancelled,
    Ended(Outcome),
}

fn calls() -> impl Strategy<Value = Vec<(u64, Call)>> {
    let call = prop_oneof![
        1 => Just(Call::Cancelled),
        3 => Just(Call::Ended(Outcome::Failure)),
        2 => Just(Call::Ended(Outcome::Success)),
    ];
    prop::collection::vec((0_u64..9, call), 1..16)
}

proptest! {
    #![proptest_config(cases(300))]

    /// Who comes at the same time owes the same: which of them is forgotten for another must not
    /// depend on whether it was saved.
    #[test]
    fn limits_for_each_key(
        steps in prop::collection::vec((prop_oneof![Just(0_u64), 0_u64..9], 0_u8..9), 1..40),
        room in 1_usize..7,
        answer in prop_oneof![
            Just(OnFullKeys::EvictLeastDebt),
            Just(OnFullKeys::FailOpen),
            Just(OnFullKeys::FailClosed),
        ],
    ) {
        let quota = Quota::per_second(100).and_then(|quota| quota.with_burst(2)).expect("it works");
        let limit = || -> KeyedLimit<u8, SeededHeap> {
            KeyedLimit::new(&Heap::bounded(room).seeded(7), quota).on_full(answer)
        };
        same_answers(limit, &steps, |limit, key, now| {
            let before = limit.losses().total();
            (limit.check(&key, 1, now).is_ok(), limit.losses().total() - before)
        });
    }

    /// Calls under way when it is saved were cancelled for the one that goes on.
    #[test]
    fn circuits(
        calls in calls(), window in 1_usize..4, trials in 1_usize..4, waits in any::<bool>(),
    ) {
        let config = CircuitBreakerConfig::new()
            .window(window)
            .min_calls(window)
            .slow_percent(60, 5 * MS)
            .open_wait(7 * MS)
            .backoff(2, 30 * MS)
            .half_open_calls(trials);
        let config = if waits { config.half_open_max_wait(9 * MS) } else { config };
        same_answers(
            || Circuit::new(config, &Heap::bounded(window)).expect("the settings work"),
            &calls,
            |circuit, call, now| {
                let pass = circuit.acquire(now);
                let passed = pass.is_ok();
                let retry_in = pass.as_ref().err().and_then(|open| open.retry_at);
                let retry_in = retry_in.map(|at| at.saturating_since(now));
                if let Ok(pass) = pass {
                    end(circuit, pass, call, now);
                }
                (passed, retry_in, circuit.trips())
            },
        );
    }
}

/// Ends a call some time after it began, or cancels it.
fn end(circuit: &mut Circuit<Heap>, pass: Pass, call: Call, began: Instant) {
    match call {
        Call::Cancelled => circuit.release(pass),
        Call::Ended(outcome) => {
            let took = if outcome == Outcome::Success { 6 * MS } else { MS };
            circuit.record(pass, outcome, began.saturating_add(took));
        }
    }
}

/// A trial call that was under way is free for another: whoever made it is gone.
#[test]
fn trial_calls_under_way_are_free_again() {
    let config = CircuitBreakerConfig::new().window(1).min_calls(1).half_open_calls(2);
    let circuit = || Circuit::new(config, &Heap::bounded(1)).expect("the settings work");
    let now = Instant::from_origin(Duration::from_secs(100));
    let mut first = Clocked { rule: circuit(), now };
    let pass = first.rule.acquire(Instant::ORIGIN).expect("it is closed");
    first.rule.record(pass, Outcome::Failure, Instant::ORIGIN);
    let trials = (first.rule.acquire(now), first.rule.acquire(now));
    assert!(trials.0.is_ok() && trials.1.is_ok());
    first.rule.record(trials.0.expect("it is a trial"), Outcome::Success, now);
    let bytes = snapshot::save(&first).expect("a rule is not busy");
    let mut second = Clocked { rule: circuit(), now };
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    assert!(first.rule.acquire(now).is_err());
    assert!(second.rule.acquire(now).is_ok());
    assert!(second.rule.acquire(now).is_err());
}

/// At each of these times after the first poll the streams are asked, and then saved and gone on
/// with by another clock, by which it is earlier or later.
fn asked_at<S, T>(build: impl Fn(Ticking) -> S, times: &[u64])
where
    S: futures_core::Stream<Item = T> + Snapshot + Unpin,
    T: Debug + PartialEq,
{
    let clock_at = |now| {
        let clock = Ticking::default();
        clock.now.set(now);
        clock
    };
    for saved in 0..times.len() {
        for (origin, other) in [(1_000, 5_000), (5_000, 1_000)] {
            let (clock, later) = (clock_at(origin), clock_at(other + times[saved]));
            let mut first = build(clock.clone());
            let mut second = build(later.clone());
            for (at, time) in times.iter().enumerate() {
                clock.now.set(origin + time);
                let polled = first.next().now_or_never();
                if at == saved {
                    let bytes = snapshot::save(&first).expect("nothing of the user's runs");
                    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
                } else if at > saved {
                    later.now.set(other + time);
                    let again = second.next().now_or_never();
                    assert_eq!(polled, again, "at {time}, saved at {}", times[saved]);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn sources_that_go_by_a_clock(
        gaps in prop::collection::vec(0_u64..30, 1..12), period in 1_u64..20,
    ) {
        let times = times(&gaps);
        let period = Duration::from_nanos(period);
        for missed in [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay] {
            asked_at(|clock| tick_with_on(clock, period, missed, 'x'), &times);
        }
        asked_at(|clock| emit_after_on(clock, 'x', period), &times);
    }

    /// Asked at any times, what goes by the clock of one goes by that of the other.
    #[test]
    fn streams_that_go_by_a_clock(
        gaps in prop::collection::vec(0_u64..30, 1..12),
        period in 1_u64..20,
        pauses in 0_u32..3,
        burst in 1_u32..4,
    ) {
        let times = times(&gaps);
        let source = || Pausing::new(from_iter(0_u8..9).replayable_rs2(), pauses);
        let ns = Duration::from_nanos;
        let quota = Quota::new(1, ns(period)).and_then(|quota| quota.with_burst(burst));
        let quota = quota.expect("it works");
        asked_at(|clock| source().rate_limit_on_rs2(clock, RateLimiter::new(quota)), &times);
        asked_at(|clock| {
            let limit = KeyedLimit::new(&Heap::bounded(2).seeded(7), quota);
            source().rate_limit_by_key_on_rs2(clock, KeyedRateLimiter::new(limit), |n| n % 3)
        }, &times);
        asked_at(|clock| {
            let limit = KeyedLimit::new(&Heap::bounded(2).seeded(7), quota);
            source().try_rate_limit_by_key_on_rs2(clock, limit, |n| n % 3)
        }, &times);
        asked_at(|clock| source().throttle_on_rs2(clock, ns(period)), &times);
        asked_at(|clock| source().spaced_on_rs2(clock, ns(period)), &times);
        asked_at(|clock| source().timeout_on_rs2(clock, ns(period)), &times);
        asked_at(|clock| source().debounce_within_on_rs2(clock, ns(period), ns(9)), &times);
        asked_at(|clock| source().delay_in_on_rs2(Heap::bounded(2), clock, ns(period)), &times);
        asked_at(|clock| source().spaced_in_on_rs2(Heap::bounded(2), clock, ns(period)), &times);
        asked_at(|clock| {
            let keys = Heap::bounded(4).seeded(7);
            let pace = KeyedPace::spaced(ns(period)).burst(burst).max_waiting(2);
            source().pace_by_key_on_rs2(clock, keys, |n| n % 3, pace)
        }, &times);
    }
}

/// The times after these gaps, from zero on.
fn times(gaps: &[u64]) -> Vec<u64> {
    let sums = gaps.iter().scan(0, |sum, gap| {
        *sum += gap;
        Some(*sum)
    });
    [0].into_iter().chain(sums).collect()
}
