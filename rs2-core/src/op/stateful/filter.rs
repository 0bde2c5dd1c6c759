//! The items for which a step on the state of their key says yes.

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

/// The rule of [`stateful_filter_rs2`](super::StatefulExt::stateful_filter_on_rs2).
pub struct StatefulFilter<T, X: KeyExtractor<T>, B, F, Fut, A> {
    key: X,
    f: F,
    steps: Steps<X::Key, B>,
    // The item that the running step is about.
    judged: Option<T>,
    shape: PhantomData<fn() -> (Fut, A)>,
}

impl<T, X: KeyExtractor<T>, B, F, Fut, A> StatefulFilter<T, X, B, F, Fut, A> {
    /// The items for which a step of `f` says yes.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, key: X, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        Self { key, f, steps: Steps::new(config), judged: None, shape: PhantomData }
    }
}

impl<T, X, B, F, Fut, A> StepMachine for StatefulFilter<T, X, B, F, Fut, A>
where
    X: KeyExtractor<T>,
    F: FnMut(&T, StateAccess<B>) -> Fut,
    Fut: Future<Output = bool>,
    A: Answer<T, T>,
{
    type In = T;
    type Out = A::Out;
    type Step = Fut;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Next<Fut, A::Out> {
        let (item, access) = match self.steps.begin_for::<A, _, _, _>(&self.key, item, now) {
            Ok(begun) => begun,
            Err(instead) => return Next::out(instead),
        };
        let step = (self.f)(&item, access);
        self.judged = Some(item);
        Next::Step(step)
    }

    #[inline]
    fn on_step(&mut self, now: Instant, passes: bool) -> Option<A::Out> {
        self.steps.end(now, 0);
        self.judged.take().filter(|_| passes).map(A::output)
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
        (_, high): (usize, Option<usize>),
        in_step: bool,
    ) -> (usize, Option<usize>) {
        (0, high.and_then(|high| high.checked_add(usize::from(in_step))))
    }
}

reports!(StatefulFilter<T, X, B, F, Fut, A>, |this| this.steps.losses(), |this| this.steps.len());

#[cfg(feature = "snapshot")]
impl<T, X: KeyExtractor<T>, B, F, Fut, A> Snapshot for StatefulFilter<T, X, B, F, Fut, A> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_filter", 1)?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_filter", 1)?;
        self.steps.restore(from)
    }
}
