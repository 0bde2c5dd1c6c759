//! The choices among the operators of time, against a few lines that look at all arrivals at once.
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
use futures_core::Stream;
use patchy::ByHand;
use proptest::prelude::*;
use recorder::{At, arrivals, ns, poll, record, record_lossy};
use rs2_core::error::{Elapsed, TimeoutKind};
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::timing::Edge;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use rs2_core::time::{Clock, NoTimer, Timer};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use ticking::Ticking;

/// Runs of arrivals with no more than `quiet` between two.
fn bursts(arrivals: &[At<usize>], quiet: u64) -> impl Iterator<Item = &[At<usize>]> {
    arrivals.chunk_by(move |(_, before), (_, after)| *after <= before + quiet)
}

/// The first and the last of each burst, whichever `edge` names.
fn at_edges(arrivals: &[At<usize>], end: u64, quiet: u64, edge: Edge) -> Vec<At<usize>> {
    let of_burst = |burst: &[At<usize>]| {
        let (first, &(last, at)) = (burst[0], burst.last().unwrap());
        let last = (last, (at + quiet).min(end));
        match edge {
            Edge::Leading => vec![first],
            Edge::Trailing => vec![last],
            Edge::Both if burst.len() == 1 => vec![first],
            Edge::Both => vec![first, last],
        }
    };
    bursts(arrivals, quiet).flat_map(of_burst).collect()
}

/// A list of what waits, in the order of its time.
fn by_key(
    arrivals: &[At<usize>],
    end: u64,
    quiet: u64,
    room: usize,
    key: fn(usize) -> usize,
) -> (Vec<At<usize>>, u64) {
    let (mut waiting, mut outs, mut evicted) = (VecDeque::<At<usize>>::new(), Vec::new(), 0);
    for &(item, at) in arrivals {
        while waiting.front().is_some_and(|(_, since)| since + quiet < at) {
            outs.extend(waiting.pop_front().map(|(item, since)| (item, since + quiet)));
        }
        waiting.retain(|(other, _)| key(*other) != key(item));
        if waiting.len() == room {
            outs.extend(waiting.pop_front().map(|(item, _)| (item, at)));
            evicted += 1;
        }
        waiting.push_back((item, at));
    }
    outs.extend(waiting.into_iter().map(|(item, since)| (item, (since + quiet).min(end))));
    (outs, evicted)
}

fn held_at_ticks(arrivals: &[At<usize>], end: u64, interval: u64) -> Vec<At<usize>> {
    let latest = |at: u64| arrivals.iter().rev().find(|(_, came)| *came <= at);
    let ticks = (1..).map(|n| n * interval).take_while(|tick| *tick < end);
    let mut outs: Vec<At<usize>> =
        ticks.filter_map(|tick| latest(tick).map(|(item, _)| (*item, tick))).collect();
    let last = arrivals.last().filter(|(item, _)| outs.last().is_none_or(|out| out.0 != *item));
    outs.extend(last.map(|(item, _)| (*item, end)));
    outs
}

/// All arrivals, and `None` after each `limit` in between.
fn with_gaps(arrivals: &[At<usize>], end: u64, limit: u64) -> Vec<At<Option<usize>>> {
    let (mut outs, mut since) = (Vec::new(), 0);
    let events = arrivals.iter().map(|(item, at)| (Some(*item), *at)).chain([(None, end)]);
    for (item, at) in events {
        outs.extend(
            (1..).map(|n| since + n * limit).take_while(|over| *over < at).map(|over| (None, over)),
        );
        outs.extend(item.map(|item| (Some(item), at)));
        since = at;
    }
    outs
}

