//! Brackets release once, in order, and say how it came to that.
#![cfg(feature = "std")]

#[path = "common/resource.rs"]
mod common;

use common::{Ending, Host, Log, Script, Told, Waits, told};
use futures_core::{FusedStream, Stream};
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::metrics::Loss;
use rs2_core::op::resource::{
    Cause, ExitCase, Scope, bracket_case_on, bracket_case_sync, bracket_on, bracket_sync,
};
use rs2_core::prelude::*;
use std::future::{pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// What one poll of the bracket must answer, and where it must then stand.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Pending,
    Item(Result<u8, &'static str>),
    End,
    Panic,
}

fn canceled(cause: Cause) -> Told {
    ExitCase::Canceled { cause }
}

/// The whole life of a bracket, poll by poll: the answer, and what the release has been told by
/// then or is told when the bracket is dropped then.
fn life(script: &Script, acquire: u8, release: u8) -> Vec<(Answer, Option<Told>)> {
    let mut life = vec![(Answer::Pending, None); acquire.into()];
    let held = Some(canceled(Cause::Dropped));
    for &(stalls, item) in &script.items {
        life.extend((0..stalls).map(|_| (Answer::Pending, held)));
        life.push((Answer::Item(Ok(item)), held));
    }
    let (exit, last) = match script.ending {
        Ending::Ends => (ExitCase::Completed, None),
        Ending::Fails => (ExitCase::Errored("bad"), Some(Answer::Item(Err("bad")))),
        Ending::Panics => {
            let exit = canceled(Cause::Panicked);
            life.push((Answer::Panic, Some(exit)));
            (exit, None)
        }
    };
    life.extend((0..release).map(|_| (Answer::Pending, Some(exit))));
    life.extend(last.into_iter().map(|answer| (answer, Some(exit))));
    life.push((Answer::End, Some(exit)));
    life.push((Answer::End, Some(exit)));
    life
}

fn poll_caught<S>(stream: Pin<&mut S>) -> Answer
where
    S: Stream<Item = Result<u8, &'static str>>,
{
    let mut cx = Context::from_waker(Waker::noop());
    match catch_unwind(AssertUnwindSafe(|| stream.poll_next(&mut cx))) {
        Ok(Poll::Pending) => Answer::Pending,
        Ok(Poll::Ready(Some(item))) => Answer::Item(item),
        Ok(Poll::Ready(None)) => Answer::End,
        Err(_) => Answer::Panic,
    }
}

fn scripts() -> impl Strategy<Value = Script> {
    let items = prop::collection::vec((0..3_u8, any::<u8>()), 0..5);
    let ending = prop_oneof![Just(Ending::Ends), Just(Ending::Fails), Just(Ending::Panics)];
    (items, ending).prop_map(|(items, ending)| Script { items: items.into(), ending })
}

fn hosts() -> impl Strategy<Value = fn() -> Host> {
    prop_oneof![
        Just(Host::refusing as fn() -> Host),
        Just(Host::queueing as fn() -> Host),
        Just(Host::losing as fn() -> Host),
    ]
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(2_000))]

    // The core promise: acquired or not, ended, failed, panicked or dropped at any poll, with a
    // release that waits or not.
    #[test]
    fn a_bracket_releases_once_if_it_acquired_and_says_why(
        script in scripts(), acquire in 0..3_u8, release in 0..3_u8, polls in 0..20_usize,
        host in hosts(),
    ) {
        let (host, log) = (host(), Log::default());
        let bracket = bracket_case_on(
            host.clone(),
            Waits::new(acquire, log.clone()),
            script.clone().using(),
            told(release),
        );
        let losses = bracket.losses();
        let life = life(&script, acquire, release);
        let mut bracket = Box::pin(bracket);
        for (answer, _) in life.iter().take(polls) {
            prop_assert_eq!(&poll_caught(bracket.as_mut()), answer);
        }
        let polled = polls.min(life.len());
        let last = polled.checked_sub(1).map(|last| &life[last].0);
        // With the error the release is over as well, and only the end is left.
        let over = matches!(last, Some(Answer::End | Answer::Item(Err(_))));
        prop_assert_eq!(bracket.is_terminated(), over);
        let already_begun = log.releases().len() == 1;
        drop(bracket);
        let due = polled.checked_sub(1).and_then(|last| life[last].1);
        prop_assert_eq!(log.releases(), Vec::from_iter(due));
        prop_assert!(log.stream_went_first());
        // One that had begun is not tried once more.
        let waits = due.is_some() && !over && (already_begun || release > 0);
        host.run();
        let lost = u64::from(waits && !host.finishes());
        prop_assert_eq!(losses.of(Loss::Abandoned), lost);
        prop_assert_eq!(log.finished() as u64, u64::from(due.is_some()) - lost);
    }

    #[test]
    fn a_scope_finishes_what_dropped_brackets_left(
        plans in prop::collection::vec((scripts(), 0..3_u8, 0..3_u8, 0..20_usize), 0..6),
        capacity in 1..4_usize,
    ) {
        let scope = Scope::new(capacity);
        let mut taken_over = 0;
        let mut due_in_all = 0;
        let mut logs = Vec::new();
        for (script, acquire, release, polls) in plans {
            let log = Log::default();
            let mut bracket = Box::pin(bracket_case_on(
                scope.clone(),
                Waits::new(acquire, log.clone()),
                script.clone().using(),
                told(release),
            ));
            let life = life(&script, acquire, release);
            for (answer, _) in life.iter().take(polls) {
                prop_assert_eq!(&poll_caught(bracket.as_mut()), answer);
            }
            drop(bracket);
            let due = polls.min(life.len()).checked_sub(1).and_then(|last| life[last].1);
            prop_assert_eq!(log.releases(), Vec::from_iter(due));
            due_in_all += u64::from(due.is_some());
            taken_over += u64::from(due.is_some() && log.finished() == 0);
            logs.push(log);
        }
        let kept = taken_over.min(capacity as u64);
        prop_assert_eq!(scope.unfinished() as u64, kept);
        prop_assert_eq!(scope.open(), 0);
        let deadline = pending::<()>();
        prop_assert_eq!(block_on(scope.shutdown(deadline)), Ok(()));
        prop_assert_eq!(scope.losses().of(Loss::Abandoned), taken_over - kept);
        let finished: usize = logs.iter().map(Log::finished).sum();
        prop_assert_eq!(finished as u64, due_in_all - (taken_over - kept));
    }

    #[test]
    fn a_release_that_needs_no_waiting_runs_wherever_the_bracket_ends(
        script in scripts(), acquire in 0..3_u8, polls in 0..20_usize,
    ) {
        let log = Log::default();
        let mut bracket = Box::pin(bracket_case_sync(
            Waits::new(acquire, log.clone()),
            script.clone().using(),
            |log: Log, exit| log.begin(exit),
        ));
        let life = life(&script, acquire, 0);
        for (answer, _) in life.iter().take(polls) {
            prop_assert_eq!(&poll_caught(bracket.as_mut()), answer);
        }
        drop(bracket);
        let due = polls.min(life.len()).checked_sub(1).and_then(|last| life[last].1);
        prop_assert_eq!(log.releases(), Vec::from_iter(due));
        prop_assert!(log.stream_went_first());
    }
}

