//! The vectors of time on embassy's mock driver: the same, byte for byte, as on any other clock.
//!
//! The driver is one for the whole process, so what needs it stands in one test.

#[path = "../../tests/vectors/timing.rs"]
mod vectors;

use embassy_time::{Duration, MockDriver};
use rs2_core::time::Clock;
use rs2_embassy::EmbassyTimer;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

/// Longer than any vector waits.
const LONGEST_MILLIS: u32 = 1_000;

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// Runs a future on the mock driver, which goes on by a millisecond while nothing is woken.
fn run<F: Future>(future: F) -> F::Output {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut future = pin!(future);
    for _ in 0..LONGEST_MILLIS {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        // Not polled before it is woken: a wake that is lost is a vector that never ends.
        for _ in 0..LONGEST_MILLIS {
            if woken.0.swap(false, SeqCst) {
                break;
            }
            MockDriver::get().advance(Duration::from_millis(1));
        }
    }
    panic!("nothing has happened for a second")
}

#[test]
fn the_vectors_on_embassys_mock_driver() {
    for &(op, input, expected) in vectors::VECTORS {
        MockDriver::get().reset();
        assert_eq!(EmbassyTimer.now(), rs2_core::time::Instant::ORIGIN);
        let seen = run(vectors::run(op, input, EmbassyTimer));
        assert_eq!(seen, expected, "{op:?} of {input}");
    }
}
