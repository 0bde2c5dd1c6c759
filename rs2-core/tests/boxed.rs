//! Streams in a box, against a few lines of `Vec` code.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;
#[path = "common/patchy.rs"]
mod patchy;

use drain::{Wakes, drain, poll};
use futures_core::{FusedFuture, FusedStream, Stream};
use futures_util::StreamExt;
use patchy::{Patchy, yield_times};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..3_u8, 0..1_000_u32), 0..300)
}

fn items(steps: &[(u8, u32)]) -> Vec<u32> {
    steps.iter().map(|(_, item)| *item).collect()
}

fn poll_future<F: Future>(future: Pin<&mut F>, wakes: &Arc<Wakes>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&wakes.waker()))
}

/// What a future makes of its source, however often it must be polled for it.
fn run<F: Future>(future: F) -> F::Output {
    futures_executor::block_on(future)
}

proptest! {
    #[test]
    fn a_box_yields_what_is_in_it(steps in steps()) {
        let expected = items(&steps);
        prop_assert_eq!(drain(|| Patchy::new(steps.clone()).boxed_rs2()), expected.clone());
        let local = || Patchy::new(steps.clone()).boxed_local_rs2().boxed_local_rs2();
        prop_assert_eq!(drain(local), expected);
    }

    #[test]
    fn a_box_in_the_middle_changes_nothing(steps in steps(), every in 1..4_u32) {
        let even = move |n: &u32| n.is_multiple_of(every);
        let expected: Vec<u32> = items(&steps).into_iter().map(|n| n + 1).filter(even).collect();
        let build = || {
            let mapped = Patchy::new(steps.clone()).map_rs2(|n| n + 1).boxed_rs2();
            mapped.filter_rs2(even).boxed_rs2()
        };
        prop_assert_eq!(drain(build), expected);
    }

    #[test]
    fn folding_batches_gives_what_folding_items_gives(steps in steps()) {
        let f = |text: String, n: u32| format!("{text} {n}");
        let one_by_one = ConsumeExt::fold_sync_rs2(Patchy::new(steps.clone()), String::new(), f);
        let batches = Patchy::new(steps.clone()).boxed_rs2().fold_sync_rs2(String::new(), f);
        prop_assert_eq!(run(batches), run(one_by_one));
    }

    #[test]
    fn collecting_batches_gives_every_item_in_order(steps in steps()) {
        let collected: Vec<u32> = run(Patchy::new(steps.clone()).boxed_rs2().collect_rs2());
        prop_assert_eq!(collected, items(&steps));
    }
}

/// An endless source that counts what was taken from it.
fn counted(taken: &Arc<AtomicUsize>) -> RS2Stream<usize> {
    let taken = taken.clone();
    from_iter(std::iter::repeat_with(move || taken.fetch_add(1, Relaxed))).boxed_rs2()
}

#[test]
fn an_item_asked_for_is_the_only_one_taken() {
    let taken = Arc::<AtomicUsize>::default();
    let mut stream = pin!(counted(&taken));
    for n in 0..5 {
        assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(Some(n)));
        assert_eq!(taken.load(Relaxed), n + 1);
    }
}

#[test]
fn a_fold_holds_nothing_between_two_polls() {
    let steps = (0..1_000).map(|n| (u8::from(n % 7 == 0), n));
    let taken = Arc::<AtomicUsize>::default();
    let counter = taken.clone();
    let source = Patchy::new(steps).inspect_rs2(move |_| {
        counter.fetch_add(1, Relaxed);
    });
    let folded = Cell::new(0);
    let mut fold = pin!(source.boxed_rs2().fold_sync_rs2((), |(), _| folded.set(folded.get() + 1)));
    while poll_future(fold.as_mut(), &Arc::default()).is_pending() {
        assert_eq!(folded.get(), taken.load(Relaxed));
    }
    assert_eq!(folded.get(), 1_000);
    assert!(fold.is_terminated());
}

