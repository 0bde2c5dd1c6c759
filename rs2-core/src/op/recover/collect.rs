//! The items, or the errors, in a collection.

use crate::machine::Budget;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedFuture, TryStream};
use pin_project_lite::pin_project;

/// A future that collects one side of a stream of results.
macro_rules! collects {
    ($(#[$doc:meta])* $name:ident, $side:ident, $pick:path) => {
        pin_project! {
            $(#[$doc])*
            #[derive(Debug)]
            #[must_use = "futures do nothing unless polled"]
            pub struct $name<S, B> {
                #[pin]
                source: S,
                // Gone when finished, and during a poll, so that nothing goes on after a panic.
                collection: Option<B>,
            }
        }

        impl<S, B: Default> $name<S, B> {
            pub(super) fn new(source: S) -> Self {
                Self { source, collection: Some(B::default()) }
            }
        }

        impl<S, B> Future for $name<S, B>
        where
            S: TryStream,
            B: Extend<S::$side>,
        {
            type Output = B;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B> {
                let mut this = self.project();
                let mut collection =
                    this.collection.take().expect("a collect was polled after it had finished");
                let mut budget = Budget::new();
                loop {
                    match this.source.as_mut().try_poll_next(cx) {
                        Poll::Ready(Some(item)) => collection.extend($pick(item)),
                        Poll::Ready(None) => return Poll::Ready(collection),
                        Poll::Pending => break,
                    }
                    if budget.spend(cx).is_pending() {
                        break;
                    }
                }
                *this.collection = Some(collection);
                Poll::Pending
            }
        }

        impl<S, B> FusedFuture for $name<S, B>
        where
            S: TryStream,
            B: Extend<S::$side>,
        {
            fn is_terminated(&self) -> bool {
                self.collection.is_none()
            }
        }
    };
}

collects!(
    /// The future of [`collect_ok_rs2`](super::RecoverExt::collect_ok_rs2).
    CollectOk,
    Ok,
    Result::ok
);
collects!(
    /// The future of [`collect_err_rs2`](super::RecoverExt::collect_err_rs2).
    CollectErr,
    Error,
    Result::err
);
