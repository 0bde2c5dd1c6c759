//! A release that waits: within the bracket, or where the host takes it over.

use super::exit::caught;
use super::release::{CountPanic, Fallback};
use super::scope::Settling;
use super::{Cause, Closes, ExitCase, Guard, Host, Judges, Release, Seat, Watch};
use crate::metrics::Losses;
use core::convert::Infallible;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

/// Releases its resource with a future: awaited by the bracket at its end, left to the host when
/// the bracket is dropped.
pub struct Held<R, E, L, F, H>
where
    L: Closes<R, E, Output = F>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    state: State<R, L, F>,
    exit: ExitCase<E>,
    host: H,
    seat: Option<Seat>,
    // Releases of brackets within this one, which come first.
    settling: Option<Settling>,
    name: &'static str,
    losses: Losses,
    fallback: Option<Fallback<F>>,
}

enum State<R, L, F> {
    Waiting(L),
    Open(R, L),
    Releasing(Release<F>),
    Over,
}

impl<R, E, L, F, H> Held<R, E, L, F, H>
where
    L: Closes<R, E, Output = F>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    pub(super) fn new(release: L, host: H) -> Self {
        Self {
            state: State::Waiting(release),
            exit: ExitCase::DROPPED,
            losses: host.losses(),
            host,
            seat: None,
            settling: None,
            name: "bracket",
            fallback: None,
        }
    }

    pub(super) fn set_name(&mut self, name: &'static str) {
        self.name = name;
    }

    pub(super) fn set_fallback(&mut self, fallback: Fallback<F>) {
        self.fallback = Some(fallback);
    }

    pub(super) fn losses(&self) -> Losses {
        self.losses.clone()
    }

    /// Makes the release's future, and does not poll it.
    fn start(&mut self, exit: ExitCase<E>) {
        match mem::replace(&mut self.state, State::Over) {
            State::Open(resource, release) => {
                let watch = CountPanic::new(&self.losses);
                let future = release.close(resource, exit);
                watch.disarm();
                let release = Release::new(future, &self.losses, self.fallback);
                self.state = State::Releasing(release);
            }
            releasing @ State::Releasing(_) => self.state = releasing,
            State::Waiting(_) | State::Over => {}
        }
    }

    /// The bracket is gone: what is not over by one poll goes to the host.
    fn leave(&mut self) {
        let is_new = matches!(self.state, State::Open(..));
        let exit = mem::replace(&mut self.exit, ExitCase::DROPPED).at_drop();
        self.start(exit);
        let State::Releasing(mut release) = mem::replace(&mut self.state, State::Over) else {
            return;
        };
        let comes_first = self.seat.as_ref().is_none_or(Seat::is_settled);
        if is_new && comes_first {
            // Many releases need no waiting: a message into a channel with room, a file closed.
            let mut cx = Context::from_waker(Waker::noop());
            if Pin::new(&mut release).poll(&mut cx).is_ready() {
                return;
            }
        }
        self.host.take_over(release, self.seat.take());
    }
}

impl<R, E, L, F, H> Guard for Held<R, E, L, F, H>
where
    L: Closes<R, E, Output = F>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    type Resource = R;

    fn enter(&mut self) {
        self.seat = self.host.seat(self.name);
    }

    #[inline]
    fn cut(&self) -> Option<Cause> {
        self.seat.as_ref().and_then(Seat::cut)
    }

    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<Cause> {
        match &mut self.seat {
            Some(seat) => seat.poll_cut(cx),
            None => Poll::Pending,
        }
    }

    fn hold(&mut self, resource: R) {
        if let State::Waiting(release) = mem::replace(&mut self.state, State::Over) {
            self.state = State::Open(resource, release);
        }
    }

    fn resource(&self) -> Option<&R> {
        match &self.state {
            State::Open(resource, _) => Some(resource),
            _ => None,
        }
    }

    fn note(&mut self, exit: ExitCase<Infallible>) {
        self.exit = exit.widen();
    }

    fn ahead(&mut self) {
        if let Some(seat) = &mut self.seat {
            seat.mark();
        }
    }

    fn begin(&mut self) {
        self.settling = self.seat.as_ref().and_then(Seat::settling);
        let exit = mem::replace(&mut self.exit, ExitCase::DROPPED);
        self.start(exit);
        if !matches!(self.state, State::Releasing(_)) {
            self.seat = None;
        }
    }

    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(settling) = &mut self.settling {
            ready!(settling.poll(cx));
            self.settling = None;
        }
        if let State::Releasing(release) = &mut self.state {
            ready!(Pin::new(release).poll(cx));
        }
        self.state = State::Over;
        self.seat = None;
        Poll::Ready(())
    }
}

impl<R, T, E, L, F, H> Watch<T> for Held<R, E, L, F, H>
where
    L: Closes<R, E, Output = F> + Judges<T, Error = E>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    #[inline]
    fn note_error(&mut self, item: &T) -> bool {
        let Some(error) = L::error(item) else { return false };
        self.exit = ExitCase::Errored(error);
        true
    }

    fn at_least(&self, items: usize) -> usize {
        match &self.seat {
            // The scope may end it at any time.
            Some(_) => 0,
            None if L::ENDS => items.min(1),
            None => items,
        }
    }
}

impl<R, E, L, F, H> Drop for Held<R, E, L, F, H>
where
    L: Closes<R, E, Output = F>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    fn drop(&mut self) {
        if matches!(self.state, State::Open(..) | State::Releasing(_)) {
            // A release that panics is counted. It must not abort what is unwinding already, nor
            // surprise who only drops a stream.
            let _ = caught(|| self.leave());
        }
    }
}

impl<R, E, L, F, H> fmt::Debug for Held<R, E, L, F, H>
where
    L: Closes<R, E, Output = F>,
    F: Future<Output = ()>,
    H: Host<F>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.state {
            State::Waiting(_) => "waiting",
            State::Open(..) => "open",
            State::Releasing(_) => "releasing",
            State::Over => "over",
        };
        let mut text = f.debug_struct("Held");
        text.field("name", &self.name).field("stage", &stage).finish_non_exhaustive()
    }
}
