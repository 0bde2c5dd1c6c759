//! The items of each key so far, shown to a step that may find a pattern in them.

use super::answer::{Answer, no_key, refuse};
use super::reports::reports;
use super::steps::Steps;
use crate::machine::{Next, StepMachine};
use crate::metrics::Loss;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Instant;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::future::Future;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The items before a pattern when nothing else is said.
pub const DEFAULT_PATTERN_ITEMS: usize = 1_000;

/// The rule of [`stateful_pattern_rs2`](super::StatefulExt::stateful_pattern_on_rs2).
pub struct StatefulPattern<T, X: KeyExtractor<T>, B, F, Fut, A> {
    key: X,
    f: F,
    capacity: usize,
    kept: Kept<X::Key, VecDeque<T>>,
    steps: Steps<X::Key, B>,
    // Where the items are that the running step is shown.
    shown: Option<u32>,
    shape: PhantomData<fn() -> (Fut, A)>,
}

impl<T, X: KeyExtractor<T>, B, F, Fut, A> StatefulPattern<T, X, B, F, Fut, A> {
    /// What the steps of `f` find.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, key: X, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        let capacity = config.max_per_key.unwrap_or(DEFAULT_PATTERN_ITEMS);
        let steps = Steps::new(config);
        let kept = Kept::like_states(config);
        Self { key, f, capacity, kept, steps, shown: None, shape: PhantomData }
    }
}

impl<T, X, B, F, Fut, R, A> StepMachine for StatefulPattern<T, X, B, F, Fut, A>
where
    T: Clone,
    X: KeyExtractor<T>,
    F: FnMut(Vec<T>, StateAccess<B>) -> Fut,
    Fut: Future<Output = Option<R>>,
    A: Answer<T, R>,
{
    type In = T;
    type Out = A::Out;
    type Step = Fut;

    fn on_item(&mut self, now: Instant, item: T) -> Next<Fut, A::Out> {
        let key = match self.key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return Next::out(no_key::<A, _, _>(item, error, self.kept.losses())),
        };
        let lost = |items: &VecDeque<T>| items.len() as u64;
        let Some(place) = self.kept.place_for(&key, now, VecDeque::new, lost) else {
            return Next::out(refuse::<A, _, _, _, _>(&mut self.kept, item));
        };
        let Some(items) = self.kept.at_mut(place) else { return Next::Nothing };
        let is_full = items.len() >= self.capacity;
        if is_full {
            items.pop_front();
        }
        items.push_back(item);
        let shown = items.iter().cloned().collect();
        self.kept.losses().count_many(Loss::Evicted, u64::from(is_full));
        self.shown = Some(place);
        let access = self.steps.begin(key, now);
        Next::Step((self.f)(shown, access))
    }

    fn on_step(&mut self, now: Instant, found: Option<R>) -> Option<A::Out> {
        let shown = self.shown.take();
        if let Some(place) = shown.filter(|_| found.is_some()) {
            self.kept.remove(place);
        }
        self.steps.end(now, self.kept.len());
        found.map(A::output)
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
        (_, high): (usize, Option<usize>),
        in_step: bool,
    ) -> (usize, Option<usize>) {
        (0, high.and_then(|high| high.checked_add(usize::from(in_step))))
    }
}

reports!(
    StatefulPattern<T, X, B, F, Fut, A>,
    |this| this.kept.losses(),
    |this| this.kept.len() + this.steps.len(),
);

#[cfg(feature = "snapshot")]
impl<T, X, B, F, Fut, A> Snapshot for StatefulPattern<T, X, B, F, Fut, A>
where
    T: Serialize + DeserializeOwned,
    X: KeyExtractor<T, Key: Serialize + DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_pattern", 2)?;
        self.kept.save(to, Writer::put)?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_pattern", 2)?;
        self.kept.restore(from, |from| from.take())?;
        self.steps.restore(from)
    }
}
