//! One after the other.

use crate::sync::Lock;
use alloc::vec::Vec;
use core::future::poll_fn;
use core::mem;
use core::task::{Poll, Waker};

/// Lets one caller at a time through, also across waits.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    state: Lock<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    is_taken: bool,
    waiting: Vec<Waker>,
}

/// A turn; dropping it lets the next one through.
#[derive(Debug)]
pub(crate) struct Turn<'a>(&'a Turns);

impl Turns {
    pub(crate) async fn take(&self) -> Turn<'_> {
        poll_fn(|cx| {
            let waker = cx.waker().clone();
            self.state.with(|taken| {
                if taken.is_taken {
                    taken.waiting.push(waker);
                    return Poll::Pending;
                }
                taken.is_taken = true;
                Poll::Ready(Turn(self))
            })
        })
        .await
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let waiting = self.0.state.with(|taken| {
            taken.is_taken = false;
            mem::take(&mut taken.waiting)
        });
        // All of them, since the first may have been dropped. There are few: one step's.
        waiting.into_iter().for_each(Waker::wake);
    }
}
