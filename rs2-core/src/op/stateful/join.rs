//! The pairs of items of two streams that have the same key and come near each other.

use super::answer::{Answer, no_key, refuse};
use super::sides::Side;
use super::steps::Steps;
use crate::machine::{Next, StepMachine};
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Instant;
use alloc::collections::VecDeque;
use core::fmt;
use core::future::Future;
use core::hash::Hash;
use core::marker::PhantomData;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The items of one side for one key when nothing else is said.
pub const DEFAULT_JOIN_ITEMS: usize = 1_024;

/// The rule of [`stateful_join_rs2`](super::StatefulExt::stateful_join_on_rs2).
pub struct StatefulJoin<T, U, K: Hash + Eq, X, Y, B, F, Fut, A> {
    left_key: X,
    right_key: Y,
    f: F,
    capacity: usize,
    ttl: Duration,
    kept: Kept<K, Pair<T, U>>,
    steps: Steps<K, B>,
    // The pairs of the last item that have had no step yet.
    open: Option<Open<K>>,
    shape: PhantomData<fn() -> (Fut, A)>,
}

/// The items of one key, each with the time until which it is kept.
struct Pair<T, U> {
    left: VecDeque<(Instant, T)>,
    right: VecDeque<(Instant, U)>,
}

impl<T, U> Pair<T, U> {
    const fn new() -> Self {
        Self { left: VecDeque::new(), right: VecDeque::new() }
    }
}

/// The newest item of one side is paired with the other side, oldest first.
struct Open<K> {
    key: K,
    place: u32,
    from_left: bool,
    next: usize,
    at: Instant,
}

/// Adds an item at the newest end. How many had to go for it.
fn add<T>(side: &mut VecDeque<(Instant, T)>, item: T, until: Instant, capacity: usize) -> u64 {
    let over = u64::from(side.len() >= capacity);
    if over > 0 {
        side.pop_front();
    }
    side.push_back((until, item));
    over
}

fn drop_expired<T>(side: &mut VecDeque<(Instant, T)>, now: Instant) {
    while side.front().is_some_and(|(until, _)| *until <= now) {
        side.pop_front();
    }
}

impl<T, U, K, X, Y, B, F, Fut, A> StatefulJoin<T, U, K, X, Y, B, F, Fut, A>
where
    K: Hash + Eq + Clone,
{
    /// What the steps of `f` make of the pairs.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, left_key: X, right_key: Y, f: F) -> Self
    where
        B: StateBackend<K>,
    {
        Self {
            left_key,
            right_key,
            f,
            capacity: config.max_per_key.unwrap_or(DEFAULT_JOIN_ITEMS),
            ttl: config.ttl,
            steps: Steps::new(config),
            kept: Kept::for_time(config, config.ttl),
            open: None,
            shape: PhantomData,
        }
    }

    /// Keeps an item at the place of its key, and opens its pairs with the other side.
    fn take(&mut self, key: K, place: u32, item: Side<T, U>, now: Instant) {
        let until = now.saturating_add(self.ttl);
        let Some(pair) = self.kept.at_mut(place) else { return };
        drop_expired(&mut pair.left, now);
        drop_expired(&mut pair.right, now);
        let from_left = matches!(item, Side::Left(_));
        let gone = match item {
            Side::Left(item) => add(&mut pair.left, item, until, self.capacity),
            Side::Right(item) => add(&mut pair.right, item, until, self.capacity),
        };
        self.kept.losses().count_many(Loss::Evicted, gone);
        self.open = Some(Open { key, place, from_left, next: 0, at: now });
        self.steps.keep_clean(now, self.kept.len());
    }
}

