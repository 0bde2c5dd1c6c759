//! What the operators of time yield, and when: the same on every clock.
//!
//! `a@5` is an item at 5 ms, `#@5` an error, `|@5` the end.
#![allow(unreachable_pub)]

use futures_util::{Stream, StreamExt};
use rs2_core::op::timing::Edge;
use rs2_core::prelude::*;
use rs2_core::source::MissedTick;
use rs2_core::time::{Instant, Timer};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// What is done with the source; all times are milliseconds.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    Debounce(u64),
    DebounceWithin(u64, u64),
    ThrottleFirst(u64),
    ThrottleLatest(u64),
    /// Items per second, and how many at once.
    Pace(u32, u32),
    Spaced(u64),
    Sample(u64),
    Delay(u64, usize),
    Idle(u64),
    Initial(u64),
    Completion(u64),
    Demand(u64),
    DebounceEdge(u64, Edge),
    SampleHold(u64),
    Repeat(u64),
    /// So many ticks, whatever the source.
    Tick(u64, usize),
    EmitAfter(u64),
    /// The consumer takes so long over each item.
    SlowTick(u64, usize, MissedTick, u64),
    SlowIdle(u64, u64),
    SlowDemand(u64, u64),
}
use Op::*;

/// The operator, what goes in, what comes out.
pub const VECTORS: &[(Op, &str, &str)] = &[
    (Debounce(10), "a@0 b@5 c@20 |@25", "b@15 c@25 |@25"),
    (Debounce(10), "a@0 b@10 c@20 |@40", "c@30 |@40"),
    (Debounce(10), "a@0 |@10", "a@10 |@10"),
    (Debounce(0), "a@0 b@0 c@3 |@4", "a@0 b@0 c@3 |@4"),
    (Debounce(10), "|@7", "|@7"),
    (DebounceWithin(10, 25), "0@0 1@5 2@10 3@15 4@20 x@25 5@30 |@32", "x@25 5@32 |@32"),
    (DebounceWithin(10, 25), "a@0 b@9 c@18 d@24 e@31 |@60", "d@25 e@41 |@60"),
    (DebounceWithin(10, 4), "a@0 b@3 |@60", "b@4 |@60"),
    (ThrottleFirst(10), "a@0 b@5 c@9 d@10 e@19 f@21 |@30", "a@0 d@10 f@21 |@30"),
    (ThrottleFirst(0), "a@0 b@0 c@1 |@1", "a@0 b@0 c@1 |@1"),
    (ThrottleLatest(10), "a@0 b@5 c@9 |@40", "a@0 c@10 |@40"),
    (ThrottleLatest(10), "a@0 b@5 c@10 d@15 e@31 |@33", "a@0 c@10 d@20 e@31 |@33"),
    (ThrottleLatest(10), "a@0 b@4 |@6", "a@0 b@6 |@6"),
    (ThrottleLatest(10), "a@3 b@13 c@14 |@50", "a@3 b@13 c@23 |@50"),
    (Pace(100, 1), "a@0 b@0 c@0 |@0", "a@0 b@10 c@20 |@30"),
    (Pace(100, 1), "a@0 b@25 c@26 |@80", "a@0 b@25 c@35 |@80"),
    (Pace(100, 3), "a@0 b@0 c@0 d@0 e@0 |@0", "a@0 b@0 c@0 d@10 e@20 |@30"),
    (
        Pace(100, 2),
        "a@0 b@0 c@15 d@15 e@15 f@60 g@60 |@90",
        "a@0 b@0 c@15 d@20 e@30 f@60 g@60 |@90",
    ),
    (Spaced(10), "a@0 b@0 c@25 d@26 |@90", "a@0 b@10 c@25 d@35 |@90"),
    (Sample(10), "a@3 b@7 c@25 |@27", "b@10 c@27 |@27"),
    (Sample(10), "a@0 b@10 c@20 d@21 |@60", "b@10 c@20 d@30 |@60"),
    (Sample(10), "a@95 b@99 |@120", "b@100 |@120"),
    (Delay(10, 8), "a@0 b@3 c@3 |@20", "a@10 b@13 c@13 |@20"),
    (Delay(10, 8), "a@0 b@3 |@4", "a@10 b@13 |@13"),
    (Delay(10, 1), "a@0 b@3 |@4", "a@10 b@20 |@20"),
    (Delay(0, 2), "a@0 b@0 c@0 |@1", "a@0 b@0 c@0 |@1"),
    (Idle(10), "a@0 b@10 c@20 |@30", "a@0 b@10 c@20 |@30"),
    (Idle(10), "a@0 b@5 c@16 |@30", "a@0 b@5 #@15 |@15"),
    (Idle(10), "a@11 |@30", "#@10 |@10"),
    (Idle(10), "a@0 |@11", "a@0 #@10 |@10"),
    (Idle(0), "a@0 b@0 c@1 |@1", "a@0 b@0 #@0 |@0"),
    (Initial(10), "a@10 b@90 |@95", "a@10 b@90 |@95"),
    (Initial(10), "a@11 |@12", "#@10 |@10"),
    (Initial(10), "|@9", "|@9"),
    (Completion(10), "a@0 b@9 |@10", "a@0 b@9 |@10"),
    (Completion(10), "a@0 b@10 c@11 |@12", "a@0 b@10 #@10 |@10"),
    (Demand(10), "a@0 b@90 |@95", "a@0 b@90 |@95"),
    (DebounceEdge(10, Edge::Leading), "a@0 b@10 c@21 |@25", "a@0 c@21 |@25"),
    (DebounceEdge(10, Edge::Both), "a@0 b@5 c@30 |@60", "a@0 b@15 c@30 |@60"),
    (SampleHold(10), "a@3 b@7 c@35 |@37", "b@10 b@20 b@30 c@37 |@37"),
    (Repeat(10), "a@0 b@10 c@35 |@36", "a@0 b@10 #@20 #@30 c@35 |@36"),
    (Tick(10, 3), "|@0", "x@10 x@20 x@30 |@30"),
    (EmitAfter(7), "|@0", "x@7 |@7"),
    (EmitAfter(0), "|@0", "x@0 |@0"),
    // A consumer that takes less than the period takes nothing from the rate.
    (SlowTick(10, 3, MissedTick::Skip, 7), "|@0", "x@10 x@20 x@30 |@37"),
    (SlowTick(10, 4, MissedTick::Skip, 25), "|@0", "x@10 x@35 x@60 x@85 |@110"),
    (SlowTick(10, 4, MissedTick::Burst, 12), "|@0", "x@10 x@22 x@34 x@46 |@58"),
    (SlowTick(10, 4, MissedTick::Delay, 12), "|@0", "x@10 x@22 x@34 x@46 |@58"),
    // The time of the consumer does not count.
    (SlowIdle(10, 50), "a@0 b@9 c@80 |@90", "a@0 b@50 c@100 |@150"),
    (SlowIdle(10, 50), "a@0 b@61 |@90", "a@0 #@60 |@110"),
    (SlowDemand(10, 10), "a@0 b@5 c@40 |@41", "a@0 b@10 c@40 |@50"),
    (SlowDemand(10, 11), "a@0 b@5 c@40 |@41", "a@0 #@11 |@22"),
];

