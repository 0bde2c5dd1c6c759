//! The operators of time, against a few lines that look at all arrivals at once.
#![cfg(feature = "std")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "common/ticking.rs"]
mod ticking;

use cases::cases;
use patchy::ByHand;
use proptest::prelude::*;
use recorder::{At, HORIZON, arrivals, ns, poll, record, record_lossy};
use rs2_core::error::{Elapsed, TimeoutKind};
use rs2_core::machine::Drive;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::op::timing::Pace;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use std::collections::VecDeque;
use std::panic::catch_unwind;
use std::task::Poll;
use std::time::Duration;
use ticking::Ticking;

/// Bursts end when no item has come `quiet` after one, or `longest` after their first.
fn debounced(arrivals: &[At<usize>], end: u64, quiet: u64, longest: u64) -> Vec<At<usize>> {
    let mut outs: Vec<At<usize>> = Vec::new();
    let (mut first, mut open) = (0, false);
    for (place, &(item, at)) in arrivals.iter().enumerate() {
        first = if open { first } else { at };
        let due = (at + quiet).min(first + longest);
        let next = arrivals.get(place + 1).map(|(_, next)| *next);
        open = next.is_some_and(|next| next <= due);
        if !open {
            outs.push((item, due.min(end)));
        }
    }
    outs
}

/// The last item that came after one tick and not after the next.
fn sampled(arrivals: &[At<usize>], end: u64, interval: u64) -> Vec<At<usize>> {
    let tick = |at: u64| at.div_ceil(interval).max(1) * interval;
    arrivals
        .chunk_by(|(_, a), (_, b)| tick(*a) == tick(*b))
        .filter_map(|chunk| chunk.last().map(|(item, at)| (*item, tick(*at).min(end))))
        .collect()
}

fn throttled_latest(arrivals: &[At<usize>], end: u64, period: u64) -> Vec<At<usize>> {
    let mut outs: Vec<At<usize>> = Vec::new();
    let (mut open_at, mut held) = (0, None);
    for now in 0..=end {
        for &(item, _) in arrivals.iter().filter(|(_, at)| *at == now) {
            if now >= open_at && held.is_none() {
                outs.push((item, now));
                open_at = now + period;
            } else {
                held = Some(item);
            }
        }
        if now >= open_at || now == end {
            outs.extend(held.take().map(|item| (item, now)));
            open_at =
                if outs.last().is_some_and(|(_, at)| *at == now) { now + period } else { open_at };
        }
    }
    outs
}

/// A bucket of `burst` tokens, filled with one for each `gap`.
fn paced(arrivals: &[At<usize>], end: u64, gap: u64, burst: u64) -> (Vec<At<usize>>, u64) {
    let full = burst * gap;
    let (mut now, mut level) = (0, full);
    let mut outs = Vec::new();
    let mut tick_until = |at: u64, level: &mut u64| {
        while now < at || *level < gap {
            now += 1;
            *level = (*level + 1).min(full);
        }
        now
    };
    for &(item, at) in arrivals {
        outs.push((item, tick_until(at, &mut level)));
        level -= gap;
    }
    let ended = tick_until(end, &mut level);
    (outs, ended)
}