impl<T, U, K, X, Y, B, F, Fut, A> StepMachine for StatefulJoin<T, U, K, X, Y, B, F, Fut, A>
where
    T: Clone,
    U: Clone,
    K: Hash + Eq + Clone,
    X: KeyExtractor<T, Key = K>,
    Y: KeyExtractor<U, Key = K>,
    F: FnMut(T, U, StateAccess<B>) -> Fut,
    Fut: Future,
    A: Answer<Side<T, U>, Fut::Output>,
{
    type In = Side<T, U>;
    type Out = A::Out;
    type Step = Fut;

    fn on_item(&mut self, now: Instant, item: Side<T, U>) -> Next<Fut, A::Out> {
        let key = match &item {
            Side::Left(item) => self.left_key.try_key(item),
            Side::Right(item) => self.right_key.try_key(item),
        };
        let key = match key {
            Ok(key) => key,
            Err(error) => return Next::out(no_key::<A, _, _>(item, error, self.kept.losses())),
        };
        let lost = |pair: &Pair<T, U>| (pair.left.len() + pair.right.len()) as u64;
        let Some(place) = self.kept.place_for(&key, now, Pair::new, lost) else {
            return Next::out(refuse::<A, _, _, _, _>(&mut self.kept, item));
        };
        self.take(key, place, item, now);
        self.more()
    }

    fn more(&mut self) -> Next<Fut, A::Out> {
        let Some(open) = &mut self.open else { return Next::Nothing };
        let next = open.next;
        open.next += 1;
        let pair = self.kept.at(open.place).and_then(|pair| {
            let (left, right) = if open.from_left {
                (pair.left.back()?, pair.right.get(next)?)
            } else {
                (pair.left.get(next)?, pair.right.back()?)
            };
            Some((left.1.clone(), right.1.clone()))
        });
        let Some((left, right)) = pair else {
            self.open = None;
            return Next::Nothing;
        };
        let access = self.steps.begin(open.key.clone(), open.at);
        Next::Step((self.f)(left, right, access))
    }

    fn on_step(&mut self, now: Instant, output: Fut::Output) -> Option<A::Out> {
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

    fn size_hint(&self, source: (usize, Option<usize>), in_step: bool) -> (usize, Option<usize>) {
        let running = usize::from(in_step);
        let is_done = source.1 == Some(0) && self.open.is_none();
        (running, is_done.then_some(running))
    }
}

impl<T, U, K, X, Y, B, F, Fut, A> Reports for StatefulJoin<T, U, K, X, Y, B, F, Fut, A>
where
    K: Hash + Eq + Clone,
{
    fn losses(&self) -> &Losses {
        self.kept.losses()
    }
}

impl<T, U, K, X, Y, B, F, Fut, A> Holds for StatefulJoin<T, U, K, X, Y, B, F, Fut, A>
where
    K: Hash + Eq + Clone,
{
    fn held(&self) -> usize {
        self.kept.len() + self.steps.len()
    }
}

impl<T, U, K, X, Y, B, F, Fut, A> fmt::Debug for StatefulJoin<T, U, K, X, Y, B, F, Fut, A>
where
    K: Hash + Eq + Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatefulJoin")
            .field("keys", &self.held())
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "snapshot")]
impl<T, U, K, X, Y, B, F, Fut, A> Snapshot for StatefulJoin<T, U, K, X, Y, B, F, Fut, A>
where
    T: Serialize + DeserializeOwned,
    U: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_join", 2)?;
        self.kept.save(to, |to, pair| {
            save_side(to, &pair.left)?;
            save_side(to, &pair.right)
        })?;
        let open = self.open.as_ref();
        to.put(&open.map(|open| (&open.key, open.from_left, open.next as u64)))?;
        to.put_deadline(open.map(|open| open.at))?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_join", 2)?;
        self.kept.restore(from, |from| {
            Ok(Pair { left: restore_side(from)?, right: restore_side(from)? })
        })?;
        let open: Option<(K, bool, u64)> = from.take()?;
        let at = from.take_deadline()?;
        self.open = open.zip(at).and_then(|((key, from_left, next), at)| {
            let place = self.kept.place_of(&key)?;
            Some(Open { key, place, from_left, next: next as usize, at })
        });
        self.steps.restore(from)
    }
}

#[cfg(feature = "snapshot")]
fn save_side<T: Serialize>(
    to: &mut Writer,
    side: &VecDeque<(Instant, T)>,
) -> Result<(), SnapshotError> {
    let items = side.iter().map(|(until, item)| (to.until(*until), item));
    let items: alloc::vec::Vec<(i64, &T)> = items.collect();
    to.put(&items)
}

#[cfg(feature = "snapshot")]
fn restore_side<T: DeserializeOwned>(
    from: &mut Reader<'_>,
) -> Result<VecDeque<(Instant, T)>, SnapshotError> {
    let items: alloc::vec::Vec<(i64, T)> = from.take()?;
    Ok(items.into_iter().map(|(until, item)| (from.after(until), item)).collect())
}
