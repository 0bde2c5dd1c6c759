//! A stream around the life of a resource.

use super::{Cause, ExitCase, Opens};
use crate::machine::Progress;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

/// Holds the resource of a bracket, and releases it exactly once, at the latest when dropped.
pub trait Guard {
    /// What is acquired.
    type Resource;
    /// Before the resource is acquired.
    fn enter(&mut self);
    /// Why the bracket must end, if it must.
    fn cut(&self) -> Option<Cause>;
    /// The same, and leaves the task's waker for it.
    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<Cause>;
    /// The resource is there. From now on it will be released.
    fn hold(&mut self, resource: Self::Resource);
    /// The resource, while it is held.
    fn resource(&self) -> Option<&Self::Resource>;
    /// What the release is told.
    fn note(&mut self, exit: ExitCase);
    /// Before what uses the resource is dropped.
    fn ahead(&mut self);
    /// Starts the release.
    fn begin(&mut self);
    /// Waits for the release.
    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// A guard that looks at the items, some of which may be the end of the bracket.
pub trait Watch<T>: Guard {
    /// Whether this item is the end of the bracket; the release is then told of it.
    fn note_error(&mut self, item: &T) -> bool;
    /// How many items at least a stream yields here of which so many are to come.
    fn at_least(&self, items: usize) -> usize;
}

pin_project! {
    /// The stream of [`bracket_on`](super::bracket_on()) and its relatives.
    #[must_use = "streams do nothing unless polled"]
    ///
    /// Every type in it is a parameter of its own, and not found by way of another one: where a
    /// closure sees a reference, the compiler would not be sure that the stream is `Send`.
    pub struct Bracket<A, U, St, T, G>
    where
        G: Guard,
    {
        #[pin]
        acquire: Option<A>,
        open: Option<U>,
        #[pin]
        stream: Option<St>,
        // After the stream, so that it is dropped after it.
        guard: G,
        // The error that ended the stream, for after the release.
        last: Option<T>,
        stage: Stage,
    }

    impl<A, U, St, T, G> PinnedDrop for Bracket<A, U, St, T, G>
    where
        G: Guard,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            match this.stage {
                Stage::Using => this.guard.ahead(),
                Stage::Broken => {
                    this.guard.note(ExitCase::PANICKED);
                    this.guard.ahead();
                }
                _ => return,
            }
            this.stream.set(None);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    New,
    Acquiring,
    Using,
    // Code that uses the resource runs. Who finds the stream in this stage knows that it panicked.
    Broken,
    Releasing,
    // The resource is released, the error comes next.
    Failed,
    Ended,
}

impl<A, U, St, G> Bracket<A, U, St, St::Item, G>
where
    A: Future<Output = G::Resource>,
    U: Opens<G::Resource, Stream = St>,
    St: Stream,
    G: Watch<St::Item>,
{
    pub(super) fn new(acquire: A, open: U, guard: G) -> Self {
        Self {
            acquire: Some(acquire),
            open: Some(open),
            stream: None,
            guard,
            last: None,
            stage: Stage::New,
        }
    }

    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    pub(super) fn guard(&self) -> &G {
        &self.guard
    }

    /// The same bracket with another setting of its guard. Nothing is pinned or held yet.
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[track_caller]
    pub(super) fn set(mut self, set: impl FnOnce(&mut G)) -> Self {
        assert!(self.stage == Stage::New, "a bracket is set up before its first poll");
        set(&mut self.guard);
        self
    }

    /// Waits for the resource and begins to use it.
    fn poll_acquire(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if *this.stage == Stage::New {
            this.guard.enter();
        }
        // Also the answer after a panic: there is no resource.
        *this.stage = Stage::Ended;
        let Some(acquire) = this.acquire.as_mut().as_pin_mut() else { return Poll::Ready(()) };
        if this.guard.cut().is_some() {
            this.acquire.set(None);
            this.guard.begin();
            return Poll::Ready(());
        }
        let Poll::Ready(resource) = acquire.poll(cx) else {
            *this.stage = Stage::Acquiring;
            // A cut that came just now is answered at once.
            return this.guard.poll_cut(cx).map(drop);
        };
        // Nothing of the user's runs between these two lines.
        this.guard.hold(resource);
        *this.stage = Stage::Broken;
        this.acquire.set(None);
        let open = this.open.take().zip(this.guard.resource());
        this.stream.set(open.map(|(open, resource)| open.open(resource)));
        *this.stage = Stage::Using;
        Poll::Ready(())
    }

    /// The next item, or `None` when the bracket is no longer in use.
    #[inline]
    fn poll_use(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<St::Item>> {
        let mut this = self.as_mut().project();
        let exit = if let Some(cause) = this.guard.cut() {
            ExitCase::Canceled { cause }
        } else if let Some(stream) = this.stream.as_mut().as_pin_mut() {
            *this.stage = Stage::Broken;
            let polled = stream.poll_next(cx);
            let failed = match &polled {
                Poll::Ready(Some(item)) => this.guard.note_error(item),
                _ => false,
            };
            *this.stage = Stage::Using;
            match polled {
                Poll::Ready(Some(item)) if failed => {
                    *this.last = Some(item);
                    self.close(None);
                    return Poll::Ready(None);
                }
                Poll::Ready(Some(item)) => return Poll::Ready(Some(item)),
                Poll::Ready(None) => ExitCase::Completed,
                Poll::Pending => ExitCase::Canceled { cause: ready!(this.guard.poll_cut(cx)) },
            }
        } else {
            ExitCase::Completed
        };
        self.close(Some(exit));
        Poll::Ready(None)
    }

    /// Drops what uses the resource, and then starts the release. Without an exit it is noted.
    fn close(self: Pin<&mut Self>, exit: Option<ExitCase>) {
        let mut this = self.project();
        if let Some(exit) = exit {
            this.guard.note(exit);
        }
        *this.stage = Stage::Broken;
        this.guard.ahead();
        this.stream.set(None);
        *this.stage = Stage::Ended;
        this.guard.begin();
        *this.stage = Stage::Releasing;
    }

    fn poll_release(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        *this.stage = Stage::Ended;
        let polled = this.guard.poll_release(cx);
        *this.stage = match polled {
            Poll::Pending => Stage::Releasing,
            Poll::Ready(()) if this.last.is_some() => Stage::Failed,
            Poll::Ready(()) => Stage::Ended,
        };
        polled
    }
}

impl<A, U, St, G> Stream for Bracket<A, U, St, St::Item, G>
where
    A: Future<Output = G::Resource>,
    U: Opens<G::Resource, Stream = St>,
    St: Stream,
    G: Watch<St::Item>,
{
    type Item = St::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match self.stage {
                Stage::New | Stage::Acquiring => ready!(self.as_mut().poll_acquire(cx)),
                Stage::Using => {
                    let item = ready!(self.as_mut().poll_use(cx));
                    if item.is_some() {
                        return Poll::Ready(item);
                    }
                }
                Stage::Broken => self.as_mut().close(Some(ExitCase::PANICKED)),
                Stage::Releasing => ready!(self.as_mut().poll_release(cx)),
                Stage::Failed => {
                    let this = self.project();
                    *this.stage = Stage::Ended;
                    return Poll::Ready(this.last.take());
                }
                Stage::Ended => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match (self.stage, &self.stream) {
            (Stage::New | Stage::Acquiring, _) => (0, None),
            (Stage::Using, Some(stream)) => {
                let (low, high) = stream.size_hint();
                (self.guard.at_least(low), high)
            }
            (Stage::Releasing | Stage::Failed, _) if self.last.is_some() => (1, Some(1)),
            _ => (0, Some(0)),
        }
    }
}

impl<A, U, St, G> FusedStream for Bracket<A, U, St, St::Item, G>
where
    A: Future<Output = G::Resource>,
    U: Opens<G::Resource, Stream = St>,
    St: Stream,
    G: Watch<St::Item>,
{
    fn is_terminated(&self) -> bool {
        self.stage == Stage::Ended
    }
}

/// Advances what has begun: the acquiring, the stream within, the release.
impl<A, U, St, G> Progress for Bracket<A, U, St, St::Item, G>
where
    A: Future<Output = G::Resource>,
    U: Opens<G::Resource, Stream = St>,
    St: Progress,
    G: Watch<St::Item>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.stage {
                Stage::New | Stage::Failed | Stage::Ended => return Poll::Ready(()),
                Stage::Acquiring => ready!(self.as_mut().poll_acquire(cx)),
                Stage::Using => {
                    let mut this = self.as_mut().project();
                    if let Poll::Ready(cause) = this.guard.poll_cut(cx) {
                        self.as_mut().close(Some(ExitCase::Canceled { cause }));
                        continue;
                    }
                    let Some(stream) = this.stream.as_mut().as_pin_mut() else {
                        return Poll::Ready(());
                    };
                    *this.stage = Stage::Broken;
                    let polled = stream.poll_progress(cx);
                    *this.stage = Stage::Using;
                    return polled;
                }
                Stage::Broken => self.as_mut().close(Some(ExitCase::PANICKED)),
                Stage::Releasing => ready!(self.as_mut().poll_release(cx)),
            }
        }
    }
}

impl<A, U, St, T, G: Guard> fmt::Debug for Bracket<A, U, St, T, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bracket").field("stage", &self.stage).finish_non_exhaustive()
    }
}
