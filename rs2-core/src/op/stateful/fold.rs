//! An accumulator for each key, yielded each time that a step has changed it.

use super::answer::{Answer, no_key, refuse};
use super::reports::reports;
use super::steps::Steps;
use crate::machine::{Next, StepMachine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Instant;
use core::future::Future;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`stateful_fold_rs2`](super::StatefulExt::stateful_fold_on_rs2) and
/// [`stateful_reduce_rs2`](super::StatefulExt::stateful_reduce_on_rs2).
pub struct StatefulFold<T, X: KeyExtractor<T>, R, B, F, Fut, A> {
    key: X,
    init: R,
    f: F,
    kept: Kept<X::Key, R>,
    steps: Steps<X::Key, B>,
    // Where the accumulator of the running step comes from.
    home: Option<Home<X::Key>>,
    shape: PhantomData<fn(T) -> (Fut, A)>,
}

enum Home<K> {
    Place(u32),
    New(K),
}

impl<T, X: KeyExtractor<T>, R, B, F, Fut, A> StatefulFold<T, X, R, B, F, Fut, A> {
    /// What the steps of `f` make of the accumulators, each of which begins as `init`.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, key: X, init: R, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        let steps = Steps::new(config);
        let kept = Kept::like_states(config);
        Self { key, init, f, kept, steps, home: None, shape: PhantomData }
    }
}

impl<T, X, R, B, F, Fut, A> StepMachine for StatefulFold<T, X, R, B, F, Fut, A>
where
    X: KeyExtractor<T>,
    R: Clone,
    F: FnMut(R, T, StateAccess<B>) -> Fut,
    Fut: Future<Output = R>,
    A: Answer<T, R>,
{
    type In = T;
    type Out = A::Out;
    type Step = Fut;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Next<Fut, A::Out> {
        let key = match self.key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return Next::out(no_key::<A, _, _>(item, error, self.kept.losses())),
        };
        let (home, so_far) = match self.kept.lend(&key, now) {
            Some((place, so_far)) => (Home::Place(place), so_far),
            None if self.kept.make_room(now, |_| 1) => (Home::New(key.clone()), self.init.clone()),
            None => return Next::out(refuse::<A, _, _, _, _>(&mut self.kept, item)),
        };
        self.home = Some(home);
        let access = self.steps.begin(key, now);
        Next::Step((self.f)(so_far, item, access))
    }

    #[inline]
    fn on_step(&mut self, now: Instant, value: R) -> Option<A::Out> {
        let output = value.clone();
        match self.home.take()? {
            Home::Place(place) => self.kept.put_back(place, value, now),
            Home::New(key) => drop(self.kept.insert(key, value, now)),
        }
        self.steps.end(now, self.kept.len());
        Some(A::output(output))
    }

    fn on_deadline(&mut self, now: Instant) -> Next<Fut, A::Out> {
        self.kept.expire(now);
        self.steps.clean(now, self.kept.len());
        Next::Nothing
    }

    fn close(&mut self) {
        self.kept.clear();
        self.steps.clear();
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.steps.deadline()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.kept.stopped() || self.steps.stopped()
    }

    fn size_hint(
        &self,
        (low, high): (usize, Option<usize>),
        in_step: bool,
    ) -> (usize, Option<usize>) {
        let running = usize::from(in_step);
        let takes_all = self.kept.takes_all() && self.key.is_total();
        let low = if takes_all && !self.steps.may_stop() { low } else { 0 };
        (low.saturating_add(running), high.and_then(|high| high.checked_add(running)))
    }
}

reports!(
    StatefulFold<T, X, R, B, F, Fut, A>,
    |this| this.kept.losses(),
    |this| this.kept.len() + this.steps.len(),
);

#[cfg(feature = "snapshot")]
impl<T, X, R, B, F, Fut, A> Snapshot for StatefulFold<T, X, R, B, F, Fut, A>
where
    X: KeyExtractor<T, Key: Serialize + DeserializeOwned>,
    R: Serialize + DeserializeOwned,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_fold", 2)?;
        self.kept.save(to, Writer::put)?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_fold", 2)?;
        self.kept.restore(from, |from| from.take())?;
        self.steps.restore(from)
    }
}
