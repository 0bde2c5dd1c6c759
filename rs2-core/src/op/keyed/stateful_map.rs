//! One item out for each item in, by an asynchronous step on the state of its key.

use crate::machine::{Budget, Progress};
use crate::metrics::{Holds, Loss, Losses, Reports};
use crate::state::{KeyExtractor, StateAccess, StateBackend, StateConfig, States};
use crate::time::{Instant, Sleep, Timer};
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`stateful_map_rs2`](super::KeyedExt::stateful_map_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct StatefulMap<S, B, X, F, Fut, R, T>
    where
        S: Stream,
        X: KeyExtractor<S::Item>,
        T: Timer,
    {
        #[pin]
        source: S,
        key: X,
        f: F,
        #[pin]
        step: Option<Fut>,
        // What the step put out while nobody asked for an item.
        done: Option<R>,
        states: States<X::Key>,
        timer: T,
        #[pin]
        sleep: Option<T::Sleep>,
        // When expired states are given back next, and what `sleep` waits for.
        cleaning: Option<Instant>,
        armed: Option<Instant>,
        cleanup_interval: Duration,
        ended: bool,
        // Set while a closure or a step of the user's runs: still set, it panicked, and the state
        // it had is gone.
        poisoned: bool,
        backend: PhantomData<fn() -> B>,
    }
}

impl<S, B, X, F, Fut, R, T> StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream,
    X: KeyExtractor<S::Item>,
    T: Timer,
{
    #[track_caller]
    pub(super) fn new(source: S, timer: T, config: StateConfig<B>, key: X, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        Self {
            source,
            key,
            f,
            step: None,
            done: None,
            states: States::new(&config),
            timer,
            sleep: None,
            cleaning: None,
            armed: None,
            cleanup_interval: config.cleanup_interval,
            ended: false,
            poisoned: false,
            backend: PhantomData,
        }
    }
}

impl<S, B, X, F, Fut, R, T> StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream,
    X: KeyExtractor<S::Item>,
    F: FnMut(S::Item, StateAccess<B>) -> Fut,
    Fut: Future<Output = R>,
    T: Timer,
{
    /// Advances the running step; `Ready(None)` when none runs.
    #[inline]
    fn poll_step(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<R>> {
        let mut this = self.project();
        let Some(step) = this.step.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        *this.poisoned = true;
        let polled = step.poll(cx);
        *this.poisoned = false;
        let output = ready!(polled);
        this.step.set(None);
        this.states.end(this.timer.now());
        Poll::Ready(Some(output))
    }

    /// While the source has nothing: gives expired states back every `cleanup_interval`.
    fn poll_cleanup(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.states.len() == 0 {
            *this.cleaning = None;
            return Poll::Pending;
        }
        let (timer, interval) = (this.timer, *this.cleanup_interval);
        let due = *this.cleaning.get_or_insert_with(|| timer.now().saturating_add(interval));
        if *this.armed != Some(due) {
            *this.armed = Some(due);
            match this.sleep.as_mut().as_pin_mut() {
                Some(sleep) => sleep.reset(due),
                None => this.sleep.set(Some(timer.sleep_until(due))),
            }
        }
        let Some(sleep) = this.sleep.as_mut().as_pin_mut() else { return Poll::Pending };
        ready!(sleep.poll(cx));
        (*this.cleaning, *this.armed) = (None, None);
        this.states.expire(due.max(timer.now()));
        Poll::Ready(())
    }
}

impl<S, B, X, F, Fut, R, T> Stream for StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream,
    X: KeyExtractor<S::Item>,
    F: FnMut(S::Item, StateAccess<B>) -> Fut,
    Fut: Future<Output = R>,
    T: Timer,
{
    type Item = R;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<R>> {
        if self.poisoned {
            return Poll::Ready(None);
        }
        let mut budget = Budget::new();
        loop {
            if let Some(output) = self.as_mut().project().done.take() {
                return Poll::Ready(Some(output));
            }
            if let Some(output) = ready!(self.as_mut().poll_step(cx)) {
                return Poll::Ready(Some(output));
            }
            let mut this = self.as_mut().project();
            *this.ended |= this.states.stopped();
            if *this.ended {
                this.states.clear();
                return Poll::Ready(None);
            }
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    let now = this.timer.now();
                    let next = now.saturating_add(*this.cleanup_interval);
                    if *this.cleaning.get_or_insert(next) <= now {
                        *this.cleaning = Some(next);
                        this.states.expire(now);
                    }
                    *this.poisoned = true;
                    let key = this.key.try_key(&item);
                    if let Ok(key) = key {
                        let access = this.states.begin(key, now);
                        this.step.set(Some((this.f)(item, access)));
                    } else {
                        this.states.losses().count(Loss::NoKey);
                    }
                    *this.poisoned = false;
                }
                Poll::Ready(None) => *this.ended = true,
                Poll::Pending => ready!(self.as_mut().poll_cleanup(cx)),
            }
            ready!(budget.spend(cx));
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.poisoned {
            return (0, Some(0));
        }
        let held = usize::from(self.step.is_some() || self.done.is_some());
        if self.ended {
            return (held, Some(held));
        }
        let (low, high) = self.source.size_hint();
        let low = if self.states.may_stop() || !self.key.is_total() { 0 } else { low };
        (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S, B, X, F, Fut, R, T> FusedStream for StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream,
    X: KeyExtractor<S::Item>,
    F: FnMut(S::Item, StateAccess<B>) -> Fut,
    Fut: Future<Output = R>,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.poisoned || (self.ended && self.step.is_none() && self.done.is_none())
    }
}

impl<S, B, X, F, Fut, R, T> Progress for StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Progress,
    X: KeyExtractor<S::Item>,
    F: FnMut(S::Item, StateAccess<B>) -> Fut,
    Fut: Future<Output = R>,
    T: Timer,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.poisoned {
            return Poll::Ready(());
        }
        let source = self.as_mut().project().source.poll_progress(cx);
        if let Some(output) = ready!(self.as_mut().poll_step(cx)) {
            *self.project().done = Some(output);
        }
        source
    }
}

impl<S, B, X, F, Fut, R, T> Reports for StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream,
    X: KeyExtractor<S::Item>,
    T: Timer,
{
    fn losses(&self) -> &Losses {
        self.states.losses()
    }
}

impl<S, B, X, F, Fut, R, T> Holds for StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream,
    X: KeyExtractor<S::Item>,
    T: Timer,
{
    fn held(&self) -> usize {
        self.states.len() + usize::from(self.step.is_some()) + usize::from(self.done.is_some())
    }
}

impl<S, B, X, F, Fut, R, T> fmt::Debug for StatefulMap<S, B, X, F, Fut, R, T>
where
    S: Stream + fmt::Debug,
    X: KeyExtractor<S::Item>,
    T: Timer,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatefulMap")
            .field("source", &self.source)
            .field("keys", &self.states.len())
            .field("in_step", &self.step.is_some())
            .field("losses", self.states.losses())
            .finish_non_exhaustive()
    }
}