fn elapsed(kind: TimeoutKind, limit: u64) -> Elapsed {
    Elapsed { kind, after: ns(limit) }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn debounce_yields_the_edges_of_each_burst((arrivals, end) in arrivals(), quiet in 1..15_u64) {
        for edge in [Edge::Leading, Edge::Trailing, Edge::Both] {
            let build = |s: ByHand<usize>, t| s.debounce_edge_on_rs2(t, ns(quiet), edge);
            let got = record_lossy(&arrivals, end, build);
            prop_assert_eq!(got, (at_edges(&arrivals, end, quiet, edge), end), "{:?}", edge);
        }
    }

    #[test]
    fn debounce_by_key_yields_the_last_of_each_burst_of_a_key(
        (arrivals, end) in arrivals(), quiet in 1..30_u64, room in 1..5_usize,
    ) {
        let key = |item: usize| item * item % 7;
        let memory = Heap::bounded(room).seeded(7);
        let mut losses = None;
        let (outs, ended) = record(&arrivals, end, |source, clock| {
            let stream =
                source.debounce_by_key_on_rs2(clock, memory, move |item| key(*item), ns(quiet));
            losses = Some(stream.losses().clone());
            stream
        });
        let (expected, evicted) = by_key(&arrivals, end, quiet, room, key);
        prop_assert_eq!((&outs, ended), (&expected, end));
        let losses = losses.unwrap();
        prop_assert_eq!(losses.of(Loss::Evicted), evicted);
        let suppressed = (arrivals.len() - outs.len()) as u64;
        prop_assert_eq!(losses.of(Loss::Suppressed), suppressed);
        // Alone each key does what it would without the others.
        let one = |s: ByHand<usize>, t| s.debounce_by_key_on_rs2(t, memory, |_| (), ns(quiet));
        let alone = record_lossy(&arrivals, end, |s, t| s.debounce_on_rs2(t, ns(quiet)));
        prop_assert_eq!(record_lossy(&arrivals, end, one), alone);
    }

    #[test]
    fn sample_hold_repeats_the_latest_at_each_tick(
        (arrivals, end) in arrivals(), interval in 1..30_u64,
    ) {
        let got = record(&arrivals, end, |s, t| s.sample_hold_on_rs2(t, ns(interval)));
        prop_assert_eq!(got, (held_at_ticks(&arrivals, end, interval), end));
    }

    #[test]
    fn sample_when_a_clock_ticks_is_sample((arrivals, end) in arrivals(), interval in 1..30_u64) {
        let sampled = record_lossy(&arrivals, end, |s, t| s.sample_on_rs2(t, ns(interval)));
        let by_trigger = record_lossy(&arrivals, end, |source: ByHand<usize>, clock| {
            source.sample_when_rs2(tick_on(clock, ns(interval), ()))
        });
        prop_assert_eq!(by_trigger, sampled);
    }

    #[test]
    fn what_is_waited_for_too_long_is_told_again_and_again(
        (arrivals, end) in arrivals(), limit in 1..30_u64,
    ) {
        let expected = with_gaps(&arrivals, end, limit);
        let beats = record(&arrivals, end, |s, t| s.heartbeat_on_rs2(t, ns(limit), usize::MAX));
        let beat = |(item, at): At<Option<usize>>| (item.unwrap_or(usize::MAX), at);
        prop_assert_eq!(beats, (expected.iter().copied().map(beat).collect(), end));
        let told = record(&arrivals, end, |s, t| s.timeout_repeat_on_rs2(t, ns(limit)));
        let tell = |(item, at): At<Option<usize>>| {
            (item.ok_or(elapsed(TimeoutKind::Idle, limit)), at)
        };
        prop_assert_eq!(told, (expected.into_iter().map(tell).collect(), end));
    }

    #[test]
    fn a_fallback_takes_over_where_a_time_out_would_end(
        (arrivals, end) in arrivals(), limit in 0..30_u64,
    ) {
        let others = || from_iter([100, 200]);
        let (timed_out, ended) = record(&arrivals, end, |s, t| s.timeout_on_rs2(t, ns(limit)));
        let expected: Vec<At<usize>> = timed_out
            .into_iter()
            .flat_map(|(item, at)| match item {
                Ok(item) => vec![(item, at)],
                Err(_) => vec![(100, at), (200, at)],
            })
            .collect();
        let build = |s: ByHand<usize>, t| s.timeout_fallback_on_rs2(t, ns(limit), others());
        prop_assert_eq!(record(&arrivals, end, build), (expected, ended));
    }

    #[test]
    fn each_future_has_its_own_limit(
        (arrivals, end) in arrivals(),
        takes in prop::collection::vec(0..12_u64, 20),
        limit in 0..12_u64,
    ) {
        let (mut expected, mut free) = (Vec::new(), 0);
        for &(item, at) in &arrivals {
            let (began, took) = (at.max(free), takes[item]);
            free = began + took.min(limit);
            let over = elapsed(TimeoutKind::Each, limit);
            expected.push((if took <= limit { Ok(item) } else { Err(over) }, free));
        }
        let got = record(&arrivals, end, |source, clock| {
            let (timer, takes) = (clock.clone(), takes.clone());
            source.timeout_each_on_rs2(clock, ns(limit), move |item| {
                let nap = timer.sleep_until(timer.now().saturating_add(ns(takes[item])));
                async move {
                    nap.await;
                    item
                }
            })
        });
        prop_assert_eq!(got, (expected, end.max(free)));
    }
}

