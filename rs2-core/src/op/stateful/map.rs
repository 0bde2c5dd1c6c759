//! One output for each item, by a step on the state of its key.

use super::answer::Answer;
use super::reports::reports;
use super::steps::Steps;
use crate::machine::{Next, StepMachine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Instant;
use core::future::Future;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`stateful_map_rs2`](super::StatefulExt::stateful_map_on_rs2) and, with states that
/// live for a session, of [`stateful_session_rs2`](super::StatefulExt::stateful_session_on_rs2).
pub struct StatefulMap<T, X: KeyExtractor<T>, B, F, Fut, A> {
    key: X,
    f: F,
    steps: Steps<X::Key, B>,
    shape: PhantomData<fn(T) -> (Fut, A)>,
}

impl<T, X: KeyExtractor<T>, B, F, Fut, A> StatefulMap<T, X, B, F, Fut, A> {
    /// What the steps of `f` put out.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, key: X, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        Self { key, f, steps: Steps::new(config), shape: PhantomData }
    }

    /// The same, with a state that is empty after `timeout` without an item of its key.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn of_sessions(config: StateConfig<B>, key: X, timeout: Duration, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        Self { key, f, steps: Steps::of_sessions(config, timeout), shape: PhantomData }
    }
}

impl<T, X, B, F, Fut, A> StepMachine for StatefulMap<T, X, B, F, Fut, A>
where
    X: KeyExtractor<T>,
    F: FnMut(T, StateAccess<B>) -> Fut,
    Fut: Future,
    A: Answer<T, Fut::Output>,
{
    type In = T;
    type Out = A::Out;
    type Step = Fut;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Next<Fut, A::Out> {
        match self.steps.begin_for::<A, _, _, _>(&self.key, item, now) {
            Ok((item, access)) => Next::Step((self.f)(item, access)),
            Err(instead) => Next::out(instead),
        }
    }

    #[inline]
    fn on_step(&mut self, now: Instant, output: Fut::Output) -> Option<A::Out> {
        self.steps.end(now, 0);
        Some(A::output(output))
    }

    fn on_deadline(&mut self, now: Instant) -> Next<Fut, A::Out> {
        self.steps.clean(now, 0);
        Next::Nothing
    }

    fn close(&mut self) {
        self.steps.clear();
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.steps.deadline()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.steps.stopped()
    }

    fn size_hint(
        &self,
        (low, high): (usize, Option<usize>),
        in_step: bool,
    ) -> (usize, Option<usize>) {
        let running = usize::from(in_step);
        let answers_all = A::GIVES_BACK || self.key.is_total();
        let low = if answers_all && !self.steps.may_stop() { low } else { 0 };
        (low.saturating_add(running), high.and_then(|high| high.checked_add(running)))
    }
}

reports!(StatefulMap<T, X, B, F, Fut, A>, |this| this.steps.losses(), |this| this.steps.len());

#[cfg(feature = "snapshot")]
impl<T, X: KeyExtractor<T>, B, F, Fut, A> Snapshot for StatefulMap<T, X, B, F, Fut, A> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_map", 1)?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_map", 1)?;
        self.steps.restore(from)
    }
}