// Peer defect 26: the release ran only when the stream was polled to its end.
#[test]
fn a_stream_of_which_only_three_are_taken_releases() {
    let log = Log::default();
    let numbers =
        bracket_on(Host::refusing(), ready(log.clone()), |_| from_iter(0..10), Log::release);
    assert_eq!(block_on(numbers.take_rs2(3).collect::<Vec<_>>()), [0, 1, 2]);
    assert_eq!((log.releases().len(), log.finished()), (1, 1));
}

// Peer defect 26.
#[test]
fn a_dropped_stream_releases() {
    let log = Log::default();
    let mut numbers =
        bracket_on(Host::refusing(), ready(log.clone()), |_| from_iter(0..10), Log::release);
    assert_eq!(block_on(numbers.next()), Some(0));
    assert_eq!(log.finished(), 0);
    drop(numbers);
    assert_eq!(log.finished(), 1);
}

// Peer defect 26: it said Completed.
#[test]
fn a_bracket_case_over_an_err_sees_it_and_releases_before_the_err_is_yielded() {
    let log = Log::default();
    let items = [Ok(1), Err("bad"), Ok(3)];
    let mut rows =
        bracket_case_on(Host::refusing(), ready(log.clone()), move |_| from_iter(items), told(2));
    assert_eq!(block_on(rows.next()), Some(Ok(1)));
    assert_eq!(log.finished(), 0);
    assert_eq!(block_on(rows.next()), Some(Err("bad")));
    assert_eq!((log.releases(), log.finished()), (vec![ExitCase::Errored("bad")], 1));
    assert_eq!(block_on(rows.next()), None);
}