#[test]
fn after_1024_items_the_task_is_given_back() {
    let taken = Arc::<AtomicUsize>::default();
    let wakes = Arc::<Wakes>::default();
    let mut fold = pin!(counted(&taken).fold_sync_rs2(0, |sum, _| sum + 1));
    assert!(poll_future(fold.as_mut(), &wakes).is_pending());
    assert_eq!((taken.load(Relaxed), wakes.count()), (1_024, 1));
    let mut collect = pin!(counted(&taken).collect_rs2::<Vec<usize>>());
    assert!(poll_future(collect.as_mut(), &wakes).is_pending());
    assert_eq!((taken.load(Relaxed), wakes.count()), (2_048, 2));
    // Large items come in smaller batches, and no fewer of them.
    let mut fold = pin!(counted(&taken).map_rs2(|n| [n; 1_000]).fold_sync_rs2(0, |sum, _| sum + 1));
    assert!(poll_future(fold.as_mut(), &wakes).is_pending());
    assert_eq!((taken.load(Relaxed), wakes.count()), (3_072, 3));
}

#[test]
fn large_items_are_read_ahead_up_to_16_kib_and_not_further() {
    type Large = [u8; 4 * 1024];
    let (taken, most) = (Arc::<AtomicUsize>::default(), Cell::new(0));
    let mut folded = 0;
    let source = counted(&taken).map_rs2(|_| -> Large { [0; 4 * 1024] }).take_rs2(100);
    run(source.boxed_rs2().fold_sync_rs2((), |(), _| {
        most.set(most.get().max(taken.load(Relaxed) - folded));
        folded += 1;
    }));
    assert_eq!((most.get(), folded), (4, 100));
}

#[test]
fn a_panic_ends_the_stream() {
    let build = || from_iter(0..5).map_rs2(|n| if n == 2 { panic!("two") } else { n }).boxed_rs2();
    let mut stream = pin!(build());
    for _ in 0..2 {
        assert!(poll(stream.as_mut(), &Arc::default()).is_ready());
    }
    let polled = catch_unwind(AssertUnwindSafe(|| poll(stream.as_mut(), &Arc::default())));
    assert!(polled.is_err() && stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, Some(0)));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));

    let mut collect = pin!(build().collect_rs2::<Vec<u32>>());
    let polled = catch_unwind(AssertUnwindSafe(|| poll_future(collect.as_mut(), &Arc::default())));
    assert!(polled.is_err() && collect.is_terminated());
}

#[test]
fn a_panic_of_the_fold_lets_every_item_go_and_ends_it() {
    let alive = Rc::new(());
    let source = from_iter(vec![alive.clone(); 10]).boxed_local_rs2();
    let mut fold = pin!(source.fold_sync_rs2(0, |_, _| panic!("at once")));
    let polled = catch_unwind(AssertUnwindSafe(|| poll_future(fold.as_mut(), &Arc::default())));
    assert!(polled.is_err() && fold.is_terminated());
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn work_in_flight_within_a_box_moves_on() {
    let done = Rc::new(Cell::new(0));
    let counter = done.clone();
    let work = move |n: u32| {
        let counter = counter.clone();
        async move {
            yield_times(1).await;
            counter.set(counter.get() + 1);
            n
        }
    };
    let stream = from_iter(0..3).par_eval_map_inline_rs2(3, work).boxed_local_rs2();
    let mut stream = pin!(stream.map_rs2(|n| n).boxed_local_rs2());
    assert!(poll(stream.as_mut(), &Arc::default()).is_pending());
    assert_eq!(done.get(), 0);
    let wakes = Arc::<Wakes>::default();
    while stream.as_mut().poll_progress(&mut Context::from_waker(&wakes.waker())).is_pending() {}
    assert_eq!(done.get(), 3);
}

#[test]
fn a_box_of_another_library_comes_in_and_is_fused() {
    let from_elsewhere = futures_util::stream::unfold(0, async |n| (n < 3).then_some((n, n + 1)));
    let stream: RS2Stream<u32> = from_elsewhere.boxed().into();
    let mut stream = pin!(stream);
    for n in 0..3 {
        assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(Some(n)));
    }
    // Polled again, the other library's stream would panic.
    for _ in 0..2 {
        assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(None));
    }
}

#[test]
fn what_it_says_of_itself_does_not_need_what_is_in_it() {
    let stream = from_iter([1]).map_rs2(|n: u32| n).boxed_rs2();
    assert_eq!(format!("{stream:?}"), "RS2Stream { ended: false, .. }");
    assert_eq!(run(stream.collect_rs2::<Vec<u32>>()), [1]);
}
