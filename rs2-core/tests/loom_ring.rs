//! Every order of steps that two threads can take through the ring, by loom.
//!
//! Each model has twins: the same model with a ring that has a flaw, which loom must find. A model
//! that cannot fail shows nothing. A twin runs in a process of its own, since loom does not survive
//! what it finds. `cargo xtask loom` runs them all.
#![cfg(rs2_loom)]

use futures_core::Stream;
use loom::future::block_on;
use loom::model::Builder;
use loom::thread;
use rs2_core::queue::parts::{Flaw, flaw};
use rs2_core::queue::{QueueError, RingReceiver, spsc};
use std::env;
use std::future::poll_fn;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// How often a thread is interrupted where it need not wait, at most.
const PREEMPTIONS: usize = 3;
/// Tells a process which flaw its ring has.
const FLAW: &str = "RS2_LOOM_FLAW";
const FLAWS: [Flaw; 5] =
    [Flaw::Unordered, Flaw::WaitsBlindly, Flaw::ClearsLate, Flaw::Silent, Flaw::TakesNothingBack];

fn model(run: impl Fn() + Sync + Send + 'static) {
    if let Some(name) = env::var_os(FLAW) {
        let flaw = FLAWS.into_iter().find(|flaw| *format!("{flaw:?}") == *name);
        flaw::introduce(flaw.expect("a twin names a flaw"));
    }
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(run);
}

/// Runs the test of a model with a ring that has this flaw, and sees it fail in these words.
fn twin(test: &str, flaw: Flaw, words: &str) {
    let mut command = Command::new(env::current_exe().expect("the test runs from a file"));
    command.args(["--exact", test, "--nocapture"]);
    let command = command.env(FLAW, format!("{flaw:?}")).env("RUST_BACKTRACE", "0");
    let output = command.output().expect("it ran before");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "loom does not notice that a ring is {flaw:?}");
    assert!(text.contains(words), "loom should say {words:?}, and says {text}");
}

fn next<T>(receiver: &mut RingReceiver<T>) -> Option<T> {
    block_on(poll_fn(|cx| Pin::new(&mut *receiver).poll_next(cx)))
}

/// More items than the ring holds, one by one: both ends wait, and slots are used again.
#[test]
fn items_arrive_once_and_in_order() {
    model(|| {
        let (mut sender, mut receiver) = spsc(1);
        let producer = thread::spawn(move || {
            for n in 0..2_u8 {
                block_on(sender.send(n)).expect("the receiver is there");
            }
        });
        for n in 0..2 {
            assert_eq!(next(&mut receiver), Some(n));
        }
        assert_eq!(next(&mut receiver), None);
        producer.join().expect("it does not panic");
    });
}

#[test]
fn twin_items_are_not_handed_over_by_a_relaxed_step() {
    twin("items_arrive_once_and_in_order", Flaw::Unordered, "Causality violation");
}

#[test]
fn twin_an_end_that_does_not_look_again_sleeps_for_ever() {
    twin("items_arrive_once_and_in_order", Flaw::WaitsBlindly, "deadlock");
}

#[test]
fn twin_an_end_whose_mark_is_cleared_after_its_wake_sleeps_for_ever() {
    twin("items_arrive_once_and_in_order", Flaw::ClearsLate, "deadlock");
}

#[test]
fn twin_an_end_that_nobody_wakes_sleeps_for_ever() {
    twin("items_arrive_once_and_in_order", Flaw::Silent, "deadlock");
}

/// Batches that do not fit, over the place where the ring goes round.
#[test]
fn batches_arrive_once_and_in_order() {
    model(|| {
        let (mut sender, mut receiver) = spsc(2);
        let producer = thread::spawn(move || {
            block_on(sender.send_batch([0, 1, 2_u8])).expect("the receiver is there");
        });
        let mut items = Vec::new();
        while block_on(receiver.recv_batch(&mut items, 2)) > 0 {}
        assert_eq!(items, [0, 1, 2]);
        producer.join().expect("it does not panic");
    });
}

#[test]
fn twin_batches_are_not_handed_over_by_a_relaxed_step() {
    twin("batches_arrive_once_and_in_order", Flaw::Unordered, "Causality violation");
}

#[test]
fn twin_a_batch_that_does_not_look_again_sleeps_for_ever() {
    twin("batches_arrive_once_and_in_order", Flaw::WaitsBlindly, "deadlock");
}

/// The receiver waits for an item on a ring whose sender leaves without one.
#[test]
fn a_sender_that_leaves_ends_a_receiver_that_waits() {
    model(|| {
        let (sender, mut receiver) = spsc::<u8>(1);
        let producer = thread::spawn(move || drop(sender));
        assert_eq!(next(&mut receiver), None);
        producer.join().expect("it does not panic");
    });
}

#[test]
fn twin_a_sender_that_leaves_in_silence_is_waited_for_for_ever() {
    twin("a_sender_that_leaves_ends_a_receiver_that_waits", Flaw::Silent, "deadlock");
}

#[test]
fn twin_a_receiver_that_does_not_look_again_waits_for_a_sender_that_left() {
    twin("a_sender_that_leaves_ends_a_receiver_that_waits", Flaw::WaitsBlindly, "deadlock");
}

/// Counted when it is dropped. Nothing else, so that a twin may do it twice.
#[derive(Debug)]
struct Counted(&'static AtomicUsize);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// The sender waits for room on a ring whose receiver leaves.
#[test]
fn a_receiver_that_leaves_drops_what_it_got_and_the_sender_gets_the_rest_back() {
    model(|| {
        let dropped: &'static AtomicUsize = Box::leak(Box::default());
        let (mut sender, receiver) = spsc(1);
        let producer = thread::spawn(move || {
            let first = block_on(sender.send(Counted(dropped)));
            let second = block_on(sender.send(Counted(dropped)));
            assert!(matches!(second, Err(QueueError::Closed(_))), "the receiver takes none");
            // Whatever the sender did not get back went with the receiver.
            let back = usize::from(first.is_err()) + 1;
            (back, first, second, sender)
        });
        drop(receiver);
        let (back, first, second, sender) = producer.join().expect("it does not panic");
        assert_eq!(dropped.load(SeqCst) + back, 2, "the sender is still there");
        drop((first, second, sender));
        assert_eq!(dropped.load(SeqCst), 2, "each once");
    });
}

#[test]
fn twin_a_receiver_that_leaves_in_silence_is_waited_for_for_ever() {
    twin(
        "a_receiver_that_leaves_drops_what_it_got_and_the_sender_gets_the_rest_back",
        Flaw::Silent,
        "deadlock",
    );
}

#[test]
fn twin_a_sender_that_does_not_look_again_waits_for_a_receiver_that_left() {
    twin(
        "a_receiver_that_leaves_drops_what_it_got_and_the_sender_gets_the_rest_back",
        Flaw::WaitsBlindly,
        "deadlock",
    );
}

#[test]
fn twin_what_is_sent_to_nobody_stays_in_the_ring() {
    twin(
        "a_receiver_that_leaves_drops_what_it_got_and_the_sender_gets_the_rest_back",
        Flaw::TakesNothingBack,
        "the sender is still there",
    );
}