/// What `op` makes of `input` on the clock of `timer`, which is at its origin.
pub async fn run<T: Timer + Unpin>(op: Op, input: &str, timer: T) -> String {
    let source = Script::of(input, &timer);
    let t = timer.clone();
    match op {
        Debounce(quiet) => write(source.debounce_on_rs2(t, ms(quiet)), &timer, 0).await,
        DebounceWithin(quiet, longest) => {
            let stream = source.debounce_within_on_rs2(t, ms(quiet), ms(longest));
            write(stream, &timer, 0).await
        }
        ThrottleFirst(period) => {
            write(source.throttle_first_on_rs2(t, ms(period)), &timer, 0).await
        }
        ThrottleLatest(period) => {
            write(source.throttle_latest_on_rs2(t, ms(period)), &timer, 0).await
        }
        Pace(rate, burst) => write(source.pace_on_rs2(t, rate, burst), &timer, 0).await,
        Spaced(gap) => write(source.spaced_on_rs2(t, ms(gap)), &timer, 0).await,
        Sample(interval) => write(source.sample_on_rs2(t, ms(interval)), &timer, 0).await,
        Delay(by, capacity) => write(source.delay_on_rs2(t, ms(by), capacity), &timer, 0).await,
        Idle(limit) => write(marked(source.timeout_on_rs2(t, ms(limit))), &timer, 0).await,
        SlowIdle(limit, slow) => {
            write(marked(source.timeout_on_rs2(t, ms(limit))), &timer, slow).await
        }
        Initial(limit) => {
            write(marked(source.initial_timeout_on_rs2(t, ms(limit))), &timer, 0).await
        }
        Completion(limit) => {
            write(marked(source.completion_timeout_on_rs2(t, ms(limit))), &timer, 0).await
        }
        Demand(limit) => write(marked(source.demand_timeout_on_rs2(t, ms(limit))), &timer, 0).await,
        SlowDemand(limit, slow) => {
            write(marked(source.demand_timeout_on_rs2(t, ms(limit))), &timer, slow).await
        }
        DebounceEdge(quiet, edge) => {
            write(source.debounce_edge_on_rs2(t, ms(quiet), edge), &timer, 0).await
        }
        SampleHold(interval) => write(source.sample_hold_on_rs2(t, ms(interval)), &timer, 0).await,
        Repeat(limit) => write(marked(source.timeout_repeat_on_rs2(t, ms(limit))), &timer, 0).await,
        Tick(period, count) => write(tick_on(t, ms(period), 'x').take_rs2(count), &timer, 0).await,
        SlowTick(period, count, missed, slow) => {
            let ticks = tick_with_on(t, ms(period), missed, 'x').take_rs2(count);
            write(ticks, &timer, slow).await
        }
        EmitAfter(after) => write(emit_after_on(t, 'x', ms(after)), &timer, 0).await,
    }
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn marked<E>(stream: impl Stream<Item = Result<char, E>>) -> impl Stream<Item = char> {
    stream.map(|item| item.unwrap_or('#'))
}

/// Everything that comes out, for a consumer that takes `slow` milliseconds over each item.
async fn write(stream: impl Stream<Item = char>, timer: &impl Timer, slow: u64) -> String {
    let mut stream = std::pin::pin!(stream);
    let mut seen = Vec::new();
    while let Some(item) = stream.next().await {
        let now = timer.now();
        seen.push(format!("{item}@{}", millis(now)));
        if slow > 0 {
            timer.sleep_until(now.saturating_add(ms(slow))).await;
        }
    }
    seen.push(format!("|@{}", millis(timer.now())));
    seen.join(" ")
}

fn millis(at: Instant) -> u128 {
    at.since_origin().as_millis()
}

/// A source that yields each item from its instant on.
struct Script<T: Timer> {
    timer: T,
    sleep: Pin<Box<T::Sleep>>,
    left: VecDeque<(Instant, Option<char>)>,
}

impl<T: Timer> Script<T> {
    fn of(row: &str, timer: &T) -> Self {
        let event = |text: &str| {
            let (item, at) = text.split_once('@').expect("an item and its time");
            let at = Instant::from_origin(ms(at.parse().expect("milliseconds")));
            (at, item.chars().next().filter(|item| *item != '|'))
        };
        let left = row.split(' ').map(event).collect();
        let sleep = Box::pin(timer.sleep_until(Instant::ORIGIN));
        Self { timer: timer.clone(), sleep, left }
    }
}

impl<T: Timer + Unpin> Stream for Script<T> {
    type Item = char;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<char>> {
        let at = self.left.front().expect("polled after its end").0;
        // It is there from its instant on, whether or not the sleep has been woken.
        if self.timer.now() < at {
            let sleep = self.timer.sleep_until(at);
            self.sleep.set(sleep);
            ready!(self.sleep.as_mut().poll(cx));
        }
        Poll::Ready(self.left.pop_front().and_then(|(_, item)| item))
    }
}
