//! The items of each key, handed to a step when its group is complete.

use super::answer::{Answer, no_key, refuse};
use super::reports::reports;
use super::steps::Steps;
use crate::machine::{Next, StepMachine};
use crate::metrics::Loss;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Instant;
use alloc::vec::Vec;
use core::future::Future;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The items of a group when nothing else is said.
pub const DEFAULT_GROUP_SIZE: usize = 10_000;

/// The rule of [`stateful_group_by_rs2`](super::StatefulExt::stateful_group_by_on_rs2).
pub struct StatefulGroupBy<T, X: KeyExtractor<T>, B, F, Fut, A> {
    key: X,
    f: F,
    capacity: usize,
    // Idle for longest first. A group goes out and does not expire.
    groups: Kept<X::Key, Vec<T>>,
    steps: Steps<X::Key, B>,
    // When the source ended.
    ended: Option<Instant>,
    // An item that found no room although a group went out for it.
    refused: Option<T>,
    shape: PhantomData<fn() -> (Fut, A)>,
}

/// A key and its items.
type Group<X, T> = (<X as KeyExtractor<T>>::Key, Vec<T>);

impl<T, X: KeyExtractor<T>, B, F, Fut, A> StatefulGroupBy<T, X, B, F, Fut, A> {
    /// What the steps of `f` make of the groups.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, key: X, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        Self {
            key,
            f,
            capacity: config.max_per_key.unwrap_or(DEFAULT_GROUP_SIZE),
            steps: Steps::new(config),
            groups: Kept::for_time(config, config.ttl),
            ended: None,
            refused: None,
            shape: PhantomData,
        }
    }

    /// The group that goes out for an item of `key`: its own, when that is full, or the one that
    /// had to make room for it.
    fn add(&mut self, key: &X::Key, item: T, now: Instant) -> Option<Group<X, T>> {
        let (place, gone) = match self.groups.place_of(key) {
            Some(place) => {
                self.groups.renew(place, now);
                (Some(place), None)
            }
            None => self.begin(key, now),
        };
        let Some(place) = place else {
            self.refused = Some(item);
            return gone;
        };
        let group = self.groups.at_mut(place)?;
        group.push(item);
        if group.len() < self.capacity {
            return gone;
        }
        debug_assert!(gone.is_none(), "where one item is a group, none is held");
        self.groups.losses().count(Loss::Evicted);
        self.groups.remove(place).map(|group| (key.clone(), group))
    }

    /// The place of a new group, if there is room, and the group that made it.
    fn begin(&mut self, key: &X::Key, now: Instant) -> (Option<u32>, Option<Group<X, T>>) {
        let mut gone = None;
        if !self.groups.has_room() {
            gone = self.groups.evict();
            if gone.is_none() {
                return (None, None);
            }
            self.groups.losses().count(Loss::Evicted);
        }
        // Others may have taken all that a meter allows.
        (self.groups.try_insert(key.clone(), Vec::new(), now), gone)
    }
}

impl<T, X, B, F, Fut, A> StatefulGroupBy<T, X, B, F, Fut, A>
where
    X: KeyExtractor<T>,
    F: FnMut(X::Key, Vec<T>, StateAccess<B>) -> Fut,
{
    fn step(&mut self, group: Option<Group<X, T>>, now: Instant) -> Option<Fut> {
        let (key, items) = group?;
        let access = self.steps.begin(key.clone(), now);
        Some((self.f)(key, items, access))
    }
}

impl<T, X, B, F, Fut, A> StepMachine for StatefulGroupBy<T, X, B, F, Fut, A>
where
    X: KeyExtractor<T>,
    F: FnMut(X::Key, Vec<T>, StateAccess<B>) -> Fut,
    Fut: Future,
    A: Answer<T, Fut::Output>,
{
    type In = T;
    type Out = A::Out;
    type Step = Fut;

    fn on_item(&mut self, now: Instant, item: T) -> Next<Fut, A::Out> {
        let key = match self.key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return Next::out(no_key::<A, _, _>(item, error, self.groups.losses())),
        };
        let gone = self.add(&key, item, now);
        match self.step(gone, now) {
            Some(step) => Next::Step(step),
            None => self.more(),
        }
    }

    fn on_step(&mut self, now: Instant, output: Fut::Output) -> Option<A::Out> {
        self.steps.end(now, 0);
        Some(A::output(output))
    }

    fn on_end(&mut self, now: Instant) -> Next<Fut, A::Out> {
        self.ended = Some(now);
        self.more()
    }

    fn more(&mut self) -> Next<Fut, A::Out> {
        if let Some(item) = self.refused.take() {
            return Next::out(refuse::<A, _, _, _, _>(&mut self.groups, item));
        }
        let Some(now) = self.ended else { return Next::Nothing };
        let group = self.groups.pop_oldest();
        Next::step(self.step(group, now))
    }

    fn on_deadline(&mut self, now: Instant) -> Next<Fut, A::Out> {
        if self.groups.next_expiry().is_some_and(|due| due <= now) {
            let group = self.groups.pop_oldest();
            return Next::step(self.step(group, now));
        }
        self.steps.clean(now, 0);
        Next::Nothing
    }

    fn close(&mut self) {
        self.refused = None;
        self.groups.clear();
        self.steps.clear();
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        let idle = self.groups.next_expiry().filter(|due| *due < Instant::FAR_FUTURE);
        idle.into_iter().chain(self.steps.deadline()).min()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.groups.stopped() || self.steps.stopped()
    }

    fn size_hint(
        &self,
        (_, high): (usize, Option<usize>),
        in_step: bool,
    ) -> (usize, Option<usize>) {
        let running = usize::from(in_step);
        // A stream that stops when it is full may stop before its groups go out.
        let sure = if self.groups.may_stop() { 0 } else { self.groups.len() };
        let most = running + self.groups.len() + usize::from(self.refused.is_some());
        (running + sure, high.and_then(|high| high.checked_add(most)))
    }
}

reports!(
    StatefulGroupBy<T, X, B, F, Fut, A>,
    |this| this.groups.losses(),
    |this| this.groups.len() + this.steps.len() + usize::from(this.refused.is_some()),
);

#[cfg(feature = "snapshot")]
impl<T, X, B, F, Fut, A> Snapshot for StatefulGroupBy<T, X, B, F, Fut, A>
where
    T: Serialize + DeserializeOwned,
    X: KeyExtractor<T, Key: Serialize + DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_group_by", 3)?;
        to.put_deadline(self.ended)?;
        to.put(&self.refused)?;
        self.groups.save(to, Writer::put)?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_group_by", 3)?;
        self.ended = from.take_deadline()?;
        self.refused = from.take()?;
        self.groups.restore(from, |from| from.take())?;
        self.steps.restore(from)
    }
}