// Peer defect 26: the receiver was thrown away.
#[test]
fn a_bracket_around_a_stream_yields_its_items_while_the_resource_is_held() {
    let log = Log::default();
    let inside = log.clone();
    let receiver = from_iter([1, 2]).map_rs2(move |n| {
        assert!(inside.is_acquired() && inside.releases().is_empty());
        n
    });
    let all = receiver.bracket_on_rs2(
        Host::refusing(),
        Waits::new(1, log.clone()),
        |_| from_iter([3]),
        Log::release,
    );
    assert_eq!(block_on(all.collect::<Vec<_>>()), [1, 2, 3]);
    assert_eq!(log.finished(), 1);
}

// Peer defect 26: the same for bracket_case_rs2.
#[test]
fn an_err_of_the_receiver_ends_a_bracket_case() {
    let log = Log::default();
    let all = from_iter([Ok(1), Err("bad"), Ok(2)]).bracket_case_on_rs2(
        Host::refusing(),
        ready(log.clone()),
        |_| from_iter([Ok(3)]),
        told(0),
    );
    assert_eq!(block_on(all.collect::<Vec<_>>()), [Ok(1), Err("bad")]);
    assert_eq!(log.releases(), [ExitCase::Errored("bad")]);
}

#[test]
fn the_release_is_awaited_before_the_end() {
    let log = Log::default();
    let mut bracket = pin!(bracket_on(
        Host::refusing(),
        ready(log.clone()),
        |_| empty::<u8>(),
        |log: Log| {
            log.begin(ExitCase::Completed);
            log.clone().end_after(3)
        }
    ));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(bracket.as_mut().poll_next(&mut cx).is_pending());
        assert_eq!(log.finished(), 0);
    }
    assert_eq!(bracket.as_mut().poll_next(&mut cx), Poll::Ready(None));
    assert_eq!(log.finished(), 1);
}

#[test]
fn a_panic_while_acquiring_leaves_nothing_to_release() {
    let log = Log::default();
    let acquire = poll_fn(|_| -> Poll<Log> { resume_unwind(Box::new(())) });
    let mut bracket =
        Box::pin(bracket_on(Host::refusing(), acquire, |_| from_iter([1_u8]), Log::release));
    let mut cx = Context::from_waker(Waker::noop());
    let polled = catch_unwind(AssertUnwindSafe(|| bracket.as_mut().poll_next(&mut cx)));
    assert!(polled.is_err());
    assert_eq!(bracket.as_mut().poll_next(&mut cx), Poll::Ready(None));
    drop(bracket);
    assert!(log.releases().is_empty());
}

#[test]
fn a_panic_in_the_function_that_uses_the_resource_releases_it() {
    let log = Log::default();
    let use_fn = |_: Log| -> futures_util::stream::Empty<Result<u8, &'static str>> {
        resume_unwind(Box::new(()))
    };
    let mut bracket =
        Box::pin(bracket_case_on(Host::refusing(), ready(log.clone()), use_fn, told(0)));
    assert_eq!(poll_caught(bracket.as_mut()), Answer::Panic);
    assert!(log.releases().is_empty());
    assert_eq!(poll_caught(bracket.as_mut()), Answer::End);
    assert_eq!(log.releases(), [canceled(Cause::Panicked)]);
}

#[test]
fn a_bracket_that_a_panic_of_its_consumer_drops_says_so() {
    let log = Log::default();
    let held = log.clone();
    let consumer = catch_unwind(AssertUnwindSafe(move || {
        let items = from_iter([Ok::<u8, &str>(1)]);
        let mut rows = bracket_case_on(Host::refusing(), ready(held), |_| items, told(0));
        block_on(rows.next());
        resume_unwind(Box::new(()));
    }));
    assert!(consumer.is_err());
    assert_eq!(log.releases(), [canceled(Cause::Panicked)]);
}

