//! What an atomic decides beside a lock, in every order of steps that the threads can take, by
//! loom.
//!
//! Each model has twins: the same model with a flaw in the code, which loom must find. A twin runs
//! in a process of its own, since loom does not survive what it finds. `cargo xtask loom` runs them
//! all.
#![cfg(rs2_loom)]

use futures_core::Stream;
use futures_util::stream::pending;
use loom::future::block_on;
use loom::model::Builder;
use loom::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};
use loom::sync::{Arc, Mutex};
use loom::thread;
use rs2_core::error::Rejected;
use rs2_core::metrics::Metrics;
use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy};
use rs2_core::prelude::*;
use rs2_core::sync::flaw::{Flaw, introduce};
use rs2_core::task::Spawner;
use rs2_core::time::Instant;
use std::env;
use std::future::{poll_fn, ready};
use std::pin::{Pin, pin};
use std::process::Command;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How often a thread is interrupted where it need not wait, at most.
const PREEMPTIONS: usize = 3;
/// Tells a process which flaw its code has.
const FLAW: &str = "RS2_LOOM_FLAW";
const FLAWS: [Flaw; 7] = [
    Flaw::NotesUnordered,
    Flaw::ForgetsUnordered,
    Flaw::LooksOnly,
    Flaw::LowersBlindly,
    Flaw::WaitsBlindly,
    Flaw::LooksEarly,
    Flaw::EndsUnordered,
];

fn model(preemptions: usize, run: impl Fn() + Sync + Send + 'static) {
    if let Some(name) = env::var_os(FLAW) {
        let flaw = FLAWS.into_iter().find(|flaw| *format!("{flaw:?}") == *name);
        introduce(flaw.expect("a twin names a flaw"));
    }
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

/// Runs the test of a model with this flaw, and sees it fail in these words.
fn twin(test: &str, flaw: Flaw, words: &str) {
    let mut command = Command::new(env::current_exe().expect("the test runs from a file"));
    command.args(["--exact", test, "--nocapture"]);
    let command = command.env(FLAW, format!("{flaw:?}")).env("RUST_BACKTRACE", "0");
    let output = command.output().expect("it ran before");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "loom does not notice that the code {flaw:?}");
    assert!(text.contains(words), "loom should say {words:?}, and says {text}");
}

fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    block_on(poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)))
}

/// Polls once, with a waker that does nothing. There is no item yet.
fn begin<S: Stream + Unpin>(stream: &mut S) {
    let polled = Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
}

/// Yields one item. It keeps the waker of its first poll, because later ones would wake the same,
/// and so leaves no trace of a later poll.
#[derive(Clone)]
struct Flag {
    is_there: Arc<AtomicBool>,
    waker: std::sync::Arc<OnceLock<Waker>>,
}

impl Flag {
    fn new() -> Self {
        Self { is_there: Arc::new(AtomicBool::new(false)), waker: Default::default() }
    }

    fn set(&self) {
        self.is_there.store(true, Release);
        self.waker.get().expect("it was polled").wake_by_ref();
    }
}

impl Stream for Flag {
    type Item = ();

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
        let waker = self.waker.get_or_init(|| cx.waker().clone());
        assert!(waker.will_wake(cx.waker()));
        if self.is_there.load(Acquire) { Poll::Ready(Some(())) } else { Poll::Pending }
    }
}

/// A branch is polled again, for no reason, while the source is being woken.
#[test]
fn a_wake_reaches_a_branch_that_is_just_polling() {
    model(PREEMPTIONS, || {
        let flag = Flag::new();
        let mut branch = flag.clone().broadcast_rs2(1).branch();
        begin(&mut branch);
        let setter = thread::spawn(move || flag.set());
        assert_eq!(next(&mut branch), Some(()));
        setter.join().expect("it does not panic");
    });
}

#[test]
fn twin_a_note_without_order_may_be_missed() {
    let test = "a_wake_reaches_a_branch_that_is_just_polling";
    twin(test, Flaw::NotesUnordered, "deadlock");
}

#[test]
fn twin_a_note_forgotten_without_order_hides_what_it_was_for() {
    let test = "a_wake_reaches_a_branch_that_is_just_polling";
    twin(test, Flaw::ForgetsUnordered, "deadlock");
}

#[test]
fn twin_a_run_that_only_looks_for_a_note_misses_it() {
    let test = "a_wake_reaches_a_branch_that_is_just_polling";
    twin(test, Flaw::LooksOnly, "deadlock");
}

/// A source with a lock, as most are.
#[derive(Clone)]
struct Locked(Arc<Mutex<(Option<u8>, Option<Waker>)>>);