/// What goes out of an outbox with room for so many, and how many did not.
fn sent(
    arrivals: &[At<usize>],
    end: u64,
    gap: u64,
    room: usize,
    answer: OnFull,
) -> (Vec<At<usize>>, u64, u64) {
    let (mut outs, mut open_at, mut lost) = (Vec::new(), 0, 0);
    let mut waiting = VecDeque::new();
    for &(item, at) in arrivals {
        while open_at < at && !waiting.is_empty() {
            outs.extend(waiting.pop_front().map(|item| (item, open_at)));
            open_at += gap;
        }
        waiting.push_back(item);
        if open_at <= at {
            outs.extend(waiting.pop_front().map(|item| (item, at)));
            open_at = at + gap;
        }
        if waiting.len() > room {
            lost += 1;
            match answer {
                OnFull::Evict => drop(waiting.pop_front()),
                OnFull::Reject => drop(waiting.pop_back()),
                OnFull::Stop => return (outs, at, 0),
            }
        }
    }
    for item in waiting {
        outs.push((item, open_at));
        open_at += gap;
    }
    let ended = outs.last().map_or(end, |(_, last)| end.max(*last));
    (outs, ended, lost)
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn debounce_yields_the_last_of_each_burst(
        (arrivals, end) in arrivals(), quiet in 1..15_u64, longest in 0..30_u64,
    ) {
        let got = record_lossy(&arrivals, end, |s, t| s.debounce_on_rs2(t, ns(quiet)));
        prop_assert_eq!(got, (debounced(&arrivals, end, quiet, HORIZON), end));
        let within = |s: ByHand<usize>, t| s.debounce_within_on_rs2(t, ns(quiet), ns(longest));
        let got = record_lossy(&arrivals, end, within);
        prop_assert_eq!(got, (debounced(&arrivals, end, quiet, longest), end));
    }

    #[test]
    fn throttle_first_yields_the_first_of_each_period(
        (arrivals, end) in arrivals(), period in 0..30_u64,
    ) {
        let mut open_at = 0;
        let mut passes = |at: u64| {
            let passes = at >= open_at;
            open_at = if passes { at + period } else { open_at };
            passes
        };
        let expected: Vec<_> = arrivals.iter().copied().filter(|(_, at)| passes(*at)).collect();
        let got = record_lossy(&arrivals, end, |s, t| s.throttle_first_on_rs2(t, ns(period)));
        prop_assert_eq!(&got, &(expected, end));
        let short = record_lossy(&arrivals, end, |s, t| s.throttle_on_rs2(t, ns(period)));
        prop_assert_eq!(short, got);
    }

    #[test]
    fn throttle_latest_yields_the_latest_of_each_period(
        (arrivals, end) in arrivals(), period in 1..30_u64,
    ) {
        let got = record_lossy(&arrivals, end, |s, t| s.throttle_latest_on_rs2(t, ns(period)));
        prop_assert_eq!(got, (throttled_latest(&arrivals, end, period), end));
    }

    #[test]
    fn sample_yields_the_latest_at_each_tick(
        (arrivals, end) in arrivals(), interval in 1..30_u64,
    ) {
        let got = record_lossy(&arrivals, end, |s, t| s.sample_on_rs2(t, ns(interval)));
        prop_assert_eq!(got, (sampled(&arrivals, end, interval), end));
    }

    #[test]
    fn pace_is_a_token_bucket(
        (arrivals, end) in arrivals(), gap in 1..15_u64, burst in 1..5_u32,
    ) {
        let pace = |s, t| Drive::new(s, Pace::new(ns(gap), burst), t);
        let expected = paced(&arrivals, end, gap, u64::from(burst));
        prop_assert_eq!(record(&arrivals, end, pace), expected);
        let spaced = record(&arrivals, end, |s, t| s.spaced_on_rs2(t, ns(gap)));
        prop_assert_eq!(spaced, paced(&arrivals, end, gap, 1));
    }

    #[test]
    fn an_outbox_lets_items_out_at_a_distance_and_the_newest_wait(
        (arrivals, end) in arrivals(), gap in 0..15_u64, room in 1..4_usize, answer in 0..3_usize,
    ) {
        let answer = [OnFull::Evict, OnFull::Reject, OnFull::Stop][answer];
        let losses = Losses::new();
        let limits = Limits::of(Heap::bounded(room)).on_full(answer).report_to(&losses);
        let (outs, ended) = record(&arrivals, end, |s, t| s.spaced_in_on_rs2(limits, t, ns(gap)));
        let (expected, last, lost) = sent(&arrivals, end, gap, room, answer);
        prop_assert_eq!((&outs, ended), (&expected, last));
        let why = if answer == OnFull::Evict { Loss::Evicted } else { Loss::Full };
        prop_assert_eq!((losses.of(why), losses.total()), (lost, lost));
        prop_assert_eq!(losses.is_stopped(), answer == OnFull::Stop && outs.len() < arrivals.len());
    }

    #[test]
    fn delay_yields_each_item_later(
        (arrivals, end) in arrivals(), by in 0..30_u64, capacity in 1..5_usize,
    ) {
        let expected: Vec<_> = arrivals.iter().map(|(item, at)| (*item, at + by)).collect();
        let ended = expected.last().map_or(end, |(_, last)| end.max(*last));
        let got = record(&arrivals, end, |s, t| s.delay_on_rs2(t, ns(by), 99));
        prop_assert_eq!(got, (expected, ended));
        // With little room an item comes when it is taken.
        let mut taken: Vec<At<usize>> = Vec::new();
        for (place, &(item, at)) in arrivals.iter().enumerate() {
            let room = place.checked_sub(capacity).map_or(0, |before| taken[before].1);
            taken.push((item, at.max(room) + by));
        }
        let got = record(&arrivals, end, |s, t| s.delay_on_rs2(t, ns(by), capacity));
        prop_assert_eq!(got.0, taken);
    }

    #[test]
    fn the_time_outs_fail_at_their_instant((arrivals, end) in arrivals(), limit in 0..30_u64) {
        let elapsed = |kind, at| (Err(Elapsed { kind, after: ns(limit) }), at);
        let times: Vec<u64> = arrivals.iter().map(|(_, at)| *at).chain([end]).collect();
        let until = |kind, over: Option<u64>| {
            let passed = arrivals.iter().filter(|(_, at)| over.is_none_or(|over| *at <= over));
            let passed = passed.map(|(item, at)| (Ok(*item), *at));
            let ended = over.unwrap_or(end);
            (passed.chain(over.map(|over| elapsed(kind, over))).collect::<Vec<_>>(), ended)
        };
        let begins = [0].iter().chain(&times);
        let gap = begins.zip(&times).find(|(from, to)| **to > **from + limit);
        let idle = until(TimeoutKind::Idle, gap.map(|(from, _)| from + limit));
        prop_assert_eq!(record(&arrivals, end, |s, t| s.timeout_on_rs2(t, ns(limit))), idle);
        let initial = until(TimeoutKind::Initial, (times[0] > limit).then_some(limit));
        let got = record(&arrivals, end, |s, t| s.initial_timeout_on_rs2(t, ns(limit)));
        prop_assert_eq!(got, initial);
        let completion = until(TimeoutKind::Completion, (end > limit).then_some(limit));
        let got = record(&arrivals, end, |s, t| s.completion_timeout_on_rs2(t, ns(limit)));
        prop_assert_eq!(got, completion);
        let prompt = until(TimeoutKind::Demand, None);
        let got = record(&arrivals, end, |s, t| s.demand_timeout_on_rs2(t, ns(limit)));
        prop_assert_eq!(got, prompt);
    }

    #[test]
    fn ticks_asked_for_late_never_come_early(
        polls in prop::collection::vec(0..40_u64, 1..30), period in 1..15_u64, from in 0..9_u64,
    ) {
        let policies = [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay];
        for missed in policies {
            let clock = Ticking::default();
            let mut ticks = Box::pin(tick_with_on(clock.clone(), ns(period), missed, 'x'));
            clock.now.set(from);
            assert!(poll(ticks.as_mut()).is_pending());
            let (mut now, mut came, mut next) = (from, 0, from + period);
            for gap in &polls {
                now += gap;
                clock.now.set(now);
                let due = now >= next;
                prop_assert_eq!(poll(ticks.as_mut()).is_ready(), due, "{:?} at {}", missed, now);
                came += u64::from(due);
                next = match missed {
                    _ if !due => next,
                    MissedTick::Burst => from + period * (came + 1),
                    MissedTick::Delay => now + period,
                    _ => from + period * ((now - from) / period + 1),
                };
            }
        }
    }
}