#[test]
fn a_release_that_panics_while_another_panic_unwinds_does_not_abort() {
    let scope = Scope::new(1);
    let with_scope = scope.clone();
    let consumer = catch_unwind(AssertUnwindSafe(move || {
        let mut one = bracket_on(
            with_scope,
            ready(()),
            |()| from_iter([1_u8]),
            |()| async { resume_unwind(Box::new("one")) },
        );
        let mut other = bracket_sync(
            ready(()),
            |()| from_iter([1_u8]),
            |(), _| resume_unwind(Box::new("other")),
        );
        block_on(one.next());
        block_on(other.next());
        resume_unwind(Box::new("the first"));
    }));
    let payload = consumer.expect_err("it panicked");
    assert_eq!(payload.downcast_ref(), Some(&"the first"));
    assert_eq!((scope.losses().of(Loss::Failed), scope.losses().total()), (1, 1));
}

#[test]
fn a_panic_of_an_awaited_release_goes_through_and_the_stream_has_ended() {
    let mut bracket = Box::pin(bracket_case_on(
        Host::refusing(),
        ready(()),
        |()| from_iter([Err("bad")]),
        |(), _| async { resume_unwind(Box::new(())) },
    ));
    let losses = bracket.losses();
    assert_eq!(poll_caught(bracket.as_mut()), Answer::Panic);
    assert_eq!(poll_caught(bracket.as_mut()), Answer::End);
    drop(bracket);
    assert_eq!((losses.of(Loss::Failed), losses.total()), (1, 1));
}

#[test]
fn a_release_that_nobody_takes_goes_to_the_fallback_and_is_counted() {
    let log = Log::default();
    let release = |log: Log| {
        log.begin(ExitCase::Completed);
        log.clone().end_after(5)
    };
    let mut rows = bracket_on(Host::refusing(), ready(log.clone()), |_| from_iter([1, 2]), release)
        .on_orphan(block_on);
    let losses = rows.losses();
    block_on(rows.next());
    drop(rows);
    assert_eq!((log.finished(), losses.of(Loss::Abandoned)), (1, 1));
}

#[test]
fn a_release_whose_task_is_dropped_goes_to_the_fallback_and_is_counted() {
    let (host, log) = (Host::losing(), Log::default());
    let mut rows = bracket_on(
        host.clone(),
        ready(log.clone()),
        |_| from_iter([1, 2]),
        |log| {
            log.begin(ExitCase::Completed);
            log.clone().end_after(5)
        },
    )
    .on_orphan(block_on);
    let losses = rows.losses();
    block_on(rows.next());
    drop(rows);
    assert_eq!((log.finished(), losses.total()), (0, 0));
    host.run();
    assert_eq!((log.finished(), losses.of(Loss::Abandoned)), (1, 1));
}

#[test]
fn a_bracket_knows_how_many_items_come() {
    let log = Log::default();
    let hints = |stream: Pin<&mut dyn Stream<Item = Result<u8, &'static str>>>| stream.size_hint();
    let items = [Ok(1), Ok(2), Err("bad"), Ok(3)];
    let use_fn = move |_| from_iter(items);
    let mut rows = Box::pin(bracket_case_on(Host::refusing(), ready(log.clone()), use_fn, told(1)));
    assert_eq!(hints(rows.as_mut()), (0, None));
    assert_eq!(poll_caught(rows.as_mut()), Answer::Item(Ok(1)));
    assert_eq!(hints(rows.as_mut()), (1, Some(3)));
    assert_eq!(poll_caught(rows.as_mut()), Answer::Item(Ok(2)));
    assert_eq!(poll_caught(rows.as_mut()), Answer::Pending);
    assert_eq!(hints(rows.as_mut()), (1, Some(1)));
    assert_eq!(poll_caught(rows.as_mut()), Answer::Item(Err("bad")));
    assert_eq!(hints(rows.as_mut()), (0, Some(0)));
    let plain = bracket_on(Host::refusing(), ready(log), move |_| from_iter(items), Log::release);
    let mut plain = Box::pin(plain);
    assert_eq!(poll_caught(plain.as_mut()), Answer::Item(Ok(1)));
    assert_eq!(plain.size_hint(), (3, Some(3)));
}
