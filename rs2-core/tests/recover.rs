//! What becomes of errors, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use drain::drain;
use futures_core::{FusedStream, Stream};
use futures_executor::block_on;
use futures_sink::Sink;
use futures_util::future::join;
use futures_util::stream::StreamExt;
use patchy::{Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::metrics::Loss;
use rs2_core::op::recover::SkipErrors;
use rs2_core::prelude::*;
use std::cell::RefCell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// A result of a source, and for how many polls it keeps its consumer waiting.
type Step = (u8, Result<u32, u32>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let result = (any::<bool>(), 0..1_000_u32).prop_map(|(ok, n)| if ok { Ok(n) } else { Err(n) });
    prop::collection::vec((0..3_u8, result), 0..60)
}

fn results(steps: &[Step]) -> impl Iterator<Item = Result<u32, u32>> {
    steps.iter().map(|(_, result)| *result)
}

fn oks(steps: &[Step]) -> Vec<u32> {
    results(steps).filter_map(Result::ok).collect()
}

fn errors(steps: &[Step]) -> Vec<u32> {
    results(steps).filter_map(Result::err).collect()
}

proptest! {
    #[test]
    fn each_error_is_replaced_in_its_place(steps in steps(), stalls in 0..3_u8) {
        let expected: Vec<u32> =
            results(&steps).map(|result| result.unwrap_or_else(|error| error + 1_000)).collect();
        let recovered = drain(|| {
            Patchy::new(steps.clone()).recover_rs2(move |error| async move {
                yield_times(stalls).await;
                error + 1_000
            })
        });
        prop_assert_eq!(recovered, expected.clone());
        let replaced = drain(|| Patchy::new(steps.clone()).or_else_rs2(|error| error + 1_000));
        prop_assert_eq!(replaced, expected);
        let renamed =
            drain(|| Patchy::new(steps.clone()).map_error_rs2(|error| format!("{error}!")));
        let expected = results(&steps).map(|result| result.map_err(|error| format!("{error}!")));
        prop_assert_eq!(renamed, expected.collect::<Vec<_>>());
    }

    #[test]
    fn skipped_errors_are_counted(steps in steps()) {
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).skip_errors_rs2()), oks(&steps));
        let skipping = Patchy::new(steps.clone()).on_error_resume_next_rs2();
        let losses = skipping.losses();
        prop_assert_eq!(block_on(skipping.collect_rs2::<Vec<u32>>()), oks(&steps));
        prop_assert_eq!(losses.of(Loss::Failed), errors(&steps).len() as u64);
        prop_assert_eq!(losses.total(), losses.of(Loss::Failed));
    }

    #[test]
    fn the_first_error_is_the_end_of_the_source(steps in steps(), other in steps()) {
        let all: Vec<_> = results(&steps).collect();
        let before = all.iter().take_while(|result| result.is_ok()).count();
        let stopped = drain(|| Patchy::new(steps.clone()).stop_on_error_rs2());
        prop_assert_eq!(&stopped[..], &all[..all.len().min(before + 1)]);

        let switched = drain(|| {
            Patchy::new(steps.clone()).switch_on_error_rs2(|_| Patchy::new(other.clone()))
        });
        let mut expected = all[..before].to_vec();
        if before < all.len() {
            expected.extend(results(&other));
        }
        prop_assert_eq!(switched, expected);
    }

    #[test]
    fn either_side_can_be_collected(steps in steps()) {
        let good: Vec<u32> = block_on(Patchy::new(steps.clone()).collect_ok_rs2());
        prop_assert_eq!(good, oks(&steps));
        let bad: Vec<u32> = block_on(Patchy::new(steps.clone()).collect_err_rs2());
        prop_assert_eq!(bad, errors(&steps));
    }

    #[test]
    fn both_sides_of_a_split_together_are_everything(steps in steps(), capacity in 1..5_usize) {
        let (good, bad) = Patchy::new(steps.clone()).split_errors_rs2(capacity);
        let (good, bad) = (good.collect_rs2::<Vec<u32>>(), bad.collect_rs2::<Vec<u32>>());
        prop_assert_eq!(block_on(join(good, bad)), (oks(&steps), errors(&steps)));

        let (good, bad) = Patchy::new(steps.clone()).split_errors_rs2(capacity);
        let losses = good.losses();
        drop(bad);
        prop_assert_eq!(block_on(good.collect_rs2::<Vec<u32>>()), oks(&steps));
        prop_assert_eq!(losses.of(Loss::Abandoned), errors(&steps).len() as u64);
    }

    #[test]
    fn dead_letters_go_to_the_sink_and_the_rest_on(steps in steps()) {
        let mut letters = Vec::new();
        let passing = Patchy::new(steps.clone()).dead_letters_rs2(&mut letters);
        let passed: Vec<u32> = block_on(passing.collect_rs2());
        prop_assert_eq!((passed, letters), (oks(&steps), errors(&steps)));
    }
}

