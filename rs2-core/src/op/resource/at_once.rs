//! A release that needs no waiting and runs wherever the bracket ends.

use super::exit::{caught, unwinding};
use super::{Cause, Closes, ExitCase, Guard, Judges, Watch};
use core::convert::Infallible;
use core::fmt;
use core::mem;
use core::task::{Context, Poll};

/// Releases its resource at once, at the end of the bracket or when it is dropped.
pub struct AtOnce<R, E, L: Closes<R, E, Output = ()>> {
    release: Option<L>,
    // Taken together with `release`: both are there exactly while the resource is held.
    resource: Option<R>,
    exit: ExitCase<E>,
}

impl<R, E, L: Closes<R, E, Output = ()>> AtOnce<R, E, L> {
    pub(super) fn new(release: L) -> Self {
        Self { release: Some(release), resource: None, exit: ExitCase::DROPPED }
    }

    fn release(&mut self, exit: ExitCase<E>) {
        if let Some(resource) = self.resource.take()
            && let Some(release) = self.release.take()
        {
            release.close(resource, exit);
        }
    }
}

impl<R, E, L: Closes<R, E, Output = ()>> Guard for AtOnce<R, E, L> {
    type Resource = R;

    fn enter(&mut self) {}

    fn cut(&self) -> Option<Cause> {
        None
    }

    fn poll_cut(&mut self, _cx: &mut Context<'_>) -> Poll<Cause> {
        Poll::Pending
    }

    fn hold(&mut self, resource: R) {
        self.resource = Some(resource);
    }

    fn resource(&self) -> Option<&R> {
        self.resource.as_ref()
    }

    fn note(&mut self, exit: ExitCase<Infallible>) {
        self.exit = exit.widen();
    }

    fn ahead(&mut self) {}

    fn begin(&mut self) {
        let exit = mem::replace(&mut self.exit, ExitCase::DROPPED);
        self.release(exit);
    }

    fn poll_release(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<R, T, E, L> Watch<T> for AtOnce<R, E, L>
where
    L: Closes<R, E, Output = ()> + Judges<T, Error = E>,
{
    #[inline]
    fn note_error(&mut self, item: &T) -> bool {
        let Some(error) = L::error(item) else { return false };
        self.exit = ExitCase::Errored(error);
        true
    }

    fn at_least(&self, items: usize) -> usize {
        if L::ENDS { items.min(1) } else { items }
    }
}

impl<R, E, L: Closes<R, E, Output = ()>> Drop for AtOnce<R, E, L> {
    fn drop(&mut self) {
        let exit = mem::replace(&mut self.exit, ExitCase::DROPPED).at_drop();
        if unwinding() {
            // A second panic now would abort. Its message has been printed by then.
            let _ = caught(|| self.release(exit));
        } else {
            self.release(exit);
        }
    }
}

impl<R, E, L: Closes<R, E, Output = ()>> fmt::Debug for AtOnce<R, E, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtOnce").field("held", &self.resource.is_some()).finish_non_exhaustive()
    }
}