#[test]
fn a_full_table_of_bursts_answers_as_it_is_told() {
    let run = |answer| {
        let limits = Limits::of(Heap::bounded(2).seeded(7)).on_full(answer);
        let stream = from_iter([1, 2, 3, 1, 4]).debounce_by_key_on_rs2(
            Ticking::default(),
            limits,
            |item| *item,
            ns(10),
        );
        let losses = stream.losses().clone();
        let items: Vec<i32> = futures_executor::block_on(stream.collect_rs2());
        (items, losses)
    };
    let (items, losses) = run(OnFull::Evict);
    assert_eq!((items, losses.of(Loss::Evicted)), (vec![1, 2, 3, 1, 4], 3));
    let (items, losses) = run(OnFull::Reject);
    assert_eq!((items, losses.of(Loss::Full)), (vec![2, 1], 2));
    let (items, losses) = run(OnFull::Stop);
    assert!(items.is_empty() && losses.is_stopped());
}

#[test]
fn the_end_of_a_trigger_is_not_the_end() {
    let source = ByHand::default();
    let mut stream = Box::pin(source.clone().sample_when_rs2(emit(())));
    source.give_silently('a');
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some('a')));
    source.give_silently('b');
    assert!(poll(stream.as_mut()).is_pending());
    source.end_silently();
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some('b')));
    assert_eq!(poll(stream.as_mut()), Poll::Ready(None));
}

#[test]
fn a_source_that_never_stops_giving_does_not_hide_the_trigger() {
    let mut stream = Box::pin(from_iter(0..).sample_when_rs2(repeat(())));
    let Poll::Ready(Some(first)) = poll(stream.as_mut()) else { panic!("the trigger was asked") };
    assert!((1..2_000).contains(&first), "{first}");
    let mut never = Box::pin(repeat('a').sample_when_rs2(ByHand::<()>::default()));
    assert!(poll(never.as_mut()).is_pending(), "and gives the task back");
    let mut silent = Box::pin(ByHand::<char>::default().sample_when_rs2(repeat(())));
    assert!(poll(silent.as_mut()).is_pending(), "so does a trigger that never stops");
}

#[test]
fn the_source_is_dropped_before_its_fallback_is_asked() {
    let (source, clock) = (ByHand::<usize>::default(), Ticking::default());
    let handles = source.clone();
    let other = unfold((), move |()| {
        let left = handles.handles();
        async move { Some((left, ())) }
    });
    let other = Box::pin(other);
    let source_handle = source.clone();
    let mut stream = Box::pin(source.timeout_fallback_on_rs2(clock.clone(), ns(5), other));
    assert!(poll(stream.as_mut()).is_pending());
    clock.now.set(5);
    // Two of them are the test's.
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(2)));
    drop(source_handle);
}

#[test]
fn a_future_that_finished_while_nobody_looked_has_not_timed_out() {
    let clock = Ticking::default();
    let job = ByHand::default();
    let first = job.clone();
    let mut stream =
        Box::pin(emit(1).timeout_each_on_rs2(clock.clone(), ns(5), move |_| {
            let mut job = first.clone();
            async move {
                std::future::poll_fn(move |cx| std::pin::Pin::new(&mut job).poll_next(cx)).await
            }
        }));
    assert!(poll(stream.as_mut()).is_pending());
    assert_eq!(clock.held.get(), 1);
    clock.now.set(50);
    job.give_silently('x');
    assert_eq!(poll(stream.as_mut()), Poll::Ready(Some(Ok(Some('x')))));
    assert_eq!(clock.held.get(), 0, "no sleep is left to wake the task");
    assert_eq!(poll(stream.as_mut()), Poll::Ready(None));
}

#[test]
fn a_panic_ends_each_stream() {
    let panics = || from_iter([1]).inspect_rs2(|_| panic!("no"));
    fn ends<S: Stream>(stream: S) {
        let mut stream = Box::pin(stream);
        assert!(catch_unwind(AssertUnwindSafe(|| poll(stream.as_mut()).is_ready())).is_err());
        assert!(matches!(poll(stream.as_mut()), Poll::Ready(None)));
    }
    ends(panics().sample_when_rs2(repeat(())));
    ends(panics().timeout_fallback_on_rs2(NoTimer, ns(5), empty()));
    ends(from_iter([1]).timeout_each_on_rs2(NoTimer, ns(5), async |_| panic!("no")));
}

#[test]
fn a_limit_of_zero_is_a_mistake_of_the_programmer() {
    let none = || empty::<char>();
    assert!(catch_unwind(|| none().sample_hold_on_rs2(NoTimer, ns(0))).is_err());
    assert!(catch_unwind(|| none().timeout_repeat_on_rs2(NoTimer, ns(0))).is_err());
    assert!(catch_unwind(|| none().heartbeat_on_rs2(NoTimer, ns(0), 'x')).is_err());
}