impl Locked {
    fn put(&self, item: u8) {
        let waker = {
            let mut state = self.0.lock().expect("nothing panics under this lock");
            state.0 = Some(item);
            state.1.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }
}

impl Stream for Locked {
    type Item = u8;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u8>> {
        let mut state = self.0.lock().expect("nothing panics under this lock");
        match state.0.take() {
            Some(item) => Poll::Ready(Some(item)),
            None => {
                state.1 = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Whichever branch asks the source last, both get the item.
#[test]
fn an_item_reaches_two_branches_that_wait() {
    model(2, || {
        let source = Locked(Arc::new(Mutex::new((None, None))));
        let mut broadcast = source.clone().broadcast_rs2(1);
        let (mut one, mut other) = (broadcast.branch(), broadcast.branch());
        let reader = thread::spawn(move || assert_eq!(next(&mut one), Some(7)));
        let writer = thread::spawn(move || source.put(7));
        assert_eq!(next(&mut other), Some(7));
        reader.join().expect("it does not panic");
        writer.join().expect("it does not panic");
    });
}

#[test]
fn twin_one_of_two_branches_sleeps_through_a_note_without_order() {
    twin("an_item_reaches_two_branches_that_wait", Flaw::NotesUnordered, "deadlock");
}

#[test]
fn twin_one_of_two_branches_sleeps_through_a_note_that_is_only_looked_for() {
    twin("an_item_reaches_two_branches_that_wait", Flaw::LooksOnly, "deadlock");
}

struct Threads;

impl<F: Future<Output = ()> + Send + 'static> Spawner<F> for Threads {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        thread::spawn(move || block_on(future));
        Ok(())
    }
}

/// The pump fills the buffer twice, so it is paused and resumed.
#[test]
fn a_buffer_that_blocks_loses_nothing_and_comes_to_its_end() {
    model(PREEMPTIONS, || {
        let mut config = BackpressureConfig::new(BackpressureStrategy::Block, 2);
        config.low_watermark = Some(0);
        let buffer = from_iter(0..4).auto_backpressure_on_rs2(Threads, config);
        let pressure = buffer.pressure();
        let mut buffer = pin!(buffer);
        for item in 0..4 {
            assert_eq!(next(&mut buffer), Some(item), "each item comes");
        }
        assert_eq!(next(&mut buffer), None);
        assert_eq!((pressure.depth(), pressure.is_high()), (0, false));
    });
}

#[test]
fn twin_a_buffer_that_was_low_for_a_moment_overflows() {
    let test = "a_buffer_that_blocks_loses_nothing_and_comes_to_its_end";
    twin(test, Flaw::LowersBlindly, "each item comes");
}

#[test]
fn twin_a_pump_that_does_not_look_again_sleeps_for_ever() {
    let test = "a_buffer_that_blocks_loses_nothing_and_comes_to_its_end";
    twin(test, Flaw::WaitsBlindly, "deadlock");
}

#[test]
fn an_interruption_reaches_a_bracket_that_is_about_to_wait() {
    model(PREEMPTIONS, || {
        let scope = Scope::new(1);
        let open = |()| pending::<u8>();
        let bracket = bracket_on(scope.clone(), ready(()), open, |()| ready(()));
        let mut bracket = Box::pin(bracket);
        begin(&mut bracket);
        let ender = thread::spawn(move || scope.interrupt());
        assert_eq!(next(&mut bracket), None);
        ender.join().expect("it does not panic");
    });
}

#[test]
fn twin_a_bracket_that_looks_before_it_leaves_its_waker_sleeps_for_ever() {
    let test = "an_interruption_reaches_a_bracket_that_is_about_to_wait";
    twin(test, Flaw::LooksEarly, "deadlock");
}

/// The time of the rates: up to now, or to the end of the stream.
#[test]
fn the_time_of_a_stream_that_ends_does_not_go_back() {
    model(PREEMPTIONS, || {
        let at = |seconds| Instant::from_origin(Duration::from_secs(seconds));
        let metrics = Metrics::new("rows");
        metrics.begin(at(1));
        let ending = metrics.clone();
        let ender = thread::spawn(move || ending.end(at(9)));
        let elapsed = metrics.snapshot_at(at(5)).elapsed().as_secs();
        assert!([4, 8].contains(&elapsed), "{elapsed} seconds are too few");
        ender.join().expect("it does not panic");
    });
}

#[test]
fn twin_an_end_without_order_is_seen_without_its_time() {
    let test = "the_time_of_a_stream_that_ends_does_not_go_back";
    twin(test, Flaw::EndsUnordered, "seconds are too few");
}