/// A sink with room for one.
#[derive(Debug, Default)]
struct One(Option<&'static str>);

impl Sink<&'static str> for One {
    type Error = &'static str;
    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }
    fn start_send(mut self: Pin<&mut Self>, letter: &'static str) -> Result<(), &'static str> {
        match self.0.replace(letter) {
            None => Ok(()),
            Some(_) => Err("no room"),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn letters_that_the_sink_refuses_are_counted() {
    let mut passing =
        from_iter([Err("a"), Ok(1), Err("b"), Err("c")]).dead_letters_rs2(One::default());
    assert_eq!(block_on(passing.by_ref().collect::<Vec<u32>>()), [1]);
    assert_eq!(passing.sink_error(), Some(&"no room"));
    assert_eq!(passing.losses().of(Loss::Failed), 2);
}

/// A sink that notes when it is flushed and closed.
struct Noting<'a>(&'a RefCell<Vec<&'static str>>);

impl Sink<&'static str> for Noting<'_> {
    type Error = ();
    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }
    fn start_send(self: Pin<&mut Self>, letter: &'static str) -> Result<(), ()> {
        self.0.borrow_mut().push(letter);
        Ok(())
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        self.0.borrow_mut().push("flushed");
        Poll::Ready(Ok(()))
    }
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        self.0.borrow_mut().push("closed");
        Poll::Ready(Ok(()))
    }
}

#[test]
fn letters_are_flushed_when_the_source_waits_and_the_sink_is_closed_at_the_end() {
    let noted = RefCell::new(Vec::new());
    // It waits once before the second.
    let source = Patchy::new(vec![(0, Err("lost")), (1, Ok(1))]);
    let mut passing = pin!(source.dead_letters_rs2(Noting(&noted)));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(passing.as_mut().poll_next(&mut cx), Poll::Pending);
    assert_eq!(*noted.borrow(), ["lost", "flushed"]);
    assert_eq!(passing.as_mut().poll_next(&mut cx), Poll::Ready(Some(1)));
    assert_eq!(passing.as_mut().poll_next(&mut cx), Poll::Ready(None));
    assert_eq!(*noted.borrow(), ["lost", "flushed", "closed"]);
}

#[test]
fn a_switch_drops_what_failed_before_it_makes_the_alternative() {
    let alive = std::rc::Rc::new(());
    let held = alive.clone();
    let source = from_iter([Ok(1), Err("lost")]).inspect_rs2(move |_| {
        let _ = &held;
    });
    let watch = alive.clone();
    let switched = source.switch_on_error_rs2(move |error| {
        assert_eq!(std::rc::Rc::strong_count(&watch), 2, "the failed source is still there");
        from_iter([Err(error)])
    });
    let all: Vec<Result<u32, &str>> = block_on(switched.collect_rs2());
    assert_eq!(all, [Ok(1), Err("lost")]);
}

#[test]
fn an_alternative_can_have_an_alternative() {
    let first = from_iter([Ok(1), Err("a")]);
    let second = first.switch_on_error_rs2(|_| from_iter([Ok(2), Err(7_u8)]));
    let third = second.switch_on_error_rs2(|_| from_iter([Ok::<_, ()>(3)]));
    assert_eq!(block_on(third.collect_ok_rs2::<Vec<u32>>()), [1, 2, 3]);
}

#[test]
fn errors_without_end_leave_the_task_to_others() {
    let mut errors = pin!(repeat(Err::<u32, ()>(())).skip_errors_rs2());
    assert_eq!(errors.as_mut().poll_next(&mut Context::from_waker(Waker::noop())), Poll::Pending);
    assert_eq!(errors.losses().total(), 1_024);
    let mut collecting = pin!(repeat(Err::<u32, ()>(())).collect_ok_rs2::<Vec<u32>>());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(std::future::Future::poll(collecting.as_mut(), &mut cx).is_pending());
}

#[test]
fn without_a_heap_errors_are_counted_in_a_static() {
    use rs2_core::metrics::{Counters, Losses};
    static COUNTERS: Counters = Counters::new();
    let skipping = SkipErrors::new(from_iter([Ok(1), Err(())]), Losses::in_static(&COUNTERS));
    assert_eq!(block_on(skipping.collect_rs2::<Vec<u32>>()), [1]);
    assert_eq!(Losses::in_static(&COUNTERS).of(Loss::Failed), 1);
}

fn ends_after_a_panic<S>(stream: S)
where
    S: FusedStream<Item: Debug + PartialEq>,
{
    let mut stream = pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    let first = catch_unwind(AssertUnwindSafe(|| stream.as_mut().poll_next(&mut cx)));
    assert!(first.is_err(), "the panic was swallowed");
    assert!(stream.is_terminated());
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Ready(None));
    assert_eq!(stream.size_hint(), (0, Some(0)));
}

#[test]
fn a_panic_ends_the_stream() {
    let failing = || from_iter([Err::<u32, u32>(1), Ok(2)]);
    ends_after_a_panic(failing().recover_rs2(async |_| panic!("in the future")));
    ends_after_a_panic(failing().or_else_rs2(|_| panic!("in f")));
    ends_after_a_panic(failing().map_error_rs2(|_| -> u32 { panic!("in f") }));
    ends_after_a_panic(
        failing().switch_on_error_rs2(|_| -> rs2_core::source::Empty<Result<u32, u32>> {
            panic!("in f")
        }),
    );
    ends_after_a_panic(failing().retry_rs2(3, || panic!("in the factory")));
}
