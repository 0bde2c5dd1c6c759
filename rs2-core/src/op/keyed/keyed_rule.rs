//! A step on each item and the state of its key.

use super::key_states::KeyStates;
#[cfg(feature = "snapshot")]
use super::key_states::SavedState;
use super::step::Step;
use crate::machine::Machine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{KeyOf, Keys, Lifetime, Unlimited};
use crate::store::KeyStorage;
use crate::time::Instant;
use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of most `keyed_*` operators: a [`Step`] on each item and the state of its key.
pub struct KeyedRule<T, K, G, P, St, L = Unlimited>
where
    K: Hash + Eq,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    key_of: G,
    step: P,
    states: KeyStates<K, P::State, St, L>,
    items: PhantomData<fn(T)>,
}

impl<T, K, G, P, St, L> KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    /// `step` on each item and the state of its key, with states as `keys` say.
    pub fn new<C>(keys: Keys<St, L, C>, key_of: G, step: P) -> Self {
        let states = KeyStates::new(keys.limits, keys.evict_by, keys.life);
        Self { key_of, step, states, items: PhantomData }
    }
}

impl<T, K, G, P, St, L> KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    pub(super) fn step(&mut self) -> &mut P {
        &mut self.step
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn look_at_step(&self) -> &P {
        &self.step
    }

    /// Gives back what has expired, whether it is time for that or not.
    pub(super) fn expire(&mut self, now: Instant) {
        if L::EXPIRES {
            self.states.expire(now);
        }
    }

    /// Takes the state to which `number` gives the smallest one. When there is none, all states are
    /// dropped.
    #[cfg(not(feature = "alloc"))]
    pub(super) fn take_first(
        &mut self,
        number: impl Fn(&P::State) -> Option<u64>,
    ) -> Option<P::State> {
        let step = &self.step;
        self.states.take_first(number, || step.begin())
    }

    /// Takes all states, in no particular order, and leaves fresh ones.
    #[cfg(feature = "alloc")]
    pub(super) fn take_states(&mut self) -> impl Iterator<Item = P::State> {
        let step = &self.step;
        self.states.take_all(|| step.begin()).into_iter()
    }
}

impl<T, K, G, P, St, L> Machine for KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq,
    G: KeyOf<T, Key = K>,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    type In = T;
    type Out = P::Out;
    const ONE_OUTPUT: bool = true;

    // As for `run`.
    #[inline(always)]
    fn on_item(&mut self, now: Instant, item: T) -> Option<P::Out> {
        self.states.run(&mut self.key_of, &mut self.step, now, item)
    }

    fn on_deadline(&mut self, now: Instant) -> Option<P::Out> {
        self.states.expire(now);
        None
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.states.deadline()
    }

    #[inline]
    fn settle(&mut self) {
        if let Some(why) = P::DROPS {
            self.states.settle(why);
        }
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.states.is_stopped()
    }

    fn close(&mut self) {
        self.states.clear();
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // With room for every item's key nothing can be left out.
        (if P::ONE_EACH { low.min(self.states.room()) } else { 0 }, high)
    }
}

impl<T, K, G, P, St, L> Reports for KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    fn losses(&self) -> &Losses {
        self.states.losses()
    }
}

impl<T, K, G, P, St, L> Holds for KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    fn held(&self) -> usize {
        self.states.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, G, P, St, L> Snapshot for KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq + Serialize + DeserializeOwned,
    P: Step<T, State: SavedState>,
    St: KeyStorage,
    L: Lifetime,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin(P::NAME, 1)?;
        self.states.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin(P::NAME, 1)?;
        let step = &self.step;
        self.states.restore(from, P::NAME, || step.begin())
    }
}

impl<T, K, G, P, St, L> fmt::Debug for KeyedRule<T, K, G, P, St, L>
where
    K: Hash + Eq,
    P: Step<T>,
    St: KeyStorage,
    L: Lifetime,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedRule")
            .field("step", &P::NAME)
            .field("states", &self.states)
            .finish_non_exhaustive()
    }
}
