//! What becomes of the source while a step of the consumer waits.

use crate::machine::Progress;
use core::pin::Pin;
use core::task::Context;

/// What a terminal operator does about its source while its own future is pending.
pub trait Meanwhile<S> {
    /// The future is pending and has left its waker.
    fn meanwhile(source: Pin<&mut S>, cx: &mut Context<'_>);
}

/// Nothing: what the source has in flight stands still.
#[derive(Clone, Copy, Debug)]
pub struct Rests;

/// Moves along what the source has in flight.
#[derive(Clone, Copy, Debug)]
pub struct Drives;

impl<S> Meanwhile<S> for Rests {
    #[inline]
    fn meanwhile(_source: Pin<&mut S>, _cx: &mut Context<'_>) {}
}

impl<S: Progress> Meanwhile<S> for Drives {
    #[inline]
    fn meanwhile(source: Pin<&mut S>, cx: &mut Context<'_>) {
        // The step may wait for what is in flight. Whatever that sets free wakes the step.
        let _ = source.poll_progress(cx);
    }
}