// Defect 35 of the peer: after a late poll an item went out without its quiet period.
#[test]
fn what_was_due_goes_out_before_the_source_is_asked() {
    let (source, clock) = (ByHand::default(), Ticking::default());
    let mut stream = Box::pin(source.clone().debounce_on_rs2(clock.clone(), ns(10)));
    source.give_silently('a');
    assert!(poll(stream.as_mut()).is_pending());
    clock.now.set(50);
    source.give_silently('b');
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some('a')));
    assert!(poll(stream.as_mut()).is_pending());
    clock.now.set(60);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some('b')));
}

#[test]
fn the_time_of_the_consumer_is_no_time_of_the_source() {
    let (source, clock) = (ByHand::default(), Ticking::default());
    clock.now.set(1_000);
    let mut stream = Box::pin(source.clone().timeout_on_rs2(clock.clone(), ns(10)));
    source.give_silently('a');
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Ok('a'))));
    // Away for long, then back: the wait begins now.
    clock.now.set(2_000);
    assert!(poll(stream.as_mut()).is_pending());
    // Away again, and meanwhile an item has come.
    clock.now.set(3_000);
    source.give_silently('b');
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Ok('b'))));
    assert!(poll(stream.as_mut()).is_pending());
    clock.now.set(4_000);
    let polls = source.polls();
    assert!(matches!(poll(stream.as_mut()), Poll::Ready(Some(Err(_)))));
    assert_eq!(source.polls(), polls + 1, "it is asked once more before it has timed out");
    assert_eq!(poll(stream.as_mut()), Poll::Ready(None));
    assert_eq!(source.polls(), polls + 1);
}

#[test]
fn a_source_that_always_has_something_still_reaches_its_limit() {
    let clock = Ticking::default();
    clock.drift.set(1);
    let endless = repeat('a').completion_timeout_on_rs2(clock, ns(100));
    let count = futures_executor::block_on(endless.fold_sync_rs2(0, |count, _| count + 1));
    assert!((90..=102).contains(&count), "{count}");
}

#[test]
fn a_paced_source_is_not_asked_while_it_waits() {
    let (source, clock) = (ByHand::default(), Ticking::default());
    let mut stream = Box::pin(source.clone().spaced_on_rs2(clock.clone(), ns(10)));
    source.give_silently('a');
    source.give_silently('b');
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some('a')));
    clock.now.set(9);
    assert!(poll(stream.as_mut()).is_pending());
    assert_eq!(source.polls(), 1);
    clock.now.set(10);
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some('b')));
}

#[test]
fn rates_are_never_exceeded_by_rounding() {
    let clock = Ticking::default();
    let mut stream = Box::pin(repeat('a').pace_on_rs2(clock.clone(), 3, 1));
    let mut came = 0;
    for third in [0, 333_333_333, 666_666_666, 999_999_999] {
        clock.now.set(third);
        came += u32::from(poll(stream.as_mut()).is_ready());
    }
    assert_eq!(came, 2, "the second, the third and the fourth item are due a little later");
}

#[test]
fn the_longest_durations_never_fire() {
    let (source, clock) = (ByHand::default(), Ticking::default());
    clock.now.set(u64::MAX - 1);
    let timer = clock.clone();
    let mut stream = Box::pin(
        source
            .clone()
            .debounce_on_rs2(timer.clone(), Duration::MAX)
            .sample_on_rs2(timer.clone(), Duration::MAX)
            .delay_on_rs2(timer.clone(), Duration::MAX, 1)
            .timeout_on_rs2(timer.clone(), Duration::MAX)
            .completion_timeout_on_rs2(timer, Duration::MAX),
    );
    source.give_silently('a');
    assert!(poll(stream.as_mut()).is_pending());
}

#[test]
fn a_limit_of_zero_is_a_mistake_of_the_programmer() {
    let none = || empty::<char>();
    assert!(catch_unwind(|| none().sample_on_rs2(rs2_core::time::NoTimer, ns(0))).is_err());
    assert!(catch_unwind(|| none().pace_on_rs2(rs2_core::time::NoTimer, 0, 1)).is_err());
    assert!(catch_unwind(|| none().pace_on_rs2(rs2_core::time::NoTimer, 1, 0)).is_err());
    assert!(catch_unwind(|| none().delay_on_rs2(rs2_core::time::NoTimer, ns(1), 0)).is_err());
    assert!(catch_unwind(|| tick_on(rs2_core::time::NoTimer, ns(0), 'x')).is_err());
}
